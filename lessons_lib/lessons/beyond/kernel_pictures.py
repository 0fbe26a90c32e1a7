"""Pictures of a kernel on an image: what it sees, what comes out, and which matrix it is."""

from collections.abc import Sequence

import numpy as np

from lessons_lib.lessons.beyond.convolution import as_matrix, conv2d, pooled
from lessons_lib.plots import DIVERGING, FAINT, GREEN, GREY, INK, Pen, Picture, Place

_HIGHEST = 2.0  # a weight's colour is full here, and its handle at the end of its way
_WAY = 0.38  # from the middle of a cell to that end, as a fraction of the cell
_CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) / 2


def digit_under_kernel(
    ax: Place, image: np.ndarray, kernel: np.ndarray, *, row: int, column: int
) -> Picture:
    """Draw a digit and the place where the kernel lies. The sentence writes out the sum.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        Grey values, 0 to 1.
    kernel : ndarray of shape (3, 3)
    row, column : int
        The pixel under the middle of the kernel, counted from 1.
    """
    pen = _framed(ax, "Digit: drag the frame", image.shape)
    pen.image("digit", image, _extent(image.shape), top_down=True, colors=("paper", INK),
              limits=(0, 1), smooth=False)  # fmt: skip
    _frame_at(pen, row, column, 3)
    _dot_at(pen, row, column)
    seen = _seen(image, row, column)
    products = " + ".join(
        f"{pixel:.2f}·{_in_brackets(weight)}"
        for pixel, weight in zip(seen.ravel(), kernel.ravel(), strict=True)
    )
    return pen.done(
        f"Row {row}, column {column}, pixels times weights: {products} = {_sum(seen, kernel)}."
    )


def kernel_products(
    ax: Place, image: np.ndarray, kernel: np.ndarray, *, row: int, column: int,
    names: Sequence[str] = (), title: str = "kernel",
) -> Picture:  # fmt: skip
    """Draw the nine weights, each with the pixel under it; the title has the sum of their products.

    Parameters
    ----------
    image, kernel, row, column
        As for `digit_under_kernel`.
    names : sequence of str
        The controls of the nine weights, row by row: each is turned by a handle in its cell.
    title : str
        What the kernel is called.
    """
    seen = _seen(image, row, column)
    pen = _framed(ax, f"{title.capitalize()}: sum {_sum(seen, kernel)}", (3, 3))
    pen.image("kernel", kernel, _extent((3, 3)), top_down=True, colors=DIVERGING,
              limits=(-_HIGHEST, _HIGHEST), alpha=0.8, smooth=False)  # fmt: skip
    lines = [[(x, 0.5), (x, 3.5)] for x in (0.5, 1.5, 2.5, 3.5)]
    pen.segments("cells", [*lines, *(np.flip(line, 1) for line in lines)], color=GREY, width=0.8)
    cells = [(number, *divmod(number, 3)) for number in range(9)]
    ways = [[(b + 1.34, a + 1 - _WAY), (b + 1.34, a + 1 + _WAY)] for _, a, b in cells]
    pen.segments("ways", ways if names else [], color=INK, width=1.2)
    for number, a, b in cells:
        x, y = b + 0.88, a + 1.0
        words = f"{kernel[a, b]:.1f}".replace("-", "−")
        pen.text(f"weight {number}", x, y - 0.12, words, anchor="center", size=12, backdrop=True)
        words = f"× {seen[a, b]:.2f}"
        pen.text(f"pixel {number}", x, y + 0.22, words, anchor="center", size=9, backdrop=True)
        if names:
            said = f"{names[number].replace('_', ' ')}: {_number(kernel[a, b])}"
            pen.dot(f"handle {number}", b + 1.34, handle_at(a, kernel[a, b]), color=GREEN, size=7,
                    sets=("", names[number]), label=said)  # fmt: skip
    return pen.done("")


def handle_at(row: int, weight: float) -> float:
    """Return how far down the handle of a weight stands; ``row`` is the cell's, from 0."""
    return row + 1 - _WAY * weight / _HIGHEST


def weight_at(row: int, y: float) -> float:
    """Return the weight of a handle that stands there, the reverse of `handle_at`."""
    return (row + 1 - y) * _HIGHEST / _WAY


def feature_map(
    ax: Place, image: np.ndarray, kernel: np.ndarray, *, row: int, column: int
) -> Picture:
    """Draw what the kernel finds, each number where the kernel's middle lies.

    Parameters
    ----------
    image, kernel, row, column
        As for `digit_under_kernel`.
    """
    found = conv2d(image, kernel)
    pen = _framed(ax, "Feature map", image.shape)
    height, width = image.shape
    _colours(pen, found, (1.5, width - 0.5, height - 0.5, 1.5))
    pen.segments("edge", (_CORNERS * found.shape[::-1] + [(width + 1) / 2, (height + 1) / 2])[None],
                 color=GREY, width=0.8)  # fmt: skip
    _frame_at(pen, row, column, 1)
    _dot_at(pen, row, column)
    a, b = np.unravel_index(np.argmax(np.abs(found)), found.shape)
    if not found.any():
        return pen.done("The kernel finds nothing: the whole feature map is 0.")
    return pen.done(
        f"The feature map has {found.shape[0]} × {found.shape[1]} numbers, from "
        f"{_number(found.min())} to {_number(found.max())}; the strongest answer is at row {a + 2},"
        f" column {b + 2}."
    )


def layer_by_layer(
    ax: Place, image: np.ndarray, kernel: np.ndarray, *, shown: int, padding: int = 0,
    stride: int = 1, pooling: str = "none",
) -> Picture:  # fmt: skip
    """Draw one stage of a small convolutional layer; stage 0 is the image with its padding.

    There a frame shows the pixels on which the number in the middle of the last map depends. The
    sentence says how large the maps are.

    Parameters
    ----------
    image : ndarray of shape (height, width)
    kernel : ndarray of shape (3, 3)
    shown : int
        0 for the image, 1 for the map after kernel and ReLU, 2 for that after pooling.
    padding, stride : int
        As for `convolution.conv2d`.
    pooling : str
        ``"none"``, ``"largest"`` or ``"mean"`` of 2×2 numbers.
    """
    found = np.maximum(conv2d(image, kernel, padding=padding, stride=stride), 0)
    last = found if pooling == "none" else pooled(found, pooling == "largest")
    block = 1 if pooling == "none" else 2
    if shown:
        values = found if shown == 1 else last
        words = "Without pooling" if pooling == "none" else "After pooling"
        words = "After kernel and ReLU" if shown == 1 else words
        pen = _framed(ax, f"{words}: {values.shape[0]} × {values.shape[1]}", values.shape)
        _colours(pen, values, _extent(values.shape))
        if shown == 1:
            middle = (block * (np.array(last.shape) // 2) + (block + 1) / 2).tolist()
            _frame_at(pen, *middle, block)
            return pen.done("")
        _frame_at(pen, *(np.array(last.shape) // 2 + 1).tolist(), 1)
        text = f"{image.shape[0]} × {image.shape[1]} pixels become {found.shape[0]} × "
        text += f"{found.shape[1]} numbers"
        more = "" if pooling == "none" else f", and {last.shape[0]} × {last.shape[1]} after pooling"
        return pen.done(f"{text}{more}.")
    whole = np.pad(image, padding)
    pen = _framed(
        ax,
        f"Digit{' with padding' * (padding > 0)}: {whole.shape[0]} × {whole.shape[1]}",
        whole.shape,
    )
    pen.image("digit", whole, _extent(whole.shape), top_down=True, colors=("paper", INK),
              limits=(0, 1), smooth=False)  # fmt: skip
    edge = _CORNERS * image.shape[::-1] + np.add(image.shape[::-1], 1) / 2 + padding
    pen.segments("edge", edge[None] if padding else [], color=FAINT, width=1.2)
    side = 3 + stride * (block - 1)
    corner = stride * block * (np.array(last.shape) // 2)
    _frame_at(pen, *(corner + (side + 1) / 2).tolist(), side)
    return pen.done(
        f"The framed number of the last map sees {side} × {side} pixels: its receptive field."
    )


def kernel_matrix(ax: Place, kernel: np.ndarray, size: tuple[int, int]) -> Picture:
    """Draw the weights of the Dense layer that does what the kernel does; 0 is pale.

    Parameters
    ----------
    kernel : ndarray of shape (kernel_height, kernel_width)
    size : tuple (height, width)
        Of the images.
    """
    matrix = as_matrix(kernel, size).T
    outputs, inputs = matrix.shape
    pen = Pen(ax, "The same as a Dense layer", "pixel", "number of the feature map",
              (0.5, inputs + 0.5), (outputs + 0.5, 0.5), equal=True)  # fmt: skip
    _colours(pen, matrix, _extent(matrix.shape))
    joined = as_matrix(np.ones_like(kernel, dtype=float), size) > 0
    return pen.done(
        f"A Dense layer from {inputs} pixels to {outputs} numbers has {inputs * outputs:,} "
        f"weights. Here all but {joined.sum():,} are 0, and those are the same {kernel.size} "
        "numbers again and again."
    )


def _extent(shape: tuple[int, ...]) -> tuple[float, float, float, float]:
    """Return where an image lies whose pixels have their middles at 1, 2, ... from the top left."""
    return 0.5, shape[1] + 0.5, shape[0] + 0.5, 0.5


def _framed(ax: Place, title: str, shape: tuple[int, ...]) -> Pen:
    """Return a pen for an image of a shape, rows counted downwards from 1."""
    left, right, bottom, top = _extent(shape)
    pen = Pen(ax, title, "", "", (left, right), (bottom, top), equal=True, bare=True)
    around = _CORNERS * shape[::-1] + np.add(shape[::-1], 1) / 2
    pen.segments("around", around[None], color=GREY, width=1, zorder=2, clip=False)
    return pen


def _frame_at(pen: Pen, row: float, column: float, side: int) -> None:
    """Frame a square of pixels with its middle there."""
    square = (_CORNERS * side + [column, row])[None]
    pen.segments("frame", square, color=GREEN, width=3, zorder=3, cap="projecting", clip=False)


def _dot_at(pen: Pen, row: int, column: int) -> None:
    """Mark the middle of the kernel, to be dragged; who points at it is told where it is."""
    said = f"row {row}, column {column}"
    pen.dot("place", column, row, color=GREEN, size=8, sets=("column", "row"), label=said)


def _colours(pen: Pen, values: np.ndarray, extent: tuple) -> None:
    """Draw numbers as colours, 0 in their middle."""
    limit = float(np.abs(values).max()) or 1.0
    pen.image("map", values, extent, top_down=True, colors=DIVERGING, limits=(-limit, limit),
              smooth=False)  # fmt: skip


def _seen(image: np.ndarray, row: int, column: int) -> np.ndarray:
    """Return the 3×3 pixels around one, counted from 1."""
    return image[row - 2 : row + 1, column - 2 : column + 1]


def _sum(seen: np.ndarray, kernel: np.ndarray) -> str:
    return _number(float(np.sum(seen * kernel)))


def _number(value: float) -> str:
    """Write a number with two digits, none of them for minus nothing."""
    return f"{round(float(value), 2) + 0:.2f}".replace("-", "−")


def _in_brackets(weight: float) -> str:
    weight = round(float(weight), 2) + 0
    return f"({weight:g})" if weight < 0 else f"{weight:g}"
