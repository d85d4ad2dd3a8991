"""Secrets and variables where answers are lost, routes are missing, or somebody else writes too."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import pytest

from samebytes.errors import SiteError
from samebytes.model.secret import Secret
from samebytes.system.http.base import AmbiguousError
from tests.forges.served import OpenLease
from tests.unit.forges.scripted import REPO, Scripted, answer, opened

SECRET, VARIABLE = f"{REPO}/actions/secrets/TOKEN", f"{REPO}/actions/variables/URL"
LOST = AmbiguousError("SB-5121", "no answer")


def test_a_secret_whose_answer_is_lost_is_set_again() -> None:
    """Nobody can look at a secret, and setting it twice does nothing."""
    transport = Scripted()
    transport.on(f"PUT {SECRET}", LOST, answer(500), answer(204))
    opened(transport).secrets.put("token", Secret("tuppence"), OpenLease())
    assert transport.bodies[-1] == b'{"data": "tuppence"}'
    assert sum(call.startswith("PUT") for call in transport.calls) == 3


def test_a_secret_shows_in_no_error() -> None:
    """Neither the message nor the traceback with the request holds it."""
    transport = Scripted()
    transport.on(f"PUT {SECRET}", answer(403, {"message": "user should be the owner of the repo"}))
    with pytest.raises(SiteError) as caught:
        opened(transport).secrets.put("token", Secret("tuppence"), OpenLease())
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "tuppence" not in shown.replace("Secret('tuppence')", "").replace('Secret("tuppence")', "")
    assert "tuppence" not in repr(transport.requests[-1])


def test_a_missing_repository_is_told() -> None:
    """404 for a secret or a variable may be about the whole repository."""
    transport = Scripted()
    forge = opened(transport)
    transport.on(f"GET {REPO}", answer(404))
    writes: list[Callable[[], None]] = [
        lambda: forge.secrets.put("token", Secret("x"), OpenLease()),
        lambda: forge.secrets.delete("token", OpenLease()),
        lambda: forge.variables.delete("url", OpenLease()),
    ]
    for write in writes:
        with pytest.raises(SiteError) as caught:
            write()
        assert caught.value.code == "SB-8002"


def test_a_lost_removal_is_looked_up() -> None:
    """After a lost answer the list of names, or the variable itself, decides."""
    transport = Scripted()
    transport.on(f"DELETE {SECRET}", LOST)
    transport.on(f"GET {REPO}/actions/secrets", answer(200, [{"name": "OTHER"}]))
    transport.on(f"DELETE {VARIABLE}", LOST)
    forge = opened(transport)
    forge.secrets.delete("token", OpenLease())
    forge.variables.delete("url", OpenLease())
    assert sum(call.startswith("DELETE") for call in transport.calls) == 2


@pytest.mark.parametrize("raced", [409, 404])
def test_a_variable_that_somebody_else_makes_or_removes_meanwhile(raced: int) -> None:
    """409 for the POST, or 404 for the PUT: looked at again, then written the other way."""
    transport = Scripted()
    there, absent = answer(200, {"name": "URL", "data": "old"}), answer(404)
    done = answer(200, {"name": "URL", "data": "new"})
    first, second = (absent, there) if raced == 409 else (there, absent)
    transport.on(f"GET {VARIABLE}", first, second, second, second, done)
    wrong, right = ("POST", "PUT") if raced == 409 else ("PUT", "POST")
    transport.on(f"{wrong} {VARIABLE}", answer(raced))
    transport.on(f"{right} {VARIABLE}", answer(204))
    opened(transport).variables.put("url", "new", OpenLease())
    assert f"{right} {VARIABLE}" in transport.calls


def test_a_variable_whose_answer_is_lost_is_read() -> None:
    """The value decides whether it was set."""
    transport = Scripted()
    transport.on(f"GET {VARIABLE}", answer(404), answer(200, {"name": "URL", "data": "new"}))
    transport.on(f"POST {VARIABLE}", LOST)
    opened(transport).variables.put("url", "new", OpenLease())
    assert sum(call.startswith("POST") for call in transport.calls) == 1


@pytest.mark.parametrize("status", [401, 403, 500])
def test_what_may_not_be_read_is_an_error(status: int) -> None:
    """No right to look is not `none`."""
    transport = Scripted()
    for path in (f"{REPO}/actions/secrets", f"{REPO}/actions/variables", VARIABLE):
        transport.on(f"GET {path}", answer(status))
    forge = opened(transport)
    for read in (forge.secrets.names, forge.variables.names, lambda: forge.variables.get("URL")):
        with pytest.raises(SiteError):
            read()


def test_versions_without_the_api_are_told() -> None:
    """Gitea 1.21 has secrets and no variables."""
    forge = opened(Scripted(), version={"version": "1.21.11"})
    with pytest.raises(SiteError) as caught:
        forge.variables.names()
    assert caught.value.code == "SB-8031"
