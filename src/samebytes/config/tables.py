"""What every table of samebytes.toml is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
# Tools of the shell and of Windows allow more; nobody uses it for a token.
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,255}$")]
# Empty where none is declared.
IMAGE_PATTERN = r"^([^@\s]+@sha256:[0-9a-f]{64})?$"
SITE_ID_PATTERN = r"^[a-z0-9][a-z0-9-]{0,62}$"


class Table(BaseModel):
    """A table: unknown keys and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
