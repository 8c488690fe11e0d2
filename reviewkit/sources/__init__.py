"""Online databases and registers: searched politely, their answers handed on as they came.

Five databases can be searched (`DATABASES`); `reviewkit.sources.openalex.chasing` follows citations, and
`reviewkit.sources.retractions` asks whether a report was retracted. Nothing here writes a file.
"""

from __future__ import annotations

from collections.abc import Mapping

from reviewkit.sources import clinicaltrials, crossref, europepmc, openalex, pubmed
from reviewkit.sources.http import Client, ServiceError
from reviewkit.sources.lists import Database, Page, Plan, Query, unknown_parameters

DATABASES: Mapping[str, Database] = {
    found.slug: found
    for found in (pubmed.DATABASE, europepmc.DATABASE, clinicaltrials.DATABASE, openalex.DATABASE, crossref.DATABASE)
}
"""Databases by their short name."""

__all__ = ["DATABASES", "Client", "Database", "Page", "Plan", "Query", "ServiceError", "unknown_parameters"]
