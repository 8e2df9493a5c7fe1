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
from csat.study.problems import Problem, StudyError
from csat.study.project import project_root

__all__ = [
    "Construct",
    "DataSource",
    "Finding",
    "Item",
    "Path",
    "Problem",
    "Scale",
    "Segment",
    "Study",
    "StudyError",
    "Text",
    "Thresholds",
    "Wave",
    "check_study",
    "find_study",
    "list_studies",
    "load_study",
    "project_root",
]
