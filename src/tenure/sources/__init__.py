"""The sources there are, one module each, found by `catalog`; `source.py` says what one is. Collections floor."""
