"""From the columns of a table to the features of a network, fitted on the training rows alone."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from lessons_lib._ground.values import shortened
from lessons_lib.datasets._columns import quoted

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.compose import ColumnTransformer

    from lessons_lib.datasets._columns import Column

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
    measured, words : tuple
        The columns that are scaled, and those of which each word has a feature.
    flagged : tuple
        The columns that lack cells in the training set.
    transformer : ColumnTransformer
        scikit-learn's, fitted.
    """

    kinds: dict[Hashable, str]
    first: dict[Hashable, np.datetime64]
    measured: tuple[Hashable, ...]
    words: tuple[Hashable, ...]
    flagged: tuple[Hashable, ...]
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
            warnings.simplefilter("ignore", UserWarning)  # `strange` names what is new
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
    def rare(self) -> dict[Hashable, list[str]]:
        """Those of them that share a feature."""
        if not self.words or self._encoder.min_frequency is None:
            return {name: [] for name in self.words}
        joined = self._encoder.infrequent_categories_
        return {
            name: [] if few is None else few.tolist()
            for name, few in zip(self.words, joined, strict=True)
        }

    @property
    def _encoder(self) -> Any:
        return self.transformer.named_transformers_["words"][-1]

    def strange(self, columns: Mapping[Hashable, Column]) -> list[str]:
        """Return sentences about what stands in rows and in no training row."""
        said = []
        for name, words in self.known.items():
            new = [w for w in dict.fromkeys(columns[name].cells) if w == w and w not in set(words)]
            if new:
                count = int(np.isin(columns[name].cells.astype(str), new).sum())
                as_what = f"`{name} rare`" if self.rare[name] else "none of the words"
                said.append(
                    f"`{name}` holds {_some(new)} in {_rows(count)}, which no training row does: "
                    f"taken for {as_what}."
                )
        for name in self.kinds:
            missing = int(columns[name].missing.sum())
            if missing and name not in self.flagged:
                said.append(
                    f"`{name}` is empty in {_rows(missing)}, and in no training row: filled like "
                    "the others, and no feature flags it."
                )
        return said


def fit(
    columns: Mapping[Hashable, Column], train: np.ndarray, rare: float
) -> tuple[Features | None, list[str]]:
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
    features : Features or None
        None where no column tells the rows apart.
    said : list of str
        What was done, in sentences.
    """
    own = {n: c._replace(cells=c.cells[train]) for n, c in columns.items()}
    fewest = max(2, int(np.ceil(rare * len(train)))) if rare else 1
    useful, said = _useful(own, fewest)
    flagged = tuple(n for n, column in own.items() if 0 < column.missing.sum() < len(train))
    kinds = {n: column.kind for n, column in own.items() if n in {*useful, *flagged}}
    if not kinds:
        return None, said
    first = {n: np.nanmin(own[n].cells) for n, kind in kinds.items() if kind == "dates"}
    measured = tuple(n for n in useful if kinds[n] != "words")
    words = tuple(n for n in useful if kinds[n] == "words")
    at = {name: number for number, name in enumerate(kinds)}
    places = ([at[n] for n in group] for group in (measured, words, flagged))
    transformer = _transformer(*places, fewest)
    with np.errstate(over="ignore", invalid="ignore"):  # a number too large is named later
        transformer.fit(_frame(own, kinds, first))
    features = Features(kinds, first, measured, words, flagged, transformer)
    return features, [*_told(features, own, fewest), *said]


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


def _useful(own: Mapping[Hashable, Column], fewest: int) -> tuple[list[Hashable], list[str]]:
    """Return the columns that can tell rows apart, and sentences about the others."""
    left_out = {"empty": [], "the same": [], "different": []}
    useful = []
    for name, column in own.items():
        different, counts = np.unique(column.cells[~column.missing], return_counts=True)
        if not len(different):
            left_out["empty"].append(name)
        elif len(different) == 1:
            left_out["the same"].append(name)
        elif column.names_rows or (column.kind == "words" and counts.max() < fewest):
            left_out["different"].append(name)
        else:
            useful.append(name)
    why = {
        "empty": "no training row holds anything there",
        "the same": "all training rows hold the same there",
        "different": "nearly every training row holds another word there",
    }
    said = [f"Left out: {quoted(names)}, for {why[k]}." for k, names in left_out.items() if names]
    return useful, said


def _told(features: Features, own: Mapping[Hashable, Column], fewest: int) -> list[str]:
    """Say in sentences what becomes of the columns."""
    said = []
    if features.measured:
        said.append(
            f"Measurements, scaled to mean 0 and standard deviation 1 over the training set: "
            f"{quoted(features.measured)}."
        )
    dates = [name for name in features.measured if features.kinds[name] == "dates"]
    if dates:
        said.append(f"Dates count in days from the first one in the training set: {quoted(dates)}.")
    if features.words:
        said.append(f"Words, each a feature of 0 and 1: {quoted(features.words)}.")
    for name, few in features.rare.items():
        if few:
            said.append(
                f"`{name} rare` stands for words that fewer than {fewest} training rows hold: "
                f"{_some(few)}."
            )
    if features.flagged:
        said.append(
            f"Missing in some training rows: {quoted(features.flagged)}. The median stands there, "
            f"or the most frequent word, and a feature flags it: `{features.flagged[0]} missing`."
        )
    said += [own[name].note for name in features.kinds if own[name].note]
    said += [line for name in features.words for line in _spellings(name, features.known[name])]
    if len(features.names) > len(own[next(iter(own))].cells):
        said.append(
            f"There are {len(features.names)} features, more than training rows: a network can "
            "learn those by heart."
        )
    return said


def _spellings(name: Hashable, words: np.ndarray) -> list[str]:
    """Say where words differ by spaces and capitals only."""
    met = {}
    for word in words:
        met.setdefault(" ".join(word.casefold().split()), []).append(word)
    alike = [group for group in met.values() if len(group) > 1]
    if not alike:
        return []
    return [
        f"`{name}` holds {_some(alike[0])} as different words; if they are one, mend the table."
    ]


def _some(words: list[str], most: int = 3) -> str:
    """Return words as a sentence lists them, the first ones if they are many."""
    more = len(words) - most
    shown = ", ".join(shortened(word) for word in words[:most])
    return f"{shown} and {more} more" if more > 0 else shown


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"
