"""Replays a recording whose requests name what earlier answers gave: release ids, commits, UUIDs of that server.

Between the exchanges the recorder also pushed with git, and made things that it did not write down; a story does those
at the steps they belong to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.contract.forge.compare import Received, Rules, differences
from tests.contract.forge.recording import SITE, Exchange, Recording
from tests.contract.forge.replay import send
from tests.contract.forge.under_test import ForgeUnderTest

_NUMBERED = re.compile(r"/(releases|assets|runs|jobs)/(\d+)")
_SHA = re.compile(r"\b[0-9a-f]{40}\b")
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_ZERO = "0" * 40
# Known at the recorded servers only: what their sizes and dates were.
HEADERS_LEFT_OUT = frozenset({"etag"})


@dataclass(slots=True, kw_only=True)
class Story:
    """What to do before a step, who asks where the step's name does not say so, steps that are left out, and bodies not recorded."""

    forge: ForgeUnderTest
    recording: Recording
    rules: Rules
    before: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    actor_of: Callable[[Exchange], str] = lambda exchange: exchange.request.actor
    left_out: frozenset[str] = frozenset()
    bodies: Mapping[str, bytes] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def differences(self) -> Iterator[str]:
        """Each difference as one line."""
        begun: set[str] = set()
        for exchange in self.recording.exchanges:
            if exchange.step in self.before and exchange.step not in begun:
                self.before[exchange.step]()
            begun.add(exchange.step)
            if exchange.step not in self.left_out:
                self.count += 1
                yield from self._exchange(exchange)
        unknown = sorted({*self.before, *self.left_out} - begun)
        assert not unknown, f"no such steps in {self.recording.name}: {unknown}"

    def learn(self, recorded: str, actual: str) -> None:
        """A recorded value has another one here."""
        self.known.setdefault(recorded, actual)

    def here(self, text: str) -> str:
        """A recorded text with this server's ids in it."""
        text = _NUMBERED.sub(lambda match: f"/{match[1]}/{self.known.get(match[1] + match[2], match[2])}", text)
        for pattern in (_SHA, _UUID):
            text = pattern.sub(lambda match: self.known.get(match[0], match[0]), text)
        return text

    def _exchange(self, exchange: Exchange) -> Iterator[str]:
        request, recorded = exchange.request, exchange.answer
        body = self.bodies.get(exchange.step, request.body)
        received = send(
            self.forge,
            request.method,
            self.here(request.path),
            body=None if body is None else self.here(body.decode()).encode(),
            actor=self.actor_of(exchange),
            scheme=request.scheme,
            headers=request.headers,
        )
        if recorded.is_json and received.status == recorded.status:
            self._learn_from(recorded.body, json.loads(received.text(self.forge.base_url)))
            recorded = replace(recorded, body=json.loads(self.here(json.dumps(recorded.body))))
        left, right = (_without(HEADERS_LEFT_OUT, answer.headers) for answer in (recorded, received))
        recorded, received = replace(recorded, headers=left), replace(received, headers=right)
        for line in differences(recorded, received, self.forge.base_url, self.rules.of(exchange.step)):
            yield f"{self.recording.server} {self.recording.name} {exchange.number} ({exchange.step}): {line}"

    def _learn_from(self, recorded: Any, received: Any) -> None:
        if isinstance(recorded, dict) and isinstance(received, dict):
            if "uuid" in recorded and "uuid" in received:
                self.learn(f"assets{recorded['id']}", str(received["id"]))
            for key in recorded.keys() & received.keys():
                self._learn_from(recorded[key], received[key])
        elif isinstance(recorded, list) and isinstance(received, list):
            for left, right in zip(recorded, received, strict=False):
                self._learn_from(left, right)
        elif isinstance(recorded, str) and isinstance(received, str):
            self._learn_from_text(recorded, received)

    def _learn_from_text(self, recorded: str, received: str) -> None:
        for pattern in (_NUMBERED, _SHA, _UUID):
            pairs = list(zip(pattern.finditer(recorded), pattern.finditer(received), strict=False))
            for left, right in pairs:
                if pattern is _NUMBERED:
                    # The web pages of runs count within a repository: another number than the run's id.
                    if recorded.startswith(f"{SITE}/api/") and left[1] == right[1]:
                        self.learn(left[1] + left[2], right[2])
                elif left[0] != _ZERO:
                    self.learn(left[0], right[0])


def _without(names: frozenset[str], headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in headers if name.lower() not in names)


__all__ = ["Received", "Story"]
