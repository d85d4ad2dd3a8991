"""A route table over the path as it was sent: `%2F` inside a part is not a separator, as in the servers' own router."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from starlette.responses import Response

from samebytes.testing.forge import answers
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.state import Forge

Handler = Callable[[Forge, Call], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method (or "*") and a pattern such as "/api/v1/repos/{owner}/{repo}/tags/{tag...}".

    `{name}` takes one part of the path, percent-decoded; a last `{name...}` takes all that is left, decoded;
    `@{name}` takes a part that begins with a literal "@".
    """

    method: str
    pattern: str
    handler: Handler

    def match(self, raw_path: str) -> Mapping[str, str] | None:
        """The parameters, or None where the path is another one."""
        wanted, given = self.pattern.split("/"), raw_path.split("/")
        if wanted[-1].endswith("...}"):
            rest = "/".join(given[len(wanted) - 1 :])
            given = [*given[: len(wanted) - 1], rest]
            if not rest:
                return None
        if len(wanted) != len(given):
            return None
        found: dict[str, str] = {}
        for want, part in zip(wanted, given, strict=True):
            if want.startswith("{") and part:
                found[want.strip("{}").removesuffix("...")] = unquote(part)
            elif want.startswith("@{") and part.startswith("@"):
                found[want[1:].strip("{}")] = unquote(part[1:])
            elif want != unquote(part):
                return None
        return found


def route(table: Sequence[Route], method: str, raw_path: str) -> tuple[Handler, Mapping[str, str]] | Response:
    """The first fitting handler and its parameters, or the router's own 404 or 405."""
    allowed: list[str] = []
    for entry in table:
        parameters = entry.match(raw_path)
        if parameters is None:
            continue
        if entry.method in {method, "*"}:
            return entry.handler, parameters
        allowed.append(entry.method)
    if not allowed:
        return answers.no_such_page(raw_path)
    return answers.method_not_allowed(allowed, raw_path)
