"""Pictures of classifiers: losses, thresholds, confidence, mistakes and wrong labels."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from lessons_lib.plots._pen import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILLION,
    Pen,
    Picture,
)

_EDGE = 1e-4  # how near to 0 and 1 the drawn probabilities go
_BINS = 10  # of the reliability diagram


def likelihood(ax: Axes, y: np.ndarray, *, p: float) -> Picture:
    """Draw how likely labels are if each is 1 with probability p, over all p.

    The labels are independent, so the likelihood is the product of p for each 1 and of
    1 − p for each 0.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    y : ndarray of shape (n_samples,)
        Labels, 0 or 1.
    p : float
        The probability that is tried.

    Returns
    -------
    Picture
        Its sentence gives the likelihood.
    """
    ones, zeros = _counts(y)
    grid = np.linspace(0.01, 0.99, 197)
    curve = grid**ones * (1 - grid) ** zeros
    here = p**ones * (1 - p) ** zeros
    pen = Pen(ax, "Likelihood of the labels", "probability p", "", (0, 1), (0, 1.15 * curve.max()))
    pen.line("curve", grid, curve, color=BLUE, lw=2.5)
    pen.line("here", p, here, color=VERMILLION, marker="o", ms=10, ls="", zorder=4)
    return pen.done(
        f"With p = {p:.2f}, {ones} ones and {zeros} zeros have the likelihood {here:.5f}."
    )


def label_loss(ax: Axes, y: np.ndarray, *, p: float) -> Picture:
    """Draw the binary cross-entropy of labels over all p; its lowest point is their mean.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    y : ndarray of shape (n_samples,)
        Labels, 0 or 1.
    p : float
        The probability that is tried.

    Returns
    -------
    Picture
        Its sentence gives the cross-entropy and the lowest one.
    """
    share = float(np.mean(y))
    grid = np.linspace(0.01, 0.99, 197)
    curve, here, best = (_cross_entropy(share, q) for q in (grid, p, share))
    pen = Pen(ax, "Cross-entropy", "probability p", "", (0, 1), (0, 3.5))
    pen.line("curve", grid, curve, color=BLUE, lw=2.5)
    pen.line("best", share, best, marker="*", ms=15, mfc="white", mec=BLACK, ls="")
    pen.line("here", p, here, color=VERMILLION, marker="o", ms=10, ls="", zorder=4)
    return pen.done(
        f"The cross-entropy is {here:.3f}; it is lowest, {best:.3f}, at p = {share:.2f}."
    )


def _counts(y) -> tuple[int, int]:
    ones = int(np.sum(y))
    return ones, len(np.ravel(y)) - ones


def _cross_entropy(y, p):
    """Return −y log p − (1 − y) log(1 − p)."""
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def loss_of_probability(ax: Axes, *, p: float, y: int) -> Picture:
    """Draw three losses of one sample over its predicted probability.

    Cross-entropy, squared error, and the error that accuracy counts.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    p : float
        Predicted probability of class 1.
    y : int
        The true class, 0 or 1.

    Returns
    -------
    Picture
        Its sentence gives the three losses.
    """
    grid = np.linspace(_EDGE, 1 - _EDGE, 400)
    pen = Pen(ax, "", "predicted probability p", "loss", (0, 1), (-0.1, 5))
    counted = np.where((grid > 0.5) == bool(y), 0.0, 1.0)
    pen.line("accuracy", grid, counted, color=GREY, lw=2, ls=":", label="counted error")
    pen.line("mse", grid, (grid - y) ** 2, color=ORANGE, lw=2.5, ls="--", label="MSE")
    pen.line("ce", grid, _cross_entropy(y, grid), color=BLUE, lw=2.5, label="cross-entropy")
    values = _cross_entropy(y, p), (p - y) ** 2, float((p > 0.5) != bool(y))
    pen.line("here", [p] * 3, values, color=VERMILLION, marker="o", ms=8, ls="", zorder=4)
    pen.legend("above", ncols=3)
    return pen.done(
        f"The truth is {y} and p = {p:.2f}: cross-entropy {values[0]:.2f}, "
        f"squared error {values[1]:.2f}, counted error {values[2]:.0f}."
    )


def slope_of_loss(ax: Axes, *, p: float, y: int) -> Picture:
    """Draw dL/dz of the same three losses, where p = σ(z): what reaches the weights.

    For cross-entropy it is p − y, for the squared error 2 (p − y) p (1 − p), and the counted
    error has slope 0 wherever it has one.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    p : float
        Predicted probability of class 1.
    y : int
        The true class, 0 or 1.

    Returns
    -------
    Picture
        Its sentence gives the slopes.
    """
    grid = np.linspace(0, 1, 201)
    pen = Pen(ax, "Slope dL/dz", "predicted probability p", "", (0, 1), (-1.1, 1.1))
    pen.line("accuracy", grid, 0 * grid, color=GREY, lw=2, ls=":", label="counted error")
    pen.line("mse", grid, _mse_slope(y, grid), color=ORANGE, lw=2.5, ls="--", label="MSE")
    pen.line("ce", grid, grid - y, color=BLUE, lw=2.5, label="cross-entropy")
    values = p - y, _mse_slope(y, p), 0.0
    pen.line("here", [p] * 3, values, color=VERMILLION, marker="o", ms=8, ls="", zorder=4)
    return pen.done(
        f"Slopes: cross-entropy {values[0]:+.2f}, squared error {values[1]:+.3f}, counted error 0."
    )


def _mse_slope(y, p):
    """Return d(p − y)²/dz for p = σ(z)."""
    return 2 * (p - y) * p * (1 - p)


def _judged(y, p, threshold) -> tuple[int, int, int, int]:
    """Return true positives, false positives, false negatives, true negatives."""
    y, said = np.ravel(y) > 0.5, np.ravel(p) >= threshold
    counts = (said & y, said & ~y, ~said & y, ~said & ~y)
    return tuple(int(np.sum(count)) for count in counts)


def _ratio(part, whole):
    """Return part / whole, and 0 where there is nothing, as scikit-learn does."""
    return part / whole if whole else 0.0


def _scores(tp, fp, fn) -> tuple[float, float, float]:
    """Return precision, recall and F1."""
    return _ratio(tp, tp + fp), _ratio(tp, tp + fn), _ratio(2 * tp, 2 * tp + fp + fn)


def confusion_matrix(
    ax: Axes,
    y: np.ndarray,
    p: np.ndarray,
    *,
    threshold: float,
    miss_cost: float = 1.0,
    classes: tuple[str, str] = ("no", "yes"),
) -> Picture:
    """Draw how many of each class are called what at a threshold, and what that costs.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
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

    Returns
    -------
    Picture
        Its sentence gives the four counts and the cost.
    """
    tp, fp, fn, tn = _judged(y, p, threshold)
    pen = Pen(ax, "Confusion matrix", "", "", (-0.28, 2), (-0.62, 2))
    # Row by row from the top: truly class 0, truly class 1; the model's word from left to right.
    cells = {"tn": (0, 1, tn, "right"), "fp": (1, 1, fp, "false alarms"),
             "fn": (0, 0, fn, "missed"), "tp": (1, 0, tp, "found")}  # fmt: skip
    whole = max(len(np.ravel(y)), 1)
    shade = np.array([[fn, tp], [tn, fp]]) / whole
    signs = np.array([[-1, 1], [1, -1]])  # right answers blue, wrong ones orange
    pen.image("shade", np.sqrt(shade) * -signs, (0, 2, 0, 2), cmap="RdBu_r", vmin=-2, vmax=2,
              interpolation="nearest")  # fmt: skip
    for name, (column, row, count, word) in cells.items():
        middle = {"ha": "center", "va": "center"}
        pen.text(f"{name} count", column + 0.5, row + 0.56, f"{count}", fontsize=19, **middle)
        pen.text(f"{name} word", column + 0.5, row + 0.22, word, fontsize=10, **middle)
    cost = fp + miss_cost * fn
    pen.text("cost", 1, -0.44, f"cost {fp} + {miss_cost:g} × {fn} = {cost:g}", fontsize=11,
             ha="center", va="center")  # fmt: skip
    for number, name in enumerate(classes):
        centre = {"ha": "center", "va": "center", "fontsize": 10}
        pen.text(f"says {number}", number + 0.5, -0.13, f"says {name}", **centre)
        pen.text(f"is {number}", -0.13, 1.5 - number, f"is {name}", rotation=90, **centre)
    pen.frame("", "", (-0.28, 2), (-0.62, 2))  # a new image sets limits of its own
    if ax.axison:
        ax.set_axis_off()
    return pen.done(
        f"At the threshold {threshold:.2f} the model finds {tp} of {tp + fn} and gives {fp} false "
        f"alarms; at {miss_cost:g} per miss the cost is {cost:g}."
    )


def threshold_scores(
    ax: Axes, y: np.ndarray, p: np.ndarray, *, threshold: float, miss_cost: float = 1.0
) -> Picture:
    """Draw precision, recall, F1 and cost over all thresholds.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    y : ndarray of shape (n_samples,)
        True classes, 0 or 1.
    p : ndarray of shape (n_samples,)
        Predicted probabilities of class 1.
    threshold : float
        Where we stand.
    miss_cost : float
        What a missed sample of class 1 costs, in false alarms.

    Returns
    -------
    Picture
        Its sentence gives the scores here, and the cheapest threshold.
    """
    grid = np.linspace(0.01, 0.99, 99)
    judged = np.array([_judged(y, p, place) for place in grid], dtype=float)
    _, fp, fn, _ = judged.T
    precision, recall, f1 = np.array([_scores(*row[:3]) for row in judged]).T
    cost = fp + miss_cost * fn
    pen = Pen(ax, "", "threshold", "", (0, 1), (0, 1.04))
    pen.line(
        "cost", grid, cost / max(cost.max(), 1), color=GREY, lw=2, ls=":", label="cost, scaled"
    )
    pen.line("precision", grid, precision, color=ORANGE, lw=2, ls="--", label="precision")
    pen.line("recall", grid, recall, color=GREEN, lw=2, ls="-.", label="recall")
    pen.line("f1", grid, f1, color=BLUE, lw=2.5, label="F1")
    pen.line("here", [threshold] * 2, [0, 1.04], color=VERMILLION, lw=2, zorder=4)
    pen.legend("above", ncols=4, handlelength=1.2, fontsize=8.5)
    here = _scores(*_judged(y, p, threshold)[:3])
    best = grid[np.argmin(cost)]
    return pen.done(
        f"Precision {here[0]:.2f}, recall {here[1]:.2f}, F1 {here[2]:.2f}. "
        f"Cheapest is the threshold {best:.2f}."
    )


def roc_curve(ax: Axes, y: np.ndarray, p: np.ndarray, *, threshold: float) -> Picture:
    """Draw recall against the share of false alarms, for all thresholds (ROC).

    The area under it, AUC, is the part of all pairs of one sample of each class in which the
    sample of class 1 has the higher probability; a tie counts half (Hanley & McNeil, 1982).

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    y : ndarray of shape (n_samples,)
        True classes, 0 or 1, both present.
    p : ndarray of shape (n_samples,)
        Predicted probabilities of class 1.
    threshold : float
        Where we stand.

    Returns
    -------
    Picture
        Its sentence gives the point and the AUC.
    """
    yes, no = (np.sort(np.ravel(p)[(np.ravel(y) > 0.5) == which]) for which in (True, False))
    places = np.concatenate([[np.inf], np.unique(np.ravel(p))[::-1]])
    recall = 1 - np.searchsorted(yes, places) / len(yes)
    alarms = 1 - np.searchsorted(no, places) / len(no)
    area = float(np.sum(np.diff(alarms) * (recall[1:] + recall[:-1]) / 2))
    tp, fp, fn, tn = _judged(y, p, threshold)
    here = _ratio(fp, fp + tn), _ratio(tp, tp + fn)
    pen = Pen(ax, f"ROC, AUC {area:.3f}", "false alarms / all no", "recall", (-0.03, 1), (0, 1.04))
    pen.line("chance", [0, 1], [0, 1], color=GREY, lw=1.5, ls=":")
    pen.line("roc", alarms, recall, color=BLUE, lw=2.5)
    pen.line("here", *here, color=VERMILLION, marker="o", ms=10, ls="", zorder=4, clip_on=False)
    return pen.done(
        f"On the ROC curve: {here[1]:.0%} found at {here[0]:.0%} false alarms; AUC {area:.3f}."
    )


def _confident(logits, y, temperature):
    """Return the highest probability, and whether it is right, each of shape (n_samples,)."""
    z = np.asarray(logits, dtype=float) / temperature
    right = z.argmax(axis=1) == np.ravel(y).astype(int)
    return 1 / np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1), right


def reliability(
    ax: Axes, logits: np.ndarray, y: np.ndarray, *, temperature: float = 1.0
) -> Picture:
    """Draw how often a classifier is right where it says that it is so sure.

    Samples are put into ten bins by confidence, the highest probability. The expected
    calibration error (Naeini et al., 2015) is the mean distance between confidence and accuracy of
    the bins, weighted by their sizes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    logits : ndarray of shape (n_samples, n_classes)
        The numbers before the softmax.
    y : ndarray of shape (n_samples,)
        True classes.
    temperature : float
        What the logits are divided by (Guo et al., 2017).

    Returns
    -------
    Picture
        Its sentence compares mean confidence and accuracy.
    """
    confidence, right = _confident(logits, y, temperature)
    edges = np.linspace(0, 1, _BINS + 1)
    place = np.clip(np.ceil(confidence * _BINS).astype(int) - 1, 0, _BINS - 1)
    counts = np.bincount(place, minlength=_BINS)
    filled = np.maximum(counts, 1)
    accuracy = np.bincount(place, weights=right, minlength=_BINS) / filled
    sure = np.bincount(place, weights=confidence, minlength=_BINS) / filled
    error = float(np.sum(counts * np.abs(accuracy - sure)) / max(len(right), 1))
    pen = Pen(ax, "", "how sure", "how often right", (0, 1), (0, 1.02))
    pen.bars("accuracy", accuracy, edges, color=BLUE, alpha=0.55)
    pen.line("promise", [0, 1], [0, 1], color=BLACK, lw=1.5, ls="--", label="as promised")
    some = counts > 0
    pen.line("bins", sure[some], accuracy[some], color=VERMILLION, marker="o", ms=7, ls="",
             label="each bin", zorder=4)  # fmt: skip
    pen.legend("above", ncols=2)
    return pen.done(
        f"At temperature {temperature:.2f} the network is {confidence.mean():.1%} sure on average "
        f"and {right.mean():.1%} right; calibration error {error:.3f}."
    )


def temperature_loss(
    ax: Axes, logits: np.ndarray, y: np.ndarray, *, temperature: float = 1.0
) -> Picture:
    """Draw the cross-entropy over all temperatures; accuracy is the same at each of them.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    logits : ndarray of shape (n_samples, n_classes)
        The numbers before the softmax.
    y : ndarray of shape (n_samples,)
        True classes.
    temperature : float
        Where we stand.

    Returns
    -------
    Picture
        Its sentence gives the best temperature.
    """
    grid = np.geomspace(0.25, 4, 33)
    logits = np.asarray(logits, dtype=float)
    logits = logits - logits.max(axis=1, keepdims=True)  # so that no power overflows
    of_truth = float(np.mean(np.take_along_axis(logits, np.ravel(y).astype(int)[:, None], axis=1)))

    def loss(place):
        return float(np.mean(np.log(np.exp(logits / place).sum(axis=1))) - of_truth / place)

    curve = np.array([loss(place) for place in grid])
    here = loss(temperature)
    best = grid[np.argmin(curve)]
    top = 2.5 * curve.min()
    pen = Pen(ax, "Cross-entropy", "temperature", "", (0.25, 4), (0.8 * curve.min(), top))
    if ax.get_xscale() != "log":
        ax.set_xscale("log")
        ax.set_xticks([0.25, 0.5, 1, 2, 4], ["¼", "½", "1", "2", "4"])
        ax.minorticks_off()
    pen.line("curve", grid, curve, color=BLUE, lw=2.5)
    pen.line("here", temperature, min(here, top), color=VERMILLION, marker="o", ms=10, ls="",
             zorder=4)  # fmt: skip
    return pen.done(f"Its cross-entropy is {here:.3f}; it is lowest at temperature {best:.2f}.")


def class_bars(
    ax: Axes, answer: Callable[[np.ndarray], np.ndarray], *, drawing: np.ndarray
) -> Picture:
    """Draw the probability that a model gives to each class of one image.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    answer : callable
        Takes the drawing and returns probabilities, shape (n_classes,).
    drawing : ndarray of shape (height, width)
        The image.

    Returns
    -------
    Picture
        Its sentence gives the answer and how sure it is.
    """
    p = np.ravel(answer(drawing)).astype(float)
    best = int(np.argmax(p))
    edges = np.arange(len(p) + 1) - 0.5
    limits = (-0.6, len(p) - 0.4)
    pen = Pen(ax, "The network's answer", "digit", "probability", limits, (0, 1.12))
    pen.bars("all", p, edges, color=BLUE, alpha=0.55)
    only = np.where(np.arange(len(p)) == best, p, 0.0)
    pen.bars("best", only, edges, color=VERMILLION)
    pen.text("share", best, p[best] + 0.02, f"{p[best]:.0%}", ha="center", fontsize=11)
    if len(ax.get_xticks()) != len(p):
        ax.set_xticks(np.arange(len(p)))
    if not np.any(drawing):
        return pen.done(f"Nothing is painted, and the network says {best}, {p[best]:.0%} sure.")
    return pen.done(f"The network says {best}, {p[best]:.0%} sure.")


def seen_image(
    ax: Axes, prepare: Callable[[np.ndarray], np.ndarray], *, drawing: np.ndarray
) -> Picture:
    """Draw what reaches the network of a painted image.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    prepare : callable
        Takes the drawing and returns the network's input as an image, values 0 to 1.
    drawing : ndarray of shape (height, width)
        What was painted.

    Returns
    -------
    Picture
        Without a sentence: the one of `class_bars` says it all.
    """
    _show_image(pen := Pen(ax, "What it sees"), "image", prepare(drawing))
    return pen.done("")


def _show_image(pen: Pen, name: str, image: np.ndarray, below: float = 0.0) -> None:
    """Draw a grey image with square pixels, and leave a part of its height free below it."""
    height, width = np.shape(image)
    pen.frame(xlim=(0, width), ylim=(-below * height, height), equal=True)
    pen.image(name, np.clip(image, 0, 1), (0, width, 0, height), cmap="gray_r", vmin=0, vmax=1,
              origin="upper", interpolation="nearest")  # fmt: skip
    if pen.ax.axison:
        pen.ax.set_axis_off()


def mistake(
    ax: Axes, images: np.ndarray, truth: np.ndarray, answers: np.ndarray, *, browse
) -> Picture:
    """Draw one wrongly classified image with what it is and what it was taken for.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    images : ndarray of shape (n_mistakes, height, width)
        Values from 0 (background) to 1 (full ink).
    truth : ndarray of shape (n_mistakes,)
        The true classes.
    answers : ndarray of shape (n_mistakes, n_classes)
        The model's probabilities.
    browse : lessons_lib.panels.Tags value
        ``browse.shown`` is the number of the image from 0, ``browse.kinds`` all tags.

    Returns
    -------
    Picture
        Its sentence says which mistake it is and how it is tagged.
    """
    shown = browse.shown
    said, sure = int(np.argmax(answers[shown])), float(np.max(answers[shown]))
    pen = Pen(ax, "A mistake")
    _show_image(pen, "image", images[shown], below=0.14)
    words = f"labelled {int(truth[shown])}, taken for {said} ({sure:.0%} sure)"
    height, width = np.shape(images[shown])
    pen.text("words", width / 2, -0.07 * height, words, ha="center", va="center", fontsize=11)
    kind = browse.kinds[shown]
    tag = f"tagged “{kind}”" if kind else "not tagged yet"
    return pen.done(
        f"Mistake {shown + 1} of {len(images)}: labelled {int(truth[shown])}, "
        f"taken for {said}, {sure:.0%} sure; {tag}."
    )


def fix_ceilings(ax: Axes, n_images: int, kinds: tuple[str, ...], *, browse) -> Picture:
    """Draw the accuracy that mending every mistake of a kind would give.

    Only some of the mistakes may have been tagged; the shares among those stand for all.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    n_images : int
        How many images the model has judged.
    kinds : tuple of str
        All kinds.
    browse : lessons_lib.panels.Tags value
        ``browse.kinds`` holds the tag of each mistake, None where there is none.

    Returns
    -------
    Picture
        Its sentence names the fix with the highest ceiling.
    """
    mistakes = len(browse.kinds)
    tags = [kind for kind in browse.kinds if kind is not None]
    now = 1 - mistakes / n_images
    counts = np.array([tags.count(kind) for kind in kinds])
    gain = mistakes / n_images * counts / max(len(tags), 1)
    pen = Pen(ax, "If all of a kind were mended", "accuracy", "", (now - 0.02, 1.0),
              (-0.6, len(kinds) - 0.4))  # fmt: skip
    rows = np.arange(len(kinds))[::-1]
    ends = [[(now, row), (now + more, row)] for row, more in zip(rows, gain, strict=True)]
    pen.segments("gain", ends, colors=BLUE, linewidths=14, capstyle="butt")
    pen.line("now", [now] * 2, [-0.6, len(kinds) - 0.4], color=VERMILLION, lw=2)
    for row, kind, count in zip(rows, kinds, counts, strict=True):
        words = f"{kind}: {count}"
        pen.text(
            f"kind {row}", now + 0.04 * (1 - now), row + 0.34, words, va="center", fontsize=9.5
        )
    if ax.get_yticks().size:
        ax.set_yticks([])
    if not tags:
        return pen.done(f"Nothing is tagged yet; the accuracy is {now:.1%}.")
    best = int(np.argmax(gain))
    return pen.done(
        f"{len(tags)} tagged: mending every “{kinds[best]}” would lift the accuracy from "
        f"{now:.1%} to {now + gain[best]:.1%}."
    )


def noise_curves(
    ax: Axes,
    levels: np.ndarray,
    test: dict[str, np.ndarray],
    labels: dict[str, np.ndarray],
    *,
    noise: float,
    training: str,
) -> Picture:
    """Draw what wrong training labels do to the accuracy on right test labels.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    levels : ndarray of shape (n_levels,)
        Shares of wrong labels.
    test : dict of str to ndarray of shape (n_levels,)
        Accuracy on the test images, by length of training.
    labels : dict of str to ndarray of shape (n_levels,)
        Share of the training labels, wrong ones included, that the network has learnt to repeat.
    noise : float
        The share that is looked at, one of ``levels``.
    training : str
        Which entry of the dictionaries to draw.

    Returns
    -------
    Picture
        Its sentence gives both numbers.
    """
    here = int(np.argmin(np.abs(np.asarray(levels) - noise)))
    place = float(levels[here])
    pen = Pen(ax, "", "share of wrong labels", "share", (-0.03, max(levels) + 0.03), (0, 1.04))
    pen.line("honest", levels, 1 - np.asarray(levels), color=GREY, lw=1.5, ls=":",
             label="right labels")  # fmt: skip
    pen.line("labels", levels, labels[training], color=ORANGE, lw=2, ls="--", marker="^", ms=5,
             label="labels repeated")  # fmt: skip
    pen.line("test", levels, test[training], color=BLUE, lw=2.5, marker="o", ms=5, label="test")
    pen.line("here", [place] * 2, [0, 1.04], color=VERMILLION, lw=2, zorder=4)
    pen.legend("above", ncols=3, fontsize=8.5)
    return pen.done(
        f"With {place:.0%} of the training labels wrong, {test[training][here]:.1%} of the test "
        f"images are still recognised; {labels[training][here]:.0%} of the labels are repeated."
    )


def labelled_images(
    ax: Axes,
    images: np.ndarray,
    truth: np.ndarray,
    labels: np.ndarray,
    turn: np.ndarray,
    *,
    noise: float,
    columns: int = 6,
) -> Picture:
    """Draw images with the labels that a network gets to see; wrong ones stand out.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    images : ndarray of shape (n_images, height, width)
        Values from 0 (background) to 1 (full ink).
    truth, labels : ndarray of shape (n_images,)
        The true classes, and the wrong ones that may take their place.
    turn : ndarray of shape (n_images,)
        At which share of wrong labels each image gets its wrong label.
    noise : float
        The share of wrong labels.
    columns : int
        Images in a row.

    Returns
    -------
    Picture
        Its sentence counts the wrong labels among those shown.
    """
    count, height, width = np.shape(images)
    rows = -(-count // columns)
    step_x, step_y = 1.25 * width, 1.5 * height
    limits = (0, columns * step_x), (0, rows * step_y + 0.1 * height)
    pen = Pen(ax, "What it is told", "", "", *limits)
    if ax.axison:  # switching it off again would have everything drawn anew
        ax.set_axis_off()
    wrong = np.asarray(turn) < noise
    for number, image in enumerate(images):
        row, column = divmod(number, columns)
        left, bottom = column * step_x, (rows - 1 - row) * step_y
        pen.image(f"image {number}", np.clip(image, 0, 1),
                  (left, left + width, bottom, bottom + height), cmap="gray_r", vmin=0, vmax=1,
                  origin="upper", interpolation="nearest", aspect="equal")  # fmt: skip
        word = f"{int(labels[number])}!" if wrong[number] else f"{int(truth[number])}"
        text = pen.text(f"label {number}", left + width / 2, bottom + height, word,
                        ha="center", va="bottom", fontsize=11)  # fmt: skip
        color = VERMILLION if wrong[number] else BLACK
        if text.get_color() != color:
            text.set_color(color)
    pen.frame("", "", *limits)  # a new image sets limits of its own
    return pen.done(f"{int(wrong.sum())} of the {count} labels shown are wrong.")


def capacity_by_classes(ax: Axes, units: list[int], accuracy: dict[int, list[float]]) -> Picture:
    """Draw accuracy over the width of the hidden layer, one line for each number of classes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    units : list of int
        Hidden units.
    accuracy : dict of int to list of float
        By number of classes, the accuracy with each of ``units``.

    Returns
    -------
    Picture
        Its sentence says what the narrowest network loses with the most classes.
    """
    pen = Pen(ax, "", "hidden units", "accuracy on new images", None, (0.5, 1.03))
    if ax.get_xscale() != "log":
        ax.set_xscale("log", base=2)
        ax.set_xticks(units, [str(unit) for unit in units])
        ax.minorticks_off()
    colors, lines, markers = (BLUE, ORANGE, PURPLE), ("-", "--", "-."), ("o", "^", "s")
    for number, (classes, values) in enumerate(accuracy.items()):
        pen.line(f"{classes}", units, values, color=colors[number % 3], ls=lines[number % 3],
                 marker=markers[number % 3], lw=2.5, ms=7, label=f"{classes} classes")  # fmt: skip
    pen.legend("lower right")
    few, most = min(accuracy), max(accuracy)
    losses = [values[-1] - values[0] for values in (accuracy[few], accuracy[most])]
    return pen.done(
        f"From {units[-1]} to {units[0]} hidden units {few} classes lose ≈ {100 * losses[0]:.0f} "
        f"points of accuracy, {most} classes ≈ {100 * losses[1]:.0f}."
    )
