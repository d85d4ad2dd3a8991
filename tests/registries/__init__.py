"""What tests of registries share."""
