"""Publish runs in processes of their own: killed, stopped, and many at once."""
