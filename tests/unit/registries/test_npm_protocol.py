"""What an npm registry is sent, and what each answer leads to, request by request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from samebytes.dialects.registries import RegistryDialect, RegistryProduct, registry_dialect
from samebytes.errors import SiteError
from samebytes.model.install_fields import PROJECTED
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import ObservedPackage, UnreadablePackage
from samebytes.model.tarball import PackedMember
from samebytes.model.versions import Version
from samebytes.registries.forgejo import forgejo_registry
from samebytes.registries.gitea import gitea_registry
from samebytes.registries.npm_protocol import NpmParts, NpmRegistry
from samebytes.system.content import CollectingSink
from samebytes.system.http.base import AmbiguousError, Response
from tests.registries.doubles import CountingLease, Scripted, answer, no_pauses
from tests.registries.kinds import Package, upload

NAME = PackageName("@acme/wick")
ID = PackageId(NAME, Version("1.0.0"))
AT = "/npm/@acme%2Fwick"
TAGS = "/npm/-/package/@acme%2Fwick/dist-tags"
FILE = "/npm/@acme/wick/-/wick-1.0.0.tgz"
GITEA = registry_dialect(RegistryProduct.GITEA, "1.25.4")[0]
VERDACCIO = registry_dialect(RegistryProduct.VERDACCIO, "6.10.4")[0]
NPMJS = registry_dialect(RegistryProduct.NPMJS)[0]
OTHER = registry_dialect(RegistryProduct.OTHER)[0]
Script = dict[str, Sequence[Response | Exception]]
LOST = AmbiguousError("SB-5121", "no answer")


def registry(
    dialect: RegistryDialect, script: Mapping[str, Sequence[Response | Exception]], mask: Callable[[str], str] = str
) -> tuple[NpmRegistry, Scripted]:
    """A registry whose server answers by a script."""
    server = Scripted(script=script)
    parts = NpmParts(transport=server, pauses=no_pauses(), dialect=lambda: dialect, concurrency=2, mask=mask)
    return NpmRegistry("http://site.invalid/npm", parts), server


def shown(member: PackedMember, tarball: str = "", **tags: str) -> Response:
    """The packument with this one version."""
    dist = {"integrity": member.tarball.sha512.integrity, "tarball": tarball}
    manifest = {"name": NAME.text, "version": "1.0.0", "dist": dist}
    return found({"1.0.0": manifest}, tags)


def found(versions: Mapping[str, Any], tags: Mapping[str, str], **more: Any) -> Response:
    """A packument."""
    return answer(200, json.dumps({"name": NAME.text, "versions": versions, "dist-tags": tags, **more}).encode())


@pytest.fixture
def member(tmp_path: Path) -> PackedMember:
    """The member that all tests upload."""
    return Package(tmp_path / "built", NAME.text).version()


NO_PACKAGE = answer(404, b'{"error":""}')


def test_an_upload_is_one_request(member: PackedMember) -> None:
    """Without trouble an upload is one PUT, and nothing is read."""
    opened, server = registry(GITEA, {f"PUT {AT}": [answer(201)]})
    lease = CountingLease()
    upload(opened, member, lease=lease)
    assert server.asked() == [f"PUT {AT}"]
    assert server.sent[0].headers["content-type"] == "application/json"
    assert lease.entered == 1


@pytest.mark.parametrize("status", [409, 500, 502])
def test_a_loser_reads_and_is_done(member: PackedMember, status: int) -> None:
    """Whoever loses a race gets 409 or 500 (Gitea on PostgreSQL): the version is there, so nothing is sent again."""
    opened, server = registry(GITEA, {f"PUT {AT}": [answer(status)], f"GET {AT}": [shown(member)]})
    upload(opened, member)
    assert server.asked() == [f"PUT {AT}", f"GET {AT}"]


def test_a_failure_that_did_nothing_is_sent_again(member: PackedMember) -> None:
    """A 5xx or a lost answer before the server acted is followed by another attempt, each under the lease."""
    script: Script = {f"PUT {AT}": [answer(503), LOST, answer(201)], f"GET {AT}": [NO_PACKAGE]}
    opened, server = registry(GITEA, script)
    lease = CountingLease()
    upload(opened, member, lease=lease)
    assert server.asked().count(f"PUT {AT}") == lease.entered == 3


def test_a_server_that_always_fails_ends(member: PackedMember) -> None:
    """A 500 that stays is a site error after the allowed number of attempts."""
    opened, server = registry(GITEA, {f"PUT {AT}": [answer(500)], f"GET {AT}": [NO_PACKAGE]})
    with pytest.raises(SiteError) as caught:
        upload(opened, member)
    assert caught.value.code == "SB-5131"
    assert server.asked().count(f"PUT {AT}") == 5


def test_a_conflict_with_nothing_there_is_an_error(member: PackedMember) -> None:
    """A server that says `already there` and shows nothing is not believed, and asked again first."""
    opened, server = registry(GITEA, {f"PUT {AT}": [answer(409)], f"GET {AT}": [NO_PACKAGE]})
    with pytest.raises(SiteError) as caught:
        upload(opened, member)
    assert caught.value.code == "SB-5213"
    assert server.asked().count(f"PUT {AT}") == 5


def test_the_public_registrys_403_for_a_duplicate_is_read(member: PackedMember) -> None:
    """Where 403 may mean a duplicate, reading past the cache decides; with no such version it is missing rights."""
    fresh = f"GET {AT}?write=true"
    opened, server = registry(NPMJS, {f"PUT {AT}": [answer(403)], fresh: [shown(member)]})
    upload(opened, member)
    assert server.asked() == [f"PUT {AT}", fresh]
    opened, _ = registry(NPMJS, {f"PUT {AT}": [answer(403)], fresh: [NO_PACKAGE]})
    with pytest.raises(SiteError) as caught:
        upload(opened, member)
    assert caught.value.code == "SB-5211"


REFUSALS = {400: "SB-5212", 401: "SB-5211", 402: "SB-5211", 403: "SB-5211", 404: "SB-5218", 413: "SB-5214"}
REFUSALS |= {422: "SB-5212", 429: "SB-5219", 302: "SB-5219", 418: "SB-5219", 799: "SB-5219"}


@pytest.mark.parametrize("status", [status for status in REFUSALS if status < HTTPStatus.INTERNAL_SERVER_ERROR])
def test_a_refusal_is_told_by_its_status(member: PackedMember, status: int) -> None:
    """Each refusal has its code, the hint of this kind of server, and what the server says, masked and on one line."""
    said = json.dumps({"error": "no\nway\x1b[2J for s3cret"}).encode()
    opened, server = registry(GITEA, {f"PUT {AT}": [answer(status, said)]}, lambda text: text.replace("s3cret", "***"))
    with pytest.raises(SiteError) as caught:
        upload(opened, member)
    assert caught.value.code == REFUSALS[status]
    assert caught.value.hint == GITEA.hints.get(status, caught.value.hint)
    assert str(status) in caught.value.summary
    assert caught.value.details == {"server says": "no way?[2J for ***"}
    assert server.asked() == [f"PUT {AT}"]


@pytest.mark.parametrize("body", [b"plain", b'{"error":""}', b'["x"]', b"\xff\xfe", b"[" * 9000, b"x" * 100_000, b""])
def test_whatever_a_server_says_is_quoted_within_bounds(member: PackedMember, body: bytes) -> None:
    """No words of a server break the error or flood it."""
    opened, _ = registry(VERDACCIO, {f"PUT {AT}": [answer(400, body)]})
    with pytest.raises(SiteError) as caught:
        upload(opened, member)
    assert len(caught.value.details.get("server says", "")) <= 300


def test_a_dist_tag_is_a_json_string_and_confirmed(member: PackedMember) -> None:
    """Where races can leave a tag at several versions, the list is read after the move."""
    opened, server = registry(
        GITEA, {f"PUT {TAGS}/next": [answer(200)], f"GET {TAGS}": [answer(200, b'{"next":"1.0.0"}')]}
    )
    opened.set_tag(NAME, "next", "1.0.0", CountingLease())
    assert server.asked() == [f"PUT {TAGS}/next", f"GET {TAGS}"]
    assert server.sent[0].body == b'"1.0.0"'


def test_a_late_list_is_read_again() -> None:
    """A list that is stale for a moment is no error."""
    stale, right = answer(200, b"{}"), answer(200, b'{"next":"1.0.0"}')
    opened, server = registry(GITEA, {f"PUT {TAGS}/next": [answer(200)], f"GET {TAGS}": [stale, stale, right]})
    opened.set_tag(NAME, "next", "1.0.0", CountingLease())
    assert server.asked().count(f"PUT {TAGS}/next") == 1


def test_a_lost_move_is_settled_by_the_list() -> None:
    """A lost answer to a move is no second move when the list shows it."""
    opened, server = registry(
        VERDACCIO, {f"PUT {TAGS}/next": [LOST], f"GET {TAGS}": [answer(200, b'{"next":"1.0.0"}')]}
    )
    opened.set_tag(NAME, "next", "1.0.0", CountingLease())
    assert server.asked() == [f"PUT {TAGS}/next", f"GET {TAGS}"]


@pytest.mark.parametrize("dist_tag", ["", "1.0", "v1", "a b", "next/1"])
def test_a_refused_tag_is_not_sent(dist_tag: str) -> None:
    """What some server refuses is not sent to one that nobody knows."""
    opened, server = registry(OTHER, {})
    with pytest.raises(SiteError) as caught:
        opened.set_tag(NAME, dist_tag, "1.0.0", CountingLease())
    assert (caught.value.code, server.sent) == ("SB-5215", [])


def test_an_upload_under_a_refused_tag_is_not_sent(member: PackedMember) -> None:
    """It would leave the version without any tag (Gitea 1.25.4)."""
    opened, server = registry(GITEA, {})
    with pytest.raises(SiteError) as caught:
        upload(opened, member, dist_tag="next-1")
    assert (caught.value.code, server.sent) == ("SB-5215", [])


def test_a_conflict_without_a_tarball_is_an_error(member: PackedMember) -> None:
    """Where a lone tarball could be the reason and there is none, nothing is removed."""
    opened, server = registry(VERDACCIO, {f"PUT {AT}": [answer(409)], f"GET {AT}": [NO_PACKAGE]})
    with pytest.raises(SiteError) as caught:
        upload(opened, member)
    assert caught.value.code == "SB-5213"
    assert not any(one.method == "DELETE" for one in server.sent)


@pytest.mark.parametrize("open_registry", [gitea_registry, forgejo_registry])
def test_a_forges_registry_is_below_its_owner(
    open_registry: Callable[[str, str, NpmParts], NpmRegistry], member: PackedMember
) -> None:
    """Gitea and Forgejo keep an owner's packages at the same place."""
    server = Scripted(script={"GET /sub/api/packages/lanterns/npm/@acme%2Fwick": [shown(member)]})
    parts = NpmParts(transport=server, pauses=no_pauses(), dialect=lambda: GITEA, concurrency=2)
    seen = open_registry("http://site.invalid/sub", "lanterns", parts).observe([NAME])[NAME]
    assert isinstance(seen, ObservedPackage)
    assert set(seen.versions) == {"1.0.0"}


def test_a_failing_removal_of_a_tag_is_an_error() -> None:
    """Missing rights are not taken for `not there`."""
    opened, _ = registry(GITEA, {f"DELETE {TAGS}/next": [answer(401)]})
    with pytest.raises(SiteError) as caught:
        opened.delete_tag(NAME, "next", CountingLease())
    assert caught.value.code == "SB-5211"


def test_an_absent_latest_need_not_go() -> None:
    """Where `latest` cannot be removed, one that is not there is fine."""
    opened, server = registry(VERDACCIO, {f"GET {TAGS}": [answer(404, b"{}")]})
    opened.delete_tag(NAME, "latest", CountingLease())
    assert server.asked() == [f"GET {TAGS}"]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answer(401), "SB-5211"),
        (answer(404, b"404 page not found"), "SB-5218"),
        (answer(404, b'{"error":"' + b"x" * 5000 + b'"}'), "SB-5218"),
        (answer(200, b"<html>"), "SB-5130"),
        (answer(503), "SB-5219"),
        (LOST, "SB-5121"),
    ],
    ids=["401", "404 page", "404 flood", "no JSON", "503", "no answer"],
)
def test_a_failure_to_read_is_a_value(reply: Response | Exception, code: str) -> None:
    """Observing never raises for what a server does; the reason comes with the package."""
    opened, _ = registry(GITEA, {f"GET {AT}": [reply]})
    seen = opened.observe([NAME])[NAME]
    assert isinstance(seen, UnreadablePackage)
    assert seen.code == code


def test_any_404_is_nothing_where_the_kind_is_unknown() -> None:
    """An unknown registry may say `nothing there` in any form."""
    opened, _ = registry(OTHER, {f"GET {AT}": [answer(404, b"nope")]})
    assert isinstance(opened.observe([NAME])[NAME], ObservedPackage)


def test_abbreviated_where_it_tells_all_that_is_compared(member: PackedMember) -> None:
    """The abbreviated packument is asked for only where it has every field that is compared."""
    for fields, wanted in ((PROJECTED, "install-v1"), (PROJECTED - {"libc"}, "application/json")):
        opened, server = registry(replace(NPMJS, abbreviated_fields=fields), {f"GET {AT}": [shown(member)]})
        opened.observe([NAME])
        assert wanted in server.sent[0].headers["accept"]
        assert ("install-v1" in server.sent[0].headers["accept"]) == (fields == PROJECTED)


def read(opened: NpmRegistry) -> bytes | None:
    """The tarball."""
    sink = CollectingSink(1000, "a tarball")
    return sink.data if opened.read_tarball(ID, sink) else None


def test_a_tarball_is_one_request() -> None:
    """Npm's own path answers everywhere; the packument is not read."""
    opened, server = registry(GITEA, {f"GET {FILE}": [answer(200, b"bytes")]})
    assert (read(opened), server.asked()) == (b"bytes", [f"GET {FILE}"])


def test_a_tarball_elsewhere_is_found_by_the_packument(member: PackedMember) -> None:
    """Where npm's path is not served, the packument's address is; our part adds no login to it."""
    script = {f"GET {AT}": [shown(member, "http://elsewhere.invalid/t.tgz")], "GET /t.tgz": [answer(200, b"bytes")]}
    opened, server = registry(VERDACCIO, script)
    assert read(opened) == b"bytes"
    assert server.asked() == [f"GET {FILE}", f"GET {AT}", "GET /t.tgz"]
    assert "authorization" not in server.sent[-1].headers


@pytest.mark.parametrize(
    "url", ["file:///etc/hosts", "http://user:pw@elsewhere.invalid/t", "//elsewhere/t", "http://a b/"]
)
def test_a_tarball_at_a_strange_address_is_not_asked_for(member: PackedMember, url: str) -> None:
    """Only plain http and https addresses are followed, and the error shows no login."""
    opened, server = registry(VERDACCIO, {f"GET {AT}": [shown(member, url)]})
    with pytest.raises(SiteError) as caught:
        read(opened)
    assert (caught.value.code, "pw" in str(caught.value)) == ("SB-5124", False)
    assert len(server.sent) == 2


def test_a_tarball_that_is_nowhere_is_none(member: PackedMember) -> None:
    """No version, no address or the same address again: there is no tarball."""
    for packument in (NO_PACKAGE, shown(member), shown(member, f"http://site.invalid{FILE}")):
        opened, server = registry(VERDACCIO, {f"GET {AT}": [packument]})
        assert read(opened) is None
        assert server.asked() == [f"GET {FILE}", f"GET {AT}"]


def test_a_tarball_without_rights_is_an_error() -> None:
    """Missing rights are not taken for a missing tarball."""
    opened, _ = registry(GITEA, {f"GET {FILE}": [answer(401)]})
    with pytest.raises(SiteError) as caught:
        read(opened)
    assert caught.value.code == "SB-5211"


def test_unpublishing_sends_the_packument_without_the_version() -> None:
    """Npm's way: the packument at its revision without version and tags, `latest` at what is left, then the tarball."""
    versions = {
        text: {"name": NAME.text, "version": text, "dist": {"shasum": "0"}}
        for text in ("0.9.0", "1.0.0", "0.10.0", "x")
    }
    before = found(versions, {"latest": "1.0.0", "next": "1.0.0"}, _rev="7-a", _attachments={}, readme="hello")
    after = found({"0.9.0": versions["0.9.0"]}, {}, _rev="8-b")
    script = {
        f"GET {AT}": [before, after],
        f"PUT {AT}/-rev/7-a": [answer(201)],
        f"DELETE {AT}/-/wick-1.0.0.tgz/-rev/8-b": [answer(201)],
    }
    opened, server = registry(VERDACCIO, script)
    lease = CountingLease()
    opened.delete_version(ID, lease)
    assert server.asked() == [f"GET {AT}", f"PUT {AT}/-rev/7-a", f"GET {AT}", f"DELETE {AT}/-/wick-1.0.0.tgz/-rev/8-b"]
    sent = json.loads(server.sent[1].body)
    assert (set(sent["versions"]), sent["dist-tags"]) == ({"0.9.0", "0.10.0", "x"}, {"latest": "0.10.0"})
    assert (sent["readme"], "_attachments" in sent, lease.entered) == ("hello", False, 2)


def test_a_package_that_nobody_knows_needs_no_removal() -> None:
    """Nothing is written for a version that is not there."""
    for packument in (NO_PACKAGE, found({}, {})):
        opened, server = registry(VERDACCIO, {f"GET {AT}": [packument]})
        opened.delete_version(ID, CountingLease())
        assert server.asked() == [f"GET {AT}"]


def test_deprecating_what_is_not_there_is_an_error() -> None:
    """No packument is sent back for a package or version that is not there."""
    for packument in (NO_PACKAGE, found({}, {})):
        opened, server = registry(VERDACCIO, {f"GET {AT}": [packument]})
        with pytest.raises(SiteError) as caught:
            opened.deprecate(ID, "use glow", CountingLease())
        assert (caught.value.code, server.asked()) == ("SB-5002", [f"GET {AT}"])


def test_a_lost_deprecation_is_settled_by_reading(member: PackedMember) -> None:
    """The message that is served decides."""
    manifest = {"name": NAME.text, "version": "1.0.0", "dist": {"shasum": "0"}}
    script: Script = {
        f"GET {AT}": [found({"1.0.0": manifest}, {}), found({"1.0.0": {**manifest, "deprecated": "use glow"}}, {})],
        f"PUT {AT}": [LOST],
    }
    opened, server = registry(VERDACCIO, script)
    opened.deprecate(ID, "use glow", CountingLease())
    assert server.asked() == [f"GET {AT}", f"PUT {AT}", f"GET {AT}"]


def test_a_tag_that_both_views_agree_about_is_undisputed(member: PackedMember) -> None:
    """Only tags that packument and list show differently are named."""
    script = {f"GET {AT}": [shown(member, latest="1.0.0")], f"GET {TAGS}": [answer(200, b'{"latest":"1.0.0"}')]}
    opened, _ = registry(GITEA, script)
    assert opened.disputed_tags([NAME]) == {}
    assert dict(opened.dist_tags(NAME)) == {"latest": "1.0.0"}
