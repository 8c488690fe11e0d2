"""A local server that answers as five services document it, and that can be told to fail."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Request:
    """One request as it arrived."""

    method: str
    path: str
    parameters: dict[str, str]
    headers: dict[str, str]
    url: str


@dataclass
class Answer:
    """What is sent back; ``cut`` leaves out that many bytes of what Content-Length promises."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    wait: threading.Event | None = None


Handler = Callable[[Request], Answer]


@dataclass
class Server:
    """The server; ``faults`` are sent before ``handler`` is asked, first come, first served."""

    address: str
    handler: Handler
    requests: list[Request] = field(default_factory=list)
    faults: list[Answer] = field(default_factory=list)

    def asked(self, part: str) -> list[Request]:
        return [request for request in self.requests if part in request.path]


@contextmanager
def serving(handler: Handler) -> Iterator[Server]:
    class Local(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *arguments: object) -> None:
            pass

        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            self._answer(parse_qs(self.rfile.read(size).decode(), keep_blank_values=True))

        def _answer(self, posted: dict[str, list[str]]) -> None:
            parts = urlsplit(self.path)
            values = {**parse_qs(parts.query, keep_blank_values=True), **posted}
            request = Request(self.command, unquote(parts.path), {k: v[-1] for k, v in values.items()},
                              dict(self.headers.items()), self.path)
            server.requests.append(request)
            answer = server.faults.pop(0) if server.faults else server.handler(request)
            if answer.wait is not None:
                answer.wait.wait(30)
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            if answer.cut:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body[: len(body) - answer.cut])
            if answer.cut:
                self.close_connection = True

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Local)
    httpd.daemon_threads = True
    server = Server(f"http://127.0.0.1:{httpd.server_port}", handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()


# --- PubMed: ESearch and EFetch ---------------------------------------------------------------------------------


def article(pmid: int, title: str = "", extra: str = "") -> str:
    """An article element as EFetch prints it, over several lines."""
    return (
        f'<PubmedArticle>\n  <MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>\n'
        f"    <Article PubModel=\"Print\"><Journal><Title>Journal &amp; more</Title><JournalIssue>"
        f"<PubDate><Year>2001</Year></PubDate></JournalIssue></Journal>"
        f"<ArticleTitle>{title or f'Title <i>of</i> article {pmid}'}</ArticleTitle></Article>\n"
        f"    <CommentsCorrectionsList><CommentsCorrections RefType=\"Cites\"><PMID Version=\"1\">1</PMID>"
        f"</CommentsCorrections></CommentsCorrectionsList>{extra}</MedlineCitation>\n</PubmedArticle>"
    )


@dataclass
class PubMed:
    """E-utilities with some articles: ESearch gives at most ``limit`` ids, and understands ranges of PMID."""

    articles: dict[int, str]
    limit: int = 9_999
    said: str = ""
    encoding: str = "UTF-8"

    def __call__(self, request: Request) -> Answer:
        if request.path.endswith("esearch.fcgi"):
            return self._search(request.parameters)
        if request.path.endswith("efetch.fcgi"):
            return self._fetch(request.parameters)
        return Answer("nothing here", 404)

    def _search(self, asked: dict[str, str]) -> Answer:
        ids = sorted(self.articles, reverse=True)
        if found := re.search(r"AND (\d+):(\d+)\[UID\]$", asked["term"]):
            ids = [i for i in ids if int(found[1]) <= i <= int(found[2])]
        given = ids[int(asked["retstart"]) :][: min(int(asked["retmax"]), self.limit)]
        more = (
            "<WarningList><OutputMessage>Restrictions achieved. start and count adjusted to 0, 9999</OutputMessage>"
            "</WarningList>" if len(ids) > self.limit else ""
        )
        listed = "".join(f"<Id>{i}</Id>" for i in given)
        return Answer(
            '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN"'
            ' "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
            f"<eSearchResult><Count>{len(ids)}</Count><RetMax>{len(given)}</RetMax><RetStart>0</RetStart>"
            f"<IdList>{listed}</IdList><TranslationSet/><QueryTranslation>\"translated\"[All Fields]</QueryTranslation>"
            f"{self.said}{more}</eSearchResult>"
        )

    def _fetch(self, asked: dict[str, str]) -> Answer:
        wanted = [int(i) for i in asked["id"].split(",")]
        body = "\n".join(self.articles[i] for i in wanted if i in self.articles)
        text = (
            f'<?xml version="1.0" encoding="{self.encoding}"?>\n<!DOCTYPE PubmedArticleSet PUBLIC '
            '"-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
            f'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n{body}\n'
            "</PubmedArticleSet>"
        )
        return Answer(text.encode(self.encoding))


# --- Services that answer in JSON -------------------------------------------------------------------------------


def _slice(records: list[Any], cursor: str, size: int) -> tuple[list[Any], int]:
    start = int(cursor) if cursor.isdigit() else 0
    return records[start : start + size], start + size


def europepmc(records: list[dict[str, Any]], *, echo: bool = False) -> Handler:
    """Europe PMC; ``echo`` ends a list by repeating the cursor instead of leaving it out."""

    def handler(request: Request) -> Answer:
        asked = request.parameters
        assert request.path.endswith("/search") and asked["resultType"] == "core" and asked["format"] == "json"
        page, following = _slice(records, asked["cursorMark"], int(asked["pageSize"]))
        found: dict[str, Any] = {"version": "6.9", "hitCount": len(records)}
        if following < len(records):
            found["nextCursorMark"] = str(following)
        elif echo:
            found["nextCursorMark"] = asked["cursorMark"]
        return Answer(json.dumps({**found, "resultList": {"result": page}}, ensure_ascii=False))

    return handler


def clinicaltrials(records: list[dict[str, Any]]) -> Handler:
    def handler(request: Request) -> Answer:
        asked = request.parameters
        if not request.path.endswith("/studies"):
            return Answer("Not Found", 404)
        page, following = _slice(records, asked.get("pageToken", ""), int(asked["pageSize"]))
        found: dict[str, Any] = {"totalCount": len(records)} if asked.get("countTotal") == "true" else {}
        found["studies"] = page
        if following < len(records):
            found["nextPageToken"] = str(following)
        return Answer(json.dumps(found, ensure_ascii=False, indent=1))

    return handler


@dataclass
class OpenAlex:
    """Works by id; a work may hold ``referenced_works``, ``doi``, ``ids``."""

    works: list[dict[str, Any]]
    key: str = ""

    def __call__(self, request: Request) -> Answer:
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return Answer(json.dumps({"error": "Unauthorized", "message": "API key required"}), 401)
        if request.path.endswith("/works"):
            return self._list(request.parameters)
        name = request.path.rpartition("/works/")[2]
        for work in self.works:
            pmid = work.get("ids", {}).get("pmid", "").rpartition("/")[2]
            if name == f"doi:{work.get('doi', '').removeprefix('https://doi.org/')}" or name == f"pmid:{pmid}":
                return Answer(json.dumps({"id": work["id"], "referenced_works": work.get("referenced_works", [])}))
        return Answer("<!doctype html><title>404 Not Found</title>", 404)

    def _list(self, asked: dict[str, str]) -> Answer:
        kind, _, values = asked.get("filter", "").partition(":")
        ids = {f"https://openalex.org/{value}" for value in values.split("|")}
        assert len(ids) <= 100 and int(asked["per_page"]) <= 100
        found = self.works
        if kind == "openalex":
            found = [work for work in self.works if work["id"] in ids]
        elif kind == "cites":
            found = [work for work in self.works if ids & set(work.get("referenced_works", []))]
        meta: dict[str, Any] = {"count": len(found), "per_page": int(asked["per_page"])}
        page, following = _slice(found, asked.get("cursor", ""), int(asked["per_page"]))
        if "cursor" in asked:
            meta["next_cursor"] = str(following) if page else None
        return Answer(json.dumps({"meta": meta, "results": page, "group_by": []}, ensure_ascii=False))


@dataclass
class Crossref:
    """Works with ``DOI``, ``updated-by`` and ``update-to``; the cursor may stay the same from page to page."""

    works: list[dict[str, Any]]
    given: int = 0

    def __call__(self, request: Request) -> Answer:
        if request.path.endswith("/works"):
            return self._list(request.parameters)
        doi = request.path.rpartition("/works/")[2].lower()
        for work in self.works:
            if work["DOI"].lower() == doi:
                return Answer(json.dumps({"status": "ok", "message-type": "work", "message": work}))
        return Answer("Resource not found.", 404)

    def _list(self, asked: dict[str, str]) -> Answer:
        found = self.works
        if asked.get("filter", "").startswith("updates:"):
            wanted = asked["filter"].removeprefix("updates:").lower()
            found = [w for w in self.works if any(u["DOI"].lower() == wanted for u in w.get("update-to", []))]
        message: dict[str, Any] = {"total-results": len(found)}
        rows = int(asked["rows"])
        if "cursor" in asked:
            self.given = 0 if asked["cursor"] == "*" else self.given
            message["items"], self.given = found[self.given : self.given + rows], self.given + rows
            message["next-cursor"] = "the-same-cursor"
        else:
            message["items"] = found[:rows]
        return Answer(json.dumps({"status": "ok", "message-type": "work-list", "message": message}))
