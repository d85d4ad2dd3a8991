"""What the demo's story is told with: commands, machines, repositories, sites and the consumer."""
