"""Pieces of the loyalty notebook: what is computed, judged and said about satisfaction and loyalty."""

from __future__ import annotations

from csat.report.loyalty.basis import Basis as Basis
from csat.report.loyalty.findings import Findings as Findings
from csat.report.loyalty.findings import analyse as analyse
from csat.report.loyalty.findings import key_numbers as key_numbers
from csat.report.loyalty.findings import record as record
from csat.report.loyalty.front import page_one as page_one
from csat.report.loyalty.showing import show_curve as show_curve
from csat.report.loyalty.showing import show_levels as show_levels
from csat.report.loyalty.showing import show_parts as show_parts
from csat.report.loyalty.showing import show_quadrant as show_quadrant
from csat.report.loyalty.showing import show_zones as show_zones
from csat.report.loyalty.showing_drivers import show_drivers as show_drivers
from csat.report.loyalty.showing_drivers import show_first as show_first
from csat.report.loyalty.showing_drivers import show_items as show_items
from csat.report.loyalty.showing_drivers import show_loyalty_drivers as show_loyalty_drivers
from csat.report.loyalty.showing_drivers import show_map as show_map
from csat.report.loyalty.showing_drivers import show_mediation as show_mediation
from csat.report.loyalty.showing_drivers import show_model as show_model
from csat.report.loyalty.showing_trend import show_trend as show_trend
from csat.report.loyalty.telling import tell_curve as tell_curve
from csat.report.loyalty.telling import tell_levels as tell_levels
from csat.report.loyalty.telling import tell_parts as tell_parts
from csat.report.loyalty.telling import tell_problems as tell_problems
from csat.report.loyalty.telling import tell_quadrant as tell_quadrant
from csat.report.loyalty.telling import tell_start as tell_start
from csat.report.loyalty.telling import tell_zones as tell_zones
from csat.report.loyalty.telling_drivers import tell_drivers as tell_drivers
from csat.report.loyalty.telling_drivers import tell_loyalty_drivers as tell_loyalty_drivers
from csat.report.loyalty.telling_drivers import tell_map as tell_map
from csat.report.loyalty.telling_drivers import tell_mediation as tell_mediation
from csat.report.loyalty.telling_drivers import tell_model as tell_model
from csat.report.loyalty.telling_first import tell_disproof as tell_disproof
from csat.report.loyalty.telling_first import tell_first as tell_first
from csat.report.loyalty.telling_first import tell_items as tell_items
from csat.report.loyalty.telling_first import tell_trust as tell_trust
from csat.report.loyalty.trend import Trend as Trend
from csat.report.loyalty.trend import over_time as over_time
