"""Pictures of what is borrowed, and of how sums are learnt."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib.lessons.beyond import borrow, sums
from lessons_lib.plots import (
    GREY,
    INK,
    MARKERS,
    PAPER,
    Pen,
    Picture,
    Place,
    series,
)

if TYPE_CHECKING:
    from lessons_lib import live

_QUESTIONS = {
    "digits 0–4": "which digit is it?",
    "labels shuffled": "which label was drawn for it?",
    "where it stands": "where does it stand?",
}
_COLUMNS = {5: 5, 20: 10, 100: 20}  # beside each other, by the number of images
_WIDE = 10.0  # the picture's width, of numbers that nobody sees


def what_is_learnt(
    ax: Place,
    runners: "Mapping[str, live.LiveTrainer]",
    training: tuple[np.ndarray, np.ndarray],
    *,
    images: int,
    source: str,
) -> Picture:
    """Draw what the source asks of five of its images, and all images of the target.

    Parameters
    ----------
    runners : dict of str to LiveTrainer
        What `borrow.three_ways` returned: their first rows are the target's images.
    training : tuple (images, labels)
        All digits; of the source some are drawn.
    images : int
        How many images the target has.
    source : str
        One of ``borrow.SOURCES``.
    """
    pen = Pen(ax, xlim=(0, _WIDE), ylim=(-0.6, 7.3), equal=True, bare=True)
    pen.text("source", 0, 7.2, f"the source asks: {_QUESTIONS[source]}", anchor="top left", size=11)
    X, y = borrow.source_task(source, *training, seed=0)
    digits = training[1][training[1] < 5]
    # One image of each digit, each in another place; the places follow one another in X.
    here = [2 * d * len(digits) + np.flatnonzero(digits == d)[0] for d in range(5)]
    sheets, answers = X[here], y[here]
    _draw_sheets(pen, "source images", sheets, 5, top=6.5)
    words = "place {}" if source == "where it stands" else "{}"
    for number, answer in enumerate(answers):
        middle = (number + 0.5) * _WIDE / 5
        said = words.format(answer)
        pen.text(f"answer {number}", middle, 4.4, said, anchor="top", size=10)
    pen.text("target", 0, 3.5, f"the target: 5 to 9, {images} images", anchor="top left", size=11)
    rows = next(iter(runners.values())).X[:images]
    _draw_sheets(pen, "target images", rows, _COLUMNS[images], top=2.8)
    return pen.done(
        f"The source asks “{_QUESTIONS[source]}”; the target, which digit from 5 to 9 it is, and "
        f"has {images} images."
    )


def _draw_sheets(pen: Pen, name: str, sheets: np.ndarray, columns: int, top: float) -> None:
    """Draw sheets in rows across the picture, each with a pale frame."""
    side = borrow.SHEET + 2
    framed = np.full((len(sheets), side, side), 0.25)
    framed[:, 1:-1, 1:-1] = sheets.reshape(-1, borrow.SHEET, borrow.SHEET)
    grid = framed.reshape(-1, columns, side, side).swapaxes(1, 2)
    grid = grid.reshape(-1, columns * side)
    bottom = top - _WIDE * len(grid) / len(grid[0])
    look = {"colors": (PAPER, INK), "limits": (0, 1), "smooth": False}
    pen.image(name, grid, (0, _WIDE, bottom, top), top_down=True, **look)


def by_number_of_images(
    ax: Place, reached: Mapping[str, Mapping[str, np.ndarray]], *, source: str
) -> Picture:
    """Draw the accuracy of the three ways by the number of images, with its spread over seeds.

    Bars are one standard deviation long to each side. The sentence tells the means.

    Parameters
    ----------
    reached : dict of dict of ndarray of shape (3, n_seeds)
        By source and way, as `borrow.compare` returns it.
    source : str
        Which source.
    """
    pen = _accuracy_pen(ax, "images of the digits 5 to 9", "accuracy on the test set", (3.5, 140))
    pen.frame(xticks={count: f"{count}" for count in borrow.COUNTS})
    _draw_ways(pen, borrow.COUNTS, reached[source], (0.93, 1.0, 1.07))
    pen.mark_y("guess", 1 / 5, color=GREY, dash=":", width=1.5)
    pen.legend("above")
    told = []
    for row, count in enumerate(borrow.COUNTS):
        means = (f"{way} {values[row].mean():.2f}" for way, values in reached[source].items())
        told.append(f"{count} images: {', '.join(means)}.")
    return pen.done(" ".join(told))


def by_number_of_pairs(ax: Place, reached: Mapping[str, np.ndarray], *, pairs: int) -> Picture:
    """Draw how many sums are right by the number of training pairs, with the spread over seeds.

    Bars are one standard deviation long to each side. The sentence tells the means at one number
    of pairs, and which labels each way has used.

    Parameters
    ----------
    reached : dict of ndarray of shape (len(sums.PAIRS), n_seeds)
        By way, as `sums.compare` returns it.
    pairs : int
        One of ``sums.PAIRS``.
    """
    label = "fraction of sums that are right"
    pen = _accuracy_pen(ax, "training pairs", label, (35, 29_000))
    pen.frame(xticks={count: f"{count:,}" for count in sums.PAIRS})
    _draw_ways(pen, sums.PAIRS, reached, (0.95, 1.0, 1.05))
    pen.mark_x("here", pairs, color=GREY)
    place = sums.PAIRS.index(pairs)
    heights = [values[place].mean() for values in reached.values()]
    pen.dot("now", [pairs] * len(heights), heights, color=INK, size=7, sets=("pairs", ""))
    pen.legend("above", columns=3)
    means = [f"{name} {values[place].mean():.0%}" for name, values in reached.items()]
    return pen.done(
        f"With {pairs:,} pairs, so many sums are right: {', '.join(means)}. Whoever reads first "
        f"has been told {2 * pairs:,} digits, the two others {pairs:,} sums and no digit."
    )


def _accuracy_pen(ax: Place, xlabel: str, ylabel: str, xlim: tuple[float, float]) -> Pen:
    return Pen(ax, "", xlabel, ylabel, xlim, (0, 1), xlog=True, yformat="percent")


def _draw_ways(
    pen: Pen, counts: Sequence[int], ways: Mapping[str, np.ndarray], beside: Sequence[float]
) -> None:
    """Draw a curve for each way, with its bars a little beside those of the others."""
    for number, ((name, values), shift) in enumerate(zip(ways.items(), beside, strict=True)):
        mean, spread = values.mean(axis=1), values.std(axis=1)
        x, look = shift * np.array(counts), series(number)
        pen.curve(name, x, mean, label=name, width=2, marker=MARKERS[number], **look)
        bars = np.stack([np.stack([x, x], 1), np.stack([mean - spread, mean + spread], 1)], axis=2)
        pen.segments(f"{name} bars", bars, color=look["color"], width=1.5)
