"""How weights drift from wave to wave: what they cost, how large they are, what they correct."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from csat.data.weighting.report import Weighting

COLUMNS = ("wave", "n", "n_eff", "kish_deff", "smallest", "largest", "trimmed", "correction", "margin")


def weight_drift(weightings: Mapping[str, Weighting]) -> pd.DataFrame:
    """Compare the weights of several waves.

    Parameters
    ----------
    weightings : mapping of wave to Weighting
        In the order of the waves.

    Returns
    -------
    DataFrame
        One row a wave: ``wave, n, n_eff, kish_deff, smallest, largest`` (weight relative to the mean; the
        smallest above 0), ``trimmed``, and the largest ``correction``: the difference, in shares, between
        target and unweighted share, with the ``margin`` (``segment=code``) where it is. A correction that
        grows from wave to wave says that the sample drifts away from the population.

    Examples
    --------
    R: ``sapply(waves, function(w) 1 + var(w) / mean(w)^2)``.
    """
    return pd.DataFrame([_row(wave, found) for wave, found in weightings.items()], columns=list(COLUMNS))


def margin_drift(weightings: Mapping[str, Weighting]) -> pd.DataFrame:
    """Unweighted shares of the categories, wave by wave, beside their targets.

    Parameters
    ----------
    weightings : mapping of wave to Weighting

    Returns
    -------
    DataFrame
        ``wave, segment, code, n, target_share, unweighted_share, weighted_share``; categories not known are
        left out.
    """
    frames = [
        found.margins[found.margins["code"] != ""].assign(wave=wave) for wave, found in weightings.items()
    ]
    whole = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    return whole[["wave", *[c for c in whole.columns if c != "wave"]]]


def _row(wave: str, found: Weighting) -> tuple[str, int, float, float, float, float, int, float, str]:
    """Describe the weights of one wave."""
    w = found.weights[found.weights > 0] / found.weights[found.weights > 0].mean()
    table = found.margins[found.margins["code"] != ""]
    gaps = (table["target_share"] - table["unweighted_share"]).to_numpy(dtype=float)
    correction, margin = float("nan"), ""
    if len(gaps):
        at = int(np.argmax(np.abs(gaps)))
        correction, margin = float(gaps[at]), f"{table['segment'].iloc[at]}={table['code'].iloc[at]}"
    ends = float(w.min()), float(w.max())
    return wave, len(w), found.n_eff, found.kish_deff, *ends, found.trimmed, correction, margin
