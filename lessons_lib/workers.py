"""One search by many programs: each takes the next try from a storage that all of them share.

A worker knows of no other. It asks the storage what has been tried, trains one network, writes
down what came of it, and so on, until enough tries are finished. While it trains, it says every
second that it is still there. Who has said nothing for a while is taken for dead: the next worker
that comes for a try counts that one as failed, and tries its settings again.
"""

import math
import os
import random
import socket
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import optuna
from optuna.trial import Trial, TrialState
from sqlalchemy import exc

from lessons_lib import datasets, nn, optimizers

Objective = Callable[[Trial], float]

_NAME = "two rings"
_WHO = f"{socket.gethostname()}, process {os.getpid()}"
_RETRIES = 3  # of one try; settings that kill each worker would else be tried for ever
# The database server is just being restarted.
_AWAY = (exc.SQLAlchemyError, optuna.exceptions.StorageInternalError)
# What else Optuna raises where nobody has made a mistake. ValueError: this worker was silent for
# too long, as on a laptop that was shut, and its try was given up. UnboundLocalError: Optuna
# stumbles over itself where it cannot even ask the server how the try has ended.
_TROUBLES = (*_AWAY, ValueError, UnboundLocalError)
_WAITS = 30  # seconds, for such a server
_STARTS = 5  # how often a storage is opened: of many that make its tables at once, one succeeds


def trained_network(trial: Trial) -> float:
    """Return the validation loss of a network that learns two rings, with the trial's settings.

    Rulers, points and layers are those of the 256 networks of lesson 07, in NumPy and with a
    quarter of their updates: 1,000. NaN where the training has diverged.
    """
    learning_rate = trial.suggest_float("learning_rate", 1e-4, 3, log=True)
    l2 = trial.suggest_float("l2", 1e-6, 1, log=True)
    X, y = datasets.make_circles(200, noise=0.2, seed=0)
    X_val, y_val = datasets.make_circles(60, noise=0.2, seed=19)
    sizes = ((2, 8), (8, 8), (8, 1))
    first, second, last = (nn.Dense(*size, l2=l2, seed=i) for i, size in enumerate(sizes))
    network = nn.Sequential([first, nn.Tanh(), second, nn.Tanh(), last])
    loss = nn.MeanSquaredError()
    with np.errstate(over="ignore", invalid="ignore"):
        network.fit(X, 2 * y - 1, loss, optimizers.SGD(learning_rate), batch_size=10, epochs=50)
        return loss.forward(2 * y_val - 1, network.predict(X_val))


def open_study(storage: str | Path, silence: int = 15) -> optuna.Study:
    """Return the study in a storage; where there is none, it is made.

    Parameters
    ----------
    storage : str or Path
        A file of SQLite, ``"search.db"``, for workers on one machine. Or the URL of a database
        server for workers anywhere, ``"postgresql+psycopg://class@server/search"``.
    silence : int
        After how many seconds without a sign from its worker a try is given up.

    Returns
    -------
    optuna.Study

    Raises
    ------
    ImportError
        If the package that speaks with this kind of server is not installed.
    sqlalchemy.exc.SQLAlchemyError
        If there is no such server, or it refuses.
    """
    for _ in range(_STARTS - 1):
        try:
            return _open(str(storage), silence)
        except exc.SQLAlchemyError:
            time.sleep(random.uniform(0.1, 1))
    return _open(str(storage), silence)


def _open(url, silence):
    options = {}
    if "://" not in url:
        # Each writes for milliseconds: who has to wait a turn waits, and does not give up.
        url, options = f"sqlite:///{Path(url).absolute()}", {"connect_args": {"timeout": 60}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        tables = optuna.storages.RDBStorage(
            url,
            engine_kwargs=options,
            heartbeat_interval=1,
            grace_period=silence,
            heartbeat_stale_trial_callback=optuna.storages.RetryHeartbeatStaleTrialCallback(
                max_retry=_RETRIES
            ),
        )
        # No seed: with the same one, all workers would try the same. What others are trying at
        # this moment counts as bad, so that each goes to another place.
        sampler = optuna.samplers.TPESampler(constant_liar=True)
        return optuna.create_study(
            storage=tables, study_name=_NAME, load_if_exists=True, sampler=sampler
        )


def finished(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    """Return the tries of all workers that have a result by now."""
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def work(
    study: optuna.Study,
    objective: Objective = trained_network,
    tries: int = 100,
    callbacks: Sequence[Callable] = (),
) -> None:
    """Try settings until so many tries are finished, those of other workers included.

    Each worker finishes the try that it has begun, so there may be a few more.

    Parameters
    ----------
    study : optuna.Study
        As `open_study` returns it.
    objective : callable
        Takes a trial, asks it for settings, trains and returns the loss; a loss that is no number
        counts as infinite. All workers of a study need the same one.
    tries : int
    callbacks : sequence of callable
        Called with study and trial after each try of this worker, as Optuna's are.
    """
    mistakes = []

    def careful(trial):
        try:
            loss = float(objective(trial))
            trial.set_user_attr("worker", _WHO)
        except (*_AWAY, optuna.exceptions.UpdateFinishedTrialError):
            raise
        except Exception as error:
            mistakes.append(error)
            raise
        return math.inf if math.isnan(loss) else loss

    troubles = 0
    while True:
        try:
            if len(finished(study)) >= tries:
                return
            study.optimize(careful, n_trials=1, callbacks=callbacks)
            troubles = 0
        except _TROUBLES:
            troubles += 1
            if mistakes or troubles > _WAITS:
                raise
            time.sleep(1)
