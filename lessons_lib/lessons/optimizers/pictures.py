"""Pictures of single ideas about optimizers: steps, noise, averages, learning rates."""

from collections.abc import Callable

import numpy as np

from lessons_lib.optimizers import Surface
from lessons_lib.plots import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALETTE,
    PAPER,
    VERMILLION,
    Pen,
    Picture,
    Place,
    loss_map,
    series,
)

_LOWEST = 0.2  # of the parabola f(x) = 5x² − 2x + 4, with f′(x) = 10 (x − 0.2)


def _parabola(x: np.ndarray) -> np.ndarray:
    return 5 * x**2 - 2 * x + 4


def _descend(learning_rate: float, start: float, steps: int) -> tuple[float, np.ndarray]:
    """Return what each step of gradient descent multiplies x − 0.2 by, and x − 0.2 at each."""
    factor = 1 - 10 * learning_rate
    return factor, (start - _LOWEST) * factor ** np.arange(steps + 1)


def descent(ax: Place, *, learning_rate: float, start: float, steps: int) -> Picture:
    """Draw gradient descent on the parabola f(x) = 5x² − 2x + 4.

    The sentence says whether the steps crawl, close in, hop across or leave.

    Parameters
    ----------
    learning_rate : float
        Length of a step for a slope of 1.
    start : float
        The first x.
    steps : int
        How many steps.
    """
    factor, away = _descend(learning_rate, start, steps)
    x = _LOWEST + away
    xlim, (bottom, top) = (_LOWEST - 2.6, _LOWEST + 2.6), (_parabola(_LOWEST), 5 * 2.6**2)
    ylim = (bottom - 0.08 * top, bottom + 1.02 * top)
    pen = Pen(ax, "The way down", "x", "f(x)", xlim, ylim)
    grid = np.linspace(*xlim, 200)
    pen.curve("curve", grid, _parabola(grid), color=GREY, width=2)
    with np.errstate(over="ignore"):
        f = _parabola(x)
    pen.curve("path", x, f, color=BLUE, width=1.2, marker="o", size=5, zorder=3)
    pen.dot("start", x[0], f[0], color=BLUE, fill=PAPER, size=8, sets=("start", ""))
    pen.here(x[-1], f[-1])
    place = f"; x = {x[-1]:.3f}" if abs(x[-1]) < 1000 else ""
    return pen.done(
        f"Learning rate {learning_rate:.3f}: {_verdict(factor)}. Each step multiplies the "
        f"distance by {factor:.2f}{place}."
    )


def _verdict(factor: float) -> str:
    """Say how descent goes when each step multiplies the distance by ``factor``."""
    if abs(factor) > 1 + 1e-9:
        return "it diverges: each step lands farther away, on the other side"
    if abs(factor) > 1 - 1e-9:
        return "it hops from side to side for ever" if factor < 0 else "it stands still"
    if factor < -0.02:
        return "it hops across the lowest place and closes in"
    return "it crawls" if factor > 0.8 else "it closes in"


def descent_distance(ax: Place, *, learning_rate: float, start: float, steps: int) -> Picture:
    """Draw how far each step of `descent` is from the lowest place; the sentence gives the last."""
    distance = np.abs(_descend(learning_rate, start, steps)[1])
    title, limits = "Distance from the lowest place", ((-0.5, 30.5), (1e-6, 1e3))
    pen = Pen(ax, title, "step", "", *limits, ylog=True)
    pen.mark_y("first", distance[0], (0, 30))
    shown = np.clip(distance, 1e-6, 1e3)
    pen.curve("distance", np.arange(len(shown)), shown, color=BLUE, width=1.5, marker="o", size=5)
    return pen.done(f"After {steps} steps the distance is {distance[-1]:.2g}.")


def batch_path(
    ax: Place,
    walk: Callable[[int, float], np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
    *,
    batch_size: int,
    learning_rate: float,
) -> Picture:
    """Draw the way of a linear unit over its loss map, trained on batches, and count its updates.

    Parameters
    ----------
    walk : callable
        ``walk(batch_size, learning_rate)`` returns (w, b) before the first and after every
        update, shape (updates + 1, 2).
    x, y : ndarray of shape (n_samples,) or (n_samples, 1)
        Inputs and targets.
    batch_size : int
        Samples for each update.
    learning_rate : float
        Of the updates.
    """
    path = walk(batch_size, learning_rate)
    pen = Pen(ax)
    pen.include(loss_map(pen.blank(), x, y, w=float(path[-1, 0]), b=float(path[-1, 1])))
    pen.curve("way", path[:, 0], path[:, 1], color="#FFFFFF", width=1.1, alpha=0.9)
    return pen.done(f"Batches of {batch_size}: {len(path) - 1} updates.")


def batch_loss(
    ax: Place,
    walk: Callable[[int, float], np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
    speeds: dict[int, float],
    *,
    batch_size: int,
    learning_rate: float,
) -> Picture:
    """Draw the loss on all samples against the number of samples looked at.

    The sentence says how steady the loss is at the end, and how many updates a second are made.

    Parameters
    ----------
    walk, x, y, batch_size, learning_rate
        As for `batch_path`.
    speeds : dict of int to float
        Measured updates per second for each batch size.
    """
    x, y = np.ravel(x).astype(float), np.ravel(y).astype(float)
    path = walk(batch_size, learning_rate)
    losses = np.mean((path[:, :1] * x + path[:, 1:] - y) ** 2, axis=1)
    start, shown = float(losses[0]), np.minimum(np.nan_to_num(losses, nan=1e9), 1e9)
    lowest = np.mean((np.polyval(np.polyfit(x, y, 1), x) - y) ** 2)
    limits = (0, 4), (0.7 * lowest, 3 * start)
    pen = Pen(ax, "Loss on all samples", "epoch", "", *limits, ylog=True)
    pen.mark_y("lowest", lowest, width=1.5, label="lowest")
    seen = np.arange(len(path)) * batch_size / len(x)
    pen.curve("loss", seen, shown, color=BLUE, width=1.6)
    speed = f"≈ {speeds[batch_size]:,.0f} updates a second here"
    pen.text("speed", 0.98, 0.97, speed, parts="xy", anchor="top right", size=9.5)
    late = shown[len(shown) // 2 :]
    if not late.max() < start:
        return pen.done(f"The loss does not fall; {speed}.")
    words = "steady" if np.ptp(late) < 0.02 * lowest else "unsteady"
    # The excess over the lowest loss, in per cent of it, is what the noise of the batches costs.
    excess = np.mean(late) / lowest - 1
    return pen.done(
        f"In the second half the loss is {words} and {excess:.0%} above the lowest; {speed}."
    )


def _average(values: np.ndarray, beta: float, correction: bool = True) -> np.ndarray:
    """Return the exponentially weighted average up to each value, shape (n,)."""
    average, v = np.empty(len(values)), 0.0
    for t, value in enumerate(values, start=1):
        v = beta * v + (1 - beta) * value
        average[t - 1] = v / (1 - beta**t) if correction else v
    return average


def moving_average(
    ax: Place, values: np.ndarray, *, beta: float, correction: bool, days: int
) -> Picture:
    """Draw daily temperatures and their exponentially weighted average.

    The sentence gives the window, and the first day's temperature and average.

    Parameters
    ----------
    values : ndarray of shape (n_days,)
        Temperatures in °C.
    beta : float
        Share of the average that each day keeps.
    correction : bool
        Whether the average is divided by 1 − βᵗ.
    days : int
        How many days to show, from the first.
    """
    values = np.asarray(values, dtype=float)
    average = _average(values, beta, correction)
    low, high = float(values.min()) - 2, float(values.max()) + 2
    pen = Pen(ax, "", "day", "temperature in °C", (0, days + 1), (min(low, -1), high))
    number = np.arange(1, len(values) + 1)
    pen.points("days", np.column_stack([number, values]), color=GREY, size=3.5, label="each day")
    pen.curve("average", number, average, color=VERMILLION, width=2.5, label="average", zorder=3)
    pen.legend("lower right")
    window = round(1 / (1 - beta))
    how = "with" if correction else "without"
    return pen.done(
        f"β = {beta:.3f} averages over about {window} day{'s' * (window > 1)}. Day 1 had "
        f"{values[0]:.1f} °C; {how} correction the average begins at {average[0]:.1f} °C."
    )


def moving_weights(ax: Place, *, beta: float, correction: bool) -> Picture:
    """Draw how much each of the last days counts in an exponentially weighted average.

    The sentence says how much of the weight lies within the window.

    Parameters
    ----------
    beta : float
        Share of the average that each day keeps.
    correction : bool
        Taken so that it can stand beside `moving_average`; it stretches all weights alike.
    """
    most = 60
    weights = (1 - beta) * beta ** np.arange(most)
    window = 1 / (1 - beta)
    pen = Pen(ax, "", "days ago", "share of the average", (-0.5, most - 0.5), (0, 0.55))
    pen.bars("weights", weights, np.arange(most + 1) - 0.5, color=BLUE, alpha=0.75)
    pen.mark_x("window", min(window, 2 * most) - 0.5, color=VERMILLION, width=2, dash="--")
    inside = 1 - beta**window
    return pen.done(f"The last 1 / (1 − β) = {window:.0f} days carry {inside:.0%} of the weight.")


def curves(
    ax: Place,
    lines: dict[str, np.ndarray],
    *,
    x: np.ndarray | None = None,
    xlabel: str = "step",
    ylabel: str = "",
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    log: bool = False,
) -> Picture:
    """Draw a few named curves over the same x; the sentence says where they end.

    Parameters
    ----------
    lines : dict of str to ndarray of shape (n,)
        The curves by name.
    x : ndarray of shape (n,), optional
        Where; 0, 1, 2, … by default.
    xlabel, ylabel, xlim, ylim, log
        As `Pen` takes them; ``log`` is its ``ylog``.
    """
    pen = Pen(ax, "", xlabel, ylabel, xlim, ylim, ylog=log)
    for number, (name, values) in enumerate(lines.items()):
        look = series(number) | {"width": 2, "label": name}
        if number >= len(PALETTE):
            look["color"] = GREY
        pen.curve(name, np.arange(len(values)) if x is None else x, values, **look)
    pen.legend("above" if len(lines) <= 3 else "best", size=9)
    ends = {name: values[-1] for name, values in lines.items()}
    if len(lines) <= 4:
        told = ", ".join(f"{name} ≈ {end:.2g}" for name, end in ends.items())
        return pen.done(f"At the end: {told}.")
    low, high = min(ends, key=ends.get), max(ends, key=ends.get)
    return pen.done(f"At the end {low} is lowest and {high} highest.")


def look_ahead(
    ax: Place,
    surface: Surface,
    *,
    at: tuple[float, float],
    velocity: tuple[float, float],
    learning_rate: float,
    momentum: float,
) -> Picture:
    """Draw one step of momentum and one of Nesterov's, from the same place and velocity.

    The sentence says which of the two ends lower.

    Parameters
    ----------
    surface : lessons_lib.optimizers.Surface
        The heights.
    at, velocity : tuple of float
        Place and velocity before the step.
    learning_rate, momentum : float
        Of the step.
    """
    w, v = np.array(at, dtype=float), np.array(velocity, dtype=float)
    ahead = w + momentum * v
    ends = {
        "momentum": ahead - learning_rate * surface.gradient(w),
        "Nesterov": ahead - learning_rate * surface.gradient(ahead),
    }
    reach = 1.15 * max(np.linalg.norm(end - w) for end in ends.values())
    limits = [(middle - reach, middle + reach) for middle in (w + ahead) / 2]
    pen = Pen(ax, "", "x", "y", *limits)
    axes = [np.linspace(*limit, 80) for limit in limits]
    heights = surface.value(np.stack(np.meshgrid(*axes), axis=-1))
    for i, level in enumerate(np.quantile(heights, np.linspace(0.05, 0.95, 9))):
        pen.level(f"level {i}", *axes, heights, level, color=GREY, width=1.0, alpha=0.5, zorder=1)
    arrow = {"gap": (0, 3), "width": 2.2, "zorder": 3}
    pen.arrow("velocity", w, ahead, color=INK, **arrow)
    looks = {"momentum": (BLUE, "o"), "Nesterov": (VERMILLION, "s")}
    for name, (color, _) in looks.items():
        pen.arrow(f"{name} gradient", ahead, ends[name], color=color, **arrow)
    places = ends | {"before the step": w, "looked ahead": ahead}
    looks |= {"before the step": (INK, "o"), "looked ahead": (GREEN, "D")}
    for name, (color, marker) in looks.items():
        pen.dot(name, *places[name], color=color, marker=marker, size=9, label=name)
    pen.legend("best", size=9)
    low = {name: float(surface.value(end)) for name, end in ends.items()}
    best = min(low, key=low.get)
    return pen.done(f"The same velocity, another gradient: {best} ends lower after this step.")


def range_test(
    ax: Place,
    rates: np.ndarray,
    losses: np.ndarray,
    *,
    beta: float = 0.9,
    learning_rate: float | None = None,
) -> Picture:
    """Draw a learning-rate range test: the loss while the learning rate grows step by step.

    The sentence says where the loss falls fastest and from where on it rises.

    Parameters
    ----------
    rates, losses : ndarray of shape (n_steps,)
        The learning rate of each step, and the loss of its batch.
    beta : float
        Of the bias-corrected average that smooths the losses.
    learning_rate : float, optional
        A choice to be marked.
    """
    losses = np.asarray(losses, dtype=float)
    smooth = _average(np.minimum(np.nan_to_num(losses, nan=1e9), 1e9), beta)
    first, best = smooth[: len(smooth) // 10].mean(), int(np.argmin(smooth))
    limits = (rates[0], rates[-1]), (0.5 * smooth[best], 6 * first)
    pen = Pen(ax, "The range test", "learning rate", "loss", *limits, xlog=True, ylog=True)
    pen.curve("raw", rates, losses, color=GREY, width=0.9, label="each batch")
    pen.curve("smooth", rates, smooth, color=BLUE, width=2.5, label="smoothed")
    # Steepest per factor of the learning rate, before the lowest point.
    slope = np.gradient(np.log(smooth[: best + 1])) if best > 1 else np.zeros(1)
    fastest = rates[int(np.argmin(slope))]
    pen.mark_x("fastest", fastest, color=GREEN, width=2, dash="--", zorder=2, label="falls fastest")
    if learning_rate is not None:
        solid = {"color": ORANGE, "width": 2.5, "dash": "-", "zorder": 2}
        pen.mark_x("chosen", learning_rate, label="chosen", sets=("learning_rate", ""), **solid)
    pen.legend("upper left", size=9)
    late = np.flatnonzero(smooth[best:] > 1.5 * smooth[best])
    rises = f" and rises from ≈ {rates[best + late[0]]:.1g} on" if len(late) else ""
    return pen.done(f"The loss falls fastest at ≈ {fastest:.1g}{rises}.")
