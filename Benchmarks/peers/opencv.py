"""OpenCV, through its Python module."""
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
