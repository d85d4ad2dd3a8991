"""How hard hypothesis tries: `quick` at the desk, `full` in CI, `deep` when slow tests run or by hand."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

VARIABLE = "SAMEBYTES_HYPOTHESIS"

# No deadline: the machine is shared by the workers, so a wall-clock limit per example reports load, not a bug.
settings.register_profile("quick", max_examples=50, deadline=None)
settings.register_profile("full", max_examples=150, deadline=None, print_blob=True)
settings.register_profile(
    "deep", max_examples=1000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)


def _chosen() -> str:
    if VARIABLE in os.environ:
        return os.environ[VARIABLE]
    return "full" if os.environ.get("CI") else "quick"


settings.load_profile(_chosen())
