"""The views of a live panel: which pictures there are, which data they suit, what they draw."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import ipywidgets as widgets
import numpy as np

from lessons_lib import plots
from lessons_lib.panels._controls import Choice, Switch
from lessons_lib.panels._memory import Memory
from lessons_lib.panels._page import Arrangement
from lessons_lib.panels._past import Record

if TYPE_CHECKING:
    from lessons_lib.live import LiveTrainer

_SIZES = {1: (6.0, 3.6), 2: (9.4, 3.5), 3: (9.4, 3.3)}  # inches by number of views
_TALL = (9.4, 6.2)  # two rows
_SHARES = {"boundary": 1.12, "curves": 1.25}  # of the width; the others have 1
_PREFERRED = 3
_LONGEST = 120  # characters of what went wrong


class NetworkViews:
    """What is seen of a network in training.

    A model that reads words or classes by number knows no fractions and no numbers beyond its
    data. So it is tried what the model takes before any picture asks for it.

    Parameters
    ----------
    trainer : lessons_lib.live.LiveTrainer
        The network.
    wanted : sequence of str, str or None
        Names of views; None for the first three that suit the data.

    Attributes
    ----------
    names : tuple of str
        The views that are drawn, from left to right.
    left_out : str
        One sentence on each view that suits the data but cannot be drawn for this model.
    controls : dict of str to ipywidgets.Widget
        With curves ``"log"``, whether the loss is drawn on a logarithmic scale, and for several
        outputs ``"quantity"``, which loss or accuracy is drawn.
    units : list of int
        Units that each hidden layer was built with.
    whole : bool
        Whether the model is asked at whole numbers only, within the range of the data.
    memory : Memory or None
        What a panel remembers of the runs.

    Raises
    ------
    ValueError
        If a name is unknown, or a view does not suit the data; says which do.
    """

    def __init__(self, trainer: LiveTrainer, wanted: Sequence[str] | str | None):
        self.trainer = trainer
        self.memory: Memory | None = None
        try:
            self.units = [layer.shape[-1] for layer in trainer.hidden(trainer.X[:1])]
        except Exception:  # a layer of the learner's own that no graph can run
            self.units = []
        self.whole = trainer.X.dtype.kind in "biu"
        self.whole = self.whole or self._knows_no_fractions()
        self.controls: dict[str, widgets.Widget] = {}
        self.names, self.left_out = self._chosen(wanted)
        if "curves" in self.names:
            self.controls["log"] = Switch().widget("loss on a log scale")
            if self.several:
                self.controls["quantity"] = self._quantities().widget("curves of")

    # --- for a panel --------------------------------------------------------------------------

    @property
    def arrangement(self) -> Arrangement:
        """How the views stand: beside each other, or in two rows."""
        count = len(self.names)
        if count > 3:
            return Arrangement(count, _TALL, columns=-(-count // 2))
        return Arrangement(
            count, _SIZES[count], widths=[_SHARES.get(name, 1.0) for name in self.names]
        )

    def draw(
        self, scenes: Sequence[plots.Scene], names: Sequence[str] | None = None
    ) -> list[plots.Picture]:
        """Draw each view, or those of some names, in its scene."""
        return [
            VIEWS[name].draw(scene, self)
            for scene, name in zip(scenes, names or self.names, strict=True)
        ]

    def words(self, message: str, sentences: list[str]) -> list[str]:
        """Say only that the network has diverged, if it has; a loss that cannot teach, always.

        Where nothing is learned, what to do has the room, and of the pictures only the curves.
        """
        if self.trainer.ended:
            return [self.trainer.ended]
        if trouble := self.trainer.trouble:
            pairs = zip(self.names, sentences, strict=True)
            sentences = [sentence for name, sentence in pairs if name == "curves"]
        return [self.trainer.caution, message, trouble, *sentences, self.left_out]

    # --- for the pictures ---------------------------------------------------------------------

    @property
    def log(self) -> bool:
        """Whether the loss is drawn on a logarithmic scale."""
        return "log" in self.controls and self.controls["log"].value

    @property
    def several(self) -> bool:
        """Whether the model has several outputs."""
        return len(self.trainer.outputs) > 1

    @property
    def quantity(self) -> str:
        """Which entry of the history the curves show."""
        return self.controls["quantity"].value if "quantity" in self.controls else "loss"

    @property
    def record(self) -> Record:
        """What is remembered of the whole present run."""
        if self.memory is None:
            return Record(self.trainer.history, self.trainer.marks)
        return self.memory.records(self.memory.present)[""]

    @property
    def others(self) -> list[plots.OtherRun]:
        """Runs that the curves are compared with."""
        runs = [] if self.memory is None else self.memory.others
        return [plots.OtherRun(r.name, r.records[""].history, r.number) for r in runs]

    def _quantities(self) -> Choice:
        """Return a choice of what the curves of several outputs can show: the sum, and each."""
        names = [n for n in self.trainer.history if n.endswith(("loss", "accuracy"))]
        names = sorted(n for n in names if not n.startswith("val_") and n != "loss")
        words = [(n.replace("_", " "), n) for n in names]
        return Choice((("loss (the sum)", "loss"), *words), "loss")

    @property
    def n_inputs(self) -> int:
        """Inputs per sample; 0 if a sample is not a plain row of numbers."""
        X = self.trainer.X
        return X.shape[1] if X.ndim == 2 else 0

    @property
    def one_answer(self) -> bool:
        """Whether there is one target per sample, for each output."""
        y = [*self.trainer.y.values()] if isinstance(self.trainer.y, dict) else self.trainer.y
        return all(one.ndim == 1 or one.shape[1] == 1 for one in (y if self.several else [y]))

    @property
    def points(self) -> np.ndarray:
        """The samples as places in a picture: booleans and whole numbers have no fractions."""
        return self.trainer.X.astype("float32")

    def predict(self, points: np.ndarray) -> np.ndarray:
        """Return the model's outputs at points of a picture, or at the ids nearest to them."""
        return self.trainer.predict(self._nearest(points))

    def probability(self, points: np.ndarray) -> np.ndarray:
        """Return the outputs of a binary classifier as the probability of the second class."""
        outputs = self.predict(points)
        if self.trainer.threshold == 0:  # logits, or the outputs of a tanh or hinge classifier
            return 0.5 * (1 + np.tanh(0.5 * outputs))
        return outputs

    def second_class(self) -> np.ndarray:
        """Return which samples are of the second of two classes."""
        y = self.trainer.y
        return y > (np.min(y) + np.max(y)) / 2

    def hidden(self, points: np.ndarray) -> list[np.ndarray]:
        """Return the hidden units' outputs at points of a picture."""
        return self.trainer.hidden(self._nearest(points))

    def _nearest(self, points: np.ndarray) -> np.ndarray:
        if not self.whole:
            return points
        return np.clip(np.rint(points), self.points.min(axis=0), self.points.max(axis=0))

    def _knows_no_fractions(self) -> bool:
        if self.n_inputs not in (1, 2):
            return False
        X = self.trainer.X
        low, high = X.min(axis=0, keepdims=True), X.max(axis=0, keepdims=True)
        margin = 0.2 * (high - low)
        try:
            self.predict(np.concatenate([low - margin, low + margin / 3, high + margin]))
        except Exception:  # whatever a model answers to numbers that it does not know
            return True
        return False

    # --- which views --------------------------------------------------------------------------

    def _chosen(self, wanted) -> tuple[tuple[str, ...], str]:
        """Return the names of the views to draw, and why others are left out."""
        suitable = [name for name, view in VIEWS.items() if view.suits(self)]
        names = suitable if wanted is None else self._checked(wanted, suitable)
        most = _PREFERRED if wanted is None else len(names)
        chosen, left_out = [], []
        for name in names:
            if len(chosen) == most:
                break
            if self.several and VIEWS[name].of_one:
                outputs = " and ".join(map(repr, self.trainer.outputs))
                why = f"it shows one output, and this model has several: {outputs}."
                left_out.append(f"The view {name!r} is left out: {why}")
            elif why := self._fault(name):
                left_out.append(f"The view {name!r} is left out: {why}")
            else:
                chosen.append(name)
        return tuple(chosen) or ("curves",), " ".join(left_out)

    def _checked(self, wanted, suitable: list[str]) -> tuple[str, ...]:
        names = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        if not names:
            raise ValueError(f"views needs at least one of {_listed(VIEWS)}; received none.")
        for number, name in enumerate(names):
            if name not in VIEWS:
                raise ValueError(f"There is no view {name!r}. The views are {_listed(VIEWS)}.")
            if name in names[:number]:
                raise ValueError(f"The view {name!r} is named twice; once is enough.")
            if name not in suitable:
                raise ValueError(
                    f"The view {name!r} needs {VIEWS[name].needs}; this data has the shape "
                    f"{self.trainer.X.shape}. The views that suit it are {_listed(suitable)}."
                )
        return names

    def _fault(self, name: str) -> str:
        """Draw a view where nobody sees it; return why that fails, in a sentence, or ""."""
        try:
            VIEWS[name].draw(plots.Scene(), self)
        except Exception as error:  # whatever a model answers to a picture's questions
            words = " ".join(re.sub(r"\x1b\[\d*m", "", str(error)).split())
            words = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 2]} …"
            return f"this model cannot be asked what it needs ({words.rstrip('.')})."
        return ""


def _boundary(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw what the model says at every point of the plane."""
    task, X, y = seen.trainer.task, seen.points, seen.trainer.y
    if task == "multiclass":
        return plots.class_regions(ax, seen.predict, X, y, legend="above")
    if task == "regression":
        return plots.value_map(ax, seen.predict, X, y)
    second = np.ravel(seen.second_class()).astype(int)
    return plots.decision_boundary(ax, seen.probability, X, second, legend="above")


def _fit(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the model's output over its one input."""
    if seen.trainer.task == "binary":
        second, words = seen.second_class().astype(float), "probability of class 1"
        return plots.fitted_curve(
            ax, seen.probability, seen.points, second, ylabel=words, legend="above"
        )
    return plots.fitted_curve(ax, seen.predict, seen.points, seen.trainer.y, legend="above")


def _targets(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the model's output for each sample over its target."""
    return plots.predictions(ax, seen.trainer.predict, seen.trainer.X, seen.trainer.y)


def _curves(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the loss over the steps, with the knob turns and the other runs."""
    record = seen.record
    return plots.training_curves(
        ax,
        record.history,
        marks=[(mark.step, mark.name, mark.words) for mark in record.marks],
        others=seen.others,
        now=None if seen.memory is None else seen.memory.now,
        quantity=seen.quantity,
        log=seen.log,
    )


def _units(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw what each hidden unit sees."""
    return plots.hidden_units(ax, seen.hidden, seen.points, units=seen.units)


def _kernels(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the first layer's weights as images."""
    return plots.kernel_images(ax, seen.trainer.first_kernels())


def _weights(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the weights' histograms."""
    return plots.weight_histograms(ax, _numbered(seen.trainer.kernels()))


def _gradients(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the gradient's norm in each layer."""
    return plots.gradient_norms(ax, _numbered(seen.trainer.gradient_norms()))


def _numbered(by_layer: dict) -> dict:
    """Return the same with names as "2 dense" in the place of "dense_37" or "stack 1"."""
    numbered = enumerate(by_layer.items(), 1)
    return {f"{i} {re.sub(r'[_ ][0-9]+$', '', name)}": value for i, (name, value) in numbered}


class View(NamedTuple):
    """A picture of a network.

    Attributes
    ----------
    draw : callable
        Takes a scene and `NetworkViews`, returns a `plots.Picture`.
    suits : callable
        Takes `NetworkViews`; whether it can be drawn.
    needs : str
        What it takes, for those who ask in vain.
    of_one : bool
        Whether it shows the only output of a model.
    """

    draw: Callable[[plots.Scene, NetworkViews], plots.Picture]
    suits: Callable[[NetworkViews], bool]
    needs: str
    of_one: bool = False


VIEWS = {
    "boundary": View(
        _boundary,
        lambda v: v.n_inputs == 2 and (v.trainer.task == "multiclass" or v.one_answer),
        "data with two inputs and one target",
        of_one=True,
    ),
    "fit": View(
        _fit,
        lambda v: v.n_inputs == 1 and v.one_answer and v.trainer.task != "multiclass",
        "data with one input and one target",
        of_one=True,
    ),
    "curves": View(_curves, lambda v: True, "nothing"),
    "units": View(
        _units,
        lambda v: v.n_inputs in (1, 2) and len(v.units) > 0,
        "data with one or two inputs and a model with a hidden layer",
    ),
    "kernels": View(
        _kernels,
        lambda v: v.trainer.first_kernels() is not None,
        "a first layer that reads images, as Conv2D does, or Dense after Flatten (rows of pixels "
        "need a Reshape before it)",
    ),
    "weights": View(_weights, lambda v: bool(v.trainer.kernels()), "a model with weight matrices"),
    "gradients": View(
        _gradients, lambda v: bool(v.trainer.kernels()), "a model with weight matrices"
    ),
    "targets": View(
        _targets,
        lambda v: v.one_answer and v.trainer.task != "multiclass",
        "data with one target that is a number",
        of_one=True,
    ),
}


def _listed(names) -> str:
    return ", ".join(repr(name) for name in names)
