"""Records as numbers: words, word pairs, pieces of words and topics, made once and kept between rankings.

References
----------
Salton G, Buckley C (1988). Term-weighting approaches in automatic text retrieval. Information Processing &
Management 24(5):513-523. https://doi.org/10.1016/0306-4573(88)90021-0
Deerwester S, Dumais ST, Furnas GW, Landauer TK, Harshman R (1990). Indexing by latent semantic analysis. JASIS
41(6):391-407. https://doi.org/10.1002/(SICI)1097-4571(199009)41:6<391::AID-ASI1>3.0.CO;2-9
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
_LONGEST_WORD = 40
_PIECE = 4
_TOPICS = 50
_LEAST = 2
"""A term that fewer records hold teaches nothing about another record: it counts in a row's length only."""


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
    """Four pictures of n records; every row has length 1, or 0 where there is nothing to show.

    Attributes
    ----------
    words : scipy.sparse.csr_matrix, shape (n, terms), float32
        Words and pairs of neighbouring words of title, abstract and keywords, TF-IDF.
    titles : scipy.sparse.csr_matrix, shape (n, title terms), float32
        The same of the title alone.
    pieces : scipy.sparse.csr_matrix, shape (n, pieces), float32
        Four letters in a row within a word: inflected and compound words share most of theirs.
    topics : ndarray, shape (n, 50 or fewer), float32
        Latent semantic analysis of ``words`` over all records, read or not (Deerwester 1990).
    terms : tuple of str
        The word or word pair of each column of ``words``.
    idf : ndarray, shape (terms,), float32
        ``1 + ln((1 + n) / (1 + df))``.
    """

    words: Any
    titles: Any
    pieces: Any
    topics: NDArray[np.float32]
    terms: tuple[str, ...]
    idf: NDArray[np.float32]

    def query(self, text: str) -> NDArray[np.float64]:
        """A text as one row of ``words``, shape (terms,), length 1; unknown words are left out."""
        import numpy as np

        found = words(text)
        wanted = {*found, *(f"{one} {other}" for one, other in pairwise(found))}
        row = np.zeros(len(self.terms))
        places = [place for place, term in enumerate(self.terms) if term in wanted]
        row[places] = self.idf[places]
        return row / (float(np.linalg.norm(row)) or 1.0)


@dataclass(frozen=True, slots=True)
class _Stream:
    """Every word of every record in a row: its number (-1 ends a field) and its record."""

    tokens: NDArray[np.int64]
    owners: NDArray[np.int64]
    vocabulary: tuple[str, ...]


def words(text: str) -> list[str]:
    """Words of two letters or more, in lower case.

    Examples
    --------
    >>> words("A B12-deficient diet: 2 trials")
    ['b12', 'deficient', 'diet', 'trials']
    """
    return _WORD.findall(text[:_LONGEST].lower())


def featurise(texts: Sequence[Text]) -> Features:
    """Make the features of all records, read or not; once for a set of records.

    Parameters
    ----------
    texts : sequence of Text, length n

    Returns
    -------
    Features
        Term frequency is ``1 + ln tf``, times the inverse record frequency, rows scaled to length 1 (Salton &
        Buckley 1988).
    """
    whole = _stream([(text.title, text.abstract, *text.keywords) for text in texts])
    matrix, terms, idf = _terms(whole, len(texts))
    titles, _, _ = _terms(_stream([(text.title,) for text in texts]), len(texts))
    return Features(matrix, titles, _pieces(whole, len(texts)), _topics(matrix), terms, idf)


def _stream(records: Sequence[tuple[str, ...]]) -> _Stream:
    import numpy as np

    vocabulary: dict[str, int] = {}
    tokens: list[int] = []
    lengths: list[int] = []
    for fields in records:
        start = len(tokens)
        for text in fields:
            tokens += [vocabulary.setdefault(word, len(vocabulary)) for word in words(text)]
            tokens.append(-1)
        lengths.append(len(tokens) - start)
    owners = np.repeat(np.arange(len(records), dtype=np.int64), lengths)
    return _Stream(np.array(tokens, dtype=np.int64), owners, tuple(vocabulary))


def _terms(stream: _Stream, n: int) -> tuple[Any, tuple[str, ...], NDArray[np.float32]]:
    """Words and pairs as a weighted matrix, its columns in the terms' alphabetical order."""
    import numpy as np

    size = len(stream.vocabulary) + 1
    first, second = stream.tokens[:-1], stream.tokens[1:]
    pair = (first >= 0) & (second >= 0)
    single = stream.tokens >= 0
    # A word is coded as its own number, a pair as (number + 1) * size + number: no two share a code.
    codes = np.concatenate((stream.tokens[single], (first[pair] + 1) * size + second[pair]))
    owners = np.concatenate((stream.owners[single], stream.owners[:-1][pair]))
    values, columns = np.unique(codes, return_inverse=True)
    matrix, kept, idf = _weighted(_counted(owners, columns, (n, len(values))))
    names = stream.vocabulary
    terms = [
        names[code] if code < size else f"{names[code // size - 1]} {names[code % size]}"
        for code in values[kept].tolist()
    ]
    by_name = sorted(range(len(terms)), key=terms.__getitem__)
    return _arranged(matrix, by_name), tuple(terms[place] for place in by_name), idf[by_name]


def _pieces(stream: _Stream, n: int) -> Any:
    """Pieces of words as a weighted matrix: each distinct word is cut once, whatever the number of records."""
    import numpy as np

    pieces: dict[str, int] = {}
    rows: list[int] = []
    columns: list[int] = []
    for number, word in enumerate(stream.vocabulary):
        padded = f" {word[:_LONGEST_WORD]} "
        for start in range(max(1, len(padded) - _PIECE + 1)):
            rows.append(number)
            columns.append(pieces.setdefault(padded[start : start + _PIECE], len(pieces)))
    cut = _counted(np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64),
                   (len(stream.vocabulary), len(pieces)))
    single = stream.tokens >= 0
    counts = _counted(stream.owners[single], stream.tokens[single], (n, len(stream.vocabulary)))
    matrix, kept, _ = _weighted((counts @ cut).tocsr())
    names = list(pieces)
    return _arranged(matrix, sorted(range(len(kept)), key=lambda place: names[kept[place]]))


def _arranged(matrix: Any, columns: Sequence[int]) -> Any:
    found = matrix[:, columns]
    found.sort_indices()  # once here, or at every ranking
    return found


def _counted(rows: NDArray[np.int64], columns: NDArray[np.int64], shape: tuple[int, int]) -> Any:
    import numpy as np
    from scipy import sparse

    matrix = sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def _weighted(matrix: Any) -> tuple[Any, NDArray[np.int64], NDArray[np.float32]]:
    """TF-IDF of counts, rows of length 1, columns that fewer than two records hold left out at the end."""
    import numpy as np

    df = np.bincount(matrix.indices, minlength=matrix.shape[1])
    idf = (1 + np.log((1 + matrix.shape[0]) / (1 + df))).astype(np.float32)
    matrix.data = (1 + np.log(matrix.data)) * idf[matrix.indices]
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix.data /= np.repeat(np.where(lengths > 0, lengths, 1), np.diff(matrix.indptr)).astype(np.float32)
    kept = np.flatnonzero(df >= min(_LEAST, matrix.shape[0]))
    return matrix[:, kept], kept, idf[kept]


def _topics(matrix: Any) -> NDArray[np.float32]:
    """Rows of U·S of a truncated singular value decomposition, scaled to length 1; always from the same start."""
    import numpy as np
    from sklearn.utils.extmath import randomized_svd

    count = min(_TOPICS, min(matrix.shape) - 1)
    if count < 1:
        return np.zeros((matrix.shape[0], 0), dtype=np.float32)
    left, size, _ = randomized_svd(matrix, count, n_iter=4, random_state=0)
    rows = left * size
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)
