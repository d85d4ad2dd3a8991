"""What the servers do differently: one frozen value for each product and version that was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product at a version; `name` is how the command line calls it.

    Each difference has a flag named after what a client sees; the letters are the parts of the recordings.
    """

    name: str
    version: str
    is_forgejo: bool
    # a, b: the version manifest's peerDependenciesMeta is served; a licence may be an object
    keeps_peer_meta: bool
    takes_license_object: bool
    # b, e: dist-tags are refused when the version library finds a version in them; the older one ignores a prefix
    tag_prefix_is_ignored: bool
    # g: ssh addresses, scp addresses and hosts in capitals of repository.url are linked
    links_any_address: bool
    # o: versions of a package, /-/latest and link routes exist
    has_package_routes: bool
    # f, o: answers of /api/v1 forbid frames
    forbids_frames: bool = True
    # k: a draft is shown to anyone who knows its id; to readers with write rights whose token may only read; by tag
    leaks_drafts_by_id: bool = True
    shows_drafts_to_read_tokens: bool = True
    leaks_drafts_by_tag: bool = False
    # l: a branch is moved by PUT with its old commit; PUT of a file without sha makes it; status of losers there
    moves_branches: bool = False
    puts_new_files: bool = False
    lost_file_status: int = 500
    # m: names that begin with CI are refused for variables only (Forgejo), not exactly "CI" for both (Gitea)
    refuses_ci_prefix: bool = False
    # n: routes of runs and workflows exist; their totals stand in headers; what ends a queued run
    has_run_routes: bool = True
    counts_runs_in_header: bool = False
    cancels_pushed: bool = True
    cancels_dispatched: bool = True
    knows_concurrency: bool = False
    # i, e2: losers of a race may get 500, and dist-tags end up at many versions, as on PostgreSQL
    postgres: bool = False


_GITEA_1_25 = Product(
    name="gitea-1.25",
    version="1.25.4",
    is_forgejo=False,
    keeps_peer_meta=True,
    takes_license_object=True,
    tag_prefix_is_ignored=True,
    links_any_address=True,
    has_package_routes=True,
)
_GITEA_1_26 = replace(
    _GITEA_1_25,
    name="gitea-1.26",
    version="1.26.0+dev-3db3c058b3",
    tag_prefix_is_ignored=False,
    leaks_drafts_by_id=False,
    shows_drafts_to_read_tokens=False,
    forbids_frames=False,
    moves_branches=True,
    puts_new_files=True,
    lost_file_status=403,
    counts_runs_in_header=True,
    cancels_pushed=False,
    cancels_dispatched=False,
    knows_concurrency=True,
)
_FORGEJO_11 = Product(
    name="forgejo-11",
    version="11.0.1+gitea-1.22.0",
    is_forgejo=True,
    keeps_peer_meta=False,
    takes_license_object=False,
    tag_prefix_is_ignored=True,
    links_any_address=False,
    has_package_routes=False,
    leaks_drafts_by_tag=True,
    refuses_ci_prefix=True,
    has_run_routes=False,
    cancels_dispatched=False,
)
PRODUCTS: Mapping[str, Product] = MappingProxyType(
    {product.name: product for product in (_GITEA_1_25, _GITEA_1_26, _FORGEJO_11)}
)


def product(name: str, *, postgres: bool = False) -> Product:
    """The product of this name; an unknown one is KeyError."""
    return replace(PRODUCTS[name], postgres=postgres)
