"""From the columns of a table to the features of a network, fitted on the training rows alone."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from lessons_lib._ground.values import listed, shortened

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.preprocessing import OneHotEncoder

    from lessons_lib.datasets._columns import Column

MOST_DIFFERENT = 0.5  # words of which more are different are names, not classes
_RARE = "infrequent_sklearn"  # scikit-learn's word for it


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Features:
    """What turns columns into features.

    Attributes
    ----------
    kinds : dict
        "numbers", "words" or "dates" for each column that is used.
    first : dict
        The first training date of each column of dates, from which its days count.
    flagged : tuple
        The columns that lack cells in the training set.
    transformer : ColumnTransformer or None
        scikit-learn's, fitted.
    names : tuple of str
        Of the features: "age", "colour=red", "colour rare", "age missing".
    origins : tuple
        The column that each feature comes from.
    """

    kinds: dict[Hashable, str]
    first: dict[Hashable, np.datetime64]
    flagged: tuple[Hashable, ...]
    transformer: Any
    names: tuple[str, ...]
    origins: tuple[Hashable, ...]

    def __call__(self, columns: Mapping[Hashable, Column]) -> np.ndarray:
        """Return the features of rows.

        Parameters
        ----------
        columns : dict of Column
            Those of `kinds` at least.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features), float32
            Infinite where a number lies too far from those of the training set.
        """
        with warnings.catch_warnings(), np.errstate(over="ignore"):
            warnings.simplefilter("ignore")  # of values not met before, which `unseen` names
            X = self.transformer.transform(_frame(columns, self.kinds, self.first))
            return np.asarray(X).astype(np.float32)

    def unseen(self, columns: Mapping[Hashable, Column]) -> list[tuple[Hashable, str, int]]:
        """Return the first word of each column that the training set does not have.

        Returns
        -------
        list of tuple
            Column, word and number of the row.
        """
        met = []
        known = self.known
        for name in known:
            cells = columns[name].cells
            new = ~columns[name].missing & ~np.isin(cells.astype(str), known[name])
            if new.any():
                met.append((name, cells[np.argmax(new)], int(np.argmax(new))))
        return met

    @property
    def known(self) -> dict[Hashable, np.ndarray]:
        """The words of each column of words in the training set."""
        names = [name for name, kind in self.kinds.items() if kind == "words"]
        if not names:
            return {}
        encoder = self.transformer.named_transformers_["words"][-1]
        kept = [name for name in names if name in self.origins]
        return {
            name: categories.astype(str)
            for name, categories in zip(kept, encoder.categories_, strict=True)
        }


def fit(
    columns: Mapping[Hashable, Column], train: np.ndarray, rare: float
) -> tuple[Features, list[str]]:
    """Fit the features on the training rows.

    Parameters
    ----------
    columns : dict of Column
        Of all rows.
    train : ndarray of int
        Which rows are for training.
    rare : float
        Words that stand in a smaller fraction of them become one feature together.

    Returns
    -------
    features : Features
    said : list of str
        What was done, in sentences.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import MissingIndicator, SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    own = {name: column._replace(cells=column.cells[train]) for name, column in columns.items()}
    fewest = max(2, int(np.ceil(rare * len(train)))) if rare else 1
    useful, said = _useful(own, fewest)
    flagged = tuple(name for name, c in own.items() if 0 < c.missing.sum() < len(train))
    kinds = {name: c.kind for name, c in columns.items() if name in {*useful, *flagged}}
    first = {name: np.nanmin(own[name].cells) for name in kinds if kinds[name] == "dates"}
    words = [name for name in useful if kinds[name] == "words"]
    measured = [name for name in useful if kinds[name] != "words"]
    position = list(kinds).index
    encoder = OneHotEncoder(
        min_frequency=fewest if fewest > 1 else None,
        handle_unknown="infrequent_if_exist",
        sparse_output=False,
        feature_name_combiner=_name_of,
    )
    transformer = ColumnTransformer(
        [
            (
                "numbers",
                make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
                [position(name) for name in measured],
            ),
            (
                "words",
                make_pipeline(SimpleImputer(strategy="most_frequent"), encoder),
                [position(name) for name in words],
            ),
            (
                "missing",
                MissingIndicator(features="all"),
                [position(name) for name in flagged],
            ),
        ]
    )
    transformer.fit(_frame(own, kinds, first))
    names = [str(name) for name in measured]
    origins = list(measured)
    if words:
        encoder = transformer.named_transformers_["words"][-1]
        names += encoder.get_feature_names_out([str(name) for name in words]).tolist()
        for name, met, few in zip(words, encoder.categories_, _joined(encoder), strict=True):
            origins += [name] * (len(met) - len(few) + (len(few) > 0))
    names += [f"{name} missing" for name in flagged]
    origins += flagged
    return Features(kinds, first, flagged, transformer, tuple(names), tuple(origins)), said


def _joined(encoder: OneHotEncoder) -> list[np.ndarray]:
    """Return the rare words of each column."""
    if encoder.min_frequency is None:
        return [np.array([])] * len(encoder.categories_)
    return [np.array([]) if few is None else few for few in encoder.infrequent_categories_]


def _name_of(column: str, word: str) -> str:
    return f"{column} rare" if word == _RARE else f"{column}={word}"


def _frame(
    columns: Mapping[Hashable, Column],
    kinds: Mapping[Hashable, str],
    first: Mapping[Hashable, np.datetime64],
) -> pd.DataFrame:
    """Return the columns as scikit-learn reads them: dates as days since the first one."""
    import pandas as pd

    cells = {}
    for number, (name, kind) in enumerate(kinds.items()):
        cells[number] = columns[name].cells
        if kind == "dates":
            cells[number] = (cells[number] - first[name]) / np.timedelta64(1, "D")
    return pd.DataFrame(cells)


def _useful(own: Mapping[Hashable, Column], fewest: int) -> tuple[list[Hashable], list[str]]:
    """Return the columns that can tell rows apart, and sentences about the others."""
    empty, constant, names, useful = [], [], [], []
    for name, column in own.items():
        present = column.cells[~column.missing]
        different, counts = np.unique(present, return_counts=True)
        if not len(present):
            empty.append(name)
        elif len(different) == 1:
            constant.append(name)
        elif column.kind == "words" and (
            len(different) > MOST_DIFFERENT * len(present) or counts.max() < fewest
        ):
            names.append(name)
        else:
            useful.append(name)
    said = []
    if empty:
        said.append(f"Left out, for no training row holds a value there: {_all(empty)}.")
    if constant:
        said.append(f"Left out, for all training rows hold the same there: {_all(constant)}.")
    if names:
        said.append(
            f"Left out, for nearly every training row holds another word there: {_all(names)}."
        )
    return useful, said


def _all(names: list[Hashable]) -> str:
    return listed([shortened(str(name)) for name in names])
