"""Look of the figures: palette, fonts, contrast and defaults.

Figures are built with `new_figure` (no pyplot, so no global state) inside `context(lang)`; a function that
draws takes a keyword ``lang`` and wears the decorator `styled`, which enters that context for it.
"""

from __future__ import annotations

import functools
import importlib.util
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, TEAL, PLUM, ORANGE, GREY, LILAC = "#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1"
PALETTE = (BLUE, TEAL, PLUM, ORANGE, GREY, LILAC)
INK = "#1F2430"
MUTED = "#555B66"
RULE = "#D5D9DF"
PAPER = "#FFFFFF"
NEUTRAL = "#E4E6EA"
MARKERS = ("o", "s", "^", "D", "v", "P")
HATCHES = ("", "////", "....", "\\\\\\\\", "xx", "++")
WIDTH = 5.8
FONT_SIZE = 10.0

_P = ParamSpec("_P")
_R = TypeVar("_R")


@functools.cache
def chinese_font() -> Path | None:
    """Noto Sans SC as the package zhplot ships it, found without importing that package.

    Returns
    -------
    Path or None
        The font file; None where zhplot is not installed.
    """
    spec = importlib.util.find_spec("zhplot")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "fonts" / "NotoSansSC-Regular.ttf"
        if path.is_file():
            return path
    return None


@functools.cache
def font_families(lang: str) -> tuple[str, ...]:
    """Font families for a language, the first that carries its script first; registers the Chinese font."""
    from matplotlib import font_manager

    path = chinese_font()
    if path is None:
        return ("DejaVu Sans",)
    font_manager.fontManager.addfont(str(path))
    regular = font_manager.fontManager.ttflist[-1]
    # There is no bold face: the regular one stands in for it, without a warning at every bold label.
    font_manager.fontManager.ttflist.append(replace(regular, weight=700))
    chinese = regular.name
    return (chinese, "DejaVu Sans") if lang == "zh" else ("DejaVu Sans", chinese)


def rc(lang: str) -> Any:
    """Matplotlib settings of every figure in a language."""
    return {
        "font.family": list(font_families(lang)),
        "font.size": FONT_SIZE,
        "axes.titlesize": FONT_SIZE,
        "axes.titleweight": "normal",
        "axes.titlelocation": "left",
        "axes.labelsize": FONT_SIZE,
        "axes.labelcolor": INK,
        "axes.edgecolor": MUTED,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "axes.prop_cycle": _cycle(),
        "axes.formatter.useoffset": False,
        "xtick.labelsize": FONT_SIZE - 0.5,
        "ytick.labelsize": FONT_SIZE,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "grid.color": RULE,
        "grid.linewidth": 0.8,
        "text.color": INK,
        "text.parse_math": False,  # a dollar sign in a label is a dollar sign
        "legend.frameon": False,
        "legend.fontsize": FONT_SIZE - 0.5,
        "hatch.linewidth": 0.6,
        "lines.linewidth": 1.8,
        "figure.facecolor": PAPER,
        "savefig.facecolor": PAPER,
        "figure.constrained_layout.use": True,
        "figure.dpi": 100,
        "savefig.dpi": 144,
        "svg.fonttype": "path",
        "svg.hashsalt": "csat",
    }


@contextmanager
def context(lang: str = "en") -> Iterator[None]:
    """Draw in this style for the time of a ``with`` block; settings outside stay as they were."""
    import matplotlib

    with matplotlib.rc_context(rc(lang)):
        yield


def styled(draw: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a drawing function with a keyword ``lang`` draw in the style of that language.

    Examples
    --------
    >>> @styled
    ... def bars(values, *, lang="en"):
    ...     fig, ax = new_figure(3)
    ...     ax.bar(range(len(values)), values)
    ...     return fig
    """

    @functools.wraps(draw)
    def wrapper(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with context(str(kwargs.get("lang", "en"))):
            return draw(*args, **kwargs)

    return wrapper


def new_figure(
    height: float, width: float = WIDTH, rows: int = 1, columns: int = 1, **axes_options: Any
) -> tuple[Figure, Any]:
    """Figure and its axes, free of pyplot so that nothing stays open.

    Parameters
    ----------
    height, width : float
        Inches. Keep the default width: text then stays readable on a phone.
    rows, columns : int
        Grid of axes.
    **axes_options
        Passed to `matplotlib.figure.Figure.subplots` (``sharex``, ``width_ratios``, …).

    Returns
    -------
    Figure, Axes or array of Axes
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)  # so that a form can measure its texts
    return figure, figure.subplots(rows, columns, **axes_options)


def rgb(colour: str) -> tuple[float, float, float]:
    """Red, green and blue (0–1) of a ``#rrggbb`` colour."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def mix(colour: str, other: str, share: float) -> str:
    """Colour between two: `share` of `other` in `colour`."""
    parts = (round(255 * ((1 - share) * a + share * b)) for a, b in zip(rgb(colour), rgb(other), strict=True))
    return "#" + "".join(f"{part:02X}" for part in parts)


def contrast(colour: str, other: str) -> float:
    """Contrast ratio of two colours by WCAG 2.2, from 1 to 21."""

    def luminance(value: str) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(value)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(colour), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(fill: str) -> str:
    """Dark ink, white or black: the first that reads well (4.5:1) on a fill."""
    return next(ink for ink in (INK, PAPER, "#000000") if contrast(ink, fill) >= 4.5)


def text_colour(colour: str) -> str:
    """Return the colour itself, or a darker one that reads well (4.5:1) as text on white."""
    while contrast(colour, PAPER) < 4.5:
        colour = mix(colour, INK, 0.15)
    return colour


def diverging(count: int, neutral: bool | None = None) -> tuple[str, ...]:
    """Return fills for ordered answer categories: unfavourable plum, neutral grey, favourable blue.

    Parameters
    ----------
    count : int
        Categories.
    neutral : bool, optional
        Whether the middle one is neutral; by default when the count is odd.
    """
    middle = count % 2 == 1 if neutral is None else neutral
    half = (count - middle) // 2
    steps = [0.78 * i / max(half, 1) for i in range(half)]
    low = [mix(PLUM, PAPER, share) for share in steps]
    high = [mix(BLUE, PAPER, share) for share in reversed(steps)]
    return (*low, *([NEUTRAL] if middle else []), *high)


def sequential(value: float, colour: str = BLUE) -> str:
    """Fill for a magnitude from 0 (white) to 1 (the colour)."""
    return mix(PAPER, colour, min(max(value, 0.0), 1.0))


def direct_labels(positions: Sequence[float], gap: float) -> list[float]:
    """Positions moved apart to at least `gap`, order kept: so that direct labels do not overlap."""
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    placed = [float(p) for p in positions]
    for before, after in itertools.pairwise(order):
        placed[after] = max(placed[after], placed[before] + gap)
    shift = sum(placed) / max(len(placed), 1) - sum(positions) / max(len(placed), 1)
    return [p - shift for p in placed]


def _cycle() -> Any:
    """Colours of the palette in turn."""
    from matplotlib.rcsetup import cycler

    return cycler(color=list(PALETTE))
