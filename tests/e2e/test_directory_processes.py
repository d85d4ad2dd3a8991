"""Many processes, readers and writers, at one directory site at once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from samebytes.model.names import PackageName
from samebytes.model.observed import ObservedPackage
from samebytes.registries.folder import FolderRegistry
from samebytes.system.clock import SystemClock
from samebytes.system.folder_store import FolderStore
from samebytes.system.site_folder import SiteFolder
from samebytes.testing.site_checker import final_state, problems
from tests.cached import ROOT

_TIMEOUT_S = 200


def _start(site: Path, work: Path, *text: str) -> subprocess.Popen[str]:
    work.mkdir()
    return subprocess.Popen(
        (sys.executable, "-m", "tests.directory_site.run_mini", str(site), str(work), *text),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _outcome(process: subprocess.Popen[str]) -> dict[str, Any]:
    stdout, stderr = process.communicate(timeout=_TIMEOUT_S)
    assert process.returncode == 0, stderr
    outcome: dict[str, Any] = json.loads(stdout)
    return outcome


@contextmanager
def _reader(site: Path) -> Iterator[list[str]]:
    """Reads the site over and over, with the checker and with the product, until the block ends."""
    wrong: list[str] = []
    done = threading.Event()

    def read() -> None:
        registry = FolderRegistry(SiteFolder(FolderStore(str(site)), "corp"), SystemClock())
        names = [PackageName("@s/first"), PackageName("second")]
        while not done.is_set():
            wrong.extend(problems(site))
            seen = registry.observe(names).values()
            wrong.extend(f"{one.name}: {one.why}" for one in seen if not isinstance(one, ObservedPackage))

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield wrong
    finally:
        done.set()
        thread.join()


def test_eight_publishers_of_one_release_make_one_copy(tmp_path: Path) -> None:
    """One of them uploads, seven wait and find the same; a reader never sees anything half done."""
    site = tmp_path / "site"
    with _reader(site) as wrong:
        outcomes = [_outcome(one) for one in [_start(site, tmp_path / f"work-{i}") for i in range(8)]]
    assert wrong == []
    uploads = [outcome["uploaded"] for outcome in outcomes]
    assert sorted(uploads) == [[]] * 7 + [["@s/first@1.0.0", "second@1.0.0"]]
    assert problems(site, settled=True) == []


def test_differing_build_is_told_so_and_overwrites_nothing(tmp_path: Path) -> None:
    """Whoever comes after the first with other bytes is refused; what is there stays."""
    site = tmp_path / "site"
    assert "uploaded" in _outcome(_start(site, tmp_path / "work-first"))
    before = final_state(site)
    same = [_start(site, tmp_path / f"work-{i}") for i in range(3)]
    other = _start(site, tmp_path / "work-other", "another build")
    assert _outcome(other) == {"error": "SB-6101"}
    assert [_outcome(one) for one in same] == [{"uploaded": []}] * 3
    assert final_state(site) == before
    assert problems(site, settled=True) == []


def test_one_differing_build_among_eight_at_once(tmp_path: Path) -> None:
    """However the race ends, exactly the runs whose bytes lost are told, and one build is there as a whole."""
    site = tmp_path / "site"
    same = [_start(site, tmp_path / f"work-{i}") for i in range(7)]
    other = _start(site, tmp_path / "work-other", "another build")
    outcomes, odd = [_outcome(one) for one in same], _outcome(other)
    refused = [outcome for outcome in (*outcomes, odd) if outcome == {"error": "SB-6101"}]
    assert refused == ([odd] if "uploaded" not in odd else outcomes)
    assert problems(site, settled=True) == []
