"""Pictures of how sure a score is: one split, K folds, sizes, and a series in time."""

from collections.abc import Mapping

import numpy as np

from lessons_lib.lessons.tuning import splits
from lessons_lib.plots import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    VERMILLION,
    Pen,
    Picture,
    Place,
)

_SCORE = "accuracy on the validation set"


def split_histogram(ax: Place, scores: Mapping[int, np.ndarray], *, seed: int) -> Picture:
    """Draw the scores of single splits, one for each seed so far, and mark the last.

    Parameters
    ----------
    scores : mapping of int to ndarray of shape (n_seeds,)
        As `splits.split_scores` returns it.
    seed : int
        From 1 to n_seeds.
    """
    return _histogram(ax, scores, 1, seed, "one split, 70/30", _SCORE)


def fold_histogram(
    ax: Place, scores: Mapping[int, np.ndarray], *, seed: int, folds: int
) -> Picture:
    """Draw the mean scores of K folds, one for each seed so far, on the axis of single splits.

    ``scores`` and ``seed`` are those of `split_histogram`.

    Parameters
    ----------
    folds : int
        K; ``scores`` has it.
    """
    label = f"mean accuracy over {folds} folds"
    return _histogram(ax, scores, folds, seed, f"mean of {folds} folds", label)


def _histogram(ax, scores, folds, seed, title, xlabel):
    # One bin for each score that a single split can have; means fall between them.
    singles = np.unique(scores[1])
    step = np.diff(singles).min() if len(singles) > 1 else 0.02
    every = np.concatenate([*scores.values()])
    start = singles[0] - (0.5 + np.ceil((singles[0] - every.min()) / step)) * step
    edges = np.arange(start, every.max() + step, step)
    highest = max(np.histogram(values, edges)[0].max() for values in scores.values())
    seen, now = scores[folds][:seed], scores[folds][seed - 1]
    heights = np.histogram(seen, edges)[0]
    limits = (edges[0] - step / 2, edges[-1] + step / 2), (0, 1.15 * highest)
    pen = Pen(ax, title, xlabel, "seeds with this score", *limits, xformat="percent")
    pen.bars("scores", heights, edges, color=BLUE, alpha=0.55)
    pen.mark_x("now", now, color=VERMILLION, dash="-")
    beside = now + step / 5
    pen.text("score", beside, 1.08 * highest, f"{now:.1%}", color=VERMILLION, anchor="left")
    if seed == 1:
        return pen.done(f"{title[0].upper()}{title[1:]}: seed 1 gives {now:.1%}.")
    return pen.done(
        f"{title[0].upper()}{title[1:]}: {seed} seeds of the split give {seen.min():.1%} to "
        f"{seen.max():.1%}, with a spread of {100 * seen.std():.1f} points; seed {seed} gives "
        f"{now:.1%}."
    )


_SHARES = {"70/30": (70, 30), "60/20/20": (60, 20, 20), "98/1/1": (98, 1, 1)}
_SETS = {2: ("training", "validation"), 3: ("training", "validation", "test")}
_COLORS = {"training": BLUE, "validation": VERMILLION, "test": PURPLE}


def split_sizes(ax: Place, *, rows: int) -> Picture:
    """Draw how three usual splits cut a table, and how many rows each set gets.

    Parameters
    ----------
    rows : int
        Of the whole table.
    """
    pen = Pen(ax, "", "percent of the rows", "split", (0, 100), (-0.6, 2.75),
              yticks=dict(zip((2, 1, 0), _SHARES, strict=True)), tick_marks=False)  # fmt: skip
    for y, shares in zip((2, 1, 0), _SHARES.values(), strict=True):
        starts = np.cumsum((0, *shares))
        for name, left, right in zip(_SETS[len(shares)], starts[:-1], starts[1:], strict=True):
            extent = (left, right, y - 0.22, y + 0.22)
            colour = {"colors": (_COLORS[name], _COLORS[name]), "limits": (0, 1), "alpha": 0.6}
            pen.image(f"{name} {y}", np.zeros((1, 1)), extent, smooth=False, **colour)
        counts = " / ".join(f"{rows * share // 100:,}" for share in shares)
        pen.text(f"rows {y}", 1, y + 0.36, f"{counts} rows", size=9, anchor="left")
    for name, colour in _COLORS.items():
        pen.key(name, color=colour, width=6, alpha=0.6)
    pen.legend("above", columns=3)
    least = rows // 100
    return pen.done(
        f"Of {rows:,} rows, 70/30 keeps {rows * 30 // 100:,} for validation, 60/20/20 keeps "
        f"{rows * 20 // 100:,} for validation and as many for the test, and 98/1/1 keeps {least:,}."
    )


def score_error_bar(
    ax: Place, accuracy: float, *, rows: int, percent: float = 1, seed: int = 0
) -> Picture:
    """Draw how far a test set's accuracy lies from the true one, over the size of the table.

    The band reaches two standard errors to each side; the dots are 100 test sets of this size,
    drawn at random.

    Parameters
    ----------
    accuracy : float
        The true one, that of endless rows.
    rows : int
        Of the whole table, from 1,000 to a million.
    percent : float
        Of the rows in the test set.
    seed : int
        Of the drawn test sets.
    """
    sizes = np.geomspace(1e3, 1e6, 61)
    errors = np.array([2 * splits.standard_error(accuracy, n * percent / 100) for n in sizes])
    n_test = max(round(rows * percent / 100), 1)
    here = 2 * splits.standard_error(accuracy, n_test)
    limits = (8e2, 1.25e6), (accuracy - 0.25, 1.02)
    pen = Pen(ax, "", "rows in the table", "accuracy on the test set", *limits, xlog=True,
              yformat="percent")  # fmt: skip
    for name, edge in (("lower", accuracy - errors), ("upper", accuracy + errors)):
        pen.curve(name, sizes, np.minimum(edge, 1), color=ORANGE, width=2)
    pen.mark_y("true", accuracy, color=GREY, dash="--")
    rng = np.random.default_rng(seed)
    drawn = rng.binomial(n_test, accuracy, 100) / n_test
    x = rows * np.exp(rng.uniform(-0.12, 0.12, 100))
    pen.points("drawn", np.column_stack([x, drawn]), color=BLUE, size=4, alpha=0.5)
    ends = accuracy - here, min(accuracy + here, 1)
    pen.curve("bar", [rows, rows], ends, color=VERMILLION, width=3)
    pen.here(rows, accuracy, sets=("rows", ""))
    outside = int(np.sum(np.abs(drawn - accuracy) > here + 1e-9))
    return pen.done(
        f"{percent:g} % of {rows:,} rows are {n_test:,} rows in the test set: {accuracy:.0%} "
        f"± {100 * here:.2g} points, two standard errors. Of 100 such test sets {outside} lie "
        "outside."
    )


def series_split(
    ax: Place, days: np.ndarray, level: np.ndarray, *, split: str, days_used: int = 3
) -> Picture:
    """Draw a series in time, which days are set aside, and what the nearest known days predict.

    Parameters
    ----------
    days, level : ndarray of shape (n_days,)
    split : {"shuffled", "chronological"}
    days_used : int
        How many of the nearest training days are averaged.
    """
    aside = splits.validation_days(len(days), split)
    predicted = splits.nearest_days(days[~aside], level[~aside], days[aside], days_used)
    error = float(np.mean(np.abs(predicted - level[aside])))
    pen = Pen(ax, "", "day", "level of the lake [m]", (days[0], days[-1]),
              (level.min() - 0.15, level.max() + 0.15))  # fmt: skip
    pen.points("training", np.column_stack([days, level])[~aside], color=BLUE, size=3,
               label="training")  # fmt: skip
    pen.points("validation", np.column_stack([days, level])[aside], color=VERMILLION, size=5,
               label="validation")  # fmt: skip
    pen.points("predicted", np.column_stack([days[aside], predicted]), color=INK, size=3,
               label="predicted")  # fmt: skip
    pen.legend("above", columns=3)
    return pen.done(
        f"A {split} split: {int(aside.sum())} of {len(days)} days are for validation, and the "
        f"mean of the {days_used} nearest training days is off by {error:.2f} m on average."
    )
