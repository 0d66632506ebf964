"""The peers' side of the conversation that Sources/Worker/main.swift speaks for us.

    python peers/MODULE.py CASE DATA OUTPUT THREADS

Each module registers its cases. A case gets a `Bench` and returns `run`, which does the work once,
`result`, which gives what was made as rows of pixels of channels, for comparing, and possibly
`before`, which is called before each run and not timed.
"""
import json
import os
import resource
import sys
import time

import numpy

WIDTH, HEIGHT = 3840, 2160
_cases = {}


def case(name):
    def register(make):
        _cases[name] = make
        return make
    return register


class Bench:
    def __init__(self, name, data, output, threads):
        self.name, self.data, self.output, self.threads = name, data, output, threads

    def picture(self, name):
        """Floats, height x width x RGBA."""
        planes = numpy.fromfile(f"{self.data}/{name}.f32", dtype=numpy.float32)
        planes = planes.reshape(4, HEIGHT, WIDTH)
        return numpy.ascontiguousarray(planes.transpose(1, 2, 0))


class Shots:
    """A comp of 24 frames, some of them for each run. What was written before is removed before a
    run: nothing is done because its result is there."""
    FRAMES = 24

    def __init__(self, folder, side, chunk):
        self.folder, self.side, self.chunk = folder, side, chunk
        self.now = (1 - chunk, 0)

    def next(self):
        for name in os.listdir(self.folder):
            if name.startswith(self.side + "."):
                os.unlink(os.path.join(self.folder, name))
        first = self.now[1] % self.FRAMES + 1
        self.now = (first, first + self.chunk - 1)


def cpu_milliseconds():
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1e3 * (own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime)


def difference(ours, theirs, margin):
    """How far two pictures are apart: at most, on the whole, and how large the values are."""
    if ours.shape != theirs.shape:
        return {"error": f"ours is {ours.shape}, the peer's {theirs.shape}"}
    if margin:
        inner = slice(margin, -margin)
        ours, theirs = ours[inner, inner], theirs[inner, inner]
    apart = numpy.abs(ours.astype(numpy.float64) - theirs)
    return {
        "max": float(apart.max()), "mean": float(apart.mean()),
        "p999": float(numpy.partition(apart.ravel(), int(apart.size * 0.999))[
            int(apart.size * 0.999)]),
        "peak": float(numpy.abs(theirs).max()),
    }


def load(path, width, height, channels):
    planes = numpy.fromfile(path, dtype=numpy.float32).reshape(channels, height, width)
    return planes.transpose(1, 2, 0)


def answer(value):
    print(json.dumps(value), flush=True)


def serve():
    name, data, output, threads = sys.argv[1:5]
    if name not in _cases:
        answer({"error": f"{os.path.basename(sys.argv[0])} has no case '{name}'"})
        sys.exit(1)
    try:
        run, result, *before = _cases[name](Bench(name, data, output, int(threads)))
        answer({"ready": True})
        for line in sys.stdin:
            words = line.split()
            if words[0] == "run":
                for action in before:
                    action()
                start, cpu = time.perf_counter(), cpu_milliseconds()
                run()
                end, cpu_end = time.perf_counter(), cpu_milliseconds()
                children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
                answer({"ms": 1e3 * (end - start), "cpu": cpu_end - cpu, "child_kb": children})
            elif words[0] == "compare":
                # The path, width, height and channels of ours, the margin left out, whether to clip.
                path, size = words[1], [int(word) for word in words[2:5]]
                ours = load(path, *size)
                if words[6] == "1":
                    ours = ours.clip(0, 1)
                answer(difference(ours, result()[..., :size[2]], int(words[5])))
            elif words[0] == "compare-files":
                # Ours against the peer's, both read by the peer.
                answer(difference(result(words[1]), result(), int(words[2])))
            else:
                return
    except Exception as error:  # the driver prints it: a peer that fails is said, not skipped
        answer({"error": f"{type(error).__name__}: {error}"})
        sys.exit(1)
