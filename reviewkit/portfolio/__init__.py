"""The page over all reviews, built from what each report states: `write_portfolio`."""

from reviewkit.portfolio.standing import QuestionState, read_states
from reviewkit.portfolio.writing import Portfolio, write_portfolio

__all__ = ["Portfolio", "QuestionState", "read_states", "write_portfolio"]
