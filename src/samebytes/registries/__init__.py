"""Registries: observe, upload, tag, delete."""
