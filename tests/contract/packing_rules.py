"""One package for each rule of packing, by the generation of pnpm that has it."""

from __future__ import annotations

from tests.contract.packing_files import ALWAYS_AND_NEVER, FILES_FIELD, IGNORE_FILES
from tests.contract.packing_manifests import (
    BUNDLED,
    CATALOGS,
    MANIFESTS,
    MANIFESTS_SINCE_10,
    MANIFESTS_SINCE_11,
    MODES,
    PUBLISH_DIRECTORY,
)

__all__ = ["CATALOGS", "SINCE_9", "SINCE_10", "SINCE_11"]

SINCE_9 = (*FILES_FIELD, *IGNORE_FILES, *ALWAYS_AND_NEVER, *MODES, *MANIFESTS, *PUBLISH_DIRECTORY, *BUNDLED)
SINCE_10 = (*SINCE_9, *MANIFESTS_SINCE_10)
SINCE_11 = (*SINCE_10, *MANIFESTS_SINCE_11)
