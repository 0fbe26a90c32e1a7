"""check, hint, solution, ask, reveal: the verbs of a notebook, and how feedback looks."""

import re

import pytest

from lessons_lib.checks import Lesson, Number, Outcome, Prediction, right, wrong
from lessons_lib.checks._blocks import Code, Facts, Text
from lessons_lib.checks._feedback import Feedback


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    """A workspace of the test's own."""
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path))
    return tmp_path


def make_lesson():
    """A lesson as a new kernel sees it: nothing tried, nothing hinted."""
    lesson = Lesson("99", "test")

    @lesson.question
    class seven(Number):
        """How many?"""

        hints = ("Count.", "Count again.")

        def solution():
            return 7

        six = wrong(6, "Six is one less.")

    @lesson.question
    class loss(Prediction):
        """What will the loss do?"""

        hints = ("Think.", "Think again.")
        options = (wrong("Rise.", "No reason to rise."), right("Fall.", "It descends."))

        def experiment():
            return "b"

    return lesson


@pytest.fixture
def lesson():
    """A lesson with a number and a prediction."""
    return make_lesson()


def test_hints_climb_and_then_stay(lesson):
    """Each call gives the next hint; after the last it points to the solution."""
    _, hint, *_ = lesson.verbs
    assert "Hint 1 of 2" in hint.seven().text
    last = hint.seven().text
    assert "Count again." in last
    assert "solution.seven()" in last
    assert hint.seven().text == last


def test_solution_asks_once(lesson):
    """Without a try the first call asks, the second shows."""
    _, _, solution, *_ = lesson.verbs
    assert "seven = 7" not in solution.seven().text
    assert "seven = 7" in solution.seven().text


def test_solution_after_a_try_does_not_ask(lesson):
    """After any answer the solution is shown at once."""
    check, _, solution, *_ = lesson.verbs
    check.seven(5)
    assert "seven = 7" in solution.seven().text


def test_untouched_starter_is_no_try(lesson):
    """Running the notebook from top to bottom does not unlock solutions."""
    check, _, solution, *_ = lesson.verbs
    check.seven(...)
    assert "Try first?" in solution.seven().text


def test_feedback_does_not_depend_on_earlier_tries(lesson):
    """A stored output stays comparable: no counts, no dates."""
    check, *_ = lesson.verbs
    first = check.seven(6)
    for _ in range(3):
        again = check.seven(6)
    assert again.text == first.text
    assert again._repr_html_() == first._repr_html_()


def test_unknown_name_is_told_with_the_nearest(lesson):
    """A misspelt question is an AttributeError that helps."""
    check, *_ = lesson.verbs
    with pytest.raises(AttributeError, match="Did you mean 'seven'") as caught:
        check.sevn  # noqa: B018
    assert caught.value._render_traceback_() == [f"AttributeError: {caught.value}"]


def test_completion_lists_questions(lesson):
    """Tab after `check.` lists questions, after `reveal.` only predictions."""
    check, _, _, _, reveal, _ = lesson.verbs
    assert set(dir(check)) == {"seven", "loss"}
    assert dir(reveal) == ["loss"]
    assert check.seven.__doc__ == "How many?"


def test_verbs_take_anything(lesson):
    """Superfluous and named arguments are no traceback either."""
    check, hint, solution, ask, reveal, _ = lesson.verbs
    assert check.seven(answer=7).outcome is Outcome.RIGHT
    assert "takes one answer" in check.seven(1, 2, 3).text
    for verb in (hint.seven, solution.seven, ask.seven, reveal.loss):
        assert isinstance(verb("superfluous", more=1), Feedback)


def test_question_that_is_not_named(lesson):
    """check(answer) says what is missing."""
    check, hint, *_ = lesson.verbs
    for feedback in (check(7), hint()):
        assert "The name comes before the brackets" in feedback.text
    assert "`check.seven(...)`" in check(7).text


def test_answer_given_by_assignment(lesson):
    """`check.seven = 7` says how it is done, and does not hide the question from then on."""
    check, *_ = lesson.verbs
    with pytest.raises(AttributeError, match=r"check\.seven takes no `=`"):
        check.seven = 7
    assert check.seven(7).outcome is Outcome.RIGHT


def test_two_questions_of_one_name(lesson):
    """A second question of the same name would silently replace the first."""
    with pytest.raises(ValueError, match="two questions named seven"):

        @lesson.question
        class seven(Number):
            """Again?"""

            def solution():
                return 8


class TestPrediction:
    """Recorded before, revealed after."""

    def test_check_records_without_a_verdict(self, lesson):
        """Before the reveal right and wrong predictions get the same words."""
        check, *_ = lesson.verbs
        for letter in "ab":
            feedback = check.loss(letter)
            assert feedback.outcome is None
            assert "Recorded" in feedback.text
            assert "It descends." not in feedback.text
            assert "No reason to rise." not in feedback.text

    def test_reveal_right(self, lesson):
        """A prediction that came true."""
        check, _, _, _, reveal, _ = lesson.verbs
        check.loss("b")
        assert reveal.loss().outcome is Outcome.RIGHT

    def test_reveal_wrong(self, lesson):
        """One that did not gets its misconception and what happens."""
        check, _, _, _, reveal, _ = lesson.verbs
        check.loss("a")
        feedback = reveal.loss()
        assert feedback.outcome is Outcome.NOT_YET
        assert "No reason to rise." in feedback.text
        assert "It descends." in feedback.text

    def test_reveal_without_prediction_keeps_the_secret(self, lesson):
        """Nothing is told to who has not predicted."""
        check, _, _, _, reveal, _ = lesson.verbs
        check.loss(...)
        feedback = reveal.loss()
        assert feedback.outcome is Outcome.NOT_ATTEMPTED
        assert "It descends." not in feedback.text

    def test_change_before_the_reveal(self, lesson):
        """Until then minds may be changed."""
        check, _, _, _, reveal, _ = lesson.verbs
        check.loss("a")
        check.loss("b")
        assert reveal.loss().outcome is Outcome.RIGHT

    def test_change_after_the_reveal_is_told(self, lesson):
        """Afterwards the first one stays, and that is said."""
        check, _, _, _, reveal, _ = lesson.verbs
        check.loss("a")
        reveal.loss()
        assert "Already revealed" in check.loss("b").text
        assert "You predicted a)" in reveal.loss().text

    def test_change_after_the_reveal_in_another_kernel(self, lesson):
        """A restart does not make a prediction out of knowledge."""
        check, _, _, _, reveal, _ = lesson.verbs
        check.loss("a")
        reveal.loss()
        later, *_ = make_lesson().verbs
        assert "Already revealed" in later.loss("b").text

    def test_same_prediction_again_reads_as_before(self, lesson):
        """Running the notebook again gives the same stored text."""
        check, _, _, _, reveal, _ = lesson.verbs
        first, verdict = check.loss("a").text, reveal.loss().text
        check, _, _, _, reveal, _ = make_lesson().verbs
        assert (check.loss("a").text, reveal.loss().text) == (first, verdict)

    def test_reveal_in_a_later_kernel(self, lesson):
        """A prediction made yesterday can be revealed today."""
        lesson.verbs[0].loss("b")
        reveal = make_lesson().verbs[4]
        assert reveal.loss().outcome is Outcome.RIGHT

    def test_untouched_starter_hides_an_older_prediction(self, lesson):
        """A notebook run with its starters says the same whatever was predicted before."""
        lesson.verbs[0].loss("b")
        check, _, _, _, reveal, _ = make_lesson().verbs
        check.loss(...)
        assert reveal.loss().outcome is Outcome.NOT_ATTEMPTED


class TestFeedback:
    """One object, as plain text and as HTML."""

    def test_bundle_has_both(self):
        """JupyterLab gets HTML, nbval and a terminal the text."""
        feedback = Feedback("name", (Text("Words."),), Outcome.RIGHT)
        bundle = feedback._repr_mimebundle_()
        assert bundle["text/plain"] == repr(feedback) == "✓ Right · name\nWords."
        assert "<b>✓ Right · name</b>" in bundle["text/html"]

    def test_markup_in_values_is_text(self):
        """What a learner's code holds cannot become HTML."""
        evil = "<script>alert(1)</script>"
        blocks = (Text(evil), Code(evil), Facts(((evil, evil),)))
        assert "<script" not in Feedback(evil, blocks, Outcome.NOT_YET)._repr_html_()

    def test_outcomes_differ_without_colour(self):
        """Sign and words tell them apart, the coloured edge only besides."""
        heads = {Feedback("x", (), outcome).text for outcome in Outcome}
        assert len(heads) == 3

    def test_words_take_the_themes_colour(self):
        """No fixed ink or paper: light and dark themes stay readable."""
        page = Feedback("x", (Text("`a`"), Code("b = 1")), Outcome.RIGHT)._repr_html_()
        fixed = [part for part in page.split("color:")[1:] if not part.startswith("var(")]
        assert all(part.startswith("inherit") for part in fixed)
        backgrounds = page.split("background:")[1:]
        assert all(part.startswith(("var(", "transparent")) for part in backgrounds)

    def test_inline_code_bold_and_fences(self):
        """The three kinds of markup that authors have."""
        page = Text("`x` is **it**:\n\n```python\nif a:\n    b = 1\n```\n").html()
        assert "<code" in page
        assert "<b>it</b>" in page
        assert "<pre" in page
        assert "    b = 1" in Text("```python\nif a:\n    b = 1\n```\n").plain()

    @pytest.mark.parametrize(
        ("text", "page", "plain"),
        [
            ("(*rows*)?", "(<em>rows</em>)?", "(rows)?"),
            ("**`a`**", "<b>`a`</b>", "`a`"),
            *[(code, code, code) for code in ("2 * x * y", "2*x*y", "f(*args, **names)")],
            ("`*a*` and *b*", "`&#42;a&#42;` and <em>b</em>", "`*a*` and b"),
        ],
    )
    def test_stars_that_mark_a_word_and_stars_that_multiply(self, text, page, plain):
        """*Stress* is shown as such; a product's stars stay where they are."""
        shown = re.sub(
            r"</?(p|code)[^>]*>", lambda tag: "`" * ("code" in tag[0]), Text(text).html()
        )
        assert shown == page
        assert Text(text).plain() == plain

    def test_powers_in_code_are_not_bold(self):
        """The stars of `a ** 2` belong to the code, in plain text as in HTML."""
        text = Text("`1 - a**2` **and** `1 - b**2`")
        assert text.plain() == "`1 - a**2` and `1 - b**2`"
        page = text.html()
        assert page.count("<b>") == 1
        assert "<b>and</b>" in page
        assert page.count("&#42;&#42;2</code>") == 2


def test_what_is_said_of_a_mistake_is_told_to_others_too(lesson):
    """A teacher reads the sentence by the mistake's name; of an option, what it said as well."""
    seven, loss = lesson.questions.values()
    assert seven.sentence_on(seven.judge(6).wrong) == "Six is one less."
    assert loss.sentence_on(loss.reveal("a").wrong) == "**Rise.** No reason to rise."
    assert [seven.sentence_on(name) for name in ("", "gone")] == ["", ""]


def test_what_is_made_for_one_answer_is_no_sentence_for_others():
    """It speaks of the numbers of whoever made the mistake."""
    lesson = Lesson("99", "test")

    @lesson.question
    class seven(Number):
        """How many?"""

        def solution():
            return 7

        six = wrong(6, lambda case: f"{case.received} is one less.")

    assert seven.judge(6).wrong == "six"
    assert seven.sentence_on("six") == ""
