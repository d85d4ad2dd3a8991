"""What `status` prints."""

from __future__ import annotations

from dataclasses import replace

from samebytes.model.names import PackageId, PackageName
from samebytes.model.outcome import MemberPresence, MemberStatus, SiteState, SiteStatus
from samebytes.model.versions import Version
from samebytes.reports.status_text import status_document, status_text

BULB = PackageId(PackageName("@s/bulb"), Version("1.0.0"))


def test_a_status_says_what_it_cannot_vouch_for() -> None:
    """Statements that differ between sites, and manifests that were not compared, get a line each."""
    unread = MemberStatus(id=BULB, presence=MemberPresence.SAME_BYTES, dist_tags=(), why="")
    corp = SiteStatus(
        site="corp", tag="v1", state=SiteState.PROMOTED, statement_sha256="00", members=(unread,), why="promoted"
    )
    home = replace(corp, site="home", statement_sha256="11", members=())
    assert status_text({"v1": [corp, home]}, members=False).splitlines()[2:] == [
        "note: sites hold different statements of v1 (corp 00, home 11): samebytes verify v1",
        "note: 1 manifest was not compared, enough tarballs were read: samebytes verify TAG",
    ]
    assert "'statements_differ': True" in str(status_document({"v1": [corp, home]}))
    unread_home = replace(home, statement_sha256="", state=SiteState.UNREADABLE)
    assert "'statements_differ': False" in str(status_document({"v1": [corp, unread_home]}))


def test_a_status_is_a_table_of_tags_and_sites() -> None:
    """One state a site; with a tag named, each member's own line."""
    status = SiteStatus(
        site="corp",
        tag="v1",
        state=SiteState.HELD,
        statement_sha256="00",
        members=(MemberStatus(id=BULB, presence=MemberPresence.SAME, dist_tags=("latest", "x"), why=""),),
        why="latest is elsewhere",
    )
    bare = replace(status, site="home", members=(), state=SiteState.ABSENT, why="nothing is there")
    assert status_text({"v1": [status, bare]}, members=False).splitlines() == ["    corp  home", "v1  held  absent"]
    assert status_text({"v1": [status, bare]}, members=True).splitlines()[2:] == [
        "",
        "v1 at corp: held, latest is elsewhere",
        "  @s/bulb@1.0.0  same  latest, x",
        "",
        "v1 at home: absent, nothing is there",
    ]
    assert status_text({}, members=False) == "no site has a release yet"
    assert status_document({"v1": [status]})["tags"] == [
        {
            "tag": "v1",
            "statements_differ": False,
            "sites": [
                {
                    "site": "corp",
                    "state": "held",
                    "why": "latest is elsewhere",
                    "statement_sha256": "00",
                    "members": [{"id": str(BULB), "presence": "same", "dist_tags": ["latest", "x"], "why": ""}],
                }
            ],
        }
    ]
