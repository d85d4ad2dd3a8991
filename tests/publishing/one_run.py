"""One publish run of a small release against a directory site, as a process or as a call."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from samebytes.core.policy import Policy
from samebytes.errors import SamebytesError
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.publish import PublishOptions, publish
from samebytes.model.outcome import PublishOutcome
from samebytes.model.settings import PromoteWhen
from samebytes.model.site import Site
from samebytes.system.clock import SystemClock
from samebytes.system.randomness import SystemRandomness
from samebytes.wiring import Ports, open_site
from tests.small_releases import LAMPS, Tiny, built_release, changed

POLICY = Policy(when=PromoteWhen.POLICY, configured_sites=1)


def quiet(line: str) -> None:
    """Let progress go unheard."""


def publish_to(
    folder: Path, built: BuiltRelease, *, lease_s: float = 30, lock_timeout_s: float = 60, concurrency: int = 3
) -> PublishOutcome:
    """Publish to the site in this folder, opened anew as a new process would."""
    site = Site(
        id="corp",
        kind="directory",
        path=str(folder),
        lease_s=lease_s,
        lock_timeout_s=lock_timeout_s,
        concurrency=concurrency,
    )
    clock = SystemClock()
    at = open_site(site, Ports(clock=clock, randomness=SystemRandomness()))
    return publish(built, at, PublishOptions(holder="a test", policy=POLICY), clock, quiet)


def main(site: str, work: str, flavour: str) -> int:
    """Build, say `ready`, wait for a line on stdin, publish, and print what came of it; `other` is another build."""
    members: Sequence[Tiny] = LAMPS
    if flavour == "other":
        members = changed(LAMPS, "@acme/glow", "index.js", b"export const glow = 3;\n")
    built = built_release(Path(work), members=members)
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    try:
        outcome = publish_to(Path(site), built)
    except SamebytesError as error:
        failure = {"status": int(error.exit_status), "code": error.code, "details": dict(error.details)}
        print(json.dumps(failure | {"summary": error.summary}))  # noqa: T201
        return int(error.exit_status)
    print(json.dumps({"status": 0, "changed": outcome.changed, "members": [m.value for _, m in outcome.members]}))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
