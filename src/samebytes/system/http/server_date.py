"""The time at a server, as its answers tell it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from samebytes.system.http.base import Response


def skew_s(answer: Response, now: datetime) -> float | None:
    """How far the clock of a server is ahead of `now`, in whole seconds (RFC 9110, 6.6.1); None where no Date is told."""
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    if told.tzinfo is None:
        told = told.replace(tzinfo=UTC)
    return (told - now.replace(microsecond=0)).total_seconds()
