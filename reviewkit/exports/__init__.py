"""The review in other programs' forms: metafor, RevMan, Word, PDF."""
