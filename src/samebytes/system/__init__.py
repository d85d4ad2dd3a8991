"""The world and nothing else: each module is one Protocol and its real implementation."""
