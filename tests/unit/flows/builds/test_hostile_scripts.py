"""What scripts of a repository may not do to a build, and what they may not learn from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from samebytes.errors import BuildError, ConfigError
from samebytes.flows.make_release import BuiltRelease
from samebytes.model.settings import BuildSettings
from samebytes.system.leftovers import pids_of
from tests.clients.client import Client
from tests.loopback_registry import loopback_registry
from tests.monorepos import Content, commit_all, contents, git, member, monorepo, workshop, write_files

Make = Callable[..., BuiltRelease]


@pytest.mark.parametrize("script", ["build", "prepack"])
def test_a_manifest_that_became_a_link_out_of_the_repository_is_refused(
    tmp_path: Path, pnpm_9: Client, make: Make, script: str
) -> None:
    """Root would read what the script cannot, and publish it."""
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps(member("a", secret="s3cret")), encoding="utf-8")
    line = f"ln -sf {secret} package.json"
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a", scripts={script: line})})
    with pytest.raises(BuildError) as caught:
        make(repository)
    assert (caught.value.code, "packages/a/package.json" in caught.value.summary) == ("SB-3104", True)


@pytest.mark.system("other-uid")
def test_a_process_that_hides_its_environment_does_not_live_to_see_the_packing(
    tmp_path: Path, pnpm_9: Client, make: Make, log: list[str]
) -> None:
    """It could write to the files while they are read; ended by its user, before the first member is packed."""
    start = "setsid env -i /bin/sleep 600 >/dev/null 2>&1 & id -u > uid.txt"
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a", scripts={"build": start})})
    # The folders of pytest are closed to other users.
    with TemporaryDirectory() as open_folder:
        Path(open_folder).chmod(0o755)
        built = make(repository, using=workshop(Path(open_folder), log.append))
    assert pids_of(int(contents(built, "a")["uid.txt"])) == ()
    ended = next(number for number, line in enumerate(log) if line.startswith("ended "))
    assert ended < log.index("a@1.0.0: packed")


def test_scripts_see_no_tag_but_the_releases_and_its_bases(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Another site's clone has other tags; those of the statement are the same everywhere."""
    look = {"build": "git tag -l > tags.txt; git describe --tags >> tags.txt"}
    repository = monorepo(
        tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a", "0.9.0", scripts=look)}, tag="v0.9.0"
    )
    write_files(repository, {"packages/a/package.json": member("a", "1.0.0", scripts=look)})
    commit_all(repository)
    for tag in ("v1.0.0", "deployed-here", "nightly/1"):
        git(repository, "tag", "-a", tag, "-m", tag)
    assert contents(make(repository), "a")["tags.txt"].decode().split() == ["v0.9.0", "v1.0.0", "v1.0.0"]


def _private(registry_url: str, port: int) -> str:
    return f"registry={registry_url}\n//127.0.0.1:{port}/:_authToken=${{PRIVATE_TOKEN}}\n"


def test_a_token_by_name_reaches_the_install_and_no_script(
    tmp_path: Path, pnpm_9: Client, make: Make, log: list[str]
) -> None:
    """A private registry gets it; build scripts, allowed install scripts and logs do not."""
    token = "planted-token-0123456789"
    with loopback_registry({"left": "1.0.0"}) as registry:
        files: dict[str, Content] = {
            "vendor/p/package.json": member("p", scripts={"postinstall": "env > env.txt; echo $PRIVATE_TOKEN"}),
            "packages/a/package.json": member(
                "a",
                scripts={"build": "env > env.txt; cat node_modules/p/env.txt >> env.txt"},
                dependencies={"left": "1.0.0", "p": "file:../../vendor/p"},
            ),
        }
        repository = monorepo(tmp_path / "repo", pnpm_9, {".npmrc": f"registry={registry.url}\n", **files})
        write_files(repository, {".npmrc": _private(registry.url, registry.port)})
        commit_all(repository)
        git(repository, "tag", "-f", "v1.0.0")
        registry.asked.clear()
        settings = BuildSettings(install_env=("PRIVATE_TOKEN", "UNSET_TOKEN"), allow_install_scripts=("p",))
        variables = {"PRIVATE_TOKEN": token, "ALL_PROXY": ""}
        built = make(repository, build=settings, using=workshop(tmp_path, log.append, variables=variables))
        assert registry.asked == [("/left/-/left-1.0.0.tgz", f"Bearer {token}")]
    seen = contents(built, "a")["env.txt"].decode()
    assert (seen.count("SOURCE_DATE_EPOCH"), "PRIVATE_TOKEN=" in seen, token in seen) == (2, False, False)
    assert "ALL_PROXY" not in seen
    assert "build.install_env names UNSET_TOKEN, which is not set here" in log
    assert token not in "\n".join(log)


def test_a_token_is_masked_where_an_install_fails(tmp_path: Path, pnpm_9: Client, make: Make, log: list[str]) -> None:
    """Whatever pnpm says about it, neither log, kept log nor error shows it."""
    token = "planted-token-0123456789"
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a")})
    write_files(repository, {".pnpmfile.cjs": "console.log(process.env.PRIVATE_TOKEN); process.exit(1)\n"})
    commit_all(repository)
    git(repository, "tag", "-f", "v1.0.0")
    using = workshop(tmp_path, log.append, variables={"PRIVATE_TOKEN": token})
    with pytest.raises(BuildError) as caught:
        make(repository, build=BuildSettings(install_env=("PRIVATE_TOKEN",)), using=using)
    kept = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "logs").iterdir())
    for text in ("\n".join(log), kept, str(caught.value.details)):
        assert ("***" in text, token in text) == (True, False)


def test_a_statement_that_could_not_be_read_is_never_made(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Every site would publish it, and no site could verify it."""
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a")})
    with pytest.raises(ConfigError) as caught:
        make(repository, build=BuildSettings(image="node:20"))
    assert caught.value.code == "SB-4050"


def test_what_a_release_lacks_is_among_its_findings(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A root that builds, members that do not, and an entry point that nobody made."""
    root = {"name": "root", "private": True, "packageManager": "pnpm@9.12.0", "scripts": {"build": "tsc -b"}}
    files: dict[str, Content] = {"package.json": root, "packages/a/package.json": member("a", main="dist/a.js")}
    rules = [one.rule for one in make(monorepo(tmp_path / "repo", pnpm_9, files)).findings]
    assert {"root-build-not-run", "missing-entry-point"} <= set(rules)
