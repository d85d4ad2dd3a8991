"""Parts for tests, shipped as an extra."""
