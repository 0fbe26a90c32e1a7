"""Questions of lesson 06: cross-entropy, thresholds, softmax, confidence, error analysis."""

import numpy as np

from lessons_lib import datasets
from lessons_lib.checks import (
    Array,
    Choice,
    Function,
    Goal,
    KerasModel,
    Lesson,
    Number,
    Patient,
    Prediction,
    is_adam,
    is_probability,
    loss_is,
    loss_is_accuracy,
    output_range,
    right,
    steers,
    wrong,
)
from lessons_lib.lessons.classification import experiments, patients

lesson = Lesson("06", "classification")


# --- three things to remember ----------------------------------------------------------------


@lesson.question
class four_to_one(Number):
    """**From lesson 1.** A neuron that says how sure it is has the sum z = −ln 4 before its
    sigmoid. Which probability does it give?
    """

    concepts = ("N4",)
    hints = (
        "The sigmoid is 1 / (1 + e⁻ᶻ). What is e to the power of ln 4?",
        "e⁻ᶻ is 4 here: four parts speak against it, one for it.",
    )
    takeaway = (
        "1 / (1 + 4) = 0.2. The sum z is the logarithm of the odds, here 1 to 4. It comes back in "
        "this lesson under the name of logit."
    )

    def solution():
        return 1 / (1 + 4)

    other_sign = wrong(
        0.8, "A sum below 0 gives less than one half. This is the probability for z = +ln 4."
    )
    odds = wrong(0.25, "These are the odds, 1 to 4. Of how many parts in all is it one?")
    raw_sum = wrong(-np.log(4), "This is the sum z itself. The sigmoid is still to come.")


@lesson.question
class sure_slopes(Array):
    """**From lesson 2.** How steep is the sigmoid at the places where its output is 0.5, 0.9 and
    0.99? Give an array of three slopes.
    """

    concepts = ("A2", "A8")
    hints = (
        "The slope of the sigmoid can be said by its output p alone.",
        "σ′ = p (1 − p): at one half it is a quarter, the most there is.",
    )
    takeaway = (
        "0.25, 0.09 and 0.0099: the surer, the flatter. What that does to a neuron that is sure "
        "and wrong decides which loss a classifier gets."
    )

    def solution():
        p = np.array([0.5, 0.9, 0.99])
        return p * (1 - p)

    one_factor = wrong(
        [0.5, 0.1, 0.01], "This is 1 − p, one of two factors. At one half the slope is a quarter."
    )
    of_tanh = wrong([0.75, 0.19, 0.0199], "This is 1 − p², the slope of tanh by its output.")
    the_output = wrong([0.5, 0.9, 0.99], "These are the outputs. Where are they nearly flat?")


@lesson.question
class new_row_scaled(Number):
    """**From lesson 5.** In the training set a column runs from 10 to 20. It is scaled to 0…1 by
    minimum and maximum. A new row has 25 in this column. What does the network get?
    """

    concepts = ("V2",)
    hints = (
        "The rule is made on the training set, once, and used for every row as it is.",
        "Subtract the training minimum, and divide by the training range.",
    )
    takeaway = (
        "(25 − 10) / (20 − 10) = 1.5. It may lie outside of 0…1: to fit the rule to new rows would "
        "be a leak. This lesson scales its tumours by the training set as well."
    )

    def solution():
        return (25 - 10) / (20 - 10)

    cut_off = wrong(
        1.0,
        "Cut off at the training maximum, or scaled by its own: 25 would look like 20.",
    )
    without_minimum = wrong(25 / (20 - 10), "The minimum is not subtracted: 10 has to become 0.")
    by_the_maximum = wrong(
        25 / 20, "This divides by the maximum alone. The range is from 10 to 20."
    )


# --- from likelihood to loss -----------------------------------------------------------------


def _labels(rng, n, ones=0.5):
    """Draw n labels, 0.0 or 1.0, with both present."""
    y = (rng.random(n) < ones).astype(float)
    y[:2] = 1, 0
    return y


@lesson.question
class binary_crossentropy(Function):
    """Write `binary_crossentropy(y_true, p)`: the mean of −log of the probability that was given
    to what came true. `y_true` holds 0 or 1, `p` the probability of class 1; both have shape
    (n_samples,).
    """

    concepts = ("C1",)
    hints = (
        "For a sample with y = 1, what came true had the probability p. And for y = 0?",
        "One line for both: y is 1 or 0, so a logarithm times y counts or vanishes. Which factor "
        "does the opposite?",
        "The mean over all samples, with a minus in front. `np.log` is the natural logarithm.",
    )
    takeaway = (
        "Maximum likelihood and least cross-entropy are the same wish. Keras computes it as "
        '`loss="binary_crossentropy"`.'
    )

    def solution(y_true, p):
        return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))

    def starter(y_true, p):
        return ...

    def inputs(rng):
        for n in (2, 5, 32):
            yield _labels(rng, n), rng.uniform(0.05, 0.95, n)
        yield np.ones(3), rng.uniform(0.1, 0.9, 3)
        yield np.zeros(4), rng.uniform(0.1, 0.9, 4)

    lost_the_minus = wrong(
        lambda y_true, p: np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)),
        "The minus is missing: the logarithm of a probability is negative, a loss is not.",
    )
    forgot_the_zeros = wrong(
        lambda y_true, p: -np.mean(y_true * np.log(p)),
        "Samples with y = 0 count for nothing here. What came true for them had the probability "
        "1 − p, and it belongs into the loss as well.",
    )
    summed = wrong(
        lambda y_true, p: -np.sum(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)),
        "This is the sum over the samples, not their mean: it grows with their number.",
    )
    base_two = wrong(
        lambda y_true, p: -np.mean(y_true * np.log2(p) + (1 - y_true) * np.log2(1 - p)),
        "`np.log2` and `np.log10` count in other units; the loss takes the natural logarithm.",
    )
    swapped = wrong(
        lambda y_true, p: -np.mean((1 - y_true) * np.log(p) + y_true * np.log(1 - p)),
        "y and 1 − y have changed places: your loss is small where the model is wrong.",
    )


def _sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


@lesson.question
class loss_slopes(Function):
    """One neuron says p = σ(z) about a sample with the label y. Write `loss_slopes(z, y)`: the
    two slopes dL/dz, first of cross-entropy, then of the squared error (p − y)². `z` and `y` are
    arrays of one shape. The check nudges z and measures.
    """

    concepts = ("C1",)
    parts = ("cross_entropy", "squared_error")
    rtol = 1e-5
    atol = 1e-8
    single_precision = False
    hints = (
        "The chain rule: dL/dz = dL/dp · dp/dz. The second factor is the sigmoid's own slope.",
        "dp/dz = p · (1 − p). The squared error has dL/dp = 2 (p − y).",
        "For cross-entropy dL/dp = (p − y) / (p (1 − p)). What is left after multiplying?",
    )
    takeaway = (
        "p − y: the error itself, nothing in the way. The squared error carries p (1 − p) along, "
        "and that is 0 exactly where the neuron is sure, be it right or wrong."
    )

    def solution(z, y):
        p = 1 / (1 + np.exp(-z))
        cross_entropy = p - y
        squared_error = 2 * (p - y) * p * (1 - p)
        return cross_entropy, squared_error

    def starter(z, y):
        cross_entropy = ...
        squared_error = ...
        return cross_entropy, squared_error

    def inputs(rng):
        for n in (2, 6):
            yield rng.normal(0, 2, n), _labels(rng, n)
        yield np.array([-4.0, 0.0, 4.0]), np.ones(3)
        yield np.array([-4.0, 0.0, 4.0]), np.zeros(3)

    @wrong(
        why="`cross_entropy` is right. `squared_error` stops at dL/dp: the sigmoid's slope is "
        "missing."
    )
    def stopped_at_p(z, y):
        p = 1 / (1 + np.exp(-z))
        return p - y, 2 * (p - y)

    @wrong(
        why="`squared_error` is right. In `cross_entropy` the sigmoid's slope counts twice: p − y "
        "already holds it, because it cancels the p (1 − p) below the line."
    )
    def slope_twice(z, y):
        p = 1 / (1 + np.exp(-z))
        return (p - y) * p * (1 - p), 2 * (p - y) * p * (1 - p)

    @wrong(why="Both signs are wrong: where p is larger than y, the loss grows with z.")
    def signs(z, y):
        p = 1 / (1 + np.exp(-z))
        return y - p, 2 * (y - p) * p * (1 - p)

    @wrong(why="The squared error has lost its 2: the derivative of (p − y)² is 2 (p − y).")
    def lost_the_two(z, y):
        p = 1 / (1 + np.exp(-z))
        return p - y, (p - y) * p * (1 - p)

    @wrong(
        why="These are slopes with respect to p. Asked for is z, which stands before the sigmoid."
    )
    def with_respect_to_p(z, y):
        p = 1 / (1 + np.exp(-z))
        return (p - y) / (p * (1 - p)), 2 * (p - y)


@lesson.question
class loss_from_logits(Function):
    """Write `loss_from_logits(z, y)`: the mean binary cross-entropy, computed from the logits z and
    not from p. With p = σ(z) put in, the loss of a sample is log(1 + e^z) − y z. Rewrite it so
    that it holds for z = 1000 and z = −1000, too. `z` and `y` have shape (n_samples,).
    """

    concepts = ("C1",)
    single_precision = False
    hints = (
        "For z ≤ 0 the formula is harmless: e^z is at most 1. What is log(1 + e^z) for a large z, "
        "nearly?",
        "Take e^z out of the bracket: 1 + e^z = e^z (1 + e^(−z)). What does the logarithm make of "
        "that product?",
        "Two cases, one formula: the larger of z and 0, and e to the power of −|z|, which is "
        "never more than 1. `np.log1p(x)` is log(1 + x), exact for a tiny x.",
    )
    takeaway = (
        "This is the loss behind `from_logits=True`: sure and wrong costs |z|, however large, and "
        "the slope stays p − y. `np.logaddexp(0, z)` computes the same logarithm."
    )

    def solution(z, y):
        softplus = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
        return np.mean(softplus - y * z)

    def starter(z, y):
        return ...

    def inputs(rng):
        for n in (2, 5, 20):
            yield rng.normal(0, 3, n), _labels(rng, n)
        yield np.array([1000.0, -3.0, 1.0]), np.array([0.0, 1.0, 1.0])
        yield np.array([-1000.0, 2.0]), np.array([1.0, 0.0])
        yield np.array([1000.0, -1000.0]), np.array([1.0, 0.0])

    as_it_stands = wrong(
        lambda z, y: np.mean(np.log(1 + np.exp(z)) - y * z),
        "Right for small z. But e^1000 is more than a float can hold: it becomes inf, and so does "
        "the loss.",
    )

    @wrong(
        why="p is computed first, and rounds to exactly 0 or 1 where |z| is large: then log 0 is "
        "−inf, or 0 times it is nan. Leave p out."
    )
    def by_way_of_p(z, y):
        p = 0.5 * (1 + np.tanh(0.5 * z))
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    @wrong(
        why="Nothing overflows, but p is kept away from 0 and 1 by force: a loss that should be "
        "1000 stays near 16, and its slope there is 0. Leave p out."
    )
    def clipped(z, y):
        p = np.clip(0.5 * (1 + np.tanh(0.5 * z)), 1e-7, 1 - 1e-7)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    forgot_the_large = wrong(
        lambda z, y: np.mean(np.log1p(np.exp(-np.abs(z))) - y * z),
        "For z > 0 the z that came out of the bracket is lost: log(1 + e^z) = z + log(1 + e^(−z)).",
    )
    summed = wrong(
        lambda z, y: np.sum(np.logaddexp(0, z) - y * z),
        "This is the sum over the samples, not their mean.",
    )
    swapped = wrong(
        lambda z, y: np.mean(np.logaddexp(0, -z) + y * z),
        "The sign of z is turned: this loss is small where the model is wrong.",
    )


def _wait(loss_slope, z=-8.0, steps=100, learning_rate=1.0):
    """Let gradient descent turn the z of one sample with label 1; return the last p."""
    for _ in range(steps):
        p = float(_sigmoid(z))
        z -= learning_rate * loss_slope(p)
    return float(_sigmoid(z))


@lesson.question
class surely_wrong(Prediction):
    """A neuron is sure and wrong: the label is 1, and it says p = σ(−8) = 0.0003. Gradient
    descent now changes its z, a hundred steps with a learning rate of 1, once on cross-entropy
    and once on the squared error. Where is p after that?
    """

    concepts = ("C1",)
    hints = (
        "The step is as large as the slope dL/dz. Which loss changes much when z changes a little?",
        "Compute both losses for z = −8 and z = −7.9: p is 0.00034 and 0.00037.",
    )
    options = (
        wrong(
            "Both are near 1: a hundred steps are plenty.",
            "It would be so if both felt their error. The squared error's slope at p = 0.0003 is "
            "0.0007: a hundred such steps move z by less than 0.1.",
        ),
        wrong(
            "Both are still near 0: the sigmoid is flat there.",
            "The sigmoid is flat, but cross-entropy is steep in just the same measure, and the "
            "two cancel.",
        ),
        right(
            "With cross-entropy near 1, with the squared error still near 0.",
            "Cross-entropy's slope is p − y, nearly −1, so z climbs at once. The squared error "
            "hardly feels that it is wrong.",
        ),
        wrong(
            "With the squared error near 1, with cross-entropy still near 0.",
            "The other way round: it is the squared error that goes flat where p is near 0.",
        ),
    )
    takeaway = "This is why classifiers are trained on cross-entropy."

    def experiment():
        crossed = _wait(lambda p: p - 1)
        squared = _wait(lambda p: 2 * (p - 1) * p * (1 - p))
        return {(1, 1): "a", (0, 0): "b", (1, 0): "c", (0, 1): "d"}[round(crossed), round(squared)]


def _compiled(keras, loss="binary_crossentropy", activation="sigmoid"):
    """Return a model for the tumours, not compiled where there is no loss."""
    model = keras.Sequential(
        [
            keras.Input((30,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation=activation),
        ]
    )
    if loss is not None:
        model.compile(optimizer="adam", loss=loss, metrics=["binary_accuracy"])
    return model


def _has_one_output(model):
    return model.output_shape == (None, 1)


@lesson.question
class tumour_model(KerasModel):
    """Build **and compile** the network for the tumours: 30 inputs, one hidden layer of 16 ReLU
    units, one output that is a probability; optimizer adam, and the loss that belongs to a
    yes-or-no question.
    """

    concepts = ("C2",)
    hints = (
        "One output is enough: the probability of the other class is 1 minus it.",
        "Which activation of the output unit makes a probability of any number?",
        "`model.compile` takes optimizer and loss by their names. The loss is the cross-entropy "
        "for two classes: *binary*, as Keras calls it.",
    )
    takeaway = "Sigmoid and binary cross-entropy belong together, as softmax and categorical do."
    input_shape = (30,)
    output_shape = (1,)
    parameters = 513

    def solution(keras):
        model = keras.Sequential(
            [
                keras.Input((30,)),
                keras.layers.Dense(16, activation="relu"),
                keras.layers.Dense(1, activation="sigmoid"),
            ]
        )
        model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["binary_accuracy"])
        return model

    def accept(model):
        if not model.compiled:
            return "The model is not compiled: `model.compile(optimizer=..., loss=...)`."
        if not is_adam(model):
            return f"Its optimizer is {type(model.optimizer).__name__}; Adam is expected."
        if loss_is(model, "bce", from_logits=True):
            return (
                "The loss is told that logits come (`from_logits=True`), but the sigmoid has made "
                "probabilities of them: leave that argument out."
            )
        if not loss_is(model, "bce"):
            return (
                "The loss computes something else than the mean binary cross-entropy, which "
                "belongs to a yes-or-no question with one output."
            )
        return ""

    squared_error = wrong(
        lambda keras: _compiled(keras, loss="mse"),
        "The loss is the squared error. It trains, but it goes blind where the network is sure "
        "and wrong: take the loss of this lesson.",
        when=lambda model: loss_is(model, "mse"),
    )
    no_sigmoid = wrong(
        lambda keras: _compiled(keras, activation=None),
        "The last layer has no sigmoid, so its output leaves the range from 0 to 1: it is no "
        "probability.",
        when=lambda model: _has_one_output(model) and not is_probability(model),
    )
    softmax_of_one = wrong(
        lambda keras: _compiled(keras, activation="softmax"),
        "A softmax over one single output is always 1, whatever comes in. One output needs a "
        "sigmoid; a softmax needs one output for each class.",
        when=lambda model: (
            _has_one_output(model) and np.allclose(output_range(model), 1, atol=0.01)
        ),
    )
    not_compiled = wrong(
        lambda keras: _compiled(keras, loss=None),
        "The model is built but not compiled: without loss and optimizer it cannot learn.",
        when=lambda model: not model.compiled and is_probability(model),
    )
    accuracy_as_loss = wrong(
        lambda keras: _compiled(keras, loss="binary_accuracy"),
        "Accuracy as the loss has slope 0 almost everywhere: gradient descent cannot use it. It "
        "belongs into `metrics`.",
        when=loss_is_accuracy,
    )


@lesson.question
class precision_recall_f1(Function):
    """Write `precision_recall_f1(y_true, y_said)`. Both hold 0 or 1, shape (n_samples,). Precision:
    of the samples *called* 1, the fraction that are 1. Recall: of the samples that *are* 1, the
    fraction that were called 1. F1 is their harmonic mean, 2PR / (P + R). Where nothing can be
    divided, the answer is 0.
    """

    concepts = ("C3",)
    parts = ("precision", "recall", "f1")
    hints = (
        "Three counts are enough: found (1 and called 1), false alarms, missed.",
        "Precision divides `found` by all that were called 1, recall by all that are 1.",
        "Both are undefined when their divisor is 0: return 0 then. The same holds for F1.",
    )
    takeaway = (
        "These are scikit-learn's `precision_score`, `recall_score` and `f1_score`, which the next "
        "cell calls."
    )

    def solution(y_true, y_said):
        found = np.sum((y_true == 1) & (y_said == 1))
        called, real = np.sum(y_said == 1), np.sum(y_true == 1)
        precision = found / called if called else 0.0
        recall = found / real if real else 0.0
        f1 = 2 * found / (called + real) if called + real else 0.0
        return precision, recall, f1

    def starter(y_true, y_said):
        precision = ...
        recall = ...
        f1 = ...
        return precision, recall, f1

    def inputs(rng):
        for n, turned in ((20, 0.3), (50, 0.6), (12, 0.2)):
            y = _labels(rng, n, 0.35)
            said = np.where(rng.random(n) < turned, 1 - y, y)
            said[:4], y[:4] = (1, 1, 0, 0), (1, 0, 1, 0)
            yield y, said
        yield np.array([1.0, 1.0, 0.0, 1.0, 0.0]), np.array([1.0, 0.0, 1.0, 1.0, 0.0])
        yield np.array([1.0, 0.0, 1.0]), np.zeros(3)
        yield np.zeros(4), np.array([0.0, 1.0, 0.0, 1.0])
        yield np.zeros(2), np.zeros(2)
        # Nothing called in vain, nothing missed, both, and one alone.
        yield np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
        yield np.array([1.0, 0.0, 0.0]), np.array([1.0, 1.0, 0.0])
        yield np.array([1.0, 0.0, 1.0]), np.array([1.0, 0.0, 1.0])
        yield np.array([1.0, 0.0]), np.array([0.0, 1.0])

    @wrong(why="Precision and recall have changed places: precision is about those *called* 1.")
    def swapped(y_true, y_said):
        found = np.sum((y_true == 1) & (y_said == 1))
        called, real = np.sum(y_said == 1), np.sum(y_true == 1)
        f1 = 2 * found / (called + real) if called + real else 0.0
        return found / real if real else 0.0, found / called if called else 0.0, f1

    @wrong(
        why="Precision and recall are right. F1 is not the plain mean: the harmonic mean stays "
        "near the smaller of the two, so that one good number cannot hide a bad one."
    )
    def plain_mean(y_true, y_said):
        found = np.sum((y_true == 1) & (y_said == 1))
        called, real = np.sum(y_said == 1), np.sum(y_true == 1)
        p = found / called if called else 0.0
        r = found / real if real else 0.0
        return p, r, (p + r) / 2

    @wrong(
        why="Nearly: when nothing is called 1, or nothing is 1, this divides 0 by 0. Return 0 in "
        "that case, as scikit-learn does."
    )
    def zero_by_zero(y_true, y_said):
        found = np.sum((y_true == 1) & (y_said == 1))
        p, r = found / np.sum(y_said == 1), found / np.sum(y_true == 1)
        return p, r, 2 * p * r / (p + r)

    @wrong(
        why="The first number is accuracy: it counts the right zeros too. Precision looks only at "
        "the samples called 1."
    )
    def accuracy_for_precision(y_true, y_said):
        found = np.sum((y_true == 1) & (y_said == 1))
        called, real = np.sum(y_said == 1), np.sum(y_true == 1)
        f1 = 2 * found / (called + real) if called + real else 0.0
        return np.mean(y_true == y_said), found / real if real else 0.0, f1

    @wrong(why="F1 has lost its 2: for P = R = 1 it must be 1.")
    def lost_the_two(y_true, y_said):
        found = np.sum((y_true == 1) & (y_said == 1))
        called, real = np.sum(y_said == 1), np.sum(y_true == 1)
        f1 = found / (called + real) if called + real else 0.0
        return found / called if called else 0.0, found / real if real else 0.0, f1


@lesson.question
class calling_threshold(Number):
    """A miss costs as much as ten false alarms. A network that can be trusted gives a patient the
    probability p of being ill. From which p on is it cheaper to call the patient ill?
    """

    concepts = ("C3",)
    rtol = 0.01
    hints = (
        "Calling costs something only if the patient is healthy. How probable is that?",
        "Calling costs (1 − p) · 1 on average, not calling costs p · 10.",
        "At the threshold both cost the same: solve 1 − p = 10 p.",
    )
    takeaway = (
        "1 / (1 + cost of a miss), far below one half (Elkan, 2001). It holds where the "
        "probabilities can be trusted; else one looks for the cheapest threshold on validation "
        "data."
    )

    def solution():
        return 1 / (1 + 10)

    forgot_the_one = wrong(
        0.1,
        "Nearly: this is 1/10. But calling costs only where the patient is healthy, 1 − p of the "
        "time: 1 − p = 10 p, not 1 = 10 p.",
    )
    turned_round = wrong(
        10 / 11,
        "The other way round: so high a threshold fits if a false alarm costs ten misses.",
    )
    one_half = wrong(
        0.5, "One half is cheapest if both mistakes cost the same. Here one costs ten times more."
    )


@lesson.question
class class_weights(Function):
    """Write `class_weights(y)`: a dict from each class in `y` to its weight, such that all classes
    have the same total weight and a sample weighs 1 on average. `y` holds whole numbers, shape
    (n_samples,).
    """

    concepts = ("C4",)
    single_precision = False
    only_keys = True
    hints = (
        "A class with half as many samples needs twice the weight for each of them.",
        "The weights of all samples sum to n_samples, and each class gets an equal part.",
        "`np.unique` gives the classes, and where asked (`help(np.unique)`) how often each occurs.",
    )
    takeaway = (
        'This is scikit-learn\'s `class_weight="balanced"`, and Keras takes the dict as '
        "`fit(..., class_weight=weights)`. The probabilities of a network trained so are those "
        "of a world in which all classes are equally frequent."
    )

    def solution(y):
        classes, counts = np.unique(y, return_counts=True)
        weights = len(y) / (len(classes) * counts)
        return {int(c): float(w) for c, w in zip(classes, weights, strict=True)}

    def starter(y):
        return ...

    def inputs(rng):
        yield (np.array([0] * 8 + [1] * 2),)
        yield (rng.permutation(np.repeat([0, 1], [97, 3])),)
        yield (rng.permutation(np.repeat([0, 1, 2], [10, 5, 25])),)
        yield (np.array([2, 0, 0, 2, 0]),)
        yield (np.array([7, 3, 7, 7, 4, 7, 7]),)

    @wrong(why="A frequent class gets a large weight here. It is the rare one that needs help.")
    def fraction_of_class(y):
        classes, counts = np.unique(y, return_counts=True)
        return {int(c): float(n / len(y)) for c, n in zip(classes, counts, strict=True)}

    @wrong(
        why="The classes are balanced, but a sample does not weigh 1 on average: the loss, and "
        "with it every step, becomes as many times larger as there are classes."
    )
    def forgot_the_number_of_classes(y):
        classes, counts = np.unique(y, return_counts=True)
        return {int(c): float(len(y) / n) for c, n in zip(classes, counts, strict=True)}

    @wrong(
        why="The classes are balanced, but the weights are tiny: a sample should weigh 1 on "
        "average, or training becomes as slow as with a tiny learning rate."
    )
    def one_over_count(y):
        classes, counts = np.unique(y, return_counts=True)
        return {int(c): float(1 / n) for c, n in zip(classes, counts, strict=True)}

    @wrong(
        why="There is a key for a class that does not occur in `y`. Nothing can be said of its "
        "weight; only classes that are there get one: `np.unique` finds them."
    )
    def absent_classes(y):
        k = len(set(y.tolist()))
        return {c: len(y) / k / n if n else 0.0 for c, n in enumerate(np.bincount(y))}

    @wrong(
        why="The largest class is the measure here; then a sample weighs more than 1 on average."
    )
    def against_the_largest(y):
        classes, counts = np.unique(y, return_counts=True)
        return {int(c): float(counts.max() / n) for c, n in zip(classes, counts, strict=True)}


def _softmax(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


@lesson.question
class softmax_gradients(Function):
    """Softmax regression: Z = X W + b, P = softmax(Z), and L is the mean cross-entropy. Write
    `softmax_gradients(X, Y, P)`, which returns dW and db. `X` has shape (n_samples, n_features),
    `Y` (one-hot) and `P` have shape (n_samples, n_classes).
    """

    concepts = ("C5",)
    parts = ("dW", "db")
    hints = (
        "For one sample, dL/dz is what you know from one neuron: prediction minus truth.",
        "That is dZ, but for one factor, because L is a mean. Then as in every layer: dW and db.",
        "dW has the shape of W, (n_features, n_classes): which product of X and dZ gives that "
        "shape? db sums over the samples.",
    )
    takeaway = (
        "The same p − y as for one neuron. Loss and output were made for each other, and "
        "everything difficult cancels (Bridle, 1990)."
    )

    def solution(X, Y, P):
        dZ = (P - Y) / len(X)
        dW = X.T @ dZ
        db = dZ.sum(axis=0)
        return dW, db

    def starter(X, Y, P):
        dW = ...
        db = ...
        return dW, db

    def inputs(rng):
        for n, features, classes in ((5, 2, 3), (8, 4, 3), (3, 5, 4), (4, 4, 4), (32, 2, 10)):
            X = rng.normal(size=(n, features))
            Y = np.eye(classes)[rng.integers(0, classes, n)]
            yield X, Y, _softmax(rng.normal(size=(n, classes)))

    forgot_the_mean = wrong(
        lambda X, Y, P: (X.T @ (P - Y), (P - Y).sum(axis=0)),
        "The mean is missing: both gradients are as many times too large as there are samples.",
    )

    @wrong(why="The sign is turned round: this would climb. Prediction minus truth, P − Y.")
    def truth_minus_prediction(X, Y, P):
        dZ = (Y - P) / len(X)
        return X.T @ dZ, dZ.sum(axis=0)

    @wrong(
        why="There is a factor P (1 − P) too many. In P − Y softmax and cross-entropy have already "
        "met: nothing of the softmax's own slope is left to multiply."
    )
    def slope_of_sigmoid(X, Y, P):
        dZ = (P - Y) * P * (1 - P) / len(X)
        return X.T @ dZ, dZ.sum(axis=0)

    @wrong(
        why="dW is right. db is one number for each class: sum over the samples, `axis=0`, only."
    )
    def one_db(X, Y, P):
        dZ = (P - Y) / len(X)
        return X.T @ dZ, dZ.sum()

    @wrong(
        why="This is the gradient of the squared error without the softmax: there is a 2 too many."
    )
    def with_a_two(X, Y, P):
        dZ = 2 * (P - Y) / len(X)
        return X.T @ dZ, dZ.sum(axis=0)


@lesson.question
class fix_ceilings(Function):
    """Write `fix_ceilings(kinds, n_images)`. `kinds` lists, for each **mistake**, its kind as text;
    `n_images` is how many images were judged in all. Return a dict from each kind to the
    accuracy that would be reached if every mistake of that kind, and no other, were mended.
    """

    concepts = ("C8",)
    single_precision = False
    only_keys = True
    hints = (
        "What is the accuracy now? `len(kinds)` images are wrong, the others right.",
        "Mending a kind turns as many images right as it occurs in the list.",
        "By hand first: 10 images, mistakes `['dark', 'dark', 'cut']`. Without the dark ones 9 "
        "are right. Which three numbers have made 9, and what is the accuracy?",
    )
    takeaway = (
        "Five minutes of counting can save a month of work on a fix whose ceiling is low "
        "(Ng, 2018)."
    )

    def solution(kinds, n_images):
        right = n_images - len(kinds)
        return {kind: (right + kinds.count(kind)) / n_images for kind in set(kinds)}

    def starter(kinds, n_images):
        return ...

    def inputs(rng):
        names = ["blurred", "unusual", "either", "readable"]
        for n, images in ((7, 100), (12, 60), (30, 1000)):
            yield [*names, *(names[i] for i in rng.integers(0, 4, n))], images
        yield ["blurred", "blurred", "unusual"], 10
        yield ["blurred"], 4

    fraction_of_mistakes = wrong(
        lambda kinds, n_images: {kind: kinds.count(kind) / len(kinds) for kind in set(kinds)},
        "This is each kind's fraction of the mistakes. The ceiling is an accuracy, over all "
        "images.",
    )
    gain_alone = wrong(
        lambda kinds, n_images: {kind: kinds.count(kind) / n_images for kind in set(kinds)},
        "This is what mending gains. The ceiling is the accuracy now, plus this.",
    )
    mended_the_others = wrong(
        lambda kinds, n_images: {kind: 1 - kinds.count(kind) / n_images for kind in set(kinds)},
        "You mended all the other kinds and left this one: it should be the other way round.",
    )
    nothing_mended = wrong(
        lambda kinds, n_images: {kind: 1 - len(kinds) / n_images for kind in set(kinds)},
        "Every kind gets the accuracy of now. What does mending it add?",
    )


@lesson.question
class half_wrong(Prediction):
    """Half of the labels of 400 digits that ship with scikit-learn are replaced by wrong ones, each
    of the other nine digits equally often. A network with one hidden layer is trained on them for
    four epochs. Of new images, judged by right labels, which fraction does it answer rightly?
    """

    concepts = ("C9",)
    hints = (
        "What does the network see most often beside the image of a 3?",
        "Half of the labels say 3. How many say 8?",
    )
    options = (
        wrong(
            "About a tenth, as by guessing.",
            "The labels are not pure noise: half of them are right, and that is five times as many "
            "as guessing would give.",
        ),
        wrong(
            "About a half: it can be no better than its labels.",
            "That would be the ceiling if the new images had labels as noisy as these. It is "
            "judged by right ones, and there it does better.",
        ),
        right(
            "Clearly more than a half.",
            "Random errors spread over nine wrong answers, each with a twentieth of the labels, "
            "and the right one, with a half, stays by far the most common. A network that has "
            "not been trained for long follows what is common among similar images.",
        ),
        wrong(
            "Nearly all, as with right labels.",
            "The errors cost something: half of the labels pull in wrong directions.",
        ),
    )
    takeaway = "Trained for long, it learns the wrong labels by heart, too, and recognises less."

    def experiment():
        digits = datasets.load_digits(enlarged=True)
        X_all, y_all = experiments.small_pictures(digits.X_train), digits.y_train
        X, y, X_new, y_new = X_all[:400], y_all[:400], X_all[400:], y_all[400:]
        wrong_digit, turn = experiments.wrong_at_random(y)
        told = np.where(turn < 0.5, wrong_digit, y)
        network = experiments.small_network(X, told, units=64, epochs=4)
        reached = experiments.accuracy(network, X_new, y_new)
        return "a" if reached < 0.3 else "b" if reached < 0.57 else "c" if reached < 0.9 else "d"


# --- the clinic ------------------------------------------------------------------------------


def _calls_too_many(run):
    return patients.called(run.runner)[0] >= 0.2


_OF_THE_NETWORK = (
    *("learning_rate", "optimizer", "batch_size", "activation", "width", "dropout", "l2"),
)


@lesson.question
class patient_9(Patient):
    """Case 9 is a detector: 60 of its 3,060 training points belong to class 1, and those it is to
    find. From a probability of one half on it calls a point, and that stays so. Run 1, in grey: its
    loss falls as one would wish, and of the new points of class 1 it finds only a third. Bring
    `case_9` to find more than 70 % of them and to call fewer than 20 % of the others, within 1,500
    updates. "Curves of" shows the losses of `all` points and of the `rare` ones apart.
    """

    concepts = ("C4", "C3")
    diagnosis = "the wrong loss"
    budget = patients.BUDGET
    goals = (
        Goal(
            lambda run: patients.called(run.runner)[1],
            above=0.7,
            words="found, of the new points of class 1",
        ),
        Goal(
            lambda run: patients.called(run.runner)[0],
            below=0.2,
            words="called, of the new points of class 0",
        ),
    )
    hints = (
        'Choose "curves of": rare loss. While the loss that is made smaller falls, what becomes of '
        "this one?",
        "The network does what it is asked: a mean over all points, of which two in a hundred are "
        "rare. What should it be asked, if those two are to count?",
        '"weight of rare" stands at 0. At 1 both classes weigh about alike. Turn it up before the '
        "first step, or any time.",
    )
    takeaway = (
        "The network was well, and its loss asked for something else than you. Weights in the loss "
        "ask for it; a lower threshold would have called as many, and left the probabilities as "
        "they were."
    )

    def start():
        return patients.patient_9()

    def solution(case_9):
        case_9.trainer.weight_rare = 1.0
        case_9.step(600)

    turned_nothing = wrong(
        steers(600),
        "The loss falls, and that is all it was asked for. More of the same does not find them.",
    )
    everything_called = wrong(
        steers(300, weight_all=0.0, weight_rare=1.0),
        "It calls a great many by now: a detector that calls everyone misses nobody, and is worth "
        "nothing. The loss of all points has to count as well.",
        when=lambda run: (
            not run.reached
            and bool(run.turned("weight_rare") or run.turned("weight_all"))
            and _calls_too_many(run)
        ),
    )
    network_only = wrong(
        steers(300, learning_rate=0.03),
        "You turned how it learns, or what it is. It then does better, or sooner, what the loss "
        "asks for, and the loss asks for the mean over all points.",
        when=lambda run: run.turned_in_vain(*_OF_THE_NETWORK),
    )
    only_larger = wrong(
        steers(300, weight_all=10.0),
        "Ten times the same loss has the same lowest place. What counts is how much of it comes "
        "from the rare points.",
        when=lambda run: (
            run.turned_in_vain(*_OF_THE_NETWORK, "weight_all") and bool(run.turned("weight_all"))
        ),
    )
    too_little = wrong(
        steers(400, weight_rare=0.02),
        "This is the right knob, and still too little: the rare points weigh less than the others "
        "together.",
        when=lambda run: (
            not run.reached
            and run.updates >= 300
            and not _calls_too_many(run)
            and bool(run.turned("weight_rare"))
        ),
    )
    too_small = wrong(
        "too small a network", "As large as it was it has found them, once it was asked to."
    )
    leak = wrong(
        "a leak", "Its accuracy of 98 % looks too good, and is that of never calling anyone."
    )


@lesson.question
class patient_10(Patient):
    """Case 10 is to tell two moons apart. Its table was typed from a file, and then somebody sorted
    it. In run 1, in grey, the training loss falls a little and the validation loss does not: it
    stays at or above that of a coin, 0.69. Look at the points on the map before you turn anything.
    Bring the validation loss of `case_10` below 0.2 within 1,500 updates.
    """

    concepts = ("C9",)
    diagnosis = "shuffled labels"
    budget = patients.BUDGET
    goals = (Goal("val_loss", below=0.2),)
    fixed = ("noise", "samples", "share", "draw", "painted")
    hints = (
        "Choose a place on the map where many points lie. Which class do its neighbours have? Is "
        "there any border that you could draw by hand?",
        "A network can learn such points by heart, one by one, and that says nothing of new ones. "
        "No knob of the network brings back an order that the table has lost.",
        "Where is the order still? Not in another table that was made in the same way. Look what "
        '"data" offers.',
    )
    takeaway = (
        "One column sorted without the others, and each point has the label of another. No network "
        "finds what is not there: look at rows before you look for a better network."
    )

    def start():
        return patients.patient_10()

    def solution(case_10):
        case_10.trainer.data = patients.FILE
        case_10.step(600)

    turned_nothing = wrong(
        steers(400),
        "Longer training learns a few more of these points by heart. Does that help with the "
        "points it has not seen?",
    )
    network_only = wrong(
        steers(300, learning_rate=0.03, width=8),
        "You turned the network, and how it learns. A person with all the time in the world could "
        "draw no border here either: look at the points.",
        when=lambda run: run.turned_in_vain(
            "learning_rate", "optimizer", "batch_size", "activation", "width"
        ),
    )
    held_back = wrong(
        steers(300, l2=0.03),
        "Dropout and l2 keep it from learning by heart. Then it says one half everywhere, 0.69, "
        "for there is nothing else to be learnt from these points.",
        when=lambda run: run.turned_in_vain(*_OF_THE_NETWORK),
    )
    same_again = wrong(
        steers(300, data="another such table"),
        "More of the same: this table was made in the same way. Look at its points.",
        when=lambda run: not run.reached and run.knobs["data"] == "another such table",
    )
    turned_fixed = wrong(
        steers(300, painted=((0,),)),
        "To paint, move or wipe out single points is not meant here: all of them have lost their "
        "labels.",
    )
    small = wrong(
        "too small a network",
        "With the labels in order it was large enough. No size finds a border that is not there.",
    )
    too_free = wrong(
        "a leak", "A leak makes the validation loss too good. This one was as bad as a coin's."
    )
    pressed = wrong(
        "too much regularisation",
        "Both losses near 0.69 look like it, and nothing pressed: l2 and dropout stood at 0.",
    )


# --- quiz ------------------------------------------------------------------------------------


@lesson.question
class quiz_likelihood(Number):
    """A model gives three samples' true classes the probabilities 0.9, 0.8 and 0.01. Which fraction
    of the cross-entropy comes from the third sample? A line of Python may do the counting.
    """

    concepts = ("C1",)
    rtol = 0.01
    hints = (
        "What does one sample cost? Minus the natural logarithm of a probability.",
        "The mean divides all three by the same number, so it makes no difference here.",
    )
    takeaway = (
        "More than nine tenths come from the one that is sure and wrong: cross-entropy looks at "
        "how sure each answer was."
    )

    def solution():
        costs = -np.log([0.9, 0.8, 0.01])
        return costs[2] / costs.sum()

    one_in_three = wrong(
        1 / 3, "All three count in the mean, but −log p is very unequal: compute it for each."
    )
    probabilities = wrong(
        0.01 / 1.71,
        "This is its fraction of the *probabilities*. A sample costs −log p, and a small p costs "
        "much.",
    )
    cost_alone = wrong(
        -np.log(0.01), "This is what the third sample costs. Divide it by what all three cost."
    )
    complements = wrong(
        0.99 / (0.1 + 0.2 + 0.99),
        "1 − p is not what a sample costs: that is −log p, without limit as p goes to 0.",
    )


@lesson.question
class quiz_accuracy_loss(Choice):
    """Accuracy is what we want in the end. Why do we not train on it directly?"""

    concepts = ("C1",)
    hints = (
        "Change a weight by a millionth. How does the accuracy change?",
        "Gradient descent needs a slope.",
    )
    options = (
        wrong(
            "It cannot be computed for batches.",
            "It can, and Keras prints it after each epoch. To compute it is not enough.",
        ),
        wrong(
            "Because it should be large, and a loss should be small.",
            "Then one would take the fraction of errors. It has the same trouble.",
        ),
        wrong(
            "Because it is always 1 on the training data.",
            "It is not. And a loss may well reach its best value on the training data.",
        ),
        right(
            "Its slope is 0 almost everywhere.",
            "A small change of the weights flips no answer, so nothing tells which way to go.",
        ),
    )


@lesson.question
class quiz_unbalanced(Number):
    """A fault occurs in 1 of 500 products. A detector finds 90 % of the faults (its recall), and
    calls 1 % of the good products faulty (its false-positive rate). What is its precision?
    """

    concepts = ("C4",)
    rtol = 0.01
    hints = (
        "Imagine 50,000 products: how many have a fault, and how many of those are found?",
        "And how many of the good ones are called faulty?",
    )
    takeaway = (
        "Five of six alarms are false, although 99 % of all answers are right. Where one class is "
        "rare, ask for precision and recall, not for accuracy."
    )

    def solution():
        found = 0.9 * 1 / 500
        false_alarms = 0.01 * 499 / 500
        return found / (found + false_alarms)

    from_accuracy = wrong(
        (0.9 + 0.99 * 499) / 500,
        "99 % is the accuracy, or what precision would be if half of all products had a fault. "
        "Here good products are 499 times as many, and so are those that can be called in vain.",
    )
    from_recall = wrong(0.9, "This is the recall. Precision divides by all that are called faulty.")
    false_fraction = wrong(
        4.99 / 5.89, "This is the fraction of the alarms that are false: 1 minus the precision."
    )


@lesson.question
class quiz_outputs(Choice):
    """A picture shows exactly one of ten digits. Which output layer and loss?"""

    concepts = ("C5", "C6")
    hints = (
        "The ten probabilities belong to one question, so they must sum to 1.",
        "Which activation makes them sum to 1?",
    )
    options = (
        wrong(
            "One unit with a sigmoid, binary cross-entropy.",
            "One probability answers yes or no. Ten digits need ten.",
        ),
        right(
            "Ten units with softmax, categorical cross-entropy.",
            "The outputs sum to 1, and the gradient is p − y.",
        ),
        wrong(
            "Ten units with sigmoids, binary cross-entropy.",
            "That is for ten separate yes-or-no questions, where several may be true at once.",
        ),
        wrong(
            "One unit without an activation, mean squared error.",
            "Then a 4 would lie between a 3 and a 5. Classes have no order.",
        ),
    )


@lesson.question
class quiz_confidence(Choice):
    """A digit network is 99 % sure that a photograph of a cat is a 5. What is wrong?"""

    concepts = ("C7",)
    hints = (
        "Which answers does the softmax have to choose from?",
        "What has the network been shown in training that is no digit?",
    )
    options = (
        wrong(
            "The network is badly calibrated on digits.",
            "It may be well calibrated on digits. The cat is not one of them.",
        ),
        wrong(
            "Such a picture cannot be put in.",
            "Any picture of the right size can. The network answers to everything.",
        ),
        wrong(
            "The temperature is too high.",
            "A higher temperature makes it less sure, of cats and of digits alike. It still "
            "knows only ten answers.",
        ),
        right(
            "Nothing broke: it must share 100 % among ten digits, and has never seen a cat.",
            "Confidence speaks of images like those of the training. Elsewhere it means nothing.",
        ),
    )


@lesson.question
class quiz_ceiling(Number):
    """Accuracy is 90 %. Of 100 mistakes that you looked at, 8 are blurred and 50 are mixed-up 4s
    and 9s. Which accuracy would mending all blur bring at most?
    """

    concepts = ("C8",)
    rtol = 1e-4
    hints = ("One tenth of all images are mistakes.", "8 % of that tenth are blurred.")
    takeaway = "0.8 points; the 4s and 9s could bring 5 points. Look at those first."

    def solution():
        return 0.9 + 0.08 * 0.1

    of_all = wrong(
        0.98, "That takes 8 % of all images. It is 8 % of the *mistakes*, a tenth of the images."
    )
    fours_and_nines = wrong(0.95, "That is the ceiling for the 4s and 9s: half of the mistakes.")
    gain_alone = wrong(0.008, "This is what it gains. The question asks which accuracy it brings.")
    in_per_cent = wrong(90.8, "Right in per cent. Give it as a number between 0 and 1.")
