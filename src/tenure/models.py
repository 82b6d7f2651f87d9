"""The one place that knows scikit-learn, the extra `models`: numbers in, plain coefficients out. Machinery floor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from tenure.errors import RequestError

STRENGTH = 0.02
"""The inverse of the penalty on coefficients of scaled columns: without evidence, one column alone moves the odds by
some 15 % for a customer one standard deviation off. Thousands of losses outweigh it, dozens do not."""


@dataclass(frozen=True)
class Logistic:
    """Log odds = intercept + the sum of coefficient x column."""

    intercept: float
    coefficients: tuple[float, ...]

    def log_odds(self, row: Sequence[float]) -> float:
        return self.intercept + sum(c * x for c, x in zip(self.coefficients, row, strict=True))

    def chance(self, row: Sequence[float]) -> float:
        return 1 / (1 + exp(-max(-500.0, min(500.0, self.log_odds(row)))))


def logistic(rows: Sequence[Sequence[float]], lost: Sequence[bool]) -> Logistic:
    """A penalised logistic regression, which is calibrated as it stands: its mean chance is the share lost."""
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        raise RequestError(
            "Churn risk needs scikit-learn, which is not installed.",
            where="tenure risk",
            todo="Install it with: pip install 'tenure[models]'.",
        ) from None
    columns = [list(row) for row in rows]
    fitted = LogisticRegression(C=STRENGTH, max_iter=1000).fit(columns, [int(x) for x in lost])
    return Logistic(float(fitted.intercept_[0]), tuple(float(c) for c in fitted.coef_[0]))
