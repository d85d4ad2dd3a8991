"""The project's own pytest plugins do what CONTRIBUTING promises; each test runs a small session in a new process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.cached import ROOT

_PLUGINS = ("seed", "parts", "optional_runs", "skips", "coverage_gate")
_OURS = ("SAMEBYTES_", "COV_", "COVERAGE_", "PYTEST_")

Session = Callable[..., tuple[int, str]]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """Run pytest on one test file with our plugins: its exit status and what it printed."""

    def run(source: str, *arguments: str, env: Mapping[str, str] | None = None) -> tuple[int, str]:
        (tmp_path / "test_inner.py").write_text(source, encoding="utf-8")
        (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  system\n  slow\n  live\n", encoding="utf-8")
        options = [option for name in _PLUGINS for option in ("-p", f"tests.plugins.{name}")]
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(_OURS)}
        result = subprocess.run(
            (sys.executable, "-m", "pytest", "-q", *options, *(arguments or ("-n0",))),
            cwd=tmp_path,
            env={**inherited, "PYTHONPATH": str(ROOT), **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return result.returncode, result.stdout + result.stderr

    return run


_NEEDS = "import pytest\n@pytest.mark.system('oci-registry')\ndef test_inner(): pass\n"
_NO_PROGRAMS = {"PATH": "/nonexistent"}


def test_missing_part_skips_with_its_reason(session: Session) -> None:
    """Without the part the test is skipped, and the closing lines say why."""
    status, output = session(_NEEDS, env=_NO_PROGRAMS)
    assert status == 0
    assert "1 x oci-registry: none of docker-registry, registry, zot is installed" in output
    assert output.splitlines()[-1].startswith("1 skipped")


@pytest.mark.parametrize("required", ["oci-registry", "gpg, oci-registry", "all"])
def test_missing_part_fails_where_it_is_required(session: Session, required: str) -> None:
    """SAMEBYTES_REQUIRE turns the skip into an error."""
    status, output = session(_NEEDS, env={**_NO_PROGRAMS, "SAMEBYTES_REQUIRE": required})
    assert status == 1
    assert "oci-registry is required by SAMEBYTES_REQUIRE" in output


def test_part_that_needs_rights_is_skipped_even_where_required(session: Session) -> None:
    """No script can install a right, so the kernel's refusal is no failure."""
    status, output = session(_NEEDS.replace("oci-registry", "docker"), env={**_NO_PROGRAMS, "SAMEBYTES_REQUIRE": "all"})
    assert status == 0
    assert "docker: the machine does not allow it" in output


def test_unknown_part_is_refused(session: Session) -> None:
    """A misspelt part stops the run instead of requiring nothing."""
    status, output = session(_NEEDS, env={"SAMEBYTES_REQUIRE": "fakteime"})
    assert status == pytest.ExitCode.USAGE_ERROR
    assert "unknown parts: fakteime" in output


def test_slow_test_runs_only_when_asked_for(session: Session) -> None:
    """SAMEBYTES_SLOW=1 is the only thing that runs a slow test."""
    source = "import pytest\n@pytest.mark.slow\ndef test_inner(): pass\n"
    assert "1 skipped" in session(source)[1]
    assert "1 passed" in session(source, env={"SAMEBYTES_SLOW": "1"})[1]


def test_live_test_needs_a_program(session: Session) -> None:
    """A live test is skipped without its server and fails when the variable leads nowhere."""
    source = "import pytest\n@pytest.mark.live('gitea')\ndef test_inner(): pass\n"
    assert "live: set SAMEBYTES_LIVE_GITEA" in session(source)[1]
    assert session(source, env={"SAMEBYTES_LIVE_GITEA": "/nonexistent"})[0] == 1
    assert session(source, env={"SAMEBYTES_LIVE_GITEA": sys.executable})[0] == 0


def test_workers_share_the_printed_seed(session: Session) -> None:
    """All workers and the closing lines name one seed."""
    source = "import pytest\n@pytest.mark.parametrize('n', range(4))\ndef test_inner(seed, n): assert seed == 0\n"
    _, output = session(source, "-n2")
    seeds = set(re.findall(r"assert (\d+) == 0", output)) | set(re.findall(r"SAMEBYTES_SEED=(\d+)", output))
    assert len(seeds) == 1


def test_given_seed_is_used(session: Session) -> None:
    """SAMEBYTES_SEED repeats a run, and seeds a test's own random source by its name."""
    source = "def test_inner(seed, sampler): assert (seed, sampler.random()) == (7, -1)\n"
    env = {"SAMEBYTES_SEED": "7"}
    outputs = [session(source, env=env)[1] for _ in range(2)]
    sampled = [re.findall(r"\(7, (0\.\d+)\)", output)[:1] for output in outputs]
    assert sampled[0] == sampled[1] != []


def test_run_without_coverage_data_misses_the_gate(session: Session) -> None:
    """A gate that measured nothing never passes."""
    status, output = session("def test_inner(): pass\n", env={"SAMEBYTES_COVERAGE": "1"})
    assert status == 1
    assert "coverage gate" in output
    assert output.splitlines()[-1].startswith("1 passed")
