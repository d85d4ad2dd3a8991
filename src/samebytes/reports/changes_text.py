"""What `explain` found, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence

from samebytes.model.change import Change
from samebytes.reports.columns import plural
from samebytes.reports.visible import one_line


def changes_text(changes: Sequence[Change], left: str, right: str) -> str:
    """A block a package, a paragraph a difference; `-` is the left side, `+` the right one."""
    if not changes:
        return f"no difference: {left} and {right} are the same bytes"
    lines = [f"- {left}", f"+ {right}"]
    for package in dict.fromkeys(change.package for change in changes):
        lines += ["", one_line(package)]
        for change in changes:
            if change.package == package:
                lines += _paragraph(change)
    layers = ", ".join(dict.fromkeys(change.layer.value for change in changes))
    return "\n".join([*lines, "", f"{plural(len(changes), 'difference')}: {layers}"])


def _paragraph(change: Change) -> list[str]:
    lines = [f"  {change.layer.value}: {one_line(change.path)}" if change.path else f"  {change.layer.value}"]
    lines += [f"    - {one_line(change.left)}", f"    + {one_line(change.right)}"]
    lines += [f"    {one_line(line)}" for line in change.context.split("\n") if change.context]
    lines += [f"    cause: {change.cause}"] if change.cause else []
    return lines


def changes_document(changes: Sequence[Change], left: str, right: str) -> dict[str, object]:
    """The same as JSON."""
    return {
        "left": left,
        "right": right,
        "same": not changes,
        "changes": [
            {
                "layer": change.layer.value,
                "package": change.package,
                "path": change.path,
                "left": change.left,
                "right": change.right,
                "context": change.context,
                "cause": change.cause,
            }
            for change in changes
        ],
    }
