"""How a failed run ends: one message, one exit status."""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence

from samebytes.cli.console import Console
from samebytes.errors import SamebytesError


def report(error: Exception, arguments: Sequence[str]) -> int:
    """Print the error and return the exit status; an error that is not ours is a bug and says so."""
    command = next((word for word in arguments if not word.startswith("-")), "")
    console = Console(command=command, as_json="--json" in arguments)
    if isinstance(error, SamebytesError):
        console.failure(error)
        return int(error.exit_status)
    bug = SamebytesError(
        "SB-9001",
        f"samebytes itself failed: {type(error).__name__}: {error}",
        hint="this is a defect in samebytes; run again with SAMEBYTES_DEBUG=1 and report what it prints",
    )
    if os.environ.get("SAMEBYTES_DEBUG"):
        console.note("".join(traceback.format_exception(error)))
    console.failure(bug)
    return int(bug.exit_status)
