"""What a server is, and what one may do there, from answers of every kind."""

from __future__ import annotations

import pytest

from samebytes.dialects.forges import Product
from samebytes.errors import SiteError
from samebytes.forges.recognise import recognise
from samebytes.system.http.base import AmbiguousError
from tests.unit.forges.scripted import REPO, ROOT, Scripted, answer, opened


def test_forgejo_is_known_by_its_own_endpoint() -> None:
    """It also answers Gitea's, with a Gitea version in it."""
    transport = Scripted()
    transport.on("GET /api/forgejo/v1/version", answer(200, {"version": "11.0.1+gitea-1.22.0"}))
    found = recognise(transport, ROOT, "forgejo")
    assert (found.product, found.dialect.since, found.notes) == (Product.FORGEJO, "11", ())


@pytest.mark.parametrize("page", [answer(404, b"Not found.\n"), answer(200, b"<html>"), answer(200, {"other": 1})])
def test_gitea_is_known_by_not_having_it(page: object) -> None:
    """404 there, or a page that says something else."""
    transport = Scripted()
    transport.answers["GET /api/forgejo/v1/version"] = [page]  # type: ignore[list-item]
    transport.on("GET /api/v1/version", answer(200, {"version": "1.25.4"}))
    found = recognise(transport, ROOT, "forgejo")
    assert found.product is Product.GITEA
    assert found.notes == ('the site is of kind "forgejo", the server is Gitea: treated as that',)


def test_an_unknown_newer_version_is_the_newest_known_with_a_note() -> None:
    """29.0 is treated as 28, and it is said."""
    transport = Scripted()
    transport.on("GET /api/v1/version", answer(200, {"version": "29.0.0"}))
    found = recognise(transport, ROOT)
    assert found.dialect.since == "28"
    assert found.notes == ("Gitea 29.0.0 is newer than the newest known: treated as 28",)


@pytest.mark.parametrize("page", [answer(404), answer(200, b"<html>"), answer(200, {"version": ""}), answer(200, [1])])
def test_what_is_neither_is_refused_with_a_hint(page: object) -> None:
    """A registry, a web page, GitLab: the hint tells about the address and about kind npm."""
    transport = Scripted()
    transport.answers["GET /api/v1/version"] = [page]  # type: ignore[list-item]
    with pytest.raises(SiteError) as caught:
        recognise(transport, ROOT)
    assert caught.value.code == "SB-8001"
    assert 'kind = "npm"' in caught.value.hint


@pytest.mark.parametrize(("status", "code"), [(401, "SB-8003"), (403, "SB-8003"), (502, "SB-8005")])
def test_a_server_that_does_not_talk_to_us_is_not_taken_for_another(status: int, code: str) -> None:
    """A refusal or a failure says nothing about the product."""
    transport = Scripted()
    transport.on("GET /api/forgejo/v1/version", answer(status))
    with pytest.raises(SiteError) as caught:
        recognise(transport, ROOT)
    assert caught.value.code == code


def test_a_server_is_asked_once_and_only_when_needed() -> None:
    """Opening asks nothing, releases never do, two questions are one."""
    transport = Scripted()
    forge = opened(transport)
    assert forge.releases.assets("v1") is None
    assert not any("version" in call for call in transport.calls)
    forge.recognition.dialect()
    forge.recognition.dialect()
    assert transport.calls.count("GET /api/v1/version") == 1


def test_a_server_that_was_not_reached_is_asked_again() -> None:
    """A failure is not remembered."""
    transport = Scripted()
    forge = opened(transport)
    transport.on("GET /api/v1/version", AmbiguousError("SB-5121", "no answer"), answer(200, {"version": "1.25.4"}))
    with pytest.raises(AmbiguousError):
        forge.recognition.recognised()
    assert forge.recognition.recognised().version == "1.25.4"


@pytest.mark.parametrize(
    ("team", "expected"),
    [
        ({"permission": "write", "units_map": {"repo.packages": "write"}}, True),
        ({"permission": "owner", "units_map": {}}, True),
        ({"permission": "write", "units_map": {"repo.packages": "read"}}, False),
        ({"permission": "write", "units_map": {"repo.packages": "write"}, "organization": {"name": "other"}}, False),
    ],
)
def test_teams_tell_whether_packages_may_be_written(team: dict[str, object], *, expected: bool) -> None:
    """With read:organization the team's units are visible."""
    transport = Scripted()
    forge = opened(transport)
    transport.on("GET /api/v1/user", answer(200, {"login": "bot", "is_admin": False}))
    transport.on("GET /api/v1/packages/lanterns", answer(200, []))
    transport.on("GET /api/v1/user/teams", answer(200, [{"organization": {"username": "Lanterns"}, **team}]))
    assert forge.rights("lanterns").writes_packages is expected


def test_scopes_are_told_by_newer_versions() -> None:
    """Gitea 1.27 introspects the token."""
    transport = Scripted()
    forge = opened(transport)
    transport.on("GET /api/v1/token", answer(200, {"scopes": ["write:package", "write:repository"]}))
    assert forge.rights("lanterns").scopes == ("write:package", "write:repository")


def test_an_unclear_answer_about_rights_is_an_error() -> None:
    """500 is neither yes nor no."""
    transport = Scripted()
    forge = opened(transport)
    transport.on(f"GET {REPO}", answer(500))
    with pytest.raises(SiteError) as caught:
        forge.rights("lanterns")
    assert caught.value.code == "SB-8005"
