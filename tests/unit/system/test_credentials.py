"""Each place a credential may live in, and each way it may be missing there."""

from __future__ import annotations

import base64
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from samebytes.errors import ConfigError
from samebytes.model.credential import CredentialKind, CredentialName
from samebytes.model.secret import Secret
from samebytes.system.credentials import (
    Credential,
    CredentialPlaces,
    conventional_credential,
    conventional_variable,
    resolve,
)

_URL = "https://forge.test:3000/api/packages/acme/npm"
_TOKEN = "geheim-1234"


def _places(tmp_path: Path, **variables: str) -> CredentialPlaces:
    for name in ("home", "project"):
        (tmp_path / name).mkdir(exist_ok=True)
    return CredentialPlaces(variables=variables, home=str(tmp_path / "home"), project=str(tmp_path / "project"))


def _resolved(name: str, places: CredentialPlaces, url: str = _URL) -> Credential:
    kind, _, rest = name.partition(":")
    return resolve(CredentialName(CredentialKind(kind), rest), places, url)


def _refused(name: str, places: CredentialPlaces, url: str = _URL) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        _resolved(name, places, url)
    assert _TOKEN not in f"{caught.value} {caught.value.hint} {caught.value.__cause__} {caught.value.__context__}"
    return caught.value


def _private(path: Path, data: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(data)
    path.chmod(mode)
    return path


def _token() -> Credential:
    return Credential(secret=Secret(_TOKEN))


def test_a_variable(tmp_path: Path) -> None:
    """`env:NAME` is the value of the variable"""
    assert _resolved("env:T", _places(tmp_path, T=_TOKEN)) == _token()


def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    """The error says which variable to set"""
    error = _refused("env:T", _places(tmp_path))
    assert (error.code, error.hint) == ("SB-5140", "set T to the token")


@pytest.mark.parametrize("value", ["", "  ", "\n"])
def test_an_empty_one_is_refused(tmp_path: Path, value: str) -> None:
    """A variable that CI left empty is no credential"""
    assert _refused("env:T", _places(tmp_path, T=value)).code == "SB-5141"


@pytest.mark.parametrize(
    "value", [f"{_TOKEN}\n", f" {_TOKEN}", f"{_TOKEN} ", f"{_TOKEN}\r\nx: y", "x" * 20_000, f"{_TOKEN}\0"]
)
def test_more_than_one_line_of_text_is_refused(tmp_path: Path, value: str) -> None:
    """What would break a header, or was pasted with something around it, is not sent"""
    assert _refused("env:T", _places(tmp_path, T=value)).code == "SB-5144"


def test_the_conventional_variable(tmp_path: Path) -> None:
    """A site without a configured credential has its token in SAMEBYTES_<ID>_TOKEN, where that is set"""
    assert conventional_variable("site-a") == "SAMEBYTES_SITE_A_TOKEN"
    assert conventional_credential("site-a", {}) is None
    name = conventional_credential("site-a", {"SAMEBYTES_SITE_A_TOKEN": _TOKEN})
    assert name is not None
    assert resolve(name, _places(tmp_path, SAMEBYTES_SITE_A_TOKEN=_TOKEN), _URL) == _token()


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_private_file(tmp_path: Path, end: str) -> None:
    """One line break at the end is the editor's; a relative path begins at the project, `~/` at home"""
    places = _places(tmp_path)
    for folder in ("home", "project"):
        _private(tmp_path / folder / "token", (_TOKEN + end).encode())
    names = ("file:token", "file:~/token", f"file:{tmp_path / 'home' / 'token'}")
    assert [_resolved(name, places) for name in names] == [_token()] * 3


def test_two_line_breaks_are_not_the_editors(tmp_path: Path) -> None:
    """Only one is taken off"""
    _private(tmp_path / "token", f"{_TOKEN}\n\n".encode())
    assert _refused(f"file:{tmp_path}/token", _places(tmp_path)).code == "SB-5144"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602, 0o644])
def test_a_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    """The hint is the command that closes it, with the path quoted"""
    path = _private(tmp_path / "my token", _TOKEN.encode(), mode)
    error = _refused(f"file:{path}", _places(tmp_path))
    assert (error.code, error.hint) == ("SB-5143", f"chmod 600 '{path}'")


def test_a_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who owns it could change it"""
    path = _private(tmp_path / "token", _TOKEN.encode())
    owner = path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    if owner:
        assert _refused(f"file:{path}", _places(tmp_path)).code == "SB-5143"
    else:
        assert _resolved(f"file:{path}", _places(tmp_path)) == _token()


def test_a_foreign_owner_is_refused_whoever_runs_this(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that belongs neither to this user nor to root"""
    path = _private(tmp_path / "token", _TOKEN.encode())
    real = os.fstat

    def foreign(descriptor: int) -> os.stat_result:
        fields = list(real(descriptor))
        fields[4] = 54_321
        return os.stat_result(fields)

    monkeypatch.setattr(os, "fstat", foreign)
    assert _refused(f"file:{path}", _places(tmp_path)).code == "SB-5143"


def test_systems_without_owners_check_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has other means"""
    path = _private(tmp_path / "token", _TOKEN.encode(), 0o644)
    monkeypatch.delattr(os, "geteuid")
    assert _resolved(f"file:{path}", _places(tmp_path)) == _token()


def test_files_that_are_none(tmp_path: Path) -> None:
    """Missing, a folder, a pipe nobody writes to, far too large: told at once"""
    os.mkfifo(tmp_path / "pipe", 0o600)
    _private(tmp_path / "large", b"x" * 70_000)
    places = _places(tmp_path)
    codes = [_refused(f"file:{tmp_path / name}", places).code for name in ("missing", "home", "pipe", "large")]
    assert codes == ["SB-5142"] * 4


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """The bytes are not in the error"""
    _private(tmp_path / "token", _TOKEN.encode() + b"\xff")
    assert _refused(f"file:{tmp_path}/token", _places(tmp_path)).code == "SB-5144"


@pytest.mark.parametrize("variable", ["SAMEBYTES_SECRETS", "CREDENTIALS_DIRECTORY"])
def test_a_mounted_secret(tmp_path: Path, variable: str) -> None:
    """The folder is named by a variable; who mounted the file decides who may read it"""
    _private(tmp_path / "token", f"{_TOKEN}\n".encode(), 0o444)
    assert _resolved("secret:token", _places(tmp_path, **{variable: str(tmp_path)})) == _token()


@pytest.mark.parametrize("name", ["missing", "..", ".", "", "../token", "a/b"])
def test_a_mounted_secret_that_is_not_there(tmp_path: Path, name: str) -> None:
    """Nothing outside the folder is one"""
    _private(tmp_path / "token", _TOKEN.encode())
    (tmp_path / "mounted").mkdir()
    assert _refused(f"secret:{name}", _places(tmp_path, SAMEBYTES_SECRETS=str(tmp_path / "mounted"))).code == "SB-5145"


def _npmrc(tmp_path: Path, text: str, folder: str = "home") -> CredentialPlaces:
    places = _places(tmp_path)
    (tmp_path / folder / ".npmrc").write_text(text, encoding="utf-8")
    return places


@pytest.mark.parametrize(
    "key",
    [
        "//forge.test:3000/api/packages/acme/npm/",
        "//forge.test:3000/api/packages/acme/npm",
        "//forge.test:3000/api/packages/",
        "//forge.test:3000/",
        "//forge.test:3000",
    ],
)
def test_an_npmrc(tmp_path: Path, key: str) -> None:
    """A key for the URL or for what is above it, with or without a slash, with a comment and blanks around"""
    assert _resolved("npmrc", _npmrc(tmp_path, f"; c\n  {key}:_authToken = {_TOKEN} ; mine\n")) == _token()


def test_the_longest_path_wins(tmp_path: Path) -> None:
    """What is nearer to the URL counts, wherever it stands"""
    text = f"//forge.test:3000/api/packages/acme/:_authToken={_TOKEN}\n//forge.test:3000/:_authToken=other\n"
    assert _resolved("npmrc", _npmrc(tmp_path, text), _URL + "/") == _token()


@pytest.mark.parametrize(
    "key",
    ["//forge.test/", "//forge.test:3000/api/packages/other/", "//git.forge.test:3000/", "forge.test:3000/", "@a:x"],
)
def test_no_other_place_counts(tmp_path: Path, key: str) -> None:
    """Another port, owner or host has another login; the hint says what to write"""
    error = _refused("npmrc", _npmrc(tmp_path, f"{key}:_authToken={_TOKEN}\n"))
    assert error.code == "SB-5146"
    assert "//forge.test:3000/api/packages/acme/npm/:_authToken" in error.hint


def test_the_projects_file_wins_key_by_key(tmp_path: Path) -> None:
    """The project's .npmrc is before the user's, and a named one stands alone"""
    _npmrc(tmp_path, "//forge.test:3000/:_authToken=users\n")
    places = _npmrc(tmp_path, f"//forge.test:3000/:_authToken={_TOKEN}\n", "project")
    assert _resolved("npmrc", places) == _token()
    assert _resolved("npmrc:~/.npmrc", places).secret == Secret("users")


def test_the_users_file_may_be_elsewhere(tmp_path: Path) -> None:
    """NPM_CONFIG_USERCONFIG names it, as for npm"""
    (tmp_path / "rc").write_text(f"//forge.test:3000/:_authToken={_TOKEN}\n")
    assert _resolved("npmrc", _places(tmp_path, NPM_CONFIG_USERCONFIG=str(tmp_path / "rc"))) == _token()


@pytest.mark.parametrize("value", ["${T}", '"${T}"', "'${T}'", "${T-x}", "${T:-x}", "${T?}", "${NONE-" + _TOKEN + "}"])
def test_variables_in_an_npmrc(tmp_path: Path, value: str) -> None:
    """`${NAME}` is replaced, and may have a default"""
    _npmrc(tmp_path, f"//forge.test:3000/:_authToken={value}\n")
    assert _resolved("npmrc", _places(tmp_path, T=_TOKEN)) == _token()


@pytest.mark.parametrize(("value", "code"), [("${NONE}", "SB-5147"), ("${NONE?}", "SB-5141"), ("${EMPTY}", "SB-5141")])
def test_variables_that_are_not_there(tmp_path: Path, value: str, code: str) -> None:
    """A missing one is named, rather than sent as `${NAME}`"""
    _npmrc(tmp_path, f"//forge.test:3000/:_authToken={value}\n")
    assert _refused("npmrc", _places(tmp_path, EMPTY="")).code == code


def test_only_the_login_that_is_used_is_expanded(tmp_path: Path) -> None:
    """A variable that another registry needs is none of ours"""
    text = f"//other.test/:_authToken=${{NONE}}\n//forge.test:3000/:_authToken={_TOKEN}\n"
    assert _resolved("npmrc", _npmrc(tmp_path, text)) == _token()


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"//forge.test:3000/:_auth={_encoded('ann:' + _TOKEN)}",
        f"//forge.test:3000/:_auth={_encoded('ann:' + _TOKEN).rstrip('=')}",
        f"//forge.test:3000/:username=ann\n//forge.test:3000/:_password={_encoded(_TOKEN)}",
    ],
)
def test_user_and_password(tmp_path: Path, text: str) -> None:
    """`_auth`, and `username` with `_password`, are base64 as npm writes them"""
    assert _resolved("npmrc", _npmrc(tmp_path, text)) == Credential(secret=Secret(_TOKEN), user="ann")


@pytest.mark.parametrize("name", ["username=ann", "_password=eA=="])
def test_half_a_login_is_none(tmp_path: Path, name: str) -> None:
    """A user without a password, or the other way round, is looked past"""
    assert _refused("npmrc", _npmrc(tmp_path, f"//forge.test:3000/:{name}\n")).code == "SB-5146"


@pytest.mark.parametrize("value", [_TOKEN, _encoded("no colon " + _TOKEN), base64.b64encode(b"a:\xff").decode()])
def test_a_malformed_login(tmp_path: Path, value: str) -> None:
    """What is not base64 of a login is not shown"""
    assert _refused("npmrc", _npmrc(tmp_path, f"//forge.test:3000/:_auth={value}\n")).code == "SB-5148"


def test_an_npmrc_that_cannot_be_read(tmp_path: Path) -> None:
    """A folder of that name is an error, a missing file is not"""
    places = _places(tmp_path)
    (tmp_path / "project" / ".npmrc").mkdir()
    assert _refused("npmrc", places).code == "SB-5142"
    assert _refused(f"npmrc:{tmp_path}/none/.npmrc", places).code == "SB-5146"


def _keyring(monkeypatch: pytest.MonkeyPatch, **entries: object) -> None:
    def get_password(service: str, user: str) -> object:
        found = entries.get(f"{service} {user}")
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=get_password))


@pytest.mark.parametrize(("name", "service"), [("keyring", "samebytes"), ("keyring:forges", "forges")])
def test_the_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, service: str) -> None:
    """The user's name there is the URL"""
    _keyring(monkeypatch, **{f"{service} {_URL}": _TOKEN})
    assert _resolved(name, _places(tmp_path)) == _token()


def test_a_keyring_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint is the command that stores it"""
    _keyring(monkeypatch)
    error = _refused("keyring", _places(tmp_path))
    assert (error.code, error.hint) == ("SB-5150", f"keyring set samebytes {_URL}")


def test_a_keyring_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a backend raises, its text does not come out"""
    _keyring(monkeypatch, **{f"samebytes {_URL}": RuntimeError(_TOKEN)})
    assert _refused("keyring", _places(tmp_path)).code == "SB-5149"


def test_no_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the hint says how to get it"""
    monkeypatch.setitem(sys.modules, "keyring", None)
    error = _refused("keyring", _places(tmp_path))
    assert (error.code, error.hint) == ("SB-5149", "pip install 'samebytes[keyring]'")
