"""Pictures of the search: two rulers, and searchers on the map."""

from collections.abc import Mapping

import numpy as np

from lessons_lib import plots
from lessons_lib.lessons.tuning.searchers import LookUp, Tries
from lessons_lib.plots import BLUE, FAINT, GREY, INK, VERMILLION, Pen, Picture, Place, series

# Two rulers.


def dropped_points(
    ax: Place,
    *,
    points: int = 200,
    throw: int = 0,
    low: float = 1e-4,
    high: float = 1.0,
    log: bool = True,
) -> Picture:
    """Drop the same points on a linear and on a log ruler, and count them in each decade.

    A point that falls on a quarter of one ruler falls on a quarter of the other. The sentence
    counts the uppermost and the lowest decade; on a linear axis, the points that cannot be told
    apart.

    Parameters
    ----------
    points : int
        How many.
    throw : int
        Seed of the places they fall on.
    low, high : float
        The ends of the rulers, whole powers of ten.
    log : bool
        Whether the picture's own axis is a log ruler.
    """
    places = np.random.default_rng(throw).random(500)[:points]
    numbers = {"linear": low + places * (high - low), "log": low * (high / low) ** places}
    edges = 10.0 ** np.arange(round(np.log10(low)), round(np.log10(high)) + 1)
    counts = {name: np.histogram(values, edges)[0] for name, values in numbers.items()}
    title = "seen on a log axis" if log else "seen on a linear axis"
    rows = "log ruler", "linear ruler"
    pen = _two_rows(ax, title, "learning rate", rows, numbers, (low, high), places, xlog=log)
    if log:
        middles = np.sqrt(edges[1:] * edges[:-1])
        _write_counts(pen, middles, counts)
        pen.segments("decades", [[(x, 0), (x, 2)] for x in edges[1:-1]], color=FAINT, width=1)
    else:
        crowded = int(np.sum(numbers["log"] < low + 0.1 * (high - low)))
        return pen.done(
            f"On a linear axis the linear ruler looks fair, and {crowded} of the {points} points "
            "of the log ruler crowd into the leftmost tenth."
        )
    top, lowest = ({name: c[end] for name, c in counts.items()} for end in (-1, 0))
    return pen.done(
        f"On a log axis, between {edges[-2]:g} and {high:g}: {top['linear']} on the linear "
        f"ruler, {top['log']} on the log ruler. Between {low:g} and {edges[1]:g}: "
        f"{lowest['linear']} and {lowest['log']}."
    )


_ROWS = {"linear": (1.0, VERMILLION), "log": (0.0, BLUE)}  # from below, and in which colour


def _two_rows(ax, title, xlabel, rows, numbers, ends, places, **frame) -> Pen:
    """Draw dots on two rulers, one above the other, with the names ``rows``, from below."""
    names = dict(zip((0.5, 1.5), rows, strict=True))
    pen = Pen(ax, title, xlabel, "", ends, (0, 2), yticks=names, tick_marks=False, **frame)
    pen.segments("middle", [[(ends[0], 1), (ends[1], 1)]], color=INK, width=1)
    height = 0.12 + 0.6 * (places * 997 % 1)  # so that dots at one number stand side by side
    for name, (row, color) in _ROWS.items():
        xy = np.column_stack([numbers[name], row + height])
        pen.points(name, xy, color=color, size=5, alpha=0.6, clip=False)
    return pen


def _write_counts(pen, middles, counts) -> None:
    """Write over each part of both rulers how many dots it has."""
    for name, (row, color) in _ROWS.items():
        for number, (x, count) in enumerate(zip(middles, counts[name], strict=True)):
            look = {"anchor": "center", "size": 11, "color": color, "backdrop": True}
            pen.text(f"{name} {number}", x, row + 0.87, f"{count}", **look)


def dropped_betas(
    ax: Place, *, points: int = 200, throw: int = 0, low: float = 0.9, high: float = 0.999
) -> Picture:
    """Drop values of β on a linear ruler and on a log ruler of 1 − β; the axis is the memory.

    The memory is the window 1/(1 − β) over which momentum averages. The sentence tells how many
    of the points have one of more than 100 steps.

    Parameters
    ----------
    points, throw : int
        As for `dropped_points`.
    low, high : float
        The smallest and the largest β.
    """
    places = np.random.default_rng(throw).random(500)[:points]
    numbers = {
        "linear": 1 / (1 - (low + places * (high - low))),
        "log": 1 / (1 - low) * ((1 - low) / (1 - high)) ** places,
    }
    ends = 1 / (1 - low), 1 / (1 - high)
    edges = np.geomspace(*ends, 5)
    counts = {name: np.histogram(values, edges)[0] for name, values in numbers.items()}
    words, rows = "memory 1/(1 − β), in updates", ("log of 1 − β", "linear in β")
    pen = _two_rows(ax, "", words, rows, numbers, ends, places, xlog=True)
    _write_counts(pen, np.sqrt(edges[1:] * edges[:-1]), counts)
    pen.segments("parts", [[(x, 0), (x, 2)] for x in edges[1:-1]], color=FAINT, width=1)
    long = {name: int(np.sum(values > 100)) for name, values in numbers.items()}
    return pen.done(
        f"Of {points} values of β, {long['linear']} have a memory of more than 100 updates on the "
        f"linear ruler, and {long['log']} on the log ruler of 1 − β."
    )


def beta_rulers(ax: Place, *, place: float = 0.5, low: float = 0.9, high: float = 0.999) -> Picture:
    """Draw the memory 1/(1 − β) at each place of two rulers: linear, and log of 1 − β.

    Parameters
    ----------
    place : float
        Where on the rulers, from 0 to 1.
    low, high : float
        The smallest and the largest β.
    """

    def betas(at):
        return low + at * (high - low), 1 - (1 - low) * ((1 - high) / (1 - low)) ** at

    grid = np.linspace(0, 1, 201)
    ends = 0.8 / (1 - low), 1.25 / (1 - high)
    words = "place on the ruler", "memory 1/(1 − β), in updates"
    pen = Pen(ax, "", *words, (0, 1), ends, ylog=True, xformat="percent")
    looks = (("linear in β", VERMILLION, "--"), ("log of 1 − β", BLUE, "-"))
    for (name, color, dash), beta in zip(looks, betas(grid), strict=True):
        look = {"color": color, "dash": dash, "width": 2.5, "label": name}
        pen.curve(name, grid, 1 / (1 - beta), **look)
    here = np.array(betas(place))
    pen.mark_x("line", place, color=GREY)
    pen.dot("here", [place] * 2, 1 / (1 - here), color=INK, size=9, sets=("place", ""))
    pen.legend("above")
    linear, log = here
    return pen.done(
        f"At {place:.0%} of the ruler: linear β = {linear:.4f}, a memory of {1 / (1 - linear):.0f} "
        f"updates; on the log ruler of 1 − β it is {log:.4f}, {1 / (1 - log):.0f} updates."
    )


# Searchers on the map.


def searched_map(
    ax: Place,
    look_up: LookUp,
    tries: Tries,
    *,
    repeat: int = 1,
    models: int = 16,
) -> Picture:
    """Draw the models that a searcher has tried in one repeat, on the map of all models.

    The sentence tells the best of them, and the best of the map.

    Parameters
    ----------
    look_up : LookUp
        The map.
    tries : Tries
    repeat : int
        Which repeat, from 1.
    models : int
        How many of its models.
    """
    words = {"xlabel": "learning rate", "ylabel": "penalty l2"}
    axes = look_up.learning_rates, look_up.penalties
    ticks = dict(zip(("xticks", "yticks"), map(_powers, axes), strict=True))
    pen = Pen(ax, **ticks)
    pen.include(plots.population_map(pen.blank(), look_up.losses.T, *axes, **words))
    if not tries.losses.size:
        return pen.done("You have not opened a model yet.")
    repeat = min(repeat, len(tries.losses)) - 1
    places, losses = tries.places[repeat, :models], tries.losses[repeat, :models]
    xy = places * (np.array(look_up.losses.shape) - 1)
    pen.dot("tried", *xy.T, color="#FFFFFF", edge="#222222", size=11, zorder=3, clip=False)
    best = int(np.argmin(losses))
    look = {"color": BLUE, "edge": "#FFFFFF", "size": 15, "zorder": 4, "clip": False}
    pen.dot("winner", *xy[best], **look)
    for number, (x, y) in enumerate(xy):
        color, over = ("#FFFFFF", 4.5) if number == best else ("#222222", 3.5)
        look = {"size": 7, "anchor": "center", "color": color, "zorder": over}
        pen.text(f"number {number + 1}", x, y, f"{number + 1}", **look)
    lowest = np.min(look_up.losses)
    if np.isinf(losses[best]):
        return pen.done(f"{_models(len(losses))} tried, and all have diverged.")
    rate, penalty = look_up.settings(places[best])
    return pen.done(
        f"{_models(len(losses))} tried. The best has the loss {losses[best]:.3f}, at learning rate "
        f"{_short(rate)} and l2 {_short(penalty)}; the lowest on the map is {lowest:.3f}."
    )


def _powers(values: np.ndarray) -> dict[float, str]:
    """Return where powers of ten stand on a map's axis, and how they are written."""
    low, high = (int(f(np.log10(end) - e)) for f, end, e in
                 ((np.ceil, values[0], 1e-9), (np.floor, values[-1], -1e-9)))  # fmt: skip
    ruler = plots.Ruler(values)
    return {float(ruler.place(10.0**n)): _short(10.0**n) for n in range(low, high + 1)}


def _short(number: float) -> str:
    """Write a number with at most two digits: 0.024, 3e-6."""
    return f"{number:.2g}".replace("e-0", "e-")


def knob_shadow(
    ax: Place,
    look_up: LookUp,
    tries: Tries,
    *,
    repeat: int = 1,
    models: int = 16,
) -> Picture:
    """Draw the same models seen from below: loss over the learning rate alone.

    A grid of 16 shows 4 learning rates, 16 random models show 16. Parameters are those of
    `searched_map`.
    """
    top = 1.25 * float(np.max(look_up.losses, where=np.isfinite(look_up.losses), initial=0))
    top = min(top, 2.0)
    lowest = np.min(look_up.losses, axis=1)
    low = 0.9 * float(lowest.min())
    words = "learning rate", "validation loss"
    rates = look_up.learning_rates
    ends = (rates[0] / 1.3, rates[-1] * 1.3)
    pen = Pen(ax, "", *words, ends, (low, top), xlog=True, ylog=True, yticks=_ticks(low, top))
    known = np.isfinite(lowest)
    look = {"color": GREY, "width": 1.5, "dash": ":", "label": "best of each learning rate"}
    pen.curve("valley", rates[known], lowest[known], **look)
    if not tries.losses.size:
        return pen.done("You have not opened a model yet.")
    repeat = min(repeat, len(tries.losses)) - 1
    losses = np.minimum(tries.losses[repeat, :models], top)
    places = tries.places[repeat, :models]
    tried = look_up.settings(places)[:, 0]
    ends = [[(rate, low), (rate, loss)] for rate, loss in zip(tried, losses, strict=True)]
    pen.segments("shadows", ends, color=BLUE, width=1)
    gone = np.isinf(tries.losses[repeat, :models])
    pen.dot("tried", tried[~gone], losses[~gone], color=BLUE, size=7, clip=False, label="tried")
    if gone.any():
        look = {"color": INK, "marker": "X", "size": 8, "clip": False, "label": "diverged"}
        pen.dot("diverged", tried[gone], losses[gone], **look)
    pen.legend("above")
    different = len(np.unique(np.round(places[:, 0], 6)))
    plural = "s" if different > 1 else ""
    return pen.done(f"{_models(len(losses))} tried: {different} different learning rate{plural}.")


def _ticks(low, high) -> dict[float, str]:
    """Return round numbers between two, for a log axis of less than a decade or little more."""
    steps = [m * 10.0**power for power in range(-4, 2) for m in (1, 1.5, 2, 3, 4, 5, 7)]
    return {at: f"{at:g}" for at in steps if low <= at <= high}


def best_so_far(
    ax: Place, tries: Mapping[str, Tries], *, models: int, lowest: float | None = None
) -> Picture:
    """Draw the best loss so far over the number of models tried: the median of all repeats.

    The sentence ranks the searchers after so many models.

    Parameters
    ----------
    tries : mapping of str to Tries
        One of a single repeat is drawn as it is, one without any is left out.
    models : int
        The budget that is looked at.
    lowest : float, optional
        The lowest loss there is.
    """
    played = _played(tries)
    medians = {name: np.median(best, axis=0) for name, best in played.items()}
    most = max(len(curve) for curve in medians.values())
    low = min(curve.min() for curve in medians.values()) if lowest is None else lowest
    third = float(np.median([curve[min(2, len(curve) - 1)] for curve in medians.values()]))
    high = max(low + 1.15 * (min(third, 1.2) - low), 1.02 * low)
    words = "models tried", "best validation loss so far"
    limits = (0.5, most + 0.5), (low - 0.06 * (high - low), high)
    ticks = [1, *range(4, most + 1, 4)]
    pen = Pen(ax, "median of all repeats", *words, *limits, xticks=ticks)
    for number, (name, curve) in enumerate(medians.items()):
        look = _look(name, number)
        steps = np.arange(1, len(curve) + 1)
        shown = np.isfinite(curve)
        pen.curve(name, steps[shown], curve[shown], width=2.2, label=name, **look)
    if lowest is not None:
        pen.mark_y("lowest", lowest, color=INK, label="the map's lowest")
    pen.mark_x("here", models, sets=("models", ""), color=INK, width=1.5, dash="-")
    pen.legend("upper right", columns=1)
    now = {name: curve[min(models, len(curve)) - 1] for name, curve in medians.items()}
    ranked = sorted(now, key=now.__getitem__)
    short = {name: len(curve) for name, curve in medians.items() if len(curve) < models}
    told = ", ".join(
        f"{name} {_loss(now[name])}" + (f" (after {short[name]})" if name in short else "")
        for name in ranked
    )
    return pen.done(f"After {_models(models)}, the best first: {told}.")


def _loss(loss: float) -> str:
    return f"{loss:.3f}" if np.isfinite(loss) else "diverged"


def _models(count: int) -> str:
    return "1 model" if count == 1 else f"{count} models"


def _played(tries: Mapping[str, Tries]) -> dict[str, np.ndarray]:
    """Return the best loss so far of those who have tried something."""
    played = {name: found.best for name, found in tries.items() if found.losses.size}
    if not played:
        raise ValueError("Nobody has tried a model yet: every array of losses is empty.")
    return played


def _look(name: str, number: int) -> dict:
    """Return how a searcher's curve looks; the learner's own is a whole line in ink."""
    return {"color": INK, "dash": "-"} if name == "you" else series(number)


def spread_of_best(
    ax: Place, tries: Mapping[str, Tries], *, models: int, lowest: float | None = None
) -> Picture:
    """Draw the best loss of each repeat after so many models, a dot for each, and their median.

    What is much worse than the others stands at the right edge. The sentence tells the middle
    80% of each searcher. Parameters are those of `best_so_far`.
    """
    played = _played(tries)
    ends = {name: best[:, min(models, best.shape[1]) - 1] for name, best in played.items()}
    every = np.concatenate(list(ends.values()))
    every = every[np.isfinite(every)]
    low = float(every.min(initial=1.0)) if lowest is None else lowest
    alone = [float(losses[0]) for losses in ends.values() if len(losses) == 1]
    shown = [np.quantile(every, 0.98) if every.size else 1.0, *filter(np.isfinite, alone)]
    high = max(*shown, low * 1.05)
    limits = (low - 0.06 * (high - low), high + 0.06 * (high - low)), (-0.6, len(ends) - 0.4)
    rows = {len(ends) - 1 - number: name for number, name in enumerate(ends)}
    pen = Pen(
        ax, "every repeat a dot", f"best validation loss after {_models(models)}", "", *limits,
        yticks=rows, tick_marks=False,
    )  # fmt: skip
    told, mine = [], ""
    for number, (name, losses) in enumerate(ends.items()):
        row, color = len(ends) - 1 - number, _look(name, number)["color"]
        shown = np.minimum(losses, high)
        shift = 0.5 * ((np.arange(len(shown)) * 0.618) % 1 - 0.5) * (len(shown) > 1)
        size = 4.5 if len(shown) > 1 else 12
        xy = np.column_stack([shown, row + shift])
        pen.points(name, xy, color=color, size=size, alpha=0.55 if len(shown) > 1 else 1)
        middle = min(float(np.median(losses)), high)
        pen.segments(f"{name} median", [[(middle, row - 0.36), (middle, row + 0.36)]],
                     color=INK, width=2.5, clip=False)  # fmt: skip
        if len(shown) > 1:
            ends_at = np.quantile(losses, [0.1, 0.9], method="nearest")
            told.append(f"{name} {' to '.join(map(_loss, ends_at))}")
        else:
            mine = f" {name.capitalize()}: {_loss(losses[0])}."
    games = f"Eight of ten repeats end between: {'; '.join(told)}." if told else ""
    return pen.done(f"{games}{mine}".strip())
