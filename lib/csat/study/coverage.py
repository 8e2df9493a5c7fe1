"""From concepts to figures: what each question is for, what is not asked, and what is asked without a use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csat.study.concepts import Catalogue, Concept, load_catalogue
from csat.study.definition import Construct, Study
from csat.study.questionnaire import as_questions
from csat.study.questions import Question

if TYPE_CHECKING:
    import pandas as pd

# concept of an item that is not tagged: by the role of its construct, or by its facet within the role
_BY_ROLE = {
    "image": "R27.reputation",
    "expectation": "R05.expectation",
    "quality": "R05.performance",
    "value": "R28",
    "driver": "R26",
    "satisfaction": "R03",
    "complaint": "R04",
    "trust": "R35",
    "switching_cost": "R54",
    "loyalty": "R51",
    "outcome": "R58",
}
_BY_FACET = {
    ("satisfaction", "overall"): "R03.overall",
    ("satisfaction", "fulfilment"): "R05.direct",
    ("satisfaction", "ideal"): "R06",
    ("loyalty", "choose_again"): "R51.intention",
    ("loyalty", "recommend"): "R51.secondary",
    ("loyalty", "price_tolerance"): "R53.price",
}
# statistics that a construct's items feed without being told
_STATISTICS = {
    "satisfaction": ("index", "top_box", "path"),
    "loyalty": ("index", "path"),
    "expectation": ("mean", "path"),
    "other": ("mean",),
}
_OF_CAUSES = ("mean", "path", "driver", "priority")
_OF_MODEL = ("path", "driver", "priority")
_REFLECTIVE = ("alpha", "loading", "htmt")

TRACE = (
    "question",
    "source",
    "module",
    "type",
    "construct",
    "concept",
    "concept_label",
    "tagged",
    "variable",
    "statistic",
    "statistic_label",
    "notebook",
    "figure",
)
COVERAGE = ("concept", "label", "parent", "kind", "status", "questions", "measures", "versions")


@dataclass(frozen=True)
class _Use:
    """One question or measure under one concept: where that is said, and the statistics that follow."""

    question: str
    source: str
    module: str
    type: str
    construct: str
    concept: str
    tagged: str
    variable: str
    statistics: tuple[str, ...]


def trace(study: Study, version: str = "", lang: str = "") -> pd.DataFrame:
    """Trace every question from its concept to the figure that its answers end in.

    Parameters
    ----------
    study : Study
        The study.
    version : str, optional
        Only what this version asks, and tables; by default everything that the study can ask.
    lang : str, optional
        Language of the labels, by default the study's first.

    Returns
    -------
    pandas.DataFrame
        One row for each question (or measure of a table), concept and statistic: columns `TRACE`. `tagged`
        says where the concept comes from: the question, its construct, an option, or the construct's role
        where the study says nothing. Empty cells: a question of no concept, or of no statistic.

    Examples
    --------
    >>> from csat.study import load_study
    >>> trace(load_study("mobile_ecsi")).query("question == 'CUSA3'").concept.unique().tolist()
    ['R06']
    """
    import pandas as pd

    catalogue = load_catalogue()
    language = lang or study.language
    rows = []
    for use in _uses(study, version):
        for name in use.statistics or ("",):
            statistic = catalogue.statistics.get(name)
            rows.append(
                {
                    "question": use.question,
                    "source": use.source,
                    "module": use.module,
                    "type": use.type,
                    "construct": use.construct,
                    "concept": use.concept,
                    "concept_label": concept_label(study, catalogue, use.concept, language),
                    "tagged": use.tagged,
                    "variable": use.variable,
                    "statistic": name,
                    "statistic_label": statistic.label.get(language, "") if statistic else "",
                    "notebook": statistic.notebook if statistic else "",
                    "figure": statistic.figure if statistic else "",
                }
            )
    return pd.DataFrame(rows, columns=list(TRACE))


def coverage(study: Study, version: str = "", lang: str = "") -> pd.DataFrame:
    """Set every concept of the catalogue beside the questions that ask it.

    Parameters
    ----------
    study : Study
        The study.
    version : str, optional
        Only what this version asks; by default everything.
    lang : str, optional
        Language of the labels, by default the study's first.

    Returns
    -------
    pandas.DataFrame
        Columns `COVERAGE`, one row a concept or term. `status` is ``asked``, ``measured`` (by a table
        alone), ``explained`` (context that is not measured), ``missing``, or for numbers that circulate
        ``tested`` and ``not tested``. A concept counts as asked when one of its terms is.
    """
    import pandas as pd

    catalogue = load_catalogue()
    language = lang or study.language
    asked: dict[str, list[str]] = {}
    measured: dict[str, list[str]] = {}
    for use in _uses(study, version):
        place = measured if use.source == "table" else asked
        for name in (use.concept, use.concept.partition(".")[0] if "." in use.concept else ""):
            if name and use.question not in place.setdefault(name, []):
                place[name].append(use.question)
    versions = {v: set(study.questionnaire(v).by_id) for v in study.versions}
    own = [Concept(name, label, "question") for name, label in study.concepts.items()]
    rows = []
    for concept in (*catalogue.concepts.values(), *own):
        questions, measures = asked.get(concept.id, []), measured.get(concept.id, [])
        rows.append(
            {
                "concept": concept.id,
                "label": concept.label.get(language, ""),
                "parent": concept.parent,
                "kind": concept.kind,
                "status": _status(concept, bool(questions), bool(measures)),
                "questions": " ".join(questions),
                "measures": " ".join(measures),
                "versions": " ".join(v for v, ids in versions.items() if ids & set(questions)),
            }
        )
    return pd.DataFrame(rows, columns=list(COVERAGE))


def not_asked(study: Study, version: str = "", lang: str = "") -> pd.DataFrame:
    """Concepts that a survey has to ask and this one does not.

    Parameters
    ----------
    study : Study
        The study.
    version : str, optional
        Only what this version asks; by default everything.
    lang : str, optional
        Language of the labels, by default the study's first.

    Returns
    -------
    pandas.DataFrame
        The rows of `coverage` that are ``missing`` and of the kind ``question``.
    """
    table = coverage(study, version, lang)
    gone = (table["status"] == "missing") & (table["kind"] == "question")
    return table[gone].reset_index(drop=True)


def without_use(study: Study, version: str = "", lang: str = "") -> pd.DataFrame:
    """Questions that are asked without a concept, or without a statistic that their answers go into.

    Parameters
    ----------
    study : Study
        The study.
    version : str, optional
        Only what this version asks; by default everything.
    lang : str, optional
        Language of the labels, by default the study's first.

    Returns
    -------
    pandas.DataFrame
        Columns ``question, label, module, type, lacks``: ``lacks`` is ``concept``, ``statistic`` or both.
        Notes want no answer and are left out; a consent needs no concept.
    """
    import pandas as pd

    every = _asked(study, version)
    language = lang or study.language
    concepts = {use.question for use in _uses(study, version) if use.concept}
    statistics = {use.question for use in _uses(study, version) if use.statistics}
    rows = []
    for question in every.values():
        if not question.asked:
            continue
        lacks = [] if question.id in concepts or question.type == "consent" else ["concept"]
        lacks += [] if question.id in statistics else ["statistic"]
        if lacks:
            rows.append(
                {
                    "question": question.id,
                    "label": question.label.get(language, ""),
                    "module": question.module,
                    "type": question.type,
                    "lacks": " ".join(lacks),
                }
            )
    return pd.DataFrame(rows, columns=["question", "label", "module", "type", "lacks"])


def declares_concepts(study: Study) -> bool:
    """Whether a study says which concepts its questions ask about.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    bool
        False for a study that leaves it to the roles of its constructs: coverage has nothing to say then.
    """
    said = [item.concept for item in study.items.values()]
    said += [construct.concept for construct in study.constructs.values()]
    said += [question.concept for question in study.questions.values()]
    return bool(study.concepts) or any(said)


def concept_label(study: Study, catalogue: Catalogue, name: str, lang: str) -> str:
    """Name of a concept of the catalogue or of the study, a term with its concept before it."""
    if name in study.concepts:
        return study.concepts[name].get(lang, "")
    concept = catalogue.concepts.get(name)
    if concept is None:
        return ""
    own = concept.label.get(lang, "")
    if not concept.parent:
        return own
    mark = "：" if lang == "zh" else ": "
    return catalogue.concepts[concept.parent].label.get(lang, "") + mark + own


def _status(concept: Concept, asked: bool, measured: bool) -> str:
    """Whether and how a study covers a concept."""
    if concept.kind == "claim":
        return "tested" if asked or measured else "not tested"
    if asked or measured:
        return "asked" if asked else "measured"
    return "explained" if concept.kind == "context" else "missing"


def _asked(study: Study, version: str) -> dict[str, Question]:
    """Questions of one version, or all of the study."""
    return dict(study.questionnaire(version).by_id) if version else as_questions(study)


def _uses(study: Study, version: str) -> Iterator[_Use]:
    """Every question under each of its concepts, then measures of tables, whatever the version."""
    for question in _asked(study, version).values():
        yield from _uses_of(study, question)
    for table in study.tables.values():
        if not table.measures:
            for concept in table.concept:
                columns = " ".join(table.columns)
                yield _Use(table.id, "table", "", table.kind, "", concept, "table", columns, ())
        for measure in table.measures.values():
            columns = " ".join(c for c in (measure.numerator, measure.denominator) if c)
            for concept in dict.fromkeys((*measure.concept, *table.concept)):
                tagged = "measure" if concept in measure.concept else "table"
                name = f"{table.id}.{measure.id}"
                yield _Use(name, "table", "", table.kind, "", concept, tagged, columns, measure.statistic)


def _uses_of(study: Study, question: Question) -> Iterator[_Use]:
    """One question under each of its concepts."""
    construct = study.constructs.get(question.construct or "")
    statistics = question.statistic or _usual_statistics(study, question, construct)
    variables = " ".join(c.name for c in question.columns)
    source = "items" if question.id in study.items else "questions"
    for concept, tagged in _concepts(study, question, construct) or [("", "")]:
        yield _Use(
            question=question.id,
            source=source,
            module=question.module,
            type=question.type,
            construct=question.construct or "",
            concept=concept,
            tagged=tagged,
            variable=variables,
            statistics=statistics,
        )


def _concepts(study: Study, question: Question, construct: Construct | None) -> list[tuple[str, str]]:
    """Concepts of a question, and where each is said: the closest place comes first."""
    item = study.items.get(question.id)
    own = item.concept if item else question.concept
    tags = [(concept, "question") for concept in own]
    if not tags and construct:
        tags = [(concept, "construct") for concept in construct.concept]
    if not tags and construct:
        usual = _BY_FACET.get((construct.role, question.facet or ""), _BY_ROLE.get(construct.role, ""))
        tags = [(usual, "role")] if usual else []
    known = {concept for concept, _ in tags}
    for option in question.options:
        tags += [(concept, "option") for concept in option.concept if concept not in known]
        known |= set(option.concept)
    return tags


def _usual_statistics(study: Study, question: Question, construct: Construct | None) -> tuple[str, ...]:
    """Statistics that the answers feed where the study does not say it."""
    if question.type == "nps":
        return ("nps",)
    if construct is None:
        return ()
    usual = _STATISTICS.get(construct.role, _OF_CAUSES)
    if construct.id not in study.model_blocks():
        usual = tuple(name for name in usual if name not in _OF_MODEL)
    paired = {name for pair in study.expectation_pairs() for name in pair}
    if question.id in paired:
        usual = (*usual, "zone")
    return (*usual, *_REFLECTIVE) if construct.mode == "reflective" and len(construct.items) > 1 else usual
