"""Git remotes for tests: bare repositories, a server over HTTP, and runners that count, fail and die."""
