"""``reviewkit pool FILE.csv --measure M``: a meta-analysis of any table, without a project."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import click
import numpy as np

from reviewkit.cli.effects import StudyTable, read_studies, table_effects
from reviewkit.cli.output import JSON
from reviewkit.effects import EffectSizes
from reviewkit.errors import InputError
from reviewkit.numbers import named, p_value, working
from reviewkit.synthesis import TablePool, meta_regression, pool_two_by_two, subgroups, synthesise

TAU2 = ("REML", "DL", "PM", "ML", "SJ", "HE", "HS", "EB")
TABLE_MEASURES = ("OR", "RR", "RD")


@click.command("pool")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--measure", required=True, help="As in `effects`; GEN takes yi with vi or sei.")
@click.option("--model", type=click.Choice(["common", "random"]), default=None,
              help="Without it random; for --method mh and peto common.")
@click.option("--tau2", default=None, metavar="|".join(TAU2), help="Without it REML.")
@click.option("--ci", type=click.Choice(["normal", "t", "hk", "hk-adhoc"]), default=None,
              help="Interval; without it as the Cochrane preset says.")
@click.option("--method", type=click.Choice(["iv", "mh", "peto"]), default="iv", show_default=True)
@click.option("--mods", default="", help="Moderators, joined by commas: a meta-regression.")
@click.option("--subgroup", default="", help="A column whose values are the subgroups.")
@JSON
def pool_command(file: Path, as_json: bool, **options: Any) -> None:
    """Pool a CSV table, one row a study, with metafor's column names."""
    table = read_studies(file)
    result, document = run_pool(table, **options)
    if as_json:
        click.echo(json.dumps(document, allow_nan=False, ensure_ascii=False))
        return
    click.echo(str(result))
    for item in document["studies"]:
        if item["yi"] is not None:
            click.echo(f"  {item['study']}: {working(item['yi'])} (variance {working(item['vi'])})")
    for item in document["subgroups"]:
        click.echo(f"  {item['group']}: {item['sentence']}")
    if document["subgroups"]:
        click.echo(f"  Difference between groups: {named('Q', document['q_between'], 2)}, "
                   f"df {document['q_between_df']}, {p_value(document['q_between_p'])}")
    for item in document["excluded"]:
        click.echo(f"  {item['study']} is left out: {item['reason']}")
    for text in document["warnings"]:
        click.echo(f"  Note: {text}")


def run_pool(
    table: StudyTable, *, measure: str, model: str | None, tau2: str | None, ci: str | None, method: str, mods: str,
    subgroup: str,
) -> tuple[object, dict[str, Any]]:
    """Pool a table; returns the result and its JSON document.

    Raises
    ------
    InputError
        For options that do not go together, and whatever is wrong in the table.
    """
    if tau2 and tau2.upper() not in TAU2:
        raise InputError(f"--tau2 {tau2} is unknown.", code="value", remedy=f"Known: {', '.join(TAU2)}.")
    tau2 = tau2.upper() if tau2 else None
    if mods and subgroup:
        raise InputError("--mods and --subgroup do not go together.", code="usage", remedy="Give one of them.")
    if method != "iv":
        _only_what_counts_take(method, ci, mods or subgroup)
        return _pool_tables(table, measure.upper(), method, model or "common", _unused(model or "common", tau2, "DL"))
    found = table_effects(table, measure)
    _some_events(table, found.measure)
    yi, vi, studies, kept = _complete(found)
    options: dict[str, Any] = {"model": model or "random", "measure": found.measure, "ci": ci,
                               "tau2": None if model == "common" else tau2 or "REML"}
    left: list[tuple[str, str]] = []
    if mods:
        names = [name.strip() for name in mods.split(",") if name.strip()]
        values, complete = _moderators(table, names, kept)
        left = [(s, "a moderator is missing") for s, whole in zip(studies, complete, strict=True) if not whole]
        options |= {"tau2": tau2 or "REML", "ci": ci or ("normal" if model == "common" else "hk")}
        result: Any = meta_regression(
            yi[complete], vi[complete], values,
            studies=[s for s, whole in zip(studies, complete, strict=True) if whole], **options)
    elif subgroup:
        groups = [text or "not stated" for text in _column(table, subgroup, kept)]
        result = subgroups(yi, vi, groups, studies=studies, scale=found.scale, **options)
    else:
        result = synthesise(yi, vi, studies=studies, scale=found.scale, **options)
    document = result.as_dict()
    document["excluded"] = [{"study": d.study, "reason": d.reason} for d in found.dropped] + [
        {"study": s, "reason": reason} for s, reason in left] + list(document.get("excluded", []))
    document["warnings"] = [*document["warnings"], *_doubled(table), *_unused(model, tau2, tau2)]
    return getattr(result, "overall", result), _plain(document)


def _only_what_counts_take(method: str, ci: str | None, other: str) -> None:
    """Refuse what pooling counts has no use for, rather than pass over it."""
    if other:
        raise InputError(f"--method {method} takes neither --mods nor --subgroup.", code="usage",
                         remedy="Use --method iv.")
    if ci not in (None, "normal"):
        raise InputError(f"--method {method} has a normal interval only, not {ci}.", code="usage",
                         remedy="Use --method iv.")


def _unused(model: str | None, tau2: str | None, used: str | None) -> list[str]:
    """A note where an estimator was named that the model does not use."""
    if tau2 and model == "common":
        return [f"tau2 {tau2} is not used: a common-effect model has no between-study variance."]
    return [f"tau2 {tau2} is not used: this method has {used} only."] if tau2 and tau2 != used else []


def _doubled(table: StudyTable) -> list[str]:
    return [f"{name!r} names {count} rows: is one study counted twice?"
            for name, count in Counter(table.studies).items() if count > 1]


def _some_events(table: StudyTable, measure: str) -> None:
    """A ratio cannot be pooled where no study has an event."""
    if measure in ("OR", "RR") and {"ai", "ci"} <= set(table.columns):
        events = [x for name in ("ai", "ci") for x in table.numbers(name) if math.isfinite(x)]
        if events and not any(events):
            raise InputError(f"no study has an event ({', '.join(table.studies)}): a ratio cannot be estimated.",
                             file=table.file, code="double-zero", remedy="Pool the risk difference (RD) instead.")


def _complete(found: EffectSizes) -> tuple[Any, Any, list[str], list[int]]:
    kept = [place for place, value in enumerate(found.yi) if math.isfinite(value)]
    return found.yi[kept], found.vi[kept], [found.studies[place] for place in kept], kept


def _column(table: StudyTable, name: str, kept: list[int]) -> list[str]:
    if name not in table.columns:
        raise InputError(f"column {name!r} is missing.", file=table.file, line=1, code="missing-column",
                         remedy=f"Columns there: {', '.join(table.columns)}.")
    return [table.columns[name][place] for place in kept]


def _moderators(table: StudyTable, names: list[str], kept: list[int]) -> tuple[dict[str, Any], Any]:
    """Moderators as numbers where every value is one, else as categories; and which studies have them all."""
    texts = {name: _column(table, name, kept) for name in names}
    complete = np.array([all(texts[name][i] not in ("", "NA", "NaN") for name in names) for i in range(len(kept))])
    values: dict[str, Any] = {}
    for name, column in texts.items():
        whole = [text for text, use in zip(column, complete, strict=True) if use]
        try:
            values[name] = [float(text) for text in whole]
        except ValueError:
            values[name] = whole
    return values, complete


def _pool_tables(
    table: StudyTable, measure: str, method: str, model: str, notes: list[str]
) -> tuple[object, dict[str, Any]]:
    """Mantel-Haenszel or Peto on the counts themselves."""
    if measure not in TABLE_MEASURES and not (method == "peto" and measure == "PETO"):
        raise InputError(f"--method {method} pools counts: measure {measure} is none of {', '.join(TABLE_MEASURES)}.",
                         code="measure")
    table_effects(table, measure)  # refuses impossible counts, each with its study
    ai, ci = table.numbers("ai"), table.numbers("ci")
    bi = _rest(table, "bi", "n1i", ai)
    di = _rest(table, "di", "n2i", ci)
    cells = np.array([ai, bi, ci, di])
    whole = np.isfinite(cells).all(axis=0)
    studies = [s for s, use in zip(table.studies, whole, strict=True) if use]
    missing = [s for s, use in zip(table.studies, whole, strict=True) if not use]
    result = pool_two_by_two(*cells[:, whole], measure="OR" if measure == "PETO" else measure,  # type: ignore[arg-type]
                             method=method, studies=studies)  # type: ignore[arg-type]
    if model == "random" and isinstance(result, TablePool):
        result = result.random_effects()
    document: dict[str, Any] = dict(result.as_dict())
    document["warnings"] = [*document["warnings"], *_doubled(table), *notes]
    document["excluded"] = [{"study": s, "reason": "a count is missing"} for s in missing] + list(
        document.get("excluded") or [])
    return result, _plain(document)


def _rest(table: StudyTable, name: str, total: str, events: list[float]) -> list[float]:
    if name in table.columns:
        return table.numbers(name)
    return [n - x for n, x in zip(table.numbers(total), events, strict=True)]


def _plain(value: Any) -> Any:
    """JSON values alone: what is not finite is null."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
