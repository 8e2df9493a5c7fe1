"""Pieces of the measurement notebook: what is computed, judged and said about the scales of a study."""

from __future__ import annotations

from csat.report.measurement.assessment import Assessment as Assessment
from csat.report.measurement.assessment import assess as assess
from csat.report.measurement.assessment import measurement_verdicts as measurement_verdicts
from csat.report.measurement.careless import Carelessness as Carelessness
from csat.report.measurement.careless import carelessness as carelessness
from csat.report.measurement.careless import effect_rows as effect_rows
from csat.report.measurement.careless import indices_moved as indices_moved
from csat.report.measurement.careless import screened as screened
from csat.report.measurement.careless import show_effect as show_effect
from csat.report.measurement.careless import show_flags as show_flags
from csat.report.measurement.conclusion import tell_summary as tell_summary
from csat.report.measurement.conclusion import tell_uses as tell_uses
from csat.report.measurement.conclusion import use_table as use_table
from csat.report.measurement.cross import construct_heads as construct_heads
from csat.report.measurement.cross import cross_loadings as cross_loadings
from csat.report.measurement.distributions import show_answers as show_answers
from csat.report.measurement.factor_model import factor_model as factor_model
from csat.report.measurement.factor_model import show_factor_model as show_factor_model
from csat.report.measurement.factor_model import tell_factor_model as tell_factor_model
from csat.report.measurement.intake import ITEM_FORMATS as ITEM_FORMATS
from csat.report.measurement.intake import intake as intake
from csat.report.measurement.intake import item_statistics as item_statistics
from csat.report.measurement.intake import item_table as item_table
from csat.report.measurement.intake import ledger_table as ledger_table
from csat.report.measurement.key_numbers import key_numbers as key_numbers
from csat.report.measurement.results_file import verdicts_of as verdicts_of
from csat.report.measurement.results_file import write_for_next as write_for_next
from csat.report.measurement.revisions import show_revisions as show_revisions
from csat.report.measurement.showing import construct_of_item as construct_of_item
from csat.report.measurement.showing import fornell_larcker as fornell_larcker
from csat.report.measurement.showing import item_rows as item_rows
from csat.report.measurement.showing import show_convergent as show_convergent
from csat.report.measurement.showing import show_htmt as show_htmt
from csat.report.measurement.showing import show_reliability as show_reliability
from csat.report.measurement.telling import tell_careless as tell_careless
from csat.report.measurement.telling import tell_convergent as tell_convergent
from csat.report.measurement.telling import tell_cross_loadings as tell_cross_loadings
from csat.report.measurement.telling import tell_discriminant as tell_discriminant
from csat.report.measurement.telling import tell_effect as tell_effect
from csat.report.measurement.telling import tell_ends as tell_ends
from csat.report.measurement.telling import tell_fornell_larcker as tell_fornell_larcker
from csat.report.measurement.telling import tell_intake as tell_intake
from csat.report.measurement.telling import tell_items as tell_items
from csat.report.measurement.telling import tell_reliability as tell_reliability
