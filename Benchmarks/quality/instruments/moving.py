"""Seeded shots whose motion is known: textured layers over each other, each with a motion of its own.

Pictures are linear light; flow is in pixels, v down. Frame numbers are any numbers.
"""
from dataclasses import dataclass

import cv2
import numpy

SAMPLES = 2  # in each direction of a pixel


def texture(dice, width, height):
    """Blotches of all sizes in a few colours, and hard-edged spots between them."""
    values = numpy.zeros((height, width, 3), numpy.float32)
    size = 3
    while size < max(width, height):
        cells = (max(2, height // size + 2), max(2, width // size + 2))
        grey = dice.normal(size=(*cells, 1)) * 0.8 + dice.normal(size=(*cells, 3)) * 0.35
        layer = cv2.resize(grey.astype(numpy.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        values += layer * 0.11 * min(1, (size / 24) ** 0.4)
        size *= 2
    for _ in range(width * height // 9000):
        center = dice.uniform((0, 0), (width, height))
        axes = dice.uniform(3, 26, 2)
        color = dice.uniform(-0.35, 0.35) + dice.uniform(-0.12, 0.12, 3)
        x0, y0 = (max(0, int(c - 28)) for c in center)
        part = values[y0:int(center[1] + 29), x0:int(center[0] + 29)]
        if not part.size:
            continue
        y, x = numpy.mgrid[0:part.shape[0], 0:part.shape[1]]
        inside = ((x + x0 - center[0]) / axes[0]) ** 2 + ((y + y0 - center[1]) / axes[1]) ** 2 < 1
        part[inside] += color.astype(numpy.float32)
    return numpy.clip(0.22 * 2 ** (3 * values), 0.004, 1.2).astype(numpy.float32)


def about(center, scale, angle, move):
    """A matrix that scales and turns about a point and then moves."""
    cosine, sine = scale * numpy.cos(angle), scale * numpy.sin(angle)
    turn = numpy.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    there = numpy.array([[1, 0, center[0] + move[0]], [0, 1, center[1] + move[1]], [0, 0, 1]])
    back = numpy.array([[1, 0, -center[0]], [0, 1, -center[1]], [0, 0, 1]])
    return there @ turn @ back


@dataclass
class Layer:
    colors: numpy.ndarray
    matte: numpy.ndarray | None  # of the size of the colours; None for a background
    origin: numpy.ndarray  # where the texture's corner is in the picture at time 0
    center: numpy.ndarray
    zoom: float  # a frame
    turn: float
    move: numpy.ndarray
    bend: float = 0.0  # keystone a frame

    def pose(self, time):
        """From places in the picture at time 0 to those at a time."""
        matrix = about(self.center, self.zoom ** time, self.turn * time, self.move * time)
        tilt = numpy.eye(3)
        tilt[2, 0] = self.bend * time
        tilt[2, 2] = 1 - self.bend * time * self.center[0]
        return tilt @ matrix


class Shot:
    """A background and `count` things in front of it."""

    def __init__(self, seed, width, height, count=4, speed=6.0, still=False):
        dice = numpy.random.default_rng(seed)
        self.width, self.height = width, height
        room = 0 if still else width // 4
        speed *= width / 1920
        middle = numpy.array([width / 2, height / 2])
        self.layers = [Layer(
            texture(dice, width + 2 * room, height + 2 * room), None, numpy.array([-room, -room]), middle,
            1 + dice.uniform(-0.003, 0.003), dice.uniform(-0.003, 0.003),
            dice.uniform(-0.6, 0.6, 2) * speed, dice.uniform(-1, 1) * 4e-6 * 1920 / width)]
        for _ in range(count):
            size = int(height * dice.uniform(0.22, 0.5))
            center = dice.uniform((0.2, 0.2), (0.8, 0.8)) * (width, height)
            angle = numpy.linspace(0, 2 * numpy.pi, 90)
            radius = size / 2 * (0.72 + 0.22 * numpy.sin(dice.integers(2, 6) * angle + dice.uniform(0, 6)))
            outline = numpy.stack([numpy.cos(angle), numpy.sin(angle)], 1) * radius[:, None] + size / 2
            matte = numpy.zeros((size, size), numpy.uint8)
            cv2.fillPoly(matte, [numpy.rint(outline * 16).astype(numpy.int32)], 255, cv2.LINE_AA, 4)
            self.layers.append(Layer(
                texture(dice, size, size), matte.astype(numpy.float32) / 255, center - size / 2, center,
                1 + dice.uniform(-0.012, 0.012), dice.uniform(-0.02, 0.02),
                dice.uniform(-2, 2, 2) * speed))

    def places(self, samples=1):
        """The middles of pixels, or of parts of them."""
        y, x = numpy.mgrid[0:self.height * samples, 0:self.width * samples]
        return numpy.stack([(x + 0.5) / samples, (y + 0.5) / samples], -1)

    @staticmethod
    def moved(matrix, places):
        moved = places @ matrix[:2, :2].T + matrix[:2, 2]
        return moved / (places @ matrix[2, :2] + matrix[2, 2])[..., None]

    def cover(self, layer, places, time):
        """Where in its texture a layer is seen, and how much of it is there."""
        at = self.moved(numpy.linalg.inv(layer.pose(time)), places) - layer.origin - 0.5
        at = at.astype(numpy.float32)
        if layer.matte is None:
            return at, None
        return at, cv2.remap(layer.matte, at, None, cv2.INTER_LINEAR, borderValue=0)

    def picture(self, time):
        samples = SAMPLES
        places = self.places(samples)
        made = None
        for layer in self.layers:
            at, cover = self.cover(layer, places, time)
            colors = cv2.remap(layer.colors, at, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
            made = colors if cover is None else made + cover[..., None] * (colors - made)
        size = (self.height, samples, self.width, samples, 3)
        return numpy.maximum(made.reshape(size).mean((1, 3)), 0).astype(numpy.float32)

    def front(self, places, time):
        """Which layer is seen, and -1 where two share the place."""
        seen = numpy.zeros(places.shape[:2], numpy.int32)
        for index, layer in enumerate(self.layers):
            _, cover = self.cover(layer, places, time)
            if cover is not None:
                seen = numpy.where(cover > 0.999, index, numpy.where(cover > 0.001, -1, seen))
        return seen

    def flow(self, time, other):
        """Of each pixel at a time where it is at another, and whether it is seen there."""
        places = self.places()
        seen = self.front(places, time)
        flow = numpy.zeros((*places.shape[:2], 2), numpy.float32)
        for index, layer in enumerate(self.layers):
            there = self.moved(layer.pose(other) @ numpy.linalg.inv(layer.pose(time)), places) - places
            flow[seen == index] = there[seen == index]
        there = places + flow
        inside = ((there >= 0) & (there < (self.width, self.height))).all(-1)
        return flow, inside & (seen >= 0) & (self.front(there, other) == seen)


def noisy(picture, sigma, seed):
    """Grain as a camera's, `sigma` of 255 in the coded picture."""
    coded = numpy.sqrt(numpy.maximum(picture, 0))
    dice = numpy.random.default_rng(seed)
    return (numpy.maximum(coded + dice.normal(size=picture.shape) * sigma / 255, 0) ** 2).astype(numpy.float32)


def eight_bits(picture):
    """What a peer of 8 bits is given: sRGB."""
    values = numpy.clip(picture, 0, 1)
    coded = numpy.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055)
    return numpy.rint(coded * 255).astype(numpy.uint8)
