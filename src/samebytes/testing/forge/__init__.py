"""A stand-in for Gitea and Forgejo on loopback: npm registry, releases, refs, secrets and runs as recorded on real servers.

Start one with `setup.ready_forge` and `server.running`, or as a process: `python -m samebytes.testing.forge --help`.
"""
