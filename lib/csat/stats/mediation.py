"""Mediation: how much of X's effect on Y goes through M."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from csat.errors import CsatError
from csat.stats.bootstrap import Bootstrap
from csat.stats.frames import Sample, arrow, measure, moments_of, stack, tidy
from csat.stats.layout import FloatArray
from csat.stats.linear import solve
from csat.stats.moments import Moments

EFFECTS = ("a", "b", "direct", "indirect", "total", "proportion")


class MediationError(CsatError):
    """A mediation that cannot be computed: the message names the constructs."""


def mediate(moments: Moments) -> FloatArray:
    """Decompose the effect of the first variable on the third through the second.

    Parameters
    ----------
    moments : Moments
        Of three variables: X, M, Y.

    Returns
    -------
    ndarray of shape (..., 6)
        a (X→M), b (M→Y given X), direct effect (X→Y given M), indirect effect a·b, total effect, and the
        proportion of the total effect that is indirect. In units of the variables.

    Raises
    ------
    MediationError
        Not three variables.

    Notes
    -----
    OLS: M on X; Y on X and M. The proportion is of use only where direct and indirect effect have one sign.

    References
    ----------
    Baron, R. M. and Kenny, D. A. (1986). The moderator-mediator variable distinction. Journal of Personality
    and Social Psychology 51, 1173-1182.

    Examples
    --------
    R: ``lavaan::sem("M ~ a*X; Y ~ b*M + c*X; ind := a*b; tot := c + a*b", data)``.
    """
    if len(moments.items) != 3:
        raise MediationError(f"mediation takes three variables (X, M, Y), not {', '.join(moments.items)}")
    cov = moments.cov
    with np.errstate(divide="ignore", invalid="ignore"):
        a = cov[..., 0, 1] / cov[..., 0, 0]
        equation = solve(cov[..., :2, :2], cov[..., :2, 2])
        direct, b = equation[..., 0], equation[..., 1]
        indirect = a * b
        total = direct + indirect
        return np.stack([a, b, direct, indirect, total, indirect / total], axis=-1)


def mediation_errors(moments: Moments) -> FloatArray:
    """Take standard errors of the effects by the delta method.

    Parameters
    ----------
    moments : Moments
        Of three variables: X, M, Y.

    Returns
    -------
    ndarray of shape (..., 5)
        Of a, b, direct, indirect (Sobel) and total effect.

    Notes
    -----
    Maximum likelihood (residual variances divided by n), as structural equation programs do: the OLS errors
    times sqrt((n - k) / n). Sobel: sqrt(a² se_b² + b² se_a²).

    References
    ----------
    Sobel, M. E. (1982). Asymptotic confidence intervals for indirect effects in structural equation models.
    Sociological Methodology 13, 290-312.

    Examples
    --------
    R: ``lavaan::parameterEstimates(fit)$se`` with ``se = "standard"``.
    """
    a, b, direct, _, _, _ = np.moveaxis(mediate(moments), -1, 0)
    cov, n = moments.cov, moments.base
    error_m = cov[..., 1, 1] - a * cov[..., 0, 1]
    error_y = cov[..., 2, 2] - direct * cov[..., 0, 2] - b * cov[..., 1, 2]
    # Sampling covariance of (direct, b): residual variance of Y over n times the inverse of cov(X, M).
    det = cov[..., 0, 0] * cov[..., 1, 1] - cov[..., 0, 1] ** 2
    var_a = error_m / (n * cov[..., 0, 0])
    var_direct = error_y * cov[..., 1, 1] / (n * det)
    var_b = error_y * cov[..., 0, 0] / (n * det)
    joint = -error_y * cov[..., 0, 1] / (n * det)
    var_indirect = a**2 * var_b + b**2 * var_a
    var_total = var_direct + var_indirect + 2 * a * joint
    return np.asarray(np.sqrt(np.stack([var_a, var_b, var_direct, var_indirect, var_total], axis=-1)))


def mediation_table(
    sample: Sample, blocks: Mapping[str, Sequence[str]], chain: tuple[str, str, str]
) -> pd.DataFrame:
    """Mediation X→M→Y on construct scores, with bootstrap intervals.

    Parameters
    ----------
    sample : Moments or Bootstrap
        Of the items.
    blocks : mapping of construct to its items
        A score is the plain mean of its items.
    chain : (X, M, Y)
        Three constructs.

    Returns
    -------
    DataFrame
        Tidy, with a column ``standard_error`` (delta method; NaN for the proportion; of the replicates where
        the sample has weights, strata or clusters, which the delta method knows nothing of). Metrics:
        ``mediation_a`` (X→M), ``mediation_b`` (M→Y), ``mediation_direct`` and ``mediation_total`` (X→Y),
        ``mediation_indirect`` and ``mediation_proportion`` (X→M→Y).

    Raises
    ------
    MediationError
        A construct that is not there, or twice the same.

    References
    ----------
    MacKinnon, D. P., Lockwood, C. M. and Williams, J. (2004). Confidence limits for the indirect effect.
    Multivariate Behavioral Research 39, 99-128.

    Examples
    --------
    R: ``mediation::mediate(lm(M ~ X), lm(Y ~ X + M), treat = "X", mediator = "M", boot = TRUE)``.
    """
    missing = [construct for construct in chain if construct not in blocks]
    if missing or len(set(chain)) < 3:
        wrong = ", ".join(missing) or arrow(*chain)
        raise MediationError(
            f"mediation {arrow(*chain)}: three constructs of the study are needed; look at {wrong}"
        )
    used = {construct: blocks[construct] for construct in chain}
    found = measure(sample, lambda m: mediate(m.scores(used)))
    scores = moments_of(sample).scores(used)
    errors = [*mediation_errors(scores).tolist(), float("nan")]
    if isinstance(sample, Bootstrap) and sample.designed:
        errors = [*found.standard_error[:-1].tolist(), float("nan")]
    x, m, y = chain
    subjects = [arrow(x, m), arrow(m, y), arrow(x, y), arrow(x, m, y), arrow(x, y), arrow(x, m, y)]
    told = f"OLS on item means, {scores.missing}"
    frame = tidy("", subjects, found, n=float(scores.base), method=told, standard_error=errors)
    frame["metric"] = [f"mediation_{effect}" for effect in EFFECTS]
    return stack([frame])
