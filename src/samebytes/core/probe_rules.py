"""The rules of `samebytes probe`: a stable id, how bad it is, and how a run ends that finds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from samebytes.errors import ExitStatus
from samebytes.model.finding import Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; `exit_status` counts for errors only. `meaning` is for the reference page."""

    severity: Severity
    meaning: str
    exit_status: ExitStatus = ExitStatus.DONE


def _site(meaning: str) -> Rule:
    return Rule(severity=Severity.ERROR, meaning=meaning, exit_status=ExitStatus.SITE)


def _config(meaning: str) -> Rule:
    return Rule(severity=Severity.ERROR, meaning=meaning, exit_status=ExitStatus.CONFIG)


def _warning(meaning: str) -> Rule:
    return Rule(severity=Severity.WARNING, meaning=meaning)


def _note(meaning: str) -> Rule:
    return Rule(severity=Severity.NOTE, meaning=meaning)


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "settings-unusable": _config("the site's settings cannot be used: `remote`, `ca_file`, `proxy`, …"),
        "credential-unusable": _config("the place that `credential` names has no usable token"),
        "credential-missing": _config("no token is configured, and publishing needs one"),
        "unreachable": _site("nothing answers at `url`"),
        "proxy-unreachable": _site("nothing answers through `proxy`"),
        "tls-untrusted": _site("the certificate of the server is not trusted"),
        "unclear-answer": _site("the server answers with something that means neither yes nor no"),
        "not-a-forge": _config("what answers at `url` is neither Gitea nor Forgejo"),
        "other-product": _warning("the server is another product than the configured kind"),
        "unknown-version": _note("a version that samebytes does not know; treated as the nearest known one"),
        "unknown-registry": _warning("no registry that samebytes knows; treated as one that keeps and allows least"),
        "credential-refused": _site("the server does not accept the token"),
        "no-package-scope": _site("the token may not even read packages"),
        "read-only-token": _site("the token may read packages or refs and not write them"),
        "outside-owner": _site("the token's user may not write packages of `owner`"),
        "may-not-publish": _site("the registry does not let the token publish"),
        "rights-unknown": _note("reading does not tell whether the token may publish"),
        "identity-unknown": _note("the server does not tell who the token is"),
        "owner-missing": _config("the server knows no such owner"),
        "repository-missing": _config("the repository is missing, or hidden from the token"),
        "repository-empty": _site("the repository has no commit yet, so that no tag is there to release"),
        "repository-archived": _site("the repository is archived: nothing can be written to it"),
        "repository-read-only": _site("the token's user may not write to the repository"),
        "releases-off": _site("the Releases unit of the repository is off"),
        "assets-off": _site("the server takes no attachments, so no assets of releases"),
        "git-unreachable": _site("the git remote that keeps lock and journal cannot be read"),
        "git-refused": _site("the git remote that keeps lock and journal refuses the credential, or a push"),
        "packages-off": _warning("the Packages unit of the site's repository is off"),
        "link-packages-off": _config(
            "`repository` of a member names a repository whose Packages unit is off: refused (403)"
        ),
        "link-foreign": _config(
            "`repository` of a member names a repository that the token's user may not write: refused (403)"
        ),
        "link-unseen": _warning(
            "`repository` of a member names a repository there that is missing, or hidden (then 403)"
        ),
        "field-dropped": _warning("the server drops install-relevant fields of a member's manifest"),
        "dist-tag-refused": _config("the server refuses the configured dist-tag"),
        "packages-unreadable": _site("a package cannot be read"),
        "tags-disputed": _site("packument and list of dist-tags disagree: several versions hold a tag"),
        "latest-invented": _warning("the server shows a `latest` of a new package before anybody sets one"),
        "other-address": _warning("addresses that the server tells clients lead to another origin than `url`"),
        "no-undo": _warning("an `npm` site without `evidence`: no lock, no memory of tags, no undo of promotions"),
        "tags-protected": _note("tags are protected; releases on tags that exist are allowed all the same"),
        "runs-need-admin": _note("the list of CI runs needs an administrator; commit statuses are read instead"),
        "actions-off": _note("the Actions unit of the repository is off"),
        "clock-skew": _note("the clocks of the server and of this machine are far apart"),
        "not-a-site": _config("the folder holds something else than this site"),
        "not-writable": _site("this user may not write to the folder"),
        "proof-failed": _site("a step of `--write` failed"),
        "proof-skipped": _warning("`--write` was not tried here"),
        "leftovers": _warning("something of `--write` could not be removed"),
        "leftovers-removed": _note("something that an earlier `--write` had left was removed"),
    }
)


def found(rule: str, place: str, message: str, remedy: str = "") -> Finding:
    """A finding of a rule, as severe as the rule says."""
    return Finding(rule=rule, severity=RULES[rule].severity, place=place, message=message, remedy=remedy)


def exit_status(findings: Iterable[Finding]) -> ExitStatus:
    """How a run ends that found these: SITE (13) before CONFIG (3), DONE where nothing is an error."""
    ends = {RULES[finding.rule].exit_status for finding in findings if finding.severity is Severity.ERROR}
    return next((end for end in (ExitStatus.SITE, ExitStatus.CONFIG) if end in ends), ExitStatus.DONE)
