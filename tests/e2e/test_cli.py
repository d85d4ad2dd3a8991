"""The commands, from the command line down to two directory sites, on a small real monorepo."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from samebytes.cli.main import run
from tests.cached import CACHE
from tests.clients.client import Client
from tests.monorepos import commit_all, git, lock, member, monorepo, write_files

SITES = '[sites.corp]\nkind = "directory"\npath = "../corp"\n\n[sites.home]\nkind = "directory"\npath = "../home"\n'
# The file that a build writes differs exactly when LAMP_COLOUR does: the configuration lets it through.
BUILD = """\
const colour = process.env.LAMP_COLOUR || "white"
require("fs").writeFileSync("out.js", `exports.colour = "${colour}"\n`)
"""

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def repository(tmp_path: Path, pnpm_9: Client) -> Path:
    """A monorepo with a built member and one that depends on it, two sites, and the tag v1.0.0."""
    return monorepo(
        tmp_path / "repo",
        pnpm_9,
        {
            "samebytes.toml": SITES,
            ".gitignore": "node_modules\nout.js\n",
            "packages/bulb/package.json": member("@s/bulb", files=["out.js"], scripts={"build": "node build.js"}),
            "packages/bulb/build.js": BUILD,
            "packages/lamp/package.json": member("@s/lamp", dependencies={"@s/bulb": "workspace:^"}),
            "packages/lamp/index.js": "module.exports = require('@s/bulb')\n",
        },
    )


@pytest.fixture
def cli(repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command line in the repository; gives exit status, stdout and stderr."""
    monkeypatch.chdir(repository)
    monkeypatch.setenv("XDG_CACHE_HOME", str(CACHE / "cli"))

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def result(output: tuple[int, str, str]) -> dict[str, object]:
    """The result in a JSON envelope, of a run that succeeded."""
    status, out, err = output
    assert status == 0, err
    document = json.loads(out)
    assert document["samebytes"] == 1
    found: dict[str, object] = document["result"]
    return found


def test_a_release_goes_from_tag_to_two_sites_and_is_proven(cli: Cli, repository: Path) -> None:
    """Plan, dry run, publish, publish again, verify, status: each says what it did, and nothing more is done."""
    assert "site corp: 2 uploads, 5 assets, 4 dist-tag moves" in cli("plan", "v1.0.0")[1]
    status, out, _ = cli("publish", "v1.0.0", "--site", "corp", "--dry-run")
    assert (status, out.splitlines()[-1]) == (
        0,
        "dry run: 2 members would be published, 0 already the same; nothing was written",
    )
    assert not (repository.parent / "corp").exists()
    assert cli("verify", "v1.0.0")[0] == 11
    assert cli("publish", "v1.0.0")[1].count("done: 2 members published, 0 already the same") == 2
    again = result(cli("publish", "v1.0.0", "--site", "home", "--json"))
    assert [site["changed"] for site in again["sites"]] == [False]  # type: ignore[attr-defined]
    status, out, _ = cli("verify", "v1.0.0", "--deep")
    assert (status, out.splitlines()[-1].partition(":")[0]) == (0, "proven")
    assert cli("status")[1].splitlines() == ["        corp      home", "v1.0.0  promoted  promoted"]
    assert "@s/bulb@1.0.0" in cli("status", "v1.0.0")[1]
    assert cli("explain", "corp@v1.0.0", "home@v1.0.0")[:2] == (
        0,
        "no difference: corp@v1.0.0 and home@v1.0.0 are the same bytes\n",
    )


def test_a_site_that_builds_something_else_is_refused_before_the_first_upload(cli: Cli, repository: Path) -> None:
    """--expect stops with exit 10, names file and cause; without it verify says it; explain shows the place."""
    assert cli("publish", "v1.0.0", "--site", "corp")[0] == 0
    assert cli("pack", "v1.0.0", "--out", "../expected")[0] == 0
    write_files(repository, {"other.toml": SITES})
    # The same commit, built where the tool of the build is another one.
    git(repository, "tag", "-d", "v1.0.0")
    write_files(repository, {"samebytes.toml": SITES + '[build.env]\nLAMP_COLOUR = "red"\n'})
    commit_all(repository, "another environment")
    git(repository, "tag", "-a", "v1.0.0", "-m", "moved")
    status, _, err = cli("publish", "v1.0.0", "--site", "home", "--expect", "../expected/release.json")
    assert status == 12, "another commit is refused as such, whatever the bytes"
    status, _, err = cli("publish", "v1.0.0", "--site", "corp")
    assert status in {10, 12}, err
    assert cli("pack", "v1.0.0", "--out", "../found")[0] == 0
    status, out, _ = cli("explain", "../expected", "../found")
    assert status == 10
    assert "content: out.js" in out
    assert '- exports.colour = "white"' in out
    assert '+ exports.colour = "red"' in out
    assert not (repository.parent / "home" / "npm").exists()


def test_what_was_packed_can_be_read_by_anyone(cli: Cli, repository: Path) -> None:
    """Packing writes tarballs that tarfile reads, with SHA512SUMS and a statement; --here needs no commit."""
    packed = result(cli("pack", "v1.0.0", "--out", "../packed", "--json"))
    assert packed["files"] == [
        "SHA512SUMS",
        "build-record.json",
        "release.json",
        "s__bulb-1.0.0.tgz",
        "s__lamp-1.0.0.tgz",
    ]
    with tarfile.open(repository.parent / "packed" / "s__lamp-1.0.0.tgz") as tar:
        manifest = json.load(tar.extractfile("package/package.json") or io.BytesIO())
    assert manifest["dependencies"] == {"@s/bulb": "^1.0.0"}
    write_files(repository, {"packages/bulb/out.js": "1\n"})
    assert "the checkout as it stands, which can be compared" in cli("pack", "--here", "--out", "../here")[1]
    assert cli("publish", "HEAD", "--site", "corp")[0] == 12


def test_the_next_release_ships_what_was_bumped_and_promotion_can_be_undone(
    cli: Cli, repository: Path, pnpm_9: Client
) -> None:
    """Only a new version is shipped, a change without a bump is named, undo puts latest back."""
    assert cli("publish", "v1.0.0", "--site", "corp")[0] == 0
    bumped = member("@s/lamp", "1.1.0", dependencies={"@s/bulb": "workspace:^"})
    write_files(repository, {"packages/lamp/package.json": bumped, "packages/bulb/extra.js": "1\n"})
    lock(repository, pnpm_9)
    commit_all(repository, "two")
    git(repository, "tag", "-a", "v1.1.0", "-m", "two")
    status, out, _ = cli("plan", "v1.1.0", "--site", "corp")
    assert status == 0
    assert "v1.1.0 ships 1 member (new-versions, since v1.0.0, inferred from history):" in out
    assert "changed-without-bump" in out
    assert "@s/bulb" in out.partition("changed-without-bump")[0]
    status, out, _ = cli("publish", "v1.1.0", "--site", "corp", "--no-promote")
    assert (status, "promotion: not asked for" in out) == (0, True)
    assert "held" in cli("status", "v1.1.0", "--site", "corp")[1]
    moved = result(cli("promote", "v1.1.0", "--site", "corp", "--json"))
    assert moved["sites"][0]["moves"][0] == {"name": "@s/lamp", "dist_tag": "latest", "from": "1.0.0", "to": "1.1.0"}  # type: ignore[index]
    assert cli("promote", "v1.0.0", "--site", "corp")[0] == 12
    assert "moved back" in cli("promote", "v1.1.0", "--site", "corp", "--undo")[1]


def test_configuration_is_shown_with_its_sources(cli: Cli, repository: Path) -> None:
    """Every value has a source; a file elsewhere can be named, and one that is not there is a usage error."""
    assert "# samebytes.toml:3" in cli("config", "show")[1]
    assert "# v1.0.0:samebytes.toml" not in cli("config", "show", "v1.0.0")[1].partition("sites.")[2]
    assert cli("config", "show", "--config", "nowhere.toml")[0] == 2
    assert cli("plan", "--site", "mars")[0] == 2
    write_files(repository, {"empty.toml": ""})
    assert "no sites" in cli("config", "show", "--config", "empty.toml")[1]
    assert cli("status", "--config", "empty.toml")[0] == 3
    assert json.loads(cli("config", "schema")[1])["title"] == "samebytes.toml"


def test_explain_takes_tarballs_statements_and_folders(cli: Cli, repository: Path) -> None:
    """Each kind of side can be compared with each other; what is none of them is a usage error."""
    assert cli("pack", "v1.0.0", "--out", "../packed")[0] == 0
    tarball = "../packed/s__bulb-1.0.0.tgz"
    assert cli("explain", tarball, tarball)[0] == 0
    assert cli("explain", "../packed/release.json", "../packed")[0] == 0
    assert cli("explain", "../packed", tarball)[0] == 10
    assert cli("explain", "../packed", "nothing")[0] == 2
    (repository.parent / "empty").mkdir()
    assert cli("explain", "../packed", "../empty")[0] == 11
    assert cli("explain", "corp@v1.0.0", "../packed")[0] == 11
    (repository.parent / "broken.json").write_text("{}", encoding="utf-8")
    assert cli("explain", "../broken.json", "../packed")[0] == 3
    assert cli("verify", "v1.0.0", "--expect", "nowhere.json")[0] == 2


def test_outside_of_a_repository_it_says_so(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No repository is a configuration error with a hint, not a traceback."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    status, _, err = cli("plan")
    assert status == 3
    assert "repository" in err


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("publish", "HEAD", "--site", "corp"), 12, "SB-6002"),
        (("publish", "v1.0.0", "--only", "typo"), 3, "SB-6003"),
        (("pack", "v1.0.0", "--out", "packages"), 2, "SB-3120"),
    ],
)
def test_what_no_build_makes_right_is_refused_before_it(
    cli: Cli, arguments: tuple[str, ...], status: int, code: str
) -> None:
    """No minutes of building for a typo: stderr has the error and no line of a build."""
    found, _, err = cli(*arguments)
    assert (found, err.partition(":")[0]) == (status, f"error[{code}]")


def test_every_site_is_reported_and_the_worst_decides(cli: Cli, repository: Path) -> None:
    """The folder of home is a file: corp is published and told all the same, in one JSON document, and the run ends with 13."""
    (repository.parent / "home").write_text("no folder", encoding="utf-8")
    write_files(repository, {"samebytes.toml": SITES + '[build]\nscripts = ["other"]\n'})
    status, out, err = cli("publish", "v1.0.0", "--json")
    found = json.loads(out)["result"]
    assert (status, [site["site"] for site in found["sites"]]) == (13, ["corp"])
    assert [(one["site"], one["error"]["exit_status"]) for one in found["failed"]] == [("home", 13)]
    assert {"settings-set-aside", "no-earlier-release"} <= {one["rule"] for one in found["findings"]}
    assert err.count("error[SB-") == 1
    status, out, _ = cli("promote", "v1.0.0")
    assert (status, "nothing to do" in out, "FAILED at home" in out) == (13, True, True)
    assert cli("status", "v1.0.0")[0] == 13
    assert cli("plan", "v1.0.0")[0] == 13
    assert cli("status", "v1.0.0", "--site", "corp")[0] == 0


def test_a_tag_that_nobody_knows_is_missing_evidence(cli: Cli) -> None:
    """A typo is 11; a tag that is only in git is shown as absent."""
    assert cli("status", "v77.0")[0] == 11
    assert cli("status", "v1.0.0")[0] == 0


def test_a_dry_run_of_pack_writes_nothing(cli: Cli, repository: Path) -> None:
    """The names it shows are those that packing writes."""
    planned = result(cli("pack", "v1.0.0", "--out", "../packed", "--dry-run", "--json"))
    assert not (repository.parent / "packed").exists()
    assert planned["files"] == [
        "SHA512SUMS",
        "build-record.json",
        "release.json",
        "s__bulb-1.0.0.tgz",
        "s__lamp-1.0.0.tgz",
    ]
    assert "would be written to ../here" in cli("pack", "--here", "--out", "../here", "--dry-run")[1]


def test_what_the_configuration_asks_for_in_vain_is_said(cli: Cli, repository: Path) -> None:
    """An uncommitted table and one in --config do not decide bytes; plan and config show say so."""
    assert "[settings-set-aside]" not in cli("plan")[1]
    write_files(repository, {"other.toml": SITES + '[build]\nscripts = ["other"]\n'})
    assert "build.scripts differ from the commit's" in cli("plan", "--config", "other.toml")[1]
    assert "build.scripts differ from the commit's" in cli("config", "show", "--config", "other.toml")[1]
    shown = cli("config", "show", "HEAD", "--config", "other.toml")[1]
    assert 'build.scripts                ["build", "test"]' in shown
