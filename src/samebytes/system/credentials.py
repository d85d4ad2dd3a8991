"""From the name of a credential to the credential, wherever that is kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from samebytes.errors import ConfigError
from samebytes.model.credential import CredentialKind, CredentialName
from samebytes.model.secret import Secret
from samebytes.system.credentials_file import read_mounted, read_private
from samebytes.system.credentials_keyring import read_keyring
from samebytes.system.credentials_npmrc import NpmrcLogin, read_npmrc

# Real tokens have up to a few thousand characters (a JSON web token).
_MAX_CHARACTERS = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A token, or where `user` is not empty, a user and a password."""

    secret: Secret
    user: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialPlaces:
    """Where credentials are looked up: the environment's variables, the user's home and the project's folder."""

    variables: Mapping[str, str]
    home: str
    project: str


def conventional_variable(site_id: str) -> str:
    """The variable that holds a site's token where no credential is configured: `SAMEBYTES_<SITE_ID>_TOKEN`."""
    return f"SAMEBYTES_{site_id.upper().replace('-', '_')}_TOKEN"


def conventional_credential(site_id: str, variables: Mapping[str, str]) -> CredentialName | None:
    """The name of a site's credential by convention; None where the variable is not set."""
    variable = conventional_variable(site_id)
    return CredentialName(CredentialKind.ENVIRONMENT, variable) if variable in variables else None


def resolve(name: CredentialName, places: CredentialPlaces, url: str) -> Credential:
    """The credential of that name; `url` is what it is for, by which .npmrc files and keyrings are searched.

    Raises ConfigError, which never shows a value: SB-5140 variable not set, SB-5141 empty, SB-5142 file unreadable,
    SB-5143 file open to others, SB-5144 not one line of text, SB-5145 no such mounted secret, SB-5146 nothing in .npmrc
    for the URL, SB-5147 .npmrc uses a variable that is not set, SB-5148 malformed login in .npmrc, SB-5149 no keyring,
    SB-5150 nothing in the keyring for the URL.
    """
    login = _PLACES[name.kind](name.name, places, url)
    secret = login.secret
    if not secret.strip():
        raise ConfigError("SB-5141", f"the credential {name} is empty")
    if len(secret) > _MAX_CHARACTERS or not (secret + login.user).isprintable() or " " in (secret[0], secret[-1]):
        raise ConfigError(
            "SB-5144",
            f"the credential {name} is too long, or has a line break or a space around it",
            hint="store the token alone, on one line",
        )
    return Credential(secret=Secret(secret), user=login.user)


def _from_environment(name: str, places: CredentialPlaces, _url: str) -> NpmrcLogin:
    if name not in places.variables:
        raise ConfigError("SB-5140", f"the environment variable {name} is not set", hint=f"set {name} to the token")
    return NpmrcLogin(secret=places.variables[name])


def _from_file(name: str, places: CredentialPlaces, _url: str) -> NpmrcLogin:
    return NpmrcLogin(secret=read_private(_path(name, places)))


def _from_mounted(name: str, places: CredentialPlaces, _url: str) -> NpmrcLogin:
    return NpmrcLogin(secret=read_mounted(name, places.variables))


def _from_npmrc(name: str, places: CredentialPlaces, url: str) -> NpmrcLogin:
    user_file = places.variables.get("NPM_CONFIG_USERCONFIG") or os.path.join(places.home, ".npmrc")
    paths = (_path(name, places),) if name else (os.path.join(places.project, ".npmrc"), user_file)
    return read_npmrc(paths, places.variables, url)


def _from_keyring(name: str, _places: CredentialPlaces, url: str) -> NpmrcLogin:
    return NpmrcLogin(secret=read_keyring(name, url))


def _path(name: str, places: CredentialPlaces) -> str:
    if name.startswith("~/"):
        return os.path.join(places.home, name[2:])
    return os.path.join(places.project, name)


_PLACES: Mapping[CredentialKind, Callable[[str, CredentialPlaces, str], NpmrcLogin]] = MappingProxyType(
    {
        CredentialKind.ENVIRONMENT: _from_environment,
        CredentialKind.FILE: _from_file,
        CredentialKind.SECRET: _from_mounted,
        CredentialKind.NPMRC: _from_npmrc,
        CredentialKind.KEYRING: _from_keyring,
    }
)
