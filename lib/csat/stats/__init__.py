"""What it means: pure functions from arrays and frames to arrays and frames."""

from __future__ import annotations

from csat.stats.bootstrap import Bootstrap as Bootstrap
from csat.stats.bootstrap import bootstrap as bootstrap
from csat.stats.bootstrap import resample as resample
from csat.stats.effects import specific_indirect_effects as specific_indirect_effects
from csat.stats.effects import total_effects as total_effects
from csat.stats.frames import measure as measure
from csat.stats.frames import stack as stack
from csat.stats.frames import tidy as tidy
from csat.stats.intervals import Interval as Interval
from csat.stats.intervals import feldt as feldt
from csat.stats.intervals import wilson as wilson
from csat.stats.moments import Moments as Moments
from csat.stats.moments import MomentsError as MomentsError
from csat.stats.moments import concatenate as concatenate
from csat.stats.path_model import PathModelError as PathModelError
from csat.stats.path_model import path_model as path_model
from csat.stats.pls import PlsFlag as PlsFlag
from csat.stats.pls import PlsResult as PlsResult
from csat.stats.pls import pls as pls
from csat.stats.pls_table import pls_table as pls_table
from csat.stats.sums import GroupedSums as GroupedSums
