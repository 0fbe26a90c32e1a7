"""Pictures of what goes on in each layer of a network: its weights and its gradients."""

import numpy as np

from lessons_lib.plots._frame import percent, short
from lessons_lib.plots._look import GREY, INK, series
from lessons_lib.plots._pen import Pen, Picture, Place
from lessons_lib.plots._training import nice_ceiling

_BINS = 31  # odd: one bin has its middle at zero
_SMALLEST = 1e-12  # gradients below it, zero among them, stand at the left end
_MANY, _NAMED = 12, 6  # layers: above so many, only so many are named
_LONGEST = 12  # letters of a layer's name
_LOOSE = 2.5  # how far too wide limits may be before they shrink: jumping limits hide motion


def weight_histograms(
    ax: Place, kernels: dict[str, np.ndarray], *, title: str = "Weights of each layer"
) -> Picture:
    """Draw how the weights of each layer are distributed, first layer on top.

    All layers have one scale: a bar is as high as its fraction of the layer's weights. Beside
    each stands which fraction is below 0.01. The sentence gives the largest weight and that
    fraction for all layers together.

    Parameters
    ----------
    kernels : dict of str to ndarray
        The weight matrices by layer, as `LiveTrainer.kernels()`.
    title : str
        Title of the picture.
    """
    values = [np.ravel(kernel).astype(float) for kernel in kernels.values()]
    names = _named_rows(list(kernels), 0.3)
    pen = Pen(ax, title, "weight", ylim=(-0.1, len(values) + 0.05), xticks=6)
    limit = nice_ceiling(1.05 * max((np.abs(v).max() for v in values if v.size), default=0.0))
    before = _kept_limits(pen, names)
    if before is not None and limit <= before[1] <= _LOOSE * limit:
        limit = before[1]
    pen.frame(xlim=(-limit, limit), yticks=names, tick_marks=False)
    edges = np.linspace(-limit, limit, _BINS + 1)
    pen.mark_x("zero", 0, color=GREY, width=0.8, zorder=0)
    parts = [np.histogram(weights, edges)[0] / max(weights.size, 1) for weights in values]
    highest = max((part.max() for part in parts), default=0.0) or 1.0
    for number, (layer, part) in enumerate(zip(kernels, parts, strict=True)):
        floor = len(values) - 1 - number
        look = {"color": series(number)["color"], "alpha": 0.85, "zorder": 2, "label": layer}
        pen.bars(f"weights {number}", floor + 0.88 * part / highest, edges, base=floor, **look)
        below = (
            f"{percent(np.mean(np.abs(values[number]) < 0.01))} below 0.01" if part.any() else ""
        )
        place = 0.98 * limit, floor + 0.85
        pen.text(f"below {number}", *place, below, size=8, anchor="top right", zorder=4)
    together = np.concatenate(values) if values else np.zeros(1)
    largest, small = np.abs(together).max(), np.mean(np.abs(together) < 0.01)
    return pen.done(
        f"{together.size:,} weights, the largest {short(largest)}; {percent(small)} are smaller "
        "than 0.01."
    )


def gradient_norms(
    ax: Place, norms: dict[str, float], *, title: str = "Gradient norm of each layer"
) -> Picture:
    """Draw how large the gradient of each layer is, on a logarithmic scale, first layer on top.

    Of many layers a few are named. The sentence compares the first layer with the last.

    Parameters
    ----------
    norms : dict of str to float
        Euclidean norm of the loss gradient by layer, as `LiveTrainer.gradient_norms()`.
    title : str
        Title of the picture.
    """
    values = np.array([norm if np.isfinite(norm) else np.inf for norm in norms.values()])
    values = np.clip(values, _SMALLEST, 1 / _SMALLEST)
    many = len(values) > _MANY
    names = _named_rows(list(norms), 0.0)
    if many:  # the ends, and a few between
        named = {round(row) for row in np.linspace(0, len(values) - 1, _NAMED)}
        names = {row: name for row, name in names.items() if row in named}
    pen = Pen(ax, title, "gradient norm", ylim=(-0.6, len(values) - 0.4), xlog=True, xticks=6)
    xlim = _decades(values, _kept_limits(pen, names))
    pen.frame(xlim=xlim, yticks=names, tick_marks=False)
    rows = np.arange(len(values))[::-1]
    stems = [[(xlim[0], row), (value, row)] for row, value in zip(rows, values, strict=True)]
    colors = [series(0 if many else number)["color"] for number in range(len(values))]
    pen.segments("stems", stems, color=colors, width=2 if many else 7, zorder=2)
    pen.dot("norms", values, rows, color=INK, size=3 if many else 7, zorder=3)
    written = zip(rows, values, strict=True)
    for row, value in written if not many else ():
        # Beside the point on the side that has room.
        share = np.log(value / xlim[0]) / np.log(xlim[1] / xlim[0])
        place = _beside(xlim, row, share)
        pen.text(f"norm {row}", *place, f"{value:.1e}", size=9, anchor="bottom left")
    return pen.done(_compare(values))


def _beside(xlim, row: int, share: float) -> tuple[float, float]:
    """Return where the number of a row is written: above its stem, inside the limits."""
    place = min(max(share - 0.08, 0.01), 0.72)
    return float(xlim[0] * (xlim[1] / xlim[0]) ** place), row + 0.13


def _decades(values: np.ndarray, before: tuple[float, float] | None) -> tuple[float, float]:
    """Return limits at powers of ten, at least three decades, kept while they serve."""
    if not values.size:
        return 1e-4, 1.0
    low = 10.0 ** np.floor(np.log10(values.min()) - 0.1)
    high = 10.0 ** np.ceil(np.log10(values.max()) + 0.1)
    low = min(low, high / 1e3)
    if before is not None and before[0] <= low and before[1] >= high:
        too_wide = np.log10(before[1] / before[0]) - np.log10(high / low)
        if too_wide <= 3:
            return before
    return float(low), float(high)


def _named_rows(names: list[str], height: float) -> dict[float, str]:
    """Return what is written where beside the rows, the first on top."""
    names = [name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…" for name in names]
    return {row + height: name for row, name in enumerate(names[::-1])}


def _kept_limits(pen: Pen, names: dict[float, str]) -> tuple[float, float] | None:
    """Return the limits of the picture before, if it was of the same layers."""
    rows = [[row, name] for row, name in names.items()]
    return tuple(pen.before["xlim"]) if rows and pen.before.get("yticks") == rows else None


def _compare(values: np.ndarray) -> str:
    """Say how the first layer's gradient compares with the last one's."""
    if not values.size:
        return "There is no layer with weights."
    if len(values) == 1:
        return f"The gradient's norm is {values[0]:.2g}."
    ratio = values[0] / values[-1]
    first, last = (
        f"{value:.2g}" if value > _SMALLEST else f"below {_SMALLEST:g}"
        for value in (values[0], values[-1])
    )
    text = f"The gradient's norm is {first} in the first layer, {last} in the last"
    if values[-1] <= _SMALLEST or values[0] <= _SMALLEST:
        return text + "."
    if ratio < 0.1:
        return f"{text}: {_rounded(1 / ratio)} times smaller, it vanishes on the way back."
    if ratio > 10:
        return f"{text}: {_rounded(ratio)} times larger, it grows on the way back."
    return f"{text}: about equal."


def _rounded(ratio: float) -> str:
    """Write a number with two digits that count, as words would say it up to a million."""
    return f"{float(f'{ratio:.2g}'):,.0f}" if ratio < 1e6 else f"{ratio:.1e}"
