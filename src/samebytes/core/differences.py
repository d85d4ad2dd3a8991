"""Differences between two statements of one release, member by member and file by file, as text for people."""

from __future__ import annotations

from collections.abc import Iterable

from samebytes.core.explain import explain
from samebytes.model.change import Change, Side, SideFile
from samebytes.model.release import Release, Subject

_MANY = 20


def compare(expected: Release, found: Release) -> tuple[Change, ...]:
    """Every difference between the subjects of two statements; `left` is what was expected."""
    return explain([side(subject) for subject in expected.subjects], [side(subject) for subject in found.subjects])


def compare_subjects(expected: Subject, found: Subject) -> tuple[Change, ...]:
    """Every difference between two statements of one package."""
    return explain([side(expected)], [side(found)])


def side(subject: Subject) -> Side:
    """A subject as one side of an explanation: digests only."""
    files = tuple(
        SideFile(path=file.path, size_bytes=file.size_bytes, executable=file.executable, sha256=file.sha256, data=None)
        for file in subject.files
    )
    return Side(
        package=str(subject.id),
        sha512=subject.sha512,
        tar_sha256=subject.tar_sha256,
        files=files,
        manifest=None,
        container=(),
        compression="",
    )


def as_details(changes: Iterable[Change]) -> dict[str, str]:
    """Changes as the details of an error: `package: file` to what is expected, what is there, and the cause if known."""
    changes = tuple(changes)
    details: dict[str, str] = {}
    for change in changes[:_MANY]:
        place = f"{change.package}: {change.path}" if change.path else change.package
        cause = f"; {change.cause}" if change.cause else ""
        details[place] = f"{change.layer.value} differs: expected {change.left}, found {change.right}{cause}"
    if len(changes) > _MANY:
        details["more"] = f"{len(changes) - _MANY} further differences"
    return details
