"""Where everything is. All of it that is made here is ignored by git."""
import contextlib
import hashlib
import os
import shutil
import tempfile

import python_environment

BENCHMARKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(BENCHMARKS)
PEERS = os.path.join(BENCHMARKS, "peers")
GRAPHS = os.path.join(BENCHMARKS, "Graphs")
WORKER = os.path.join(BENCHMARKS, ".build", "release", "worker")
BIPACK = os.path.join(ROOT, ".build", "release", "bipack")
STORE = os.path.join(BENCHMARKS, ".data")
RESULTS = os.path.join(STORE, "results.json")
PAGE = os.path.join(ROOT, "Docs", "performance.md")


def python(name):
    """The Python of an environment, whether it is made or not."""
    return python_environment.ENVIRONMENTS[name].python


def fingerprint(*paths):
    """Changes when any of the files does: names the folder of what they make."""
    hasher = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as file:
            hasher.update(file.read())
    return hasher.hexdigest()[:12]


@contextlib.contextmanager
def output_folder():
    """A folder for written files: in memory if there is such a place, so that no disk is measured."""
    parent = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="bipack-benchmark-", dir=parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
