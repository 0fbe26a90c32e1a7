"""How commands read their options."""

import argparse
from collections.abc import Sequence
from typing import NoReturn

from lessons_lib.commands._course import Problem


class Parser(argparse.ArgumentParser):
    """Reads the options of a command, and says in one sentence which of them is wrong."""

    def error(self, message: str) -> NoReturn:
        """End the command: what is wrong, and where it stands how it is meant."""
        command = self.prog.split()[-1]
        raise Problem(f"{message}; `{command} --help` shows what there is.", status=2)


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
