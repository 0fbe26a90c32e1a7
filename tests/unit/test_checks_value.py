# ruff: noqa: D102 - a question's functions are shown to learners as they stand
"""Numbers, arrays and choices."""

import numpy as np
import pytest

from lessons_lib.checks import Array, Choice, Lesson, Number, Outcome, right, wrong
from lessons_lib.checks._compare import difference
from lessons_lib.checks._read import usable
from lessons_lib.checks._show import describe


def declare(cls):
    """Make a question of a class outside of any lesson."""
    return Lesson("99", "test").question(cls)


@declare
class seven(Number):
    """How many?"""

    rtol = 0.01

    def solution():
        return 3 + 4

    product = wrong(3 * 4, lambda case: f"{case.received:.0f} is the product.")


@declare
class row(Array):
    """Which?"""

    def solution():
        return np.arange(3.0)

    from_one = wrong([1, 2, 3], "Counting begins at 0.")


@declare
class pick(Choice):
    """Which `one`?"""

    options = (wrong("The first", "First is not it."), right("The second", "Because."))
    hints = ("one", "two")


class TestNumber:
    """A number within a tolerance."""

    @pytest.mark.parametrize("answer", [7, 7.0, 7.05, np.float32(7), np.array([[7]]), 6.95])
    def test_right(self, answer):
        """Any kind of number near enough."""
        assert seven.judge(answer).outcome is Outcome.RIGHT

    @pytest.mark.parametrize("answer", [7.1, 6.9, 0, -7, 700, True, np.ones(3), float("nan")])
    def test_not_yet(self, answer):
        """Other numbers, and what is no single number."""
        assert seven.judge(answer).outcome is Outcome.NOT_YET

    def test_direction_but_not_the_answer(self):
        """An unknown wrong number is told where it lies, without giving the answer away."""
        assert "too large" in seven.judge(9).text
        assert "too small" in seven.judge(5).text
        assert "the sign is not" in seven.judge(-7).text
        assert "factor of 100" in seven.judge(0.07).text

    def test_common_wrong_number(self):
        """A known wrong number gets its message."""
        feedback = seven.judge(12)
        assert feedback.wrong == "product"
        assert "12 is the product." in feedback.text

    def test_text_is_not_a_number(self):
        """A quoted number is told to be text."""
        assert "without quotes" in seven.judge("7").text

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (None, "your answer is None."),
            (7j, "holds complex numbers"),
            (10**400, "too large a number"),
            ([None], "holds None among its values"),
            (["7"], "holds text"),
            ({}, "is a dict, not a number"),
            (int, "is a class"),
            ((7, [1, 2]), "is a tuple of 2 parts"),
            (iter([7]), "is a generator"),
        ],
    )
    def test_odd_answers_are_named(self, answer, words):
        """What kind of thing came instead of a number is said; it is no try."""
        feedback = seven.judge(answer)
        assert feedback.outcome is Outcome.NOT_ATTEMPTED
        assert feedback.label == "No answer yet"
        assert words in " ".join(feedback.text.split())
        assert "?." not in feedback.text

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (float("nan"), "A finite number is expected; your answer is nan."),
            (np.ones(3), "one number is expected, three numbers came."),
            ([[7, 7]], "one number is expected, a table of one row and two columns came."),
        ],
    )
    def test_wrong_form_in_words(self, answer, words):
        """A beginner reads how many numbers came, not a shape."""
        feedback = seven.judge(answer)
        assert feedback.outcome is Outcome.NOT_YET
        assert words in " ".join(feedback.text.split())

    @pytest.mark.parametrize(
        ("answers", "point"),
        [
            (((0, 98),), "0.98"),
            ((0, 98), "0.98"),
            (("0,98",), "0.98"),
            ((" -1,5 ",), "-1.5"),
            (((12, 345),), "12.345"),
        ],
    )
    def test_decimal_comma_is_named_and_cured(self, answers, point):
        """`0,98` is two numbers in Python: said, with the point that is meant."""
        feedback = seven.judge(*answers)
        assert feedback.outcome is Outcome.NOT_ATTEMPTED
        text = " ".join(feedback.text.split())
        assert f"the decimal mark is a point in Python, as in `{point}`" in text
        assert "shape" not in text

    @pytest.mark.parametrize("answer", [(0.5, 2), (1, 2, 3), "1,2,3", (True, 1), [0, 98], "a,b"])
    def test_other_commas_are_not_decimal(self, answer):
        """Several numbers are several numbers."""
        assert "decimal mark" not in seven.judge(answer).text

    def test_number_that_only_looks_right(self):
        """A difference behind the sixth digit is shown, not rounded away."""

        @declare
        class third(Number):
            """A third?"""

            def solution():
                return 29

        assert "29.00004 is not the answer yet: it is too large." in third.judge(29.00004).text

    def test_objects_that_are_numbers(self):
        """An array of objects is read where all of them are numbers."""
        assert seven.judge(np.array([7], dtype=object)).outcome is Outcome.RIGHT

    def test_code_assigns_to_the_name(self):
        """The solution is shown as the cell that the learner writes."""
        assert seven.solution_code == "seven = 3 + 4"
        assert seven.starter_code == "seven = ..."


class TestArray:
    """An array or a list."""

    @pytest.mark.parametrize(
        "answer", [[0, 1, 2], (0.0, 1.0, 2.0), np.arange(3), np.arange(3.0)[:, None]]
    )
    def test_right(self, answer):
        """However it is packed."""
        assert row.judge(answer).outcome is Outcome.RIGHT

    def test_known_mistake(self):
        """A known wrong array gets its message."""
        assert row.judge(np.array([1.0, 2.0, 3.0])).wrong == "from_one"

    def test_difference_without_the_answer(self):
        """The wrong places are counted, their right values are not told."""
        text = row.judge([0, 1, 5]).text
        assert "Your answer differs in 1 of 3 values, most at index [2]." in text
        assert "instead of 2" not in text

    @pytest.mark.parametrize(
        ("answer", "word"),
        [
            ([[0], [1, 2]], "rows differ in length"),
            ((i for i in range(3)), "generator"),
            ({0, 1, 2}, "set"),
            (None, "None"),
        ],
    )
    def test_no_such_array(self, answer, word):
        """What cannot be compared is told with the reason, and is no try."""
        feedback = row.judge(answer)
        assert feedback.outcome is Outcome.NOT_ATTEMPTED
        assert word in feedback.text

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (5, "three numbers are expected, one number came."),
            (
                [0, 1],
                "three numbers are expected, two numbers came (shape (2,) instead of (3,)).",
            ),
            (np.eye(3), "a table of three rows and three columns came (shape (3, 3) instead of"),
            (np.ones((2, 2, 2)), "an array with 3 axes came (shape (2, 2, 2) instead of (3,))"),
        ],
    )
    def test_wrong_form_in_words(self, answer, words):
        """How many numbers came and how many are expected, with the shapes besides."""
        feedback = row.judge(answer)
        assert feedback.outcome is Outcome.NOT_YET
        assert words in " ".join(feedback.text.split())

    @pytest.mark.parametrize("answer", [..., [0, ..., 2], (..., ..., ...)])
    def test_dots_are_not_attempted(self, answer):
        """Dots as the answer, or left somewhere in it, are the starter."""
        assert row.judge(answer).outcome is Outcome.NOT_ATTEMPTED


class TestChoice:
    """A letter."""

    @pytest.mark.parametrize(
        "answer",
        [
            *("b", "B", " b)", "(b)", "[b]", "b.", "b:", "'b'", '"b"', "“b”", "`b`", "**b**", "b!"),
            *("option b", "Option B)", "answer: b", "ｂ", "Ｂ", "（ｂ）", "ⓑ", "В", "β"),
            *("The second", "the  second.", '"The second"', "b) The second", "b: the second"),
        ],
    )
    def test_right(self, answer):
        """However the letter is written, on whatever keyboard, or the option's text."""
        assert pick.judge(answer).outcome is Outcome.RIGHT

    @pytest.mark.parametrize("answer", ["а", "ａ", "option а", "The first!"])
    def test_wrong_letters_are_read_likewise(self, answer):
        """What is read generously may be the wrong option as well."""
        assert pick.judge(answer).wrong == "a"

    def test_options_alike_but_for_a_sign(self):
        """Where leaving out signs makes two options one, only the exact text counts."""

        @declare
        class prime(Choice):
            """Which?"""

            options = (wrong("f(x)", "The value."), right("f'(x)", "The slope."))

        assert prime.letter_of("f'(x)") == "b"
        assert prime.letter_of("f(x)") == "a"
        assert prime.letter_of("F (x)") is None

    def test_misconception_is_named_without_the_answer(self):
        """A distractor tells its own misconception and not the right option."""
        feedback = pick.judge("a")
        assert feedback.outcome is Outcome.NOT_YET
        assert "First is not it." in feedback.text
        assert "Because." not in feedback.text

    @pytest.mark.parametrize("letter", ["a", "b"])
    def test_options_stay_in_sight(self, letter):
        """After a choice all options are there, the chosen one marked in words."""
        bundle = pick.judge(letter)._repr_mimebundle_()
        for shown in bundle.values():
            assert "The first" in shown
            assert "The second" in shown
            assert shown.count("(your choice)") == 1
        text = pick.lettered[letter].answer
        assert f"→ {letter}) {text} (your choice)\n" in bundle["text/plain"]
        assert f"{text} (your choice)</li>" in bundle["text/html"]

    @pytest.mark.parametrize("answer", ["c", "ab", "a or b", "a b", "", "…", 2, None, ["b"], b"b"])
    def test_no_such_option(self, answer):
        """Anything else is told which letters there are, and is no try."""
        feedback = pick.judge(answer)
        assert feedback.outcome is Outcome.NOT_ATTEMPTED
        assert "(your choice)" not in feedback.text
        assert 'one of "a", "b", with its quotes; this is' in feedback.text

    def test_untouched_shows_the_question(self):
        """One cell is enough: its dots show the question with its options."""
        feedback = pick.judge(...)
        assert feedback.outcome is Outcome.NOT_ATTEMPTED
        assert "Which `one`?" in feedback.text
        assert "  b) The second" in feedback.text

    def test_cells(self):
        """The starter's dots become the quoted letter."""
        assert pick.starter_cell == "check.pick(...)"
        assert pick.solution_cell == 'check.pick("b")'

    def test_exactly_one_right_option(self):
        """A choice that cannot be answered is refused when it is declared."""
        with pytest.raises(ValueError, match="exactly one `right` option"):

            @declare
            class none(Choice):
                """Which?"""

                options = (wrong("x", "y"), wrong("z", "w"))


@pytest.mark.parametrize("question", [seven, row, pick], ids=lambda q: q.name)
def test_more_than_one_answer(question):
    """check(a, b) is told, not raised."""
    feedback = question.judge(1, 2)
    assert feedback.outcome is Outcome.NOT_ATTEMPTED
    assert "takes one answer and received 2" in feedback.text


def test_docstring_is_required():
    """A question without a text is refused when it is declared."""
    with pytest.raises(TypeError, match="has no docstring"):

        @declare
        class silent(Number):
            def solution():
                return 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((32,), "(32,)"),
        ((), "()"),
        ({"W": (21, 32), "b": (32,)}, "{'W': (21, 32), 'b': (32,)}"),
        (dict.fromkeys("abcdefg", 1), str(dict.fromkeys("abcdefg", 1))),
        ([1.0, 0.1 + 0.2, 1e-9, -np.inf], "[1.0, 0.3, 1e-09, -np.inf]"),
        (np.arange(4.0).reshape(2, 2), "[[0.0, 1.0], [2.0, 3.0]]  # shape (2, 2)"),
        (np.float32([0.5]), "[0.5]  # shape (1,), float32"),
        (np.array([True, False]), "[True, False]  # shape (2,)"),
        (np.bool_(True), "True"),
        (np.arange(1000), "[0, 1, 2, 3, 4, 5, ..., 994, 995, 996, 997, 998, 999]  # shape (1000,)"),
        ((np.zeros((1, 2)), None), "([[0.0, 0.0]], None)  # shapes (1, 2)"),
        (np.broadcast_to(0.0, (10**6,) * 3), "...  # shape (1000000, 1000000, 1000000)"),
        (np.exp, "np.exp"),
        (print, "a function"),
        ([print, 1], "[..., 1]"),
    ],
)
def test_values_are_shown_as_python(value, text):
    """With brackets and commas as in a cell, and what Python does not show in a comment."""
    assert describe(value) == text


def test_parts_of_a_tuple_are_all_shown():
    """Where there is much to show, arrays are shortened, not the tuple that holds them."""
    shown = describe((np.zeros((9, 9)), np.ones(3), np.zeros((9, 9))))
    assert "[1.0, 1.0, 1.0]" in shown
    assert shown.endswith("# shapes (9, 9), (3,), (9, 9)")


def test_what_cannot_be_compared_is_still_shown():
    """None, text and numbers in the place of something else are shown as they came."""
    assert describe(usable((1.0, None, "x"), (0.0, 0.0, 0.0))) == "(1.0, None, 'x')"


def test_a_tuple_of_one_has_a_comma():
    """(32) is a number; the sentence shows how the tuple is written."""
    assert usable({"b": 32}, {"b": (32,)})["b"].reason.endswith("with a comma, (32,)")


def test_rounded_values_are_named():
    """Rounding by the learner is no other formula."""
    exact = np.array([0.123456, 2.71828])
    assert "rounded to 2 digits" in difference(np.round(exact, 2), exact).reason
    assert "rounded" not in difference(np.array([0.1, 3.0]), exact).reason
    assert "rounded" not in difference(np.zeros(2), exact).reason


def test_what_no_such_question_has_is_refused():
    """A field that is misspelt, or belongs to another kind, would be without any effect."""
    body = {"__doc__": "How many?", "solution": lambda: 1}
    with pytest.raises(TypeError, match=r"says `rtool`, which no such question.*rtol, atol"):
        declare(type("miscounted", (Number,), {**body, "rtool": 0.1}))
    with pytest.raises(TypeError, match=r"unsolved \(array\) has no `solution`"):
        declare(type("unsolved", (Array,), {"__doc__": "Which?"}))
