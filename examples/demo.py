"""The demo: one real monorepo, two sites that know nothing of each other, the same bytes; every claim is checked.

Run it with `make demo`. It writes only into its own folder, `demo/` beside this one unless `--dir` names another.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import time
from pathlib import Path

from stage.commands import DemoError, Terminal
from stage.consumer import Pnpm, fresh_copy, install_registry, pinned_pnpm
from stage.launchers import clock_ahead, exports, launcher
from stage.machines import Machine
from stage.play import BUMPED, BUMPED_TO, FIRST, NEW_FESTIVAL, RELEASED, SECOND, Stage
from stage.repository import Repository
from stage.sites import listed_and_right, served, tarballs_in
from stage.third_site import publish_third, refuse_third

EXAMPLES = Path(__file__).resolve().parent
MARKER = ".made-by-samebytes-demo"
STEPS = 7
HOURS_AHEAD = 9
INTERRUPTED = 130


def main() -> int:
    """Tell the story; the exit status is 1 when a claim does not hold."""
    parser = argparse.ArgumentParser(description="Release a real monorepo to two sites and prove they hold the same.")
    parser.add_argument("--dir", type=Path, default=EXAMPLES.parent / "demo", help="where to work (default: demo/)")
    folder = parser.parse_args().dir.resolve()
    started = time.monotonic()
    try:
        stage = set_up(folder)
        fingerprint = tell(stage)
    except DemoError as error:
        print(f"\nthe demo failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return INTERRUPTED
    close(stage, fingerprint, time.monotonic() - started)
    return 0


def set_up(folder: Path) -> Stage:
    """An empty work folder and two machines in it; what an earlier demo left there is removed, the fetched pnpm is kept."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise DemoError(f"{folder} holds files that are not the demo's; name another folder with --dir")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).touch()
    for old in ("developer", "remotes", "machines", "sites", "consumers", "out", "logs"):
        shutil.rmtree(folder / old, ignore_errors=True)
    for new in ("remotes", "machines", "sites", "out", "logs"):
        (folder / new).mkdir()
    terminal = Terminal(folder / "logs", STEPS)
    machines = folder / "machines"
    corp = Machine(
        name="corp",
        clone=machines / "corp" / "lanterns",
        home=machines / "corp" / "me",
        umask=0o022,
        zone="America/Los_Angeles",
        locale="C.UTF-8",
    )
    clock = clock_ahead(HOURS_AHEAD, folder)
    home = Machine(
        name="home",
        clone=machines / "home" / "projects" / "kept-in-a-much-longer-place" / "lanterns-at-home",
        home=machines / "home" / "family" / "mei",
        umask=0o077,
        zone="Asia/Kathmandu",
        locale="de_DE.UTF-8",
        tools=launcher(machines / "home" / "bin", exports(clock)) if clock else None,
    )
    for machine in (corp, home):
        machine.home.mkdir(parents=True)
    repository = Repository(folder=folder / "developer" / "lanterns", remotes=folder / "remotes", terminal=terminal)
    return Stage(
        folder=folder,
        terminal=terminal,
        install_registry=install_registry(folder, terminal),
        repository=repository,
        corp=corp,
        home=home,
    )


def tell(stage: Stage) -> str:
    """The story, top to bottom; the fingerprint of the first release."""
    stage.say("samebytes: one tag, two sites, the same bytes")
    make_repository(stage)
    publish_first(stage)
    fingerprint = verify_first(stage)
    install_from_both(stage)
    publish_second(stage)
    plant = refuse_third(stage)
    publish_third(stage, plant)
    return fingerprint


def make_repository(stage: Stage) -> None:
    """Step 1: the example becomes a repository with two remotes, tagged, cloned once at each site."""
    stage.terminal.step("A pnpm monorepo, tagged, pushed to two remotes that cannot reach each other")
    stage.repository.create(EXAMPLES / "lanterns", stage.install_registry)
    commit = stage.repository.release(FIRST, message="Hang the first lanterns", date="2026-11-01T09:00:00+00:00")
    for machine in (stage.corp, stage.home):
        stage.repository.clone(machine.name, machine.clone, machine.umask)
        stage.say(f"  {machine.name}: {machine.habits()}")
    heads = {stage.repository.head(machine.clone) for machine in (stage.corp, stage.home)}
    stage.proven(f"both clones are at commit {commit[:12]}, the one that {FIRST} names", by=heads == {commit})


def publish_first(stage: Stage) -> None:
    """Step 2: each site builds the tag and publishes to its own folder."""
    stage.terminal.step(f"Each site builds {FIRST} for itself and publishes to its own registry")
    for machine in (stage.corp, stage.home):
        stage.samebytes(machine, "publish", FIRST, "--site", machine.name)
        count = len(set(tarballs_in(stage.sites / machine.name).values()))
        stage.proven(f"{machine.name} holds {count} packages", by=count == len(RELEASED))


def verify_first(stage: Stage) -> str:
    """Step 3: the two sites are compared, by samebytes and by reading their folders; the release's fingerprint."""
    stage.terminal.step("Do they hold the same?")
    verified = stage.samebytes(stage.corp, "verify", FIRST, "--deep")
    fingerprint = re.search(r"^fingerprint: (\S+)$", verified.stdout, re.MULTILINE)
    if fingerprint is None:
        raise DemoError(f"samebytes verify names no fingerprint:\n{verified.stdout}")
    corp, home = (tarballs_in(stage.sites / machine.name) for machine in (stage.corp, stage.home))
    stage.proven("read without samebytes: every tarball is there twice, byte for byte equal", by=corp == home)
    statements = [stage.statement(machine.name).read_bytes() for machine in (stage.corp, stage.home)]
    stage.proven("both sites wrote the very same release statement", by=statements[0] == statements[1])
    subjects = json.loads(statements[0])["subject"]
    stage.proven("the statement names exactly these packages", by=len(subjects) == len(RELEASED))
    right = [listed_and_right(stage.sums(machine.name)) for machine in (stage.corp, stage.home)]
    listed = len(RELEASED) + 1
    stage.proven(
        "`SHA512SUMS` lists them and the statement, each digest right", by=[len(each) for each in right] == [listed] * 2
    )
    return fingerprint[1]


def install_from_both(stage: Stage) -> None:
    """Step 4: a consumer installs from each site with one lockfile, type-checks and runs."""
    stage.terminal.step("A consumer installs from each site with one and the same lockfile")
    example = EXAMPLES / "consumer"
    pnpm = pinned_pnpm(example / "package.json", stage.folder / "tools", stage.install_registry, stage.terminal)
    with served(stage.corp, stage.sites, stage.folder / "logs" / "serve.log") as server:
        latest = {
            site: {name: server.latest(site, name) for name in RELEASED} for site in (stage.corp.name, stage.home.name)
        }
        versions = {name: version for name, (version, _) in latest[stage.corp.name].items()}
        stage.proven("over HTTP, `latest` names what was released, at both sites", by=versions == RELEASED)
        stage.proven("both serve the same tarballs", by=latest[stage.corp.name] == latest[stage.home.name])
        said = {
            install(stage, pnpm, machine.name, server.registry(machine.name)) for machine in (stage.corp, stage.home)
        }
    stage.proven("both consumers said the same", by=len(said) == 1)
    for line in said.pop().splitlines():
        stage.say(f"      {line}")


def install(stage: Stage, pnpm: Pnpm, site: str, registry: str) -> str:
    """Install the consumer from one site with the committed lockfile, type-check it and run it; what it said."""
    stage.say(f"  LANTERNS_REGISTRY={registry}")
    folder = fresh_copy(EXAMPLES / "consumer", stage.folder / "consumers" / site / "planner")
    home = stage.folder / "consumers" / site / "home"
    lockfile = (folder / "pnpm-lock.yaml").read_bytes()
    pnpm.run("install", "--frozen-lockfile", cwd=folder, registry=registry, home=home)
    pnpm.run("run", "build", cwd=folder, registry=registry, home=home)
    said = pnpm.run("--silent", "run", "start", cwd=folder, registry=registry, home=home)
    said += pnpm.run("--silent", "exec", "lanterns", "greet", "ja", cwd=folder, registry=registry, home=home)
    same = (
        lockfile == (EXAMPLES / "consumer" / "pnpm-lock.yaml").read_bytes() == (folder / "pnpm-lock.yaml").read_bytes()
    )
    stage.proven(f"installed from {site}, type-checked, run; the lockfile is as committed", by=same)
    return said


def publish_second(stage: Stage) -> None:
    """Step 5: one member is bumped; exactly that one is published."""
    stage.terminal.step(f"One package changes: {BUMPED} becomes {BUMPED_TO}, tag {SECOND}")
    member = stage.repository.folder / "packages" / BUMPED.partition("/")[2]
    manifest = member / "package.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace(RELEASED[BUMPED], BUMPED_TO), encoding="utf-8")
    with (member / "data" / "festivals.csv").open("a", encoding="utf-8") as table:
        table.write(NEW_FESTIVAL)
    stage.repository.release(SECOND, message="Add the festival in Macau", date="2026-11-08T09:00:00+00:00")
    for machine in (stage.corp, stage.home):
        site = stage.sites / machine.name
        before = set(tarballs_in(site).values())
        stage.repository.update(machine.clone, machine.umask)
        stage.samebytes(machine, "publish", SECOND, "--site", machine.name)
        after = set(tarballs_in(site).values())
        stage.proven(
            f"{machine.name} got one package and kept the others", by=len(after - before) == 1 and before < after
        )
    stage.samebytes(stage.corp, "verify", SECOND)
    with served(stage.home, stage.sites, stage.folder / "logs" / "serve-again.log") as server:
        versions = {name: server.latest(stage.home.name, name)[0] for name in RELEASED}
    stage.proven(f"it is {BUMPED}@{BUMPED_TO}", by=versions == RELEASED | {BUMPED: BUMPED_TO})


def close(stage: Stage, fingerprint: str, seconds: float) -> None:
    """The closing lines: what was proven, what was varied, where things are, what to try next."""
    hours = f"clock ({HOURS_AHEAD} hours apart, for every Node of the build)"
    clock = hours if stage.home.tools else "but not the clock, which needs faketime"
    stage.say(
        f"""
Proven, in {seconds:.0f} s:
  {FIRST}: {len(RELEASED)} packages, the same bytes at corp and home; {SECOND}: exactly one package, the same bytes too
  one lockfile, made on another machine, installs from both; the consumer type-checks and runs
  a build that differs was refused before its first upload; published anyway, it was found out
Varied between corp and home: path of the checkout, umask, TZ, locale, HOME, {clock}.
The sites (plain folders that any web server can serve): {stage.sites}/{{corp,home,plant}}
The fingerprint of {FIRST} is {fingerprint}: run this demo on another machine and compare.
Try next:
  export LANTERNS_SITES={stage.sites} PATH={Path(sys.executable).parent}:$PATH
  cd {stage.corp.clone}
  samebytes status                        where each release stands
  samebytes publish {SECOND} --site corp   again: it finds everything in place and changes nothing
  samebytes serve                         npm install from the sites
The whole output of every command: {stage.terminal.logs}"""
    )


if __name__ == "__main__":
    sys.exit(main())
