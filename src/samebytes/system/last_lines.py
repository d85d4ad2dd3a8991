"""The output of a long program: every line goes to the log at once, the last ones are kept for an error."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from samebytes.system.git_objects import text_of

_KEPT = 25


class LastLines:
    """What a program prints, each line masked and under a heading."""

    def __init__(self, heading: str, log: Callable[[str], None], mask: Callable[[str], str]) -> None:
        self._heading = heading
        self._log = log
        self._mask = mask
        self._kept: deque[str] = deque(maxlen=_KEPT)

    def take(self, line: bytes) -> None:
        """Take one line as it comes."""
        text = self._mask(text_of(line).rstrip())
        self._kept.append(text)
        self._log(f"{self._heading}: {text}")

    @property
    def text(self) -> str:
        """The last lines."""
        return "\n".join(self._kept)
