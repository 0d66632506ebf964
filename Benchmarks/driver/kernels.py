"""Every node of the catalogue by itself: nanoseconds for a pixel, and how many copies that is.

The parameters are those of the node's example in Graphs/nodes, the pictures UHD.
"""
import fnmatch
import glob
import json
import os
import statistics
import sys

from . import places
from .cases import HEIGHT, WIDTH
from .measure import Machine, Rounds, THREADS, pin
from .worker import Failed, Worker

FOLDER = os.path.join(places.ROOT, "Graphs", "nodes")
# Files are cases of their own.
WITHOUT = {"read", "write"}


def node(path):
    """The type and the parameters of the node that an example is about."""
    with open(path) as file:
        document = json.load(file)
    stem = os.path.splitext(os.path.basename(path))[0]
    nodes = document["nodes"]
    for entry in nodes.values():
        if entry["type"].lower() == stem.replace("-", ""):
            names = set(nodes)

            def is_input(value):
                parts = value if isinstance(value, list) else [value]
                return all(isinstance(part, str) and part.split(".")[0] in names for part in parts)
            return entry["type"], {
                name: value for name, value in entry.items()
                if name not in ("type", "note") and not is_input(value)}
    sys.exit(f"benchmark: {path} has no node called after it")


def chosen(names):
    found = {}
    for path in sorted(glob.glob(os.path.join(FOLDER, "*.json"))):
        stem = os.path.splitext(os.path.basename(path))[0]
        type_name, params = node(path)
        wanted = not names or any(
            fnmatch.fnmatchcase(stem, name) or fnmatch.fnmatchcase(type_name, name)
            for name in names)
        if stem not in WITHOUT and wanted:
            found[type_name] = (path, params)
    if not found:
        sys.exit(f"benchmark: no node is called {' or '.join(names)}")
    return found


def spelled(params):
    return ", ".join(
        f"{name} {json.dumps(value)}" for name, value in params.items()).replace('"', "")


def measure(names, place, runs, out):
    print(f"{'node':<14} {'ms':>8} {'ns/pixel':>9} {'x copy':>7} {'cpu ms':>8} {'others':>6}  "
          "parameters", file=out, flush=True)
    results, failures = {}, {}
    machine = Machine(pin())
    with Worker.ours("copy", *place, THREADS) as copier:
        for name, (path, params) in chosen(names).items():
            try:
                with Worker.ours(path, *place, THREADS) as ours:
                    rounds = Rounds({"ours": ours, "copy": copier}, machine).run(runs, 3)
            except Failed as failure:
                failures[name] = {"error": str(failure)}
                print(f"{name:<14} failed: {failure}", file=out, flush=True)
                continue
            ms = statistics.median(rounds.wall["ours"])
            results[name] = {
                "ms": ms, "ns_per_pixel": ms * 1e6 / (WIDTH * HEIGHT),
                "copies": ms / statistics.median(rounds.wall["copy"]),
                "cpu_ms": statistics.median(rounds.cpu["ours"]), "others": rounds.others,
                "parameters": spelled(params)}
            print(line(name, results[name]), file=out, flush=True)
    return results, failures


def line(name, result):
    return (f"{name:<14} {result['ms']:>8.1f} {result['ns_per_pixel']:>9.2f} "
            f"{result['copies']:>7.1f} {result['cpu_ms']:>8.1f} {result['others']:>6.0%}  "
            f"{result['parameters'][:80]}")
