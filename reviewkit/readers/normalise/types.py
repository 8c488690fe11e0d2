"""What kind of publication a record is, in one small vocabulary.

``article``, ``review`` (only where the export says so), ``conference``, ``book``, ``chapter``, ``thesis``, ``report``,
``web``, ``preprint``, ``registration``, ``dataset``, ``letter``, ``editorial``, ``erratum``, ``retraction``,
``protocol``; nothing for what is unknown. The printed type stays in ``extra["type_printed"]``. A retracted
article stays an article; only the notice is a ``retraction``.
"""

from __future__ import annotations

import re
from functools import lru_cache

_EXACT = {
    "jour": "article",
    "jfull": "article",
    "mgzn": "article",
    "ejour": "article",
    "news": "article",
    "inpr": "article",
    "abst": "article",
    "conf": "conference",
    "cpaper": "conference",
    "book": "book",
    "ebook": "book",
    "edbook": "book",
    "chap": "chapter",
    "echap": "chapter",
    "thes": "thesis",
    "rprt": "report",
    "gov": "report",
    "elec": "web",
    "web": "web",
    "icomm": "web",
    "blog": "web",
    "online": "web",
    "www": "web",
    "web_page": "web",
    "data": "dataset",
    "dbase": "",
    "unpd": "preprint",
    "unpb": "preprint",
    "gen": "",
    "misc": "",
    "j": "article",
    "b": "book",
    "s": "article",
    "p": "",
    "c": "conference",
    "inproceedings": "conference",
    "conference": "conference",
    "proceedings": "conference",
    "incollection": "chapter",
    "inbook": "chapter",
    "suppbook": "chapter",
    "collection": "book",
    "mvbook": "book",
    "mvcollection": "book",
    "booklet": "book",
    "manual": "report",
    "techreport": "report",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "unpublished": "preprint",
    "0": "article",
    "17": "article",
}
_WORDS = (
    (re.compile(r"retraction", re.I), "retraction"),
    (re.compile(r"errat|corrigend|correction|published erratum", re.I), "erratum"),
    (re.compile(r"regist(?:ry|ration|ered)|ictrp|clinicaltrials\.gov", re.I), "registration"),
    (re.compile(r"preprint", re.I), "preprint"),
    (re.compile(r"protocol", re.I), "protocol"),
    (re.compile(r"editorial", re.I), "editorial"),
    (re.compile(r"\bletter|\bcomment\b", re.I), "letter"),
    (re.compile(r"conference|proceeding|congress|meeting|poster", re.I), "conference"),
    (re.compile(r"thesis|dissertation", re.I), "thesis"),
    (re.compile(r"chapter|book section", re.I), "chapter"),
    (re.compile(r"\bbook\b", re.I), "book"),
    (re.compile(r"\breport\b(?<!case report)(?! of)", re.I), "report"),
    (re.compile(r"web ?page|website|internet|electronic source|online (?:database|multimedia)|blog", re.I), "web"),
    (re.compile(r"data ?set", re.I), "dataset"),
    (re.compile(r"\breview", re.I), "review"),
    (re.compile(r"article|journal|trial|case report|cohort|study|abstract", re.I), "article"),
)


@lru_cache(maxsize=1 << 12)
def record_type(*printed: str) -> str:
    """The kind named by the printed types; the most telling one wins (an erratum is not just an article).

    >>> record_type("JOUR"), record_type("JOUR", "Published Erratum"), record_type("ELEC", "Trial registry record")
    ('article', 'erratum', 'registration')
    """
    base = ""
    for text in printed:
        exact = _EXACT.get(text.strip().lower())
        base = base or exact or ""
    for pattern, kind in _WORDS:
        if any(pattern.search(text) for text in printed if text.strip().lower() not in _EXACT):
            return kind if kind not in {"article", "review"} or not base or base == "article" else base
    return base
