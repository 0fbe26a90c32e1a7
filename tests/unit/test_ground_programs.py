"""Compiled programs on disk: trusted when whole, never in the way."""

import os
import subprocess
import sys

import pytest

from lessons_lib._ground import folders, programs

DIRECTORY = "--tf_xla_persistent_cache_directory="


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A cache of the test's own, in a folder whose name has a space, as many a user's has."""
    monkeypatch.setenv(folders.CACHE, str(tmp_path / "my cache"))
    return tmp_path / "my cache"


def written(store, name, content=b"program", age=0.0):
    """Write a program as TensorFlow would, `age` seconds ago."""
    path = store.folder / f"{name}.pb"
    path.write_bytes(content)
    moment = path.stat().st_mtime - age
    os.utime(path, (moment, moment))
    return path


def test_a_sealed_program_is_kept_and_one_without_a_seal_goes():
    """Its kernel may have died, or the machine, before all of it was on the disk."""
    store = programs.opened({})
    sealed = written(store, "one")
    store.seal()
    unsealed = written(store, "two")
    programs.opened({})
    assert sealed.exists()
    assert not unsealed.exists()


@pytest.mark.parametrize("content", [b"", b"prog", b"progrXm"], ids=["empty", "cut", "altered"])
def test_a_damaged_program_goes(content):
    """TensorFlow would believe it."""
    store = programs.opened({})
    path = written(store, "one")
    store.seal()
    path.write_bytes(content)
    programs.opened({})
    assert not path.exists()


def test_a_store_does_not_seal_what_was_there_before_it():
    """Only what was written whole since: the rest may be damaged."""
    store = programs.opened({})
    late = programs.Store(store.folder)
    path = written(store, "one")
    store = programs.Store(store.folder)
    store.seal()
    assert not list(store.folder.glob("*.sum"))
    late.seal()
    assert [seal.name for seal in store.folder.glob("*.sum")] == [f"{path.name}.sum"]


def test_the_oldest_programs_make_room(monkeypatch):
    """Those of another version of the course too."""
    monkeypatch.setattr(programs, "MOST_BYTES", 2500)
    store = programs.opened({})
    new, old = written(store, "new", bytes(1000)), written(store, "old", bytes(1000), age=60)
    store.seal()
    other = programs.kept() / "other"
    other.mkdir()
    oldest = written(programs.Store(other), "oldest", bytes(1000), age=600)
    programs.opened({})
    assert new.exists()
    assert old.exists()
    assert not oldest.exists()
    assert programs.size() <= 2500


def test_flags_of_the_users_own_stay():
    """A folder that they have named is obeyed; another flag is kept beside ours."""
    named = {programs.FLAGS: f"{DIRECTORY}/mine"}
    assert programs.opened(named) is None
    assert named == {programs.FLAGS: f"{DIRECTORY}/mine"}
    others = {programs.FLAGS: "--tf_xla_clustering_debug=true"}
    store = programs.opened(others)
    assert others[programs.FLAGS].startswith("--tf_xla_clustering_debug=true ")
    assert store.folder.as_posix() in others[programs.FLAGS]
    # A process that it starts finds the flags in place, and uses the same folder.
    before = dict(others)
    assert programs.opened(others).folder == store.folder
    assert others == before


def test_other_flags_of_the_compiler_have_another_folder():
    """They decide what a program is, and TensorFlow does not look at them."""
    one, other = programs.opened({}), programs.opened({"XLA_FLAGS": "--xla_cpu_max_isa=AVX"})
    assert one.folder != other.folder


@pytest.mark.parametrize("place", ["a file", "no room", "no home"])
def test_where_nothing_can_be_kept_nothing_is_set(place, folder, monkeypatch):
    """Each kernel compiles for itself then, as without all this."""
    if place == "a file":
        folder.write_bytes(b"")
    elif place == "no room":
        full = programs.shutil.disk_usage(folder.parent)._replace(free=10**6)
        monkeypatch.setattr(programs.shutil, "disk_usage", lambda path: full)
    else:
        monkeypatch.delenv(folders.CACHE)
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.delenv("LOCALAPPDATA", raising=False)
        monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    flags = {}
    assert programs.opened(flags) is None
    assert flags == {}


CODE = """
import os
from lessons_lib._ground import programs
store = programs.opened(os.environ)
import tensorflow as tf
square = tf.function(lambda x: tf.reduce_sum(tf.tanh(x) * x), jit_compile=True)
print(float(square(tf.constant([1.0, 2.0]))))
store.seal()
"""


def test_tensorflow_reads_what_it_wrote_and_a_damaged_program_is_made_again():
    """Three kernels one after the other; the third finds the program cut short."""

    def ran():
        variables = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        variables.pop(programs.FLAGS, None)
        return subprocess.run(
            [sys.executable, "-c", CODE], env=variables, capture_output=True, text=True, check=True
        ).stdout

    first = ran()
    (path,) = programs.kept().glob("*/*.pb")
    whole, moment = path.read_bytes(), path.stat().st_mtime_ns
    assert ran() == first
    assert path.stat().st_mtime_ns == moment
    path.write_bytes(whole[: len(whole) // 2])
    assert ran() == first
    assert len(path.read_bytes()) == len(whole)
