"""Which redirects are followed, and what goes with them."""

from __future__ import annotations

import pytest

from samebytes.errors import SiteError
from samebytes.model.secret import Secret
from samebytes.system.http.authorize import Authorization, Authorize
from samebytes.system.http.base import Request
from samebytes.system.http.httpx_transport import HttpxTransport
from samebytes.system.http.redirects import Redirects
from samebytes.system.http.urls import origin_of
from tests.unit.system.http.hostile_server import HostileServer, answering, ok
from tests.unit.system.http.scripted import Scripted, answer, get

_TOKEN = Authorization.token(Secret("geheim-1234"))


def test_follows_to_where_it_leads() -> None:
    """A relative location is resolved, the fragment dropped, and the answer says who gave it"""
    inner = Scripted([answer(302, location="../b#c"), lambda request: answer(200, url=request.url)])
    assert Redirects(inner).send(get("https://forge.test/a/x")).url == "https://forge.test/b"


def test_no_other_host_sees_the_credential() -> None:
    """Over real sockets: the header goes to the site, and not to where the site redirects"""
    with HostileServer((answering(ok(b"2")),)) as other:
        location = f"location: {other.url('/elsewhere')}"
        with HostileServer((answering(ok(b"", location, status="307 Go")),)) as site:
            real = HttpxTransport(connections=2, connect_timeout_s=5, request_timeout_s=20)
            transport = Redirects(Authorize(real, _TOKEN, site.url()))
            request = Request(method="GET", url=site.url(), headers={"authorization": "own", "cookie": "own", "x": "y"})
            assert transport.send(request).body == b"2"
            real.close()
    assert b"authorization: token geheim-1234" in site.requests[0]
    assert b"GET /elsewhere" in other.requests[0]
    assert b"x: y" in other.requests[0]
    assert b"own" not in other.requests[0]
    assert b"geheim" not in b"".join(other.requests)


@pytest.mark.parametrize(
    "url",
    ["http://forge.test/x", "https://forge.test:444/x", "https://git.forge.test/x", "https://forge.test.evil.test/"],
)
def test_only_the_same_scheme_host_and_port_get_the_credential(url: str) -> None:
    """Anything else than the origin gets nothing"""
    inner = Scripted([answer(200)])
    Authorize(inner, _TOKEN, "https://forge.test").send(get(url))
    assert "authorization" not in inner.requests[0].headers


@pytest.mark.parametrize("url", ["https://forge.test/x", "https://FORGE.test:443/x", "HTTPS://forge.test"])
def test_the_origin_gets_the_credential(url: str) -> None:
    """However its name is written"""
    inner = Scripted([answer(200)])
    Authorize(inner, _TOKEN, "https://forge.test/sub/path").send(get(url))
    assert inner.requests[0].headers["authorization"] == "token geheim-1234"


def test_a_site_without_an_origin_gets_no_credential() -> None:
    """Two URLs that are none are not equal"""
    inner = Scripted([answer(200)])
    Authorize(inner, _TOKEN, "").send(get("nothing"))
    assert "authorization" not in inner.requests[0].headers
    assert [origin_of(url) for url in ("http://[", "http://a:99999", "file:///x", "http://[::1]")] == [
        "",
        "",
        "",
        "http://[::1]:80",
    ]


@pytest.mark.parametrize(
    ("authorization", "value"),
    [
        (Authorization.bearer(Secret("t")), "Bearer t"),
        (Authorization.token(Secret("t")), "token t"),
        (Authorization.basic("usér", Secret("t")), "Basic dXPDqXI6dA=="),
    ],
)
def test_forms_of_the_header(authorization: Authorization, value: str) -> None:
    """Bearer, token and Basic; what is sent shows in no text of the value"""
    assert authorization.value.reveal() == value
    assert authorization.texts == ("t", value.partition(" ")[2])
    assert value not in repr(authorization)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_write_is_not_redirected(method: str) -> None:
    """It gets the 3xx as its answer"""
    inner = Scripted([answer(307, location="/b")])
    assert Redirects(inner).send(Request(method=method, url="https://forge.test/x")).status == 307
    assert len(inner.requests) == 1


@pytest.mark.parametrize(("status", "location"), [(304, "/b"), (302, ""), (200, "/b")])
def test_what_is_no_redirect_is_an_answer(status: int, location: str) -> None:
    """Other statuses, and a redirect to nowhere, are handed on"""
    assert Redirects(Scripted([answer(status, location=location)])).send(get()).status == status


def test_a_circle_ends() -> None:
    """The second visit is refused"""
    inner = Scripted([answer(302, location="/b"), answer(302, location="/x")])
    with pytest.raises(SiteError) as caught:
        Redirects(inner).send(get())
    assert (caught.value.code, len(inner.requests)) == ("SB-5129", 2)


def test_five_are_enough() -> None:
    """A server that always leads on is left"""
    inner = Scripted([lambda request: answer(302, url=request.url, location=request.url + "x")])
    with pytest.raises(SiteError) as caught:
        Redirects(inner).send(get())
    assert (caught.value.code, len(inner.requests)) == ("SB-5129", 6)


def test_no_step_down_to_http() -> None:
    """From https to http is refused, and no query shown"""
    inner = Scripted([answer(302, location="http://forge.test/x?token=geheim")])
    with pytest.raises(SiteError) as caught:
        Redirects(inner).send(get())
    assert caught.value.code == "SB-5128"
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "https://u:p@forge.test/", "http://[", "https://a\tb/ c"])
def test_no_other_kind_of_place(location: str) -> None:
    """A location that is no plain URL is not followed"""
    inner = Scripted([answer(302, location=location)])
    with pytest.raises(SiteError) as caught:
        Redirects(inner).send(get())
    assert (caught.value.code, len(inner.requests)) == ("SB-5124", 1)
