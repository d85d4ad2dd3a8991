"""The part of a version manifest that decides what clients install, and the version manifest we send.

Clients choose, fetch and run by the packument before they open a tarball: npm resolves `dependencies` and runs
`scripts` from it, all of them link `bin`. So equal bytes under another manifest are not the same release. Registries
and clients write these fields in several forms; `projection` makes equivalent forms equal, `differences` names the rest.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from samebytes.model.install_fields import INSTALL_MAPS, PLATFORM_LISTS, PROJECTED
from samebytes.model.json_value import JsonObject, JsonValue
from samebytes.model.names import PackageId
from samebytes.model.tarball import Tarball

# The scripts that npm runs from a full packument (arborist, rebuild.js).
_INSTALL_SCRIPTS = ("install", "postinstall", "preinstall")
# Written by `version_manifest` itself; `maintainers` and `dist` are the registry's to say, and a text form is a 500.
_REWRITTEN = frozenset(
    {
        "bin",
        "bundleDependencies",
        "bundledDependencies",
        "dist",
        "hasInstallScript",
        "keywords",
        "license",
        "maintainers",
        "repository",
    }
)


def projection(manifest: JsonObject) -> dict[str, JsonValue]:
    """The install-relevant fields in canonical form; a field that says nothing is left out.

    Never raises: what a stranger wrote in no known form is kept as found, and so differs from every sensible form.
    """
    kept: dict[str, JsonValue] = {field: manifest[field] for field in ("name", "version") if field in manifest}
    kept |= {field: manifest.get(field) for field in INSTALL_MAPS}
    kept["dependencies"] = _without_optional(manifest)
    kept["bundleDependencies"] = _bundled(manifest)
    kept["bin"] = _bin(manifest)
    kept["engines"] = manifest.get("engines")
    kept |= {field: _as_sorted_list(manifest.get(field)) for field in PLATFORM_LISTS}
    kept["hasInstallScript"] = has_install_script(manifest)
    kept["deprecated"] = manifest.get("deprecated")
    return {field: _plain(value) for field, value in kept.items() if _says_something(value)}


def differences(expected: JsonObject, found: JsonObject, kept_fields: frozenset[str] = PROJECTED) -> tuple[str, ...]:
    """The names of the fields in which two version manifests tell clients different things, sorted.

    A field that the server does not keep counts only where it is found all the same. Install scripts count where the
    found manifest has any: servers may drop `scripts`, but not change them.
    """
    ours, theirs = projection(expected), projection(found)
    compared = (ours.keys() & kept_fields) | theirs.keys()
    fields = {field for field in compared if ours.get(field) != theirs.get(field)}
    scripts = _install_scripts(found)
    if scripts and scripts != _install_scripts(expected):
        fields.add("scripts")
    return tuple(sorted(fields))


def has_install_script(manifest: JsonObject) -> bool:
    """Whether a version manifest tells clients that installing runs a script, in its scripts or by the flag for node-gyp."""
    return manifest.get("hasInstallScript") is True or bool(_install_scripts(manifest))


def version_manifest(tarball: Tarball) -> dict[str, JsonValue]:
    """What a registry is sent for a tarball: its own package.json, normalised as npm's own client does.

    `bin`, `repository`, `keywords` and `bundleDependencies` get their one form: servers answer 500 to the others
    (Gitea 1.25.4, Forgejo 11.0.1). `dist` is left to the registry.
    """
    return expected_manifest(tarball.id, tarball.manifest, [file.path for file in tarball.files])


def expected_manifest(id: PackageId, manifest: JsonObject, paths: Sequence[str]) -> dict[str, JsonValue]:  # noqa: A002  the field's own word
    """The same for a package.json found in a tarball with these stored paths."""
    kept = {key: value for key, value in manifest.items() if key not in _REWRITTEN}
    rewritten: dict[str, JsonValue] = {
        "bin": _bin(manifest) or _bin_directory(manifest, paths),
        "bundleDependencies": _bundled(manifest),
        "keywords": _keywords(manifest.get("keywords")),
        "license": _license(manifest.get("license")),
        "repository": _repository(manifest.get("repository")),
        "hasInstallScript": bool(_install_scripts(manifest)) or _builds_with_gyp(manifest, paths),
    }
    return {
        **kept,
        "_id": str(id),
        "name": id.name.text,
        "version": id.version.text,
        **{field: value for field, value in rewritten.items() if _says_something(value)},
    }


def _plain(value: JsonValue) -> JsonValue:
    """The same value in dicts and lists, whichever kinds a reader builds, so that `==` compares JSON."""
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(entry) for entry in value]
    return value


def _says_something(value: JsonValue) -> bool:
    return value is not None and value is not False and value not in ("", {}, [], ())


def _without_optional(manifest: JsonObject) -> JsonValue:
    """Registries repeat optional dependencies under `dependencies`; for clients the optional entry wins."""
    required, optional = manifest.get("dependencies"), manifest.get("optionalDependencies")
    if isinstance(required, Mapping) and isinstance(optional, Mapping):
        return {alias: specifier for alias, specifier in required.items() if alias not in optional}
    return required


def _bundled(manifest: JsonObject) -> JsonValue:
    """A sorted list of names; `true` stands for all dependencies; `bundledDependencies` is the older spelling."""
    value = manifest.get("bundleDependencies", manifest.get("bundledDependencies"))
    if value is True:
        required = manifest.get("dependencies")
        return sorted(required) if isinstance(required, Mapping) else []
    if isinstance(value, Mapping):
        return sorted(value)
    return _as_sorted_list(value)


def _as_sorted_list(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, Sequence) and all(isinstance(entry, str) for entry in value):
        return sorted({str(entry) for entry in value})
    return value


def _bin(manifest: JsonObject) -> JsonValue:
    """Command to path; a text form is the one command named like the package without its scope."""
    value = manifest.get("bin")
    if isinstance(value, str):
        name = manifest.get("name")
        base = name.rpartition("/")[2] if isinstance(name, str) else ""
        return {base: _bin_path(value)} if value else {}
    if isinstance(value, Mapping):
        return {command: _bin_path(path) for command, path in value.items()}
    return value


def _bin_path(path: JsonValue) -> JsonValue:
    """A path relative to the package, as npm's client cleans it: no leading `./` or `/`, nothing outside."""
    return posixpath.normpath("/" + path.replace("\\", "/")).lstrip("/") if isinstance(path, str) else path


def _bin_directory(manifest: JsonObject, paths: Sequence[str]) -> JsonValue:
    """The files of `directories.bin` as commands, as npm's client writes them when there is no `bin`."""
    directories = manifest.get("directories")
    folder = _bin_path(directories.get("bin")) if isinstance(directories, Mapping) else None
    if not isinstance(folder, str):
        return {}
    inside = [path for path in paths if path.startswith(f"{folder}/")]
    return {posixpath.basename(path): path for path in inside if not posixpath.basename(path).startswith(".")}


def _install_scripts(manifest: JsonObject) -> dict[str, JsonValue]:
    scripts = manifest.get("scripts")
    if not isinstance(scripts, Mapping):
        return {}
    return {name: scripts[name] for name in _INSTALL_SCRIPTS if scripts.get(name)}


def _builds_with_gyp(manifest: JsonObject, paths: Sequence[str]) -> bool:
    """Whether npm would run node-gyp on installation without a script saying so."""
    return manifest.get("gypfile") is not False and "binding.gyp" in paths


def _keywords(value: JsonValue) -> JsonValue:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _license(value: JsonValue) -> JsonValue:
    """The old object form answers 500 at Forgejo 11; its `type` is the text form."""
    return value.get("type") if isinstance(value, Mapping) else value


def _repository(value: JsonValue) -> JsonValue:
    return {"type": "git", "url": value} if isinstance(value, str) and value else value
