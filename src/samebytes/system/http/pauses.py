"""How long to wait before another attempt, and how many attempts there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, retry_if_result, stop_after_attempt

from samebytes.system.clock import Clock
from samebytes.system.randomness import Randomness

# Outlasts three faults in a row.
ATTEMPTS = 5
_DIGITS = 8
_MAX_DOUBLINGS = 30
_TOKENS = 1 << (4 * _DIGITS)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """Exponential back-off: each pause is twice the one before, less up to half by chance, so that clients spread.

    `longest_asked_s` is how long a server may make us wait at once.
    """

    clock: Clock
    randomness: Randomness
    attempts: int = ATTEMPTS
    first_s: float = 0.25
    longest_s: float = 10.0
    longest_asked_s: float = 60.0

    def after(self, attempt: int) -> float:
        """How long to wait after the attempt of this number, from 1."""
        full_s = min(self.longest_s, self.first_s * (1 << min(attempt - 1, _MAX_DOUBLINGS)))
        chance = int(self.randomness.token()[:_DIGITS], 16) / _TOKENS
        return full_s * (1 - chance / 2)

    def repeat(
        self,
        attempt: Callable[[], _T],
        *,
        when: Callable[[_T], bool],
        when_raised: Callable[[BaseException], bool],
        asked_s: Callable[[_T], float] = lambda _: 0.0,
    ) -> _T:
        """Attempt until the result or the error is not one to repeat, then return or raise the last one.

        `asked_s` says how long at least to wait after a result.
        """

        def pause_s(state: RetryCallState) -> float:
            outcome = state.outcome
            asked = asked_s(outcome.result()) if outcome is not None and not outcome.failed else 0.0
            return asked + self.after(state.attempt_number)

        def last(state: RetryCallState) -> _T:
            assert state.outcome is not None, "tenacity stops after an attempt only"  # noqa: S101
            result: _T = state.outcome.result()
            return result

        attempts = Retrying(
            sleep=self.clock.sleep,
            stop=stop_after_attempt(self.attempts),
            wait=pause_s,
            retry=retry_if_result(when) | retry_if_exception(when_raised),
            retry_error_callback=last,
        )
        return attempts(attempt)
