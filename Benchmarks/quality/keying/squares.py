"""Where on a picture to look: squares in which a matte is at its most difficult, or at its worst."""
from dataclasses import dataclass, replace

import cv2
import numpy

from ..contact import CROP

FAR = 24  # pixels from the other side that are no edge any more


@dataclass(frozen=True)
class Square:
    what: str
    left: int
    top: int

    @property
    def slices(self):
        return slice(self.top, self.top + CROP), slice(self.left, self.left + CROP)

    @property
    def title(self):
        return (f"{self.what}, x {self.left} to {self.left + CROP - 1}, "
                f"y {self.top} to {self.top + CROP - 1}")


def around(what, x, y, shape):
    """The square with this pixel in its middle, moved into the picture."""
    return Square(what, int(numpy.clip(x - CROP // 2, 0, max(0, shape[1] - CROP))),
                  int(numpy.clip(y - CROP // 2, 0, max(0, shape[0] - CROP))))


def most(what, values, count=1):
    """The squares in whose middle there is most, apart from each other; none where there is nothing."""
    score = cv2.GaussianBlur(values.astype(numpy.float32), (0, 0), CROP / 4, borderType=cv2.BORDER_CONSTANT)
    found = []
    for _ in range(count):
        y, x = numpy.unravel_index(score.argmax(), score.shape)
        if score[y, x] <= 1e-9:
            break
        found.append(around(what, x, y, score.shape))
        score[max(0, y - CROP):y + CROP, max(0, x - CROP):x + CROP] = -1
    return found


def edge(alpha):
    return (alpha > 0.05) & (alpha < 0.95)


def busiest(alpha):
    """Most edge: hair, motion, glass."""
    return most("busiest edge", edge(alpha), 3)


def distance(where):
    """How far each pixel is from the nearest outside `where`; what is outside the frame says nothing."""
    return cv2.distanceTransform(where.astype(numpy.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def corners(shape):
    bottom, right = shape[0] - CROP, shape[1] - CROP
    return [Square("corner", left, top) for top in (0, bottom) for left in (0, right)]


def on_border(alpha):
    """Where the subject leaves the frame."""
    border = numpy.zeros(alpha.shape, bool)
    border[:3], border[-3:], border[:, :3], border[:, -3:] = True, True, True, True
    return most("subject at the frame's border", border & edge(alpha))


def farthest(alpha):
    """The screen farthest from any subject."""
    away = distance(alpha < 0.5)
    if away.min() == away.max():
        return []
    y, x = numpy.unravel_index(away.argmax(), away.shape)
    return [around("screen farthest from the subject", x, y, alpha.shape)]


def haziest(alpha, guide, truth=0):
    """The most alpha beyond the truth where the guide has screen only."""
    clear = distance(guide < 0.5) > FAR
    return most("most haze, clear of the subject", numpy.where(clear, numpy.maximum(alpha - truth, 0), 0))


def least_solid(alpha, guide, truth=1):
    """The least alpha, beside the truth, where the guide has subject only."""
    solid = distance(guide > 0.5) > FAR
    return most("least solid, within the subject", numpy.where(solid, numpy.maximum(truth - alpha, 0), 0))


def merged(found):
    """Without those that show mostly what another shows; the one that stays has the names of both."""
    kept = []
    for square in found:
        same = next((i for i, other in enumerate(kept) if abs(square.left - other.left) < CROP // 3
                     and abs(square.top - other.top) < CROP // 3), None)
        if same is None:
            kept.append(square)
        elif square.what not in kept[same].what:
            kept[same] = replace(kept[same], what=f"{kept[same].what}; {square.what}")
    return kept
