"""Reports; they see the model only."""
