"""One quantity of several trainings, over or still going on, in one picture."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from lessons_lib._ground.values import listed, shortened
from lessons_lib.plots._course import THIS_RUN, OtherRun, loss_in_words, lowest_of
from lessons_lib.plots._frame import short
from lessons_lib.plots._look import INK, Look, run_look, series
from lessons_lib.plots._pen import Pen, Picture, Place
from lessons_lib.plots._training import (
    OTHER,
    check_history,
    draw_now,
    finite,
    height_limits,
    nice_ceiling,
)

_FEWEST = 100  # steps that the picture has room for
_Curve = tuple[np.ndarray, np.ndarray]  # steps and values


def compared_curves(
    ax: Place,
    histories: Mapping[str, Mapping[str, Sequence[float]]],
    *,
    others: Sequence[OtherRun] = (),
    now: int | None = None,
    quantity: str = "val_loss",
    log: bool = False,
    title: str = "",
) -> Picture:
    """Draw one quantity of several trainings over their steps, a curve each.

    The limits grow in leaps, as those of `training_curves`. The sentence says where each curve
    stands, and which is lowest, or highest where the quantity is an accuracy; and which of several
    runs was best so far.

    Parameters
    ----------
    histories : dict of str to (dict of str to list of float)
        By name, each as `LiveTrainer.history`, or as Keras's ``fit(...).history``, which has
        epochs in the place of steps. The lists may be empty.
    others : sequence of OtherRun
        Runs to compare with, each with a history by name of each training; drawn thin, a
        training in its own colour and a run in its own dashes.
    now : int, optional
        The step that all have been taken back to; their curves go on beyond.
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
    curves = _curves(histories, quantity, names=histories)
    pen = Pen(
        *(ax, title, "step" if stepped else "epoch", words),
        ylog=log, xticks=6, yticks=5, xformat="steps", yformat=None if log else "short",
        label_gap=1,
    )  # fmt: skip
    earlier = [(other, _curves(other.history, quantity, names=curves)) for other in others]
    before = [curve for _, found in earlier for curve in found.values()]
    ends = [steps[-1] for steps, _ in [*curves.values(), *before] if len(steps)]
    pen.frame(xlim=(0.0, nice_ceiling(max([*ends, _FEWEST if stepped else 1]))))
    columns = (_columns(curves.values()), _columns(before))
    is_part = "acc" in quantity and not log
    pen.frame(ylim=(0.0, 1.0) if is_part else height_limits(*columns, np.empty(0), log, 0.95))
    seen = curves if now is None else {name: _until(*curve, now) for name, curve in curves.items()}
    for number, name in enumerate(curves):
        _draw_curve(pen, name, curves[name], seen[name], series(number))
    if now is not None:
        draw_now(pen, now)
    _draw_others(pen, earlier, list(curves))
    pen.legend("above")
    sentence = _sentence(curves, seen, quantity, "step" if stepped else "epoch", now)
    return pen.done(f"{sentence} {_best_of(curves, earlier, quantity)}".strip())


def _draw_curve(pen: Pen, name: str, curve: _Curve, seen: _Curve, look: Look) -> None:
    """Draw a training, and where it stands."""
    label: Look = {"label": name} if name else {}
    if len(curve[0]) != 1:  # one point is no line
        pen.curve(f"curve {name}", *curve, **look, **label, width=2, zorder=3)
        label = {}
    steps, values = seen
    if len(steps) and np.isfinite(values[-1]):
        pen.dot(f"now {name}", steps[-1], values[-1], color=look["color"], size=5, **label)


def _draw_others(pen: Pen, earlier: list[tuple[OtherRun, dict]], names: list[str]) -> None:
    """Draw other runs thin: the colour tells which training, the dashes which run."""
    looks = {name: series(number) for number, name in enumerate(names)}
    for name in names if earlier else ():
        pen.key(name, **looks[name], width=2)
    for number, (other, curves) in enumerate(earlier):
        look: Look = run_look(other.number) | OTHER
        for name, curve in curves.items():
            color: Look = {"color": looks[name]["color"]}
            pen.curve(f"other {number} {name}", *curve, **(look | color))
        pen.key(other.label, **(look | {"color": INK}))


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


def _curves(histories: Mapping, quantity: str, names: Iterable[str]) -> dict[str, _Curve]:
    """Return the curves of those names that have a history with the quantity."""
    known = (name for name in names if quantity in histories.get(name, ()))
    return {name: _curve(histories[name], quantity) for name in known}


def _curve(history: Mapping, quantity: str) -> _Curve:
    """Return steps and values."""
    values = np.asarray(history[quantity], dtype=float)
    steps = history.get("step", np.arange(1, len(values) + 1))
    return np.asarray(steps, dtype=float), values


def _until(steps: np.ndarray, values: np.ndarray, now: int) -> _Curve:
    """Return the part of a curve up to a step."""
    rows = int(np.searchsorted(steps, now, side="right"))
    return steps[:rows], values[:rows]


def _columns(curves: Iterable[_Curve]) -> list[np.ndarray]:
    """Return the finite values of each curve, where there are any."""
    return [known for _, values in curves if len(known := finite(values))]


def _in_words(quantity: str) -> str:
    """Return what the quantity is called: "validation loss"."""
    kind, _, rest = quantity.partition("_")
    return (f"validation {rest}" if kind == "val" else quantity).replace("_", " ")


def _sentence(curves: dict, seen: dict, quantity: str, unit: str, now: int | None) -> str:
    """Return where each curve stands, of which a part is seen up to now, and which is best."""
    ends = {name: steps[-1] for name, (steps, _) in curves.items() if len(steps)}
    if not ends:
        return f"No {unit} has been made yet."
    last = max(ends.values())
    where = f"{unit.capitalize()} " + ("" if now is None else f"{now:,} of ") + f"{last:,.0f}"
    here = last if now is None else min(now, last)
    values = {name: column[-1] for name, (_, column) in seen.items() if len(column)}
    if not values:
        return f"{where}: nothing has been measured yet."
    said = []
    for name, value in values.items():
        early = f" (at {unit} {ends[name]:,.0f})" if ends[name] < here else ""
        said.append(f"{name} {loss_in_words(value)}{early}".strip())
    sentence = f"{where}, {_in_words(quantity)}: {', '.join(said)}."
    ends = {name: value for name, value in values.items() if np.isfinite(value)}
    best, word = (max, "highest") if "acc" in quantity else (min, "lowest")
    if len(ends) < 2:
        return sentence
    winners = [name for name, end in ends.items() if end == best(ends.values())]
    if len(winners) == len(ends):
        return sentence
    return f"{sentence} {word.capitalize()}: {listed(winners)}."


def _best_of(curves: dict[str, _Curve], earlier: list[tuple[OtherRun, dict]], quantity: str) -> str:
    """Say which training of which run was best, and when; nothing where there is one run."""
    runs = [(THIS_RUN, curves), *((other.name, found) for other, found in earlier)]
    sign = -1 if "acc" in quantity else 1
    best = lowest_of(
        {
            (f"{name} of {run}" if name else run): (steps, sign * values)
            for run, found in runs
            for name, (steps, values) in found.items()
        }
    )
    if not earlier or best is None:
        return ""
    who, value, step = best
    return f"Best so far: {listed(who)}, {short(sign * value)} at step {step:,}."
