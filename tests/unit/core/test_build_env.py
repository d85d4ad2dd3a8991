"""The environment of a build."""

from __future__ import annotations

from samebytes.core.build_env import RoomPaths, build_environment, install_environment, secrets_of

_PATHS = RoomPaths(root="/r", home="/r/home", tools="/r/bin", temp="/r/temp")


def test_nothing_of_the_host_gets_in() -> None:
    """Two hosts with other variables give builds the same environment."""
    hosts: tuple[dict[str, str], ...] = (
        {},
        {
            "NODE_OPTIONS": "--inspect",
            "npm_config_registry": "x",
            "NPM_TOKEN": "t",
            "HTTPS_PROXY": "http://user:password@proxy",
            "PATH": "/strange",
            "CI": "false",
            "TZ": "Asia/Tokyo",
        },
    )
    first, second = (build_environment(host, _PATHS, epoch_s=1, configured={}) for host in hosts)
    assert first == second
    assert first["PATH"] == "/r/bin:/usr/local/bin:/usr/bin:/bin"


def test_configured_variables_get_in_but_cannot_move_the_folders() -> None:
    """`build.env` may change fixed values, not HOME or PATH."""
    env = build_environment(
        {}, _PATHS, epoch_s=7, configured={"TZ": "Asia/Tokyo", "NEW": "1", "HOME": "/x", "PATH": "/y"}
    )
    assert (env["TZ"], env["NEW"], env["HOME"], env["SOURCE_DATE_EPOCH"]) == ("Asia/Tokyo", "1", "/r/home", "7")
    assert env["PATH"].startswith("/r/bin:")


def test_only_steps_that_reach_a_registry_know_the_way_out() -> None:
    """Proxies and certificates are for installing; a proxy's URL may hold a password."""
    host = {"HTTPS_PROXY": "http://user:password@proxy", "SSL_CERT_FILE": "/certs", "NPM_TOKEN": "t"}
    scripts = build_environment(host, _PATHS, epoch_s=1, configured={})
    install = install_environment(host, scripts)
    assert "password" not in "".join(scripts.values())
    assert dict(install) == {**scripts, "HTTPS_PROXY": host["HTTPS_PROXY"], "SSL_CERT_FILE": "/certs"}


def test_variables_by_name_are_for_the_install_alone() -> None:
    """They reach no script, cannot move the folders, and are among what is masked, as proxies' passwords are."""
    host = {"HTTPS_PROXY": "http://user:password@proxy", "NPM_TOKEN": "t", "HOME": "/x", "OTHER": "o"}
    scripts = build_environment(host, _PATHS, epoch_s=1, configured={})
    names = ("NPM_TOKEN", "HOME", "UNSET")
    install = install_environment(host, scripts, names)
    assert dict(install) == {**scripts, "NPM_TOKEN": "t", "HTTPS_PROXY": host["HTTPS_PROXY"]}
    assert "NPM_TOKEN" not in scripts
    assert secrets_of(host, names) == ("t", "/x", "password")


def test_what_windows_needs_to_start_programs_stays() -> None:
    """Without SYSTEMROOT no program starts there."""
    assert build_environment({"SYSTEMROOT": "C"}, _PATHS, epoch_s=1, configured={})["SYSTEMROOT"] == "C"
