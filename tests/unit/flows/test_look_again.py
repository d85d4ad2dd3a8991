"""What a server does not show yet is looked for again, for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from samebytes.errors import SiteError
from samebytes.model.names import PackageName
from samebytes.model.observed import ObservedPackage, PackageObservation
from samebytes.testing.memory_site import MemorySite
from tests.publishing.runs import latest, new_site, run
from tests.small_releases import LAMPS, built_release


class StaleRegistry:
    """A registry that shows packages as they were once, in the first so many looks behind a write of this kind."""

    def __init__(self, inner: Any, write: str, looks: int) -> None:
        self._inner = inner
        self._write = write
        self._looks = looks
        self._left = 0
        self._old: dict[PackageName, PackageObservation] = {}

    def observe(self, names: Sequence[PackageName]) -> dict[PackageName, PackageObservation]:
        """What there is, or was."""
        if self._left:
            self._left -= 1
            return {name: self._old.get(name, _nothing(name)) for name in names}
        return self._keep(self._inner.observe(names))

    def _keep(self, found: dict[PackageName, PackageObservation]) -> dict[PackageName, PackageObservation]:
        self._old |= {name: seen for name, seen in found.items() if name not in self._old}
        return found

    def __getattr__(self, name: str) -> Any:
        if name == self._write:
            self._left = self._looks
        return getattr(self._inner, name)


def _nothing(name: PackageName) -> ObservedPackage:
    return ObservedPackage(name=name, versions={}, dist_tags={})


def _publish(site: MemorySite, folder: Path, write: str, looks: int) -> None:
    at = site.open()
    run(built_release(folder), site, replace(at, registry=StaleRegistry(at.registry, write, looks)))


@pytest.mark.parametrize("write", ["upload", "set_tag", "delete_tag"])
def test_three_stale_looks_in_a_row_are_outlasted(tmp_path: Path, write: str) -> None:
    """A packument of a moment ago is no reason to fail."""
    site = new_site()
    _publish(site, tmp_path / "built", write, 3)
    assert latest(site) == {tiny.name: tiny.version for tiny in LAMPS}


@pytest.mark.parametrize(("write", "code"), [("upload", "SB-6030"), ("set_tag", "SB-6041")])
def test_what_stays_stale_is_called_gone(tmp_path: Path, write: str, code: str) -> None:
    """After five looks the run says what is not there."""
    site = new_site()
    with pytest.raises(SiteError) as caught:
        _publish(site, tmp_path / "built", write, 5)
    assert caught.value.code == code
