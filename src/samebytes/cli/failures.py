"""How a failed run ends: one message, one exit status."""

from __future__ import annotations

import errno
import os
import traceback
from collections.abc import Sequence
from contextlib import suppress

import click

from samebytes.cli.console import Console
from samebytes.errors import InterruptedBySignalError, SamebytesError, UsageError

# What a full disk answers, and one that is there no more; nothing of ours is wrong then.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def report(error: BaseException, arguments: Sequence[str]) -> int:
    """Print the error and return the exit status; with `--json` among the arguments the error document too."""
    command = next((word for word in arguments if not word.startswith("-")), "")
    console = Console(command=command, as_json="--json" in arguments)
    failure = failure_of(error)
    if failure.code == "SB-9001" and os.environ.get("SAMEBYTES_DEBUG"):
        console.note("".join(traceback.format_exception(error)))
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        console.result_of(failure)
    elif isinstance(failure, InterruptedBySignalError):
        _last_word(console, failure)
    else:
        with suppress(OSError):
            # Where the result cannot go, people are told all the same.
            console.result_of(failure)
        console.complaint(failure)
    return int(failure.exit_status)


def failure_of(error: BaseException) -> SamebytesError:
    """The error as one of ours; what is not is a bug and says so."""
    if isinstance(error, SamebytesError):
        return error
    if isinstance(error, click.ClickException):
        context = error.ctx if isinstance(error, click.UsageError) else None
        return UsageError(
            "SB-1016", error.format_message(), hint=f"{context.command_path if context else 'samebytes'} --help"
        )
    # A terminal that went away fails what click prints about the interrupt.
    if isinstance(error, click.Abort | KeyboardInterrupt) or (
        isinstance(error, OSError) and isinstance(error.__context__, KeyboardInterrupt)
    ):
        return InterruptedBySignalError("SB-1017", "interrupted", hint="run it again: it goes on where it was")
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return SamebytesError(
            "SB-1018",
            f"something could not be written: {error.strerror}",
            hint="make room where the output goes and in the folder for temporary files (TMPDIR), and run it again: it goes "
            "on where it was",
        )
    return SamebytesError(
        "SB-9001",
        f"samebytes itself failed: {type(error).__name__}: {error}",
        hint="this is a defect in samebytes; run again with SAMEBYTES_DEBUG=1 and report what it prints",
    )


def _last_word(console: Console, failure: SamebytesError) -> None:
    try:
        console.result_of(failure)
        console.note(f"{failure.summary}; {failure.hint}")
    except OSError:
        # The terminal may be what went away.
        return
