"""Real Gitea and Forgejo servers, started here from a program that the environment names, and what is asked of them."""
