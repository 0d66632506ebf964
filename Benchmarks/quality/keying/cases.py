"""Keying and matting beside the truth and the peers."""
import os
import time

import cv2
import numpy

from .. import metrics, pictures, store
from ..figure import Case, Figure
from . import peers, screens


def mean(values):
    return float(numpy.mean(list(values)))


# Ours. What could not be rendered is not a number, so that the peers' figures are still there.


def key(bench, shot, given_plate=False):
    """Our result of one picture: premultiplied colour and alpha."""
    variables = {"source": shot.source, "out": bench.file("key.exr")}
    if given_plate:
        variables["plate"] = shot.plate
    graph = "keyer-plate.json" if given_plate else "keyer.json"
    return bench.once((graph, shot.source), lambda: bench.picture(graph, variables, (*shot.truth.shape, 4)))


def matting(bench, source, trimap, graph="matting.json"):
    """Our matte of a picture of no screen."""
    paths = {"source": source, "trimap": bench.file("trimap.exr"), "out": bench.file("matte.exr")}
    pictures.write_exr(paths["trimap"], trimap)
    return bench.picture(graph, paths, (*trimap.shape, 1))[..., 0]


def foreground(bench, shot):
    """Our colour of the subject, the true matte given."""
    paths = {"source": shot.source, "matte": bench.file("matte.exr"), "out": bench.file("color.exr")}
    pictures.write_exr(paths["matte"], shot.truth)
    return bench.picture("foreground.json", paths, shot.shot.shape)


# Screens with known truth.


def errors(mattes_and_shots):
    """Mean absolute error of all pixels and of those on edges, the mean over the pictures."""
    return [float(value) for value in numpy.mean([
        (metrics.mae(matte[shot.region], shot.truth[shot.region]),
         metrics.edge_mae(matte[shot.region], shot.truth[shot.region]))
        for matte, shot in mattes_and_shots], axis=0)]


def against_truth(shots, shares=None, green=None):
    """The clean plate given. At most these shares of what the plain difference key errs, or 15 %
    more than ours errs on the same pictures on green, or only shown."""
    def measure(bench):
        ours = errors((key(bench, shot, given_plate=True)[..., 3], shot) for shot in shots())
        theirs = errors((peers.difference_key(shot.shot, shot.clean), shot) for shot in shots())
        if green:
            most = [1.15 * error for error in errors(
                (key(bench, shot, given_plate=True)[..., 3], shot) for shot in green())]
        elif shares:
            most = [share * error for share, error in zip(shares, theirs)]
        else:
            most = [None, None]
        return [Figure(metric, *figures, note="peer: difference key")
                for metric, *figures in zip(("mae", "edge"), ours, theirs, most)]
    return measure


def unaided(shots):
    """The same errors when the keyer gets nothing but the picture."""
    def measure(bench):
        ours = errors((key(bench, shot)[..., 3], shot) for shot in shots())
        theirs = errors((peers.image_based_key(shot.shot), shot) for shot in shots())
        return [Figure(metric, *figures, note="peer: IBK, automatic plate")
                for metric, *figures in zip(("mae", "edge"), ours, theirs)]
    return measure


def solidity(shots):
    """What is left of the screen in the matte, and what is missing in the subject."""
    def measure(bench):
        left, core, peer_left, peer_core = [], [], [], []
        for shot in shots():
            alpha = key(bench, shot)[..., 3][shot.region]
            peer = peers.image_based_key(shot.shot)[shot.region]
            truth = shot.truth[shot.region]
            outside, inside = truth == 0, truth == 1
            left.append(alpha[outside].mean())
            core.append(alpha[inside].mean())
            peer_left.append(peer[outside].mean())
            peer_core.append(peer[inside].mean())
        return [Figure("screen", mean(left), mean(peer_left), 0.002, note="mean alpha over true screen"),
                Figure("core", mean(core), mean(peer_core), 0.998, least=True,
                       note="mean alpha in the true subject")]
    return measure


# Synthetic screens.


def synthetic_mattes(half):
    def measure(bench):
        ours, theirs, each = [], [], []
        for shot in screens.generated(half):
            ours.append(metrics.sad(key(bench, shot)[..., 3], shot.truth))
            theirs.append(metrics.sad(peers.image_based_key(shot.shot), shot.truth))
            each.append(f"{shot.name} {ours[-1]:.1f}/{theirs[-1]:.1f}")
        return [Figure("sad", mean(ours), mean(theirs), 0.45 * mean(theirs),
                       note="peer: IBK, automatic plate; " + ", ".join(each))]
    return measure


def synthetic_colors(half):
    def measure(bench):
        ours, theirs = [], []
        for shot in screens.generated(half):
            edge = metrics.edges(shot.truth)
            peer = store.remembered(peers.multi_level, shot.shot, shot.truth)
            ours.append(metrics.mse(foreground(bench, shot), shot.foreground, edge))
            theirs.append(metrics.mse(peer, shot.foreground, edge))
        return [Figure("mse", mean(ours), mean(theirs), 0.5 * mean(theirs),
                       note="on edges, true matte given; peer: pymatting multi-level")]
    return measure


# Without a screen.

MATTING_PEERS = (peers.closed_form, peers.shared_sampling)


def natural(half, radius):
    scores = (("sad", metrics.sad), ("mse", metrics.mse), ("gradient", metrics.gradient_error))

    def measure(bench):
        ours, theirs = [], [[] for _ in MATTING_PEERS]
        for shot in screens.natural(half):
            trimap = screens.trimap(shot.truth, radius)
            unknown = trimap == 0.5
            ours.append([score(matting(bench, shot.source, trimap), shot.truth, unknown)
                         for _, score in scores])
            for peer, found in zip(MATTING_PEERS, theirs):
                matte = store.remembered(peer, shot.shot, trimap)
                found.append([score(matte, shot.truth, unknown) for _, score in scores])
        figures = []
        for i, (metric, _) in enumerate(scores):
            means = [mean(row[i] for row in found) for found in theirs]
            best = min(means)
            figures.append(Figure(metric, mean(row[i] for row in ours), best, best,
                                  note=f"peers: closed form {means[0]:.4g}, shared sampling {means[1]:.4g}"))
        return figures
    return measure


def clip_mattes(bench, clip, reach):
    """Our mattes of a clip, `reach` frames before and after looked at."""
    def make():
        paths = {what: bench.file(f"{clip.name}-{what}.####.exr") for what in ("source", "trimap", "out")}
        for frame, shot, trimap in zip(screens.FRAMES, clip.shots, clip.trimaps):
            pictures.write_exr(paths["source"].replace("####", str(frame)), shot)
            pictures.write_exr(paths["trimap"].replace("####", str(frame)), trimap)
        shape = (*clip.truths[0].shape, 1)
        found = bench.sequence("matting-clip.json", paths, screens.FRAMES, shape, {"matte.range": reach})
        return [matte[..., 0] for matte in found]
    return bench.once((clip.name, reach), make)


def steady(half, reach=2):
    """With the frames around: steadier than each by itself and than closed form, and no further off."""
    def scores(clip, mattes):
        unknown = [trimap == 0.5 for trimap in clip.trimaps]
        each = list(zip(mattes, clip.truths, unknown))
        return (metrics.trembling(mattes, clip.truths, unknown),
                mean(metrics.sad(*of) for of in each), mean(metrics.mse(*of) for of in each))

    def measure(bench):
        ours, alone, theirs, each = [], [], [], []
        for clip in screens.clips(half):
            ours.append(scores(clip, clip_mattes(bench, clip, reach)))
            alone.append(scores(clip, clip_mattes(bench, clip, 0)))
            theirs.append(scores(clip, [store.remembered(peers.closed_form, shot, trimap)
                                        for shot, trimap in zip(clip.shots, clip.trimaps)]))
            each.append((clip.name, ours[-1], alone[-1], theirs[-1]))
        figures = []
        for i, metric in enumerate(("trembling", "sad", "mse")):
            with_range, without, peer = (mean(row[i] for row in rows) for rows in (ours, alone, theirs))
            target = min(0.92 * without, peer) if i == 0 else min(without, peer)
            clips = ", ".join(f"{name} {a[i]:.4g}/{b[i]:.4g}/{c[i]:.4g}" for name, a, b, c in each)
            figures.append(Figure(metric, with_range, peer, target,
                                  note=f"without {without:.4g}; peer: closed form; {clips}"))
        return figures
    return measure


def lemur_natural(bench):
    """The lemur in its forest: no further from the network's matte than closed form is. Both say how
    code values are mixed, not light (of half white and half black they make 0.73), so ours is asked
    for that too."""
    place = "05_lemur_gt"
    trimap = pictures.read_matte(screens.keying(place, "lemur_trimap.png"))
    unknown = (trimap > 0.02) & (trimap < 0.98)
    network = pictures.read_matte(screens.keying(place, "lemur_alpha_fba.png"))
    closed = pictures.read_matte(screens.keying(place, "lemur_alpha.png"))
    spread = metrics.mae(closed[unknown], network[unknown])
    ours = matting(bench, screens.keying(place, "lemur.png"), screens.three_levels(trimap), "matting-code.json")
    return [Figure("mae", metrics.mae(ours[unknown], network[unknown]), spread, spread,
                   note="from the network's matte; peer: closed form")]


def beside_peer(source, trimap, peer_matte):
    """How far from a peer's matte; there is no truth."""
    def measure(bench):
        levels = trimap()
        unknown = levels == 0.5
        ours = matting(bench, screens.keying(*source), levels)
        peer = pictures.read_raw(screens.keying(*peer_matte))[..., 0]
        return [Figure("mae", metrics.mae(ours[unknown], peer[unknown]),
                       note="from the peer's matte: look at the sheet")]
    return measure


def matting_time(bench):
    """0.47 million pixels: the lemur made larger. Ours with starting and files, best of three."""
    size = 850, 550
    path = os.path.join(store.folder("screens"), "lemur-large.png")
    source = pictures.read_color(screens.keying("05_lemur_gt", "lemur.png"))
    large = numpy.clip(cv2.resize(source, size, interpolation=cv2.INTER_CUBIC), 0, 1)
    pictures.write_png(path, large)
    alpha = pictures.read_matte(screens.keying("05_lemur_gt", "lemur_alpha.png"))
    trimap = screens.trimap(cv2.resize(alpha, size), 10)
    paths = {"source": path, "trimap": bench.file("large.exr"), "out": bench.file("matte.exr")}
    pictures.write_exr(paths["trimap"], trimap)
    ours, theirs = [], []
    peers.closed_form(large[::8, ::8], trimap[::8, ::8])  # compiles it
    for _ in range(3):
        ours.append(bench.seconds("matting.json", paths))
        start = time.perf_counter()
        peers.closed_form(large, trimap)
        theirs.append(time.perf_counter() - start)
    return [Figure("seconds", min(ours), min(theirs), min(theirs) / 6, note="peer: closed form, one thread")]


# Over time.


def flicker(folder, first, last):
    """How much alpha trembles where the picture stands still, beside a plain key of the same noise."""
    def measure(bench):
        pattern = screens.keying(folder, "frame.####.png")
        out = bench.file("flicker.####.exr")
        frames = range(first, last + 1)
        shots = numpy.stack([pictures.read_color(pattern.replace("####", str(f))) for f in frames])
        ours = bench.sequence("keyer.json", {"source": pattern, "out": out}, frames, (*shots[0].shape[:2], 4))[..., 3]
        plate = peers.automatic_plate(shots.mean(axis=0).astype(numpy.float32))
        plain = numpy.stack([peers.difference_key(shot, plate) for shot in shots])
        still = screens.standing(shots) & metrics.edges(plain.mean(axis=0))
        count = int(still.sum())
        ours, theirs = float(ours.std(axis=0)[still].mean()), float(plain.std(axis=0)[still].mean())
        return [Figure("std", ours, theirs, theirs,
                       note=f"{count} pixels of edges that stand still; peer: a plain key against "
                       "one plate, so the noise of the picture itself")]
    return measure


# The figures wanted of the whole plates, .0006 and .019, .0048 and .050, as shares of what the
# difference key errs there, .000939 and .02027, .006513 and .05005: so they can be asked of frames.
SHARES = {"dancer": (0.639, 0.937), "lemur": (0.737, 0.999)}


def screen_cases(subject, make, screen, half, name, judged=True):
    shots = lambda: make(screen, half)
    limits = {"shares": SHARES[subject]} if screen == "green" else {"green": lambda: make("green", half)}
    plates = (f"keying/{'04_dancer' if subject == 'dancer' else '05_lemur'}_gt",)
    yield Case(name, f"{subject} on {screen}, clean plate given", half, ("mae", "edge"),
               against_truth(shots, **(limits if judged else {})), plates)
    yield Case(f"{name}-unaided", f"{subject} on {screen}, nothing given", half, ("mae", "edge"),
               unaided(shots), plates)


def lemur_cases():
    """The two sides of one picture are too different to ask the same of both: the whole is judged."""
    for screen in ("green", "blue"):
        name = f"lemur-{screen}"
        yield from screen_cases("lemur", screens.lemur, screen, "both", name)
        for half, side in (("tune", "left"), ("report", "right")):
            yield from screen_cases("lemur", screens.lemur, screen, half, f"{name}-{side}", False)


def suffix(half):
    """Cases on what no constant was chosen on have the plain name."""
    return "-tune" if half == "tune" else ""


def cases_of(half):
    for screen in ("green", "blue"):
        name = f"dancer-{screen}{suffix(half)}"
        yield from screen_cases("dancer", screens.dancer, screen, half, name)
    yield Case("synthetic" + suffix(half), "generated screens: whole matte", half, ("sad",),
               synthetic_mattes(half))
    yield Case("synthetic-color" + suffix(half), "generated screens: foreground colour", half, ("mse",),
               synthetic_colors(half))
    yield Case("synthetic-solid" + suffix(half), "generated screens: nothing left, nothing lost", half,
               ("screen", "core"), solidity(lambda: screens.generated(half)))
    yield Case("real-solid" + suffix(half), "dancer and lemur: nothing left, nothing lost", half,
               ("screen", "core"),
               solidity(lambda: [*screens.dancer("green", half), *screens.lemur("green", half)]),
               ("keying/04_dancer_gt", "keying/05_lemur_gt"))
    for radius in (5, 15):
        yield Case(f"natural-{radius}{suffix(half)}", f"matting, trimap of radius {radius}", half,
                   ("sad", "mse", "gradient"), natural(half, radius),
                   ("keying/04_dancer_gt", "keying/05_lemur_gt", "sky", "inpaint"))
    yield Case("natural-steady" + suffix(half), "matting of clips, with the frames around", half,
               ("trembling", "sad", "mse"), steady(half),
               ("keying/04_dancer_gt", "keying/05_lemur_gt", "sky", "inpaint"))


CASES = [
    *lemur_cases(),
    *cases_of("tune"),
    *cases_of("report"),
    Case("lemur-natural", "the lemur in its forest", "report", ("mae",), lemur_natural,
         ("keying/05_lemur_gt",)),
    Case("plant-natural", "thin leaves", "report", ("mae",),
         beside_peer(("06_plant", "plant.jpg"), screens.plant_trimap, ("06_plant", "plant_alpha_opencv.png")),
         ("keying/06_plant",)),
    Case("duck-natural", "a soft toy, from scribbles", "report", ("mae",),
         beside_peer(("07_duck", "duck.png"), screens.duck_trimap, ("07_duck", "duck_alpha_gegl.png")),
         ("keying/07_duck",)),
    Case("matting-time", "matting of 0.47 million pixels", "both", ("seconds",), matting_time,
         ("keying/05_lemur_gt",)),
    Case("head-flicker", "yellow-green screen, 12 frames", "report", ("std",),
         flicker("02_yellowgreen_head", 1001, 1012), ("keying/02_yellowgreen_head",)),
    Case("jellyfish-flicker", "blue screen, 8 frames", "report", ("std",),
         flicker("03_jellyfish_blue", 1001, 1008), ("keying/03_jellyfish_blue",)),
]
