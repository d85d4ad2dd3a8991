"""Values that shell completion offers: the tags of this clone, and the configured sites."""

from __future__ import annotations

import click


def tags(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The tags that begin so; none outside of a repository."""
    del context, parameter
    from samebytes.cli.session import Session
    from samebytes.errors import SamebytesError

    try:
        return sorted(tag for tag in Session().repository().tags() if tag.startswith(incomplete))
    except SamebytesError:
        return []


def sites(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The ids of configured sites that begin so; none where the configuration cannot be read."""
    del parameter
    from samebytes.cli.session import Session
    from samebytes.errors import SamebytesError

    try:
        configured = Session(context.params.get("config")).settings().sites
    except SamebytesError:
        return []
    return [site.id for site in configured if site.id.startswith(incomplete)]
