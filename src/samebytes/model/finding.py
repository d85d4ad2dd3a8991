"""Something a person should know: the one type that every check and reader reports with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is; only `error` stops anything."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding: a stable rule id such as `changed-without-bump`, where, what, and what to do."""

    rule: str
    severity: Severity
    place: str
    message: str
    remedy: str = ""
