"""One quantity of several trainings, over or still going on, in one picture."""

from collections.abc import Mapping, Sequence

import numpy as np

from lessons_lib._ground.values import listed, shortened
from lessons_lib.plots._course import loss_in_words
from lessons_lib.plots._look import Look, series
from lessons_lib.plots._pen import Pen, Picture, Place
from lessons_lib.plots._training import check_history, finite, height_limits, nice_ceiling

_FEWEST = 100  # steps that the picture has room for


def compared_curves(
    ax: Place,
    histories: Mapping[str, Mapping[str, Sequence[float]]],
    *,
    quantity: str = "val_loss",
    log: bool = False,
    title: str = "",
) -> Picture:
    """Draw one quantity of several trainings over their steps, a curve each.

    The limits grow in leaps, as those of `training_curves`. The sentence says where each curve
    stands, and which is lowest, or highest where the quantity is an accuracy.

    Parameters
    ----------
    histories : dict of str to (dict of str to list of float)
        By name, each as `LiveTrainer.history`, or as Keras's ``fit(...).history``, which has
        epochs in the place of steps. The lists may be empty.
    quantity : str
        Which entry of each history.
    log : bool
        Whether equal distances mean equal ratios.
    title : str
        Title of the picture.

    Raises
    ------
    TypeError
        If these are no histories by name.
    ValueError
        If one of them does not have the quantity.
    """
    _check(histories, quantity)
    words = _in_words(quantity)
    stepped = any("step" in history for history in histories.values())
    curves = {name: _curve(history, quantity) for name, history in histories.items()}
    pen = Pen(
        *(ax, title, "step" if stepped else "epoch", words),
        ylog=log, xticks=6, yticks=5, xformat="steps", yformat=None if log else "short",
        label_gap=1,
    )  # fmt: skip
    last = max((steps[-1] for steps, _ in curves.values() if len(steps)), default=0)
    columns = [known for _, values in curves.values() if len(known := finite(values))]
    is_part = "acc" in quantity and not log
    ylim = (0.0, 1.0) if is_part else height_limits(columns, [], np.empty(0), log, 0.95)
    pen.frame(xlim=(0.0, nice_ceiling(max(last, _FEWEST if stepped else 1))), ylim=ylim)
    for number, (name, (steps, values)) in enumerate(curves.items()):
        look: Look = series(number) | {"width": 2, "zorder": 3}
        label: Look = {"label": name} if name else {}
        if len(steps) != 1:  # one point is no line
            pen.curve(f"curve {name}", steps, values, **look, **label)
            label = {}
        if len(steps) and np.isfinite(values[-1]):
            pen.dot(f"now {name}", steps[-1], values[-1], color=look["color"], size=5, **label)
    pen.legend("above")
    return pen.done(_sentence(curves, quantity, "step" if stepped else "epoch"))


def _check(histories: Mapping, quantity: str) -> None:
    """Say what is no history, or has no such quantity."""
    if not isinstance(histories, Mapping) or not histories:
        raise TypeError(
            "compared_curves needs the histories by name, such as {'plain': trainer.history, "
            f"'wide': other.history}}; received {shortened(histories)}."
        )
    for name, history in histories.items():
        if not isinstance(history, Mapping):
            raise TypeError(
                f"compared_curves needs a history, a dictionary of lists, under each name; under "
                f"{name!r} it received {shortened(history)}. Write for example trainer.history."
            )
        check_history(history, quantity, f"The history {name!r}")


def _curve(history: Mapping, quantity: str) -> tuple[np.ndarray, np.ndarray]:
    """Return steps and values."""
    values = np.asarray(history[quantity], dtype=float)
    steps = history.get("step", np.arange(1, len(values) + 1))
    return np.asarray(steps, dtype=float), values


def _in_words(quantity: str) -> str:
    """Return what the quantity is called: "validation loss"."""
    kind, _, rest = quantity.partition("_")
    return (f"validation {rest}" if kind == "val" else quantity).replace("_", " ")


def _sentence(curves: dict, quantity: str, unit: str) -> str:
    """Return where each curve stands, and which is best."""
    begun = {name: curve for name, curve in curves.items() if len(curve[0])}
    if not begun:
        return f"No {unit} has been made yet."
    last = max(steps[-1] for steps, _ in begun.values())
    said = []
    for name, (steps, values) in begun.items():
        early = "" if steps[-1] == last else f" (at {unit} {steps[-1]:,.0f})"
        said.append(f"{name} {loss_in_words(values[-1])}{early}".strip())
    sentence = f"{unit.capitalize()} {last:,.0f}, {_in_words(quantity)}: {', '.join(said)}."
    ends = {n: v[-1] for n, (_, v) in begun.items() if np.isfinite(v[-1])}
    best, word = (max, "highest") if "acc" in quantity else (min, "lowest")
    if len(ends) < 2:
        return sentence
    winners = [name for name, end in ends.items() if end == best(ends.values())]
    if len(winners) == len(ends):
        return sentence
    return f"{sentence} {word.capitalize()}: {listed(winners)}."
