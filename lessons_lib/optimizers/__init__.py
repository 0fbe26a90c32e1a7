"""Update rules on lists of arrays, and schedules for their learning rate.

Every rule is Keras's, with Keras's defaults, so the same numbers come out. An optimizer knows
no network: it is handed parameters and their gradients, and changes the parameters in place.
A `Race` hands several of them the gradients of one of the `surfaces`.

>>> optimizer = optimizers.Adam(learning_rate=optimizers.CosineDecay(0.01, decay_steps=1000))
>>> optimizer.update(model.parameters, model.gradients)  # one step
"""

from lessons_lib.optimizers._race import RUNNERS, Race, Standing
from lessons_lib.optimizers._rules import (
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    Optimizer,
    RMSprop,
)
from lessons_lib.optimizers._schedules import (
    CosineDecay,
    ExponentialDecay,
    InverseTimeDecay,
    Schedule,
    StepDecay,
    WarmUp,
)
from lessons_lib.optimizers._surfaces import Surface, surfaces

__all__ = [
    "RUNNERS",
    "SGD",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "AdamW",
    "CosineDecay",
    "ExponentialDecay",
    "InverseTimeDecay",
    "Optimizer",
    "RMSprop",
    "Race",
    "Schedule",
    "Standing",
    "StepDecay",
    "Surface",
    "WarmUp",
    "surfaces",
]
