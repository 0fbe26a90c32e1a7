"""How the commands for speakers read an option of their own among others."""

from collections.abc import Sequence

from lessons_lib.commands._course import Problem


def taken(arguments: Sequence[str], option: str, needs: str) -> tuple[list[str], str | None]:
    """Return the other words, and what follows an option, None where it is not given.

    Parameters
    ----------
    arguments : sequence of str
        As typed: ``--out talk.html`` or ``--out=talk.html`` somewhere among them.
    option : str
        ``--out``.
    needs : str
        What it needs, for a learner who left that out: "the name of a file after it".

    Raises
    ------
    Problem
        When nothing follows the option, or another option.
    """
    for index, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if name == option:
            value = value if equals else "".join(arguments[index + 1 : index + 2])
            if not value or (value.startswith("-") and value != "-"):
                raise Problem(f"{option} needs {needs}.")
            return [*arguments[:index], *arguments[index + (1 if equals else 2) :]], value
    return list(arguments), None
