"""The knobs of a live panel: which controls a trainer's model allows, and how they look.

Numbers are chosen from lists and not on a continuous scale. A learning rate of 0.3 says more
than one of 0.3162, and a browser moves any value to the next step of its slider: with a list
the model's own value, whatever it is, is one of the steps.
"""

from collections.abc import Callable
from typing import NamedTuple

import ipywidgets as widgets

from lessons_lib.panels._controls import Choice, Slider
from lessons_lib.panels._views import Subject

_LEARNING_RATES = (
    *(float(f"{m}e{p}") for p in range(-4, 1) for m in (1, 1.5, 2, 3, 5, 7)),
    10.0,
)
_DROPOUTS = tuple(round(0.05 * n, 2) for n in range(19))
_PENALTIES = (0.0, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3)
_ACTIVATIONS = ("tanh", "relu", "leaky_relu", "elu", "gelu", "sigmoid", "linear")
_OPTIMIZERS = ("SGD", "RMSprop", "Adam", "Adagrad", "Adadelta")
_SPEEDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def _learning_rate(subject, words: str) -> widgets.Widget:
    start = subject.trainer.learning_rate
    return steps_slider(words, {*_LEARNING_RATES, start}, start)


def _dropout(subject, words: str) -> widgets.Widget:
    return steps_slider(words, {*_DROPOUTS, subject.trainer.dropout}, subject.trainer.dropout)


def _width(subject, words: str) -> widgets.Widget:
    return Slider(1, subject.trainer.max_width, subject.trainer.width).widget(words)


def _l2(subject, words: str) -> widgets.Widget:
    return steps_slider(words, {*_PENALTIES, subject.trainer.l2}, subject.trainer.l2)


def _batch_size(subject, words: str) -> widgets.Widget:
    start, most = subject.trainer.batch_size, len(subject.X)
    sizes = {2**power for power in range(12) if 2**power < most} | {start, most}
    options = [(f"{size} (all)" if size == most else f"{size}", size) for size in sorted(sizes)]
    return Choice(tuple(options), start=start).widget(words)


def _activation(subject, words: str) -> widgets.Widget:
    return _one_of(_ACTIVATIONS, subject.trainer.activation).widget(words)


def _optimizer(subject, words: str) -> widgets.Widget:
    return _one_of(_OPTIMIZERS, subject.trainer.optimizer).widget(words)


def _one_of(known: tuple[str, ...], start: str) -> Choice:
    return Choice(known if start in known else (start, *known), start=start)


class Knob(NamedTuple):
    """A hyperparameter of a trainer and the control for it."""

    words: str
    tooltip: str
    build: Callable  # (subject, words) -> control


# By the trainer's attribute; in this order they stand below the picture.
KNOBS = {
    "learning_rate": Knob("learning rate", "how long each step is", _learning_rate),
    "width": Knob("width", "units in use in every hidden layer", _width),
    "dropout": Knob("dropout", "share of hidden units switched off in each step", _dropout),
    "l2": Knob("l2", "how much large weights are punished", _l2),
    "batch_size": Knob("batch size", "samples used for one step", _batch_size),
    "activation": Knob("activation", "what a hidden unit does with its sum", _activation),
    "optimizer": Knob("optimizer", "how a gradient becomes a step", _optimizer),
}


def allowed(trainer, name: str) -> bool:
    """Tell whether the trainer's model has that knob, with more than one value."""
    if name == "width" and trainer.max_width == 1:
        return False
    return getattr(trainer, f"can_change_{name}", True)


def knob_controls(subject: Subject) -> dict[str, widgets.Widget]:
    """Return a labelled control for every knob that the trainer's model has.

    Parameters
    ----------
    subject : Subject
        The trainer and its data.

    Returns
    -------
    dict of str to ipywidgets.Widget
        By the trainer's attribute; each starts at the trainer's present value.
    """
    controls = {}
    for name, knob in KNOBS.items():
        if allowed(subject.trainer, name):
            controls[name] = knob.build(subject, knob.words)
            controls[name].tooltip = knob.tooltip
    return controls


def speed_control(updates_per_frame: int) -> widgets.Widget:
    """Return the control for the number of updates between two pictures."""
    slider = steps_slider("steps per frame", {*_SPEEDS, updates_per_frame}, updates_per_frame)
    slider.tooltip = "steps of the training between two pictures; fewer where they take too long"
    return slider


def steps_slider(words: str, values: set, start) -> widgets.SelectionSlider:
    """Return a slider over the given values only."""
    options = [(f"{value:g}", value) for value in sorted(values)]
    return widgets.SelectionSlider(options=options, value=start, description=words)
