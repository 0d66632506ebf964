"""Optical flow, and what is carried along by it, beside the truth and OpenCV's DIS."""
import os

import cv2
import numpy

from .. import pictures, places
from ..figure import Case, Figure
from . import moving

FAST, MEDIUM = cv2.DISOPTICAL_FLOW_PRESET_FAST, cv2.DISOPTICAL_FLOW_PRESET_MEDIUM
PLATES = os.path.join(places.PLATES, "motion", "flow_layers")


def dis(here, there, preset):
    """The peer's flow between two pictures of linear light."""
    grey = [cv2.cvtColor(moving.eight_bits(picture), cv2.COLOR_RGB2GRAY) for picture in (here, there)]
    return cv2.DISOpticalFlow_create(preset).calc(*grey, None)


def found(bench, frames, layer="forward", detail=0.5):
    """Our flow of the first of two pictures to the second, or of the second to the first, and its confidence."""
    source = bench.file("source.####.exr")
    for number, picture in enumerate(frames, 1001):
        pictures.write_exr(source.replace("####", str(number)), picture)
    variables = {"source": source, "layer": layer, "out": bench.file("flow.####.exr")}
    frame = 1001 if layer == "forward" else 1002
    # The frames of the document are those of the clip; one of them is rendered.
    made = bench.sequence("flow.json", variables, [frame], frames[0].shape,
                          {"flow.vectorDetail": detail})[0]
    return made[..., :2], made[..., 2]


def error(flow, truth, seen):
    return float(numpy.hypot(*numpy.moveaxis(flow - truth, -1, 0))[seen].mean())


def pair(seed, width=960, height=540, **scene):
    """Two frames of a seeded shot, the flow from the first to the second, and where it is seen."""
    shot = moving.Shot(seed, width, height, **scene)
    return shot.picture(0), shot.picture(1), *shot.flow(0, 1)


# The shared pair.


def layers(layer, frame):
    def measure(bench):
        frames = [pictures.read_color(os.path.join(PLATES, f"frame.{number}.png")) for number in (1001, 1002)]
        truth = pictures.read_raw(os.path.join(PLATES, f"{layer}.{frame}.exr"))[..., :2]
        seen = cv2.imread(os.path.join(PLATES, f"occluded.{frame}.png"), cv2.IMREAD_GRAYSCALE) == 0
        ours, _ = found(bench, frames, layer, detail=1)
        ends = frames if layer == "forward" else frames[::-1]
        return [Figure("error", error(ours, truth, seen), error(dis(*ends, MEDIUM), truth, seen), 0.25,
                       note="pixels, vectorDetail 1; peer: DIS medium")]
    return measure


# Seeded shots.

def hd(seeds):
    def measure(bench):
        ours, theirs, trust, hidden = [], [], [], []
        for seed, speed in seeds:
            here, there, truth, seen = pair(seed, 1920, 1080, speed=speed)
            flow, confidence = found(bench, (here, there))
            ours.append(error(flow, truth, seen))
            theirs.append(error(dis(here, there, FAST), truth, seen))
            trust.append(float((confidence[seen] > 0.5).mean()))
            hidden.append(float((confidence[~seen] > 0.5).mean()))
        return [Figure("error", numpy.mean(ours), numpy.mean(theirs), numpy.mean(theirs),
                       note="pixels, where it is seen in both; peer: DIS fast"),
                Figure("sure", numpy.mean(trust), None, 0.95, least=True,
                       note="share of what is seen whose confidence is above a half"),
                Figure("unsure", 1 - numpy.mean(hidden), None, 0.5, least=True,
                       note="share of what is hidden, outside or an edge whose confidence is not")]
    return measure


def spoiled(name, here, there, seed):
    """The second frame, or both, as shots are: noise, light, focus."""
    if name == "noise":
        return moving.noisy(here, 5, seed), moving.noisy(there, 5, seed + 1)
    if name == "light":
        return here, 1.6 * there + 0.01
    if name == "blur":
        return pictures.blur(here, 2), pictures.blur(there, 2)
    if name == "focus":
        return here, pictures.blur(there, 2)
    return here, there


HARD = ("noise", "light", "blur", "focus", "fast")


def hard(seeds):
    def measure(bench):
        figures = []
        for name in HARD:
            ours, theirs = [], []
            for seed in seeds:
                here, there, truth, seen = pair(seed, speed=50.0 if name == "fast" else 14.0)
                here, there = spoiled(name, here, there, seed)
                ours.append(error(found(bench, (here, there))[0], truth, seen))
                theirs.append(error(dis(here, there, FAST), truth, seen))
            figures.append(Figure(name, numpy.mean(ours), numpy.mean(theirs), numpy.mean(theirs),
                                  note="pixels; peer: DIS fast"))
        return figures
    return measure


def cuts(seeds):
    """The most confidence beyond a cut, and the least share of sure pixels where there is none."""
    def measure(bench):
        most = 0.0
        for first, second in zip(seeds, seeds[1:]):
            frames = [moving.Shot(seed, 960, 540).picture(0) for seed in (first, second)]
            most = max(most, float(found(bench, frames)[1].max()))
        return [Figure("confidence", most, None, 0, note="the most there is beyond a cut")]
    return measure


# What is carried along.

FRAMES = 20
PATCH = 40  # pixels from its middle to its sides


def carried(seeds):
    """A patch whose colours say where its pixels come from, over 20 frames of a warp that is known."""
    def measure(bench):
        errors, most = [], []
        for seed in seeds:
            shot = moving.Shot(seed, 960, 540, count=2, speed=5.0)
            source = bench.file("source.####.exr")
            for step in range(FRAMES + 1):
                pictures.write_exr(source.replace("####", str(1001 + step)), shot.picture(step))
            places_of = shot.places()
            coded = numpy.concatenate([places_of / 100, numpy.ones_like(places_of[..., :1])], -1)
            patch = bench.file("patch.exr")
            pictures.write_exr(patch, coded)
            variables = {"source": source, "patch": patch, "out": bench.file("carried.####.exr")}
            made = bench.sequence("propagate.json", variables, [1001 + FRAMES], (540, 960, 4))[0]
            truth, seen = shot.flow(FRAMES, 0)
            # Within the frame and well clear of edges, in the middle of what moves as one.
            whole = cv2.erode(seen.astype(numpy.uint8), numpy.ones((9, 9))) > 0
            whole &= made[..., 3] > 0.5
            off = 100 * made[..., :2] - (places_of + truth)
            distance = numpy.hypot(*numpy.moveaxis(off, -1, 0))[whole]
            errors.append(float(distance.mean()))
            most.append(float(numpy.quantile(distance, 0.95)))
        return [Figure("error", numpy.mean(errors), None, 0.5, note=f"pixels after {FRAMES} frames, where confidence "
                       "is above a half"),
                Figure("most", numpy.mean(most), None, 1.0, note="of 95 % of them")]
    return measure


CASES = [
    Case("flow-layers-tune", "the shared pair, forward", "tune", ("error",), layers("forward", 1001), ("motion",)),
    Case("flow-layers", "the shared pair, backward", "report", ("error",), layers("backward", 1002), ("motion",)),
    Case("flow-hd-tune", "seeded shots, HD", "tune", ("error", "sure", "unsure"), hd([(1, 6.0), (2, 12.0)])),
    Case("flow-hd", "seeded shots, HD", "report", ("error", "sure", "unsure"), hd([(21, 6.0), (22, 12.0), (23, 20.0)])),
    Case("flow-hard-tune", "noise, light, blur, focus, fast motion", "tune", HARD, hard([11, 12])),
    Case("flow-hard", "noise, light, blur, focus, fast motion", "report", HARD, hard([31, 32, 33])),
    Case("flow-cut", "different shots", "report", ("confidence",), cuts([41, 42, 43, 44])),
    Case("propagate-tune", "a patch carried over 20 frames", "tune", ("error", "most"), carried([51])),
    Case("propagate", "a patch carried over 20 frames", "report", ("error", "most"), carried([61, 62, 63])),
]


def wheel(flow, most):
    """Flow as colours: the hue is the direction, the strength how far."""
    angle = numpy.degrees(numpy.arctan2(flow[..., 1], flow[..., 0])) % 360
    size = numpy.clip(numpy.hypot(flow[..., 0], flow[..., 1]) / most, 0, 1)
    hsv = numpy.stack([angle, size, numpy.ones_like(size)], -1).astype(numpy.float32)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def draw_sheets(bench, folder, names):
    """Flow, truth and distance from it, confidence, and the second frame brought to the first."""
    scenes = {"flow-hd": lambda: (*pair(22, 1920, 1080, speed=12.0), 0.5),
              "flow-hard": lambda: (*pair(32, speed=50.0), 0.5)}
    if os.path.exists(PLATES):
        scenes["flow-layers"] = lambda: (
            *[pictures.read_color(os.path.join(PLATES, f"frame.{number}.png")) for number in (1001, 1002)],
            pictures.read_raw(os.path.join(PLATES, "forward.1001.exr"))[..., :2],
            cv2.imread(os.path.join(PLATES, "occluded.1001.png"), cv2.IMREAD_GRAYSCALE) == 0, 1)
    for name, make in scenes.items():
        if names and name not in names:
            continue
        here, there, truth, seen, detail = make()
        flow, confidence = found(bench, (here, there), detail=detail)
        most = numpy.hypot(truth[..., 0], truth[..., 1]).max()
        places_of = numpy.stack(numpy.meshgrid(*map(numpy.arange, seen.shape[::-1])), -1).astype(numpy.float32)
        back = cv2.remap(there, places_of + flow, None, cv2.INTER_CUBIC)
        off = numpy.hypot(*numpy.moveaxis(flow - truth, -1, 0))
        panels = [here, back, wheel(flow, most), wheel(truth, most),
                  numpy.repeat((seen * off)[..., None], 3, -1), numpy.repeat(confidence[..., None], 3, -1)]
        rows = [numpy.concatenate(panels[start:start + 2], 1) for start in (0, 2, 4)]
        pictures.write_png(os.path.join(folder, f"{name}.png"), numpy.concatenate(rows, 0))
