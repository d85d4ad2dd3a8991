"""Explain: each layer by itself, with a planted difference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from samebytes.core.explain import explain
from samebytes.errors import UsageError
from samebytes.model.change import Change, Layer, Side, SideFile
from samebytes.model.digests import sha256, sha512
from samebytes.model.json_value import JsonNumber, JsonObject


def file(path: str, data: bytes | None, *, executable: bool = False) -> SideFile:
    """A file of a side; without data only a digest is known."""
    content = b"" if data is None else data
    return SideFile(path=path, size_bytes=len(content), executable=executable, sha256=sha256(content), data=data)


def side(
    *files: SideFile,
    manifest: JsonObject | None = None,
    package: str = "@s/n@1.0.0",
    tgz: bytes = b"a",
    tar: bytes = b"t",
) -> Side:
    """A package as one side has it; `tgz` and `tar` stand for the bytes of the two outer layers."""
    return Side(
        package=package,
        sha512=sha512(tgz),
        tar_sha256=sha256(tar),
        files=files,
        manifest=manifest,
        container=(),
        compression="",
    )


def only(changes: tuple[Change, ...]) -> Change:
    """The one change there is."""
    assert len(changes) == 1
    return changes[0]


def test_equal_packages_have_nothing_to_explain() -> None:
    """Equal sha512 means equal, whatever else is said."""
    assert explain([side(file("a", b"x"))], [side(file("a", b"y"))]) == ()


def test_a_package_on_one_side_only_is_named() -> None:
    """A missing package is a difference of the outermost kind, in both directions."""
    change = only(explain([side()], []))
    assert (change.layer, change.left, change.right) == (Layer.PACKAGE, "present", "absent")
    change = only(explain([], [side()]))
    assert (change.layer, change.left, change.right) == (Layer.PACKAGE, "absent", "present")


def test_versions_of_one_package_are_compared_with_each_other() -> None:
    """Two releases of a package can be compared: the name pairs them, not the version."""
    change = only(explain([side(file("a", b"1"))], [side(file("a", b"2"), package="@s/n@2.0.0", tgz=b"b")]))
    assert change.layer is Layer.CONTENT


def test_every_version_of_a_package_counts() -> None:
    """Two versions in one folder are two packages: an altered one and a missing one are both found."""
    old, new = side(file("a", b"1")), side(file("a", b"2"), package="@s/n@1.1.0", tgz=b"b")
    altered = side(file("a", b"3"), tgz=b"c")
    assert explain([old, new], [new, old]) == ()
    assert only(explain([old, new], [altered, new])).layer is Layer.CONTENT
    for left, right, shown in (([old, new], [new], ("present", "absent")), ([new], [new, old], ("absent", "present"))):
        change = only(explain(left, right))
        assert (change.package, change.layer, change.left, change.right) == ("@s/n@1.0.0", Layer.PACKAGE, *shown)


def test_the_same_bytes_under_two_versions_are_a_difference() -> None:
    """Two statements may name one tarball differently; one of them is wrong."""
    change = only(explain([side()], [side(package="@s/n@2.0.0")]))
    assert (change.layer, change.left, change.right) == (Layer.PACKAGE, "@s/n@1.0.0", "@s/n@2.0.0")


def test_a_package_that_comes_twice_is_refused() -> None:
    """Nobody can say which of the two is meant."""
    for left, right in (([side(), side(tgz=b"b")], []), ([], [side(), side()])):
        with pytest.raises(UsageError) as caught:
            explain(left, right)
        assert caught.value.code == "SB-1015"


def test_files_of_one_side_only_are_a_difference_of_the_file_set() -> None:
    """Each file that only one side has is named with its size."""
    changes = explain([side(file("a", b"12"), file("b", b""))], [side(file("b", b""), file("c", b"123"), tgz=b"b")])
    assert [(change.layer, change.path, change.left, change.right) for change in changes] == [
        (Layer.FILE_SET, "a", "2 bytes", "absent"),
        (Layer.FILE_SET, "c", "absent", "3 bytes"),
    ]


def test_an_executable_bit_is_a_difference_of_mode() -> None:
    """A changed bit alone is told apart from changed content."""
    change = only(explain([side(file("a", b"x"))], [side(file("a", b"x", executable=True), tgz=b"b")]))
    assert (change.layer, change.left, change.right) == (Layer.MODE, "0644", "0755")


def test_content_shows_the_first_differing_place_and_a_cause() -> None:
    """Text is shown with line and column, and the usual suspects are recognised."""
    change = only(explain([side(file("a", b"x\ny\n"))], [side(file("a", b"x\r\ny\r\n"), tgz=b"b")]))
    assert change.layer is Layer.CONTENT
    assert change.context.startswith("line 1, column 2")
    assert "line ends" in change.cause


def test_content_known_by_digest_only_is_still_named() -> None:
    """A statement has digests, not bytes: the file is named, without a place."""
    ours = replace(file("a", None), sha256=sha256(b"other"))
    change = only(explain([side(ours)], [side(file("a", b"x"), tgz=b"b")]))
    assert (change.layer, change.context, change.cause) == (Layer.CONTENT, "", "")


@pytest.mark.parametrize(
    ("left", "right", "path", "left_text", "right_text"),
    [
        ({"x": "y", "a": "1"}, {"x": "y", "a": "2"}, "a", '"1"', '"2"'),
        ({"a": {"b": True}}, {"a": {"b": False}}, "a.b", "true", "false"),
        ({"a": "x\ny\x1b"}, {"a": {'"': "\\"}}, "a", r'"x\ny\u001b"', r'{"\"": "\\"}'),
        ({"a": None}, {}, "a", "null", "absent"),
        ({}, {"a": ["x", JsonNumber("1.0")]}, "a", "absent", '["x", 1.0]'),
        ({"a": JsonNumber("1")}, {"a": {"b": "c"}}, "a", "1", '{"b": "c"}'),
    ],
)
def test_manifest_differences_name_the_key(
    left: JsonObject, right: JsonObject, path: str, left_text: str, right_text: str
) -> None:
    """package.json is compared by value, key by key; absent is not null."""
    change = only(
        explain(
            [side(file("package.json", b"l"), manifest=left)],
            [side(file("package.json", b"r"), manifest=right, tgz=b"b")],
        )
    )
    assert change.layer is Layer.MANIFEST
    assert change.path == f"package.json: {path}"
    assert (change.left, change.right) == (left_text, right_text)


def test_a_manifest_of_equal_values_is_a_difference_of_content() -> None:
    """Other white space or key order: the bytes differ, what clients read does not."""
    change = only(
        explain(
            [side(file("package.json", b"{}"), manifest={})],
            [side(file("package.json", b"{ }"), manifest={}, tgz=b"b")],
        )
    )
    assert (change.layer, change.cause) == (Layer.CONTENT, "equal values, written differently")


def test_a_manifest_without_parsed_values_is_compared_as_a_file() -> None:
    """Where one side is a statement, package.json is a file like others."""
    change = only(
        explain([side(file("package.json", b"l"), manifest={})], [side(file("package.json", b"r"), tgz=b"b")])
    )
    assert change.layer is Layer.CONTENT


def test_equal_files_in_another_tar_are_a_difference_of_the_container() -> None:
    """What only the headers say is named; the side that has nothing to name is as canon-v1."""
    left = replace(side(file("a", b"x")), container=("mtime 0", "sorted"))
    right = replace(side(file("a", b"x"), tgz=b"b", tar=b"u"), container=("sorted",))
    change = only(explain([left], [right]))
    assert (change.layer, change.left, change.right) == (Layer.CONTAINER, "mtime 0", "as canon-v1")


def test_an_equal_tar_in_other_bytes_is_a_difference_of_compression() -> None:
    """The outermost layer is blamed only when everything inside is equal."""
    left = replace(side(file("a", b"x")), compression="level 9")
    change = only(explain([left], [side(file("a", b"x"), tgz=b"b")]))
    assert (change.layer, change.left, change.right) == (Layer.COMPRESSION, "level 9", "unknown")
