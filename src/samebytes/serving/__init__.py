"""Directory sites over HTTP, read-only, as npm, pnpm and yarn expect a registry to answer."""
