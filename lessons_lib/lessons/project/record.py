"""A project: a table, what is asked of it, what has been done, and what the learner says of it."""

from __future__ import annotations

import difflib
import numbers
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from lessons_lib.datasets import Prepared
    from lessons_lib.live import LiveTrainer
    from lessons_lib.panels import LivePanel

FEWEST = 10  # rows of a group: of fewer, its error says little
BETTER = 0.95  # of the baseline's error: a network that is to count has less
_MOST_GROUPS = 6


class Opening(NamedTuple):
    """A look into the sealed test set.

    Attributes
    ----------
    updates : int
        Of the network that was judged.
    val_error, test_error : float
        Its errors, as `Project.error` measures them.
    beaten : bool
        Whether it had beaten the baseline on the validation set.
    """

    updates: int
    val_error: float
    test_error: float
    beaten: bool


class Project:
    """A table of one's own, from the question to the run card.

    Parameters
    ----------
    table : DataFrame
    target : str
        The column to predict.
    question : str
        In one sentence: who would do what with the answer.
    look_by : str, optional
        The column by which mistakes are sorted in the error analysis; by default the first one.

    Attributes
    ----------
    prepared : Prepared
        As `datasets.prepare` returns it; `suspects` remembers which columns it has named.
    panel : LivePanel
        The network in training.
    usable_rows, leaves_out, baseline, first_loss, ceiling, test_error
        What the learner says; ``...`` until then.
    keeps : dict of str to str
        Suspects that stay in, each with a reason.
    found : str
        What the error analysis has shown, in the learner's words.
    openings : list of Opening
        Looks into the test set, in their order.

    Raises
    ------
    ValueError
        Where `target` or `look_by` is no column of the table.
    """

    _SAID = ("usable_rows", "leaves_out", "baseline", "first_loss", "ceiling", "test_error")

    def __init__(self, table: pd.DataFrame, target: str, question: str = "", look_by: str = ""):
        self.table, self.question = table, question
        self.target = self._column("target", target)
        first = next((name for name in table.columns if name != target), target)
        self.look_by = self._column("look_by", look_by or first)
        self.suspects: tuple[str, ...] = ()
        self.prepared: Prepared | None = None
        self.panel: LivePanel | None = None
        self.ours: LiveTrainer | None = None  # trained by the lesson where the learner's was not
        self.keeps: dict[str, str] = {}
        self.found = ""
        self.openings: list[Opening] = []
        self.usable_rows = self.leaves_out = self.baseline = ...
        self.first_loss = self.ceiling = self.test_error = ...

    def __setattr__(self, name, value):
        if name not in _ATTRIBUTES:
            near = difflib.get_close_matches(name, _ATTRIBUTES, n=1)
            meant = f" Did you mean project.{near[0]}?" if near else ""
            raise AttributeError(f"a project has no {name}.{meant}")
        if name == "prepared" and value is not None:
            found = [leak.column for leak in value.leaks]
            self.suspects = tuple(dict.fromkeys([*self.suspects, *found]))
            self.openings = []
        super().__setattr__(name, value)

    def __repr__(self):
        rows, columns = self.table.shape
        said = [f"{name} = {getattr(self, name)}" for name in self._SAID]
        told = ", ".join(text for text in said if not text.endswith("Ellipsis"))
        return (
            f"Project: {self.question or 'no question yet'}\n"
            f"{rows:,} rows, {columns} columns; target {self.target}. "
            f"Said so far: {told or 'nothing'}."
        )

    # --- how wrong ---------------------------------------------------------------------------

    @property
    def measure(self) -> str:
        """What `error` measures, in words."""
        if self._ready().is_classes:
            return "fraction of wrong answers"
        return f"root mean squared error, in the unit of {self.target}"

    @property
    def trainer(self) -> LiveTrainer:
        """The network that is judged: the panel's, or the lesson's own in its place."""
        if self.panel is None:
            raise ValueError("this project has no network yet: run the cell that makes its panel.")
        return self.ours or self.panel.trainer

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Return the network's answers in the form of `Prepared.y_val`: classes, or numbers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return self._answers(self.trainer, X)

    def error(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the network's error on some rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)

        Returns
        -------
        float
            The fraction of wrong answers for classes, otherwise the root mean squared error in
            the target's own unit.
        """
        return self.error_of(self._off(self.predict(X), y))

    def error_of(self, off: ArrayLike) -> float:
        """Return the same error from how far each answer is off, as `errors` lists it.

        Parameters
        ----------
        off : array-like of shape (n_samples,)
            1 or 0 for a class that is wrong or right, otherwise in the target's own unit.
        """
        off = np.asarray(off, dtype=float)
        return float(off.mean() if self._ready().is_classes else np.sqrt(np.mean(off**2)))

    def know_nothing(self) -> float:
        """Return the error, on the validation set, of always giving the best constant answer."""
        data = self._ready()
        constant = np.bincount(data.y_train).argmax() if data.is_classes else 0.0
        return self.error_of(self._off(np.full(len(data.y_val), constant), data.y_val))

    @property
    def beats_baseline(self) -> bool:
        """Whether the panel's network is at least 5 % better than knowing nothing."""
        if self.panel is None or not self.panel.trainer.updates:
            return False
        data = self._ready()
        off = self._off(self._answers(self.panel.trainer, data.X_val), data.y_val)
        return self.error_of(off) < BETTER * self.know_nothing()

    # --- where -------------------------------------------------------------------------------

    def errors(self) -> pd.DataFrame:
        """Return the validation rows, each with the network's answer and how far it is off.

        Returns
        -------
        DataFrame of shape (n_val, n_columns + 3)
            First ``group``, by the column `look_by`; ``answer``, and the target; ``off``, answer
            minus target in its own unit, or 1 for a wrong class and 0 for a right one. A column of
            the table that has such a name is called "table's group" and so on.
        """
        data = self._ready()
        answers = self.predict(data.X_val)
        found = {
            "group": self._groups(data.val),
            "answer": data.in_units(answers),
            "off": self._off(answers, data.y_val),
        }
        others = {name: f"table's {name}" for name in found}
        rows = data.val.rename(columns=others).assign(**found)
        first = ["group", "answer", others.get(self.target, self.target), "off"]
        return rows[[*first, *(name for name in rows.columns if name not in first)]]

    def by_group(self) -> pd.DataFrame:
        """Return for each group of validation rows how many there are, and the error on them.

        Returns
        -------
        DataFrame of shape (n_groups, 2)
            ``rows`` and ``error``; numbers and dates are grouped in thirds, words by themselves.
        """
        import pandas as pd

        groups = self.errors().groupby("group", sort=False, observed=True)["off"]
        found = pd.DataFrame({"rows": groups.size(), "error": groups.apply(self.error_of)})
        return found.loc[[name for name in self._names[0] if name in found.index]]

    @property
    def worst_group(self) -> str:
        """The group with the largest error, among those with ten rows at least if there are any."""
        groups = self.by_group()
        enough = groups[groups["rows"] >= FEWEST]
        return str((groups if enough.empty else enough)["error"].idxmax())

    # --- the one look ------------------------------------------------------------------------

    def open_test(self) -> tuple[np.ndarray, np.ndarray]:
        """Open the sealed test set for the network as it stands, and note it.

        Returns
        -------
        X_test, y_test
            As `Prepared.open_test` returns them.
        """
        data = self._ready()
        if self.panel is None or not self.panel.trainer.updates:
            raise ValueError("no step has been made in your panel: the test set stays sealed.")
        self.panel.pause()
        self.ours = None
        X, y = data.open_test()
        val_error = self.error(data.X_val, data.y_val)
        beaten = val_error < BETTER * self.know_nothing()
        self.openings.append(Opening(self.trainer.updates, val_error, self.error(X, y), beaten))
        return X, y

    # --- inside ------------------------------------------------------------------------------

    def _ready(self):
        if self.prepared is None:
            raise ValueError("this project's table is not prepared yet: run the cell that does it.")
        return self.prepared

    def _answers(self, trainer, X):
        out = np.asarray(trainer.predict(X))
        return out.argmax(axis=1) if self._ready().is_classes else out.reshape(len(out))

    def _off(self, answers, y):
        data = self._ready()
        if data.is_classes:
            return (np.ravel(answers) != np.ravel(y)).astype(float)
        return (np.ravel(answers) - np.ravel(y)) * data.unit

    def _column(self, argument, name):
        if name in list(self.table.columns):
            return name
        columns = [str(column) for column in self.table.columns]
        near = difflib.get_close_matches(str(name), columns, n=1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(
            f"{argument} must be a column of the table; received {name!r}.{meant} There are: "
            f"{', '.join(columns[:12])}."
        )

    @property
    def _measured(self):
        """The column `look_by` of the validation rows as numbers, or None where it is words."""
        import pandas as pd

        column = self._ready().val[self.look_by]
        if pd.api.types.is_datetime64_any_dtype(column):
            return column
        few = column.nunique() <= _MOST_GROUPS
        return None if few or not pd.api.types.is_numeric_dtype(column) else column

    @property
    def _names(self):
        """All groups there can be, in their order, and where the thirds of a column end."""
        column = self._measured
        if column is not None:
            ends = [column.quantile(third) for third in (1 / 3, 2 / 3)]
            low, high = map(_shown, ends)
            return [f"low, to {low}", f"middle, to {high}", f"high, above {high}", "missing"], ends
        counts = self._ready().val[self.look_by].astype("string").value_counts()
        return [*map(str, counts.index[:_MOST_GROUPS]), "others", "missing"], None

    def _groups(self, rows):
        column, (names, ends) = rows[self.look_by], self._names
        if ends is not None:
            places = sum((column > end).to_numpy(int, na_value=0) for end in ends)
            return np.where(column.isna(), names[-1], np.array(names)[places])
        texts = column.astype("string").fillna("missing")
        return np.array([text if text in names else "others" for text in texts])


def _shown(value):
    """Return a number with four digits, a date without its time of day."""
    return f"{value:.4g}" if isinstance(value, numbers.Real) else str(value)[:10]


_ATTRIBUTES = frozenset(
    [
        *("table", "target", "question", "look_by", "suspects", "prepared", "panel", "ours"),
        *("keeps", "found", "openings", *Project._SAID),
    ]
)
