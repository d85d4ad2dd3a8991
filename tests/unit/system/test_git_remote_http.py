"""A git remote over HTTP, with git's own http-backend: credentials, broken answers, redirects."""

from __future__ import annotations

import base64
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from samebytes.errors import SiteError
from samebytes.model.secret import Secret
from samebytes.system.git_remote import GitCredential, GitRemote, Pushed, PushState
from samebytes.system.git_remote_push import create
from tests.git_remotes.http_server import Asked, GitServer, git_server
from tests.git_remotes.places import Watched, bare, git, refs, remote

A = "refs/samebytes/a"
# Has what URL-encoding and shells change.
TOKEN = "s3cr3t/+ &$(touch x)'\"\\%7E\u00e9"
FORMS = (TOKEN, quote(TOKEN, safe=""), quote(TOKEN), TOKEN.encode().hex())
BASE64 = tuple(base64.b64encode(text.encode()).decode().rstrip("=") for text in (TOKEN, f"samebytes:{TOKEN}"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The remote's repository, which lets itself be pushed to."""
    place = bare(tmp_path / "site" / "r.git")
    git(place, "config", "http.receivepack", "true")
    return place


@pytest.fixture
def server(tmp_path: Path, place: Path) -> Iterator[GitServer]:
    """The server, which asks for the token."""
    with git_server(tmp_path / "site", TOKEN) as server:
        yield server


def _at(server: GitServer, runner: Watched | None = None, token: str = TOKEN) -> GitRemote:
    credential = GitCredential(username="samebytes", token=Secret(token)) if token else None
    return remote(server.url("r.git"), runner, credential=credential)


def _push(at: GitRemote, text: bytes = b"1") -> Pushed:
    return at.push([create(A, at.write_blob(text))])[A]


def _leaks(text: str) -> list[str]:
    return [form for form in (*FORMS, *BASE64) if form in text]


def test_token_lets_us_in(server: GitServer, place: Path) -> None:
    """With the token, everything works as in a folder."""
    at = _at(server)
    pushed = _push(at)
    assert pushed.state is PushState.DONE
    assert refs(place) == {A: pushed.found}
    other = _at(server)
    assert other.observe("refs/samebytes/*") == other.list("refs/") == {A: pushed.found}
    assert other.read_blob(pushed.found, 1) == b"1"
    assert not (place / "x").exists()


def test_open_server_needs_no_token(tmp_path: Path, place: Path) -> None:
    """Where nobody asks, none is sent, whether we have one or not."""
    with git_server(tmp_path / "site") as server:
        assert _push(_at(server)).state is PushState.DONE
        assert list(_at(server, token="").list("refs/")) == [A]
    assert not any("authorization" in asked.headers for asked in server.asked)


@pytest.mark.parametrize(
    ("token", "says"), [("wrong", "does not accept the credential"), ("", "asks for a credential and none is")]
)
def test_wrong_and_missing_tokens_are_told_apart(server: GitServer, token: str, says: str) -> None:
    """Neither is tried twice, for servers lock accounts out; reading and pushing say the same."""
    runner = Watched()
    at = _at(server, runner, token)
    for use in (lambda: at.list("refs/"), lambda: at.observe("refs/samebytes/*"), lambda: _push(at)):
        runner.verbs.clear()
        with pytest.raises(SiteError, match=says) as raised:
            use()
        assert raised.value.code == "SB-5111"
        assert len(runner.verbs) == 1


def test_forbidden_push_is_definite(server: GitServer) -> None:
    """A token that may read only is told so at once."""
    server.before = lambda asked: "403" if "receive-pack" in asked.path else ""
    runner = Watched()
    with pytest.raises(SiteError, match="forbids") as raised:
        _push(_at(server, runner))
    assert raised.value.code == "SB-5112"
    assert runner.verbs == ["push"]


def test_missing_repository_is_said(server: GitServer) -> None:
    """The error says what was looked for."""
    server.before = lambda _: "404"
    with pytest.raises(SiteError, match=r"r\.git") as raised:
        _at(server).list("refs/")
    assert raised.value.code == "SB-5110"


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("word", ["500", "502", "429", "drop"])
def test_broken_answers_to_a_push_are_settled(server: GitServer, place: Path, moment: str, word: str) -> None:
    """The server fails before or after it has set the ref: the ref is set, and we say so."""
    left = [3 if moment == "before" else 1]

    def fail(asked: Asked) -> str:
        if asked.is_push and left[0]:
            left[0] -= 1
            return word
        return ""

    setattr(server, moment, fail)
    pushed = _push(_at(server))
    assert pushed.state is PushState.DONE
    assert refs(place) == {A: pushed.found}
    assert left == [0]


def test_push_that_arrives_after_we_gave_up(server: GitServer, place: Path) -> None:
    """A server that hangs is left after the time limit; that it acts in the end changes nothing any more."""
    go_on, hung = threading.Event(), list[Asked]()

    def hang(asked: Asked) -> str:
        if asked.is_push and not hung:
            hung.append(asked)
            go_on.wait(60)
        return ""

    server.before = hang
    credential = GitCredential(username="samebytes", token=Secret(TOKEN))
    at = remote(server.url("r.git"), credential=credential, timeout_s=2)
    pushed = _push(at)
    go_on.set()
    assert pushed.state is PushState.DONE
    assert len(hung) == 1
    assert _push(at, b"2") == Pushed(state=PushState.LOST, found=pushed.found)
    assert refs(place) == {A: pushed.found}


@pytest.mark.parametrize("word", ["503", "drop"])
def test_broken_answers_to_reading_are_asked_again(server: GitServer, word: str) -> None:
    """Three failures in a row, at any request of a fetch, are overcome."""
    _push(_at(server))
    for failing in ("/info/refs", "/git-upload-pack"):
        left = [3]

        def fail(asked: Asked, failing: str = failing, left: list[int] = left) -> str:
            if failing in asked.path and left[0]:
                left[0] -= 1
                return word
            return ""

        server.before = fail
        assert list(_at(server).observe("refs/samebytes/*")) == [A]
        assert left == [0]


def test_redirects_are_not_followed(tmp_path: Path, server: GitServer) -> None:
    """Another host gets neither the token nor our trust."""
    with git_server(tmp_path / "site", "other") as other:
        server.before = lambda _: f"to {other.url('r.git')}/info/refs?service=git-upload-pack"
        with pytest.raises(SiteError):
            _at(server).list("refs/")
    assert other.asked == []


def test_redirect_after_the_token_was_sent(tmp_path: Path, server: GitServer) -> None:
    """Nor does it once the first host has taken the token."""
    with git_server(tmp_path / "site", "other") as other:
        server.after = lambda asked: f"to {other.url('r.git')}{asked.path.removeprefix('/r.git')}"
        with pytest.raises(SiteError):
            _push(_at(server))
    assert other.asked == []


def _processes() -> Iterator[str]:
    """The arguments and environments of all processes but this one, as far as they can be seen."""
    for process in Path("/proc").iterdir():
        if process.name.isdecimal() and int(process.name) != os.getpid():
            for name in ("cmdline", "environ"):
                try:
                    yield (process / name).read_text(encoding="utf-8", errors="replace")
                except OSError:
                    continue


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only Linux shows the environments of processes")
def test_token_is_in_no_process_and_no_file(server: GitServer) -> None:
    """While git talks to the server, and afterwards, the token is nowhere to be found, in no form."""
    found: list[str] = []
    seen = Watched()
    at = _at(server, seen)
    folder = Path(at._git.scratch.path)

    def look(asked: Asked) -> str:
        texts = list(_processes())
        assert any("git-receive-pack" in text or "remote-http" in text or "git\0" in text for text in texts)
        found.extend(form for text in texts for form in _leaks(text))
        files = (path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file())
        found.extend(form for text in files for form in _leaks(text))
        return ""

    server.before = server.after = look
    _push(at)
    at.observe("refs/samebytes/*")
    assert len(server.asked) > 4
    assert any("authorization" in asked.headers for asked in server.asked)
    assert found == []
    shown = "".join(repr(command) for command in seen.commands)
    assert _leaks(shown) == []


def test_token_is_in_no_error(server: GitServer) -> None:
    """A server that sends the token back finds it masked in what we show, and so do refusals by a hook."""
    hook = server.root / "r.git" / "hooks" / "pre-receive"
    lines = "\n".join(("cat >&2 <<'END_OF_ALL'", *FORMS, *BASE64, "END_OF_ALL", "exit 1"))
    hook.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
    hook.chmod(0o755)
    with pytest.raises(SiteError) as raised:
        _push(_at(server))
    assert raised.value.details["stderr"].count("***") >= len(BASE64)
    assert _leaks("".join((str(raised.value), raised.value.hint, *raised.value.details.values()))) == []
    with pytest.raises(SiteError) as rejected:
        _at(server, token=f"{TOKEN}wrong").list("refs/")
    assert _leaks(f"{rejected.value} {rejected.value.hint} {dict(rejected.value.details)}") == []


def test_proxy_and_authority_are_used(server: GitServer, tmp_path: Path) -> None:
    """The proxy gets the request, with the whole URL; git is told the CA file, whatever it is called, and fails without it."""
    at = remote("http://site.example/r.git", proxy=server.url("")[:-1])
    server.before = lambda _: "404"
    with pytest.raises(SiteError):
        at.list("refs/")
    assert server.asked[0].path.startswith("http://site.example/r.git/info/refs")
    odd = tmp_path / 'no"ne\\.pem'
    at = remote(f"https://127.0.0.1:{server.port}/r.git", ca_file=str(odd))
    with pytest.raises(SiteError):
        at.list("refs/")
    assert git(tmp_path, "config", "--file", f"{at._git.scratch.path}/config", "http.sslCAInfo") == str(odd)
