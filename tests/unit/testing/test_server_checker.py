"""The checker of servers finds each kind of wrong, and nothing wrong in a finished release."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from samebytes.testing.server_checker import Package, Stored, final_state, problems, unfinished

DATA = b"a tarball"


def _hex(algorithm: str, data: bytes) -> str:
    return hashlib.new(algorithm, data).hexdigest()


STATEMENT = json.dumps(
    {
        "subject": [{"name": "pkg:npm/%40acme/wick@2.0.0", "digest": {"sha512": _hex("sha512", DATA)}}],
        "predicate": {"tag": "v2"},
    }
).encode()
SUMS = "".join(
    f"{_hex('sha512', data)}  {name}\n" for name, data in (("acme__wick-2.0.0.tgz", DATA), ("release.json", STATEMENT))
).encode()
REF = f"refs/samebytes/evidence/statement/{_hex('sha256', STATEMENT)}"
WICK = Package(
    tarballs={"1.0.0": "00", "2.0.0": _hex("sha512", DATA)},
    manifests={"1.0.0": {}, "2.0.0": {"dist": {"tarball": "http://s/wick.tgz", "shasum": "1"}}},
    dist_tags={"latest": ("2.0.0",)},
)
ASSETS = (("acme__wick-2.0.0.tgz", DATA), ("release.json", STATEMENT), ("SHA512SUMS", SUMS))
DONE = Stored(packages={"@acme/wick": WICK}, releases={"v2": ASSETS}, refs={REF: STATEMENT})


def _wick(**changes: object) -> Stored:
    return replace(DONE, packages={"@acme/wick": replace(WICK, **changes)})  # type: ignore[arg-type]


def test_nothing_is_wrong_with_a_finished_release() -> None:
    """Neither a contradiction nor a lack."""
    assert problems(DONE) == []
    assert unfinished(DONE, "v2") == []


def test_the_final_state_leaves_out_where_tarballs_are_served() -> None:
    """Another server has another address."""
    assert final_state(DONE)["manifests"]["@acme/wick"]["2.0.0"] == {"dist": {"shasum": "1"}}


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        (replace(DONE, broken=("bad blob",)), "bad blob"),
        (_wick(dist_tags={"latest": ("1.0.0", "2.0.0")}), "is held by"),
        (_wick(dist_tags={"next": ("3.0.0",)}), "which is missing"),
        (_wick(dist_tags={"latest": ("1.0.0",)}), "whose release is incomplete"),
        (replace(DONE, releases={"v2": ASSETS[1:]}), "listed, but missing"),
        (replace(DONE, releases={"v2": (*ASSETS, ("other.tgz", b""))}), "not listed"),
        (replace(DONE, releases={"v2": (*ASSETS, ("release.json", b"{}"))}), "does not match SHA512SUMS"),
        (replace(DONE, releases={"v2": ASSETS[:2]}), "whose release is incomplete"),
        (replace(DONE, refs={REF: STATEMENT, "refs/samebytes/evidence/build-record/00": b""}), "does not hold what"),
    ],
)
def test_each_contradiction_is_found(stored: Stored, found: str) -> None:
    """Named in a sentence."""
    assert any(found in problem for problem in problems(stored))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda: replace(DONE, refs={}), "no statement"),
        (lambda: _wick(tarballs={"2.0.0": "00"}), "not there with its bytes"),
        (lambda: _wick(dist_tags={"latest": ("1.0.0",)}), "latest of @acme/wick is at"),
        (lambda: replace(DONE, releases={"v2": ASSETS[:1]}), "has no SHA512SUMS"),
        (lambda: replace(DONE, releases={"v2": ASSETS[1:]}), "is not an asset"),
        (lambda: replace(DONE, releases={"v2": (*ASSETS, ASSETS[0])}), "is 2 times an asset"),
    ],
)
def test_each_lack_of_a_release_is_found(change: Callable[[], Stored], found: str) -> None:
    """Named in a sentence."""
    assert any(found in lack for lack in unfinished(change(), "v2"))
