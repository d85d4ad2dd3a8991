"""Which recordings of the npm registry and the packages API are replayed, on what, and what may differ in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType

from samebytes.testing.forge import setup
from samebytes.testing.forge.product import PRODUCTS
from samebytes.testing.forge.state import Limits
from tests.contract.forge.compare import Rule, Rules, Where
from tests.contract.forge.recording import Recording
from tests.contract.forge.replay import publish
from tests.contract.forge.under_test import ForgeUnderTest

OWNER = setup.OWNER

# Entries of one second have no order among them, so an administrator's may come before or after another's.
_UNORDERED: frozenset[Where] = frozenset(
    {("*", key) for key in ("name", "version", "html_url")}
    | {("*", "creator", key) for key in ("active", "html_url", "is_admin", "login", "username")}
)
# A second attachment is read instead of the first by chance; the recorder made twelve such requests and kept three.
_TWO_ATTACHMENTS: frozenset[Where] = frozenset(("versions", f"3.2.{number}") for number in range(12))
# The bytes are not in the recording; that these are the digests of the bytes is another test.
_DIGESTS: frozenset[Where] = frozenset({"md5", "sha1", "sha256", "sha512"})

RULES = Rules(
    everywhere=Rule(optional=_TWO_ATTACHMENTS),
    steps=MappingProxyType(
        {
            "two attachments (tgz + sigstore)": Rule(statuses=frozenset({201, 400})),
            # An empty body had set the tag x at any version.
            "list": Rule(volatile=frozenset({"x"})),
            "packument without latest": Rule(volatile=frozenset({"x"})),
            "token create with Basic password": Rule(volatile=frozenset({"sha1"})),
            "files": Rule(volatile=_DIGESTS),
            "literal @ with %2F": Rule(volatile=_DIGESTS),
            # How the recorder had filled its repository, and the name of its server's user.
            "version after link": Rule(volatile=frozenset({"empty", "has_code", "size", "ssh_url", "watchers_count"})),
            "list owner": Rule(volatile=_UNORDERED),
            **{
                f"GET /api/v1/packages/{{owner}}: {who}": Rule(volatile=_UNORDERED)
                for who in (
                    "read-only, Bearer",
                    "read-only, Basic",
                    "not in org, all scopes",
                    "good, Bearer",
                    "good, 'token'",
                    "good, Basic user:PAT",
                    "password Basic",
                    "site admin outside of team",
                )
            },
        }
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One recording: what `prepare` puts there first, the administrator's limits, and the exchanges, if not all."""

    name: str
    prepare: Callable[[ForgeUnderTest, Recording], None] = lambda _forge, _recording: None
    products: tuple[str, ...] = tuple(PRODUCTS)
    limits: Limits = field(default_factory=Limits)
    only: range | None = None


def _packument(forge: ForgeUnderTest, _recording: Recording) -> None:
    publish(forge, OWNER, "lab-c-plain", "1.0.0")
    publish(forge, OWNER, "@lanterns/api-client", "1.2.3")
    publish(forge, OWNER, "@lanterns/api-client", "1.2.4")


def _host(forge: ForgeUnderTest, _recording: Recording) -> None:
    publish(forge, OWNER, "@lanterns/lab-c2", "1.0.0")


def _tarball(forge: ForgeUnderTest, _recording: Recording) -> None:
    forge.add_organisation("lab-private", is_private=True)
    publish(forge, OWNER, "@lanterns/lab-d", "1.0.0", size=255)


def _dist_tags(forge: ForgeUnderTest, _recording: Recording) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0-beta.1"):
        publish(forge, OWNER, "@lanterns/lab-e", version)


def _other_packages(forge: ForgeUnderTest, _recording: Recording) -> None:
    # So that a list with one entry a page has a next page, as the recorded one had.
    for number in range(3):
        publish(forge, OWNER, f"lab-other-{number}", "1.0.0")


def _forbidden(forge: ForgeUnderTest, recording: Recording) -> None:
    forge.add_repository(OWNER, "lab-g-own")
    forge.add_repository(OWNER, "lab-g-nopkg", has_packages=False)
    forge.add_repository(setup.ADMIN, "lab-g-foreign")
    forge.add_repository(setup.ADMIN, "lab-g-foreignpriv", is_private=True)
    # The recorder's package names hold a number of the run.
    paths = [exchange.request.path for exchange in recording.exchanges]
    for name in {found[1] for path in paths if (found := re.search(r"%2f(lab-g-[0-9a-f]+-x)", path))}:
        publish(forge, OWNER, f"@lanterns/{name}", "1.0.0")


def _meta(forge: ForgeUnderTest, _recording: Recording) -> None:
    forge.add_organisation("lab-private", is_private=True)
    forge.add_repository(OWNER, "lab-o-repo")
    for version in ("1.0.0", "1.1.0"):
        publish(forge, OWNER, "@lanterns/lab-o", version, size=254)


_ONLY_1_25 = ("gitea-1.25",)
CASES = (
    Case(name="a-publish"),
    Case(name="a2-string-fields", products=_ONLY_1_25),
    Case(name="b-publish-errors"),
    Case(name="c-packument", prepare=_packument),
    Case(name="c2-host", prepare=_host),
    Case(name="d-tarball", prepare=_tarball),
    Case(name="e-dist-tags", prepare=_dist_tags),
    Case(name="f-auth", prepare=_other_packages),
    Case(name="g-forbidden", prepare=_forbidden),
    Case(name="g2-client-repository", prepare=_forbidden, products=_ONLY_1_25),
    Case(name="h-delete-republish"),
    # The rest of both is about releases and settings.
    Case(name="o-meta", prepare=_meta, only=range(14)),
    Case(
        name="q-quota",
        products=_ONLY_1_25,
        limits=Limits(npm_size=20 * 1024, owner_packages=2),
        only=range(8),
    ),
)
