"""Write the reference pages that come from the code: errors, exit codes, configuration, command line.

`python tools/reference.py` writes them, with `--check` it says which are stale and exits 1.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import get_args

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from samebytes.cli.lazy_group import LazyGroup
from samebytes.cli.main import group
from samebytes.config.schema import ConfigFile
from samebytes.config.site_tables import SITE_TABLES
from samebytes.error_codes import MEANINGS
from samebytes.errors import ExitStatus

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
NOTE = "<!-- written by tools/reference.py; do not edit -->\n"

# Why each exit code is one of its own: what a script does differently when it sees it.
EXIT_REASONS: Mapping[ExitStatus, str] = {
    ExitStatus.DONE: "Done and proven, or already so, or held or partial as the policy allows. The output says which.",
    ExitStatus.UNEXPECTED: "An unexpected failure: a defect, or an operating system that said no. Report it.",
    ExitStatus.USAGE: "The command line is wrong. Nothing was read or written.",
    ExitStatus.CONFIG: "The configuration or the workspace is wrong, or the selection matched nothing. Fix the repository.",
    ExitStatus.BYTES_DIFFER: "Bytes, or a manifest that clients install from, differ. Never retry: find the cause with `samebytes explain`.",
    ExitStatus.EVIDENCE_MISSING: "Evidence was required and is not there; also `verify` of a partial release. Not a proof of anything.",
    ExitStatus.REFUSED: "A gate or a policy said no: a moved or re-sealed tag, an unknown revision, a step backwards. A person decides.",
    ExitStatus.SITE: "A site could not be read or written: permission, network, disk, unreadable state. Run again when it is back.",
    ExitStatus.BUILD: "A build, an install, a script or a CI run failed, or the lockfile is out of date. Read the log above.",
    ExitStatus.TIMED_OUT: "A time limit passed, or the lock was not obtained in time. Run again.",
    ExitStatus.INTERRUPTED: "The user or the system stopped the run. Run again: it goes on where it was.",
}
AREAS = {
    "1": "Command line and configuration",
    "2": "Workspace and selection",
    "3": "Git and build",
    "4": "Packing and formats",
    "5": "Sites and registries",
    "6": "Publishing and promotion",
    "7": "Evidence",
    "8": "Forges and CI",
    "9": "samebytes itself",
}


def errors_page() -> str:
    """Every error code with its exit code and meaning; each has an anchor of its own."""
    lines = [
        NOTE,
        "# Errors\n",
        "Each error has a code that never changes its meaning. `samebytes` prints it as `error[SB-1234]`,",
    ]
    lines += [
        "and `--json` carries it as `code`. The exit code comes with the error; see [exit codes](exit-codes.md).\n"
    ]
    for area, codes in groupby(sorted(MEANINGS), key=lambda code: code[3]):
        lines += [f"## {AREAS[area]}\n"]
        for code in codes:
            meaning = MEANINGS[code]
            lines += [f"### {code}\n", f"{meaning.sentence} Exit code {int(meaning.error.exit_status)}.\n"]
    return "\n".join(lines)


def exit_codes_page() -> str:
    """The table of exit codes, each with the reason why it is one of its own."""
    lines = [NOTE, "# Exit codes\n", "| code | name | meaning, and what to do |", "| --- | --- | --- |"]
    lines += [
        f"| {int(status)} | {status.name.lower().replace('_', ' ')} | {EXIT_REASONS[status]} |" for status in ExitStatus
    ]
    return "\n".join(lines) + "\n"


def configuration_page() -> str:
    """Every key of samebytes.toml with its default and meaning."""
    lines = [
        NOTE,
        "# Configuration\n",
        "`samebytes.toml` stands at the top of the repository. Every key is optional but those of a site.",
    ]
    lines += [
        "What decides bytes (`select`, `build`, `pack`) is read from the commit that is built; `sites` and `promote` from the checkout."
    ]
    lines += ["`samebytes config show` prints each effective value and where it came from.\n"]
    for name, field in ConfigFile.model_fields.items():
        if name != "sites":
            lines += _table(f"[{name}]", field.annotation)
    by_table: dict[type[BaseModel], list[str]] = {}
    for kind, site in SITE_TABLES.items():
        by_table.setdefault(site, []).append(kind)
    for table, kinds in by_table.items():
        lines += _table(f"[sites.<id>] of kind {' or '.join(kinds)}", table)
    return "\n".join(lines)


def _table(heading: str, table: object) -> list[str]:
    if not (isinstance(table, type) and issubclass(table, BaseModel)):
        message = f"{heading} is not a table"
        raise TypeError(message)
    lines = [f"## {heading}\n", f"{table.__doc__}\n", "| key | default | meaning |", "| --- | --- | --- |"]
    lines += [
        f"| `{key}` | {_default(inner)} | {inner.description}{_choices(inner)} |"
        for key, inner in table.model_fields.items()
    ]
    return [*lines, ""]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None:
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, tuple):
        return "`[" + ", ".join(f'"{item}"' for item in default) + "]`"
    return '`""`' if default == "" else f'`"{default}"`' if isinstance(default, str) else f"`{default}`"


def _choices(field: FieldInfo) -> str:
    choices = [choice for choice in get_args(field.annotation) if isinstance(choice, str)]
    return f" One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else ""


def command_line_page() -> str:
    """Every command's help, as the command prints it."""
    lines = [NOTE, "# Command line\n", "The help of each command, as it prints it.\n"]
    for path, command in _commands(group, ("samebytes",)):
        # Commands inherit the group's names of the help option, and click keeps those it was first asked with.
        names = group.context_settings["help_option_names"]
        context = click.Context(
            command, info_name=" ".join(path), max_content_width=110, terminal_width=110, help_option_names=names
        )
        lines += [f"## {' '.join(path)}\n", "```text", command.get_help(context).rstrip(), "```\n"]
    return "\n".join(lines)


def _commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        names = command.list_commands(context) if isinstance(command, LazyGroup) else sorted(command.commands)
        for name in names:
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _commands(inner, (*path, name))


PAGES: Mapping[str, Callable[[], str]] = {
    "errors.md": errors_page,
    "exit-codes.md": exit_codes_page,
    "configuration.md": configuration_page,
    "command-line.md": command_line_page,
}


def main() -> int:
    """Write the pages, or name the stale ones."""
    check = "--check" in sys.argv[1:]
    FOLDER.mkdir(parents=True, exist_ok=True)
    stale = []
    for name, page in PAGES.items():
        text = page()
        file = FOLDER / name
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            file.write_text(text, encoding="utf-8")
    sys.stdout.write("".join(f"{'stale' if check else 'wrote'} {name}\n" for name in stale))
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
