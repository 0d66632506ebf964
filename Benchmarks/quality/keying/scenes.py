"""What the sheets of keying show: for each plate the shot, and what was made of it in which way.

A new plate, group or reference is a line in `scenes`, and nothing else.
"""
import os
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy

from .. import pictures, places
from ..render import NotRendered
from . import peers, screens


@dataclass
class Take:
    """What one way of keying makes of a shot. The first frame is the one looked at closely."""
    label: str
    frames: list  # premultiplied colour and alpha
    views: list = field(default_factory=list)  # names and pictures of the first frame
    foreground: numpy.ndarray | None = None  # before it is multiplied by alpha
    picture: tuple | None = None  # the finished comp, named, of a group
    reference: bool = False  # the truth, or a peer's matte: not ours

    @property
    def result(self):
        return self.frames[0]

    @property
    def alpha(self):
        return self.result[..., 3]


@dataclass(frozen=True)
class Scene:
    """A sheet: a shot, and what makes its takes, of a `Bench` and of the scene."""
    name: str
    source: str  # `####` for the frame
    makers: tuple[Callable, ...]
    frames: tuple[int, ...] = (1,)
    background: str | None = None  # for groups

    def at(self, path, frame=None):
        return path.replace("####", str(self.frames[0] if frame is None else frame))

    @property
    def shots(self):
        return [pictures.read_color(self.at(self.source, frame)) for frame in self.frames]

    def render(self, bench, graph, variables, out, settings=None, first_only=False):
        """The pictures that the graph writes as `out`, one for each frame."""
        frames = self.frames[:1] if first_only else self.frames
        pattern = "" if len(self.frames) == 1 else ".####"
        paths = {name: bench.file(f"{name}{pattern}.exr") for name in out}
        bench.render(graph, {"source": self.source, **variables, **paths}, settings,
                     f"{frames[0]}-{frames[-1]}")
        return [[pictures.read_raw(self.at(path, frame)) for frame in frames]
                for path in paths.values()]


# Ways to make a take. Each is a function that gives one; what it is given is settled in `scenes`.


def keyer(label, plate=None):
    """The Keyer as it comes, with a clean plate or unaided."""
    graph, given = ("keyer-plate.json", {"plate": plate}) if plate else ("keyer.json", {})

    def views(bench, scene):
        for view in ("plate", "status", "foreground"):
            try:
                [[picture]] = scene.render(bench, graph, given, ["out"], {"key.view": view}, first_only=True)
            except NotRendered:
                continue  # a graph by hand has no views
            yield view, picture[..., :3] if picture.shape[2] > 1 else picture[..., 0]

    def make(bench, scene):
        [frames] = scene.render(bench, graph, given, ["out"])
        seen = dict(views(bench, scene))
        foreground = seen.pop("foreground", None)
        return Take(label, frames, list(seen.items()), foreground)
    return make


def matting(trimap):
    """Matting as it comes: its result has the subject's own colour."""
    def make(bench, scene):
        given, levels = {"trimap": bench.file("trimap.exr")}, trimap()
        pictures.write_exr(given["trimap"], levels)

        def view(name):
            settings = {"matte.view": name, "out.channels": "rgba"}
            return scene.render(bench, "matting.json", given, ["out"], settings)[0]
        return Take("Matting", view("result"), [("trimap", levels)], view("foreground")[0][..., :3])
    return make


def group(name, plate=None):
    """A ready group over the scene's background: its subject, and the picture it comes to."""
    def make(bench, scene):
        shape = pictures.read_color(scene.at(scene.source)).shape
        given = {"background": bench.file("background.exr")} | ({"plate": plate} if plate else {})
        behind = pictures.read_color(scene.background)
        pictures.write_exr(given["background"], screens.fitted(behind, shape[1], shape[0]))
        subject, comp = scene.render(bench, f"comp-{name}.json", given, ["out", "picture"])
        return Take(f"group {name}", subject, picture=("comp", comp[0][..., :3]))
    return make


def truth(shots):
    """The matte and the colour the shot was made of."""
    def make(bench, scene):
        known = shots()
        frames = [numpy.dstack([shot.foreground * shot.truth[..., None], shot.truth]) for shot in known]
        return Take("truth", frames[:len(scene.frames)], foreground=known[0].foreground, reference=True)
    return make


def peer(label, matte):
    """A peer's matte; the colour, which it does not give, by pymatting."""
    def make(bench, scene):
        alpha = pictures.read_raw(matte)[..., 0]
        color = peers.multi_level(scene.shots[0], alpha).astype(numpy.float32)
        result = numpy.dstack([color * alpha[..., None], alpha])
        return Take(f"{label}'s matte, pymatting's colour", [result], foreground=color, reference=True)
    return make


def tried(bench, scene):
    """The scene's takes; who could not render says so instead."""
    for make in scene.makers:
        try:
            yield make(bench, scene)
        except NotRendered as failure:
            print(f"{scene.name}: {failure}", flush=True)


# What there is.

CONSECUTIVE = tuple(range(1001, 1009))


def backdrop(*names):
    return os.path.join(places.PLATES, *names)


def filmed():
    """Shots nobody knows the truth of."""
    unaided = keyer("Keyer")
    people = screens.keying("01_two_people_green.jpg")
    yield Scene("01_two_people", people, (unaided,))
    yield Scene("01_two_people_comp", people, (group("green-screen"), group("hair")),
                background=screens.keying("01_backdrop_forest.jpg"))
    head = screens.keying("02_yellowgreen_head", "frame.####.png")
    near = screens.keying("02_yellowgreen_head", "near_clean_plate.png")
    yield Scene("02_head", head, (unaided, keyer("Keyer, nearly clean plate", near)), CONSECUTIVE)
    yield Scene("02_head_comp", head, (group("green-screen"), group("clean-plate", near)), CONSECUTIVE,
                backdrop("sky", "03_bells_beach.jpg"))
    jellyfish = screens.keying("03_jellyfish_blue", "frame.####.png")
    yield Scene("03_jellyfish", jellyfish, (unaided,), CONSECUTIVE)
    yield Scene("03_jellyfish_comp", jellyfish, (group("blue-screen"),), CONSECUTIVE,
                backdrop("sky", "01_crissy_field.jpg"))


def composited():
    """The dancer and the lemur before green, with truth."""
    for name, folder, source, shots, frames, other, background in (
            ("04_dancer", "04_dancer_gt", "green.####.png", screens.dancer, CONSECUTIVE, "green-screen",
             backdrop("sky", "05_petra_DFM_4209.jpg")),
            ("05_lemur", "05_lemur_gt", "lemur_on_green.png", screens.lemur, (1,), "hair",
             screens.keying("05_lemur_gt", "beach.png"))):
        source = screens.keying(folder, source)
        plate = screens.keying(folder, "clean_plate.png")
        known = truth(lambda shots=shots: list(shots("green", "both")))
        yield Scene(name, source, (keyer("Keyer, clean plate", plate), keyer("Keyer, unaided"), known), frames)
        yield Scene(f"{name}_comp", source, (group("clean-plate", plate), group(other), known), frames,
                    background)


def before_blue():
    """The same before blue, a picture each."""
    for name, shots in (("04_dancer_blue", screens.dancer), ("05_lemur_blue", screens.lemur)):
        shot = next(shots("blue", "report"))
        yield Scene(name, shot.source, (keyer("Keyer, clean plate", shot.plate), keyer("Keyer, unaided"),
                                        truth(lambda shot=shot: [shot])))


def synthetic():
    for half in ("tune", "report"):
        for shot in screens.generated(half):
            known = truth(lambda shot=shot: [shot])
            yield Scene(f"synthetic_{shot.name}", shot.source, (keyer("Keyer"), known))
            if shot.name.startswith("hair"):
                screen = "blue-screen" if shot.name.endswith("blue") else "green-screen"
                yield Scene(f"synthetic_{shot.name}_comp", shot.source, (group("hair"), group(screen), known),
                            background=backdrop("inpaint", "02_dog_bench.png"))


def natural():
    """Without a screen, beside what peers make of the same."""
    lemur, plant, duck = "05_lemur_gt", "06_plant", "07_duck"
    yield Scene("05_lemur_natural", screens.keying(lemur, "lemur.png"), (
        matting(screens.lemur_trimap),
        peer("the network", screens.keying(lemur, "lemur_alpha_fba.png")),
        peer("closed form", screens.keying(lemur, "lemur_alpha.png"))))
    yield Scene("06_plant", screens.keying(plant, "plant.jpg"), (
        matting(screens.plant_trimap), peer("OpenCV", screens.keying(plant, "plant_alpha_opencv.png"))))
    yield Scene("07_duck", screens.keying(duck, "duck.png"), (
        matting(screens.duck_trimap), peer("GEGL", screens.keying(duck, "duck_alpha_gegl.png"))))


def scenes():
    """Every sheet there is."""
    if os.path.exists(screens.KEYING):
        yield from filmed()
        yield from composited()
        yield from before_blue()
        yield from natural()
    yield from synthetic()
