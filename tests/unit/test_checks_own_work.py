# ruff: noqa: D102 - a question's functions are shown to learners as they stand
"""Questions about a record of one's own: each answer is judged by what that record is."""

import ast
from types import SimpleNamespace

import numpy as np
import pytest

from lessons_lib.checks import Lesson, Outcome, OwnWork, wrong

lesson = Lesson("99", "own")


class Basket:
    """A record: prices, whether it is paid, and what is said of it."""

    def __init__(self, *prices):
        self.prices, self.paid = prices, 0
        self.total = self.cheap = ...


@lesson.question
class total(OwnWork):
    """Write into `basket.total` what your basket costs."""

    about = Basket
    hints = ("Add.", "`sum` adds.")

    def start():
        return Basket(2, 3)

    def needs(basket):
        return "" if basket.prices else "The basket is empty: put something in first."

    def solution(basket):
        prices = basket.prices
        return sum(prices)

    mean = wrong(lambda basket: np.mean(basket.prices), "This is the mean price.")
    dearest = wrong(
        lambda basket: max(basket.prices), lambda basket: f"{basket.prices[-1]} is one."
    )
    nothing = wrong(0, "That would be free.")
    divided = wrong(lambda basket: 1 / (basket.prices[0] - 2), "This has no value everywhere.")


@lesson.question
class pay(OwnWork):
    """Pay your basket, once."""

    about = Basket

    def start():
        return Basket(1)

    def solution(basket):
        basket.paid += 1

    def accept(basket):
        return "" if basket.paid else ...

    def _twice(basket):
        basket.paid += 2

    twice = wrong(_twice, "Twice is too often.", when=lambda basket: basket.paid > 1)


@lesson.question
class cheap(OwnWork):
    """Write into `basket.cheap` the names of what is cheap."""

    about = Basket

    def start():
        return Basket(1)

    def solution(basket):
        return ["pear"]

    def accept(basket):
        return "" if "pear" in basket.cheap else "The pear is cheap."

    meat = wrong(lambda basket: ["meat"], "Not the meat.", when=lambda b: "meat" in b.cheap)


def said(question, *prices, value):
    """Judge a value that is written into a basket."""
    basket = Basket(*prices)
    setattr(basket, question.name, value)
    return question.judge(basket)


@pytest.mark.parametrize("prices", [(2, 3), (1, 1, 8), (0.5,)])
def test_the_solution_is_computed_from_what_is_handed_in(prices):
    """One question, another answer for each basket."""
    assert said(total, *prices, value=sum(prices)).outcome is Outcome.RIGHT
    assert said(total, *prices, value=sum(prices) + 1).outcome is Outcome.NOT_YET


def test_a_wrong_answer_is_recognised_by_this_records_values():
    """Its value is computed too, and may have none for this record; so may its sentence."""
    assert said(total, 4, 8, value=6).wrong == "mean"
    assert said(total, 4, 8, value=8).text.endswith("8 is one.")
    assert said(total, 4, 8, value=0).wrong == "nothing"
    assert said(total, 2, 8, value=77).wrong is None  # where one of them divides by 0


def test_what_is_not_there_yet_is_said():
    """Dots are no try; a record that is not ready, or something else, is no answer."""
    assert total.judge(Basket(2)).label == ""
    assert "The basket is empty" in said(total, value=1).text
    odd = total.judge(SimpleNamespace(total=5))
    assert odd.outcome is Outcome.NOT_ATTEMPTED
    assert "`check.total(basket)` takes your Basket" in odd.text


@pytest.mark.parametrize("value", [None, "5", [1, 2], np.nan, True, print, {}, object()])
def test_what_is_no_number_is_never_right(value):
    """And always told in a sentence."""
    feedback = said(total, 2, 3, value=value)
    assert feedback.outcome is not Outcome.RIGHT
    assert "could not be judged" not in feedback.text


def test_work_is_judged_by_its_state():
    """Nothing done is no try; what it must not be is told by name."""
    assert pay.judge(Basket(1)).outcome is Outcome.NOT_ATTEMPTED
    assert pay.judge(pay.handed_in(pay.solution)).outcome is Outcome.RIGHT
    assert pay.judge(pay.handed_in(pay.wrong["twice"].answer)).wrong == "twice"


def test_what_is_no_number_can_be_accepted():
    """A value of any form, with what is still wrong in a sentence."""
    assert said(cheap, value=["pear", "plum"]).outcome is Outcome.RIGHT
    assert "The pear is cheap." in said(cheap, value=[]).text
    assert said(cheap, value=["meat", "pear"]).wrong == "meat"


def test_a_record_that_cannot_be_read_is_no_answer():
    """A field that somebody has deleted ends in a sentence, not in a traceback."""
    basket = Basket(1)
    del basket.prices
    basket.total = 1
    feedback = total.judge(basket)
    assert feedback.outcome is Outcome.NOT_ATTEMPTED
    assert "AttributeError" in feedback.text


def test_cells_write_into_the_record():
    """Starter and solution are code; work that is done by hand has no starter."""
    assert total.starter_cell == "basket.total = ...\ncheck.total(basket)"
    assert total.solution_cell.splitlines()[1:] == [
        "basket.total = sum(prices)",
        "check.total(basket)",
    ]
    assert pay.starter_cell == "check.pay(basket)"
    ast.parse(pay.solution_cell)


def test_another_record_makes_another_try():
    """The same value said of another basket is another answer; of an equal one it is not."""
    first, again, other = Basket(2), Basket(2), Basket(4)
    first.total = again.total = other.total = 4
    traces = [total.trace(basket, total.judge(basket)) for basket in (first, again, other)]
    assert traces[0] == traces[1] != traces[2]
