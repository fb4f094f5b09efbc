"""`python -m cli` is `troth`."""

from cli.app import main

main()
