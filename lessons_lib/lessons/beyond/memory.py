"""Recurrent networks that recall the first bit of a sequence: plain and LSTM, in NumPy.

A network holds as many networks as it has seeds: the first axis of every array of weights. The
formulas and the order of the gates are those of Keras, so weights copy across unchanged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lessons_lib import nn, optimizers

if TYPE_CHECKING:
    import keras

    from lessons_lib.live import LiveTrainer

LONGEST = 41  # steps: the first bit, and 40 more
UNITS = 8
BATCH = 64
LEARNING_RATE = 0.01
KINDS = {"plain, random start": "random", "plain, orthogonal start": "orthogonal", "LSTM": "LSTM"}
_glorot = nn.INITIALIZERS["glorot_uniform"]


def first_bits(gap: int, n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return sequences of tossed coins, and the first toss of each.

    They are as long for every gap, so that a compiled program serves all of them: before the
    first toss there are zeros, which no coin shows and which a network is to leave out.

    Parameters
    ----------
    gap : int
        Tosses after the first one, from 0 to 40.
    n : int
        Sequences.
    seed : int

    Returns
    -------
    X : ndarray of shape (n, 41, 1), float32
        1 for heads, −1 for tails, 0 for nothing yet.
    y : ndarray of shape (n,), float32
        1 where the first toss is heads, 0 where it is tails.

    Raises
    ------
    ValueError
        If the gap is too long, or no whole number.
    """
    if isinstance(gap, bool) or gap not in range(LONGEST):
        raise ValueError(
            f"The gap is the number of tosses after the first one, a whole number from 0 to "
            f"{LONGEST - 1}; received {gap!r}."
        )
    tosses = np.random.default_rng(seed).choice((-1.0, 1.0), size=(n, gap + 1))
    X = np.zeros((n, LONGEST, 1), np.float32)
    X[:, LONGEST - 1 - gap :, 0] = tosses
    return X, (tosses[:, 0] > 0).astype(np.float32)


def network(kind: str, seed: int = 0) -> keras.Model:
    """Return a Keras model that is to recall the first bit, not trained.

    Parameters
    ----------
    kind : {"random", "orthogonal", "LSTM"}
        A plain recurrent layer by how its recurrent weights begin, or an LSTM.
    seed : int
        Of the weights.
    """
    import keras

    _check_kind(kind)
    keras.utils.set_random_seed(seed)
    start = "glorot_uniform" if kind == "random" else "orthogonal"
    layer = keras.layers.LSTM if kind == "LSTM" else keras.layers.SimpleRNN
    layers = [keras.layers.Masking(0.0), layer(UNITS, recurrent_initializer=start)]
    layers.append(keras.layers.Dense(1, activation="sigmoid"))
    model = keras.Sequential([keras.Input((LONGEST, 1)), *layers])
    adam = keras.optimizers.Adam(LEARNING_RATE)
    model.compile(adam, loss="binary_crossentropy", metrics=["accuracy"])
    return model


def runners(gap: int, seed: int = 0) -> dict[str, LiveTrainer]:
    """Return a plain recurrent network and an LSTM, each with a trainer of its own.

    Parameters
    ----------
    gap : int
    seed : int
        Of the weights; the sequences are the same for all.
    """
    from lessons_lib import live

    X, y = first_bits(gap, 2000, seed=0)
    data = {"X": X, "y": y, "validation_data": first_bits(gap, 400, seed=1), "batch_size": BATCH}
    return {
        name: live.LiveTrainer(network(kind, seed), **data)
        for name, kind in (("plain RNN", "orthogonal"), ("LSTM", "LSTM"))
    }


def _sigmoid(z: np.ndarray) -> np.ndarray:
    """Return what `nn.sigmoid` does, in a third of the time: each step of each update needs it."""
    return 0.5 + 0.5 * np.tanh(0.5 * z)


class Gates(NamedTuple):
    """What an LSTM does at each step; each of shape (..., steps, n, units).

    Attributes
    ----------
    input, forget, candidate, output : ndarray
        The gates i, f and o, from 0 to 1, and the candidate g, from −1 to 1.
    cell : ndarray
        The cell state c.
    """

    input: np.ndarray
    forget: np.ndarray
    candidate: np.ndarray
    output: np.ndarray
    cell: np.ndarray


class Recurrent:
    """A recurrent layer and one sigmoid unit that reads its last state.

    Parameters
    ----------
    W : ndarray of shape (n_seeds, n_in, columns)
        From the input; ``columns`` is `units` of a plain layer, 4 × `units` of an LSTM.
    U : ndarray of shape (n_seeds, units, columns)
        From the state before.
    b : ndarray of shape (n_seeds, 1, columns)
    v : ndarray of shape (n_seeds, units, 1)
        Of the output.
    a : ndarray of shape (n_seeds, 1, 1)
        The output's bias.
    """

    def __init__(self, W: np.ndarray, U: np.ndarray, b: np.ndarray, v: np.ndarray, a: np.ndarray):
        self.parameters = [W, U, b, v, a]
        self.units = U.shape[-2]
        self.is_lstm = U.shape[-1] == 4 * self.units

    @classmethod
    def start(
        cls, kind: str, seeds: Sequence[int], *, scale: float = 1, forget_bias: float = 1
    ) -> Recurrent:
        """Return networks that begin as those of `network` do, one for each seed.

        W and v are drawn as Glorot and Bengio (2010) say, U so or orthogonal (Saxe and others,
        2014); an LSTM's forget gate begins with a bias of 1 (Jozefowicz and others, 2015).

        Parameters
        ----------
        kind : {"random", "orthogonal", "LSTM"}
        seeds : sequence of int
        scale : float
            What the recurrent weights of a plain layer are multiplied by.
        forget_bias : float
            Of an LSTM.
        """
        _check_kind(kind)
        columns = UNITS * (4 if kind == "LSTM" else 1)
        arrays = []
        for rng in map(np.random.default_rng, seeds):
            W, v = _glorot(1, columns, rng), _glorot(UNITS, 1, rng)
            draw = _glorot if kind == "random" else _orthogonal
            U, b = draw(UNITS, columns, rng), np.zeros((1, columns))
            if kind == "LSTM":
                b[:, UNITS : 2 * UNITS] = forget_bias
            else:
                U *= scale
            arrays.append((W, U, b, v, np.zeros((1, 1))))
        return cls(*(np.stack(one).astype(np.float32) for one in zip(*arrays, strict=True)))

    @classmethod
    def of(cls, model: keras.Model) -> Recurrent:
        """Return the network with the weights of a Keras model such as `network` returns."""
        W, U, b, v, a = (np.asarray(w, float) for w in model.get_weights())
        return cls(W[None], U[None], b[None, None], v[None], a[None, None])

    def alone(self, number: int) -> Recurrent:
        """Return one of the networks."""
        return Recurrent(*(p[number : number + 1] for p in self.parameters))

    def forward(self, X: np.ndarray) -> np.ndarray:
        """Return the probability of a 1 for X of shape (n, steps, n_in): (n_seeds, n).

        Where all numbers of a step are 0 in all samples, the network has not begun.
        """
        steps = np.moveaxis(X, 1, 0)[np.any(X != 0, axis=(0, 2))]  # (steps, n, n_in)
        U = self.parameters[1]
        h = c = np.zeros((len(U), X.shape[0], self.units), U.dtype)
        return self._go_on(steps, h, c)

    def _go_on(self, steps, h, c):
        """Read steps of shape (steps, n, n_in) from the state h and the cell state c on."""
        W, U, b, *_ = self.parameters
        step = self._lstm_step if self.is_lstm else self._plain_step
        self._tape = []
        for x in steps:
            h, c = step(x @ W + h @ U + b, x, h, c)
        self._read = h
        return self._say(h)

    def _say(self, h):
        *_, v, a = self.parameters
        return _sigmoid(h @ v + a)[..., 0]

    def _plain_step(self, z, x, h_before, c_before):
        h = np.tanh(z)  # h[t] = tanh(W x[t] + U h[t−1] + b)
        self._tape.append((x, h_before, h))
        return h, c_before

    def _plain_step_back(self, number, dh, dc):
        *_, h = self._tape[number]
        return dh * (1 - h**2), dc, dh  # dL/dz[t], and what is carried on

    def _lstm_step(self, z, x, h_before, c_before):
        u = self.units
        gates = _sigmoid(z)
        i, f, o = gates[..., :u], gates[..., u : 2 * u], gates[..., 3 * u :]
        g = np.tanh(z[..., 2 * u : 3 * u])
        c = f * c_before + i * g  # c[t] = f ⊙ c[t−1] + i ⊙ g
        tanh_c = np.tanh(c)
        self._tape.append((x, h_before, i, f, g, o, c_before, c, tanh_c))
        return o * tanh_c, c  # h[t] = o ⊙ tanh(c[t])

    def _lstm_step_back(self, number, dh, dc):
        _, _, i, f, g, o, c_before, _, tanh_c = self._tape[number]
        dc = dc + dh * o * (1 - tanh_c**2)  # dL/dc[t]: from h[t], and from c[t+1]
        dz = np.concatenate(
            [
                dc * g * i * (1 - i),
                dc * c_before * f * (1 - f),
                dc * i * (1 - g**2),
                dh * tanh_c * o * (1 - o),
            ],
            axis=-1,
        )
        return dz, dc * f, dc  # dL/dz[t], dL/dc[t−1] by way of c[t], and what is carried on

    def backward(self, y: np.ndarray, y_pred: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """Return the gradients of the mean cross-entropy after `forward`, and those in time.

        Returns
        -------
        gradients : list of ndarray
            Of `parameters`.
        through_time : ndarray of shape (steps, n_seeds, n, units)
            How each sample's own loss answers to what the network carries after each step: dL/dh
            of a plain layer, dL/dc of an LSTM, by all ways that lead from there to the end.
        """
        W, U, b, v, _ = self.parameters
        step_back = self._lstm_step_back if self.is_lstm else self._plain_step_back
        ds = (y_pred - y)[..., None]  # dL/ds of each sample, s = v h + a
        dh, dc = ds @ v.mT, np.zeros_like(self._read)
        dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
        through_time = np.empty((len(self._tape), *dh.shape), dh.dtype)
        for number in reversed(range(len(self._tape))):
            x, h_before, *_ = self._tape[number]
            dz, dc, through_time[number] = step_back(number, dh, dc)
            dW += x.mT @ dz
            dU += h_before.mT @ dz
            db += dz.sum(axis=-2, keepdims=True)
            dh = dz @ U.mT  # dL/dh[t−1]
        dv, da = self._read.mT @ ds, ds.sum(axis=-2, keepdims=True)
        return [d / len(y) for d in (dW, dU, db, dv, da)], through_time

    def nudged(self, X: np.ndarray, y: np.ndarray, step: int, nudge: np.ndarray) -> np.ndarray:
        """Return each sample's loss where what is carried after a step is changed by ``nudge``.

        Parameters
        ----------
        X : ndarray of shape (n, steps, n_in)
        y : ndarray of shape (n,)
        step : int
            From 0.
        nudge : ndarray of shape (units,)

        Returns
        -------
        ndarray of shape (n_seeds, n)
        """
        self.forward(X)
        tape, steps = self._tape, [taped[0] for taped in self._tape]
        if self.is_lstm:
            *_, o, _, c, _ = tape[step]
            c = c + nudge
            h = o * np.tanh(c)
        else:
            h = c = tape[step][-1] + nudge
        said = self._go_on(steps[step + 1 :], h, c) if step + 1 < len(steps) else self._say(h)
        return -np.log(np.where(y > 0.5, said, 1 - said))

    def gates(self, X: np.ndarray) -> Gates:
        """Return what the gates of an LSTM do for X of shape (n, steps, n_in)."""
        if not self.is_lstm:
            raise ValueError("Only an LSTM has gates; this is a plain recurrent network.")
        self.forward(X)
        taped = list(zip(*self._tape, strict=True))[2:8]
        i, f, g, o, _, c = (np.stack(one, axis=-3) for one in taped)
        return Gates(i, f, g, o, c)

    def said(self, X: np.ndarray) -> np.ndarray:
        """Return the probability that is said when asked after each step: (n_seeds, steps, n)."""
        self.forward(X)
        states = [*(taped[1] for taped in self._tape[1:]), self._read]
        return np.stack([self._say(h) for h in states], axis=1)


def train(
    kind: str,
    gap: int,
    seeds: Sequence[int],
    updates: int,
    *,
    forget_bias: float = 1,
    every: int = 25,
) -> tuple[Recurrent, np.ndarray]:
    """Train networks of one kind, one for each seed, by Adam on batches of 64 new sequences.

    Parameters
    ----------
    kind : {"random", "orthogonal", "LSTM"}
    gap : int
    seeds : sequence of int
        Of the weights; all see the same sequences.
    updates : int
        At most: training ends when all of them recall.
    forget_bias : float
        Of an LSTM at its start.
    every : int
        Updates between two measurements on the validation set.

    Returns
    -------
    networks : Recurrent
    learned_at : ndarray of shape (n_seeds,)
        After how many updates the fraction right was 0.98 or more for the first time; nan where
        it never was.
    """
    networks = Recurrent.start(kind, seeds, forget_bias=forget_bias)
    adam = optimizers.Adam(LEARNING_RATE)
    X_val, y_val = first_bits(gap, 200, seed=1)
    learned_at = np.full(len(seeds), np.nan)
    for update in range(1, updates + 1):
        X, y = first_bits(gap, BATCH, seed=1000 + update)
        gradients, _ = networks.backward(y, networks.forward(X))
        adam.update(networks.parameters, gradients)
        if update % every == 0:
            right = np.mean((networks.forward(X_val) > 0.5) == (y_val > 0.5), axis=1)
            learned_at[np.isnan(learned_at) & (right >= 0.98)] = update
            if not np.isnan(learned_at).any():
                break
    return networks, learned_at


def reach(networks: Recurrent, gaps: Sequence[int], n: int = 400) -> np.ndarray:
    """Return the fraction of first bits recalled at each gap: (n_seeds, n_gaps)."""
    fractions = []
    for gap in gaps:
        tosses = np.random.default_rng(2).choice((-1.0, 1.0), size=(n, gap + 1, 1))
        said = networks.forward(tosses.astype(np.float32)) > 0.5
        fractions.append(np.mean(said == (tosses[:, 0, 0] > 0), axis=1))
    return np.array(fractions).T


def gradient_lengths(networks: Recurrent, gap: int, n: int = 32) -> np.ndarray:
    """Return how long the gradient is after each step, of what the network carries.

    Returns
    -------
    ndarray of shape (n_seeds, gap + 1)
        The mean length over ``n`` sequences, divided by that after the last step.
    """
    X, y = first_bits(gap, n, seed=3)
    _, through_time = networks.backward(y, networks.forward(X))
    lengths = np.linalg.norm(through_time.astype(float), axis=-1).mean(axis=-1).T
    return lengths / lengths[:, -1:]


def nudge_error(kind: str, gap: int, nudge: float = 1e-5) -> float:
    """Return how far the gradients through time are from what nudges say, relative to these.

    After each step everything that a network carries is moved a little along a random
    direction, to both sides (central differences), in float64.

    Parameters
    ----------
    kind : {"random", "orthogonal", "LSTM"}
    gap : int
    nudge : float
        How far.

    Returns
    -------
    float
        The largest error of all steps.
    """
    network = Recurrent(*(p.astype(float) for p in Recurrent.start(kind, [0]).parameters))
    X, y = (data.astype(float) for data in first_bits(gap, 8, seed=4))
    _, through_time = network.backward(y, network.forward(X))
    rng, errors = np.random.default_rng(0), []
    for step, exact in enumerate(through_time):
        way = rng.normal(size=network.units)
        up, down = (network.nudged(X, y, step, sign * nudge * way) for sign in (1, -1))
        slope, measured = exact @ way, (up - down) / (2 * nudge)
        errors.append(np.abs(slope - measured).max() / np.abs(measured).max())
    return float(max(errors))


def _check_kind(kind: str) -> None:
    if kind not in KINDS.values():
        kinds = ", ".join(f'"{one}"' for one in KINDS.values())
        raise ValueError(f"There is no such kind of network. Expected {kinds}; received {kind!r}.")


def _orthogonal(n_in: int, units: int, rng: np.random.Generator) -> np.ndarray:
    q, r = np.linalg.qr(rng.normal(size=(units, n_in)))
    return (q * np.sign(np.diag(r))).T
