"""How far a server's clock is from ours, by the Date of its answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from samebytes.system.http.base import Response
from samebytes.system.http.server_date import skew_s

NOW = datetime(2026, 1, 1, 12, 0, 0, 700_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("date", "ahead_s"),
    [
        ("Thu, 01 Jan 2026 12:00:00 GMT", 0.0),
        ("Thu, 01 Jan 2026 12:01:00 GMT", 60.0),
        ("Thu, 01 Jan 2026 11:59:00 -0000", -60.0),
        ("Thu, 01 Jan 2026 13:00:00 +0100", 0.0),
        ("yesterday", None),
        ("", None),
    ],
)
def test_the_date_of_an_answer_says_it(date: str, ahead_s: float | None) -> None:
    """In whole seconds, as the header has them; what is no date says nothing."""
    headers = {"date": date} if date else {}
    assert skew_s(Response(status=200, headers=headers, body=b"", url="http://x.invalid"), NOW) == ahead_s
