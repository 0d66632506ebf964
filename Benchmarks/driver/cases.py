"""Every case that has a peer: what is compared with what, the target, the least bytes it must move.

Ours is made by name in Sources/Worker, the peer's in peers/. What the two must compute is the
same; where a peer cannot, `note` says what differs, and `tolerance` is how far they may be apart
(`Scripts/benchmark --verify` measures it, a `margin` of pixels at the borders left out).
"""
from dataclasses import dataclass

WIDTH, HEIGHT = 3840, 2160
PICTURE = WIDTH * HEIGHT * 4 * 4  # bytes of a UHD float RGBA picture
HALF = PICTURE // 2


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    peer: str  # the program, as the table has it
    worker: str  # the module in peers/ that runs it
    target: float | None  # ours / peer, at most
    moved: int | None  # bytes read and written at the very least; None when memory is no bound
    tolerance: float | None = 1e-5
    margin: int = 0
    clip: bool = False  # the peer knows 0 to 1 only: ours is clipped before it is compared
    bound: str = ""  # what limits it
    note: str = ""
    group: str = "kernel"
    ours: str = "worker"  # or `command`: a program started for every run
    shots: bool = False  # needs the two shots of the whole comp
    rounds: int | None = None
    writes: bool = False  # whether files are made, whose names begin with `ours.` and `peer.`


CODECS = {
    "none": "memory: a half picture and a float one",
    "zip": "zlib's inflating and deflating",
    "piz": "a wavelet, and Huffman's code bit by bit",
    "dwaa": "cosine transforms, and zlib for the rest",
}


def exr(direction, codec, target):
    # Reading: the file, then the floats. Writing: the floats, then the file.
    return Case(
        f"exr-{direction}-{codec}", f"EXR half {direction}, {'no codec' if codec == 'none' else codec.upper()}", "OpenImageIO", "oiio",
        target, PICTURE + HALF if codec == "none" else None,
        tolerance=0 if codec != "dwaa" else 0.05, group="file",
        writes=direction == "write", bound=CODECS[codec],
        note="" if direction == "read" else "to a file in memory, so that no disk is measured",
    )


def file_blur(peer, note):
    return Case(
        f"file-{peer.lower()}", "gaussian, sigma 20, from EXR to file", peer, "command", None, None,
        tolerance=None, group="whole", ours="command", writes=True,
        bound="zlib, mostly of the file written", note=note)


def comp(peer, worker, chunk, note, tolerance=0.02):
    return Case(
        f"comp-{peer.lower()}", f"whole comp of 24 frames, {chunk} at a time", peer, worker, 0.2, None,
        tolerance=tolerance, margin=32, group="whole", ours="command", shots=True, rounds=24 // chunk,
        writes=True, bound="zlib for two files in and one out", note=note)


KEYING = ("the peer's Keying node with its colour given and its own settings, in a compositor whose picture "
          "is loaded and whose result is not written")

CASES = [
    Case("over", "merge over", "OpenImageIO", "oiio", 0.75, 3 * PICTURE,
         bound="memory: two pictures read, one written"),
    Case("grade-chain", "six colour operations, one a power", "OpenImageIO", "oiio", 0.05,
         2 * PICTURE * 3 // 4, tolerance=2e-3,
         note="ours keeps alpha as it is, the peer is told to leave it alone; the weights of "
              "saturation differ in the fourth place",
         bound="one pass over memory; the arithmetic of a logarithm and an exponential a value"),
    Case("pow", "power curve", "OpenCV", "opencv", 0.3, 2 * PICTURE,
         bound="the arithmetic of a logarithm and an exponential a value"),
    Case("gaussian-5", "gaussian, sigma 5", "OpenCV", "opencv", 0.5, 2 * PICTURE, tolerance=0.01,
         note="borders repeat the nearest pixel",
         bound="passes over memory: halving, a short filter where it is small, doubling"),
    Case("gaussian-20", "gaussian, sigma 20", "OpenCV", "opencv", 0.06, 2 * PICTURE,
         tolerance=0.01, note="borders repeat the nearest pixel",
         bound="passes over memory: halving, a short filter where it is small, doubling"),
    Case("gaussian-100", "gaussian, sigma 100", "OpenCV", "opencv", 0.03, 2 * PICTURE,
         tolerance=0.01, note="borders repeat the nearest pixel",
         bound="passes over memory: halving, a short filter where it is small, doubling"),
    Case("box-20", "box, radius 20", "OpenCV", "opencv", 0.8, 2 * PICTURE,
         note="borders repeat the nearest pixel",
         bound="two directions, three operations a value in each"),
    Case("resize-half", "resize to half, Lanczos 3", "OpenImageIO", "oiio", 0.04,
         PICTURE + PICTURE // 4, tolerance=1e-3, margin=8,
         note="a true filter, widened by the scale, in both",
         bound="arithmetic: 12 weights a value in each direction"),
    Case("resize-half-box", "resize to half, box", "OpenCV", "opencv", 1.0, PICTURE + PICTURE // 4,
         note="the mean of four pixels in both; ours is the filter of any scale",
         bound="memory"),
    Case("corner-pin-cubic", "corner pin, cubic", "OpenCV", "opencv", 0.8, 2 * PICTURE,
         tolerance=None, note="4 x 4 pixels in both; ours Catmull-Rom at exact places, the peer "
         "a = -0.75 at 32nds of a pixel",
         bound="arithmetic: 16 weights a value, a division a pixel"),
    Case("corner-pin-lanczos", "corner pin, Lanczos", "OpenCV", "opencv", 0.6, 2 * PICTURE,
         tolerance=None, note="ours 6 x 6 pixels (Lanczos 3) at exact places, the peer 8 x 8 "
         "(Lanczos 4) at 32nds of a pixel",
         bound="arithmetic: 36 weights a value, a division a pixel"),
    Case("lens-undistort", "lens taken out, cubic", "OpenCV", "opencv", 1.0, 2 * PICTURE,
         tolerance=None, note="initUndistortRectifyMap and remap; 4 x 4 pixels in both, the peer's at 32nds of "
         "a pixel",
         bound="arithmetic: 16 weights a value, the lens's formula and its derivatives a pixel"),
    Case("st-map", "ST map, cubic", "OpenCV", "opencv", 1.0, 3 * PICTURE, tolerance=None,
         note="remap with a map of floats; 4 x 4 pixels in both, the peer's at 32nds of a pixel; ours looks at "
         "the map's slopes as well, to widen the filter",
         bound="arithmetic: 16 weights a value, the map's neighbours a pixel"),
    Case("erode-15", "erode, radius 15", "OpenCV", "opencv", 0.8, 2 * PICTURE, tolerance=0,
         bound="two directions, three comparisons a value in each"),
    Case("median-5", "median, 5 x 5", "OpenCV", "opencv", 0.8, 2 * PICTURE, tolerance=0,
         bound="comparisons: a network for 25 values"),
    Case("median-31", "median, 31 x 31", "OpenCV", "opencv", 0.8, 2 * PICTURE, tolerance=1 / 255,
         clip=True, note="the peer can only do 8 bits at this size: ours is float all the same",
         bound="ranks of the values, and counts of them in a moving box"),
    Case("directional-blur-41", "line of 41 pixels, at 30 degrees", "OpenCV", "opencv", 1.0, 2 * PICTURE,
         tolerance=1e-4, note="the peer is given the line as a kernel of 39 x 23, by our formula",
         bound="arithmetic: 73 weights a value"),
    Case("god-rays-32", "god rays, 32 images", "OpenCV", "opencv", 0.5, 2 * PICTURE, tolerance=None,
         note="the peer warps and adds 32 images, linear, at 32nds of a pixel; ours doubles their "
              "number five times, each time one resample more",
         bound="arithmetic: five resamples, and copies"),
    Case("fill-star", "a star of 1000 points filled", "OpenCV", "opencv", None, PICTURE // 4, tolerance=None,
         note="ours is exact, in floats; the peer's edges are antialiased in 8 bits, at 256ths of a pixel",
         bound="the outline: pixels its edges pass; memory for the rest"),
    Case("tile-offset", "wrapping offset", "OpenCV", "opencv", 1.0, 2 * PICTURE, tolerance=0,
         note="the peer copies four rectangles, on one thread", bound="memory"),
    Case("hsv", "RGB to HSV", "OpenCV", "opencv", 1.0, 2 * PICTURE * 3 // 4, tolerance=None,
         note="the peer has no alpha, and adds 1e-7 to differences: hues of near greys are others",
         bound="memory"),
    Case("lab", "linear RGB to L*a*b*", "OpenCV", "opencv", 1.0, 2 * PICTURE * 3 // 4, tolerance=None,
         note="the peer interpolates tables for 0 to 1 and cuts off what is brighter",
         bound="arithmetic: three cube roots a pixel"),
    Case("white-balance", "white balance: a 3 x 3 matrix", "OpenCV", "opencv", 1.0,
         2 * PICTURE * 3 // 4, tolerance=1e-4,
         note="the peer is given the matrix, and has no alpha", bound="memory"),
    Case("lut-33", "3-D LUT of 33 points, tetrahedral", "OpenColorIO", "ocio", 0.6,
         2 * PICTURE * 3 // 4, tolerance=1e-4, note="the peer on two threads, half a picture each",
         bound="twelve look-ups a pixel in a table of 0.4 MB"),
    Case("keyer-fused", "Keyer, fused, its own plate", "Blender", "blender", 1.0, 2 * PICTURE,
         tolerance=None, shots=True, note=KEYING,
         bound="moments of the subject: filters of ten planes at eight sizes, twice"),
    Case("keyer-plate", "Keyer, plate, its own plate", "Blender", "blender", 0.3, 2 * PICTURE,
         tolerance=None, shots=True, note=KEYING,
         bound="the plate: a fit on one thread, and folds at half the size"),
    Case("flow-hd", "optical flow, HD, one direction", "OpenCV", "opencv", 1.4, None, tolerance=None,
         note="DIS with its fast preset, from pictures of 8 bits, on all threads; ours from floats, OpticalFlow as "
              "it is when nobody changes anything: four times as many vectors, a third of the error "
              "(`Scripts/quality instruments`)",
         bound="arithmetic: patches that are compared, and sweeps of a linear system"),
    Case("track-points", "20 points through 100 frames of HD", "OpenCV", "opencv", None, None, tolerance=None,
         note="at most 25 ms a frame, 2500 ms here; pyramidal LK of 8 bits, windows of 31 pixels, from frame to frame; ours "
              "from floats beside the reference, so that errors do not add up, with a turn, a stretch and light that changes: a "
              "tenth of the error (`Scripts/quality instruments`)",
         bound="arithmetic: places that are compared, and rounds of least squares"),
    Case("denoise-hd", "noise of 3/255 taken out, HD", "OpenCV", "opencv", 1.0, None, tolerance=None,
         note="fastNlMeansDenoisingColored with its usual windows, of 8 bits; ours BM3D in floats, 4 dB better "
              "(`Scripts/quality instruments`)",
         bound="arithmetic: patches that are compared, and their cosine transforms"),
    Case("membrane", "a hole of 1000 x 1000 pixels filled by a membrane", "SciPy", "sparse", 0.05, None, tolerance=1e-4,
         rounds=3, note="spsolve of three channels at once, its equations put up beforehand, on one thread; ours is Inpaint's "
         "`smooth` in a frame of UHD, with finding the hole, coding and decoding",
         bound="memory: ten rounds over the hole at all sizes"),
    Case("wire-hd", "a wire of five pixels across HD, with texture", "OpenCV", "opencv", 0.125, None, tolerance=None,
         note="xphoto's FSR_FAST, of 8 bits, on one thread; ours is Inpaint's `frequency`, in floats, and nearer to the truth "
         "(`Scripts/quality cleanup`)",
         bound="arithmetic: fifty waves for each block of 4 x 4 pixels"),
    exr("read", "none", 0.1), exr("read", "zip", 0.3), exr("read", "piz", 0.5),
    exr("read", "dwaa", 0.6),
    exr("write", "none", 0.3), exr("write", "zip", 0.6), exr("write", "piz", 0.8),
    exr("write", "dwaa", 1.0),
    Case("deep-flatten", "deep EXR, three samples a pixel, HD: read and flattened", "OpenImageIO", "oiio",
         0.5, None, tolerance=1e-4, group="file", bound="zlib's inflating; a sort of every pixel",
         note="no samples overlap: the peer does not cut those that do"),
    Case("png16-read", "PNG, 16 bits, read", "OpenCV", "opencv", 1.0, None, tolerance=1e-6,
         group="file", note="ours gives floats, the peer 16-bit integers",
         bound="one zlib stream: one thread"),
    Case("png16-write", "PNG, 16 bits, write", "OpenCV", "opencv", 1.0, None, tolerance=2e-5,
         group="file", writes=True, note="each at its own default effort; ours from floats, the peer from "
         "16-bit integers; to a file in memory",
         bound="zlib"),
    comp("Blender", "blender", 4,
         "the peer in a process that stays, ours started for every 4 frames"),
    comp("oiiotool", "command", 4, "its Gaussian is cut off at 2 sigma", tolerance=None),
    Case("start-up", "start to first written frame, one node, HD", "oiiotool", "command", 0.3, None,
         tolerance=0, group="whole", ours="command", writes=True,
         bound="loading libraries, and zlib for the file",
         note="a checkerboard to a half EXR, ZIP, in memory"),
    file_blur("GEGL", "the peer writes float, ZIP"),
    file_blur("gmic", "the peer writes half, PIZ, and approximates the Gaussian"),
    file_blur("vips", "the peer writes bare floats"),
]
