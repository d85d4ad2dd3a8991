"""What a file on disk says about a build and does not get: what changes bytes comes from the commit alone."""

from __future__ import annotations

from samebytes.config.read import CONFIG_NAME, ConfigDocument
from samebytes.model.finding import Finding, Severity

FROM_COMMIT = ("select", "build", "pack")


def set_aside(commit: ConfigDocument, checkout: ConfigDocument) -> tuple[Finding, ...]:
    """A finding where the two files differ in what only the commit's decides.

    A file named by `--config` that leaves a key out asks for nothing; samebytes.toml itself, changed, may mean that too.
    """
    keys = [key for key in _differing(commit, checkout) if checkout.place == CONFIG_NAME or key in checkout.given]
    if not keys:
        return ()
    named = ", ".join(".".join(key) for key in keys)
    finding = Finding(
        rule="settings-set-aside",
        severity=Severity.NOTE,
        place=checkout.place,
        message=f"{named} differ from the commit's {CONFIG_NAME}, and the commit decides what changes bytes",
        remedy="to have them, commit them and tag that commit; `samebytes config show` with the tag says what counts for it",
    )
    return (finding,)


def _differing(commit: ConfigDocument, checkout: ConfigDocument) -> list[tuple[str, str]]:
    differing = []
    for table in FROM_COMMIT:
        theirs, ours = getattr(commit.tables, table), getattr(checkout.tables, table)
        differing += [(table, key) for key in type(ours).model_fields if getattr(theirs, key) != getattr(ours, key)]
    return differing
