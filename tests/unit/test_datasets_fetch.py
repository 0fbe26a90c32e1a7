"""Downloads against a server on loopback: good, altered, cut short, silent, absent."""

import contextlib
import hashlib
import http.server
import io
import logging
import os
import socket
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pooch
import pytest

from lessons_lib import datasets
from lessons_lib._ground import folders, registry
from lessons_lib._ground.registry import Source
from lessons_lib.datasets import _download, _fetch

WINE, DIGITS = "winequality-red.csv", "mnist.npz"
REPOSITORY = Path(__file__).parents[2]
PLACES = [
    Path(os.environ.get("LESSONS_DATA_DIR", REPOSITORY / "data")) / WINE,
    REPOSITORY.parent / "shared" / "data" / WINE,
]
ORIGINAL = next((place for place in PLACES if place.is_file()), None)
HEADER = [*_fetch.wine_stand_in().columns]


def _small_wine_file():
    """Three wines in the published layout, long enough to be cut in two."""
    rows = [[7.4 + i, 0.7, 0, 1.9, 0.076, 11, 34, 0.9978, 3.51, 0.56, 9.4, 5 + i] for i in range(3)]
    return pd.DataFrame(rows, columns=HEADER).to_csv(sep=";", index=False).encode()


def _small_digit_file():
    """Five images of MNIST's size in the published layout."""
    pixels = np.arange(5 * 28 * 28, dtype=np.uint32).reshape(5, 28, 28) % 256
    labels = np.array([3, 1, 4, 1, 5], dtype=np.uint8)
    buffer = io.BytesIO()
    np.savez(
        buffer,
        x_train=pixels[:3].astype(np.uint8),
        y_train=labels[:3],
        x_test=pixels[3:].astype(np.uint8),
        y_test=labels[3:],
    )
    return buffer.getvalue()


CONTENT = {WINE: _small_wine_file(), DIGITS: _small_digit_file()}
FETCH = {WINE: datasets.fetch_wine_quality, DIGITS: datasets.fetch_mnist}
PREFIX = {WINE: "Wine data: ", DIGITS: "Digit data: "}
both = pytest.mark.parametrize("filename", [WINE, DIGITS])


class Server:
    """A publisher whose manners can be set: ``server.manner = "tampered"``."""

    def __init__(self):
        self.manner = "good"
        self.content = dict(CONTENT)
        self.requests = 0
        self.released = threading.Event()  # ends the silences at the end of a test
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                server.requests += 1
                with contextlib.suppress(OSError):  # the client may have hung up
                    getattr(self, server.manner)(server.content[self.path[1:]])

            def send(self, content, length=None):
                self.send_response(200)
                if length is not None:
                    self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(content)

            def good(self, content):
                self.send(content, len(content))

            def tampered(self, content):
                self.good(content[:-20] + bytes(20))

            def cut_short(self, content):
                self.send(content[: len(content) // 2], len(content))

            def cut_short_unnoticed(self, content):
                self.send(content[: len(content) // 2])

            def missing(self, content):
                self.send_error(404)

            def silent(self, content):
                server.released.wait(20)

            def stalling(self, content):
                self.send(content[: len(content) // 2], len(content))
                self.wfile.flush()
                server.released.wait(20)

            def log_message(self, *arguments):
                pass

        self.httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.httpd.serve_forever, args=(0.05,))
        self.thread.start()

    def close(self):
        """End the silences and the thread."""
        self.released.set()
        self.httpd.shutdown()
        self.httpd.server_close()
        self.thread.join()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty data folder that does not exist yet, and a process that has announced nothing."""
    folder = tmp_path / "data"
    monkeypatch.setenv("LESSONS_DATA_DIR", str(folder))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(_fetch, "_announced", set())
    return folder


def publish(monkeypatch, **sources):
    """Change where files are, and which content they must have."""
    known = {**_download.sources(), **sources}
    monkeypatch.setattr(_download, "sources", lambda: known)


@pytest.fixture
def server(home, monkeypatch):
    """A running publisher, with the addresses and digests of its small files."""
    server = Server()
    address = f"http://127.0.0.1:{server.httpd.server_port}"
    publish(
        monkeypatch,
        **{
            name: Source(f"{address}/{name}", hashlib.sha256(content).hexdigest())
            for name, content in CONTENT.items()
        },
    )
    yield server
    server.close()


@pytest.fixture
def offline(home, monkeypatch):
    """Addresses where nobody listens: the port has just been free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    publish(
        monkeypatch,
        **{
            name: Source(f"http://127.0.0.1:{port}/{name}", source.sha256)
            for name, source in registry.sources().items()
        },
    )


def _files(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# --- a good download -------------------------------------------------------------------------


@both
def test_download_is_kept_unchanged_and_alone(server, home, filename):
    """The data folder holds the file, byte for byte, and nothing else."""
    assert FETCH[filename]().is_original
    assert _files(home) == [filename]
    assert (home / filename).read_bytes() == CONTENT[filename]


@both
def test_second_call_asks_nobody(server, home, filename):
    """The cached file serves."""
    FETCH[filename]()
    assert FETCH[filename]().is_original
    assert server.requests == 1


def test_downloaded_file_is_readable_by_the_whole_class(server, home):
    """A shared data folder is of no use if its files are for their owner alone."""
    datasets.fetch_wine_quality()
    assert (home / WINE).stat().st_mode & 0o444 == 0o444


def test_wine_table_holds_the_files_numbers(server):
    """Frame, X, y and names agree with the file."""
    wine = datasets.fetch_wine_quality()
    np.testing.assert_array_equal(wine.y, [5, 6, 7])
    np.testing.assert_allclose(wine.X[:, 0], [7.4, 8.4, 9.4], rtol=1e-6)
    assert wine.X.shape == (3, 11)
    assert wine.X.dtype == wine.y.dtype == np.float32
    assert wine.feature_names == tuple(HEADER[:11])
    assert wine.frame["quality"].tolist() == [5, 6, 7]


def test_mnist_is_flattened_and_scaled(server):
    """Rows of 784 pixels, 255 becomes 1, labels whole numbers."""
    digits = datasets.fetch_mnist()
    assert digits.X_train.shape == (3, 784)
    assert digits.X_test.shape == (2, 784)
    assert digits.X_train.dtype == np.float32
    np.testing.assert_allclose(digits.X_train[0, [0, 51, 255]], [0, 0.2, 1])
    assert digits.y_train.tolist() == [3, 1, 4]
    assert digits.y_test.tolist() == [1, 5]
    assert digits.y_test.dtype == np.int64
    assert digits.image_shape == (28, 28)


# --- what a learner reads --------------------------------------------------------------------


@both
@pytest.mark.parametrize("manner", ["good", "tampered", "missing"])
def test_one_line_is_printed_once_and_nothing_goes_to_stderr(server, capfd, filename, manner):
    """Notebooks compare all but this one line, and a red box would frighten."""
    server.manner = manner
    records = [FETCH[filename](), FETCH[filename]()]
    out, err = capfd.readouterr()
    assert out == records[0].note + "\n"
    assert out.startswith(PREFIX[filename])
    assert err == ""


@both
def test_verbose_false_prints_nothing(server, capfd, filename):
    """For a lesson that shows the note in its own way; a later call still announces."""
    FETCH[filename](verbose=False)
    assert capfd.readouterr() == ("", "")
    FETCH[filename]()
    assert capfd.readouterr().out.startswith(PREFIX[filename])


def test_a_change_from_stand_in_to_original_is_announced(server, capfd):
    """After the network came back, the learner must know that these are other data."""
    server.manner = "missing"
    datasets.fetch_wine_quality()
    server.manner = "good"
    datasets.fetch_wine_quality()
    first, second = capfd.readouterr().out.splitlines()
    assert "stand-in" in first
    assert "original table" in second


@both
def test_note_holds_no_path_of_this_machine(server, home, filename):
    """Notebooks are committed with their output."""
    for manner in ("tampered", "good"):
        server.manner = manner
        assert str(home.parent) not in FETCH[filename](verbose=False).note


@pytest.fixture
def pooch_log():
    """What pooch would write to stderr: its handler keeps the stream that pytest had put there."""
    logger, stream = pooch.get_logger(), io.StringIO()
    handler, level = logging.StreamHandler(stream), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.mark.parametrize("manner", ["good", "tampered"])
def test_pooch_says_nothing_during_a_fetch(server, pooch_log, manner):
    """Its "Downloading data from ..." would stand in red under the cell."""
    server.manner = manner
    datasets.fetch_wine_quality()
    assert pooch_log.getvalue() == ""


@pytest.mark.parametrize("manner", ["good", "tampered"])
def test_poochs_own_log_is_heard_again_afterwards(server, pooch_log, manner):
    """A learner's other use of pooch is none of our business."""
    server.manner = manner
    datasets.fetch_wine_quality()
    assert pooch.get_logger().level == logging.INFO


# --- a bad download --------------------------------------------------------------------------


@both
@pytest.mark.parametrize(
    ("manner", "words"),
    [
        ("tampered", "incomplete or had been altered (its SHA-256 is not the published one)"),
        ("cut_short", "broke off, and the incomplete file was deleted"),
        ("cut_short_unnoticed", "incomplete or had been altered"),
        ("missing", "127.0.0.1 answered with status 404"),
    ],
)
def test_bad_download_leaves_nothing_and_is_explained(server, home, filename, manner, words):
    """The stand-in serves, the folder is empty, the note says why."""
    server.manner = manner
    record = FETCH[filename]()
    assert not record.is_original
    assert words in record.note
    assert _files(home) == []


@both
@pytest.mark.parametrize(
    ("manner", "words"),
    [
        ("silent", "127.0.0.1 gave no answer within 0.2 s"),
        ("stalling", "stood still for 0.2 s, and the incomplete file was deleted"),
    ],
)
def test_time_out_ends_the_wait(server, home, monkeypatch, filename, manner, words):
    """A publisher that says nothing, before or within the file, does not hold up the lesson."""
    monkeypatch.setattr(_download, "TIMEOUT", (5, 0.2))
    server.manner = manner
    record = FETCH[filename]()
    assert not record.is_original
    assert words in record.note
    assert _files(home) == []


def test_time_out_is_short():
    """Nobody waits longer than ten seconds for a stand-in."""
    assert max(_download.TIMEOUT) <= 10


@both
def test_the_next_call_tries_again(server, home, filename):
    """A failure is not remembered: the original comes as soon as it can."""
    server.manner = "tampered"
    FETCH[filename]()
    server.manner = "good"
    assert FETCH[filename]().is_original


def test_interrupted_download_leaves_nothing(server, home, monkeypatch):
    """The learner presses stop in the middle of the file."""

    def interrupted(self, url, output_file, pooch, check_only=False):
        Path(output_file).write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        datasets.fetch_wine_quality()
    assert _files(home) == []


def test_what_a_killed_process_left_is_swept_away(server, home):
    """Scratch folders older than an hour go; a download that may still run is left alone."""
    old, new = home / ".download-old", home / ".download-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "half").write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    datasets.fetch_wine_quality()
    assert _files(home) == [".download-new", WINE]


# --- a damaged file in the data folder -------------------------------------------------------


@both
@pytest.mark.parametrize("damage", [b"", b"altered"], ids=["cut short", "altered"])
def test_damaged_cached_file_is_fetched_anew(server, home, filename, damage):
    """Deleted, explained, downloaded again."""
    home.mkdir()
    (home / filename).write_bytes(CONTENT[filename][:50] + damage)
    record = FETCH[filename]()
    assert record.is_original
    assert f"copy of {filename} in the data folder was damaged" in record.note
    assert "downloaded anew" in record.note
    assert (home / filename).read_bytes() == CONTENT[filename]


@both
def test_damaged_cached_file_offline_gives_the_stand_in(offline, home, filename):
    """Deleted, explained, and both reasons named."""
    home.mkdir()
    (home / filename).write_bytes(b"damaged")
    record = FETCH[filename]()
    assert not record.is_original
    assert "was damaged" in record.note
    assert "127.0.0.1 could not be reached" in record.note
    assert _files(home) == []


# --- offline ---------------------------------------------------------------------------------


@both
def test_offline_the_cached_file_serves(offline, home, monkeypatch, filename):
    """A verified file needs no network."""
    home.mkdir()
    (home / filename).write_bytes(CONTENT[filename])
    digest = hashlib.sha256(CONTENT[filename]).hexdigest()
    publish(monkeypatch, **{filename: Source(_download.sources()[filename].url, digest)})
    assert FETCH[filename]().is_original


def test_offline_wine_has_the_originals_structure(offline):
    """Shape, columns and types of the original; says that it is not the original."""
    wine = datasets.fetch_wine_quality()
    assert not wine.is_original
    assert "stand-in" in wine.note
    assert "127.0.0.1 could not be reached" in wine.note
    assert wine.X.shape == (1599, 11)
    assert set(wine.y) == {3, 4, 5, 6, 7, 8}
    assert wine.frame.shape == (1599, 12)


def test_offline_mnist_is_the_digits_that_ship(offline):
    """The same structure, enlarged to MNIST's pixels; one sentence says that it is not MNIST."""
    digits, shipped = datasets.fetch_mnist(), datasets.load_digits(enlarged=True)
    assert not digits.is_original
    assert "in the place of MNIST (127.0.0.1 could not be reached)." in digits.note
    assert digits.image_shape == (28, 28)
    for name in ("X_train", "y_train", "X_test", "y_test"):
        np.testing.assert_array_equal(getattr(digits, name), getattr(shipped, name))


@both
def test_unusable_data_folder_is_explained(server, tmp_path, monkeypatch, filename):
    """A path below a file can hold nothing."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LESSONS_DATA_DIR", str(tmp_path / "file" / "data"))
    record = FETCH[filename]()
    assert not record.is_original
    assert "the data folder cannot be used" in record.note


def test_other_colours_are_refused():
    """The error names what there is."""
    with pytest.raises(ValueError, match=r"color must be \"red\".*received 'white'"):
        datasets.fetch_wine_quality("white")


# --- addresses, digests, folder --------------------------------------------------------------


def test_the_registry_is_read_as_pooch_reads_it():
    """Name, digest and address, as other tools understand them."""
    known = pooch.create(path="unused", base_url="")
    known.load_registry(REPOSITORY / "data" / "registry.txt")
    sources = registry.sources()
    assert known.urls == {name: source.url for name, source in sources.items()}
    assert known.registry == {name: f"sha256:{source.sha256}" for name, source in sources.items()}


@pytest.mark.parametrize("damage", ["", "../../data/registry.txt", "other.csv sha256:0 https://x"])
def test_without_a_registry_there_is_a_stand_in(home, monkeypatch, tmp_path, damage):
    """A list that names no such file is explained like a network that is away."""
    (tmp_path / "registry.txt").write_text(damage)
    monkeypatch.setattr(registry, "registry_file", lambda: tmp_path / "registry.txt")
    wine = datasets.fetch_wine_quality(verbose=False)
    assert not wine.is_original
    assert "list of data files, is missing or damaged" in wine.note


@pytest.mark.skipif(os.name == "nt", reason="Windows may have no links")
def test_a_library_without_its_repository_has_the_same_registry(monkeypatch, tmp_path):
    """A wheel holds what the link leads to."""
    here = registry.sources()
    monkeypatch.setattr(folders, "REPOSITORY", tmp_path)
    assert registry.registry_file().parent.name == "_ground"
    assert registry.sources() == here


def test_addresses_are_encrypted():
    """The digest guards the content; the address must not give the learner away either."""
    assert all(source.url.startswith("https://") for source in registry.sources().values())


def test_data_home_follows_the_environment_variable(monkeypatch, tmp_path):
    """A class can share one folder."""
    monkeypatch.setenv("LESSONS_DATA_DIR", str(tmp_path))
    assert datasets.data_home() == tmp_path


def test_data_home_is_the_repositorys_folder(monkeypatch):
    """Without the variable, in a clone."""
    monkeypatch.delenv("LESSONS_DATA_DIR", raising=False)
    assert datasets.data_home() == REPOSITORY / "data"


def test_data_home_of_an_installed_library_is_the_users_cache(monkeypatch, tmp_path):
    """Without the variable and without a repository round the library."""
    monkeypatch.delenv("LESSONS_DATA_DIR", raising=False)
    monkeypatch.delenv("LESSONS_CACHE_DIR", raising=False)
    monkeypatch.setattr(folders, "REPOSITORY", tmp_path)
    assert datasets.data_home() == pooch.os_cache("lessons_lib")


# --- the real file ---------------------------------------------------------------------------


@pytest.mark.skipif(ORIGINAL is None, reason=f"{WINE} is not here")
def test_real_wine_file_arrives_and_is_recognised(server, home, monkeypatch):
    """The published file under the published digest, through the whole chain."""
    content = ORIGINAL.read_bytes()
    server.content[WINE] = content
    url = _download.sources()[WINE].url
    published = "4a402cf041b025d4566d954c3b9ba8635a3a8a01e039005d97d6a710278cf05e"
    publish(monkeypatch, **{WINE: Source(url, published)})
    wine = datasets.fetch_wine_quality()
    assert wine.is_original
    assert wine.note == "Wine data: the original table of 1,599 red wines (Cortez et al., 2009)."
    assert wine.X.shape == (1599, 11)
    assert wine.frame["quality"].value_counts()[5] == 681
    assert wine.feature_names == tuple(HEADER[:11])
