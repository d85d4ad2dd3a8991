"""Writing when an answer may be lost: the server's state decides, not the answer."""

from __future__ import annotations

from collections.abc import Callable

from samebytes.system.http.base import AmbiguousError, Response
from samebytes.system.http.pauses import Pauses
from samebytes.system.http.urls import shown_url

__all__ = ["Pauses", "settle"]


def settle(write: Callable[[], Response], is_done: Callable[[], bool], pauses: Pauses) -> Response | None:
    """Write until the answer is definite, which is returned, or reading shows that it is done, which is None.

    After an ambiguous answer `is_done` reads at once, and again after the pause, because what the server was still
    doing may be done by then; only then the write is repeated, so it must be one that may be done twice.
    Raises AmbiguousError: the last one, or SB-5131 where the last answer was a 5xx.
    """
    is_first = True

    def attempt() -> Response | None:
        nonlocal is_first
        if not is_first and is_done():
            return None
        is_first = False
        try:
            answer = write()
        except AmbiguousError:
            if is_done():
                return None
            raise
        return None if answer.is_ambiguous and is_done() else answer

    answer = pauses.repeat(
        attempt,
        when=lambda found: found is not None and found.is_ambiguous,
        when_raised=lambda error: isinstance(error, AmbiguousError),
    )
    if answer is not None and answer.is_ambiguous:
        raise AmbiguousError(
            "SB-5131",
            f"{shown_url(answer.url)} answers {answer.status} to a write, and it is not done after "
            f"{pauses.attempts} attempts",
            hint="see the server's log, then run the same command again",
        )
    return answer
