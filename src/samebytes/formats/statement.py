"""The release statement: an in-toto Statement v1 whose subjects are the tarballs of a release.

It holds only what git and canon-v1 determine, so that sites which agree write the same bytes (docs/formats/statement.md).
Specification of the outer form: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from samebytes.errors import FormatError
from samebytes.formats.canonical_json import CanonicalValue, read_document, write_document
from samebytes.formats.document_node import Node
from samebytes.formats.stored_path import problem_with
from samebytes.model.digests import Digest
from samebytes.model.names import PackageId, PackageName
from samebytes.model.release import Release, Subject
from samebytes.model.selection import Base, SelectionRule
from samebytes.model.tarball import PackedFile
from samebytes.model.versions import Version
from samebytes.model.workspace import ToolPin

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://samebytes.dev/release/v1"
# A thousand members of some hundred files each stay well below.
LIMIT_BYTES = 64 * 1024 * 1024
_CODE = "SB-4050"
_OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REVISION = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_IMAGE = re.compile(r"sha256:[0-9a-f]{64}")
# One line of visible text; what git allows in a tag name and tools in a version is narrower.
_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f]+")
_PURL = re.compile(r"pkg:npm/(?:%40(?P<scope>[^/@%]+)/)?(?P<base>[^/@%]+)@(?P<version>[^/@%]+)")


def write(release: Release) -> bytes:
    """The statement of a release: RFC 8785 JSON and one LF; the release's identity is the sha256 of these bytes."""
    return write_document(
        {
            "_type": STATEMENT_TYPE,
            "subject": [_subject_json(subject) for subject in release.subjects],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                "tag": release.tag or None,
                "commit": release.commit,
                "tree": release.tree,
                "base": _base_json(release.base),
                "selection": release.rule.value,
                "lockfile": _digest_json(release.lockfile),
                "packageManager": _pin_json(release.package_manager),
                "node": _pin_json(release.node),
                "image": release.image or None,
                "profile": release.profile,
                "canon": release.canon,
                "tarballs": [_tarball_json(subject) for subject in release.subjects],
            },
        }
    )


def read(data: bytes, place: str) -> Release:
    """The release that a statement describes; `write` of it gives the same bytes again.

    Raises FormatError: SB-4010 to SB-4015 for what is not canonical JSON within the limit, SB-4050 with the key for
    anything unknown, missing, out of order or of the wrong form.
    """
    root = Node(read_document(data, place, limit_bytes=LIMIT_BYTES), place, _CODE)
    statement_type, subjects, predicate_type, predicate = root.fields("_type", "subject", "predicateType", "predicate")
    statement_type.constant(STATEMENT_TYPE)
    predicate_type.constant(PREDICATE_TYPE)
    tag, commit, tree, base, rule, lockfile, manager, node, image, profile, canon, tarballs = predicate.fields(
        *("tag", "commit", "tree", "base", "selection", "lockfile"),
        *("packageManager", "node", "image", "profile", "canon", "tarballs"),
    )
    return Release(
        tag=_optional_line(tag),
        commit=commit.text_of(_OBJECT_ID, "an object id"),
        tree=tree.text_of(_OBJECT_ID, "an object id"),
        base=_base(base),
        rule=_rule(rule),
        lockfile=lockfile.digest_set() if lockfile.given() else None,
        package_manager=_pin(manager) if manager.given() else None,
        node=_pin(node) if node.given() else None,
        image=image.text_of(_IMAGE, "an image index digest") if image.given() else "",
        profile=profile.text_of(_REVISION, "a profile"),
        canon=canon.text_of(_REVISION, "a revision of the tarball format"),
        subjects=_subjects(subjects, tarballs),
    )


def _subject_json(subject: Subject) -> CanonicalValue:
    return {
        "name": subject.id.purl,
        "digest": {"sha256": subject.sha256.hex, "sha512": subject.sha512.hex},
    }


def _tarball_json(subject: Subject) -> CanonicalValue:
    return {
        "size": subject.size_bytes,
        "tarSha256": subject.tar_sha256.hex,
        "files": [
            {"path": file.path, "size": file.size_bytes, "executable": file.executable, "sha256": file.sha256.hex}
            for file in subject.files
        ],
    }


def _base_json(base: Base) -> CanonicalValue:
    return {"tag": base.tag or None, "commit": base.commit or None, "inferred": base.inferred}


def _digest_json(digest: Digest | None) -> CanonicalValue:
    return None if digest is None else {digest.algorithm: digest.hex}


def _pin_json(pin: ToolPin | None) -> CanonicalValue:
    if pin is None:
        return None
    return {"name": pin.name, "version": pin.version, "digest": _digest_json(pin.digest), "source": pin.source}


def _optional_line(node: Node) -> str:
    return node.text_of(_LINE, "one line of text") if node.given() else ""


def _base(node: Node) -> Base:
    tag, commit, inferred = node.fields("tag", "commit", "inferred")
    if (tag.given() is None) != (commit.given() is None):
        raise node.refusal("tag and commit of the base are given both or not at all")
    return Base(
        tag=_optional_line(tag),
        commit=commit.text_of(_OBJECT_ID, "an object id") if commit.given() else "",
        inferred=inferred.flag(),
    )


def _rule(node: Node) -> SelectionRule:
    try:
        return SelectionRule(node.text())
    except ValueError as error:
        raise node.refusal(f"{node.text()!r} is not a selection rule") from error


def _pin(node: Node) -> ToolPin:
    name, version, digest, source = node.fields("name", "version", "digest", "source")
    return ToolPin(
        name=name.text_of(_LINE, "one line of text"),
        version=version.text_of(_LINE, "one line of text"),
        digest=digest.digest_set() if digest.given() else None,
        source=source.text_of(_LINE, "one line of text"),
    )


def _subjects(subjects: Node, tarballs: Node) -> tuple[Subject, ...]:
    outer, inner = subjects.items(), tarballs.items()
    if len(outer) != len(inner):
        raise tarballs.refusal(f"{len(inner)} tarballs for {len(outer)} subjects")
    read_subjects = tuple(_subject(*pair) for pair in zip(outer, inner, strict=True))
    _require_ascending(subjects, (subject.id.name.text for subject in read_subjects), "subjects")
    return read_subjects


def _subject(outer: Node, inner: Node) -> Subject:
    name, digest = outer.fields("name", "digest")
    sha256, sha512 = digest.fields("sha256", "sha512")
    size, tar_sha256, files = inner.fields("size", "tarSha256", "files")
    packed_files = tuple(_file(file) for file in files.items())
    _require_ascending(files, (file.path for file in packed_files), "files")
    return Subject(
        id=_package_id(name),
        sha512=sha512.hex_digest("sha512"),
        sha256=sha256.hex_digest("sha256"),
        tar_sha256=tar_sha256.hex_digest("sha256"),
        size_bytes=size.size(),
        files=packed_files,
    )


def _package_id(node: Node) -> PackageId:
    match = _PURL.fullmatch(node.text())
    if match is None:
        raise node.refusal(f"{node.text()!r} is not the package URL of an npm package version")
    scope, base, version = match.group("scope", "base", "version")
    try:
        return PackageId(PackageName(f"@{scope}/{base}" if scope else base), Version(version))
    except FormatError as error:
        raise node.refusal(error.problem) from error


def _file(node: Node) -> PackedFile:
    path, size, executable, sha256 = node.fields("path", "size", "executable", "sha256")
    problem = problem_with(path.text())
    if problem:
        raise path.refusal(f"the path {path.text()!r} {problem}")
    return PackedFile(
        path=path.text(),
        size_bytes=size.size(),
        executable=executable.flag(),
        sha256=sha256.hex_digest("sha256"),
    )


def _require_ascending(node: Node, keys: Iterable[str], what: str) -> None:
    """Sorted by the bytes of UTF-8 (the same as by code point) and without repetition: one release, one statement."""
    previous = ""
    for key in keys:
        if key <= previous:
            raise node.refusal(f"the {what} are not in ascending order at {key!r}")
        previous = key
