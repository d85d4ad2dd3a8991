"""JSON as found: objects keep their key order, numbers keep their source token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class JsonNumber:
    """A number as it was written; `1.0`, `1` and `1e0` are three different tokens."""

    token: str


JsonValue: TypeAlias = bool | str | JsonNumber | Sequence["JsonValue"] | Mapping[str, "JsonValue"] | None
JsonObject: TypeAlias = Mapping[str, JsonValue]
