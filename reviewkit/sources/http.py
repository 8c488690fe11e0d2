"""One polite client for every service: bounded attempts, a rate limit, and no secret in any message.

The e-mail address and the keys come from the environment. A key travels in a header or in a request body, never in
an address, so that it stands in no log line; nothing here writes a file.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

import reviewkit
from reviewkit.errors import ReviewkitError

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

ATTEMPTS = 6
"""Times one request is sent at most."""
FAILURES = 40
"""Failed attempts that one search may have in all before it stops."""
LONGEST_WAIT = 120.0
"""Seconds waited at most before one more attempt; a service that asks for more is left alone."""
MAX_BODY = 256 << 20
"""Bytes of one answer; pages are far smaller, and more is a fault or an attack."""
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class ServiceError(ReviewkitError):
    """A service could not be reached, refused, or answered with something that is no answer (exit code 1)."""


class BodyError(Exception):
    """An answer whose body is cut or is not what it should be; it is asked for again."""


@dataclass(frozen=True, slots=True)
class Access:
    """How one service is spoken to.

    Attributes
    ----------
    name : str
        As people know the service.
    base : str
        Its address.
    variable : str
        Environment variable that replaces the address.
    interval : float
        Seconds between two requests.
    emails, keys : tuple of str
        Environment variables that may hold the e-mail address and the key, first come, first taken.
    interval_known : float
        Seconds between two requests where the e-mail address or key that the service rewards is given.
    rewarded : {'key', 'email'}
        Which of the two buys the shorter interval.
    """

    name: str
    base: str
    variable: str
    interval: float
    emails: tuple[str, ...] = ("REVIEWKIT_EMAIL",)
    keys: tuple[str, ...] = ()
    interval_known: float = 0.0
    rewarded: str = "key"


@dataclass
class Client:
    """Sends the requests of one search to one service.

    Parameters
    ----------
    access : Access
        The service.
    environment : mapping, optional
        Where the address, e-mail address and key are looked up; by default the process's environment.
    told : callable, optional
        Called with a sentence whenever something has to be waited for.
    clock, sleep : callable, optional
        Monotonic seconds and waiting, for tests.
    timeout : float
        Seconds until a silent service counts as gone.
    """

    access: Access
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    told: Callable[[str], None] = lambda sentence: None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = lambda seconds: time.sleep(seconds)
    timeout: float = 60.0
    _last: float = field(default=float("-inf"), init=False)
    _failures: int = field(default=0, init=False)
    _answered: bool = field(default=False, init=False)
    _http: httpx.Client | None = field(default=None, init=False, repr=False)

    @property
    def base(self) -> str:
        """The service's address, without a slash at its end."""
        return (self.environment.get(self.access.variable) or self.access.base).rstrip("/")

    @property
    def email(self) -> str:
        """The person's e-mail address, if the environment has one."""
        return self._first(self.access.emails)

    @property
    def key(self) -> str:
        """The person's key, if the environment has one."""
        return self._first(self.access.keys)

    def _first(self, names: tuple[str, ...]) -> str:
        return next((value for name in names if (value := self.environment.get(name, "").strip())), "")

    def fetch(
        self,
        path: str,
        parameters: Mapping[str, str],
        read: Callable[[bytes], T],
        *,
        post: bool = False,
        headers: Mapping[str, str] | None = None,
        missing: T | None = None,
    ) -> T:
        """Ask for something, as often as it is worth, and read the answer.

        Parameters
        ----------
        path : str
            What stands behind the service's address.
        parameters : mapping
            In the address, or in the body with ``post``.
        read : callable
            Makes a value of the body; raises `BodyError` where it is cut or no answer.
        missing : optional
            What to give back where the service says that there is no such thing (404).

        Raises
        ------
        ServiceError
            If there is no network, the service refuses, or the attempts are used up.
        """
        reason = ""
        for attempt in range(1, ATTEMPTS + 1):
            wait: float | None = None
            try:
                status, body, wait = self._send(path, parameters, post, headers or {})
                if status == 404 and missing is not None:
                    return missing
                if status < 300:
                    return read(body)
                reason = f"it answered {status}{self._said(body)}"
                if status not in _AGAIN:
                    raise self._refused(status, reason)
            except BodyError as error:
                reason = str(error)
            except _Gone as error:
                reason = str(error)
                if not self._answered and error.unreachable and attempt > 1:
                    raise ServiceError(
                        f"{self.access.name} cannot be reached ({reason}): there seems to be no network.",
                        code="no-network", remedy="Nothing was changed; run the same command where there is one.",
                    ) from None
            self._failures += 1
            if attempt == ATTEMPTS or self._failures >= FAILURES:
                break
            self._wait(attempt, wait, reason)
        raise ServiceError(
            f"{self.access.name} gave no usable answer in {attempt} attempts: {reason}.", code="unavailable",
            remedy="Run the same command later: it goes on where it stopped.",
        )

    def _refused(self, status: int, reason: str) -> ServiceError:
        if status in (401, 403) and self.access.keys:
            what = "The key is not accepted" if self.key else "A key may be needed"
            return ServiceError(f"{self.access.name} refuses: {reason}.", code="key",
                                remedy=f"{what}: set {self.access.keys[0]} in the environment.")
        return ServiceError(f"{self.access.name} refuses the request: {reason}.", code="refused",
                            remedy="Check the query in searches.toml.")

    def _said(self, body: bytes) -> str:
        """The start of an error's text, if it is text for people, with no secret in it."""
        text = body[:2000].decode("utf-8", "replace").strip()
        if not text or text.startswith("<"):
            return ""
        for secret in filter(None, (self.key, self.email)):
            text = text.replace(secret, "…")
        return f" ({plain(text, 200)})"

    def _send(
        self, path: str, parameters: Mapping[str, str], post: bool, headers: Mapping[str, str]
    ) -> tuple[int, bytes, float | None]:
        """Status, body, and the seconds the service asks to wait."""
        import httpx

        self._keep_rate()
        address = f"{self.base}/{path}" if path else self.base
        try:
            with self._open().stream(
                "POST" if post else "GET", address, headers=dict(headers),
                **({"data": dict(parameters)} if post else {"params": dict(parameters)}),  # type: ignore[arg-type]
            ) as answer:
                body = self._body(answer)
                self._answered = True
                return answer.status_code, self._without_key(body), _asked_wait(answer.headers.get("Retry-After", ""))
        except httpx.TimeoutException as error:
            raise _Gone(f"no answer within {self.timeout:g} s", isinstance(error, httpx.ConnectTimeout)) from None
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError):
            raise BodyError("the answer was cut") from None
        except httpx.ConnectError:
            raise _Gone("no connection", True) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _Gone(type(error).__name__, True) from None

    def _body(self, answer: httpx.Response) -> bytes:
        parts, size, end = [], 0, self.clock() + 10 * self.timeout
        for part in answer.iter_bytes():
            size += len(part)
            if size > MAX_BODY:
                raise BodyError(f"the answer is larger than {MAX_BODY >> 20} MiB")
            if self.clock() > end:
                raise BodyError(f"the answer was not whole after {10 * self.timeout:g} s")
            parts.append(part)
        return b"".join(parts)

    def _without_key(self, body: bytes) -> bytes:
        key = self.key.encode()
        return body.replace(key, b"") if key and key in body else body

    def _open(self) -> httpx.Client:
        if self._http is None:
            import httpx

            contact = f" (mailto:{self.email})" if self.email else ""
            self._http = httpx.Client(
                timeout=self.timeout, follow_redirects=True,
                headers={"User-Agent": f"reviewkit/{reviewkit.__version__}{contact}"},
            )
        return self._http

    def _keep_rate(self) -> None:
        known = self.key if self.access.rewarded == "key" else self.email
        interval = self.access.interval_known if known and self.access.interval_known else self.access.interval
        wait = self._last + interval - self.clock()
        if wait > 0:
            self.sleep(wait)
        self._last = self.clock()

    def _wait(self, attempt: int, asked: float | None, reason: str) -> None:
        # Jitter, so that many clients do not come back in step; it decides nothing but a pause.
        seconds = asked if asked is not None else min(2.0 ** (attempt - 1), 30.0) * random.uniform(1.0, 1.25)
        if seconds > LONGEST_WAIT:
            raise ServiceError(
                f"{self.access.name} asks to wait {seconds:.0f} s: {reason}.", code="unavailable",
                remedy="Run the same command after that: it goes on where it stopped.",
            )
        self.told(f"{self.access.name}: {reason}; trying again in {seconds:.0f} s")
        self.sleep(seconds)

    def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Gone(Exception):
    """No answer at all; ``unreachable`` where not even a connection was made."""

    def __init__(self, reason: str, unreachable: bool) -> None:
        super().__init__(reason)
        self.unreachable = unreachable


def plain(text: str, limit: int = 300) -> str:
    """What a service says, as one line for people: no control characters, not endless.

    >>> plain("a\\x1b[31m  b\\n")
    'a [31m b'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:limit]


def _asked_wait(value: str) -> float | None:
    """Seconds of a Retry-After header, which holds seconds or a date (RFC 9110, section 10.2.3)."""
    text = value.strip()
    if text.isdigit():
        return float(text)
    try:
        then = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return max(0.0, (then.replace(tzinfo=then.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
