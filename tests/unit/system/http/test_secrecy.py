"""A token shows nowhere: not in errors, their causes, recordings or representations, in no encoding."""

from __future__ import annotations

import base64
import json
import os
import pickle
import stat
import traceback
from pathlib import Path
from urllib.parse import quote

import pytest

from samebytes.errors import SamebytesError, SiteError
from samebytes.formats.redact import masker
from samebytes.model.secret import Secret
from samebytes.model.site import Site
from samebytes.system.content import BytesContent, CollectingSink
from samebytes.system.http.authorize import Authorization
from samebytes.system.http.base import AmbiguousError, Request, Response, Transport
from samebytes.system.http.recording import Recording
from samebytes.system.http.redact import Redact
from samebytes.system.http.stack import site_transport
from tests.unit.system.http.hostile_server import HostileServer, answering, ok
from tests.unit.system.http.scripted import Scripted, Step, answer, get, pauses

_TOKEN = "geheim+/=&é-42"
_BYTES = _TOKEN.encode()
_FORMS = (
    _TOKEN,
    quote(_TOKEN, safe=""),
    quote(_TOKEN, safe="").lower(),
    _BYTES.hex(),
    _BYTES.hex().upper(),
    base64.b64encode(_BYTES).decode(),
    base64.urlsafe_b64encode(_BYTES).decode(),
    base64.b64encode(b"user:" + _BYTES).decode(),
)
_MASK = masker([_TOKEN])
_AUTHORIZATION = Authorization.basic("user", Secret(_TOKEN))


def _is_silent(text: str) -> bool:
    return not any(form in text for form in _FORMS)


def _everything(error: BaseException) -> str:
    """All that anybody can read in an error: its texts, those of its causes, and the traceback."""
    texts: list[str] = []
    link: BaseException | None = error
    while link is not None:
        texts += [str(link), repr(link), repr(link.args)]
        if isinstance(link, SamebytesError):
            texts += [link.hint, str(dict(link.details))]
        link = link.__cause__ or link.__context__
    return "\n".join((*texts, *traceback.format_exception(error)))


def _raised_by(transport: Transport, request: Request) -> SamebytesError:
    with pytest.raises(SamebytesError) as caught:
        transport.send(request)
    return caught.value


def _chained() -> AmbiguousError:
    error = AmbiguousError("SB-5121", f"said {_TOKEN}", hint=f"use {_BYTES.hex()}", details={"a": _FORMS[5]})
    error.__cause__ = ValueError(_TOKEN)
    return error


def test_an_error_that_shows_it_is_masked() -> None:
    """The error keeps its class and code, and loses the secret in text, hint, details and causes"""
    error = _raised_by(Redact(Scripted([_chained()]), _MASK), get())
    assert (type(error), error.code, error.summary) == (AmbiguousError, "SB-5121", "said ***")
    assert (error.hint, dict(error.details)) == ("use ***", {"a": "***"})
    assert _is_silent(_everything(error))


def test_a_cause_that_shows_it_is_left_out() -> None:
    """An error that is clean itself comes without the cause that is not"""
    failure = SiteError("SB-5001", "clean")
    failure.__context__ = ValueError(repr(_BYTES.hex()))
    error = _raised_by(Redact(Scripted([failure]), _MASK), get())
    assert (str(error), error.__context__) == ("SB-5001: clean", None)


def test_a_clean_error_comes_as_it_is() -> None:
    """With its cause, which helps whoever looks for the reason"""
    failure = SiteError("SB-5001", "clean")
    failure.__cause__ = failure.__context__ = ValueError("why")
    assert _raised_by(Redact(Scripted([failure]), _MASK), get()) is failure


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(_chained(), id="failure"),
        pytest.param(answer(200, " ".join(_FORMS).encode(), set_cookie="a=geheim+", x=_TOKEN), id="echo"),
        pytest.param(answer(302, b"\xff", url=f"https://forge.test/{_FORMS[1]}"), id="redirected"),
        pytest.param(answer(500, b"x" * 100_000), id="large"),
    ],
)
def test_a_recording_does_not_show_it(tmp_path: Path, step: Step) -> None:
    """Whatever is sent, echoed or raised, the file has none of it, and is for its owner only"""
    folder = tmp_path / "made" / "here"
    transport = Recording(Scripted([step]), str(folder), _MASK)
    request = Request(
        method="PUT",
        url=f"https://forge.test/p?t={_FORMS[1]}",
        headers={"authorization": _AUTHORIZATION.value.reveal(), "x-a": _TOKEN},
        body=BytesContent(_BYTES),
    )
    try:
        transport.send(request)
    except AmbiguousError:
        assert isinstance(step, Exception)
    (file,) = folder.iterdir()
    text = file.read_text(encoding="utf-8")
    assert _is_silent(text)
    assert "geheim" not in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_recording_says_what_happened(tmp_path: Path) -> None:
    """Request and response in order, bodies as text where they are short text, else by size and digest"""
    transport = Recording(
        Scripted([answer(200, b"{}", "https://forge.test/p?q=1", x="y"), answer(200, b"a")]), str(tmp_path), _MASK
    )
    transport.send(Request(method="PUT", url="https://forge.test/p?q=1", body=BytesContent(b"x" * 70_000)))
    transport.send(get(), CollectingSink(10, "it"))
    first, second = (json.loads(path.read_text()) for path in sorted(tmp_path.iterdir()))
    assert (first["request"]["path"], first["request"]["body_size"]) == ("/p?q=1", 70_000)
    assert first["response"] == {"status": 200, "headers": {"x": "y"}, "body": "{}"}
    assert second["response"]["body_size"] == 1
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["0001.json", "0002.json"]


def test_a_recording_leaves_out_new_secrets(tmp_path: Path) -> None:
    """What is stored as a secret of a repository is known to nobody yet, so it is left out unseen"""
    transport = Recording(Scripted([answer(201)]), str(tmp_path), _MASK)
    url = "https://forge.test/api/v1/repos/a/b/actions/secrets/NAME"
    transport.send(Request(method="PUT", url=url, body=BytesContent(b"brand new")))
    assert "brand new" not in (tmp_path / "0001.json").read_text()


def test_a_recording_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """Nobody should believe that there is one"""
    (tmp_path / "file").touch()
    transport = Recording(Scripted([answer(201)]), str(tmp_path / "file"), _MASK)
    with pytest.raises(SiteError) as caught:
        transport.send(get())
    assert caught.value.code == "SB-5132"


def _site(url: str) -> Site:
    return Site(id="a", kind="npm", url=url, concurrency=2, connect_timeout_s=5, request_timeout_s=20)


def _receives(server: HostileServer) -> bytes:
    return b"".join(server.requests)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        f"{_BYTES.hex()} {_FORMS[5]}\r\n\r\n".encode(),
        b"HTTP/1.1 200 OK\r\nx y: " + _FORMS[7].encode() + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n" + _FORMS[5].encode(),
        ok(b"", f"location: http://{_FORMS[1]}@x.test/", status="302 Go"),
        ok(b"", f"location: http://x.test:0/{_FORMS[1]}", status="302 Go"),
        ok(b"", "location: /", status="302 Go"),
    ],
)
def test_the_whole_stack_keeps_silent(tmp_path: Path, reply: bytes) -> None:
    """Against a server that echoes the token in every wrong way, errors and recordings are clean"""
    with HostileServer((answering(reply),)) as server:
        transport = site_transport(_site(server.url("")), _AUTHORIZATION, pauses(), recording=str(tmp_path))
        error = _raised_by(transport, Request(method="GET", url=server.url("/"), limit_bytes=1000))
        transport.close()
    assert b"authorization: Basic" in _receives(server)
    assert _is_silent(_everything(error))
    recorded = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert recorded
    assert _is_silent(recorded)


def test_the_stack_does_all_of_it(tmp_path: Path) -> None:
    """Who we are, the credential, another attempt, the redirect and the deadline in one request"""
    replies = [ok(b"", status="503 Later"), ok(b"", "location: /b", status="302 Go"), ok(b"2")]
    with HostileServer((answering(*replies),)) as server:
        transport = site_transport(_site(server.url("")), _AUTHORIZATION, pauses(), until_s=1000)
        found = transport.send(get(server.url("/a")))
        transport.close()
    assert (found.body, found.url) == (b"2", server.url("/b"))
    assert [request.split(b" ")[1] for request in server.requests] == [b"/a", b"/a", b"/b"]
    assert all(b"user-agent: samebytes/" in request for request in server.requests)
    assert all(b"authorization: Basic" in request for request in server.requests)
    assert list(tmp_path.iterdir()) == []


def test_the_stack_takes_another_real_one() -> None:
    """Tests put their own transport inside; without a credential nothing is added"""
    inner = Scripted([answer(200)])
    transport = site_transport(_site("https://forge.test"), None, pauses(), real=inner)
    assert transport.send(get()).status == 200
    transport.close()
    assert set(inner.requests[0].headers) == {"user-agent"}


def test_values_that_hold_it_do_not_show_it() -> None:
    """No representation, and no pickle, of what carries the secret"""
    assert _is_silent(f"{_AUTHORIZATION} {_AUTHORIZATION!r} {_AUTHORIZATION.secret}")
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(_AUTHORIZATION)
    assert os.environ.get(_TOKEN) is None


def test_the_limit_holds() -> None:
    """No more exchanges than the site's concurrency are under way at once"""
    import threading

    lock, at_once, most = threading.Lock(), 0, 0
    gate = threading.Barrier(2)

    class Counting:
        def send(self, request: Request, sink: object = None) -> Response:
            nonlocal at_once, most
            with lock:
                at_once += 1
                most = max(most, at_once)
            gate.wait(20)  # two are let in together, and never a third
            with lock:
                at_once -= 1
            return answer(200)

    transport = site_transport(_site("https://forge.test"), None, pauses(), real=Counting())
    threads = [threading.Thread(target=transport.send, args=(get(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2
