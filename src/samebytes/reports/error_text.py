"""An error as a JSON document."""

from __future__ import annotations

from samebytes.errors import SamebytesError


def error_document(error: SamebytesError) -> dict[str, object]:
    """Code, exit status, sentence, hint and details under fixed names."""
    return {
        "code": error.code,
        "exit_status": int(error.exit_status),
        "summary": error.summary,
        "hint": error.hint,
        "details": dict(error.details),
    }
