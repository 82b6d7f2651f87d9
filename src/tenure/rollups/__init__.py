"""The rollups there are: tables that are made once from the model's tables and read by many metrics.

Adding one touches its file and its test. Files that start with an underscore hold what several of them share.
"""
