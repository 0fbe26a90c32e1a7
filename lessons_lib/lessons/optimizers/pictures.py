"""Pictures of single ideas about optimizers: steps, noise, averages, learning rates."""

from collections.abc import Callable

import numpy as np

from lessons_lib import optimizers
from lessons_lib.lessons.optimizers import experiments
from lessons_lib.plots import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
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
    if abs(factor) < 1e-9:
        return "it arrives in a single step"
    if factor < 0:
        return "it hops across the lowest place and closes in"
    return "it crawls" if factor > 0.8 else "it closes in"


def descent_distance(ax: Place, *, learning_rate: float, start: float, steps: int) -> Picture:
    """Draw how far each step of `descent` is from the lowest place; the sentence gives the last."""
    distance = np.abs(_descend(learning_rate, start, steps)[1])
    limits = (-0.5, 30.5), (1e-6, 1e3)
    pen = Pen(ax, " ", "step", "distance from the lowest place", *limits, ylog=True)
    pen.mark_y("first", distance[0], (0, 30))
    shown = np.clip(distance, 1e-6, 1e3)
    pen.curve("distance", np.arange(len(shown)), shown, color=BLUE, width=1.5, marker="o", size=5)
    return pen.done(f"After {steps} steps the distance is {distance[-1]:.2g}.")


def batch_path(ax: Place, *, batch_size: int, learning_rate: float) -> Picture:
    """Draw the way of a linear unit over its loss map, trained on batches, and count its updates.

    Parameters
    ----------
    batch_size : int
        Samples for each update.
    learning_rate : float
        Of the updates.
    """
    path = experiments.walk(batch_size, learning_rate)
    x, y = experiments.line_samples()
    pen = Pen(ax)
    pen.include(loss_map(pen.blank(), x, y, w=float(path[-1, 0]), b=float(path[-1, 1])))
    pen.curve("way", path[:, 0], path[:, 1], color="#FFFFFF", width=1.1, alpha=0.9)
    return pen.done(f"Batches of {batch_size}: {len(path) - 1} updates.")


def batch_loss(ax: Place, *, batch_size: int, learning_rate: float) -> Picture:
    """Draw the loss on all samples against the number of samples looked at.

    The sentence says how steady the loss is at the end, and how many updates a second are made.

    Parameters
    ----------
    batch_size : int
        Samples for each update.
    learning_rate : float
        Of the updates.
    """
    x, y = experiments.line_samples()
    path = experiments.walk(batch_size, learning_rate)
    losses = np.mean((path[:, :1] * x + path[:, 1:] - y) ** 2, axis=1)
    start, shown = float(losses[0]), np.minimum(np.nan_to_num(losses, nan=1e9), 1e9)
    lowest = np.mean((np.polyval(np.polyfit(x, y, 1), x) - y) ** 2)
    limits = (0, 4), (0.7 * lowest, 3 * start)
    pen = Pen(ax, " ", "epoch", "loss on all samples", *limits, ylog=True)
    pen.mark_y("lowest", lowest, width=1.5, label="the lowest there is")
    seen = np.arange(len(path)) * batch_size / len(x)
    pen.curve("loss", seen, shown, color=BLUE, width=1.6, label="loss")
    pen.legend("above")
    speed = f"≈ {experiments.walking_speed(batch_size):,.0f} updates a second here"
    late = shown[len(shown) // 2 :]
    if not late.max() < start:
        return pen.done(f"The loss does not fall; {speed}.")
    words = "steady" if np.ptp(late) < 0.02 * lowest else "unsteady"
    if late[0] - late[-1] > 0.9 * np.ptp(late) > 0.02 * lowest:  # nearly all of its way is down
        words = "still falling"
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
        Fraction of the average that each day keeps.
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
        Fraction of the average that each day keeps.
    correction : bool
        Taken so that it can stand beside `moving_average`; it stretches all weights alike.
    """
    most = 60
    weights = (1 - beta) * beta ** np.arange(most)
    window = 1 / (1 - beta)
    pen = Pen(ax, "", "days ago", "weight in the average", (-0.5, most - 0.5), (0, 0.55))
    pen.bars("weights", weights, np.arange(most + 1) - 0.5, color=BLUE, alpha=0.75)
    pen.mark_x("window", min(window, 2 * most) - 0.5, color=VERMILLION, width=2, dash="--")
    inside = 1 - beta**window
    return pen.done(f"The last 1 / (1 − β) = {window:.0f} days carry {inside:.0%} of the weight.")


def curves(
    ax: Place,
    lines: dict[str, np.ndarray],
    *,
    ylabel: str = "",
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    log: bool = False,
) -> Picture:
    """Draw a few named curves over the steps; the sentence says where they end.

    Parameters
    ----------
    lines : dict of str to ndarray of shape (n,)
        The curves by name, from step 0 on.
    ylabel, xlim, ylim, log
        As `Pen` takes them; ``log`` is its ``ylog``.
    """
    pen = Pen(ax, " ", "step", ylabel, xlim, ylim, ylog=log)
    for number, (name, values) in enumerate(lines.items()):
        # A later curve is thinner, so that one that it covers is seen at its sides.
        look = series(number) | {"width": 1.0 + 0.6 * (len(lines) - number), "label": name}
        pen.curve(name, np.arange(len(values)), values, **look)
    pen.legend("above" if len(lines) <= 3 else "best", size=9)
    told = ", ".join(f"{name} ≈ {values[-1]:.2g}" for name, values in lines.items())
    return pen.done(f"At the end: {told}.")


def look_ahead(
    ax: Place,
    surface: optimizers.Surface,
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
    # Equal units on both axes: a gradient stands at a right angle to the line of equal height.
    shown = np.array([w, ahead, *ends.values()])
    middle, high = (shown.min(axis=0) + shown.max(axis=0)) / 2, 0.6 * np.ptp(shown, axis=0).max()
    limits = (middle[0] - 2 * high, middle[0] + 2 * high), (middle[1] - high, middle[1] + high)
    pen = Pen(ax, "", "x", "y", *limits, equal=True)
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


def reaches(ax: Place, *, burst: float, rho: float) -> Picture:
    """Draw how far the steps of three rules go when the first 60 of 300 gradients are steeper.

    The sentence says how far the last steps go.

    Parameters
    ----------
    burst : float
        How much steeper the first gradients are than the others, which are 1.
    rho : float
        Of RMSprop and AdaDelta.
    """
    gradients = np.where(np.arange(300) < 60, burst, 1.0)
    rules = {
        "AdaGrad": optimizers.AdaGrad(0.1),
        "RMSprop": optimizers.RMSprop(0.1, rho=rho),
        "AdaDelta": optimizers.AdaDelta(1.0, rho=rho),
    }
    lines = {name: experiments.reach(rule, gradients) for name, rule in rules.items()}
    words = {"ylabel": "step for a gradient of 1", "xlim": (0, 300), "ylim": (1e-4, 2)}
    return curves(ax, lines, log=True, **words)


def first_steps(ax: Place, *, correction: bool, beta_2: float) -> Picture:
    """Draw how long Adam's first 100 steps are while the gradient stays the same.

    With and without bias correction, the chosen one on top; the sentence tells its longest step.

    Parameters
    ----------
    correction : bool
        Which of the two is drawn boldly.
    beta_2 : float
        Of Adam, whose β₁ is 0.9.
    """
    t = np.arange(1, 101)
    uncorrected = (1 - 0.9**t) / np.sqrt(1 - beta_2**t)  # m / √v for a gradient of 1
    steps = np.ones(len(t)) if correction else uncorrected
    pen = Pen(ax, "", "step", "length in learning rates", (0, 100), (0, 8))
    pen.mark_y("one", 1.0, label="one learning rate")
    pen.curve("steps", t, steps, color=BLUE, width=2.5, marker="o", size=3.5, label="Adam's step")
    pen.legend("upper right")
    how = "with" if correction else "without"
    longest, first = int(np.argmax(steps)), f"the first step is {steps[0]:.2f} learning rates long"
    if np.ptp(steps) < 1e-9:
        return pen.done(f"{how.capitalize()} correction {first}, and so are all the others.")
    return pen.done(
        f"{how.capitalize()} correction {first}; the longest is step {t[longest]} with "
        f"{steps[longest]:.1f}."
    )


def schedule(ax: Place, *, kind: str, learning_rate: float, warmup: int) -> Picture:
    """Draw the learning rate of each step; the sentence says where it ends.

    The dot, where the warm-up ends, sets the first rate and how long the warm-up takes.

    Parameters
    ----------
    kind, learning_rate, warmup
        As for `experiments.scheduled`.
    """
    rule, last = experiments.scheduled(kind, learning_rate, warmup), experiments.SETTLING_STEPS
    rates = np.array([rule(step) for step in range(last)])
    pen = Pen(ax, " ", "step", "learning rate", (0, last), (0, 1.05))
    pen.curve("rate", np.arange(last), rates, color=BLUE, width=2.0)
    pen.here(warmup, learning_rate, sets=("warmup", "learning_rate"), clip=False)
    return pen.done(f"At the end: rate ≈ {rates[-1]:.2g}.")


def settling(ax: Place, *, kind: str, learning_rate: float, warmup: int) -> Picture:
    """Draw how noisy steps settle in a valley, at a constant rate and by a schedule.

    The sentence says how far from the lowest place both end.

    Parameters
    ----------
    kind, learning_rate, warmup
        As for `experiments.settle`.
    """
    lines = {
        "constant": experiments.settle("constant", learning_rate),
        "scheduled": experiments.settle(kind, learning_rate, warmup),
    }
    words = {"xlim": (0, experiments.SETTLING_STEPS), "ylim": (0.02, 5)}
    return curves(ax, lines, ylabel="distance from the minimum", log=True, **words)


def rate_table(ax: Place, losses: dict[str, dict[float, float]], *, limit: float) -> Picture:
    """Draw a table of the losses that optimizers end with, each at many learning rates.

    The sentence says how many of them have a rate with which they work, and at which one most do.

    Parameters
    ----------
    losses : dict of str to dict of float to float
        For each optimizer, from learning rate to loss; the same rates for all.
    limit : float
        A loss below it counts as "works", and has a coloured ground.
    """
    names, rates = list(losses), list(next(iter(losses.values())))
    table = np.array([[losses[name][rate] for rate in rates] for name in names])
    works, middle = table < limit, len(names) - 0.5
    ticks = {i + 0.5: f"{rate:g}" for i, rate in enumerate(rates)}
    rows = {middle - j: name for j, name in enumerate(names)}
    limits = (0, len(rates)), (0, len(names))
    pen = Pen(ax, "", "learning rate", "", *limits, xticks=ticks, yticks=rows, tick_marks=False)
    look = {"colors": (PAPER, BLUE), "limits": (0, 1), "alpha": 0.3, "smooth": False}
    pen.image("works", works.astype(float), (*limits[0], *limits[1]), top_down=True, **look)
    for j, i in np.ndindex(*table.shape):
        words = f"{table[j, i]:.2f}" if table[j, i] < 10 else "×"
        pen.text(f"loss {j} {i}", i + 0.5, middle - j, words, anchor="center", size=9.5)
    most = rates[int(np.argmax(works.sum(axis=0)))]
    return pen.done(
        f"{works.any(axis=1).sum()} of {len(names)} have a rate with which they work; at "
        f"{most:g} most of them do."
    )


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
    smooth = _smooth(losses, beta)
    first, best = smooth[: len(smooth) // 10].mean(), int(np.argmin(smooth))
    limits = (rates[0], rates[-1]), (0.5 * smooth[best], 6 * first)
    pen = Pen(ax, " ", "learning rate", "loss", *limits, xlog=True, ylog=True)
    pen.curve("raw", rates, losses, color=GREY, width=0.9, label="each batch")
    pen.curve("smooth", rates, smooth, color=BLUE, width=2.5, label="smoothed")
    fastest = fastest_fall(rates, losses, beta)
    pen.mark_x("fastest", fastest, color=GREEN, width=2, dash="--", zorder=2, label="falls fastest")
    if learning_rate is not None:
        solid = {"color": ORANGE, "width": 2.5, "dash": "-", "zorder": 2}
        pen.mark_x("chosen", learning_rate, label="chosen", sets=("learning_rate", ""), **solid)
    pen.legend("above", columns=4, size=9)
    late = np.flatnonzero(smooth[best:] > 1.5 * smooth[best])
    rises = f" and rises from ≈ {rates[best + late[0]]:.1g} on" if len(late) else ""
    return pen.done(f"The loss falls fastest at ≈ {fastest:.1g}{rises}.")


def range_test_of(
    ax: Place,
    *,
    optimizer: str,
    learning_rate: float,
    beta: float,
    trials: experiments.Trials,
    growing: Callable[[int], float],
) -> Picture:
    """Draw the `range_test` of one of the optimizers, with the chosen rate.

    Parameters
    ----------
    optimizer : str
        One of `experiments.OPTIMIZERS`.
    learning_rate, beta : float
        As for `range_test`.
    trials : experiments.Trials
        What trains the network.
    growing : callable
        The learning rate of each step.
    """
    losses = trials.batch_losses(optimizer, growing)
    rates = np.array([growing(step) for step in range(len(losses))])
    return range_test(ax, rates, losses, beta=beta, learning_rate=learning_rate)


def run_at_rate(
    ax: Place, *, optimizer: str, learning_rate: float, trials: experiments.Trials
) -> Picture:
    """Draw the loss of each batch of a training at one rate; the sentence says where it ends.

    Parameters
    ----------
    optimizer, learning_rate, trials
        As for `range_test_of`.
    """
    losses = trials.batch_losses(optimizer, learning_rate)
    look = {"ylabel": "loss of each batch", "xlim": (0, len(losses)), "ylim": (0.2, 20)}
    return curves(ax, {"trained at the chosen rate": losses}, log=True, **look)


def fastest_fall(rates: np.ndarray, losses: np.ndarray, beta: float = 0.9) -> float:
    """Return the learning rate about which the loss of a range test falls fastest.

    That is by the largest factor within a tenth of all steps, before the loss is lowest: over
    one step alone the noise of the batches would decide.

    Parameters
    ----------
    rates, losses, beta
        As for `range_test`.
    """
    smooth = np.log(_smooth(losses, beta))
    before = smooth[: int(np.argmin(smooth)) + 1]
    half = max(len(smooth) // 20, 1)
    if len(before) <= 2 * half:
        return float(rates[len(before) // 2])
    return float(rates[half + int(np.argmin(before[2 * half :] - before[: -2 * half]))])


def _smooth(losses, beta):
    """Return the average of losses; what is no number counts as very large."""
    losses = np.asarray(losses, dtype=float)
    return _average(np.minimum(np.nan_to_num(losses, nan=1e9), 1e9), beta)
