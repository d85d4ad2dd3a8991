"""The published package.json: what the tool's pack makes of the one in the repository."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from samebytes.core.specifiers import Place, published_specifier
from samebytes.dialects.profiles import ManifestRules, Profile
from samebytes.errors import ConfigError
from samebytes.model.json_value import JsonObject, JsonValue
from samebytes.model.workspace import Member, Workspace

_DEPENDENCY_MAPS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
# pnpm's convertEnginesRuntimeToDependencies: where a runtime is declared, and the map it is installed from.
_RUNTIME_MAPS = (("devEngines", "devDependencies"), ("engines", "dependencies"))
_RUNTIMES = ("node", "deno", "bun")
_SCOPE = re.compile(r"^@[^/]*/")


def published_manifest(manifest: JsonObject, member: Member, workspace: Workspace, profile: Profile) -> JsonObject:
    """The manifest as this profile's tool publishes it, keys in the order that the tool leaves.

    `manifest` is the package.json of the packed directory, read after prepack. Raises ConfigError: SB-4511 a `workspace:`
    specifier names no member, SB-4512 a `catalog:` specifier has no usable entry, SB-4513 a `jsr:` specifier is malformed,
    SB-4514 a dependency map is not a map of strings.
    """
    rules = profile.manifest
    source = _with_runtimes(manifest) if rules.runtime_dependencies else manifest
    published = {key: value for key, value in source.items() if key != "scripts" and key not in rules.dropped_fields}
    scripts = source.get("scripts")
    if isinstance(scripts, Mapping):
        published["scripts"] = {key: value for key, value in scripts.items() if key not in rules.dropped_scripts}
    for name in _DEPENDENCY_MAPS:
        if published.get(name) is not None:
            published[name] = _published_map(
                published[name], Place(member=member, workspace=workspace, map=name), rules
            )
    _override(published, rules)
    return _normalised(published, rules)


def _with_runtimes(manifest: JsonObject) -> JsonObject:
    """The manifest with a `runtime:` dependency for each engine that is to be downloaded."""
    result = dict(manifest)
    for engines_field, map_name in _RUNTIME_MAPS:
        engines = manifest.get(engines_field)
        declared = engines.get("runtime") if isinstance(engines, Mapping) else None
        runtimes = declared if isinstance(declared, Sequence) and not isinstance(declared, str) else [declared]
        for name in _RUNTIMES:
            entry = next((item for item in runtimes if isinstance(item, Mapping) and item.get("name") == name), {})
            version = entry.get("version")
            dependencies = result.get(map_name)
            known = dependencies if isinstance(dependencies, Mapping) else {}
            if entry.get("onFail") == "download" and isinstance(version, str) and not known.get(name):
                result[map_name] = {**known, name: f"runtime:{version.strip()}"}
    return result


def _published_map(specifiers: JsonValue, place: Place, rules: ManifestRules) -> JsonObject:
    if not isinstance(specifiers, Mapping):
        raise _not_a_map(place, place.map)
    published: dict[str, JsonValue] = {}
    for alias, specifier in specifiers.items():
        if not isinstance(specifier, str):
            raise _not_a_map(place, f"{place.map}[{alias!r}]")
        published[alias] = published_specifier(alias, specifier, place, rules)
    return published


def _not_a_map(place: Place, what: str) -> ConfigError:
    return ConfigError(
        "SB-4514",
        f"{place.member.name}: {what} is not what it must be",
        hint=f"write {place.map} as an object of name and specifier, both strings",
        details={"member": place.member.name.text, "map": place.map},
    )


def _override(published: dict[str, JsonValue], rules: ManifestRules) -> None:
    """Move what `publishConfig` overrides to the top, and drop `publishConfig` when nothing is left of it."""
    overrides = published.get("publishConfig")
    if not isinstance(overrides, Mapping):
        return
    rest = {key: value for key, value in overrides.items() if key not in rules.publish_config_fields}
    published.update((key, value) for key, value in overrides.items() if key in rules.publish_config_fields)
    if rest:
        published["publishConfig"] = rest
    else:
        del published["publishConfig"]


def _normalised(published: dict[str, JsonValue], rules: ManifestRules) -> JsonObject:
    """Bring `bin`, `peerDependenciesMeta` and `repository` into one form each, as pnpm does last."""
    name, target = published.get("name"), published.get("bin")
    if rules.object_bin and isinstance(name, str) and isinstance(target, str):
        if rules.rewritten_moves_last:
            del published["bin"]
        published["bin"] = {_SCOPE.sub("", name): target}
    peers = published.get("peerDependenciesMeta")
    if rules.explicit_optional_peers and isinstance(peers, Mapping):
        published["peerDependenciesMeta"] = {alias: _explicit(meta, rules) for alias, meta in peers.items()}
    repository = published.get("repository")
    if rules.object_repository and isinstance(repository, str):
        published["repository"] = {"type": "git", "url": repository}
    return published


def _explicit(meta: JsonValue, rules: ManifestRules) -> JsonObject:
    result = dict(meta) if isinstance(meta, Mapping) else {}
    optional = result.get("optional")
    if rules.rewritten_moves_last:
        result.pop("optional", None)
    result["optional"] = False if optional is None else optional
    return result
