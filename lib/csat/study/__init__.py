"""What we ask: the study definition, its checks and its sampling plan."""

from __future__ import annotations

from csat.study.checks import Finding, check_study
from csat.study.definition import (
    Construct,
    DataSource,
    Item,
    Path,
    Scale,
    Segment,
    Study,
    Text,
    Thresholds,
    Wave,
)
from csat.study.loading import find_study, list_studies, load_study
from csat.study.modules import DataTable, Measure, Module, Version
from csat.study.problems import Problem, StudyError
from csat.study.project import project_root
from csat.study.questionnaire import Questionnaire, Screen
from csat.study.questions import Column, Option, Question

__all__ = [
    "Column",
    "Construct",
    "DataSource",
    "DataTable",
    "Finding",
    "Item",
    "Measure",
    "Module",
    "Option",
    "Path",
    "Problem",
    "Question",
    "Questionnaire",
    "Scale",
    "Screen",
    "Segment",
    "Study",
    "StudyError",
    "Text",
    "Thresholds",
    "Version",
    "Wave",
    "check_study",
    "find_study",
    "list_studies",
    "load_study",
    "project_root",
]
