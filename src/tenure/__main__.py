"""`python -m tenure` is the command `tenure`. Edge."""

from tenure.cli import main

if __name__ == "__main__":
    main()
