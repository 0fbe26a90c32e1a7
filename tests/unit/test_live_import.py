"""Importing the engine: quiet, with its settings in place, and only when it is asked for."""

import os
import subprocess
import sys

import pytest


def python(code, **environment):
    """Run `code` in a new interpreter."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_importing_the_library_does_not_import_tensorflow():
    """Lessons that do not train live do not wait for it."""
    run = python("import sys, lessons_lib; print('tensorflow' in sys.modules)")
    assert run.stdout.strip() == "False"


def test_the_first_cell_is_not_red():
    """Import, build, compile and train: nothing on stderr, and descriptor 2 works afterwards."""
    run = python(
        "from lessons_lib import live\n"
        "import keras, numpy as np, os\n"
        "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
        "model.compile('sgd', 'mse')\n"
        "trainer = live.LiveTrainer(model, np.zeros((4, 2)), np.zeros(4))\n"
        "print(trainer.step(2), trainer.jit_compile, os.environ['XLA_FLAGS'])\n"
        "os.write(2, b'still here')",
        XLA_FLAGS="--xla_cpu_enable_fast_math=false",
    )
    assert run.stderr == "still here"
    flags = "--xla_cpu_enable_fast_math=false --xla_cpu_multi_thread_eigen=false"
    assert run.stdout.strip() == f"2 True {flags}"


def test_another_keras_backend_is_named_with_the_fix():
    """Keras on NumPy cannot train: one sentence says what to set."""
    run = python("import lessons_lib.live", KERAS_BACKEND="numpy")
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: Live training needs Keras on TensorFlow")
    assert "os.environ['KERAS_BACKEND'] = 'tensorflow'" in last


def test_a_backend_set_in_keras_own_file_is_seen(tmp_path):
    """The settings file decides where no environment variable does."""
    (tmp_path / "keras.json").write_text('{"backend": "numpy"}')
    run = python("import lessons_lib.live", KERAS_HOME=str(tmp_path), KERAS_BACKEND="")
    assert "Keras is set to 'numpy'" in run.stderr


def test_keras_leaves_scikit_learn_alone_until_its_wrappers_are_used():
    """It takes a second and 50 MB, and no lesson wraps a model."""
    run = python(
        "import sys\n"
        "from lessons_lib import live\n"
        "import keras\n"
        "print('sklearn' in sys.modules, keras.wrappers.SKLearnClassifier.__name__)\n"
    )
    assert run.stdout.strip() == "False SKLearnClassifier"


def test_a_module_that_loads_later_is_whole_when_it_is_asked(tmp_path, monkeypatch):
    """By a name in it, by its list of names or by an import; looking at it loads nothing."""
    from lessons_lib.live._later import imported_later

    for name in ("by_name", "by_list", "by_import"):
        (tmp_path / f"{name}.py").write_text("import sys\nsys.loaded.append(__name__)\npart = 1")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "loaded", [], raising=False)
    with imported_later("by_name"), imported_later("by_list"), imported_later("by_import"):
        import by_import  # noqa: F401
        import by_list
        import by_name
    assert not hasattr(by_name, "__wrapped__")
    assert sys.loaded == []
    assert (by_name.part, by_name.part, "part" in dir(by_list)) == (1, 1, True)
    from by_import import part

    assert part == 1
    assert sys.loaded == ["by_name", "by_list", "by_import"]
    with pytest.raises(AttributeError, match="no attribute 'other'"):
        by_name.other  # noqa: B018


@pytest.mark.parametrize(
    ("flags", "after"),
    [
        (None, "--xla_cpu_multi_thread_eigen=false"),
        ("--a=1", "--a=1 --xla_cpu_multi_thread_eigen=false"),
        ("--xla_cpu_multi_thread_eigen=true", "--xla_cpu_multi_thread_eigen=true"),
    ],
)
def test_flags_of_the_user_are_kept(flags, after):
    """Ours is appended, and gives way to the user's own choice."""
    from lessons_lib.live._tensorflow import append_xla_flag

    environment = {} if flags is None else {"XLA_FLAGS": flags}
    append_xla_flag(environment)
    assert environment["XLA_FLAGS"] == after


def test_stderr_comes_back_after_an_error(capfd):
    """A failing import must not silence the traceback that follows."""
    from lessons_lib.live._tensorflow import quiet_stderr

    @quiet_stderr()
    def fail():
        os.write(2, b"hidden")
        raise KeyError

    with pytest.raises(KeyError):
        fail()
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"
