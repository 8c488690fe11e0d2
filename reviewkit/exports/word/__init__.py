"""A report as a Word document: the page's sections walked into WordprocessingML."""

from reviewkit.exports.word.writing import write_word

__all__ = ["write_word"]
