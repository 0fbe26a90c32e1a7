"""One search by several workers: on one file, and on a database server."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import optuna
import pytest
import sqlalchemy
from optuna.trial import TrialState

from lessons_lib import workers
from lessons_lib.commands._course import Problem
from lessons_lib.commands.search import search

# Studies hold their connections to the end.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

# A worker whose tries cost nothing, and that says what it has finished. It can stop in the middle
# of its third try.
WORKER = """
import sys, time
import optuna
from lessons_lib import workers

optuna.logging.set_verbosity(optuna.logging.ERROR)
url, tries, stops = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "stops"
mine = []


def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    mine.append(trial.number)
    if stops and len(mine) == 3:
        print("stops", flush=True)
        time.sleep(600)
    return x


def say(study, trial):
    print(trial.number, repr(trial.value), flush=True)


workers.work(workers.open_study(url), objective, tries, callbacks=[say])
"""


@pytest.fixture(autouse=True)
def quiet():
    """Optuna says each try on standard error; the tests read what is in the storage."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    yield
    optuna.logging.set_verbosity(before)


def free(trial):
    """A try that costs nothing."""
    return trial.suggest_float("x", 0, 1)


def programs():
    """Return the folder of PostgreSQL's programs, of which Debian links only some."""
    found = [shutil.which("initdb"), *Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not any(found):
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    return Path(next(filter(None, found))).resolve().parent


@pytest.fixture(scope="module")
def server():
    """A database server of the test's own: the URL of its databases, and how it is restarted."""
    pytest.importorskip("psycopg")
    bin = programs()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path has 107 characters
    data = folder / "data"
    # The server refuses to run as root.
    user = {}
    if os.geteuid() == 0:
        user = {"user": "nobody", "extra_groups": []}
        shutil.chown(folder, "nobody")

    def run(program, *arguments):
        subprocess.run(
            [bin / program, *arguments], check=True, cwd=folder, stdout=subprocess.DEVNULL, **user
        )

    def restart():
        run("pg_ctl", "--pgdata", data, "-m", "fast", "-w", "restart")

    run("initdb", "--pgdata", data, "--auth", "trust", "--username", "lessons", "--no-sync")
    options = f"-c listen_addresses= -c fsync=off -k {folder}"
    run("pg_ctl", "--pgdata", data, "--log", folder / "log", "--options", options, "-w", "start")
    try:
        yield f"postgresql+psycopg://lessons@/{{}}?host={folder}", restart
    finally:
        run("pg_ctl", "--pgdata", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture(params=["file", "PostgreSQL"])
def storage(request, tmp_path):
    """A storage in which nothing is yet, for `open_study`."""
    if request.param == "file":
        return str(tmp_path / "search.db")
    url, _ = request.getfixturevalue("server")
    name = f"t{time.time_ns()}"
    engine = sqlalchemy.create_engine(url.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.format(name)


def start(storage, tries, stops=False):
    """Start a worker as a program of its own."""
    command = [sys.executable, "-c", WORKER, storage, str(tries), "stops" if stops else ""]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def told(lines):
    """Return what a worker has said that it has finished: {number: loss}."""
    return {int(number): float(loss) for number, loss in map(str.split, lines)}


def wait_for_sign(storage, tries):
    """Wait until the worker of the last of so many tries has said that it is there."""
    url = storage if "://" in storage else f"sqlite:///{storage}"
    engine = sqlalchemy.create_engine(url)
    signs = 0
    while signs < tries:
        time.sleep(0.05)
        with engine.connect() as connection:
            query = sqlalchemy.text("SELECT count(*) FROM trial_heartbeats")
            signs = connection.execute(query).scalar()
    engine.dispose()


@pytest.mark.skipif(os.name != "posix", reason="the worker is ended by SIGKILL")
def test_nothing_is_lost_with_a_worker_that_is_killed(storage):
    """What it had finished stays; what it was at is failed, and tried again by the others."""
    killed = start(storage, tries=12, stops=True)
    finished = told([killed.stdout.readline() for _ in range(2)])
    assert killed.stdout.readline() == "stops\n"
    wait_for_sign(storage, 3)
    killed.kill()
    killed.communicate()
    time.sleep(2.1)
    study = workers.open_study(storage, silence=1)  # shorter than that
    mine = []
    callbacks = [lambda study, trial: mine.append((trial.number, trial.value))]
    workers.work(study, free, tries=3, callbacks=callbacks)

    assert study.trials[2].state == TrialState.FAIL
    assert study.trials[3].system_attrs["retry_history"] == [2]
    assert study.trials[3].params == study.trials[2].params

    other = start(storage, tries=12)
    workers.work(workers.open_study(storage), free, tries=12, callbacks=callbacks)
    finished |= told(other.communicate()[0].splitlines()) | dict(mine)
    assert other.returncode == 0
    assert {trial.number: trial.value for trial in workers.finished(study)} == finished
    assert len(finished) in (12, 13)  # the last two may have been begun at the same time


def test_many_may_come_first(storage):
    """A class that starts at the same moment finds one study, whoever makes the tables."""
    with ThreadPoolExecutor(6) as threads:
        studies = list(threads.map(workers.open_study, [storage] * 6))
    workers.work(studies[0], free, tries=2)
    assert [len(workers.finished(study)) for study in studies] == [2] * 6


@pytest.mark.parametrize("asks", [False, True])
def test_who_comes_back_after_a_long_silence_goes_on(asks, tmp_path):
    """A laptop was shut in the middle of a try, which others have given up meanwhile."""
    path = tmp_path / "search.db"
    study = workers.open_study(path)

    def asleep(trial):
        if trial.number == 0:
            workers.open_study(path).tell(trial.number, state=TrialState.FAIL)
            if not asks:
                return 0.5
        return trial.suggest_float("x", 0, 1)

    workers.work(study, asleep, tries=2)
    assert [trial.state.name for trial in study.trials] == ["FAIL", "COMPLETE", "COMPLETE"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("storage", ["PostgreSQL"], indirect=True)
def test_a_server_that_is_restarted_is_waited_for(storage, server):
    """The try of that moment may be lost; the worker goes on, and all others are kept."""
    _, restart = server
    study = workers.open_study(storage)

    def at_a_bad_moment(trial):
        if trial.number == 1:
            restart()
        return trial.suggest_float("x", 0, 1)

    workers.work(study, at_a_bad_moment, tries=4)
    assert [trial.number for trial in workers.finished(study)] in ([0, 1, 2, 3], [0, 2, 3, 4])


def test_a_server_that_stays_away_ends_the_command_with_a_sentence(tmp_path, monkeypatch):
    """Optuna's own words speak of invalid data; the cause is in the error behind it."""
    gone = optuna.exceptions.StorageInternalError("invalid data")
    gone.__cause__ = sqlalchemy.exc.OperationalError("SELECT 1", {}, Exception("server is gone"))
    monkeypatch.setattr(workers, "_WAITS", 0)
    monkeypatch.setattr(workers, "finished", lambda study: (_ for _ in ()).throw(gone))
    with pytest.raises(Problem, match=r"does not answer \(server is gone\)"):
        search([str(tmp_path / "search.db")])


def test_a_mistake_in_the_objective_ends_the_worker(tmp_path):
    """Its own ValueError is not taken for a silence, nor a missing loss for a number."""
    study = workers.open_study(tmp_path / "search.db")
    with pytest.raises(ValueError, match="could not convert string"):
        workers.work(study, lambda trial: float("many"), tries=1)
    with pytest.raises(TypeError):
        workers.work(study, lambda trial: None, tries=1)


def test_a_finished_search_trains_nothing_more(tmp_path):
    """Started once more with the same command, it ends at once."""
    study = workers.open_study(tmp_path / "search.db")
    workers.work(study, free, tries=3)
    workers.work(workers.open_study(tmp_path / "search.db"), pytest.fail, tries=3)
    assert len(study.trials) == 3


def test_the_objective_is_that_of_the_map(tmp_path):
    """Good settings bring the loss below that of saying nothing, wild ones diverge: infinite."""
    good = optuna.trial.FixedTrial({"learning_rate": 0.1, "l2": 1e-5})
    assert workers.trained_network(good) < 0.8
    study = workers.open_study(tmp_path / "search.db")
    study.enqueue_trial({"learning_rate": 2.9, "l2": 1e-5})
    workers.work(study, tries=1)
    assert study.best_value == float("inf")


def test_the_command_is_a_worker(tmp_path, capsys):
    """It says what came of each try, and goes on where another has ended."""
    path = str(tmp_path / "search.db")
    assert search([path, "--tries", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:21] for line in lines[:2]] == ["try 1: learning_rate ", "try 2: learning_rate "]
    assert lines[2].startswith("2 tries are finished; the best is try ")
    search([path, "--tries", "3"])
    assert [line[:6] for line in capsys.readouterr().out.splitlines()] == ["try 3:", "3 trie"]


@pytest.mark.parametrize(
    ("storage", "sentence"),
    [
        ("missing/search.db", "The storage does not answer (unable to open database file)"),
        ("no.db", "The storage does not answer (file is not a database)"),
        ("nothing://there", "The storage does not answer (Can't load plugin"),
        ("mysql+aiomysql://there", "The package that speaks with this kind of database"),
    ],
)
def test_a_storage_that_is_none_gets_a_sentence(storage, sentence, tmp_path, monkeypatch):
    """A folder that is not there, another file, another scheme, a package that is missing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(workers, "_STARTS", 1)
    Path("no.db").write_text("hello", encoding="utf-8")
    with pytest.raises(Problem) as refused:
        search([storage])
    assert str(refused.value).startswith(sentence)
    assert "\n" not in str(refused.value)
