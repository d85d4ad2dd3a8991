"""What tests of forges share."""
