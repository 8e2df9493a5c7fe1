"""Check questions, modules, versions and routing against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from csat.study import routing
from csat.study.concepts import Catalogue, load_catalogue
from csat.study.definition import Study
from csat.study.problems import Problem, listing, suggest
from csat.study.questionnaire import as_questions, build_questionnaire, modules_of, ordered
from csat.study.questions import Question

_TOML = "study.toml"


def check_questionnaire(study: Study) -> Iterator[Problem]:
    """Everything that can be wrong between the parts of a questionnaire."""
    every = as_questions(study)
    yield from _check_ids(study)
    yield from _check_columns(study, every)
    yield from _check_modules(study, every)
    yield from _check_versions(study, every)
    yield from _check_predictions(study, every)
    yield from _check_routing(study, every)
    yield from _check_order(study)
    yield from _check_shares(study, every)
    yield from _check_tags(study, every)


def _where(study: Study, name: str) -> tuple[str, str]:
    """File and place of a question."""
    return ("questions.csv" if name in study.questions else "items.csv"), name


def _check_ids(study: Study) -> Iterator[Problem]:
    """Ids that questions share with items, constructs or other people's segments."""
    for name, question in study.questions.items():
        kind = "an item" if name in study.items else "a construct" if name in study.constructs else ""
        segment = study.segments.get(name)
        if segment and segment.column != question.base:
            kind = "a segment of another column"
        if kind:
            wrong = f'"{name}" is the id of {kind} too'
            yield Problem("questions.csv", name, "id", wrong, "an id of its own for each")


def _check_columns(study: Study, every: dict[str, Question]) -> Iterator[Problem]:
    """Columns of the answers that two questions, or a question and something else, would share."""
    first: dict[str, str] = {}
    for question in every.values():
        for column in question.columns:
            other = first.get(column.name)
            if other and question.id in study.questions:
                wrong = f'data column "{column.name}" is already used by {other}'
                yield Problem("questions.csv", question.id, "column", wrong, "a column of its own for each")
            first.setdefault(column.name, question.id)
    for key in ("wave_column", "respondent_column", "weight_column"):
        name = getattr(study.data, key)
        if name in first and first[name] in study.questions:
            yield Problem(_TOML, "[data]", key, f'"{name}" is a column of question {first[name]}', "another")
    for segment in study.segments.values():
        source = study.questions.get(first.get(segment.column, ""))
        if source is None:
            continue
        unknown = [v for v in segment.values if v not in source.codes]
        if source.type not in ("single", "consent"):
            wrong = f'its column "{segment.column}" belongs to {source.id}, of type {source.type}'
            yield Problem(_TOML, f"[segments.{segment.id}]", "column", wrong, "a question of type single")
        elif unknown:
            wrong = f"{listing(unknown)} is no option of {source.id}"
            yield Problem(_TOML, f"[segments.{segment.id}]", "values", wrong, listing(source.codes))


def _check_modules(study: Study, every: dict[str, Question]) -> Iterator[Problem]:
    """Questions without a module, modules without a question, and lists of a module's questions."""
    if not study.modules:
        return
    for question in every.values():
        if question.module not in study.modules:
            file, where = _where(study, question.id)
            yield Problem(file, where, "module", "belongs to no module", listing(study.modules, 40))
    for module in study.modules.values():
        place = f"[modules.{module.id}]"
        mine = {q.id for q in every.values() if q.module == module.id}
        mine |= {q.construct for q in every.values() if q.module == module.id and q.construct}
        if not mine:
            yield Problem(_TOML, place, "", "no question belongs to it", "at least one question")
        for name in module.order:
            if name not in mine:
                wrong = f'"{name}" is no question or construct of this module{suggest(name, mine)}'
                yield Problem(_TOML, place, "questions", wrong, listing(sorted(mine), 40))
        if module.order:
            asked = ordered(study, module, every)
            listed = set(module.order)
            rest = [q.id for q in asked if q.id not in listed and q.construct not in listed]
            if rest:
                wrong = f"{listing(rest)} of this module {'is' if len(rest) == 1 else 'are'} not listed"
                yield Problem(_TOML, place, "questions", wrong, "all of its questions, or no list")


def _check_versions(study: Study, every: dict[str, Question]) -> Iterator[Problem]:
    """Check what a version leaves out, waves of unknown versions, and versions that ask nothing."""
    for version in study.versions.values():
        place = f"[versions.{version.id}]"
        inside = {q.id for q in every.values() if q.module in version.modules}
        for name in version.without:
            if name not in inside:
                wrong = f'question "{name}" is not in its modules{suggest(name, inside)}'
                yield Problem(_TOML, place, "without", wrong, "ids of questions and items of its modules")
        if inside and not inside - set(version.without):
            yield Problem(_TOML, place, "without", "nothing is left to ask", "at least one question")
    for wave in study.waves:
        if wave.version and wave.version not in study.versions:
            wrong = f'version "{wave.version}" is not declared{suggest(wave.version, study.versions)}'
            allowed = listing(study.versions) or "tables [versions.<id>]"
            yield Problem(_TOML, f'[[waves]] "{wave.id}"', "version", wrong, allowed)


def _check_predictions(study: Study, every: dict[str, Question]) -> Iterator[Problem]:
    """Questions that predict the answer to another: it must exist, and be answered alike."""
    for question in every.values():
        name = question.predicts
        if not name:
            continue
        file, where = _where(study, question.id)
        other = every.get(name)
        if other is None or name == question.id:
            wrong = f'question "{name}" is not declared{suggest(name, set(every) - {question.id})}'
            yield Problem(file, where, "predicts", wrong, "another question or item")
        elif [(c.option, c.minimum, c.maximum) for c in question.columns] != [
            (c.option, c.minimum, c.maximum) for c in other.columns
        ]:
            wrong = f"{question.id} and {name}, which it predicts, are not answered alike"
            yield Problem(file, where, "predicts", wrong, "the same scale or the same options")


def _check_shares(study: Study, every: dict[str, Question]) -> Iterator[Problem]:
    """Check expected shares of questions and answers that do not exist, or that are more than everybody."""
    for name, shares in study.shares.items():
        place = f"[shares.{name}]"
        question = every.get(name)
        if question is None or not question.asked:
            wrong = f'question "{name}" is not declared{suggest(name, every)}'
            yield Problem(_TOML, place, "", wrong, "ids of questions and items")
            continue
        column = question.columns[0]
        codes = question.codes or column.values
        for answer in shares:
            if column.kind == "number":
                low = -float("inf") if column.minimum is None else column.minimum
                high = float("inf") if column.maximum is None else column.maximum
                fine = re.fullmatch(r"-?\d{1,9}(\.\d{1,6})?", answer) and low <= float(answer) <= high
            else:
                fine = answer in codes
            if not fine:
                wrong = f'{name} has no answer "{answer}"{suggest(answer, codes)}'
                yield Problem(_TOML, place, answer, wrong, listing(codes) or "numbers of its range")
        total = sum(shares.values())
        if question.type != "multiple" and total > 1 + 1e-9:
            yield Problem(_TOML, place, "", f"the shares add up to {total:g}", "at most 1")


def _check_routing(study: Study, every: dict[str, Question]) -> Iterator[Problem]:
    """Conditions on what does not exist or cannot be compared, and questions that wait in a circle."""
    for question in every.values():
        file, where = _where(study, question.id)
        if question.relevant is not None:
            for wrong, allowed in routing.check(question.relevant, every):
                yield Problem(file, where, "relevant", wrong, allowed)
    for module in study.modules.values():
        if module.relevant is not None:
            for wrong, allowed in routing.check(module.relevant, every):
                yield Problem(_TOML, f"[modules.{module.id}]", "relevant", wrong, allowed)
    for name, options in study.option_lists.items():
        for option in options:
            if option.relevant is not None:
                for wrong, allowed in routing.check(option.relevant, every):
                    yield Problem(_TOML, f"[options.{name}] {option.code}", "relevant", wrong, allowed)
    loop = routing.find_loop({q.id: q.condition for q in every.values()})
    if loop:
        file, where = _where(study, loop[0])
        wrong = f"questions wait for each other: {' -> '.join(loop)}"
        yield Problem(file, where, "relevant", wrong, "conditions on questions that are asked earlier")


def _check_order(study: Study) -> Iterator[Problem]:
    """Conditions on questions that come later, or that a version does not ask; each is said once."""
    said: set[tuple[str, str]] = set()
    for version in study.versions or ("",):
        if version and not modules_of(study, version):
            continue
        earlier: set[str] = set()
        asked = build_questionnaire(study, version)
        for question in asked.questions:
            for place, name in _looked_at(study, question):
                if name not in earlier and (place, name) not in said:
                    said.add((place, name))
                    yield _too_early(study, question, place, name, version, name in asked.by_id)
            earlier.add(question.id)


def _looked_at(study: Study, question: Question) -> Iterator[tuple[str, str]]:
    """Questions that a question's conditions look at, with the place where it is written."""
    known = {*study.items, *study.questions}
    conditions = [(question.id, question.relevant)]
    module = study.modules.get(question.module)
    if module:
        conditions.append((f"[modules.{module.id}]", module.relevant))
    conditions += [(f"[options.{question.option_list}]", o.relevant) for o in question.options if o.relevant]
    for place, condition in conditions:
        for name in routing.references(condition):
            if name in known:
                yield place, name


def _too_early(study: Study, question: Question, place: str, name: str, version: str, later: bool) -> Problem:
    """Problem of a condition on a question that has not been asked yet."""
    file, where = (_TOML, place) if place.startswith("[") else _where(study, place)
    if name == question.id:
        wrong = f"{name} looks at its own answer"
    elif later:
        wrong = f"looks at {name}, which is asked later than {question.id}"
    else:
        wrong = f'looks at {name}, which version "{version}" does not ask'
    return Problem(file, where, "relevant", wrong, "questions that are asked earlier in every version")


def _check_tags(study: Study, every: dict[str, Question]) -> Iterator[Problem]:
    """Concepts and statistics that nobody knows."""
    catalogue = load_catalogue()
    for question in every.values():
        file, where = _where(study, question.id)
        item = study.items.get(question.id)
        concepts = item.concept if item else question.concept
        yield from _unknown_tags(study, catalogue, file, where, concepts, question.statistic)
    for construct in study.constructs.values():
        place = f"[constructs.{construct.id}]"
        yield from _unknown_tags(study, catalogue, _TOML, place, construct.concept, ())
    for name, options in study.option_lists.items():
        for option in options:
            place = f"[options.{name}] {option.code}"
            yield from _unknown_tags(study, catalogue, _TOML, place, option.concept, ())
    for table in study.tables.values():
        place = f"[tables.{table.id}]"
        yield from _unknown_tags(study, catalogue, _TOML, place, table.concept, ())
        for measure in table.measures.values():
            inner = f"[tables.{table.id}.measures.{measure.id}]"
            yield from _unknown_tags(study, catalogue, _TOML, inner, measure.concept, measure.statistic)


def _unknown_tags(
    study: Study,
    catalogue: Catalogue,
    file: str,
    where: str,
    concepts: tuple[str, ...],
    statistics: tuple[str, ...],
) -> Iterator[Problem]:
    """Tags of one thing that neither the catalogue nor the study explains."""
    known = {**catalogue.concepts, **study.concepts}
    for tag in concepts:
        if tag not in known:
            wrong = f'concept "{tag}" is not known{suggest(tag, known)}'
            yield Problem(file, where, "concept", wrong, "concepts of the catalogue or of [concepts]")
    for tag in statistics:
        if tag not in catalogue.statistics:
            wrong = f'statistic "{tag}" is not known{suggest(tag, catalogue.statistics)}'
            yield Problem(file, where, "statistic", wrong, listing(catalogue.statistics, 60))
