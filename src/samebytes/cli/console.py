"""What people and programs see: results on stdout, everything else on stderr, one JSON envelope."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import TextIO

import click

from samebytes.errors import SamebytesError

JSON_SCHEMA_VERSION = 1
_COLOURS = {"error": "red", "warning": "yellow", "hint": "cyan", "good": "green", "bad": "red", "dim": "bright_black"}


class Console:
    """The two streams of one run; `as_json` replaces the text result by one JSON document."""

    def __init__(self, *, command: str, as_json: bool, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.command = command
        self.as_json = as_json
        self._out = out or sys.stdout
        self._err = err or sys.stderr

    @property
    def error_stream(self) -> TextIO:
        """Where everything but the result goes."""
        return self._err

    def result(self, text: str, document: Mapping[str, object]) -> None:
        """Print the result of the run: the text, or the document in its envelope."""
        self._out.write(self._envelope("result", document) if self.as_json else f"{text}\n")
        self._out.flush()

    def note(self, line: str, kind: str = "") -> None:
        """Print a line about the run on stderr."""
        self._err.write(f"{self.styled(line, kind, self._err)}\n")
        self._err.flush()

    def failure(self, error: SamebytesError) -> None:
        """Print an error for people, and with `--json` the error document as the result."""
        if self.as_json:
            document = {
                "code": error.code,
                "exit_status": int(error.exit_status),
                "summary": error.summary,
                "hint": error.hint,
                "details": dict(error.details),
            }
            self._out.write(self._envelope("error", document))
            self._out.flush()
        self.note(self.styled(f"error[{error.code}]", "error", self._err) + f": {error.summary}")
        for key, value in error.details.items():
            self.note(f"  {key}: {value}")
        if error.hint:
            self.note("")
            self.note(self.styled("hint", "hint", self._err) + f": {error.hint}")

    def styled(self, text: str, kind: str, stream: TextIO | None = None) -> str:
        """The text in the colour of its kind where the stream may have colours."""
        return click.style(text, fg=_COLOURS[kind]) if kind and has_colours(stream or self._out) else text

    def _envelope(self, key: str, document: Mapping[str, object]) -> str:
        envelope = {"samebytes": JSON_SCHEMA_VERSION, "command": self.command, key: document}
        return json.dumps(envelope, ensure_ascii=False, indent=2) + "\n"


def is_lively(stream: TextIO) -> bool:
    """Whether bars and spinners may move: on a terminal outside CI that can move its cursor."""
    return stream.isatty() and not os.environ.get("CI") and os.environ.get("TERM", "dumb") != "dumb"


def has_colours(stream: TextIO) -> bool:
    """Whether to colour: never with NO_COLOR, always with FORCE_COLOR, else on a terminal outside CI."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and not os.environ.get("CI")
