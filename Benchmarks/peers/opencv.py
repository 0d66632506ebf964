"""OpenCV, through its Python module."""
import math

import cv2
import numpy

from protocol import Bench, HEIGHT, WIDTH, case, serve


def plain(bench: Bench, work, source=None):
    """A case that fills one picture again and again, its memory already there."""
    cv2.setNumThreads(bench.threads)
    source = bench.picture("plate") if source is None else source
    made = numpy.zeros_like(source)

    def run():
        work(source, made)

    return run, lambda: made.astype(numpy.float32)


@case("pow")
def power(bench):
    return plain(bench, lambda source, made: cv2.pow(source, 0.4545, made))


def gaussian(sigma):
    def make(bench):
        return plain(bench, lambda source, made: cv2.GaussianBlur(
            source, (0, 0), sigma, made, borderType=cv2.BORDER_REPLICATE))
    case(f"gaussian-{sigma}")(make)


for sigma in (5, 20, 100):
    gaussian(sigma)


@case("box-20")
def box(bench):
    return plain(bench, lambda source, made: cv2.blur(
        source, (41, 41), made, borderType=cv2.BORDER_REPLICATE))


def corner_pin(name, filter):
    def make(bench):
        # Pixel centres lie on whole numbers here and on halves in Bipack.
        corners = numpy.float32([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]]) - 0.5
        pins = numpy.float32([[-200, -100], [4000, -300], [4500, 2800], [-500, 2900]]) - 0.5
        matrix = cv2.getPerspectiveTransform(corners, pins)
        return plain(bench, lambda source, made: cv2.warpPerspective(
            source, matrix, (WIDTH, HEIGHT), made, flags=filter,
            borderMode=cv2.BORDER_CONSTANT))
    case(name)(make)


corner_pin("corner-pin-cubic", cv2.INTER_CUBIC)
corner_pin("corner-pin-lanczos", cv2.INTER_LANCZOS4)


@case("lens-undistort")
def lens_undistort(bench):
    camera = numpy.float64([[3000, 0, 1919.5], [0, 3000, 1079.5], [0, 0, 1]])
    terms = numpy.float64([-0.2, 0.02, 0, 0, 0])

    def work(source, made):
        across, down = cv2.initUndistortRectifyMap(camera, terms, None, camera, (WIDTH, HEIGHT), cv2.CV_32FC1)
        cv2.remap(source, across, down, cv2.INTER_CUBIC, made, cv2.BORDER_CONSTANT)

    return plain(bench, work)


@case("st-map")
def st_map(bench):
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    dx, dy = x + 0.5 - WIDTH / 2, y + 0.5 - HEIGHT / 2
    across = (0.85 * dx - 0.1 * dy + WIDTH / 2 - 0.5).astype(numpy.float32)
    down = (0.1 * dx + 0.85 * dy + HEIGHT / 2 - 0.5).astype(numpy.float32)
    return plain(bench, lambda source, made: cv2.remap(
        source, across, down, cv2.INTER_CUBIC, made, cv2.BORDER_CONSTANT))


@case("erode-15")
def erode(bench):
    box = cv2.getStructuringElement(cv2.MORPH_RECT, (31, 31))
    return plain(bench, lambda source, made: cv2.erode(source, box, made))


@case("median-5")
def median_small(bench):
    return plain(bench, lambda source, made: cv2.medianBlur(source, 5, made))


@case("median-31")
def median_large(bench):
    source = bench.picture("plate")
    coded = numpy.clip(source * 255 + 0.5, 0, 255).astype(numpy.uint8)
    run, result = plain(bench, lambda source, made: cv2.medianBlur(source, 31, made), coded)
    return run, lambda: result() / 255


@case("resize-half-box")
def resize_half_box(bench):
    cv2.setNumThreads(bench.threads)
    source = bench.picture("plate")
    made = numpy.zeros((HEIGHT // 2, WIDTH // 2, 4), numpy.float32)
    return (lambda: cv2.resize(source, (WIDTH // 2, HEIGHT // 2), made, interpolation=cv2.INTER_AREA),
            lambda: made)


def line(length, angle):
    """A line as a kernel: LineBlur's formula."""
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    half, slope = length / 2 * cosine, -sine / cosine

    def integral(u):
        """Of the hat function."""
        if abs(u) >= 1:
            return float(u > 0)
        return (u + 1) ** 2 / 2 if u <= 0 else 1 - (1 - u) ** 2 / 2

    taps = {}
    last = math.ceil(half + 1)
    for x in range(-last, last + 1):
        weight = (integral(half - x) - integral(-half - x)) / (2 * half)
        y = math.floor(x * slope)
        share = x * slope - y
        for row, part in ((y, 1 - share), (y + 1, share)):
            taps[row, x] = taps.get((row, x), 0) + weight * part
    rows = max(abs(y) for y, _ in taps)
    kernel = numpy.zeros((2 * rows + 1, 2 * last + 1), numpy.float32)
    for (y, x), weight in taps.items():
        kernel[rows + y, last + x] = weight
    return kernel


@case("directional-blur-41")
def directional_blur(bench):
    kernel = line(41, 30)
    return plain(bench, lambda source, made: cv2.filter2D(
        source, -1, kernel, made, borderType=cv2.BORDER_CONSTANT))


@case("god-rays-32")
def god_rays(bench):
    count = 32
    moved = numpy.zeros((HEIGHT, WIDTH, 4), numpy.float32)
    middle = ((WIDTH - 1) / 2, (HEIGHT - 1) / 2)

    def work(source, made):
        made[:] = 0
        for i in range(count):
            part = i / (count - 1)
            matrix = cv2.getRotationMatrix2D(middle, 4 * part, 1.3 ** part)
            cv2.warpAffine(source, matrix, (WIDTH, HEIGHT), moved, flags=cv2.INTER_LINEAR)
            cv2.scaleAdd(moved, 1 / count, made, made)

    return plain(bench, work)


@case("fill-star")
def fill_star(bench):
    cv2.setNumThreads(bench.threads)
    turn = numpy.arange(1000) / 1000 * 2 * math.pi
    radius = HEIGHT / numpy.where(numpy.arange(1000) % 2 == 0, 2.1, 4.2)
    points = numpy.stack([WIDTH / 2 + radius * numpy.cos(turn), HEIGHT / 2 + radius * numpy.sin(turn)], axis=1)
    # Pixel centres lie on whole numbers here; places are 256ths.
    places = numpy.rint((points - 0.5) * 256).astype(numpy.int32)
    made = numpy.zeros((HEIGHT, WIDTH), numpy.uint8)

    def run():
        made[:] = 0
        cv2.fillPoly(made, [places], 255, cv2.LINE_AA, 8)

    return run, lambda: made[..., None].astype(numpy.float32) / 255


@case("tile-offset")
def tile_offset(bench):
    def work(source, made):
        made[300:, 1000:] = source[:-300, :-1000]
        made[300:, :1000] = source[:-300, -1000:]
        made[:300, 1000:] = source[-300:, :-1000]
        made[:300, :1000] = source[-300:, -1000:]

    return plain(bench, work)


def colour(bench, work):
    """A case on red, green and blue: OpenCV's colour functions know no alpha."""
    source = bench.picture("plate")
    run, result = plain(bench, work, numpy.ascontiguousarray(source[..., :3]))
    return run, lambda: numpy.dstack([result(), source[..., 3]])


@case("hsv")
def hsv(bench):
    run, result = colour(bench, lambda source, made: cv2.cvtColor(source, cv2.COLOR_RGB2HSV, made))
    return run, lambda: result() / numpy.float32([360, 1, 1, 1])


@case("lab")
def lab(bench):
    return colour(bench, lambda source, made: cv2.cvtColor(source, cv2.COLOR_LRGB2Lab, made))


def bradford(neutral):
    """From the light in which `neutral` is grey to D65, on linear Rec.709."""
    def xyz(x, y):
        return numpy.array([x / y, 1, (1 - x - y) / y])
    white = xyz(0.3127, 0.329)
    mixed = numpy.array([xyz(0.64, 0.33), xyz(0.3, 0.6), xyz(0.15, 0.06)]).T
    there = mixed * numpy.linalg.solve(mixed, white)
    cones = numpy.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    light = there @ neutral
    gains = (cones @ white) / (cones @ (light / light[1]))
    return numpy.linalg.inv(there) @ numpy.linalg.inv(cones) @ numpy.diag(gains) @ cones @ there


@case("white-balance")
def white_balance(bench):
    matrix = bradford(numpy.array([0.26, 0.18, 0.1])).astype(numpy.float32)
    return colour(bench, lambda source, made: cv2.transform(source, matrix, made))


def hd(bench, x, y):
    """A part of the plate as large as HD, red, green and blue of 8 bits."""
    plate = numpy.clip(bench.picture("plate")[y:y + 1080, x:x + 1920, :3], 0, 1) ** (1 / 2.2)
    return numpy.rint(255 * plate).astype(numpy.uint8)


@case("flow-hd")
def flow(bench):
    cv2.setNumThreads(bench.threads)
    frames = [hd(bench, 0, 0), hd(bench, 6, 4)]
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    made = []

    def run():
        made[:] = [search.calc(*[cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames], None)]

    return run, lambda: made[0]


@case("track-points")
def track_points(bench):
    cv2.setNumThreads(bench.threads)
    frames = [hd(bench, 600 + 5 * place, 400 + 3 * place) for place in range(8)]
    clip = [frames[min(step % 14, 14 - step % 14)] for step in range(1, 101)]
    points = numpy.float32([[[240 + 360 * x, 200 + 220 * y]] for y in range(4) for x in range(5)]) - 0.5
    made = []

    def run():
        found, before = points, cv2.cvtColor(clip[0], cv2.COLOR_RGB2GRAY)
        for frame in clip[1:]:
            now = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
            found, _, _ = cv2.calcOpticalFlowPyrLK(before, now, found, None, winSize=(31, 31))
            before = now
        made[:] = [found]

    return run, lambda: made[0]


@case("denoise-hd")
def denoise(bench):
    cv2.setNumThreads(bench.threads)
    frame = hd(bench, 0, 0)
    made = numpy.zeros_like(frame)
    return (lambda: cv2.fastNlMeansDenoisingColored(frame, made, 3, 3, 7, 21),
            lambda: made.astype(numpy.float32) / 255)


@case("wire-hd")
def wire(bench):
    cv2.setNumThreads(bench.threads)
    frame = hd(bench, 0, 0)
    y, x = numpy.mgrid[0:1080, 0:1920]
    known = numpy.where(numpy.abs(y + 0.5 - 200 - 0.35 * (x + 0.5)) < 2.65, 0, 255).astype(numpy.uint8)
    made = numpy.zeros_like(frame)
    return (lambda: cv2.xphoto.inpaint(frame, known, made, cv2.xphoto.INPAINT_FSR_FAST),
            lambda: made.astype(numpy.float32) / 255)


# Files

def coded(bench):
    """16 bits, in OpenCV's order: blue, green, red, alpha."""
    picture = numpy.clip(bench.picture("plate"), 0, 1)
    values = numpy.floor(picture * numpy.float32(65535) + numpy.float32(0.5)).astype(numpy.uint16)
    return numpy.ascontiguousarray(values[..., [2, 1, 0, 3]])


def decoded(values):
    return values[..., [2, 1, 0, 3]].astype(numpy.float32) / 65535


@case("png16-read")
def png_read(bench):
    cv2.setNumThreads(bench.threads)
    made = []

    def run():
        made.clear()
        made.append(cv2.imread(f"{bench.data}/plate.png", cv2.IMREAD_UNCHANGED))

    return run, lambda: decoded(made[0])


@case("png16-write")
def png_write(bench):
    cv2.setNumThreads(bench.threads)
    values = coded(bench)
    path = f"{bench.output}/peer.png"
    return (lambda: cv2.imwrite(path, values),
            lambda other=path: decoded(cv2.imread(other, cv2.IMREAD_UNCHANGED)))


if __name__ == "__main__":
    serve()
