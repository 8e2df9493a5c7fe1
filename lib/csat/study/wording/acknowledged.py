"""Findings that a study knows of and lives with, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from csat.study.definition import Study
from csat.study.problems import Problem, listing, suggest
from csat.study.wording.catalogue import load_rules
from csat.study.wording.finding import WordingFinding, make

TABLE = "acknowledged"
_FILE = "study.toml"
_SHAPE = '"rule:place" = "reason", such as "too_long:Q7" = "The setting cannot be told in fewer words"'


def acknowledgements(study: Study) -> dict[tuple[str, str], str]:
    """Reasons of ``[acknowledged]`` by rule and place."""
    table = study.extras.get(TABLE)
    if not isinstance(table, dict):
        return {}
    pairs = ((str(key).partition(":"), reason) for key, reason in table.items())
    return {(rule.strip(), place.strip()): str(reason) for (rule, _, place), reason in pairs}


def acknowledge(study: Study, findings: Iterable[WordingFinding]) -> Iterator[WordingFinding]:
    """Give findings the reasons that the study has for them; name reasons that fit no finding."""
    reasons = acknowledgements(study)
    answered = set()
    for finding in findings:
        key = (finding.rule, finding.where)
        answered.add(key)
        yield replace(finding, acknowledged=reasons.get(key, ""))
    for rule, place in reasons:
        if (rule, place) not in answered:
            yield make("stale_acknowledgement", "", f"{rule}:{place}", where=place)


def check_acknowledged(study: Study) -> Iterator[Problem]:
    """Problems of ``[acknowledged]``: unknown rules, unknown places, missing reasons."""
    table = study.extras.get(TABLE)
    if table is None:
        return
    if not isinstance(table, dict):
        yield Problem(_FILE, TABLE, "", f'"{table}" is not a table', f"a table, [{TABLE}], with {_SHAPE}")
        return
    rules, places = load_rules(), known_places(study)
    for key, reason in table.items():
        rule, colon, place = (part.strip() for part in str(key).partition(":"))
        if not colon:
            yield Problem(_FILE, TABLE, key, f'"{key}" does not name a rule and a place', _SHAPE)
            continue
        if rule not in rules:
            yield Problem(
                _FILE, TABLE, key, f'rule "{rule}" is not known{suggest(rule, rules)}', listing(rules, 40)
            )
        if place not in places:
            wrong = f'"{place}" is nothing of this study{suggest(place, places)}'
            yield Problem(_FILE, TABLE, key, wrong, "ids of items, questions, constructs, scales, options")
        if not isinstance(reason, str) or not reason.strip():
            yield Problem(_FILE, TABLE, key, "the reason is missing", "a text that says why")


def known_places(study: Study) -> tuple[str, ...]:
    """Everything that a finding can be about."""
    tables = (study.items, study.questions, study.constructs, study.scales, study.option_lists, study.modules)
    return (*(name for table in tables for name in table), "questionnaire")
