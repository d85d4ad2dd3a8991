"""How tools are declared, and when declarations contradict."""

from __future__ import annotations

import hashlib

import pytest

from samebytes.core.tool_pins import contradictions, exact_version, read_package_manager
from samebytes.errors import FormatError
from samebytes.model.digests import Digest
from samebytes.model.versions import Version
from samebytes.model.workspace import ToolPin


@pytest.mark.parametrize("algorithm", ["sha1", "sha224", "sha256", "sha384", "sha512"])
def test_reads_every_hash_that_corepack_writes(algorithm: str) -> None:
    """`pnpm@9.12.0+sha512.<hex>` and its shorter kin."""
    digest = hashlib.new(algorithm, b"x").digest()
    pin = read_package_manager(f"pnpm@9.12.0+{algorithm}.{digest.hex()}", "here")
    assert pin == ToolPin(name="pnpm", version="9.12.0", digest=Digest(algorithm, digest), source="here")


def test_reads_a_pin_without_a_hash() -> None:
    """The hash is optional."""
    pin = read_package_manager("pnpm@10.0.0-rc.1", "here")
    assert (pin.version, pin.digest) == ("10.0.0-rc.1", None)


@pytest.mark.parametrize(
    "declared",
    [
        "pnpm",
        "pnpm@",
        "@9.0.0",
        "pnpm@9",
        "pnpm@^9.0.0",
        "pnpm@latest",
        "pnpm@https://example.test/pnpm.tgz",
        "pnpm@9.0.0+sha512",
        "pnpm@9.0.0+sha512.zz",
        "pnpm@9.0.0+sha512.00",
        "pnpm@9.0.0+md5.00",
        "pnpm@9.0.0+sha1.DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
    ],
)
def test_refuses_what_names_no_exact_version(declared: str) -> None:
    """The error names the place and shows how to write it."""
    with pytest.raises(FormatError) as caught:
        read_package_manager(declared, "here")
    assert (caught.value.code, caught.value.place) == ("SB-2017", "here")
    assert "corepack" in caught.value.hint


def test_a_range_is_taken_where_it_may_stand() -> None:
    """`devEngines` holds ranges, but no tags."""
    assert read_package_manager("pnpm@^10", "here", exact=False).version == "^10"
    with pytest.raises(FormatError):
        read_package_manager("pnpm@latest", "here", exact=False)


@pytest.mark.parametrize(
    ("text", "version"), [("v20.1.0", "20.1.0"), (" 20.1.0\n", "20.1.0"), ("20", None), ("lts/*", None)]
)
def test_an_exact_version_is_told_from_a_range(text: str, version: str | None) -> None:
    """A leading v and blanks are as in `.nvmrc`."""
    assert exact_version(text) == (None if version is None else Version(version))


@pytest.mark.parametrize(
    ("first", "other", "agree"),
    [
        ("20.1.0", "20.1.0", True),
        ("20.1.0", "v20.1.0", True),
        ("20.1.0", "20.2.0", False),
        ("20.1.0", ">=18", True),
        ("20.1.0", "<20", False),
        (">=18", "20.1.0", True),
        ("<20", "20.1.0", False),
        (">=18", ">=20", True),
        ("20.1.0", "lts/*", True),
        ("lts/*", "20.1.0", True),
    ],
)
def test_declarations_contradict_when_one_version_cannot_be_both(first: str, other: str, agree: bool) -> None:
    """Ranges and aliases that cannot be judged are no contradiction."""
    pins = [ToolPin(name="node", version=one, digest=None, source=one) for one in (first, other)]
    assert (contradictions(pins, "Node") == ()) is agree


def test_another_tool_or_hash_contradicts() -> None:
    """Names and hashes count too; a hash on one side only does not."""
    one, two = Digest("sha1", bytes(20)), Digest("sha1", bytes([1] * 20))

    def pin(name: str, digest: Digest | None) -> ToolPin:
        return ToolPin(name=name, version="1.0.0", digest=digest, source=name)

    assert len(contradictions([pin("pnpm", one), pin("pnpm", two)], "x")) == 1
    assert contradictions([pin("pnpm", one), pin("pnpm", None)], "x") == ()
    found = contradictions([pin("pnpm", one), pin("yarn", None)], "the package manager")
    assert [finding.rule for finding in found] == ["contradicting-pins"]
    assert (
        found[0].message
        == "declares the package manager yarn@1.0.0, but pnpm declares pnpm@1.0.0 with sha1, which is used"
    )


def test_nothing_contradicts_nothing() -> None:
    """No declaration, no finding."""
    assert contradictions([], "Node") == ()
