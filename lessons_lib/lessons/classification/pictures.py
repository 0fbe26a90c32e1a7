"""Pictures of classifiers: losses, thresholds, confidence, mistakes and wrong labels."""

import itertools
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from lessons_lib.plots import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PAPER,
    PURPLE,
    VERMILLION,
    Pen,
    Picture,
    Place,
)

_BINS = 10  # of the reliability diagram


# One probability: the likelihood of labels, three losses and their slopes.


def likelihood(ax: Place, y: np.ndarray, *, p: float) -> Picture:
    """Draw how likely labels are if each is 1 with probability p, over all p.

    The labels are independent, so the likelihood is the product of p for each 1 and of
    1 − p for each 0.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Labels, 0 or 1.
    p : float
        The probability that is tried.
    """
    ones = int(np.sum(y))
    zeros = len(np.ravel(y)) - ones
    grid = np.linspace(0.01, 0.99, 197)
    curve, here = (q**ones * (1 - q) ** zeros for q in (grid, p))
    limits = (0, 1), (0, 1.15 * curve.max())
    pen = Pen(ax, "", "probability p", "likelihood of all labels", *limits)
    pen.curve("curve", grid, curve, color=BLUE, width=2.5)
    pen.here(p, here, sets=("p", ""))
    return pen.done(
        f"With p = {p:.2f}, {ones} ones and {zeros} zeros have the likelihood {here:.2g}."
    )


def label_loss(ax: Place, y: np.ndarray, *, p: float) -> Picture:
    """Draw the binary cross-entropy of labels over all p; its lowest point is their mean.

    ``y`` and ``p`` are those of `likelihood`.
    """
    mean = float(np.mean(y))
    grid = np.linspace(0.01, 0.99, 197)
    curve, here, best = (_cross_entropy(mean, q) for q in (grid, p, mean))
    pen = Pen(ax, "", "probability p", "cross-entropy (mean of −log)", (0, 1), (0, 3.5))
    pen.curve("curve", grid, curve, color=BLUE, width=2.5)
    pen.star("best", mean, best)
    pen.here(p, here, sets=("p", ""))
    return pen.done(
        f"The cross-entropy is {here:.3f}; it is lowest, {best:.3f}, at p = {mean:.2f}."
    )


def _cross_entropy(y, p):
    """Return −y log p − (1 − y) log(1 − p)."""
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def _three_losses(pen: Pen, p: float, grid: np.ndarray, losses: dict) -> tuple[float, ...]:
    """Draw three functions of a probability, mark them at p, and return their values there."""
    looks = {
        "counted error": {"color": GREY, "width": 2, "dash": ":"},
        "squared error": {"color": ORANGE, "width": 2.5, "dash": "--"},
        "cross-entropy": {"color": BLUE, "width": 2.5},
    }
    for name, look in looks.items():
        pen.curve(name, grid, losses[name](grid), label=name, **look)
    values = tuple(
        float(losses[name](p)) for name in ("cross-entropy", "squared error", "counted error")
    )
    pen.here([p] * 3, values, size=8, sets=("p", ""))
    return values


def loss_of_probability(ax: Place, *, p: float, y: int) -> Picture:
    """Draw three losses of one sample over its predicted probability.

    Cross-entropy, squared error, and the error that accuracy counts.

    Parameters
    ----------
    p : float
        Predicted probability of class 1.
    y : int
        The true class, 0 or 1.
    """
    pen = Pen(ax, "", "predicted probability p", "loss of one sample", (0, 1), (-0.1, 5))
    losses = {
        "cross-entropy": lambda q: _cross_entropy(y, q),
        "squared error": lambda q: (q - y) ** 2,
        "counted error": lambda q: np.where((q > 0.5) == bool(y), 0.0, 1.0),
    }
    values = _three_losses(pen, p, np.linspace(1e-4, 1 - 1e-4, 400), losses)
    pen.legend("above", columns=3)
    return pen.done(
        f"The truth is {y} and p = {p:.2f}: cross-entropy {values[0]:.2f}, "
        f"squared error {values[1]:.2f}, counted error {values[2]:.0f}."
    )


def slope_of_loss(ax: Place, *, p: float, y: int) -> Picture:
    """Draw dL/dz of the losses of `loss_of_probability`, where p = σ(z): what reaches the weights.

    For cross-entropy it is p − y, for the squared error 2 (p − y) p (1 − p), and the counted
    error has slope 0 wherever it has one.
    """
    pen = Pen(ax, "", "predicted probability p", "slope dL/dz", (0, 1), (-1.1, 1.1))
    slopes = {
        "cross-entropy": lambda q: q - y,
        "squared error": lambda q: 2 * (q - y) * q * (1 - q),
        "counted error": lambda q: 0.0 * q,
    }
    values = _three_losses(pen, p, np.linspace(0, 1, 201), slopes)
    return pen.done(
        f"Slopes: cross-entropy {values[0]:+.2f}, squared error {values[1]:+.2g}, counted error 0."
    )


# Thresholds. In all three ``y`` holds true classes, 0 or 1, and ``p`` predicted probabilities of
# class 1, both of shape (n_samples,).


def _judged(y, p, threshold) -> np.ndarray:
    """Return true and false positives, false and true negatives at one threshold or at many."""
    said, y = np.ravel(p) >= np.asarray(threshold)[..., None], np.ravel(y) > 0.5
    return np.array(
        [np.sum(part, axis=-1) for part in (said & y, said & ~y, ~said & y, ~said & ~y)]
    )


def _scores(tp, fp, fn):
    """Return precision, recall and F1, each 0 where there is nothing, as in scikit-learn."""
    whole = tp + fp, tp + fn, 2 * tp + fp + fn
    return np.array([tp, tp, 2 * tp]) / np.maximum(whole, 1)


def confusion_matrix(
    ax: Place,
    y: np.ndarray,
    p: np.ndarray,
    *,
    threshold: float,
    miss_cost: float = 1.0,
    classes: tuple[str, str] = ("benign", "malignant"),
) -> Picture:
    """Draw how many of each class are called what at a threshold, and what that costs.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        True classes, 0 or 1.
    p : ndarray of shape (n_samples,)
        Predicted probabilities of class 1.
    threshold : float
        From which probability on a sample is called class 1.
    miss_cost : float
        What a missed sample of class 1 costs, in false alarms.
    classes : tuple of str
        Names of class 0 and 1.
    """
    tp, fp, fn, tn = _judged(y, p, threshold)
    pen = Pen(ax, "Confusion matrix", "", "", (-0.28, 2), (-0.62, 2), bare=True)
    # Row by row from below: truly class 1, truly class 0; the model's word from left to right.
    cells = [[("fn", fn, "missed"), ("tp", tp, "found")],
             [("tn", tn, "right"), ("fp", fp, "false alarms")]]  # fmt: skip
    shade = np.sqrt(np.array([[fn, tp], [tn, fp]]) / max(len(np.ravel(y)), 1))
    sign = np.array([[1, -1], [-1, 1]])  # right answers blue, wrong ones orange
    look = {"colors": "RdBu_r", "limits": (-2, 2), "smooth": False}
    pen.image("shade", shade * sign, (0, 2, 0, 2), **look)
    for row, pair in enumerate(cells):
        for column, (name, count, word) in enumerate(pair):
            middle = column + 0.5
            look = {"anchor": "center", "color": "#222222"}  # the ground is pale in every theme
            pen.text(f"{name} count", middle, row + 0.56, f"{count}", size=19, **look)
            pen.text(f"{name} word", middle, row + 0.22, word, size=10, **look)
    cost = fp + miss_cost * fn
    words = f"cost {fp} + {miss_cost:g} × {fn} = {cost:g}"
    pen.text("cost", 1, -0.44, words, size=11, anchor="center")
    for number, name in enumerate(classes):
        look = {"anchor": "center", "size": 10}
        pen.text(f"says {number}", number + 0.5, -0.13, f"says {name}", **look)
        pen.text(f"is {number}", -0.13, 1.5 - number, f"is {name}", turn=90, **look)
    return pen.done(
        f"At the threshold {threshold:.2f} the model finds {tp} of {tp + fn} and gives {fp} false "
        f"alarms; at {miss_cost:g} per miss the cost is {cost:g}."
    )


def threshold_scores(
    ax: Place, y: np.ndarray, p: np.ndarray, *, threshold: float, miss_cost: float = 1.0
) -> Picture:
    """Draw precision, recall, F1 and cost over all thresholds, and name the cheapest.

    The cost is drawn relative to its highest value.

    All parameters are those of `confusion_matrix`.
    """
    grid = np.linspace(0.01, 0.99, 99)
    tp, fp, fn, _ = _judged(y, p, grid)
    cost = fp + miss_cost * fn
    precision, recall, f1 = _scores(tp, fp, fn)
    pen = Pen(ax, "", "threshold", "score or relative cost", (0, 1), (0, 1.04))
    scaled = cost / max(cost.max(), 1)
    pen.curve("cost", grid, scaled, color=GREY, width=2, dash=":", label="cost")
    pen.curve("precision", grid, precision, color=ORANGE, width=2, dash="--", label="precision")
    pen.curve("recall", grid, recall, color=GREEN, width=2, dash="-.", label="recall")
    pen.curve("f1", grid, f1, color=BLUE, width=2.5, label="F1")
    look = {"color": VERMILLION, "width": 2, "dash": "-", "zorder": 4}
    pen.mark_x("here", threshold, sets=("threshold", ""), **look)
    pen.legend("above", columns=4, sample=1.2, size=8.5)
    here = _scores(*_judged(y, p, threshold)[:3])
    return pen.done(
        f"Precision {here[0]:.2f}, recall {here[1]:.2f}, F1 {here[2]:.2f}. "
        f"Cheapest is the threshold {grid[np.argmin(cost)]:.2f}."
    )


def roc_curve(ax: Place, y: np.ndarray, p: np.ndarray, *, threshold: float) -> Picture:
    """Draw recall against the false-positive rate, for all thresholds (ROC).

    The area under it, AUC, is the fraction of all pairs of one sample of each class in which the
    sample of class 1 has the higher probability; a tie counts half (Hanley & McNeil, 1982).
    The parameters are those of `confusion_matrix`; both classes are present.
    """
    tp, fp, fn, tn = _judged(y, p, np.append(np.inf, np.unique(p)[::-1]))
    alarms, recall = fp / (fp + tn), tp / (tp + fn)
    area = float(np.sum(np.diff(alarms) * (recall[1:] + recall[:-1]) / 2))
    tp, fp, fn, tn = _judged(y, p, threshold)
    here = fp / (fp + tn), tp / (tp + fn)
    limits = (-0.03, 1.03), (-0.03, 1.03)
    words = "false-positive rate", "recall (true-positive rate)"
    pen = Pen(ax, f"ROC, AUC {area:.3f}", *words, *limits, equal=True)
    pen.curve("chance", [0, 1], [0, 1], color=GREY, width=1.5, dash=":")
    pen.curve("roc", alarms, recall, color=BLUE, width=2.5)
    pen.here(*here, clip=False)
    return pen.done(
        f"On the ROC curve: recall {here[1]:.0%} at a false-positive rate of {here[0]:.0%}; "
        f"AUC {area:.3f}."
    )


# Confidence.


def reliability(
    ax: Place, logits: np.ndarray, y: np.ndarray, *, temperature: float = 1.0
) -> Picture:
    """Draw how often a classifier is right where it says that it is so sure.

    Samples are put into ten bins by confidence, the highest probability. The expected
    calibration error (Naeini et al., 2015) is the mean distance between confidence and accuracy of
    the bins, weighted by their sizes; the sentence gives it. In each bar stands the number of
    its samples: few say little.

    Parameters
    ----------
    logits : ndarray of shape (n_samples, n_classes)
        The numbers before the softmax.
    y : ndarray of shape (n_samples,)
        True classes.
    temperature : float
        What the logits are divided by (Guo et al., 2017).
    """
    z = np.asarray(logits, dtype=float) / temperature
    right = z.argmax(axis=1) == np.ravel(y).astype(int)
    confidence = 1 / np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1)
    place = np.clip(np.ceil(confidence * _BINS).astype(int) - 1, 0, _BINS - 1)
    counts = np.bincount(place, minlength=_BINS)
    accuracy, sure = (
        np.bincount(place, weights=values, minlength=_BINS) / np.maximum(counts, 1)
        for values in (right, confidence)
    )
    error = float(np.sum(counts * np.abs(accuracy - sure)) / max(len(right), 1))
    words = "confidence: how sure", "accuracy: fraction right"
    pen = Pen(ax, "", *words, (0, 1), (0, 1.1))
    pen.bars("accuracy", accuracy, np.linspace(0, 1, _BINS + 1), color=BLUE, alpha=0.55)
    promise = {"color": INK, "width": 1.5, "dash": "--", "label": "as promised"}
    pen.curve("promise", [0, 1], [0, 1], **promise)
    some = counts > 0
    pen.dot("bins", sure[some], accuracy[some], color=VERMILLION, size=7, label="each bin")
    for bin_ in np.flatnonzero(some):
        look = {"anchor": "bottom", "size": 8}
        pen.text(f"count {bin_}", (bin_ + 0.5) / _BINS, 0.01, f"{counts[bin_]}", **look)
    pen.legend("above", columns=2)
    return pen.done(
        f"At temperature {temperature:.2f} the network is {confidence.mean():.1%} sure on average "
        f"and {right.mean():.1%} right; calibration error {error:.3f}."
    )


def temperature_loss(
    ax: Place, logits: np.ndarray, y: np.ndarray, *, temperature: float = 1.0
) -> Picture:
    """Draw the cross-entropy over all temperatures; accuracy is the same at each of them.

    The sentence gives the best temperature; the parameters are those of `reliability`.
    """
    grid = np.geomspace(0.25, 8, 41)
    logits = np.asarray(logits, dtype=float)
    logits = logits - logits.max(axis=1, keepdims=True)  # so that no power overflows
    of_truth = float(np.mean(np.take_along_axis(logits, np.ravel(y).astype(int)[:, None], axis=1)))

    def loss(place):
        return float(np.mean(np.log(np.exp(logits / place).sum(axis=1))) - of_truth / place)

    curve, here = np.array([loss(place) for place in grid]), loss(temperature)
    top = 2.5 * curve.min()
    ticks = {0.25: "¼", 0.5: "½", 1: "1", 2: "2", 4: "4", 8: "8"}
    limits = (0.25, 8), (0, 1.05 * top)
    words = "temperature T", "cross-entropy"
    pen = Pen(ax, "", *words, *limits, xlog=True, xticks=ticks)
    pen.curve("curve", grid, curve, color=BLUE, width=2.5)
    pen.here(temperature, min(here, top), sets=("temperature", ""))
    best = grid[np.argmin(curve)]
    return pen.done(
        f"On the images for choosing the cross-entropy is {here:.3f}; it is lowest at temperature "
        f"{best:.2f}."
    )


# Digits: what the network sees and answers, its mistakes, and wrong labels.


def class_bars(
    ax: Place, answer: Callable[[np.ndarray], np.ndarray], *, drawing: np.ndarray
) -> Picture:
    """Draw the probability that a model gives to each class of one image.

    The sentence gives the answer and how sure it is.

    Parameters
    ----------
    answer : callable
        Takes the drawing and returns probabilities, shape (n_classes,).
    drawing : ndarray of shape (height, width)
        The image.
    """
    p = np.ravel(answer(drawing)).astype(float)
    best, classes = int(np.argmax(p)), np.arange(len(p))
    words, limits = ("digit", "probability"), ((-0.6, len(p) - 0.4), (0, 1.12))
    pen = Pen(ax, "The network's answer", *words, *limits, xticks=range(len(p)))
    edges = np.arange(len(p) + 1) - 0.5
    pen.bars("all", p, edges, color=BLUE, alpha=0.55)
    pen.bars("best", np.where(classes == best, p, 0.0), edges, color=VERMILLION)
    pen.text("sure", best, p[best] + 0.02, f"{p[best]:.0%}", anchor="baseline", size=11)
    painted = "The" if np.any(drawing) else "Nothing is painted, and the"
    says = f"{painted} network says {best}, {p[best]:.0%} sure."
    return pen.done(says)


def seen_image(
    ax: Place, prepare: Callable[[np.ndarray], np.ndarray], *, drawing: np.ndarray, margin: int = 4
) -> Picture:
    """Draw what reaches the network of a painted image, without a sentence.

    The drawing lies over it as pale blue cells, on which more can be painted.

    Parameters
    ----------
    prepare : callable
        Takes the drawing and returns the network's input as an image, values 0 to 1: larger, and
        in the middle.
    drawing : ndarray of shape (height, width)
        What was painted: 1 where a cell is, else 0.
    margin : int
        How many pixels of the image stand free around the drawing.
    """
    image = prepare(drawing)
    pen = _framed_image(ax, "What it sees", image)
    (high, wide), (rows, columns) = np.shape(image), np.shape(drawing)
    left, right, bottom, top = margin, wide - margin, margin, high - margin
    lines = [[(x, bottom), (x, top)] for x in np.linspace(left, right, columns + 1)]
    lines += [[(left, y), (right, y)] for y in np.linspace(bottom, top, rows + 1)]
    pen.segments("cells", lines, color=FAINT, width=0.6, clip=False)
    pen.image(
        "drawing", np.where(drawing, 1.0, np.nan), (left, right, bottom, top), top_down=True,
        colors=(PAPER, BLUE), limits=(0, 1), alpha=0.5, smooth=False, zorder=1, sets="drawing",
    )  # fmt: skip
    return pen.done("")


def _framed_image(ax: Place, title: str, image: np.ndarray, below: float = 0.0) -> Pen:
    """Draw a grey image alone, and leave a fraction of its height free below it."""
    height, width = np.shape(image)
    limits = (0, width), (-below * height, height)
    pen = Pen(ax, title, "", "", *limits, equal=True, bare=True)
    pen.grey_image("image", image)
    return pen


class Browsed(Protocol):
    """What a `lessons_lib.panels.Tags` control says: which image is shown, and all tags."""

    shown: int
    kinds: Sequence[str | None]


def misread_image(
    ax: Place, images: np.ndarray, truth: np.ndarray, answers: np.ndarray, *, browse: Browsed
) -> Picture:
    """Draw one wrongly classified image with what it is and what it was taken for.

    The sentence also says which of them it is and how it is tagged.

    Parameters
    ----------
    images : ndarray of shape (n_mistakes, height, width)
        Values from 0 (background) to 1 (full ink).
    truth : ndarray of shape (n_mistakes,)
        The true classes.
    answers : ndarray of shape (n_mistakes, n_classes)
        The model's probabilities.
    browse : Browsed
        The number of the image from 0, and a tag or None for each.
    """
    shown, kind = browse.shown, browse.kinds[browse.shown]
    label, said, sure = int(truth[shown]), int(np.argmax(answers[shown])), np.max(answers[shown])
    pen = _framed_image(ax, "A mistake", images[shown], below=0.14)
    words = f"labelled {label}, taken for {said} ({sure:.0%} sure)"
    height, width = np.shape(images[shown])
    pen.text("words", width / 2, -0.07 * height, words, anchor="center", size=11)
    tag = f"tagged “{kind}”" if kind else "not tagged yet"
    return pen.done(
        f"Mistake {shown + 1} of {len(images)}: labelled {label}, "
        f"taken for {said}, {sure:.0%} sure; {tag}."
    )


def fix_ceilings(ax: Place, n_images: int, kinds: tuple[str, ...], *, browse: Browsed) -> Picture:
    """Draw the accuracy that mending every mistake of a kind would give.

    Only some of the mistakes may have been tagged; the fractions among those stand for all. The
    sentence names the fix with the highest ceiling.

    Parameters
    ----------
    n_images : int
        How many images the model has judged.
    kinds : tuple of str
        All kinds.
    browse : Browsed
        A tag or None for each mistake.
    """
    wrong = len(browse.kinds) / n_images
    tags = [kind for kind in browse.kinds if kind is not None]
    counts = [tags.count(kind) for kind in kinds]
    now, gain = 1 - wrong, wrong * np.array(counts) / max(len(tags), 1)
    limits = (now - 0.02, 1.0), (-0.6, len(kinds) - 0.4)
    pen = Pen(
        ax,
        "If all of a kind were mended",
        "accuracy",
        "kind: how many are tagged",
        *limits,
        yticks=(),
    )
    rows = np.arange(len(kinds))[::-1]
    ends = [[(now, row), (now + more, row)] for row, more in zip(rows, gain, strict=True)]
    pen.segments("gain", ends, color=BLUE, width=14, cap="butt")
    pen.mark_x("now", now, color=VERMILLION, width=2, dash="-", zorder=2)
    for row, kind, count in zip(rows, kinds, counts, strict=True):
        place = now + 0.04 * (1 - now), row + 0.34
        pen.text(f"kind {row}", *place, f"{kind}: {count}", anchor="left", size=9.5)
    if not tags:
        return pen.done(f"Nothing is tagged yet; the accuracy is {now:.1%}.")
    best = int(np.argmax(gain))
    return pen.done(
        f"{len(tags)} tagged: mending every “{kinds[best]}” would lift the accuracy from "
        f"{now:.1%} to {now + gain[best]:.1%}."
    )


def noise_curves(
    ax: Place,
    levels: np.ndarray,
    new: dict[str, np.ndarray],
    labels: dict[str, np.ndarray],
    *,
    noise: float,
    training: str,
) -> Picture:
    """Draw what wrong training labels do to the accuracy on new images with right labels.

    Parameters
    ----------
    levels : ndarray of shape (n_levels,)
        Fractions of wrong labels.
    new : dict of str to ndarray of shape (n_levels,)
        Accuracy on new images, by length of training.
    labels : dict of str to ndarray of shape (n_levels,)
        Fraction of the training labels, wrong ones included, that the network has learnt to repeat.
    noise : float
        The fraction that is looked at, one of ``levels``.
    training : str
        Which entry of the dictionaries to draw.
    """
    levels, new, labels = (np.asarray(v) for v in (levels, new[training], labels[training]))
    here = int(np.argmin(np.abs(levels - noise)))
    limits = (-0.03, levels.max() + 0.03), (0, 1.04)
    words = "fraction of wrong training labels", "fraction of labels or images"
    pen = Pen(ax, "", *words, *limits)
    honest = {"color": GREY, "width": 1.5, "dash": ":", "label": "labels right"}
    pen.curve("honest", levels, 1 - levels, **honest)
    repeated = {"color": ORANGE, "width": 2, "dash": "--", "marker": "^", "size": 5}
    pen.curve("labels", levels, labels, label="labels repeated", **repeated)
    look = {"color": BLUE, "width": 2.5, "marker": "o", "size": 5, "label": "new images right"}
    pen.curve("new", levels, new, **look)
    look = {"color": VERMILLION, "width": 2, "dash": "-", "zorder": 4}
    pen.mark_x("here", levels[here], sets=("noise", ""), **look)
    pen.legend("above", columns=3, size=8.5)
    return pen.done(
        f"With {levels[here]:.0%} of the training labels wrong, {new[here]:.1%} of the new "
        f"images are still recognised; {labels[here]:.0%} of the labels are repeated."
    )


def labelled_images(
    ax: Place,
    images: np.ndarray,
    truth: np.ndarray,
    labels: np.ndarray,
    turn: np.ndarray,
    *,
    noise: float,
) -> Picture:
    """Draw images with the labels that a network gets to see; wrong ones stand out.

    The sentence counts them among those shown.

    Parameters
    ----------
    images : ndarray of shape (n_images, height, width)
        Values from 0 (background) to 1 (full ink).
    truth, labels : ndarray of shape (n_images,)
        The true classes, and the wrong ones that may take their place.
    turn : ndarray of shape (n_images,)
        At which fraction of wrong labels each image gets its wrong label.
    noise : float
        The fraction of wrong labels.
    """
    columns, (count, height, width) = 6, np.shape(images)
    rows = -(-count // columns)
    step_x, step_y = 1.25 * width, 1.5 * height
    limits = (0, columns * step_x), (0, rows * step_y + 0.1 * height)
    pen = Pen(ax, "What it is told", "", "", *limits, equal=True, bare=True)
    wrong = np.asarray(turn) < noise
    boxes, words = [], []
    for number, image in enumerate(images):
        row, column = divmod(number, columns)
        left, bottom = column * step_x, (rows - 1 - row) * step_y
        pen.grey_image(f"image {number}", image, left, bottom)
        word = f"{int(labels[number])}!" if wrong[number] else f"{int(truth[number])}"
        look = {"color": VERMILLION if wrong[number] else INK, "anchor": "bottom", "size": 11}
        pen.text(f"label {number}", left + width / 2, bottom + height, word, **look)
        boxes.append((left, left + width, bottom, bottom + height))
        words.append(f"is {int(truth[number])}, told to be {word}")
    pen.lens("images", boxes, words)
    return pen.done(f"{int(wrong.sum())} of the {count} labels shown are wrong.")


def capacity_by_classes(ax: Place, units: list[int], accuracy: dict[int, list[float]]) -> Picture:
    """Draw accuracy over the width of the hidden layer, one line for each number of classes.

    The sentence says what the narrowest network loses with the fewest and the most classes.

    Parameters
    ----------
    units : list of int
        Hidden units.
    accuracy : dict of int to list of float
        By number of classes, the accuracy with each of ``units``.
    """
    axes = {"ylim": (0.5, 1.03), "xlog": 2, "xticks": {unit: str(unit) for unit in units}}
    pen = Pen(ax, "", "hidden units (each step doubles)", "accuracy on new images", **axes)
    looks = itertools.cycle([(BLUE, "-", "o"), (ORANGE, "--", "^"), (PURPLE, "-.", "s")])
    for (classes, values), (color, dash, marker) in zip(accuracy.items(), looks, strict=False):
        look = {"color": color, "dash": dash, "marker": marker, "width": 2.5, "size": 7}
        pen.curve(f"{classes}", units, values, label=f"{classes} classes", **look)
    pen.legend("lower right")
    few, most = min(accuracy), max(accuracy)
    losses = [values[-1] - values[0] for values in (accuracy[few], accuracy[most])]
    return pen.done(
        f"From {units[-1]} to {units[0]} hidden units {few} classes lose ≈ {100 * losses[0]:.0f} "
        f"points of accuracy, {most} classes ≈ {100 * losses[1]:.0f}."
    )
