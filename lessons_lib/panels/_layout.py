"""Which model of a population stands where on a map of two of its settings."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lessons_lib._ground.values import listed
from lessons_lib.plots import Cells, Ruler

_WORDS = {"init_scale": "scale of the first weights"}  # where a name says too little
_WHOLE = ("width", "seed")  # between two of their values there may be none


def words_of(name: str) -> str:
    """Return what a setting is called."""
    return _WORDS.get(name, name.replace("_", " "))


class Layout:
    """Where each model of a population stands.

    Parameters
    ----------
    settings : DataFrame
        A row for each model, a column for each setting that varies, as `Population.settings`.
    x, y : str, optional
        The columns along the two axes; by default the two that vary beside the seed.

    Attributes
    ----------
    x, y : str
        The columns along the axes; ``y`` is "" where there is one row only.
    across, up : Ruler
        Their values.
    cells : Cells
        Rows, columns, and the seeds in each of them.
    seeds : sequence of int
        Their seeds.
    rest : list of str
        What varies beside them: a pixel stands for all its values.
    models : ndarray of shape (rows, columns, seeds, n_rest)
        Numbers of the models, -1 where there is none.

    Raises
    ------
    ValueError
        If these are no two settings that vary, or it is not clear which.
    """

    def __init__(self, settings: pd.DataFrame, x: str | None = None, y: str | None = None):
        self.x, self.y = _axes(list(settings.columns), x, y)
        self.rest = [name for name in settings.columns if name not in (self.x, self.y, "seed")]
        across, columns = np.unique(settings[self.x], return_inverse=True)
        up, rows = [0.0], np.zeros(len(settings), int)
        if self.y:
            up, rows = np.unique(settings[self.y], return_inverse=True)
        self.seeds, seeds = [0], np.zeros(len(settings), int)
        if "seed" in settings and "seed" not in (self.x, self.y):
            self.seeds, seeds = np.unique(settings["seed"], return_inverse=True)
        shape = (len(up), len(across), int(seeds.max()) + 1)
        if self.y and len(settings) < shape[0] * shape[1]:
            raise ValueError(
                f"A map needs a model at each pair of {words_of(self.x)} and {words_of(self.y)}; "
                f"this population has {len(settings)} models for {shape[0] * shape[1]:,} pairs. "
                f"Make it of combinations: live.Population(..., {self.x}=[...], {self.y}=[...])."
            )
        self.across, self.up, self.cells = Ruler(across), Ruler(up), Cells(*shape)
        place = np.ravel_multi_index((rows, columns, seeds), shape)
        order = np.argsort(place, kind="stable")
        depth = np.arange(len(order)) - np.searchsorted(place[order], place[order])
        models = np.full((int(np.prod(shape)), int(depth.max()) + 1), -1)
        models[place[order], depth] = order
        self.models = models.reshape(*shape, -1)
        self._place = np.column_stack([rows, columns, seeds])

    def best(self, loss: np.ndarray) -> np.ndarray:
        """Return which model each pixel stands for, shape (rows, columns, seeds); -1 for none."""
        values = np.where(self.models < 0, np.inf, np.append(loss, np.inf)[self.models])
        best = np.argmin(values, axis=3)[..., None]
        return np.take_along_axis(self.models, best, axis=3)[..., 0]

    def place(self, model: int) -> tuple[int, int, int]:
        """Return row, column and seed of a model."""
        row, column, seed = self._place[model]
        return int(row), int(column), int(seed)

    def words(self, model: int) -> str:
        """Return the place of a model in words: "learning rate 0.1 and l2 0.001"."""
        row, column, _ = self.place(model)
        words = [f"{words_of(self.x)} {self.across.words[column]}"]
        if self.y:
            words.append(f"{words_of(self.y)} {self.up.words[row]}")
        return " and ".join(words)

    @property
    def why_none_is_finer(self) -> str:
        """What to say where no setting has values between those of the map."""
        names = [name for name in (self.x, self.y) if name]
        if all(name in _WHOLE for name in names):
            words = listed([words_of(name) for name in names])
            return f"There is nothing to zoom into: {words} has no values between these."
        return (
            "The zoom ends here: a float32, in which networks reckon, has not so many numbers "
            "between the values of this map."
        )

    def finer(self, box: tuple[int, int, int, int]) -> dict[str, np.ndarray]:
        """Return as many values again of both settings, within a box of the map.

        A setting that counts something, or of whose values a float32 cannot tell so many apart
        there, is left out.

        Parameters
        ----------
        box : tuple of int
            First and last row, first and last column.
        """
        parts = [(self.x, self.across, *box[2:])]
        parts += [(self.y, self.up, *box[:2])] if self.y else []
        finer = {}
        for name, ruler, first, last in parts:
            count = len(ruler.values)
            ends = max(first - 0.5, 0), min(last + 0.5, count - 1)
            values = np.asarray(ruler.value(np.linspace(*ends, count)))
            told_apart = len(np.unique(values.astype(np.float32))) == count
            if name not in _WHOLE and count > 1 and told_apart:
                finer[name] = values
        return finer


def _axes(varied: Sequence[str], x: str | None, y: str | None) -> tuple[str, str]:
    """Return the columns along x and y."""
    for axis, name in (("x", x), ("y", y)):
        if name is not None and name not in varied:
            there = f"It varies {listed(varied)}." if varied else "It varies nothing."
            raise ValueError(
                f"A map has along {axis} a setting that varies over the population, and "
                f"{name!r} does not. {there}"
            )
    if x is not None and x == y:
        raise ValueError(f"A map needs two settings for its axes; {x!r} is named twice.")
    free = [name for name in varied if name not in (x, y, "seed")]
    if not (free or x or y):
        free = list(varied)  # the seed, if even that
    if not (free or x or y):
        raise ValueError(
            "A map needs a population of which something varies: give live.Population several "
            "values of a setting, such as learning_rate=np.geomspace(1e-3, 3, 16)."
        )
    open_axes = (x is None) + (y is None)
    if len(free) > open_axes and open_axes:
        raise ValueError(
            f"This population varies {listed([*varied])}, and a map has two axes: say which, as in "
            f"panels.map(population, x={(x or free[0])!r}, y={(y or free[x is None])!r}). A pixel "
            "then stands for the best of all others."
        )
    free.sort(key=lambda name: name != "learning_rate")
    x = x or (free.pop(0) if free else None)
    y = y or (free.pop(0) if free else None)
    return (x, y or "") if x else (y, "")
