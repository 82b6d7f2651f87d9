"""From leaves of the metric language to queries, through Ibis. Machinery floor; with rollups/ the only ibis there is.

    record.py     one customer's (or row's) expression as an Ibis expression
    segments.py   --by and --where: attributes of customers, now or as they stood, and of rows
    scan.py       levels at touching moments, movements and rows: one pass over the steps, cumulated outside
    unmoved.py    what scan cumulates: an expression where nothing changes, simplified
    overlap.py    levels at two moments whose windows overlap, by joining the stretches that overlap
    slices.py     anything else: cut every level at every moment; right for all, and what drill-down uses
    aged.py       cohorts by age

Each strategy gives the same thing: an Ibis expression with columns k (the period), g0.. (the segment) and v0.. (the
leaves), and what is left to do on those few numbers. Periods are data in small calendar tables, so that a query's text
does not depend on them and can be kept.
"""
