"""Scripts of a build and of the publish lifecycle, run by the real pnpm."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.errors import BuildError, DeadlineError
from samebytes.flows.make_release import BuiltRelease, Workshop
from samebytes.model.settings import BuildSettings
from samebytes.system.clock import SystemClock
from samebytes.system.process import Command, Completed, SystemRunner
from tests.clients.client import Client
from tests.monorepos import Content, contents, member, monorepo, workshop, write_files

Make = Callable[..., BuiltRelease]


def test_prepublish_only_may_do_the_real_work(tmp_path: Path, pnpm_9: Client, make: Make, log: list[str]) -> None:
    """The publish lifecycle runs in the order of `pnpm publish`, also where build does nothing; publish never runs."""
    names = ("prepublishOnly", "prepublish", "prepack", "prepare", "postpack", "publish", "postpublish")
    scripts = {name: f"echo {name} >> steps.txt" for name in names}
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a", scripts=scripts)})
    assert contents(make(repository), "a")["steps.txt"] == b"prepublishOnly\nprepublish\nprepack\nprepare\n"
    order = [line for line in log if line.startswith(("a: ", "a@"))]
    assert order == [f"a: {name}" for name in names[:4]] + ["a@1.0.0: packed", "a: postpack"]


def test_a_prepare_that_builds_only_when_dist_is_missing_builds(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """In a clean clone dist is always missing, whatever lies in the user's checkout."""
    scripts = {"prepare": "test -d dist || (mkdir dist && echo built > dist/a.js)"}
    repository = monorepo(
        tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a", files=["dist"], scripts=scripts)}
    )
    write_files(repository, {"packages/a/dist/a.js": "stale"})
    assert contents(make(repository), "a")["dist/a.js"] == b"built\n"


@pytest.mark.parametrize("which", ["pnpm_9", "pnpm_10", "pnpm_11", "pnpm_12"])
def test_prepack_may_rewrite_the_manifest_and_postpack_restore_it(
    tmp_path: Path, request: pytest.FixtureRequest, newer_node: Path, make: Make, which: str
) -> None:
    """What is packed is what prepack left, even when it left no postpack; what postpack restored counts as unchanged."""
    client: Client = request.getfixturevalue(which)
    scripts = {
        "prepack": "cp package.json kept && node -e \"const fs=require('fs'),p=require('./package.json');"
        "p.main='dist.js';delete p.scripts;fs.writeFileSync('package.json',JSON.stringify(p))\"",
        "postpack": 'test "$npm_lifecycle_event" = postpack && mv kept package.json',
    }
    repository = monorepo(
        tmp_path / "repo", client, {"packages/a/package.json": member("a", files=["*.js"], scripts=scripts)}
    )
    path = f"{newer_node.parent}:{os.environ['PATH']}"
    built = make(repository, using=workshop(tmp_path, variables={"PATH": path}))
    manifest = json.loads(contents(built, "a")["package.json"])
    assert (manifest.get("main"), "scripts" in manifest) == ("dist.js", False)
    assert built.record.changed_tracked_files == ()


def test_packs_the_directory_and_the_manifest_that_the_build_generated(
    tmp_path: Path, pnpm_9: Client, make: Make
) -> None:
    """With publishConfig.directory the generated manifest in it is the one that is published."""
    make_dist = "mkdir dist && echo x > dist/x.js && node -e \"const p=require('./package.json');delete p.publishConfig;p.main='x.js';require('fs').writeFileSync('dist/package.json',JSON.stringify(p))\""
    fields: dict[str, object] = {"publishConfig": {"directory": "dist"}, "scripts": {"build": make_dist}}
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": {**member("a"), **fields}})
    files = contents(make(repository), "a")
    assert (sorted(files), json.loads(files["package.json"])["main"]) == (["package.json", "x.js"], "x.js")


def test_a_generated_manifest_that_is_missing_is_a_clear_error(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A build that did not make the published directory is named, not packed from elsewhere."""
    repository = monorepo(
        tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a", publishConfig={"directory": "dist"})}
    )
    with pytest.raises(BuildError) as caught:
        make(repository)
    assert (caught.value.code, "packages/a/dist/package.json" in caught.value.summary) == ("SB-3104", True)


def test_a_script_that_changes_the_version_is_refused(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """The tag says which version it ships; a script cannot change that."""
    scripts = {"prepublishOnly": "sed -i 's/1.0.0/1.0.1/' package.json"}
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a", scripts=scripts)})
    with pytest.raises(BuildError) as caught:
        make(repository)
    assert caught.value.code == "SB-3106"


def test_files_that_the_build_changes_are_reported(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A tracked file that a script writes is named in findings and record; new files are not."""
    repository = monorepo(
        tmp_path / "repo",
        pnpm_9,
        {
            "packages/a/package.json": member("a", scripts={"build": "echo 2 > version.txt; echo 3 > new.txt"}),
            "packages/a/version.txt": "1\n",
        },
    )
    built = make(repository)
    assert built.record.changed_tracked_files == ("packages/a/version.txt",)
    assert [one.place for one in built.findings if one.rule == "build-changed-tracked-file"] == [
        "packages/a/version.txt"
    ]


@pytest.mark.parametrize("script", ["build", "prepack"])
def test_a_failing_script_names_member_command_and_last_lines(
    tmp_path: Path, pnpm_9: Client, make: Make, log: list[str], script: str
) -> None:
    """The build stops at the first failure, and says where, what and why."""
    files: dict[str, Content] = {
        "packages/a/package.json": member("@x/a", scripts={script: "echo boom; exit 3"}),
        "packages/b/package.json": member("@x/b", scripts={script: "echo never"}),
    }
    with pytest.raises(BuildError) as caught:
        make(monorepo(tmp_path / "repo", pnpm_9, files))
    assert (caught.value.code, caught.value.details["member"]) == ("SB-3103", "@x/a")
    assert caught.value.details["command"] == "echo boom; exit 3"
    assert "boom" in caught.value.details["last lines"]
    assert (f"@x/a {script}: boom" in log, any("never" in line for line in log)) == (True, False)
    assert Path(caught.value.details["log"]).read_text(encoding="utf-8").splitlines() == log


def _all_but_used_up_by_the_install(tmp_path: Path) -> Workshop:
    """A workshop whose clock leaves a second of an hour once the install is done, however slow this machine is."""

    class Clock(SystemClock):
        ahead_s = 0.0

        def monotonic_s(self) -> float:
            return super().monotonic_s() + self.ahead_s

    clock = Clock()

    def listen(line: str) -> None:
        if line.startswith("install: Done"):
            clock.ahead_s = 3599.0

    return replace(workshop(tmp_path, listen), clock=clock)


def test_the_time_limit_names_what_did_not_end(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A script that waits for ever ends with the build's limit, and the error says which script it was."""
    repository = monorepo(
        tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a", scripts={"build": "sleep 600"})}
    )
    with pytest.raises(DeadlineError) as caught:
        make(repository, using=_all_but_used_up_by_the_install(tmp_path))
    assert (caught.value.code, "a build" in caught.value.summary) == ("SB-3002", True)


def test_pre_and_post_scripts_run_for_build_but_not_around_the_lifecycle(
    tmp_path: Path, pnpm_9: Client, make: Make
) -> None:
    """`pnpm run` runs prebuild; `pnpm publish` runs its scripts alone."""
    scripts = {
        name: f"echo {name} >> steps.txt" for name in ("prebuild", "build", "postbuild", "preprepack", "prepack")
    }
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a", scripts=scripts)})
    assert contents(make(repository), "a")["steps.txt"] == b"prebuild\nbuild\npostbuild\nprepack\n"


def test_configured_commands_replace_the_scripts_and_run_at_the_root(
    tmp_path: Path, pnpm_9: Client, make: Make
) -> None:
    """`build.commands` is for repositories with a build driver; it sees the pinned pnpm and the root's programs."""
    files: dict[str, Content] = {
        "packages/a/package.json": member("a", scripts={"build": "echo no > no.txt", "make": "echo yes > yes.txt"})
    }
    commands = ('test "$(pnpm --version)" = 9.12.0', "pnpm -r run make")
    built = make(monorepo(tmp_path / "repo", pnpm_9, files), build=BuildSettings(commands=commands))
    assert sorted(contents(built, "a")) == ["package.json", "yes.txt"]


def test_a_failing_command_is_named(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """The error of a configured command has the command and its last lines."""
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a")})
    with pytest.raises(BuildError) as caught:
        make(repository, build=BuildSettings(commands=("echo oh >&2; false",)))
    assert (caught.value.code, caught.value.details["last lines"]) == ("SB-3103", "oh")


def test_a_full_disk_is_an_error_of_ours(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """What the system says about the build's folder comes out under a code, with exit status 14."""
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a")})
    using = workshop(tmp_path)

    class Full(SystemRunner):
        def run(self, command: Command, on_line: Callable[[bytes], None] | None = None) -> Completed:
            if "checkout" in command.argv:
                raise OSError(28, "No space left on device", "/some/file")
            return super().run(command, on_line)

    with pytest.raises(BuildError) as caught:
        make(repository, using=replace(using, runner=Full()))
    assert (caught.value.code, "No space left" in caught.value.summary) == ("SB-3011", True)
    assert list((tmp_path / "temp").iterdir()) == []


def test_the_time_limit_holds_for_configured_commands_too(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """The command is named."""
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a")})
    with pytest.raises(DeadlineError) as caught:
        make(
            repository,
            build=BuildSettings(commands=("sleep 600",)),
            using=_all_but_used_up_by_the_install(tmp_path),
        )
    assert (caught.value.code, "sleep 600" in caught.value.summary) == ("SB-3002", True)
