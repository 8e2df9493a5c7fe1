"""Weights: make the answers of a wave agree with what is known of the population."""

from __future__ import annotations

from csat.data.weighting.drift import margin_drift as margin_drift
from csat.data.weighting.drift import weight_drift as weight_drift
from csat.data.weighting.report import Weighting as Weighting
from csat.data.weighting.report import kish as kish
from csat.data.weighting.weigh import as_given as as_given
from csat.data.weighting.weigh import weigh as weigh
