"""Real package managers for tests, pinned by digest and kept in `.cache/clients`."""
