"""What others compute: the formulas of known keyers, and pymatting."""
import cv2
import numpy

from ..pictures import blur, encoded


def primary(color):
    """Which channel the screen is: 1 green, 2 blue."""
    return 1 if color[1] >= color[2] else 2


def excess(color, channel, limit="average"):
    """How much more of the screen's channel there is than of the others."""
    others = [color[..., i] for i in range(3) if i != channel]
    rest = (others[0] + others[1]) / 2 if limit == "average" else numpy.maximum(*others)
    return color[..., channel] - rest


def difference_key(shot, plate, limit="average"):
    """The colour-difference matte in linear light, 0 to 1, against a clean plate."""
    channel = primary(plate.reshape(-1, 3).mean(axis=0))
    whole = numpy.maximum(excess(plate, channel, limit), 1e-3)
    return numpy.clip(1 - excess(shot, channel, limit) / whole, 0, 1)


def screen_color(shot):
    """The median of what has most excess of green or blue, whichever has more of it."""
    channel = max((1, 2), key=lambda c: numpy.maximum(excess(shot, c, "maximum"), 0).sum())
    most = excess(shot, channel, "maximum")
    return numpy.median(shot[most > 0.5 * numpy.percentile(most, 95)], axis=0)


def automatic_plate(shot):
    """The screen's colour where it is seen, spread with ever wider Gaussians where it is not."""
    matte = difference_key(shot, numpy.broadcast_to(screen_color(shot), shot.shape))
    seen = cv2.erode((matte < 0.5).astype(numpy.uint8),
                     cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))).astype(numpy.float32)
    plate, known = numpy.zeros_like(shot), numpy.zeros(seen.shape, bool)
    sigma = 6
    while not known.all() and sigma < 4 * max(shot.shape):
        weight = blur(seen, sigma)
        here = ~known & (weight > 0.05)
        plate[here] = (blur(shot * seen[..., None], sigma) / numpy.maximum(weight, 1e-6)[..., None])[here]
        known |= here
        sigma *= 2
    return plate


def image_based_key(shot):
    """IBK (PIK): the difference key against the automatic plate, weights 0.5 and 0.5."""
    return difference_key(shot, automatic_plate(shot))


def closed_form(shot, trimap):
    import pymatting
    return pymatting.estimate_alpha_cf(encoded(shot), trimap.astype(numpy.float64))


def shared_sampling(shot, trimap):
    import pymatting
    return pymatting.estimate_alpha_sm(encoded(shot), trimap.astype(numpy.float64))


def multi_level(shot, alpha):
    """In light that is scaled to the 0 to 1 it clips to, so that highlights are not held against it."""
    import pymatting
    most = max(1.0, float(shot.max()))
    return most * pymatting.estimate_foreground_ml(
        shot.astype(numpy.float64) / most, alpha.astype(numpy.float64))
