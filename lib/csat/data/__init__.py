"""What came back: reading, checking and screening the answers of one wave."""

from __future__ import annotations

from csat.data.answers import Answers, load_answers
from csat.data.large.stream import Coding, LargeAnswers, stream_answers, stream_study
from csat.data.problems import DataError
from csat.data.sources.find import Source, find_source
from csat.data.waves.which import latest_wave

__all__ = [
    "Answers",
    "Coding",
    "DataError",
    "LargeAnswers",
    "Source",
    "find_source",
    "latest_wave",
    "load_answers",
    "stream_answers",
    "stream_study",
]
