"""Pictures of two tasks on one body: the labels of both, and who reads digits better."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lessons_lib.lessons.beyond.share import BOXES, NOT_READ
from lessons_lib.plots import BLUE, GREY, INK, VERMILLION, Pen, Picture, Place, compared_curves

_COLUMNS, _ROOM = 4, 10.5  # images in a row; pixels from one to the next


def two_labels(
    ax: Place, images: np.ndarray, digits: np.ndarray, read: np.ndarray, box: np.ndarray
) -> Picture:
    """Draw a few images with both labels below: first some that were read, then some that were not.

    A box in which the digit does not belong is orange. The sentence counts over all images.

    Parameters
    ----------
    images : ndarray of shape (n_samples, 8, 8)
    digits : ndarray of shape (n_samples,)
        Which they are.
    read, box : ndarray of shape (n_samples,)
        The labels, as `lessons_lib.lessons.beyond.share.Labels`.
    """
    known = read != NOT_READ
    shown = [*np.flatnonzero(known)[:_COLUMNS], *np.flatnonzero(~known)[: 2 * _COLUMNS]]
    rows = -(-len(shown) // _COLUMNS)
    limits = (-1, _COLUMNS * _ROOM), (-(rows - 1) * 1.25 * _ROOM - 4, 9)
    pen = Pen(ax, "The two labels of some images", "", "", *limits, equal=True, bare=True)
    for place, number in enumerate(shown):
        left, bottom = place % _COLUMNS * _ROOM, -(place // _COLUMNS) * 1.25 * _ROOM
        pen.grey_image(f"image {place}", images[number], left, bottom)
        right = box[number] == digits[number] // 2
        word = str(read[number]) if known[number] else "?"
        pen.text(f"digit {place}", left + 1.5, bottom - 0.4, word, size=10, anchor="top center",
                 color=INK if known[number] else GREY)  # fmt: skip
        pen.text(f"box {place}", left + 5.5, bottom - 0.4, BOXES[box[number]], size=10,
                 anchor="top center", color=INK if right else VERMILLION)  # fmt: skip
    wrong = int(np.sum(box != digits // 2))
    return pen.done(
        f"Of {len(digits):,} images {int(known.sum())} have their digit as a label, the others a "
        f"question mark; all have a box, and {wrong:,} of them lie in a wrong one."
    )


def reading(ax: Place, runners: Mapping[str, Any]) -> Picture:
    """Draw which fraction of the validation digits each network reads right, over the steps.

    Parameters
    ----------
    runners : dict of str to LiveTrainer
        With a head for the digit alone, or with two.
    """
    histories = {}
    for name, runner in runners.items():
        history = runner.history
        right = history.get("val_digit_accuracy", history.get("val_accuracy"))
        histories[name] = {"step": history["step"], "val_accuracy": right}
    return compared_curves(ax, histories, quantity="val_accuracy", title="Digits read right")


def gain_by_draw(ax: Place, gains: Mapping[str, np.ndarray]) -> Picture:
    """Draw what a second head adds in each draw, a row of points for each kind of second label.

    The sentence says the mean of each, and in how many draws it helped.

    Parameters
    ----------
    gains : dict of str to ndarray of shape (draws, 2)
        As `lessons_lib.lessons.beyond.share.gains` returns, by what the second label is.
    """
    added = {name: 100 * (pairs[:, 1] - pairs[:, 0]) for name, pairs in gains.items()}
    reach = max(5.0, max(float(np.abs(values).max()) for values in added.values())) * 1.15
    pen = Pen(
        ax, "What the second head adds", "more digits read right, in % of the test set", "",
        (-reach, reach), (-0.6, len(added) - 0.4), yticks=[],
    )  # fmt: skip
    pen.segments("nothing", [[(0, -0.6), (0, len(added) - 0.4)]], color=GREY, width=1)
    sentences = []
    for row, (name, values) in enumerate(reversed(added.items())):
        places = np.stack([values, np.full(len(values), row)], axis=1)
        pen.points(f"draws {name}", places, color=BLUE, size=6)
        mean = float(values.mean())
        pen.segments(f"mean {name}", [[(mean, row - 0.2), (mean, row + 0.2)]], color=INK, width=2)
        pen.text(f"row {name}", -reach, row + 0.28, f" {name}", size=10, anchor="left")
        better = f"better in {int(np.sum(values > 0))} of {len(values)} draws"
        sentences.append(f"{name}: {mean:+.1f} on average, {better}")
    return pen.done(f"{'; '.join(reversed(sentences))}.")
