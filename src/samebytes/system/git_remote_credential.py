"""The credential of a git remote over HTTP: handed to git through a pipe, for one origin, and kept out of all texts.

    git fetch ─► git-remote-http ─► (the server says 401) ─► sh: our helper ─► reads the pipe it inherited

The helper is a line of shell in the scratch repository's configuration. It holds no secret, and is asked by git only
for the origin that its section names. When the server says no to what it gave, git tells it so (`erase`): that leaves
a file, which says "refused" without reading git's words.
"""

from __future__ import annotations

from dataclasses import dataclass

from samebytes.errors import ConfigError
from samebytes.formats.redact import masker
from samebytes.model.secret import Secret
from samebytes.system.process import SECRET_FD

REFUSED = "samebytes-credential-refused"
ASKED = "samebytes-credential-asked"
MARKS_FOLDER = "SAMEBYTES_SCRATCH"
# A pipe takes so much at once, in any encoding (system/process).
_MAX_CHARACTERS = 1000

# Only what the shell has built in: the secret is in no argument of any program, and no program must be on PATH.
_GIVE = (
    f'!give() {{ case "$1" in get) while IFS= read -r line; do printf "%s\\n" "$line"; done < "/dev/fd/${SECRET_FD}" ;; '
    f'erase) : > "${MARKS_FOLDER}/{REFUSED}" ;; esac; }}; give'
)
_NONE = f'!none() {{ case "$1" in get) : > "${MARKS_FOLDER}/{ASKED}" ;; esac; }}; none'


@dataclass(frozen=True, slots=True, kw_only=True)
class GitCredential:
    """A user name and a token. Gitea and Forgejo take any name beside a token; `samebytes` will do."""

    username: str
    token: Secret

    def document(self) -> Secret:
        """What a credential helper answers (git-credential(1)). Raises ConfigError (SB-5117) for a line break in it."""
        token = self.token.reveal()
        broken = any(character in self.username + token for character in "\r\n\0")
        if broken or not 0 < len(token) <= _MAX_CHARACTERS:
            raise ConfigError("SB-5117", "the token for a git remote is empty or too long, or has a line break in it")
        return Secret(f"username={self.username}\npassword={token}\n")

    def masked(self, text: str) -> str:
        """The text without the token in any encoding, also together with the name as a Basic header has it."""
        token = self.token.reveal()
        return masker((token, f"{self.username}:{token}"))(text)


def helper_settings(origin: str, credential: GitCredential | None) -> list[str]:
    """The lines of git's configuration that make it ask us, and nobody else."""
    if credential is None:
        return ["[credential]", f"\thelper = {_quoted(_NONE)}"]
    return [f"[credential {_quoted(origin)}]", f"\thelper = {_quoted(_GIVE)}"]


def _quoted(value: str) -> str:
    """A value in git's configuration file (git-config(1), Syntax)."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
