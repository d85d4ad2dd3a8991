"""The bytes of canon-v1 and of the release documents are the committed ones."""

from __future__ import annotations

import pytest

from tests.golden.vectors import CANON_V1, DOCUMENT_VECTORS, DOCUMENTS, FOLDER


@pytest.mark.parametrize("name", sorted(CANON_V1))
def test_canon_v1_writes_the_golden_bytes(name: str) -> None:
    """Each sentence of the format has a vector, and today's code writes it."""
    assert CANON_V1[name]() == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(DOCUMENT_VECTORS))
def test_documents_are_the_golden_ones(name: str) -> None:
    """The example release gives the committed documents, byte for byte."""
    assert DOCUMENT_VECTORS[name]().encode() == (DOCUMENTS / name).read_bytes()


def test_no_vector_is_forgotten() -> None:
    """Every committed file belongs to a vector that is still checked."""
    assert {path.stem for path in FOLDER.iterdir()} == set(CANON_V1)
    assert {path.name for path in DOCUMENTS.iterdir()} == set(DOCUMENT_VECTORS)
