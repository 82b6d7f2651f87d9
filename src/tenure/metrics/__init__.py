"""The metrics there are, one file for each field of work. Adding one touches its file and its test.

Each file holds one `Family` of metrics; `tenure.catalog` finds it. Files that start with an underscore hold words that
several of them use.
"""
