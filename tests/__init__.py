"""The tests. `world.py` is the small world by heart, `oracle/` the independent loops; the folders mirror src."""
