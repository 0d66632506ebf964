"""Noise taken out, beside the truth and OpenCV's means of patches. Noise is added to code values, as peers have them."""
import os

import cv2
import numpy

from .. import pictures, places
from ..figure import Case, Figure
from . import moving

STILLS = {"tune": ("sky/03_bells_beach.jpg", "inpaint/01_birdhouses.png"),
          "report": ("sky/01_crissy_field.jpg", "sky/02_palace_blue_sky.jpg", "inpaint/07_coffee_truth.png")}


def still(name, width=640):
    """Code values of a picture, small enough to be free of noise of its own."""
    values = cv2.imread(os.path.join(places.PLATES, name))[..., ::-1]
    height = round(values.shape[0] * width / values.shape[1])
    return (cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA)[:480] / 255).astype(numpy.float64)


def quality(coded, truth):
    """Peak signal to noise in decibels, of code values."""
    return float(-10 * numpy.log10(numpy.mean((numpy.clip(coded, 0, 1) - truth) ** 2)))


def with_noise(coded, sigma, seed):
    return coded + numpy.random.default_rng(seed).normal(size=coded.shape) * sigma / 255


def uncoded(coded):
    """Light of code values, below 0 too: noise is not cut off there."""
    return numpy.where(coded < 0, coded / 12.92, pictures.linear(numpy.abs(coded))).astype(numpy.float32)


def recoded(light):
    return numpy.where(light < 0, light * 12.92, pictures.encoded(light))


def ours(bench, frames, sigma, middle=0, reach=0):
    """Our code values of one frame of a noisy clip."""
    source = bench.file("noisy.####.exr")
    for number, coded in enumerate(frames, 1001):
        pictures.write_exr(source.replace("####", str(number)), uncoded(coded))
    variables = {"source": source, "out": bench.file("clean.####.exr")}
    settings = {"clean.sigma": sigma}
    if reach:
        settings["clean.range"] = reach
    made = bench.sequence("denoise.json", variables, [1001 + middle], frames[0].shape, settings)[0]
    return recoded(made)


def best_means(coded, sigma, truth):
    """The peer with the strength that does best."""
    eight = numpy.rint(numpy.clip(coded, 0, 1) * 255).astype(numpy.uint8)
    return max(quality(cv2.fastNlMeansDenoisingColored(eight, None, share * sigma, share * sigma, 7, 21) / 255, truth)
               for share in (0.5, 0.8, 1, 1.2))


def stills(half, sigma):
    def measure(bench):
        found, theirs = [], []
        for seed, name in enumerate(STILLS[half]):
            truth = still(name)
            noisy = with_noise(truth, sigma, seed)
            found.append(quality(ours(bench, [noisy], sigma), truth))
            theirs.append(best_means(noisy, sigma, truth))
        return [Figure("psnr", numpy.mean(found), numpy.mean(theirs), numpy.mean(theirs), least=True,
                       note="dB; peer: OpenCV's non-local means, at its best strength")]
    return measure


def clips(seeds, sigma):
    def measure(bench):
        alone, together, ghosts = [], [], []
        for seed in seeds:
            shot = moving.Shot(seed, 480, 270, count=3, speed=16.0)
            truth = [pictures.encoded(shot.picture(step)) for step in range(5)]
            noisy = [with_noise(coded, sigma, 10 * seed + step) for step, coded in enumerate(truth)]
            single = ours(bench, noisy, sigma, middle=2)
            made = ours(bench, noisy, sigma, middle=2, reach=2)
            alone.append(quality(single, truth[2]))
            together.append(quality(made, truth[2]))
            # What is hidden in one of the neighbours must not be worse than it is without them.
            hidden = ~(shot.flow(2, 1)[1] & shot.flow(2, 3)[1])
            ghosts.append(quality(made[hidden], truth[2][hidden]) - quality(single[hidden], truth[2][hidden]))
        return [Figure("psnr", numpy.mean(together), numpy.mean(alone), None,
                       note="dB, range 2; peer: ours of the frame alone"),
                Figure("gain", numpy.mean(together) - numpy.mean(alone), None, 2, least=True, note="dB"),
                Figure("hidden", numpy.min(ghosts), None, -0.2, least=True,
                       note="dB gained where a neighbour does not show the same")]
    return measure


def walker(sigma):
    """A real clip from a camera that stands still; its own noise is small."""
    def measure(bench):
        folder = os.path.join(places.PLATES, "sequences", "walker_static")
        names = sorted(name for name in os.listdir(folder) if name.startswith("frame"))[:5]
        truth = [cv2.imread(os.path.join(folder, name))[..., ::-1] / 255 for name in names]
        noisy = [with_noise(coded, sigma, step) for step, coded in enumerate(truth)]
        alone = quality(ours(bench, noisy, sigma, middle=2), truth[2])
        together = quality(ours(bench, noisy, sigma, middle=2, reach=2), truth[2])
        return [Figure("psnr", together, best_means(noisy[2], sigma, truth[2]), None,
                       note="dB, range 2; peer: OpenCV's non-local means"),
                Figure("gain", together - alone, None, None, least=True, note="dB over the frame alone")]
    return measure


def strong(bench):
    """Noise of 29/255, cut off at black and white by who added it, of a grey picture: the same in three channels, so
    that of their sum it is as large as three and not as the root of three."""
    folder = os.path.join(places.PLATES, "motion", "noise")
    truth, noisy = (cv2.imread(os.path.join(folder, f"iguazu_{name}.png"))[..., ::-1] / 255 for name in ("clean", "noisy"))
    theirs = best_means(noisy, 29, truth)
    return [Figure("psnr", quality(ours(bench, [noisy], 29 * 3 ** 0.5), truth), theirs, theirs, least=True,
                   note="dB; peer: OpenCV's non-local means")]


NEEDS = ("sky", "inpaint")
CASES = [
    *[Case(f"denoise-{sigma}{'-tune' if half == 'tune' else ''}", f"stills, noise of {sigma}/255", half, ("psnr",),
           stills(half, sigma), NEEDS) for sigma in (3, 8) for half in ("tune", "report")],
    Case("denoise-strong", "noise of 29/255, cut off", "report", ("psnr",), strong, ("motion",)),
    Case("denoise-clip-tune", "a clip in motion, noise of 8/255", "tune", ("psnr", "gain", "hidden"), clips([71], 8)),
    Case("denoise-clip", "a clip in motion, noise of 8/255", "report", ("psnr", "gain", "hidden"), clips([81, 82], 8)),
    Case("denoise-walker", "a real clip, noise of 8/255", "report", ("psnr", "gain"), walker(8), ("sequences",)),
]


def draw_sheets(bench, folder, names):
    """The noisy picture, ours, and what was taken out, four times."""
    if names and "denoise" not in names or not os.path.exists(os.path.join(places.PLATES, "sky")):
        return
    truth = still(STILLS["report"][1])
    noisy = with_noise(truth, 8, 1)
    made = ours(bench, [noisy], 8)
    panels = [truth, noisy, made, 0.5 + 4 * (noisy - made)]
    rows = [numpy.concatenate(panels[start:start + 2], 1) for start in (0, 2)]
    pictures.write_png(os.path.join(folder, "denoise.png"), uncoded(numpy.clip(numpy.concatenate(rows, 0), 0, 1)))
