"""Questions of lesson 05: leaks, bias and variance, stopping, penalties, dropout, batch norm."""

import math

import numpy as np

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
    leaves,
    right,
    steers,
    wrong,
)
from lessons_lib.lessons.overfitting import patients
from lessons_lib.lessons.overfitting._cases import curves

lesson = Lesson("05", "overfitting")


@lesson.question
class median_error(Number):
    """**From lesson 1.** Five wines have the qualities 5, 5, 6, 7 and 9. One and the same number is
    said of all of them. How small can the mean absolute error be?
    """

    concepts = ("N7", "N11")
    hints = (
        "The mean is best for squared errors. Which number has as many wines above as below?",
        "Say 6 of all five. How far off is that, wine by wine?",
    )
    takeaway = (
        "6/5: the median is best for the absolute error. A network of this lesson begins there, "
        "and has to get below it."
    )

    def solution():
        wines = np.array([5, 5, 6, 7, 9])
        return np.mean(np.abs(wines - np.median(wines)))

    said_the_mean = wrong(
        1.28,
        "This is the error of always saying the mean, 6.4. For absolute errors another number is "
        "better.",
    )
    said_the_mode = wrong(
        1.4,
        "This is the error of always saying 5, the quality seen most often. Try one in between.",
    )
    squared = wrong(
        2.24,
        "This is the mean *squared* error of always saying the mean. Asked for is the absolute.",
    )
    not_averaged = wrong(6, "This is the sum of the five errors. The mean is a fifth of it.")


@lesson.question
class two_pulls(Number):
    """**From lesson 3.** A weight w stands in both parts of L = (3w − 5)² + ½w². How large is dL/dw
    at w = 1?
    """

    concepts = ("B4",)
    hints = (
        "w reaches L by two paths. Along each, slopes multiply; where they part, gradients add up.",
        "The first path: 2 · (3w − 5), times the slope of what stands in the brackets. The "
        "second: w.",
    )
    takeaway = (
        "−12 + 1: the first part pulls w up, the second pulls it towards 0. Such a second part is "
        "a remedy of this lesson."
    )

    def solution():
        w = 1
        return 2 * (3 * w - 5) * 3 + w

    first_path = wrong(
        -12, "This is what comes back by the first part. w stands in the second, too."
    )
    second_path = wrong(
        1, "This is what comes back by the second part. w stands in the first, too."
    )
    no_inner_slope = wrong(
        -3, "The slope of 3w − 5 is missing: along the first path slopes multiply, 2 · (−2) · 3."
    )
    subtracted = wrong(-13, "Where paths part, what comes back is added: −12 and 1.")
    the_loss = wrong(4.5, "This is L at w = 1. Asked for is its slope.")


@lesson.question
class half_way_there(Number):
    """**From lesson 4.** An average v ← 0.99 v + 0.01 x begins at 0, and every x is 5. After how
    many steps is v for the first time at least halfway, 2.5? There is no correction.
    """

    concepts = ("O4",)
    hints = (
        "What is missing of 5 shrinks by the same factor in each step. By which?",
        "After n steps 0.99ⁿ of the way is left. For which n is this at most ½? A logarithm, or a "
        "loop, tells.",
    )
    takeaway = (
        "0.99⁶⁹ ≈ 0.4998. Batch normalisation keeps such averages: after a few steps of training "
        "they are not there yet."
    )

    def solution():
        v, steps = 0.0, 0
        while v < 2.5:
            v, steps = 0.99 * v + 0.01 * 5, steps + 1
        return steps

    half_the_window = wrong(
        50, "This is half of the window 1 / (1 − β). But the average slows down on its way."
    )
    the_window = wrong(
        100, "This is the window, 1 / (1 − β). By then 1 − 0.99¹⁰⁰ ≈ 63 % of the way are done."
    )
    one_too_few = wrong(68, "After 68 steps v is ≈ 2.48. One more is needed.")


@lesson.question
class leaked_rows(Function):
    """Write `leaked_rows(X_train, X_val)`: how many rows of `X_val` also stand in `X_train`,
    equal in every column. Both have shape (n_samples, n_features); the result is a whole number.
    A validation row counts once, however often it stands in the training set.
    """

    concepts = ("V1", "V2")
    hints = (
        "For one validation row: is there any training row that equals it in all columns?",
        "A set finds equal things quickly, and a row can stand in it as `tuple(row)`.",
        "Go through the rows of X_val and count those whose tuple is in the set of training rows.",
    )
    takeaway = "Such a row is an exam question seen before. Count them before you trust a score."
    single_precision = False

    def solution(X_train, X_val):
        seen = {tuple(row) for row in X_train}
        return sum(tuple(row) in seen for row in X_val)

    def starter(X_train, X_val):
        return ...

    def inputs(rng):
        for n_train, n_val, values in ((8, 5, 2), (12, 6, 3), (3, 9, 2), (20, 4, 2)):
            yield (
                rng.integers(0, values, (n_train, 2)) * 1.0,
                rng.integers(0, values, (n_val, 2)) * 1.0,
            )
        yield np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 4.0], [3.0, 2.0]])
        yield np.array([[1.0, 2.0], [1.0, 2.0]]), np.array([[1.0, 2.0]])
        yield np.array([[1.0, 2.0]]), np.array([[1.0, 2.0], [1.0, 2.0], [0.0, 2.0]])
        yield np.array([[1.5, 0.25], [3.0, 4.0]]), np.array([[1.25, 0.25], [4.0, 3.0], [1.5, 0.25]])
        for n_features in (1, 3):
            shape = (6, n_features)
            yield rng.integers(0, 2, shape) * 1.0, rng.integers(0, 2, shape) * 1.0
        yield np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 2.0, 4.0], [1.0, 2.0, 3.0]])

    @wrong(why="Rows that share one value are not equal: all columns must agree. Use `all`.")
    def any_column(X_train, X_val):
        equal = (X_val[:, None, :] == X_train[None, :, :]).any(axis=2)
        return int(equal.any(axis=1).sum())

    counted_pairs = wrong(
        lambda X_train, X_val: int((X_val[:, None, :] == X_train[None, :, :]).all(axis=2).sum()),
        "A validation row was counted once for each of its twins in the training set. It "
        "counts once.",
    )

    @wrong(why="You counted training rows that stand in the validation set: the other way round.")
    def other_way_round(X_train, X_val):
        seen = {tuple(row) for row in X_val}
        return sum(tuple(row) in seen for row in X_train)

    counted_different_rows = wrong(
        lambda X_train, X_val: len({tuple(row) for row in X_train} & {tuple(row) for row in X_val}),
        "You counted different rows. Two equal validation rows that both stand in the training "
        "set are two questions seen before.",
    )

    @wrong(why="This is a fraction of the validation rows. The question asks for their number.")
    def as_fraction(X_train, X_val):
        seen = {tuple(row) for row in X_train}
        return sum(tuple(row) in seen for row in X_val) / len(X_val)

    @wrong(why="These are the rows that are *not* in the training set.")
    def the_others(X_train, X_val):
        seen = {tuple(row) for row in X_train}
        return sum(tuple(row) not in seen for row in X_val)


@lesson.question
class scale_both(Function):
    """Write `scale_both(X_train, X_val)`: bring each column to the range 0 to 1, with the
    minimum and maximum of the **training** set for both sets. Return the scaled training set
    and the scaled validation set, in this order. No column is constant.
    """

    concepts = ("V1", "V2")
    hints = (
        "What may be known before the exam? Only what the training set tells.",
        "Arrays have `.min` and `.max`; with `axis=0` they give one number for each column.",
        "The minimum of a column shall become 0 and its maximum 1: first shift, then divide by the "
        "range. The same two arrays scale both sets.",
    )
    takeaway = "Validation values may fall outside 0 to 1. That is honest: they were unknown."
    parts = ("X_train", "X_val")

    def solution(X_train, X_val):
        low, high = X_train.min(axis=0), X_train.max(axis=0)
        return (X_train - low) / (high - low), (X_val - low) / (high - low)

    def starter(X_train, X_val):
        return ..., ...

    def inputs(rng):
        for n_train, n_val, n_features in ((6, 4, 3), (9, 3, 1), (20, 30, 2), (4, 2, 4)):
            spread = rng.uniform(0.5, 40, n_features)
            yield (
                rng.normal(3, 1, (n_train, n_features)) * spread,
                rng.normal(3.5, 2, (n_val, n_features)) * spread,
            )

    each_with_its_own = wrong(
        lambda X_train, X_val: tuple(
            (X - X.min(axis=0)) / (X.max(axis=0) - X.min(axis=0)) for X in (X_train, X_val)
        ),
        "The validation set was scaled with its own minimum and maximum. Then equal wines get "
        "different numbers in the two sets. Use the training set's for both.",
    )

    @wrong(
        why="Minimum and maximum were taken over both sets together. So the validation set told "
        "something before the exam: a leak."
    )
    def over_both(X_train, X_val):
        X = np.concatenate([X_train, X_val])
        low, high = X.min(axis=0), X.max(axis=0)
        return (X_train - low) / (high - low), (X_val - low) / (high - low)

    @wrong(why="One minimum for the whole table. Each column has its own unit: `axis=0`.")
    def one_for_all_columns(X_train, X_val):
        low, high = X_train.min(), X_train.max()
        return (X_train - low) / (high - low), (X_val - low) / (high - low)

    @wrong(why="The minimum is not subtracted, so the columns do not begin at 0.")
    def not_shifted(X_train, X_val):
        size = X_train.max(axis=0) - X_train.min(axis=0)
        return X_train / size, X_val / size

    @wrong(why="This is standardising, mean 0 and spread 1. Asked for is the range 0 to 1.")
    def standardised(X_train, X_val):
        mean, std = X_train.mean(axis=0), X_train.std(axis=0)
        return (X_train - mean) / std, (X_val - mean) / std

    @wrong(why="The validation set is still as measured. The model must meet the same scale there.")
    def forgot_validation(X_train, X_val):
        low, high = X_train.min(axis=0), X_train.max(axis=0)
        return (X_train - low) / (high - low), X_val


@lesson.question
class more_degrees(Prediction):
    """Before you drag: 20 noisy points from a curve of degree 3. We raise the degree of the
    polynomial from 3 to 15. What will the training error and the validation error do?
    """

    concepts = ("V3",)
    hints = (
        "A polynomial of degree 15 can be any polynomial of degree 3, and more besides.",
        "So the training error can only ... But the validation points come from the curve, and "
        "not from the noise of these 20 points.",
    )
    takeaway = "The gap that opens between the two is what overfitting looks like."
    options = (
        wrong(
            "Both fall.",
            "A more flexible model does come nearer to its training points. But it also follows "
            "their noise, and new points have other noise.",
        ),
        right(
            "The training error falls, the validation error rises.",
            "The extra freedom is spent on the noise of these 20 points. Below degree 3 the curve "
            "cannot bend enough, and both errors are large; from about degree 9 on it bends to the "
            "noise. With more points the gap closes again, even at degree 12: more data is the "
            "surest remedy.",
        ),
        wrong(
            "Both rise, because the model gets too complicated.",
            "The training error cannot rise: among all polynomials of degree 15 are those of "
            "degree 3, and least squares takes the best.",
        ),
        wrong(
            "Nothing: the truth has degree 3, so the other coefficients become 0.",
            "They would without noise. With noise, anything but 0 meets these points better.",
        ),
    )

    def experiment():
        rng = np.random.default_rng(0)
        x, x_val = rng.uniform(-1, 1, 20), rng.uniform(-1, 1, 400)
        y, y_val = (4 * t**3 - 3 * t + 0.3 * rng.normal(size=len(t)) for t in (x, x_val))
        errors = {}
        for degree in (3, 15):
            fit = np.polynomial.Polynomial.fit(x, y, degree)
            errors[degree] = [np.mean((fit(t) - s) ** 2) for t, s in ((x, y), (x_val, y_val))]
        train_falls, val_falls = (
            after < before for before, after in zip(errors[3], errors[15], strict=True)
        )
        return {(True, False): "b", (True, True): "a", (False, False): "c"}[train_falls, val_falls]


@lesson.question
class bias_or_variance(Function):
    """Write `bias_or_variance(achievable, train, val)`: what to work on first, from three errors.

    `achievable` is the error that people or other models reach. What the training error has above
    it is avoidable **bias**; what the validation error has above the training error is
    **variance**. Return `"bias"` if the first gap is larger, `"variance"` if the second one is,
    and `"bias"` where they are equal: training comes first.
    """

    concepts = ("V4", "V5")
    hints = (
        "Two gaps. Between which numbers?",
        "achievable → train is one gap, train → val the other.",
        "Return the name of the larger one, with >= for the first.",
    )
    takeaway = (
        "The same pair 8 % / 10 % means bias when 1 % is possible, and variance when 7.5 % is."
    )
    single_precision = False

    def solution(achievable, train, val):
        return "bias" if train - achievable >= val - train else "variance"

    def starter(achievable, train, val):
        return ...

    def inputs(rng):
        yield from (
            (0.01, 0.08, 0.1), (0.075, 0.08, 0.1), (0.01, 0.02, 0.1), (0.0, 0.3, 0.31),
            (0.5, 0.2, 0.3), (0.1, 0.2, 0.0), (0.5, 0.75, 1.0), (0.3, 0.2, 0.4), (0.05, 0.06, 0.05),
            (0.02, 0.15, 0.3), (0.25, 0.5, 0.75), (0.3, 0.28, 0.29), (0.4, 0.5, 0.65),
        )  # fmt: skip

    forgot_achievable = wrong(
        lambda achievable, train, val: "bias" if train >= val - train else "variance",
        "The achievable error is not used. A training error of 0.08 is good where nobody does "
        "better than 0.075, and bad where 0.01 is possible.",
    )
    swapped = wrong(
        lambda achievable, train, val: "variance" if train - achievable >= val - train else "bias",
        "The two names have changed places.",
    )
    val_from_achievable = wrong(
        lambda achievable, train, val: (
            "bias" if train - achievable >= val - achievable else "variance"
        ),
        "The second gap is validation minus *training* error. Measured from the achievable one it "
        "contains the bias too, and is nearly always the larger one.",
    )
    strictly = wrong(
        lambda achievable, train, val: "bias" if train - achievable > val - train else "variance",
        "Equal gaps count as bias here: the training error comes first. Use >=.",
    )
    any_gap = wrong(
        lambda achievable, train, val: "bias" if train > achievable else "variance",
        "A training error above the achievable one is normal. Compare the *sizes* of the gaps.",
    )


@lesson.question
class squared_bias_and_variance(Function):
    """Write `squared_bias_and_variance(predictions, truth)`.

    `predictions` has shape (n_sets, n_points): the same model, trained on `n_sets` training sets,
    each time asked at the same points. `truth`, shape (n_points,), is the curve without noise.
    Return two numbers: bias² (the squared distance of the *mean* prediction from the truth,
    averaged over the points) and variance (the squared distance of each prediction from that mean,
    averaged over sets and points; divide by the number of sets).
    """

    concepts = ("V4",)
    hints = (
        "First the mean prediction at each point: the mean over the training sets. Which axis?",
        "bias² compares that mean with the truth; variance compares each prediction with it.",
        "`predictions.var(axis=0)` is the spread at each point; then means over the points.",
    )
    takeaway = (
        "Together with the variance of the noise they add up to the expected squared error on new "
        "data."
    )
    parts = ("bias²", "variance")

    def solution(predictions, truth):
        mean = predictions.mean(axis=0)
        return np.mean((mean - truth) ** 2), np.mean((predictions - mean) ** 2)

    def starter(predictions, truth):
        return ..., ...

    def inputs(rng):
        for n_sets, n_points in ((5, 4), (30, 7), (2, 3), (4, 4), (9, 1)):
            yield rng.normal(1, 2, (n_sets, n_points)), rng.normal(size=n_points)

    @wrong(
        why="For bias² you squared each prediction's error before the mean over the sets. That is "
        "bias² and variance together. First the mean prediction, then its distance."
    )
    def total_as_bias(predictions, truth):
        mean = predictions.mean(axis=0)
        return np.mean((predictions - truth) ** 2), np.mean((predictions - mean) ** 2)

    @wrong(
        why="The variance was measured about the truth. It is the spread about the mean prediction."
    )
    def about_truth(predictions, truth):
        mean = predictions.mean(axis=0)
        return np.mean((mean - truth) ** 2), np.mean((predictions - truth) ** 2)

    @wrong(why="The bias is not squared, so places where it is too high and too low cancel.")
    def not_squared(predictions, truth):
        mean = predictions.mean(axis=0)
        return np.mean(mean - truth), np.mean((predictions - mean) ** 2)

    @wrong(
        why="The mean runs over the points (`axis=1`). The mean prediction is over the sets: "
        "`axis=0`."
    )
    def wrong_axis(predictions, truth):
        mean = predictions.mean(axis=1, keepdims=True)
        return np.mean((mean - truth) ** 2), np.mean((predictions - mean) ** 2)

    @wrong(why="The two numbers have changed places: bias² comes first.")
    def swapped(predictions, truth):
        mean = predictions.mean(axis=0)
        return np.mean((predictions - mean) ** 2), np.mean((mean - truth) ** 2)

    @wrong(why="You divided by n_sets − 1. Here the spread is over exactly these sets: by n_sets.")
    def unbiased(predictions, truth):
        mean = predictions.mean(axis=0)
        return np.mean((mean - truth) ** 2), np.mean(predictions.var(axis=0, ddof=1))


@lesson.question
class stop_early(Function):
    """Write `stop_early(val_losses, patience, min_delta)`, the rule of early stopping.

    Go through the epochs, counted from 1. An epoch is *better* if its loss is lower than the best
    one so far by more than `min_delta`. After `patience` epochs in a row that are not better,
    stop. Return two whole numbers: the last epoch that was trained, and the best epoch, whose
    weights are restored. If it never stops, the last epoch is the last in the list.
    """

    concepts = ("V7",)
    hints = (
        "Three things to remember on the way: the best loss, its epoch, how long we have waited.",
        "A better epoch sets the waiting back to 0, any other adds 1 to it.",
        "Stop when the waiting has reached `patience`. The first epoch is always better than "
        "nothing: begin with a best loss of infinity.",
    )
    takeaway = (
        "`keras.callbacks.EarlyStopping` does this, and puts the best weights back if asked to."
    )
    single_precision = False
    parts = ("last epoch", "best epoch")

    def solution(val_losses, patience, min_delta):
        best_loss, best_epoch, waited = np.inf, 0, 0
        for epoch, loss in enumerate(val_losses, start=1):
            if loss < best_loss - min_delta:
                best_loss, best_epoch, waited = loss, epoch, 0
            else:
                waited += 1
                if waited == patience:
                    return epoch, best_epoch
        return len(val_losses), best_epoch

    def starter(val_losses, patience, min_delta):
        return ..., ...

    def inputs(rng):
        yield [1.0, 0.8, 0.7, 0.75, 0.72, 0.6, 0.9], 2, 0.0
        yield [1.0, 0.8, 0.7, 0.75, 0.72, 0.6, 0.9], 3, 0.0
        yield [1.0, 0.97, 0.94, 0.91, 0.88, 0.85, 0.82], 2, 0.05
        yield [1.0, 0.5, 0.4, 0.3], 2, 0.0
        yield [0.5, 0.6, 0.7, 0.8], 1, 0.0
        yield [1.0, 0.5, 0.5, 0.5, 0.4], 2, 0.0
        yield [0.9, 1.0, 0.8, 0.9, 0.7, 0.8, 0.6, 0.65, 0.64, 0.5], 2, 0.0
        for _ in range(3):
            yield (
                (1 / np.arange(1, 15) + 0.1 * rng.normal(size=14)).tolist(),
                int(rng.integers(1, 5)),
                0.01,
            )

    @wrong(
        why="The waiting is not set back to 0 by a better epoch. Patience is for epochs *in a row*."
    )
    def never_resets(val_losses, patience, min_delta):
        best_loss, best_epoch, waited = np.inf, 0, 0
        for epoch, loss in enumerate(val_losses, start=1):
            if loss < best_loss - min_delta:
                best_loss, best_epoch = loss, epoch
            else:
                waited += 1
                if waited == patience:
                    return epoch, best_epoch
        return len(val_losses), best_epoch

    @wrong(why="Each loss is compared with the one before it. Compare it with the best so far.")
    def compares_with_last(val_losses, patience, min_delta):
        last, best_loss, best_epoch, waited = np.inf, math.inf, 0, 0
        for epoch, loss in enumerate(val_losses, start=1):
            if loss < best_loss:
                best_loss, best_epoch = loss, epoch
            waited = 0 if loss < last - min_delta else waited + 1
            last = loss
            if waited == patience:
                return epoch, best_epoch
        return len(val_losses), best_epoch

    @wrong(why="`min_delta` is not used: gains too small to count also set the waiting back.")
    def forgot_min_delta(val_losses, patience, min_delta):
        best_loss, best_epoch, waited = np.inf, 0, 0
        for epoch, loss in enumerate(val_losses, start=1):
            if loss < best_loss:
                best_loss, best_epoch, waited = loss, epoch, 0
            else:
                waited += 1
                if waited == patience:
                    return epoch, best_epoch
        return len(val_losses), best_epoch

    @wrong(why="It stops one epoch too late: when the waiting *reaches* patience, not exceeds it.")
    def one_too_late(val_losses, patience, min_delta):
        best_loss, best_epoch, waited = np.inf, 0, 0
        for epoch, loss in enumerate(val_losses, start=1):
            if loss < best_loss - min_delta:
                best_loss, best_epoch, waited = loss, epoch, 0
            else:
                waited += 1
                if waited > patience:
                    return epoch, best_epoch
        return len(val_losses), best_epoch

    @wrong(why="Epochs are counted from 1, as people do; yours begin with 0.")
    def counts_from_zero(val_losses, patience, min_delta):
        best_loss, best_epoch, waited = np.inf, 0, 0
        for epoch, loss in enumerate(val_losses):
            if loss < best_loss - min_delta:
                best_loss, best_epoch, waited = loss, epoch, 0
            else:
                waited += 1
                if waited == patience:
                    return epoch, best_epoch
        return len(val_losses) - 1, best_epoch

    @wrong(
        why="You looked at all epochs for the best one, also at those after the stop. Nobody has "
        "trained them."
    )
    def looks_into_the_future(val_losses, patience, min_delta):
        best_loss, waited = np.inf, 0
        for epoch, loss in enumerate(val_losses, start=1):
            if loss < best_loss - min_delta:
                best_loss, waited = loss, 0
            else:
                waited += 1
                if waited == patience:
                    return epoch, int(np.argmin(val_losses)) + 1
        return len(val_losses), int(np.argmin(val_losses)) + 1

    @wrong(why="The two have changed places: the last epoch comes first, then the best one.")
    def swapped(val_losses, patience, min_delta):
        best_loss, best_epoch, waited = np.inf, 0, 0
        for epoch, loss in enumerate(val_losses, start=1):
            if loss < best_loss - min_delta:
                best_loss, best_epoch, waited = loss, epoch, 0
            else:
                waited += 1
                if waited == patience:
                    return best_epoch, epoch
        return best_epoch, len(val_losses)


@lesson.question
class penalised_gradient(Function):
    """Write `penalised_gradient(W, dW, l1, l2)`: the gradient of a loss to which both penalties
    are added, L1 at the price `l1` and L2 at the price `l2`.

    `dW` is the gradient of the loss alone; `W` and `dW` have the same shape. The table shows five
    weights, under one price, the other, and both. Each has `dW` = 1.
    """

    concepts = ("V8",)
    hints = (
        "The gradient of a sum is the sum of the gradients: three parts.",
        "The slope of w² is 2w. The slope of |w| is +1 on the right of zero and −1 on the left.",
        "`np.sign` is exactly that slope, with 0 at 0.",
    )
    takeaway = (
        "L2 pulls in proportion to the weight, so small weights are hardly pulled; L1 pulls all "
        "alike, down to zero."
    )

    def solution(W, dW, l1, l2):
        return dW + l1 * np.sign(W) + 2 * l2 * W

    def table(solution):
        W = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
        rows = [
            (f"l1 = {l1:g}, l2 = {l2:g}", *(f"{v:.2f}" for v in solution(W, np.ones(5), l1, l2)))
            for l1, l2 in ((0.3, 0), (0, 0.1), (0.3, 0.1))
        ]
        return ("W", *(f"{w:g}" for w in W)), rows

    def starter(W, dW, l1, l2):
        return ...

    def inputs(rng):
        for shape in ((3, 2), (5,), (1, 4)):
            yield rng.normal(size=shape), rng.normal(size=shape), 0.1, 0.3
        yield rng.normal(size=(2, 2)), rng.normal(size=(2, 2)), 0.0, 0.5
        yield rng.normal(size=(2, 2)), rng.normal(size=(2, 2)), 0.5, 0.0
        yield np.array([0.0, -2.0, 3.0]), np.array([1.0, 1.0, 1.0]), 0.5, 0.25
        yield rng.normal(size=(2, 3)), np.zeros((2, 3)), 0.2, 0.1

    forgot_two = wrong(
        lambda W, dW, l1, l2: dW + l1 * np.sign(W) + l2 * W,
        "The 2 is missing: the slope of w² is 2w.",
    )
    absolute_for_sign = wrong(
        lambda W, dW, l1, l2: dW + l1 * np.abs(W) + 2 * l2 * W,
        "The slope of |W| is the sign of W, not |W| itself.",
    )
    forgot_sign = wrong(
        lambda W, dW, l1, l2: dW + l1 + 2 * l2 * W,
        "The slope of |w| is −1 for negative weights: the sign is missing.",
    )
    forgot_loss = wrong(
        lambda W, dW, l1, l2: l1 * np.sign(W) + 2 * l2 * W,
        "The gradient of the loss itself, dW, is missing. The penalties are added to it.",
    )
    subtracted = wrong(
        lambda W, dW, l1, l2: dW - l1 * np.sign(W) - 2 * l2 * W,
        "The penalties are added to the loss, so their gradients are added, not subtracted.",
    )
    square_for_slope = wrong(
        lambda W, dW, l1, l2: dW + l1 * np.sign(W) + l2 * W**2,
        "This is the penalty itself with W², not its gradient: the slope of w² is 2w.",
    )
    swapped = wrong(
        lambda W, dW, l1, l2: dW + l2 * np.sign(W) + 2 * l1 * W, "l1 and l2 have changed places."
    )


@lesson.question
class inverted_dropout(Function):
    """Write `inverted_dropout(a, rate, noise)`, dropout as it is done in training.

    `a` holds the outputs of a layer; `noise`, of the same shape, holds random numbers spread evenly
    between 0 and 1. A unit is **off** where its noise is below `rate`: its output becomes 0. What
    stays on is divided by `1 - rate`, so that the mean stays as it was. `rate` is below 1.
    """

    concepts = ("V9",)
    hints = (
        "First a mask: which units stay on? It is made by comparing `noise` with `rate`.",
        "A mask of True and False times an array keeps some values and makes the others 0.",
        "A unit stays on with probability 1 − rate. By what must it be divided so that the mean "
        "over many steps is a again?",
    )
    takeaway = (
        "At test time nothing is left to do: the layer returns `a` itself. Hence *inverted*: the "
        "scaling is done in training, and undone nowhere."
    )

    def solution(a, rate, noise):
        return a * (noise >= rate) / (1 - rate)

    def starter(a, rate, noise):
        return ...

    def inputs(rng):
        for shape, rate in (
            ((4, 5), 0.5),
            ((2, 3), 0.2),
            ((30,), 0.8),
            ((3, 3), 0.0),
            ((1, 6), 0.3),
        ):
            yield rng.normal(size=shape), rate, rng.random(shape)
        yield np.array([1.0, 2.0, 3.0, 4.0]), 0.25, np.array([0.1, 0.9, 0.3, 0.2])

    wrong_side = wrong(
        lambda a, rate, noise: a * (noise < rate) / (1 - rate),
        lambda case: (
            "The mask is turned round: units with noise below the rate are to be off. With rate "
            f"{case['rate']:g} you keep the wrong ones."
        ),
    )
    not_inverted = wrong(
        lambda a, rate, noise: a * (noise >= rate),
        "The division by 1 − rate is missing, so in training the next layer receives less than "
        "at test time.",
    )
    divided_by_rate = wrong(
        lambda a, rate, noise: a * (noise >= rate) / rate,
        "What stays on is divided by `rate`. It stays on with probability 1 − rate.",
    )
    multiplied = wrong(
        lambda a, rate, noise: a * (noise >= rate) * (1 - rate),
        "What stays on is multiplied by 1 − rate, which makes it smaller still. Divide.",
    )
    noise_as_factor = wrong(
        lambda a, rate, noise: a * noise / (1 - rate),
        "The noise was multiplied in. It only decides who is off; make a mask of it.",
    )
    at_test = wrong(
        lambda a, rate, noise: a * 1.0,
        "This is what the layer does at test time: nothing. In training some units are off.",
    )


@lesson.question
class ensemble_size(Number):
    """A hidden layer of 10 units with dropout: in each step every unit is on or off. How many
    different thinned networks are there?
    """

    concepts = ("V9",)
    hints = (
        "Begin with 1 unit: on or off. Then 2 units: on-on, on-off, ...",
        "Each further unit doubles the number.",
    )
    takeaway = "They share their weights, so a step of one trains a part of nearly all the others."

    def solution():
        return 2**10

    added = wrong(
        20, "Two states for each unit are multiplied, not added: 2 · 2 · 2 ..., ten times."
    )
    one_each = wrong(10, "This is one network for each unit. Any combination of units can be off.")
    base_and_exponent = wrong(
        100, "Ten to the power of two: the two states belong in the base, 2 to the power of ten."
    )
    compared_bits = wrong(
        2 ^ 10, "`2^10` is 8 in Python, where `^` compares bits. A power is written `**`."
    )
    without_one = wrong(1023, "The one with all units off (or on) counts too.")


@lesson.question
class batch_of_four(Array):
    """Before you drag: one unit's sums for the four samples of a batch are 0, 0, 0 and 8. What does
    batch normalisation make of them, with γ = 1, β = 0, and ε too small to matter? Answer with
    an array of four numbers.
    """

    concepts = ("V10",)
    rtol = 5e-3
    hints = (
        "The mean of the four is 2. How far from it lies each, squared? The mean of that is the "
        "variance.",
        "The variance is 12. Subtract the mean, and divide by the standard deviation.",
    )
    takeaway = (
        "≈ −0.58, three times, and 1.73. With 0, 0, 0 and 4, or with 1,000 in the place of 8, it "
        "is the same: batch norm takes away unit and zero."
    )

    def solution():
        z = np.array([0, 0, 0, 8])
        return (z - z.mean()) / z.std()

    only_shifted = wrong(
        [-2, -2, -2, 6], "The mean is subtracted. Divide by the standard deviation, too."
    )
    by_the_variance = wrong(
        [-1 / 6, -1 / 6, -1 / 6, 1 / 2],
        "You divided by the variance, 12. It is its root, the standard deviation.",
    )
    by_n_minus_1 = wrong(
        [-0.5, -0.5, -0.5, 1.5],
        "You divided by n − 1 for the variance. Batch norm takes the mean of the four squares.",
    )
    not_shifted = wrong(
        [0, 0, 0, 8 / np.sqrt(12)], "The mean is not subtracted: what comes out has mean 0."
    )
    min_max = wrong(
        [0, 0, 0, 1],
        "This is min-max scaling, to the range 0 to 1. Batch norm gives mean 0, spread 1.",
    )


@lesson.question
class batch_norm(Function):
    """Write `batch_norm(Z, gamma, beta, epsilon)`, batch normalisation in training.

    `Z` has shape (n_samples, units): the weighted sums of one batch. For each unit subtract the
    mean over the batch; add `epsilon` to the variance, and divide by the root of this sum; then
    multiply by `gamma` and add `beta`, both of shape (units,). The variance divides by the number
    of samples.
    """

    concepts = ("V10",)
    hints = (
        "Each unit has a mean and a variance of its own. Over which axis are they taken?",
        "Arrays have `.mean` and `.var`; over the samples both give shape (units,).",
        "epsilon stands under the root, beside the variance: it keeps the root away from 0.",
    )
    takeaway = (
        "At test time there may be one sample only: then moving averages take the batch's place."
    )

    def solution(Z, gamma, beta, epsilon):
        mean, variance = Z.mean(axis=0), Z.var(axis=0)
        return gamma * (Z - mean) / np.sqrt(variance + epsilon) + beta

    def starter(Z, gamma, beta, epsilon):
        return ...

    def inputs(rng):
        for n_samples, units in ((8, 3), (32, 2), (4, 4), (5, 1)):
            yield (
                rng.normal(3, 2, (n_samples, units)),
                rng.uniform(0.5, 2, units),
                rng.normal(size=units),
                0.05,
            )
        yield rng.normal(-1, 0.2, (6, 2)), np.ones(2), np.zeros(2), 0.3
        yield np.full((4, 2), 7.0), np.ones(2), np.array([1.0, -1.0]), 0.1

    @wrong(
        why="Mean and variance run over the units (`axis=1`). That is layer normalisation. Batch "
        "normalisation takes them over the samples of the batch: `axis=0`."
    )
    def over_units(Z, gamma, beta, epsilon):
        mean, variance = Z.mean(axis=1, keepdims=True), Z.var(axis=1, keepdims=True)
        return gamma * (Z - mean) / np.sqrt(variance + epsilon) + beta

    over_everything = wrong(
        lambda Z, gamma, beta, epsilon: gamma * (Z - Z.mean()) / np.sqrt(Z.var() + epsilon) + beta,
        "One mean for everything. Each unit has its own: `axis=0`.",
    )
    forgot_root = wrong(
        lambda Z, gamma, beta, epsilon: (
            gamma * (Z - Z.mean(axis=0)) / (Z.var(axis=0) + epsilon) + beta
        ),
        "Divided by the variance. To bring the spread to 1, divide by its root.",
    )
    epsilon_outside = wrong(
        lambda Z, gamma, beta, epsilon: (
            gamma * (Z - Z.mean(axis=0)) / (Z.std(axis=0) + epsilon) + beta
        ),
        "epsilon stands outside of the root. It belongs under it, beside the variance.",
    )
    forgot_gamma_and_beta = wrong(
        lambda Z, gamma, beta, epsilon: (Z - Z.mean(axis=0)) / np.sqrt(Z.var(axis=0) + epsilon),
        "gamma and beta are missing: with them the layer can also learn to undo all this.",
    )
    swapped = wrong(
        lambda Z, gamma, beta, epsilon: (
            beta * (Z - Z.mean(axis=0)) / np.sqrt(Z.var(axis=0) + epsilon) + gamma
        ),
        "gamma and beta have changed places: gamma multiplies, beta is added.",
    )
    not_centred = wrong(
        lambda Z, gamma, beta, epsilon: gamma * Z / np.sqrt(Z.var(axis=0) + epsilon) + beta,
        "The mean is not subtracted, so the batch is not centred.",
    )

    @wrong(why="The variance divides by n − 1 (`ddof=1`). Here it is by the number of samples.")
    def unbiased_variance(Z, gamma, beta, epsilon):
        variance = Z.var(axis=0, ddof=1)
        return gamma * (Z - Z.mean(axis=0)) / np.sqrt(variance + epsilon) + beta


def _untreated(model):
    """Return what keeps a model from being the one that `treated` asks for."""
    layers = leaves(model)
    dense = _of_type(layers, "Dense")
    if [layer.units for layer in dense] != [64, 64, 1]:
        return f"Dense layers of {[layer.units for layer in dense]} units, expected [64, 64, 1]."
    dropped = _of_type(layers, "Dropout")
    rates = [layer.rate for layer in dropped]
    if rates and np.allclose(rates, 0.7):
        return "The rate of a dropout layer is the fraction that is switched *off*: 0.3, not 0.7."
    if len(rates) != 2 or not np.allclose(rates, 0.3):
        return f"Dropout with rates {rates}, expected 0.3 after each of the two hidden layers."
    if layers[-1] in dropped:
        return "A Dropout stands after the output: it would set answers to 0."
    order = ["Dense" if x in dense else "Dropout" for x in layers if x in dense or x in dropped]
    if order != ["Dense", "Dropout", "Dense", "Dropout", "Dense"]:
        return f"Dropout stands after each hidden layer; yours come as {', '.join(order)}."
    for layer in dense[:2]:
        penalty = layer.kernel_regularizer
        once, twice = (_paid(penalty, size) for size in (1, 2))
        if once > 0 and np.isclose(twice, 2 * once, rtol=1e-3):
            return "This is an L1 penalty, which pays for absolute values. Asked for is L2 alone."
        if not np.allclose((once, twice), (1e-3 * 5, 1e-3 * 20), rtol=1e-3):
            return "Each hidden layer needs `kernel_regularizer=keras.regularizers.L2(1e-3)`."
    if _paid(dense[2].kernel_regularizer, 1) > 0:
        return "The output layer pays a penalty as well; it is asked of the hidden layers alone."
    return ""


def _paid(penalty, size):
    """Return what a penalty takes for the weights 1 and −2 times a size: 5 size² for ΣW²."""
    import keras

    weights = keras.ops.convert_to_tensor(np.float32([[size], [-2 * size]]))
    return 0.0 if penalty is None else float(penalty(weights))


def _of_type(layers, name):
    """Return the layers of a type of Keras, or of one made of it."""
    import keras

    return [layer for layer in layers if isinstance(layer, getattr(keras.layers, name))]


def _net(keras, hidden, dropout, l2, last_dropout=False, activation="relu", output="linear"):
    """Return the network of `treated` with other settings."""
    model = keras.Sequential([keras.Input((11,))])
    for units in hidden:
        penalty = keras.regularizers.L2(l2)
        model.add(keras.layers.Dense(units, activation=activation, kernel_regularizer=penalty))
        if dropout:
            model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(1, activation=output))
    if last_dropout:
        model.add(keras.layers.Dropout(dropout))
    return model


@lesson.question
class treated(KerasModel):
    """Build a network for the wine with two remedies against overfitting. 11 inputs, two hidden
    layers of 64 ReLU units, one linear output. Each hidden layer pays an L2 penalty of 1e-3 for
    its weights, and after each hidden layer stands a dropout layer with rate 0.3. Name the model
    `treated`.
    """

    concepts = ("V8", "V9", "V12")
    hints = (
        "Six lines in the list: the input, then Dense, Dropout, Dense, Dropout, and the output.",
        "The penalty is an argument of `Dense`: `kernel_regularizer=...`.",
        "The penalty is in `keras.regularizers`, the dropout in `keras.layers`; each takes its "
        "number in brackets.",
    )
    takeaway = (
        "The penalty belongs to the loss, dropout is a layer. `predict` uses neither of them."
    )
    input_shape = (11,)
    output_shape = (1,)
    accept = _untreated

    def solution(keras):
        hidden = {"activation": "relu", "kernel_regularizer": keras.regularizers.L2(1e-3)}
        return keras.Sequential(
            [
                keras.Input((11,)),
                keras.layers.Dense(64, **hidden),
                keras.layers.Dropout(0.3),
                keras.layers.Dense(64, **hidden),
                keras.layers.Dropout(0.3),
                keras.layers.Dense(1),
            ]
        )

    no_dropout = wrong(
        lambda keras: _net(keras, (64, 64), 0, 1e-3),
        "There is no dropout layer: put `keras.layers.Dropout(0.3)` after each hidden layer.",
        when=lambda model: not _of_type(leaves(model), "Dropout"),
    )
    dropout_at_the_end = wrong(
        lambda keras: _net(keras, (64, 64), 0.3, 1e-3, last_dropout=True),
        "Dropout after the output sets whole answers to 0. It belongs after hidden layers only.",
        when=lambda model: bool(_of_type(leaves(model)[-1:], "Dropout")),
    )
    forgot_relu = wrong(
        lambda keras: _net(keras, (64, 64), 0.3, 1e-3, activation="linear"),
        "The hidden layers have no activation: then they collapse to one linear layer. ReLU.",
    )
    sigmoid_output = wrong(
        lambda keras: _net(keras, (64, 64), 0.3, 1e-3, output="sigmoid"),
        "A sigmoid at the end gives numbers between 0 and 1. Quality runs from 3 to 8.",
    )
    one_hidden_layer = wrong(
        lambda keras: _net(keras, (64,), 0.3, 1e-3),
        "A hidden layer is missing: two of them, 64 units each.",
        when=lambda model: len(_of_type(leaves(model), "Dense")) == 2,
    )


# What each word of `six_diagnoses` looks like, told of a case that has another diagnosis.
_SIGNS = {
    "overfits": "Overfitting shows in a training loss *below* what is achievable on new data, and "
    "a validation loss far above it: noise learnt by heart.",
    "underfits": "Underfitting shows in two curves that have come to rest, close together and far "
    "above what is achievable.",
    "steps too large": "Steps that are too large show in a training loss that goes up again and "
    "again.",
    "steps too small": "Steps that are too small show in two curves that still fall at the end, "
    "far above what is achievable.",
    "well": "All is well where *both* curves end near what is achievable.",
    "unlike": "Unlike data show in a training loss that comes down to what is achievable, no "
    "noise learnt, and a validation loss that is far above it from the first steps on.",
    "leak": "A leak shows in a validation loss that is too good: below what is achievable.",
}


@lesson.question
class six_diagnoses(Function):
    """Write `six_diagnoses()`: what is wrong with each of the six trainings? It returns a
    dictionary: the letters of the cases, and one of the words below for each. A word may stand more
    than once, or not at all.
    """

    concepts = ("V2", "V3", "V4", "V5")
    hints = (
        "Six times the same questions. First the training loss: does it end below the dotted line, "
        "on it, or above it? If above: does it jump, does it still fall, or does it rest?",
        "Then the validation loss, where training has come down: is it near, does it rise later "
        "on, or does it turn away in the first steps?",
    )
    takeaway = (
        "The training loss first, each time. In F the validation inputs were shifted: another "
        "scaler was used for them. No remedy against overfitting mends that."
    )
    single_precision = False

    def table(solution):
        return ("diagnosis", "remedy"), [
            ("overfits", "more data, early stopping, a penalty"),
            ("underfits", "a bigger model"),
            ("steps too large", "a smaller learning rate"),
            ("steps too small", "a larger learning rate, another optimizer"),
            ("unlike", "prepare both sets in the same way"),
            ("leak", "take what it is judged on out of the training set"),
            ("well", "none: now judge it once on the test set"),
        ]

    def solution():
        return {
            "A": "overfits",
            "B": "underfits",
            "C": "steps too large",
            "D": "steps too small",
            "E": "well",
            "F": "unlike",
        }

    def starter():
        return {"A": ..., "B": ..., "C": ..., "D": ..., "E": ..., "F": ...}

    def inputs(rng):
        yield ()

    def accept(case):
        said = {name: case.received[name] for name in case.expected}
        mistaken = [name for name, word in said.items() if word != case.expected[name]]
        return "\n\n".join(_why_not(name, said[name]) for name in mistaken)

    one_for_all = wrong(
        lambda: dict.fromkeys("ABCDEF", "overfits"),
        "Overfitting for all six is an excuse, not a diagnosis. Look at each training loss: only "
        "one of them ends clearly below the dotted line.",
    )
    all_well = wrong(
        lambda: dict.fromkeys("ABCDEF", "well"),
        "Some do come down to the dotted line, but not all, and not with both curves.",
    )

    @wrong(
        why="A and F have changed places. Both have a gap, but only one of them has learnt noise: "
        "whose training loss ends *below* the dotted line?"
    )
    def gaps_confused():
        return {
            "A": "unlike",
            "B": "underfits",
            "C": "steps too large",
            "D": "steps too small",
            "E": "well",
            "F": "overfits",
        }

    @wrong(
        why="B and D have changed places. Both end far above the dotted line, but only one of them "
        "has come to rest there."
    )
    def rest_confused():
        return {
            "A": "overfits",
            "B": "steps too small",
            "C": "steps too large",
            "D": "underfits",
            "E": "well",
            "F": "unlike",
        }


def _why_not(name, word):
    """Return why a word does not fit a case: what it would look like, and what is seen."""
    if word not in _SIGNS:
        return f"Case {name}: {word!r} is none of the words, {', '.join(_SIGNS)}."
    case = curves(name)
    train, val = np.array(case["loss"]), np.array(case["val_loss"])
    rises = int(np.sum(np.diff(train) > 0.02))
    late = 1 - train[-1] / train[-len(train) // 3]
    return (
        f"Case {name}: {_SIGNS[word]} Here training ends at ≈ {train[-1]:.2f} and validation at "
        f"≈ {val[-1]:.2f}, where ≈ {case['achievable']:.2f} is achievable; the training loss "
        f"{'jumps up ≈ ' + str(rises) + ' times' if rises > 2 else 'does not jump up'}, and in "
        f"the last third it {f'falls by ≈ {late:.0%}' if late > 0.03 else 'hardly falls'}."
    )


@lesson.question
class find_leaks(Array):
    """Somebody tells how a score came about:

    1. Rows that repeat another are removed from the table.
    2. Each column is scaled with its minimum and maximum in the table.
    3. The rows are split at random: test set, training set, validation set.
    4. Histograms of the training set are looked at.
    5. The three inputs are kept that go most with the target, over all three sets.
    6. The output bias starts at the median of the training targets.
    7. Training ends where the validation loss is lowest.
    8. Of five widths, the one with the lowest error on the test set is kept, and that error is told
       as the score.

    In which steps does a row have a say that should not have one? Answer with a list of their
    numbers, in rising order, such as `[1, 4]`.
    """

    concepts = ("V1", "V2")
    exact_shape = True
    hints = (
        "Ask at each step: which rows have a say here?",
        "The training set may be used for everything, the validation set to choose with. And the "
        "test set? There are three such steps.",
    )
    takeaway = "Each of the three makes the score look better than new wines will find it."

    def solution():
        return [2, 5, 8]

    scaling_is_harmless = wrong(
        [5, 8],
        "Step 2 is missing. Scaling does not use the target, but the minimum and maximum of the "
        "validation and test rows: rows that in practice are not there yet. Split first.",
    )
    looking_is_harmless = wrong(
        [2, 8],
        "A step is missing. Which inputs go with the target is learned from the target, here from "
        "the test set's as well. So it is a choice, and belongs to the training set.",
    )
    test_set_chooses = wrong(
        [2, 5],
        "A step is missing. Whoever takes the best of five on the test set has made it a second "
        "validation set: the luckiest of five is told as the score.",
    )
    stopping_is_no_leak = wrong(
        [2, 5, 7, 8],
        "One is too many. To choose when to stop is what the validation set is for; only its loss "
        "is then no score any more.",
    )
    twins_are_no_leak = wrong(
        [1, 2, 5, 8],
        "One is too many. Removing twins from the whole table is what keeps them from standing in "
        "two sets.",
    )


# --- the clinic ------------------------------------------------------------------------------


def _pressed_by(run):
    """Return which of the pressures on `patient_7` are still strong."""
    strongest = {"l1": 0.01, "l2": 0.01, "dropout": 0.05}
    return {name for name, most in strongest.items() if run.knobs[name] > most}


@lesson.question
class patient_7(Patient):
    """Save the network in `case_7`: bring its validation loss below 0.12 within 1,500 updates.
    For 600 updates, the grey curves, both losses have stayed near 0.44, little better than always
    saying the mean, 0.5. The points have a curve in them, and the noise alone costs 0.06.
    Everything in the panel may be turned, also while it trains. "Reset" begins a new run with a
    whole budget.
    """

    concepts = ("V5", "V8", "V9", "V12")
    diagnosis = "too much regularisation"
    budget = 1_500
    goals = (Goal("val_loss", below=0.12),)
    hints = (
        "First the training error: it is as bad as the validation error. On which side of the "
        "chart does that lie, and which knobs make it worse there?",
        "What presses its weights towards 0? And what else makes it hard for the units to say "
        "anything together?",
        "Two knobs are far too high. Each of them alone keeps the curve too flat: turn down both.",
    )
    takeaway = (
        "Remedies are for networks that can learn. This one paid so much for each weight, and "
        "missed so many units in each step, that a nearly level line was the best it could do."
    )

    def start():
        return patients.patient_7()

    def solution(case_7):
        case_7.trainer.l2 = 0.001
        case_7.trainer.dropout = 0.0
        case_7.step(600)

    turned_nothing = wrong(
        lambda case_7: case_7.step(300),
        "Its two losses have long come to rest: more updates lead nowhere else.",
    )
    faster_only = wrong(
        steers(300, learning_rate=0.05),
        "Longer steps, or other ones, lead to the same place: the lowest point of loss and price "
        "together. What has to change is where that point lies.",
        when=lambda run: run.turned_in_vain("learning_rate", "optimizer", "batch_size"),
    )
    other_units = wrong(
        steers(300, activation="relu"),
        "Another activation, or fewer units: these are pressed to 0 as well. There are enough of "
        "them already for two bends.",
        when=lambda run: run.turned_in_vain(
            "width", "activation", "learning_rate", "optimizer", "batch_size"
        ),
    )
    pressed_harder = wrong(
        steers(300, l2=0.3),
        "You have turned a remedy against overfitting up. Before the remedy, the diagnosis: is "
        "there a gap between its two losses?",
        when=lambda run: (
            not run.reached
            and any(turn.new > turn.old for name in ("l1", "l2", "dropout")
                    for turn in run.turned(name))
        ),
    )  # fmt: skip
    still_thinned = wrong(
        steers(300, l2=0.0),
        lambda run: (
            "Weights are no longer pressed to 0, and the curve begins to bend. But with dropout at "
            f"{run.knobs['dropout']:g}, every step trains another small rest of a network."
        ),
        when=lambda run: not run.reached and _pressed_by(run) == {"dropout"},
    )
    still_priced = wrong(
        steers(300, dropout=0.0),
        "All units take part now, and the curve begins to bend. But their weights are still "
        "pressed towards 0. By what?",
        when=lambda run: (
            not run.reached and bool(run.turned("dropout")) and "dropout" not in _pressed_by(run)
            and bool(_pressed_by(run))
        ),
    )  # fmt: skip
    cured_too_late = wrong(
        steers(40, before=1_450, l2=0.0, dropout=0.0),
        lambda run: (
            f"What pressed it is gone since step {run.turns[-1].step:,}, and its weights need time "
            "to grow again. `Reset`, and turn before the first step."
        ),
        when=lambda run: (
            not run.reached and not _pressed_by(run) and bool(run.turns)
            and run.turns[-1].step > 1_200
        ),
    )  # fmt: skip
    too_small = wrong(
        "too small a network",
        "It looks the same: a training loss that ends too high. But you added no unit to save it; "
        "64 of them were enough once they were let go.",
    )
    dead = wrong(
        "dead ReLUs",
        "Its units are tanh, which cannot die, and when you turned the right knobs they moved.",
    )


@lesson.question
class patient_8(Patient):
    """Save the network in `case_8`, which is to say what a flat will cost: bring its **loss on
    the offers** below 0.25 within 1,500 updates. It learned from 200 contracts, and was measured on
    200 others: a validation loss of about 0.01, the best in town. On 300 flats that are only
    offered, and have no contract yet, it is nearly as bad as always saying the mean, 1.0. The
    check tells this loss. Columns can be switched off, and everything else may be turned.
    """

    concepts = ("V1", "V2")
    diagnosis = "a leak"
    budget = 1_500
    goals = (
        Goal(
            lambda run: patients.loss_on_offers(run.runner.predict),
            below=0.25,
            words="loss on the offers",
        ),
    )
    hints = (
        "No flat has a rent that can be told that exactly. Where does the network know it from?",
        "Switch one column off at a time, and look at the validation loss. At which one does the "
        "miracle end?",
        "Which of the six is known only when there is a contract? Switch it off, and let it learn "
        "from the others: some 300 updates.",
    )
    takeaway = (
        "The deposit is two months' rent, and stands in the contract beside it. The validation "
        "loss is worse now, and honest: that is what a cure of this looks like."
    )

    def start():
        return patients.patient_8()

    def solution(case_8):
        case_8.trainer.use_deposit = False
        case_8.step(400)

    turned_nothing = wrong(
        lambda case_8: case_8.step(300),
        "The longer it trains, the lower the validation loss, and the offers do not gain by it. So "
        "what it learns there is not what the offers need.",
    )
    remedies_only = wrong(
        steers(400, dropout=0.3, l2=0.01),
        "These knobs work against learning noise, or for learning faster. But this network has "
        "learned something that is true of every contract, and missing in every offer. Try the "
        "columns.",
        when=lambda run: (
            not run.reached and bool(run.turns)
            and not any(turn.name.startswith("use_") for turn in run.turns)
        ),
    )  # fmt: skip
    another_column = wrong(
        steers(400, use_age=False),
        "The validation loss is still far too good. One column is on without which it would not "
        "be: which one?",
        when=lambda run: not run.reached and bool(run.turns) and run.knobs["use_deposit"],
    )
    too_much_off = wrong(
        steers(400, use_deposit=False, use_size=False),
        "The miracle is over. But a column is off from which one can know a rent honestly, before "
        "there is a contract: switch it on again.",
        when=lambda run: (
            not run.reached and sum(run.knobs[f"use_{name}"] for name in patients.COLUMNS) < 5
        ),
    )
    at_the_end = wrong(
        steers(2, before=800, use_deposit=False),
        "The column is off, and the network, which has leaned on it from its first step, falls "
        "over. It has to learn from the others: train on.",
        when=lambda run: not run.reached and run.updates - run.turned("use_deposit")[-1].step < 100,
    )
    not_reached = wrong(
        steers(100, use_deposit=False, learning_rate=0.0001),
        "Is the validation loss still falling? Then train on, or with longer steps.",
    )
    shuffled = wrong(
        "shuffled labels",
        "Then the validation loss would never have been good. Here it was far too good.",
    )
    over = wrong(
        "too much regularisation",
        "Weights were free, and the training loss was next to 0. It was the offers that suffered.",
    )


# --- quiz ------------------------------------------------------------------------------------


@lesson.question
class quiz_pull(Number):
    """A weight of 0.04, and the same price λ for both penalties. How many times as
    strongly does L1 pull it towards zero as L2 does?
    """

    concepts = ("V8",)
    hints = (
        "The pull is the slope of the penalty at that weight, times the price.",
        "The slope of |w| is 1 wherever w is positive. The slope of w² depends on w.",
    )
    takeaway = "So L1 clears small weights away, and L2 hardly touches them."

    def solution():
        return 1 / (2 * 0.04)

    without_two = wrong(
        25,
        "This divides by w: the penalties themselves, 0.04 and 0.04², have that ratio. The slope "
        "of w² is twice w.",
    )
    turned_round = wrong(0.08, "This is the pull of L2 as a fraction of that of L1. Turn it round.")
    equal = wrong(1, "They pull alike only where 2w = 1, at a weight of 0.5.")
    price_only = wrong(0.04, "This is the weight. Divide the slope of |w| by the slope of w².")


@lesson.question
class quiz_single_wine(Number):
    """Training is over. A batch normalisation layer has kept a moving mean of 3 and a moving
    variance of 4, and has learnt γ = 3 and β = 1 for a unit. One single wine arrives, for which
    that unit has z = 9. What does the layer return? (Leave out ε.)
    """

    concepts = ("V10",)
    hints = (
        "Which mean is subtracted at test time: the batch's, or the one that was kept?",
        "Subtract, divide by the standard deviation, and then comes what was learnt.",
    )
    takeaway = "So one wine's answer does not depend on which other wines come with it."

    def solution():
        return 3 * (9 - 3) / np.sqrt(4) + 1

    own_batch = wrong(
        1,
        "This subtracts the mean of the batch, which is that wine: then β would be left, for "
        "every wine.",
    )
    switched_off = wrong(
        9,
        "Unlike dropout, the layer is not off at test time: the layers after it have learnt to "
        "read normalised values.",
    )
    forgot_learnt = wrong(3, "γ and β are missing: they belong to the layer at test time, too.")
    by_variance = wrong(5.5, "Divided by the variance. Its root is the standard deviation.")
    swapped = wrong(6, "γ and β have changed places: γ multiplies, β is added.")
    not_centred = wrong(14.5, "The moving mean is not subtracted.")


@lesson.question
class quiz_dropout(Choice):
    """A network with dropout has a training loss of 0.60 and a validation loss of 0.50. Why?"""

    concepts = ("V9",)
    hints = (
        "In which of the two measurements are units switched off?",
        "`fit` reports the training loss as it was while training.",
    )
    options = (
        wrong(
            "There must be a leak between the two sets.",
            "A leak would not make the *training* loss higher. Look for something simpler.",
        ),
        wrong(
            "The network underfits and the validation set is easier.",
            "Possible, but dropout itself is a simpler reason.",
        ),
        wrong(
            "Dropout improves the validation data.",
            "It does nothing at all there: it is off.",
        ),
        right(
            "The training loss is measured with units off, the validation loss with all on.",
            "And `fit` averages the training loss over an epoch in which the network still "
            "improves; validation comes at its end. To compare the two, measure the training set "
            "with `evaluate`.",
        ),
    )


@lesson.question
class quiz_augmentation(Choice):
    """You train on photos of road signs. Which augmentation is a mistake?"""

    concepts = ("V11",)
    hints = (
        "Augmentation may do only what leaves the label true.",
        "Which of them changes what a sign means?",
    )
    options = (
        right(
            "Mirroring left and right.",
            '"Turn left" becomes "turn right", with the old label.',
        ),
        wrong(
            "Rotating by up to 10 degrees.",
            "A camera is held like that now and then, and the sign means the same.",
        ),
        wrong(
            "Blurring a little.",
            "Rain and speed do that too, and the label stays true.",
        ),
        wrong(
            "Adding noise to the pixels.",
            "Cameras do that at night, and the label stays true.",
        ),
    )


@lesson.question
class quiz_more_data(Choice):
    """Training error 2 %, validation error 15 %, achievable 2 %. Which will hardly help?"""

    concepts = ("V4", "V11", "V13")
    hints = (
        "Is it bias or variance?",
        "Three of these work against variance.",
    )
    options = (
        wrong("More data.", "It is the surest remedy against variance."),
        wrong("Dropout.", "It is a remedy against variance, and there is a lot of it."),
        right(
            "A bigger model.",
            "It would lower the training error, which is where it can be already.",
        ),
        wrong("A smaller model.", "Less freedom means less variance; here there is room for that."),
    )
