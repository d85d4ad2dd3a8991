"""One tag, every registry, the same bytes."""

__version__ = "0.1.0"
