"""Panels that show a network while it trains, and let its knobs be turned meanwhile."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike

from lessons_lib.panels._asked import knob_names
from lessons_lib.panels._controls import Choice
from lessons_lib.panels._furniture import Button
from lessons_lib.panels._names import Given, code_for_notebook
from lessons_lib.panels._pick import Pick
from lessons_lib.panels._recipe import live_recipe
from lessons_lib.panels._runner import every_knob
from lessons_lib.panels._running import RunningPanel, back_button
from lessons_lib.panels._views import NetworkViews

if TYPE_CHECKING:
    import keras

    from lessons_lib.live import LiveTrainer

_SPEEDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class LivePanel(RunningPanel):
    """A network in training, with its knobs; made by `live`.

    Attributes
    ----------
    controls : dict of str to ipywidgets.Widget
        Knobs by the trainer's attribute; ``"speed"``, ``"timeline"`` and, with curves, ``"log"``
        beside them.
    buttons : dict of str to ipywidgets.Widget
        ``"play"``, ``"step"``, ``"reset"``, ``"new"``, ``"back"``, ``"runs"``, ``"code"``.
    """

    @property
    def trainer(self) -> LiveTrainer:
        """The network, a `lessons_lib.live.LiveTrainer`."""
        return self.runner

    @property
    def views(self) -> tuple[str, ...]:
        """Names of the pictures, from left to right."""
        return self._views.names

    @property
    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """The training data as they are now, what was painted among them: arrays X and y."""
        return self.trainer.X.copy(), self.trainer.y.copy()

    def _picked(self, pick: Pick) -> None:
        """Turn what was pressed or dragged in a picture."""
        if (turned := self._views.picked(pick)) is not None:
            self._turn_picked(*turned)


def _back_to(trainer: LiveTrainer) -> str:
    """Return what stands on the button that goes back, or ""."""
    return "" if trainer.way_back is None else f"Back to step {trainer.way_back:,}"


_BUTTONS = {
    "play": Button("Play", "play", "train on and on, or stop", RunningPanel.toggle),
    "step": Button("Step", "step-forward", "make one update", RunningPanel.step_once),
    "reset": Button("Reset", "undo", "begin again from the same weights", RunningPanel.reset),
    "new": Button("New start", "random", "begin again from other weights", RunningPanel.new_start),
    "back": back_button(_back_to),
    "runs": Button(
        *("Runs", "table", "this run and those before, in a table", RunningPanel.write_runs),
        stays=True,
    ),
    "code": Button(
        *("Show the code", "code", "this run again, and the settings as Keras code"),
        RunningPanel.write_code,
        stays=True,
    ),
}


def live(
    model: keras.Model,
    X: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    data: Callable | Sequence[Callable] | Mapping[str, Callable] | None = None,
    validation_data: tuple[ArrayLike, ArrayLike] | None = None,
    views: Sequence[str] | None = None,
    batch_size: int = 32,
    seed: int = 0,
    updates_per_frame: int = 10,
    knobs: Sequence[str] | None = None,
    turns: Sequence[tuple[int, str, float | int | str]] = (),
    **settings: float | int | str,
) -> LivePanel:
    """Return a panel in which ``model`` trains while its knobs are turned.

    Parameters
    ----------
    model : keras.Model
        An ordinary compiled Keras model. The panel trains a copy; `LivePanel.trainer` has it.
    X : ndarray of shape (n_samples, ...)
        Training inputs.
    y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        Training targets; for several outputs a list or dict of such.
    data : callable, or list or dict of such, optional
        In the place of `X`, `y` and `validation_data`: what makes them, such as
        ``datasets.make_spirals``. Noise, number of samples, the share that is trained on, and
        which of several makes the data, then are knobs.
    validation_data : tuple (X_val, y_val), optional
        For the validation curve.
    views : sequence of str, optional
        Which pictures, from left to right: ``"boundary"`` (two inputs), ``"fit"`` (one input),
        ``"curves"``, ``"units"`` (one or two inputs), ``"kernels"`` (the first layer's weights as
        images, where it reads images), ``"weights"``, ``"gradients"``, ``"targets"`` (predictions
        over one target); ``"network"`` (one or two inputs, a chain of Dense layers: units and
        weights to press and drag), ``"space"`` (two inputs, a classifier: the input plane as the
        hidden layers bend it), ``"pieces"`` (two inputs, two classes, a chain of Dense layers with
        ReLU: on which part of the plane which linear formula holds; ``"network"`` beside it shows
        which units have a part in it), ``"landscape"`` (the loss on the plane of the path that the
        weights have gone). By default the first three that suit data and model, without the last
        four.
        One that cannot be drawn for this model is left out, and the panel says why.
    batch_size : int
        Samples per update at first.
    seed : int
        Order of the batches and noise of the dropout.
    updates_per_frame : int
        Updates between two pictures at first.
    knobs : sequence of str, optional
        Which knobs have a control, such as ``["learning_rate"]``; by default all that the model
        has.
    turns : sequence of (int, str, float or int or str)
        What is turned by itself, and at which step: ``[(500, "learning_rate", 0.03)]``. A turn of
        the learner's takes the place of those that were still to come.
    **settings : float, int or str
        Where knobs start, by their names in the table `lessons_lib.live.KNOBS`:
        ``learning_rate=0.1``, ``optimizer="adam"``.

    Returns
    -------
    LivePanel
        Make it the last line of a cell.

    Raises
    ------
    TypeError
        If a setting is no knob.
    ValueError
        If a view is unknown or does not suit the data, or a setting is out of range; and
        whatever `LiveTrainer` says about model and data.

    Examples
    --------
    >>> panel = panels.live(model, X, y, width=4)  # doctest: +SKIP
    """
    # TensorFlow loads only where it is used.
    from lessons_lib.live import KNOBS, LiveTrainer, refuse_arguments

    counts = isinstance(updates_per_frame, numbers.Integral) and updates_per_frame is not True
    if not counts or updates_per_frame < 1:
        raise ValueError(
            "updates_per_frame counts the updates between two pictures: a whole number from 1, "
            f"received {updates_per_frame!r}."
        )
    knobs = None if knobs is None else list(knob_names(knobs))
    given = Given(model, X, y, validation_data, data)
    trainer = LiveTrainer(
        *(model, X, y, validation_data), data=data, batch_size=batch_size, seed=seed
    )
    seen = NetworkViews(trainer, views)
    for name, value in settings.items():
        known = {**KNOBS, **every_knob(trainer)}  # those of a third layer are there once it is
        refuse_arguments(
            [name] if name not in known else [],
            f"A panel can start with {', '.join(known)}, and takes data, validation_data, views, "
            "seed, updates_per_frame, knobs, turns.",
        )
        trainer.turn(name, value)
    asked = {"views": views, "seed": seed, "updates_per_frame": updates_per_frame, "knobs": knobs}
    panel = LivePanel(
        *(trainer, seen, _BUTTONS, speed_control(updates_per_frame)),
        code=lambda: {"again": panel.recipe(), "keras": code_for_notebook(panel, given)},
        recipe=lambda: live_recipe(panel, given, asked),
        knobs=knobs,
        turns=turns,
    )
    seen.playing = lambda: panel.playing
    panel.on_pick(panel._picked)
    return panel


def speed_control(updates_per_frame: int) -> widgets.Widget:
    """Return the control for the number of updates between two pictures."""
    options = tuple((f"{n:g}", n) for n in sorted({*_SPEEDS, updates_per_frame}))
    options += (("fastest", math.inf),)
    slider = Choice(options, updates_per_frame, slider=True).widget("steps per frame")
    slider.tooltip = (
        "steps of the training between two pictures; fewer where they take too long; on the right "
        "as many as go"
    )
    return slider
