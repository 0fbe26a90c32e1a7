"""A function is judged by what it does, and whatever it does becomes feedback."""

import random
import sys
import time
import warnings
from collections import Counter, namedtuple

import numpy as np
import pytest

from lessons_lib import nn
from lessons_lib.checks import Function, Lesson, Outcome, wrong


def compute(seconds):
    """Keep the processor busy."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def declare(cls):
    """Make a question of a class outside of any lesson."""
    return Lesson("99", "test").question(cls)


def asking(solution, inputs, **said):
    """Make a question of a solution, its inputs, and what else it says."""

    def starter(*_):
        return ...

    body = {"__doc__": "Write it.", "solution": solution, "starter": starter, "inputs": inputs}
    return declare(type("asked", (Function,), {**body, **said}))


@pytest.fixture
def scale():
    """A small question: a * X."""

    @declare
    class scale(Function):
        """Multiply X by a."""

        hints = ("one", "two")

        def solution(X, a):
            return a * X

        def starter(X, a):
            return ...

        def inputs(rng):
            for n in (3, 1, 5):
                yield rng.normal(size=n), float(rng.normal())

        added = wrong(lambda X, a: X + a, "You added.")

        doubled = wrong(
            lambda X, a: 2 * a * X,
            lambda case: f"Your value is {case.ratio:.3g} times ours for {len(case['X'])}.",
        )

        @wrong(why="Changed in place.")
        def in_place_and_negative(X, a):
            X *= -a
            return X

    return scale


class TestOutcomes:
    """Right, not yet and not attempted."""

    def test_right(self, scale):
        """The same behaviour is right."""
        assert scale.judge(lambda X, a: X * a).outcome is Outcome.RIGHT

    @pytest.mark.parametrize(
        "answer",
        [
            lambda X, a: list(X * a),
            lambda X, a: tuple((X * a).tolist()),
            lambda X, a: (X * a).reshape(-1, 1),
            lambda X, a: (X * a).astype("float32"),
            lambda X, a: np.ma.array(X * a),
        ],
        ids=["list", "tuple", "column", "float32", "masked"],
    )
    def test_equivalent_forms_are_right(self, scale, answer):
        """How the numbers are packed is not what the question asks."""
        assert scale.judge(answer).outcome is Outcome.RIGHT

    def test_exact_shape_where_the_question_hinges_on_it(self):
        """With exact_shape a column is not a row of numbers."""
        column = asking(
            lambda x: x.reshape(-1, 1), lambda rng: [(rng.normal(size=3),)], exact_shape=True
        )

        assert column.judge(lambda x: x[:, None]).outcome is Outcome.RIGHT
        feedback = column.judge(lambda x: x)
        assert feedback.outcome is Outcome.NOT_YET
        assert "(3,) instead of (3, 1)" in feedback.text

    @pytest.mark.parametrize("given", [(), (...,)], ids=["nothing", "dots"])
    def test_nothing_given_is_not_attempted(self, scale, given):
        """Dots and an empty call are the starter."""
        assert scale.judge(*given).outcome is Outcome.NOT_ATTEMPTED

    def test_not_implemented_is_not_attempted(self, scale):
        """A function that says so itself has not been written."""

        def later(X, a):
            raise NotImplementedError

        assert scale.judge(later).outcome is Outcome.NOT_ATTEMPTED

    def test_forgotten_return_is_told(self, scale):
        """None is not the starter's dots: something was written and not returned."""
        feedback = scale.judge(lambda X, a: None)
        assert feedback.outcome is Outcome.NOT_YET
        assert "The result is None: perhaps a `return` is missing." in feedback.text

    def test_small_differences_count(self, scale):
        """A result that is off by a hundredth of a percent is wrong on float64 inputs."""
        assert scale.judge(lambda X, a: X * a * (1 + 1e-4)).outcome is Outcome.NOT_YET

    def test_one_wrong_value_among_many(self, scale):
        """The feedback names the value, with what was expected and received."""

        def last_is_wrong(X, a):
            result = X * a
            if len(result) == 5:
                result[4] += 1
            return result

        text = scale.judge(last_is_wrong).text
        assert "differs in 1 of 5 values, most at index [4]" in text
        assert "expected" in text
        assert "received" in text
        assert "# shape (5,)" in text

    def test_edge_case_shape(self, scale):
        """A wrong shape is told with the right one."""
        text = scale.judge(lambda X, a: X[:, None] - X[None, :]).text
        told = "three numbers are expected, a table of three rows and three columns came"
        assert f"{told} (shape (3, 3) instead of (3,))" in " ".join(text.split())
        assert "broadcast to (3, 3)" in text


class TestMistakes:
    """Named mistakes are recognised by behaviour."""

    def test_message_from_the_case(self, scale):
        """A message may use the input and the ratio of received and expected."""
        feedback = scale.judge(lambda X, a: a * (X + X))
        assert feedback.wrong == "doubled"
        assert "Your value is 2 times ours for 3." in feedback.text

    def test_mutation_is_part_of_the_behaviour(self, scale):
        """The same values without the change are another mistake."""

        def negative_in_place(X, a):
            X[:] = X * -a
            return X

        assert scale.judge(negative_in_place).wrong == "in_place_and_negative"
        assert scale.judge(lambda X, a: -a * X).wrong is None

    def test_mistake_and_an_error_of_its_own(self, scale):
        """A known mistake is told first where the code also stops on some inputs."""

        def added_and_fragile(X, a):
            if len(X) == 1:
                raise RuntimeError("I cannot do one")
            return X + a

        assert scale.judge(added_and_fragile).wrong == "added"

    def test_message_looks_at_a_case_that_was_returned(self, scale):
        """A message made from the result is not made from an input that ended in an error."""

        def doubled_and_fragile(X, a):
            if len(X) == 3:
                raise RuntimeError("I cannot do three")
            return 2 * a * X

        feedback = scale.judge(doubled_and_fragile)
        assert feedback.wrong == "doubled"
        assert "Your value is 2 times ours for 1." in feedback.text

    def test_mistakes_are_known_however_short_the_time(self):
        """The learner's limit is not that of our own functions, which may run on slow machines."""

        @declare
        class same(Function):
            """Return it."""

            time_limit = 0.1

            def solution(x):
                return x

            def starter(x):
                return ...

            def inputs(rng):
                yield (1.0,)
                yield (2.0,)

            @wrong(why="Negative.")
            def slowly_negative(x):
                compute(0.15)
                return -x

        assert same.judge(lambda x: -x).wrong == "slowly_negative"

    def test_when_recognises_what_only_resembles(self):
        """A predicate catches a family of wrong answers, but not right ones."""
        total = asking(
            lambda x: np.sum(x),
            lambda rng: [(rng.uniform(1, 2, size=n),) for n in (3, 4)],
            negative=wrong(lambda x: -np.sum(x), "Negative!", when=lambda case: case.received < 0),
        )

        assert total.judge(lambda x: -np.prod(x)).wrong == "negative"
        assert total.judge(lambda x: np.prod(x)).wrong is None
        assert total.judge(lambda x: x - 5).wrong is None
        assert total.judge(lambda x: sum(x)).outcome is Outcome.RIGHT


class TestErrors:
    """An exception is shown as the learner's, at their line, with a suggestion."""

    def test_type_message_line_and_suggestion(self, scale):
        """All four are there, and no traceback."""

        def divides(X, a):
            return X / (len(X) - len(X)) / (1 // 0)

        text = scale.judge(divides).text
        assert "Your code stopped with `ZeroDivisionError: " in text
        assert "return X / (len(X) - len(X)) / (1 // 0)" in text
        assert "Something divides by zero" in text
        assert "Traceback" not in text

    def test_line_is_the_learners_own_in_a_library_call(self, scale):
        """An error deep in NumPy is shown at the line that called it."""

        def wrong_shapes(X, a):
            return np.linalg.inv(X)

        assert "return np.linalg.inv(X)" in scale.judge(wrong_shapes).text

    def test_shape_errors_get_shape_advice(self, scale):
        """Shapes are the commonest reason of a ValueError here."""
        assert "Write the shape of each part" in scale.judge(lambda X, a: X + np.ones(77)).text

    def test_arity(self, scale):
        """Too few parameters are told as such, not as a TypeError."""
        text = scale.judge(lambda X: X).text
        assert "called with 2 arguments, (X, a); yours takes (X)" in text

    def test_one_argument_is_not_told_as_many(self):
        """A single argument is told in the singular."""
        same = asking(lambda x: x, lambda rng: [(1.0,)])

        text = same.judge(lambda: 1).text
        assert "called with 1 argument, (x); yours takes nothing." in text

    def test_arguments_by_name_only(self, scale):
        """A star before the names is shown: without it the sentence would contradict itself."""
        text = scale.judge(lambda *, X, a=1: X).text
        assert "called with 2 arguments, (X, a); yours takes (*, X, a)." in text

    def test_error_in_the_course_library_is_at_the_learners_line(self, scale):
        """What the library raises is shown at the line that called it, not at the library's."""

        def uses_the_library(X, a):
            return nn.Dense(2, 3).forward(X)

        text = scale.judge(uses_the_library).text
        assert "return nn.Dense(2, 3).forward(X)" in text
        assert "raise ValueError" not in text

    def test_name_of_a_function_given_to_a_value(self, scale):
        """`sum = 3` somewhere above makes every later `sum(...)` fail."""

        def shadowed(X, a):
            sum = 3
            return sum(X)

        assert "given to a value" in " ".join(scale.judge(shadowed).text.split())

    def test_dots_in_a_calculation(self, scale):
        """A starter half filled in that stops at its dots is told about the dots."""

        def half(X, a):
            product = ...
            return product.sum()

        assert "There are still dots" in scale.judge(half).text

    def test_result_instead_of_function(self, scale):
        """check(f(...)) instead of check(f)."""
        text = scale.judge(np.ones(3)).text
        assert "needs the function itself" in text
        assert "shape (3,)" in text
        assert "received  {}" in scale.judge({}).text
        nested = []
        nested.append(nested)
        assert "received  [[[" in scale.judge(nested).text

    @pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit, MemoryError])
    def test_no_exception_leaves(self, scale, error):
        """Even those that are no Exception become a sentence."""

        def raises(X, a):
            raise error

        feedback = scale.judge(raises)
        assert feedback.outcome is Outcome.NOT_YET
        assert f"Your code stopped with `{error.__name__}`" in feedback.text

    def test_hostile_exception(self, scale):
        """An exception that cannot be printed is still told."""

        class Hostile(BaseException):
            def __str__(self):
                raise SystemExit

        def raises(X, a):
            raise Hostile

        assert "Your code stopped with `Hostile`" in scale.judge(raises).text

    def test_endless_recursion(self, scale):
        """Recursion without end is told as such."""

        def again(X, a):
            return again(X, a)

        assert "calls itself without end" in scale.judge(again).text

    def test_endless_loop(self, scale):
        """It is stopped after the time limit and said so."""
        scale.time_limit = 0.2

        def endless(X, a):
            while True:
                pass

        feedback = scale.judge(endless)
        assert feedback.outcome is Outcome.NOT_YET
        assert "had not finished after 0.2 seconds" in feedback.text

    def test_time_limit_is_for_the_whole_check(self):
        """Many inputs that each take less than the limit do not add up to a long wait."""
        calls = []

        slow = asking(lambda x: x, lambda rng: [(1.0,) for _ in range(100)], time_limit=0.2)

        def answer(x):
            calls.append(x)
            compute(0.15)
            return x

        assert slow.judge(answer).outcome is Outcome.NOT_YET
        assert len(calls) < 10


class TestOddResults:
    """What a function returns instead of numbers is named, and not taken for an error in it."""

    class Symbol:
        """Stands for a number that is not known yet, as a symbolic tensor does."""

        def __array__(self, dtype=None, copy=None):
            raise ValueError("no numbers: the shape is symbolic")

    @pytest.mark.parametrize(
        ("result", "words"),
        [
            (Symbol(), "is an object of type Symbol, which cannot be read as a number"),
            (1j, "holds complex numbers"),
            (10**400, "too large a number"),
            ([1.0, None, 2.0], "holds None among its values"),
            (np.array(["1", "2"]), "holds text"),
            (({}, [1]), "is a tuple of 2 parts"),
            ({}, "is a dict, not a number or an array"),
        ],
        ids=["symbolic", "complex", "huge", "None inside", "text", "tuple", "dict"],
    )
    def test_is_named(self, scale, result, words):
        """The kind of the result is told; nothing stopped, so nothing is said to have."""
        feedback = scale.judge(lambda X, a: result)
        text = " ".join(feedback.text.split())
        assert feedback.outcome is Outcome.NOT_YET
        assert words in text
        assert "Your code stopped" not in text

    def test_dots_left_in_a_list(self, scale):
        """A result that still holds dots is a starter half filled in."""
        assert scale.judge(lambda X, a: [a, ...]).outcome is Outcome.NOT_ATTEMPTED


class TestSideEffects:
    """What a learner's function does besides stays inside."""

    def test_changed_input_is_told(self, scale):
        """The right values, but the argument is not as it was."""

        def in_place(X, a):
            X *= a
            return X

        feedback = scale.judge(in_place)
        assert feedback.outcome is Outcome.NOT_YET
        assert "changes its input `X`" in feedback.text

    def test_only_the_changed_input_is_named(self):
        """An input left in a state that cannot be compared says nothing about the others."""
        first = asking(
            lambda arrays, factors: factors[0] * arrays[0],
            lambda rng: [([rng.normal(size=2)], [2.0])],
        )

        def leaves_nothing(arrays, factors):
            result = factors[0] * arrays[0]
            arrays[0] = None
            return result

        assert "changes its input `arrays`." in first.judge(leaves_nothing).text

    def test_prints_are_bounded_and_kept_out_of_the_output(self, scale, capsys):
        """Nothing reaches the screen; the beginning is shown where the answer is wrong."""

        def chatty(X, a):
            for i in range(2000):
                print("line", i)
            print("to stderr", file=sys.stderr)
            return X

        feedback = scale.judge(chatty)
        assert capsys.readouterr() == ("", "")
        assert "line 0" in feedback.text
        assert len(feedback.text) < 3000

    def test_warning_is_mentioned_on_a_right_answer(self, scale):
        """A warning does not make a right answer wrong, and is not lost."""

        def warns(X, a):
            warnings.warn("careful", stacklevel=1)
            return a * X

        feedback = scale.judge(warns)
        assert feedback.outcome is Outcome.RIGHT
        assert "UserWarning: careful" in feedback.text

    def test_warnings_as_errors_of_the_notebook_do_not_matter(self, scale):
        """A learner's filters and np.seterr change neither our solution nor the judgement."""
        with warnings.catch_warnings(), np.errstate(all="raise"):
            warnings.simplefilter("error")
            assert scale.judge(lambda X, a: a * X + 0 * np.exp(-1e4)).outcome is Outcome.RIGHT

    def test_global_random_numbers_are_left_alone(self, scale):
        """A check neither uses nor moves the notebook's generators."""

        def draws(X, a):
            np.random.seed(1)  # noqa: NPY002
            random.seed(1)
            return np.random.rand(len(X))  # noqa: NPY002

        np.random.seed(5)  # noqa: NPY002
        random.seed(5)
        expected = (np.random.rand(), random.random())  # noqa: NPY002
        np.random.seed(5)  # noqa: NPY002
        random.seed(5)
        scale.judge(draws)
        assert (np.random.rand(), random.random()) == expected  # noqa: NPY002

    def test_judgement_does_not_depend_on_global_random_numbers(self, scale):
        """The same random answer gets the same feedback whatever the notebook drew before."""

        def draws(X, a):
            return np.random.rand(len(X)) + random.random()  # noqa: NPY002

        np.random.seed(1)  # noqa: NPY002
        first = scale.judge(draws).text
        np.random.seed(2)  # noqa: NPY002
        random.seed(3)
        assert scale.judge(draws).text == first


class TestKindsOfResult:
    """Tuples, dicts, text, changed arguments, random results."""

    def test_a_tuple_may_be_an_array(self):
        """What Python unpacks into the right parts is right, whatever holds the parts."""

        @declare
        class both(Function):
            """Return two rows."""

            def solution(x):
                return x + 1, x - 1

            def starter(x):
                return ..., ...

            def inputs(rng):
                for n in (1, 2, 5):
                    yield (rng.normal(size=n),)
                yield (2.0,)

            swapped = wrong(lambda x: (x - 1, x + 1), "The other way round.")

        class Tensor:
            def __init__(self, *rows):
                self.rows = rows

            def __array__(self, dtype=None, copy=None):
                return np.array(self.rows)

        for make in (lambda *p: np.array(p), lambda *p: np.stack(p), lambda *p: [*p], Tensor):
            assert both.judge(lambda x, make=make: make(x + 1, x - 1)).outcome is Outcome.RIGHT
            assert both.judge(lambda x, make=make: make(x - 1, x + 1)).wrong == "swapped"
        told = both.judge(lambda x: np.array([x, x, x])).text
        assert "is an array, but a tuple of 2 parts is expected" in told

    def test_an_array_may_be_a_tuple(self):
        """Rows in a tuple or a list are the table that is expected."""
        table = asking(
            lambda x: np.stack([x + 1, x - 1]),
            lambda rng: [(rng.normal(size=n),) for n in (1, 2, 5)],
        )

        for rows in (tuple, list):
            assert table.judge(lambda x, rows=rows: rows([x + 1, x - 1])).outcome is Outcome.RIGHT

    def test_decimal_comma_in_a_result(self):
        """`return 0,5` is named where one number is expected."""
        half = asking(lambda x: 0.5, lambda rng: [(1.0,)])

        text = " ".join(half.judge(lambda x: (0, 5)).text.split())
        assert "is two numbers; the decimal mark is a point in Python, as in `0.5`" in text

    def test_parts_are_named(self):
        """A wrong part of a tuple is told by its name."""
        backward = asking(
            lambda X, dZ: (X.T @ dZ, dZ.sum(axis=0)),
            lambda rng: [(rng.normal(size=(4, 3)), rng.normal(size=(4, 2)))],
            parts=("dW", "db"),
            mean_bias=wrong(lambda X, dZ: (X.T @ dZ, dZ.mean(axis=0)), "Averaged the bias only."),
        )

        named = namedtuple("Gradients", "dW db")
        assert backward.judge(lambda X, dZ: [X.T @ dZ, dZ.sum(0)]).outcome is Outcome.RIGHT
        assert backward.judge(lambda X, dZ: named(X.T @ dZ, dZ.sum(0))).outcome is Outcome.RIGHT
        assert backward.judge(backward.starter).outcome is Outcome.NOT_ATTEMPTED
        text = backward.judge(lambda X, dZ: (X.T @ dZ, dZ.sum(1))).text
        assert "`db` has another form: two numbers are expected, four numbers came" in text
        assert backward.judge(lambda X, dZ: (X.T @ dZ, dZ.mean(0))).wrong == "mean_bias"
        assert "has 3 parts instead of 2" in backward.judge(lambda X, dZ: (1, 2, 3)).text
        assert "has 1 part instead of 2" in backward.judge(lambda X, dZ: (X,)).text
        assert "a tuple of 2 parts is expected" in backward.judge(lambda X, dZ: X).text
        assert "], None)  # shapes (3, 2)" in backward.judge(lambda X, dZ: (X.T @ dZ, None)).text

    def test_dict_and_text(self):
        """Dicts are compared key by key, text exactly."""
        report = asking(
            lambda x: {"mean": np.mean(x), "word": "high" if np.mean(x) > 0 else "low"},
            lambda rng: [(rng.normal(size=4),)],
        )

        def wrong_word(x):
            return {"mean": x.mean(), "word": "none"}

        assert report.judge(report.solution).outcome is Outcome.RIGHT
        assert report.judge(report.starter).outcome is Outcome.NOT_ATTEMPTED
        counted = lambda x: Counter(report.solution(x))  # noqa: E731
        assert report.judge(counted).outcome is Outcome.RIGHT
        assert "has no key 'word'" in report.judge(lambda x: {"mean": x.mean()}).text
        assert "['word'] is 'none' instead of" in report.judge(wrong_word).text

    def test_text_of_an_array_is_text(self):
        """An element of an array of text is as good as plain text; a number is told as such."""
        word = asking(lambda x: "high" if x > 0 else "low", lambda rng: [(1.0,), (-1.0,)])

        chosen = word.judge(lambda x: np.where(np.array([x]) > 0, "high", "low")[0])
        assert chosen.outcome is Outcome.RIGHT
        assert "is a number, but text is expected" in word.judge(lambda x: 1).text
        assert "perhaps a `return` is missing" in word.judge(lambda x: None).text
        assert word.judge(word.starter).outcome is Outcome.NOT_ATTEMPTED

    def test_accept_replaces_the_comparison(self):
        """A random function is judged by what must hold for every draw."""

        @declare
        class dropout(Function):
            """Inverted dropout."""

            def solution(a, rate, rng):
                return a * (rng.random(a.shape) >= rate) / (1 - rate)

            def starter(a, rate, rng):
                return ...

            def inputs(rng):
                yield np.ones(2000), 0.5, np.random.default_rng(rng.integers(99))

            def accept(case):
                if abs(case.received.mean() - 1) > 0.1:
                    return f"The mean is {case.received.mean():.2f} and not 1."
                return ""

            not_scaled = wrong(
                lambda a, rate, rng: a * (rng.random(a.shape) >= rate),
                "Not scaled.",
                when=lambda case: np.isclose(case.received.mean(), 1 - case["rate"], atol=0.1),
            )

        def otherwise(a, rate, rng):
            return np.where(rng.uniform(size=a.size) < rate, 0, a / (1 - rate))

        def not_scaled_otherwise(a, rate, rng):
            return np.where(rng.uniform(size=a.size) < rate, 0, a)

        assert "The result is None" in dropout.judge(lambda a, rate, rng: None).text
        assert dropout.judge(otherwise).outcome is Outcome.RIGHT
        assert dropout.judge(not_scaled_otherwise).wrong == "not_scaled"
        assert "The mean is 3.00" in dropout.judge(lambda a, rate, rng: 3 * a).text
        assert dropout.judge(lambda a, rate, rng: "no").outcome is Outcome.NOT_YET

    def test_part_that_cannot_be_accepted_is_named(self):
        """Where `accept` judges, a part that is no array is told by its name too."""

        @declare
        class split(Function):
            """Split it in two."""

            parts = ("left", "right")

            def solution(x):
                return x / 2, x / 2

            def starter(x):
                return ..., ...

            def inputs(rng):
                yield (rng.normal(size=3),)

            def accept(case):
                left, right = case.received
                return "" if np.allclose(left + right, case["x"]) else "They do not add up."

        assert split.judge(lambda x: (x, 0 * x)).outcome is Outcome.RIGHT
        assert "`right` is None" in split.judge(lambda x: (x, None)).text
        assert "`left` holds text" in split.judge(lambda x: (["a"], x)).text

    def test_broken_starter_is_not_attempted_until_it_behaves_otherwise(self):
        """In a bug hunt the starter runs, and leaving it as it is is no attempt."""

        @declare
        class fixed(Function):
            """Find the bug."""

            def solution(X, dZ):
                return X.T @ dZ

            def starter(X, dZ):
                return -X.T @ dZ

            def inputs(rng):
                yield rng.normal(size=(4, 3)), rng.normal(size=(4, 2))

        assert fixed.judge(fixed.starter).outcome is Outcome.NOT_ATTEMPTED
        assert fixed.judge(lambda X, dZ: -(X.T @ dZ)).outcome is Outcome.NOT_ATTEMPTED
        assert fixed.judge(lambda X, dZ: X.T @ dZ).outcome is Outcome.RIGHT
        assert fixed.judge(lambda X, dZ: 2 * X.T @ dZ).outcome is Outcome.NOT_YET


def test_float32_inputs_are_among_the_cases(scale):
    """Learners meet the dtype that Keras gives them."""
    dtypes = {case[0].dtype for case in scale.cases}
    assert dtypes == {np.dtype("float64"), np.dtype("float32")}


def test_shown_source_is_the_solutions_own(scale):
    """What is displayed is what judges, under the question's name, and it runs."""
    assert scale.solution_code == "def scale(X, a):\n    return a * X"
    assert scale.starter_code == "def scale(X, a):\n    return ..."
    namespace = {}
    exec(scale.solution_code, namespace)
    assert scale.judge(namespace["scale"]).outcome is Outcome.RIGHT
    assert scale.solution_code in scale.explain().text.replace("\n    ", "\n").replace(
        "    def", "def"
    )
