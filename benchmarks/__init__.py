"""Ours beside the best hand-written SQL, in one run on one machine: `make bench`. docs/benchmarks.md tells the method.

generate    a company of any size, as files
hand_sql    what a good analyst would write for each metric, over the same rollups
compare     that both give the same numbers
workspaces  the company loaded, and copies of it that cost nothing
timing      interleaved best-of-n, and what is said of it
run         the parts of the benchmark, each in a process of its own
"""
