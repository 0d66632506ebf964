"""Runs the `bipack` command on a graph of a job."""
import os
import subprocess
import sys
import time

from . import places


class NotRendered(Exception):
    """The engine refused the graph or failed; what it said."""


def build():
    """Builds the command when there is none."""
    if os.path.exists(places.BIPACK):
        return
    print("quality: building bipack", file=sys.stderr, flush=True)
    done = subprocess.run(["swift", "build", "-c", "release", "--package-path", places.ROOT],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"{done.stdout}\nquality: the build of bipack failed")


class Renderer:
    """`graphs` are folders in which a graph is looked for, in this order."""

    def __init__(self, graphs):
        self.graphs = graphs

    def path(self, name):
        for folder in self.graphs:
            path = os.path.join(folder, name)
            if os.path.exists(path):
                return path
        raise NotRendered(f"there is no graph {name}")

    def __call__(self, graph, variables, settings=None, frames=None):
        """Renders a graph; returns the seconds it took, with starting and files."""
        command = [places.BIPACK, "render", self.path(graph), "--force", "--no-cache"]
        for name, value in variables.items():
            command += ["--var", f"{name}={value}"]
        for name, value in (settings or {}).items():
            command += ["--set", f"{name}={value}"]
        command += ["--frames", frames or "1"]
        start = time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        seconds = time.perf_counter() - start
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise NotRendered(said[0].replace(places.ROOT + os.sep, "") if said
                              else f"exit code {done.returncode}")
        return seconds
