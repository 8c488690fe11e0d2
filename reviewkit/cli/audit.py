"""Command that audits the references which web pages lean on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewkit.cli.output import JSON, print_json
from reviewkit.review import find_root, open_review
from reviewkit.review.claims.auditing import Audited, audit
from reviewkit.review.claims.file import Claim, read_claims
from reviewkit.review.opened import questions

if TYPE_CHECKING:
    from reviewkit.review.claims.looking_up import LookUp, Proposal


@click.command("audit")
@click.option("--online", is_flag=True, help="Look each reference up in Crossref, PubMed and OpenAlex first.")
@JSON
@click.pass_context
def audit_command(context: click.Context, online: bool, as_json: bool) -> None:
    """Whether each cited reference was found, and whether it supports the page; by default from the local records.

    --online looks every reference up and writes data/citations-looked-up.csv: a proposal, which overwrites no
    judgement in data/citations.csv. The environment may hold REVIEWKIT_EMAIL, NCBI_API_KEY, OPENALEX_API_KEY.

    Exit code 0: done. 1: no service could be reached (nothing was changed), or one failed and the others are
    written. 2: something in the files is wrong. 3: a look-up says otherwise than a person's judgement.
    """
    from reviewkit.review.claims.looking_up import read_proposals, unsettled_proposals

    root = find_root()
    records = {f"{question}/{name}": record for question in questions(root)
               for name, record in open_review(question, root).reports.items()}
    found = audit(root, records)
    looked = _look_up(root) if online else None
    proposals = {item.id: item for item in read_proposals(root)}
    leaning = _leaning(read_claims(root))
    if as_json:
        print_json({"citations": [
            {**item.as_dict(), "claims": leaning.get(item.id, []),
             "looked_up": {**proposals[item.id].as_dict(), "said": proposals[item.id].said}
             if item.id in proposals else None} for item in found]})
    else:
        for item in found:
            _tell(item, leaning.get(item.id, []), proposals.get(item.id))
    if looked:
        _conclude(context, looked)
    if unsettled := unsettled_proposals(root):
        told = "1 look-up says" if len(unsettled) == 1 else f"{len(unsettled)} look-ups say"
        click.echo(f"{told} otherwise than a person did: reviewkit check --all", err=True)
        context.exit(3)


def _look_up(root: Path) -> LookUp:
    from rich.console import Console

    from reviewkit.review.claims.looking_up import look_up_citations
    from reviewkit.sources import Client

    console = Console(stderr=True)
    with console.status("Looking up") as line:
        return look_up_citations(
            root,
            connect=lambda service: Client(
                service.database.access, told=lambda text: console.print(text, highlight=False, markup=False)),
            progress=lambda name, done, wanted: line.update(f"{name}: {done} of {wanted} references"))


def _leaning(claims: Sequence[Claim]) -> dict[str, list[str]]:
    """Citation id to the claims that lean on it."""
    found: dict[str, list[str]] = {}
    for claim in claims:
        if claim.citation:
            found.setdefault(claim.citation, []).append(claim.id)
    return found


def _tell(item: Audited, claims: Sequence[str], proposal: Proposal | None) -> None:
    citation = item.citation
    click.echo(f"{citation.id} {citation.cited}\n    {citation.said}.")
    click.echo(f"    Supports the sentence that leans on it: {citation.supports}; {citation.why}."
               + (f" Claims: {', '.join(claims)}." if claims else ""))
    click.echo(f"    Retraction: {citation.retraction}.")
    if item.local:
        click.echo(f"    Among our records: {', '.join(item.local)}.")
    if proposal:
        click.echo(f"    Looked up: {proposal.said}. Retraction: {proposal.retraction}."
                   + (f" {proposal.found}." if proposal.found else ""))


def _conclude(context: click.Context, looked: LookUp) -> None:
    from reviewkit.review.claims.looking_up import PROPOSALS

    told = f"Written: {PROPOSALS} ({len(looked.proposals)} looked up"
    told += f"; {', '.join(looked.nameless)} name no work to look up)" if looked.nameless else ")"
    click.echo(told, err=True)
    for error in looked.failures:
        click.echo(str(error), err=True)
    if looked.failures:
        context.exit(1)
