"""The update rules. In each, `w` is a parameter, `g` its gradient, `lr` the learning rate.

What an optimizer remembers about a parameter is an array of the same shape; ``v[...] = …``
writes into it, as ``w += …`` writes into the parameter.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lessons_lib._ground.fields import Number, below_one, fraction, not_negative, positive

Rate = float | Callable[[int], float]  # a number, or a schedule: step -> learning rate


class LearningRate(Number):
    """A field for a number of at least 0, or for a schedule, asked whenever the rate is read."""

    def __init__(self, default: float | None = None):
        super().__init__("a finite number of at least 0", lambda value: value >= 0, default)

    def __get__(self, instance: Optimizer | None, owner: type) -> float:
        if instance is None:
            return super().__get__(instance, owner)
        rate = vars(instance)["_learning_rate"]
        if not callable(rate):
            return rate
        step = instance.iterations
        return self.check(rate(step), f"The learning rate that the schedule gives step {step}")

    def __set__(self, instance: Optimizer, value: Rate) -> None:
        rate = value if callable(value) else self.check(value, "learning_rate")
        vars(instance)["_learning_rate"] = rate


def hyperparameters(instance: object) -> str:
    """Return the public attributes of an object as in a call: ``"rho=0.9, epsilon=1e-07"``."""
    return ", ".join(
        f"{name}={value:g}" if isinstance(value, float) else f"{name}={value!r}"
        for name, value in vars(instance).items()
        if not name.startswith("_") and name != "iterations"
    )


@dataclass(eq=False, repr=False)
class Optimizer:
    """What all optimizers share: the learning rate, the count of steps, the memory.

    A rule of your own derives from this class and writes `rule`; if it remembers something, it
    says with which arrays it starts in `memory`.

    Parameters
    ----------
    learning_rate : float or callable
        A number, or a schedule: a function ``step -> learning_rate``. It can be set to another at
        any time; read, it is the learning rate of the next update.

    Attributes
    ----------
    iterations : int
        Number of updates made so far.
    """

    learning_rate: Rate = LearningRate()

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all steps made: ready for other parameters, or for the same ones anew."""
        self.iterations = 0
        self._memories: list[tuple[np.ndarray, ...]] | None = None

    def update(self, parameters: list[np.ndarray], gradients: list[np.ndarray]) -> None:
        """Make one step: change all parameters in place.

        Parameters
        ----------
        parameters : list of ndarray
            Floats of any shape. The same arrays, in the same order, at every step.
        gradients : list of ndarray
            dL/dparameter, each of the shape of its parameter.

        Raises
        ------
        ValueError
            If the lists or the shapes do not match each other or the step before.
        TypeError
            If something else than lists of float arrays is given.
        """
        gradients = _checked(parameters, gradients)
        lr = self.learning_rate
        if self._memories is None:
            self._memories = [self.memory(w) for w in parameters]
            self._shapes = [w.shape for w in parameters]
        elif self._shapes != [w.shape for w in parameters]:
            raise ValueError(
                "These are not the parameters of the step before. Expected shapes "
                f"{self._shapes}; received {[w.shape for w in parameters]}. Take a new optimizer "
                "for each model, or call reset() first."
            )
        self.iterations += 1
        for w, g, memory in zip(parameters, gradients, self._memories, strict=True):
            self.rule(w, g, lr, *memory)

    def memory(self, w: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the arrays to remember about a parameter, as they are before the first step."""
        return ()

    def rule(self, w: np.ndarray, g: np.ndarray, lr: float, *memory: np.ndarray) -> None:
        """Change one parameter, and what is remembered about it, in place."""
        raise NotImplementedError(f"{type(self).__name__} needs a rule of its own.")

    def __repr__(self) -> str:
        rate = vars(self)["_learning_rate"]
        rate = repr(rate) if callable(rate) else f"{rate:g}"
        rest = hyperparameters(self)
        return f"{type(self).__name__}(learning_rate={rate}{', ' + rest if rest else ''})"


@dataclass(eq=False, repr=False)
class SGD(Optimizer):
    """Step against the gradient, with a velocity if you like.

    Parameters
    ----------
    learning_rate : float or callable, default 0.01
    momentum : float, default 0.0
        Fraction of the velocity that each step keeps, from 0 to 1 (Polyak 1964).
    nesterov : bool, default False
        Use the gradient where the velocity is about to lead (Nesterov 1983), in the form of
        Sutskever et al. (2013, eqs. 3–4), rewritten for the place looked ahead to as in Keras.
    """

    learning_rate: Rate = LearningRate(0.01)
    momentum: float = fraction(0.0)
    nesterov: bool = False

    def memory(self, w: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the velocity v, which begins at 0."""
        return (np.zeros_like(w),)

    def rule(self, w: np.ndarray, g: np.ndarray, lr: float, v: np.ndarray) -> None:
        """Step: v ← μ v − lr g, then w ← w + v; Nesterov: w ← w + μ v − lr g, with the new v."""
        v[...] = self.momentum * v - lr * g
        if self.nesterov:
            w += self.momentum * v - lr * g
        else:
            w += v


@dataclass(eq=False, repr=False)
class AdaGrad(Optimizer):
    """Divide each parameter's step by the root of all its squared gradients (Duchi et al. 2011).

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
    initial_accumulator_value : float, default 0.1
        Where the sum begins: above 0, so that the first steps are not huge.
    epsilon : float, default 1e-7
        Inside the root, as in Keras.
    """

    learning_rate: Rate = LearningRate(0.001)
    initial_accumulator_value: float = not_negative(0.1)
    epsilon: float = positive(1e-7)

    def memory(self, w: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the sum of squares G, which begins at `initial_accumulator_value`."""
        return (np.full_like(w, self.initial_accumulator_value),)

    def rule(self, w: np.ndarray, g: np.ndarray, lr: float, G: np.ndarray) -> None:
        """Step: G ← G + g², then w ← w − lr g / √(G + ε)."""
        G += g**2
        w -= lr * g / np.sqrt(G + self.epsilon)


@dataclass(eq=False, repr=False)
class AdaDelta(Optimizer):
    """Like RMSprop, with the size of past steps in place of a learning rate (Zeiler 2012).

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
        Keras's addition. The paper has none, which is 1.0; with the default it is very slow.
    rho : float, default 0.95
        Fraction of the averages that each step keeps.
    epsilon : float, default 1e-7
        Inside both roots. It alone gets the first steps going.
    """

    learning_rate: Rate = LearningRate(0.001)
    rho: float = below_one(0.95)
    epsilon: float = positive(1e-7)

    def memory(self, w: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the averages of g² and of Δw², which begin at 0."""
        return np.zeros_like(w), np.zeros_like(w)

    def rule(self, w: np.ndarray, g: np.ndarray, lr: float, G: np.ndarray, D: np.ndarray) -> None:
        """Step (algorithm 1): Δw = −√(D + ε) / √(G + ε) · g, then w ← w + lr Δw."""
        G[...] = self.rho * G + (1 - self.rho) * g**2
        step = -np.sqrt(D + self.epsilon) / np.sqrt(G + self.epsilon) * g
        D[...] = self.rho * D + (1 - self.rho) * step**2
        w += lr * step


@dataclass(eq=False, repr=False)
class RMSprop(Optimizer):
    """Divide each step by a running root mean square of gradients (Tieleman & Hinton 2012).

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
    rho : float, default 0.9
        Fraction of the average of squares that each step keeps: a window of about 1 / (1 − ρ).
    momentum : float, default 0.0
        Fraction of the velocity that each step keeps.
    epsilon : float, default 1e-7
        Inside the root, as in Keras.
    """

    learning_rate: Rate = LearningRate(0.001)
    rho: float = below_one(0.9)
    momentum: float = fraction(0.0)
    epsilon: float = positive(1e-7)

    def memory(self, w: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the average of squares s and the velocity v, which begin at 0."""
        return np.zeros_like(w), np.zeros_like(w)

    def rule(self, w: np.ndarray, g: np.ndarray, lr: float, s: np.ndarray, v: np.ndarray) -> None:
        """Step: s ← ρ s + (1 − ρ) g², v ← μ v + lr g / √(s + ε), then w ← w − v."""
        s[...] = self.rho * s + (1 - self.rho) * g**2
        v[...] = self.momentum * v + lr * g / np.sqrt(s + self.epsilon)
        w -= v


@dataclass(eq=False, repr=False)
class Adam(Optimizer):
    """Averages of gradients and of their squares, corrected at the start (Kingma & Ba 2015).

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
    beta_1 : float, default 0.9
        Fraction of the average of gradients that each step keeps.
    beta_2 : float, default 0.999
        Fraction of the average of squares that each step keeps.
    epsilon : float, default 1e-7
        Beside the root. It is the ε̂ of the note before section 2.1, as in Keras: that form
        corrects the learning rate where algorithm 1 corrects both averages.
    """

    learning_rate: Rate = LearningRate(0.001)
    beta_1: float = below_one(0.9)
    beta_2: float = below_one(0.999)
    epsilon: float = positive(1e-7)

    def memory(self, w: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the averages m of g and v of g², which begin at 0."""
        return np.zeros_like(w), np.zeros_like(w)

    def rule(self, w: np.ndarray, g: np.ndarray, lr: float, m: np.ndarray, v: np.ndarray) -> None:
        """Step: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², then w ← w − lr_t m / (√v + ε)."""
        t = self.iterations  # 1 at the first step
        m[...] = self.beta_1 * m + (1 - self.beta_1) * g
        v[...] = self.beta_2 * v + (1 - self.beta_2) * g**2
        # The averages begin at 0 and so are too small at first, by 1 − βᵗ: corrected here.
        lr_t = lr * math.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        w -= lr_t * m / (np.sqrt(v) + self.epsilon)


class AdamW(Adam):
    """Adam that also shrinks the weights, apart from the gradient (Loshchilov & Hutter 2019).

    An L2 penalty would go through Adam's averages and be divided by their root; decay does not.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
    weight_decay : float, default 0.004
        Fraction of each parameter, times the learning rate, that a step takes away. As in Keras
        this includes biases.
    beta_1, beta_2, epsilon : float
        As for `Adam`.
    """

    weight_decay = not_negative()

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
    ):
        super().__init__(learning_rate, beta_1, beta_2, epsilon)
        self.weight_decay = weight_decay

    def rule(self, w: np.ndarray, g: np.ndarray, lr: float, m: np.ndarray, v: np.ndarray) -> None:
        """Step: w ← w − lr λ w, then as Adam (algorithm 2, with λ in units of lr as in Keras)."""
        w -= lr * self.weight_decay * w
        super().rule(w, g, lr, m, v)


def _checked(parameters, gradients) -> list[np.ndarray]:
    """Return the gradients as arrays, if both lists are what an update needs."""
    for given in (parameters, gradients):
        if not isinstance(given, list | tuple):
            received = "an array alone" if isinstance(given, np.ndarray) else repr(given)
            raise TypeError(
                f"An optimizer works on lists. Expected update([w], [dw]); received {received}."
            )
    if len(parameters) != len(gradients):
        raise ValueError(
            "Each parameter needs its gradient. Expected lists of the same length; received "
            f"{len(parameters)} parameters and {len(gradients)} gradients."
        )
    for i, (w, g) in enumerate(zip(parameters, gradients, strict=True)):
        if not isinstance(w, np.ndarray) or w.dtype.kind != "f":
            received = f"an array of {w.dtype}" if isinstance(w, np.ndarray) else repr(w)
            raise TypeError(
                f"parameters[{i}] cannot be changed in place. Expected an array of floats; "
                f"received {received}. Use np.array(…, dtype=float), and keep that array."
            )
        if g is None or np.shape(g) != w.shape:
            received = "None: call backward first" if g is None else np.shape(g)
            raise ValueError(
                f"gradients[{i}] does not belong to parameters[{i}]. Expected the shape "
                f"{w.shape}; received {received}."
            )
    return [np.asarray(g) for g in gradients]
