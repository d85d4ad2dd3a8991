"""The life of a process under test: once it has ended, nothing more goes out, whichever way."""

from __future__ import annotations

from dataclasses import dataclass

from samebytes.testing.memory_world import Killed


def die() -> None:
    """The process is gone: nothing that a flow does may see it."""
    raise Killed("killed at a request")


@dataclass
class Life:
    """Shared by everything that a process reaches the world through: requests and commands."""

    has_ended: bool = False

    def check(self) -> None:
        """Raise Killed when it has ended."""
        if self.has_ended:
            die()
