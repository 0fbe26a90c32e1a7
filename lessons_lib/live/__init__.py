"""Train a Keras model live: many updates per compiled call, knobs that turn in between.

Importing this package imports TensorFlow, quietly. Two environment variables are set before
that: ``--xla_cpu_multi_thread_eigen=false`` is appended to ``XLA_FLAGS``, because a second
thread costs small networks more time than it saves, and ``TF_CPP_MIN_LOG_LEVEL`` becomes 3
unless it is set already. Import this package before ``tensorflow`` or ``keras`` to profit.

>>> from lessons_lib import live  # doctest: +SKIP
>>> trainer = live.LiveTrainer(model, X, y, validation_data=(X_val, y_val))  # doctest: +SKIP
>>> trainer.step(1000)  # doctest: +SKIP
1000
>>> trainer.learning_rate = 0.01  # doctest: +SKIP
"""

from lessons_lib.live._adversaries import Adversaries
from lessons_lib.live._chain import Chain
from lessons_lib.live._dense_stack import DenseStack
from lessons_lib.live._dials import Dial
from lessons_lib.live._features import InputFeatures
from lessons_lib.live._knob import Knob
from lessons_lib.live._knobs import KNOBS
from lessons_lib.live._layers import Dense, Dropout
from lessons_lib.live._models import refuse_arguments
from lessons_lib.live._population import Population, PopulationSnapshot
from lessons_lib.live._trainer import LiveTrainer, Snapshot
from lessons_lib.live._training_set import ROOM

__all__ = [
    "KNOBS",
    "ROOM",
    "Adversaries",
    "Chain",
    "Dense",
    "DenseStack",
    "Dial",
    "Dropout",
    "InputFeatures",
    "Knob",
    "LiveTrainer",
    "Population",
    "PopulationSnapshot",
    "Snapshot",
    "refuse_arguments",
]
