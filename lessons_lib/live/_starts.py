"""Where many models start: initial weights by seed, width and scale, dropout rates, memory."""

import numpy as np

from lessons_lib.live._layers import of_rate
from lessons_lib.live._network import Network
from lessons_lib.live._packing import Packing


def starts(
    network: Network,
    packing: Packing,
    seeds: np.ndarray | None,
    widths: np.ndarray | None,
    scales: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers and counts of models that begin, one a row.

    Parameters
    ----------
    network : Network
        Is left as it was.
    packing : Packing
    seeds : ndarray of shape (n_models,), or None
        None for the network's own initial weights.
    widths : ndarray of shape (n_models,), or None
        None where no width can be turned.
    scales : ndarray of shape (n_models,)
        What the initial kernels are multiplied by.
    """
    n_models = len(scales)
    seeds = np.full(n_models, -1) if seeds is None else seeds
    whole = np.zeros(n_models, int) if widths is None else widths.astype(int)
    numbers = np.empty((n_models, packing.n_numbers), np.float32)
    counts = np.empty((n_models, packing.n_counts), np.int64)
    pairs, places = np.unique(np.stack([seeds, whole], axis=1), axis=0, return_inverse=True)
    beginning, drawn = network.beginning, None
    for number, (seed, width) in enumerate(pairs.tolist()):
        if seed >= 0 and seed != drawn:
            network.draw(seed)
            drawn = seed
        if widths is not None:
            network.units.set_width(width)
        network.start()
        rows = places.ravel() == number
        numbers[rows], counts[rows] = packing.row([v.numpy() for v in packing.variables])
    network.beginning = beginning
    for kernel in network.kernels:
        numbers[:, packing.place(kernel)] *= scales[:, None].astype(np.float32)
    return numbers, counts


def set_dropout(
    network: Network, packing: Packing, numbers: np.ndarray, counts: np.ndarray, rates: np.ndarray
) -> None:
    """Give all Dropout layers of each model one rate."""
    kept_from, scale = of_rate(rates)
    for path in network.structure.dropouts:
        of_noise, of_scale = network.layers[path].rate_weights
        counts[:, packing.place(of_noise)] = kept_from[:, None]
        numbers[:, packing.place(of_scale)] = scale[:, None]
