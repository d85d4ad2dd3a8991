"""From a commit-ish to a release, with real git and the real pnpm."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from samebytes.errors import BuildError, ConfigError, DeadlineError
from samebytes.flows.make_release import BuiltRelease, Workshop, make_release, make_snapshot_here
from samebytes.formats import statement
from samebytes.model.digests import sha256
from samebytes.model.settings import BuildSettings, Packer, PackSettings, Settings
from tests.clients.client import Client
from tests.monorepos import Content, commit_all, git, lock, member, monorepo, workshop, write_files

Make = Callable[..., BuiltRelease]


@pytest.fixture
def log() -> list[str]:
    """The lines of a build."""
    return []


@pytest.fixture
def make(tmp_path: Path, log: list[str]) -> Make:
    """Make a release of a repository in a folder of its own."""

    def made(
        repository: Path,
        commit_ish: str = "v1.0.0",
        build: BuildSettings | None = None,
        pack: PackSettings | None = None,
        using: Workshop | None = None,
    ) -> BuiltRelease:
        out = tmp_path / f"out{len(list(tmp_path.glob('out*')))}"
        out.mkdir()
        settings = Settings(build=build or BuildSettings(), pack=pack or PackSettings())
        return make_release(str(repository), commit_ish, settings, using or workshop(tmp_path, log.append), str(out))

    return made


def contents(built: BuiltRelease, name: str) -> Mapping[str, bytes]:
    """The files in a member's tarball, by path without `package/`."""
    file = next(one.file for one in built.packed if one.tarball.id.name.text == name)
    with tarfile.open(fileobj=io.BytesIO(Path(file).read_bytes()), mode="r:gz") as archive:
        return {
            entry.name.removeprefix("package/"): opened.read()
            for entry in archive.getmembers()
            if (opened := archive.extractfile(entry)) is not None
        }


def test_a_tag_becomes_tarballs_a_statement_and_sums_that_coreutils_accept(
    tmp_path: Path, pnpm_9: Client, make: Make
) -> None:
    """The whole story once: two members built in order, packed, and described."""
    repository = monorepo(
        tmp_path / "repo",
        pnpm_9,
        {
            "packages/a/package.json": member(
                "@x/a", files=["dist"], scripts={"build": "node build.cjs"}, dependencies={"@x/b": "workspace:^"}
            ),
            "packages/a/build.cjs": "require('fs').mkdirSync('dist');"
            "require('fs').writeFileSync('dist/a.js', `module.exports = ${require('@x/b')}\\n`)",
            "packages/b/package.json": member(
                "@x/b", "2.0.0", files=["b.js"], main="b.js", scripts={"build": "echo 'module.exports = 7' > b.js"}
            ),
        },
    )
    built = make(repository)
    assert [str(one.tarball.id) for one in built.packed] == ["@x/a@1.0.0", "@x/b@2.0.0"]
    assert contents(built, "@x/a")["dist/a.js"] == b"module.exports = 7\n"
    assert json.loads(contents(built, "@x/a")["package.json"])["dependencies"] == {"@x/b": "^2.0.0"}
    assert statement.read(built.statement, "release.json") == built.release
    assert (built.release.tag, built.release.commit) == ("v1.0.0", git(repository, "rev-parse", "HEAD"))
    folder = Path(built.packed[0].file).parent
    (folder / "release.json").write_bytes(built.statement)
    subprocess.run(("sha512sum", "-c", "--strict"), input=built.sums, cwd=folder, check=True, capture_output=True)
    assert built.record.statement_sha256 == sha256(built.statement).hex
    assert built.record.toolchain["pnpm"] == "9.12.0"


def test_scripts_see_nothing_of_our_environment_and_no_input(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Tokens and settings of the host are gone, the fixed values are there, standard input is at its end."""
    dump = "const fs=require('fs');fs.writeFileSync('env.json',JSON.stringify({env:process.env,input:fs.readFileSync(0,'utf8')}))"
    repository = monorepo(
        tmp_path / "repo",
        pnpm_9,
        {"packages/a/package.json": member("a", scripts={"build": "node dump.cjs"}), "packages/a/dump.cjs": dump},
    )
    planted = {
        "NPM_TOKEN": "planted-1",
        "GITHUB_TOKEN": "planted-2",
        "npm_config_//example.org/:_authToken": "planted-3",
        "NPM_CONFIG_REGISTRY": "http://planted-4.invalid/",
        "pnpm_config_registry": "http://planted-5.invalid/",
        "NODE_OPTIONS": "--title=planted-6",
        "ACTIONS_RUNTIME_TOKEN": "planted-7",
        "HTTP_PROXY": "",
        "HOME": "/planted-8",
        "TURBO_TOKEN": "planted-9",
    }
    settings = BuildSettings(env={"FLAVOUR": "sweet", "HOME": "/elsewhere"})
    built = make(repository, build=settings, using=workshop(tmp_path, variables=planted))
    seen = json.loads(contents(built, "a")["env.json"])
    assert seen["input"] == ""
    assert "planted" not in json.dumps(seen)
    env = seen["env"]
    assert {name: env[name] for name in ("CI", "HUSKY", "TZ", "LC_ALL", "FLAVOUR", "SOURCE_DATE_EPOCH")} == {
        "CI": "1",
        "HUSKY": "0",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "FLAVOUR": "sweet",
        "SOURCE_DATE_EPOCH": "1704164645",
    }
    assert env["HOME"].startswith(str(tmp_path / "temp"))
    assert "HTTP_PROXY" not in env


def test_outputs_left_in_the_users_checkout_do_not_leak(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Only the commit counts: untracked, ignored and modified files of the checkout are not seen."""
    repository = monorepo(
        tmp_path / "repo",
        pnpm_9,
        {
            ".gitignore": "dist\n",
            "packages/a/package.json": member("a", files=["dist", "a.js"]),
            "packages/a/a.js": "committed\n",
        },
    )
    write_files(repository, {"packages/a/dist/left.js": "left", "packages/a/a.js": "modified"})
    files = contents(make(repository), "a")
    assert (sorted(files), files["a.js"]) == (["a.js", "package.json"], b"committed\n")


def _lifecycle(tmp_path: Path, client: Client, files: Mapping[str, Content]) -> Path:
    return monorepo(tmp_path / "repo", client, files)


def test_prepublish_only_may_do_the_real_work(tmp_path: Path, pnpm_9: Client, make: Make, log: list[str]) -> None:
    """The publish lifecycle runs in the order of `pnpm publish`, also where build does nothing; publish never runs."""
    names = ("prepublishOnly", "prepublish", "prepack", "prepare", "postpack", "publish", "postpublish")
    scripts = {name: f"echo {name} >> steps.txt" for name in names}
    repository = _lifecycle(tmp_path, pnpm_9, {"packages/a/package.json": member("a", scripts=scripts)})
    assert contents(make(repository), "a")["steps.txt"] == b"prepublishOnly\nprepublish\nprepack\nprepare\n"
    order = [line for line in log if line.startswith(("a: ", "a@"))]
    assert order == [f"a: {name}" for name in names[:4]] + ["a@1.0.0: packed", "a: postpack"]


def test_a_prepare_that_builds_only_when_dist_is_missing_builds(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """In a clean clone dist is always missing, whatever lies in the user's checkout."""
    scripts = {"prepare": "test -d dist || (mkdir dist && echo built > dist/a.js)"}
    repository = _lifecycle(tmp_path, pnpm_9, {"packages/a/package.json": member("a", files=["dist"], scripts=scripts)})
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
    repository = _lifecycle(tmp_path, client, {"packages/a/package.json": member("a", files=["*.js"], scripts=scripts)})
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
    repository = _lifecycle(tmp_path, pnpm_9, {"packages/a/package.json": {**member("a"), **fields}})
    files = contents(make(repository), "a")
    assert (sorted(files), json.loads(files["package.json"])["main"]) == (["package.json", "x.js"], "x.js")


def test_a_generated_manifest_that_is_missing_is_a_clear_error(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A build that did not make the published directory is named, not packed from elsewhere."""
    repository = _lifecycle(
        tmp_path, pnpm_9, {"packages/a/package.json": member("a", publishConfig={"directory": "dist"})}
    )
    with pytest.raises(BuildError) as caught:
        make(repository)
    assert (caught.value.code, "packages/a/dist/package.json" in caught.value.summary) == ("SB-3104", True)


def test_a_script_that_changes_the_version_is_refused(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """The tag says which version it ships; a script cannot change that."""
    scripts = {"prepublishOnly": "sed -i 's/1.0.0/1.0.1/' package.json"}
    repository = _lifecycle(tmp_path, pnpm_9, {"packages/a/package.json": member("a", scripts=scripts)})
    with pytest.raises(BuildError) as caught:
        make(repository)
    assert caught.value.code == "SB-3106"


def test_files_that_the_build_changes_are_reported(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A tracked file that a script writes is named in findings and record; new files are not."""
    repository = _lifecycle(
        tmp_path,
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
        make(_lifecycle(tmp_path, pnpm_9, files))
    assert (caught.value.code, caught.value.details["member"]) == ("SB-3103", "@x/a")
    assert caught.value.details["command"] == "echo boom; exit 3"
    assert "boom" in caught.value.details["last lines"]
    assert (f"@x/a {script}: boom" in log, any("never" in line for line in log)) == (True, False)
    kept = next((tmp_path / "logs").iterdir()).read_text(encoding="utf-8").splitlines()
    assert kept == log


def test_the_time_limit_names_what_did_not_end(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A script that waits for ever ends with the build's limit, and the error says which script it was."""
    repository = _lifecycle(tmp_path, pnpm_9, {"packages/a/package.json": member("a", scripts={"build": "sleep 600"})})
    with pytest.raises(DeadlineError) as caught:
        make(repository, build=BuildSettings(timeout_s=8.0))
    assert (caught.value.code, "a build" in caught.value.summary) == ("SB-3002", True)


def test_pre_and_post_scripts_run_for_build_but_not_around_the_lifecycle(
    tmp_path: Path, pnpm_9: Client, make: Make
) -> None:
    """`pnpm run` runs prebuild; `pnpm publish` runs its scripts alone."""
    scripts = {
        name: f"echo {name} >> steps.txt" for name in ("prebuild", "build", "postbuild", "preprepack", "prepack")
    }
    repository = _lifecycle(tmp_path, pnpm_9, {"packages/a/package.json": member("a", scripts=scripts)})
    assert contents(make(repository), "a")["steps.txt"] == b"prebuild\nbuild\npostbuild\nprepack\n"


def test_configured_commands_replace_the_scripts_and_run_at_the_root(
    tmp_path: Path, pnpm_9: Client, make: Make
) -> None:
    """`build.commands` is for repositories with a build driver; it sees the pinned pnpm and the root's programs."""
    files: dict[str, Content] = {
        "packages/a/package.json": member("a", scripts={"build": "echo no > no.txt", "make": "echo yes > yes.txt"})
    }
    commands = ('test "$(pnpm --version)" = 9.12.0', "pnpm -r run make")
    built = make(_lifecycle(tmp_path, pnpm_9, files), build=BuildSettings(commands=commands))
    assert sorted(contents(built, "a")) == ["package.json", "yes.txt"]


def test_a_failing_command_is_named(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """The error of a configured command has the command and its last lines."""
    repository = _lifecycle(tmp_path, pnpm_9, {"packages/a/package.json": member("a")})
    with pytest.raises(BuildError) as caught:
        make(repository, build=BuildSettings(commands=("echo oh >&2; false",)))
    assert (caught.value.code, caught.value.details["last lines"]) == ("SB-3103", "oh")


def test_version_0_0_0_in_git_becomes_the_tags_version(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """The manifest, its formatting, and what other members depend on follow the tag; it counts as no change."""
    odd = '{\n\t"name": "b", "config": {"version": "0.0.0"},\n\t"version" : "0.0.0",\n\t"scripts": {"build": "cp package.json seen.json"}\n}'
    files: dict[str, Content] = {
        "packages/a/package.json": member("a", "0.0.0", dependencies={"b": "workspace:^"}),
        "packages/b/package.json": odd,
    }
    repository = monorepo(tmp_path / "repo", pnpm_9, files, tag="v3.1.0")
    built = make(repository, "v3.1.0", build=BuildSettings(version_from_tag=True))
    assert [str(one.tarball.id) for one in built.packed] == ["a@3.1.0", "b@3.1.0"]
    assert contents(built, "b")["seen.json"].decode() == odd.replace('"version" : "0.0.0"', '"version" : "3.1.0"')
    assert json.loads(contents(built, "a")["package.json"])["dependencies"] == {"b": "^3.1.0"}
    assert built.record.changed_tracked_files == ()


def test_a_lockfile_out_of_date_is_its_own_error(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A dependency that was added without the lockfile stops the build with its own code."""
    repository = _lifecycle(tmp_path, pnpm_9, {"packages/a/package.json": member("a")})
    write_files(repository, {"packages/a/package.json": member("a", "1.0.1", dependencies={"is-odd": "3.0.1"})})
    commit_all(repository)
    with pytest.raises(BuildError) as caught:
        make(repository, "HEAD")
    assert caught.value.code == "SB-3101"


def test_a_missing_lockfile_is_out_of_date_too(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Without a lockfile nothing says what to install."""
    repository = _lifecycle(
        tmp_path, pnpm_9, {"packages/a/package.json": member("a", dependencies={"is-odd": "3.0.1"})}
    )
    git(repository, "rm", "-q", "pnpm-lock.yaml")
    git(repository, "commit", "-q", "-m", "no lockfile")
    git(repository, "tag", "-f", "v1.0.0")
    with pytest.raises(BuildError) as caught:
        make(repository)
    assert caught.value.code == "SB-3101"


def test_another_failure_of_the_install_has_another_code(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A registry that answers nothing is not an old lockfile."""
    repository = _lifecycle(
        tmp_path, pnpm_9, {"packages/a/package.json": member("a", dependencies={"is-odd": "3.0.1"})}
    )
    write_files(repository, {".npmrc": "registry=http://127.0.0.1:9/\nfetch-retries=0\n"})
    commit_all(repository)
    git(repository, "tag", "-f", "v1.0.0")
    with pytest.raises(BuildError) as caught:
        make(repository)
    assert caught.value.code == "SB-3102"


def test_installs_only_what_the_selected_members_need(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """The dependencies of members that are not shipped stay out, those of workspace dependencies and the root come in."""
    look = "ls ../../node_modules/.pnpm > seen.txt; ls ../../node_modules >> seen.txt"
    files: dict[str, Content] = {
        "packages/a/package.json": member("a", "1.0.0", scripts={"build": look}, devDependencies={"b": "workspace:*"}),
        "packages/b/package.json": member("b", private=True, dependencies={"is-number": "7.0.0"}),
        "packages/c/package.json": member("c", private=True, dependencies={"is-odd": "3.0.1"}),
        "package.json": {
            "name": "root",
            "private": True,
            "packageManager": "pnpm@9.12.0",
            "devDependencies": {"is-even": "1.0.0"},
        },
    }
    seen = contents(make(monorepo(tmp_path / "repo", pnpm_9, files)), "a")["seen.txt"].decode().split()
    assert ("is-number@7.0.0" in seen, "is-even" in seen, "is-odd@3.0.1" in seen) == (True, True, False)


@pytest.mark.parametrize("which", ["pnpm_9", "pnpm_10", "pnpm_11", "pnpm_12"])
def test_every_generation_of_pnpm_builds(
    tmp_path: Path, request: pytest.FixtureRequest, newer_node: Path, make: Make, which: str
) -> None:
    """The pinned pnpm is fetched, installs frozen, links the workspace and runs scripts; nested calls get the same one."""
    client: Client = request.getfixturevalue(which)
    files: dict[str, Content] = {
        "packages/a/package.json": member(
            "a",
            scripts={"build": "pnpm --version > v.txt; node -p \"require('b')\" >> v.txt"},
            dependencies={"b": "workspace:*"},
        ),
        "packages/b/package.json": member("b", main="b.js", scripts={"build": "echo 'module.exports = 1' > b.js"}),
    }
    repository = monorepo(tmp_path / "repo", client, files)
    path = f"{newer_node.parent}:{os.environ['PATH']}"
    built = make(repository, using=workshop(tmp_path, variables={"PATH": path}))
    assert contents(built, "a")["v.txt"].decode().split() == [client.version, "1"]


@pytest.mark.parametrize("which", ["pnpm_9", "pnpm_10", "pnpm_11", "pnpm_12"])
def test_install_scripts_run_only_where_they_are_allowed(
    tmp_path: Path, request: pytest.FixtureRequest, newer_node: Path, make: Make, which: str
) -> None:
    """Off by default, also for members' own; on for the packages in the allow list and no others."""
    client: Client = request.getfixturevalue(which)
    # Local packages with install scripts, so that the test needs no registry.
    packages = {
        f"vendor/{name}/package.json": member(name, scripts={"postinstall": "echo ran > ran.txt"})
        for name in ("p", "q")
    }
    look = "ls node_modules/p node_modules/q > seen.txt; ls . >> seen.txt"
    own = {"build": look, "postinstall": "echo ran > own.txt"}
    files: dict[str, Content] = {
        **packages,
        "packages/a/package.json": member(
            "a", scripts=own, dependencies={"p": "file:../../vendor/p", "q": "file:../../vendor/q"}
        ),
    }
    repository = monorepo(tmp_path / "repo", client, files)
    using = workshop(tmp_path, variables={"PATH": f"{newer_node.parent}:{os.environ['PATH']}"})
    plain = contents(make(repository, using=using), "a")["seen.txt"].decode()
    assert "ran.txt" not in plain
    assert "own.txt" not in plain
    allowed = contents(make(repository, build=BuildSettings(allow_install_scripts=("p",)), using=using), "a")
    first, _, second = allowed["seen.txt"].decode().partition("node_modules/q")
    assert ("ran.txt" in first, "ran.txt" in second) == (True, False)


def test_a_node_outside_the_declared_range_is_an_error(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Another Node may build other bytes, so the declared range is held."""
    root = {"name": "root", "private": True, "packageManager": "pnpm@9.12.0", "engines": {"node": "<4"}}
    repository = monorepo(tmp_path / "repo", pnpm_9, {"package.json": root, "packages/a/package.json": member("a")})
    with pytest.raises(BuildError) as caught:
        make(repository)
    assert (caught.value.code, "<4" in caught.value.summary) == ("SB-3112", True)


def test_contradicting_pins_are_a_finding_and_the_configuration_wins(
    tmp_path: Path, pnpm_9: Client, make: Make, log: list[str]
) -> None:
    """`build.package_manager` overrules packageManager; the contradiction is reported."""
    root = {"name": "root", "private": True, "packageManager": "pnpm@9.11.0"}
    repository = monorepo(tmp_path / "repo", pnpm_9, {"package.json": root, "packages/a/package.json": member("a")})
    built = make(repository, build=BuildSettings(package_manager="pnpm@9.12.0"))
    assert built.record.toolchain["pnpm"] == "9.12.0"
    assert any("9.11.0" in one.message for one in built.findings)


def test_a_repository_that_pins_nothing_cannot_be_built(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Without a pin nobody knows which pnpm to use; the error says how to pin one."""
    root = {"name": "root", "private": True}
    repository = monorepo(tmp_path / "repo", pnpm_9, {"package.json": root, "packages/a/package.json": member("a")})
    with pytest.raises(ConfigError):
        make(repository)


def test_an_lfs_pointer_in_a_packed_file_is_an_error(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A pointer whose content cannot be had is never packed."""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'1' * 64}\nsize 9\n"
    files: dict[str, Content] = {
        ".gitattributes": "*.bin filter=lfs -text\n",
        "packages/a/package.json": member("a"),
        "packages/a/big.bin": pointer,
    }
    with pytest.raises(BuildError) as caught:
        make(monorepo(tmp_path / "repo", pnpm_9, files))
    assert (caught.value.code, "big.bin" in caught.value.summary) == ("SB-4036", True)


def test_a_commit_without_a_tag_is_a_snapshot(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Any commit can be built and packed; its statement names no tag."""
    repository = _lifecycle(tmp_path, pnpm_9, {"packages/a/package.json": member("a")})
    write_files(repository, {"packages/a/package.json": member("a", "1.1.0")})
    commit_all(repository)
    built = make(repository, "HEAD")
    assert (built.release.tag, built.commit.is_snapshot, built.release.base.tag) == ("", True, "v1.0.0")


def test_a_checkout_is_packed_as_it_stands(tmp_path: Path, pnpm_9: Client) -> None:
    """`--here` builds nothing, takes what is there, and makes a statement that names no commit."""
    repository = monorepo(
        tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a", scripts={"build": "exit 1"})}
    )
    write_files(repository, {"packages/a/new.js": "here\n"})
    (tmp_path / "out").mkdir()
    built = make_snapshot_here(str(repository), Settings(), workshop(tmp_path), str(tmp_path / "out"))
    assert contents(built, "a")["new.js"] == b"here\n"
    assert (built.commit.is_snapshot, set(built.release.commit)) == (True, {"0"})
    assert "packed-as-it-stands" in {one.rule for one in built.findings}


def test_a_checkout_cannot_be_packed_by_the_package_manager(tmp_path: Path, pnpm_9: Client) -> None:
    """The tool's own pack needs a build's room; the error says so before anything is packed."""
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a")})
    settings = Settings(pack=PackSettings(packer=Packer.NATIVE))
    with pytest.raises(ConfigError) as caught:
        make_snapshot_here(str(repository), settings, workshop(tmp_path), str(tmp_path))
    assert caught.value.code == "SB-3022"


def test_the_same_commit_gives_the_same_statement_twice(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Two builds of a commit in two folders agree to the byte."""
    files: dict[str, Content] = {
        "packages/a/package.json": member("a", scripts={"build": "echo x > x.js"}),
        "packages/a/é.txt": "é",
    }
    repository = _lifecycle(tmp_path, pnpm_9, files)
    assert make(repository).statement == make(repository).statement


def test_the_lockfile_is_made_by_the_same_pnpm(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A repository whose lockfile is renewed builds again."""
    repository = _lifecycle(tmp_path, pnpm_9, {"packages/a/package.json": member("a")})
    write_files(repository, {"packages/a/package.json": member("a", "1.0.1", dependencies={"is-odd": "3.0.1"})})
    lock(repository, pnpm_9)
    commit_all(repository)
    assert str(make(repository, "HEAD").packed[0].tarball.id) == "a@1.0.1"
