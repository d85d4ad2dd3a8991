"""The build record as a document: what one site observed while it built a release (docs/formats/build-record.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from samebytes.formats.canonical_json import read_document, write_document
from samebytes.formats.document_node import Node
from samebytes.model.build_record import BuildRecord

FORMAT = "https://samebytes.dev/build-record/v1"
LIMIT_BYTES = 4 * 1024 * 1024
_CODE = "SB-4080"
_TIME = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:\.[0-9]+)?Z")


def write(record: BuildRecord) -> bytes:
    """The record as RFC 8785 JSON and one LF."""
    return write_document(
        {
            "format": FORMAT,
            "statementSha256": record.statement_sha256,
            "platform": record.platform,
            "path": record.path,
            "image": record.image,
            "run": record.run,
            "started": record.started,
            "finished": record.finished,
            "samebytes": record.samebytes,
            "toolchain": dict(record.toolchain),
            "isolation": list(record.isolation),
            "changedTrackedFiles": list(record.changed_tracked_files),
        }
    )


def read(data: bytes, place: str) -> BuildRecord:
    """The record in a document; `write` of it gives the same bytes again.

    Raises FormatError: SB-4010 to SB-4015 for what is not canonical JSON within the limit, SB-4080 with the key for
    anything unknown, missing or of the wrong form.
    """
    root = Node(read_document(data, place, limit_bytes=LIMIT_BYTES), place, _CODE)
    form, statement, platform, path, image, run, started, finished, samebytes, toolchain, isolation, changed = (
        root.fields(
            *("format", "statementSha256", "platform", "path", "image", "run", "started", "finished"),
            *("samebytes", "toolchain", "isolation", "changedTrackedFiles"),
        )
    )
    form.constant(FORMAT)
    return BuildRecord(
        statement_sha256=statement.hex_digest("sha256").hex,
        platform=platform.text(),
        path=path.text(),
        image=image.text(),
        run=run.text(),
        started=started.text_of(_TIME, "a time in UTC (RFC 3339, ending in Z)"),
        finished=finished.text_of(_TIME, "a time in UTC (RFC 3339, ending in Z)"),
        samebytes=samebytes.text(),
        toolchain=_texts_by_name(toolchain),
        isolation=tuple(item.text() for item in isolation.items()),
        changed_tracked_files=tuple(item.text() for item in changed.items()),
    )


def _texts_by_name(node: Node) -> Mapping[str, str]:
    return MappingProxyType({name: value.text() for name, value in node.entries()})
