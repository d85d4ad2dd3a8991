"""What people and programs see: results on stdout, everything else on stderr, one JSON envelope.

Nothing that came from a file, a script or a site reaches a terminal raw: see `samebytes.reports.visible`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import TextIO

import click

from samebytes.errors import SamebytesError
from samebytes.reports.error_text import error_document
from samebytes.reports.visible import one_line, visible, without_colours

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
        _write(self._out, self._envelope("result", document) if self.as_json else f"{visible(text)}\n")

    def note(self, line: str, kind: str = "") -> None:
        """Print a line about the run on stderr."""
        _write(self._err, f"{self.styled(visible(without_colours(line)), kind, self._err)}\n")

    def failure(self, error: SamebytesError) -> None:
        """Print an error for people, and with `--json` the error document as the result."""
        self.result_of(error)
        self.complaint(error)

    def result_of(self, error: SamebytesError) -> None:
        """With `--json` print the error document as the result; without it a failure has none."""
        if self.as_json:
            _write(self._out, self._envelope("error", error_document(error)))

    def complaint(self, error: SamebytesError) -> None:
        """Print an error for people only."""
        head = self.styled(f"error[{error.code}]", "error", self._err)
        lines = [f"{head}: {one_line(error.summary)}"]
        lines += [f"  {one_line(key)}: {visible(without_colours(value))}" for key, value in error.details.items()]
        if error.hint:
            lines += ["", self.styled("hint", "hint", self._err) + f": {visible(error.hint)}"]
        _write(self._err, "\n".join(lines) + "\n")

    def styled(self, text: str, kind: str, stream: TextIO | None = None) -> str:
        """The text in the colour of its kind where the stream may have colours."""
        return click.style(text, fg=_COLOURS[kind]) if kind and has_colours(stream or self._out) else text

    def _envelope(self, key: str, document: Mapping[str, object]) -> str:
        envelope = {"samebytes": JSON_SCHEMA_VERSION, "command": self.command, key: document}
        text = json.dumps(envelope, ensure_ascii=False, indent=2)
        try:
            text.encode(self._out.encoding or "utf-8")
        except UnicodeEncodeError:
            # A name that is not UTF-8, or a stream that is not: JSON can say both in ASCII.
            text = json.dumps(envelope, indent=2)
        return text + "\n"


def _write(stream: TextIO, text: str) -> None:
    """Write at once; what the stream's encoding lacks is escaped."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


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
