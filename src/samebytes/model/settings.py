"""The effective configuration as frozen values, defaults included; `samebytes.config` reads them from samebytes.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from samebytes.model.finding import Finding
from samebytes.model.selection import SelectionRule
from samebytes.model.site import Site

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Packer(StrEnum):
    """Who packs: our own rules, or the tool's own pack re-emitted canonically."""

    DIRECT = "direct"
    NATIVE = "native"


class PromoteWhen(StrEnum):
    """When the chosen dist-tag moves."""

    POLICY = "policy"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectSettings:
    """Table `[select]`: `tags` are globs of release tags, `listed` is for rule `listed`, `ignore` names members never released."""

    rule: SelectionRule = SelectionRule.NEW_VERSIONS
    tags: tuple[str, ...] = ("v*",)
    listed: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSettings:
    """Table `[build]`.

    `scripts` run in each selected member and its workspace dependencies, in order, where present; `commands` replace
    them and run at the root. `allow_install_scripts` names packages whose install scripts may run. `env` adds variables;
    `install_env` names those of the caller that the install step alone gets. `version_from_tag` writes the tag's version
    into members that have 0.0.0 in git.
    """

    scripts: tuple[str, ...] = ("build", "test")
    commands: tuple[str, ...] = ()
    allow_install_scripts: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    install_env: tuple[str, ...] = ()
    package_manager: str = ""
    node: str = ""
    image: str = ""
    install_registry: str = ""
    timeout_s: float = 3600.0
    submodules: bool = False
    version_from_tag: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PackSettings:
    """Table `[pack]`: `profile` overrides the one chosen from the package manager; the two escapes are for Linux-only teams."""

    packer: Packer = Packer.DIRECT
    profile: str = ""
    allow_colliding_paths: bool = False
    allow_non_nfc_paths: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoteSettings:
    """Table `[promote]`: which dist-tag moves, when, and whether it may move to a lower version."""

    when: PromoteWhen = PromoteWhen.POLICY
    dist_tag: str = "latest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything configured; `sources` maps a dotted key to where its value came from (`default`, `samebytes.toml:12`, …).

    `findings` says what a file on disk asks for and does not get, because the commit decides it.
    """

    select: SelectSettings = field(default_factory=SelectSettings)
    build: BuildSettings = field(default_factory=BuildSettings)
    pack: PackSettings = field(default_factory=PackSettings)
    promote: PromoteSettings = field(default_factory=PromoteSettings)
    sites: tuple[Site, ...] = ()
    sources: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    findings: tuple[Finding, ...] = ()
