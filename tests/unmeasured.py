"""The environment for programs whose coverage is nobody's business: another copy of the sources, or a benchmark."""

from __future__ import annotations

import os


def unmeasured() -> dict[str, str]:
    """Our environment without what makes a Python start measuring."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
