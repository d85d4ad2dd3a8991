"""Benchmarks: samebytes against a peer in the same run. `make bench`; docs/benchmarks.md has the figures."""
