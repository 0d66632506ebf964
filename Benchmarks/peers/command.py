"""Programs that are started for every run: ours, and the peers that are command lines.

A case whose name ends in `:ours` is our side.
"""
import os
import shutil
import subprocess

import OpenImageIO as oiio

from protocol import Shots, case, serve

BENCHMARKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIPACK = os.path.join(os.path.dirname(BENCHMARKS), ".build", "release", "bipack")


def oiiotool():
    """The program itself, from the module's own folder: the one on the PATH is a script."""
    own = os.path.join(os.path.dirname(oiio.__file__), "bin", "oiiotool")
    return own if os.path.exists(own) else shutil.which("oiiotool")


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        lines = done.stdout.strip().splitlines() or ["nothing"]
        raise RuntimeError(f"{command[0]} failed ({done.returncode}), its last words: {lines[-1]}")


def pixels(path):
    image = oiio.ImageBuf(path)
    return image.get_pixels(oiio.FLOAT)


# Start-up

def started(bench, command, path):
    def clear():
        if os.path.exists(path):
            os.unlink(path)
    return lambda: run(command), lambda other=path: pixels(other), clear


@case("start-up:ours")
def start_ours(bench):
    return started(bench, [
        BIPACK, "render", os.path.join(BENCHMARKS, "Graphs", "start-up.json"),
        "--var", f"out={bench.output}/ours", "--threads", str(bench.threads)],
        f"{bench.output}/ours.exr")


@case("start-up")
def start_oiiotool(bench):
    path = f"{bench.output}/peer.exr"
    return started(bench, [
        oiiotool(), "--threads", str(bench.threads), "--pattern",
        "checker:color1=0.1,0.1,0.1,1:color2=0.5,0.5,0.5,1:width=60:height=60", "1920x1080", "4",
        "-d", "half", "--compression", "zip", "-o", path], path)


# The whole comp

def comp(bench, side, command):
    """`command` gives the command line for a first and a last frame."""
    chunks = Shots(bench.output, side)
    return (lambda: run(command(*chunks.now)),
            lambda other=f"{bench.output}/peer.0001.exr": pixels(other), chunks.next)


def comp_ours(bench):
    return comp(bench, "ours", lambda first, last: [
        BIPACK, "render", os.path.join(BENCHMARKS, "Graphs", "comp.json"),
        "--var", f"data={bench.data}", "--var", f"out={bench.output}/ours",
        "--frames", f"{first}-{last}", "--threads", str(bench.threads)])


case("comp-blender:ours")(comp_ours)
case("comp-oiiotool:ours")(comp_ours)


@case("comp-oiiotool")
def comp_oiiotool(bench):
    # A picture with a label is pushed again by its label; what lies below is never looked at.
    key = ["r", "b", "--max", "--label", "limit", "g", "limit", "--sub", "--mulc", "-5",
           "--addc", "1", "--clamp:min=0:max=1", "--label", "alpha"]
    despill = ["r", "g", "limit", "--min", "--chappend", "b", "--chappend"]
    grade = ["--mulc", "1.1,1,0.85", "--powc", "0.9", "alpha", "--chappend",
             "--chnames", "R,G,B,A", "--premult"]

    def command(first, last):
        return [
            oiiotool(), "--threads", str(bench.threads), "--frames", f"{first}-{last}",
            f"{bench.data}/screen.%04d.exr", "--label", "screen",
            "--ch", "R", "--label", "r", "screen", "--ch", "G", "--label", "g",
            "screen", "--ch", "B", "--label", "b", *key, *despill, *grade,
            # A Gaussian is 4 sigma wide here. --blur would do it in one go, twenty times slower.
            f"{bench.data}/street.%04d.exr", "--kernel", "gaussian", "32x1", "--convolve",
            "--kernel", "gaussian", "1x32", "--convolve", "--ch", "R,G,B,A=1", "--over",
            "--ch", "R,G,B", "-d", "half", "--compression", "zip",
            "-o", f"{bench.output}/peer.%04d.exr"]

    return comp(bench, "peer", command)


if __name__ == "__main__":
    serve()
