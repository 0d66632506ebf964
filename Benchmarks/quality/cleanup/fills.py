"""Single pictures with holes, filled, beside the truth and beside OpenCV. Scores are of code values of 8 bits, inside the
hole."""
import fnmatch
import os

import cv2
import numpy

from .. import contact, pictures, places, store
from ..figure import Case, Figure
from . import wires

STILLS = {
    "tune": ("sky/03_bells_beach.jpg", "inpaint/03_lanterns.jpg", "keying/05_lemur_gt/beach.png",
             "portraits/01_astronaut.png", "sky/04_arches_pano_9519.jpg", "portraits/04_biden_official.jpg",
             "keying/06_plant/plant.jpg"),
    "report": ("inpaint/01_birdhouses.png", "inpaint/02_dog_bench.png", "inpaint/07_coffee_truth.png",
               "sky/01_crissy_field.jpg", "sky/02_palace_blue_sky.jpg", "sky/05_petra_DFM_4209.jpg",
               "portraits/03_obama_official.jpg", "keying/05_lemur_gt/lemur.png"),
}
MOST = 640  # pixels of a picture's longer side: smaller ones are sharp everywhere


def still(name):
    """Code values of 8 bits: red, green, blue."""
    values = cv2.imread(os.path.join(places.PLATES, name))
    scale = MOST / max(values.shape[:2])
    if scale < 1:
        values = cv2.resize(values, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return numpy.ascontiguousarray(values[..., ::-1])


def scored(made, truth, hole):
    """Peak signal to noise in decibels, of code values of 8 bits inside the hole."""
    off = numpy.rint(numpy.clip(made[hole], 0, 255)).astype(float) - truth[hole]
    return float(-10 * numpy.log10(numpy.mean(off ** 2) / 255 ** 2))


def ours(bench, picture, hole, method="frequency"):
    """Code values of what we make; white where the hole is before."""
    source, matte, out = (bench.file(f"{name}.exr") for name in ("source", "hole", "filled"))
    bad = numpy.where(hole[..., None], 255, picture)
    pictures.write_exr(source, pictures.linear(bad / 255))
    pictures.write_exr(matte, hole.astype(numpy.float32))
    variables = {"source": source, "hole": matte, "out": out}
    made = bench.sequence("inpaint.json", variables, [1], picture.shape, {"fill.method": method})[0]
    return 255 * pictures.encoded(made)


def fsr(picture, hole):
    """OpenCV's frequency selective reconstruction, fast."""
    bad = numpy.where(hole[..., None], 255, picture).astype(numpy.uint8)
    made = numpy.zeros_like(bad)
    cv2.xphoto.inpaint(numpy.ascontiguousarray(bad), numpy.where(hole, 0, 255).astype(numpy.uint8), made,
                       cv2.xphoto.INPAINT_FSR_FAST)
    return made


def marched(picture, hole, method):
    """OpenCV's two that go inwards from the rim."""
    bad = numpy.where(hole[..., None], 255, picture).astype(numpy.uint8)
    return cv2.inpaint(numpy.ascontiguousarray(bad), hole.astype(numpy.uint8), 3, method)


def wired(name, thick):
    """A picture, and wires over it that are the same every time."""
    picture = still(name)
    height, width = picture.shape[:2]
    return picture, wires.hole(width, height, thick, sum(map(ord, name)) + thick)


def wire(half, thick):
    def measure(bench):
        found = {"ours": [], "smooth": [], "fsr": [], "telea": [], "ns": []}
        for name in STILLS[half]:
            picture, hole = wired(name, thick)
            for key, made in (
                    ("ours", ours(bench, picture, hole)), ("smooth", ours(bench, picture, hole, "smooth")),
                    ("fsr", store.remembered(fsr, picture, hole)),
                    ("telea", marched(picture, hole, cv2.INPAINT_TELEA)),
                    ("ns", marched(picture, hole, cv2.INPAINT_NS))):
                found[key].append(scored(made, picture, hole))
        mean = {key: float(numpy.mean(values)) for key, values in found.items()}
        gains = numpy.subtract(found["ours"], found["fsr"])
        return [
            Figure("psnr", mean["ours"], mean["fsr"], mean["fsr"] + 0.15, least=True,
                   note=f"dB; peer: OpenCV FSR fast; one picture gains {gains.min():+.2f} to {gains.max():+.2f}"),
            Figure("smooth", mean["smooth"], max(mean["telea"], mean["ns"]), max(mean["telea"], mean["ns"]), least=True,
                   note="dB, the membrane; peer: the better of OpenCV's Telea and NS")]
    return measure


def scratches(bench):
    """Thin lines drawn by hand over a portrait; the truth is exact."""
    truth = still("portraits/01_astronaut.png")
    hole = cv2.imread(os.path.join(places.PLATES, "inpaint/06_scratch_mask.png"), cv2.IMREAD_GRAYSCALE) > 127
    theirs = scored(store.remembered(fsr, truth, hole), truth, hole)
    smooth = max(scored(marched(truth, hole, method), truth, hole) for method in (cv2.INPAINT_TELEA, cv2.INPAINT_NS))
    return [
        Figure("psnr", scored(ours(bench, truth, hole), truth, hole), theirs, theirs, least=True,
               note="dB; peer: OpenCV FSR fast"),
        Figure("smooth", scored(ours(bench, truth, hole, "smooth"), truth, hole), smooth, smooth, least=True,
               note="dB; peer: the better of OpenCV's Telea and NS")]


def untouched(bench):
    """Light outside the hole, bit for bit."""
    picture, hole = wired(STILLS["report"][0], 5)
    light = pictures.linear(picture / 255).astype(numpy.float32)
    ours(bench, picture, hole)
    made = pictures.read_raw(bench.file("filled.exr"))[..., :3]
    return [Figure("changed", int((made != light)[~hole].sum()), None, 0, note="values outside the hole")]


NEEDS = ("inpaint", "sky", "keying", "portraits")
CASES = [
    *[Case(f"wires-{thick}{'-tune' if half == 'tune' else ''}", f"wires {thick} pixels thick over stills", half,
           ("psnr", "smooth"), wire(half, thick), NEEDS) for thick in (3, 5, 9) for half in ("tune", "report")],
    Case("scratches", "thin scratches over a portrait", "report", ("psnr", "smooth"), scratches, NEEDS),
    Case("untouched", "what lies outside the hole", "report", ("changed",), untouched, NEEDS),
]


def draw_sheets(bench, folder, names):
    """Each picture with wires of five pixels: before, ours, the membrane, OpenCV's, the truth; and a square of each at
    four times the size."""
    for half in STILLS:
        for name in STILLS[half]:
            stem = os.path.splitext(os.path.basename(name))[0]
            if names and not any(fnmatch.fnmatchcase(stem, pattern) for pattern in names):
                continue
            if not os.path.exists(os.path.join(places.PLATES, name)):
                continue
            picture, hole = wired(name, 5)
            made = (("wires", numpy.where(hole[..., None], 255, picture)), ("frequency", ours(bench, picture, hole)),
                    ("smooth", ours(bench, picture, hole, "smooth")), ("OpenCV FSR fast", store.remembered(fsr, picture, hole)),
                    ("truth", picture))
            light = [(title, pictures.linear(numpy.clip(values, 0, 255) / 255)) for title, values in made]
            rows = [contact.row(stem, [contact.whole(*cell) for cell in light])]
            squares = contact_squares(hole)
            for top, left in squares:
                part = (slice(top, top + contact.CROP), slice(left, left + contact.CROP))
                cells = []
                for title, values in light:
                    code = contact.code(values[part])
                    size = code.shape[1] * contact.ENLARGED, code.shape[0] * contact.ENLARGED
                    cells.append(contact.titled(cv2.resize(code, size, interpolation=cv2.INTER_NEAREST), title))
                rows.append(contact.row(f"{left}, {top}", cells))
            contact.write(os.path.join(folder, f"{stem}.png"), rows)


def contact_squares(hole):
    """Where most of the hole is, three places apart."""
    size = contact.CROP
    count = cv2.boxFilter(hole.astype(numpy.float32), -1, (size, size), normalize=False, anchor=(0, 0))
    count = count[:hole.shape[0] - size, :hole.shape[1] - size].copy()
    found = []
    for _ in range(3):
        top, left = numpy.unravel_index(count.argmax(), count.shape)
        found.append((int(top), int(left)))
        count[max(0, top - size):top + size, max(0, left - size):left + size] = 0
    return found
