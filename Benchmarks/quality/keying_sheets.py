"""Contact sheets of keying: everything an eye must look at, a plate a sheet."""
import os

import cv2
import numpy

from . import peers, pictures, screens
from .render import NotRendered

HEIGHT = 300  # of a picture on the sheet
ENLARGED = 4
CROP = HEIGHT // ENLARGED


def over(result, background):
    """The premultiplied result over a colour."""
    return result[..., :3] + (1 - result[..., 3:4]) * numpy.asarray(background, numpy.float32)


def titled(picture, text):
    """A picture of code values with its name above."""
    bar = numpy.full((22, picture.shape[1], 3), 30, numpy.uint8)
    cv2.putText(bar, text, (5, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (230, 230, 230), 1, cv2.LINE_AA)
    return numpy.vstack([bar / 255, picture])


def shown(values):
    """Code values of the sheet's height: mattes as they are, colours encoded."""
    code = numpy.clip(values, 0, 1) if values.ndim == 2 else pictures.encoded(values)
    code = numpy.repeat(code[..., None], 3, axis=2) if code.ndim == 2 else code
    width = round(code.shape[1] * HEIGHT / code.shape[0])
    smaller = HEIGHT < code.shape[0]
    return cv2.resize(code, (width, HEIGHT), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)


def rows(groups, width):
    """Cells side by side, as many as fit; every group begins a row."""
    lines = []
    for group in groups:
        line, used = [], 0
        for cell in group:
            if line and used + cell.shape[1] > width:
                lines.append(line)
                line, used = [], 0
            line.append(cell)
            used += cell.shape[1]
        lines.append(line)
    joined = [numpy.hstack(line) for line in lines]
    width = max(line.shape[1] for line in joined)
    return numpy.vstack([numpy.pad(line, ((0, 0), (0, width - line.shape[1]), (0, 0))) for line in joined])


def busiest(alpha, count=3):
    """Corners of the squares with most edge in them, apart from each other."""
    edge = ((alpha > 0.05) & (alpha < 0.95)).astype(numpy.float32)
    found = []
    score = cv2.boxFilter(edge, -1, (CROP, CROP), normalize=False)
    for _ in range(count):
        y, x = numpy.unravel_index(score.argmax(), score.shape)
        top = int(numpy.clip(y - CROP // 2, 0, max(0, alpha.shape[0] - CROP)))
        left = int(numpy.clip(x - CROP // 2, 0, max(0, alpha.shape[1] - CROP)))
        found.append((slice(top, top + CROP), slice(left, left + CROP)))
        score[max(0, y - CROP):y + CROP, max(0, x - CROP):x + CROP] = -1
    return found


def sheet(shot, result, views, frames):
    """`views` are named pictures of the keyer's other views, `frames` consecutive mattes."""
    alpha = result[..., 3]
    black, grey, bright = over(result, 0), over(result, 0.18), over(result, (1.0, 0.85, 0.6))
    groups = [[titled(shown(values), name) for name, values in (
        ("source", shot), *views, ("matte", alpha), ("over grey", grey), ("over black", black),
        ("over bright", bright))]]
    for square in busiest(alpha):
        groups.append([titled(shown(values[square]), f"{ENLARGED}x: {name}") for name, values in (
            ("source", shot), ("matte", alpha), ("grey", grey), ("black", black), ("bright", bright))])
    if frames:
        groups.append([titled(shown(matte), f"matte, frame {name}") for name, matte in frames])
    return rows(groups, 2000)


def shots():
    """The name, source, clean plate if there is one, and frames of every plate of keying."""
    yield "01_two_people", screens.keying("01_two_people_green.jpg"), None, None
    yield "02_head", screens.keying("02_yellowgreen_head", "frame.####.png"), None, (1001, 1004)
    yield "03_jellyfish", screens.keying("03_jellyfish_blue", "frame.####.png"), None, (1001, 1004)
    plate = screens.keying("04_dancer_gt", "clean_plate.png")
    yield "04_dancer", screens.keying("04_dancer_gt", "green.####.png"), plate, (1001, 1004)
    plate = screens.keying("05_lemur_gt", "clean_plate.png")
    yield "05_lemur", screens.keying("05_lemur_gt", "lemur_on_green.png"), plate, None
    for half in ("tune", "report"):
        for name, shots_of in (("dancer", screens.dancer), ("lemur", screens.lemur)):
            shot = next(iter(shots_of("blue", half)))
            if (name, half) != ("lemur", "report"):
                yield f"{shot.name}_blue", shot.source, shot.plate, None
        for shot in screens.generated(half):
            yield f"synthetic_{shot.name}", shot.source, None, None


def keyed(bench, name, source, plate, frames):
    graph = "keyer-plate.json" if plate else "keyer.json"
    pattern = ".####" if "####" in source else ""
    out = bench.file(f"{name}{pattern}.exr")
    first, last = frames or (1, 1)
    variables = {"source": source, "out": out} | ({"plate": plate} if plate else {})
    bench.render(graph, variables, frames=f"{first}-{last}")

    def at(path, frame):
        return path.replace("####", str(frame))

    result = pictures.read_raw(at(out, first))
    views = []
    for view in ("status", "plate", "foreground"):
        path = bench.file(f"{name}.{view}{pattern}.exr")
        try:
            bench.render(graph, variables | {"out": path}, {"key.view": view}, str(first))
        except NotRendered:
            continue  # a graph by hand has no views
        picture = pictures.read_raw(at(path, first))
        views.append((view, picture[..., :3] if picture.shape[2] > 1 else picture[..., 0]))
    consecutive = [(frame, pictures.read_raw(at(out, frame))[..., 3])
                   for frame in range(first, last + 1)] if frames else []
    return sheet(pictures.read_color(at(source, first)), result, views, consecutive)


def matted(bench, name, source, trimap):
    """A sheet of natural matting: the colour is only multiplied, which shows what it needs."""
    paths = {"source": source, "trimap": bench.file("trimap.exr"), "out": bench.file("matte.exr")}
    pictures.write_exr(paths["trimap"], trimap)
    bench.render("matting.json", paths)
    alpha, shot = pictures.read_raw(paths["out"])[..., 0], pictures.read_color(source)
    color = peers.multi_level(shot, alpha)
    result = numpy.dstack([color * alpha[..., None], alpha]).astype(numpy.float32)
    return sheet(shot, result, [("trimap", trimap)], [])


def naturals():
    from . import keying
    trimap = keying.three_levels(pictures.read_matte(screens.keying("05_lemur_gt", "lemur_trimap.png")))
    yield "05_lemur_natural", screens.keying("05_lemur_gt", "lemur.png"), trimap
    yield "06_plant", screens.keying("06_plant", "plant.jpg"), keying.plant_trimap()
    yield "07_duck", screens.keying("07_duck", "duck.png"), keying.duck_trimap()


def sheets():
    """The name of every sheet, and what makes it."""
    for name, *plate in shots():
        yield name, keyed, plate
    for name, *picture in naturals():
        yield name, matted, picture


def draw(bench, folder):
    """Writes a sheet for each plate; says which could not be rendered."""
    for name, make, given in sheets():
        path = os.path.join(folder, f"{name}.png")
        try:
            bits = numpy.rint(numpy.clip(make(bench, name, *given), 0, 1) * 255).astype(numpy.uint8)
        except NotRendered as failure:
            print(f"{name}: {failure}", flush=True)
            continue
        cv2.imwrite(path, bits[..., ::-1])
        print(path, flush=True)
