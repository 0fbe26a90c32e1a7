"""Pictures of single ideas about optimizers: steps, noise, averages, learning rates."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from lessons_lib.plots._fit import loss_map
from lessons_lib.plots._pen import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LINESTYLES,
    ORANGE,
    PALETTE,
    VERMILLION,
    Pen,
    Picture,
)


def descent(
    ax: Axes,
    *,
    learning_rate: float,
    start: float,
    steps: int,
    coefficients: tuple[float, float, float] = (5.0, -2.0, 4.0),
) -> Picture:
    """Draw gradient descent on the parabola f(x) = ax² + bx + c.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    learning_rate : float
        Length of a step for a slope of 1.
    start : float
        The first x.
    steps : int
        How many steps.
    coefficients : tuple of float
        a, b and c, with a above 0.

    Returns
    -------
    Picture
        Its sentence says whether the steps crawl, close in, hop across or leave.
    """
    a, b, c = coefficients
    lowest, x, _ = _descent(learning_rate, start, steps, coefficients)
    xlim = (lowest - 2.6, lowest + 2.6)
    grid = np.linspace(*xlim, 200)
    top = a * 2.6**2
    bottom = a * lowest**2 + b * lowest + c
    ylim = (bottom - 0.08 * top, bottom + 1.02 * top)
    pen = Pen(ax, "The way down", "x", "f(x)", xlim, ylim)
    pen.line("curve", grid, a * grid**2 + b * grid + c, color=GREY, lw=2)
    with np.errstate(over="ignore"):
        f = a * x**2 + b * x + c
    pen.line("path", x, f, color=BLUE, lw=1.2, marker="o", ms=5, zorder=3)
    pen.line("here", x[-1], f[-1], color=VERMILLION, marker="o", ms=10, ls="", zorder=4)
    return pen.done(_descent_sentence(learning_rate, 1 - learning_rate * 2 * a, x[-1]))


def descent_distance(
    ax: Axes,
    *,
    learning_rate: float,
    start: float,
    steps: int,
    coefficients: tuple[float, float, float] = (5.0, -2.0, 4.0),
) -> Picture:
    """Draw how far each step of `descent` is from the lowest place.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    learning_rate, start, steps, coefficients
        As for `descent`.

    Returns
    -------
    Picture
        Its sentence gives the last distance.
    """
    _, _, distance = _descent(learning_rate, start, steps, coefficients)
    if ax.get_yscale() != "log":
        ax.set_yscale("log")
    pen = Pen(ax, "Distance from the lowest place", "step", "", (-0.5, 30.5), (1e-6, 1e3))
    pen.line("first", [0, 30], [distance[0]] * 2, color=GREY, lw=1, ls=":")
    shown = np.clip(distance, 1e-6, 1e3)
    pen.line("distance", np.arange(len(shown)), shown, color=BLUE, lw=1.5, marker="o", ms=5)
    return pen.done(f"After {steps} steps the distance is {distance[-1]:.2g}.")


def _descent(learning_rate, start, steps, coefficients):
    """Return the lowest place, and x and the distance from it at each step."""
    a, b, _ = coefficients
    lowest = -b / (2 * a)
    # f′(x) = 2a (x − lowest): each step multiplies the distance by 1 − 2a·rate.
    factors = (1 - learning_rate * 2 * a) ** np.arange(steps + 1)
    return lowest, lowest + (start - lowest) * factors, np.abs(start - lowest) * np.abs(factors)


def _descent_sentence(learning_rate: float, factor: float, x: float) -> str:
    if abs(factor) > 1 + 1e-9:
        verdict = "it diverges: each step lands farther away, on the other side"
    elif abs(factor) > 1 - 1e-9:
        verdict = "it hops from side to side for ever" if factor < 0 else "it stands still"
    elif factor < -0.02:
        verdict = "it hops across the lowest place and closes in"
    elif factor > 0.8:
        verdict = "it crawls"
    else:
        verdict = "it closes in"
    here = f"; x = {x:.3f}" if abs(x) < 1000 else ""
    return (
        f"Learning rate {learning_rate:.3f}: {verdict}. Each step multiplies the distance by "
        f"{factor:.2f}{here}."
    )


def batch_path(
    ax: Axes,
    walk: Callable[[int, float], np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
    *,
    batch_size: int,
    learning_rate: float,
) -> Picture:
    """Draw the way of a linear unit over its loss map, trained on batches.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    walk : callable
        ``walk(batch_size, learning_rate)`` returns (w, b) before the first and after every
        update, shape (updates + 1, 2).
    x, y : ndarray of shape (n_samples,) or (n_samples, 1)
        Inputs and targets.
    batch_size : int
        Samples for each update.
    learning_rate : float
        Of the updates.

    Returns
    -------
    Picture
        Its sentence counts the updates and says how unsteady the last ones are.
    """
    path = walk(batch_size, learning_rate)
    w, b = path[-1]
    picture = loss_map(ax, x, y, w=float(w), b=float(b))
    pen = Pen(ax)
    pen.artists.extend(picture.artists)  # else the map would be hidden as not drawn
    pen.line("way", path[:, 0], path[:, 1], color="white", lw=1.1, alpha=0.9)
    return pen.done(f"Batches of {batch_size}: {len(path) - 1} updates.")


def batch_loss(
    ax: Axes,
    walk: Callable[[int, float], np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
    speeds: dict[int, float],
    *,
    batch_size: int,
    learning_rate: float,
) -> Picture:
    """Draw the loss on all samples against the number of samples looked at.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    walk, x, y, batch_size, learning_rate
        As for `batch_path`.
    speeds : dict of int to float
        Measured updates per second for each batch size.

    Returns
    -------
    Picture
        Its sentence says where the loss ends, and at how many updates per second.
    """
    x, y = np.ravel(x).astype(float), np.ravel(y).astype(float)
    path = walk(batch_size, learning_rate)
    losses = np.mean((path[:, :1] * x + path[:, 1:] - y) ** 2, axis=1)
    seen = np.arange(len(path)) * batch_size / len(x)
    if ax.get_yscale() != "log":
        ax.set_yscale("log")
    lowest = np.mean((np.polyval(np.polyfit(x, y, 1), x) - y) ** 2)
    start = float(losses[0])
    pen = Pen(ax, "Loss on all samples", "epoch", "", (0, 4), (0.7 * lowest, 3 * start))
    pen.line("lowest", [0, 4], [lowest, lowest], color=GREY, lw=1.5, ls=":", label="lowest")
    shown = np.minimum(np.nan_to_num(losses, nan=1e9), 1e9)
    pen.line("loss", seen, shown, color=BLUE, lw=1.6)
    speed = f"≈ {speeds[batch_size]:,.0f} updates a second here"
    style = {"transform": ax.transAxes, "ha": "right", "va": "top", "fontsize": 9.5}
    pen.text("speed", 0.98, 0.97, speed, **style)
    late = shown[len(shown) // 2 :]
    if not late.max() < start:
        return pen.done(f"The loss does not fall; {speed}.")
    words = "steady" if np.ptp(late) < 0.02 * lowest else "unsteady"
    # The excess over the lowest loss, in per cent of it, is what the noise of the batches costs.
    excess = np.mean(late) / lowest - 1
    return pen.done(
        f"In the second half the loss is {words} and {excess:.0%} above the lowest; {speed}."
    )


def moving_average(
    ax: Axes, values: np.ndarray, *, beta: float, correction: bool, days: int
) -> Picture:
    """Draw daily temperatures and their exponentially weighted average.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    values : ndarray of shape (n_days,)
        Temperatures in °C.
    beta : float
        Share of the average that each day keeps.
    correction : bool
        Whether the average is divided by 1 − βᵗ.
    days : int
        How many days to show, from the first.

    Returns
    -------
    Picture
        Its sentence gives the window, and the first day's temperature and average.
    """
    values = np.asarray(values, dtype=float)
    average, v = np.empty_like(values), 0.0
    for t, value in enumerate(values):
        v = beta * v + (1 - beta) * value
        average[t] = v / (1 - beta ** (t + 1)) if correction else v
    low, high = float(values.min()) - 2, float(values.max()) + 2
    pen = Pen(ax, "", "day", "temperature in °C", (0, days + 1), (min(low, -1), high))
    number = np.arange(1, len(values) + 1)
    pen.points("days", np.column_stack([number, values]), color=GREY, s=12, label="each day")
    pen.line("average", number, average, color=VERMILLION, lw=2.5, label="average", zorder=3)
    pen.legend(loc="lower right")
    window = round(1 / (1 - beta))
    how = "with" if correction else "without"
    return pen.done(
        f"β = {beta:.3f} averages over about {window} day{'s' * (window > 1)}. Day 1 had "
        f"{values[0]:.1f} °C; {how} correction the average begins at {average[0]:.1f} °C."
    )


def moving_weights(ax: Axes, *, beta: float, correction: bool) -> Picture:
    """Draw how much each of the last days counts in an exponentially weighted average.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    beta : float
        Share of the average that each day keeps.
    correction : bool
        Taken so that it can stand beside `moving_average`; it stretches all weights alike.

    Returns
    -------
    Picture
        Its sentence says how much of the weight lies within the window.
    """
    most = 60
    ago = np.arange(most)
    weights = (1 - beta) * beta**ago
    window = 1 / (1 - beta)
    pen = Pen(ax, "", "days ago", "share of the average", (-0.5, most - 0.5), (0, 0.55))
    pen.bars("weights", weights, np.arange(most + 1) - 0.5, color=BLUE, alpha=0.75)
    at = min(window, 2 * most)
    pen.line("window", [at - 0.5] * 2, [0, 0.55], color=VERMILLION, lw=2, ls="--")
    inside = 1 - beta**window
    return pen.done(f"The last 1 / (1 − β) = {window:.0f} days carry {inside:.0%} of the weight.")


def curves(
    ax: Axes,
    lines: dict[str, np.ndarray],
    *,
    x: np.ndarray | None = None,
    xlabel: str = "step",
    ylabel: str = "",
    title: str = "",
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    log: bool = False,
) -> Picture:
    """Draw a few named curves over the same x.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    lines : dict of str to ndarray of shape (n,)
        The curves by name.
    x : ndarray of shape (n,), optional
        Where; 0, 1, 2, … by default.
    xlabel, ylabel, title : str
        Words for the axes.
    xlim, ylim : tuple of float, optional
        Limits; from the data by default.
    log : bool
        Whether equal heights mean equal ratios.

    Returns
    -------
    Picture
        Its sentence says where each curve ends, or of many which ends lowest and highest.
    """
    if log and ax.get_yscale() != "log":
        ax.set_yscale("log")
    pen = Pen(ax, title, xlabel, ylabel, xlim, ylim)
    for i, (name, values) in enumerate(lines.items()):
        grid = np.arange(len(values)) if x is None else x
        color = GREY if i >= len(PALETTE) else PALETTE[i]
        look = {"color": color, "ls": LINESTYLES[i % len(LINESTYLES)], "lw": 2}
        pen.line(name, grid, values, label=name, **look)
    pen.legend(loc="above" if len(lines) <= 3 else "best", fontsize=9)
    ends = {name: values[-1] for name, values in lines.items()}
    low, high = min(ends, key=ends.get), max(ends, key=ends.get)
    if len(lines) <= 4:
        told = ", ".join(f"{name} ≈ {end:.2g}" for name, end in ends.items())
        return pen.done(f"At the end: {told}.")
    return pen.done(f"At the end {low} is lowest and {high} highest.")


def look_ahead(
    ax: Axes, surface, *, at: tuple, velocity: tuple, learning_rate: float, momentum: float
) -> Picture:
    """Draw one step of momentum and one of Nesterov's, from the same place and velocity.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    surface : object
        With ``xlim``, ``ylim``, ``value(points)`` and ``gradient(points)``, such as those in
        ``lessons_lib.optimizers.surfaces``.
    at, velocity : tuple of float
        Place and velocity before the step.
    learning_rate, momentum : float
        Of the step.

    Returns
    -------
    Picture
        Its sentence compares the heights after both steps.
    """
    w, v = np.array(at, dtype=float), np.array(velocity, dtype=float)
    ahead = w + momentum * v
    ends = {
        "momentum": ahead - learning_rate * surface.gradient(w),
        "Nesterov": ahead - learning_rate * surface.gradient(ahead),
    }
    reach = 1.15 * max(np.linalg.norm(end - w) for end in ends.values())
    middle = (w + ahead) / 2
    limits = [(middle[i] - reach, middle[i] + reach) for i in (0, 1)]
    pen = Pen(ax, "", "x", "y", *limits)
    axes = [np.linspace(*limit, 80) for limit in limits]
    heights = surface.value(np.stack(np.meshgrid(*axes), axis=-1))
    for i, level in enumerate(np.quantile(heights, np.linspace(0.05, 0.95, 9))):
        pen.level(f"level {i}", *axes, heights, level, colors="#C9CED3", linewidths=1.0, zorder=1)
    _arrow(pen, "velocity", w, ahead, BLACK)
    for (name, end), color, side in zip(ends.items(), (BLUE, VERMILLION), (1, -1), strict=True):
        _arrow(pen, f"{name} gradient", ahead, end, color)
        pen.line(
            name,
            *end[:, None],
            color=color,
            marker="os"[side < 0],
            ms=9,
            ls="",
            label=name,
            zorder=4,
        )
    spots = [("before the step", w, BLACK, "o"), ("looked ahead", ahead, GREEN, "D")]
    for name, place, color, marker in spots:
        look = {"color": color, "marker": marker, "ms": 9, "ls": "", "zorder": 4}
        pen.line(name, *place[:, None], label=name, **look)
    pen.legend(loc="best", fontsize=9, numpoints=1)
    low = {name: float(surface.value(end)) for name, end in ends.items()}
    best = min(low, key=low.get)
    return pen.done(f"The same velocity, another gradient: {best} ends lower after this step.")


def _arrow(pen: Pen, name: str, start, end, color) -> None:
    pen.patch(
        name,
        lambda **style: FancyArrowPatch(tuple(start), tuple(end), **style),
        arrowstyle="-|>",
        mutation_scale=16,
        lw=2.2,
        color=color,
        shrinkA=0,
        shrinkB=3,
        zorder=3,
    )


def range_test(
    ax: Axes,
    rates: np.ndarray,
    losses: np.ndarray,
    *,
    beta: float = 0.9,
    learning_rate: float | None = None,
) -> Picture:
    """Draw a learning-rate range test: the loss while the learning rate grows step by step.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    rates, losses : ndarray of shape (n_steps,)
        The learning rate of each step, and the loss of its batch.
    beta : float
        Of the bias-corrected average that smooths the losses.
    learning_rate : float, optional
        A choice to be marked.

    Returns
    -------
    Picture
        Its sentence says where the loss falls fastest and from where on it rises.
    """
    losses = np.asarray(losses, dtype=float)
    smooth, v = np.empty_like(losses), 0.0
    for t, loss in enumerate(np.minimum(np.nan_to_num(losses, nan=1e9), 1e9)):
        v = beta * v + (1 - beta) * loss
        smooth[t] = v / (1 - beta ** (t + 1))
    if ax.get_xscale() != "log":
        ax.set_xscale("log")
        ax.set_yscale("log")
    first, best = smooth[: len(smooth) // 10].mean(), int(np.argmin(smooth))
    ylim = (0.5 * smooth[best], 6 * first)
    pen = Pen(ax, "The range test", "learning rate", "loss", (rates[0], rates[-1]), ylim)
    pen.line("raw", rates, losses, color=GREY, lw=0.9, label="each batch")
    pen.line("smooth", rates, smooth, color=BLUE, lw=2.5, label="smoothed")
    # Steepest per factor of the learning rate, before the lowest point.
    slope = np.gradient(np.log(smooth[: best + 1])) if best > 1 else np.zeros(1)
    fastest = rates[int(np.argmin(slope))]
    pen.line("fastest", [fastest] * 2, ylim, color=GREEN, lw=2, ls="--", label="falls fastest")
    if learning_rate is not None:
        pen.line("chosen", [learning_rate] * 2, ylim, color=ORANGE, lw=2.5, label="chosen")
    pen.legend(loc="upper left", fontsize=9)
    late = np.flatnonzero(smooth[best:] > 1.5 * smooth[best])
    rises = f" and rises from ≈ {rates[best + late[0]]:.1g} on" if len(late) else ""
    return pen.done(f"The loss falls fastest at ≈ {fastest:.1g}{rises}.")
