"""Records as numbers: words and word pairs of title, abstract and keywords, weighted by TF-IDF, made once and kept.

References
----------
Salton G, Buckley C (1988). Term-weighting approaches in automatic text retrieval. Information Processing &
Management 24(5):513-523. https://doi.org/10.1016/0306-4573(88)90021-0
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORD = re.compile(r"\w\w+")
_LONGEST = 20_000
"""Characters of one field that are read: a megabyte pasted into an abstract must not swamp the vocabulary."""


@dataclass(frozen=True, slots=True)
class Text:
    """What ranking reads of a record; empty means that the record does not say."""

    title: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True when there is neither title nor abstract."""
        return not (self.title.strip() or self.abstract.strip())

    @property
    def digest(self) -> bytes:
        """The text's own key, by which records are ordered wherever the order must not depend on their numbers."""
        parts = "\x1e".join((self.title, self.abstract, "\x1f".join(self.keywords)))
        return hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Features:
    """A TF-IDF matrix and what its columns mean.

    Attributes
    ----------
    matrix : scipy.sparse.csr_array, shape (n, terms), float32
        Rows of length 1 (or 0 where a record has no known word).
    terms : tuple of str
        The word or word pair of each column.
    idf : ndarray, shape (terms,), float32
        ``1 + ln((1 + n) / (1 + df))``, n without the empty records.
    """

    matrix: Any
    terms: tuple[str, ...]
    idf: NDArray[np.float32]

    def query(self, text: str) -> Any:
        """A text as one row of the same columns, length 1; unknown words are left out."""
        import numpy as np
        from scipy import sparse

        column = {term: place for place, term in enumerate(self.terms)}
        found = words(text)
        pairs = [f"{one} {other}" for one, other in pairwise(found)]
        places = [column[term] for term in (*found, *pairs) if term in column]
        row = np.zeros(len(self.terms), dtype=np.float32)
        np.add.at(row, places, 1.0)
        row = np.where(row > 0, 1 + np.log(np.maximum(row, 1)), 0).astype(np.float32) * self.idf
        length = float(np.linalg.norm(row))
        return sparse.csr_array(row[None, :] / (length or 1.0))


def words(text: str) -> list[str]:
    """Words of two letters or more, in lower case.

    Examples
    --------
    >>> words("A B12-deficient diet: 2 trials")
    ['b12', 'deficient', 'diet', 'trials']
    """
    return _WORD.findall(text[:_LONGEST].lower())


def featurise(texts: Sequence[Text], *, title_weight: float = 1.0, min_records: int = 2) -> Features:
    """Words and pairs of neighbouring words as a TF-IDF matrix.

    Parameters
    ----------
    texts : sequence of Text, length n
    title_weight : float
        How often a word of the title counts; one of abstract or keywords counts once.
    min_records : int
        A term that fewer records hold is left out.

    Returns
    -------
    Features
        Term frequency is ``1 + ln tf`` (Salton & Buckley 1988), rows scaled to length 1.
    """
    import numpy as np

    vocabulary: dict[str, int] = {}
    stream: list[int] = []
    weights: list[float] = []
    owners: list[int] = []
    for number, text in enumerate(texts):
        for field, weight in ((text.title, title_weight), (text.abstract, 1.0), *((k, 1.0) for k in text.keywords)):
            tokens = [vocabulary.setdefault(word, len(vocabulary)) for word in words(field)]
            stream += [*tokens, -1]
            weights += [weight] * (len(tokens) + 1)
            owners += [number] * (len(tokens) + 1)
    tokens_ = np.array(stream, dtype=np.int64)
    weights_ = np.array(weights, dtype=np.float32)
    owners_ = np.array(owners, dtype=np.int64)
    return _weighted(_counted(tokens_, weights_, owners_, vocabulary, min_records), len(texts))


def _counted(
    tokens: NDArray[np.int64], weights: NDArray[np.float32], owners: NDArray[np.int64],
    vocabulary: dict[str, int], least: int,
) -> list[tuple[Any, Any, Any, list[str]]]:
    """Kept words, then kept pairs: (record, column, weight) of every occurrence, and the columns' names."""
    import numpy as np

    names = np.array([*vocabulary, ""], dtype=object)
    real = tokens >= 0
    kept = _frequent(tokens[real], owners[real], least)
    place = np.full(len(vocabulary) + 1, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    small = place[tokens]
    single = (owners[small >= 0], small[small >= 0], weights[small >= 0], [str(names[k]) for k in kept])
    joined = (small[:-1] >= 0) & (small[1:] >= 0)
    codes = small[:-1][joined] * len(kept) + small[1:][joined]
    pair_owners, pair_weights = owners[:-1][joined], weights[:-1][joined]
    pairs = _frequent(codes, pair_owners, least)
    spots = np.minimum(np.searchsorted(pairs, codes), max(len(pairs) - 1, 0))
    good = pairs[spots] == codes if len(pairs) else np.zeros(len(codes), dtype=bool)
    first, second = (names[kept[part]] for part in np.divmod(pairs, max(len(kept), 1)))
    titles = [f"{one} {other}" for one, other in zip(first, second, strict=True)]
    return [single, (pair_owners[good], spots[good], pair_weights[good], titles)]


def _frequent(codes: NDArray[np.int64], owners: NDArray[np.int64], least: int) -> NDArray[np.int64]:
    """Codes that stand in at least ``least`` records, in rising order."""
    import numpy as np

    order = np.lexsort((owners, codes))
    codes, owners = codes[order], owners[order]
    fresh = np.ones(len(codes), dtype=bool)
    fresh[1:] = (codes[1:] != codes[:-1]) | (owners[1:] != owners[:-1])
    values, counts = np.unique(codes[fresh], return_counts=True)
    return values[counts >= least]


def _weighted(parts: list[tuple[Any, Any, Any, list[str]]], n: int) -> Features:
    import numpy as np
    from scipy import sparse

    blocks = []
    for owners, columns, weights, names in parts:
        block = sparse.csr_array((weights, (owners, columns)), shape=(n, len(names)), dtype=np.float32)
        block.sum_duplicates()
        blocks.append(block)
    joined: Any = sparse.hstack(blocks, format="csr")
    names = [name for part in parts for name in part[3]]
    by_name = np.argsort(np.array(names, dtype=object), kind="stable")
    matrix: Any = sparse.csr_matrix(joined[:, by_name])  # liblinear wants 32-bit indices
    full = int((np.diff(matrix.indptr) > 0).sum())
    df = np.bincount(matrix.indices, minlength=len(names))
    idf = (1 + np.log((1 + full) / (1 + df))).astype(np.float32)
    matrix.data = (1 + np.log(np.maximum(matrix.data, 1))).astype(np.float32) * idf[matrix.indices]
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix.data /= np.repeat(np.where(lengths > 0, lengths, 1), np.diff(matrix.indptr)).astype(np.float32)
    return Features(matrix, tuple(names[place] for place in by_name), idf)
