"""From the columns of a table to the features of a network, fitted on the training rows alone."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from lessons_lib._ground.cells import place_of
from lessons_lib._ground.values import shortened
from lessons_lib.datasets._columns import quoted

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.compose import ColumnTransformer

    from lessons_lib.datasets._columns import Column

_RARE = "infrequent_sklearn"  # scikit-learn's word for it
# Why a column is left out.
NOTHING = "no training row holds anything there"
ALL_THE_SAME = "all training rows hold the same there"
ALL_DIFFERENT = "each word there names one training row, or only a few"


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Features:
    """What turns columns into features.

    Attributes
    ----------
    kinds : dict
        "numbers", "words" or "dates" for each column that is used.
    first : dict
        The first training date of each column of dates, from which its days count.
    measured, words : tuple
        The columns that are scaled, and those of which each word has a feature.
    flagged : tuple
        The columns that lack cells in the training set.
    left_out : dict
        The columns that are not used, by the reason.
    transformer : ColumnTransformer
        scikit-learn's, fitted.
    """

    kinds: dict[Hashable, str]
    first: dict[Hashable, np.datetime64]
    measured: tuple[Hashable, ...]
    words: tuple[Hashable, ...]
    flagged: tuple[Hashable, ...]
    left_out: dict[str, list[Hashable]]
    transformer: ColumnTransformer

    def __call__(self, columns: Mapping[Hashable, Column]) -> np.ndarray:
        """Return the features of rows.

        Parameters
        ----------
        columns : dict of Column
            Those of `kinds` at least.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features), float32
            Not finite where a number lies too far from those of the training set.
        """
        frame = _frame(columns, self.kinds, self.first)
        if not len(frame):  # scikit-learn refuses it
            return np.empty((0, len(self.names)), dtype=np.float32)
        with warnings.catch_warnings(), np.errstate(over="ignore", invalid="ignore"):
            warnings.simplefilter("ignore", UserWarning)  # what is new is said
            return np.asarray(self.transformer.transform(frame)).astype(np.float32)

    @property
    def names(self) -> tuple[str, ...]:
        """The features' names: "age", "colour=red", "colour rare", "age missing"."""
        words = [str(name) for name in self.words]
        made = self._encoder.get_feature_names_out(words) if words else []
        flags = [f"{name} missing" for name in self.flagged]
        return (*map(str, self.measured), *map(str, made), *flags)

    @property
    def origins(self) -> tuple[Hashable, ...]:
        """The column that each feature comes from."""
        ones = []
        for name, known in self.known.items():
            rare = len(self.rare[name])
            ones += [name] * (len(known) - rare + (rare > 0))
        return (*self.measured, *ones, *self.flagged)

    @property
    def known(self) -> dict[Hashable, np.ndarray]:
        """The training set's words, for each column of words."""
        met = self._encoder.categories_ if self.words else []
        return dict(zip(self.words, met, strict=True))

    @property
    def fewest(self) -> int:
        """How many training rows must hold a word that has a feature of its own."""
        return self._encoder.min_frequency or 1

    @property
    def rare(self) -> dict[Hashable, list[str]]:
        """The words of each column that share a feature."""
        if not self.words or self.fewest == 1:
            return {name: [] for name in self.words}
        joined = self._encoder.infrequent_categories_
        return {
            name: [] if few is None else few.tolist()
            for name, few in zip(self.words, joined, strict=True)
        }

    @property
    def _encoder(self) -> Any:
        return self.transformer.named_transformers_["words"][-1]


def fit(columns: Mapping[Hashable, Column], train: np.ndarray, rare: float) -> Features:
    """Fit the features on the training rows.

    Parameters
    ----------
    columns : dict of Column
        Of all rows.
    train : ndarray of int
        Which rows are for training.
    rare : float
        Words that stand in a smaller fraction of them become one feature together.

    Raises
    ------
    ValueError
        Where no column tells the training rows apart.
    """
    own = {name: column.of(train) for name, column in columns.items()}
    fewest = max(2, int(np.ceil(rare * len(train)))) if rare else 1
    useful, left_out = _useful(own, fewest)
    flagged = tuple(n for n, column in own.items() if 0 < column.missing.sum() < len(train))
    kinds = {n: column.kind for n, column in own.items() if n in {*useful, *flagged}}
    if not kinds:
        why = " ".join(f"{quoted(names)}: {reason}." for reason, names in left_out.items())
        raise ValueError(
            f"no column is left from which the target could be predicted. {why}"
            f"{' ' if why else ''}Give a table with other columns."
        )
    first = {n: np.nanmin(own[n].cells) for n, kind in kinds.items() if kind == "dates"}
    measured = tuple(n for n in useful if kinds[n] != "words")
    words = tuple(n for n in useful if kinds[n] == "words")
    at = {name: number for number, name in enumerate(kinds)}
    places = ([at[n] for n in group] for group in (measured, words, flagged))
    transformer = _transformer(*places, fewest)
    with np.errstate(over="ignore", invalid="ignore"):  # `refuse_too_far` says so
        transformer.fit(_frame(own, kinds, first))
    return Features(kinds, first, measured, words, flagged, left_out, transformer)


def refuse_too_far(
    X: np.ndarray,
    origins: tuple[Hashable, ...],
    table: pd.DataFrame,
    columns: Mapping[Hashable, Column],
    rows: np.ndarray,
) -> None:
    """Raise where a number is too large for float32, or to be scaled with the others."""
    far = ~np.isfinite(X).all(axis=0)
    if far.any():
        name = origins[np.argmax(far)]
        row = rows[np.nanargmax(np.abs(columns[name].cells))]
        raise ValueError(
            f"column {shortened(name)} holds {shortened(table[name].iloc[row])} in "
            f"{place_of(table[name], (row,))}, which is too far from its other numbers for a "
            "network. Look whether it has their unit."
        )


def _transformer(
    measured: list[int], words: list[int], flagged: list[int], fewest: int
) -> ColumnTransformer:
    """Return scikit-learn's transformers, each with the numbers of its columns."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import MissingIndicator, SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    encoder = OneHotEncoder(
        min_frequency=fewest if fewest > 1 else None,
        handle_unknown="infrequent_if_exist",
        sparse_output=False,
        feature_name_combiner=_name_of,
    )
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    encoded = make_pipeline(SimpleImputer(strategy="most_frequent"), encoder)
    # The flags stand beside the scaler: scaled, a rare one would be a huge number.
    flags = MissingIndicator(features="all")
    return ColumnTransformer(
        [("numbers", scaled, measured), ("words", encoded, words), ("missing", flags, flagged)]
    )


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


def _useful(
    own: Mapping[Hashable, Column], fewest: int
) -> tuple[list[Hashable], dict[str, list[Hashable]]]:
    """Return the columns that can tell training rows apart, and the others by the reason."""
    left_out = {NOTHING: [], ALL_THE_SAME: [], ALL_DIFFERENT: []}
    useful = []
    for name, column in own.items():
        different, counts = np.unique(column.cells[~column.missing], return_counts=True)
        if not len(different):
            left_out[NOTHING].append(name)
        elif len(different) == 1:
            left_out[ALL_THE_SAME].append(name)
        elif column.names_rows or (column.kind == "words" and counts.max() < fewest):
            left_out[ALL_DIFFERENT].append(name)
        else:
            useful.append(name)
    return useful, {reason: names for reason, names in left_out.items() if names}
