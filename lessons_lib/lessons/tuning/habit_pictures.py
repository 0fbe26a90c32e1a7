"""Pictures of habits put to the test: winners, votes, rules of thumb, and the run card."""

from collections.abc import Mapping, Sequence

import numpy as np

from lessons_lib.lessons.tuning import losses
from lessons_lib.lessons.tuning.curse import Winners
from lessons_lib.plots import (
    BLUE,
    GREEN,
    GREY,
    INK,
    PURPLE,
    VERMILLION,
    Pen,
    Picture,
    Place,
)

# The winner's curse.


def winners_scores(ax: Place, winners: Winners, *, tried: int) -> Picture:
    """Draw how the winners of many searches score, on validation and on test.

    Parameters
    ----------
    winners : Winners
        As `curse.search_again_and_again` returns it.
    tried : int
        How many models each search has tried.
    """
    val, test = winners.validation[:, tried - 1], winners.test[:, tried - 1]
    low = np.floor(20 * min(winners.validation.min(), winners.test.min())) / 20
    edges = np.linspace(low, 1.0, round((1 - low) * 50) + 1)
    pen = Pen(ax, "", "accuracy of the winner", "fraction of the searches", (low, 1), (0, 1))
    for name, values, color in (("validation", val, VERMILLION), ("test", test, GREEN)):
        heights = np.histogram(values, edges)[0] / len(values)
        pen.bars(name, heights, edges, color=color, alpha=0.6, label=name)
        pen.mark_x(f"mean {name}", values.mean(), color=color, width=2.5, dash="-")
    pen.legend("above", columns=2)
    return pen.done(
        f"The best of {tried}, chosen by {winners.rows} rows: accuracy {val.mean():.3f} on "
        f"validation and {test.mean():.3f} on test, on average over {len(val)} searches; in "
        f"{np.mean(test < val):.0%} of them the test is lower."
    )


def curse_grows(ax: Place, winners: Winners, *, tried: int) -> Picture:
    """Draw the winner's mean accuracy on validation and on test over the number tried.

    The parameters are those of `winners_scores`.
    """
    counts = np.arange(1, winners.validation.shape[1] + 1)
    val, test = winners.validation.mean(axis=0), winners.test.mean(axis=0)
    low = np.floor(20 * min(val.min(), test.min())) / 20
    ticks = {2**k: str(2**k) for k in range(0, 9, 2)}
    limits = (1, len(counts)), (low, 1)
    words = "models tried", "mean accuracy of the winner"
    pen = Pen(ax, "", *words, *limits, xlog=2, xticks=ticks)
    pen.validation(counts, val)
    pen.curve("test", counts, test, color=GREEN, width=2.5, label="test")
    here = [tried, tried], [val[tried - 1], test[tried - 1]]
    pen.curve("gap", *here, color=INK, width=1.5)
    pen.dot("here", *here, color=INK, size=8, sets=("tried", ""), clip=False)
    pen.legend("above", columns=2)
    gap = winners.gap[tried - 1]
    return pen.done(f"Of the winner's score, {gap:.3f} is luck that does not come along.")


# What matters most.


def knobs_matter(ax: Place, fractions: Mapping[str, float]) -> Picture:
    """Draw how much of the variance of the validation loss each hyperparameter explains alone.

    Parameters
    ----------
    fractions : dict of str to float
        From a hyperparameter's name to its fraction of the variance, from 0 to 1.
    """
    names = sorted(fractions, key=fractions.get)
    heights = [fractions[name] for name in names]
    pen = Pen(
        ax, "", "fraction of the variance explained alone", "", (0, 1), (-0.6, len(names) - 0.4),
        xformat="percent", yticks=dict(enumerate(names)), tick_marks=False,
    )  # fmt: skip
    rows = [np.array([[0, row], [value, row]]) for row, value in enumerate(heights)]
    pen.segments("bars", rows, color=BLUE, width=16, cap="butt")
    for row, value in enumerate(heights):
        beyond = value < 0.8
        look = {"anchor": "left" if beyond else "right", "size": 10}
        place = value + (0.02 if beyond else -0.02)
        look |= {} if beyond else {"color": "#FFFFFF"}
        pen.text(f"fraction {row}", place, row, f"{value:.{0 if value > 0.1 else 1}%}", **look)
    return pen.done(f"{names[-1]} explains most: {heights[-1]:.0%} of the variance.")


# Three losses and one outlier.

_LINES = {"MSE": (VERMILLION, "-"), "MAE": (GREEN, "--"), "Huber": (BLUE, "-.")}


def _three_lines(x, y, place, height, delta):
    """Return slope and intercept of three lines through the points and the outlier."""
    x, y = np.append(x, place), np.append(y, height)
    return {
        "MSE": losses.squared_line(x, y),
        "MAE": losses.absolute_line(x, y),
        "Huber": losses.huber_line(x, y, delta),
    }


def three_lines(
    ax: Place, x: np.ndarray, y: np.ndarray, *, place: float, height: float, delta: float
) -> Picture:
    """Draw the best lines by three losses through points and one more, which can be dragged.

    Parameters
    ----------
    x, y : ndarray of shape (n_samples,)
        The points that stay.
    place, height : float
        The outlier's x and y.
    delta : float
        From which error on the Huber loss grows no faster than a line.
    """
    pen = Pen(ax, "", "input x", "target y", (-0.5, 10.5), (-3, 15))
    pen.points("data", np.column_stack([x, y]), color=GREY, size=5)
    ends = np.array(pen.xlim)
    slopes = []
    for name, (slope, intercept) in _three_lines(x, y, place, height, delta).items():
        color, dash = _LINES[name]
        pen.curve(
            name, ends, slope * ends + intercept, color=color, dash=dash, width=2.5, label=name
        )
        slopes.append(f"{name} {slope:.2f}")
    look = {"color": PURPLE, "marker": "D", "edge": INK, "zorder": 5}
    pen.here(place, height, sets=("place", "height"), **look)
    pen.legend("above", columns=3)
    without = losses.squared_line(x, y)[0]
    return pen.done(f"Slopes: {', '.join(slopes)}; without the outlier MSE gives {without:.2f}.")


def price_of_an_error(
    ax: Place, x: np.ndarray, y: np.ndarray, *, place: float, height: float, delta: float
) -> Picture:
    """Draw what an error costs by three losses, and where the outlier stands on each.

    The parameters are those of `three_lines`.
    """
    pen = Pen(ax, "", "error of one point", "its cost", (-12, 12), (0, 30))
    errors = np.linspace(-12, 12, 241)
    costs = {
        "MSE": lambda e: e**2,
        "MAE": np.abs,
        "Huber": lambda e: np.where(np.abs(e) <= delta, e**2 / 2, delta * (np.abs(e) - delta / 2)),
    }
    pays = []
    for name, (slope, intercept) in _three_lines(x, y, place, height, delta).items():
        color, dash = _LINES[name]
        pen.curve(name, errors, costs[name](errors), color=color, dash=dash, width=2.5)
        error = height - slope * place - intercept
        cost = float(costs[name](error))
        pen.dot(f"pays {name}", error, min(cost, 29.5), color=color, size=9, clip=False)
        pays.append(f"{name} {cost:.1f}")
    return pen.done(f"The outlier costs {', '.join(pays)}.")


# The learning rate that falls by itself.

_NOTHING = 1e-6  # the learning rate that moves nothing any more


def plateau_losses(
    ax: Place, runs: Mapping[int, Mapping[str, Sequence[float]]], constant: Sequence[float], *,
    patience: int,
) -> Picture:  # fmt: skip
    """Draw the validation loss of a training whose learning rate falls, and of one where not.

    Parameters
    ----------
    runs : dict of int to dict
        From patience to what `plateau.train_neuron` returns.
    constant : sequence of float
        The same loss above the floor, with a learning rate that stays.
    patience : int
    """
    run = runs[patience]
    loss, rates = run["above_floor"], run["learning_rate"]
    epochs = np.arange(1, len(loss) + 1)
    every = np.concatenate([constant, *(other["above_floor"] for other in runs.values())])
    limits = (1, len(loss)), (0.7 * every.min(), 1.4 * every.max())
    words = "epoch", "validation loss above the floor"
    pen = Pen(ax, "", *words, *limits, ylog=True)
    pen.curve("constant", epochs, constant, color=GREY, width=3.5, label="rate stays")
    pen.validation(epochs, loss, label=f"patience {patience}", dash="-")
    _mark_falls(pen, rates)
    pen.legend("above", columns=2)
    ends = f"{loss[-1]:.3f} above the floor, {constant[-1]:.3f} where the rate stays"
    falls = len(_falls(rates))
    times = {0: "never falls", 1: "falls once"}.get(falls, f"falls {falls} times")
    return pen.done(
        f"With a patience of {patience} the learning rate {times}; the loss ends {ends}."
    )


def plateau_rates(
    ax: Place, runs: Mapping[int, Mapping[str, Sequence[float]]], *, patience: int
) -> Picture:
    """Draw the learning rate of each epoch.

    The parameters are those of `plateau_losses`.
    """
    rates = np.array(runs[patience]["learning_rate"])
    epochs = np.arange(1, len(rates) + 1)
    pen = Pen(ax, "", "epoch", "learning rate", (1, len(rates)), (_NOTHING, 0.3), ylog=True)
    edges = np.repeat(epochs, 2)[1:]
    pen.curve("rate", edges, np.repeat(rates, 2)[:-1], color=PURPLE, width=2.5)
    _mark_falls(pen, rates)
    end = "below 0.000001" if rates[-1] < _NOTHING else f"at {rates[-1]:.2g}"
    return pen.done(f"The learning rate ends {end}.")


def _mark_falls(pen: Pen, rates: Sequence[float]) -> None:
    """Mark the falls after which there is still something left of the learning rate."""
    for number, epoch in enumerate(_falls(rates)):
        if rates[epoch - 1] > _NOTHING:
            pen.mark_x(f"fall {number}", epoch)


def _falls(rates: Sequence[float]) -> list[int]:
    """Return the epochs that begin with a lower learning rate than the one before."""
    return [int(n) + 2 for n in np.flatnonzero(np.diff(rates) < 0)]
