"""Clients that never sleep, against the local server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from reviewkit.sources import Client, Database
from tests.sources.services import Server


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


Connect = Callable[..., Client]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def connect(time: Time) -> Connect:
    def make(database: Database, server: Server | str, **environment: str) -> Client:
        address = server if isinstance(server, str) else server.address
        values = {database.access.variable: address, **environment}
        return Client(database.access, environment=values, clock=time.clock, sleep=time.sleep, timeout=5)

    return make
