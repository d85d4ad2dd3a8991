"""Whether an answer is the recorded one: status, headers that matter, shape, and every value that is not volatile."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from tests.contract.forge.recording import SITE, Answer

# A key wherever it stands, or the keys that lead to it.
Where = str | tuple[str, ...]

# Differ from run to run, or from server to server: only their type is compared.
VOLATILE: frozenset[Where] = frozenset(
    {
        "avatar_url",
        "created",
        "created_at",
        "date",
        "email",
        "id",
        "last_login",
        "published_at",
        "sha1_of_token",
        "time",
        "token_last_eight",
        "updated_at",
        "uuid",
    }
)
# Say how an answer was sent, not what it says; cookies are left out of the recordings.
_HEADERS_OF_TRANSFER = frozenset(
    {"connection", "content-length", "date", "last-modified", "server", "set-cookie", "transfer-encoding"}
)
_PAGE = re.compile(r"([?&]page=)\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What may differ at a step: other statuses (then nothing else is compared), and values by key or by path.

    A path is the keys and numbers from the top, "*" any of them; `optional` keys may be missing from either side.
    """

    statuses: frozenset[int] = frozenset()
    volatile: frozenset[Where] = frozenset()
    optional: frozenset[Where] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Rules by step, and for all steps."""

    everywhere: Rule = field(default_factory=Rule)
    steps: Mapping[str, Rule] = field(default_factory=lambda: MappingProxyType({}))

    def also(self, volatile: frozenset[Where]) -> Rules:
        """These, and more values that may differ at any step."""
        return replace(self, everywhere=replace(self.everywhere, volatile=self.everywhere.volatile | volatile))

    def of(self, step: str) -> Rule:
        """The rule of a step, with what holds everywhere."""
        rule = self.steps.get(step, Rule())
        return Rule(
            statuses=rule.statuses,
            volatile=VOLATILE | rule.volatile | self.everywhere.volatile,
            optional=rule.optional | self.everywhere.optional,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What a server answered; `body` as bytes."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def text(self, base_url: str) -> str:
        """The body as text, with the server's address as the recordings write it."""
        return self.body.decode(errors="surrogateescape").replace(base_url, SITE)


def differences(recorded: Answer, received: Received, base_url: str, rule: Rule) -> Iterator[str]:
    """Each difference as a line; none is an answer as recorded."""
    if received.status != recorded.status:
        if received.status not in rule.statuses:
            yield f"status {received.status} instead of {recorded.status}: {received.body[:200]!r}"
        return
    yield from _header_differences(recorded, received, base_url)
    if recorded.size is not None:
        if len(received.body) != recorded.size:
            yield f"a body of {len(received.body)} bytes instead of {recorded.size}"
        if recorded.sha256 and hashlib.sha256(received.body).hexdigest() != recorded.sha256:
            yield "a body with another digest"
    elif recorded.is_json:
        try:
            body = json.loads(received.text(base_url))
        except ValueError:
            yield f"no JSON: {received.body[:200]!r}"
            return
        yield from _value_differences(recorded.body, body, (), rule)
    elif received.text(base_url) != (recorded.body or ""):
        yield f"body {received.text(base_url)[:200]!r} instead of {recorded.body!r}"


def _header_differences(recorded: Answer, received: Received, base_url: str) -> Iterator[str]:
    def shown(headers: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in headers:
            if name.lower() not in _HEADERS_OF_TRANSFER:
                text = _PAGE.sub(r"\1N", value.replace(base_url, SITE))
                found.setdefault(name.lower(), []).append("N" if name.lower() == "x-total-count" else text)
        return {name: sorted(values) for name, values in found.items()}

    expected, found = shown(recorded.headers), shown(received.headers)
    for name in sorted(expected | found):
        if expected.get(name) != found.get(name):
            yield f"header {name}: {found.get(name)} instead of {expected.get(name)}"


def _value_differences(recorded: Any, received: Any, path: tuple[str, ...], rule: Rule) -> Iterator[str]:
    where = ".".join(path) or "the body"
    if type(recorded) is not type(received):
        yield f"{where}: {received!r} instead of {recorded!r}"
    elif isinstance(recorded, dict):
        for key in sorted(recorded.keys() | received.keys()):
            at = (*path, key)
            if key in recorded and key in received:
                yield from _value_differences(recorded[key], received[key], at, rule)
            elif not _named(at, rule.optional):
                yield f"{'.'.join(at)}: {'missing' if key in recorded else 'not in the recording'}"
    elif isinstance(recorded, list):
        if len(recorded) != len(received):
            yield f"{where}: {len(received)} entries instead of {len(recorded)}"
        for number, (left, right) in enumerate(zip(recorded, received, strict=False)):
            yield from _value_differences(left, right, (*path, str(number)), rule)
    elif recorded != received and not _named(path, rule.volatile):
        yield f"{where}: {received!r} instead of {recorded!r}"


def _named(path: tuple[str, ...], names: frozenset[Where]) -> bool:
    """Whether a key or a path is among the names."""
    if path and path[-1] in names:
        return True
    return any(
        isinstance(name, tuple)
        and len(name) == len(path)
        and all(part in {"*", key} for part, key in zip(name, path, strict=True))
        for name in names
    )
