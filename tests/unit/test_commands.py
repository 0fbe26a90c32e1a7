"""The command line as a learner types it, and the commands that `lab` and `test` start."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lessons_lib import __main__ as command_line
from lessons_lib import __version__
from lessons_lib._ground import folders
from lessons_lib.commands import _course, _stage, _workspace, lab, present, reset
from lessons_lib.commands.test import pytest_command

REPOSITORY = Path(__file__).parents[2]


def run(*arguments, python=sys.executable, **variables):
    """Type a command in the course's folder."""
    return subprocess.run(
        [python, "-m", "lessons_lib", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_help_names_every_command(arguments):
    """Help, asked for or not, lists all commands with a line each and succeeds."""
    done = run(*arguments)
    assert done.returncode == 0
    for name, command in command_line.COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(command.help)}$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("name", command_line.COMMANDS)
def test_each_command_explains_itself(name, monkeypatch, capsys):
    """`COMMAND --help` shows how it is used; it starts nothing and installs nothing."""
    monkeypatch.setattr(command_line, "_start", lambda *arguments: pytest.fail("started"))
    assert command_line.main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: python3 -m lessons_lib {name}")


def test_version_is_the_packages():
    """`--version` prints the version of the library."""
    assert run("--version").stdout == f"lessons_lib {__version__}\n"


@pytest.mark.parametrize(
    ("typed", "meant"), [("tets", "test"), ("labs", "lab"), ("Reset", "reset")]
)
def test_unknown_command_names_the_nearest(typed, meant):
    """A slip of the keys gets one sentence with the command that was meant."""
    done = run(typed)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"There is no command `{typed}`: did you mean `{meant}`?\n"


def test_unknown_command_like_no_other_lists_all():
    """Where nothing is near, the sentence lists the commands."""
    done = run("xyzzy")
    assert done.returncode == 2
    assert ", ".join(command_line.COMMANDS) in done.stderr


@pytest.mark.parametrize("name", command_line.COMMANDS)
def test_the_table_leads_to_functions(name):
    """Each command of the table has a module and in it a function, both of its name."""
    module = __import__(f"lessons_lib.commands.{name}", fromlist=[name])
    assert callable(getattr(module, name))


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 8, 0), (3, 10, 13), (3, 14, 0), (4, 0, 0)])
def test_wrong_python_gets_one_sentence(version, monkeypatch):
    """A Python outside 3.11 to 3.13 is named, and what to do instead."""
    monkeypatch.setattr(command_line, "interpreters_found", lambda: [])
    sentence = command_line.wrong_python(version)
    assert "3.11, 3.12 or 3.13" in sentence
    assert ".".join(map(str, version)) in sentence
    assert "python.org" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 7), (3, 13, 99)])
def test_right_python_is_let_through(version):
    """Each version the course supports starts."""
    assert command_line.wrong_python(version) is None


@pytest.mark.skipif(os.name == "nt", reason="the pretended interpreters are shell scripts")
def test_wrong_python_names_an_interpreter_that_starts(tmp_path, monkeypatch):
    """The advice repeats the command with an interpreter that starts, not with a dead shim."""
    for name, status in [("python3.11", 0), ("python3.12", 0), ("python3.13", 127)]:
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {status}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    sentence = command_line.wrong_python((3, 10, 1), ["lab", "03"])
    assert sentence.endswith("start it with: python3.12 -m lessons_lib lab 03")


def other_pythons():
    """Return the interpreters on this machine that the course does not run on."""
    names = ["python3.8", "python3.9", "python3.10", "python3.14"]
    return [n for n in names if shutil.which(n) and command_line._answers([n])]


@pytest.mark.parametrize("python", ["python3.8", "python3.9", "python3.10", "python3.14"])
def test_a_wrong_python_really_prints_the_sentence(python):
    """The real interpreter prints the sentence, no traceback, and fails."""
    if python not in other_pythons():
        pytest.skip(f"{python} is not installed here")
    done = run("lab", python=python)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The course runs on Python 3.11, 3.12 or 3.13, and this is")
    assert done.stderr.count("\n") == 1


def test_ctrl_c_ends_a_command_quietly(monkeypatch, capsys):
    """Ctrl-C in a command gives a word and status 130, not a traceback."""

    def interrupted(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(reset, "reset", interrupted)
    assert command_line.main(["reset", "01"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX pipe")
def test_a_reader_that_has_seen_enough_gets_no_traceback():
    """`doctor | head -1` ends without a word on stderr."""
    typed = [sys.executable, "-m", "lessons_lib", "doctor"]
    with subprocess.Popen(
        typed, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "Python\n"
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX pipe")
def test_help_that_nobody_reads_gets_no_traceback():
    """`present --help | true`: what is answered before the command starts ends alike."""
    reading, writing = os.pipe()
    os.close(reading)
    typed = [sys.executable, "-m", "lessons_lib", "present", "--help"]
    done = subprocess.run(typed, cwd=REPOSITORY, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs a device that is full")
def test_a_full_disk_gets_a_sentence():
    """`doctor > log` where nothing fits any more."""
    typed = [sys.executable, "-m", "lessons_lib", "doctor"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(typed, cwd=REPOSITORY, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (1, "Stopped: there is no space left on the disk.\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_a_closed_output_stops_no_command(tmp_path):
    """`reset 01 >&-`, as some launchers start programs: the work is done all the same."""
    done = subprocess.run(
        ["/bin/sh", "-c", '"$0" -m lessons_lib reset 01 >&-', sys.executable],
        cwd=REPOSITORY,
        env={**os.environ, "LESSONS_WORKSPACE": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "01_neuron.ipynb").is_file()


def test_an_output_without_the_letters_gets_question_marks(tmp_path):
    """A log file in another encoding must not stop a command over a folder's name."""
    copies = tmp_path / "café"
    done = run("reset", "01", PYTHONIOENCODING="ascii", LESSONS_WORKSPACE=str(copies))
    assert (done.returncode, done.stderr) == (0, "")
    assert "caf?" in done.stdout


def test_a_problem_is_one_sentence_and_its_status(monkeypatch, capsys):
    """A learner's mistake is told on stderr, with the status it carries."""

    def mistaken(arguments):
        raise _course.Problem("It rains; take an umbrella.", status=7)

    monkeypatch.setattr(reset, "reset", mistaken)
    assert command_line.main(["reset"]) == 7
    assert capsys.readouterr().err == "It rains; take an umbrella.\n"


# ---------------------------------------------------------------- what `lab` starts


@pytest.fixture
def jupyterlab_gets(monkeypatch):
    """Return JupyterLab's arguments for what a learner adds."""

    def gets(*extra, notebook="01_neuron.ipynb", root=False):
        monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000, raising=False)
        command = lab.lab_command(notebook, Path("/course/workspace"), list(extra))
        assert command[:3] == [sys.executable, "-m", "jupyterlab"]
        return command[3:]

    return gets


def test_lab_serves_the_workspace_on_loopback_and_opens_the_lesson(jupyterlab_gets):
    """Nothing but the workspace is served, on this machine only, at the lesson's page."""
    assert jupyterlab_gets() == [
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.root_dir=" + str(Path("/course/workspace")),
        "--LabApp.default_url=/lab/tree/01_neuron.ipynb",
    ]


def test_lab_leaves_the_token_on(jupyterlab_gets):
    """No option of ours touches JupyterLab's token or password."""
    assert not any(
        "token" in option or "password" in option for option in jupyterlab_gets(root=True)
    )


def test_lab_runs_as_root_in_a_container(jupyterlab_gets):
    """The superuser gets the option without which JupyterLab refuses to start."""
    assert "--ServerApp.allow_root=True" in jupyterlab_gets(root=True)
    assert not any("allow" in option for option in jupyterlab_gets(root=False))


@pytest.mark.parametrize(
    ("extra", "ours"),
    [
        (["--ip", "0.0.0.0"], "--ServerApp.ip"),
        (["--ip=0.0.0.0"], "--ServerApp.ip"),
        (["--ServerApp.ip=0.0.0.0"], "--ServerApp.ip"),
        (["--notebook-dir=/x"], "--ServerApp.root_dir"),
        (["--LabApp.default_url=/lab"], "--LabApp.default_url"),
        (["--allow-root"], "--ServerApp.allow_root"),
    ],
)
def test_what_the_learner_sets_replaces_ours(jupyterlab_gets, extra, ours):
    """JupyterLab refuses an option given twice, so ours gives way to the learner's."""
    options = jupyterlab_gets(*extra, root=True)
    assert options[-len(extra) :] == extra
    assert not any(option.startswith(ours + "=") for option in options[: -len(extra)])


def test_other_options_are_passed_on_behind_ours(jupyterlab_gets):
    """What we do not set reaches JupyterLab unchanged."""
    assert jupyterlab_gets("--no-browser", "--port", "8890")[-3:] == [
        "--no-browser",
        "--port",
        "8890",
    ]


def test_of_a_setting_given_twice_the_last_counts(jupyterlab_gets):
    """Under whatever names; Jupyter would end over two ports. What it takes twice is kept."""
    typed = ["--port", "1", "--notebook-dir=/x", "--C.list=a", "--C.list=b", "--no-browser"]
    options = jupyterlab_gets(*typed, "--ServerApp.root_dir=/y", "--ServerApp.port=3")
    assert options[-5:] == [
        "--C.list=a",
        "--C.list=b",
        "--no-browser",
        "--ServerApp.root_dir=/y",
        "--ServerApp.port=3",
    ]
    assert not {"--port", "1", "--notebook-dir=/x"} & set(options)


def test_a_notebooks_name_is_quoted_in_the_address(jupyterlab_gets):
    """A learner's own copy with a space or a sharp in its name opens too."""
    assert "--LabApp.default_url=/lab/tree/my%20%231.ipynb" in jupyterlab_gets(
        notebook="my #1.ipynb"
    )


def test_jupyterlab_accepts_the_options_and_gives_the_learner_the_last_word(tmp_path):
    """JupyterLab itself reads our command with a learner's options and keeps both."""
    extra = ["--ip", "0.0.0.0", "--port=1", "--port=8890", "--no-browser", "--show-config-json"]
    command = lab.lab_command("01_neuron.ipynb", tmp_path, extra)
    home = {"JUPYTER_CONFIG_DIR": str(tmp_path), "JUPYTER_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(command, env={**os.environ, **home}, capture_output=True, text=True)
    assert '"ip": "0.0.0.0"' in done.stdout
    assert '"port": 8890' in done.stdout
    assert '"default_url": "/lab/tree/01_neuron.ipynb"' in done.stdout


def test_the_news_are_switched_off_by_a_setting_jupyterlab_knows(monkeypatch):
    """JupyterLab finds our override among its configuration, and its schema allows it."""
    from jupyter_core.paths import jupyter_path
    from jupyter_server.services.config import ConfigManager

    monkeypatch.setenv("JUPYTER_CONFIG_PATH", lab.lab_variables()["JUPYTER_CONFIG_PATH"])
    found = ConfigManager(config_dir_name="labconfig").get("default_setting_overrides")
    ours = found["@jupyterlab/apputils-extension:notification"]
    assert ours == {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}

    name = Path("lab", "schemas", "@jupyterlab", "apputils-extension", "notification.json")
    share = [Path(folder).parent / "jupyter" / name for folder in jupyter_path()]
    schema = json.loads(next(path for path in share if path.exists()).read_text())
    assert ours.keys() <= schema["properties"].keys()
    assert "false" in [choice["const"] for choice in schema["properties"]["fetchNews"]["oneOf"]]


def server_settings(monkeypatch, tmp_path, variables=None, options=(), **own):
    """Return what a server of ours is told, by default that of `lab`, beside a learner's words."""
    from jupyter_server.serverapp import ServerApp

    (tmp_path / "jupyter_server_config.json").write_text(json.dumps({"MappingKernelManager": own}))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    for name, value in (variables or lab.lab_variables()).items():
        monkeypatch.setenv(name, value)
    app = ServerApp()
    app.load_config_file()
    app.parse_command_line([*options])
    return app.config


def stage(tmp_path):
    """Return the variables of the server that `present` starts."""
    (folder := tmp_path / "stage").mkdir()
    return _stage.furnish(folder, _workspace.find_lesson("01"))


@pytest.mark.parametrize("command", ["lab", "present"])
def test_no_picture_waits_until_the_one_before_is_acknowledged(monkeypatch, tmp_path, command):
    """A server of ours tells the page's socket so, and connects as Jupyter does."""
    from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
    from traitlets.utils.importstring import import_item

    class Handler:
        def set_nodelay(self, value):
            told.append(value)

    told = []
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "__init__", lambda self: None)
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda self: "connected")
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "websocket_handler", Handler())
    variables = lab.lab_variables() if command == "lab" else stage(tmp_path)
    settings = server_settings(monkeypatch, tmp_path, variables)
    connection = import_item(settings.ServerApp.kernel_websocket_connection_class)()
    assert connection.connect() == "connected"
    assert told == [True]


def test_a_kernel_whose_notebook_is_closed_ends_after_a_while(monkeypatch, tmp_path):
    """One with an open tab or a running cell stays, whatever Jupyter's defaults become."""
    settings = server_settings(monkeypatch, tmp_path).MappingKernelManager
    assert settings["cull_idle_timeout"] >= 30 * 60  # a break with the laptop closed
    assert settings["cull_interval"] <= settings["cull_idle_timeout"]
    assert not settings["cull_connected"]
    assert not settings["cull_busy"]


def test_a_talk_keeps_its_kernel(monkeypatch, tmp_path):
    """What ends those that nobody looks at stands in its settings too, and does not hold there."""
    started = []
    monkeypatch.setattr(present.subprocess, "Popen", lambda command, **_: started.append(command))
    present._start(tmp_path, {}, [], tmp_path / "log")
    (command,) = started
    options = command[command.index("jupyterlab") + 1 :]
    config = server_settings(monkeypatch, tmp_path, stage(tmp_path), options)
    assert config.MappingKernelManager.cull_idle_timeout == 0


def test_a_learners_own_jupyter_configuration_stands_before_ours(monkeypatch):
    """JUPYTER_CONFIG_PATH is added to, not replaced; the learner's folder stands before ours."""
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/mine")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", "/own")
    *before, ours = lab.lab_variables()["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert before == ["/mine", "/own"]
    assert Path(ours, "labconfig", "default_setting_overrides.json").is_file()
    monkeypatch.delenv("JUPYTER_CONFIG_DIR")
    assert str(Path.home() / ".jupyter") in lab.lab_variables()["JUPYTER_CONFIG_PATH"]


def test_a_learner_sets_how_long_kernels_live(monkeypatch, tmp_path):
    """The server takes the learner's value, and ours where there is none."""
    config = server_settings(monkeypatch, tmp_path, cull_idle_timeout=7)
    settings = config.MappingKernelManager
    assert settings["cull_idle_timeout"] == 7
    assert not settings["cull_connected"]


def test_jupyterlab_finds_the_extension_of_this_copy_first(monkeypatch):
    """It stands before an installed one of the same name, and before a learner's own data."""
    from jupyter_core.paths import jupyter_path
    from jupyterlab_server.config import get_federated_extensions

    monkeypatch.setenv("JUPYTER_PATH", "/mine")
    monkeypatch.setenv("JUPYTER_PATH", lab.lab_variables()["JUPYTER_PATH"])
    assert "/mine" in jupyter_path()
    found = get_federated_extensions(jupyter_path("labextensions"))["lessons-stored"]
    assert Path(found["ext_path"]).is_relative_to(lab.JUPYTER_DATA)
    assert Path(found["ext_path"], found["jupyterlab"]["_build"]["load"]).is_file()


def test_kernels_find_this_copy_of_the_library(monkeypatch):
    """Kernels look into this folder first, and keep what the learner's PYTHONPATH names."""
    monkeypatch.setenv("PYTHONPATH", "/mine")
    expected = [str(folders.REPOSITORY), "/mine"]
    assert _course.variables()["PYTHONPATH"].split(os.pathsep) == expected


def test_a_second_start_does_not_repeat_the_path(monkeypatch):
    """The command that starts again inside .venv finds the path already set."""
    monkeypatch.setenv("PYTHONPATH", str(folders.REPOSITORY))
    assert _course.variables()["PYTHONPATH"] == str(folders.REPOSITORY)


@pytest.mark.parametrize("name", ["LESSONS_WORKSPACE", "LESSONS_DATA_DIR"])
def test_kernels_get_absolute_folders(monkeypatch, tmp_path, name):
    """A relative path means the same folder in a kernel, which runs elsewhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, "mine")
    assert _course.variables()[name] == str(tmp_path / "mine")


@pytest.mark.skipif(os.name == "nt", reason="the home folder has another variable there")
def test_a_tilde_is_the_home_folder_in_every_command(tmp_path):
    """A shell that leaves `~` as it is must not get a folder of that name."""
    done = run("reset", "01", HOME=str(tmp_path), LESSONS_WORKSPACE="~/mine")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mine" / "01_neuron.ipynb").is_file()
    assert not (REPOSITORY / "~").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "pyproject.toml is missing in"),
        (b"<<<<<<< HEAD\n", "is no valid TOML"),
        (b"\xff", "cannot be read"),
    ],
)
def test_a_damaged_course_gets_one_sentence(monkeypatch, tmp_path, content, words):
    """An incomplete download, or an update that met a conflict, is told with the way out."""
    monkeypatch.setattr(folders, "REPOSITORY", tmp_path)
    if content is not None:
        (tmp_path / "pyproject.toml").write_bytes(content)
    _course.project.cache_clear()
    with pytest.raises(_course.Problem, match=words) as caught:
        _course.project()
    assert "download or clone the whole course again" in str(caught.value)
    assert "\n" not in str(caught.value)


# ---------------------------------------------------------------- what `test` starts


def pytest_gets(*arguments, cpus=2, folder=REPOSITORY):
    """Return pytest's arguments for what a learner adds."""
    command = pytest_command(list(arguments), cpus, folder)
    assert command[:3] == [sys.executable, "-m", "pytest"]
    return command[3:]


def test_the_test_command_compares_notebooks_and_keeps_each_in_one_worker():
    """All of a notebook's cells run in one kernel, compared after sanitising."""
    cfg = str(Path("tests", "notebooks", "sanitize.cfg"))
    assert pytest_gets() == [
        *("--nbval", "--nbval-sanitize-with", cfg),
        *("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"),
    ]


@pytest.mark.parametrize(("cpus", "workers"), [(1, "1"), (4, "4"), (64, "4")])
def test_the_test_command_uses_four_workers_at_most(cpus, workers):
    """Each worker may hold a kernel with TensorFlow: memory, not processors, is the limit."""
    arguments = pytest_gets(cpus=cpus)
    assert arguments[arguments.index("-n") + 1] == workers


def test_a_debugger_gets_one_process():
    """pytest-xdist refuses --pdb, so the workers are left out."""
    assert "-n" not in pytest_gets("--pdb")


def test_paths_mean_what_they_mean_where_they_were_typed(tmp_path):
    """A path typed elsewhere names the same file though pytest runs in the course's folder."""
    (tmp_path / "test_x.py").touch()
    passed = pytest_gets("-k", "test_x", "test_x.py::test_a", "-q", folder=tmp_path)
    assert passed[-4:] == ["-k", "test_x", f"{tmp_path / 'test_x.py'}::test_a", "-q"]


def _without_xdist():
    """Return the environment without what a worker of this run would hand to another run."""
    return {name: value for name, value in os.environ.items() if "PYTEST" not in name}


@pytest.mark.parametrize(("body", "status"), [("assert True", 0), ("assert False", 1)])
def test_the_test_command_passes_pytests_verdict_on(tmp_path, body, status):
    """`test PATH`, typed in another folder, runs that path alone and ends as pytest does."""
    (tmp_path / "test_one.py").write_text(f"def test_one():\n    {body}\n")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "lessons_lib", "test", "test_one.py"),
            *("-q", "-n0", "-p", "no:cacheprovider"),  # no workers: they take long to start
        ],
        cwd=tmp_path,
        env={**_without_xdist(), "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == status
    assert re.search(r"^1 (passed|failed)", done.stdout.splitlines()[-1])
