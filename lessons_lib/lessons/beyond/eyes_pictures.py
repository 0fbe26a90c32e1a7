"""Pictures of one digit as several networks see it, and of how they answer when it moves."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from lessons_lib import plots
from lessons_lib.lessons.beyond.eyes import SHIFTS, accuracy_by_shift, moved, shuffled
from lessons_lib.plots import Pen, Picture, Place

_SIDE = 8  # pixels of a digit
_LEFT = _SIDE / 2 + 0.9  # where the bars begin; the image has its middle at 0
_CLASS = 0.66  # from one bar to the next
_BAR = 0.58  # width of a bar
_XLIM = (-_SIDE / 2 - 0.3, _LEFT + 10 * _CLASS + 0.1)
_TRACK = -1.0  # height of the handle
_FEW = 60  # images on which a running training is asked in every frame
_CLASSES = 10


def eye(
    ax: Place,
    runners: Mapping[str, Any],
    image: int = 0,
    shift: int = 0,
    shuffle_all: bool = False,
    *,
    name: str,
    images: np.ndarray,
    labels: np.ndarray,
    order: np.ndarray,
    shuffles: Sequence[str] = (),
) -> Picture:
    """Draw one digit as a network sees it, and the probability that it gives to each class.

    The title says what it answers. The sentence says whether that is right, and how sure it is.

    Parameters
    ----------
    runners : dict of str to LiveTrainer
        The networks.
    image : int
        Which of the images.
    shift : int
        By how many pixels it is moved to the right.
    shuffle_all : bool
        Whether every network sees shuffled pixels.
    name : str
        Which network.
    images, labels : ndarray of shape (n, 8, 8, 1) and (n,)
        Digits, and which they are.
    order : ndarray of shape (64,)
        Of the pixels, where they are shuffled.
    shuffles : sequence of str
        Names of the networks that always see shuffled pixels.
    """
    mixes = shuffle_all or name in shuffles
    seen = moved(images[image : image + 1], shift)
    seen = shuffled(seen, order) if mixes else seen
    chances = np.asarray(runners[name].predict(seen)).reshape(-1)
    answer, truth = int(np.argmax(chances)), int(labels[image])
    right, sure = answer == truth, f"{chances[answer]:.0%}"
    pen = Pen(
        *(ax, f"{name}: {answer} ({sure}) {'✓' if right else '✗'}"),
        xlim=_XLIM, ylim=(-1.9, _SIDE + 0.3), equal=True, bare=True,
    )  # fmt: skip
    pen.grey_image("seen", seen.reshape(_SIDE, _SIDE), -_SIDE / 2, 0.0)
    half = _SIDE / 2
    corners = [(-half, 0), (half, 0), (half, _SIDE), (-half, _SIDE), (-half, 0)]
    pen.segments("edge", [np.array(corners, dtype=float)], color=plots.GREY, width=1)
    _handle(pen, shift, through=not mixes)
    _bars(pen, chances, truth)
    moved_by = _moved_in_words(truth, shift) if name == next(iter(runners)) else ""
    verdict = "right" if right else "wrong"
    return pen.done(f"{moved_by}{name}: {answer} ({sure}), {verdict}.")


def _handle(pen: Pen, shift: int, through: bool) -> None:
    """Draw what the digit is dragged by: a dot on its track, and a line through the digit."""
    track = np.array([[SHIFTS[0], _TRACK], [SHIFTS[-1], _TRACK]], dtype=float)
    pen.segments("track", [track], color=plots.GREY, width=1.5)
    look = {"color": plots.PURPLE, "sets": ("shift", ""), "clip": False}
    if through:
        pen.mark_x("line", shift, (0.0, _SIDE), width=1.2, dash=":", zorder=3, **look)
    pen.dot("handle", shift, _TRACK, size=9, **look)


def _bars(pen: Pen, chances: np.ndarray, truth: int) -> None:
    """Draw a bar for each class over its digit; that of the true one is green."""
    lefts = _LEFT + _CLASS * np.arange(_CLASSES)
    edges = np.column_stack([lefts, lefts + _BAR]).ravel()
    heights = np.zeros(2 * _CLASSES - 1)  # with a gap behind each but the last
    heights[::2] = _SIDE * chances
    heights[2 * truth] = 0
    pen.bars("others", heights, edges, color=plots.VERMILLION)
    own = edges[2 * truth : 2 * truth + 2]
    pen.bars("truth", np.array([_SIDE * chances[truth]]), own, color=plots.GREEN)
    for digit, left in enumerate(lefts):
        shade = plots.INK if digit == truth else plots.GREY
        # In parts of the width: words that stand close on numbers would shrink all letters.
        part = (left + _BAR / 2 - _XLIM[0]) / (_XLIM[1] - _XLIM[0])
        pen.text(f"class {digit}", part, -0.3, str(digit), color=shade, size=8, anchor="top",
                 parts="x")  # fmt: skip
    ends = np.array([[_LEFT, 0], [_LEFT + (_CLASSES - 1) * _CLASS + _BAR, 0]], dtype=float)
    pen.segments("ground", [ends], color=plots.GREY, width=1)


def _moved_in_words(digit: int, shift: int) -> str:
    if not shift:
        return f"A {digit} as it was written. "
    pixels = "1 pixel" if abs(shift) == 1 else f"{abs(shift)} pixels"
    return f"A {digit} moved {pixels} to the {'right' if shift > 0 else 'left'}. "


def kernels(ax: Place, runners: Mapping[str, Any], *, name: str) -> Picture:
    """Draw the first layer's weights of a network, as `plots.kernel_images`.

    Parameters
    ----------
    runners : dict of str to LiveTrainer
        The networks.
    name : str
        Which one.
    """
    picture = plots.kernel_images(ax, runners[name].first_kernels(), title=f"weights: {name}")
    return picture._replace(sentence="")  # what they look like is said by others than numbers


def running_shifts(
    ax: Place,
    runners: Mapping[str, Any],
    shift: int = 0,
    shuffle_all: bool = False,
    *,
    images: np.ndarray,
    labels: np.ndarray,
    order: np.ndarray,
    shuffles: Sequence[str] = (),
) -> Picture:
    """Draw how accurate networks are now when the first 60 of the images are moved sideways.

    The line stands where ``shift`` is.

    Parameters
    ----------
    runners, shift, shuffle_all, images, labels, order, shuffles
        As for `eye`.
    """
    few = slice(0, _FEW)
    scores = {}
    for name, runner in runners.items():
        mixes = shuffle_all or name in shuffles
        sees = partial(shuffled, order=order) if mixes else np.asarray
        scores[name] = accuracy_by_shift(runner.predict, images[few], labels[few], sees)[None]
    picture = shift_curves(ax, scores, shift=shift, title=f"{_FEW} digits, moved", named=False)
    return picture._replace(sentence="")


def shift_curves(
    ax: Place,
    scores: Mapping[str, np.ndarray],
    *,
    shift: int | None = None,
    title: str = "",
    named: bool = True,
) -> Picture:
    """Draw accuracies over the pixels by which all images were moved, one curve a network.

    A curve is the mean over the seeds, with a bar from the lowest to the highest. The sentence
    says how accurate each is where nothing is moved, and moved by one and two pixels.

    Parameters
    ----------
    scores : dict of str to ndarray of shape (n_seeds, 7)
        As `eyes.over_seeds` returns them, by name.
    shift : int, optional
        Where a line stands that sets the control ``shift``.
    title : str
        Title of the picture.
    named : bool
        Whether a legend names the curves.
    """
    pen = Pen(
        *(ax, title, "pixels to the right", "accuracy"), xlim=(-3.4, 3.4), ylim=(0, 1.02),
        xticks=list(SHIFTS), yticks=5, label_gap=1,
    )  # fmt: skip
    pen.mark_y("guess", 1 / _CLASSES)
    if shift is not None:
        pen.mark_x("here", shift, (0.0, 1.02), sets=("shift", ""), zorder=1)
    for number, (name, of_seeds) in enumerate(scores.items()):
        look = plots.series(number)
        if len(of_seeds) > 1:
            ends = [
                np.array([[right, low], [right, high]])
                for right, low, high in zip(SHIFTS, of_seeds.min(0), of_seeds.max(0), strict=True)
            ]
            pen.segments(f"spread {name}", ends, color=look["color"], width=1)
        marker = plots.MARKERS[number % len(plots.MARKERS)]
        pen.curve(f"by shift {name}", np.array(SHIFTS), of_seeds.mean(0), width=2, marker=marker,
                  size=5, label=name, zorder=3, **look)  # fmt: skip
    if named:
        pen.legend("above")
    return pen.done(" ".join(f"{name}: {_three(of_seeds)}." for name, of_seeds in scores.items()))


def _three(of_seeds: np.ndarray) -> str:
    """Return the mean accuracies where digits stand, and one and two pixels beside it."""
    mean, middle = of_seeds.mean(axis=0), SHIFTS.index(0)
    beside = [mean[[middle - away, middle + away]].mean() for away in (1, 2)]
    return f"{mean[middle]:.2f}, moved by one pixel {beside[0]:.2f}, by two {beside[1]:.2f}"


def three_eyes(
    names: Sequence[str],
    images: np.ndarray,
    labels: np.ndarray,
    order: np.ndarray,
    shuffles: Sequence[str] = (),
) -> list[Callable[..., Picture] | str]:
    """Return all pictures of the panel: above what each eye sees, below what it has learnt.

    Parameters
    ----------
    names : sequence of str
        Of the networks.
    images, labels, order, shuffles
        As for `eye`.
    """
    digits = {"images": images, "labels": labels, "order": order, "shuffles": tuple(shuffles)}
    above = [partial(eye, name=name, **digits) for name in names]
    below = [partial(kernels, name=name) for name in names]
    return [*above, "val_accuracy", *below, partial(running_shifts, **digits)]
