"""The recorded servers: product, and whether on PostgreSQL."""

from __future__ import annotations

from samebytes.testing.forge.product import Product, product

GITEA_1_25, GITEA_1_26, FORGEJO_11 = "gitea-1.25", "gitea-1.26", "forgejo-11"
EVERY = (GITEA_1_25, GITEA_1_26, FORGEJO_11)
# Recorded for releases and refs only.
POSTGRES = "gitea-1.25-postgres"


def server_of(recorded: str) -> Product:
    """The product behind a folder of recordings."""
    return product(recorded.removesuffix("-postgres"), postgres=recorded == POSTGRES)
