"""Statistics as pure arithmetic, on the ground floor: intervals, survival curves, models of customer lifetime.

    shares      Wilson's interval of a share, Newcombe's of a difference
    means       Student's, Welch's, Fieller's
    quantiles   percentiles of a histogram, with intervals from its order
    voice       net promoter score and its intervals, ease, the ACSI-style index
    survival    Kaplan-Meier curves; logrank compares them
    trend       a straight line and where it leads, with a prediction interval
    ranking     area under the ROC curve, ratios of rates, of clustered observations
    logistic    logistic regression without negative weights (not loaded here, since it needs numpy)
    clv         sBG, BG/NBD, Pareto/NBD, gamma-gamma: maximum likelihood (not loaded here, since it needs numpy)

Importing this loads neither numpy nor scipy: the functions that need them do.
"""

from __future__ import annotations

from .distributions import Z95, Exact, Interval
from .logrank import LogRank, log_rank
from .means import Moments, PairMoments, mean_difference, mean_interval, ratio_interval
from .quantiles import percentile, percentile_interval
from .ranking import Area, auc, aucs, rate_ratio, rate_ratio_of
from .shares import newcombe, wilson
from .survival import Curve, Durations, Step, kaplan_meier
from .trend import LEAST as LEAST_TREND
from .trend import forecast
from .voice import Wave, ease, nps_difference, nps_interval, satisfaction_index

__all__ = [
    "LEAST_TREND",
    "Z95",
    "Area",
    "Curve",
    "Durations",
    "Exact",
    "Interval",
    "LogRank",
    "Moments",
    "PairMoments",
    "Step",
    "Wave",
    "auc",
    "aucs",
    "ease",
    "forecast",
    "kaplan_meier",
    "log_rank",
    "mean_difference",
    "mean_interval",
    "newcombe",
    "nps_difference",
    "nps_interval",
    "percentile",
    "percentile_interval",
    "rate_ratio",
    "rate_ratio_of",
    "ratio_interval",
    "satisfaction_index",
    "wilson",
]
