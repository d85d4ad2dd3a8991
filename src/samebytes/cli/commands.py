"""The table of commands: name, module, section and one-line help, so that `--help` imports no command."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """One command: `samebytes.cli.<module>` holds a click command called `command`."""

    name: str
    module: str
    section: str
    help: str


COMMANDS: tuple[CommandEntry, ...] = (
    CommandEntry("plan", "plan", "Release", "Show what a tag ships, in which order, and what each site would get."),
    CommandEntry("pack", "pack", "Release", "Build a commit in a clean clone and pack its members."),
    CommandEntry("publish", "publish", "Release", "Build a tag and publish it to a site; run again to repair."),
    CommandEntry("promote", "promote", "Release", "Point the dist-tag that consumers follow at a release."),
    CommandEntry("status", "status", "Inspect", "Show where releases stand at each site."),
    CommandEntry("verify", "verify", "Inspect", "Prove that sites serve the same bytes."),
    CommandEntry("explain", "explain", "Inspect", "Say where and why two releases or tarballs differ."),
    CommandEntry("probe", "probe", "Tools", "Say what a site is, what the token may do there, what would fail."),
    CommandEntry("serve", "serve", "Tools", "Serve directory sites to npm clients over HTTP."),
    CommandEntry("config", "config", "Tools", "Show the configuration and where each value comes from."),
    CommandEntry("completion", "completion", "Tools", "Print the completion script for a shell."),
)
