"""`python -m samebytes`."""

from samebytes.cli.main import main

main()
