"""``reviewkit pool FILE.csv --measure M``: a meta-analysis of any table, without a project."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import click
import numpy as np

from reviewkit.cli.effects import StudyTable, read_studies, table_effects
from reviewkit.effects import EffectSizes
from reviewkit.errors import InputError
from reviewkit.synthesis import meta_regression, pool_two_by_two, subgroups, synthesise

TABLE_MEASURES = ("OR", "RR", "RD")


@click.command("pool")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--measure", required=True, help="As in `effects`; GEN takes yi with vi or sei.")
@click.option("--model", type=click.Choice(["common", "random"]), default="random", show_default=True)
@click.option("--tau2", default="REML", show_default=True, help="REML, DL, PM, ML, SJ, HE, HS, EB.")
@click.option("--ci", type=click.Choice(["normal", "t", "hk", "hk-adhoc"]), default=None,
              help="Interval; without it as the Cochrane preset says.")
@click.option("--method", type=click.Choice(["iv", "mh", "peto"]), default="iv", show_default=True)
@click.option("--mods", default="", help="Moderators, joined by commas: a meta-regression.")
@click.option("--subgroup", default="", help="A column whose values are the subgroups.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
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
            click.echo(f"  {item['study']}: {item['yi']:.4f} (variance {item['vi']:.4f})")
    for item in document["excluded"]:
        click.echo(f"  {item['study']} is left out: {item['reason']}")
    for text in document["warnings"]:
        click.echo(f"  Note: {text}")


def run_pool(
    table: StudyTable, *, measure: str, model: str, tau2: str, ci: str | None, method: str, mods: str, subgroup: str
) -> tuple[object, dict[str, Any]]:
    """Pool a table; returns the result and its JSON document.

    Raises
    ------
    InputError
        For options that do not go together, and whatever is wrong in the table.
    """
    if method != "iv":
        if mods or subgroup:
            raise InputError(f"--method {method} takes neither --mods nor --subgroup.", code="usage",
                             remedy="Use --method iv.")
        return _pool_tables(table, measure.upper(), method)
    found = table_effects(table, measure)
    _some_events(table, found.measure)
    yi, vi, studies, kept = _complete(found)
    common: dict[str, Any] = {"studies": studies, "model": model, "measure": found.measure}
    if mods:
        names = [name.strip() for name in mods.split(",") if name.strip()]
        values, complete = _moderators(table, names, kept)
        result: Any = meta_regression(
            yi[complete], vi[complete], values, tau2=tau2.upper(), ci=ci or "hk",  # type: ignore[arg-type]
            **{**common, "studies": [s for s, whole in zip(studies, complete, strict=True) if whole]})
        left = [(s, "a moderator is missing") for s, whole in zip(studies, complete, strict=True) if not whole]
    else:
        estimator = None if model == "common" else tau2.upper()
        result = synthesise(yi, vi, tau2=estimator, ci=ci, scale=found.scale, **common)
        left = []
    document = result.as_dict()
    document["excluded"] = [{"study": d.study, "reason": d.reason} for d in found.dropped] + [
        {"study": s, "reason": reason} for s, reason in left] + list(document.get("excluded", []))
    if subgroup:
        document["subgroups"] = _subgroups(table, subgroup, kept, (yi, vi, studies), model, tau2, ci, found)
    return result, _plain(document)


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


def _subgroups(
    table: StudyTable, name: str, kept: list[int], data: tuple[Any, Any, list[str]], model: str, tau2: str,
    ci: str | None, effects: EffectSizes,
) -> list[dict[str, Any]]:
    groups = [text or "not stated" for text in _column(table, name, kept)]
    found = subgroups(data[0], data[1], groups, studies=data[2], model=model,
                      tau2=None if model == "common" else tau2.upper(), ci=ci, measure=effects.measure,
                      scale=effects.scale)
    rows: list[dict[str, Any]] = []
    for level, pooled in found.groups.items():
        rows.append({"group": level, **pooled.as_dict()})
    return rows


def _pool_tables(table: StudyTable, measure: str, method: str) -> tuple[object, dict[str, Any]]:
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
    document: dict[str, Any] = dict(result.as_dict())
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
