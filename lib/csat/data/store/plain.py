"""Frozen objects and tables as JSON, and back: whatever a prepared wave holds beside its answers."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

_NAMES = {"Mapping": Mapping, "Sequence": Sequence, "Iterable": Iterable, "Path": Path, "pd": pd, "np": np}
"""Names in annotations that a module may import for the type checker alone."""


def to_plain(value: Any) -> Any:
    """Turn a value into what JSON can hold.

    Parameters
    ----------
    value : object
        A number, text, sequence, mapping, dataclass, array, Series or DataFrame, nested in any way. Anything
        else (such as a condition of a study) is written as its text.

    Returns
    -------
    object
        Made of dict, list, str, int, float, bool and None; numbers that are not finite are None or texts.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.generic):
        return to_plain(value.item())
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, pd.DataFrame):
        return _frame(value)
    if isinstance(value, pd.Series):
        return {"dtype": str(value.dtype), "index": to_plain(value.index.tolist()), **_values(value)}
    if isinstance(value, np.ndarray):
        return {"dtype": str(value.dtype), "values": to_plain(value.tolist())}
    if is_dataclass(value):
        return {one.name: to_plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return to_plain(sorted(value))
    if isinstance(value, Iterable):
        return [to_plain(inner) for inner in value]
    return str(value)


def from_plain(hint: Any, plain: Any) -> Any:
    """Turn what JSON held into a value of an annotated type.

    Parameters
    ----------
    hint : type
        Annotation, such as ``tuple[str, ...]``, a dataclass, ``pandas.DataFrame`` or a union of them.
    plain : object
        As `to_plain` made it.

    Returns
    -------
    object
        The value; texts stand for what has no way back.
    """
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _union(typing.get_args(hint), plain)
    if hint is float:
        return math.nan if plain is None else float(plain)
    if plain is None:
        return None
    if hint is pd.DataFrame:
        return _to_frame(plain)
    if hint is pd.Series:
        return pd.Series(plain["values"], index=plain["index"], dtype=plain["dtype"], name=plain["name"])
    if hint is np.ndarray or origin is np.ndarray:
        return np.array(plain["values"], dtype=plain["dtype"])
    if is_dataclass(hint) and isinstance(hint, type):
        return build(hint, plain)
    inner = typing.get_args(hint)
    if hint is tuple or origin is tuple:
        kinds = inner if inner and inner[-1] is not ... else (inner[:1] or (Any,)) * len(plain)
        return tuple(from_plain(kind, one) for kind, one in zip(kinds, plain, strict=True))
    if isinstance(plain, list):
        return [from_plain(inner[0] if inner else Any, one) for one in plain]
    if isinstance(plain, dict):
        return {key: from_plain(inner[1] if len(inner) > 1 else Any, one) for key, one in plain.items()}
    return plain


def build(kind: type, plain: Mapping[str, Any], **given: Any) -> Any:
    """Make a dataclass from what JSON held.

    Parameters
    ----------
    kind : type
        The dataclass.
    plain : mapping
        Field -> value as `to_plain` made it; fields that the class does not have are passed over, fields that
        are not there take their default.
    **given
        Fields that come from elsewhere.

    Raises
    ------
    KeyError
        When a field without a default is neither given nor there.
    """
    hints = typing.get_type_hints(kind, localns=_NAMES)
    values = dict(given)
    for one in fields(kind):
        if one.name in given:
            continue
        if one.name in plain and one.init:
            values[one.name] = from_plain(hints[one.name], plain[one.name])
        elif one.default is MISSING and one.default_factory is MISSING:
            raise KeyError(one.name)
    return kind(**values)


def _number(value: float) -> float | int | str | None:
    """Finite number, None for NaN, text for the infinite."""
    if isinstance(value, int) or math.isfinite(value):
        return value
    return None if math.isnan(value) else str(value)


def _values(series: pd.Series) -> dict[str, Any]:
    """Name and values of a series; None where one is missing."""
    return {"name": to_plain(series.name), "values": [_cell(one) for one in series.tolist()]}


def _cell(value: Any) -> Any:
    """One cell of a table."""
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return None if value is pd.NA or value is pd.NaT else to_plain(value)


def _frame(frame: pd.DataFrame) -> dict[str, Any]:
    """Table as records, with the types of its columns, and its index where that is more than a count."""
    told: dict[str, Any] = {"dtypes": {str(c): str(frame[c].dtype) for c in frame.columns}}
    if not frame.index.equals(pd.RangeIndex(len(frame))):
        told |= {"index": to_plain(frame.index.tolist()), "index_name": to_plain(frame.index.name)}
    columns = [_values(frame[c])["values"] for c in frame.columns]
    names = [str(c) for c in frame.columns]
    told["records"] = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return told


def _to_frame(plain: Mapping[str, Any]) -> pd.DataFrame:
    """Table from records."""
    dtypes: Mapping[str, str] = plain["dtypes"]
    columns = {
        name: pd.Series([record[name] for record in plain["records"]], dtype=dtype)
        for name, dtype in dtypes.items()
    }
    frame = pd.DataFrame(columns, columns=list(dtypes))
    if "index" in plain:
        frame.index = pd.Index(plain["index"], name=plain["index_name"])
    return frame


def _union(kinds: Sequence[Any], plain: Any) -> Any:
    """Value of the first type that it fits."""
    if plain is None and types.NoneType in kinds:
        return None
    for kind in kinds:
        base = typing.get_origin(kind) or kind
        simple = base in (str, int, float, bool)
        if kind is types.NoneType or (simple and not isinstance(plain, base)):
            continue
        return from_plain(kind, plain)
    return plain
