"""What a person types wrong, and what they read then: a code, what is wrong, and what to type instead."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from samebytes.cli.main import group, run
from samebytes.cli.session import Session
from samebytes.core.gate import remembered
from samebytes.flows.site_lease import site_lease
from tests.monorepos import Content, commit_all, git, member, write_files

SITES = '[sites.corp]\nkind = "directory"\npath = "../corp"\n\n[sites.home]\nkind = "directory"\npath = "../home"\n'
_FILES: dict[str, Content] = {
    "samebytes.toml": SITES,
    "package.json": '{"name": "root", "private": true, "packageManager": "pnpm@9.15.9"}\n',
    "pnpm-workspace.yaml": "packages:\n  - packages/*\n",
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n\n  packages/bulb: {}\n",
    "packages/bulb/package.json": member("@s/bulb"),
    "packages/bulb/index.js": "exports.colour = 'white'\n",
}

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One member, two sites, and the tag v1.0.0; nothing here is ever built."""
    folder = tmp_path / "repo"
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    write_files(folder, _FILES)
    commit_all(folder, "one")
    git(folder, "tag", "-a", "v1.0.0", "-m", "one")
    return folder


@pytest.fixture
def cli(repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command line in the repository; gives exit status, stdout and stderr."""
    monkeypatch.chdir(repository)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("plan",), 3, "SB-2302"),
        (("publish", "v1.1.0"), 3, "SB-2302"),
        (("publish", "HEAD"), 12, "SB-6002"),
        (("publish", "main", "--site", "corp"), 12, "SB-6002"),
        (("plan", "--site", "nope"), 2, "SB-1011"),
        (("publish", "HEAD", "--site", "nope"), 2, "SB-1011"),
    ],
)
def test_a_forgotten_bump_does_not_hide_other_mistakes(
    cli: Cli, repository: Path, arguments: tuple[str, ...], status: int, code: str
) -> None:
    """Usage comes first, then that only tags are published, then what the tag ships: nothing, and why."""
    write_files(repository, {"packages/bulb/index.js": "exports.colour = 'warm'\n"})
    commit_all(repository, "two")
    git(repository, "tag", "-a", "v1.1.0", "-m", "two")
    found, out, err = cli(*arguments)
    assert (found, out, err.partition(":")[0]) == (status, "", f"error[{code}]")
    assert ("although these changed: @s/bulb" in err) is (code == "SB-2302")


def test_a_tag_that_changed_is_told_by_every_command(cli: Cli, repository: Path) -> None:
    """The site has bound v1.0.0 to another commit: plan shows its plan and ends as publish does."""
    bind(repository)
    write_files(repository, {"packages/bulb/index.js": "exports.colour = 'warm'\n"})
    commit_all(repository, "two")
    git(repository, "tag", "-f", "-a", "v1.0.0", "-m", "two")
    status, out, _ = cli("plan", "v1.0.0")
    assert (status, out.count("(SB-6101): v1.0.0 has moved to another commit"), out.count("exit code 12")) == (12, 1, 1)
    assert "site home: 1 upload" in out
    found = json.loads(cli("plan", "v1.0.0", "--json")[1])["result"]["sites"]
    assert [site["publish_exit_status"] for site in found] == [12, 0]
    assert cli("publish", "v1.0.0", "--site", "corp")[0] == 12


def bind(repository: Path) -> None:
    """Let the site corp remember the tag v1.0.0 as it is now."""
    session = Session()
    settings = session.settings()
    (corp,) = session.sites(settings, ["corp"])
    assert corp.state is not None
    commit = session.repository().resolve("v1.0.0")
    with site_lease(corp, "a test", session.clock, print) as lease:
        corp.state.remember(remembered(commit, "5b" * 32), lease)


@pytest.mark.parametrize(
    ("arguments", "summary", "hint"),
    [
        (("publish",), "Missing argument 'TAG'.", "samebytes publish --help"),
        (("plan", "--nope"), "No such option '--nope'.", "samebytes plan --help"),
        (("config", "show", "--nope"), "No such option '--nope'.", "samebytes config show --help"),
        (("statsu",), "No such command 'statsu'. Did you mean 'status'?", "samebytes --help"),
    ],
)
def test_a_wrong_command_line_has_a_code_and_the_help_of_its_command(
    cli: Cli, arguments: tuple[str, ...], summary: str, hint: str
) -> None:
    """In text as every other error, and in JSON."""
    assert cli(*arguments) == (2, "", f"error[SB-1016]: {summary}\n\nhint: {hint}\n")
    error = json.loads(cli(*arguments, "--json")[1])["error"]
    assert (error["code"], error["summary"], error["hint"]) == ("SB-1016", summary, hint)


def test_a_group_without_a_command_shows_its_help(cli: Cli) -> None:
    """Nobody who types that much wants to be told off."""
    status, _, err = cli("config")
    assert (status, err.startswith("Usage: samebytes config")) == (2, True)


def test_outside_of_a_repository_the_hint_can_be_followed(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No option names a repository."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert cli("plan")[2].endswith("hint: cd into the repository that is to be released, and run it again\n")


def test_a_tag_that_nobody_knows_gets_a_hint_that_can_be_followed(cli: Cli) -> None:
    """Publishing it is not possible here; each failure is told once, and the result only says where."""
    status, out, err = cli("promote", "v9.9.9")
    assert (status, out) == (11, "FAILED at corp (SB-7002, exit code 11)\nFAILED at home (SB-7002, exit code 11)\n")
    assert (err.count("git fetch --tags"), "samebytes publish" in err) == (2, False)
    assert "v9.9.9: this clone does not have the tag either" in cli("verify", "v9.9.9")[1]
    assert "this clone has no tag v9.9.9" in cli("status", "v9.9.9")[2]
    assert "git fetch" not in cli("status", "v1.0.0")[2]
    assert "samebytes publish v1.0.0 --site corp" in cli("promote", "v1.0.0", "--site", "corp")[2]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("samebytes publish ", ["v1.0.0"]),
        ("samebytes verify v2", []),
        ("samebytes plan v1", ["v1.0.0"]),
        ("samebytes status ", ["v1.0.0"]),
        ("samebytes publish v1.0.0 --site ", ["corp", "home"]),
        ("samebytes plan --config other.toml --site ", ["third"]),
        ("samebytes promote --site h", ["home"]),
    ],
)
def test_completion_offers_tags_and_sites(
    repository: Path, monkeypatch: pytest.MonkeyPatch, line: str, offered: list[str]
) -> None:
    """What the shell asks for is answered from this clone and its configuration."""
    monkeypatch.chdir(repository)
    write_files(repository, {"other.toml": '[sites.third]\nkind = "directory"\npath = "../third"\n'})
    *words, last = line.split(" ")
    found = ShellComplete(group, {}, "samebytes", "_SAMEBYTES_COMPLETE").get_completions(words[1:], last)
    assert [one.value for one in found] == offered


def test_completion_is_silent_where_there_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of a repository nothing is offered, and nothing is complained about."""
    monkeypatch.chdir(tmp_path)
    for words in (["publish"], ["publish", "--site"]):
        assert ShellComplete(group, {}, "samebytes", "_SAMEBYTES_COMPLETE").get_completions(words, "") == []
