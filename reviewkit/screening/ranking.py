"""Which record to read next: active learning on title and abstract, deterministic for given votes.

Four linear support vector machines look at the records in four ways (words; words and title; pieces of words;
words and topics), each learns from the votes, and the mean of their standardised scores ranks. While few
includes are known the words rank alone: the richer views have more to learn than few includes can teach.

References
----------
Cormack GV, Grossman MR (2014). Evaluation of machine-learning protocols for technology-assisted review in
electronic discovery. SIGIR 2014. https://doi.org/10.1145/2600428.2609601
Fan R-E, Chang K-W, Hsieh C-J, Wang X-R, Lin C-J (2008). LIBLINEAR: a library for large linear classification.
JMLR 9:1871-1874.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviewkit.errors import InputError
from reviewkit.screening.features import Features, Text, featurise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COST = 0.11
_RATIO = 9.8
"""The includes together weigh this much more than the excludes together."""
_VIEWS = (
    (("words", 1.0),),
    (("words", 1.0), ("titles", 0.7)),
    (("pieces", 1.0),),
    (("words", 1.0), ("topics", 1.0)),
)
"""What each machine sees: features and their weight. benchmarks/screening.md says how they were chosen."""
_FEW, _MANY = 25, 50
"""Includes up to which the first view ranks alone, and from which all views count the same."""


_QUEUE_EXPECTED = 3
_QUEUE_TRUST = 3


def queue_due(ranked: Sequence[bool], without_text: Sequence[bool], n_total: int) -> bool:
    """Whether the next record to read is one without title and abstract: ranking promises less than chance.

    Parameters
    ----------
    ranked, without_text : sequence of bool
        True for an include, of the ranked records and of those without text, in the order in which they were read.
    n_total : int
        Records there are, read and unread.

    Returns
    -------
    bool
        Nothing can be learnt about a record without text. Its chance starts as the average one, p (includes
        found over all records), which counts like three such records read, and moves with those that are.
        The ranked records' chance is their yield over the last 3 / p reads, half an include added.

    Examples
    --------
    >>> found = [True] * 5
    >>> queue_due(found + [False] * 20, [], 100), queue_due(found + [False] * 70, [], 100)
    (False, True)
    >>> queue_due(found + [False] * 70, [False] * 20, 100)
    False
    """
    found = sum(map(bool, ranked))
    if not found:
        return False
    window = -(-_QUEUE_EXPECTED * n_total // found)
    if len(ranked) < window:
        return False
    chance = (_QUEUE_TRUST * found / n_total + sum(map(bool, without_text))) / (_QUEUE_TRUST + len(without_text))
    return chance > (sum(map(bool, ranked[-window:])) + 0.5) / window


@dataclass(frozen=True, slots=True)
class Ranking:
    """The unread records in the order in which to read them.

    Attributes
    ----------
    order : tuple of int
        Numbers of the records without a vote, best first; those without title and abstract stand last.
    score : ndarray, shape (n,)
        0 to 1 for every record, comparable within this ranking only; no probability.
    without_text : tuple of int
        The end of ``order``: records that nothing can be learnt about, a queue of their own.
    basis : {'question', 'votes', 'none'}
        What the order rests on; ``question`` until there is an include and an exclude.
    """

    order: tuple[int, ...]
    score: NDArray[np.float64]
    without_text: tuple[int, ...]
    basis: str
    _terms: Callable[[int, int], tuple[str, ...]] = field(repr=False, compare=False)

    def why(self, index: int, n: int = 3) -> tuple[str, ...]:
        """The words of a record that speak most for it, at most ``n``, the strongest first."""
        return self._terms(index, n)


class Ranker:
    """Ranks records by what a reviewer's votes have in common; features are made once and reused.

    Parameters
    ----------
    texts : sequence of Text, length n
    question : str
        The review's question, in words; it ranks until there is an include and an exclude.
    include_terms, exclude_terms : sequence of str
        Words of the protocol that speak for and against a record.
    seed : int
        Of the solver's random order.
    """

    def __init__(
        self, texts: Sequence[Text], *, question: str = "", include_terms: Sequence[str] = (),
        exclude_terms: Sequence[str] = (), seed: int = 0,
    ) -> None:
        import numpy as np

        self._n = len(texts)
        self._seed = seed
        digests = [text.digest for text in texts]
        self._own = np.array(sorted(range(self._n), key=lambda i: (digests[i], i)), dtype=np.int64)
        self._place = np.empty(self._n, dtype=np.int64)
        self._place[self._own] = np.arange(self._n)
        self._empty = np.array([texts[i].empty for i in self._own], dtype=bool)
        self._features = featurise([texts[i] for i in self._own])
        self._alone = [_alone(self._features, view) for view in _VIEWS]
        self._question = self._features.query(" ".join((question, *include_terms)))
        self._question -= self._features.query(" ".join(exclude_terms))

    def rank(self, labels: Mapping[int, bool]) -> Ranking:
        """Rank every record, learning from the votes given.

        Parameters
        ----------
        labels : mapping of int to bool
            Record number to True (include) or False (exclude); its order does not matter.

        Raises
        ------
        InputError
            If a number is not that of a record.
        """
        import numpy as np

        strange = [index for index in labels if not 0 <= index < self._n]
        if strange:
            raise InputError(f"vote on record {strange[0]}: there are {self._n} records, from 0.", code="label")
        votes = {int(self._place[index]): bool(vote) for index, vote in labels.items()}
        read = np.array(sorted(votes), dtype=np.int64)
        vote = np.array([votes[place] for place in read.tolist()], dtype=bool)
        told = ~self._empty[read]
        if len(set(vote[told].tolist())) == 2:
            raw, weights = self._learn(read[told], vote[told])
            basis = "votes"
        else:
            raw, weights = np.asarray(self._features.words @ self._question), self._question
            basis = "question" if self._question.any() else "none"
        return self._ranking(raw, read, weights, basis)

    def _learn(
        self, read: NDArray[np.int64], vote: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The mean standardised score of each record, and the weight of each word in it."""
        import numpy as np

        share = np.where(vote, 1.0, vote.sum() / (_RATIO * (~vote).sum()))
        share *= len(vote) / share.sum()
        open_ = ~self._empty
        open_[read] = False
        trust = min(max((int(vote.sum()) - _FEW) / (_MANY - _FEW), 0.0), 1.0)
        trusted = [1.0] + [trust] * (len(_VIEWS) - 1)
        total, terms = np.zeros(self._n), np.zeros(len(self._features.terms))
        for number, part in enumerate(trusted):
            if not part:
                continue
            raw, weights = self._one_view(number, read, vote, share)
            spread = float(raw[open_].std()) if open_.any() else 0.0
            scale = part / (sum(trusted) * (spread or 1.0))
            total += (raw - (raw[open_].mean() if open_.any() else 0.0)) * scale
            terms += weights * scale
        return total, terms

    def _one_view(
        self, number: int, read: NDArray[np.int64], vote: NDArray[np.bool_], share: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """One machine's score of each record, and its weight of each word (0 where it sees no words)."""
        import numpy as np
        from scipy import sparse
        from sklearn.svm import LinearSVC

        blocks = [(name, getattr(self._features, name), weight) for name, weight in _VIEWS[number]]
        rows = [sparse.csr_matrix(part[read]) * weight for _, part, weight in blocks]
        seen = sparse.csr_matrix(sparse.hstack([*rows, sparse.diags_array(self._alone[number][read])], format="csr"))
        model = LinearSVC(C=_COST, random_state=self._seed).fit(seen, vote, sample_weight=share)
        coefficients = model.coef_.ravel()
        raw, terms, start = np.zeros(self._n), np.zeros(len(self._features.terms)), 0
        for name, part, weight in blocks:
            own = coefficients[start : start + part.shape[1]] * weight
            start += part.shape[1]
            raw += part @ own
            if name == "words":
                terms = own
        return raw, terms

    def _ranking(
        self, raw: NDArray[np.float64], read: NDArray[np.int64], weights: NDArray[np.float64], basis: str
    ) -> Ranking:
        import numpy as np

        unread = np.ones(self._n, dtype=bool)
        unread[read] = False
        raw = np.where(self._empty, -np.inf, raw)
        best = np.argsort(-raw, kind="stable")
        best = best[unread[best]]
        score = np.where(self._empty, 0.0, 1 / (1 + np.exp(-np.where(self._empty, 0.0, raw))))

        def terms(index: int, n: int) -> tuple[str, ...]:
            return self._strongest(int(self._place[index]), weights, n)

        return Ranking(
            order=tuple(self._own[best].tolist()),
            score=score[self._place],
            without_text=tuple(self._own[best[self._empty[best]]].tolist()),
            basis=basis,
            _terms=terms,
        )

    def _strongest(self, place: int, weights: NDArray[np.float64], n: int) -> tuple[str, ...]:
        import numpy as np

        row: Any = self._features.words[[place]]
        parts = row.data * weights[row.indices]
        best = np.argsort(-parts, kind="stable")[:n]
        return tuple(self._features.terms[row.indices[spot]] for spot in best if parts[spot] > 0)


def _alone(features: Features, view: Sequence[tuple[str, float]]) -> NDArray[np.float64]:
    """How much each record has that no other has: the length of a row that its known terms leave open.

    A term of one record alone says nothing of the others, yet learning without it would take two records for
    more alike than they are; each record read gets a column of its own for it.
    """
    import numpy as np

    squares = np.zeros(features.words.shape[0])
    for name, weight in view:
        part = getattr(features, name)
        known = np.asarray((part.multiply(part) if name != "topics" else part * part).sum(axis=1)).ravel()
        squares += np.where(known > 0, np.maximum(1 - known, 0), 0) * weight**2
    return np.sqrt(squares)
