"""What several rooms agree on: folders, backend, files, numbers and cells."""

import datetime
import errno
import json
import os
import stat
import subprocess
import sys
import threading
import types

import numpy as np
import pandas as pd
import pytest

from lessons_lib._ground import backend, cells, files, folders, memory
from lessons_lib._ground.values import one_line, shortened, whole_number

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX's kinds of files")


# --- folders and backend ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variable", "folder"), [(folders.WORKSPACE, folders.workspace), (folders.DATA, folders.data)]
)
def test_a_folder_is_the_courses_or_the_chosen_one(monkeypatch, tmp_path, variable, folder):
    """Always as an absolute path: kernels work elsewhere, and not every shell expands ~."""
    monkeypatch.delenv(variable)
    assert folder().parent == folders.REPOSITORY
    assert variable not in folders.for_kernels()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv(variable, os.path.join("~", "mine"))
    assert folder() == tmp_path / "mine"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, "mine")
    assert folder() == tmp_path / "mine"
    assert folders.for_kernels()[variable] == str(tmp_path / "mine")


@pytest.mark.parametrize(
    ("variable", "stored", "expected"),
    [
        ("jax", '{"backend": "torch"}', "jax"),
        ("", '{"backend": "torch"}', "torch"),
        ("", '{"floatx": "float32"}', "tensorflow"),
        ("", "[]", "tensorflow"),
        ("", "no JSON", "tensorflow"),
        ("", None, "tensorflow"),
    ],
)
def test_the_backend_is_the_one_keras_will_take(monkeypatch, tmp_path, variable, stored, expected):
    """The variable comes before the file, and a file that is none of Keras's counts for nothing."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", variable)
    if stored is not None:
        (tmp_path / "keras.json").write_text(stored)
    assert backend.configured() == expected


# --- files -----------------------------------------------------------------------------------


def test_a_file_is_written_whole_and_alone(tmp_path):
    """Text in UTF-8 or bytes; nothing else stays in the folder."""
    path = tmp_path / "a.json"
    files.write_whole(path, "老師\r\n")
    assert path.read_bytes() == "老師\r\n".encode()
    files.write_whole(path, b"\x00")
    assert path.read_bytes() == b"\x00"
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_failed_write_changes_nothing(tmp_path, monkeypatch):
    """A full disk leaves the old file, and no part of the new one."""
    path = tmp_path / "a.json"
    path.write_text("old")

    def full(source, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        files.write_whole(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.json"]


@posix
def test_a_written_file_is_an_ordinary_one(tmp_path):
    """Others may read it as far as the learner's own settings let them."""
    files.write_whole(tmp_path / "ours", "")
    (tmp_path / "other").write_text("")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ours", "other")]
    assert modes[0] == modes[1]


@posix
def test_a_link_and_a_pipe_are_written_into(tmp_path):
    """Replaced, a link would no longer lead where its owner wants it to."""
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    files.write_whole(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    files.write_whole(pipe, "through")
    reader.join(timeout=10)
    assert read == ["through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_free_name_counts_up(tmp_path):
    """The first name that nothing has, in either way of writing the count."""
    path = tmp_path / "copy.ipynb"
    assert files.free_name(path) == path
    path.touch()
    (tmp_path / "copy_2.ipynb").touch()
    assert files.free_name(path).name == "copy_3.ipynb"
    assert files.free_name(path, "-").name == "copy-2.ipynb"


@posix
def test_a_link_that_leads_nowhere_has_its_name(tmp_path):
    """What is moved there would take its place."""
    (tmp_path / "copy").symlink_to("nowhere")
    assert files.free_name(tmp_path / "copy").name == "copy_2"


# --- values ----------------------------------------------------------------------------------


def test_whole_numbers_are_returned_as_ints():
    """NumPy's too; and whole floats, where they are welcome."""
    assert type(whole_number("n", np.int64(3))) is int
    assert whole_number("n", 3.0, floats=True) == 3


@pytest.mark.parametrize(
    ("value", "options", "error", "says"),
    [
        (3.0, {}, TypeError, "n must be a whole number, 0 or more; received 3.0 of type float"),
        (True, {"floats": True}, TypeError, "received True of type bool"),
        ("3", {}, TypeError, r"received '3' of type str\. Write for example n=2"),
        (-1, {}, ValueError, "n must be 0 or more; received -1"),
        (7, {"at_most": 6}, ValueError, "n must be 6 or less; received 7"),
        (2.5, {"floats": True}, ValueError, "received 2.5"),
        (float("nan"), {"floats": True}, ValueError, "received nan"),
        (float("inf"), {"floats": True}, ValueError, "received inf"),
        (0, {"at_least": 1, "wanted": "n counts steps"}, ValueError, "^n counts steps; received 0"),
        (None, {"wanted": "n counts steps"}, TypeError, "^n counts steps; received None"),
    ],
)
def test_what_is_no_whole_number_is_explained(value, options, error, says):
    """What was expected, what was received, in the words handed in where there are some."""
    with pytest.raises(error, match=says):
        whole_number("n", value, **options)


class Unspeakable:
    """It cannot be shown."""

    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), "0.5"),
        (np.str_("a"), "'a'"),
        (np.datetime64("2001-01-01"), "'2001-01-01'"),
        ([1, "a"], "[1, 'a']"),
        (Unspeakable(), "a Unspeakable"),
        ([Unspeakable()], "a list"),
        (pd.Series([1, 2]), "0 1 1 2 dtype: int64"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_was_received_is_shown_in_one_line(value, expected):
    """Scalars of NumPy as Python's own; nothing fails on a repr that fails."""
    assert shortened(value) == expected


@pytest.mark.parametrize("value", ["x" * 5000, list(range(5000)), {"a": "b" * 500}, 10**3000])
def test_what_was_received_is_short(value):
    """Nobody reads more than a line."""
    assert 10 < len(shortened(value)) <= 80


def test_text_becomes_one_line():
    """Of at most so many characters, the cut shown."""
    assert one_line(" a\n  b ") == "a b"
    assert one_line("word " * 30, 20) == "word word word wor …"


# --- cells -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("n/a", "missing"),
        ("", "missing"),
        ("7,4", "decimal comma"),
        ("1,234", "comma"),
        ("0,234", "decimal comma"),
        ("1.234,5", "points and comma"),
        ("1,234,567.8", "separators"),
        ("2024-05-01T10", "date"),
        ("31.12.24", "date"),
        ("12:30", "time"),
        ("−3", "minus"),
        ("12 €", "surrounded"),
        ("50%", "surrounded"),
        ("12kg", "joined"),
        ("red\nwine", "text"),
        (b"?", "missing"),
        (datetime.datetime(2024, 5, 1), "moment"),
        (np.datetime64("2024"), "moment"),
        (pd.Timestamp("2024"), "moment"),
        (datetime.time(12), "time"),
        (datetime.timedelta(1), "duration"),
        (np.timedelta64(1, "D"), "duration"),
        (np.complex64(1j), "complex"),
        (10**400, "number"),
        ([1], "list"),
        (np.ones(2), "list"),
        (object, "other"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_strangers_among_numbers_are_told_apart(value, kind):
    """By their form or their type."""
    assert cells.kind_of(value) == kind


@pytest.mark.parametrize(
    "value", [None, float("nan"), np.float32("nan"), np.datetime64("NaT"), pd.NA, pd.NaT]
)
def test_what_is_missing_is_no_number(value):
    """Whoever's word for it."""
    assert cells.is_missing(value)
    assert np.isnan(cells.as_number(value))


@pytest.mark.parametrize("value", [0, "", "nan?", 1j, np.ones(2), pd.Timestamp("2024")])
def test_what_is_there_is_not_missing(value):
    """An empty text included: it is a mark for what is missing, and said to be one."""
    assert not cells.is_missing(value)


@pytest.mark.parametrize("value", [1j, np.timedelta64(1, "D"), "7,4", object()])
def test_no_number_is_made_of_a_part(value):
    """`float` would drop the imaginary part, or the unit."""
    with pytest.raises((TypeError, ValueError)):
        cells.as_number(value)


def test_texts_and_booleans_that_are_numbers_are_read():
    """As files hold them."""
    assert [cells.as_number(value) for value in ("7.4", b"1e3", True)] == [7.4, 1000, 1]


def test_each_advice_on_files_is_for_a_form_that_exists():
    """And none is left without its text."""
    assert set(cells.READ_FILE) < set(cells._FORMS)
    assert json.dumps(cells.READ_FILE["missing"].format("?")).count("?") == 1


@pytest.mark.parametrize(
    ("limit", "used", "stat", "expected"),
    [
        ("max", "100", "", 8.0),
        ("3000000000", "1000000000", "", 2.0),
        ("3000000000", "2900000000", "anon 5\ninactive_file 1400000000\n", 1.5),
        (None, None, None, 8.0),
    ],
    ids=["no limit", "limit", "files that give way", "no container"],
)
def test_free_memory_is_the_machines_or_the_containers(
    monkeypatch, tmp_path, limit, used, stat, expected
):
    """Whichever is less; files that a container has read do not count as used."""
    import psutil

    machine = types.SimpleNamespace(available=8_000_000_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: machine)
    monkeypatch.setattr(memory, "_GROUPS", tmp_path)
    monkeypatch.setattr(memory, "_OWN_GROUPS", tmp_path / "none")
    for name, text in (("max", limit), ("current", used), ("stat", stat)):
        if text is not None:
            (tmp_path / f"memory.{name}").write_text(text)
    assert memory.free() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ("0::/students/lesson-anna", ("max", "current")),
        ("4:memory,x:/students/lesson-anna", ("limit_in_bytes", "usage_in_bytes")),
    ],
    ids=["version 2", "version 1"],
)
def test_free_memory_is_that_of_a_student_on_a_server(monkeypatch, tmp_path, line, files):
    """The limit stands in the control group that the process is in."""
    tree = "memory" if "memory" in line else "."
    group = tmp_path / tree / "students" / "lesson-anna"
    group.mkdir(parents=True)
    for name, text in zip(files, ("2000000", "1500000"), strict=True):
        (group / f"memory.{name}").write_text(text)
    (tmp_path / "own").write_text(f"9:name=systemd:/\n{line}\n")
    monkeypatch.setattr(memory, "_GROUPS", tmp_path)
    monkeypatch.setattr(memory, "_OWN_GROUPS", tmp_path / "own")
    assert memory.free() == pytest.approx(0.0005)


class ResourceExhaustedError(Exception):
    """TensorFlow's, which is not loaded for its name."""


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            MemoryError(
                "Unable to allocate 2.98 GiB for an array with shape (20, 10) and data type f8"
            ),
            "There is no room for 2.98 GiB for an array with shape (20, 10) in the 2.0 GB that you "
            "have on this server: 0.5 GB of memory is free. Take fewer",
        ),
        (
            ResourceExhaustedError("OOM when allocating tensor with shape[20,10] and type float"),
            "There is no room for an array with shape (20, 10) in",
        ),
        (MemoryError(), "There is no room for this in the 2.0 GB"),
        (ValueError("Unable to allocate"), ""),
    ],
)
def test_want_of_memory_is_told_in_the_words_of_numpy_and_tensorflow(monkeypatch, error, says):
    """What was wanted, what there is, what to do; other errors are not spoken of."""
    monkeypatch.setattr(memory, "free", lambda: 0.5)
    monkeypatch.setenv(memory.LIMIT, "2000000000")
    said = memory.shortage(error)
    assert said.startswith(says)
    assert bool(said) == bool(says)


@pytest.mark.skipif(sys.platform != "linux", reason="JupyterHub's students are on Linux")
def test_a_kernel_behind_a_hub_meets_its_limit_as_a_memory_error():
    """It can still work afterwards."""
    code = (
        "from lessons_lib._ground import memory; memory.limit_kernel()\n"
        "try: bytes(10**9)\nexcept MemoryError: print(len(bytes(10**7)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, memory.LIMIT: "300000000"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "10000000\n"


def test_free_memory_is_known_without_psutil_or_not_told(monkeypatch, tmp_path):
    """`doctor` asks before the packages are installed."""
    monkeypatch.setitem(sys.modules, "psutil", None)
    monkeypatch.setattr(memory, "_own_groups", set)
    monkeypatch.setattr(memory, "_read", lambda path: "MemAvailable:  2000000 kB\n")
    assert memory.free() == pytest.approx(2.048)
    monkeypatch.setattr(memory, "_read", lambda path: "")
    assert memory.free() is None


@pytest.mark.parametrize(
    ("free", "says"),
    [(0.4, "Only 0.4 GB of memory is free: close other lessons (File"), (2.0, ""), (None, "")],
)
def test_little_memory_is_said_with_what_to_do(monkeypatch, free, says):
    """Enough memory, and memory that nobody knows, are not spoken of."""
    monkeypatch.setattr(memory, "free", lambda: free)
    said = memory.warning()
    assert said.startswith(says)
    assert bool(said) == bool(says)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do it by themselves")
def test_what_was_freed_is_given_back():
    """A block in use above them keeps freed ones with the process until they are given back."""
    import psutil

    used = psutil.Process().memory_info
    blocks = [bytes(2000) for _ in range(50_000)]
    full = used().rss
    del blocks[:-1]
    memory.give_back().join()
    assert used().rss < full - 50e6
