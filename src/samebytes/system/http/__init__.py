"""HTTP: one `Transport` Protocol, the real one, and a decorator a file."""
