"""A transport that answers from a list, and remembers what it was asked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from samebytes.forges.gitea import GiteaForge, open_gitea
from samebytes.model.transfer import Sink
from samebytes.system.http.base import Request, Response
from samebytes.system.http.pauses import Pauses
from samebytes.system.randomness import SystemRandomness
from tests.directory_site.fake_clock import FakeClock

ROOT = "http://forge.invalid/git"
VERSION_1_25 = {"version": "1.25.4"}


@dataclass
class Scripted:
    """Answers of a path (below the root, without query) in turn, the last one again and again; 404 for the rest."""

    answers: dict[str, list[Response | Exception]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list, repr=False)

    def on(self, call: str, *answers: Response | Exception) -> None:
        """What `METHOD path` gets."""
        self.answers[call] = list(answers)

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """The next answer; a sink gets the body of a 2xx in two pieces."""
        self.requests.append(request)
        self.bodies.append(b"".join(request.body.chunks()) if request.body else b"")
        path = request.url.removeprefix(ROOT).partition("?")[0]
        waiting = self.answers.get(f"{request.method} {path}", [answer(404)])
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(found, Exception):
            raise found
        if sink is not None and found.is_success:
            sink.restart()
            half = len(found.body) // 2
            sink.write(found.body[:half])
            sink.write(found.body[half:])
        return found

    @property
    def calls(self) -> list[str]:
        """`METHOD path` of every request."""
        return [f"{request.method} {request.url.removeprefix(ROOT)}" for request in self.requests]


def answer(status: int, body: object = None) -> Response:
    """An answer: bytes as they are, anything else as JSON."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return Response(status=status, headers={}, body=data, url=ROOT)


def opened(transport: Scripted, *, version: object = VERSION_1_25, forgejo: bool = False) -> GiteaForge:
    """A client of the repository `lanterns/lamps` at a server of this version, whose repository is there."""
    transport.answers.setdefault("GET /api/v1/repos/lanterns/lamps", [answer(200, {"id": 1})])
    transport.on("GET /api/forgejo/v1/version" if forgejo else "GET /api/v1/version", answer(200, version))
    pauses = Pauses(clock=FakeClock(), randomness=SystemRandomness())
    return open_gitea(transport, ROOT, "lanterns/lamps", pauses, "gitea")


REPO = "/api/v1/repos/lanterns/lamps"
UUID = "532d60d6-8717-4825-913f-e4c9eb6ce588"


def asset(id_: int, name: str = "a.txt", size: int = 4, **other: object) -> dict[str, object]:
    """An asset as Gitea 1.25.4 lists it; the last digits of its UUID are its id."""
    uuid = f"{UUID[:-4]}{id_:04d}"
    return {
        "id": id_,
        "name": name,
        "size": size,
        "download_count": 0,
        "created_at": "2026-11-23T11:03:07Z",
        "uuid": uuid,
        "browser_download_url": f"http://elsewhere.invalid/attachments/{uuid}",
        **other,
    }


def release(*assets: dict[str, object], draft: bool = False) -> dict[str, object]:
    """A release as Gitea 1.25.4 shows it."""
    return {
        "id": 36,
        "tag_name": "v1.0.0",
        "target_commitish": "",
        "name": "v1.0.0",
        "body": "b",
        "draft": draft,
        "prerelease": False,
        "published_at": "2026-11-23T11:02:59Z",
        "assets": list(assets),
    }
