"""Related reports: what keeps two like records apart, so that the study stage can bring them together."""

from __future__ import annotations

from typing import get_args

import numpy as np
from numpy.typing import NDArray

from reviewkit.dedup import markers as m
from reviewkit.dedup.features import Features, Flags
from reviewkit.dedup.result import RelatedKind
from reviewkit.dedup.rules import versions

KINDS: tuple[str, ...] = ("", *get_args(RelatedKind))
"""Names of the kinds; index 0 means 'not related'."""


def kind_of(f: Features, *, versions_apart: bool) -> NDArray[np.int16]:
    """The kind of relation of each pair, as an index into ``KINDS``.

    Order of weight: a marked notice (erratum, retraction, comment), a protocol or registration beside its report,
    versions (only where the settings keep them apart), numbered parts, a conference abstract beside its article, and
    last two papers of one team on one matter in one year.
    """
    kind = np.zeros(len(f.title), dtype=np.int16)
    team = (f.names >= 80.0) | (f.names < 0)
    like = (f.title >= 80.0) | f.title_cut
    same_place = f.page_same & f.volume_same & ~f.issue_clash
    clash = f.page_clash | f.volume_clash | f.issue_clash | ((f.journal >= 0) & (f.journal < 65.0)) | f.doi_clash
    tests: tuple[tuple[RelatedKind, Flags], ...] = (
        ("companion", _companions(f)),
        ("conference abstract", _abstract_and_article(f) & clash & ~same_place & like),
        ("part", f.numbers_clash & (f.title >= 85.0) & team & ~f.doi_same & ~f.pmid_same & ~same_place & _numbered(f)),
        ("version", versions(f) & versions_apart),
        ("registration", _one_is(f, m.REGISTRATION) & ((like & team) | f.registry_same)),
        ("protocol", _one_is(f, m.PROTOCOL) & ((f.title >= 65.0) | f.title_cut) & team & ~f.doi_same & ~f.pmid_same),
        ("comment", _one_is(f, m.COMMENT) & like & ~f.doi_same),
        ("retraction", _one_is(f, m.RETRACTION) & like & team),
        ("erratum", _one_is(f, m.ERRATUM) & like & (team | f.volume_same)),
    )
    for name, fired in tests:
        kind[fired] = KINDS.index(name)
    return kind


def _one_is(f: Features, marker: int) -> Flags:
    flags: Flags = (f.marked_apart & marker) != 0
    return flags


def _numbered(f: Features) -> Flags:
    """Numbers that name a part of a series rather than a slip of the pen: the rest of the title is the same."""
    return f.part_clash | (f.title >= 92.0)


def _abstract_and_article(f: Features) -> Flags:
    # Two records of one page in one volume are two copies of the abstract, whatever the journal was called.
    copies = f.both_one_page & f.volume_same
    return f.one_conference & ~copies & (f.names >= 60.0) & ~f.doi_same


def _companions(f: Features) -> Flags:
    team = (f.names >= 90.0) & f.several_names
    one_matter = team & (f.years <= 1) & (f.title >= 55.0) & ~f.generic
    # "Metabolism of X in Y" and "Y and the metabolism of X" in one year, in two journals.
    turned = f.reordered & (f.years < 1) & ((f.names >= 80.0) | (f.names < 0)) & (f.doi_clash | f.volume_clash)
    return (one_matter | turned) & ~f.year_unsaid
