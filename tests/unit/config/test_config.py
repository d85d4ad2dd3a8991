"""samebytes.toml: what is accepted, what is refused, and what each message says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samebytes.config import ConfigDocument, load_settings, read_document
from samebytes.config.locate import line_of
from samebytes.config.schema import json_schema
from samebytes.errors import ConfigError, FormatError
from samebytes.model.selection import SelectionRule
from samebytes.model.settings import Settings
from samebytes.reports.findings_text import finding_documents
from samebytes.reports.settings_text import settings_document, settings_text

ONE_SITE = b'[sites.corp]\nkind = "directory"\npath = "../corp"\n'


def settings_of(text: bytes, **variables: str) -> Settings:
    """The settings of one file that is both the commit's and the checkout's."""
    document = read_document(text, "samebytes.toml")
    return load_settings(document, document, "/repo", variables)


def test_one_site_table_is_a_whole_configuration() -> None:
    """A repository with one [sites.x] table works; everything else has a default."""
    settings = settings_of(ONE_SITE)
    assert [(site.id, site.path) for site in settings.sites] == [("corp", "/corp")]
    assert settings.select.rule is SelectionRule.NEW_VERSIONS


def test_no_file_at_all_has_every_default() -> None:
    """A repository without samebytes.toml still packs and plans."""
    settings = load_settings(None, None, "/repo", {})
    assert settings.sites == ()
    assert settings.build.scripts == ("build", "test")
    assert set(settings.sources.values()) == {"default"}


def test_bytes_come_from_the_commit_and_places_from_the_checkout() -> None:
    """A site added today can receive an old tag, but how that tag is built stays what the tag says."""
    commit = read_document(b'[build]\nscripts = ["compile"]\n', "v1:samebytes.toml")
    checkout = read_document(ONE_SITE + b'[build]\nscripts = ["other"]\n', "samebytes.toml")
    settings = load_settings(commit, checkout, "/repo", {})
    assert settings.build.scripts == ("compile",)
    assert settings.sources["build.scripts"] == "v1:samebytes.toml:2"
    assert settings.sources["sites.corp.path"] == "samebytes.toml:3"


@pytest.mark.parametrize(
    ("commit", "checkout", "place", "keys"),
    [
        (b"[build]\nnode = '20'\n", b"[build]\nnode = '22'\n", "samebytes.toml", "build.node"),
        (None, b"[build]\nnode = '22'\n[pack]\npacker = 'native'\n", "samebytes.toml", "build.node, pack.packer"),
        (b"[build]\nnode = '20'\n", b"", "samebytes.toml", "build.node"),
        (b"[build]\nnode = '20'\n", b"[select]\nrule = 'all'\n" + ONE_SITE, "other.toml", "select.rule"),
        (b"[build]\nnode = '20'\n", ONE_SITE, "other.toml", ""),
        (b"[build]\nnode = '20'\n", b"[build]\nnode = '20'\n" + ONE_SITE, "samebytes.toml", ""),
    ],
)
def test_what_a_file_asks_for_and_the_commit_overrules_is_named(
    commit: bytes | None, checkout: bytes, place: str, keys: str
) -> None:
    """A changed samebytes.toml and one named by --config are not ignored in silence; one with sites alone is fine."""
    of_commit = read_document(commit, "HEAD:samebytes.toml") if commit is not None else None
    settings = load_settings(of_commit, read_document(checkout, place), "/repo", {})
    assert [(one.rule, one.place) for one in settings.findings] == ([("settings-set-aside", place)] if keys else [])
    assert all(one.message.startswith(f"{keys} differ") for one in settings.findings)
    assert settings_document(settings)["findings"] == finding_documents(settings.findings)


def test_a_single_file_overrules_nothing() -> None:
    """`pack --here` takes the checkout's file for all of it, and so does `config show` without a commit."""
    settings = settings_of(b"[build]\nnode = '22'\n")
    assert settings.findings == ()
    assert "takes select, build and pack from the samebytes.toml of its commit" in settings_text(
        settings, of_commit=False
    )
    assert "of its commit" not in settings_text(settings)


def test_the_time_limit_is_said_to_be_of_a_whole_build() -> None:
    """There is one deadline, not one for each step."""
    schema = json.loads(json_schema())
    assert "whole build" in schema["$defs"]["BuildTable"]["properties"]["timeout_s"]["description"]


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        (b'[select]\nrul = "all"\n', "SB-1002", "samebytes.toml:2: `select.rul` is not a key samebytes knows"),
        (b'[select]\nrule = "al"\n', "SB-1003", "samebytes.toml:2: `select.rule` cannot be 'al'"),
        (b'[sites.corp]\nkind = "directory"\n', "SB-1003", "samebytes.toml:1: `sites.corp.path` is missing"),
        (b'[sites.corp]\nkind = "gitae"\npath = "x"\n', "SB-1003", "`sites.corp.kind` cannot be 'gitae'"),
        (b'[sites.corp]\nkind = "directory"\npath = "x"\nconcurency = 2\n', "SB-1002", "`sites.corp.concurency`"),
        (b'[sites."A b"]\nkind = "directory"\npath = "x"\n', "SB-1003", "`sites.A b`"),
        (b'[build]\ntimeout_s = "5"\n', "SB-1003", "valid number"),
        (b"[build]\ntimeout_s = inf\n", "SB-1003", "inf and nan"),
        (b"[build]\nenv = {a = 2020-01-01}\n", "SB-1003", "dates"),
        (b'[build]\nimage = "node:20"\n', "SB-1003", "`build.image`"),
        (b'[build]\nimage = "node@sha256:abc"\n', "SB-1003", "`build.image`"),
        (b'[build.env]\n"" = "x"\n', "SB-1003", "`build.env.`"),
        (b'[build]\ninstall_env = ["A B"]\n', "SB-1003", "`build.install_env"),
        (b'[promote]\ndist_tag = "1.x"\n', "SB-1003", "`promote.dist_tag`"),
        (b"select = 3\n", "SB-1003", "a table"),
        (b"[build.env.deep]\nx = 1\n", "SB-1003", "a table"),
        (b"[nonsense.deep]\nx = 1\n", "SB-1002", "`nonsense`"),
        (b"[build.package_manager]\nx = 1\n", "SB-1003", "`build.package_manager`"),
        (b"not toml", "SB-1001", "this is not TOML"),
        (b"a = '\xff'", "SB-1001", "byte 5 is not UTF-8"),
        (b"#" * 1_000_001, "SB-1001", "larger than"),
    ],
)
def test_each_mistake_is_one_clear_error_with_its_place(text: bytes, code: str, expected: str) -> None:
    """A wrong file says where, what, and with which code."""
    with pytest.raises(FormatError) as caught:
        read_document(text, "samebytes.toml")
    assert caught.value.code == code
    assert expected in caught.value.summary


def test_a_key_that_is_nearly_right_gets_a_suggestion() -> None:
    """Did you mean …? comes with the key, and the known keys where nothing is near."""
    with pytest.raises(FormatError) as caught:
        read_document(b'[sites.c]\nkind = "directory"\npath = "x"\nreadback = "bytes"\n', "f")
    assert caught.value.hint == "did you mean `read_back`?"
    with pytest.raises(FormatError) as caught:
        read_document(b"[promote]\nzzz = 1\n", "f")
    assert caught.value.hint == "known keys here: dist_tag, when"


def test_listed_and_its_rule_go_together() -> None:
    """A list without the rule, or the rule without a list, would silently select something else."""
    for text in (b'[select]\nrule = "listed"\n', b'[select]\nlisted = ["a"]\n'):
        with pytest.raises(ConfigError) as caught:
            settings_of(text)
        assert caught.value.code == "SB-1005"
    assert settings_of(b'[select]\nrule = "listed"\nlisted = ["a"]\n').select.listed == ("a",)


def test_paths_expand_home_and_variables() -> None:
    """`~` and `${VAR}` are expanded; a variable that is not set is an error, not an empty text."""
    text = b'[sites.a]\nkind = "directory"\npath = "~/${WHERE}/a"\n'
    assert settings_of(text, HOME="/home/me", WHERE="sites").sites[0].path == "/home/me/sites/a"
    with pytest.raises(ConfigError) as caught:
        settings_of(text, HOME="/home/me")
    assert caught.value.code == "SB-1004"
    assert settings_of(b'[sites.a]\nkind = "directory"\npath = "~"\n', HOME="/h").sites[0].path == "/h"


def test_show_names_value_and_source_of_every_key() -> None:
    """`config show` has a line for each key, with the file and line that set it."""
    settings = settings_of(b'[build]\nenv = {A = "b"}\n' + ONE_SITE)
    text = settings_text(settings)
    assert "sites.corp.path" in text
    assert "# samebytes.toml:5" in text
    document = settings_document(settings)
    assert document["build.env"] == {"value": {"A": "b"}, "source": "samebytes.toml:2"}
    assert document["pack.packer"] == {"value": "direct", "source": "default"}
    assert "no sites" in settings_text(settings_of(b""))


def test_the_shipped_schema_is_the_one_the_code_generates() -> None:
    """Editors read samebytes.schema.json; it must say what the reader accepts."""
    import samebytes

    shipped = Path(samebytes.__file__).parent / "samebytes.schema.json"
    assert shipped.read_text(encoding="utf-8") == json_schema()
    assert json.loads(json_schema())["additionalProperties"] is False


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_read_or_refused_with_a_code(data: bytes) -> None:
    """No input makes the reader fail in a way of its own."""
    try:
        document = read_document(data, "samebytes.toml")
    except FormatError as caught:
        error = caught
    else:
        assert isinstance(document, ConfigDocument)
        return
    assert error.code.startswith("SB-100")


def test_line_of_finds_headers_dotted_keys_and_inline_tables() -> None:
    """The line of a message is right for each way TOML can write a key."""
    text = '# c\n[sites.corp]\nkind = "x"\n[sites."a b"]\npath="y"\n[build]\nenv = {A = "b"}\nx.y = 1\n'
    assert line_of(text, ["sites", "corp", "kind"]) == 3
    assert line_of(text, ["sites", "a b", "path"]) == 5
    assert line_of(text, ["build", "env", "A"]) == 7
    assert line_of(text, ["build", "x", "y"]) == 8
    assert line_of(text, ["nowhere"]) == 0


def test_three_lines_make_a_forge_site() -> None:
    """Kind, url and owner are enough; a trailing slash makes no other site."""
    site = settings_of(b'[sites.corp]\nkind = "gitea"\nurl = "http://localhost:3300/"\nowner = "acme"\n').sites[0]
    assert (site.kind, site.url, site.owner) == ("gitea", "http://localhost:3300", "acme")
    assert (site.repository, site.credential, site.request_timeout_s) == ("", None, 120.0)


def test_a_server_gets_more_requests_at_once_than_a_folder() -> None:
    """Requests wait for the network, writes to a folder for its disk."""
    text = b'[sites.a]\nkind = "npm"\nurl = "https://npm.example.com"\n[sites.b]\nkind = "directory"\npath = "b"\n'
    assert [site.concurrency for site in settings_of(text).sites] == [16, 4]


def test_an_npm_site_keeps_its_state_in_a_folder_or_behind_a_git_url() -> None:
    """A folder is relative to the file, a git URL is left alone."""
    text = '[sites.a]\nkind = "npm"\nurl = "https://npm.example.com/x"\nevidence = "{}"\nca_file = "~/ca.pem"\n'
    for written, read in (
        ("../state", "/state"),
        ("git@host:a/b.git", "git@host:a/b.git"),
        ("https://h/a.git", "https://h/a.git"),
        ("file:///srv/a.git", "file:///srv/a.git"),
    ):
        site = settings_of(text.format(written).encode(), HOME="/h").sites[0]
        assert (site.evidence, site.ca_file) == (read, "/h/ca.pem"), written


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("env:CORP_TOKEN", "env:CORP_TOKEN"),
        ("file:~/token", "file:/h/token"),
        ("secret:corp", "secret:corp"),
        ("npmrc", "npmrc"),
        ("keyring:corp", "keyring:corp"),
    ],
)
def test_a_credential_is_named(written: str, read: str) -> None:
    """A kind of place and a name in it; paths are expanded."""
    text = f'[sites.a]\nkind = "npm"\nurl = "https://npm.example.com"\ncredential = "{written}"\n'
    assert str(settings_of(text.encode(), HOME="/h").sites[0].credential) == read


@pytest.mark.parametrize(
    "line", ['credential = "s3cr3tt0ken"', 'url = "https://me:s3cr3tt0ken@h"', 'proxy = "http://me:s3cr3tt0ken@p"']
)
def test_a_token_in_the_file_is_refused_and_not_shown(line: str) -> None:
    """The error says where it stands and what to write instead, never what was written."""
    text = f'[sites.a]\nkind = "npm"\n{line}\n' + ("" if line.startswith("url") else 'url = "https://h"\n')
    with pytest.raises(FormatError) as caught:
        read_document(text.encode(), "samebytes.toml")
    assert caught.value.code == "SB-1003"
    assert "samebytes.toml:3" in str(caught.value)
    assert caught.value.hint
    assert "s3cr3t" not in f"{caught.value} {caught.value.hint} {caught.value.details}"


@pytest.mark.parametrize(
    ("table", "where"),
    [
        ('kind = "npm"\nurl = "https://h"\nowner = "x"\n', "`sites.a.owner` is not a key samebytes knows of kind npm"),
        ('kind = "gitea"\nurl = "https://h"\n', "`sites.a.owner` is missing"),
        ('url = "https://h"\n', "`sites.a.kind` is missing"),
        ('kind = "gitea"\nurl = "ftp://h"\nowner = "x"\n', "`sites.a.url` cannot be what is written there"),
    ],
)
def test_each_kind_has_its_own_keys(table: str, where: str) -> None:
    """The error names the kind of site and the key in the file."""
    with pytest.raises(FormatError, match=where):
        read_document(f"[sites.a]\n{table}".encode(), "samebytes.toml")


@pytest.mark.parametrize(
    ("text", "summary", "hint"),
    [
        (b'\n[site.corp]\nkind = "directory"\n', "samebytes.toml:2: `site` is not a key", "did you mean `sites`?"),
        (
            b'[sites.corp]\nkind = "directoy"\npath = "x"\n',
            "samebytes.toml:2: `sites.corp.kind` cannot be 'directoy': it is one of directory, npm",
            'did you mean "directory"?',
        ),
        (
            b'[sites.corp]\nkind = "zip"\n',
            "samebytes.toml:2: `sites.corp.kind` cannot be 'zip'",
            "samebytes config schema tells",
        ),
        (
            b'[sites.Corp]\nkind = "directory"\npath = "x"\n',
            "samebytes.toml:1: `sites.Corp` cannot be the id of a site: that has lower-case letters",
            "call it [sites.corp]",
        ),
        (b'[select]\ntags = "v*"\n', "samebytes.toml:2: `select.tags` cannot be 'v*'", 'write a list: tags = ["v*"]'),
        (b"[sites.corp]\npath = ../corp\n", "samebytes.toml:2: this is not TOML: ", "write a table as [sites.corp]"),
        (b'[sites.corp\npath = "x"\n', "samebytes.toml:1: this is not TOML: ", "write a table as [sites.corp]"),
    ],
)
def test_a_mistake_of_a_beginner_is_told_with_line_and_remedy(text: bytes, summary: str, hint: str) -> None:
    """No raw pattern, no word of the validator, and something to type."""
    with pytest.raises(FormatError) as caught:
        read_document(text, "samebytes.toml")
    assert caught.value.summary.startswith(summary)
    assert caught.value.hint.startswith(hint)


def test_two_sites_in_one_folder_are_refused() -> None:
    """However the two paths are written; servers have none."""
    text = ONE_SITE + b'[sites.home]\nkind = "directory"\npath = "../x/../corp"\n'
    with pytest.raises(ConfigError) as caught:
        settings_of(text)
    assert (caught.value.code, "'corp' and 'home' have one folder, /corp" in caught.value.summary) == ("SB-1006", True)
    assert caught.value.summary.startswith("samebytes.toml:6: ")
    servers = b"".join(b'[sites.%b]\nkind = "npm"\nurl = "https://x.example"\n' % name for name in (b"a", b"b"))
    assert len(settings_of(servers).sites) == 2
