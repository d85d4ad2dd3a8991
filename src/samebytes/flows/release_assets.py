"""The assets of a built release: what they hold, whether a site's are the same, and storing the ones that are not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from samebytes.core.differences import compare
from samebytes.core.gate import differing
from samebytes.errors import BytesDifferError, FormatError, SiteError
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.open_site import OpenSite
from samebytes.flows.site_lease import KeptLease
from samebytes.forges.base import Releases
from samebytes.formats import build_record, statement
from samebytes.model.action import PutAsset
from samebytes.model.digests import Digest, sha256
from samebytes.model.release import STATEMENT_ASSET, SUMS_ASSET, record_asset
from samebytes.model.tag import Commit
from samebytes.model.transfer import Content
from samebytes.system.content import BytesContent, FileContent
from samebytes.system.pool import run_each


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One asset: its digest and what it holds. `fixed` is False for what may differ per run."""

    sha256: Digest
    content: Content
    fixed: bool = True


def assets_of(built: BuiltRelease, site: str) -> dict[str, Asset]:
    """Asset name to asset, in the order in which they are stored."""
    assets = {
        member.tarball.id.asset_name: Asset(
            sha256=member.tarball.sha256, content=FileContent(member.file, member.tarball.size_bytes)
        )
        for member in built.packed
    }
    assets[STATEMENT_ASSET] = _in_memory(built.statement)
    assets[SUMS_ASSET] = _in_memory(built.sums)
    record = build_record.write(built.record)
    assets[record_asset(site)] = _in_memory(record, fixed=False)
    return assets


def check_stored(
    built: BuiltRelease, at: OpenSite, assets: Mapping[str, Asset], beat: Callable[[], None]
) -> frozenset[str]:
    """The names of the assets that are at the site once, with the very same bytes; `beat` is called meanwhile.

    One that a crashed run left there several times is stored again, which reduces it to one. Raises BytesDifferError (SB-6023) for one that is there with other bytes: assets are never overwritten.
    """
    if at.releases is None:
        return frozenset()
    tag = built.release.tag
    stored = at.releases.assets(tag) or {}
    there = [name for name in assets if name in stored]
    fixed = [name for name in there if assets[name].fixed]
    found = run_each([partial(at.releases.digest, tag, name) for name in fixed], at.site.concurrency, beat)
    wrong = {
        name: f"expected {assets[name].sha256}, found {digest}"
        for name, digest in zip(fixed, found, strict=True)
        if digest != assets[name].sha256
    }
    if STATEMENT_ASSET in wrong:
        _say_which_files(built, at.releases)
    if wrong:
        raise BytesDifferError(
            "SB-6023",
            f"release {tag} at site {at.id!r} holds another {next(iter(wrong))}",
            hint="nothing was written; assets of a release are final: find out who stored this one",
            details=wrong,
        )
    return frozenset(there) - at.releases.repeated(tag)


def store(at: OpenSite, built: BuiltRelease, planned: tuple[PutAsset, ...], lease: KeptLease) -> None:
    """Create the release where it is missing and store the planned assets: tarballs in parallel, the rest one by one."""
    if at.releases is None or not planned:
        return
    tag = built.release.tag
    if at.releases.assets(tag) is None:
        _create(at.releases, built.commit, lease)
    assets = assets_of(built, at.id)
    tarballs = {member.tarball.id.asset_name for member in built.packed}
    put = partial(_put, at.releases, tag, assets, lease)
    run_each([partial(put, asset.name) for asset in planned if asset.name in tarballs], at.site.concurrency, lease.keep)
    for asset in planned:
        if asset.name not in tarballs:
            put(asset.name)
    # A request that reached a server twice left two.
    at.releases.tidy(tag, lease, [name for name, asset in assets.items() if not asset.fixed])


def _create(releases: Releases, tag: Commit, lease: KeptLease) -> None:
    try:
        releases.create(tag, lease)
    except SiteError:
        # Ambiguous, as below: reading decides.
        if releases.assets(tag.name) is None:
            raise


def _put(releases: Releases, tag: str, assets: Mapping[str, Asset], lease: KeptLease, name: str) -> None:
    asset = assets[name]
    try:
        releases.put(tag, name, asset.content, asset.sha256, lease, fixed=asset.fixed)
    except SiteError:
        # The answer was lost, the asset perhaps not: it is there when its digest is.
        if releases.digest(tag, name) != asset.sha256:
            raise


def _in_memory(data: bytes, *, fixed: bool = True) -> Asset:
    return Asset(sha256=sha256(data), content=BytesContent(data), fixed=fixed)


def _say_which_files(built: BuiltRelease, releases: Releases) -> None:
    """Raise with the differing files where the stored statement can be read; return where it cannot."""
    tag = built.release.tag
    try:
        theirs = statement.read(releases.read(tag, STATEMENT_ASSET, statement.LIMIT_BYTES) or b"", STATEMENT_ASSET)
    except (FormatError, SiteError):
        # Only the explanation is lost: that the bytes differ is certain, and said by the caller.
        return
    changes = compare(theirs, built.release)
    if changes:
        raise differing("SB-6023", f"the site holds another statement of {tag}", changes, "nothing was written")
