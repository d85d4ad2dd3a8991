"""What this project adds to pytest: machine parts, slow and live tests, one seed, a list of skips, a coverage gate."""
