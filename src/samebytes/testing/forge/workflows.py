"""Workflow files of a commit, and which of them a moved ref sets off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samebytes.errors import FormatError
from samebytes.formats.yaml_reader import parse_yaml
from samebytes.testing.forge.git_repository import GitRepository

_FOLDERS = (".gitea/workflows", ".github/workflows")
_SKIPPING = ("[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]")
_EXPRESSION = re.compile(r"\$\{\{\s*(\w+)\.(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as far as a server without runners tells about it."""

    name: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A workflow file; `document` is empty where it is no YAML mapping."""

    file: str
    folder: str
    document: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name, or the file's."""
        return str(self.document.get("name") or self.file)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Its jobs in order; a matrix counts as one."""
        found = self.document.get("jobs")
        return tuple(_job(key, job) for key, job in found.items()) if isinstance(found, dict) else ()

    def trigger(self, event: str) -> Mapping[str, Any] | None:
        """The settings of an event, empty for none; None where the event is not named."""
        on = self.document.get("on")
        match on:
            case str():
                return {} if on == event else None
            case list():
                return {} if event in on else None
            case dict() if event in on:
                return on[event] if isinstance(on[event], dict) else {}
            case _:
                return None

    def is_set_off_by(self, ref: str) -> bool:
        """Whether a push of this branch or tag begins a run; filters by path are taken as fitting."""
        trigger = self.trigger("push")
        if trigger is None:
            return False
        own, other = ("tags", "branches") if ref.startswith("refs/tags/") else ("branches", "tags")
        short = ref.split("/", 2)[2]
        if own in trigger:
            return _fits(_list(trigger[own]), short)
        if f"{own}-ignore" in trigger:
            return not _fits(_list(trigger[f"{own}-ignore"]), short)
        return other not in trigger and f"{other}-ignore" not in trigger

    def concurrency(self, context: Mapping[str, str]) -> tuple[str, bool] | None:
        """The group (with its expressions filled from `context`, unknown ones empty) and cancel-in-progress."""
        found = self.document.get("concurrency")
        group = found.get("group") if isinstance(found, dict) else found
        if not isinstance(group, str):
            return None
        filled = _EXPRESSION.sub(lambda match: context.get(match[2], ""), group)
        return filled, isinstance(found, dict) and found.get("cancel-in-progress") is True


def workflows_at(git: GitRepository, commit: str, *, is_forgejo: bool) -> list[Workflow]:
    """The workflows of a commit, from the first folder that it has."""
    for folder in (".forgejo/workflows", *_FOLDERS) if is_forgejo else _FOLDERS:
        files = [name for name in git.files(commit, folder) if name.endswith((".yml", ".yaml"))]
        if files:
            return [_read(git, commit, folder, file) for file in files]
    return []


def says_skip(message: str) -> bool:
    """Whether a commit's message suppresses runs of its push."""
    return any(word in message for word in _SKIPPING)


def _read(git: GitRepository, commit: str, folder: str, file: str) -> Workflow:
    try:
        document = parse_yaml(git.read(commit, f"{folder}/{file}") or b"", file)
    except FormatError:
        document = None
    return Workflow(file=file, folder=folder, document=document if isinstance(document, dict) else {})


def _job(key: str, job: Any) -> Job:
    settings = job if isinstance(job, dict) else {}
    return Job(name=str(settings.get("name") or key), labels=tuple(_list(settings.get("runs-on", []))))


def _list(value: Any) -> list[str]:
    return [str(entry) for entry in value] if isinstance(value, list) else [str(value)]


def _fits(patterns: list[str], name: str) -> bool:
    fits = False
    for pattern in patterns:
        if pattern.startswith("!"):
            fits = fits and not _glob(pattern[1:]).fullmatch(name)
        else:
            fits = fits or _glob(pattern).fullmatch(name) is not None
    return fits


def _glob(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*|\?)", pattern)
    wild = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(wild.get(part, re.escape(part)) for part in parts))
