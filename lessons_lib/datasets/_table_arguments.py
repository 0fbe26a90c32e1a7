"""Checks of a table and of what names its columns."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

from lessons_lib._ground.values import listed, shortened

if TYPE_CHECKING:
    import pandas as pd


def check_table(name: str, table: object) -> None:
    """Raise where `table` is no DataFrame in which each column has a name of its own."""
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        ways = {"frame": f"{name}.frame", "to_pandas": f"{name}.to_pandas()"}
        cure = next((way for a, way in ways.items() if hasattr(table, a)), f"pd.DataFrame({name})")
        raise TypeError(
            f"{name} must be a DataFrame of pandas; received something of type "
            f"{type(table).__name__}. Give {cure}."
        )
    if table.columns.nlevels > 1:
        raise ValueError(
            f"{name} must have one name a column; received {table.columns.nlevels} levels of "
            f"names. Join them: {name}.columns = ['_'.join(map(str, names)) for names in "
            f"{name}.columns]."
        )
    names = [str(column) for column in table.columns]
    twice = sorted({column for column in names if names.count(column) > 1})
    if twice:
        raise ValueError(
            f"{name} must have a different name for each column; received {all_of(twice)} more "
            f"than once. Give each its own: {name}.columns = [...]."
        )


def column_named(table: pd.DataFrame, argument: str, name: object) -> Hashable:
    """Return `name` if it is a column's, or say which ones are near it."""
    if _is_column(table, name):
        return name
    near = difflib.get_close_matches(str(name), [str(c) for c in table.columns], 3, 0.6)
    meant = f"Did you mean {all_of(near)}?" if near else f"They are {all_of(table.columns)}."
    raise ValueError(
        f"{argument} must name a column of the table; received {shortened(name)}. {meant}"
    )


def _is_column(table: pd.DataFrame, name: object) -> bool:
    try:
        # True is 1 to pandas, and so would name a column 1.
        return name in table.columns and not isinstance(name, bool)
    except TypeError:  # a Series says that it is hashable, and is not
        return False


def columns_dropped(
    table: pd.DataFrame, drop: object, kept: dict[str, Hashable]
) -> tuple[Hashable, ...]:
    """Return the columns to leave out.

    Parameters
    ----------
    table : DataFrame
    drop : iterable of hashable, or one name
    kept : dict
        Columns that are needed, by the argument that names them; None or False are none.
    """
    given = drop if isinstance(drop, Iterable) and not isinstance(drop, str) else (drop,)
    names = tuple(column_named(table, "drop", name) for name in given)
    for argument, name in kept.items():
        if name is not None and name is not False and name in names:
            raise ValueError(
                f"drop must not hold the column that {argument} names; received "
                f"{shortened(list(names))}. Take {shortened(name)} out of it."
            )
    return names


def all_of(names: Iterable[Hashable], most: int = 12) -> str:
    """Return names as an error lists them, the first ones if they are many."""
    words = [shortened(name) for name in names]
    return listed(words, most) if words else "none"
