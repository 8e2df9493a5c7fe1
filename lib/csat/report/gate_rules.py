"""The rules of the quality gate: a page as a tree goes in, what is wrong with it comes out, one text each."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from csat.report.markup import Element

if TYPE_CHECKING:
    from csat.study.definition import Study

MAX_BYTES = 2_000_000
LATE_FILES = frozenset({"manifest.json"})
"""Files that a page may link to although they are written after the gate."""

_ADDRESS = re.compile(r"https?://[^\s\"'<>)]+|\bwww\.[a-z0-9-]+\.[a-z]{2,}", re.I)
_IN_CSS = re.compile(r"@import|url\(\s*['\"]?(?!data:)", re.I)
_ARCHIVE = re.compile(r"\.\./\.\./index(\.[a-z]{2,3})?\.html")
_HOME = re.compile(
    r"(?<![\w/.])/(?:home|root|tmp|work|Users|usr|opt|mnt|var|private)/[\w./-]+|\b[A-Z]:\\[\w\\]+"
)
_TRACE = re.compile(
    r"Traceback \(most recent call last\)|File \"[^\"]*\", line \d+|\b[A-Z]\w*(?:Warning|Error): "
)
_NO_VALUE = re.compile(r"(?<![\w.])(?:nan|NaN|NaT|<NA>|[-−]0(?:\.0+)?%?)(?![\w.])")
_NONE = re.compile(r"^None$|[=(:] ?None\b|\bNone[,)%]")
_SUSPECT = re.compile(r"nan|NaT|None|<NA>|[-−]0")
_KEY = re.compile(r"^(?:[a-z][a-z0-9_]*\.){1,4}(?:caption|headline|alt|subtitle|absent|note|title|text)$")
_BRACES = re.compile(r"\{[a-z_]+(?::[^{}]*)?\}")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN_SENTENCE = re.compile(r"(?:\b[A-Za-z][a-z’']*[ ,]+){7,}")
_URLS = ("href", "src", "srcset", "action", "poster", "data", "xlink:href", "formaction")
_ACTIVE = frozenset({"script", "iframe", "object", "embed", "base", "link"})
_PROSE = ("td", "th", "p", "li", "dd", "dt", "figcaption", "caption", "h1", "h2", "h3", "h4")


def images(root: Element) -> Iterator[str]:
    """Images without alternative text."""
    for image in root.all("img", "svg"):
        if image.tag == "svg" or not image.attributes.get("alt", "").strip():
            yield f"line {image.line}: an image without alternative text"


def figures(root: Element) -> Iterator[str]:
    """Figures without headline."""
    for figure in root.all("figure"):
        if not any(caption.text for caption in figure.all("figcaption")):
            yield f"line {figure.line}: a figure without headline"


def tables(root: Element) -> Iterator[str]:
    """Tables without caption, with heads that lack a scope, or with an empty head."""
    for table in root.all("table"):
        name = " ".join(caption.text for caption in table.all("caption")[:1])
        if not name:
            yield f"line {table.line}: a table without caption"
        heads = table.all("th")
        if not heads:
            yield f"table {name!r} has no heads"
        for head in heads:
            if head.attributes.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                yield f"table {name!r}: the head {head.text!r} has no scope"
            elif not head.text:
                yield f"table {name!r}: an empty head"


def active(root: Element) -> Iterator[str]:
    """Scripts, and what can hide them or load something."""
    for element in root.walk():
        if element.tag in _ACTIVE:
            yield f"line {element.line}: <{element.tag}>"
        if element.tag == "meta" and "http-equiv" in element.attributes:
            yield f"line {element.line}: <meta http-equiv>"
        for name, value in element.attributes.items():
            if name.startswith("on") or "javascript:" in re.sub(r"\s", "", value).lower():
                yield f"line {element.line}: {name}={value[:60]!r}"
    for sheet in root.all("style"):
        if any(isinstance(text, str) and _IN_CSS.search(text) for text in sheet.children):
            yield f"line {sheet.line}: a style sheet that loads something"


def machine(root: Element) -> Iterator[str]:
    """Tracebacks, warnings of the software, and places on the machine that made the page."""
    for text in strings(root):
        for pattern, what in ((_TRACE, "output of the software"), (_HOME, "a path of this machine")):
            if match := pattern.search(text):
                yield f"{what}: {match[0][:80]!r}"


def sentences(root: Element, said: Collection[str]) -> Iterator[str]:
    """Catalogue keys and placeholders that were never filled."""
    own = {match[0] for text in said for match in _BRACES.finditer(text)}
    for text in strings(root):
        if _KEY.match(text.strip()) or set(_BRACES.findall(text)) - own:
            yield f"{text.strip()[:80]!r} was never filled"


def ids(root: Element) -> Iterator[str]:
    """Ids that occur twice, and links or labels that name an id that is not there."""
    named = [element.attributes["id"] for element in root.walk() if "id" in element.attributes]
    yield from (f"the id {name!r} occurs twice" for name in sorted({n for n in named if named.count(n) > 1}))
    for element in root.walk():
        targets = [t[1:] for t in (element.attributes.get("href", ""),) if t.startswith("#")]
        targets += element.attributes.get("aria-labelledby", "").split()
        targets += element.attributes.get("aria-describedby", "").split()
        for target in targets:
            if unquote(target) not in named:
                yield f"line {element.line}: {target!r} is named but is not there"


def headings(root: Element) -> Iterator[str]:
    """One main heading, no level left out, none empty."""
    found = root.all("h1", "h2", "h3", "h4", "h5", "h6")
    if [heading.tag for heading in found].count("h1") != 1:
        yield "a page needs exactly one main heading (h1)"
    last = 0
    for heading in found:
        level = int(heading.tag[1])
        if level > last + 1:
            yield f"{heading.text[:60]!r} is a {heading.tag} after h{last}"
        if not heading.text:
            yield f"line {heading.line}: an empty heading"
        last = level


def structure(root: Element) -> Iterator[str]:
    """Title, landmarks, and room for phones."""
    if not any(title.text for title in root.all("title")):
        yield "a page needs a title"
    for tag in ("main", "header", "footer"):
        if len(root.all(tag)) != 1:
            yield f"a page needs exactly one <{tag}>"
    if not any(meta.attributes.get("name") == "viewport" for meta in root.all("meta")):
        yield "a page needs a viewport for phones"


OF_TREE: Mapping[str, Callable[[Element], Iterable[str]]] = {
    "image": images,
    "figure": figures,
    "table": tables,
    "script": active,
    "machine": machine,
    "id": ids,
    "heading": headings,
    "structure": structure,
}
"""Rules that need nothing but the page."""


def values(root: Element, said: Collection[str]) -> Iterator[str]:
    """Values that are none for a reader: nan, None, a negative zero."""
    own = sorted((text for text in said if _SUSPECT.search(text)), key=len, reverse=True)
    for element in root.all(*_PROSE, "img"):
        text = element.attributes.get("alt", "") if element.tag == "img" else element.text
        for said_so in own:
            text = text.replace(" ".join(said_so.split()), "…")
        for pattern in (_NO_VALUE, _NONE):
            if match := pattern.search(text):
                yield f"line {element.line}: {match[0]!r} in {text[:80]!r}"


def addresses(root: Element, said: Collection[str]) -> Iterator[str]:
    """Addresses in text, unless they stand in a text of the study; in attributes, `links` finds them."""
    allowed = {match[0] for text in said for match in _ADDRESS.finditer(text)}
    for text in strings(root):
        yield from (f"{m[0][:80]!r}" for m in _ADDRESS.finditer(text) if m[0] not in allowed)
    for element in root.walk():
        for name in _URLS:
            if re.match(r"\s*(?:[a-z+]+:)?//", element.attributes.get(name, ""), re.I):
                yield f"line {element.line}: {name}={element.attributes[name][:80]!r}"


def unescaped(raw: str, said: Collection[str]) -> Iterator[str]:
    """Texts of the study that stand in the page as mark-up."""
    for text in sorted(said):
        if re.search(r"<[a-zA-Z/!]", text) and text in raw:
            yield f"the study's text {text[:80]!r}"


def weight(raw: str) -> Iterator[str]:
    """Pages that are too heavy."""
    size = len(raw.encode("utf-8"))
    if size > MAX_BYTES:
        yield f"{size / 1e6:.2f} MB, more than {MAX_BYTES / 1e6:.1f} MB"


def language(root: Element, lang: str, said: Collection[str]) -> Iterator[str]:
    """Language that is not declared, or is not the one that is spoken."""
    declared = next((page.attributes.get("lang", "") for page in root.all("html")), "").split("-")[0]
    if not declared:
        yield "the page does not say its language"
    elif lang and declared != lang:
        yield f"the page says {declared!r} instead of {lang!r}"
    if declared != "zh":
        return
    for element in root.all("h1", "h2", "h3", "p", "li", "figcaption", "caption"):
        text = element.text
        if _LATIN_SENTENCE.search(text + " ") and not _CHINESE.search(text) and text not in said:
            yield f"line {element.line}: no Chinese in {text[:80]!r}"


def links(root: Element, folder: Path) -> Iterator[str]:
    """Links that lead out of the folder or to nothing."""
    inside = folder.resolve()
    for element in root.walk():
        for name in _URLS:
            target = element.attributes.get(name, "#")
            if target.startswith(("#", "data:image/")) or _ARCHIVE.fullmatch(target):
                continue
            path = (folder / unquote(target.partition("#")[0])).resolve()
            if ":" in target.partition("/")[0] or not path.is_relative_to(inside):
                yield f"line {element.line}: {name}={target[:80]!r} leads out of the folder"
            elif not path.is_file() and path.name not in LATE_FILES:
                yield f"line {element.line}: {name}={target[:80]!r} is not there"


def strings(root: Element) -> Iterator[str]:
    """All text that a reader or a screen reader meets."""
    for element in root.walk():
        if element.tag in ("style", "script"):
            continue
        yield from (child for child in element.children if isinstance(child, str) and child.strip())
        for name in ("alt", "aria-label", "title"):
            if name in element.attributes:
                yield element.attributes[name]


def texts_of(study: Study) -> frozenset[str]:
    """All texts that a study's author wrote."""
    texts = [study.title, study.population, study.source, study.introduction]
    texts += [text for one in study.constructs.values() for text in (one.label, one.question)]
    texts += [text for item in study.items.values() for text in (item.label, item.wording)]
    for segment in study.segments.values():
        texts += [segment.label, *segment.values.values()]
    texts += [wave.label for wave in study.waves if wave.label]
    texts += list(_texts_of_questions(study))
    said = {value for text in texts for value in text.values()}
    said |= {
        label for scale in study.scales.values() for one in scale.labels.values() for label in one.values()
    }
    return frozenset(said)


def _texts_of_questions(study: Study) -> Iterator[Mapping[str, str]]:
    """Texts of modules, versions, questions, options, choice tasks and tables."""
    for module in study.modules.values():
        yield from (module.label, module.introduction)
    for version in study.versions.values():
        yield from (version.label, version.population)
    for question in study.questions.values():
        yield from (question.label, question.wording, question.hint, question.negative, question.unit)
        yield from (option.label for option in question.options)
    for options in study.option_lists.values():
        yield from (option.label for option in options)
    for task in study.choices.values():
        yield from (task.label, task.none_label)
        yield from (one.label for one in task.alternatives.values())
        for attribute in task.attributes.values():
            yield attribute.label
            yield from (level.label for level in attribute.levels.values())
    for table in study.tables.values():
        yield table.label
        yield from (measure.label for measure in table.measures.values())
    yield from study.concepts.values()
