"""Screening of a question: desk, votes, consensus, sharing and stopping."""
