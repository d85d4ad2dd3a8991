"""Bytes to values and back; pure, each with golden vectors."""
