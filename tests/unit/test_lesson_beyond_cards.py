"""What lesson 08 says to who chooses a structure and defends it."""

import itertools

import pytest

from lessons_lib.checks import Outcome
from lessons_lib.lessons.beyond import exercises

QUESTION = exercises.six_cards
RIGHT = QUESTION.solution()


@pytest.mark.parametrize(
    ("card", "structure"),
    [
        (card, structure)
        for card, structure in itertools.product(RIGHT, exercises._STRUCTURES)
        if structure != RIGHT[card][0]
    ],
)
def test_each_other_structure_is_answered_by_its_card(card, structure):
    """The sentence names card and structure, and says nothing of the cards that are right."""
    reason = dict(RIGHT.values()).get(structure, "columns")
    said = QUESTION.judge(lambda: RIGHT | {card: (structure, reason)})
    assert said.outcome is Outcome.NOT_YET
    assert f"Card {card}, {structure}:" in said.text
    assert said.text.count("Card ") == 1


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (
            ("borrow", "neighbours"),
            "borrow fits. But 'neighbours' says: what belongs together lies",
        ),
        (("related source", "borrow"), "first the structure, then the reason"),
        (("transformer", "order"), "'transformer' is none of the structures: forest, "),
        (("borrow", "because"), "'because' is none of the reasons: columns, "),
        (("borrow", 3), "['C'][1] is a number, but text is expected"),
        ("borrow", "['C'] is text, but a tuple of 2 parts is expected"),
        (("borrow",), "['C'] has 1 part instead of 2"),
    ],
)
def test_what_is_no_pair_of_the_words_is_told(pair, words):
    """What was given, and what is expected in its place."""
    said = QUESTION.judge(lambda: RIGHT | {"C": pair})
    assert said.outcome is Outcome.NOT_YET
    assert " ".join(words.split()) in " ".join(said.text.split())


def test_several_mistakes_are_told_together():
    """One sentence a card, in the order of the cards."""
    said = QUESTION.judge(
        lambda: RIGHT | {"F": ("borrow", "related source"), "A": ("lstm", "order")}
    ).text
    assert 0 < said.index("Card A, lstm:") < said.index("Card F, borrow:")


def test_a_missing_card_is_told():
    """Five cards are not six."""
    said = QUESTION.judge(lambda: {card: RIGHT[card] for card in "ABCDE"})
    assert said.outcome is Outcome.NOT_YET
    assert "has no key 'F'" in said.text
