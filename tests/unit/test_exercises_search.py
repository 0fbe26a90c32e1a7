"""A search for wrong functions that pass, and for inputs that tell them from ours.

Each solution is changed in every small way that people change one: another operator, axis or
sign, a step left out, a comparison turned, a name for another. What passes its question's check
after such a change must compute the same on whatever inputs hypothesis finds among those that the
question's text allows. An input that this test names belongs into the question's ``inputs``.
Below stand wrong versions that are more than one small change away.
"""

import ast
import copy
import inspect
import itertools

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from lessons_lib.checks import Function, Outcome
from lessons_lib.checks._compare import alike
from lessons_lib.checks._read import usable
from lessons_lib.lessons import lessons
from lessons_lib.lessons.tuning import exercises as tuning

QUESTIONS = {
    question.name: question
    for lesson in lessons()
    for question in lesson.questions.values()
    if isinstance(question, Function)
}
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
RELATED = {
    "max": ("min", "mean"),
    "mean": ("sum", "max", "median"),
    "sum": ("mean", "max"),
    "var": ("std",),
    "maximum": ("minimum",),
    "all": ("any",),
    "log": ("log2", "log10"),
    "sign": ("abs",),
    "abs": ("sign",),
    "ceil": ("floor",),
    "tanh": ("sinh",),
}


def changes_of(node, names):
    """Yield what may stand in the place of a piece of code."""
    if isinstance(node, ast.BinOp):
        for operator in OPERATORS:
            yield ast.BinOp(node.left, operator(), node.right)
        yield from (node.left, node.right)
        if not isinstance(node.op, (ast.Add, ast.Mult)):
            yield ast.BinOp(node.right, node.op, node.left)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))
        yield from (ast.Constant(-node.value), ast.Constant(node.value / 2))
    elif isinstance(node, ast.Compare):
        for comparison in COMPARISONS:
            yield ast.Compare(node.left, [comparison()], node.comparators)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        yield from (ast.Name(name, ast.Load()) for name in names)
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.If):
        yield from (ast.If(ast.Constant(said), node.body, node.orelse) for said in (True, False))
    elif isinstance(node, (ast.Assign, ast.AugAssign)):
        yield ast.Pass()
    elif isinstance(node, ast.Call):
        yield from node.args
        for i in range(len(node.keywords)):
            kept = node.keywords[:i] + node.keywords[i + 1 :]
            yield ast.Call(node.func, node.args, kept)
        if isinstance(node.func, ast.Attribute):
            for name in RELATED.get(node.func.attr, ()):
                function = ast.Attribute(node.func.value, name, ast.Load())
                yield ast.Call(function, node.args, node.keywords)


def mutants_of(question):
    """Yield (source, function) of a question's solution with one change."""
    tree = ast.parse(question.solution_code)
    nodes = list(ast.walk(tree))
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    names = sorted(stored | set(question.argument_names))
    seen = {ast.unparse(tree)}
    for number, node in enumerate(nodes):
        for change in changes_of(node, names):
            changed = copy.deepcopy(tree)
            old = list(ast.walk(changed))[number]

            class Exchange(ast.NodeTransformer):
                def visit(self, found, old=old, change=change):
                    return change if found is old else self.generic_visit(found)

            source = ast.unparse(ast.fix_missing_locations(Exchange().visit(changed)))
            if source in seen:
                continue
            seen.add(source)
            namespace = dict(vars(inspect.getmodule(type(question))))
            exec(source, namespace)
            yield source, namespace[question.name]


# What each question's text allows. Numbers are multiples of ¼, so that ties and zeros occur.

quarters = st.integers(-12, 12).map(lambda k: k / 4)
sizes = st.integers(1, 4)
generators = st.integers(0, 9).map(np.random.default_rng)
rates = st.sampled_from([0.25, 0.5, 0.75])
yes_or_no = st.sampled_from([0.0, 1.0])
probabilities = st.integers(1, 15).map(lambda k: k / 16)


@st.composite
def arrays(draw, *shape, of=quarters):
    """An array of numbers; each length is given or a strategy."""
    shape = [draw(n) if isinstance(n, st.SearchStrategy) else n for n in shape]
    count = int(np.prod(shape))
    return np.reshape(draw(st.lists(of, min_size=count, max_size=count)), shape).astype(float)


@st.composite
def together(draw, make, dimensions=3):
    """Arguments whose shapes belong together: ``make(n, k, ...)`` returns their strategies."""
    return tuple(draw(part) for part in make(*(draw(sizes) for _ in range(dimensions))))


def alike_arrays(count, *others, of=quarters):
    """Some arrays of one shape, and other arguments."""
    return together(lambda n, k: (*[arrays(n, k, of=of)] * count, *others), 2)


@st.composite
def graphs(draw):
    """(order, graph): parts come before what is made of them, and the graph has any order."""
    order = list("abcde")[: draw(st.integers(1, 5))]
    parts = {}
    for at, node in enumerate(order):
        pairs_before = st.tuples(st.sampled_from(order[:at] or order), quarters)
        parts[node] = draw(st.lists(pairs_before, max_size=3 if at else 0))
    return order, {node: parts[node] for node in draw(st.permutations(order))}


@st.composite
def networks(draw, widths=None):
    """(X, parameters) of one to three layers, or of the widths before the last one."""
    if widths is None:
        widths = st.lists(sizes, min_size=1, max_size=3)
    units = [*draw(widths), 1]
    X = draw(arrays(sizes, units[0]))
    return X, [(draw(arrays(n, k)), draw(arrays(k))) for n, k in itertools.pairwise(units)]


@st.composite
def passes(draw, *widths):
    """(y_pred, y, cache, parameters) of a forward pass."""
    X, parameters = draw(networks(*widths))
    y_pred, cache = QUESTIONS["forward"].solution(X, parameters)
    return y_pred, draw(arrays(len(X), 1, of=yes_or_no)), cache, parameters


@st.composite
def searches(draw):
    """(X, y, train, val, test, penalties) of a search, some rows of each set."""
    counts = [draw(st.integers(2, 4)) for _ in range(3)]
    rows = np.split(np.array(draw(st.permutations(range(sum(counts))))), np.cumsum(counts)[:-1])
    X, y = draw(arrays(sum(counts), sizes)), draw(arrays(sum(counts)))
    return X, y, *rows, np.array(draw(st.lists(positive, min_size=1, max_size=4)))


@st.composite
def transfers(draw):
    """(X, y, sources, train, val, test): sources that hold images of the target, and others."""
    counts = [draw(st.integers(2, 4)) for _ in range(3)]
    n = sum(counts)
    rows = np.split(np.array(draw(st.permutations(range(n)))), np.cumsum(counts)[:-1])
    of_two = st.integers(0, 1)
    X, y = draw(arrays(n + 3, 2)), draw(arrays(n + 3, of=of_two)).astype(int)
    others = list(range(n, n + 3))  # so that a source is left without the target's images
    sources = []
    for _ in range(draw(st.integers(1, 3))):
        held = np.array(others + draw(st.lists(st.integers(0, n - 1), max_size=6, unique=True)))
        sources.append((held, draw(arrays(len(held), of=of_two)).astype(int)))
    return X, y, sources, *rows


positive = st.integers(1, 12).map(lambda k: k / 4)
counts = st.integers(1, 40)
kinds = st.lists(st.sampled_from(["blurred", "unusual", "either"]), min_size=1, max_size=8)
pairs = together(lambda n: (arrays(n), arrays(n)), 1)
answers = together(lambda n: (arrays(n, of=yes_or_no), arrays(n, of=yes_or_no)), 1)
# With a spread in every column.
tables = together(lambda n, k: (arrays(n + 1, k), arrays(sizes, k)), 2).filter(
    lambda tables: np.ptp(tables[0], axis=0).all()
)
DOMAINS = {
    "linear_unit": together(lambda n, k: (arrays(n, k), arrays(k), quarters), 2),
    "mse": pairs,
    "mae": pairs,
    "rmse": together(lambda n: (arrays(n), st.one_of(arrays(n), arrays(n, 1))), 1),
    "sigmoid": st.tuples(arrays(sizes, sizes, of=quarters.map(lambda z: z * 200))),
    "before_training": st.tuples(arrays(sizes)),
    "count_updates": st.tuples(counts, counts, counts),
    "collapse": together(lambda n, k, u: (arrays(n, k), arrays(k), arrays(k, u), arrays(u))),
    # Quarters and their products never meet a bias in 32nds: no sum is 0, where two formulas hold.
    "thin_network": together(
        lambda n, k, u: (
            arrays(n, k),
            arrays(k).map(lambda b: b + 1 / 32),
            arrays(k, u),
            arrays(u),
            arrays(n),
        )
    ),
    "relu_layer": together(lambda n, k, u: (arrays(n, k), arrays(k, u), arrays(u))),
    "sigmoid_slope": st.tuples(arrays(sizes, sizes)),
    "softmax": st.tuples(arrays(sizes, sizes, of=quarters.map(lambda z: z * 500))),
    "dead_units": st.tuples(arrays(sizes, sizes, of=quarters.map(lambda a: max(a, 0)))),
    "neuron_gradients": st.tuples(quarters, quarters, quarters, probabilities),
    "product_node": st.tuples(quarters, quarters),
    "in_order": graphs().map(lambda both: (both[1],)),
    "walk_back": graphs(),
    "layer_shapes": st.tuples(counts, counts, counts),
    "shape_bug": together(lambda m: (arrays(m, 1, of=probabilities), arrays(m, of=yes_or_no)), 1),
    "forward": networks(),
    "two_sided": st.tuples(st.sampled_from([np.sin, np.exp]), quarters, rates),
    "output_gradient": together(
        lambda m: (arrays(m, 1, of=probabilities), arrays(m, 1, of=yes_or_no)), 1
    ),
    "tanh_backward": alike_arrays(2),
    "dense_backward": together(lambda m, k, n: (arrays(m, n), arrays(m, k), arrays(k, n))),
    "backward": passes(),
    "safe_epsilon": together(lambda m: (arrays(m), arrays(m, of=positive)), 1),
    "repaired": passes(st.integers(1, 3).map(lambda width: [width] * 3)),
    "slope": st.one_of(st.tuples(quarters), st.tuples(arrays(sizes))),
    "descend": st.tuples(quarters, rates.map(lambda rate: rate / 10), st.integers(0, 5)),
    "weighted_average": st.tuples(arrays(sizes), rates),
    "momentum_step": alike_arrays(3, rates, rates),
    "adagrad_step": alike_arrays(3, rates, rates, of=positive),
    "rmsprop_step": alike_arrays(3, rates, rates, rates, of=positive),
    "adam_step": alike_arrays(4, counts, rates, rates, rates, rates, of=positive),
    "warm_cosine": st.tuples(st.integers(0, 120), positive, counts, counts),
    "leaked_rows": together(
        lambda n, m, k: (arrays(n, k, of=yes_or_no), arrays(m, k, of=yes_or_no))
    ),
    "scale_both": tables,
    "bias_or_variance": st.tuples(quarters, quarters, quarters),
    "seven_diagnoses": st.tuples(quarters, quarters, quarters, quarters, quarters),
    "squared_bias_and_variance": together(lambda n, k: (arrays(n, k), arrays(k)), 2),
    "stop_early": st.tuples(
        st.lists(positive, min_size=1, max_size=8), st.integers(1, 3), st.sampled_from([0.0, 0.25])
    ),
    "six_diagnoses": st.just(()),
    "penalised_gradient": alike_arrays(2, rates, rates),
    # No noise that equals the rate: on which side it falls is a matter of taste.
    "inverted_dropout": together(
        lambda n, k: (arrays(n, k), rates, arrays(n, k, of=probabilities.map(lambda p: p + 0.01))),
        2,
    ),
    "batch_norm": together(lambda n, k: (arrays(n, k), arrays(k), arrays(k), rates), 2),
    "binary_crossentropy": together(
        lambda n: (arrays(n, of=yes_or_no), arrays(n, of=probabilities)), 1
    ),
    "loss_from_logits": together(
        lambda n: (arrays(n, of=quarters.map(lambda z: z * 200)), arrays(n, of=yes_or_no)), 1
    ),
    "loss_slopes": together(lambda n: (arrays(n), arrays(n, of=yes_or_no)), 1),
    "precision_recall_f1": answers,
    "class_weights": st.tuples(
        st.lists(st.integers(0, 4), min_size=1, max_size=9).map(lambda y: np.array(y))
    ),
    "softmax_gradients": together(
        lambda n, k, c: (
            arrays(n, k),
            st.lists(st.integers(0, c - 1), min_size=n, max_size=n).map(lambda y: np.eye(c)[y]),
            arrays(n, c).map(QUESTIONS["softmax"].solution),
        )
    ),
    "fix_ceilings": kinds.flatmap(
        lambda kinds: st.tuples(st.just(kinds), st.integers(len(kinds), 30))
    ),
    # Lesson 07: its opening.
    "baseline_rmse": together(lambda n, m: (arrays(n), arrays(m)), 2),
    # Lesson 07: how sure is a score?
    "k_fold_scores": st.integers(2, 5).flatmap(
        lambda n: st.tuples(
            arrays(n, 2),
            arrays(n),
            st.integers(2, n),
            st.sampled_from([tuning._nearest_error, tuning._mean_error]),
        )
    ),
    "chronological_split": st.integers(2, 6).flatmap(
        lambda n: st.tuples(
            st.permutations(range(n)).map(lambda order: np.array(order) / 4),
            st.integers(1, n - 1),
        )
    ),
    # Lesson 07: whose error?
    # Lesson 07: the map and its searchers.
    "log_uniform": st.tuples(
        st.sampled_from([0.001, 0.02]), st.sampled_from([0.5, 30.0]), sizes, generators
    ),
    "sample_beta": st.tuples(
        st.sampled_from([0.0, 0.9]), st.sampled_from([0.95, 0.999]), sizes, generators
    ),
    # Lesson 07: halving, votes, rules of thumb. No two losses of a round are equal: which of them
    # stops is a matter of taste.
    "halving": together(
        lambda n, k: (
            st.lists(st.permutations(range(n + 1)), min_size=k, max_size=k).map(
                lambda columns: np.transpose(columns) / 4
            ),
            counts,
        ),
        2,
    ),
    "majority_vote": together(
        lambda n, k: (arrays(n + 1, k, of=st.integers(0, 3)).map(lambda votes: votes.astype(int)),),
        2,
    ),
    # Lesson 07: the winner's curse, the run card.
    "repaired_search": searches(),
    # Lesson 08: its opening.
    "digit_loss": st.tuples(arrays(10, of=quarters.map(lambda z: z * 200)), st.integers(0, 9)),
    # Lesson 08: neighbours.
    "conv2d": st.tuples(
        arrays(st.integers(3, 5), st.integers(3, 5)),
        arrays(st.integers(1, 3), st.integers(1, 3)),
        st.integers(0, 2),
    ),
    "conv_parameters": st.tuples(*[st.integers(1, 9)] * 3, st.booleans()),
    # Lesson 08: very deep.
    "residual_block": together(
        lambda n, k, m: (
            arrays(n, k),
            arrays(k, m),
            arrays(m),
            arrays(m, k),
            arrays(k),
            quarters,
            st.one_of(st.none(), arrays(k, k)),
        )
    ),
    # Lesson 08: borrow, share.
    "find_the_leak": transfers(),
    # Lesson 08: memory.
    "lstm_step": together(
        lambda n, n_in, units: (
            arrays(n, n_in),
            arrays(n, units),
            arrays(n, units),
            arrays(n_in, 4 * units),
            arrays(units, 4 * units),
            arrays(4 * units),
        )
    ),
    # Lesson 08: make. At no place are both densities 0.
    "best_judge": together(lambda n, k: (arrays(n, k, of=positive), arrays(n, k, of=positive)), 2),
    # Lesson 08: where next.
    "six_cards": st.just(()),
}


def test_every_function_is_searched():
    """No question is left out."""
    assert set(DOMAINS) == set(QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_passes_computes_the_same_everywhere(name):
    """For each small change that passes the check no input is found on which it is wrong."""
    question = QUESTIONS[name]
    for source, mutant in mutants_of(question):
        if question.judge(mutant).outcome is Outcome.RIGHT:
            assert_the_same(question, source, mutant)


def assert_the_same(question, source, mutant):
    """Compare a function that passed with the solution on inputs that hypothesis chooses."""

    @hypothesis.settings(
        max_examples=50,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(arguments=DOMAINS[question.name])
    def search(arguments):
        with np.errstate(all="ignore"):
            expected = question.solution(*copy.deepcopy(arguments))
            received = mutant(*copy.deepcopy(arguments))
        ours = usable(expected, expected)
        theirs = usable(received, expected, question.only_keys)
        close = {"rtol": max(question.rtol or 0, 1e-4), "atol": max(question.atol or 0, 1e-6)}
        assert alike(theirs, ours, **close), source

    search()


# Wrong in ways that concern every question.


def changed_afterwards(question):
    """The solution, which afterwards adds 1 to every array that it was given."""

    def add(value):
        if isinstance(value, np.ndarray):
            value += 1
        elif isinstance(value, (list, tuple)):
            for item in value:
                add(item)

    def function(*arguments):
        result = copy.deepcopy(question.solution(*arguments))
        add(arguments)
        return result

    return function


def remembered(question, place):
    """The solution with an argument from elsewhere in the notebook: always the same one."""
    kept = question.cases[0][place]

    def function(*arguments):
        return question.solution(*arguments[:place], kept, *arguments[place + 1 :])

    return function


def whole_numbers_only(value):
    """A value without what stands behind its decimal points."""
    if isinstance(value, (list, tuple)):
        return type(value)(map(whole_numbers_only, value))
    if isinstance(value, dict):
        return {key: whole_numbers_only(item) for key, item in value.items()}
    is_float = isinstance(value, float) or getattr(value, "dtype", np.dtype(int)).kind == "f"
    return np.trunc(value) if is_float else value


@pytest.mark.parametrize("name", QUESTIONS)
def test_wrong_for_every_question(name):
    """What changes its arguments, looks elsewhere for one, or cuts them off is refused."""
    question = QUESTIONS[name]
    if any(isinstance(value, np.ndarray) for case in question.cases for value in case):
        assert question.judge(changed_afterwards(question)).outcome is Outcome.NOT_YET
    for place, argument in enumerate(question.argument_names):
        feedback = question.judge(remembered(question, place))
        assert feedback.outcome is Outcome.NOT_YET, argument
    if question.argument_names and name not in HOLD_WHOLE_NUMBERS:
        cut = lambda *arguments: question.solution(*map(whole_numbers_only, arguments))  # noqa: E731
        assert question.judge(cut).outcome is Outcome.NOT_YET


HOLD_WHOLE_NUMBERS = {
    "class_weights",
    "conv_parameters",
    "count_updates",
    "fix_ceilings",
    "in_order",
    "layer_shapes",
    "majority_vote",
    "precision_recall_f1",
}


# Wrong in ways of their own: by question, functions that must be refused.


def shifted(find):
    """A softmax that takes another number than the row's maximum away."""

    def softmax(Z):
        E = np.exp(Z - find(Z))
        return E / E.sum(axis=1, keepdims=True)

    return softmax


def weights_by_counts(counts, k):
    """Weights of classes, from the counts of all numbers up to the largest class."""
    total = np.sum(counts)
    return {c: total / (k * n) if n else 1.0 for c, n in enumerate(counts)}


def fraction(count, total, unless):
    """A fraction that is 0 under a condition of its own."""
    return count / total if unless else 0.0


def scores(y, said, p_unless, r_unless, f_unless):
    """Precision, recall and F1, each 0 where a function of (tp, fp, fn) is 0."""
    tp, fp, fn = (np.sum((y == a) & (said == b)) for a, b in ((1, 1), (0, 1), (1, 0)))
    return (
        fraction(tp, tp + fp, p_unless(tp, fp, fn)),
        fraction(tp, tp + fn, r_unless(tp, fp, fn)),
        fraction(2 * tp, 2 * tp + fp + fn, f_unless(tp, fp, fn)),
    )


def normalised(Z, gamma, beta, epsilon, ddof=0, size=None):
    """Batch normalisation with other variances."""
    variance = np.var(Z, axis=0, ddof=ddof) if size is None else np.sum(Z**2, axis=0) / size
    return gamma * (Z - Z.mean(axis=0)) / np.sqrt(variance + epsilon) + beta


WRONG = {
    "linear_unit": [
        lambda X, w, b: X[:, 0] * w[0] + X[:, -1] * w[-1] + b,
        lambda X, w, b: np.round(X) @ w + b,
        lambda X, w, b: X @ np.sort(w) + b,
    ],
    "mse": [
        lambda y, p: np.var(y - p),
        lambda y, p: np.sum((y - p) ** 2) / max(len(y) - 1, 1),
        lambda y, p: np.mean((y - p) ** 2) ** 0.5 * np.mean(np.abs(y - p)),
    ],
    "mae": [
        lambda y, p: np.sum(np.abs(y - p)) / max(len(y) - 1, 1),
        lambda y, p: np.mean(np.abs(y) - np.abs(p)),
        lambda y, p: np.max(np.abs(y - p)),
    ],
    "rmse": [
        lambda y, p: np.std(np.ravel(y) - np.ravel(p)),
        lambda y, p: np.sqrt(np.sum((np.ravel(y) - np.ravel(p)) ** 2) / max(len(y) - 1, 1)),
        lambda y, p: np.mean((np.ravel(y) - np.ravel(p)) ** 2) ** 1 / 2,
    ],
    "sigmoid": [
        lambda z: 1 / (1 + np.exp(-np.clip(z, -8, 8))),
        lambda z: np.clip(0.5 + z / 4, 0, 1),
        lambda z: 1 / (1 + np.exp(-np.abs(z))),
        lambda z: np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))),
    ],
    "count_updates": [
        lambda n, batch, epochs: round(n / batch) * epochs,
        lambda n, batch, epochs: max(n // batch, 1) * epochs,
        lambda n, batch, epochs: (n + batch) // batch * epochs,
    ],
    "relu_layer": [
        lambda X, W, b: np.abs(X @ W + b),
        lambda X, W, b: np.maximum(0.01 * (X @ W + b), X @ W + b),
        lambda X, W, b: np.clip(X @ W + b, 0, 6),
        lambda X, W, b: np.log1p(np.exp(X @ W + b)),
    ],
    "softmax": [
        shifted(lambda Z: Z.min(axis=1, keepdims=True)),
        shifted(lambda Z: Z.mean(axis=1, keepdims=True)),
        shifted(lambda Z: np.median(Z, axis=1, keepdims=True)),
        shifted(lambda Z: Z[:, :1]),
        shifted(lambda Z: Z[:, -1:]),
        shifted(lambda Z: Z.max()),
        shifted(lambda Z: Z.max(axis=0)),
        shifted(lambda Z: np.abs(Z).max(axis=1, keepdims=True)),
        shifted(lambda Z: 700),
        shifted(lambda Z: 0),
        lambda Z: shifted(lambda Z: 0)(np.clip(Z, -500, 500)),
    ],
    "dead_units": [
        lambda A: A[0] == 0,
        lambda A: np.isclose(A, 0).all(axis=0),
        lambda A: A.mean(axis=0) < 1e-3,
        lambda A: np.median(A, axis=0) == 0,
    ],
    "layer_shapes": [
        lambda m, n_prev, n: {**QUESTIONS["layer_shapes"].solution(m, n_prev, n), "b": (1, n)},
        lambda m, n_prev, n: {**QUESTIONS["layer_shapes"].solution(m, n_prev, n), "db": (n, 1)},
    ],
    "backward": [
        lambda y_pred, y, cache, parameters: [
            (np.full_like(W, np.nan), np.full_like(b, np.nan)) for W, b in parameters
        ],
        lambda y_pred, y, cache, parameters: [
            (np.full_like(W, np.inf), np.zeros_like(b)) for W, b in parameters
        ],
    ],
    "weighted_average": [
        lambda values, beta: np.array([np.mean(values[: t + 1]) for t in range(len(values))]),
        lambda values, beta: QUESTIONS["weighted_average"].solution(values, beta)[::-1],
        lambda values, beta: QUESTIONS["weighted_average"].solution(values, beta)[-1],
    ],
    "momentum_step": [
        lambda w, g, v, rate, momentum: (w - rate * (momentum * v + g), momentum * v + g),
        lambda w, g, v, rate, momentum: (w + momentum * v - rate * g, momentum * v + rate * g),
    ],
    "adam_step": [
        lambda w, g, m, v, t, *rest: QUESTIONS["adam_step"].solution(w, g, m, v, t + 1, *rest),
        lambda w, g, m, v, t, *rest: QUESTIONS["adam_step"].solution(w, g, m, v, 1, *rest),
        lambda w, g, m, v, t, *rest: QUESTIONS["adam_step"].solution(w, g, 0 * m, v, t, *rest),
    ],
    "warm_cosine": [
        lambda step, peak, warm, decay: (
            QUESTIONS["warm_cosine"].solution(step, peak, warm, decay) if step < decay else 0.0
        ),
        lambda step, peak, warm, decay: QUESTIONS["warm_cosine"].solution(step, peak, 10, decay),
        lambda step, peak, warm, decay: QUESTIONS["warm_cosine"].solution(step, peak, warm, 100),
    ],
    "leaked_rows": [
        lambda X, V: sum(any((row[:2] == other[:2]).all() for other in X) for row in V),
        lambda X, V: int(np.isin(V.sum(axis=1), X.sum(axis=1)).sum()),
        lambda X, V: int(np.isin(V, X).all(axis=1).sum()),
        lambda X, V: int(sum(np.isin(V[:, j], X[:, j]) for j in range(V.shape[1])).max()),
        lambda X, V: sum(tuple(sorted(row)) in {tuple(sorted(o)) for o in X} for row in V),
    ],
    "bias_or_variance": [
        lambda achievable, train, val: (
            "bias" if abs(train - achievable) >= abs(val - train) else "variance"
        ),
        lambda achievable, train, val: "bias" if train >= 0.1 else "variance",
        lambda achievable, train, val: "bias" if train * train >= val * achievable else "variance",
    ],
    "squared_bias_and_variance": [
        lambda P, t: (np.mean(P - t) ** 2, P.var()),
        lambda P, t: (np.mean((P.mean(axis=0) - t) ** 2), P.var()),
        lambda P, t: (np.mean((np.median(P, axis=0) - t) ** 2), P.var(axis=0).mean()),
    ],
    "inverted_dropout": [
        lambda a, rate, noise: a * (noise >= 0.5) / (1 - rate),
        lambda a, rate, noise: a * (noise >= rate) / np.mean(noise >= rate),
        lambda a, rate, noise: a * (np.random.default_rng(0).random(a.shape) >= rate) / (1 - rate),
    ],
    "batch_norm": [
        lambda Z, gamma, beta, epsilon: normalised(Z, gamma, beta, epsilon, size=len(Z)),
        lambda Z, gamma, beta, epsilon: normalised(Z, gamma, beta, 1e-3),
        lambda Z, gamma, beta, epsilon: normalised(Z, gamma[:1], beta[:1], epsilon),
    ],
    "binary_crossentropy": [
        lambda y, p: -np.mean(np.log(np.where(y == 1, p, p))),
        lambda y, p: -np.mean(y * np.log(p)) - np.mean((1 - y) * np.log(1 - p)) / 2,
        lambda y, p: np.mean((y - p) ** 2),
        lambda y, p: -np.mean(y * np.log10(p) + (1 - y) * np.log10(1 - p)),
    ],
    "precision_recall_f1": [
        lambda y, s: scores(y, s, lambda a, b, c: b, lambda a, b, c: a, lambda a, b, c: a),
        lambda y, s: scores(y, s, lambda a, b, c: a, lambda a, b, c: c, lambda a, b, c: a),
        lambda y, s: scores(y, s, lambda a, b, c: a, lambda a, b, c: a, lambda a, b, c: b + c),
        lambda y, s: scores(1 - y, 1 - s, *[lambda a, b, c: a] * 3),
    ],
    "class_weights": [
        lambda y: weights_by_counts(np.bincount(y), len(set(y.tolist()))),
        lambda y: weights_by_counts(np.bincount(y), y.max() + 1),
        lambda y: QUESTIONS["class_weights"].solution(y) | {int(y.max()) + 1: 0.0},
        lambda y: dict(enumerate(QUESTIONS["class_weights"].solution(y).values())),
    ],
    "softmax_gradients": [
        lambda X, Y, P: (X.T @ (P - Y) / Y.size, (P - Y).mean(axis=0)),
        lambda X, Y, P: (X.T @ (P - Y) / len(X), (P - Y).sum(axis=0)),
        lambda X, Y, P: (X.T @ (P - Y) / 32, (P - Y).sum(axis=0) / 32),
    ],
    "fix_ceilings": [
        lambda kinds, n: {
            kind: 1 - (len(kinds) - kinds.count(kind)) / n
            for kind in ("blurred", "unusual", "either", "readable")
        },
        lambda kinds, n: {kind: 1 - (len(kinds) - 1) / n for kind in kinds},
    ],
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_versions_are_refused(name):
    """Each of these passes for right on some inputs."""
    question = QUESTIONS[name]
    for number, function in enumerate(WRONG[name]):
        with np.errstate(all="ignore"):
            feedback = question.judge(function)
        assert feedback.outcome is Outcome.NOT_YET, f"{name}, number {number}"
