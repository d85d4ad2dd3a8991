"""From what was read at a site to findings, each with its rule, and to how the run ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from samebytes.core.probe import judge, probe_package
from samebytes.core.probe_forge import member_links
from samebytes.core.probe_links import linked_repository
from samebytes.core.probe_rules import RULES, exit_status, found
from samebytes.core.probe_shown import shown_probe, shown_proof
from samebytes.errors import ExitStatus
from samebytes.model.finding import Severity
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import PackageObservation, UnreadablePackage
from samebytes.model.probe import ForgeLimits, Part, Proof, Seen, ServerSeen, SiteProbe, Trouble
from samebytes.model.rights import RepositoryRights
from samebytes.model.site import Site
from samebytes.model.versions import Version
from tests.seen_sites import (
    CORP,
    FORGE,
    GITEA,
    LIMITS,
    MAY,
    READY,
    URL,
    WICK,
    asked,
    observed,
    rules,
    with_repository,
    with_rights,
)


def test_a_site_that_is_ready_has_no_finding() -> None:
    """Everything is told: product, version, limits, rights."""
    said = judge(READY)
    assert said.findings == ()
    assert (said.product, said.version, said.treated_as, said.user) == ("gitea", "1.25.4", "1.25", "publisher")
    assert said.limits == {"asset bytes": 4096, "page size": 50}
    assert set(said.rights.values()) == {True}
    assert said.supports["runs"] == "listed for repository admins"
    assert exit_status(said.all_findings) is ExitStatus.DONE


@pytest.mark.parametrize(
    ("code", "part", "proxy", "rule"),
    [
        ("SB-5120", Part.SERVER, "", "unreachable"),
        ("SB-5120", Part.SERVER, "http://proxy", "proxy-unreachable"),
        ("SB-5123", Part.SERVER, "", "tls-untrusted"),
        ("SB-8001", Part.SERVER, "", "not-a-forge"),
        ("SB-8003", Part.REPOSITORY, "", "credential-refused"),
        ("SB-8005", Part.REPOSITORY, "", "unclear-answer"),
        ("SB-5211", Part.PACKAGES, "", "credential-refused"),
        ("SB-5110", Part.GIT, "", "git-unreachable"),
        ("SB-5111", Part.GIT, "", "git-refused"),
        ("SB-5002", Part.FOLDER, "", "not-writable"),
        ("SB-5001", Part.FOLDER, "", "not-a-site"),
    ],
)
def test_what_cannot_be_read_is_an_error(code: str, part: Part, proxy: str, rule: str) -> None:
    """Which one, the part and the code say; the code and the hint are shown."""
    site = replace(CORP, proxy=proxy)
    seen = Seen(site=site, question=asked(), troubles=(Trouble(part=part, code=code, summary="no", hint="do"),))
    (finding,) = judge(seen).findings
    assert (finding.rule, finding.severity, finding.message, finding.remedy) == (
        rule,
        Severity.ERROR,
        f"no ({code})",
        "do",
    )
    wanted = CORP.remote if part is Part.GIT else URL
    assert finding.place == wanted


@pytest.mark.parametrize(
    ("code", "rule"),
    [("SB-5140", "credential-unusable"), ("SB-5150", "credential-unusable"), ("SB-1021", "settings-unusable")],
)
def test_settings_that_cannot_be_used_end_with_3(code: str, rule: str) -> None:
    """The configuration has to change."""
    trouble = Trouble(part=Part.SETTINGS, code=code, summary="no", is_settings=True)
    said = judge(Seen(site=CORP, question=asked(), troubles=(trouble,)))
    assert [(one.rule, one.place) for one in said.findings] == [(rule, "sites.corp")]
    assert exit_status(said.findings) is ExitStatus.CONFIG
    assert (said.product, said.supports, said.rights, said.limits) == ("", {}, {}, {})


@pytest.mark.parametrize(
    ("seen", "rule"),
    [
        (replace(READY, has_credential=False, may_publish=False), "credential-missing"),
        (replace(READY, has_credential=False, may_publish=None), "credential-missing"),
        (with_rights(accepted=False), "credential-refused"),
        (with_rights(user=""), "identity-unknown"),
        (with_rights(reads_packages=False), "no-package-scope"),
        (replace(with_rights(writes_packages=True), may_publish=False), "read-only-token"),
        (replace(with_rights(writes_packages=False), may_publish=False), "outside-owner"),
        (replace(with_rights(writes_packages=None), may_publish=False), "read-only-token"),
        (replace(with_rights(scopes=("read:package",)), may_publish=None), "read-only-token"),
        (replace(with_rights(scopes=("all",), writes_packages=None), may_publish=None), "rights-unknown"),
        (with_rights(repository=None), "repository-missing"),
        (with_repository(is_archived=True), "repository-archived"),
        (with_repository(is_empty=True), "repository-empty"),
        (with_repository(write=False), "repository-read-only"),
        (replace(READY, may_push=False), "read-only-token"),
        (with_repository(has_releases=False), "releases-off"),
        (with_repository(has_packages=False), "packages-off"),
        (with_repository(has_actions=False), "actions-off"),
        (with_repository(admin=False), "runs-need-admin"),
        (replace(READY, forge=replace(FORGE, limits=replace(LIMITS, takes_assets=False))), "assets-off"),
        (replace(READY, forge=replace(FORGE, protected_tags=("v*",))), "tags-protected"),
        (replace(READY, forge=replace(FORGE, download_url="https://old.example.com/a.tgz")), "other-address"),
        (replace(READY, forge=replace(FORGE, download_url="https://[bad/a.tgz")), "other-address"),
        (replace(READY, server=replace(GITEA, notes=("newer",))), "unknown-version"),
        (replace(READY, server=replace(GITEA, skew_s=31.0)), "clock-skew"),
        (replace(READY, server=replace(GITEA, skew_s=-31.0)), "clock-skew"),
        (replace(READY, server=ServerSeen(product="forgejo", version="16.0.0")), "other-product"),
        (replace(READY, question=asked(dist_tag="next-1")), "dist-tag-refused"),
        (replace(READY, disputed={WICK.name: ("latest",)}), "tags-disputed"),
    ],
)
def test_each_obstacle_has_its_rule(seen: Seen, rule: str) -> None:
    """One change to a ready site is one finding."""
    assert rules(seen) == [rule]


def test_who_neither_publishes_nor_writes_the_repository_is_outside() -> None:
    """Where teams cannot be read, the rights on the repository tell a member from a stranger."""
    seen = replace(with_rights(writes_packages=None, repository=None), may_publish=False)
    assert rules(seen) == ["outside-owner", "repository-missing"]
    assert judge(seen).rights["publish packages"] is False


def test_without_an_answer_about_rights_the_survey_counts() -> None:
    """What teams say is believed where the registry cannot be asked."""
    assert judge(replace(READY, may_publish=None)).rights["publish packages"] is True


def test_an_owner_that_is_missing_is_told_once() -> None:
    """Nothing is said of rights there."""
    packages = {WICK.name: UnreadablePackage(name=WICK.name, code="SB-5218", why="knows no such place")}
    seen = replace(with_rights(reads_packages=False), packages=packages)
    assert rules(seen) == ["owner-missing"]
    npm = Seen(
        site=Site(id="npm", kind="npm", url=URL), question=asked(), server=GITEA, packages=packages, may_publish=True
    )
    assert judge(npm).findings[0].place == URL


def test_a_refused_credential_is_told_once() -> None:
    """Neither packages nor git repeat it; what they have beside it is told."""
    codes = {"a": "SB-5211", "b": "SB-5130"}
    packages = {
        PackageName(n): UnreadablePackage(name=PackageName(n), code=code, why="no") for n, code in codes.items()
    }
    git = tuple(Trouble(part=Part.GIT, code=code, summary="no") for code in ("SB-5111", "SB-5110"))
    seen = replace(with_rights(accepted=False, reads_packages=False), packages=packages, troubles=git)
    assert sorted(rules(seen)) == ["credential-refused", "git-unreachable", "packages-unreadable"]
    assert sorted(rules(replace(READY, packages=packages))) == ["packages-unreadable", "packages-unreadable"]


def test_packages_that_cannot_be_read_are_shown_up_to_three() -> None:
    """Forty lines of the same say no more."""
    names = [PackageName(f"p{number}") for number in range(5)]
    packages = {name: UnreadablePackage(name=name, code="SB-5130", why="no JSON") for name in names}
    told = judge(replace(READY, packages=packages)).findings
    assert [one.rule for one in told] == ["packages-unreadable"] * 3
    assert "(and 2 more packages)" in told[0].message
    assert "more packages" not in judge(replace(READY, packages={names[0]: packages[names[0]]})).findings[0].message


def test_dropped_fields_are_a_warning_per_member() -> None:
    """Gitea 1.25 keeps neither `os` nor the word about install scripts; what it keeps is not named."""
    question = asked(WICK, os=["linux"], scripts={"install": "x"}, dependencies={"a": "1"})
    (finding,) = judge(replace(READY, question=question)).findings
    assert (finding.rule, finding.place, finding.severity) == ("field-dropped", "@acme/wick", Severity.WARNING)
    assert "hasInstallScript, os" in finding.message
    assert judge(replace(READY, question=asked(WICK))).findings == ()


@pytest.mark.parametrize(
    ("there", "is_site_admin", "rule"),
    [
        (None, False, "link-unseen"),
        (replace(MAY, has_packages=False), False, "link-packages-off"),
        (replace(MAY, write=False), False, "link-foreign"),
        (MAY, True, "link-foreign"),
        (MAY, False, ""),
    ],
)
def test_a_manifest_that_names_a_repository_here_may_be_refused(
    there: RepositoryRights | None, is_site_admin: bool, rule: str
) -> None:
    """403 on publish, which nothing but this look explains (servers.md, g)."""
    question = asked(
        *(PackageId(PackageName(f"p{n}"), Version("1.0.0")) for n in range(4)), repository=f"{URL}/other/r.git"
    )
    forge = replace(FORGE, linked={"other/r": there})
    seen = with_rights(replace(READY, question=question, forge=forge), is_site_admin=is_site_admin)
    findings = judge(seen).findings
    assert [one.rule for one in findings] == ([rule] if rule else [])
    assert all("p0, p1, p2 and 1 more" in one.message and one.place == "other/r" for one in findings)


def test_a_link_to_the_site_s_own_repository_without_packages_is_one_error() -> None:
    """The general warning about the unit is left out then."""
    question = asked(WICK, repository={"type": "git", "url": f"{URL}/Acme/lamps"})
    off = replace(MAY, has_packages=False)
    seen = with_rights(
        replace(READY, question=question, forge=replace(FORGE, linked={"Acme/lamps": off})), repository=off
    )
    assert rules(seen) == ["link-packages-off"]


def test_a_repository_that_was_not_asked_about_is_not_judged() -> None:
    """Only what was read is."""
    seen = replace(READY, question=asked(WICK, repository=f"{URL}/other/r"))
    assert (rules(seen), list(member_links(seen))) == ([], ["other/r"])


@pytest.mark.parametrize(
    ("url", "gitea", "forgejo"),
    [
        ("https://git.example.com/a/r", "a/r", "a/r"),
        ("https://git.example.com/a/r.git", "a/r", "a/r"),
        ("https://GIT.example.com/a/r", "a/r", ""),
        ("git@git.example.com:a/r.git", "a/r", ""),
        ("git@github.com:a/r.git", "", ""),
        ("ssh://git@git.example.com:2222/a/r.git", "a/r", ""),
        ("git+https://git.example.com/a/r", "", ""),
        ("http://git.example.com/a/r", "", ""),
        ("https://github.com/a/r", "", ""),
        ("https://git.example.com/a", "", ""),
        ("https://git.example.com/a/r/tree/main", "", ""),
        ("https://[bad/a/r", "", ""),
        ("a/r", "", ""),
        ("", "", ""),
    ],
)
def test_addresses_are_matched_as_the_forge_does(url: str, gitea: str, forgejo: str) -> None:
    """What is not matched is stored without a link, so that it is never refused."""
    assert linked_repository(url, URL, any_address=True) == gitea
    assert linked_repository(url, URL, any_address=False) == forgejo


def test_addresses_at_another_host_are_a_warning() -> None:
    """Clients would be sent to ROOT_URL; what is told at the configured one is fine."""
    elsewhere = observed(WICK.name, "1.0.0", tarball="http://old.example.com/w.tgz")
    (finding,) = judge(replace(READY, packages=elsewhere)).findings
    assert (finding.rule, "http://old.example.com" in finding.message) == ("other-address", True)
    for tarball in (f"{URL}/w.tgz", True):
        assert rules(replace(READY, packages=observed(WICK.name, "1.0.0", tarball=tarball))) == []
    unreadable: Mapping[PackageName, PackageObservation] = {
        WICK.name: UnreadablePackage(name=WICK.name, code="SB-5130", why="no JSON")
    }
    assert rules(replace(READY, packages=unreadable)) == ["packages-unreadable"]


VERDACCIO = Seen(
    site=Site(id="npm", kind="npm", url=URL, evidence="../evidence"),
    question=asked(WICK),
    server=ServerSeen(product="verdaccio", version=""),
    user="me",
    may_publish=True,
)


def test_a_registry_that_is_ready_has_no_finding() -> None:
    """It says what it does with new packages, and who we are."""
    said = judge(VERDACCIO)
    assert (said.findings, said.user, said.rights, said.limits) == ((), "me", {"publish packages": True}, {})
    assert (said.supports["latest of a new package"], said.supports["deprecate"]) == ("shown by itself", "yes")
    assert judge(replace(VERDACCIO, has_credential=False)).findings == ()


@pytest.mark.parametrize(
    ("seen", "rule"),
    [
        (replace(VERDACCIO, may_publish=False), "may-not-publish"),
        (replace(VERDACCIO, may_publish=None), "rights-unknown"),
        (replace(VERDACCIO, may_push=False), "git-refused"),
        (replace(VERDACCIO, has_undo=False), "no-undo"),
        (replace(VERDACCIO, packages=observed(WICK.name)), "latest-invented"),
        (replace(VERDACCIO, server=ServerSeen(product="npm", version="")), "unknown-registry"),
    ],
)
def test_each_obstacle_at_a_registry_has_its_rule(seen: Seen, rule: str) -> None:
    """One change to a ready registry is one finding."""
    assert rules(seen) == [rule]


def test_many_new_packages_are_one_warning() -> None:
    """Three are named."""
    packages: dict[PackageName, PackageObservation] = {}
    for number in range(4):
        packages |= observed(PackageName(f"p{number}"))
    packages |= observed(WICK.name, "1.0.0", tarball=f"{URL}/w.tgz")
    (finding,) = judge(replace(VERDACCIO, packages=packages)).findings
    assert finding.place == "p0, p1, p2, …"
    assert judge(replace(VERDACCIO, packages=observed(WICK.name, "1.0.0"))).findings == ()


def test_a_folder_keeps_everything() -> None:
    """It has no rights and no limits to tell."""
    site = Site(id="home", kind="directory", path="../home")
    said = judge(Seen(site=site, question=asked(WICK, os=["linux"]), packages=observed(WICK.name)))
    assert (said.product, said.address, said.findings, said.members, said.looked_at) == (
        "directory",
        "../home",
        (),
        1,
        1,
    )
    assert (said.rights, said.treated_as) == ({}, "")


def test_old_and_new_forges_say_what_they_lack() -> None:
    """No API is told as that."""
    old = judge(replace(READY, server=ServerSeen(product="gitea", version="1.22.0")))
    assert (old.supports["runs"], old.supports["dispatch"], old.supports["logs"]) == ("no API", "no API", "no")
    older = judge(replace(READY, server=ServerSeen(product="gitea", version="1.21.0")))
    assert older.supports["secrets"] == judge(READY).supports["secrets"]
    bare = replace(READY, forge=replace(FORGE, limits=ForgeLimits(asset_bytes=None, page_size=None)))
    assert judge(bare).limits == {"asset bytes": None, "page size": 50}


def test_errors_come_first_and_site_errors_decide() -> None:
    """13 wins over 3: who cannot reach the site learns nothing from configuration."""
    seen = replace(with_repository(admin=False, is_archived=True), question=asked(WICK, dist_tag="1.x", os=["linux"]))
    said: SiteProbe = judge(seen)
    assert [one.severity.value for one in said.findings] == ["error", "error", "warning", "note"]
    assert exit_status(said.findings) is ExitStatus.SITE


def test_errors_have_an_exit_status_and_only_they() -> None:
    """A rule that stops nothing ends with 0."""
    for rule, meaning in RULES.items():
        is_error = meaning.severity is Severity.ERROR
        assert (meaning.exit_status is not ExitStatus.DONE) is is_error
        assert exit_status([found(rule, "here", "so")]) is meaning.exit_status


def test_the_throwaway_package_is_in_the_members_scope() -> None:
    """Else in one like the owner; none where that is no scope."""
    assert probe_package("acme", "Corp") == PackageName("@acme/samebytes-probe")
    assert probe_package("", "Corp") == PackageName("@corp/samebytes-probe")
    assert probe_package("", "_corp") is None
    assert probe_package("", "") is None


def test_texts_are_masked_and_cut_before_they_are_shown() -> None:
    """A server may send back the token, and a megabyte."""

    def mask(text: str) -> str:
        return text.replace("token", "***")

    server = ServerSeen(product="gitea", version="1.25.4-token" + "9" * 200)
    said = shown_probe(judge(replace(with_rights(user="token"), server=server, may_push=False)), mask)
    assert (said.user, said.version[:11], len(said.version)) == ("***", "1.25.4-***9", 100)
    assert all("token" not in one.message for one in said.findings)
    finding = found("proof-failed", "token", "x" * 2000, "token")
    proof = shown_proof(Proof(package="p", done=("token",), findings=(finding,)), mask)
    assert (proof.done, proof.findings[0].place, proof.findings[0].remedy) == (("***",), "***", "***")
    assert (len(proof.findings[0].message), proof.findings[0].message[-1]) == (1000, "…")
