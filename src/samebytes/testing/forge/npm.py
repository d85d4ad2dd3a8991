"""The npm registry: its route table."""

from __future__ import annotations

from samebytes.testing.forge.routing import Route

ROUTES: tuple[Route, ...] = ()
