"""`python3 -m tests.reference`."""

from .generate import main

main()
