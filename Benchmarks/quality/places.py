"""Where everything is. All of it that is made here is ignored by git."""
import os

BENCHMARKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(BENCHMARKS)
BIPACK = os.path.join(ROOT, ".build", "release", "bipack")
STORE = os.path.join(BENCHMARKS, "quality", ".data")
PLATES = os.path.join(os.path.dirname(ROOT), "shared", "plates")


def graphs(job):
    return os.path.join(BENCHMARKS, "quality", job, "graphs")
