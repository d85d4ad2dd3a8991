"""Every profile packs each package of the rules as it did when its revision was released."""

from __future__ import annotations

import json

from tests.golden.packing import FILE, vectors


def test_profiles_pack_as_released() -> None:
    """No revision of a profile has changed; a change that alters bytes is a new revision."""
    golden = json.loads(FILE.read_text(encoding="utf-8"))
    found = vectors()
    changed = [
        f"{label} {profile}: {found.get(label, {}).get(profile)} instead of {result}"
        for label, results in golden.items()
        for profile, result in results.items()
        if json.dumps(found.get(label, {}).get(profile)) != json.dumps(result)
    ]
    assert changed == []
    assert found.keys() <= golden.keys()
