"""Programs that are started for every run: ours, and the peers that are command lines.

A case whose name ends in `:ours` is our side.
"""
import os
import shutil
import subprocess

import numpy
import OpenImageIO as oiio

from protocol import HEIGHT, WIDTH, Shots, case, serve

BENCHMARKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Without what would make Bipack remember.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("BIPACK")}
BIPACK = os.path.join(os.path.dirname(BENCHMARKS), ".build", "release", "bipack")


def oiiotool():
    """The program itself, from the module's own folder: the one on the PATH is a script."""
    own = os.path.join(os.path.dirname(oiio.__file__), "bin", "oiiotool")
    return own if os.path.exists(own) else shutil.which("oiiotool")


def run(command, **variables):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, env={**ENVIRONMENT, **variables})
    if done.returncode:
        lines = done.stdout.strip().splitlines() or ["nothing"]
        raise RuntimeError(f"{command[0]} failed ({done.returncode}), its last words: {lines[-1]}")


def pixels(path):
    image = oiio.ImageBuf(path)
    return image.get_pixels(oiio.FLOAT)


def started(bench, command, path, **variables):
    """A case of one command line that writes one file."""
    def clear():
        if os.path.exists(path):
            os.unlink(path)
    return lambda: run(command, **variables), lambda other=path: pixels(other), clear


def ours(bench, graph, *words):
    return [BIPACK, "render", os.path.join(BENCHMARKS, "Graphs", graph),
            "--var", f"out={bench.output}/ours", "--threads", str(bench.threads), "--force", *words]


# Start-up

@case("start-up:ours")
def start_ours(bench):
    return started(bench, ours(bench, "start-up.json"), f"{bench.output}/ours.exr")


@case("start-up")
def start_oiiotool(bench):
    path = f"{bench.output}/peer.exr"
    return started(bench, [
        oiiotool(), "--threads", str(bench.threads), "--pattern",
        "checker:color1=0.1,0.1,0.1,1:color2=0.5,0.5,0.5,1:width=60:height=60", "1920x1080", "4",
        "-d", "half", "--compression", "zip", "-o", path], path)


# From file to file

def file_blur_ours(bench):
    return started(bench, ours(bench, "file-blur.json", "--var", f"data={bench.data}"),
                   f"{bench.output}/ours.exr")


for name in ("gegl", "gmic", "vips"):
    case(f"file-{name}:ours")(file_blur_ours)


@case("file-gegl")
def file_gegl(bench):
    path = f"{bench.output}/peer.exr"
    return started(bench, [
        "gegl", f"{bench.data}/plate.zip.exr", "-o", path, "--",
        "gegl:gaussian-blur", "std-dev-x=20", "std-dev-y=20", "abyss-policy=clamp"],
        path, GEGL_THREADS=str(bench.threads))


@case("file-gmic")
def file_gmic(bench):
    path = f"{bench.output}/peer.exr"
    return started(bench, ["gmic", f"{bench.data}/plate.zip.exr", "blur", "20,1", "o", path],
                   path, OMP_NUM_THREADS=str(bench.threads))


@case("file-vips")
def file_vips(bench):
    path = f"{bench.output}/peer.v"
    run, _, clear = started(bench, [
        "vips", "gaussblur", f"{bench.data}/plate.zip.exr", path, "20", "--precision", "float"],
        path, VIPS_CONCURRENCY=str(bench.threads))

    def result(other=path):
        if other != path:
            return pixels(other)
        # Its own format: a header of 64 bytes, floats, and a text. Alpha counts to 255.
        values = numpy.fromfile(path, numpy.float32, WIDTH * HEIGHT * 4, offset=64)
        return values.reshape(HEIGHT, WIDTH, 4) / numpy.float32([1, 1, 1, 255])

    return run, result, clear


# The whole comp

def comp(bench, side, chunk, command):
    """`command` gives the command line for a first and a last frame, `chunk` frames in all."""
    chunks = Shots(bench.output, side, chunk)
    return (lambda: run(command(*chunks.now)),
            lambda other=f"{bench.output}/peer.0001.exr": pixels(other), chunks.next)


def comp_ours(peer, chunk):
    case(f"comp-{peer}:ours")(lambda bench: comp(bench, "ours", chunk, lambda first, last: ours(
        bench, "comp.json", "--var", f"data={bench.data}", "--frames", f"{first}-{last}")))


comp_ours("blender", 4)
comp_ours("oiiotool", 4)


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

    return comp(bench, "peer", 4, command)


if __name__ == "__main__":
    serve()
