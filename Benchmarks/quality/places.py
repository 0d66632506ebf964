"""Where everything is. All of it that is made here is ignored by git."""
import os

BENCHMARKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(BENCHMARKS)
GRAPHS = os.path.join(BENCHMARKS, "Graphs")
BIPACK = os.path.join(ROOT, ".build", "release", "bipack")
STORE = os.path.join(BENCHMARKS, "quality", ".data")
ENVIRONMENT = os.path.join(BENCHMARKS, ".venv", "quality")
PYTHON = os.path.join(ENVIRONMENT, "bin", "python")
PLATES = os.path.join(os.path.dirname(ROOT), "shared", "plates")
