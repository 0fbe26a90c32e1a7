"""Pictures of what a score is worth: splits, folds, and whose error it is."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from lessons_lib.lessons.tuning.whose_error import interval
from lessons_lib.plots import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    VERMILLION,
    Pen,
    Picture,
    Place,
)

# --- whose error? ----------------------------------------------------------------------------


class Reading(Protocol):
    """What a `lessons_lib.panels.Labels` control says: the answers so far, and if it is over."""

    count: int
    answers: Sequence[str]
    over: bool


class Counted(NamedTuple):
    """How many of how many were wrong."""

    wrong: int
    count: int


class _Gap(NamedTuple):
    """What it is called when an error is above the one before, and its colour."""

    words: str
    color: str


# Each error, and what makes it larger than the one before (Ng, 2018).
_GAPS = {
    "human": None,
    "training": _Gap("avoidable bias", BLUE),
    "training-dev": _Gap("variance", ORANGE),
    "dev": _Gap("data mismatch", PURPLE),
    "test": _Gap("overfitting to dev", GREEN),
}
# The axis of errors grows in leaps: its end, and where its numbers stand.
_AXES = {0.3: (0, 0.1, 0.2, 0.3), 0.6: (0, 0.2, 0.4, 0.6), 1.0: (0, 0.25, 0.5, 0.75, 1)}


def human_error(read: Reading, truth: np.ndarray) -> Counted | None:
    """Return how many of the answers are wrong; None as long as answers are to come.

    Parameters
    ----------
    read : Reading
        The answers, each a digit.
    truth : ndarray of shape (n_images,)
        The true digits.
    """
    if not read.over:
        return None
    count = len(read.answers)
    said = np.array([int(answer) for answer in read.answers])
    return Counted(int(np.sum(said != np.asarray(truth)[:count])), count)


def _square(images: np.ndarray) -> np.ndarray:
    """Return images as they are drawn, shape (n_images, height, width), also if each is a row."""
    side = math.isqrt(np.size(images[0]))
    return np.reshape(images, (-1, side, side))


def digit_to_read(
    ax: Place, images: np.ndarray, truth: np.ndarray, network: np.ndarray, *, read: Reading
) -> Picture:
    """Draw the digit that is to be read now; when all are read, each with its answers.

    Parameters
    ----------
    images : ndarray of shape (n_images, height, width) or (n_images, height · width)
        Values from 0 (background) to 1 (full ink), of as many rows as columns.
    truth, network : ndarray of shape (n_images,)
        The true digits, and what a network takes them for.
    read : Reading
        The answers so far.
    """
    images = _square(images)
    if read.over:
        return _digits_read(ax, images, truth, network, read.answers)
    now = len(read.answers)
    height, width = np.shape(images[now])
    limits = (0, width), (0, height)
    pen = Pen(ax, f"Digit {now + 1} of {read.count}", "", "", *limits, equal=True, bare=True)
    pen.grey_image("image", images[now] / np.max(images[now]), smooth=True)
    return pen.done(f"Digit {now + 1} of {read.count}: which is it? Press its key or its button.")


def _digits_read(ax, images, truth, network, answers) -> Picture:
    """Draw all digits that were read, with the answers of the reader; wrong ones stand out."""
    columns, count = 5, len(answers)
    _, height, width = np.shape(images)
    step, rows = 1.4 * height, -(-count // columns)
    limits = (0, columns * width), (0, rows * step)
    pen = Pen(ax, "What you have read", "", "", *limits, equal=True, bare=True)
    boxes, names = [], []
    for number, answer in enumerate(answers):
        row, column = divmod(number, columns)
        left, bottom = column * width, (rows - 1 - row) * step
        image, right = images[number], int(truth[number])
        pen.grey_image(f"image {number}", image / np.max(image), left, bottom, smooth=True)
        wrong = int(answer) != right
        words = f"{answer}, is {right}" if wrong else answer
        look = {"color": VERMILLION if wrong else INK, "anchor": "bottom", "size": 10}
        pen.text(f"answer {number}", left + width / 2, bottom + height, words, **look)
        boxes.append((left, left + width, bottom, bottom + height))
        names.append(f"is {right}, you read {answer}, the network {int(network[number])}")
    pen.lens("images", boxes, names)
    missed = int(np.sum(np.asarray(network)[:count] != np.asarray(truth)[:count]))
    return pen.done(f"Of the same {count} digits the network misreads {missed}.")


def whose_error(ax: Place, errors: Mapping[str, Counted | None], *, title: str = "") -> Picture:
    """Draw up to five error rates, one below the other, and name each gap between two of them.

    A thin line says between which ends the rate lies
    (95 %). What a rate has above the one before is coloured and named: Ng (2018), "Machine
    Learning Yearning", chapters 22 to 43.

    Parameters
    ----------
    errors : mapping of str to Counted or None
        Of ``"human"``, ``"training"``, ``"training-dev"``, ``"dev"`` and ``"test"``; None where it
        has not been measured.
    title : str
        Title of the picture.
    """
    known = {name: counted.wrong / counted.count for name, counted in errors.items() if counted}
    ends = {name: interval(*errors[name]) for name in known}
    highest = max((high for _, high in ends.values()), default=0.0)
    top = next(end for end in _AXES if highest < end or end == 1)
    names = list(_GAPS)
    limits = (0, top), (-0.5, len(names) - 0.2)
    pen = Pen(ax, title, "error rate", "", *limits, yticks=(), xformat="percent", xticks=_AXES[top])
    gaps = {
        name: known[name] - known[before]
        for before, name in itertools.pairwise(names)
        if before in known and name in known
    }
    largest = max(gaps, key=gaps.get, default=None)
    for row, name in zip(range(len(names))[::-1], names, strict=True):
        if name in known:
            low = rate = known[name]
            if gaps.get(name, 0) > 0:
                low -= gaps[name]
                look = {"color": _GAPS[name].color, "width": 12, "cap": "butt", "zorder": 1}
                pen.segments(f"{name} gap", [[(low, row), (rate, row)]], **look)
            look = {"color": GREY, "width": 12, "cap": "butt", "zorder": 1}
            pen.segments(f"{name} base", [[(0, row), (low, row)]], **look)
            pen.segments(f"{name} ends", [[(end, row) for end in ends[name]]], width=1.2)
        said = f"{name} {known[name]:.1%}" if name in known else f"{name}: not measured yet"
        at = {"parts": "x", "size": 9.5}
        pen.text(name, 0.015, row + 0.42, said, anchor="left", **at)
        if name in gaps:
            chosen = name == largest and gaps[name] > 0
            look = {"color": VERMILLION if chosen else INK, "anchor": "right"}
            pen.text(
                f"{name} words", 0.985, row + 0.42, _gap_in_words(name, gaps[name]), **at, **look
            )
    lines = [[(0, row + 0.66), (top, row + 0.66)] for row in range(len(names) - 1)]
    pen.segments("rows", lines, color=FAINT, width=0.8, zorder=0)
    return pen.done(_diagnosis(errors, known, ends, gaps, largest))


def _gap_in_words(name: str, gap: float) -> str:
    """Return what a gap is called and how large it is, or that there is none."""
    words = _GAPS[name].words
    return f"{words} +{100 * gap:.1f}" if gap > 0 else f"no {words}"


def _diagnosis(errors, known, ends, gaps, largest) -> str:
    """Return what five error rates say."""
    rates = ", ".join(f"{name} {rate:.1%}" for name, rate in known.items() if name != "human")
    said = [f"Errors: {rates}."] if rates else []
    if "human" in known:
        wrong, count = errors["human"]
        low, high = ends["human"]
        said.insert(0, f"You misread {wrong} of {count}: {known['human']:.0%}, from {low:.0%} to "
                       f"{high:.0%}.")  # fmt: skip
    else:
        said.append(
            "Without a human error nobody knows whether the training error is high: read twenty "
            "digits."
        )
    if largest and gaps[largest] > 0:
        words = _GAPS[largest].words
        said.append(f"The largest gap, {100 * gaps[largest]:.1f} points, is {words}.")
    return " ".join(said)


def sets_of_digits(ax: Place, sets: Mapping[str, np.ndarray], *, columns: int = 6) -> Picture:
    """Draw digits of several sets, row by row, with the set's name above its first row.

    Parameters
    ----------
    sets : mapping of str to ndarray
        Images, as `digit_to_read` takes them.
    columns : int
        How many images stand in a row.
    """
    sets = {name: _square(images) for name, images in sets.items()}
    size = np.shape(next(iter(sets.values())))[-1]
    head = 0.35 * size  # above each set
    heights = [head + -(-len(images) // columns) * size for images in sets.values()]
    top = sum(heights)
    pen = Pen(ax, "", "", "", (0, columns * size), (0, top), equal=True, bare=True)
    for (name, images), height in zip(sets.items(), heights, strict=True):
        pen.text(name, 0.1 * size, top - head, name, anchor="bottom left", size=10.5)
        for number, image in enumerate(images):
            row, column = divmod(number, columns)
            bottom = top - head - (row + 1) * size
            shown = image / max(np.max(image), 1e-9)
            pen.grey_image(f"{name} {number}", shown, column * size, bottom, smooth=True)
        top -= height
    return pen.done("")


def blur_errors(
    ax: Place,
    blurs: np.ndarray,
    rates: Mapping[str, np.ndarray],
    human: Counted | None,
    read_at: float,
    *,
    blur: float,
) -> Picture:
    """Draw the error rates of networks over how blurred the digits are that they read.

    Parameters
    ----------
    blurs : ndarray of shape (n_blurs,)
        Blurs in pixels.
    rates : mapping of str to ndarray of shape (n_blurs,)
        Error rates by what the network was trained on.
    human : Counted or None
        The reader's error, if there is one.
    read_at : float
        How blurred the digits were that the reader has read.
    blur : float
        The blur that is looked at.
    """
    blurs = np.asarray(blurs, dtype=float)
    limits = (0, float(blurs[-1])), (0, 1)
    pen = Pen(ax, "", "blur of the dev digits in pixels", "error rate", *limits, yformat="percent")
    looks = ((BLUE, "-", "o"), (ORANGE, "--", "^"))
    here = int(np.argmin(np.abs(blurs - blur)))
    said = []
    for (name, rate), (color, dash, marker) in zip(rates.items(), looks, strict=False):
        look = {"color": color, "dash": dash, "marker": marker, "width": 2.5, "size": 5}
        pen.curve(name, blurs, rate, label=name, **look)
        said.append(f"{name} {rate[here]:.0%}")
    if human:
        ends = [(read_at, end) for end in interval(*human)]
        pen.segments("human ends", [ends], color=GREEN, width=2.5)
        look = {"color": GREEN, "marker": "D", "size": 8, "label": "you"}
        pen.dot("human", read_at, human.wrong / human.count, **look)
    look = {"color": VERMILLION, "width": 2, "dash": "-", "zorder": 4}
    pen.mark_x("here", blurs[here], sets=("blur", ""), **look)
    pen.legend("above", columns=3, size=9)
    return pen.done(f"Errors at a blur of {blurs[here]:.1f} pixels: {', '.join(said)}.")
