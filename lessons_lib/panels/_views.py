"""The views of a live panel: which pictures there are, which data they suit, what they draw."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from ipywidgets import Checkbox
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessons_lib import plots

_SIZES = {1: (6.0, 3.6), 2: (9.4, 3.5), 3: (9.4, 3.3)}  # inches by number of views
_TALL = (9.4, 6.2)  # two rows
_SHARES = {"boundary": 1.12, "curves": 1.25}  # of the width; the others have 1


class Subject(NamedTuple):
    """What is looked at.

    Attributes
    ----------
    trainer : lessons_lib.live.LiveTrainer
        The network in training.
    X, y : ndarray
        The training data, as the model reads it.
    units : list of int
        Units that each hidden layer was built with.
    whole : bool
        Whether the model is asked at whole numbers only, within the range of the data.
    log : bool
        Whether the loss is drawn on a logarithmic scale.
    """

    trainer: object
    X: np.ndarray
    y: np.ndarray
    units: list[int]
    whole: bool = False
    log: bool = False

    @property
    def n_inputs(self) -> int:
        """Inputs per sample; 0 if a sample is not a plain row of numbers."""
        return self.X.shape[1] if self.X.ndim == 2 else 0

    @property
    def points(self) -> np.ndarray:
        """The samples as places in a picture: booleans and whole numbers have no fractions."""
        return self.X.astype("float32")

    def predict(self, points: np.ndarray) -> np.ndarray:
        """Return the model's outputs at points of a picture, or at the ids nearest to them."""
        return self.trainer.predict(self._nearest(points))

    def hidden(self, points: np.ndarray) -> list[np.ndarray]:
        """Return the hidden units' outputs at points of a picture."""
        return self.trainer.hidden(self._nearest(points))

    def _nearest(self, points: np.ndarray) -> np.ndarray:
        if not self.whole:
            return points
        return np.clip(np.rint(points), self.points.min(axis=0), self.points.max(axis=0))


def look_at(trainer) -> Subject:
    """Return what is to be seen of a trainer.

    A model that reads words or classes by number knows no fractions and no numbers beyond its
    data. So it is tried what the model takes before any picture asks for it.
    """
    X, y = trainer.X, trainer.y
    try:
        units = [layer.shape[-1] for layer in trainer.hidden(X[:1])]
    except Exception:  # a layer of the learner's own that no graph can run
        units = []
    subject = Subject(trainer, X, y, units, whole=X.dtype.kind in "biu")
    if subject.n_inputs in (1, 2) and not subject.whole:
        low, high = X.min(axis=0, keepdims=True), X.max(axis=0, keepdims=True)
        margin = 0.2 * (high - low)
        try:
            subject.predict(np.concatenate([low - margin, low + margin / 3, high + margin]))
        except Exception:  # whatever a model answers to numbers that it does not know
            return subject._replace(whole=True)
    return subject


def _boundary(ax: Axes, subject: Subject) -> plots.Picture:
    """Draw what the model says at every point of the plane."""
    task, X, y = subject.trainer.task, subject.points, subject.y
    if task == "multiclass":
        return plots.class_regions(ax, subject.predict, X, y, legend="above")
    if task == "regression":
        return plots.value_map(ax, subject.predict, X, y)
    second = np.ravel(y) > (np.min(y) + np.max(y)) / 2
    return plots.decision_boundary(ax, _probability(subject), X, second.astype(int), legend="above")


def _probability(subject: Subject) -> Callable:
    """Return the model's outputs as the probability of the second class."""
    if subject.trainer.threshold == 0:  # logits, or the outputs of a tanh or hinge classifier
        return lambda X: 0.5 * (1 + np.tanh(0.5 * subject.predict(X)))
    return subject.predict


def _fit(ax: Axes, subject: Subject) -> plots.Picture:
    """Draw the model's output over its one input."""
    X, y = subject.points, subject.y
    if subject.trainer.task == "binary":
        y = (y > (np.min(y) + np.max(y)) / 2).astype(float)
        probability = "probability of class 1"
        return plots.fitted_curve(
            ax, _probability(subject), X, y, ylabel=probability, legend="above"
        )
    return plots.fitted_curve(ax, subject.predict, X, y, legend="above")


def _curves(ax: Axes, subject: Subject) -> plots.Picture:
    """Draw the loss over the steps, with the knob turns and the run before."""
    trainer = subject.trainer
    return plots.training_curves(
        ax,
        trainer.history,
        marks=[(mark.step, mark.name, mark.words) for mark in trainer.marks],
        ghost=trainer.previous_history,
        log=subject.log,
    )


def _units(ax: Axes, subject: Subject) -> plots.Picture:
    """Draw what each hidden unit sees."""
    return plots.hidden_units(ax, subject.hidden, subject.points, units=subject.units)


def _weights(ax: Axes, subject: Subject) -> plots.Picture:
    """Draw the weights' histograms."""
    return plots.weight_histograms(ax, _numbered(subject.trainer.kernels()))


def _gradients(ax: Axes, subject: Subject) -> plots.Picture:
    """Draw the gradient's norm in each layer."""
    return plots.gradient_norms(ax, _numbered(subject.trainer.gradient_norms()))


def _numbered(by_layer: dict) -> dict:
    """Return the same with names as "2 dense" in the place of Keras's own "dense_37"."""
    names = (re.sub(r"_[0-9]+$", "", name) for name in by_layer)
    return {
        f"{i} {name}": v
        for i, (name, v) in enumerate(zip(names, by_layer.values(), strict=True), 1)
    }


class View(NamedTuple):
    """A picture of a trainer.

    Attributes
    ----------
    draw : callable
        Takes an Axes and a `Subject`, returns a `plots.Picture`.
    suits : callable
        Takes a `Subject`; whether it can be drawn.
    needs : str
        What it takes, for those who ask in vain.
    """

    draw: Callable[[Axes, Subject], plots.Picture]
    suits: Callable[[Subject], bool]
    needs: str


def _one_answer(subject: Subject) -> bool:
    return subject.y.ndim == 1 or subject.y.shape[1] == 1


def _suits_boundary(subject: Subject) -> bool:
    several = subject.trainer.task == "multiclass"
    return subject.n_inputs == 2 and (several or _one_answer(subject))


VIEWS = {
    "boundary": View(_boundary, _suits_boundary, "data with two inputs and one target"),
    "fit": View(
        _fit,
        lambda s: s.n_inputs == 1 and _one_answer(s) and s.trainer.task != "multiclass",
        "data with one input and one target",
    ),
    "curves": View(_curves, lambda subject: True, "nothing"),
    "units": View(
        _units,
        lambda s: s.n_inputs in (1, 2) and len(s.units) > 0,
        "data with one or two inputs and a model with a hidden layer",
    ),
    "weights": View(_weights, lambda s: bool(s.trainer.kernels()), "a model with weight matrices"),
    "gradients": View(
        _gradients, lambda s: bool(s.trainer.kernels()), "a model with weight matrices"
    ),
}
_PREFERRED = 3
_LONGEST = 120  # characters of what went wrong


def choose_views(
    subject: Subject, wanted: Sequence[str] | str | None
) -> tuple[tuple[str, ...], str]:
    """Return the names of the views to draw.

    Parameters
    ----------
    subject : Subject
        What is looked at.
    wanted : sequence of str, str or None
        Names; None for the first three views that suit the data.

    Returns
    -------
    views : tuple of str
    left_out : str
        One sentence on each view that suits the data but cannot be drawn for this model.

    Raises
    ------
    ValueError
        If a name is unknown, or a view does not suit the data; says which do.
    """
    suitable = [name for name, view in VIEWS.items() if view.suits(subject)]
    names = suitable if wanted is None else _checked(subject, wanted, suitable)
    most = _PREFERRED if wanted is None else len(names)
    chosen, left_out = [], []
    for name in names:
        if len(chosen) == most:
            break
        if why := _fault(name, subject):
            left_out.append(f"The view {name!r} is left out: {why}")
        else:
            chosen.append(name)
    return tuple(chosen) or ("curves",), " ".join(left_out)


def _checked(subject: Subject, wanted, suitable: list[str]) -> tuple[str, ...]:
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
                f"{subject.X.shape}. The views that suit it are {_listed(suitable)}."
            )
    return names


def _fault(name: str, subject: Subject) -> str:
    """Draw a view where nobody sees it; return why that fails, in a sentence, or ""."""
    try:
        VIEWS[name].draw(Figure().subplots(), subject)
    except Exception as error:  # whatever a model answers to a picture's questions
        words = " ".join(re.sub(r"\x1b\[\d*m", "", str(error)).split())
        words = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 2]} …"
        return f"this model cannot be asked what it needs ({words.rstrip('.')})."
    return ""


def _listed(names) -> str:
    return ", ".join(repr(name) for name in names)


class NetworkViews(NamedTuple):
    """Some views of one network, as a panel shows them.

    Attributes
    ----------
    subject : Subject
    names : tuple of str
        Which, from left to right.
    left_out : str
        What there is to say on those that cannot be drawn.
    log : ipywidgets.Checkbox or None
        Whether the loss is drawn on a logarithmic scale.
    """

    subject: Subject
    names: tuple[str, ...]
    left_out: str
    log: Checkbox | None

    def draw(self, axes: Sequence[Axes]) -> list[plots.Picture]:
        """Draw each view on its Axes."""
        subject = self.subject._replace(log=self.log is not None and self.log.value)
        return [VIEWS[n].draw(ax, subject) for ax, n in zip(axes, self.names, strict=True)]

    def words(self, message: str, sentences: list[str]) -> list[str]:
        """Say only that the network has diverged, if it has; a loss that cannot teach, always."""
        trainer = self.subject.trainer
        if trainer.ended:
            return [trainer.ended]
        return [trainer.caution, message, *sentences, self.left_out]


def arrangement(names: Sequence[str]) -> tuple[tuple[float, float], int, list[float]]:
    """Return size in inches, Axes per row, and relative widths for so many views."""
    count = len(names)
    if count > 3:
        return _TALL, -(-count // 2), None
    return _SIZES[count], count, [_SHARES.get(name, 1.0) for name in names]
