"""What each profile packs of the packages in tests/contract/packing_rules.py: golden, since a revision never changes.

`python -m tests.golden.packing` adds what is missing to the file; it changes nothing that is there. What it writes is held
to the real pnpm by tests/contract/test_packs_like_pnpm.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from samebytes.core.list_files import list_files
from samebytes.core.rewrite import published_manifest
from samebytes.dialects.profiles import PROFILES, Profile
from samebytes.formats import package_json
from tests.contract.packing_rules import CATALOGS, SINCE_11
from tests.contract.packing_tree import (
    Content,
    Link,
    Package,
    PackageWorkspace,
    directory_of,
    manifest_of,
    member_of,
    model_of,
)
from tests.unit.core.memory_source import MemorySource

FILE = Path(__file__).parent / "packing.json"
WORKSPACE = PackageWorkspace(packages=SINCE_11, root_files={"LICENSE": "the root's"}, catalogs=CATALOGS)


def repository(workspace: PackageWorkspace) -> dict[str, Content]:
    """All files of a workspace."""
    files: dict[str, Content] = dict(workspace.root_files)
    directories = {package.label: directory_of(package) for package in workspace.packages}
    for package in workspace.packages:
        home = directories[package.label]
        files[f"{home}/package.json"] = json.dumps(manifest_of(package))
        files |= {f"{home}/{path}": content for path, content in package.files.items()}
        for alias, name in package.links.items():
            depth = alias.count("/") + 2
            files[f"{home}/node_modules/{alias}"] = Link("../" * depth + directories[name].partition("/")[2])
    return files


def packed(files: Mapping[str, Content], package: Package, profile: Profile) -> dict[str, Any]:
    """The paths that are packed (`*` behind a program's), and what the manifest says other than the package's own."""
    member = member_of(package)
    source = MemorySource(files, member.publish_directory)
    data = source.read(f"{member.publish_directory}/package.json")
    manifest = published_manifest(package_json.read(data, ""), member, model_of(WORKSPACE), profile)
    listed = list_files(source, manifest, profile)
    return {
        "files": [file.stored_path + ("*" if file.executable else "") for file in listed],
        "manifest": json.loads(package_json.write(manifest)),
    }


def vectors() -> dict[str, dict[str, Any]]:
    """Package to profile to what is packed; a profile that packs like the one before it says so by its name alone."""
    files = repository(WORKSPACE)
    found: dict[str, dict[str, Any]] = {}
    for package in WORKSPACE.packages:
        results: dict[str, Any] = {}
        for name, profile in PROFILES.items():
            result = packed(files, package, profile)
            # As text, because the order of keys counts.
            text = json.dumps(result)
            results[name] = next((known for known, earlier in results.items() if json.dumps(earlier) == text), result)
        found[package.label] = results
    return found


def _main() -> None:
    known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    for label, results in vectors().items():
        known[label] = {**results, **known.get(label, {})}
    lines = (f"{json.dumps(label)}: {json.dumps(results, ensure_ascii=False)}" for label, results in known.items())
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    _main()
