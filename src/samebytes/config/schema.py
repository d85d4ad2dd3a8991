"""The shape of samebytes.toml: strict pydantic models, and the JSON schema generated from them.

pydantic stays in this package: `samebytes.config.load` turns what was read into `samebytes.model.settings`.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from samebytes.config.site_tables import SiteTable
from samebytes.config.tables import IMAGE_PATTERN, SITE_ID_PATTERN, Seconds, Table, Text, VariableName


class SelectTable(Table):
    """What a tag ships."""

    rule: Literal["new-versions", "all", "listed", "tag-names-it"] = Field(
        default="new-versions",
        description="How members are chosen: those with a new version, all, the listed ones, or the one the tag names.",
    )
    tags: tuple[Text, ...] = Field(
        default=("v*",), min_length=1, description="Globs of release tags; `*` does not match `/`, `**` does."
    )
    listed: tuple[Text, ...] = Field(default=(), description="Package names, for rule `listed`.")
    ignore: tuple[Text, ...] = Field(
        default=(), description="Globs of package names that are never released, besides private ones."
    )


class BuildTable(Table):
    """How the tagged commit is built in its own clone."""

    scripts: tuple[Text, ...] = Field(
        default=("build", "test"),
        description="Scripts to run in each selected member and its workspace dependencies, where present.",
    )
    commands: tuple[Text, ...] = Field(default=(), description="Shell lines to run at the root instead of `scripts`.")
    allow_install_scripts: tuple[Text, ...] = Field(
        default=(), description="Dependencies whose install scripts may run."
    )
    env: dict[Text, str] = Field(default_factory=dict, description="Variables to add to the scrubbed environment.")
    package_manager: str = Field(
        default="", description="Package manager pin such as `pnpm@9.12.0`, where package.json has none."
    )
    node: str = Field(default="", description="Declared Node version or range, where package.json has none.")
    install_env: tuple[VariableName, ...] = Field(
        default=(),
        description="Names of variables that only the install step gets from the caller's environment, such as "
        '`["NPM_TOKEN"]`; their values are masked in logs.',
    )
    image: Annotated[str, StringConstraints(pattern=IMAGE_PATTERN)] = Field(
        default="", description="Image pinned by index digest, `name@sha256:…`; declared in the statement."
    )
    install_registry: str = Field(
        default="", description="Registry that dependencies are installed from; the default registry when empty."
    )
    timeout_s: Seconds = Field(default=3600.0, description="Time limit in seconds for a whole build.")
    submodules: bool = Field(default=False, description="Check submodules out at their recorded commits.")
    version_from_tag: bool = Field(default=False, description="Give members with version 0.0.0 the version in the tag.")


class PackTable(Table):
    """How members are packed."""

    packer: Literal["direct", "native"] = Field(
        default="direct", description="Our own rules, or the tool's own pack re-emitted canonically."
    )
    profile: str = Field(
        default="",
        description="Profile with revision, such as `pnpm-9.r1`; chosen from the package manager when empty.",
    )
    allow_colliding_paths: bool = Field(
        default=False, description="Accept paths that collide on case-insensitive file systems."
    )
    allow_non_nfc_paths: bool = Field(default=False, description="Accept paths that are not in Unicode form NFC.")


class PromoteTable(Table):
    """When consumers are switched."""

    when: Literal["policy", "always"] = Field(
        default="policy", description="Move the dist-tag when the policy is satisfied, or always."
    )
    dist_tag: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z_-]{0,63}$")] = Field(
        default="latest",
        description="The dist-tag that consumers follow; without digits, since some servers refuse tags like versions.",
    )


class ConfigFile(Table):
    """The whole file."""

    select: SelectTable = Field(default_factory=SelectTable, description="What a tag ships.")
    build: BuildTable = Field(default_factory=BuildTable, description="How the tagged commit is built.")
    pack: PackTable = Field(default_factory=PackTable, description="How members are packed.")
    promote: PromoteTable = Field(default_factory=PromoteTable, description="When consumers are switched.")
    sites: dict[Annotated[str, StringConstraints(pattern=SITE_ID_PATTERN)], SiteTable] = Field(
        default_factory=dict, description="The sites, by id."
    )


def json_schema() -> str:
    """The JSON schema of samebytes.toml as text, for editors; shipped as samebytes.schema.json."""
    schema = ConfigFile.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "samebytes.toml"
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
