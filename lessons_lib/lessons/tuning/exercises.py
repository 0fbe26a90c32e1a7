"""Questions of lesson 07: splits and folds, diagnoses, the search and its traps, votes."""

import numpy as np

from lessons_lib import datasets
from lessons_lib.checks import (
    Array,
    Choice,
    Function,
    Goal,
    Lesson,
    Number,
    Prediction,
    Steering,
    right,
    steers,
    wrong,
)
from lessons_lib.lessons.tuning import curse, rules, votes
from lessons_lib.lessons.tuning.wine import (
    BUDGET,
    Contest,
    contest_of,
    contest_panel,
    open_test,
    wine_contest,
)

lesson = Lesson("07", "tuning")


# --- three things to remember ----------------------------------------------------------------


@lesson.question
class last_stable_rate(Number):
    """**From lesson 4.** Gradient descent in a bowl. Along its steepest direction the second
    derivative is 8, along its flattest 0.4. From which learning rate on do the steps grow and
    grow?
    """

    concepts = ("O2",)
    hints = (
        "On x → λx²/2 one step multiplies x by 1 − learning rate · λ. When does that factor become "
        "−1?",
        "The limit is 2/λ. Which of the two directions throws the steps out first?",
    )
    takeaway = (
        "2/8 = 0.25: the steepest direction decides. Beyond this edge lies the black country on "
        "the map of this lesson."
    )

    def solution():
        return 2 / 8

    one_step = wrong(
        1 / 8,
        "This is 1/λ, the rate that jumps to the bottom in one step. Twice as far the steps begin "
        "to grow.",
    )
    flattest = wrong(
        2 / 0.4,
        "This is the limit of the flattest direction. The steepest one has thrown the steps out "
        "long before.",
    )
    mean_curvature = wrong(
        2 / 4.2,
        "This is the limit at the mean of the two second derivatives. There is no mean direction: "
        "the steepest one decides alone.",
    )
    upside_down = wrong(
        8 / 2, "This is λ/2, upside down: a steeper bowl would then allow larger steps."
    )


@lesson.question
class remembered_steps(Array):
    """**From lesson 4.** Momentum keeps a weighted average of the gradients. Over about how many
    steps does it average with β = 0.9, with 0.99, and with 0.999? Give an array of three numbers.
    """

    concepts = ("O4",)
    rtol = 5e-4
    hints = (
        "The newest gradient counts 1 − β, and the one before it β times that.",
        "The window is about one divided by the weight of the newest gradient.",
    )
    takeaway = (
        "10, 100, 1,000. Between 0.9 and 0.999 the window grows a hundredfold, so β is searched "
        "on a ruler of 1 − β. This lesson shows how."
    )

    def solution():
        return 1 / (1 - np.array([0.9, 0.99, 0.999]))

    weight_of_newest = wrong(
        np.array([0.1, 0.01, 0.001]),
        "This is 1 − β, the weight of the newest gradient. The window is one divided by it.",
    )
    percent = wrong(
        np.array([90.0, 99.0, 99.9]),
        "These are percent of what is kept in one step. From 0.99 to 0.999 the memory grows ten "
        "times longer, not by a hundredth.",
    )
    upside_down = wrong(
        1 / np.array([0.9, 0.99, 0.999]),
        "This is 1/β, which is close to 1 for each of them. What is kept is nearly everything; "
        "the window depends on what is lost in a step, 1 − β.",
    )


@lesson.question
class baseline_rmse(Function):
    """**From lessons 1 and 5.** Write `baseline_rmse(y_train, y_val)`: the root mean squared
    error, on the validation set, of knowing nothing. The baseline has seen the training set alone
    and gives each sample the same answer, the one with the smallest mean squared error there.
    """

    concepts = ("N7", "N9", "V2")
    hints = (
        "Which single number has the smallest mean squared error on a set of targets?",
        "What is learned, is learned on the training set. What is judged, is judged on the "
        "validation set.",
        "Distances of the validation targets from the training mean; square, mean, root, in this "
        "order.",
    )
    takeaway = (
        "No score says anything before it stands beside the baseline's, and the baseline, too, "
        "must not look at what it is judged on."
    )

    def solution(y_train, y_val):
        errors = y_val - np.mean(y_train)
        return np.sqrt(np.mean(errors**2))

    def starter(y_train, y_val):
        return ...

    def inputs(rng):
        yield np.array([4.0, 6.0, 8.0, 12.0, 3.0]), np.array([5.0, 9.0])
        for n in (2, 7, 32):
            yield rng.exponential(size=n + 1), 1 + rng.exponential(size=n)
        yield rng.normal(170, 10, size=20), rng.normal(165, 10, size=1)
        yield rng.exponential(3, size=11), np.array([5.6, 5.6, 5.6])

    peeked = wrong(
        lambda y_train, y_val: np.sqrt(np.mean((y_val - np.mean(y_val)) ** 2)),
        "You took the mean of the validation set: the baseline has looked at what it is judged on. "
        "This is the first way to fool yourself.",
    )
    judged_on_training = wrong(
        lambda y_train, y_val: np.sqrt(np.mean((y_train - np.mean(y_train)) ** 2)),
        "This is the baseline's error on the training set, from which its answer came. The "
        "validation set is not used at all.",
    )
    without_root = wrong(
        lambda y_train, y_val: np.mean((y_val - np.mean(y_train)) ** 2),
        "This is the mean squared error. The root brings it back to the target's own unit.",
    )
    absolute = wrong(
        lambda y_train, y_val: np.mean(np.abs(y_val - np.mean(y_train))),
        "This is the mean absolute error. Square the distances, and take the root of their mean.",
    )
    median = wrong(
        lambda y_train, y_val: np.sqrt(np.mean((y_val - np.median(y_train)) ** 2)),
        "The median makes the mean *absolute* error smallest. For the squared error it is the "
        "mean.",
    )
    cancelled = wrong(
        lambda y_train, y_val: np.abs(np.mean(y_val - np.mean(y_train))),
        "You took the mean before the square, so errors of opposite sign cancel.",
    )
    from_zero = wrong(
        lambda y_train, y_val: np.sqrt(np.mean(y_val**2)),
        "These are distances from 0. The baseline's answer is the training mean.",
    )


# --- how sure is a score? --------------------------------------------------------------------


def _nearest_error(X_train, y_train, X_val, y_val):
    """Return the mean absolute error of taking each row's nearest training row's target."""
    distances = np.abs(X_val[:, None] - X_train[None]).sum(axis=2)
    return np.mean(np.abs(y_train[np.argmin(distances, axis=1)] - y_val))


def _mean_error(X_train, y_train, X_val, y_val):
    """Return the mean absolute error of always answering the training targets' mean."""
    return np.mean(np.abs(np.mean(y_train) - y_val))


@lesson.question
class k_fold_scores(Function):
    """Write `k_fold_scores(X, y, k, score)`. Cut the rows, as they stand, into `k` folds with
    `np.array_split`. Each fold is the validation set once, and all other rows are the training set
    then. `score(X_train, y_train, X_val, y_val)` is given: it trains a new model and returns a
    number. Return the mean of the `k` scores and their spread, the standard deviation as `np.std`
    has it.
    """

    concepts = ("T2",)
    parts = ("mean", "spread")
    hints = (
        "Cut the numbers of the rows, 0, 1, 2, ..., and not the rows: then one cut serves X and y.",
        "A loop over the folds. In each turn: which rows are not in this fold? Collect the scores "
        "in a list.",
        "`np.setdiff1d(a, b)` returns what is in a and not in b.",
    )
    takeaway = (
        "Every row has judged once, and no model was judged by rows that it had seen. The folds "
        "share most of their training rows, so their spread is a hint on how sure the mean is, "
        "and no exact error bar (Bengio and Grandvalet, 2004)."
    )

    def solution(X, y, k, score):
        rows = np.arange(len(X))
        scores = []
        for fold in np.array_split(rows, k):
            others = np.setdiff1d(rows, fold)
            scores.append(score(X[others], y[others], X[fold], y[fold]))
        return np.mean(scores), np.std(scores)

    def starter(X, y, k, score):
        return ...

    def inputs(rng):
        for n, k in ((6, 2), (7, 3), (5, 5), (12, 4)):
            X, y = rng.normal(size=(n, 2)), rng.normal(size=n)
            yield X, y, k, _nearest_error
        yield X, y, k, _mean_error

    @wrong(
        why="The training set holds the fold itself here: the model has seen what it is judged "
        "by. Leave the fold out."
    )
    def trained_on_all(X, y, k, score):
        folds = np.array_split(np.arange(len(X)), k)
        scores = [score(X, y, X[fold], y[fold]) for fold in folds]
        return np.mean(scores), np.std(scores)

    @wrong(why="Training and validation are exchanged: one fold judges, all others train.")
    def swapped(X, y, k, score):
        rows = np.arange(len(X))
        scores = []
        for fold in np.array_split(rows, k):
            others = np.setdiff1d(rows, fold)
            scores.append(score(X[fold], y[fold], X[others], y[others]))
        return np.mean(scores), np.std(scores)

    @wrong(
        why="This is the first fold's score alone. Where does the `return` stand, inside the loop "
        "or after it?"
    )
    def returned_too_early(X, y, k, score):
        fold, *others = np.array_split(np.arange(len(X)), k)
        others = np.concatenate(others)
        return score(X[others], y[others], X[fold], y[fold]), 0.0

    @wrong(
        why="The mean is right. The spread is squared: take its root, `np.std` and not `np.var`."
    )
    def variance(X, y, k, score):
        mean, spread = k_fold_scores.solution(X, y, k, score)
        return mean, spread**2

    @wrong(
        why="The mean is right. The spread is divided by k − 1, which `ddof=1` does; here `np.std` "
        "is meant as it is."
    )
    def sample_spread(X, y, k, score):
        mean, spread = k_fold_scores.solution(X, y, k, score)
        return mean, spread * np.sqrt(k / (k - 1))

    @wrong(
        why="The mean is right. The spread is divided by the root of k: that would be the error "
        "of the mean if the folds were independent, and they share their training rows."
    )
    def error_of_mean(X, y, k, score):
        mean, spread = k_fold_scores.solution(X, y, k, score)
        return mean, spread / np.sqrt(k)


@lesson.question
class chronological_split(Function):
    """Write `chronological_split(times, n_val)`. `times` says when each row was measured, in any
    order and no two alike. Return two arrays of row numbers, each in the order of time: the
    training rows, and the `n_val` latest rows for validation. (1 ≤ `n_val` < number of rows)
    """

    concepts = ("T1",)
    parts = ("train", "val")
    single_precision = False
    hints = (
        "`np.argsort(a)` returns the numbers of the rows, the smallest value first.",
        "The latest rows stand at the end then. `a[-3:]` are the last three, `a[:-3]` all others.",
    )
    takeaway = (
        "Nothing from after the cut is known before it. Whatever is fitted to data, scaling "
        "included, is fitted to the training rows alone here as well."
    )

    def solution(times, n_val):
        order = np.argsort(times)
        return order[:-n_val], order[-n_val:]

    def starter(times, n_val):
        return ...

    def inputs(rng):
        yield np.array([3.0, 1.0, 2.0, 5.0, 4.0]), 2
        for n, n_val in ((2, 1), (7, 3), (9, 8), (12, 1)):
            yield rng.permutation(n) / 4, n_val

    @wrong(
        why="These are the last rows of the table, which need not be the latest: `times` is in any "
        "order. Sort by time first."
    )
    def as_it_stands(times, n_val):
        rows = np.arange(len(times))
        return rows[:-n_val], rows[-n_val:]

    @wrong(
        why="The earliest rows are kept for validation here, so the future predicts the past. In "
        "use it is the other way round."
    )
    def future_first(times, n_val):
        order = np.argsort(times)
        return order[n_val:], order[:n_val]

    @wrong(why="The two arrays are exchanged: first the training rows, then those for validation.")
    def exchanged(times, n_val):
        order = np.argsort(times)
        return order[-n_val:], order[:-n_val]

    @wrong(
        why="These are the times themselves. Asked for are the numbers of the rows, with which X "
        "and y can be cut alike."
    )
    def the_times(times, n_val):
        in_order = np.sort(times)
        return in_order[:-n_val], in_order[-n_val:]

    @wrong(
        why="The validation rows stand in the training set too: what judges has been seen. Leave "
        "the latest rows out of the first array."
    )
    def kept_all(times, n_val):
        order = np.argsort(times)
        return order, order[-n_val:]

    @wrong(
        why="The rows are shuffled before they are cut. Then each day of the validation set lies "
        "between days that the model has seen.",
        when=lambda case: (
            sorted(np.concatenate(case.received).tolist()) == [*range(len(case["times"]))]
            and [len(part) for part in case.received] == [len(part) for part in case.expected]
        ),
    )
    def shuffled(times, n_val):
        order = np.random.default_rng(0).permutation(len(times))
        return order[:-n_val], order[-n_val:]


# --- whose error? ----------------------------------------------------------------------------


# What is read, and its errors: human, training, training-dev, dev, test.
_CASES = (
    ("house numbers", 0.01, 0.09, 0.10, 0.11, 0.11),
    ("shop receipts, by telephone", 0.02, 0.03, 0.04, 0.13, 0.14),
    ("chess sheets", 0.01, 0.02, 0.03, 0.04, 0.11),
    ("water-damaged files", 0.14, 0.15, 0.19, 0.20, 0.20),
    ("cheques of another bank", 0.02, 0.05, 0.07, 0.11, 0.12),
    ("smeared postmarks", 0.12, 0.04, 0.10, 0.11, 0.12),
    ("licence plates", 0.03, 0.035, 0.04, 0.047, 0.05),
)


def _named(gaps, smallest=0.01):
    """Return the name of the largest gap; "none" where it is not above the smallest that counts."""
    largest = max(gaps, key=gaps.get)
    return largest if gaps[largest] > smallest else "none"


@lesson.question
class seven_diagnoses(Function):
    """Seven networks read digits from seven sources. What is the largest problem of each? Judge
    the seven rows by eye first. Then write
    `seven_diagnoses(human, training, training_dev, dev, test)`, which returns for one row of
    errors `"bias"`, `"variance"`, `"mismatch"` or `"overfit"` (to the dev set): the name of the
    largest gap, of the earlier one where two are equal; or `"none"` where no gap is larger than
    0.01. It is called with each row, and with others.
    """

    concepts = ("T3",)
    single_precision = False
    hints = (
        "Five numbers in a row have four gaps between neighbours. Which name belongs to which?",
        "Each gap is the later error minus the one just before it. A negative gap is no problem of "
        "that kind, so its sign must stay.",
        "Put the four gaps into a dict, name to gap, in their order. What does `max` return when "
        "it gets the dict's `get` as its `key`?",
    )
    takeaway = (
        "One number never says whose error it is. A bar to the left of it does: people for the "
        "training error, training for training-dev, training-dev for dev, dev for test."
    )

    def solution(human, training, training_dev, dev, test):
        gaps = {
            "bias": training - human,
            "variance": training_dev - training,
            "mismatch": dev - training_dev,
            "overfit": test - dev,
        }
        largest = max(gaps, key=gaps.get)
        return largest if gaps[largest] > 0.01 else "none"

    def table(solution):
        rows = [(name, *(f"{error:g}" for error in errors)) for name, *errors in _CASES]
        return ("it reads", "human", "training", "training-dev", "dev", "test"), rows

    def starter(human, training, training_dev, dev, test):
        return ...

    def inputs(rng):
        yield from (errors for _, *errors in _CASES)
        yield from (
            (0.0, 0.25, 0.5, 0.5, 0.5), (0.0, 0.0, 0.25, 0.5, 0.5), (0.0, 0.0, 0.0, 0.25, 0.5),
            (0.5, 0.25, 0.125, 0.125, 0.0), (0.03, 0.05, 0.05, 0.05, 0.05),
            (0.02, 0.022, 0.04, 0.03, 0.03), (0.25, 0.25, 0.5, 0.25, 0.25),
            (0.25, 0.25, 0.25, 0.5, 0.25), (0.4, 0.1, 0.1, 0.1, 0.2), (0.1, 0.1, 0.1, 0.1, 0.1),
        )  # fmt: skip
        for _ in range(4):
            yield tuple(rng.uniform(0, 0.4, 5))

    from_zero = wrong(
        lambda human, training, training_dev, dev, test: _named(
            {
                "bias": training,
                "variance": training_dev - training,
                "mismatch": dev - training_dev,
                "overfit": test - dev,
            }
        ),
        "The training error is compared with 0 here. Where people misread 14 % of the digits, 15 % "
        "is a good training error: bias is what is *above the human error*.",
    )
    without_training_dev = wrong(
        lambda human, training, training_dev, dev, test: _named(
            {"bias": training - human, "variance": dev - training, "overfit": test - dev}
        ),
        "Everything between training and dev error counts as variance here, so a mismatch is taken "
        "for variance. The training-dev set stands between them: new digits, but of the source of "
        "the training set.",
    )
    all_from_human = wrong(
        lambda human, training, training_dev, dev, test: _named(
            {
                "bias": training - human,
                "variance": training_dev - human,
                "mismatch": dev - human,
                "overfit": test - human,
            }
        ),
        "Each error is compared with the human one here, so every later gap contains the earlier "
        "ones. Take the difference from the error *just before*.",
    )
    without_sign = wrong(
        lambda human, training, training_dev, dev, test: _named(
            {
                "bias": abs(training - human),
                "variance": abs(training_dev - training),
                "mismatch": abs(dev - training_dev),
                "overfit": abs(test - dev),
            }
        ),
        "A gap without its sign also counts where the later error is *lower*. A network that makes "
        "fewer mistakes than people has no avoidable bias.",
    )
    variance_and_mismatch_swapped = wrong(
        lambda human, training, training_dev, dev, test: _named(
            {
                "bias": training - human,
                "mismatch": training_dev - training,
                "variance": dev - training_dev,
                "overfit": test - dev,
            }
        ),
        "Variance and mismatch have changed places. Training and training-dev digits are of one "
        "source, so what lies between them is variance; from training-dev to dev the source "
        "changes.",
    )
    largest_error = wrong(
        lambda human, training, training_dev, dev, test: _named(
            {"bias": training, "variance": training_dev, "mismatch": dev, "overfit": test}
        ),
        "The largest *error* is nearly always the last one. The problem is where the errors make "
        "their largest *step*.",
    )
    always_a_problem = wrong(
        lambda human, training, training_dev, dev, test: _named(
            {
                "bias": training - human,
                "variance": training_dev - training,
                "mismatch": dev - training_dev,
                "overfit": test - dev,
            },
            smallest=-1,
        ),
        'A largest gap there always is, but one point or less is no problem: return "none" then.',
    )


# --- grow the map ----------------------------------------------------------------------------


def _circling_generator():
    """Return a random generator that draws the same 8 numbers again and again.

    What is made of its numbers has few different values. PCG64 makes its next state by
    state · a + c, modulo 2¹²⁸. Beside a state that this leaves as it is, the uppermost five bits
    are the only ones that change, and they come back after 8 steps.
    """
    generator = np.random.PCG64()
    a = (2549297995355413924 << 64) + 4865540595714422341
    stays = (0x0123456789ABCDEF << 64) + (0x0123456789ABCDEF ^ 0x2545F4914F6CDD1D)
    here = {"state": (stays + 2**123) % 2**128, "inc": stays * (1 - a) % 2**128}
    generator.state = generator.state | {"state": here}
    return np.random.Generator(generator)


def _is_circling(rng):
    """Whether this is the generator above; every other one has an odd c."""
    return rng.bit_generator.state["state"]["inc"] % 2 == 0


def _ends(rng):
    """Yield inputs that both questions of random numbers share: how many, and who draws them."""
    for n in (4000, 3000, 3000, 1):
        yield n, np.random.default_rng(rng.integers(1000))
    yield 60, _circling_generator()


def _unevenly_dropped(case, place_of):
    """Say what is wrong with numbers whose places should be spread at random from 0 to 1.

    ``place_of`` makes places of numbers. The largest distance between their distribution and an
    even one (Kolmogorov, 1933) stays below 0.06 for 3,000 numbers, but once in a million times.
    Of fewer than 100 nothing is said.
    """
    n = case["n"]
    if np.size(case.received) != n:
        return f"Asked for are {n} numbers; {np.size(case.received)} came back."
    places = np.sort(np.ravel(place_of(case.received)))
    if not (np.all(places > -1e-6) and np.all(places < 1 + 1e-6)):
        return "Some numbers do not lie between the two ends."
    values = len(np.unique(np.round(places, 6)))
    if _is_circling(case["rng"]) and values > n / 2:
        return (
            "This `rng` draws the same 8 numbers again and again, yet nearly all of yours differ: "
            "they do not come from it. Draw with the `rng` that is given."
        )
    if n < 100:
        return ""
    if np.allclose(np.diff(places), 1 / (n - 1), rtol=0.02):
        return (
            "The numbers stand at equal distances: that is a grid, the same one each time. Let "
            "`rng` draw them."
        )
    if values < n / 2:
        return "Many of the numbers are equal. Draw each of them: `rng` takes how many."
    if np.max(np.abs(places - (np.arange(n) + 0.5) / n)) > 0.06:
        quarters = (f"{part:.0%}" for part in np.histogram(places, 4, (0, 1))[0] / n)
        return (
            f"The four quarters of the ruler hold {', '.join(quarters)} of your numbers; spread "
            "evenly, each holds 25%."
        )
    return ""


def _is_even(case, place_of):
    """Whether numbers are spread at random on this ruler; a few do not speak against it."""
    return case["n"] < 100 or not _unevenly_dropped(case, place_of)


def _even_place(case):
    """Return what gives the places on the linear ruler."""
    low, high = case["low"], case["high"]
    return lambda x: (x - low) / (high - low)


def _memory_place(case):
    """Return what gives the places on a linear ruler of the memory 1/(1 − β)."""
    low, high = 1 / (1 - case["low"]), 1 / (1 - case["high"])
    return lambda x: (1 / (1 - x) - low) / (high - low)


@lesson.question
class log_uniform(Function):
    """Write `log_uniform(low, high, n, rng)`: an array of `n` random numbers from `low` to `high`,
    spread evenly on a log ruler. Between 0.001 and 0.01 there are then about as many as between
    0.01 and 0.1. `rng` is a random generator of NumPy; `rng.uniform(a, b, n)` draws `n` numbers,
    spread evenly from a to b. The check counts where yours lie.
    """

    concepts = ("T4",)
    single_precision = False
    hints = (
        "What is spread evenly is not the number but its logarithm.",
        "Between which two logarithms do they lie? Draw there, evenly.",
        "Then turn the logarithms back into numbers. What undoes `np.log`, and what undoes "
        "`np.log10`?",
    )
    takeaway = (
        "Optuna does the same with `suggest_float(..., log=True)`, and SciPy's name for it is "
        "`loguniform`. The base does not matter, as long as the way back has the same one."
    )

    def solution(low, high, n, rng):
        exponents = rng.uniform(np.log10(low), np.log10(high), n)
        return 10**exponents

    def starter(low, high, n, rng):
        return ...

    def inputs(rng):
        ends = (1e-4, 1.0), (0.02, 50.0), (1e-6, 1e-3), (1e-3, 0.1), (1e-3, 0.1)
        for (low, high), (n, drawn_by) in zip(ends, _ends(rng)):
            yield low, high, n, drawn_by

    def accept(case):
        low, high = case["low"], case["high"]
        return _unevenly_dropped(case, lambda x: np.log(x / low) / np.log(high / low))

    own_generator = wrong(
        lambda low, high, n, rng: low * (high / low) ** np.random.default_rng(7).random(n),
        "The numbers are spread as they should be, but your own generator has drawn them. Take the "
        "`rng` that is given, so that whoever calls your function can draw them again.",
        when=lambda case: _is_circling(case["rng"]) and np.size(case.received) == case["n"],
    )
    even_numbers = wrong(
        lambda low, high, n, rng: rng.uniform(low, high, n),
        lambda case: (
            "The numbers themselves are spread evenly: "
            f"{np.mean(case.received > case['high'] / 10):.0%} of them lie in the uppermost "
            "decade, and hardly one is small. Spread their logarithms."
        ),
        when=lambda case: _is_even(case, _even_place(case)),
    )
    stayed_exponents = wrong(
        lambda low, high, n, rng: rng.uniform(np.log10(low), np.log10(high), n),
        "These are the exponents, spread as they should be. The way back is missing: 10 to the "
        "power of each.",
    )
    stayed_natural = wrong(
        lambda low, high, n, rng: rng.uniform(np.log(low), np.log(high), n),
        "These are the logarithms, spread as they should be. The way back is missing: `np.exp` "
        "of each.",
    )
    natural_then_ten = wrong(
        lambda low, high, n, rng: 10 ** rng.uniform(np.log(low), np.log(high), n),
        "There are natural logarithms, and the way back takes powers of 10: the range became 2.3 "
        "times as long on the log ruler. `np.log` goes with `np.exp`, `np.log10` with `10 **`.",
    )
    ten_then_natural = wrong(
        lambda low, high, n, rng: np.exp(rng.uniform(np.log10(low), np.log10(high), n)),
        "There are logarithms to the base 10, and the way back is `np.exp`: the range has shrunk "
        "to less than half on the log ruler. `np.log10` goes with `10 **`, `np.log` with `np.exp`.",
    )
    forgot_the_log = wrong(
        lambda low, high, n, rng: 10 ** rng.uniform(low, high, n),
        "The ends are taken as exponents as they are. First take the logarithm of both: for 0.001 "
        "the exponent is −3.",
    )
    forgot_the_log_natural = wrong(
        lambda low, high, n, rng: np.exp(rng.uniform(low, high, n)),
        "The ends are taken as exponents as they are. First take the logarithm of both.",
    )
    log_of_even = wrong(
        lambda low, high, n, rng: np.log10(rng.uniform(low, high, n)),
        "First numbers were drawn evenly, then their logarithm was taken. It goes the other way: "
        "draw evenly between the logarithms, then turn them back.",
    )
    whole_powers = wrong(
        lambda low, high, n, rng: (
            10.0 ** rng.integers(np.floor(np.log10(low)), np.ceil(np.log10(high)), n)
        ),
        "The exponents are whole numbers, so there are only a few different values. Between "
        "0.001 and 0.01 there is much room: draw exponents with digits behind the point.",
    )
    one_for_all = wrong(
        lambda low, high, n, rng: np.full(n, low * (high / low) ** rng.uniform()),
        "One number was drawn, and repeated. Draw each of them: give `rng` how many.",
    )
    a_grid = wrong(
        lambda low, high, n, rng: np.geomspace(low, high, n),
        "`np.geomspace` and `np.logspace` make a grid on the log ruler, the same one each time. "
        "Asked for are random places: let `rng` draw them.",
    )


@lesson.question
class sample_beta(Function):
    """Write `sample_beta(low, high, n, rng)`: an array of `n` random values of β from `low` to
    `high`, both below 1, for momentum. Not β is to be spread evenly, and not its logarithm, but
    **1 − β on a log ruler**. So between 0.9 and 0.99 there are about as many as between 0.99 and
    0.999, and each length of memory has its chance. `rng` is as in `log_uniform`.
    """

    concepts = ("T4",)
    single_precision = False
    hints = (
        "Let d = 1 − β. When β goes from 0.9 to 0.999, from where to where does d go?",
        "d is spread evenly on a log ruler. Its low end belongs to the high end of β.",
        "At the end turn d back into β.",
    )
    takeaway = (
        "With β from 0.9 to 0.999 half of your tries have a memory of more than 100 steps. Spread "
        "evenly over β itself, it would be one in eleven."
    )

    def solution(low, high, n, rng):
        exponents = rng.uniform(np.log10(1 - high), np.log10(1 - low), n)
        return 1 - 10**exponents

    def starter(low, high, n, rng):
        return ...

    def inputs(rng):
        ends = (0.9, 0.999), (0.5, 0.9999), (0.0, 0.99), (0.9, 0.99), (0.9, 0.99)
        for (low, high), (n, drawn_by) in zip(ends, _ends(rng)):
            yield low, high, n, drawn_by

    def accept(case):
        low, high = 1 - case["high"], 1 - case["low"]
        return _unevenly_dropped(case, lambda x: np.log((1 - x) / low) / np.log(high / low))

    own_generator = wrong(
        lambda low, high, n, rng: (
            1 - (1 - low) * ((1 - high) / (1 - low)) ** np.random.default_rng(7).random(n)
        ),
        "The numbers are spread as they should be, but your own generator has drawn them. Take the "
        "`rng` that is given, so that whoever calls your function can draw them again.",
        when=lambda case: _is_circling(case["rng"]) and np.size(case.received) == case["n"],
    )
    even_beta = wrong(
        lambda low, high, n, rng: rng.uniform(low, high, n),
        lambda case: (
            "β itself is spread evenly. Only "
            f"{np.mean(1 - case.received < np.sqrt((1 - case['low']) * (1 - case['high']))):.0%} "
            "of your values lie in the half with the longer memories. Spread 1 − β, on a log ruler."
        ),
        when=lambda case: _is_even(case, _even_place(case)),
    )
    log_of_beta = wrong(
        lambda low, high, n, rng: np.exp(
            rng.uniform(np.log(np.maximum(low, 1e-9)), np.log(high), n)
        ),
        "β itself stands on a log ruler. From 0.9 to 0.999 that is nearly the same as an even "
        "ruler. What grows tenfold is the memory 1/(1 − β): take the logarithm of 1 − β.",
    )
    forgot_to_turn_back = wrong(
        lambda low, high, n, rng: 10 ** rng.uniform(np.log10(1 - high), np.log10(1 - low), n),
        "These are values of 1 − β, spread as they should be. Turn them back into β.",
    )
    stayed_exponents = wrong(
        lambda low, high, n, rng: rng.uniform(np.log10(1 - high), np.log10(1 - low), n),
        "These are the exponents of 1 − β. Two steps are missing: 10 to the power of each, and "
        "from 1 − β back to β.",
    )
    natural_then_ten = wrong(
        lambda low, high, n, rng: 1 - 10 ** rng.uniform(np.log(1 - high), np.log(1 - low), n),
        "There are natural logarithms, and the way back takes powers of 10. `np.log` goes with "
        "`np.exp`, `np.log10` with `10 **`.",
    )
    ten_then_natural = wrong(
        lambda low, high, n, rng: 1 - np.exp(rng.uniform(np.log10(1 - high), np.log10(1 - low), n)),
        "There are logarithms to the base 10, and the way back is `np.exp`. `np.log10` goes with "
        "`10 **`, `np.log` with `np.exp`.",
    )
    even_memory = wrong(
        lambda low, high, n, rng: 1 - 1 / rng.uniform(1 / (1 - low), 1 / (1 - high), n),
        "Here the memory 1/(1 − β) is spread evenly, so that hardly a short one is tried. Its "
        "logarithm is to be spread evenly, which is the same as that of 1 − β.",
        when=lambda case: _is_even(case, _memory_place(case)),
    )
    a_grid = wrong(
        lambda low, high, n, rng: 1 - np.geomspace(1 - high, 1 - low, n),
        "This is a grid on the right ruler, the same one each time. Asked for are random places: "
        "let `rng` draw them.",
    )


# --- five searchers, one budget --------------------------------------------------------------

# --- panda and caviar ------------------------------------------------------------------------


@lesson.question
class halving(Function):
    """Write `halving(losses, updates)`. `losses` has shape (n_models, n_rounds): the validation
    loss of each model after each round. In a round, every model that still trains makes `updates`
    updates; then the worse half of them stops. Of an odd number one more stays than stops, so the
    last one goes on. Return the index of the best model that is left after the last round, and
    how many updates all models together have made.
    """

    concepts = ("T5",)
    parts = ("winner", "cost")
    single_precision = False
    hints = (
        "Keep an array of the indices of the models that still train: 0, 1, 2, ... at first.",
        "In each round: first add what it costs, then look at this round's column, only in the "
        "rows that still train, and keep the better half.",
        "`np.argsort` gives positions *among those that still train*; put them into the array of "
        "indices to get models. Of n, `(n + 1) // 2` stay.",
    )
    takeaway = (
        "Each round costs half of the one before, so all rounds together cost less than two times "
        "the first. What it risks: a model that starts slowly is never seen again."
    )

    def solution(losses, updates):
        alive = np.arange(len(losses))
        cost = 0
        for column in losses.T:
            cost += updates * len(alive)
            order = np.argsort(column[alive])
            alive = alive[order[: (len(alive) + 1) // 2]]
        return alive[0], cost

    def starter(losses, updates):
        winner = ...
        cost = ...
        return winner, cost

    def inputs(rng):
        # Model 2 starts slowly: best in the end, and stopped in the first round.
        slow = [[0.9, 0.6, 0.5], [0.7, 0.6, 0.55], [1.0, 0.4, 0.1], [0.8, 0.5, 0.4]]
        yield np.array(slow), 100
        # One diverges, and only then a fast one gets worse.
        yield (
            np.array([[0.5, np.inf, np.inf], [0.6, 0.4, 0.3], [0.8, 0.7, 0.2], [0.9, 0.8, 0.1]]),
            50,
        )
        for n_models, n_rounds in ((8, 4), (16, 3), (5, 2), (6, 4), (1, 1)):
            yield rng.permutation(n_models * n_rounds).reshape(n_models, n_rounds) / 10, 25

    @wrong(
        why="This is the best of all after the last round. Halving cannot know that: a model that "
        "was stopped has no later losses."
    )
    def looked_ahead(losses, updates):
        alive, cost = len(losses), 0
        for _ in losses.T:
            cost += updates * alive
            alive = (alive + 1) // 2
        return np.argmin(losses[:, -1]), cost

    @wrong(
        why=lambda case: (
            "The winner is right. The cost is that of training all "
            f"{len(case['losses'])} models in every round; those that have stopped cost nothing."
        )
    )
    def all_to_the_end(losses, updates):
        winner, _ = halving.solution(losses, updates)
        return winner, updates * losses.size

    @wrong(
        why="The winner is right. The cost is counted after the halving: the worse half of a round "
        "has trained that round, too."
    )
    def counted_too_late(losses, updates):
        alive = np.arange(len(losses))
        cost = 0
        for column in losses.T:
            alive = alive[np.argsort(column[alive])[: (len(alive) + 1) // 2]]
            cost += updates * len(alive)
        return alive[0], cost

    @wrong(
        why="The winner is right. This cost is what the winner itself has trained. The others have "
        "cost something, too."
    )
    def winner_alone(losses, updates):
        winner, _ = halving.solution(losses, updates)
        return winner, updates * losses.shape[1]

    @wrong(
        why="The larger losses stay in the race: sorted upwards, the better half stands in front."
    )
    def kept_the_worst(losses, updates):
        alive = np.arange(len(losses))
        cost = 0
        for column in losses.T:
            cost += updates * len(alive)
            alive = alive[np.argsort(-column[alive])[: (len(alive) + 1) // 2]]
        return alive[0], cost

    @wrong(
        why="Every round judges by the losses of the first one. Look at the column of the round "
        "that has just ended."
    )
    def first_round_only(losses, updates):
        alive = np.arange(len(losses))
        cost = 0
        for _ in losses.T:
            cost += updates * len(alive)
            alive = alive[np.argsort(losses[alive, 0])[: (len(alive) + 1) // 2]]
        return alive[0], cost

    @wrong(
        why="`np.argsort` counts among those that still train. After the first round place 0 is no "
        "longer model 0: take the model from your array of indices."
    )
    def lost_the_index(losses, updates):
        left, cost = losses, 0
        for round_ in range(losses.shape[1]):
            cost += updates * len(left)
            order = np.argsort(left[:, round_])[: (len(left) + 1) // 2]
            left = left[order]
        return order[0], cost


# --- the winner's curse ----------------------------------------------------------------------


@lesson.question
class luck_on_test(Number):
    """256 coins guess the classes of 50 validation rows, heads for 1 and tails for 0. The best of
    them is right on 35 rows, an accuracy of 0.70. This coin now guesses the classes of 1,000 test
    rows. Which accuracy do you expect?
    """

    concepts = ("T8",)
    hints = (
        "What does a coin know about rows, after it was the best?",
        "Toss it again: does it remember that it was lucky?",
    )
    takeaway = (
        "Its 0.70 was luck and nothing else, and luck does not come along to the test. Real "
        "networks have skill and luck: of the winner's score, the skill stays."
    )
    rtol = 0.02

    def solution():
        return 0.5

    as_on_validation = wrong(
        0.7,
        "0.70 is what it scored on the rows that chose it. Had another coin been lucky there, that "
        "one would have been chosen.",
    )
    half_way = wrong(
        0.6,
        "0.60 would be so if half of its 0.70 were skill. Which skill does a coin have?",
    )
    makes_up_for_it = wrong(
        0.3,
        "A coin does not make up for its luck: it remembers nothing, neither luck nor bad luck.",
    )


def _mean_squared(predict, X, y):
    """Return the mean squared error of a function on rows."""
    return np.mean((predict(X) - y) ** 2)


def _searched(scaler_rows, chosen_on, reported):
    """Return a search: rows of its scaler, rows that choose, and how the report is made.

    ``reported`` takes the errors of all penalties on each set, and the place of the winner.
    """

    def search(X, y, train, val, test, penalties):
        sets = {"train": train, "val": val, "test": test}
        rows = np.concatenate([sets[name] for name in scaler_rows])
        Z = datasets.standardize(X[rows])(X)
        fitted = [curse.ridge(Z[train], y[train], penalty) for penalty in penalties]
        errors = {
            name: [_mean_squared(predict, Z[some], y[some]) for predict in fitted]
            for name, some in sets.items()
        }
        winner = int(np.argmin(errors[chosen_on]))
        return penalties[winner], reported(errors, winner)

    return search


@lesson.question
class repaired_search(Function):
    """Repair the function below. It searches for the best penalty of a linear unit and reports the
    error to expect on new rows. Its reports are too good: the test rows take part in the search,
    in two places. `X` and `y` are all rows; `train`, `val` and `test` say which rows belong to
    which set. Return the penalty with the lowest mean squared error on the validation set (of
    equal ones, the first), and the mean squared error of this one unit on the test set. Do not
    fit it again. `datasets.standardize` and `curse.ridge` are right.
    """

    concepts = ("T8",)
    parts = ("penalty", "error")
    single_precision = False
    hints = (
        "Go line by line and ask: do test rows change what this line computes? In the last line "
        "they must, in all others they must not.",
        "Whatever is *fitted* is fitted on training rows: the unit, and the scaler as well.",
        "In the loop, validation rows judge. Keep the best unit, not only its penalty: after the "
        "loop it meets the test rows, once.",
    )
    takeaway = (
        "Fit on training rows, choose on validation rows, report on test rows. A pipeline that "
        "does it in this order cannot fool you, however long it searches."
    )

    def solution(X, y, train, val, test, penalties):
        scale = datasets.standardize(X[train])
        lowest = np.inf
        for penalty in penalties:
            predict = curse.ridge(scale(X[train]), y[train], penalty)
            error = np.mean((predict(scale(X[val])) - y[val]) ** 2)
            if error < lowest:
                lowest, best_penalty, best = error, penalty, predict
        return best_penalty, np.mean((best(scale(X[test])) - y[test]) ** 2)

    def starter(X, y, train, val, test, penalties):
        scale = datasets.standardize(X)
        lowest = np.inf
        for penalty in penalties:
            predict = curse.ridge(scale(X[train]), y[train], penalty)
            error = np.mean((predict(scale(X[test])) - y[test]) ** 2)
            if error < lowest:
                lowest, best_penalty = error, penalty
        return best_penalty, lowest

    def inputs(rng):
        yield _a_search_that_tempts(rng, (12, 8, 7), np.geomspace(0.1, 300, 5))
        yield _a_search_that_tempts(rng, (9, 6, 8), np.geomspace(0.5, 100, 4))
        X, y, *rows = _rows_for_a_search(rng, (8, 5, 5))
        yield X, np.ones_like(y), *rows, np.array([3.0, 1.0])  # of equal ones, the first

    chosen_by_test = wrong(
        _searched(["train"], "test", lambda errors, winner: errors["test"][winner]),
        "The scaler is right now. The penalty is still chosen by its error on the *test* rows: "
        "inside the loop, validation rows must judge.",
    )
    reports_validation = wrong(
        _searched(["train"], "val", lambda errors, winner: errors["val"][winner]),
        "The penalty is right. The error you report is the winner's on the *validation* set, and "
        "that is too low: it won because it was lucky there. Report its error on the test set.",
    )
    test_in_each_round = wrong(
        _searched(["train"], "val", lambda errors, winner: min(errors["test"])),
        "The penalty is right, but your error is the lowest test error of *all* penalties: the "
        "test set was opened in each round. Open it once, after the loop, for the winner.",
    )
    scaler_sees_all = wrong(
        _searched(["train", "val", "test"], "val", lambda errors, winner: errors["test"][winner]),
        "The choice and the report are right. The scaler is still fitted on all rows: its mean "
        "and spread know the test rows. Fit it on `X[train]`.",
    )
    scaler_sees_validation = wrong(
        _searched(["train", "val"], "val", lambda errors, winner: errors["test"][winner]),
        "The choice and the report are right. The scaler is fitted on training *and* validation "
        "rows, so validation rows are no longer new to the unit. Fit it on `X[train]`.",
    )
    scaler_and_validation = wrong(
        _searched(["train", "val", "test"], "val", lambda errors, winner: errors["val"][winner]),
        "The choice is made by the validation set now. Two things are left: the scaler is fitted "
        "on all rows, and the error you report is the one that chose.",
    )
    last_of_all = wrong(
        _searched(["train"], "val", lambda errors, winner: errors["test"][-1]),
        "The penalty is right, but your error is that of the *last* unit of the loop, not of the "
        "best: `predict` has gone on. Keep the best unit when you keep its penalty.",
    )
    chosen_by_training = wrong(
        _searched(["train"], "train", lambda errors, winner: errors["test"][winner]),
        "The penalty is chosen by the error on the *training* rows. There, no penalty is always "
        "best.",
    )

    @wrong(
        why="The penalty is right. You have fitted the winner again, on training and validation "
        "rows. One may do that with the unit that goes into use; the error asked for belongs to "
        "the unit that won."
    )
    def fitted_again(X, y, train, val, test, penalties):
        best, _ = _searched(["train"], "val", lambda errors, winner: 0)(
            X, y, train, val, test, penalties
        )
        both = np.concatenate([train, val])
        scale = datasets.standardize(X[both])
        predict = curse.ridge(scale(X[both]), y[both], best)
        return best, _mean_squared(predict, scale(X[test]), y[test])


def _rows_for_a_search(rng, sizes, features=6):
    """Draw a table with more features than it can feed, and the rows of its three sets."""
    n = sum(sizes)
    X = rng.normal(size=(n, features)) * np.geomspace(1, 20, features) + 5
    y = rng.normal(size=n) + (X / np.geomspace(1, 20, features))[:, :2].sum(axis=1)
    rows = rng.permutation(n)
    return X, y, *np.split(rows, np.cumsum(sizes)[:-1])


def _a_search_that_tempts(rng, sizes, penalties):
    """Draw a search in which every wrong way of choosing chooses another penalty."""
    search = _searched(["train"], "val", lambda errors, winner: errors)
    while True:
        drawn = (*_rows_for_a_search(rng, sizes), penalties)
        _, errors = search(*drawn)
        places = {name: int(np.argmin(errors[name])) for name in errors}
        if len(set(places.values())) == 3 and places["val"] != len(penalties) - 1:
            return drawn


# --- twenty vote -----------------------------------------------------------------------------


@lesson.question
class majority_vote(Function):
    """Write `majority_vote(labels)`. `labels` has shape (n_voters, n_samples): the class 0, 1, 2,
    ... that each voter gives to each sample. Return for each sample the class with the most votes,
    shape (n_samples,). Where several classes have equally many, the smallest of them is taken.
    """

    concepts = ("T7",)
    single_precision = False
    hints = (
        "A class is a name and not an amount: count, for each class, how many voters gave it.",
        "`labels == c` is True where class c was given. Summed over the voters it is a count for "
        "each sample.",
        "Stack the counts, a row for each class. `np.argmax` along the rows takes the first of "
        "equals: is that the smallest class?",
    )
    takeaway = (
        "With two classes and an odd number of voters there is no tie. A mean of probabilities has "
        "none either, and it also hears *how sure* a voter is."
    )

    def solution(labels):
        classes = np.arange(labels.max() + 1)
        counts = np.array([np.sum(labels == c, axis=0) for c in classes])
        return np.argmax(counts, axis=0)

    def starter(labels):
        return ...

    def inputs(rng):
        yield (np.array([[0, 2, 1, 0], [2, 2, 1, 1], [2, 0, 0, 2]]),)
        yield (np.array([[0, 1, 3], [1, 1, 3], [3, 0, 0], [3, 0, 0]]),)  # ties
        yield (np.array([[2, 0, 1]]),)  # one voter
        for n_voters, n_samples, classes in ((5, 7, 2), (20, 30, 4), (4, 40, 3), (9, 1, 10)):
            yield (rng.integers(0, classes, (n_voters, n_samples)),)

    averaged = wrong(
        lambda labels: np.rint(np.mean(labels, axis=0)).astype(int),
        "This is the rounded mean of the classes. A vote for 0 and one for 2 are no vote for 1: "
        "count instead.",
    )
    median = wrong(
        lambda labels: np.sort(labels, axis=0)[(len(labels) - 1) // 2],
        "This is the median. With two classes it is the majority, with more it may be a class "
        "for which hardly anybody voted.",
    )

    @wrong(why="Right but for ties: of equally many votes you take the largest class.")
    def largest_of_equals(labels):
        counts = np.array([np.sum(labels == c, axis=0) for c in range(labels.max() + 1)])
        return len(counts) - 1 - np.argmax(counts[::-1], axis=0)

    @wrong(
        why="You have counted along the samples: this is the favourite class of each voter. Sum "
        "over the voters, `axis=0`."
    )
    def of_each_voter(labels):
        counts = np.array([np.sum(labels == c, axis=1) for c in range(labels.max() + 1)])
        return np.argmax(counts, axis=0)

    @wrong(why="These are the numbers of votes of the winners. Asked for is who won.")
    def how_many(labels):
        return np.max([np.sum(labels == c, axis=0) for c in range(labels.max() + 1)], axis=0)

    @wrong(
        why="A class wins here only if more than half of the voters gave it. The most is enough."
    )
    def more_than_half(labels):
        counts = np.array([np.sum(labels == c, axis=0) for c in range(labels.max() + 1)])
        return np.argmax(2 * counts > len(labels), axis=0)


@lesson.question
class copies_vote(Prediction):
    """Twenty networks, trained from twenty seeds, vote, and the vote is right more often than they
    are on average. Training twenty costs time. So somebody takes **one** of them, copies it until
    there are twenty, and lets the copies vote. How often is this vote right?
    """

    concepts = ("T7",)
    hints = (
        "Take one point on which the one network is wrong. What do its copies say there?",
        "A vote mends a mistake only where others do not make it.",
    )
    options = (
        wrong(
            "As often as the vote of the twenty different ones: what counts is their number.",
            "Twenty times the same answer is one answer. What counts is that the voters differ.",
        ),
        wrong(
            "More often than the one, less often than the twenty different ones.",
            "Where the one is wrong, all its copies are wrong: there is nothing between.",
        ),
        right(
            "Exactly as often as the one network.",
            "All agree at every point, so the vote is what the one says.",
        ),
        wrong(
            "Less often than the one: twenty times the same mistake makes it worse.",
            "The mistake is said louder, at the same points.",
        ),
    )
    takeaway = "Voters gain by their differences alone."

    def experiment():
        one, copies, different = votes.copies_against_different()
        if copies == one:
            return "c"
        return "d" if copies < one else "b" if copies < different else "a"


# --- rules of thumb, tested ------------------------------------------------------------------


@lesson.question
class rule_of_thumb(Prediction):
    """Networks with four hidden layers learn from 80 noisy points. Some get dropout, others a
    weight penalty, each at several strengths; of each remedy the strength with the lowest
    validation loss counts. "Dropout for deep networks", says the rule of thumb. What do you expect
    of the cross-entropy on the test set, as a mean over eight seeds?
    """

    concepts = ("T12",)
    hints = (
        "Dropout makes a network of 16 units a layer smaller in each step. What does the penalty "
        "take away?",
        "Without a remedy these networks learn the noise by heart and are very sure of it. Large "
        "weights make them sure.",
    )
    options = (
        wrong(
            "Dropout is clearly lower: these networks are deep.",
            "So says the rule. Here it is the other way round: with dropout the weights may still "
            "grow, and where the network is wrong it is wrong and sure.",
        ),
        right(
            "The weight penalty is clearly lower.",
            "Small weights make a smooth boundary and modest probabilities, at every depth that is "
            "tried here.",
        ),
        wrong(
            "There is no clear difference: less than two standard errors.",
            "The difference is many standard errors. In the fraction of right answers, though, "
            "the two are close.",
        ),
        wrong(
            "Both are as high as without any remedy: 80 points are too few.",
            "Few points are where remedies help most: without one the loss is several times as "
            "high.",
        ),
    )
    takeaway = (
        "One experiment does not make a new rule. It shows that the old one has conditions, which "
        "nobody had said."
    )

    def experiment():
        deep = rules.tried(4)
        loss, error = deep.mean("loss", rules.SEEDS), deep.error("loss", rules.SEEDS)
        none, penalty, dropout = deep.chosen(rules.SEEDS).values()
        if min(loss[penalty], loss[dropout]) > 0.8 * loss[none]:
            return "d"
        if abs(loss[dropout] - loss[penalty]) < 2 * np.hypot(error[dropout], error[penalty]):
            return "c"
        return "b" if loss[penalty] < loss[dropout] else "a"


# --- the run card ----------------------------------------------------------------------------

# --- beat the forest -------------------------------------------------------------------------


def _steers(updates, opens=True, **knobs):
    """Return what sets knobs, makes updates, and opens the test set or not."""

    def steer(wine_panel):
        steers(updates, **knobs)(wine_panel)
        if opens:
            open_test(wine_panel)

    return steer


def _then(*parts):
    """Return what steers in one way after the other."""

    def steer(wine_panel):
        for part in parts:
            part(wine_panel)

    return steer


def _openings(run):
    contest = contest_of(run.runner)
    return contest.openings if contest else []


def _opened_before(run):
    """Whether the one look into the test set was a look at an earlier network, or another."""
    openings = _openings(run)
    return len(openings) == 1 and not openings[0].is_of(run.updates, run.at("val_loss"))


@lesson.question
class steer_wine(Steering):
    """Steer the network in `wine_panel` until its validation loss is below the forest's, with at
    most 3,000 updates. Everything in the panel may be turned, also while it trains. When it is
    there, stop, and open the test set once: `open_test(wine_panel)`. Then run this cell. "Reset"
    begins a new run with a whole budget, as long as the test set is sealed. Updates that you take
    back, by the button "Back" or by dragging "step", stay spent.
    """

    concepts = ("T1", "T8", "O1", "V12")
    budget = BUDGET
    goals = (Goal("val_loss", below=lambda: wine_contest().forest_loss),)
    hints = (
        "Run 1, in grey, is a run without any steering. Which of its two losses goes up again, "
        "and what is this called in lesson 5?",
        "Three remedies of lesson 5 have controls here: a weight penalty, dropout, fewer units. "
        "Begin with one of them before the first step.",
        "Does the dashed curve jitter near the end? A smaller learning rate calms it: play with "
        "the large one first, and turn it down in the last third.",
    )
    takeaway = (
        "You have chosen by the validation set and looked at the test set once: its number is "
        "honest, whichever way it went."
    )

    def start():
        return contest_panel(Contest())

    def solution(wine_panel):
        wine_panel.start_over()
        wine_panel.trainer.l2 = 0.03
        wine_panel.step(600)
        wine_panel.trainer.learning_rate = 0.01
        wine_panel.step(900)
        open_test(wine_panel)

    opened_twice = wrong(
        _then(_steers(300), _steers(300)),
        "You opened the test set for more than one network. From the second look on it is a "
        "validation set, and nothing is left that could judge. Here a restart of the kernel (menu "
        "Kernel) seals it again; outside of a course nothing does.",
        when=lambda run: len(_openings(run)) > 1,
    )
    opened_early = wrong(
        _then(_steers(300), _steers(500, opens=False, l2=0.03)),
        lambda run: (
            f"You opened the test set at step {_openings(run)[0].step:,}, and this is another "
            "network: what the test set said then has been seen before this one was steered. The "
            "test set comes last. Here a restart of the kernel (menu Kernel) seals it again."
        ),
        when=_opened_before,
    )
    not_opened = wrong(
        _steers(2600, opens=False, learning_rate=0.03, l2=0.03),
        "The network is ahead of the forest on the validation set. What is that worth on wines "
        "by which nobody has steered? Open the test set now, once.",
        when=lambda run: run.reached and not _openings(run),
    )
    turned_nothing = wrong(
        _steers(BUDGET, opens=False),
        "As it stands, the network learns its training set by heart. Which knobs work against "
        "this?",
    )
    over_budget = wrong(
        _steers(BUDGET + 200, l2=0.03),
        "A budget is set before the search. Otherwise one stops when one is lucky.",
    )
    ruined = wrong(
        _steers(100, opens=False, learning_rate=10.0),
        "The rates that teach this network are below 0.3.",
    )
    not_reached = wrong(
        _steers(60, opens=False, learning_rate=0.001),
        "Look at the dashed curve: does it still fall? Then go on. Does it rise? Then turn.",
    )


# --- quiz ------------------------------------------------------------------------------------


@lesson.question
class quiz_opened_twice(Choice):
    """A team chooses among 40 networks on the validation set, opens the test set and reads an
    accuracy of 0.91. Disappointed, they change the penalty and open it again: 0.93. What is 0.93?
    """

    concepts = ("T8",)
    hints = (
        "What would they have done, had the second look given 0.90?",
        "A number that helped to choose has been chosen, too.",
    )
    options = (
        wrong(
            "A fair score: no network was trained on the test set.",
            "Training is not the only way in. Whoever looks, changes something and looks again, "
            "uses the test set to choose.",
        ),
        right(
            "Somewhat too good, nobody knows by how much; only new data can tell.",
            "The test set has helped to choose, so it has become a second validation set.",
        ),
        wrong(
            "A fair score, as long as only two networks were tried on it.",
            "The better of two is already too good on average. It is less than with 40, and it "
            "is not nothing.",
        ),
        wrong(
            "Too low: the validation score of the same network would be nearer to the truth.",
            "The validation score is the best of 40, and flatters more.",
        ),
    )


@lesson.question
class quiz_sixteen_tries(Choice):
    """Of two hyperparameters one matters much, and you do not know which. You can pay for 16
    networks. Why does a random search usually find a better one than a 4 × 4 grid?
    """

    concepts = ("T4",)
    hints = (
        "Look at the important one alone. How many different values of it does the grid try?",
        "And how many do 16 random points try?",
    )
    options = (
        wrong(
            "Random numbers avoid the corners, where networks diverge.",
            "They do not: a random point may fall into any corner.",
        ),
        wrong(
            "A grid gives the same networks each time, and randomness trains better ones.",
            "Nothing trains better for being drawn at random. What counts is which values are "
            "tried.",
        ),
        wrong(
            "Each random point is chosen by what the points before it have shown.",
            "That is what Optuna does. Random points know nothing of each other.",
        ),
        right(
            "It tries 16 values of the one that matters, and the grid only 4.",
            "The other 12 networks of the grid repeat them (Bergstra and Bengio, 2012).",
        ),
    )


@lesson.question
class quiz_error_bar(Number):
    """A test set holds 1 % of 40,000 samples; 90 % of its answers are right. By chance alone, how
    far does such an accuracy typically lie from the true one (its standard error, as a fraction)?
    """

    concepts = ("T1",)
    rtol = 0.02
    hints = (
        "How many samples are in the test set?",
        "Each answer is right with probability p: its variance is p(1 − p). The mean of n of them "
        "has that, divided by n.",
    )
    takeaway = (
        "One and a half percentage points. Two networks that differ by one point cannot be told "
        "apart here; with 1 % of four million they can."
    )

    def solution():
        return np.sqrt(0.9 * 0.1 / 400)

    whole_table = wrong(
        np.sqrt(0.9 * 0.1 / 40_000),
        "This is the error bar of all 40,000 samples. The test set has 1 % of them.",
    )
    variance = wrong(0.9 * 0.1 / 400, "This is the variance. The root of it is a distance.")
    one_answer = wrong(
        np.sqrt(0.9 * 0.1), "This is the spread of a single answer. The mean of 400 is steadier."
    )
    without_wrong_ones = wrong(
        np.sqrt(0.9 / 400), "The variance of a yes-or-no answer is p(1 − p), not p."
    )
    per_cent = wrong(
        100 * np.sqrt(0.9 * 0.1 / 400), "These are percentage points. Give a fraction, as 0.9 is."
    )


@lesson.question
class quiz_halving(Number):
    """64 networks train for 100 updates each. Then the worse half stops, the others train 100
    more, and so on, until a single one is left and has trained its 100, too. How many updates are
    made in all?
    """

    concepts = ("T5",)
    hints = (
        "Write down how many networks train in each round: 64, 32, ... How many rounds are there?",
        "The last round has one network. Add up, then multiply by 100.",
    )
    takeaway = (
        "12,700. The winner has trained 700 updates, and all of them with all 64 would have been "
        "44,800: three and a half times as many."
    )

    def solution():
        rounds = [64, 32, 16, 8, 4, 2, 1]
        return 100 * sum(rounds)

    all_to_the_end = wrong(64 * 700, "This is without halving: all 64 train all seven rounds.")
    winner_alone = wrong(
        700, "These are the updates of the winner. The others have made some, too."
    )
    last_round_missing = wrong(
        12_600, "The last round is missing, in which one network trains its 100."
    )
    first_round_missing = wrong(6_300, "The first round is missing, in which all 64 train.")
    rounds_alone = wrong(
        127, "These are rounds, summed over the networks. A round has 100 updates."
    )


@lesson.question
class quiz_majority(Number):
    """Three networks vote on yes or no. Each is right on 80 % of the samples, and their mistakes
    have nothing to do with each other. On which fraction is the majority right?
    """

    concepts = ("T7",)
    rtol = 2e-3
    hints = (
        "The majority is right where all three are right, and where exactly two are.",
        "Exactly two: which one is wrong? There are three ways.",
    )
    takeaway = (
        "0.896: nearly half of the mistakes are gone, and no network was trained better. They only "
        "had to be wrong in different places."
    )

    def solution():
        p = 0.8
        return p**3 + 3 * p**2 * (1 - p)

    all_three = wrong(0.8**3, "This is where all three are right. Two are a majority, too.")
    exactly_two = wrong(
        3 * 0.8**2 * 0.2, "This is where exactly two are right. Add where all three are."
    )
    one_way = wrong(
        0.8**3 + 0.8**2 * 0.2,
        "There are three ways to have exactly one of them wrong, and you counted one.",
    )
    any_of_them = wrong(
        1 - 0.2**3, "This is where at least one is right. One against two is outvoted."
    )
    copies = wrong(
        0.8, "This is right for three copies of one network. These make their mistakes elsewhere."
    )


@lesson.question
class quiz_order(Array):
    """In which round does one tune what? Give 1, 2 or 3 for each, as an array, in this order:
    momentum, number of layers, learning rate, batch size, weight penalty.
    """

    concepts = ("T8",)
    hints = (
        "First the one hyperparameter without which no other can be judged.",
        "Then what changes how the steps are made; last, what changes the network and how freely "
        "it fits.",
    )
    takeaway = (
        "Learning rate; then momentum, batch size and units; then layers and penalty (after Ng, "
        "2017). It is a place to begin, and no law."
    )

    def solution():
        return np.array([2, 3, 1, 2, 3])

    layers_first = wrong(
        np.array([2, 1, 2, 2, 3]),
        "A deeper network at a wrong learning rate does not learn either, and the comparison says "
        "nothing. What comes first?",
    )
    penalty_early = wrong(
        np.array([2, 3, 1, 2, 2]),
        "A penalty treats overfitting. Before the steps are well made there is nothing to treat.",
    )
    steps_last = wrong(
        np.array([3, 2, 1, 3, 2]),
        "The learning rate is where it belongs. Rounds 2 and 3 are exchanged: first how steps are "
        "made, then the network and how freely it fits.",
    )
    list_of_order = wrong(
        np.array([3, 1, 4, 2, 5]),
        "These are places in a list. Give the round of each one, 1, 2 or 3; several share a round.",
    )
