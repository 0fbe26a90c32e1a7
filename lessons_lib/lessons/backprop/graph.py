"""A network with two inputs, two hidden units and one output, number by number."""

import math

import numpy as np

from lessons_lib import nn

# Inputs and target, weights and biases as the lesson has them at first.
NUMBERS = {
    **{"x1": 1.5, "x2": -0.5, "y": 0.0},
    **{"w11": 0.6, "w21": 0.2, "w12": -0.2, "w22": -0.9, "b1": 0.1, "b2": -0.3},
    **{"v1": 1.2, "v2": 0.9, "c": 0.3},
}
PARAMETERS = ("w11", "w12", "w21", "w22", "b1", "b2", "v1", "v2", "c")

Parts = dict[str, list[tuple[str, float]]]  # of each node: (part, slope)
Path = list[tuple[str, float]]  # (node, slope of the step that leads to it), from the loss on


def network_values(numbers: dict[str, float]) -> dict[str, float]:
    """Return all values of the network and its loss, from the inputs on.

    Parameters
    ----------
    numbers : dict of str to float
        With the keys of `NUMBERS`: ``w12`` leads from ``x1`` to the second hidden unit.

    Returns
    -------
    dict of str to float
        The numbers, then ``z1, a1 = tanh(z1)``, ``z2, a2``, ``z``, ``ŷ = σ(z)``, ``L = (ŷ − y)²``.
    """
    n = dict(numbers)
    for unit in "12":
        n[f"z{unit}"] = n["x1"] * n[f"w1{unit}"] + n["x2"] * n[f"w2{unit}"] + n[f"b{unit}"]
        n[f"a{unit}"] = float(np.tanh(n[f"z{unit}"]))
    n["z"] = n["a1"] * n["v1"] + n["a2"] * n["v2"] + n["c"]
    n["ŷ"] = float(nn.sigmoid(n["z"]))
    n["L"] = (n["ŷ"] - n["y"]) ** 2
    return n


def network_parts(values: dict[str, float]) -> Parts:
    """Return of each node of the network what it was made of, and the slope towards each part.

    Parameters
    ----------
    values : dict of str to float
        As `network_values` returns them.

    Returns
    -------
    dict of str to list of tuple (part, slope)
        From the loss to the inputs; numbers that were given have no parts. The target is left out.
    """
    v = values
    hidden: Parts = {}
    for unit in "12":
        hidden[f"a{unit}"] = [(f"z{unit}", 1 - v[f"a{unit}"] ** 2)]
        products = [(f"x{i}", f"w{i}{unit}") for i in "12"]
        hidden[f"z{unit}"] = [
            *((one, v[other]) for pair in products for one, other in (pair, pair[::-1])),
            (f"b{unit}", 1.0),
        ]
    return {
        "L": [("ŷ", 2 * (v["ŷ"] - v["y"]))],
        "ŷ": [("z", v["ŷ"] * (1 - v["ŷ"]))],
        "z": [("a1", v["v1"]), ("v1", v["a1"]), ("a2", v["v2"]), ("v2", v["a2"]), ("c", 1.0)],
        **hidden,
        **{name: [] for name in ("x1", "x2", *PARAMETERS)},
    }


def paths(parts: Parts, start: str, end: str) -> list[Path]:
    """Return every path from one node back to another.

    Parameters
    ----------
    parts : dict of str to list of tuple (part, slope)
        As `network_parts` returns them.
    start, end : str
        Names of the nodes: for blame the loss, and what shares it.

    Returns
    -------
    list of list of tuple (node, slope)
        The nodes of a path behind ``start``, each with the slope of the step that leads to it. The
        slopes of a path, multiplied, and all paths, added up, are the derivative.
    """
    if start == end:
        return [[]]
    return [
        [(part, slope), *rest] for part, slope in parts[start] for rest in paths(parts, part, end)
    ]


def product_along(path: Path) -> float:
    """Return the slopes along a path, multiplied."""
    return math.prod(slope for _, slope in path)


def gradient(parts: Parts, name: str) -> float:
    """Return dL/d(name): the slopes along each path multiplied, and all paths added up."""
    return sum(map(product_along, paths(parts, "L", name)))


def as_matrices(
    numbers: dict[str, float],
) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """Return the network's inputs and parameters as the lesson's matrices.

    Parameters
    ----------
    numbers : dict of str to float
        With the keys of `NUMBERS`.

    Returns
    -------
    X : ndarray of shape (1, 2)
    parameters : list of (W, b)
        Of shapes (2, 2) and (2,), then (2, 1) and (1,); in the order of `PARAMETERS`.
    """
    X = np.array([[numbers["x1"], numbers["x2"]]])
    flat = np.array([numbers[name] for name in PARAMETERS])
    return X, [(flat[:4].reshape(2, 2), flat[4:6]), (flat[6:8].reshape(2, 1), flat[8:])]
