"""Grain measured beside laws that are known, and made again beside the grain of real plates."""
import os

import cv2
import numpy

from .. import pictures, places
from ..figure import Case, Figure
from . import denoise
from .tracks import frames_to_files, values

SIDE = 16
OFFSETS = ((1, 0), (0, 1), (1, 1), (2, 0), (0, 2))
PAIRS = ((0, 1), (0, 2), (1, 2))

# The camera of Scripts/platemaker: variance = read^2 + shot * light, and a filter that makes noise wider than a pixel.
SHOT, READ = numpy.array([0.00022, 0.00015, 0.00034]), numpy.array([0.0017, 0.0013, 0.0024])


class Law:
    """Deviation by light and channel, correlation by distance, and of one channel with another."""
    def __init__(self, deviation, kernel, alike=0.0):
        self.deviation, self.alike = deviation, alike
        single = numpy.zeros((33, 33))
        single[16, 16] = 1
        self.kernel = kernel(single)

    def correlation(self, dx, dy):
        moved = numpy.roll(self.kernel, (dy, dx), (0, 1))
        return (self.kernel * moved).sum() / (self.kernel ** 2).sum()


def camera(gain):
    return Law(lambda light, channel: numpy.sqrt((READ[channel] * gain) ** 2 + SHOT[channel] * gain * light),
               lambda single: 0.82 * single + 0.62 / 0.353 * cv2.GaussianBlur(single, (0, 0), 0.8))


class Profile:
    """What a GrainProfile says of a clip."""
    def __init__(self, bench, path, frames, size):
        found = values(bench, {"type": "GrainProfile"}, path, frames, size)
        grain, self.confidence = found["grain"], found["confidence"]
        self.curves = [numpy.array([point[:2] for point in grain[name]]) for name in ("red", "green", "blue")]
        count = len(grain["correlation"])
        self.reach = next(reach for reach in range(16) if 6 * (reach + 1) * (2 * reach + 1) == count)
        self.table = numpy.array(grain["correlation"]).reshape(6, self.reach + 1, 2 * self.reach + 1)

    def deviation(self, light, channel):
        points = self.curves[channel]
        return numpy.interp(numpy.sqrt(light), numpy.sqrt(points[:, 0]), points[:, 1])

    def correlation(self, pair, dx, dy):
        return self.table[pair, dy, self.reach + dx] if max(abs(dx), dy) <= self.reach else 0.0


def against(bench, path, frames, law, clean, share=1.0):
    """The profile's worst terms, of deviations of a share of them, at the light that most of the clean picture has."""
    found = Profile(bench, path, frames, clean.shape[1::-1])
    off = []
    for channel in range(3):
        for light in numpy.quantile(clean[..., channel], (0.1, 0.3, 0.5, 0.7, 0.9)):
            off.append(found.deviation(max(light, 0), channel) / law.deviation(max(light, 0), channel) - 1)
    spatial = [found.correlation(channel, dx, dy) - law.correlation(dx, dy) for channel in range(3) for dx, dy in OFFSETS]
    cross = [found.correlation(3 + pair, 0, 0) - law.alike for pair in range(3)]
    return [numpy.quantile(numpy.abs(off), share), numpy.abs(spatial).max(), numpy.abs(cross).max()]


METRICS = ("sigma", "spatial", "cross")


def terms(found, what):
    return [Figure("sigma", found[0], None, 0.1, note=f"the worst of {what}, as a share"),
            Figure("spatial", found[1], None, 0.05, note=f"the worst of {len(OFFSETS)} distances in three channels"),
            Figure("cross", found[2], None, 0.05, note="the worst of three pairs")]


def plates(name, gain):
    def measure(bench):
        path = os.path.join(places.ROOT, "Plates", f"{name}.####.exr")
        clean = cv2.GaussianBlur(pictures.read_color(path.replace("####", "1001")), (0, 0), 3)
        return terms(against(bench, path, (1001, 1003), camera(gain), clean), "15 terms")
    return measure


STILLS = {"tune": ("sky/03_bells_beach.jpg", "inpaint/07_coffee_truth.png"),
          "report": ("sky/01_crissy_field.jpg", "sky/02_palace_blue_sky.jpg", "sky/05_petra_DFM_4209.jpg")}
LAWS = (Law(lambda light, _: numpy.sqrt(0.004 ** 2 + 0.0003 * light), lambda single: single),
        Law(lambda light, _: numpy.sqrt(0.003 ** 2 + 0.0005 * light + 0.0006 * light ** 2),
            lambda single: cv2.GaussianBlur(single, (0, 0), 0.9), 0.4))


def grained(clean, law, seed):
    """Light with grain of a law."""
    white = numpy.random.default_rng(seed).normal(size=clean.shape)
    shared = numpy.sqrt(numpy.clip(law.alike, 0, 1))
    white = numpy.sqrt(1 - law.alike) * white + shared * numpy.random.default_rng(seed + 1).normal(size=clean.shape[:2])[..., None]
    noise = cv2.filter2D(white, -1, law.kernel / numpy.sqrt((law.kernel ** 2).sum()))
    return clean + noise * numpy.stack([law.deviation(clean[..., channel], channel) for channel in range(3)], -1)


def stills(half):
    def measure(bench):
        worst = []
        for seed, name in enumerate(STILLS[half]):
            # Shrunk, so that it has little grain of its own.
            coded = denoise.still(name, 640)
            clean = denoise.uncoded(cv2.bilateralFilter(coded.astype(numpy.float32), 15, 0.06, 5))
            for number, law in enumerate(LAWS):
                path = frames_to_files(bench, "grained", [grained(clean, law, 10 * seed + number)])
                worst.append(against(bench, path, (1, 1), law, clean, 0.8))
        return terms(numpy.mean(worst, 0), f"12 of 15 terms, the others being light that has no plain squares; means over {len(worst)}")
    return measure


class Seen:
    """Grain as it is in flat squares of a picture: which are flat the picture without grain says."""
    def __init__(self, clean):
        rows, columns = (size // SIDE for size in clean.shape[:2])
        self.squares = [(SIDE * y, SIDE * x) for y in range(rows) for x in range(columns)]
        rest = numpy.array([self.rest(clean, square) for square in self.squares])
        light = numpy.array([clean[y:y + SIDE, x:x + SIDE].mean((0, 1)) for y, x in self.squares])
        rough = (rest ** 2).mean((1, 2)).sum(1) / (1e-4 + light.mean(1)) ** 1.2
        whole = numpy.array([0.002 < clean[y:y + SIDE, x:x + SIDE].min() and clean[y:y + SIDE, x:x + SIDE].max() < 0.95
                             for y, x in self.squares])
        self.flat = whole & (rough <= numpy.quantile(rough[whole], 0.25))
        self.light = light

    @staticmethod
    def rest(picture, square):
        y, x = square
        cut = picture[y:y + SIDE, x:x + SIDE].astype(float)
        across = (numpy.arange(SIDE) - (SIDE - 1) / 2) / numpy.sqrt(SIDE * (SIDE ** 2 - 1) / 12)
        cut = cut - cut.mean((0, 1))
        slope_x, slope_y = (cut * across[None, :, None]).sum((0, 1)) / SIDE, (cut * across[:, None, None]).sum((0, 1)) / SIDE
        return cut - slope_x * across[None, :, None] - slope_y * across[:, None, None]

    def grain(self, frames):
        """Deviations by channel and fifth of the light; correlations by channel and distance; of pairs of channels."""
        flat = numpy.flatnonzero(self.flat)
        rest = numpy.array([[self.rest(frame, self.squares[index]) for index in flat] for frame in frames])
        deviations = []
        for channel in range(3):
            order = numpy.argsort(self.light[flat, channel])
            deviations += [numpy.sqrt((rest[:, part][..., channel] ** 2).mean()) for part in numpy.array_split(order, 4)]
        even = rest / numpy.sqrt((rest ** 2).mean((2, 3), keepdims=True))
        spatial = [(even[:, :, :SIDE - dy, :SIDE - dx, channel] * even[:, :, dy:, dx:, channel]).mean()
                   for channel in range(3) for dx, dy in OFFSETS]
        cross = [(even[..., a] * even[..., b]).mean() for a, b in PAIRS]
        return numpy.array(deviations), numpy.array(spatial), numpy.array(cross)


def again(folder, pattern, first, count=3):
    """A plate, denoised and grained again, beside the plate."""
    def measure(bench):
        source = os.path.join(folder(), pattern)
        shape = pictures.read_color(source.replace("####", str(first))).shape
        variables = {"source": source, "out": bench.file("regrain.####.exr"), "clean": bench.file("clean.####.exr")}
        frames = list(range(first, first + count))
        made = bench.sequence("regrain.json", variables, frames, shape)
        plate = [pictures.read_color(source.replace("####", str(frame))) for frame in frames]
        clean = pictures.read_raw(variables["clean"].replace("####", str(first)))[..., :3]
        seen = Seen(clean)
        was, now = seen.grain(plate), seen.grain(made)
        off = [numpy.abs(now[0] / was[0] - 1), numpy.abs(now[1] - was[1]), numpy.abs(now[2] - was[2])]
        return terms([numbers.max() for numbers in off], "12 deviations")
    return measure


def shared(*parts):
    return lambda: os.path.join(places.PLATES, *parts)


def own():
    return os.path.join(places.ROOT, "Plates")


CASES = [
    Case("grain-greenscreen", "grain of a known law", "tune", METRICS, plates("greenscreen", 1)),
    Case("grain-city", "grain of a known law, moving camera", "report", METRICS, plates("city", 0.8)),
    Case("grain-stills-tune", "grain of two laws on stills", "tune", METRICS, stills("tune"), ("sky", "inpaint")),
    Case("grain-stills", "grain of two laws on stills", "report", METRICS, stills("report"), ("sky",)),
    Case("regrain-walker", "a real clip grained again", "tune", METRICS,
         again(shared("sequences", "walker_static"), "frame.####.png", 1001), ("sequences",)),
    Case("regrain-greenscreen", "a plate grained again", "tune", METRICS, again(own, "greenscreen.####.exr", 1001)),
    Case("regrain-city", "a plate grained again", "report", METRICS, again(own, "city.####.exr", 1001)),
    Case("regrain-pan", "a real clip from a moving camera grained again", "report", METRICS,
         again(shared("sequences", "dancer_pan"), "frame.####.jpg", 1001), ("sequences",)),
    Case("regrain-dancer", "a real clip grained again", "report", METRICS,
         again(shared("keying", "04_dancer_gt"), "green.####.png", 1001), ("keying",)),
]


def draw_sheets(bench, folder, names):
    """A plate, without its grain, and grained again; below what was taken and what was given, eight times."""
    if names and "grain" not in names:
        return
    for name, directory, pattern in (("city", own(), "city.####.exr"), ("greenscreen", own(), "greenscreen.####.exr"),
                                     ("walker", shared("sequences", "walker_static")(), "frame.####.png")):
        source = os.path.join(directory, pattern)
        if not os.path.exists(source.replace("####", "1001")):
            continue
        plate = pictures.read_color(source.replace("####", "1001"))
        variables = {"source": source, "out": bench.file("regrain.####.exr"), "clean": bench.file("clean.####.exr")}
        made = bench.sequence("regrain.json", variables, [1001], plate.shape)[0]
        clean = pictures.read_raw(variables["clean"].replace("####", "1001"))[..., :3]
        panels = [pictures.encoded(panel) for panel in (plate, clean, made)]
        panels += [0.5 + 8 * (panels[0] - panels[1]), 0.5 + 8 * (panels[2] - panels[1])]
        height, width = plate.shape[0], min(plate.shape[1], 400)
        start = (plate.shape[1] - width) // 2
        sheet = numpy.concatenate([panel[height // 4:height * 3 // 4, start:start + width] for panel in panels], 0)
        pictures.write_png(os.path.join(folder, f"grain-{name}.png"), denoise.uncoded(numpy.clip(sheet, 0, 1)))
