"""Packs the members of a checkout and publishes them to an npm registry: `verdaccio_once CHECKOUT URL FOLDER TAG`.

From reading the workspace to the promotion, as `samebytes publish` does it, without clone, install and build: the peers do
not do these either. The token comes in the variable `BENCH_TOKEN`. Prints the seconds of each stage as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from samebytes.config import CONFIG_NAME, load_settings, read_document
from samebytes.core.policy import Policy
from samebytes.flows.make_release import BuiltRelease, make_snapshot_here
from samebytes.flows.open_site import OpenSite
from samebytes.flows.publish import PublishOptions, publish
from samebytes.flows.workshop import Workshop
from samebytes.formats import statement
from samebytes.model.digests import sha256
from samebytes.model.outcome import Promotion
from samebytes.model.settings import PromoteWhen, Settings
from samebytes.model.tag import Commit
from samebytes.system.clock import SystemClock
from samebytes.system.environment import SystemEnvironment
from samebytes.system.process import SystemRunner
from samebytes.system.randomness import SystemRandomness
from samebytes.wiring import Ports, open_site, package_managers

TOKEN = "BENCH_TOKEN"


def main(checkout: Path, url: str, folder: Path, tag: str) -> None:
    """Pack, publish, and make sure that it was done."""
    stages_s = {}
    started_s = time.perf_counter()
    with tempfile.TemporaryDirectory() as tarballs:
        built = as_tag(make_snapshot_here(str(checkout), Settings(), workshop(folder), tarballs), tag)
        stages_s["pack"] = time.perf_counter() - started_s
        publish_to_registry(built, url, folder)
    stages_s["publish"] = time.perf_counter() - started_s - stages_s["pack"]
    print(json.dumps(stages_s))


def publish_to_registry(built: BuiltRelease, url: str, folder: Path) -> None:
    """Publish, and make sure that it was done."""
    clock = SystemClock()
    options = PublishOptions(holder="bench", policy=Policy(when=PromoteWhen.POLICY, configured_sites=1))
    outcome = publish(built, opened_site(url, folder), options, clock, lambda _: None)
    assert outcome.promotion in (Promotion.PROMOTED, Promotion.ALREADY), f"the release is {outcome.promotion}"


def opened_site(url: str, folder: Path) -> OpenSite:
    """The registry with its state in a folder, as the configuration has it where it says no more than that."""
    written = (
        f'[sites.bench]\nkind = "npm"\nurl = "{url}"\nevidence = "{folder}/evidence"\ncredential = "env:{TOKEN}"\n'
    )
    settings = load_settings(None, read_document(written.encode(), CONFIG_NAME), str(folder), {})
    ports = Ports(clock=SystemClock(), randomness=SystemRandomness(), variables=os.environ)
    return open_site(settings.sites[0], ports)


def as_tag(built: BuiltRelease, tag: str) -> BuiltRelease:
    """What was packed of the checkout as it stands, as a build of a tag would give it."""
    commit = Commit(name=tag, tag_object="3a" * 20, commit="1f" * 20, tree="2e" * 20, time_s=0, message="")
    release = replace(built.release, tag=tag, commit=commit.commit, tree=commit.tree)
    written = statement.write(release)
    record = replace(built.record, statement_sha256=sha256(written).hex)
    return replace(built, commit=commit, release=release, statement=written, record=record)


def workshop(folder: Path) -> Workshop:
    """The parts of this machine that packing asks for."""
    runner, environment = SystemRunner(), SystemEnvironment()
    return Workshop(
        runner=runner,
        clock=SystemClock(),
        environment=environment,
        package_managers=package_managers(runner, environment.platform),
        temp=str(folder / "temp"),
        tools=str(folder / "tools"),
        log=lambda _: None,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4])
