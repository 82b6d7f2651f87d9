"""The pages there are: one file each, found by catalog. See page.py."""
