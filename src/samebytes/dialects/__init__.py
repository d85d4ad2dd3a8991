"""Versioned data: what each server, runner and package manager version does."""
