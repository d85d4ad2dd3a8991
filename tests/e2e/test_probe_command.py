"""`samebytes probe` as a person runs it: what is printed, the JSON, and how it ends."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from samebytes.cli.main import run
from samebytes.core.probe_rules import RULES
from samebytes.testing.forge import setup
from tests.cached import ROOT
from tests.clients.verdaccio import Verdaccio
from tests.e2e.documented_commands import commands_in, matches
from tests.forge_fixtures import StartForge
from tests.monorepos import Content, commit_all, git, member, write_files

_FILES: dict[str, Content] = {
    "package.json": '{"name": "root", "private": true, "packageManager": "pnpm@9.15.9"}\n',
    "pnpm-workspace.yaml": "packages:\n  - packages/*\n",
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n\n  packages/bulb: {}\n",
    "packages/bulb/package.json": member("@lanterns/bulb"),
}
_HOME = '[sites.home]\nkind = "directory"\npath = "../home"\n\n'
# Nobody listens there.
_DEAD = '[sites.dead]\nkind = "npm"\nurl = "http://127.0.0.1:9"\n\n'

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A workspace with one member, in the scope @lanterns."""
    folder = tmp_path / "repo"
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    write_files(folder, _FILES)
    commit_all(folder, "one")
    return folder


@pytest.fixture
def cli(repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command line with these sites configured; gives exit status, stdout and stderr."""
    monkeypatch.chdir(repository)

    def call(sites: str, *arguments: str) -> tuple[int, str, str]:
        (repository / "samebytes.toml").write_text(sites, encoding="utf-8")
        capsys.readouterr()
        status = run(("probe", *arguments))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def rules_of(out: str, site: int = 0) -> set[str]:
    """The rules of the findings of a site in the JSON."""
    return {str(finding["rule"]) for finding in json.loads(out)["result"]["sites"][site]["findings"]}


def test_a_folder_is_ready(cli: Cli, tmp_path: Path) -> None:
    """Zero, nothing made; `--write` without its name leaves it alone, with its name it is tried."""
    status, out, _ = cli(_HOME)
    assert (status, (tmp_path / "home").exists()) == (0, False)
    assert out.endswith("home: ready for a release (nothing was written to find out), 0 warnings\n")
    status, out, _ = cli(_HOME, "--write", "--json")
    assert (status, rules_of(out), (tmp_path / "home").exists()) == (0, {"proof-skipped"}, False)
    status, out, err = cli(_HOME, "home", "--write")
    assert (status, "home: ready for a release (proven by a throwaway version), 0 warnings" in out) == (0, True)
    assert "removed again: @lanterns/samebytes-probe@0.0.0-probe.t" in err


def test_a_folder_without_scoped_members_is_tried_all_the_same(cli: Cli, repository: Path) -> None:
    """There is no workspace at all here."""
    (repository / "pnpm-workspace.yaml").unlink()
    (repository / "package.json").unlink()
    status, out, _ = cli(_HOME, "home", "--write")
    assert (status, "samebytes-probe@0.0.0-probe.t" in out) == (0, True)


def test_a_dead_server_ends_with_13_and_hides_no_other_site(cli: Cli) -> None:
    """The finding names the error and what to do; a proof is not tried."""
    status, out, _ = cli(_DEAD + _HOME, "--json")
    assert (status, rules_of(out, 0), rules_of(out, 1)) == (13, {"unreachable", "no-undo"}, set())
    status, out, _ = cli(_DEAD, "dead", "--write")
    assert (status, "[unreachable]" in out, "[proof-skipped]" in out, "  remedy: " in out) == (13, True, True, True)
    assert "dead: a release would fail here: 1 error, 2 warnings" in out


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('credential = "env:NOT_SET_ANYWHERE"', "credential-unusable"),
        ('ca_file = "none.pem"', "settings-unusable"),
    ],
)
def test_settings_that_cannot_be_used_end_with_3(cli: Cli, line: str, rule: str) -> None:
    """The other sites are probed all the same."""
    status, out, _ = cli(f'[sites.npm]\nkind = "npm"\nurl = "https://127.0.0.1:9"\n{line}\n\n{_HOME}', "--json")
    found = json.loads(out)["result"]["sites"]
    assert [site["site"] for site in found] == ["home", "npm"]
    assert (status, rules_of(out, 1) - {"no-undo"}) == (3, {rule})


def test_a_forge_is_probed_and_proven(
    cli: Cli, repository: Path, start_forge: StartForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The repository is told by the git remote; the token comes from the variable, and is shown nowhere."""
    running = start_forge("gitea-1.25")
    site = f'[sites.corp]\nkind = "gitea"\nurl = "{running.base_url}"\nowner = "{setup.OWNER}"\n'
    status, out, _ = cli(site, "--json")
    assert (status, rules_of(out)) == (3, {"settings-unusable"})
    git(repository, "remote", "add", "corp", f"{running.base_url}/{setup.OWNER}/{setup.REPOSITORY}.git")
    monkeypatch.setenv("SAMEBYTES_CORP_TOKEN", setup.TOKENS.publisher)
    status, out, err = cli(site, "corp", "--write", "--json")
    found = json.loads(out)["result"]["sites"][0]
    assert (status, found["user"], found["product"], found["treated_as"]) == (0, setup.PUBLISHER, "gitea", "1.25")
    assert (rules_of(out), len(found["proof"]["steps"])) == ({"runs-need-admin"}, 7)
    assert setup.TOKENS.publisher not in out + err
    monkeypatch.setenv("SAMEBYTES_CORP_TOKEN", setup.TOKENS.read_only)
    status, out, _ = cli(site)
    assert (status, "[read-only-token]" in out, "may publish packages       no" in out) == (13, True, True)


def test_the_how_to_shows_what_is_printed(
    cli: Cli, repository: Path, start_forge: StartForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command of the page about sites, with its output."""
    running = start_forge("gitea-1.25")
    manifest = {"name": "@lanterns/bulb", "version": "1.0.0", "os": ["linux"]}
    write_files(repository, {"packages/bulb/package.json": json.dumps(manifest)})
    git(repository, "remote", "add", "corp", f"{running.base_url}/{setup.OWNER}/{setup.REPOSITORY}.git")
    monkeypatch.setenv("SAMEBYTES_CORP_TOKEN", setup.TOKENS.publisher)
    site = f'[sites.corp]\nkind = "gitea"\nurl = "{running.base_url}"\nowner = "{setup.OWNER}"\n'
    page = (ROOT / "docs" / "how-to" / "set-up-a-site.md").read_text(encoding="utf-8")
    shown = list(commands_in(page))
    assert [one.command for one in shown] == ["samebytes probe corp", "samebytes probe corp --write"]
    for one in shown:
        status, out, _ = cli(site, *one.command.split()[2:])
        assert (status, matches(one.output, out)) == (0, True), out


def test_a_registry_without_members_in_a_scope_is_not_written_to(
    cli: Cli, repository: Path, verdaccio: Verdaccio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name without a scope may be anybody's."""
    write_files(repository, {"packages/bulb/package.json": member("bulb")})
    monkeypatch.setenv("SAMEBYTES_NPM_TOKEN", verdaccio.token)
    status, out, _ = cli(f'[sites.npm]\nkind = "npm"\nurl = "{verdaccio.url}"\n', "--write", "--json")
    assert status == 0
    assert rules_of(out) == {"latest-invented", "no-undo", "rights-unknown", "proof-skipped"}


def test_a_proxy_that_is_not_there_is_told_as_that(cli: Cli) -> None:
    """The server may be fine."""
    status, out, _ = cli(_DEAD.replace(":9", ":10").strip() + '\nproxy = "http://127.0.0.1:9"\n', "--json")
    assert (status, rules_of(out)) == (13, {"proxy-unreachable", "no-undo"})


def test_names_that_are_not_configured_are_usage_errors(cli: Cli) -> None:
    """As everywhere."""
    status, _, err = cli(_HOME, "nope")
    assert (status, "SB-1011" in err) == (2, True)


def test_every_rule_has_its_line_in_the_reference() -> None:
    """docs/reference/probe.md has the table, with severity, exit code and meaning."""
    page = (ROOT / "docs" / "reference" / "probe.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| (\d*) ?\| (.*) \|$", page, re.MULTILINE)
    wanted = [
        (rule, meaning.severity.value, str(int(meaning.exit_status) or ""), meaning.meaning)
        for rule, meaning in RULES.items()
    ]
    assert [tuple(row) for row in rows] == wanted
