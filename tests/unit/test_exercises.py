"""What every question of every lesson must hold, over the registry of all lessons."""

import ast
import contextlib
import importlib
import inspect
import re
from collections import Counter, namedtuple
from pathlib import Path
from types import FunctionType

import hypothesis
import numpy as np
import pytest
from answers import right_answers, wrong_answers
from hypothesis import strategies as st

from lessons_lib.checks import Choice, Function, Outcome, OwnWork, Patient, Prediction, Steering
from lessons_lib.checks._compare import difference
from lessons_lib.checks._feedback import Feedback
from lessons_lib.checks._read import usable
from lessons_lib.checks._show import describe
from lessons_lib.lessons import lessons

LESSONS = lessons()
QUESTIONS = [q for lesson in LESSONS for q in lesson.questions.values()]


def label(question):
    """Name a test case after its question."""
    return f"{question.number}.{question.name}"


every_question = pytest.mark.parametrize("question", QUESTIONS, ids=label)


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    """A workspace of the test's own."""
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path))


def run_cell(question, source):
    """Run a cell of a notebook that has imported what the question's room has."""
    module = inspect.getmodule(type(question))
    room = importlib.import_module(module.__name__.rpartition(".")[0])
    namespace = {**vars(module), **vars(room)}
    if isinstance(question, Steering):  # what is steered is made by a cell above
        namespace[question.run_name] = question.start()
    if isinstance(question, OwnWork):
        namespace[question.work_name] = question.start()
    before, _, last = source.rpartition("\n")
    exec(before, namespace)
    return eval(last, namespace)


def test_lessons_are_registered():
    """Every module of the package has its lesson, with numbers of their own."""
    assert "01" in [lesson.number for lesson in LESSONS]
    assert len({lesson.number for lesson in LESSONS}) == len(LESSONS)
    for lesson in LESSONS:
        module = inspect.getmodule(type(next(iter(lesson.questions.values()))))
        assert module.__name__ == f"lessons_lib.lessons.{lesson.name}.exercises"


@every_question
def test_solution_cell_is_right(question):
    """The displayed solution, run as the notebook's cell, is found right."""
    feedback = run_cell(question, question.solution_cell)
    if isinstance(question, Prediction):
        assert feedback.label == "Recorded"
        feedback = question.reveal(question.right_letter)
    assert feedback.outcome is Outcome.RIGHT, feedback


@every_question
def test_starter_cell_is_not_attempted(question):
    """The notebook's untouched cell runs and counts as not attempted."""
    assert run_cell(question, question.starter_cell).outcome is Outcome.NOT_ATTEMPTED


@every_question
def test_differently_written_answers_are_right(question):
    """At least three answers that differ from the shown solution."""
    answers = right_answers(question)
    answers.pop("solution", None)  # judged above
    assert len(answers) >= 3
    for name, answer in answers.items():
        assert question.judge(answer).outcome is Outcome.RIGHT, name


@every_question
def test_each_wrong_answer_gets_its_own_message(question):
    """At least three wrong answers, each recognised as itself, with messages that differ."""
    answers = wrong_answers(question)
    assert len(answers) >= 3
    told = {}
    for name, answer in answers.items():
        feedback = question.judge(answer)
        assert feedback.outcome is Outcome.NOT_YET, name
        assert feedback.wrong == name, f"{name} was taken for {feedback.wrong}:\n{feedback}"
        told[name] = feedback.text
    assert len(set(told.values())) == len(told)
    messages = [str(known.why) for known in question.wrong.values()]
    assert len(set(messages)) == len(messages)


def read_back(text):
    """What shown source gives when it is pasted into a cell; ``...`` where some was left out."""
    return ... if "..." in text else eval(text, {"np": np})


@pytest.mark.parametrize(
    "question", [q for q in QUESTIONS if q.kind in ("number", "array", "function")], ids=label
)
def test_shown_values_are_python(question):
    """Whatever feedback shows is Python, and where it is what is expected, it is accepted."""
    if not isinstance(question, Function):
        pasted = read_back(describe(question.solution()))
        assert question.judge(pasted).outcome is Outcome.RIGHT
        return
    settings = {name: getattr(question, name) for name in ("rtol", "atol", "exact_shape")}
    for case, expected in zip(question.cases, question._expected, strict=True):
        for argument in case:
            if not isinstance(argument, (FunctionType, np.random.Generator)):  # named in words
                read_back(describe(argument))
        pasted = read_back(describe(expected))
        if pasted is not ...:
            assert difference(usable(pasted, expected), expected, **settings) is None


def test_a_row_is_not_told_to_lie_flat():
    """A mistake's sentence is told of answers of its shape, so that it agrees with the table."""
    question = importlib.import_module("lessons_lib.lessons.backprop.exercises").shape_bug
    assert question.judge(lambda y_pred, y: (y_pred.ravel() - y) / len(y)).wrong == "flattened"
    row = question.judge(lambda y_pred, y: (y_pred.ravel() - y)[None] / len(y))
    assert "(shape (1, 3) instead of (3, 1))" in " ".join(row.text.split())


UNIFIED = str.maketrans(
    {"·": "*", "×": "*", "−": "-", "²": "**2", "ᵗ": "**t", "ᵀ": ".T", "ε": "epsilon", "β": "beta"}
)


def squeezed(text):
    """A text without its white space, quotes and prefixes, in Python's signs."""
    return re.sub(r"\bnp\.|[\s`'\"]", "", text.translate(UNIFIED))


def operations(node):
    """How many things a piece of source does."""
    kinds = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call)
    return sum(isinstance(part, kinds) for part in ast.walk(node))


def giveaways(question):
    """The pieces of a solution that say how it is done, as source."""
    tree = ast.parse(question.solution_code)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.Return, ast.AugAssign)) and node.value:
            whole = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            yield from (ast.unparse(part) for part in whole if operations(part))
        setting = isinstance(node, ast.keyword) or (isinstance(node, ast.Call) and node.args)
        small_enough = -1 if question.kind == "Keras model" and setting else 1
        if isinstance(node, (ast.expr, ast.keyword)) and operations(node) > small_enough:
            yield ast.unparse(node)


def numbers_in(text):
    """The values of the calculations in a text."""
    for found in re.findall(r"\(?\d[\d., ()*/+-]*\d\)?", text.translate(UNIFIED)):
        with contextlib.suppress(SyntaxError, TypeError, ValueError):
            tree = ast.parse(found.replace(",", ""), mode="eval")
            if operations(tree):
                yield eval(compile(tree, "hint", "eval"))


def steps_of(question):
    """The values on the way to a number that is calculated from numbers."""
    for node in ast.walk(ast.parse(question.solution_code)):
        if isinstance(node, ast.BinOp) and not any(
            isinstance(part, (ast.Name, ast.Call)) for part in ast.walk(node)
        ):
            yield eval(ast.unparse(node))


@every_question
def test_hints(question):
    """At least two, all different, and none of them, the last neither, gives the answer away."""
    hints = question.hints
    assert len(hints) >= 2
    assert len(set(hints)) == len(hints)
    for hint in hints:
        if isinstance(question, Patient):
            assert question.diagnosis not in hint
        if isinstance(question, Choice):
            right = squeezed(question.lettered[question.right_letter].answer).rstrip(".")
            assert right.lower() not in squeezed(hint).lower()
            assert not re.search(rf'\b{question.right_letter}\)|"{question.right_letter}"', hint)
            continue
        told = [piece for piece in giveaways(question) if squeezed(piece) in squeezed(hint)]
        assert not [piece for piece in told if len(squeezed(piece)) > 5], hint
        if question.kind == "number":
            assert not set(numbers_in(hint)) & {*steps_of(question), question.solution()}, hint


@every_question
def test_text_and_concepts(question):
    """A question has a text of its own and names the concepts it belongs to."""
    assert len(question.text) > 20
    assert question.concepts
    assert not isinstance(question.concepts, str)


@every_question
def test_everything_told_can_be_shown(question):
    """Question, solution and verdicts have plain text and HTML, without unknown markup."""
    shown = [question.ask(), question.explain(), question.judge(...)]
    for feedback in shown:
        assert isinstance(feedback, Feedback)
        bundle = feedback._repr_mimebundle_()
        assert set(bundle) == {"text/plain", "text/html"}
        assert bundle["text/plain"].strip()
        assert "**" not in re.sub(r"`[^`]*`|^ {4}.*$", "", bundle["text/plain"], flags=re.M)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.number)
def test_right_letters_vary(lesson):
    """A quiz whose answers are all the same letter teaches that letter."""
    letters = [q.right_letter for q in lesson.questions.values() if isinstance(q, Choice)]
    assert len(set(letters)) >= min(3, len(letters))


def passed_by_trying(lesson):
    """Return the questions to which some letter is the answer; a prediction is no test."""
    questions = lesson.questions.values()
    return [q for q in questions if isinstance(q, Choice) and not isinstance(q, Prediction)]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.number)
def test_each_lesson_has_what_a_lesson_needs(lesson):
    """Exercises, one of them a prediction, a quiz, and little that can be passed by trying."""
    questions = lesson.questions.values()
    quiz = [q for q in questions if q.name.startswith("quiz_")]
    assert len(questions) - len(quiz) >= 5
    assert quiz
    assert len(passed_by_trying(lesson)) <= 4
    assert any(isinstance(q, Prediction) for q in questions)


every_choice = pytest.mark.parametrize(
    "question", [q for q in QUESTIONS if isinstance(q, Choice)], ids=label
)


@every_choice
def test_how_to_answer_is_no_answer(question):
    """Whatever tells how to answer, typed as it stands, is not even a wrong answer."""
    told = "\n".join([question.ask().text, question.judge(...).text, question.judge("z").text])
    examples = re.findall(rf"check\.{question.name}\((.*?)\)", told)
    assert examples
    for example in examples:
        assert question.judge(eval(example)).outcome is Outcome.NOT_ATTEMPTED


def test_no_lesson_shows_an_answer():
    """No text of a lesson calls a check with a letter."""
    for source in sorted((Path(__file__).parents[2] / "notebooks" / "src").glob("*.py")):
        assert not re.findall(r"check\.\w+\(\W*[a-h]\W*\)", source.read_text("utf-8")), source.name


@every_choice
def test_options_can_be_told_apart(question):
    """Each option is known by its letter and by its text, however they are typed."""
    for letter, option in question.lettered.items():
        for typed in (letter, letter.upper(), f"{letter}: {option.answer}", option.answer.upper()):
            assert question.letter_of(typed) == letter, typed


@pytest.mark.parametrize("question", [q for q in QUESTIONS if isinstance(q, Prediction)], ids=label)
def test_predictions_are_true(question):
    """What the prediction reveals is what its experiment finds."""
    assert question.experiment() == question.right_letter


def tampered(lesson, name, change):
    """Judge a question's own solution after a change of the model that does not help it."""
    question = importlib.import_module(f"lessons_lib.lessons.{lesson}.exercises").lesson.questions[
        name
    ]
    keras = pytest.importorskip("keras")
    return question.judge(change(keras, question.solution(keras)))


def compiled_anew(loss, optimizer=None):
    """A change that compiles the model otherwise, with its own optimizer unless one is given."""

    def change(keras, model):
        loss_of_it = loss(keras) if callable(loss) else loss
        model.compile(optimizer=optimizer or model.optimizer, loss=loss_of_it)
        return model

    return change


def rebuilt(**settings):
    """A change of one setting of the first hidden layer, the compilation being kept."""

    def change(keras, model):
        configs = [layer.get_config() for layer in model.layers]
        configs[0].update(settings)
        layers = [
            type(layer).from_config(c) for layer, c in zip(model.layers, configs, strict=True)
        ]
        other = keras.Sequential([keras.Input(model.input_shape[1:]), *layers])
        other.compile(optimizer=model.optimizer, loss=model.loss)
        return other

    return change


def dropout_first(keras, model):
    """Move the first dropout layer before the first hidden layer."""
    layers = list(model.layers)
    layers[0], layers[1] = layers[1], layers[0]
    return keras.Sequential([keras.Input(model.input_shape[1:]), *layers])


@pytest.mark.parametrize(
    ("lesson", "name", "change", "words"),
    [
        ("optimizers", "glide", compiled_anew("mae"), "Its loss is not the mean squared error"),
        ("optimizers", "glide", rebuilt(units=15), "weights have shapes"),
        ("optimizers", "glide", rebuilt(activation="tanh"), "Look at the activations"),
        (
            "classification",
            "tumour_model",
            compiled_anew("binary_crossentropy", "sgd"),
            "optimizer is SGD",
        ),
        ("classification", "tumour_model", rebuilt(activation="tanh"), "Look at the activations"),
        (
            "classification",
            "tumour_model",
            compiled_anew(lambda keras: keras.losses.BinaryCrossentropy(from_logits=True)),
            "leave that argument out",
        ),
        ("overfitting", "treated", dropout_first, "Dropout stands after each hidden layer"),
    ],
)
def test_models_that_are_not_what_was_asked(lesson, name, change, words):
    """Whatever the question's text asks for is judged, and its absence is named."""
    feedback = tampered(lesson, name, change)
    assert feedback.outcome is Outcome.NOT_YET
    assert words in " ".join(feedback.text.split())


def own_crossentropy(y, p):
    """The loss of a yes-or-no question, written by hand."""
    ops = importlib.import_module("keras").ops
    return -ops.mean(y * ops.log(p) + (1 - y) * ops.log(1 - p))


@pytest.mark.parametrize(
    "loss",
    [
        "bce",
        "BinaryCrossentropy",
        ["binary_crossentropy"],
        own_crossentropy,
        lambda keras: keras.losses.binary_crossentropy,
        lambda keras: keras.losses.BinaryCrossentropy(name="mine"),
    ],
    ids=["short", "class", "list", "own", "function", "object"],
)
def test_ways_to_name_a_loss(loss):
    """However the right loss is handed to `compile`, it is known by what it does."""
    own = loss is own_crossentropy
    change = compiled_anew((lambda keras: loss) if own else loss)
    feedback = tampered("classification", "tumour_model", change)
    assert feedback.outcome is Outcome.RIGHT, feedback


def ways_to_build():
    """Models right or wrong in unusual ways: (question, model, "right" or a mistake or None)."""
    keras = pytest.importorskip("keras")
    layers, schedules = keras.layers, keras.optimizers.schedules

    def stack(n_in, *parts):
        return keras.Sequential([keras.Input((n_in,)), *parts])

    def functional(n_in, *functions):
        x = inputs = keras.Input((n_in,))
        for function in functions:
            x = function(x)
        return keras.Model(inputs, x)

    def compiled(model, loss="bce", optimizer="adam"):
        model.compile(optimizer=optimizer, loss=loss)
        return model

    def tumour(output, loss="bce"):
        return compiled(stack(30, layers.Dense(16, "relu"), *output), loss)

    def gliding(rate):
        mean = keras.initializers.Constant(5.6)
        model = stack(11, layers.Dense(16, "relu"), layers.Dense(1, bias_initializer=mean))
        return compiled(model, "mse", keras.optimizers.Adam(rate))

    class Gliding(schedules.LearningRateSchedule):
        def __call__(self, step):
            done = keras.ops.minimum(keras.ops.cast(step, "float32") / 500, 1.0)
            return 0.005 * (1 + keras.ops.cos(np.pi * done))

    def treated(penalty, wrap, rate=0.3):
        blocks = [
            [layers.Dense(64, kernel_regularizer=penalty), layers.ReLU(), layers.Dropout(rate)],
            [layers.Dense(64, "relu", kernel_regularizer=penalty), layers.Dropout(rate)],
        ]
        return stack(11, wrap(11, *blocks[0]), wrap(64, *blocks[1]), layers.Dense(1))

    solved = importlib.import_module("lessons_lib.lessons.activations.exercises")._on_the_spirals(
        keras, (8, 8)
    )

    def spirals(factor, shift, build=stack):
        """The solved network with a linear output, its scores stretched and shifted."""
        parts = [layers.Dense(8, "relu"), layers.Dense(8, "relu"), layers.Dense(1)]
        model, weights = build(2, *parts), solved.get_weights()
        model.set_weights([*weights[:-2], factor * weights[-2], factor * weights[-1] + shift])
        return model

    def sigmoid():
        return layers.Dense(1, "sigmoid")

    yield "tumour_model", tumour([layers.Dense(1), layers.Activation("sigmoid")]), "right"
    yield "tumour_model", tumour([stack(16, layers.Dense(1, "sigmoid"))]), "right"
    by_operations = functional(
        30, layers.Dense(16), keras.ops.relu, layers.Dense(1), keras.activations.sigmoid
    )
    yield "tumour_model", compiled(by_operations), "right"
    yield "tumour_model", tumour([sigmoid()], keras.losses.MeanSquaredError()), "squared_error"
    yield "tumour_model", tumour([sigmoid()], lambda y, p: (y - p) ** 2), "squared_error"
    yield "tumour_model", tumour([sigmoid()], "acc"), "accuracy_as_loss"
    for loss in ("hinge", "categorical_crossentropy", lambda y, p: 1 / 0):
        yield "tumour_model", tumour([sigmoid()], loss), None
    two = layers.Dense(2, "softmax")
    yield "tumour_model", tumour([two], "sparse_categorical_crossentropy"), None
    inputs = keras.Input((30,))
    named = keras.Model(inputs, {"out": sigmoid()(layers.Dense(16, "relu")(inputs))})
    yield "tumour_model", compiled(named, {"out": "bce"}), "right"
    yield "tumour_model", tumour([sigmoid()], keras.metrics.binary_accuracy), "accuracy_as_loss"
    yield "tumour_model", tumour([layers.Dense(1), layers.Softmax()]), "softmax_of_one"
    yield "tumour_model", tumour([layers.Dense(1, kernel_initializer="zeros")]), "no_sigmoid"
    yield "glide", gliding(Gliding()), "right"
    yield "glide", gliding(schedules.CosineDecay(0.01, 500)), "right"
    yield "glide", gliding(schedules.PolynomialDecay(0.01, 500, 0.0)), "straight_line"
    stairs = schedules.PiecewiseConstantDecay([125, 375, 499], [0.01, 0.005, 0.002, 0.0])
    yield "glide", gliding(stairs), None
    yield "glide", gliding(schedules.CosineDecayRestarts(0.01, 500)), None
    l2 = keras.regularizers.L2(1e-3)
    yield "treated", treated(l2, stack), "right"
    yield "treated", treated(lambda W: 1e-3 * keras.ops.sum(W**2), functional), "right"
    yield "treated", treated(keras.regularizers.L1(1e-3), stack), None
    yield "treated", treated("l2", stack), None
    yield "treated", treated(l2, stack, rate=0.7), None
    for build in (stack, lambda n, *parts: stack(n, stack(n, *parts[:-1]), parts[-1])):
        yield "smallest_network", spirals(1.0, 0.0, build), "right"
        yield "smallest_network", compiled(spirals(0.1, 0.5, build), "mse"), "right"
    bent = stack(2, stack(2, layers.Dense(8), layers.Activation("tanh")), layers.Dense(1))
    yield "smallest_network", bent, "untrained"
    straight = stack(2, stack(2, layers.Dense(8), layers.Dense(8)), sigmoid())
    yield "smallest_network", straight, "linear_layers"
    normalised = stack(3, layers.BatchNormalization(), layers.Dense(1))
    yield "three_input_unit", normalised, "another_layer"
    yield "three_input_unit", stack(3, stack(3, layers.Dense(2), layers.Dense(1))), "hidden_layer"
    relu = stack(2, layers.Dense(8), layers.ReLU(), layers.Dense(8), layers.ReLU(), sigmoid())
    yield "two_hidden_layers", relu, "relu_layers"
    images = keras.Input((8, 8, 1))
    body = layers.Dense(16, "relu")(layers.Flatten()(images))
    box, digit = (layers.Dense(units, "softmax")(body) for units in (5, 10))
    for outputs, mistake in (
        ([box, digit], "other_order"),
        ((box, digit), "other_order"),
        ({"box": box, "digit": digit}, "right"),  # known by name, whatever the order
    ):
        heads = keras.Model(images, outputs)
        yield "two_heads", compiled(heads, "sparse_categorical_crossentropy"), mistake


def test_models_are_judged_by_what_they_compute():
    """In models in models, as layers apart, as operations, by own functions: alike."""
    questions = {question.name: question for question in QUESTIONS}
    for name, model, mistake in ways_to_build():
        feedback = questions[name].judge(model)
        if mistake == "right":
            assert feedback.outcome is Outcome.RIGHT, feedback
            continue
        assert feedback.outcome is Outcome.NOT_YET, feedback
        assert feedback.wrong == mistake, feedback
        assert "Using this model ended" not in feedback.text


def test_looking_at_a_schedule_leaves_the_optimizer_as_it_was():
    """A model that has been trained goes on from its own step."""
    question = importlib.import_module("lessons_lib.lessons.optimizers.exercises").glide
    model = question.handed_in(question.solution)
    model.optimizer.iterations.assign(7)
    assert question.judge(model).outcome is Outcome.RIGHT
    assert int(model.optimizer.iterations) == 7


def test_division_by_the_rate_is_recognised_as_learners_write_it():
    """With a rate of 0 it is infinite, and still the same mistake."""
    question = importlib.import_module("lessons_lib.lessons.overfitting.exercises").inverted_dropout
    feedback = question.judge(lambda a, rate, noise: np.where(noise < rate, 0, a) / rate)
    assert feedback.wrong == "divided_by_rate"


# Fuzzing: nothing that is handed to a check may raise, hang or pass. Choices differ in their texts
# alone, and what stops endless code is the same for all questions of a kind.

FIRST_OF_A_KIND = list({q.kind: q for q in reversed(QUESTIONS)}.values())
JUDGED_IN_THEIR_OWN_WAY = [
    q for q in QUESTIONS if q in FIRST_OF_A_KIND or not isinstance(q, Choice)
]


class Hostile:
    """An object all of whose doors are traps."""

    def _trap(self, *_, **__):
        raise RuntimeError("trap")

    __eq__ = __bool__ = __len__ = __iter__ = __repr__ = __str__ = __format__ = _trap
    __array__ = __float__ = __int__ = __index__ = __getitem__ = __hash__ = _trap
    __array_ufunc__ = __deepcopy__ = __reduce_ex__ = _trap


class HostileClass(Hostile):
    """One that lies about its own class."""

    @property
    def __class__(self):
        raise SystemExit


class AlwaysEqual:
    """One that claims to equal everything."""

    def __eq__(self, other):
        return True

    __hash__ = None


class OddArray:
    """One whose array is not what it should be."""

    def __init__(self, content):
        self.content = content

    def __array__(self, dtype=None, copy=None):
        return self.content


class HostileText(str):
    """Text that raises when it is looked at."""

    def strip(self, *_):
        """Raise."""
        raise KeyboardInterrupt

    __eq__ = __len__ = strip
    __hash__ = str.__hash__


def itself():
    """A list that holds itself."""
    nested = []
    nested.append(nested)
    return nested


def endless():
    """A generator without end."""
    while True:
        yield 1.0


def raising(error):
    """A function that raises."""

    def raises(*_, **__):
        raise error

    return raises


WEIRD = [
    None,
    NotImplemented,
    float("nan"),
    float("inf"),
    -float("inf"),
    10**400,
    complex(1, 1),
    "",
    "…",
    b"bytes",
    HostileText("b"),
    [],
    (),
    {},
    set(),
    itself(),
    [None, None],
    ["b"],
    [[1, 2], [3]],
    [object()],
    {"b": [None]},
    Counter("abc"),
    namedtuple("Pair", "W b")(None, ...),
    np.str_("text"),
    range(3),
    map(str, []),
    endless(),
    (value for value in (1, 2, 3)),
    np.zeros(0),
    np.full((3, 3), np.nan),
    np.array(["a"]),
    np.array([object()], dtype=object),
    np.array("2026-01-01", dtype="datetime64[D]"),
    np.broadcast_to(np.float64(0), (10**6, 10**6)),
    np.zeros(10**5),
    np.zeros(3, dtype=[("a", float)]),
    [0.0] * 10**6,
    Hostile(),
    HostileClass(),
    AlwaysEqual(),
    OddArray("text"),
    OddArray(np.array([object()], dtype=object)),
    Hostile,
    type,
    object(),
    memoryview(b"abc"),
    open,
    print,
]
CALLABLES = [
    lambda: 1,
    lambda x: x,
    lambda *a: a,
    lambda *a, **k: print,
    lambda a, b, c, d, e, f, g: 0,
    print,
    len,
    np.add,
    np.linalg.norm,
    dict,
    Hostile,
    raising(SystemExit(3)),
    raising(KeyboardInterrupt()),
    raising(GeneratorExit()),
    raising(StopIteration()),
    raising(MemoryError()),
    raising(BaseException("base")),
    raising(Exception(Hostile())),
]


class Parcel:
    """Hides an answer from hypothesis, which looks at what it hands out."""

    def __init__(self, content):
        self.content = content

    def __repr__(self):
        return f"<parcel with {object.__repr__(self.content)}>"


def parcels_of(parcels):
    """One parcel with the list of what is in several."""
    return Parcel([parcel.content for parcel in parcels])


def returning(parcel):
    """A parcel with a function that returns what is in this one."""
    return Parcel(lambda *_, **__: parcel.content)


weird = st.sampled_from([Parcel(item) for item in WEIRD])
numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True).map(lambda x: x * 1.000001 + 0.123),
    st.integers(min_value=10**6),
).map(Parcel)
# Single letters, with whatever marks around them, are answers to a choice; all else is not.
texts = st.text(max_size=40).filter(lambda text: len(re.sub(r"\W", "", text)) != 1).map(Parcel)
arrays = st.lists(st.floats(width=32).map(lambda x: x + 0.123), max_size=5).map(
    lambda values: Parcel(np.array(values))
)
junk = st.one_of(weird, numbers, texts, arrays, st.lists(weird, max_size=3).map(parcels_of))
answers = st.one_of(
    junk,
    st.sampled_from([Parcel(function) for function in CALLABLES]),
    junk.map(returning),
    st.lists(junk, max_size=3).map(lambda parts: returning(parcels_of(parts))),
)


@pytest.mark.parametrize("question", JUDGED_IN_THEIR_OWN_WAY, ids=label)
@hypothesis.given(answer=answers)
@hypothesis.settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_fuzz(question, answer):
    """Whatever is handed in: feedback that can be shown, and never that it is right."""
    feedback = question.judge(answer.content)
    assert isinstance(feedback, Feedback)
    assert feedback.outcome is not Outcome.RIGHT
    assert len(feedback.text) < 20_000
    feedback._repr_mimebundle_()


@pytest.mark.parametrize("question", JUDGED_IN_THEIR_OWN_WAY, ids=label)
def test_each_oddity_once(question):
    """The same for each of the odd answers by itself, and for a function that returns it."""
    for parcel in map(Parcel, WEIRD + CALLABLES):
        for odd in (parcel.content, returning(parcel).content):
            feedback = question.judge(odd)
            assert feedback.outcome is not Outcome.RIGHT, parcel
            # The last net is for what nobody has thought of; these have been.
            assert "could not be judged" not in feedback.text, parcel


@pytest.mark.parametrize(
    "given", [(1, 2), (None, None, None), (Hostile(),) * 2], ids=["two", "three", "hostile"]
)
def test_wrong_number_of_answers(given):
    """check(a, b) is feedback as well."""
    for question in QUESTIONS:
        assert question.judge(*given).outcome is Outcome.NOT_ATTEMPTED, question.name


class EndlessArray:
    """An object whose conversion never ends."""

    def __array__(self, dtype=None, copy=None):
        while True:
            pass


class EndlessFloat:
    """A number that never comes."""

    def __float__(self):
        while True:
            pass


def spins(*_, **__):
    """An endless loop that swallows what should stop it."""
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722
            pass


@pytest.mark.parametrize(
    "question", [q for q in FIRST_OF_A_KIND if not isinstance(q, Choice)], ids=label
)
def test_endless_answers_are_stopped(question, monkeypatch):
    """Endless loops end, in the function as in the object that it returns."""
    monkeypatch.setattr(question, "time_limit", 0.1)
    handed_in = [EndlessArray(), EndlessFloat(), spins]
    if isinstance(question, Function):
        handed_in += [lambda *_, **__: EndlessArray(), lambda *_, **__: EndlessFloat()]
    for item in handed_in:
        assert question.judge(item).outcome is not Outcome.RIGHT


def forward_of(X, parameters):
    """What a right forward pass predicts."""
    return next(q for q in QUESTIONS if q.name == "forward").solution(X, parameters)[0]


async def coroutine(y_true, y_pred):
    """Be asynchronous."""
    return np.mean((y_true - y_pred) ** 2)


@pytest.mark.parametrize(
    ("question", "answer", "words"),
    [
        ("mse", lambda t, p: np.sum((t - p) ** 2) // len(t), "what belongs behind the point"),
        ("mse", lambda t, p: int(np.mean((t - p) ** 2)), "what belongs behind the point"),
        ("linear_unit", lambda X, w, b: (X @ w + b).astype(int), "what belongs behind the point"),
        ("mse", coroutine, "because of `async`"),
        ("mse", lambda *, y_true, y_pred: 1, "behind the star is taken by its name only"),
        ("relu_layer", lambda X, W, b: np.max(0, X @ W + b), "is an axis, no array. Number by"),
        ("mse", lambda t, p: np.mean(t, p), "`np.mean` is an axis, no array: make one"),
        ("collapse", lambda W1, b1, W2, b2: (b1 @ W2 + b2, W1 @ W2), "another order"),
        ("collapse", lambda W1, b1, W2, b2: W1 @ W2, "is an array, but a tuple of 2 parts"),
        ("neuron_gradients", lambda w, x, b, y: np.float64(1), "is a number, but a tuple"),
        ("forward", lambda *given: (forward_of(*given), {}), "`cache` is a dict, but a list of 2"),
    ],
)
def test_what_is_unusual_is_told_as_it_is(question, answer, words):
    """The sentence says what came, in words that lead on."""
    question = next(q for q in QUESTIONS if q.name == question)
    feedback = question.judge(answer)
    assert feedback.outcome is Outcome.NOT_YET
    assert words in " ".join(feedback.text.split())


def test_steps_are_not_taken_for_integer_arithmetic():
    """Zeros and ones in the place of probabilities come from a step."""
    question = importlib.import_module("lessons_lib.lessons.neuron.exercises").sigmoid
    told = question.judge(lambda z: np.where(z > 0, 1, 0)).text
    assert "behind the point" not in told


def test_text_may_come_from_where():
    """`np.where` returns text as an array without axes."""
    question = importlib.import_module("lessons_lib.lessons.overfitting.exercises").bias_or_variance
    feedback = question.judge(
        lambda achievable, train, val: np.where(
            train - achievable >= val - train, "bias", "variance"
        )
    )
    assert feedback.outcome is Outcome.RIGHT


def test_mean_of_whole_numbers_in_tensorflow_is_named():
    """TensorFlow's mean of whole numbers is one, and learners do not expect it."""
    tf = pytest.importorskip("tensorflow")
    question = importlib.import_module("lessons_lib.lessons.neuron.exercises").mse
    told = " ".join(question.judge(lambda t, p: tf.reduce_mean((t - p) ** 2)).text.split())
    assert "`tf.cast(x, tf.float32)` comes first" in told
