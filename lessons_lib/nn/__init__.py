"""Neural networks in NumPy, small enough to read: each backward stands under its forward.

The letters are those of the lessons: a layer computes ``Z = X @ W + b``, an activation
``A = g(Z)``, and ``dW`` is short for dL/dW, how much the loss L changes when W does. Names and
orientation are Keras's, so weights copy across unchanged: ``W (n_in, units)``, ``b (units,)``,
rows are samples, ``loss.forward(y_true, y_pred)``.

>>> model = nn.Sequential([nn.Dense(2, 8), nn.Tanh(), nn.Dense(8, 1), nn.Sigmoid()])
>>> history = model.fit(X, y, nn.BinaryCrossentropy(), optimizers.Adam(0.01), epochs=20)
"""

from lessons_lib.nn._activations import (
    LeakyReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
    sigmoid,
    softmax,
)
from lessons_lib.nn._gradients import (
    GradientCheck,
    ParameterCheck,
    gradient_check,
    numerical_gradient,
    relative_error,
)
from lessons_lib.nn._initializers import INITIALIZERS, normal
from lessons_lib.nn._layers import BatchNormalization, Dense, Dropout, Layer
from lessons_lib.nn._losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Loss,
    MeanAbsoluteError,
    MeanSquaredError,
)
from lessons_lib.nn._sequential import Sequential

__all__ = [
    "INITIALIZERS",
    "BatchNormalization",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Dense",
    "Dropout",
    "GradientCheck",
    "Layer",
    "LeakyReLU",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "ParameterCheck",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "gradient_check",
    "normal",
    "numerical_gradient",
    "relative_error",
    "sigmoid",
    "softmax",
]
