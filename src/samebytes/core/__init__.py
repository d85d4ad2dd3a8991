"""Decisions; pure, one verb a file."""
