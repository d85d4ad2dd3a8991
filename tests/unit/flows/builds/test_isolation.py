"""Where and as whom repository code runs."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from samebytes.flows.make_release import BuiltRelease
from samebytes.model.settings import BuildSettings, Packer, PackSettings
from samebytes.system.build_place import BUILD_UID
from tests.clients.client import Client
from tests.monorepos import Content, commit_all, contents, git, member, monorepo, workshop

Make = Callable[..., BuiltRelease]

_WHERE: dict[str, Content] = {
    "packages/a/package.json": member("a", scripts={"build": "pwd > pwd.txt; echo $HOME >> pwd.txt"})
}


def test_builds_at_the_fixed_path_and_says_so_in_the_record(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Scripts see one path on all machines; two builds at once take turns and agree."""
    fixed = tmp_path / "var" / "build"
    repository = monorepo(tmp_path / "repo", pnpm_9, _WHERE)
    made: list[BuiltRelease] = []
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()

    def one(folder: Path) -> None:
        made.append(make(repository, using=workshop(folder, fixed=str(fixed))))

    other = threading.Thread(target=one, args=(folders[0],))
    other.start()
    one(folders[1])
    other.join()
    assert made[0].statement == made[1].statement
    assert contents(made[0], "a")["pwd.txt"].decode().split() == [f"{fixed}/repo/packages/a", f"{fixed}/home"]
    assert [built.record.path for built in made] == [f"{fixed}/repo"] * 2
    assert all("fixed-path" in built.record.isolation for built in made)
    assert not fixed.exists()


def test_without_the_fixed_path_the_record_has_the_path(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A build elsewhere says where it was; the statement does not."""
    built = make(monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a")}))
    assert (built.record.isolation, built.record.path.startswith(str(tmp_path / "temp"))) == ((), True)
    assert str(tmp_path).encode() not in built.statement


@pytest.mark.system("other-uid")
def test_repository_code_may_run_as_another_user(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Install, scripts and lifecycle run under the throw-away uid, in no group of ours."""
    scripts = {"build": "id -u > id.txt; id -g >> id.txt; id -G >> id.txt", "prepack": "id -u >> id.txt"}
    files: dict[str, Content] = {
        "packages/a/package.json": member("a", scripts=scripts, files=["index.js"]),
        "packages/a/index.js": "1\n",
        "packages/b/package.json": member(
            "b", scripts={"build": "cp ../a/id.txt ."}, dependencies={"a": "workspace:*"}
        ),
    }
    repository = monorepo(tmp_path / "repo", pnpm_9, files)
    # The folders of pytest are closed to other users.
    with TemporaryDirectory() as open_folder:
        Path(open_folder).chmod(0o755)
        built = make(repository, using=workshop(Path(open_folder)))
        ours = make(repository, using=replace(workshop(Path(open_folder)), uid=None))
    seen = contents(built, "b")["id.txt"].decode().split()
    # Another build on this machine may have the first of these users.
    assert (len(seen), len(set(seen)), int(seen[0]) in range(BUILD_UID, BUILD_UID + 32)) == (3, 1, True)
    assert contents(ours, "b")["id.txt"].decode().split()[0] == "0"
    assert (built.record.isolation, ours.record.isolation) == (("own-uid",), ())


def test_a_daemon_that_a_script_leaves_does_not_outlive_the_build(
    tmp_path: Path, pnpm_9: Client, make: Make, log: list[str]
) -> None:
    """Even in a session of its own, it ends before anything with a token runs."""
    start = "setsid sleep 600 >/dev/null 2>&1 & echo $! > pid.txt"
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a", scripts={"build": start})})
    make(repository)
    homes = str(tmp_path / "temp")
    alive = [
        process
        for process in Path("/proc").iterdir()
        if process.name.isdecimal() and homes.encode() in _environment(process)
    ]
    assert alive == []
    assert any(line.startswith("ended ") for line in log)


def _environment(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


def test_nothing_is_written_into_the_users_checkout(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Refs, index, worktree and configuration of the repository are the same after a build as before."""
    repository = monorepo(tmp_path / "repo", pnpm_9, _WHERE)

    def state() -> str:
        found = subprocess.run(
            ("find", ".", "-type", "f", "-printf", "%p %s %T@ %m\\n"), cwd=repository, capture_output=True, check=True
        )
        return hashlib.sha256(b"".join(sorted(found.stdout.splitlines()))).hexdigest()

    before = state()
    make(repository)
    assert state() == before


def test_submodules_are_built_with_where_they_are_allowed(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A member that packs files of a submodule gets them at the recorded commit."""
    inner = tmp_path / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    (inner / "data.txt").write_text("inner\n", encoding="utf-8")
    commit_all(inner)
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a")})
    git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "packages/a/vendor")
    commit_all(repository)
    git(repository, "tag", "-f", "v1.0.0")
    built = make(repository, build=BuildSettings(submodules=True))
    assert contents(built, "a")["vendor/data.txt"] == b"inner\n"


@pytest.mark.parametrize("which", ["pnpm_9", "pnpm_11_22"])
def test_the_native_packer_and_ours_make_the_same_tarball(
    tmp_path: Path, request: pytest.FixtureRequest, newer_node: Path, make: Make, which: str
) -> None:
    """What the tool itself packs, written canonically, is what our rules pack."""
    client: Client = request.getfixturevalue(which)
    names = [f"m{number}" for number in range(6)]
    files: dict[str, Content] = {
        "packages/a/package.json": member(
            "a",
            bin="./cli.js",
            scripts={"prepack": "echo 1 > made.js"},
            dependencies=dict.fromkeys(names, "workspace:^"),
        ),
        "packages/a/cli.js": "#!/usr/bin/env node\n",
        **{f"packages/{name}/package.json": member(name, files=["x"]) for name in names},
    }
    repository = monorepo(tmp_path / "repo", client, files)
    using = workshop(tmp_path, variables={"PATH": f"{newer_node.parent}:{os.environ['PATH']}"})
    sums = [make(repository, pack=PackSettings(packer=packer), using=using).sums for packer in Packer]
    assert sums[0] == sums[1]
