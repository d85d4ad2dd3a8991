"""What all steps of the demo share: the releases it makes, its folder, its machines, and how it states a claim."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stage.commands import Finished, Terminal
from stage.machines import Machine
from stage.repository import Repository

FIRST = "v1.0.0"
SECOND = "v1.1.0"
RELEASED = {
    "@lanterns/calendar": "0.4.2",
    "@lanterns/color": "1.0.0",
    "@lanterns/garland": "1.0.0",
    "@lanterns/glow": "1.0.0",
    "@lanterns/greetings": "1.0.0",
    "@lanterns/inspect": "1.0.0",
    "@lanterns/presets": "1.0.0",
    "@lanterns/shape": "1.0.0",
    "@lanterns/svg": "2.1.0",
    "@lanterns/wick": "1.0.0",
}
BUMPED = "@lanterns/calendar"
BUMPED_TO = "0.5.0"
NEW_FESTIVAL = "Festa das Lanternas,Macau,2026-09-25T11:00:00Z,3000\n"
DIFFERING_FILE = "generated/festivals.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What all steps share: the folder of the demo, the terminal, the repository, and the machines of the two sites."""

    folder: Path
    terminal: Terminal
    install_registry: str
    repository: Repository
    corp: Machine
    home: Machine

    @property
    def sites(self) -> Path:
        """The folder that holds the folders of the sites."""
        return self.folder / "sites"

    def statement(self, site: str) -> Path:
        """The release statement of the first tag, as a site keeps it."""
        return self.sites / site / "releases" / FIRST / "release.json"

    def sums(self, site: str) -> Path:
        """The list of digests beside it."""
        return self.statement(site).with_name("SHA512SUMS")

    def samebytes(self, machine: Machine, *arguments: str, status: int = 0) -> Finished:
        """Run samebytes on a machine."""
        return self.terminal.run(machine.samebytes(*arguments, sites=self.sites, status=status))

    def say(self, text: str) -> None:
        """Print a line of the story."""
        self.terminal.say(text)

    def proven(self, claim: str, *, by: bool) -> None:
        """State a claim, or fail where it does not hold."""
        self.terminal.proven(claim, by=by)
