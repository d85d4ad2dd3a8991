"""Probing servers: the stand-ins as recorded, a real Verdaccio, folders; what is told, and that nothing is left behind."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from samebytes.core.site_remote import with_repository
from samebytes.flows.open_probe import OpenProbe
from samebytes.flows.probe import MOST_PACKAGES, probe
from samebytes.flows.probe_write import Trial, prove
from samebytes.model.finding import Severity
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import ObservedPackage
from samebytes.model.probe import Question, SiteProbe
from samebytes.model.site import Site
from samebytes.model.transfer import Sink
from samebytes.model.versions import Version
from samebytes.registries.survey import RegistrySurvey
from samebytes.system.clock import SystemClock
from samebytes.system.http.base import AmbiguousError, Request, Response
from samebytes.system.http.httpx_transport import HttpxTransport
from samebytes.system.randomness import SystemRandomness
from samebytes.testing.forge import setup
from samebytes.testing.forge.npm_store import NpmStore
from samebytes.testing.forge.state import CODE, PACKAGES, RELEASES, Forge
from samebytes.wiring import Ports
from samebytes.wiring.probe import open_probe
from tests.clients.verdaccio import Verdaccio
from tests.contract.forge.under_test import StandIn
from tests.forge_fixtures import StartForge
from tests.forges.served import PRODUCTS
from tests.registries.kinds import Package, forge_kind, upload

TOKENS = setup.TOKENS
_ALL_UNITS = (CODE, RELEASES, PACKAGES)
NAME = PackageName("@lanterns/samebytes-probe")
BULB = PackageId(PackageName("@lanterns/bulb"), Version("1.0.0"))
NOTHING = Question(manifests={}, dist_tag="latest")


@dataclass
class Watched:
    """The real transport, and the requests that went over it, with the status of each answer."""

    seen: list[tuple[str, int]] = field(default_factory=list)

    def __call__(self, _site: Site) -> Watched:
        """The transport of any site."""
        return self

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send one, and remember it."""
        transport = HttpxTransport(connections=1, connect_timeout_s=5, request_timeout_s=30)
        try:
            answer = transport.send(request, sink)
        finally:
            transport.close()
        self.seen.append((request.method, answer.status))
        return answer


def ports(token: str, transport: Watched | None = None) -> Ports:
    """Real parts; the token is in the variable of the convention."""
    variables = {"SAMEBYTES_CORP_TOKEN": token, "PATH": "/usr/bin:/bin"} if token else {"PATH": "/usr/bin:/bin"}
    return Ports(
        clock=SystemClock(), randomness=SystemRandomness(), variables=variables, transport=transport or Watched()
    )


def site_at(running: StandIn, **changes: object) -> Site:
    """The site of the ready stand-in."""
    kind = "forgejo" if running.forge.product.is_forgejo else "gitea"
    site = Site(
        id="corp", kind=kind, url=running.base_url, owner=setup.OWNER, repository=f"{setup.OWNER}/{setup.REPOSITORY}"
    )
    return with_repository(replace(site, **changes), {})  # type: ignore[arg-type]


def probed(
    running: StandIn, token: str = TOKENS.publisher, question: Question = NOTHING, **changes: object
) -> SiteProbe:
    """What is said of it."""
    return probe(open_probe(site_at(running, **changes), ports(token)), question, lambda _: None)


def rules(said: SiteProbe) -> set[str]:
    """The rules of errors and warnings."""
    return {one.rule for one in said.findings if one.severity is not Severity.NOTE}


def trial(folder: Path, name: PackageName = NAME, token: str = "0123456789ab") -> Trial:
    """A trial with a token that begins with a zero."""
    return Trial(name=name, dist_tag="latest", token=token, folder=str(folder), holder="a test")


def refs(forge: Forge) -> str:
    """Every ref of the repository."""
    path = forge.storage.repository_path(setup.OWNER, setup.REPOSITORY)
    return subprocess.run(
        ["git", "-C", str(path), "for-each-ref"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_ready_forge_is_told_without_a_change(start_forge: StartForge, product: str) -> None:
    """Only GET is sent, and one dist-tag of a version that nobody has, which the server does not find."""
    running, watched = start_forge(product), Watched()
    before = refs(running.forge)
    said = probe(open_probe(site_at(running), ports(TOKENS.publisher, watched)), NOTHING, lambda _: None)
    assert rules(said) == set()
    assert (said.product, said.version) == (said.kind, running.forge.product.version)
    assert (said.user, said.limits["page size"]) == (setup.PUBLISHER, 50)
    assert {key: may for key, may in said.rights.items() if not may} == {"administer repository": False}
    assert [(method, status) for method, status in watched.seen if method != "GET"] == [("PUT", 404)]
    assert (list(NpmStore(running.forge, setup.OWNER).versions(NAME.text)), refs(running.forge)) == ([], before)


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize(
    ("token", "wanted"),
    [
        ("", {"credential-missing"}),
        ("0" * 40, {"credential-refused"}),
        (TOKENS.read_only, {"read-only-token"}),
        (TOKENS.stranger, {"outside-owner", "repository-read-only"}),
    ],
)
def test_each_credential_is_told_as_what_it_is(
    start_forge: StartForge, product: str, token: str, wanted: set[str]
) -> None:
    """Nobody, nobody known, a reader, a stranger."""
    assert rules(probed(start_forge(product), token)) == wanted


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_token_without_package_scope_is_told(start_forge: StartForge, product: str) -> None:
    """Even public packages are closed to it (servers.md, f)."""
    assert rules(probed(start_forge(product), TOKENS.no_package_scope)) == {"no-package-scope"}


def test_owners_repositories_and_kinds_that_are_not_there_are_told(start_forge: StartForge) -> None:
    """Each by its own rule."""
    running = start_forge("gitea-1.25")
    assert "owner-missing" in rules(probed(running, owner="nobody"))
    missing = rules(
        probed(running, repository=f"{setup.OWNER}/none", remote=f"{running.base_url}/{setup.OWNER}/none.git")
    )
    assert "repository-missing" in missing
    assert rules(probed(running, kind="forgejo")) == {"other-product"}
    assert rules(probed(running, url=f"{running.base_url}/nowhere")) == {"not-a-forge"}


def test_members_that_the_server_would_refuse_or_cut_are_told(start_forge: StartForge) -> None:
    """Repositories without the Packages unit and strangers' ones, dropped fields, a dist-tag that is refused."""
    running = start_forge("gitea-1.25")
    setup.add_repository(running.forge, setup.OWNER, "closed", units=(CODE, RELEASES))
    setup.add_repository(running.forge, setup.STRANGER, "foreign", units=_ALL_UNITS)
    links: Mapping[str, str] = {
        "closed": f"{setup.OWNER}/closed",
        "foreign": f"{setup.STRANGER}/foreign",
        "none": "a/none",
    }
    manifests = {
        PackageId(PackageName(f"@lanterns/{name}"), Version("1.0.0")): {
            "name": f"@lanterns/{name}",
            "version": "1.0.0",
            "os": ["linux"],
            "repository": f"{running.base_url}/{path}.git",
        }
        for name, path in links.items()
    }
    said = probed(running, question=Question(manifests=manifests, dist_tag="next-1"))
    assert rules(said) == {"link-packages-off", "link-foreign", "link-unseen", "field-dropped", "dist-tag-refused"}
    assert sum(one.rule == "field-dropped" for one in said.findings) == len(links)


def test_a_root_url_of_another_host_and_disputed_tags_are_told(start_forge: StartForge, tmp_path: Path) -> None:
    """Both are seen in what the server shows of a package that is there."""
    running = start_forge("gitea-1.25", postgres=True)
    kind = forge_kind("gitea-1.25", running)
    package = Package(tmp_path / "built", "@lanterns/bulb")
    for number in range(4):
        upload(kind.open(), package.version(f"1.{number}.0"), "latest")
    kind.close()
    with running.forge.storage.transaction():
        for version in NpmStore(running.forge, setup.OWNER).versions(package.name):
            row = f"{setup.OWNER}/{package.name}@{running.forge.storage.next_id('npm_tag'):012}"
            running.forge.storage.put("npm_tag", row, {"tag": "latest", "version": version.key})
    running.forge.root_url = "http://old.example.com"
    question = Question(manifests={BULB: {"name": BULB.name.text, "version": "1.0.0"}}, dist_tag="latest")
    assert {"other-address", "tags-disputed"} <= rules(probed(running, question=question))


def test_many_packages_are_looked_at_in_part(start_forge: StartForge) -> None:
    """Within seconds, whatever the workspace has."""
    ids = [PackageId(PackageName(f"p{number}"), Version("1.0.0")) for number in range(MOST_PACKAGES + 1)]
    manifests = {id_: {"name": id_.name.text, "version": "1.0.0"} for id_ in ids}
    said = probed(start_forge(), question=Question(manifests=manifests, dist_tag="latest"))
    assert (said.looked_at, said.members) == (MOST_PACKAGES, MOST_PACKAGES + 1)


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_proof_at_a_forge_leaves_nothing(start_forge: StartForge, product: str, tmp_path: Path) -> None:
    """Up, read back, tagged, a ref pushed, and all of it removed again."""
    running = start_forge(product)
    before = refs(running.forge)
    opened = open_probe(site_at(running), ports(TOKENS.publisher))
    proof = prove(opened, trial(tmp_path), SystemClock(), lambda _: None)
    assert (proof.findings, len(proof.done)) == ((), 7)
    assert f"removed again: {NAME}@0.0.0-probe.t0123456789ab" in proof.done[-1]
    assert (versions(opened, NAME), refs(running.forge)) == (set(), before)


def test_leftovers_of_a_stopped_proof_go_with_the_next(start_forge: StartForge, tmp_path: Path) -> None:
    """A version and a ref of a run that was killed; versions that are not ours stay."""
    running = start_forge("gitea-1.25")
    before = refs(running.forge)
    kind = forge_kind("gitea-1.25", running)
    for version in ("0.0.0-probe.told", "1.0.0"):
        upload(kind.open(), Package(tmp_path / version, NAME.text).version(version))
    kind.close()
    opened = open_probe(site_at(running), ports(TOKENS.publisher))
    assert opened.refs is not None
    opened.refs.push("old")
    proof = prove(opened, trial(tmp_path), SystemClock(), lambda _: None)
    assert [one.rule for one in proof.findings] == ["leftovers-removed"]
    assert "0.0.0-probe.told, refs/samebytes/local/corp/probe/old" in proof.findings[0].message
    assert (versions(opened, NAME), refs(running.forge)) == ({"1.0.0"}, before)


def test_a_proof_without_the_right_is_told(start_forge: StartForge, tmp_path: Path) -> None:
    """The lock is refused first: nothing was written."""
    opened = open_probe(site_at(start_forge("gitea-1.25")), ports(TOKENS.read_only))
    proof = prove(opened, trial(tmp_path), SystemClock(), lambda _: None)
    assert ([one.rule for one in proof.findings], proof.done) == (["proof-failed"], ())


def test_a_real_verdaccio_is_told_and_proven(verdaccio: Verdaccio, tmp_path: Path) -> None:
    """Who the token is, that it may publish, that new packages get a `latest`; without `evidence` there is no undo."""
    site = Site(id="corp", kind="npm", url=verdaccio.url)
    question = Question(manifests={BULB: {"name": BULB.name.text, "version": "1.0.0"}}, dist_tag="latest")
    said = probe(open_probe(site, ports(verdaccio.token)), question, lambda _: None)
    assert (said.product, said.user, said.rights) == ("verdaccio", "publisher", {"publish packages": True})
    assert rules(said) == {"no-undo", "latest-invented"}
    opened = open_probe(site, ports(verdaccio.token))
    proof = prove(opened, trial(tmp_path), SystemClock(), lambda _: None)
    assert (proof.findings, versions(opened, NAME)) == ((), set())


def test_a_verdaccio_says_who_may_not_publish(verdaccio: Verdaccio, tmp_path: Path) -> None:
    """Nobody, a token that is none, and a scope that nobody may publish."""
    site = Site(id="corp", kind="npm", url=verdaccio.url, evidence=str(tmp_path / "evidence"))
    closed = PackageId(PackageName("@closed/a"), Version("1.0.0"))
    question = Question(manifests={closed: {"name": "@closed/a", "version": "1.0.0"}}, dist_tag="latest")
    assert rules(probe(open_probe(site, ports("")), NOTHING, lambda _: None)) == {
        "credential-missing",
        "latest-invented",
    }
    found = rules(probe(open_probe(site, ports(verdaccio.token)), question, lambda _: None))
    assert found == {"may-not-publish", "latest-invented"}


def test_a_folder_is_told_and_proven(tmp_path: Path) -> None:
    """Reading founds nothing; the proof leaves a site without versions."""
    site = Site(id="corp", kind="directory", path=str(tmp_path / "site"))
    opened = open_probe(site, ports(""))
    said = probe(opened, NOTHING, lambda _: None)
    assert (said.findings, (tmp_path / "site").exists()) == ((), False)
    proof = prove(opened, trial(tmp_path), SystemClock(), lambda _: None)
    assert (proof.findings, versions(opened, NAME)) == ((), set())


def test_a_folder_of_something_else_is_told(tmp_path: Path) -> None:
    """It is no site, and nothing more is said."""
    (tmp_path / "photo.jpg").write_bytes(b"")
    said = probe(open_probe(Site(id="corp", kind="directory", path=str(tmp_path)), ports("")), NOTHING, lambda _: None)
    assert [one.rule for one in said.findings] == ["not-a-site"]


def test_an_evidence_remote_that_is_not_there_is_told(verdaccio: Verdaccio, tmp_path: Path) -> None:
    """The registry is fine, the git remote beside it is not."""
    site = Site(id="corp", kind="npm", url=verdaccio.url, evidence=(tmp_path / "none.git").as_uri())
    said = probe(open_probe(site, ports(verdaccio.token)), NOTHING, lambda _: None)
    assert "git-unreachable" in rules(said)


@dataclass
class Answers:
    """A transport with one answer for everything."""

    status: int = 200
    body: bytes = b""
    error: AmbiguousError | None = None

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """The answer."""
        if self.error is not None:
            raise self.error
        return Response(status=self.status, headers={}, body=self.body, url=request.url)


@dataclass
class Echo:
    """A hostile server: whatever it is asked, it says it is a Gitea and sends the token back wherever a text may stand."""

    token: str

    def __call__(self, _site: Site) -> Echo:
        """The transport of any site."""
        return self

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """The same document for every question."""
        names = dict.fromkeys(("version", "login", "username", "message", "default_branch"), self.token * 30)
        owned = {"permissions": {"pull": True, "push": True}, "empty": True, "max_size": -1, "scopes": [self.token]}
        tags = {"dist-tags": {self.token: "1.0.0"}, "versions": {self.token: {}}, "name": self.token}
        body: object = {**names, **owned, **tags}
        if "tag_protections" in request.url or "releases" in request.url:
            asset = {"browser_download_url": f"http://{self.token}/a"}
            body = [{"name_pattern": self.token, "assets": [asset]}]
        if "teams" in request.url:
            body = [{"permission": self.token, "organization": {"name": self.token}}]
        told = json.dumps(body).encode()
        return Response(status=200, headers={"date": self.token}, body=told, url=request.url)


def test_a_token_that_a_server_sends_back_is_not_shown(tmp_path: Path) -> None:
    """Not in findings, not in facts, not in steps; and no text is endless."""
    token = "f00d" * 10
    site = Site(id="corp", kind="gitea", url="http://127.0.0.1:9", owner="acme", repository="acme/lamps")
    site = replace(site, remote=(tmp_path / "none.git").as_uri())
    with_token = replace(ports(token), transport=Echo(token))
    told: list[str] = []
    opened = open_probe(site, with_token)
    said = probe(opened, NOTHING, told.append)
    proof = prove(opened, trial(tmp_path), SystemClock(), told.append)
    assert {"unknown-version", "tags-protected", "other-address"} <= {one.rule for one in said.findings}
    assert token not in f"{said}{proof}{told}"
    assert max(len(said.version), len(said.user)) <= 100


@pytest.mark.parametrize(
    ("body", "user"), [(b'{"username": "me"}', "me"), (b"[]", ""), (b"<html>", ""), (b'{"username": "a\\u0007"}', "")]
)
def test_whoami_is_read_with_care(body: bytes, user: str) -> None:
    """What is no name is nobody."""
    assert RegistrySurvey(Answers(body=body), "http://npm.invalid").user() == user


def test_rights_that_cannot_be_asked_are_not_told() -> None:
    """An unknown registry is sent no write; a broken answer and an unexpected one say nothing."""
    survey: Callable[[Answers], RegistrySurvey] = lambda answers: RegistrySurvey(answers, "http://npm.invalid")  # noqa: E731
    assert survey(Answers(status=401)).may_publish("npm", BULB) is None
    assert survey(Answers(status=401)).may_publish("verdaccio", BULB) is False
    assert survey(Answers(status=500)).may_publish("verdaccio", BULB) is None
    assert survey(Answers(error=AmbiguousError("SB-5121", "no answer"))).may_publish("verdaccio", BULB) is None
    assert survey(Answers(status=404)).user() == ""


def versions(opened: OpenProbe, name: PackageName) -> set[str]:
    """What the registry has of a package."""
    found = opened.at.registry.observe([name])[name]
    assert isinstance(found, ObservedPackage)
    return set(found.versions)
