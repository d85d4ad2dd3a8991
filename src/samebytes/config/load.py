"""Settings from up to two files: the commit's decides the bytes, the checkout's decides where they go.

What changes bytes (`select`, `build`, `pack`) is read from the commit that is built, so that every site decides alike.
Where and when to publish (`sites`, `promote`) is read from the checkout, so that a site added today can receive a tag
of last year. With one file, both are that file.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from samebytes.config.read import ConfigDocument
from samebytes.config.schema import ConfigFile
from samebytes.config.set_aside import FROM_COMMIT, set_aside
from samebytes.config.site_tables import SITE_TABLES, DirectoryTable, ForgeTable, NpmTable
from samebytes.errors import ConfigError
from samebytes.formats.git_url import is_git_url
from samebytes.model.credential import CredentialKind, CredentialName
from samebytes.model.selection import SelectionRule
from samebytes.model.settings import (
    BuildSettings,
    Packer,
    PackSettings,
    PromoteSettings,
    PromoteWhen,
    SelectSettings,
    Settings,
)
from samebytes.model.site import ReadBack, Site

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_EMPTY = ConfigDocument(place="default", text="", tables=ConfigFile(), given=frozenset())


def load_settings(
    commit: ConfigDocument | None, checkout: ConfigDocument | None, folder: str, variables: Mapping[str, str]
) -> Settings:
    """The effective settings; `folder` is where relative paths of the checkout's file start.

    Raises ConfigError: SB-1004 a variable in a path is not set, SB-1005 `listed` does not fit the rule, SB-1006 two
    sites have one folder.
    """
    bytes_from, places_from = commit or _EMPTY, checkout or _EMPTY
    findings = set_aside(bytes_from, checkout) if checkout is not None and checkout is not commit else ()
    select, build, pack = bytes_from.tables.select, bytes_from.tables.build, bytes_from.tables.pack
    if (select.rule == "listed") != bool(select.listed):
        raise ConfigError(
            "SB-1005",
            f"{bytes_from.source(('select',))}: `select.listed` and rule `listed` go together",
            hint='write rule = "listed" and listed = ["@scope/name", …], or neither',
        )
    sites = tuple(_site(id_, table, folder, variables) for id_, table in sorted(places_from.tables.sites.items()))
    _refuse_shared_folders(sites, places_from)
    return Settings(
        select=SelectSettings(
            rule=SelectionRule(select.rule), tags=select.tags, listed=select.listed, ignore=select.ignore
        ),
        build=BuildSettings(**{**build.model_dump(), "env": MappingProxyType(dict(build.env))}),
        pack=PackSettings(**{**pack.model_dump(), "packer": Packer(pack.packer)}),
        promote=PromoteSettings(
            when=PromoteWhen(places_from.tables.promote.when), dist_tag=places_from.tables.promote.dist_tag
        ),
        sites=sites,
        sources=MappingProxyType(_sources(bytes_from, places_from)),
        findings=findings,
    )


def _refuse_shared_folders(sites: Sequence[Site], document: ConfigDocument) -> None:
    """Two sites in one folder would be one site with two names and two locks."""
    by_folder: dict[str, str] = {}
    for site in sites:
        first = by_folder.setdefault(site.path, site.id) if site.path else site.id
        if first != site.id:
            raise ConfigError(
                "SB-1006",
                f"{document.source(('sites', site.id, 'path'))}: the sites {first!r} and {site.id!r} have one folder, {site.path}",
                hint="give each site a folder of its own",
            )


def _site(id_: str, table: DirectoryTable | NpmTable | ForgeTable, folder: str, variables: Mapping[str, str]) -> Site:
    given = table.model_dump()
    credential = given.get("credential")
    changed: dict[str, object] = {"read_back": ReadBack(table.read_back)}
    changed["credential"] = _credential(credential, folder, variables, f"sites.{id_}") if credential else None
    for key in ("path", "ca_file"):
        if given.get(key):
            changed[key] = _expanded(given[key], folder, variables, f"sites.{id_}.{key}")
    if given.get("evidence"):
        is_url = is_git_url(given["evidence"])
        changed["evidence"] = (
            given["evidence"] if is_url else _expanded(given["evidence"], folder, variables, f"sites.{id_}.evidence")
        )
    for key in ("url", "proxy"):
        if given.get(key):
            changed[key] = given[key].rstrip("/")
    return Site(id=id_, **{**given, **changed})


def _credential(text: str, folder: str, variables: Mapping[str, str], key: str) -> CredentialName:
    kind, _, name = text.partition(":")
    if name and kind in {CredentialKind.FILE, CredentialKind.NPMRC}:
        name = _expanded(name, folder, variables, f"{key}.credential")
    return CredentialName(CredentialKind(kind), name)


def _expanded(path: str, folder: str, variables: Mapping[str, str], key: str) -> str:
    def value(match: re.Match[str]) -> str:
        found = variables.get(match[1], "")
        if not found:
            raise ConfigError(
                "SB-1004", f"`{key}` uses ${{{match[1]}}}, which is not set", hint=f"export {match[1]}=… and run again"
            )
        return found

    path = _VARIABLE.sub(value, path)
    if path == "~" or path.startswith("~/"):
        path = variables.get("HOME", "~") + path[1:]
    return os.path.normpath(os.path.join(folder, path))  # noqa: PTH118  a pure join of texts, no file is touched


def _sources(bytes_from: ConfigDocument, places_from: ConfigDocument) -> dict[str, str]:
    sources: dict[str, str] = {}
    for table, field in ConfigFile.model_fields.items():
        if table == "sites":
            for id_, site in places_from.tables.sites.items():
                for key in SITE_TABLES[site.kind].model_fields:
                    sources[f"sites.{id_}.{key}"] = places_from.source(("sites", id_, key))
            continue
        document = bytes_from if table in FROM_COMMIT else places_from
        for key in field.annotation.model_fields:  # type: ignore[union-attr]  # every other field is a table
            sources[f"{table}.{key}"] = document.source((table, key))
    return sources
