"""The update rules of many networks at once, each with its own rate, momentum and betas."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lessons_lib.live._optimizer import has_schedule
from lessons_lib.live._tensorflow import keras, tf

# What an update reads of a model besides its weights, one column each, in this order.
COEFFICIENTS = ("learning_rate", "momentum", "beta_1", "beta_2", "l2", "l1")
_KINDS = (keras.optimizers.SGD, keras.optimizers.Adam)
# Settings of an optimizer that ask for more than the rules here do.
_PLAIN = {
    "weight_decay": None,
    "clipnorm": None,
    "clipvalue": None,
    "global_clipnorm": None,
    "use_ema": False,
    "amsgrad": False,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
}


def check_optimizer(optimizer: keras.optimizers.Optimizer, rate_given: bool) -> None:
    """Raise for an optimizer whose rule is not written here."""
    if type(optimizer) not in _KINDS:
        raise ValueError(
            "Many models at once train with SGD, with or without momentum, or with Adam; this one "
            f"was compiled with {type(optimizer).__name__}: call model.compile again, for example "
            'with optimizer="adam".'
        )
    config = optimizer.get_config()
    unfit = [name for name, plain in _PLAIN.items() if config.get(name, plain) not in (plain, None)]
    if unfit:
        raise ValueError(
            f"Many models at once train without {unfit[0]}, but the model's optimizer has "
            f"{unfit[0]}={config[unfit[0]]}: leave it out and compile the model again."
        )
    if has_schedule(optimizer) and not rate_given:
        raise ValueError(
            "Many models at once train at fixed rates, but the model's learning rate follows a "
            "schedule: give learning_rate=, one number or one a model."
        )


@dataclass(frozen=True)
class Rule:
    """How a gradient becomes a step, as Keras's optimizer of that name makes it.

    Attributes
    ----------
    name : {"SGD", "Adam"}
    n_slots : int
        How many numbers are remembered of each weight.
    nesterov : bool
    epsilon : float
    """

    name: str
    n_slots: int
    nesterov: bool = False
    epsilon: float = 0.0

    def apply(
        self,
        weight: tf.Tensor,
        slots: Sequence[tf.Tensor],
        gradient: tf.Tensor,
        number: tf.Tensor,
        of_model: Callable[[str], tf.Tensor],
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Return a weight and its memory after update `number`, counted from 1.

        `of_model` gives a coefficient by name, one number a model, shaped to go with `weight`.
        """
        rate = of_model("learning_rate")
        if self.name == "Adam":  # Kingma and Ba, 2015
            m, v = slots
            beta_1, beta_2 = of_model("beta_1"), of_model("beta_2")
            m += (gradient - m) * (1 - beta_1)
            v += (tf.square(gradient) - v) * (1 - beta_2)
            corrected = rate * tf.sqrt(1 - beta_2**number) / (1 - beta_1**number)
            return weight - m * corrected / (tf.sqrt(v) + self.epsilon), [m, v]
        step = -rate * gradient
        if not slots:
            return weight + step, []
        momentum = of_model("momentum")
        m = momentum * slots[0] + step
        return weight + (momentum * m + step if self.nesterov else m), [m]


def rule_of(optimizer: keras.optimizers.Optimizer, with_momentum: bool) -> Rule:
    """Return the rule of an optimizer that :func:`check_optimizer` has let pass."""
    if type(optimizer) is keras.optimizers.Adam:
        return Rule("Adam", n_slots=2, epsilon=float(np.float32(optimizer.epsilon)))
    return Rule("SGD", n_slots=int(with_momentum), nesterov=optimizer.nesterov)


def memory_of(optimizer: keras.optimizers.Optimizer, rule: Rule) -> list[keras.Variable]:
    """Return what an optimizer remembers, weight by weight, `rule.n_slots` variables each."""
    return optimizer.variables[2:] if rule.n_slots else []  # behind count and rate
