"""The answers that every question must judge: right ones, and wrong ones it must recognise.

A module holds those of one lesson: a class for each question, named like it, with values or
functions in it as the question's ``wrong`` takes them.
"""

import importlib
import inspect

from lessons_lib.checks import Choice


def right_answers(question):
    """Return what must be found right, by name; as a learner hands it in."""
    if isinstance(question, Choice):
        letter = question.right_letter
        text = question.lettered[letter].answer
        return {
            "letter": letter,
            "capital": letter.upper(),
            "with a bracket": f" {letter}) ",
            "with a word": f"Option {letter}",
            "full width": chr(ord(letter) - ord("a") + ord("ａ")),
            "whole text": text,
            "copied with its letter": f"{letter}) {text}",
        }
    room = inspect.getmodule(type(question)).__name__.split(".")[-2]
    others = vars(getattr(importlib.import_module(f"{__name__}.{room}"), question.name))
    written = {n: answer for n, answer in others.items() if not n.startswith("_")}
    written["solution"] = question.solution
    return {name: question.handed_in(answer) for name, answer in written.items()}


def wrong_answers(question):
    """Return what must be recognised, by the name of the wrong answer it is."""
    if isinstance(question, Choice):
        return {k: k for k, option in question.lettered.items() if not option.is_right}
    return {name: question.handed_in(known.answer) for name, known in question.wrong.items()}
