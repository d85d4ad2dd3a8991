"""One commit is one release, whatever machine builds it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.clients.client import Client
from tests.lanterns import GOLDEN, lanterns_repository
from tests.monorepos import Content, member, monorepo
from tests.varied import VARIATIONS, Variation, release_as

_BUILD = """\
const fs = require('fs');
fs.mkdirSync('dist/deep/er', { recursive: true });
for (const name of ['z', 'a', 'ß', 'm']) fs.writeFileSync(`dist/${name}.js`, `module.exports = '${name}'\\n`);
fs.writeFileSync('dist/deep/er/when.txt', `${process.env.SOURCE_DATE_EPOCH} ${new Date(0).toString()} ${(1234.5).toLocaleString()}\\n`);
fs.writeFileSync('dist/run.sh', '#!/bin/sh\\n', { mode: 0o777 });
fs.symlinkSync('a.js', 'dist/link.js');
"""
_LONG = "dist/" + "/".join(["a-rather-long-folder-name-é"] * 6)
_FILES: dict[str, Content] = {
    "LICENSE": "free\n",
    "packages/a/package.json": member(
        "@x/a",
        bin={"zz": "dist/run.sh"},
        scripts={"build": f"node build.cjs && mkdir -p {_LONG} && echo long > {_LONG}/file.txt"},
        dependencies={"@x/z": "workspace:~", "@x/b": "workspace:^", "@x/m": "workspace:*"},
    ),
    "packages/a/build.cjs": _BUILD,
    **{f"packages/{name}/package.json": member(f"@x/{name}", f"{at}.0.0") for at, name in enumerate("bmz")},
}


def _digest(out: Path) -> str:
    """What stands for a whole release: SHA512SUMS lists the statement and every tarball."""
    return hashlib.sha256((out / "SHA512SUMS").read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def first_seen() -> dict[str, str]:
    """Which digest the first build of this module saw, for the others to equal."""
    return {}


@pytest.mark.parametrize("variation", VARIATIONS, ids=str)
def test_every_machine_makes_the_same_release(
    tmp_path: Path, pnpm_9: Client, first_seen: dict[str, str], variation: Variation
) -> None:
    """Umask, time zone, locale, cores, length of paths and order of directories leave no trace."""
    repository = monorepo(tmp_path / "repo", pnpm_9, _FILES)
    found = _digest(release_as(variation, repository, tmp_path / "machine"))
    plain = Variation(0o022, "UTC", "C.UTF-8", 0, deep=False, shuffled=False)
    if "plain" not in first_seen:
        first_seen["plain"] = _digest(release_as(plain, repository, tmp_path / "plain"))
    assert found == first_seen["plain"]


@pytest.mark.parametrize(
    "variation",
    [
        pytest.param(variation, id=str(variation), marks=() if at == 0 else (pytest.mark.slow,))
        for at, variation in enumerate(VARIATIONS)
    ],
)
def test_the_example_has_its_golden_digests_everywhere(tmp_path: Path, variation: Variation) -> None:
    """The example's tarballs and statement are the committed ones (renew them with `python -m tests.lanterns`)."""
    out = release_as(variation, lanterns_repository(tmp_path / "repo"), tmp_path / "machine")
    assert (out / "SHA512SUMS").read_text(encoding="utf-8") == (GOLDEN / "SHA512SUMS").read_text(encoding="utf-8")
    assert (out / "release.json").read_bytes() == (GOLDEN / "release.json").read_bytes()


@pytest.mark.system("second-python")
def test_another_interpreter_makes_the_golden_example_too(tmp_path: Path, second_python: Path) -> None:
    """The version of Python that runs samebytes leaves no trace."""
    out = release_as(VARIATIONS[1], lanterns_repository(tmp_path / "repo"), tmp_path / "machine", second_python)
    assert (out / "SHA512SUMS").read_text(encoding="utf-8") == (GOLDEN / "SHA512SUMS").read_text(encoding="utf-8")
