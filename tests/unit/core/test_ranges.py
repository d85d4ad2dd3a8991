"""Version ranges as npm reads them."""

from __future__ import annotations

import pytest

from samebytes.core.ranges import in_range, is_range
from samebytes.model.versions import Version


@pytest.mark.parametrize("text", ["", "*", "^1.2.3", ">=18 <21", "1.x || 2", "1.0.0 - 2.0.0", "1.2.3"])
def test_takes_ranges(text: str) -> None:
    """What npm installs by range is a range."""
    assert is_range(text)


@pytest.mark.parametrize("text", ["latest", "npm:a@1", "git+ssh://x", "workspace:*", "lts/*", "1" * 2000, "(", "^^1"])
def test_takes_nothing_else(text: str) -> None:
    """Tags, URLs, protocols and nonsense are none."""
    assert not is_range(text)
    assert not in_range(Version("1.0.0"), text)


@pytest.mark.parametrize(
    ("version", "text", "expected"),
    [
        ("1.2.3", "^1.0.0", True),
        ("2.0.0", "^1.0.0", False),
        ("1.0.0-rc.1", "*", False),
        ("1.0.0-rc.2", "^1.0.0-rc.1", True),
        ("0.2.0", "^0.1.0", False),
    ],
)
def test_compares(version: str, text: str, expected: bool) -> None:
    """Carets, prereleases and zero majors as in npm."""
    assert in_range(Version(version), text) is expected


def test_a_library_that_stumbles_is_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    """node-semver raises all kinds of errors on odd input; none of them gets out."""

    def stumble(*_: object, **__: object) -> None:
        raise IndexError

    monkeypatch.setattr("nodesemver.satisfies", stumble)
    assert not in_range(Version("1.0.0"), "*")
    monkeypatch.setattr("nodesemver.valid_range", stumble)
    assert not is_range("*")
