"""Publishes one release of tiny members to a new directory site, and prints the seconds that took: `publish_once N FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.rounds import seconds
from samebytes.core.policy import Policy
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.publish import PublishOptions, publish
from samebytes.model.outcome import Promotion
from samebytes.model.settings import PromoteWhen
from samebytes.model.site import Site
from samebytes.system.clock import SystemClock
from samebytes.system.randomness import SystemRandomness
from samebytes.wiring import Ports, open_site
from tests.small_releases import Tiny, built_release


def main(members: int, folder: Path) -> None:
    """Publish a release that is already built; only that is timed."""
    built = built_release(folder / "packed", members=[tiny(number, members) for number in range(members)])
    print(seconds(lambda: publish_to_new_site(built, folder / "site")))


def publish_to_new_site(built: BuiltRelease, folder: Path) -> None:
    """Publish, and make sure that it was done."""
    clock = SystemClock()
    site = Site(id="bench", kind="directory", path=str(folder))
    at = open_site(site, Ports(clock=clock, randomness=SystemRandomness()))
    options = PublishOptions(holder="bench", policy=Policy(when=PromoteWhen.POLICY, configured_sites=1))
    outcome = publish(built, at, options, clock, lambda _: None)
    assert outcome.promotion is Promotion.PROMOTED, f"the release is {outcome.promotion}"


def tiny(number: int, members: int) -> Tiny:
    """One file of code beside the manifest; the second half of the members stands on the first."""
    code = f"export const number = {number};\n".encode("ascii") * 20
    return Tiny(name=f"@bench/m{number:05}", level=number * 2 // members, files={"index.js": code})


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
