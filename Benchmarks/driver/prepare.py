"""Gets everything ready: the peers (`--setup`), our worker, the pictures and files."""
import contextlib
import glob
import os
import shutil
import subprocess
import sys

import python_environment

from . import places

ENVIRONMENTS = ("peers", "blender")  # of Python
DEBIAN = [
    "openimageio-tools", "gegl", "gmic", "libvips-tools",
    # What Blender's module is linked with.
    "libxrender1", "libxi6", "libxkbcommon0", "libsm6", "libgl1",
]


def say(text):
    print(f"benchmark: {text}", file=sys.stderr, flush=True)


def setup():
    """Installs every peer it can; says which it could not. Returns how many failed."""
    failures = 0
    for name in ENVIRONMENTS:
        try:
            python_environment.ENVIRONMENTS[name].make(upgrade=True)
        except python_environment.NotMade as reason:
            failures += 1
            say(reason)
    say("Debian packages: " + ", ".join(DEBIAN))
    root = [] if os.geteuid() == 0 else ["sudo"]
    install = [*root, "apt-get", "install", "--yes", "--no-install-recommends", *DEBIAN]
    try:
        # The lists may be absent: they are fetched only if it does not go without.
        if subprocess.call(install, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) != 0:
            subprocess.check_call([*root, "apt-get", "update"], stdout=subprocess.DEVNULL)
            subprocess.check_call(install, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        failures += 1
        say(f"Debian packages: not installed: {error}")
    return failures


def build(products):
    """Builds the worker, and the command where a case starts it."""
    commands = {
        "worker": ["swift", "build", "-c", "release", "--package-path", places.BENCHMARKS,
                   "--product", "worker"],
        "bipack": ["swift", "build", "-c", "release", "--package-path", places.ROOT,
                   "--product", "bipack"],
    }
    # Without its list of files, which a later build believes although Bipack has got new ones.
    with contextlib.suppress(FileNotFoundError):
        os.unlink(os.path.join(places.BENCHMARKS, ".build", "release.yaml"))
    for product in products:
        done = subprocess.run(commands[product], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True)
        if done.returncode:
            sys.exit(f"{done.stdout}\nbenchmark: the build of {product} failed")


def data(with_shots):
    """The folder of pictures and files, made when what makes them has changed."""
    sources = os.path.join(places.BENCHMARKS, "Sources", "Worker")
    makers = [os.path.join(sources, "Pictures.swift"), os.path.join(sources, "Sequences.swift"),
              os.path.join(places.PEERS, "files.py")]
    folder = os.path.join(places.STORE, places.fingerprint(*makers))
    if not os.path.exists(folder):
        for old in glob.glob(os.path.join(places.STORE, "*", "")):
            shutil.rmtree(old)
        os.makedirs(folder)

    def make(what, last, command):
        """Runs `command` unless the last file it writes is there."""
        if not os.path.exists(os.path.join(folder, last)):
            say(f"making {what}")
            subprocess.check_call(command)

    make("the pictures", "element.f32", [places.WORKER, "pictures", folder])
    if os.path.exists(places.python("peers")):
        make("the files", "look.cube",
             [places.python("peers"), os.path.join(places.PEERS, "files.py"), folder])
    if with_shots:
        make("two shots of 24 frames (about two minutes)", "screen.0024.exr",
             [places.WORKER, "sequences", folder])
    return folder
