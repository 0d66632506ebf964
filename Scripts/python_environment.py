#!/usr/bin/env python3
"""Makes the Python environments of the scripts in .venv, each when it is first needed.

  Scripts/python_environment.py                 which there are, and which are made
  Scripts/python_environment.py NAME            makes one, and prints its Python
  Scripts/python_environment.py NAME --upgrade  installs its packages anew, as new as they may be

What is there is used as it is: nothing is asked of the network then. Where packages come from otherwise
is for pip's own settings to say (a folder of wheels is PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER).
"""
import argparse
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class NotMade(Exception):
    """An environment cannot be had; why."""


@dataclass(frozen=True)
class Environment:
    name: str
    purpose: str
    packages: tuple[str, ...]
    version: str | None = None  # the Python it must be; any, if None

    @property
    def folder(self):
        return os.path.join(ROOT, ".venv", self.name)

    @property
    def python(self):
        return os.path.join(self.folder, "bin", "python")

    @property
    def stamp(self):
        """Written when everything is installed, and says what that was."""
        return os.path.join(self.folder, "installed")

    @property
    def is_made(self):
        try:
            with open(self.stamp) as file:
                return file.read() == "\n".join(self.packages)
        except FileNotFoundError:
            return False

    def make(self, upgrade=False):
        """Makes it if it is not there, or not with these packages."""
        if self.is_made and not upgrade:
            return
        print(f"python environment {self.name}: installing {', '.join(self.packages)}",
              file=sys.stderr, flush=True)
        try:
            if not os.path.exists(self.python):
                subprocess.check_call([self.program(), "-m", "venv", self.folder])
            options = ["--quiet"] + (["--upgrade"] if upgrade else [])
            subprocess.check_call([self.python, "-m", "pip", "install", *options, *self.packages])
        except (OSError, subprocess.CalledProcessError) as error:
            raise NotMade(f"python environment {self.name}: not made: {error}") from error
        with open(self.stamp, "w") as file:
            file.write("\n".join(self.packages))

    def program(self):
        """The Python it is made from."""
        running = ".".join(map(str, sys.version_info[:2]))
        if self.version in (None, running):
            return sys.executable
        found = shutil.which(f"python{self.version}")
        if found is None:
            raise NotMade(f"python environment {self.name}: needs python{self.version}")
        return found


ENVIRONMENTS = {environment.name: environment for environment in (
    Environment("schema", "checks the JSON Schema: Scripts/check-schema", ("jsonschema==4.25.1",)),
    Environment("plates", "draws Plates: Scripts/plates",
                ("numpy==2.4.6", "OpenEXR==3.5.3", "pillow==12.0.0")),
    Environment("quality", "scores pictures: Scripts/quality",
                ("numpy", "scipy", "opencv-contrib-python-headless", "OpenImageIO>=3.1", "pymatting")),
    Environment("peers", "is measured against: Scripts/benchmark",
                ("OpenImageIO>=3.1", "opencv-contrib-python-headless", "numpy", "scipy", "opencolorio")),
    # Blender as a module: 4.5 exists for Python 3.11 only and wants an older numpy.
    Environment("blender", "is measured against: Scripts/benchmark", ("bpy==4.5.*",), version="3.11"),
)}


def enter(name, upgrade=False):
    """Goes on in the environment: the running script begins again with its Python."""
    environment = ENVIRONMENTS[name]
    if os.path.realpath(sys.prefix) == os.path.realpath(environment.folder):
        return
    try:
        environment.make(upgrade)
    except NotMade as reason:
        sys.exit(str(reason))
    os.execv(environment.python, [environment.python, os.path.abspath(sys.argv[0]), *sys.argv[1:]])


def main():
    parser = argparse.ArgumentParser(
        prog="Scripts/python_environment.py", description=__doc__.partition("\n")[0])
    parser.add_argument("name", nargs="?", metavar="NAME", choices=ENVIRONMENTS,
                        help="what is printed without it")
    parser.add_argument("--upgrade", action="store_true",
                        help="installs its packages anew, as new as they may be")
    options = parser.parse_args()
    if options.name is None:
        for environment in ENVIRONMENTS.values():
            made = "made" if environment.is_made else "not made"
            print(f"{environment.name:<8} {made:<8} {environment.purpose}")
        return
    try:
        ENVIRONMENTS[options.name].make(options.upgrade)
    except NotMade as reason:
        sys.exit(str(reason))
    print(ENVIRONMENTS[options.name].python)


if __name__ == "__main__":
    main()
