"""Forges: releases, refs, runs, secrets, each a small Protocol."""
