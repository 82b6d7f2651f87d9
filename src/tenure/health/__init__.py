"""Health scores, judged: what the measures of a score say of each customer, and whether it was right. Judgement floor.

    inputs      each customer's figures for the measures, as they stood when a day began
    judgement   points, weights, coverage, exceptions: one customer's score, in parts that sum to it
    scoring     a score for everyone on a day: profiles, percentiles, parents, bands with their memory
    change      a score against an earlier one: by measures, availability, weights, and the rest
    backtest    scores of the past held against who left afterwards; learned weights, judged on later months
    divergence  where health and money disagree

What a score is stands below, in `health_score`; settings make one in `health_options`.
"""
