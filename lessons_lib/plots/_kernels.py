"""A picture of the weights of a layer that reads images: each kernel as an image."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib.plots._frame import short
from lessons_lib.plots._look import DIVERGING, FAINT, GREY
from lessons_lib.plots._pen import Pen, Picture, Place

_FINE = 8  # a smaller kernel's weights get several pixels each, so that the gaps can be thin
_GAP = 0.12  # between kernels, as a fraction of one
_SMALLEST = 12  # points of the longer side of a kernel ...
_OF_A_WEIGHT = 0.8  # ... and of a weight of a large one, up to
_LARGE = 28  # weights along it
_STROKES = 5  # weights along a side, from which on neighbours tell noise from strokes
_NUMBERED = 18  # weights, of which each is also written as a number
_LONG = 100  # from which on a number has three digits, and no two behind the point
_FULL = 3.0  # times the root mean square of the weights: from there on the colour is full
_WEAK = 0.1  # of the strongest weight: a kernel below it is called weak


class _Grid(NamedTuple):
    """Where the kernels stand, in pixels of one image that holds all of them."""

    fine: int  # pixels along a weight
    gap: int  # between kernels, and around them
    thin: int  # between the channels of a kernel
    columns: int
    units: int  # that have a place
    channels: int  # of each that have one


def kernel_images(
    ax: Place, kernels: ArrayLike, *, title: str = "First layer's weights"
) -> Picture:
    """Draw the weights of each unit or filter as an image: orange above 0, blue below, 0 pale.

    All have one scale, up to three times the weights' root mean square, so a weak kernel is pale.
    Where there are several channels, they stand beside each other. As many kernels are drawn as
    fit; where there are only a few weights, they are written as numbers, too. The sentence says
    how many kernels there are, which weight is the strongest, how many kernels are weak beside it
    and, for large ones, how alike neighbouring weights are: noise has nothing in common with its
    neighbour.

    Parameters
    ----------
    kernels : array-like of shape (height, width, channels, units)
        As the kernel of a Conv2D, or that of a Dense layer in the shape of the images:
        ``kernel.reshape(height, width, channels, units)``. Where a unit's weights are nan, its
        place stays empty, as of one that `LiveTrainer.first_kernels` says is not in use.
    title : str
        Title of the picture.

    Raises
    ------
    ValueError
        If the weights have another shape, or are infinite.
    """
    kernels = _checked(kernels)
    used = ~np.isnan(kernels).any(axis=(0, 1, 2))
    pen = Pen(ax, title)
    grid = _arrange(kernels.shape, pen.pixels, _SMALLEST * pen.point)
    shown, seen = kernels[:, :, : grid.channels, : grid.units], used[: grid.units]
    weights = shown[..., seen]
    strength = np.abs(weights).max(axis=(0, 1, 2), initial=0.0)
    usual = np.sqrt(np.sum(weights**2) / max(weights.size, 1))
    strong = float(min(strength.max(initial=0.0), _FULL * usual))
    canvas, left, top = _canvas(shown, grid)
    pen.frame(xlim=(0, canvas.shape[1]), ylim=(0, len(canvas)), equal="top", bare=True)
    extent = (0, canvas.shape[1], 0, len(canvas))
    pen.image("kernels", canvas, extent, top_down=True, colors=DIVERGING, smooth=False,
              limits=(-strong, strong) if strong else (-1, 1))  # fmt: skip
    width, height = grid.fine * shown.shape[1], grid.fine * shown.shape[0]
    box = np.array([[0, -height], [width, -height], [width, 0], [0, 0], [0, -height]])
    one = left[:, None] + np.arange(grid.channels) * (width + grid.thin)  # (units, channels)
    corners = np.stack([one, np.broadcast_to(top[:, None], one.shape)], axis=-1)
    pen.segments("frames", (corners[..., None, :] + box).reshape(-1, 5, 2), color=GREY, width=0.8,
                 zorder=4)  # fmt: skip
    _write_numbers(pen, shown, grid.fine, corners)
    crosses = corners[~seen][..., None, None, :] + box[[[0, 2], [1, 3]]]
    pen.segments("unused", crosses.reshape(-1, 2, 2), color=FAINT, width=0.8, zorder=-1)
    lenses = np.column_stack([left, one[:, -1] + width, top - height, top])[seen]
    pen.lens("kernel", lenses, [f"kernel {unit}" for unit in np.flatnonzero(seen) + 1])
    return pen.done(_sentence(kernels.shape, int(used.sum()), shown, seen, strength))


def _checked(kernels: ArrayLike) -> np.ndarray:
    """Return the weights as numbers of the right shape, or say what is wrong."""
    try:
        array = np.asarray(kernels, dtype=np.float32)
    except (TypeError, ValueError):
        array = np.empty(())
    if array.ndim != 4 or not array.size:
        raise ValueError(
            "Kernels that are drawn as images have the shape (height, width, channels, units), as "
            "in a Conv2D; those of a Dense layer get it by kernel.reshape(height, width, channels, "
            f"units). Received {f'the shape {array.shape}' if array.ndim else repr(kernels)}."
        )
    if np.isinf(array).any():
        raise ValueError(
            "A weight is infinite, so no colour can stand for it: the run has diverged. Draw the "
            "weights of an earlier step."
        )
    return array


def _arrange(shape: tuple, pixels: tuple[float, float], smallest: float) -> _Grid:
    """Arrange as many kernels as can be seen so that they are as large as possible."""
    height, width, channels, units = shape
    longer = max(height, width)
    fine = -(-_FINE // longer)
    gap = max(1, round(_GAP * fine * longer)) * (1 if channels == 1 else 3)
    thin = max(1, gap // 6)
    scale = max(smallest, _OF_A_WEIGHT / _SMALLEST * smallest * min(longer, _LARGE))
    scale /= fine * longer  # of the place per pixel of the image, at least
    room = [(side / scale - gap) for side in pixels]
    channels = int(np.clip((room[0] - gap + thin) // (fine * width + thin), 1, channels))
    wide = channels * (fine * width + thin) - thin + gap
    high = fine * height + gap
    most = max(1, int(room[0] // wide)) * max(1, int(room[1] // high))
    units = min(units, most)

    def fills(columns: int) -> float:
        return max((columns * wide + gap) / pixels[0],
                   (-(-units // columns) * high + gap) / pixels[1])  # fmt: skip

    return _Grid(fine, gap, thin, min(range(1, units + 1), key=fills), units, channels)


def _canvas(shown: np.ndarray, grid: _Grid) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return all kernels in one image, row 0 on top, and left and upper edge of each kernel.

    One image costs a fraction of many.
    """
    height, width, channels, units = (grid.fine, grid.fine, 1, 1) * np.array(shown.shape)
    fine = shown.repeat(grid.fine, axis=0).repeat(grid.fine, axis=1)
    row, column = np.divmod(np.arange(units), grid.columns)
    left = grid.gap + column * (channels * (width + grid.thin) - grid.thin + grid.gap)
    above = grid.gap + row * (height + grid.gap)
    size = above[-1] + height, left.max() + channels * (width + grid.thin) - grid.thin
    canvas = np.full(np.add(size, grid.gap), np.nan, dtype=np.float32)
    for unit, (x, y) in enumerate(zip(left, above, strict=True)):
        for channel in range(channels):
            at = x + channel * (width + grid.thin)
            canvas[y : y + height, at : at + width] = fine[:, :, channel, unit]
    return canvas, left, len(canvas) - above


def _write_numbers(pen: Pen, shown: np.ndarray, fine: int, corners: np.ndarray) -> None:
    """Write each weight into its place, where there are so few that there is room for numbers."""
    if shown.size > _NUMBERED:
        return
    for row, column, channel, unit in np.argwhere(np.isfinite(shown)):
        x, y = corners[unit, channel] + fine * np.array([column + 0.5, -row - 0.5])
        weight = float(shown[row, column, channel, unit])
        words = _two_digits(weight) if abs(weight) < _LONG else short(weight)
        words = words.replace("-", "−")
        name = f"weight {row} {column} {channel} {unit}"
        pen.text(name, x, y, words, anchor="center", size=9, backdrop=True)


def _sentence(
    shape: tuple, count: int, shown: np.ndarray, seen: np.ndarray, strength: np.ndarray
) -> str:
    """Say how many kernels there are, and what is seen of those shown."""
    height, width, channels, units = shape
    text = f"{count} kernel{'s' * (count != 1)} of {height} × {width} weights"
    text += f" for each of {channels} channels" if channels > 1 else ""
    text += f", {units - count} more not in use" if count < units else ""
    parts = [f"the first {len(seen)} kernels"] if len(seen) < units else []
    parts += [f"{shown.shape[2]} of their channels"] if shown.shape[2] < channels else []
    text += f"; only {' and '.join(parts)} fit into the picture" if parts else ""
    if not strength.size:
        return f"{text}."
    if not strength.max():
        return f"{text}, all of them 0."
    strongest = np.flatnonzero(seen)[np.argmax(strength)]
    weights = shown[..., strongest].ravel()
    value = weights[np.argmax(np.abs(weights))]
    text += f". The strongest weight is {short(value)}, in kernel {strongest + 1}"
    if weak := int(np.sum(strength < _WEAK * strength.max())):
        text += f"; {weak} kernel{'s have' if weak > 1 else ' has'} none above a tenth of it"
    return f"{text}.{_alike(shown[..., seen])}"


def _alike(shown: np.ndarray) -> str:
    """Say how much neighbouring weights have in common, where kernels are large."""
    if min(shown.shape[:2]) < _STROKES:
        return ""
    pairs = (shown[1:], shown[:-1]), (shown[:, 1:], shown[:, :-1])
    both = sum(float(np.sum(one * other)) for one, other in pairs)
    alike = 2 * both / sum(float(np.sum(one**2) + np.sum(other**2)) for one, other in pairs)
    return f" Neighbouring weights are alike by {_two_digits(alike)} (0 is noise, 1 is smooth)."


def _two_digits(number: float) -> str:
    """Write a number with two digits behind the point, without a minus before 0."""
    return f"{round(number, 2) + 0:.2f}"
