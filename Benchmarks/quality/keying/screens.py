"""Pictures whose matte is known: real subjects laid over screens and over other pictures."""
import os
from dataclasses import dataclass

import cv2
import numpy

from .. import pictures, places, store
from . import synthetic

KEYING = os.path.join(places.PLATES, "keying")


@dataclass(frozen=True)
class Shot:
    """Files for the engine, and the same as arrays for the scores."""
    name: str
    source: str  # path
    plate: str | None
    shot: numpy.ndarray
    clean: numpy.ndarray | None
    truth: numpy.ndarray
    foreground: numpy.ndarray | None = None
    region: tuple = (slice(None), slice(None))  # what is scored


def keying(*names):
    return os.path.join(KEYING, *names)


def blue(plate):
    """A blue screen with the light, the weave and the noise of the green one."""
    return plate[..., [0, 2, 1]]


def composite(foreground, alpha, plate):
    """The formula of the plates' README: mixed in light, kept as 8-bit sRGB."""
    mixed = alpha[..., None] * foreground + (1 - alpha[..., None]) * plate
    return numpy.rint(pictures.encoded(mixed) * 255) / 255


def written(name, code):
    """A PNG of code values in the store."""
    path = os.path.join(store.folder("screens"), name)
    if not os.path.exists(path):
        bits = numpy.rint(code * 255).astype(numpy.uint8)
        cv2.imwrite(path, bits[..., ::-1] if bits.ndim == 3 else bits)
    return path


def on_blue(name, foreground, alpha, plate):
    plate = blue(plate)
    source = written(f"{name}.png", composite(foreground, alpha, plate))
    clean = written(f"{name}-plate.png", pictures.encoded(plate))
    return source, clean


def dancer(screen, half):
    """The dancer's frames: odd ones are for tuning, even ones for the report."""
    for frame in range(1001, 1011):
        if half != "both" and (frame % 2 == 1) != (half == "tune"):
            continue
        matte = pictures.read_raw(keying("04_dancer_gt", f"fg_alpha.{frame}.png"))
        foreground, alpha = pictures.linear(matte[..., :3]), matte[..., 3]
        source = keying("04_dancer_gt", f"green.{frame}.png")
        plate = keying("04_dancer_gt", "clean_plate.png")
        if screen == "blue":
            source, plate = on_blue(f"dancer-blue.{frame}", foreground, alpha, pictures.read_color(plate))
        yield Shot(f"dancer.{frame}", source, plate, pictures.read_color(source),
                   pictures.read_color(plate), alpha, foreground)


def lemur(screen, half):
    """The lemur: its left half is for tuning, its right half for the report."""
    alpha = pictures.read_matte(keying("05_lemur_gt", "lemur_alpha.png"))
    foreground = pictures.read_color(keying("05_lemur_gt", "lemur_foreground.png"))
    source = keying("05_lemur_gt", "lemur_on_green.png")
    plate = keying("05_lemur_gt", "clean_plate.png")
    if screen == "blue":
        source, plate = on_blue("lemur-blue", foreground, alpha, pictures.read_color(plate))
    middle = alpha.shape[1] // 2
    columns = slice(0, middle) if half == "tune" else slice(middle, None)
    if half == "both":
        columns = slice(None)
    yield Shot("lemur", source, plate, pictures.read_color(source), pictures.read_color(plate),
               alpha, foreground, region=(slice(None), columns))


def generated(half):
    """The synthetic screens of that half, made when they are not in the store."""
    version = store.digest(synthetic.Painter, synthetic.make, synthetic.illumination,
                           synthetic.cloth, synthetic.SUBJECTS, synthetic.SCREENS)
    folder = store.folder("synthetic-" + version[:12])
    for subject in synthetic.SUBJECTS:
        if half not in (subject.half, "both"):
            continue
        paths = {what: os.path.join(folder, f"{subject.name}.{what}.exr")
                 for what in ("alpha", "foreground", "plate", "shot")}
        if not os.path.exists(paths["shot"]):
            picture = synthetic.make(subject)
            for what, path in paths.items():  # the shot last
                pictures.write_exr(path, getattr(picture, what))
        read = {what: pictures.read_raw(path) for what, path in paths.items()}
        yield Shot(subject.name, paths["shot"], paths["plate"], read["shot"], read["plate"],
                   read["alpha"][..., 0], read["foreground"])


BACKGROUNDS = [
    ("sky/01_crissy_field.jpg", "tune"), ("sky/03_bells_beach.jpg", "report"),
    ("sky/05_petra_DFM_4209.jpg", "tune"), ("inpaint/01_birdhouses.png", "report"),
    ("inpaint/02_dog_bench.png", "tune"), ("inpaint/07_coffee_truth.png", "report"),
]


def fitted(picture, width, height):
    """Fills the size: scaled by averaging, the middle cut out."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    size = max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale))
    scaled = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return numpy.clip(scaled[top:top + height, left:left + width], 0, 1)


def trimap(alpha, radius):
    """0 and 1 where alpha is that for `radius` pixels around, 0.5 elsewhere."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    inside = cv2.erode((alpha >= 1 - 2 / 255).astype(numpy.uint8), disc) > 0
    outside = cv2.erode((alpha <= 2 / 255).astype(numpy.uint8), disc) > 0
    return numpy.where(inside, 1, numpy.where(outside, 0, 0.5)).astype(numpy.float32)


def three_levels(trimap, unknown=None):
    levels = numpy.where(trimap > 0.98, 1, numpy.where(trimap < 0.02, 0, 0.5))
    return (levels if unknown is None else numpy.where(unknown, 0.5, levels)).astype(numpy.float32)


def lemur_trimap():
    return three_levels(pictures.read_matte(keying("05_lemur_gt", "lemur_trimap.png")))


def plant_trimap():
    return three_levels(pictures.read_raw(keying("06_plant", "plant_trimap.png"))[..., 0])


def duck_trimap():
    """Scribbles: transparent where unknown."""
    scribble = pictures.read_raw(keying("07_duck", "duck_scribble.png"))
    return three_levels(scribble[..., 0], scribble[..., -1] < 0.5)


def standing(shots):
    """Pixels whose smoothed colour hardly changes over time."""
    smooth = numpy.stack([pictures.blur(pictures.encoded(shot), 2) for shot in shots])
    return smooth.std(axis=0).max(axis=-1) < 0.012


def natural(half):
    """The dancer and the lemur over ordinary pictures."""
    matte = pictures.read_raw(keying("04_dancer_gt", "fg_alpha.1005.png"))
    subjects = {
        "dancer": (pictures.linear(matte[..., :3]), matte[..., 3]),
        "lemur": (pictures.read_color(keying("05_lemur_gt", "lemur_foreground.png")),
                  pictures.read_matte(keying("05_lemur_gt", "lemur_alpha.png"))),
    }
    for background, belongs in BACKGROUNDS:
        if half not in (belongs, "both"):
            continue
        place = pictures.read_color(os.path.join(places.PLATES, background))
        for name, (foreground, alpha) in subjects.items():
            behind = fitted(place, alpha.shape[1], alpha.shape[0])
            stem = os.path.splitext(os.path.basename(background))[0]
            source = written(f"natural-{name}-{stem}.png", composite(foreground, alpha, behind))
            yield Shot(f"{name}-{stem}", source, None, pictures.read_color(source), None, alpha)


@dataclass(frozen=True)
class Clip:
    """Frames of a subject before a picture, with grain, and the truth of each."""
    name: str
    shots: list
    truths: list
    trimaps: list


FRAMES = range(1001, 1011)
# Subject, background, by how many pixels that moves from frame to frame.
CLIPS = {
    "tune": [("dancer", "sky/01_crissy_field.jpg", (0, 0)),
             ("dancer", "inpaint/02_dog_bench.png", (2.3, 0.7)),
             ("lemur", "sky/05_petra_DFM_4209.jpg", (2.3, 0.7))],
    "report": [("dancer", "sky/03_bells_beach.jpg", (0, 0)),
               ("dancer", "inpaint/01_birdhouses.png", (-1.9, 0.6)),
               ("lemur", "inpaint/07_coffee_truth.png", (-1.9, 0.6))],
}


def moved(picture, x, y):
    """Read by cubic convolution x and y pixels further on; what leaves the border comes from it."""
    height, width = picture.shape[:2]
    shift = numpy.float32([[1, 0, -x], [0, 1, -y]])
    read = cv2.warpAffine(picture, shift, (width, height), flags=cv2.INTER_CUBIC,
                          borderMode=cv2.BORDER_REPLICATE)
    return numpy.clip(read, 0, 1)


def subjects(name):
    """Colour and alpha of each frame: a dancer, or an animal that is carried past."""
    lemur = (pictures.read_color(keying("05_lemur_gt", "lemur_foreground.png")),
             pictures.read_matte(keying("05_lemur_gt", "lemur_alpha.png")))
    for i, frame in enumerate(FRAMES):
        if name == "dancer":
            matte = pictures.read_raw(keying("04_dancer_gt", f"fg_alpha.{frame}.png"))
            yield pictures.linear(matte[..., :3]), matte[..., 3]
        else:
            yield tuple(moved(plane, -1.7 * i, 0.6 * i) for plane in lemur)


def clips(half, grain=0.01, radius=6):
    """Composites with grain of `grain` code values, another in every frame."""
    for number, (name, background, pan) in enumerate(CLIPS[half]):
        dice = numpy.random.default_rng(number)
        place = pictures.read_color(os.path.join(places.PLATES, background))
        shots, truths, trimaps = [], [], []
        for i, (foreground, alpha) in enumerate(subjects(name)):
            height, width = alpha.shape
            wide = fitted(place, width + 60, height + 40)
            behind = moved(wide, 30 + pan[0] * (i - 5), 20 + pan[1] * (i - 5))[:height, :width]
            mixed = alpha[..., None] * foreground + (1 - alpha[..., None]) * behind
            code = pictures.encoded(mixed) + grain * dice.standard_normal(mixed.shape)
            shots.append(signed_linear(code).astype(numpy.float32))
            truths.append(alpha)
            trimaps.append(trimap(alpha, radius))
        stem = os.path.splitext(os.path.basename(background))[0]
        yield Clip(f"{name}-{stem}", shots, truths, trimaps)


def signed_linear(code):
    """The curve undone, the same below 0: grain in black is not clipped."""
    return numpy.sign(code) * pictures.linear(numpy.abs(code))
