"""Pieces of the survey-design notebook: what it computes, draws and says about a study."""

from __future__ import annotations

from csat.report.design.bench import Bench as Bench
from csat.report.design.bench import open_bench as open_bench
from csat.report.design.checks import findings_metrics as findings_metrics
from csat.report.design.checks import findings_sentence as findings_sentence
from csat.report.design.checks import findings_table as findings_table
from csat.report.design.checks import findings_words as findings_words
from csat.report.design.coverage import show_coverage as show_coverage
from csat.report.design.coverage import show_trace as show_trace
from csat.report.design.exports import export_words as export_words
from csat.report.design.exports import exports_table as exports_table
from csat.report.design.flow import show_flow as show_flow
from csat.report.design.glance import counts as counts
from csat.report.design.glance import facts as facts
from csat.report.design.glance import summary as summary
from csat.report.design.items import map_sentence as map_sentence
from csat.report.design.items import map_words as map_words
from csat.report.design.items import show_map as show_map
from csat.report.design.model import diagram as diagram
from csat.report.design.model import hypotheses as hypotheses
from csat.report.design.model import model_words as model_words
from csat.report.design.plan_words import alpha_sentence as alpha_sentence
from csat.report.design.plan_words import alpha_table as alpha_table
from csat.report.design.plan_words import key_numbers as key_numbers
from csat.report.design.plan_words import ladder as ladder
from csat.report.design.plan_words import need_table as need_table
from csat.report.design.plan_words import plan_basis as plan_basis
from csat.report.design.plan_words import plan_figure as plan_figure
from csat.report.design.plan_words import plan_words as plan_words
from csat.report.design.plan_words import planned_table as planned_table
from csat.report.design.pretest import show_pretest as show_pretest
from csat.report.design.questionnaire import form as form
from csat.report.design.questionnaire import form_sentence as form_sentence
from csat.report.design.questionnaire import form_words as form_words
from csat.report.design.rehearsal import show_rehearsal as show_rehearsal
from csat.report.design.sample_plan import alpha_widths as alpha_widths
from csat.report.design.sample_plan import make_plan as make_plan
from csat.report.design.sample_plan import plan_metrics as plan_metrics
from csat.report.design.traceability import trace_heads as trace_heads
from csat.report.design.traceability import trace_sentence as trace_sentence
from csat.report.design.traceability import trace_table as trace_table
from csat.report.design.traceability import trace_words as trace_words
from csat.report.design.tracking import show_tracking as show_tracking
from csat.report.design.wording import show_wording as show_wording
