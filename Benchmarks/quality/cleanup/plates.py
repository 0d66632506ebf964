"""What is behind people, found in other frames, beside the true plates and beside peers."""
import json
import os

import cv2
import numpy

from .. import pictures, places
from ..figure import Case, Figure


class Shot:
    """A clip, what is to go in each of its frames, and the truth; code values of 8 bits."""
    def __init__(self, folder, ending, frames, truth, pan=(0.0, 0.0)):
        self.folder = os.path.join(places.PLATES, "sequences", folder)
        self.ending, self.frames, self.pan, self.truth_name = ending, list(frames), pan, truth

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        return cv2.imread(self.path(name))[..., ::-1] / 255

    def coded(self):
        return numpy.array([self.read(f"frame.{frame}.{self.ending}") for frame in self.frames])

    def masks(self):
        return numpy.array([cv2.imread(self.path(f"mask.{frame}.png"), 0) > 127 for frame in self.frames])

    def truth(self):
        return numpy.array([self.read(self.truth_name.replace("####", str(frame))) for frame in self.frames])

    def ours(self, bench, settings=None):
        variables = {"source": self.path(f"frame.####.{self.ending}"), "mask": self.path("mask.####.png"),
                     "out": bench.file("clean.####.exr")}
        # The graph's frames are the clip's: Align and CleanPlate look at all of them.
        with open(bench.render.path("clean-plate.json"), encoding="utf-8") as file:
            document = json.load(file)
        document["frames"] = [self.frames[0], self.frames[-1]]
        graph = bench.file("clean-plate.json")
        with open(graph, "w", encoding="utf-8") as file:
            json.dump(document, file)
        made = bench.sequence(graph, variables, self.frames, self.coded()[0].shape, settings)
        return pictures.encoded(numpy.maximum(made, 0))

    def median(self):
        """The peer: the median over time of what is not hidden, the motion known."""
        coded, free = self.coded(), ~self.masks()
        found = []
        for place in range(len(self.frames)):
            moved = []
            for other in range(len(self.frames)):
                step = numpy.array(self.pan) * (other - place)
                matrix = numpy.array([[1, 0, -step[0]], [0, 1, -step[1]]], numpy.float64)
                if not step.any():
                    moved.append(numpy.where(free[other][..., None], coded[other], numpy.nan))
                    continue
                size = coded.shape[2], coded.shape[1]
                seen = cv2.warpAffine(free[other].astype(numpy.float32), matrix, size)
                picture = cv2.warpAffine(coded[other], matrix, size, flags=cv2.INTER_CUBIC)
                moved.append(numpy.where(seen[..., None] > 0.98, picture, numpy.nan))
            found.append(numpy.nan_to_num(numpy.nanmedian(moved, 0)))
        return numpy.array(found)

    def telea(self):
        return numpy.array([cv2.inpaint(numpy.rint(frame * 255).astype(numpy.uint8), mask.astype(numpy.uint8), 3,
                                        cv2.INPAINT_TELEA) / 255 for frame, mask in zip(self.coded(), self.masks())])


SHOTS = {"walker": Shot("walker_static", "png", range(1001, 1017), "truth_clean_plate.png"),
         "pan": Shot("dancer_pan", "jpg", range(1001, 1013), "truth.####.jpg", pan=(-10.8125, -1.5))}


def inside(made, shot):
    """Peak signal to noise inside the masks, in decibels, the mean of the frames."""
    off = ((numpy.clip(made, 0, 1) - shot.truth()) ** 2).mean(-1)
    return float(numpy.mean([-10 * numpy.log10(frame[mask].mean()) for frame, mask in zip(off, shot.masks())]))


def scored(name, least):
    def measure(bench):
        shot = SHOTS[name]
        made = shot.ours(bench)
        # The repair may reach two pixels beyond the masks, and a soft rim more.
        far = numpy.array([cv2.dilate(mask.astype(numpy.uint8), numpy.ones((9, 9))) == 0 for mask in shot.masks()])
        changed = float(numpy.abs(made - shot.coded())[far].max())
        return [Figure("psnr", inside(made, shot), inside(shot.telea(), shot), least, least=True,
                       note="dB, motion not told; peer: OpenCV Telea"),
                Figure("median", inside(made, shot), inside(shot.median(), shot), None,
                       note="dB; peer: the median over time, motion known"),
                Figure("outside", changed, None, 1e-5, note="the most that changed away from the masks")]
    return measure


METRICS = ("psnr", "median", "outside")
CASES = [Case("plate-walker", "people removed, a camera that stands still", "tune", METRICS, scored("walker", 37.5),
              ("sequences",)),
         Case("plate-pan", "a dancer removed, a camera that pans", "report", METRICS, scored("pan", 37), ("sequences",))]


def draw_sheets(bench, folder, names):
    """Before, after and the truth of three frames one after the other, then what is around the mask, four times as large."""
    if names and "plate" not in names:
        return
    for name, shot in SHOTS.items():
        if not os.path.exists(shot.folder):
            continue
        made, coded, truth, masks = shot.ours(bench), shot.coded(), shot.truth(), shot.masks()
        rows = []
        for place in (4, 5, 6):
            rows.append(numpy.concatenate([coded[place], made[place], truth[place]], 1))
        ys, xs = numpy.nonzero(masks[5])
        y, x = max(0, int(ys.mean()) - 45), max(0, int(xs.mean()) - 60)
        crops = [numpy.kron(frames[5][y:y + 90, x:x + 120], numpy.ones((4, 4, 1))) for frames in (coded, made, truth)]
        width = rows[0].shape[1]
        crop = numpy.concatenate(crops, 1)[:, :width]
        crop = numpy.pad(crop, ((0, 0), (0, width - crop.shape[1]), (0, 0)))
        pictures.write_png(os.path.join(folder, f"plate-{name}.png"),
                           pictures.linear(numpy.clip(numpy.concatenate(rows + [crop], 0), 0, 1)).astype(numpy.float32))
