"""From a commit-ish to a release, with real git and the real pnpm."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from samebytes.errors import BuildError, ConfigError
from samebytes.flows.make_release import BuiltRelease, make_snapshot_here
from samebytes.formats import statement
from samebytes.model.digests import sha256
from samebytes.model.settings import BuildSettings, Packer, PackSettings, Settings
from tests.clients.client import Client
from tests.monorepos import Content, commit_all, contents, git, member, monorepo, workshop, write_files

Make = Callable[..., BuiltRelease]


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


def test_the_statement_names_the_digest_of_the_declared_image(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """An image goes by another name at each site; its digest is the same."""
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a")})
    digest = f"sha256:{'a' * 64}"
    built = make(repository, build=BuildSettings(image=f"registry.example/node@{digest}"))
    assert built.release.image == digest
    assert statement.read(built.statement, "release.json") == built.release


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
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a")})
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
    repository = monorepo(tmp_path / "repo", pnpm_9, files)
    assert make(repository).statement == make(repository).statement
