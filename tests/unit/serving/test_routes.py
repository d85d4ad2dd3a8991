"""Which URL asks for what."""

from __future__ import annotations

import pytest

from samebytes.model.names import PackageName
from samebytes.serving.routes import (
    Asset,
    DistTags,
    Index,
    Manifest,
    Packument,
    Ping,
    Route,
    Search,
    Tarball,
    route,
)

_SCOPED, _PLAIN = PackageName("@s/n"), PackageName("n")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/", Index()),
        ("/-/ping", Ping()),
        ("/corp/npm/-/ping", Ping()),
        ("/corp/npm/-/v1/search", Search("corp")),
        ("/corp/npm/-/package/n/dist-tags", DistTags("corp", _PLAIN)),
        ("/corp/npm/-/package/@s%2fn/dist-tags", DistTags("corp", _SCOPED)),
        ("/corp/npm/-/package/@s/n/dist-tags", DistTags("corp", _SCOPED)),
        ("/corp/npm/n", Packument("corp", "/corp/npm", _PLAIN)),
        ("/corp/npm/@s/n", Packument("corp", "/corp/npm", _SCOPED)),
        ("/corp/npm/@s%2fn", Packument("corp", "/corp/npm", _SCOPED)),
        ("/corp/npm/@s%2Fn", Packument("corp", "/corp/npm", _SCOPED)),
        ("/corp/npm/%40s%2fn", Packument("corp", "/corp/npm", _SCOPED)),
        ("/corp/npm/n/1.0.0", Manifest("corp", "/corp/npm", _PLAIN, "1.0.0")),
        ("/corp/npm/@s%2fn/latest", Manifest("corp", "/corp/npm", _SCOPED, "latest")),
        ("/corp/npm/n/-/n-1.0.0.tgz", Tarball("corp", _PLAIN, "n-1.0.0.tgz")),
        ("/corp/npm/@s/n/-/n-1.0.0.tgz", Tarball("corp", _SCOPED, "n-1.0.0.tgz")),
        ("/corp/npm/@s%2fn/-/n-1.0.0.tgz", Tarball("corp", _SCOPED, "n-1.0.0.tgz")),
        ("/corp/releases/v1.0.0/SHA512SUMS", Asset("corp", "v1.0.0", "SHA512SUMS")),
        ("/corp/releases/%40s%2Fn%401.0.0/a.tgz", Asset("corp", "@s/n@1.0.0", "a.tgz")),
        ("/%63orp/npm/n", Packument("corp", "/%63orp/npm", _PLAIN)),
    ],
)
def test_path_asks_for(path: str, wanted: Route) -> None:
    """Every form of URL that clients use."""
    assert route(path.encode()) == wanted


@pytest.mark.parametrize(
    "path",
    [
        "/corp",
        "/corp/",
        "/corp/npm",
        "/corp/npm/",
        "/corp/npm/UPPER",
        "/corp/npm/..%2f..%2fetc",
        "/corp/npm/../site.json",
        "/corp/npm/%2e%2e/site.json",
        "/corp/npm/@s",
        "/corp/npm/n/-/",
        "/corp/npm/n/-/a/b",
        "/corp/npm/n/1.0.0/more",
        "/corp/npm/-/package/@s/n/more/dist-tags",
        "/corp/npm/-/package/dist-tags",
        "/corp/npm/-/whoami/x/y",
        "/corp/npm/%ff",
        "/corp/npm/n%00",
        "//npm/n",
        "/corp/releases/v1",
        "/corp/releases//a",
        "/corp/releases/v1/",
        "/corp/site.json",
        "/corp/local/corp/lock/lease.json",
        "/corp/evidence/statement/0",
    ],
)
def test_path_asks_for_nothing(path: str) -> None:
    """Nothing else is there, and nothing that leads elsewhere is understood."""
    found = route(path.encode())
    assert found is None or (isinstance(found, Tarball) and found.file_name == "")
