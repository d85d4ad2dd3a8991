"""A set of paths is packed only when it means the same on everybody's machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samebytes.core.check_paths import check_paths
from samebytes.errors import FormatError
from samebytes.model.settings import PackSettings

_STRICT = PackSettings()
_COLLIDING = PackSettings(allow_colliding_paths=True)
_NON_NFC = PackSettings(allow_non_nfc_paths=True)


def test_accepts_ordinary_paths() -> None:
    """Folders may share a name with nothing but themselves, in whatever script."""
    check_paths(["a", "b/a", "b/c/a", "B2/a", "\u00e9/\u00c8", "\u65e5\u672c", "package.json"], _STRICT, "m")


@pytest.mark.parametrize("path", ["", "/a", "../a", "a/../b", "a\nb", "a//b", "a\udcff"])
def test_refuses_paths_that_are_allowed_nowhere(path: str) -> None:
    """No setting allows them."""
    for settings in (_STRICT, PackSettings(allow_colliding_paths=True, allow_non_nfc_paths=True)):
        with pytest.raises(FormatError, match="SB-4030: m: the path"):
            check_paths(["a", path], settings, "m")


def test_refuses_a_path_that_is_not_nfc() -> None:
    """A decomposed name is refused unless the configuration allows it."""
    with pytest.raises(FormatError, match="SB-4031: m: the path") as caught:
        check_paths(["e\u0301"], _STRICT, "m")
    assert "allow_non_nfc_paths" in caught.value.hint
    with pytest.raises(FormatError, match="SB-4031"):
        check_paths(["e\u0301"], _COLLIDING, "m")
    check_paths(["e\u0301"], _NON_NFC, "m")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("README.md", "readme.md"),
        ("lib/A.js", "LIB/a.js"),
        ("\u00c9", "\u00e9"),
        ("stra\u00dfe", "STRASSE"),
        ("\u03c3", "\u03c2"),
        ("Lib", "lib/a"),
        ("a/Lib", "A/lib/b/c"),
        ("\u212a", "k"),
    ],
)
def test_refuses_paths_that_collide(first: str, second: str) -> None:
    """Two names that differ in case alone are one file on other systems; a file and a folder collide as well."""
    settings = PackSettings(allow_non_nfc_paths=True)
    for paths in ([first, second], [second, "x", first]):
        with pytest.raises(FormatError, match="SB-4032") as caught:
            check_paths(paths, settings, "m")
        assert first.rsplit("/", maxsplit=1)[-1] in str(caught.value)
        check_paths(paths, PackSettings(allow_colliding_paths=True, allow_non_nfc_paths=True), "m")


def test_refuses_two_forms_of_one_name() -> None:
    """The composed and the decomposed form collide where both are allowed at all."""
    with pytest.raises(FormatError, match="SB-4032"):
        check_paths(["\u00e9", "e\u0301"], _NON_NFC, "m")


@pytest.mark.parametrize("settings", [_STRICT, _COLLIDING])
def test_refuses_what_no_file_system_has(settings: PackSettings) -> None:
    """The same path twice, or a file that is a folder, is refused whatever the settings."""
    with pytest.raises(FormatError, match="SB-4033: m: 'a' is there twice"):
        check_paths(["a", "b", "a"], settings, "m")
    with pytest.raises(FormatError, match="SB-4033: m: 'a' is a file and a folder"):
        check_paths(["a/b/c", "a"], settings, "m")


_NAMES = st.lists(st.sampled_from(["a", "A", "b", "a/b", "A/b", "a/B", "\u00e9", "e\u0301", "c/d/e"]), max_size=6)


@given(_NAMES, st.randoms(use_true_random=False), st.booleans(), st.booleans())
def test_the_verdict_does_not_depend_on_the_order(
    paths: list[str], random: object, colliding: bool, non_nfc: bool
) -> None:
    """Whatever order a file system lists names in, the outcome and its words are the same."""
    settings = PackSettings(allow_colliding_paths=colliding, allow_non_nfc_paths=non_nfc)
    shuffled = list(paths)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    def verdict(listed: list[str]) -> str:
        try:
            check_paths(listed, settings, "m")
        except FormatError as error:
            return str(error)
        return "accepted"

    assert verdict(shuffled) == verdict(paths)
