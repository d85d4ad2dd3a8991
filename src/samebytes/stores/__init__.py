"""Stores: where evidence and a site's own state live."""
