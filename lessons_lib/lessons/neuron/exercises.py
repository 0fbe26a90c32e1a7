"""Questions of lesson 01: a neuron, its loss, its updates, and the same in Keras."""

import math

import numpy as np

from lessons_lib.checks import (
    Array,
    Choice,
    Function,
    KerasModel,
    Learns,
    Lesson,
    Number,
    Prediction,
    leaves,
    right,
    wrong,
)

lesson = Lesson("01", "neuron")


def _rows(case, name="y_true"):
    return f"{len(np.ravel(case[name]))} rows"


@lesson.question
class by_hand(Array):
    """A neuron has weight w = 2 and bias b = −1. What does it answer to the inputs
    x = 1, 2 and 3? Give the three numbers as a list, in this order.
    """

    concepts = ("N1",)
    hints = (
        "The weight acts on each input by itself; the bias comes in once for each input.",
        "For x = 1: first two times one, then one less.",
    )
    takeaway = "Each step of 1 in x moves the answer by w = 2; the bias shifts all answers alike."

    def solution():
        return [2 * x - 1 for x in (1, 2, 3)]

    wrong_sign = wrong(
        [3, 5, 7],
        "The bias is −1, so it is added as −1: each answer is 1 less than w·x, not 1 more.",
    )
    forgot_bias = wrong(
        [2, 4, 6], "These are the products w·x. The bias is still to be added to each of them."
    )
    bias_before_weight = wrong(
        [0, 2, 4], "You added the bias first: w·(x + b). The neuron multiplies first: w·x + b."
    )
    swapped = wrong([1, 0, -1], "Weight and bias have changed places: this is b·x + w.")
    summed = wrong(9, "The three answers were added up. Each input gets an answer of its own.")


@lesson.question
class linear_unit(Function):
    """Write `linear_unit(X, w, b)`: the answers of one linear unit to many inputs at once.

    `X` has shape (n_samples, n_features), `w` has shape (n_features,), `b` is one number. The
    result has shape (n_samples,): for each row of `X` the sum of each feature times its weight,
    plus the bias.
    """

    concepts = ("N1", "N2")
    hints = (
        "One row x first: x0·w0 + x1·w1 + … + b. What is this sum of products called?",
        "It is the dot product, and the operator `@` takes it for all rows of a matrix at once.",
        "(n_samples, n_features) @ (n_features,) gives (n_samples,). Which of the two is X?",
    )
    takeaway = "This one line is what `Dense(1)` does in Keras; there it holds w and b for you."

    def solution(X, w, b):
        return X @ w + b

    def starter(X, w, b):
        return ...

    def inputs(rng):
        for n_samples, n_features in ((4, 3), (1, 1), (3, 3), (1, 5), (32, 11), (6, 1)):
            shape = (n_samples, n_features)
            yield rng.normal(size=shape), rng.normal(size=n_features), float(rng.normal())
        yield rng.normal(size=(5, 2)), np.zeros(2), 1.5
        yield 1e4 * rng.normal(size=(5, 2)), rng.normal(size=2), -1e4
        yield rng.integers(-5, 6, size=(4, 3)), rng.integers(-5, 6, size=3), 2

    forgot_bias = wrong(
        lambda X, w, b: X @ w,
        "The bias is missing: every answer differs from ours by the same number, b.",
    )
    subtracted_bias = wrong(lambda X, w, b: X @ w - b, "The bias is subtracted; it is to be added.")
    forgot_sum = wrong(
        lambda X, w, b: X * w + b,
        "`X * w` multiplies, and leaves one number for each feature. The products of a row are "
        "still to be added up: that is what `@` does besides.",
    )
    bias_for_each_feature = wrong(
        lambda X, w, b: (X * w + b).sum(axis=1),
        lambda case: (
            "The bias was added to every product before they were summed, so it counts "
            f"once for each of the {case['X'].shape[1]} features instead of once."
        ),
    )
    summed_everything = wrong(
        lambda X, w, b: np.sum(X * w) + b,
        "Everything was added up to one number. Each row of X is an input of its own and gets "
        "an answer of its own: sum over the features, `axis=1`, only.",
    )
    wrong_axis = wrong(
        lambda X, w, b: (X * w).sum(axis=0) + b,
        "The sum runs down the columns (`axis=0`), over the samples. Summing a row, over its "
        "features, is `axis=1`.",
    )
    wrong_order = wrong(
        lambda X, w, b: w @ X + b,
        "This multiplies w with X instead of X with w. The inner lengths must meet: "
        "(n_samples, n_features) @ (n_features,).",
    )
    bias_inside = wrong(
        lambda X, w, b: (X + b) @ w,
        "The inputs and the bias were added before weighting. First X @ w, then + b.",
    )


def _one_less(case):
    """Return n / (n − 1), infinite for one sample."""
    n = len(case["y_true"])
    return n / (n - 1) if n > 1 else np.inf


def _too_large_by(case, factor):
    """Whether a number is too large by a factor; an infinite one makes anything else than one."""
    return not np.isfinite(factor) or np.isclose(case.ratio, factor, rtol=1e-3)


@lesson.question
class mse(Function):
    """Write `mse(y_true, y_pred)`, the mean squared error: how far each prediction is off,
    squared, and the mean of that over all samples. Both arrays have shape (n_samples,).
    """

    concepts = ("N7",)
    hints = (
        "Three steps, from the inside out: the error of each sample, its square, one mean.",
        "The error is a difference of two arrays; `** 2` squares each of its elements.",
        "`np.mean` goes around the squares, not around the errors.",
    )
    takeaway = (
        "An error of 10 counts a hundred times as much as an error of 1: that is the squared "
        "error's strength, and its weakness where there are outliers."
    )

    def solution(y_true, y_pred):
        return np.mean((y_true - y_pred) ** 2)

    def starter(y_true, y_pred):
        return ...

    def inputs(rng):
        for n in (32, 2, 1, 7):
            yield rng.normal(size=n), rng.normal(size=n)
        yield np.zeros(3), np.array([1.0, -1.0, 0.0])
        yield rng.normal(170, 10, size=5), rng.normal(170, 10, size=5)
        same = rng.normal(size=4)
        yield same, same.copy()
        yield rng.integers(0, 9, size=6), rng.integers(0, 9, size=6)

    forgot_mean = wrong(
        lambda y_true, y_pred: np.sum((y_true - y_pred) ** 2),
        lambda case: (
            "You forgot to take the mean over the batch: your value is "
            f"{case.ratio:.4g} times ours, and your batch has {_rows(case)}."
            if case.ratio
            else "You forgot to take the mean over the batch."
        ),
    )
    forgot_square = wrong(
        lambda y_true, y_pred: np.mean(y_true - y_pred),
        "The errors are not squared, so errors up and errors down cancel: a model that is wrong "
        "by +5 and by −5 would seem perfect.",
    )
    squared_the_mean = wrong(
        lambda y_true, y_pred: np.mean(y_true - y_pred) ** 2,
        "The mean comes before the square, so errors cancel first. Square, then mean.",
    )
    took_root = wrong(
        lambda y_true, y_pred: np.sqrt(np.mean((y_true - y_pred) ** 2)),
        "There is a root around it: this is the RMSE. The MSE stays squared.",
    )
    absolute = wrong(
        lambda y_true, y_pred: np.mean(np.abs(y_true - y_pred)),
        "The errors are made positive, but not squared: this is the MAE.",
    )
    halved = wrong(
        lambda y_true, y_pred: np.mean((y_true - y_pred) ** 2) / 2,
        "Your value is half of ours. Some books put ½ before the squares so that the derivative "
        "looks nicer; the mean squared error has none.",
    )
    one_less = wrong(
        lambda y_true, y_pred: np.sum((y_true - y_pred) ** 2) / np.float64(len(y_true) - 1),
        "You divide by n − 1. Statistics do so to estimate a spread about a mean that is itself "
        "an estimate; the mean of n squares divides by n.",
        when=lambda case: _too_large_by(case, _one_less(case)),
    )
    variance = wrong(
        lambda y_true, y_pred: np.var(y_true - y_pred),
        "This is the variance of the errors: `np.var` subtracts their mean first, so a model that "
        "is 5 too high for every sample would seem perfect.",
    )
    squared_first = wrong(
        lambda y_true, y_pred: np.mean(y_true**2 - y_pred**2),
        "Each number was squared, and then they were subtracted. Subtract first.",
    )
    lost_brackets = wrong(
        lambda y_true, y_pred: np.mean(y_true - y_pred**2),
        "Only the prediction is squared: `**` comes before `-`, so the difference needs brackets.",
    )
    not_reduced = wrong(
        lambda y_true, y_pred: (y_true - y_pred) ** 2,
        "This is one square for each sample. The loss is one number: their mean.",
    )


@lesson.question
class mae(Function):
    """Write `mae(y_true, y_pred)`, the mean absolute error: the mean distance between truth
    and prediction, whichever of the two is larger. Both arrays have shape (n_samples,).
    """

    concepts = ("N7",)
    hints = (
        "An error of +2 and one of −2 are equally bad and must not cancel.",
        "`np.abs` takes the sign away, from each element.",
        "Take the sign away first and the mean last.",
    )
    takeaway = (
        "The MAE reads in the target's own unit and cares little for a few outliers; it is "
        "least at the median, the MSE at the mean."
    )

    def solution(y_true, y_pred):
        return np.mean(np.abs(y_true - y_pred))

    def starter(y_true, y_pred):
        return ...

    def inputs(rng):
        for n in (32, 2, 1, 7):
            yield rng.normal(size=n), rng.normal(size=n)
        yield np.zeros(2), np.array([1.0, -1.0])
        yield np.array([3.0, 4.0, 5.0]), np.array([1.0, 1.0, 1.0])
        yield rng.normal(170, 10, size=5), rng.normal(170, 10, size=5)
        yield rng.integers(0, 9, size=6), rng.integers(0, 9, size=6)

    forgot_abs = wrong(
        lambda y_true, y_pred: np.mean(y_true - y_pred),
        "The signs are still there, so errors up and errors down cancel. Take the absolute "
        "value of each error before the mean.",
    )
    forgot_abs_other_way = wrong(
        lambda y_true, y_pred: np.mean(y_pred - y_true),
        "This is prediction minus truth with its sign, so errors cancel. The absolute value of "
        "each error comes before the mean.",
    )
    abs_of_mean = wrong(
        lambda y_true, y_pred: np.abs(np.mean(y_true - y_pred)),
        "The absolute value came too late: after the mean, the errors have cancelled already.",
    )
    forgot_mean = wrong(
        lambda y_true, y_pred: np.sum(np.abs(y_true - y_pred)),
        lambda case: (
            "You forgot to take the mean over the batch: your value is "
            f"{case.ratio:.4g} times ours, and your batch has {_rows(case)}."
            if case.ratio
            else "You forgot to take the mean over the batch."
        ),
    )
    squared = wrong(
        lambda y_true, y_pred: np.mean((y_true - y_pred) ** 2),
        "The errors are squared: this is the MSE. The MAE takes their absolute value.",
    )
    root_mean_square = wrong(
        lambda y_true, y_pred: np.sqrt(np.mean((y_true - y_pred) ** 2)),
        "This is the root of the mean square, the RMSE, which lets large errors count more.",
    )
    median = wrong(
        lambda y_true, y_pred: np.median(np.abs(y_true - y_pred)),
        "This is the median distance, the middle one. The MAE takes their mean.",
    )


@lesson.question
class rmse(Function):
    """Write `rmse(y_true, y_pred)`, the root of the mean squared error, so that an error in
    centimetres is told in centimetres.

    `y_true` has shape (n_samples,). `y_pred` may come straight from `model.predict`: then its
    shape is (n_samples, 1). The result is one number in both cases.
    """

    concepts = ("N7",)
    hints = (
        "Read the name backwards: the error, its square, the mean, the root.",
        "Print the shape of `y_true - y_pred` when one is (3,) and the other (3, 1).",
        "`np.ravel` makes an array flat, whatever shape it had. Flatten before you subtract.",
    )
    takeaway = (
        "The flattening matters: (n,) minus (n, 1) broadcasts to (n, n) without any error, and "
        "the loss that comes out looks quite plausible."
    )

    def solution(y_true, y_pred):
        error = np.ravel(y_true) - np.ravel(y_pred)
        return np.sqrt(np.mean(error**2))

    def starter(y_true, y_pred):
        return ...

    def inputs(rng):
        for n in (5, 2, 1, 32):
            yield rng.normal(size=n), rng.normal(size=n)
        yield rng.normal(170, 10, size=7), rng.normal(170, 10, size=7)
        for n in (3, 16):
            yield rng.normal(size=n), rng.normal(size=(n, 1))
        yield np.zeros(2), np.array([[3.0], [4.0]])

    broadcast = wrong(
        lambda y_true, y_pred: np.sqrt(np.mean((y_true - y_pred) ** 2)),
        lambda case: (
            f"`y_true` has shape {case['y_true'].shape} and `y_pred` "
            f"{case['y_pred'].shape}, so their difference is broadcast to every pair, "
            f"{len(case['y_true'])} × {len(case['y_true'])} of them, without any error. Make both "
            "flat before you subtract."
        ),
    )
    forgot_root = wrong(
        lambda y_true, y_pred: np.mean((np.ravel(y_true) - np.ravel(y_pred)) ** 2),
        "The root is missing: this is the MSE, which would be in cm² and not in cm.",
    )
    forgot_root_and_broadcast = wrong(
        lambda y_true, y_pred: np.mean((y_true - y_pred) ** 2),
        "The root is missing, and where `y_pred` has shape (n, 1) the difference is broadcast "
        "to (n, n). Begin with the root.",
    )
    forgot_mean = wrong(
        lambda y_true, y_pred: np.sqrt(np.sum((np.ravel(y_true) - np.ravel(y_pred)) ** 2)),
        lambda case: (
            "You forgot the mean: the sum is under the root, so your value is "
            f"{case.ratio:.4g} times ours, the root of the {_rows(case)}."
            if case.ratio
            else "You forgot the mean: the sum is under the root."
        ),
    )
    swapped_root_and_mean = wrong(
        lambda y_true, y_pred: np.mean(np.sqrt((np.ravel(y_true) - np.ravel(y_pred)) ** 2)),
        "Root and mean have changed places. The root of each square is only the error without "
        "its sign, so this is the MAE.",
    )

    @wrong(
        why="You divide by n − 1. Statistics do so to estimate a spread about a mean that is "
        "itself an estimate; the mean of n squares divides by n.",
        when=lambda case: _too_large_by(case, _one_less(case) ** 0.5),
    )
    def one_less(y_true, y_pred):
        error = np.ravel(y_true) - np.ravel(y_pred)
        return np.sqrt(np.sum(error**2) / np.float64(len(error) - 1))

    spread = wrong(
        lambda y_true, y_pred: np.std(np.ravel(y_true) - np.ravel(y_pred)),
        "This is the standard deviation of the errors: `np.std` subtracts their mean first, so a "
        "model that is 5 cm too high for everybody would seem perfect.",
    )
    power_before_division = wrong(
        lambda y_true, y_pred: np.mean((np.ravel(y_true) - np.ravel(y_pred)) ** 2) / 2,
        "Your value is half of the MSE: where a root is meant, it is divided by 2. A root is "
        "`** 0.5`, or `np.sqrt`.",
    )
    squared_the_mean = wrong(
        lambda y_true, y_pred: np.sqrt(np.mean(np.ravel(y_true) - np.ravel(y_pred)) ** 2),
        "The mean comes before the square, so errors of opposite sign have cancelled already.",
    )
    divided_outside_the_root = wrong(
        lambda y_true, y_pred: (
            np.sqrt(np.sum((np.ravel(y_true) - np.ravel(y_pred)) ** 2)) / len(y_true)
        ),
        lambda case: (
            "The number of samples stands outside of the root: the mean belongs under "
            f"it. Your value is {case.ratio:.4g} times ours."
            if case.ratio
            else "The number of samples stands outside of the root: the mean belongs under it."
        ),
    )


@lesson.question
class millimetres(Number):
    """A model predicts people's heights, and its MSE is 25 cm². Now the same heights and the same
    predictions are written in millimetres. What is the MSE, in mm²?
    """

    concepts = ("N7",)
    hints = (
        "An error of 5 cm is an error of 50 mm. What becomes of its square?",
        "Go by the RMSE: it is a length, and lengths are easily converted.",
    )
    takeaway = (
        "The model is as good as before, and its MSE a hundred times as large: the size of a loss "
        "says nothing until its unit is known."
    )

    def solution():
        rmse_in_mm = 10 * 25**0.5
        return rmse_in_mm**2

    unchanged = wrong(
        25, "That would be 25 mm², errors of about 5 mm. The errors are 5 cm, as they were."
    )
    factor_of_a_length = wrong(
        250, "A length in mm is 10 times its number in cm; a squared length is more than that."
    )
    root_in_mm = wrong(50, "50 mm is the RMSE. The MSE is asked for: it stays squared.")
    root_in_cm = wrong(5, "5 cm is the RMSE before. Asked for is the MSE, in mm².")
    other_way = wrong(
        0.25, "This goes from mm² to cm². In the smaller unit the numbers become larger."
    )
    divided = wrong(2.5, "In the smaller unit the numbers become larger, and squares do so twice.")


@lesson.question
class sigmoid(Function):
    """Write `sigmoid(z)`: the function 1 / (1 + e^(−z)) that turns the answer of a linear unit
    into a probability, for an array of any shape.
    """

    concepts = ("N4",)
    hints = (
        "Check three values by hand: at 0 it is ½, far to the right 1, far to the left 0.",
        "`np.exp` takes a whole array. Mind the brackets around the denominator.",
    )
    takeaway = (
        "The answers for z and for −z add up to 1: they are the probabilities of the two classes."
    )

    def solution(z):
        return 1 / (1 + np.exp(-z))

    def starter(z):
        return ...

    def inputs(rng):
        yield (np.array([-2.0, -1.0, 0.0, 1.0, 2.0]),)
        yield (np.array([0.0]),)
        yield (rng.normal(size=6),)
        yield (rng.normal(size=(3, 2)),)
        yield (rng.normal(size=(4, 1)),)
        yield (np.array([-30.0, 30.0]),)

    minus_in_denominator = wrong(
        lambda z: np.exp(z) / (1 - np.exp(z)),
        "There is a minus where a plus belongs: e^z / (1 − e^z) even leaves the range 0 … 1, "
        "and at z = 0 it divides by zero.",
    )
    minus_in_plain_formula = wrong(
        lambda z: 1 / (1 - np.exp(-z)),
        "The denominator is 1 + e^(−z), with a plus; with a minus it is 0 at z = 0.",
    )
    forgot_minus = wrong(
        lambda z: 1 / (1 + np.exp(z)),
        "The sign of z is turned: this falls from 1 to 0. It should rise, so that a large z "
        "means a probability near 1. The exponent is −z.",
    )
    forgot_brackets = wrong(
        lambda z: 1 / 1 + np.exp(-z),
        "Brackets: `1 / 1 + np.exp(-z)` is (1/1) + e^(−z). The whole denominator needs brackets.",
    )
    tanh = wrong(
        lambda z: np.tanh(z),
        "This is tanh, between −1 and 1. A probability lies between 0 and 1: sigmoid(z) = "
        "(1 + tanh(z/2)) / 2.",
    )
    step = wrong(
        lambda z: np.where(z >= 0, 1.0, 0.0),
        "This is a step: 0 or 1 and nothing between. A logistic neuron says how sure it is, and "
        "its slope is what learning needs.",
    )
    only_the_exponential = wrong(
        lambda z: np.exp(-z),
        "This is e^(−z) alone; it exceeds 1 for every negative z. The fraction is missing.",
    )


@lesson.question
class undecided(Number):
    """A logistic neuron has w1 = 2, w2 = −3 and b = 1. A point has x1 = 4. At which x2 can the
    neuron not decide between the two classes?
    """

    concepts = ("N4",)
    hints = (
        "Not to decide is to give the probability ½. Which z gives it?",
        "sigmoid(0) = ½. Write z with all that is known; x2 alone is left in it.",
        "z = w1·x1 + w2·x2 + b = 0. What is known adds up to 9; what must w2·x2 be?",
    )
    takeaway = (
        "All points with z = 0 form the decision line; on its two sides z has different signs."
    )

    def solution():
        w1, w2, b, x1 = 2, -3, 1, 4
        return -(w1 * x1 + b) / w2

    forgot_bias = wrong(8 / 3, "The bias is missing: z is w1·x1 + w2·x2 + b, and b is 1.")
    bias_turned = wrong(7 / 3, "The bias has the wrong sign: z = 2·4 − 3·x2 + 1.")
    half_for_z = wrong(
        8.5 / 3,
        "You set z to ½. It is the probability that is ½ there; the sigmoid comes in between.",
    )
    weight_turned = wrong(
        -3, "The sign is turned: w2 is −3, so the point's x2 must be positive to make z = 0."
    )
    not_divided = wrong(9, "9 is what w2·x2 has to outweigh. It is still to be divided by 3.")
    swapped = wrong(
        11 / 2, "The two weights have changed places: w1 = 2 belongs to x1, w2 = −3 to x2."
    )


@lesson.question
class count_updates(Function):
    """Write `count_updates(n_samples, batch_size, epochs)`: how many times `fit` changes the
    weights. Every epoch goes through all samples once, in batches; a last, smaller batch is
    used too.
    """

    concepts = ("N8",)
    hints = (
        "With 10 samples and batches of 4: how large are the batches of one epoch? Count them.",
        "Each batch gives one update. Divide, and think about what is left over.",
        "`math.ceil` rounds up. It belongs around the batches of one epoch.",
    )
    takeaway = (
        "A smaller batch means more updates in the same epoch, each from a rougher gradient: "
        "that trade is what lesson 04 plays with."
    )
    single_precision = False

    def solution(n_samples, batch_size, epochs):
        return math.ceil(n_samples / batch_size) * epochs

    def starter(n_samples, batch_size, epochs):
        return ...

    def inputs(rng):
        yield from ((10, 4, 1), (10, 4, 3), (12, 4, 5), (1119, 32, 10), (5, 100, 2), (7, 1, 2))
        for _ in range(4):
            yield tuple(int(number) for number in rng.integers(2, (5000, 257, 21)))

    dropped_the_last_batch = wrong(
        lambda n_samples, batch_size, epochs: n_samples // batch_size * epochs,
        lambda case: (
            f"{case['n_samples']} samples do not fill batches of {case['batch_size']} evenly: "
            "the last batch is smaller, and `fit` uses it too. Round up."
        ),
    )
    fraction = wrong(
        lambda n_samples, batch_size, epochs: n_samples / batch_size * epochs,
        "Half an update cannot be made: round up, in each epoch.",
    )
    rounded_at_the_end = wrong(
        lambda n_samples, batch_size, epochs: math.ceil(n_samples / batch_size * epochs),
        "You rounded once, at the end. Each epoch ends with its own smaller batch, so round up "
        "in each epoch and then multiply.",
    )
    nearest = wrong(
        lambda n_samples, batch_size, epochs: round(n_samples / batch_size) * epochs,
        "`round` goes to the nearest whole number, down as well as up. The last batch counts, "
        "however small it is: round up.",
    )
    forgot_epochs = wrong(
        lambda n_samples, batch_size, epochs: math.ceil(n_samples / batch_size),
        "This is one epoch. Every further epoch has as many updates again.",
    )
    one_for_each_sample = wrong(
        lambda n_samples, batch_size, epochs: n_samples * epochs,
        "This is one update for each sample. `fit` updates once for each batch.",
    )
    one_for_each_epoch = wrong(
        lambda n_samples, batch_size, epochs: epochs,
        "This is one update for each epoch. Every batch of an epoch gives one.",
    )
    always_one_more = wrong(
        lambda n_samples, batch_size, epochs: (n_samples // batch_size + 1) * epochs,
        "One too many where the samples fill the batches evenly: then there is no last, smaller "
        "batch.",
    )


@lesson.question
class huge_learning_rate(Prediction):
    """Before you run it: a neuron learns y = 3x − 2 by gradient descent, and a learning rate of
    0.1 works well. What will its loss do, step after step, with a learning rate of 10?
    """

    concepts = ("N6",)
    hints = (
        "A step is the learning rate times the slope. Where does a step a hundred times as long "
        "end?",
        "Past the minimum, on the other side: is the slope there smaller or larger than before?",
    )
    takeaway = "The cure is not more steps, but shorter ones."
    options = (
        wrong(
            "It falls a hundred times as fast.",
            "A longer step is a faster one only while it does not step over the minimum; the "
            "slope tells the direction, not the distance.",
        ),
        wrong(
            "It falls more slowly.",
            "Slow is what a learning rate too *small* looks like.",
        ),
        right(
            "It grows from step to step, without bound.",
            "Each step lands farther away on the other side, where the slope is steeper still, "
            "so the next step is longer again.",
        ),
        wrong(
            "It jumps to some value and stays there.",
            "Standing still needs a slope of zero, and that is only at the minimum; everywhere "
            "else the neuron steps on.",
        ),
    )

    def experiment():
        x = np.linspace(-1, 1, 50)
        y = 3 * x - 2
        w, b = 0.0, 0.0
        losses = []
        for _ in range(20):
            error = w * x + b - y
            losses.append(np.mean(error**2))
            w -= 10 * np.mean(2 * error * x)
            b -= 10 * np.mean(2 * error)
        if np.all(np.diff(losses) > 0) and losses[-1] > 1e6:
            return "c"
        return "a" if losses[-1] < losses[0] else "d"


@lesson.question
class before_training(Function):
    """Write `before_training(y)`: what to set, and what to expect, before a neuron with all
    weights at 0 is trained on the targets `y` by the mean squared error.

    It returns two numbers, `(bias, loss)`: the bias at which the first loss is smallest, and that
    first loss. `y` has shape (n_samples,).
    """

    concepts = ("N11",)
    hints = (
        "With all weights at 0 the neuron says the same to everything. Which one number is, in "
        "the mean square, nearest to all targets?",
        "The mean of the targets. The loss is then the mean of what, squared?",
        "The mean squared distance from the mean has a name, and NumPy a function for it.",
    )
    takeaway = (
        "This loss is the baseline's: a network that starts higher climbs before it learns, and "
        "one that ends here has learned nothing."
    )
    parts = ("bias", "loss")

    def solution(y):
        bias = np.mean(y)
        loss = np.mean((y - bias) ** 2)
        return bias, loss

    def starter(y):
        return ...

    def inputs(rng):
        yield (np.array([4.0, 6.0, 8.0, 12.0, 3.0]),)
        for n in (2, 7, 32):
            yield (rng.exponential(size=n),)
        yield (np.array([5.6, 5.6, 5.6]),)
        yield (rng.normal(170, 10, size=20),)
        yield (rng.integers(3, 9, size=11),)

    bias_at_zero = wrong(
        lambda y: (0.0, np.mean(y**2)),
        "This is what Keras does by itself: it starts the bias at 0, so that training begins with "
        "the climb to the mean. Which bias makes the first loss smallest?",
    )
    loss_from_zero = wrong(
        lambda y: (np.mean(y), np.mean(y**2)),
        "The bias is right. The loss is measured from 0: this is the loss of a neuron that "
        "says 0, while yours already says the mean.",
    )
    median = wrong(
        lambda y: (np.median(y), np.mean((y - np.median(y)) ** 2)),
        "The median makes the mean *absolute* error smallest. For the mean squared error it is "
        "the mean.",
    )
    middle = wrong(
        lambda y: (
            (np.min(y) + np.max(y)) / 2,
            np.mean((y - (np.min(y) + np.max(y)) / 2) ** 2),
        ),
        "This is the middle between the smallest and the largest target; two outliers would "
        "decide everything. The mean counts every target.",
    )
    root = wrong(
        lambda y: (np.mean(y), np.std(y)),
        "This is the root of the loss, the baseline's RMSE. A mean squared error stays squared.",
    )
    one_less = wrong(
        lambda y: (np.mean(y), np.var(y, ddof=1)),
        "You divide by n − 1, as statistics do to estimate the spread of all that was not "
        "measured. The loss is a mean over these n samples.",
    )
    absolute = wrong(
        lambda y: (np.mean(y), np.mean(np.abs(y - np.mean(y)))),
        "The distances are made positive, but not squared: this is the mean absolute error.",
    )
    cancelled = wrong(
        lambda y: (np.mean(y), np.mean(y - np.mean(y)) ** 2),
        "The errors from the mean cancel, always: their plain mean is 0. Square first.",
    )
    swapped = wrong(
        lambda y: (np.var(y), np.mean(y)),
        "Both numbers are right, in the wrong order: the bias comes first.",
    )


@lesson.question
class ten_digits(Number):
    """A network tells the ten digits apart. Before any training it gives each of them the same
    probability. What is its cross-entropy, −ln of the probability that it gives to the right
    digit? Two decimals are enough.
    """

    concepts = ("N11",)
    hints = (
        "Ten equal probabilities add up to 1. How large is each?",
        "−ln p for that p; `np.log` is ln.",
    )
    takeaway = (
        "With K classes it is ln K: ln 2 ≈ 0.69, ln 10 ≈ 2.30. A network that begins at 8 is not "
        "as ignorant as it should be: it is sure of itself, and mostly wrong."
    )
    rtol = 2.5e-3

    def solution():
        return -np.log(1 / 10)

    probability = wrong(
        0.1, "0.1 is the probability. The cross-entropy is minus its natural logarithm."
    )
    two_classes = wrong(
        lambda: np.log(2), "This is ln 2, for two classes of probability ½. Here there are ten."
    )
    common_logarithm = wrong(
        1.0, "This is the logarithm to base 10, `np.log10`. ln is the natural one, `np.log`."
    )
    binary_logarithm = wrong(
        lambda: np.log2(10), "This is the logarithm to base 2. ln is the natural one, `np.log`."
    )
    sign = wrong(lambda: np.log(1 / 10), "The minus is missing. A cross-entropy is never negative.")
    wrong_digits = wrong(
        lambda: -np.log(9 / 10),
        "This is −ln of 0.9, the probability of the nine wrong digits together.",
    )
    summed = wrong(
        lambda: -10 * np.log(1 / 10),
        "You summed over all ten digits. Only the probability of the right one counts.",
    )


@lesson.question
class rare_class(Number):
    """One e-mail in five is spam. A logistic neuron that knows nothing else has all weights at 0.
    At which bias does it say the probability 1/5 to every e-mail? Two decimals are enough.
    """

    concepts = ("N11", "N4")
    hints = (
        "With all weights at 0, z is the bias. Which z does the sigmoid turn into one fifth?",
        "1 / (1 + e^(−b)) = 1/5, so 1 + e^(−b) = 5.",
        "e^(−b) = 4. Take the logarithm of both sides, and mind the sign.",
    )
    takeaway = (
        "In general the bias is ln(p / (1 − p)), where p is the fraction of the rare class. "
        "Starting there, training need not spend its first updates on learning that it is rare."
    )
    rtol = 3e-3

    def solution():
        p = 0.2
        return np.log(p / (1 - p))

    probability = wrong(
        0.2, "0.2 is the probability that is to come out. The sigmoid stands between it and b."
    )
    sign = wrong(
        lambda: np.log(4),
        "The sign is turned: this neuron says 4/5, and calls most e-mails spam.",
    )
    only_p = wrong(
        lambda: np.log(0.2),
        "This is ln p. The sigmoid's inverse is ln(p / (1 − p)): what speaks for spam, compared "
        "with what speaks against it.",
    )
    forwards = wrong(
        lambda: 1 / (1 + np.exp(-0.2)),
        "You put 0.2 into the sigmoid. 0.2 is what is to come *out* of it.",
    )
    at_zero = wrong(0.0, "With z = 0 the neuron says ½: every second e-mail would be spam.")
    common_logarithm = wrong(
        lambda: np.log10(0.25), "This is the logarithm to base 10; `np.log` is the natural one."
    )
    odds = wrong(
        0.25, "p / (1 − p) = 1/4 is on the way. z is its logarithm: e^(−z) stands in the sigmoid."
    )


@lesson.question
class three_input_unit(KerasModel):
    """Build in Keras the linear unit that you wrote in NumPy, for three inputs:
    y = w0·x0 + w1·x1 + w2·x2 + b. Name the model `three_input_unit`.
    """

    concepts = ("N3",)
    hints = (
        "How many neurons is one unit? And how many numbers come in?",
        "A `keras.Sequential` of two things: what comes in, and one `Dense` layer.",
        "`Dense(units)` takes the number of neurons; the inputs are told by "
        "`keras.Input((how_many,))`. An activation would bend the line: leave it out.",
    )
    takeaway = "Its `get_weights()` are your w, as a column of shape (3, 1), and your b."
    input_shape = (3,)
    output_shape = (1,)
    parameters = 4
    learns = Learns(
        data=lambda rng: _plane(rng),
        target=0.01,
        optimizer=lambda keras: keras.optimizers.SGD(0.1),
        steps=200,
    )

    def solution(keras):
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])

    three_neurons = wrong(
        lambda keras: keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)]),
        "`Dense(3)` makes three neurons, each with its own answer. The number in `Dense` counts "
        "neurons; the three inputs are told by `keras.Input`.",
        when=lambda model: model.output_shape == (None, 3),
    )
    added_sigmoid = wrong(
        lambda keras: keras.Sequential(
            [keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")]
        ),
        "The sigmoid makes it a logistic neuron, whose answers stay between 0 and 1. A linear "
        "unit has no activation.",
    )
    added_relu = wrong(
        lambda keras: keras.Sequential(
            [keras.Input((3,)), keras.layers.Dense(1, activation="relu")]
        ),
        "With ReLU the unit cannot answer anything below 0. A linear unit has no activation.",
    )
    forgot_input = wrong(
        lambda keras: keras.Sequential([keras.layers.Dense(1)]),
        "Keras does not know yet how many inputs come, so there are no weights: put "
        "`keras.Input((3,))` before the layer.",
    )
    one_input = wrong(
        lambda keras: keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]),
        "The model takes one input. `keras.Input((3,))` says three numbers for each sample; the "
        "number of neurons is another number.",
        when=lambda model: model.input_shape == (None, 1),
    )
    no_bias = wrong(
        lambda keras: keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, use_bias=False)]),
        "The bias is switched off: without b the unit answers 0 to the input (0, 0, 0).",
    )
    hidden_layer = wrong(
        lambda keras: keras.Sequential(
            [keras.Input((3,)), keras.layers.Dense(3), keras.layers.Dense(1)]
        ),
        "There is a hidden layer in it. One unit is a single layer of one neuron.",
        when=lambda model: _layers_of_neurons(model) > 1,
    )

    @wrong(
        why=lambda model: (
            "Besides the unit there is something that learns parameters of its own: "
            f"{', '.join(_others_that_learn(model))}. A linear unit is one `Dense` layer alone."
        ),
        when=lambda model: _layers_of_neurons(model) == 1 and _others_that_learn(model),
    )
    def another_layer(keras):
        normalised = keras.layers.BatchNormalization()
        return keras.Sequential([keras.Input((3,)), normalised, keras.layers.Dense(1)])


def _layers_of_neurons(model):
    """Count the layers that have a weight for each pair of input and neuron."""
    return sum(any(w.ndim > 1 for w in leaf.get_weights()) for leaf in _that_learn(model))


def _others_that_learn(model):
    """Return the names of layers whose parameters belong to no pair of input and neuron."""
    learning = _that_learn(model)
    return [type(x).__name__ for x in learning if all(w.ndim == 1 for w in x.get_weights())]


def _that_learn(model):
    return [leaf for leaf in leaves(model) if getattr(leaf, "weights", None)]


def _plane(rng):
    X = rng.normal(size=(128, 3)).astype("float32")
    return X, X @ np.float32([[1.0], [-2.0], [3.0]]) + np.float32(0.5)


@lesson.question
class quiz_bias(Choice):
    """What does changing the bias b do to the line y = wx + b?"""

    concepts = ("N1",)
    hints = (
        "Drag b in the picture and watch where the line crosses the vertical axis.",
        "Put x = 0 into the formula: what is y?",
    )
    options = (
        wrong(
            "It makes the line steeper or flatter.",
            "That is the weight's work: w says how much y changes when x changes by 1. The bias "
            "does not meet x at all.",
        ),
        right(
            "It shifts the whole line up or down.",
            "The same number is added to every answer, so the slope stays.",
        ),
        wrong(
            "It turns the line around the point (0, b).",
            "You see the right point, but what turns the line around it is w. The bias moves "
            "that point itself.",
        ),
        wrong(
            "Nothing, as long as w is not 0.",
            "The bias is added, not multiplied: it counts whatever w is. Only with it can the "
            "unit answer something other than 0 to x = 0.",
        ),
    )


@lesson.question
class quiz_three_steps(Choice):
    """Deep learning in three steps: choose a set of functions, say how good a function is, pick
    the best one. Which part of Keras is the *second* step?
    """

    concepts = ("N6",)
    hints = (
        "The second step gives one number for a function: smaller is better.",
        "It is chosen in `compile`, but it is not what changes the weights.",
    )
    options = (
        wrong(
            'The layers: `Dense(8, activation="relu")`.',
            "Layers make the set of functions, one for each θ: the first step.",
        ),
        wrong(
            'The optimizer: `optimizer="adam"`.',
            "The optimizer looks for the best function: the third step. It needs to be told first "
            "what good means.",
        ),
        right(
            'The loss: `loss="mse"`.',
            "The loss turns predictions and truth into one number; everything after only makes "
            "that number smaller.",
        ),
        wrong(
            "`model.predict`.",
            "That uses a function, good or bad. It does not say how good it is, since it never "
            "sees the truth.",
        ),
    )


@lesson.question
class quiz_baseline(Choice):
    """Your model predicts wine quality with an MAE of 0.51. What does that number say?"""

    concepts = ("N9",)
    hints = (
        "Is it good? Compared with what?",
        "What error would someone make who has never tasted a wine and always says the same?",
    )
    options = (
        wrong(
            "It is good, because it is well below 1.",
            "How large a loss is depends on the target's unit and spread. In tenths of a point "
            "the same model would have 5.1.",
        ),
        wrong(
            "It is 51 % wrong.",
            "An MAE is a distance in points of quality, not a fraction of wrong answers.",
        ),
        right(
            "Little, until it is compared with always predicting the same value.",
            "That baseline costs nothing. What the model gains over it is what the model has "
            "learnt.",
        ),
        wrong(
            "It is bad, because a good model reaches 0.",
            "Judges disagree about the same wine, so nobody can reach 0: part of the error is "
            "noise in the target.",
        ),
    )


@lesson.question
class quiz_tables(Choice):
    """A table of 1,600 wines with 11 measurements each. Which sentence is the most honest?"""

    concepts = ("N10",)
    hints = (
        "Deep learning finds features where people cannot state them: in pixels, sound, text.",
        "Are the 11 columns raw pixels, or features that a chemist has chosen?",
    )
    options = (
        right(
            "A classical model such as a random forest may well win here: try both.",
            "The measurements are good features already, and there is little data: where deep "
            "learning's strength is not needed, its price is still paid.",
        ),
        wrong(
            "A deep network wins, because it is the more powerful model.",
            "Powerful means that it can fit more functions, wrong ones included; with 1,600 rows "
            "the data cannot rule those out.",
        ),
        wrong(
            "Deep learning cannot be used on tables.",
            "It can, and lesson 05 does. The question is whether it beats simpler models there.",
        ),
        wrong(
            "With more layers the network would find the missing features by itself.",
            "What was not measured is not in the table. Layers combine columns; they do not "
            "create information.",
        ),
    )
