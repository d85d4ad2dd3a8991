"""The effective configuration as text and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import Enum

from samebytes.model.credential import CredentialName
from samebytes.model.settings import Settings
from samebytes.model.site import Site
from samebytes.reports.findings_text import finding_documents


def settings_document(settings: Settings) -> dict[str, object]:
    """Dotted key to `{value, source}`, and the findings."""
    rows: dict[str, object] = {key: {"value": value, "source": source} for key, value, source in _rows(settings)}
    return {**rows, "findings": finding_documents(settings.findings)}


def settings_text(settings: Settings, *, of_commit: bool = True) -> str:
    """A line a value, aligned, with its source behind it; `of_commit` is whether a commit was named."""
    rows = [(key, _shown(value), source) for key, value, source in _rows(settings)]
    key_width = max(len(key) for key, _, _ in rows)
    value_width = min(40, max(len(value) for _, value, _ in rows))
    lines = [f"{key:<{key_width}}  {value:<{value_width}}  # {source}" for key, value, source in rows]
    if not settings.sites:
        lines.append("# no sites: add a [sites.<id>] table to samebytes.toml to publish")
    if not of_commit:
        lines.append(
            "# a build takes select, build and pack from the samebytes.toml of its commit; name one to see them"
        )
    return "\n".join(lines)


def _rows(settings: Settings) -> Iterator[tuple[str, object, str]]:
    for table in ("select", "build", "pack", "promote"):
        yield from _table_rows(table, getattr(settings, table), settings.sources)
    for site in settings.sites:
        yield from _table_rows(f"sites.{site.id}", site, settings.sources)


def _table_rows(prefix: str, table: object, sources: Mapping[str, str]) -> Iterator[tuple[str, object, str]]:
    for field in fields(table):  # type: ignore[arg-type]  # only called with dataclass values
        key = f"{prefix}.{field.name}"
        if isinstance(table, Site) and key not in sources:
            continue
        yield key, _plain(getattr(table, field.name)), sources.get(key, "default")


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, CredentialName):
        return str(value or "")
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(_shown(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_shown(item)}" for key, item in value.items()) + "}"
    return str(value)
