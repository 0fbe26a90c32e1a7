"""The command `search`: one worker of lesson 07's search, of which many share one storage."""

import optuna
from sqlalchemy import exc

from lessons_lib import workers
from lessons_lib.commands import _options
from lessons_lib.commands._course import Problem

__all__ = ["search"]


def search(arguments: list[str]) -> int:
    """Try settings until enough tries are in the storage, and say what came of each.

    Parameters
    ----------
    arguments : list of str
        ``STORAGE [--tries N]``: a file, or the URL of a database server.

    Returns
    -------
    int
        The exit status, 0.

    Raises
    ------
    lessons_lib.commands._course.Problem
        For a storage that cannot be opened, or that goes away in the middle.
    """
    parser = _options.Parser(prog="python3 -m lessons_lib search")
    parser.add_argument("storage", metavar="STORAGE")
    parser.add_argument("--tries", type=int, default=100)
    given = parser.parse_args(arguments)
    if given.tries < 1:
        parser.error(f"--tries expects a number from 1 on, and received {given.tries}")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        study = workers.open_study(given.storage)
        workers.work(study, tries=given.tries, callbacks=[_say])
        best = study.best_trial
        print(f"{len(workers.finished(study))} tries are finished; the best is {_words(best)}.")
    except ImportError:
        raise Problem(
            "The package that speaks with this kind of database is not installed; for PostgreSQL "
            'begin the storage with postgresql+psycopg:// and install "psycopg[binary]".'
        ) from None
    except (exc.SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        error = error.__cause__ if isinstance(error.__cause__, exc.SQLAlchemyError) else error
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        raise Problem(
            f"The storage does not answer ({reason}); expected a file that can be written, such as "
            "search.db, or the URL of a database server that runs. What was finished is kept: mend "
            "that and start again with the same command."
        ) from None
    return 0


def _say(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
    print(_words(trial), flush=True)


def _words(trial: optuna.trial.FrozenTrial) -> str:
    settings = ", ".join(f"{name} {value:.2g}" for name, value in trial.params.items())
    return f"try {trial.number + 1}: {settings}, validation loss {trial.value:.3f}"
