"""The stories, top to bottom; they know each family by its Protocol."""
