"""The Python environment the figures are made in, with the peers. Runs on the system's Python."""
import os
import subprocess
import sys

from . import places

PACKAGES = ["numpy", "scipy", "opencv-python-headless", "OpenImageIO>=3.1", "pymatting"]
# Written when everything is installed, and says what that was.
STAMP = os.path.join(places.ENVIRONMENT, "installed")


def ensure(again=False):
    """Installs what is missing; everything once more if `again`."""
    wanted = "\n".join(PACKAGES)
    if not again and os.path.exists(STAMP):
        with open(STAMP) as file:
            if file.read() == wanted:
                return
    print(f"quality: installing {', '.join(PACKAGES)}", file=sys.stderr, flush=True)
    try:
        subprocess.check_call([sys.executable, "-m", "venv", places.ENVIRONMENT])
        subprocess.check_call(
            [places.PYTHON, "-m", "pip", "install", "--quiet", "--upgrade", *PACKAGES])
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"quality: the peers could not be installed: {error}")
    with open(STAMP, "w") as file:
        file.write(wanted)


def run(module, arguments):
    """Goes on in the environment, in place of this process."""
    settings = dict(os.environ, PYTHONPATH=places.BENCHMARKS, PYTHONDONTWRITEBYTECODE="1")
    os.execve(places.PYTHON, [places.PYTHON, "-m", module, *arguments], settings)
