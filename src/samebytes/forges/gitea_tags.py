"""Whether a forge has a git tag, and has it at the very object that is meant."""

from __future__ import annotations

from http import HTTPStatus

from samebytes.errors import RefusedError
from samebytes.forges.gitea_api import GiteaApi, refusal
from samebytes.forges.gitea_json import object_of
from samebytes.model.tag import Commit


def check_tag(api: GiteaApi, tag: Commit) -> None:
    """Raise RefusedError (SB-8010) unless the server's tag is this one: the tag object where annotated, and the commit.

    The server tells the tag object's id for an annotated tag and the commit's for a lightweight one (servers.md, l).
    """
    response = api.get(api.url("tags", tag.name))
    if response.status == HTTPStatus.NOT_FOUND:
        api.check_visible()
        raise RefusedError(
            "SB-8010",
            f"the site has no git tag {tag.name!r}, and would make one at another commit",
            hint=f"push it first: git push <remote of the site> refs/tags/{tag.name}",
        )
    if not response.is_success:
        raise refusal(response, f"tag {tag.name!r}")
    place = f"tag {tag.name!r}"
    fields = object_of(response, place)
    found, commit = fields.text("id"), fields.object("commit").text("sha")
    expected = tag.tag_object or tag.commit
    if (found, commit) != (expected, tag.commit):
        raise RefusedError(
            "SB-8010",
            f"the site has git tag {tag.name!r} at another object than this release",
            hint="nothing was written; find out which of the two is right, and never move a tag that was released",
            details={"expected": f"{expected} at commit {tag.commit}", "found": f"{found} at commit {commit}"},
        )
