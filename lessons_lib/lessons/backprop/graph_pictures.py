"""The picture of a small network in numbers, and of the paths that blame takes through it."""

from lessons_lib.lessons.backprop.graph import (
    NUMBERS,
    PARAMETERS,
    Path,
    gradient,
    network_parts,
    network_values,
    paths,
    product_along,
)
from lessons_lib.plots import (
    BLUE,
    GREEN,
    GREY,
    INK,
    PAPER,
    VERMILLION,
    Pen,
    Picture,
    Place,
)

PRESSED = (*PARAMETERS, "x1", "x2")  # what can be pressed, in the order of the control
_INPUT_GROUND, _INPUT_LETTERS = "#FBE7C0", "#222222"  # letters on a pale ground in every theme
_OPERATIONS = {
    **{"z1": ("+", (3.4, 1.5)), "z2": ("+", (3.4, -1.5)), "z": ("+", (8.4, 0.0))},
    **{"a1": ("tanh", (5.8, 1.5)), "a2": ("tanh", (5.8, -1.5))},
    **{"ŷ": ("σ", (10.4, 0.0)), "L": ("( )²", (12.4, 0.0))},
}
_INPUTS = {
    **{"x1": (0.0, 1.5), "x2": (0.0, -1.5), "y": (12.4, -1.7)},
    **{"b1": (3.4, 2.85), "b2": (3.4, -2.85), "c": (8.4, 1.6)},
}
_PLACES = {name: place for name, (_, place) in _OPERATIONS.items()} | _INPUTS
# Each line: from where to where, and whose gradient makes it thick.
_LINES = [
    *(("x1", "z1", "w11"), ("x2", "z1", "w21"), ("x1", "z2", "w12"), ("x2", "z2", "w22")),
    *(("b1", "z1", "b1"), ("b2", "z2", "b2"), ("z1", "a1", "z1"), ("z2", "a2", "z2")),
    *(("a1", "z", "v1"), ("a2", "z", "v2"), ("c", "z", "c")),
    *(("z", "ŷ", "z"), ("ŷ", "L", "ŷ"), ("y", "L", "")),
]
# Where the value is written, where the gradient, and which side of the words stands there.
_WORDS = {
    "x1": ((0.0, 2.45), (0.0, 2.05), "center"),
    "x2": ((0.0, -2.1), (0.0, -2.5), "center"),
    "w11": ((1.7, 1.82), (1.7, 1.18), "center"),
    "w12": ((0.98, 0.81), (0.98, 0.43), "center"),
    "w21": ((0.98, -0.43), (0.98, -0.81), "center"),
    "w22": ((1.7, -1.18), (1.7, -1.82), "center"),
    "b1": ((3.0, 3.05), (3.0, 2.65), "right"),
    "b2": ((3.0, -2.65), (3.0, -3.05), "right"),
    "z1": ((4.6, 1.84), (4.6, 1.16), "center"),
    "z2": ((4.6, -1.16), (4.6, -1.84), "center"),
    "a1": ((5.8, 2.45), (5.8, 2.05), "center"),
    "a2": ((5.8, -2.1), (5.8, -2.5), "center"),
    "v1": ((7.1, 1.05), (6.85, 0.45), "left right"),
    "v2": ((6.85, -0.45), (7.25, -1.05), "right left"),
    "c": ((8.8, 1.8), (8.8, 1.4), "left"),
    "z": ((9.4, 0.35), (9.4, -0.35), "center"),
    "ŷ": ((11.4, 0.35), (11.4, -0.35), "center"),
    "L": ((12.4, 0.85), None, "center"),
    "y": ((11.95, -1.7), None, "right"),
}
_ON_A_LINE = ("w12", "w21")  # whose words stand on their line
# How the slope of a step is written: from the loss down to a hidden unit, and within the unit.
_STEPS = {"ŷ": "2(ŷ − y)", "z": "ŷ(1 − ŷ)", "z1": "(1 − a1²)", "z2": "(1 − a2²)"}
_FACTORS = {
    **{"a1": "v1", "v1": "a1", "a2": "v2", "v2": "a2", "c": "1", "b1": "1", "b2": "1"},
    **{"w11": "x1", "w21": "x2", "w12": "x1", "w22": "x2"},
}
_THINNEST, _WIDEST, _MOST = 0.7, 8.0, 0.3  # points; from the gradient _MOST on a line is widest
_LETTERS = 10.5
_PATHS = (VERMILLION, GREEN)  # their colours


def blame(
    ax: Place, *, blame: str, x1: float, x2: float, v1: float, v2: float, y: float
) -> Picture:
    """Draw a network in numbers, lines as thick as their gradients, and the paths to one number.

    Below stands the product of the slopes along each path, and what they add up to; the sentence
    says it in numbers.

    Parameters
    ----------
    blame : str
        Whose share of the blame is followed back from the loss: one of `PRESSED`. Pressing its
        name in the picture chooses it.
    x1, x2, v1, v2, y : float
        Inputs, weights of the output and target; all other numbers are those of `NUMBERS`.
    """
    chosen = {"x1": x1, "x2": x2, "v1": v1, "v2": v2, "y": y}
    values = network_values(NUMBERS | chosen)
    parts = network_parts(values)
    gradients = {name: gradient(parts, name) for name in parts}
    ways = paths(parts, "L", blame)
    pen = Pen(ax, xlim=(-0.95, 13.2), ylim=(-5.3, 3.45), bare=True)
    _draw_lines(pen, gradients, [_lines_of(way) for way in ways])
    _draw_nodes(pen)
    _write_numbers(pen, values, gradients, blame)
    signs = [" · ".join(_symbol(way, at) for at in range(len(way))) for way in ways]
    rows = [f"{sign} = {_multiplied(way)}" for sign, way in zip(signs, ways, strict=True)]
    for row, words in enumerate([*rows, _added(ways, blame)]):
        color = INK if row == len(ways) else _PATHS[row]
        look = {"anchor": "center", "size": 11, "color": color}
        pen.text(f"path {row}", 6.2, -3.85 - 0.55 * row, words, **look)
    look = {"size": 11, "anchor": "top left"}
    pen.text("legend value", -0.7, 3.42, "values", color=BLUE, **look)
    pen.text("legend gradient", 0.45, 3.42, "gradients", color=VERMILLION, **look)
    return pen.done(
        f"L = {_number(values['L'])}. {'; '.join(map(_multiplied, ways))}. {_added(ways, blame)}."
    )


def _lines_of(way: Path) -> set[tuple[str, str]]:
    """Return which lines of the picture a path from the loss runs over, as (from, to)."""
    lines, after = set(), "L"
    for name, _ in way:
        # A weight has no node of its own: its line is that of the number it multiplies.
        weighted = name in PARAMETERS and name not in _PLACES
        lines.add((_FACTORS[name] if weighted else name, after))
        after = name
    return lines


def _draw_lines(pen: Pen, gradients: dict[str, float], lit: list[set[tuple[str, str]]]) -> None:
    """Draw the lines as thick as their gradients, and those of each path in its colour."""
    ends, widths, colors = [], [], []
    for start, end, name in _LINES:
        ends.append([_PLACES[start], _PLACES[end]])
        size = min(abs(gradients.get(name, 0.0)) / _MOST, 1.0)
        widths.append(round(_THINNEST + (_WIDEST - _THINNEST) * size, 2))
        on = [color for path, color in zip(lit, _PATHS, strict=False) if (start, end) in path]
        colors.append(on[0] if on else GREY)
    pen.segments("lines", ends, color=colors, width=widths, alpha=0.75, zorder=1)


def _draw_nodes(pen: Pen) -> None:
    """Draw what computes, with its sign, and what is given, with its name."""
    computing = [place for _, place in _OPERATIONS.values()]
    pen.points("operations", computing, size=27, color=PAPER, edge=INK, zorder=3)
    given = list(_INPUTS.values())
    pen.points("given", given, size=20, color=_INPUT_GROUND, zorder=3, edge_width=0)
    for name, (symbol, place) in _OPERATIONS.items():
        size = 9 if symbol == "tanh" else 13
        pen.text(f"operation {name}", *place, symbol, size=size, anchor="center", zorder=4)
    for name, place in _INPUTS.items():
        look = {"size": 11.5, "color": _INPUT_LETTERS, "anchor": "center", "zorder": 4}
        pen.text(f"given {name}", *place, name, **look)


def _write_numbers(
    pen: Pen, values: dict[str, float], gradients: dict[str, float], blame: str
) -> None:
    """Write each value in blue and each gradient in orange; let what has both be pressed."""
    boxes = {}
    for name, (above, below, sides) in _WORDS.items():
        side, other = sides.split() if " " in sides else (sides, sides)
        look = {"size": _LETTERS, "backdrop": name in _ON_A_LINE}
        words = f"{name} = {_number(values[name], digits=2)}"
        pen.text(f"value {name}", *above, words, color=BLUE, anchor=side, **look)
        if below is None:
            continue
        slope = f"d{name} = {_number(gradients[name])}"
        pen.text(f"gradient {name}", *below, slope, color=VERMILLION, anchor=other, **look)
        boxes[name] = _around(above, side, below, other)
    marked = boxes[blame]
    x, low = [marked[k] for k in (0, 1, 1, 0, 0)], [marked[k] for k in (2, 2, 3, 3, 2)]
    pen.curve("chosen", x, low, color=INK, width=1.2, zorder=2)
    words = [f"the paths to {name}" for name in PRESSED]
    pen.lens("blame", [boxes[name] for name in PRESSED], words, picks="blame")


def _around(
    above: tuple[float, float], side: str, below: tuple[float, float], other: str
) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top of two lines of words."""
    reach = {"center": (-0.75, 0.75), "left": (-0.08, 1.5), "right": (-1.5, 0.08)}
    left = min(above[0] + reach[side][0], below[0] + reach[other][0])
    right = max(above[0] + reach[side][1], below[0] + reach[other][1])
    return left, right, below[1] - 0.2, above[1] + 0.2


def _multiplied(way: Path) -> str:
    """Return the slopes along a path in numbers, and their product."""
    numbers = " · ".join(_bracketed(slope) for _, slope in way)
    return f"{numbers} = {_number(product_along(way))}"


def _added(ways: list[Path], name: str) -> str:
    """Return what the products of all paths add up to."""
    products = [product_along(way) for way in ways]
    if len(products) == 1:
        return f"One path, so d{name} = {_number(products[0])}"
    added = " + ".join(_bracketed(product) for product in products)
    return f"{len(products)} paths, so d{name} = {added} = {_number(sum(products))}"


def _symbol(way: Path, at: int) -> str:
    """Return how the slope of one step of a path is written."""
    name = way[at][0]
    if name in _STEPS:
        return _STEPS[name]
    if name in _FACTORS:
        return _FACTORS[name]
    return f"w{name[1]}{way[at - 1][0][1]}"  # an input: the weight to the unit before it


def _number(value: float, digits: int = 3) -> str:
    """Return a number with so many decimals and a true minus sign, and no minus before zero."""
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def _bracketed(value: float) -> str:
    text = _number(value)
    return f"({text})" if text.startswith("−") else text
