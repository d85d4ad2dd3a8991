"""The last steps: a third site whose build differs is refused, and found out when it publishes anyway."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from stage.commands import Finished
from stage.launchers import launcher
from stage.machines import Machine
from stage.play import BUMPED, DIFFERING_FILE, FIRST, RELEASED, Stage
from stage.repository import THIRD_SITE
from stage.sites import files_in, tarballs_in

DIFFERENT_BYTES = 10


def refuse_third(stage: Stage) -> Machine:
    """Step 6: a third site whose Node lost the date of the commit builds other bytes and is refused before any upload."""
    stage.terminal.step(f"A third site, whose hardened Node drops SOURCE_DATE_EPOCH, wants {FIRST} as corp stated it")
    machines = stage.folder / "machines" / "plant"
    plant = Machine(
        name="plant",
        clone=machines / "lanterns",
        home=machines / "operator",
        umask=0o027,
        zone="UTC",
        locale="C.UTF-8",
        tools=launcher(machines / "bin", "unset SOURCE_DATE_EPOCH"),
    )
    plant.home.mkdir(parents=True)
    stage.repository.clone(stage.corp.name, plant.clone, plant.umask)
    with (plant.clone / "samebytes.toml").open("a", encoding="utf-8") as configuration:
        configuration.write(THIRD_SITE)
    statement = stage.folder / "out" / "release.json"
    shutil.copyfile(stage.statement(stage.corp.name), statement)
    before = files_in(stage.sites / plant.name)
    day = today()
    refused = stage.samebytes(
        plant, "publish", FIRST, "--site", plant.name, "--expect", seen_from(plant, statement), status=DIFFERENT_BYTES
    )
    quote(stage, refused.stderr[refused.stderr.find("error[") :])
    stage.proven(f"exit {DIFFERENT_BYTES}, and it names {BUMPED} and {DIFFERING_FILE}", by=names_the_file(refused))
    # A build that runs past midnight wrote another day than the one it started on.
    stage.proven(
        "it names the cause: the day of the build is in the file", by=day != today() or f"({day})" in refused.text
    )
    stage.proven("nothing was uploaded: the site is as before", by=files_in(stage.sites / plant.name) == before)
    return plant


def publish_third(stage: Stage, plant: Machine) -> None:
    """Step 7: without the statement it may publish, and verify says that the sites differ."""
    stage.terminal.step("Without corp's statement it publishes what it built, and verify says so")
    stage.samebytes(plant, "publish", FIRST, "--site", plant.name)
    differs = stage.samebytes(plant, "verify", FIRST, status=DIFFERENT_BYTES)
    quote(stage, differs.stdout)
    stage.proven(
        f"exit {DIFFERENT_BYTES}, and it names {BUMPED} at {plant.name}, nothing else",
        by=f"{BUMPED}@{RELEASED[BUMPED]} at {plant.name}: different" in differs.stdout
        and differs.stdout.count("DIFFERENT") == 1,
    )
    asset = f"releases/{FIRST}/lanterns__calendar-{RELEASED[BUMPED]}.tgz"
    tarballs = [seen_from(plant, stage.sites / site / asset) for site in (stage.corp.name, plant.name)]
    explained = stage.samebytes(plant, "explain", *tarballs, status=DIFFERENT_BYTES)
    quote(stage, explained.stdout)
    stage.proven(
        f"explain names {DIFFERING_FILE} and the cause, a time in it",
        by=DIFFERING_FILE in explained.stdout and "only points in time differ" in explained.stdout,
    )
    stage.samebytes(stage.home, "verify", FIRST)
    corp, home = (tarballs_in(stage.sites / machine.name) for machine in (stage.corp, stage.home))
    stage.proven("corp and home still agree", by=corp == home)


def seen_from(machine: Machine, path: Path) -> str:
    """A path as a person in the machine's clone would type it."""
    return os.path.relpath(path, machine.clone)


def names_the_file(finished: Finished) -> bool:
    """Whether a refusal names the package and the file that differ."""
    return BUMPED in finished.text and DIFFERING_FILE in finished.text


def today() -> str:
    """The day in UTC, as timestamps begin."""
    return datetime.now(UTC).date().isoformat()


def quote(stage: Stage, text: str) -> None:
    """Show what a command said."""
    for line in text.rstrip().splitlines():
        stage.say(f"      | {line}")
