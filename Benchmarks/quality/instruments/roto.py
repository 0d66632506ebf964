"""Shapes and strokes beside areas and profiles worked out with numpy."""
import fnmatch
import math
import os

import cv2
import numpy

from .. import pictures
from ..figure import Case, Figure

CIRCLES = ((200.37, 199.81, 150), (200.5, 200, 31.25), (100.1, 90.7, 9.3), (50.77, 60.2, 3.1))


def alpha(bench, graph, shape, **variables):
    return bench.picture(graph, {**variables, "out": bench.file("roto.exr")}, (*shape, 1))[..., 0]


def circle_area(bench):
    """The area of circles, ours and those of OpenCV's antialiased circle."""
    ours, theirs = [], []
    for x, y, r in CIRCLES:
        truth = math.pi * r * r
        ours.append(abs(alpha(bench, "roto-circle.json", (400, 400), x=x, y=y, r=r).sum(dtype=float) / truth - 1))
        drawn = numpy.zeros((400, 400), numpy.uint8)
        places = [round((value - offset) * 256) for value, offset in ((x, 0.5), (y, 0.5), (r, 0))]
        cv2.circle(drawn, tuple(places[:2]), places[2], 255, -1, cv2.LINE_AA, 8)
        theirs.append(abs(drawn.sum(dtype=float) / 255 / truth - 1))
    return [Figure("area", max(ours), max(theirs), 0.001, note="the worst of four; peer: OpenCV circle")]


def circle_pixels(bench):
    """Each pixel beside the area under the curve, column by column: the circle as its four cubics draw it."""
    x, y, r = CIRCLES[1]
    ours = alpha(bench, "roto-circle.json", (400, 400), x=x, y=y, r=r)
    t, k = numpy.linspace(0, 1, 20001), 0.5522847498
    across = (1 - t) ** 3 + 3 * t * (1 - t) ** 2 + 3 * k * t * t * (1 - t)
    columns = numpy.abs((numpy.arange(400 * 256) + 0.5) / 256 - x) / r
    # Half the height of each column; the quarter is the same both ways.
    half = r * numpy.where(columns < 1, numpy.interp(columns, across[::-1], across), 0)
    rows = numpy.arange(400)[:, None]
    inside = numpy.minimum(rows + 1, y + half) - numpy.maximum(rows, y - half)
    truth = numpy.clip(inside, 0, 1).reshape(400, 400, 256).mean(axis=2)
    return [Figure("worst", float(numpy.abs(ours - truth).max()), None, 1 / 256, note="beside its cubics"),
            Figure("mean", float(numpy.abs(ours - truth).mean()), None, 1e-4)]


PROFILES = {
    "linear": lambda t: t,
    "plinear": lambda t: t ** 3,
    "smooth": lambda t: t * t * (3 - 2 * t),
    "smooth0": lambda t: t * t * (2 - t),
    "smooth1": lambda t: t * (1 + t * (1 - t)),
}


def with_falloff(bench, falloff):
    """The graph of a soft edge with another falloff: a choice takes no variable."""
    with open(bench.render.path("roto-feather.json"), encoding="utf-8") as file:
        text = file.read()
    with open(bench.file("roto-feather.json"), "w", encoding="utf-8") as file:
        file.write(text.replace('"falloff": "smooth"', f'"falloff": "{falloff}"'))
    return bench.file("roto-feather.json")


def feather_profile(bench):
    """The soft edge of a half plane, the mean of its formula over each pixel."""
    worst = 0
    for falloff, profile in PROFILES.items():
        for feather in (40, 3.5, -25):
            ours = alpha(bench, with_falloff(bench, falloff), (4, 200), feather=feather)
            part = ((numpy.arange(200 * 500) + 0.5) / 500 - 100.3) / feather
            full = numpy.clip(1 - part if feather > 0 else part, 0, 1)
            truth = profile(full).reshape(200, 500).mean(axis=1)
            worst = max(worst, float(numpy.abs(ours - truth).max()))
    return [Figure("profile", worst, None, 0.004, note="15 profiles of five falloffs")]


def motion_energy(bench):
    """What a stroke adds up to in motion, beside the same stroke at rest."""
    still = alpha(bench, "roto-motion.json", (400, 400), quality=0).sum(dtype=float)
    moving = alpha(bench, "roto-motion.json", (400, 400), quality=1)
    # Finer steps change nothing.
    fine = alpha(bench, "roto-motion.json", (400, 400), quality=8)
    return [Figure("energy", float(abs(moving.sum(dtype=float) / still - 1)), None, 1e-4),
            Figure("smooth", float(numpy.abs(moving - fine).max()), None, 0.01, note="beside 160 moments")]


def reveal(bench):
    """Where the brush is full, the pixels are those of the later frame."""
    def picture(frame, opacity, later=7):
        paths = {"out": bench.file("paint.####.exr"), "opacity": opacity, "later": later}
        return bench.sequence("paint-reveal.json", paths, [frame], (180, 320, 3))[0]
    painted, before, source = picture(1003, 1), picture(1003, 0), picture(1010, 0)
    inside = numpy.zeros((180, 320), numpy.uint8)
    t = numpy.linspace(0, 1, 200)[:, None]
    points = [numpy.array(p, float) for p in ((60, 90), (120, 40), (200, 140), (260, 90))]
    line = sum(w * p for w, p in zip(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3), points))
    for x, y in line:
        cv2.circle(inside, (round(x), round(y)), 22, 1, -1)
    outside = cv2.dilate(inside, numpy.ones((25, 25), numpy.uint8)) == 0
    return [Figure("inside", float(numpy.abs(painted - source)[inside > 0].max()), None, 0),
            Figure("outside", float(numpy.abs(painted - before)[outside].max()), None, 0)]


CASES = [
    Case("roto-circle", "the area of circles", "report", ("area",), circle_area),
    Case("roto-pixels", "each pixel of a circle", "report", ("worst", "mean"), circle_pixels),
    Case("roto-feather", "soft edges", "report", ("profile",), feather_profile),
    Case("roto-motion", "a stroke in motion", "report", ("energy", "smooth"), motion_energy),
    Case("paint-reveal", "a later frame revealed", "report", ("inside", "outside"), reveal),
]


def draw_sheets(bench, folder, names):
    """A circle, a stroke in motion and a revealed frame, and their edges at eight times the size."""
    if names and not any(fnmatch.fnmatchcase("roto", name) for name in names):
        return
    circle = alpha(bench, "roto-circle.json", (400, 400), x=200.4, y=199.8, r=150)
    motion = alpha(bench, "roto-motion.json", (400, 400), quality=1)
    for name, picture, (top, left) in (("circle", circle, (80, 60)), ("motion", motion, (150, 170))):
        pictures.write_matte_png(os.path.join(folder, f"roto.{name}.png"), picture)
        part = picture[top:top + 60, left:left + 60].repeat(8, axis=0).repeat(8, axis=1)
        pictures.write_matte_png(os.path.join(folder, f"roto.{name}-edge.png"), part)
