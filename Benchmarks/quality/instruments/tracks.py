"""Points, flat things and whole frames that are followed, beside OpenCV's pyramidal LK and ECC."""
import json
import os
import subprocess

import cv2
import numpy

from .. import pictures, places
from ..figure import Case, Figure
from ..render import NotRendered
from . import moving

# Our coordinates count from the corner of the first pixel, OpenCV's from its centre.
CORNER = numpy.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])


def values(bench, node, path, frames, size):
    """The values of a node over a shot of files, as JSON has them."""
    document = {"bipack": 1, "format": {"width": size[0], "height": size[1]}, "frames": list(frames),
                "nodes": {"plate": {"type": "Read", "path": path}, "t": {"source": "plate", **node}}}
    graph = bench.file("track.json")
    with open(graph, "w", encoding="utf-8") as file:
        json.dump(document, file)
    done = subprocess.run([places.BIPACK, "values", graph, "t", "-F", f"{frames[0]}-{frames[1]}", "--no-cache"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise NotRendered(done.stderr.strip().splitlines()[0])
    return json.loads(done.stdout)["values"]


def measured(bench, node, path, frames, size):
    """The values of a node by name and frame."""
    found = values(bench, node, path, frames, size)

    def at(name, frame):
        keys = found[name]["keys"] if isinstance(found[name], dict) else [[frame, found[name]]]
        return numpy.array(next(key[1] for key in keys if key[0] == frame))
    return at


def through(matrix, points):
    moved = numpy.c_[numpy.asarray(points, float), numpy.ones(len(points))] @ numpy.asarray(matrix, float).T
    return moved[:, :2] / moved[:, 2:]


def apart(a, b):
    return numpy.linalg.norm(numpy.asarray(a) - numpy.asarray(b), axis=-1)


def gray(picture):
    return cv2.cvtColor(pictures.encoded(picture).astype(numpy.float32), cv2.COLOR_RGB2GRAY)


def frames_to_files(bench, name, frames):
    """Linear pictures as a sequence of files from frame 1 on."""
    for index, frame in enumerate(frames):
        pictures.write_exr(bench.file(f"{name}.{index + 1:04d}.exr"), frame.astype(numpy.float32))
    return bench.file(f"{name}.####.exr")


# Points. From pixels of twice the size to those of the picture, centres at whole numbers.
HALF = numpy.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1]])
SIZE, COUNT = (480, 320), 16


def shot(seed, hard):
    """A texture that drifts, turns and grows, between pixels; hard: noise, blur and light that change."""
    dice = numpy.random.default_rng(seed)
    width, height = SIZE
    texture = moving.texture(dice, 4 * width, 4 * height)
    back = numpy.array([[1, 0, -width], [0, 1, -height], [0, 0, 1]])
    drift, turn, grow = dice.uniform(-3, 3, 2), dice.uniform(-0.01, 0.01), dice.uniform(0.996, 1.006)
    poses, frames = [], []
    for time in range(COUNT):
        pose = moving.about((width / 2, height / 2), grow ** time, turn * time, drift * time)
        fine = cv2.warpPerspective(texture, numpy.linalg.inv(HALF) @ pose @ HALF @ back,
                                   (2 * width, 2 * height), flags=cv2.INTER_CUBIC)
        frame = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
        if hard:
            frame = cv2.GaussianBlur(frame, (0, 0), 0.4 + 0.08 * time) * (1 - 0.03 * time)
            frame = frame + dice.normal(size=frame.shape) * 0.008
        poses.append(pose)
        frames.append(numpy.maximum(frame, 0))
    return frames, poses


def points(hard, limit, first_seed):
    def measure(bench):
        ours, theirs, lost = [], [], 0
        for seed in range(first_seed, first_seed + 4):
            frames, poses = shot(seed, hard)
            path = frames_to_files(bench, "points", frames)
            corners = cv2.goodFeaturesToTrack(gray(frames[0]), 40, 0.02, 24)[:, 0].astype(float)
            inside = (corners > 90).all(axis=1) & (corners < numpy.array(SIZE) - 90).all(axis=1)
            corners = corners[inside]
            at = measured(bench, {"type": "Track", "points": (corners + 0.5).tolist()}, path, (1, COUNT), SIZE)
            found = corners.astype(numpy.float32).reshape(-1, 1, 2)
            eight = [numpy.uint8(numpy.clip(gray(frame), 0, 1) * 255 + 0.5) for frame in frames]
            for time in range(1, COUNT):
                truth = through(poses[time], corners)
                sure = at("confidences", time + 1) > 0
                lost += int((~sure).sum())
                ours.append(apart(at("positions", time + 1) - 0.5, truth)[sure])
                found, _, _ = cv2.calcOpticalFlowPyrLK(eight[time - 1], eight[time], found, None, winSize=(31, 31))
                theirs.append(apart(found[:, 0], truth))
        ours, theirs = numpy.concatenate(ours), numpy.concatenate(theirs)
        return [Figure("mean", float(ours.mean()), float(theirs.mean()), limit),
                Figure("worst_1_percent", float(numpy.percentile(ours, 99)), float(numpy.percentile(theirs, 99))),
                Figure("lost", float(lost), None, 0.01 * len(ours))]
    return measure


# Flat things


def planar(reference):
    def measure(bench):
        folder = os.path.join(places.PLATES, "motion", "planar_insert")
        with open(os.path.join(folder, "corners.json"), encoding="utf-8") as file:
            truth = json.load(file)["corners"]
        node = {"type": "PlanarTrack", "corners": truth[str(reference)], "referenceFrame": reference}
        at = measured(bench, node, os.path.join(folder, "frame.####.jpg"), (1001, 1014), (480, 270))
        off = {int(frame): apart(at("corners", int(frame)), corners) for frame, corners in truth.items()}
        hidden = [off[frame] for frame in range(1006, 1011)]
        return [Figure("mean", float(numpy.mean(list(off.values()))), None, 0.5),
                Figure("hidden", float(numpy.mean(hidden)), None, 0.5),
                Figure("worst", float(numpy.max(list(off.values()))))]
    return measure


def graffiti(bench):
    """Thirty degrees of viewpoint, the truth good to a pixel."""
    folder = os.path.join(places.PLATES, "motion", "homography")
    for frame, name in ((1, "graf1"), (2, "graf3")):
        cv2.imwrite(bench.file(f"graf.{frame:04d}.png"), cv2.imread(os.path.join(folder, f"{name}.png")))
    file = cv2.FileStorage(os.path.join(folder, "H1to3p.xml"), cv2.FILE_STORAGE_READ)
    truth = CORNER @ file.getNode("H13").mat() @ numpy.linalg.inv(CORNER)
    at = measured(bench, {"type": "Align", "search": 200}, bench.file("graf.####.png"), (1, 2), (800, 640))
    corners = [(0, 0), (800, 0), (800, 640), (0, 640)]
    off = apart(through(at("matrix", 2), corners), through(truth, corners))
    return [Figure("corners", float(off.max()), None, 1.5)]


WALL, WALL_FRAMES = (480, 320), 50


def wall(dice, still):
    """A still on a wall before a camera that goes around it: poses and frames, with motion blur, focus, light and noise
    that change."""
    picture = pictures.read_color(os.path.join(places.PLATES, still)).astype(numpy.float32)
    width, height = WALL
    fine = 2 * width / picture.shape[1]
    picture = cv2.resize(picture, None, fx=fine, fy=fine,
                         interpolation=cv2.INTER_AREA if fine < 1 else cv2.INTER_CUBIC)
    phases, rates = dice.uniform(0, 2 * numpy.pi, 6), dice.uniform(0.8, 1.4, 6)
    middle = numpy.array([width / 2, height / 2])

    def pose(time):
        swing = numpy.sin(phases + rates * 2 * numpy.pi * time / WALL_FRAMES) - numpy.sin(phases)
        matrix = moving.about(middle, 1 + 0.08 * swing[0], 0.12 * swing[1], swing[2:4] * (38, 26))
        tilt = numpy.eye(3)
        tilt[2, :2] = swing[4:] * 2e-4
        tilt[2, 2] = 1 - tilt[2, :2] @ middle
        return matrix @ tilt

    frames = []
    for time in range(WALL_FRAMES):
        moments = [cv2.warpPerspective(picture, numpy.linalg.inv(HALF) @ pose(time + open_) @ HALF,
                                       (2 * width, 2 * height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
                   for open_ in (numpy.arange(8) + 0.5) / 16 - 0.25]
        frame = cv2.resize(numpy.mean(moments, 0), WALL, interpolation=cv2.INTER_AREA)
        share = time / (WALL_FRAMES - 1)
        frame = cv2.GaussianBlur(frame, (0, 0), 0.3 + 0.9 * share) * (1 - 0.4 * share)
        frames.append(numpy.maximum(frame + dice.normal(size=frame.shape) * 0.006, 0))
    return [pose(time) for time in range(WALL_FRAMES)], frames


def carried_by_points(frames, corners):
    """A region as OpenCV's points carry it from frame to frame."""
    eight = [numpy.uint8(numpy.clip(gray(frame), 0, 1) * 255 + 0.5) for frame in frames]
    inside = cv2.fillConvexPoly(numpy.zeros_like(eight[0]), numpy.int32(corners), 255)
    points = cv2.goodFeaturesToTrack(eight[0], 200, 0.01, 6, mask=inside)
    start, found = points, [corners]
    for before, now in zip(eight, eight[1:]):
        points, seen, _ = cv2.calcOpticalFlowPyrLK(before, now, points, None, winSize=(21, 21))
        start, points = start[seen[:, 0] > 0], points[seen[:, 0] > 0]
        matrix, _ = cv2.findHomography(start, points, cv2.RANSAC, 1)
        found.append(through(matrix, corners))
    return found


def carried_by_ecc(frames, corners):
    """The same by ECC, each frame beside the first from where the one before was."""
    (x0, y0), (x1, y1) = corners.min(0).astype(int), corners.max(0).astype(int)
    region, origin = gray(frames[0])[y0:y1, x0:x1], numpy.array([x0, y0])
    matrix, found = numpy.array([[1, 0, x0], [0, 1, y0], [0, 0, 1]], numpy.float32), [corners]
    for frame in frames[1:]:
        try:
            _, matrix = cv2.findTransformECC(region, gray(frame), matrix, cv2.MOTION_HOMOGRAPHY, (3, 40, 1e-5), None, 5)
        except cv2.error:
            pass
        found.append(through(matrix, corners - origin))
    return found


def planar_long(seed, stills):
    def measure(bench):
        dice = numpy.random.default_rng(seed)
        ours, theirs = [], {carried_by_points: [], carried_by_ecc: []}
        for still in stills:
            poses, frames = wall(dice, still)
            corners = numpy.array([(130, 80), (350, 90), (345, 235), (125, 240)], float)
            truth = [through(pose @ numpy.linalg.inv(poses[0]), corners) for pose in poses]
            node = {"type": "PlanarTrack", "corners": (corners + 0.5).tolist()}
            at = measured(bench, node, frames_to_files(bench, "wall", frames), (1, WALL_FRAMES), WALL)
            ours.append([apart(at("corners", time + 1) - 0.5, truth[time]) for time in range(WALL_FRAMES)])
            for carry, off in theirs.items():
                off.append([apart(found, right) for found, right in zip(carry(frames, corners), truth)])
        ours = numpy.array(ours)
        best = numpy.array(min(theirs.values(), key=numpy.mean))
        return [Figure("mean", float(ours.mean()), float(best.mean()), 0.3),
                Figure("end", float(ours[:, -5:].mean()), float(best[:, -5:].mean()), 0.3),
                Figure("worst", float(ours.max()), float(best.max()))]
    return measure


# Whole frames


STILLS = ("sky/01_crissy_field.jpg", "sky/02_palace_blue_sky.jpg", "sky/03_bells_beach.jpg",
          "sky/04_arches_pano_9518.jpg", "sky/05_petra_DFM_4209.jpg", "inpaint/01_birdhouses.png",
          "inpaint/02_dog_bench.png", "inpaint/03_lanterns.jpg", "inpaint/04_ufo.png", "inpaint/07_coffee_truth.png")
MARGIN = 60


def pair(dice, still):
    """A still, and the same moved, turned, scaled, keystoned, brighter or darker; both with noise."""
    picture = pictures.read_color(os.path.join(places.PLATES, still))
    scale = 720 / picture.shape[1]
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = picture.shape[:2]
    matrix = moving.about((width / 2, height / 2), 1 + dice.normal() * 0.03, numpy.radians(dice.normal() * 2),
                          dice.normal(size=2) * 15)
    matrix[2, :2] = dice.normal(size=2) * 1.5e-5
    matrix /= matrix[2, 2]
    moved = cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_CUBIC,
                                borderMode=cv2.BORDER_REFLECT) * numpy.exp(dice.normal() * 0.2)
    noisy = [numpy.maximum(frame + dice.normal(size=frame.shape) * 0.004, 0)[MARGIN:-MARGIN, MARGIN:-MARGIN]
             for frame in (picture, moved)]
    cut = numpy.array([[1, 0, -MARGIN], [0, 1, -MARGIN], [0, 0, 1]])
    return noisy, cut @ matrix @ numpy.linalg.inv(cut)


def ecc(frames):
    try:
        _, found = cv2.findTransformECC(gray(frames[0]), gray(frames[1]), numpy.eye(3, dtype=numpy.float32),
                                        cv2.MOTION_HOMOGRAPHY, (3, 100, 1e-6), None, 5)
        return found
    except cv2.error:
        return numpy.full((3, 3), numpy.nan)


def align(runs, seed):
    def measure(bench):
        dice = numpy.random.default_rng(seed)
        ours, theirs = [], []
        for run in range(runs):
            frames, truth = pair(dice, STILLS[run % len(STILLS)])
            height, width = frames[0].shape[:2]
            corners = [(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)]
            right = through(truth, corners)
            at = measured(bench, {"type": "Align"}, frames_to_files(bench, "still", frames), (1, 2), (width, height))
            found = numpy.linalg.inv(CORNER) @ at("matrix", 2) @ CORNER
            ours.append(apart(through(found, corners), right).mean())
            theirs.append(apart(through(ecc(frames), corners), right).mean())
        return [Figure("median", float(numpy.median(ours)), float(numpy.nanmedian(theirs)), 0.05),
                Figure("failures", float(sum(not off < 1 for off in ours)),
                       float(sum(not off < 1 for off in theirs)), 0)]
    return measure


CASES = [
    Case("track-points", "points between pixels, clean; beside LK", "report",
         ("mean", "worst_1_percent", "lost"), points(False, 0.05, 100)),
    Case("track-points-hard", "the same with noise, blur and light that change", "report",
         ("mean", "worst_1_percent", "lost"), points(True, 0.15, 200)),
    Case("planar-insert", "a card in perspective, blurred, half hidden", "tune", ("mean", "hidden", "worst"),
         planar(1001), ("motion/planar_insert",)),
    Case("planar-insert-1012", "the same from another frame", "report", ("mean", "hidden", "worst"),
         planar(1012), ("motion/planar_insert",)),
    Case("planar-long-tune", "a wall over 50 frames, motion blur, focus and light that change; beside the better of LK and "
         "ECC", "tune", ("mean", "end", "worst"), planar_long(3, STILLS[2:4]), ("sky",)),
    Case("planar-long", "the same of other stills", "report", ("mean", "end", "worst"),
         planar_long(4, (STILLS[0], STILLS[5], STILLS[7])), ("sky", "inpaint")),
    Case("align-graffiti", "thirty degrees of viewpoint", "report", ("corners",), graffiti, ("motion/homography",)),
    Case("align-stills", "stills moved and lit otherwise, 100 runs; beside ECC", "report",
         ("median", "failures"), align(100, 1), ("sky", "inpaint")),
    Case("align-stills-again", "100 other runs", "report", ("median", "failures"), align(100, 2), ("sky", "inpaint")),
]


def draw_sheets(bench, folder, names):
    """There is nothing to be seen."""
