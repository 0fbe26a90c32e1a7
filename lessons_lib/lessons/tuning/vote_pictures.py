"""Pictures of votes, and of rules of thumb put to the test."""

from collections.abc import Mapping, Sequence

import numpy as np

from lessons_lib.lessons.tuning import rules, votes
from lessons_lib.plots import (
    BLUE,
    DIVERGING,
    GREY,
    MARKERS,
    VERMILLION,
    Pen,
    Picture,
    Place,
    class_points,
    series,
)

_ON_PALE = "#222222"  # letters and lines on data's own colours, which are pale in every theme
_GOOD_TO_BAD = ("#D3EBF7", "#F7F3EC", "#F3BE96")


# Votes.


def council_boundary(
    ax: Place, council: votes.Council, *, voters: int, vote: str = votes.KINDS[0]
) -> Picture:
    """Draw the boundary of the first so many voters together, and theirs one by one, pale.

    The sentence compares the vote's accuracy on new points with what they reach alone.

    Parameters
    ----------
    council : votes.Council
        What all voters say.
    voters : int
        How many of them vote.
    vote : str
        One of ``votes.KINDS``.
    """
    said, axes = council.over_plane[:voters], (council.x_axis, council.y_axis)
    together = council.vote(said, vote)
    limits = [(axis[0], axis[-1]) for axis in axes]
    pen = Pen(ax, "", "x₁", "x₂", *limits, equal=True)
    look = {"colors": DIVERGING, "limits": (0, 1), "alpha": 0.75}
    pen.image("vote", together, (*limits[0], *limits[1]), **look)
    for number, one in enumerate(said):
        pen.level(f"voter {number}", *axes, one, 0.5, width=0.6, alpha=0.45)
    pen.level("together", *axes, together, 0.5, width=2.4)
    class_points(pen, council.X, council.y)
    right, mean = council.right(voters, vote), council.alone[:voters].mean()
    if voters == 1:
        return pen.done(f"One network is right on {right:.1%} of the new points.")
    return pen.done(
        f"{voters} voters: alone they are right on {mean:.1%} of the new points on average, "
        f"together on {right:.1%}."
    )


def council_accuracy(ax: Place, council: votes.Council, *, voters: int) -> Picture:
    """Draw how often a vote is right by the number of voters: different ones, copies, and chance.

    The dotted line is what voters of the same accuracy would reach whose mistakes have nothing to
    do with each other.

    Parameters
    ----------
    council, voters
        As for `council_boundary`.
    """
    numbers = np.arange(1, len(council.on_new) + 1)
    by_number, mean = council.by_number(), float(council.alone.mean())
    low = min(float(council.alone.min()), mean) - 0.01
    labels = "number of voters", "accuracy on new points"
    pen = Pen(ax, "", *labels, (0.3, len(numbers) + 0.7), (low, 1.005), whole_x=True,
              yformat="percent")  # fmt: skip
    odd = numbers[::2]
    pen.curve("independent", odd, votes.if_independent(mean, odd), color=GREY, dash=":", width=1.5,
              label="if mistakes were independent")  # fmt: skip
    pen.curve("different", numbers, by_number, color=BLUE, width=2.5, label="different seeds")
    pen.curve("copies", numbers, np.full(len(numbers), mean), color=VERMILLION, dash="--", width=2,
              label="copies of one")  # fmt: skip
    pen.dot("alone", np.ones(len(numbers)), council.alone, color=BLUE, size=4, alpha=0.5)
    pen.here(voters, by_number[voters - 1], sets=("voters", ""))
    pen.legend("above", columns=3)
    if voters == 1:
        return pen.done(f"One network is right on {mean:.1%} of the new points on average.")
    return pen.done(
        f"{voters} voters with different seeds are together right on {by_number[voters - 1]:.1%} "
        f"of the new points on average, {voters} copies of one on {mean:.1%}."
    )


# Rules of thumb.


def depth_and_remedy(
    ax: Place, tried: Mapping[int, rules.Tried], *, seeds: int, measure: str = "loss"
) -> Picture:
    """Draw what each remedy gives on the test set at each depth, with its standard error.

    Framed is, of each kind of remedy, the strength with the lowest validation loss: that one
    counts. The sentence compares weight penalty and dropout at each depth.

    Parameters
    ----------
    tried : dict of int to rules.Tried
        What became of ``rules.REMEDIES``, by the number of hidden layers.
    seeds : int
        How many seeds of each are looked at.
    measure : str
        One of ``rules.MEASURES``.
    """
    depths, count = list(tried), len(rules.REMEDIES)
    mean = np.array([tried[depth].mean(measure, seeds) for depth in depths])
    error = np.array([tried[depth].error(measure, seeds) for depth in depths])
    names = {column: remedy.words for column, remedy in enumerate(rules.REMEDIES)}
    limits = (-0.5, count - 0.5), (-0.5, len(depths) - 0.5)
    pen = Pen(
        ax, "", "remedy", "hidden layers", *limits, xticks=names, tick_marks=False,
        yticks={row: f"{depth}" for row, depth in enumerate(depths)},
    )  # fmt: skip
    badness = np.log(mean) if measure == "loss" else -mean
    look = {"colors": _GOOD_TO_BAD, "limits": (badness.min(), badness.max()), "smooth": False}
    pen.image("map", badness, (*limits[0], *limits[1]), **look)
    letters = {"anchor": "center", "color": _ON_PALE}
    for (row, column), value in np.ndenumerate(mean):
        pen.text(f"mean {row} {column}", column, row + 0.14, f"{value:.3f}", size=9, **letters)
        words = "one seed" if seeds == 1 else f"± {error[row, column]:.3f}"
        pen.text(f"error {row} {column}", column, row - 0.18, words, size=7.5, **letters)
    frames = [
        _frame_of(column, row)
        for row, depth in enumerate(depths)
        for column in tried[depth].chosen(seeds).values()
    ]
    pen.segments("chosen", frames, width=2, color=_ON_PALE)
    words = [
        f"{depth} hidden layer{'s' * (depth > 1)}: {rules.verdict(one, measure, seeds)}"
        for depth, one in tried.items()
    ]
    return pen.done(" ".join(words))


def _frame_of(column: int, row: int) -> np.ndarray:
    left, right, low, high = column - 0.46, column + 0.46, row - 0.45, row + 0.45
    return np.array([(left, low), (right, low), (right, high), (left, high), (left, low)])


def loss_by_parameters(
    ax: Place, parameters: Sequence[int], tried: Mapping[str, rules.Tried], *, seeds: int,
    measure: str = "loss",
) -> Picture:  # fmt: skip
    """Draw loss or accuracy on the test set over the number of parameters, with error bars.

    Bars are two standard errors long to each side. The sentence compares the largest network with
    the best of each row.

    Parameters
    ----------
    parameters : sequence of int
        Numbers of parameters of the networks tried, ascending.
    tried : dict of str to rules.Tried
        What became of them, by what they have against overfitting.
    seeds, measure
        As for `depth_and_remedy`.
    """
    pen = Pen(ax, "", "parameters", f"{measure} on the test set", xlog=True, xformat="steps")
    words = []
    for number, (name, one) in enumerate(tried.items()):
        mean, error = one.mean(measure, seeds), np.nan_to_num(one.error(measure, seeds))
        look = series(number)
        pen.curve(name, parameters, mean, label=name, width=2, marker=MARKERS[number], **look)
        bars = [
            [(p, m - 2 * e), (p, m + 2 * e)]
            for p, m, e in zip(parameters, mean, error, strict=True)
        ]
        pen.segments(f"{name} bars", np.array(bars), color=look["color"], width=1.2)
        best = int(np.argmin(mean) if measure == "loss" else np.argmax(mean))
        words.append(
            f"{name[:1].upper()}{name[1:]}: best with {parameters[best]:,} parameters "
            f"({mean[best]:.3f}), the largest has {mean[-1]:.3f}."
        )
    pen.legend("above")
    return pen.done(" ".join(words))
