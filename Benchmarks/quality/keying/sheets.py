"""Contact sheets of keying: everything an eye must look at, some files for each plate.

`NAME.whole` is every view of every take, `NAME.edges` and `NAME.screen` are enlarged squares, take
under take, `NAME.frames-TAKE` what happens from frame to frame. `scenes` says what there is.
"""
import fnmatch
import os
import sys

import numpy

from .. import contact, metrics, pictures
from . import peers, screens, squares
from .scenes import scenes, tried

GREY, BRIGHT = 0.18, (1.0, 0.85, 0.6)
MAGENTA = (1.0, 0.0, 1.0)
STRETCH = 8


def over(result, background):
    """The premultiplied result over a colour."""
    return result[..., :3] + (1 - result[..., 3:4]) * numpy.asarray(background, numpy.float32)


# Panels: names and pictures of the size of the shot, made of a take and of the truth.


def haze(alpha):
    return f"haze: alpha x{STRETCH}", STRETCH * alpha


def core(alpha):
    return f"core: 1 - {STRETCH} (1 - alpha)", 1 - STRETCH * (1 - alpha)


def lifted(result):
    return "over black, 2 stops up", 4 * over(result, 0)


def negatives(take):
    """The foreground with what is below 0 marked where any of it is seen; the premultiplied colour of
    what shows no foreground."""
    name, values = "foreground", take.foreground
    if values is None:
        name, values = "over black", over(take.result, 0)
    below = (values < 0).any(axis=-1) & (take.alpha > 0)
    least = values[below].min() if below.any() else 0
    return (f"{name}, {below.sum()} px < 0 (to {least:.2g})",
            numpy.where(below[..., None], numpy.float32(MAGENTA), values))


def error(take, reference):
    difference = numpy.abs(take.alpha - reference.alpha)
    name = reference.label.partition(",")[0]
    return f"|matte - {name}| x{STRETCH}, mean {difference.mean():.5f}", STRETCH * difference


def whole_panels(take, references):
    yield from [take.picture] if take.picture else take.views
    yield "matte", take.alpha
    yield haze(take.alpha)
    yield core(take.alpha)
    yield "over grey", over(take.result, GREY)
    yield "over black", over(take.result, 0)
    yield lifted(take.result)
    yield "over bright", over(take.result, BRIGHT)
    yield negatives(take)
    if not take.reference:
        yield from (error(take, reference) for reference in references)


def edge_panels(take):
    yield "matte", take.alpha
    yield haze(take.alpha)
    yield core(take.alpha)
    yield "over grey", over(take.result, GREY)
    yield lifted(take.result)
    yield "over bright", over(take.result, BRIGHT)
    yield take.picture or negatives(take)


def screen_panels(take):
    yield haze(take.alpha)
    yield lifted(take.result)


def subject_panels(take):
    yield core(take.alpha)
    yield "over grey", over(take.result, GREY)


# Files.


def guide(takes):
    """What says where to look: the truth, or a peer's matte, or the first of ours."""
    return next((take for take in takes if take.reference), takes[0])


def whole_rows(scene, takes):
    references = [take for take in takes if take.reference]
    shot = contact.whole("source", scene.shots[0])
    for take in takes:
        yield contact.row(f"{scene.name}: {take.label}", [shot, *(
            contact.whole(name, values) for name, values in whole_panels(take, references))])


def edge_rows(scene, takes):
    """Take under take, for each place: what differs is seen in the same place of the sheet."""
    shot = scene.shots[0]
    for square in squares.busiest(guide(takes).alpha):
        for take in takes:
            yield contact.row(f"{square.title}: {take.label}", [
                contact.crop("source", shot, square),
                *(contact.crop(name, values, square) for name, values in edge_panels(take))])


def screen_rows(scene, takes):
    """Corners, the frame's border, the screen far away, and where ours is at its worst."""
    known, ours = guide(takes), [take.alpha for take in takes if not take.reference]
    truth = [known.alpha] if known.reference else []
    screen = [*squares.corners(known.alpha.shape), *squares.on_border(known.alpha),
              *squares.farthest(known.alpha),
              *(square for alpha in ours for square in squares.haziest(alpha, known.alpha, *truth))]
    subject = [square for alpha in ours for square in squares.least_solid(alpha, known.alpha, *truth)]
    for panels, found in ((screen_panels, screen), (subject_panels, subject)):
        for square in squares.merged(found):
            yield contact.row(square.title, list(side_by_side(scene, takes, panels, square)))


def side_by_side(scene, takes, panels, square):
    """The source and each take under its name."""
    source = contact.crop("source", scene.shots[0], square)
    yield contact.titled(source, scene.name, paper=50)
    for take in takes:
        cells = [contact.crop(name, values, square) for name, values in panels(take)]
        yield contact.titled(numpy.hstack(cells), take.label, paper=50)


# From frame to frame.


def steadiness(scene, take):
    """What stands still, the edges of it, and how much each pixel of it changes over time."""
    shots = scene.shots
    still = screens.standing(shots)
    mattes = numpy.stack([frame[..., 3] for frame in take.frames])
    plate = peers.automatic_plate(numpy.mean(shots, axis=0).astype(numpy.float32))
    plain = numpy.stack([peers.difference_key(shot, plate) for shot in shots]).astype(numpy.float32)
    edge = still & metrics.edges(plain.mean(axis=0))
    deviations = {
        "matte": mattes.std(axis=0) * still,
        "plain key of the same noise": plain.std(axis=0) * still,
        "plate's code values": pictures.encoded(shots).std(axis=0).max(axis=-1).astype(numpy.float32) * still,
    }
    return still, edge, deviations


def steady_row(scene, take, still, edge, deviations):
    def mean(values, where):
        return f"{values[where].mean():.4f}" if where.any() else "none"
    cells = [contact.whole("what stands still", still.astype(numpy.float32))]
    for name, values in deviations.items():
        means = f"all {mean(values, still)}, edges {mean(values, edge)}"
        cells.append(contact.whole(f"{name}: {means}", STRETCH * values))
    return contact.row(f"{scene.name}: {take.label}: standard deviation over {len(take.frames)} frames "
                       f"where nothing moves, x{STRETCH}", cells)


def restless(scene, takes):
    """Where the first matte trembles most though the picture does not, and where the guide changes most:
    the same places for all takes."""
    _, _, deviations = steadiness(scene, takes[0])
    mattes = numpy.stack([frame[..., 3] for frame in guide(takes).frames])
    return [*squares.most("most trembling where nothing moves", deviations["matte"]),
            *squares.most("most change", numpy.abs(numpy.diff(mattes, axis=0)).mean(axis=0))]


def consecutive_rows(scene, take, square):
    shots = scene.shots
    mattes = [frame[..., 3] for frame in take.frames]
    changes = [numpy.abs(after - before) for before, after in zip(mattes, mattes[1:])]

    def cells(name, values, first=0):
        return [contact.crop(f"{name}, {frame}", picture, square)
                for frame, picture in zip(scene.frames[first:], values)]
    yield contact.row(f"{square.title}: {take.label}", cells("source", shots))
    for name, values in (("grey", [over(frame, GREY) for frame in take.frames]), ("matte", mattes)):
        yield numpy.hstack(cells(name, values))
    moved = cells(f"|change| x{STRETCH}", [STRETCH * change for change in changes], first=1)
    yield numpy.hstack([numpy.zeros_like(moved[0]), *moved])


def frame_rows(scene, take, places):
    yield steady_row(scene, take, *steadiness(scene, take))
    for square in places:
        yield from consecutive_rows(scene, take, square)


def slug(label):
    return "-".join("".join(c if c.isalnum() else " " for c in label.lower()).split())


def files(scene, takes):
    """The name of each file of a scene, and its rows."""
    yield f"{scene.name}.whole", whole_rows(scene, takes)
    yield f"{scene.name}.edges", edge_rows(scene, takes)
    yield f"{scene.name}.screen", screen_rows(scene, takes)
    if len(scene.frames) > 1:
        places = restless(scene, takes)
        for take in takes:
            yield f"{scene.name}.frames-{slug(take.label)}", frame_rows(scene, take, places)


def draw(bench, folder, patterns):
    """Writes the sheets of the plates asked for, of all when none is."""
    drawn = 0
    for scene in scenes():
        if patterns and not any(fnmatch.fnmatchcase(scene.name, pattern) for pattern in patterns):
            continue
        drawn += 1
        takes = list(tried(bench, scene))
        for name, rows in files(scene, takes) if takes else []:
            path = os.path.join(folder, f"{name}.png")
            contact.write(path, list(rows))
            print(path, flush=True)
    if not drawn:
        sys.exit(f"quality: there is no such sheet; there are {', '.join(scene.name for scene in scenes())}")
