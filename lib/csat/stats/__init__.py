"""What it means: pure functions from arrays and frames to arrays and frames."""

from __future__ import annotations

from csat.stats.bootstrap import Bootstrap as Bootstrap
from csat.stats.bootstrap import bootstrap as bootstrap
from csat.stats.bootstrap import resample as resample
from csat.stats.frames import measure as measure
from csat.stats.frames import stack as stack
from csat.stats.frames import tidy as tidy
from csat.stats.intervals import Interval as Interval
from csat.stats.intervals import feldt as feldt
from csat.stats.intervals import wilson as wilson
from csat.stats.moments import Moments as Moments
from csat.stats.moments import MomentsError as MomentsError
from csat.stats.moments import concatenate as concatenate
from csat.stats.sums import GroupedSums as GroupedSums
