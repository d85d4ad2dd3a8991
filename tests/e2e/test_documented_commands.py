"""Every command in README and docs is run, and prints what the page says it prints."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cached import ROOT
from tests.clients.client import Client
from tests.e2e.documented_commands import commands_in, matches, run_page

PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md"))
    if any(not documented.elsewhere for documented in commands_in(path.read_text(encoding="utf-8")))
)
# Pages whose commands start inside a repository that has a release tag and a site, as the page says.
IN_A_REPOSITORY = {"README.md", "docs/how-to/builds-that-differ.md", "docs/how-to/serve-a-site.md"}


@pytest.fixture
def shell_env(pnpm_9: Client, tmp_path: Path) -> dict[str, str]:
    """The environment of a reader: samebytes and pnpm 9 on the path, a home of their own, an identity for git."""
    home = tmp_path / "reader"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\n  name = Reader\n  email = reader@example.org\n", encoding="utf-8")
    return {
        **pnpm_9.env,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{pnpm_9.env['PATH']}",
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
    }


@pytest.fixture
def repository(tmp_path: Path, shell_env: dict[str, str]) -> Path:
    """A small pnpm repository with two members, one site and the tag v1.0.0: the tutorial's, with README's configuration."""
    page = (ROOT / "docs/tutorial/first-release.md").read_text(encoding="utf-8")
    before_release = page.partition("$ samebytes publish")[0]
    commands = [
        'printf \'[sites.corp]\\nkind = "directory"\\npath = "../corp"\\n\' > samebytes.toml'
        if documented.command.endswith("> samebytes.toml")
        else documented.command
        for documented in commands_in(before_release + "```")
        if not documented.command.startswith("samebytes")
    ]
    subprocess.run(
        ["bash", "--norc", "-e", "-c", "\n".join(commands)],
        cwd=tmp_path,
        env=shell_env,
        check=True,
        capture_output=True,
    )
    return tmp_path / "lamps"


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_work_as_shown(
    page: str, tmp_path: Path, shell_env: dict[str, str], request: pytest.FixtureRequest
) -> None:
    """A reader who types what the page says sees what the page shows."""
    start = request.getfixturevalue("repository") if page in IN_A_REPOSITORY else tmp_path
    run_page((ROOT / page).read_text(encoding="utf-8"), start, shell_env)


def test_what_is_tested_elsewhere_is_tested_there() -> None:
    """A block that names another test is really in that test's file."""
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        for documented in commands_in(path.read_text(encoding="utf-8")):
            if documented.elsewhere:
                text = (ROOT / documented.elsewhere).read_text(encoding="utf-8")
                missing = [word for word in documented.command.split() if word not in text]
                assert not missing, f"{documented.elsewhere} does not run `{documented.command}`: no {missing}"


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("…\nb\n", "a\na\nb\n", True),
        ("a … c\n", "a b c\n", True),
        ("a\n", "a\nb\n", False),
        ("a\n…\n", "a\nb\n\n", True),
    ],
)
def test_output_is_compared_line_by_line(shown: str, printed: str, same: bool) -> None:
    """The comparison itself can fail."""
    assert matches(shown, printed) is same
