"""`python -m licet.cli` is `licet`."""

from licet.cli import main

main()
