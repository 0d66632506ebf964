"""Subjects on screens of which everything is known: alpha, foreground, the screen under it.

    C = a F' + (1 - a) S ill + noise

Shapes are drawn four times as large as single pixels that are there or not, layer over layer, and
averaged: alpha and the colour under it are exact, also where two hairs of different colour and the
screen share a pixel. The screen is lit unevenly by a quarter and more, its light falls on the edges
of the subject (F' = F + 0.15 S exp(-depth / 12)), and grain grows with the square root of the light.
All is made from a seed: twelve pictures, the same on every machine.
"""
from dataclasses import dataclass

import cv2
import numpy
import scipy.ndimage

WIDTH, HEIGHT, FINE = 640, 480, 4
SCREENS = {"green": (0.06, 0.36, 0.09), "blue": (0.05, 0.10, 0.40)}


@dataclass(frozen=True)
class Subject:
    name: str
    draw: str  # a method of `Painter`
    screen: str
    half: str  # `tune` if constants may be chosen on it, else `report`
    seed: int


SUBJECTS = [
    Subject("hair-dark-green", "dark_hair", "green", "tune", 1),
    Subject("hair-blonde-green", "blonde_hair", "green", "report", 2),
    Subject("discs-green", "soft_discs", "green", "tune", 3),
    Subject("bars-green", "moving_bars", "green", "report", 4),
    Subject("veil-green", "veil", "green", "tune", 5),
    Subject("lattice-green", "lattice", "green", "report", 6),
    Subject("hair-dark-blue", "dark_hair", "blue", "report", 7),
    Subject("hair-blonde-blue", "blonde_hair", "blue", "tune", 8),
    Subject("discs-blue", "soft_discs", "blue", "report", 9),
    Subject("bars-blue", "moving_bars", "blue", "tune", 10),
    Subject("veil-blue", "veil", "blue", "report", 11),
    Subject("lattice-blue", "lattice", "blue", "tune", 12),
]


@dataclass(frozen=True)
class Picture:
    """What is shot and what is known about it, in linear light."""
    shot: numpy.ndarray
    alpha: numpy.ndarray
    foreground: numpy.ndarray  # straight, with the light of the screen on it
    plate: numpy.ndarray  # the screen without subject and grain


def cloth(random, height, width, color, contrast, size):
    """A colour with texture of several sizes around `size` pixels."""
    shade = numpy.zeros((height, width))
    for octave in range(4):
        step = max(1, int(size / 2**octave))
        coarse = random.normal(size=(height // step + 3, width // step + 3))
        shade += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC) / 2 ** (octave / 2)
    shade = numpy.exp(contrast * shade / shade.std())
    tint = 1 + 0.12 * cv2.resize(random.normal(size=(6, 8, 3)), (width, height))
    return numpy.asarray(color) * shade[..., None] * numpy.clip(tint, 0.5, 1.5)


class Painter:
    """Lays layers over each other on the fine grid: premultiplied colour and coverage."""

    def __init__(self, screen, seed):
        self.screen = screen
        self.random = numpy.random.default_rng(seed)
        self.height, self.width = HEIGHT * FINE, WIDTH * FINE
        self.color = numpy.zeros((self.height, self.width, 3), numpy.float32)
        self.alpha = numpy.zeros((self.height, self.width), numpy.float32)

    def over(self, color, coverage):
        """Lays a layer over what is there: straight colour, coverage of the whole picture."""
        left, top, width, height = cv2.boundingRect((coverage > 0).astype(numpy.uint8))
        here = slice(top, top + height), slice(left, left + width)
        coverage = coverage[here].astype(numpy.float32)
        color = numpy.asarray(color, numpy.float32)
        self.color[here] *= 1 - coverage[..., None]
        self.color[here] += coverage[..., None] * (color if color.ndim == 1 else color[here])
        self.alpha[here] *= 1 - coverage
        self.alpha[here] += coverage

    def mask(self):
        return numpy.zeros((self.height, self.width), numpy.uint8)

    def place(self, x, y):
        """A point of the picture, 0 to 1 in both directions, on the fine grid."""
        return int(x * self.width), int(y * self.height)

    def texture(self, color, contrast=0.25, size=60):
        return cloth(self.random, self.height, self.width, color, contrast, size).astype(numpy.float32)

    def ellipse(self, x, y, across, down, angle=0):
        mask = self.mask()
        axes = int(across * self.width), int(down * self.height)
        cv2.ellipse(mask, self.place(x, y), axes, angle, 0, 360, 1, -1)
        return mask

    # Subjects.

    def body(self, skin, shirt):
        self.over(self.texture(shirt, 0.35, 90), self.ellipse(0.5, 1.08, 0.34, 0.42))
        self.over(self.texture(skin, 0.12, 160), self.ellipse(0.5, 0.66, 0.055, 0.16))
        self.over(self.texture(skin, 0.12, 160), self.ellipse(0.5, 0.45, 0.125, 0.23))

    def strands(self, colors, count, length, widths):
        """Hair that grows from a head: every strand its own colour, width and curl."""
        random = self.random
        for _ in range(count):
            turn = random.uniform(numpy.pi * 0.95, numpy.pi * 2.05)
            root = numpy.array([0.5 + 0.12 * numpy.cos(turn), 0.43 + 0.215 * numpy.sin(turn)])
            heading = turn + random.normal(scale=0.5)
            curl, reach = random.normal(scale=2.5), length * random.uniform(0.3, 1)
            points, place = [], root
            for step in range(24):
                points.append((place[0] * self.width, place[1] * self.height))
                heading += curl / 24 + 0.05 * numpy.cos(heading)
                move = numpy.array([numpy.cos(heading) * 0.75, numpy.sin(heading)])
                place = place + move * reach / 24 + [0, 0.0004 * step * reach * 10]
            left, top = numpy.floor(numpy.min(points, axis=0)).astype(int) - 12
            right, bottom = numpy.ceil(numpy.max(points, axis=0)).astype(int) + 12
            left, top = max(left, 0), max(top, 0)
            right, bottom = min(right, self.width), min(bottom, self.height)
            if right <= left or bottom <= top:
                continue
            patch = numpy.zeros((bottom - top, right - left), numpy.uint8)
            corner = numpy.rint((numpy.array(points) - [left, top])).astype(numpy.int32)
            cv2.polylines(patch, [corner], False, 1, int(random.choice(widths)))
            there = patch > 0
            color = numpy.asarray(colors[random.integers(len(colors))]) * random.lognormal(0, 0.35)
            self.color[top:bottom, left:right][there] = color
            self.alpha[top:bottom, left:right][there] = 1

    def dark_hair(self):
        self.body((0.36, 0.19, 0.12), (0.30, 0.30, 0.33))
        self.over(self.texture((0.035, 0.022, 0.016), 0.4, 12), self.ellipse(0.5, 0.33, 0.135, 0.14))
        self.strands([(0.03, 0.018, 0.012), (0.06, 0.035, 0.022), (0.015, 0.012, 0.012)],
                     1400, 0.28, [1, 2, 3, 4])

    def blonde_hair(self):
        # No blue shirt before a blue screen, as in any studio.
        self.body((0.62, 0.40, 0.30), (0.20, 0.24, 0.13) if self.screen == "blue" else (0.12, 0.16, 0.34))
        self.over(self.texture((0.55, 0.40, 0.20), 0.3, 12), self.ellipse(0.5, 0.33, 0.135, 0.14))
        self.strands([(0.66, 0.48, 0.24), (0.80, 0.66, 0.42), (0.38, 0.25, 0.11)],
                     1400, 0.32, [1, 2, 3, 4])

    def soft_discs(self):
        """Things in and out of focus: coverage blurred, and the colour with it."""
        random = self.random
        colors = [(0.7, 0.12, 0.08), (0.6, 0.6, 0.58), (0.05, 0.05, 0.06), (0.75, 0.55, 0.08),
                  (0.35, 0.12, 0.42), (1.8, 1.6, 1.3)]
        for i in range(12):
            x, y = random.uniform(0.1, 0.9, 2)
            size = random.uniform(0.04, 0.13)
            coverage = self.ellipse(x, y, size, size * 1.33).astype(numpy.float32)
            sigma = FINE * float(random.choice([0.5, 2, 5, 9]))
            self.over(self.texture(colors[i % len(colors)]), cv2.GaussianBlur(coverage, (0, 0), sigma))

    def moving_bars(self):
        """Limbs that moved while the shutter was open."""
        random = self.random
        colors = [(0.42, 0.24, 0.16), (0.10, 0.04, 0.05), (0.55, 0.53, 0.50), (0.30, 0.08, 0.10)]
        self.over(self.texture((0.12, 0.13, 0.16), 0.3), self.ellipse(0.5, 0.7, 0.16, 0.42))
        for i in range(9):
            turn = random.uniform(-numpy.pi, 0)
            mask = self.mask()
            start = numpy.array([0.5 + random.uniform(-0.1, 0.1), 0.55 + random.uniform(-0.1, 0.25)])
            end = start + random.uniform(0.25, 0.5) * numpy.array([numpy.cos(turn), numpy.sin(turn)])
            thick = int(FINE * random.uniform(8, 34))
            cv2.line(mask, self.place(*start), self.place(*end), 1, thick)
            length = int(FINE * random.uniform(1, 34)) | 1
            kernel = numpy.zeros((length, length), numpy.float32)
            across = turn + numpy.pi / 2
            tip = numpy.array([numpy.cos(across), numpy.sin(across)]) * (length // 2)
            middle = numpy.array([length // 2, length // 2])
            cv2.line(kernel, tuple(numpy.rint(middle - tip).astype(int).tolist()),
                     tuple(numpy.rint(middle + tip).astype(int).tolist()), 1, 1)
            coverage = cv2.filter2D(mask.astype(numpy.float32), -1, kernel / kernel.sum())
            self.over(self.texture(colors[i % len(colors)], 0.2), coverage)

    def veil(self):
        """Cloth and glass: half there over wide areas, with folds and glints."""
        self.body((0.45, 0.27, 0.19), (0.5, 0.48, 0.44))
        y, x = numpy.mgrid[0:self.height, 0:self.width].astype(numpy.float32)
        x, y = x / self.width, y / self.height
        fold = 0.5 + 0.5 * numpy.sin(60 * x + 9 * numpy.sin(5 * y) + 4 * y)
        cover = cv2.GaussianBlur(self.ellipse(0.5, 0.62, 0.33, 0.45).astype(numpy.float32), (0, 0), 3 * FINE)
        self.over(self.texture((0.62, 0.60, 0.64), 0.1), cover * (0.12 + 0.5 * fold**2))
        glass = cv2.GaussianBlur(self.ellipse(0.84, 0.3, 0.1, 0.17).astype(numpy.float32), (0, 0), FINE)
        rim = glass - cv2.GaussianBlur(self.ellipse(0.84, 0.3, 0.088, 0.152).astype(numpy.float32), (0, 0), FINE)
        self.over((0.25, 0.24, 0.25), 0.18 * glass)
        self.over((0.5, 0.5, 0.52), 0.8 * numpy.clip(rim, 0, 1))
        self.over((2.5, 2.4, 2.2), 0.9 * cv2.GaussianBlur(
            self.ellipse(0.81, 0.24, 0.012, 0.03, 30).astype(numpy.float32), (0, 0), FINE))

    def lattice(self):
        """Wicker and leaves: many small holes through which the screen shows."""
        random = self.random
        self.over(self.texture((0.25, 0.16, 0.09), 0.35, 30), self.ellipse(0.38, 0.6, 0.28, 0.34))
        holes = self.mask()
        for row in range(26):
            for column in range(30):
                x = 0.1 + 0.02 * column + 0.01 * (row % 2)
                y = 0.26 + 0.027 * row
                cv2.ellipse(holes, self.place(x, y), (int(FINE * random.uniform(1, 6)),
                            int(FINE * random.uniform(1, 6))), random.uniform(0, 180), 0, 360, 1, -1)
        soft = cv2.GaussianBlur(holes.astype(numpy.float32), (0, 0), 0.6 * FINE)
        self.color *= 1 - soft[..., None]
        self.alpha *= 1 - soft
        # Leaves that are green on the blue screen, red in autumn on the green one.
        leaf = (0.09, 0.22, 0.03) if self.screen == "blue" else (0.42, 0.14, 0.03)
        for _ in range(150):
            x, y = random.uniform(0.62, 0.98), random.uniform(0.1, 0.95)
            shape = self.mask()
            cv2.ellipse(shape, self.place(x, y), (int(FINE * random.uniform(8, 26)),
                        int(FINE * random.uniform(2, 7))), random.uniform(0, 180), 0, 360, 1, -1)
            self.over(numpy.asarray(leaf) * random.lognormal(0, 0.3), shape)

    def paint(self, subject):
        """Alpha and straight foreground of the picture's size."""
        getattr(self, subject.draw)()
        size = WIDTH, HEIGHT
        alpha = cv2.resize(self.alpha, size, interpolation=cv2.INTER_AREA).astype(numpy.float64)
        color = cv2.resize(self.color, size, interpolation=cv2.INTER_AREA).astype(numpy.float64)
        alpha[alpha < 1e-4] = 0
        alpha[alpha > 1 - 1e-4] = 1
        straight = color / numpy.maximum(alpha, 1e-4)[..., None]
        return alpha, numpy.where(alpha[..., None] > 0, straight, 0)


def illumination():
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    x, y = x / WIDTH, y / HEIGHT
    fall = 1 - 0.25 * ((x - 0.35) ** 2 + (y - 0.4) ** 2) / 0.5
    return fall + 0.08 * numpy.sin(3 * x) * numpy.cos(4 * y)


def make(subject):
    """One picture and its truth."""
    painter = Painter(subject.screen, subject.seed)
    alpha, foreground = painter.paint(subject)
    screen = numpy.asarray(SCREENS[subject.screen])
    plate = screen * illumination()[..., None]
    depth = scipy.ndimage.distance_transform_edt(alpha > 0.5)
    spilled = foreground + 0.15 * screen * numpy.exp(-depth / 12)[..., None]
    spilled = numpy.where(alpha[..., None] > 0, spilled, 0)
    shot = alpha[..., None] * spilled + (1 - alpha[..., None]) * plate
    shot += 0.01 * numpy.sqrt(shot + 0.002) * painter.random.normal(size=shot.shape)
    return Picture(*(values.astype(numpy.float32) for values in (shot, alpha, spilled, plate)))
