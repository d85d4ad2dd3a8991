"""Variations of a machine that must not change a release: umask, time zone, locale, path, cores, order of directories."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.cached import CACHE, ROOT

_TIMEOUT_S = 280
_WAY_OUT = ("HTTPS_PROXY", "HTTP_PROXY", "NODE_EXTRA_CA_CERTS", "NO_PROXY", "SSL_CERT_DIR", "SSL_CERT_FILE")


@dataclass(frozen=True, slots=True)
class Variation:
    """One machine: `cores` 0 leaves all, `deep` makes every path long, `shuffled` lists directories at random."""

    umask: int
    zone: str
    locale: str
    cores: int
    deep: bool
    shuffled: bool

    def __str__(self) -> str:
        return f"{self.umask:03o}-{self.zone.replace('/', '_')}-{self.locale}-{self.cores}"


VARIATIONS = (
    Variation(0o002, "America/St_Johns", "C", 1, deep=True, shuffled=True),
    Variation(0o077, "Asia/Kathmandu", "tr_TR.UTF-8", 2, deep=False, shuffled=True),
    Variation(0o027, "Pacific/Chatham", "de_DE.ISO-8859-1", 1, deep=True, shuffled=True),
    Variation(0o022, "Europe/Berlin", "de_DE.UTF-8", 2, deep=False, shuffled=False),
    Variation(0o077, "America/New_York", "en_US.UTF-8", 1, deep=True, shuffled=False),
    Variation(0o002, "UTC", "POSIX", 2, deep=False, shuffled=True),
)


def release_as(variation: Variation, repository: Path, folder: Path, python: Path | None = None) -> Path:
    """Make the release v1.0.0 of a repository on such a machine; returns the folder with the output."""
    out = folder / "out"
    temp = folder.joinpath("temp", *(["a-folder-with-a-long-name"] * 4 if variation.deep else ["t"]))
    given = {
        "repository": str(repository),
        "out": str(out),
        "temp": str(temp),
        "tools": str(CACHE / "build-tools"),
        "fixed": "",
        "seed": 7 if variation.shuffled else None,
    }
    home = folder / "home"
    home.mkdir(parents=True)
    env = {
        **{name: os.environ[name] for name in _WAY_OUT if name in os.environ},
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TZ": variation.zone,
        "LC_ALL": variation.locale,
        "LANG": variation.locale,
    }
    cores = set(sorted(os.sched_getaffinity(0))[: variation.cores]) if hasattr(os, "sched_getaffinity") else set()

    def enter() -> None:
        os.umask(variation.umask)
        if cores:
            os.sched_setaffinity(0, cores)

    result = subprocess.run(
        (str(python or sys.executable), str(ROOT / "tests" / "release_driver.py"), json.dumps(given)),
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_TIMEOUT_S,
        check=False,
        preexec_fn=enter,
    )
    assert result.returncode == 0, result.stderr[-4000:]
    return out
