"""set.exr and extension.exr: an arcade built to its first cornice on a stage, and the palace above it.

The whole palace is one relief (a height per point of its front), lit by a low sun from the left with
cast shadows and occlusion found from the relief itself. The set shows it up to the cornice; above
stand plywood, scaffold and a grey stage. The extension holds the storeys above with their alpha, to
go over any sky; set_matte is 1 where the set is to be kept:

    set * set_matte + (extension over sky) * (1 - set_matte)
"""
import numpy as np

from . import camera
from .noise import F, fbm, grid, hashed, ridged, smooth, value

WIDTH, HEIGHT, SAMPLES = 960, 540, 2
AXIS = 500.0
CORNICE = 300.0  # the built set ends here
FLOOR = 452.0
BAY = 80.0
SUN = np.array([-0.80, -0.36, 0.48], F)
SUN_COLOR = np.array([3.0, 1.85, 0.92], F)
SKY_COLOR = np.array([0.26, 0.32, 0.42], F)


def box(x, y, x0, y0, x1, y1, soft=0.6):
    """1 inside a rectangle, with soft edges."""
    return (smooth(-soft, soft, x - x0) * smooth(-soft, soft, x1 - x) * smooth(-soft, soft, y - y0) *
            smooth(-soft, soft, y1 - y))


def arch(u, y, half, spring, foot, soft=0.6):
    """1 inside a round-headed opening of half width `half`."""
    round_ = half - np.hypot(u, np.minimum(y - spring, 0))
    return smooth(-soft, soft, round_) * smooth(-soft, soft, foot - y)


def moulding(y, at, thick, out):
    """A cornice: a stack of steps whose lowest is the deepest set."""
    t = np.clip((y - at) / thick, 0, 1)
    profile = np.where(t < 0.30, 1.0, np.where(t < 0.55, 0.72 - 0.2 * np.cos((t - 0.3) / 0.25 * 3.14),
                                               np.where(t < 0.8, 0.45, 0.25)))
    return out * profile * (y >= at) * (y < at + thick)


def relief(x, y):
    """Height of the front in pixels toward us, coverage, glass, lamps, and which stone."""
    d = x - AXIS
    bay = np.floor(d / BAY + 0.5)
    u = d - bay * BAY
    wing = np.abs(bay) >= 4
    mirror = np.abs(d)
    h = np.zeros_like(x)
    cover = np.zeros_like(x)
    glass = np.zeros_like(x)
    lamp = np.zeros_like(x)
    # Masses: storeys 1 to 3, an attic over the middle, towers at the fourth bays, and the dome.
    second, third, attic = 198.0, 122.0, 76.0
    body = box(x, y, AXIS - 4.5 * BAY, third, AXIS + 4.5 * BAY, FLOOR, 0.4)
    middle = box(x, y, AXIS - 1.5 * BAY, attic, AXIS + 1.5 * BAY, FLOOR, 0.4)
    tower = box(mirror, y, 3.5 * BAY, 58, 4.5 * BAY, FLOOR, 0.4)
    cover = np.maximum(np.maximum(body, middle), tower)
    h = h + 9 * middle + 6 * tower
    # Rustication below, ashlar above.
    joint_y = np.where(y > CORNICE + 22, 15.2, 10.4)
    row = np.floor(y / joint_y)
    joint_x = np.where(y > CORNICE + 22, 33.0, 24.0)
    col = (x + (row % 2) * joint_x / 2) / joint_x
    fy = np.abs(y / joint_y - row - 0.5) * joint_y
    fx = np.abs(col - np.floor(col) - 0.5) * joint_x
    deep = np.where(y > CORNICE + 22, 1.5, 0.45)
    h = h - deep * np.maximum(smooth(joint_y / 2 - 1.1, joint_y / 2, fy),
                              smooth(joint_x / 2 - 1.1, joint_x / 2, fx))
    stone = hashed(row, np.floor(col), seed=510)
    # Cornices and string courses, each following the mass it belongs to.
    h = h + moulding(y, CORNICE, 15, 7.0) + moulding(y, second - 6, 9, 4.5)
    h = h + moulding(y, third, 14, 7.5) * (tower < 0.5)
    h = h + moulding(y, attic, 11, 6.5) * middle + moulding(y, 58, 12, 7) * tower
    h = h + moulding(y, FLOOR - 20, 20, 3.5)
    # Ground floor: an arcade, dark and deep, lamps within.
    open_ = arch(u, y, 24.0, 366, FLOOR + 1) * (np.abs(bay) <= 4)
    ring = arch(u, y, 31.0, 366, 366) * (1 - open_) * (np.abs(bay) <= 4)
    voussoir = np.abs(np.sin(np.arctan2(u, 366 - y) * 9.5))
    h = h + ring * (2.6 - 0.8 * smooth(0.18, 0.0, voussoir))
    h = h + 3.4 * box(u, y, -4.2, 328, 4.2, 346) * (np.abs(bay) <= 4)
    post = (np.abs(np.abs(u) - BAY / 2) < 6.4) & (y > CORNICE + 15) & (y < FLOOR - 18)
    h = h + 3.6 * post * np.sqrt(np.clip(1 - ((np.abs(u) - BAY / 2) / 6.6) ** 2, 0, 1))
    h = h - 30 * open_
    # Upper floors: windows with surrounds and pediments.
    for k, (top, foot, half) in enumerate([(216.0, 280.0, 13.5), (140.0, 180.0, 11.5)]):
        hole = box(u, y, -half, top, half, foot) if k else arch(u, y, half, top + 8, foot)
        frame = box(u, y, -half - 4.5, top - 7, half + 4.5, foot + 3) * (1 - hole)
        h = h + 2.4 * frame + 3.0 * box(u, y, -half - 7, foot + 2, half + 7, foot + 6)
        if k == 0:
            peak = np.clip(1 - np.abs(u) / 24, 0, 1) * 9
            tri = smooth(-0.5, 0.5, y - (top - 9 - peak)) * smooth(0.5, -0.5, y - (top - 7))
            h = h + 3.6 * tri
            post2 = np.abs(np.abs(u) - BAY / 2) < 5.0
            h = h + 2.8 * post2 * (y > second + 3) * (y < CORNICE) * np.sqrt(
                np.clip(1 - ((np.abs(u) - BAY / 2) / 5.2) ** 2, 0, 1))
            rail = (y > 284) & (y < CORNICE)
            baluster = 0.5 + 0.5 * np.cos(u / 5.2 * 6.2832)
            h = h + rail * (1.4 * baluster - 0.6) * (np.abs(u) < 26)
        bars = np.minimum(np.abs(u), np.abs((y - top) % ((foot - top) / 3 + 0.01) - 1)) < 0.75
        h = h - 7 * hole + 2.2 * hole * bars
        glass = np.maximum(glass, hole * (1 - bars))
    disc = smooth(9.5, 8.7, np.hypot(u, y - 100)) * (np.abs(bay) <= 1)
    h = h + 2.5 * (smooth(13, 12, np.hypot(u, y - 100)) * (np.abs(bay) <= 1) - disc) - 6 * disc
    glass = np.maximum(glass, disc)
    belfry = arch(mirror - 4 * BAY, y, 14, 86, 112)
    h = h + 2.6 * arch(mirror - 4 * BAY, y, 19, 86, 114) * (1 - belfry) - 26 * belfry
    # Balustrade along the roof, with urns over the piers.
    rail = box(mirror, y, 1.5 * BAY, third - 13, 3.5 * BAY, third, 0.4)
    gap = smooth(0.1, 0.35, np.abs(np.sin(x / 5.6 * 3.1416)))
    bars = np.where((y > third - 10) & (y < third - 2), gap, 1.0)
    urn_x = np.abs(u) - BAY / 2
    urn = smooth(0.4, -0.4, np.hypot(urn_x / 4.6, (y - (third - 21)) / 6.5) - 1) * (
        mirror > 1.5 * BAY) * (mirror < 3.6 * BAY)
    urn = np.maximum(urn, box(np.abs(urn_x), y, -1, third - 17, 3.6, third, 0.4) * (
        mirror > 1.5 * BAY) * (mirror < 3.6 * BAY))
    cover = np.maximum(cover, np.maximum(rail * bars, urn))
    h = np.where(urn > 0.5, 4 * np.sqrt(np.clip(1 - (urn_x / 5) ** 2, 0, 1)), h)
    # Dome on a drum, a lantern on the dome; caps on the towers.
    drum = box(d, y, -62, 40, 62, attic + 1, 0.4)
    column = np.abs(np.sin(np.arcsin(np.clip(d / 63, -1, 1)) * 9))
    turn = np.sqrt(np.clip(1 - (d / 64) ** 2, 0, 1))
    h = np.where((drum > 0.5) & (middle < 0.5), 22 * turn - 2.5 * smooth(0.3, 0.75, 1 - column), h)
    dome_e = np.hypot(d / 66, np.minimum(y - 42, 0) / 38)
    dome = smooth(0.008, -0.008, dome_e - 1) * (y < 43)
    ribs = np.abs(np.sin(np.arcsin(np.clip(d / np.maximum(66 * np.sqrt(np.clip(
        1 - (np.minimum(y - 42, 0) / 38) ** 2, 0.02, 1)), 1), -1, 1)) * 6))
    h = np.where(dome > 0.5, 66 * np.sqrt(np.clip(1 - dome_e**2, 0, 1)) + 1.4 * smooth(0.22, 0.0, ribs), h)
    cap_e = np.hypot((mirror - 4 * BAY) / 36, np.minimum(y - 58, 0) / 44)
    cap = smooth(0.012, -0.012, cap_e - 1) * (y < 59)
    h = np.where(cap > 0.5, 36 * np.sqrt(np.clip(1 - cap_e**2, 0, 1)), h)
    spike = smooth(0.5, -0.5, np.abs(mirror - 4 * BAY) - 0.7) * (y > 2) * (y < 20)
    cover = np.maximum(np.maximum(cover, drum), np.maximum(np.maximum(dome, cap), spike))
    copper = np.maximum(dome, cap) * (y < 57)
    # Lamps hang in the arches.
    ly = 398 + 2 * hashed(bay, 3, seed=520)
    near = np.hypot(u, y - ly)
    lamp = (9 * np.exp(-((near / 2.3) ** 2)) + 0.30 * np.exp(-near / 14)) * (open_ + 0.25 * (near < 24))
    lamp = lamp * (np.abs(bay) <= 4)
    return h, cover, glass * (1 - copper), lamp, stone, copper, open_, bay


def front():
    """Scene-linear colour of the whole palace and its coverage, on the sample grid."""
    x, y = grid(WIDTH, HEIGHT, SAMPLES)
    h, cover, glass, lamp, stone, copper, open_, bay = relief(x, y)
    rough = 0.35 * fbm(x / 2.6, y / 2.6, 4, 530) + 0.5 * fbm(x / 17, y / 17, 3, 531)
    hs = h + rough * (1 - glass)
    gy, gx = np.gradient(camera.blur(hs, 0.7), 1 / SAMPLES)
    n = np.stack([-gx, -gy, np.ones_like(gx)], -1)
    n /= np.linalg.norm(n, axis=-1, keepdims=True)
    sun = SUN / np.linalg.norm(SUN)
    # Cast shadows: is anything on the way to the sun above the ray?
    shade = np.zeros_like(x)
    length = np.hypot(sun[0], sun[1])
    for step in range(1, 34):
        reach = step * (0.7 + step * 0.045)
        ox, oy = int(round(sun[0] / length * reach * SAMPLES)), int(round(sun[1] / length * reach * SAMPLES))
        above = np.roll(np.where(cover > 0.5, hs, -40), (-oy, -ox), (0, 1)) - reach * sun[2] / length - hs
        shade = np.maximum(shade, smooth(0.0, 1.6, above))
    shade = camera.blur(shade, 0.8)
    wide = camera.blur(np.where(cover > 0.5, np.clip(h, -12, 40), 0), 7.0)
    occlusion = np.clip(1 + (np.clip(h, -12, 40) - wide) * 0.055, 0.28, 1.12)
    occlusion = occlusion * np.clip(1 - 0.42 * open_, 0, 1)
    # Stone: each block its own, soot under ledges, rain streaks, damp at the foot.
    streak = fbm(x / 3.3, y / 60, 4, 540)
    dirt = np.clip(0.5 + 0.5 * fbm(x / 46, y / 34, 5, 541) + 0.25 * streak, 0, 1)
    tone = np.array([0.47, 0.39, 0.295], F) * (0.80 + 0.20 * stone + 0.14 * rough)[..., None]
    tone = tone * (1 - (0.34 * dirt * (1.2 - occlusion) * 2.2)[..., None].clip(0, 0.6))
    tone = tone * (1 - 0.35 * smooth(FLOOR - 34, FLOOR, y + 9 * fbm(x / 14, y / 9, 3, 542)))[..., None]
    green = np.array([0.145, 0.205, 0.175], F) * (0.75 + 0.45 * fbm(x / 4, y / 30, 4, 550) +
                                                  0.2 * fbm(x / 11, y / 9, 3, 551))[..., None]
    tone = np.where(copper[..., None] > 0.5, green, tone)
    nl = np.clip(n @ sun, 0, 1) * (1 - shade) * (1 - open_)
    up = (0.62 - 0.38 * n[..., 1])[..., None]
    bounce = np.array([0.20, 0.15, 0.10], F) * np.clip(0.5 + 0.5 * n[..., 1], 0, 1)[..., None] * smooth(
        150, 440, y)[..., None]
    color = tone * (nl[..., None] * SUN_COLOR + (up * SKY_COLOR + bounce) * occlusion[..., None])
    # Glass mirrors the sky; some rooms are lit, a few panes catch the sun.
    sky = np.array([0.20, 0.25, 0.33], F) * (1.35 - 0.9 * smooth(100, 290, y))[..., None]
    sky = sky * (0.55 + 0.45 * value(x / 21 + bay * 3, y / 17, 560))[..., None]
    room = hashed(bay, np.floor(y / 70), seed=561)
    lit = np.where(room > 0.62, 0.5 + 2.6 * (room - 0.62), 0)[..., None] * np.array([1.0, 0.58, 0.23], F)
    lit = lit * (0.75 + 0.35 * value(x / 5, y / 8, 562))[..., None]
    flash = smooth(0.62, 0.9, value(x / 27 + 3.7, y / 31, 563))[..., None] * np.array([7.5, 4.4, 1.9], F)
    pane = sky * 0.55 + lit + flash * (room < 0.4)[..., None]
    color = color * (1 - glass[..., None]) + pane * (0.25 + 0.75 * occlusion[..., None]) * glass[..., None]
    # Inside the arcade: a lit back wall with doors.
    d = x - AXIS
    v = (d - np.floor(d / BAY + 0.5) * BAY)
    door = box(v, y, -9, 398, 9, FLOOR - 2)
    wall = np.array([0.085, 0.062, 0.042], F) * (1 - 0.7 * door)[..., None]
    wall = wall * (0.5 + 1.9 * np.exp(-np.hypot(v, y - 398) / 18))[..., None]
    wall = wall * (0.75 + 0.35 * fbm(x / 6, y / 6, 4, 570))[..., None]
    color = color * (1 - open_[..., None]) + wall * np.array([1.0, 0.72, 0.42], F) * open_[..., None] * 1.6
    color = color + lamp[..., None] * np.array([1.0, 0.66, 0.30], F)
    # A little air before it.
    color = color * 0.955 + np.array([0.62, 0.45, 0.31], F) * 0.045
    return color.astype(F), cover.astype(F)


def street(color):
    """Wet paving in perspective below the palace, with its reflection."""
    x, y = grid(WIDTH, HEIGHT, SAMPLES)
    below = y > FLOOR
    z = 62 / np.maximum(y - FLOOR + 5.0, 0.1)  # distance by perspective
    u, v = (x - AXIS) * z / 13.0, 38.0 * z
    row = np.floor(v * 3)
    col = np.floor(u + 0.5 * (row % 2))
    fu, fv = np.abs(u + 0.5 * (row % 2) - col - 0.5), np.abs(v * 3 - row - 0.5)
    sharp = np.clip(1.6 / z, 0, 1) * smooth(3.4, 1.2, z)
    gap = np.maximum(smooth(0.40, 0.49, fu), smooth(0.38, 0.48, fv)) * sharp
    block = hashed(row, col, seed=580)
    worn = 0.75 + 0.3 * (block - 0.5) + 0.25 * fbm(u * 1.5, v * 3, 4, 581)
    stone = np.array([0.165, 0.150, 0.135], F) * worn[..., None] * (1 - 0.6 * gap)[..., None]
    shadow = smooth(-0.25, 0.35, fbm(x / 190 + 2, y / 30, 3, 585) + 0.25)
    lit = stone * (SUN_COLOR * (0.18 + 0.34 * shadow)[..., None] + SKY_COLOR * 0.8)
    puddle = smooth(0.02, 0.30, fbm(u / 3.4, v / 1.9, 4, 582)) * (1 - 0.5 * gap)
    wobble = (2.4 * value(u * 2, v * 4, 583) + 4.0 * (block - 0.5) * (1 - puddle)) * np.clip(1.2 / z, 0.2, 2)
    my = np.clip(((2 * FLOOR - y) + wobble * 1.5) * SAMPLES, 0, HEIGHT * SAMPLES - 1).astype(np.int32)
    mx = np.clip((x + wobble) * SAMPLES, 0, WIDTH * SAMPLES - 1).astype(np.int32)
    mirror = camera.blur(color, 1.5)[my, mx]
    fresnel = 0.10 + 0.55 * puddle * (0.45 + 0.55 * smooth(540, FLOOR, y))
    ground = lit * (1 - 0.55 * puddle)[..., None] + mirror * fresnel[..., None]
    return np.where(below[..., None], ground, color)


def stage(x, y):
    """What stands above the cornice on the day: a grey stage, a truss with lamps, scaffold."""
    tone = 0.16 + 0.05 * fbm(x / 190, y / 130, 4, 600) + 0.05 * smooth(300, 0, y)
    panel = 1 - 0.25 * np.exp(-np.abs((x % 120) - 60) / 1.0) * 0.8
    panel = panel * (1 - 0.18 * np.exp(-np.abs((y % 92) - 40) / 1.0))
    color = (tone * panel)[..., None] * np.array([0.92, 0.98, 1.06], F)
    metal = np.zeros_like(x)
    for at in (60, 82):
        metal = np.maximum(metal, smooth(0.6, 0.0, np.abs(y - at) - 1.6))
    brace = np.abs(((x + (y - 60) * 1.0) % 22) - 11) - 0.9
    brace2 = np.abs(((x - (y - 60) * 1.0) % 22) - 11) - 0.9
    metal = np.maximum(metal, smooth(0.5, 0, np.minimum(brace, brace2)) * (y > 60) * (y < 82))
    for at in range(64, 960, 118):
        up = 0.8 * fbm(y / 40, np.zeros_like(y) + at, 2, 610)
        metal = np.maximum(metal, smooth(0.6, 0.0, np.abs(x - at - up) - 1.7) * (y > 170))
    for at in (186, 250):
        metal = np.maximum(metal, smooth(0.6, 0.0, np.abs(y - at) - 1.5) * (x > 40) * (x < 920))
    round_ = 0.10 + 0.12 * np.abs(np.sin(x * 0.9 + y * 0.8))
    color = color * (1 - metal[..., None]) + metal[..., None] * round_[..., None] * np.array(
        [0.95, 1.0, 1.05], F)
    plank = box(x, y, 40, 252, 920, 257) * (0.75 + 0.3 * fbm(x / 22, y * 2, 3, 611))
    color = color * (1 - (plank > 0)[..., None]) + plank[..., None] * np.array([0.30, 0.20, 0.11], F)
    for at in (150, 330, 520, 700, 860):
        d = np.hypot(x - at, y - 91)
        can = smooth(0.6, -0.6, np.maximum(np.abs(x - at) - 8, np.abs(y - 91) - 7))
        color = color * (1 - can[..., None]) + can[..., None] * 0.03
        color = color + (26 * smooth(5.2, 4.2, d) + 0.9 * np.exp(-d / 13))[..., None] * np.array(
            [1.0, 0.86, 0.66], F)
    return color


def ragged(x):
    """The edge of the build: cornice for the most part, plywood stepping up here and there."""
    cell = np.floor(x / 61)
    step = np.where(hashed(cell, 1, seed=620) > 0.55, 6 + 20 * hashed(cell, 2, seed=620), 0)
    return CORNICE - 1.0, CORNICE - step


def make(folder):
    print("palace")
    x, y = grid(WIDTH, HEIGHT, SAMPLES)
    color, cover = front()
    whole = street(color)
    edge, board_top = ragged(x)
    # The set: real up to the cornice, bare boards above, the stage behind.
    ply = np.array([0.36, 0.245, 0.135], F) * (0.72 + 0.22 * fbm(x / 40, y / 2.2, 5, 621) +
                                              0.10 * fbm(x / 7, y / 7, 3, 622))[..., None]
    ply = ply * (1 - 0.5 * np.exp(-np.abs((x % 61) - 0.6) / 0.7))[..., None]
    built_x = smooth(-0.4, 0.4, x - (AXIS - 4.5 * BAY)) * smooth(-0.4, 0.4, AXIS + 4.5 * BAY - x)
    shot = stage(x, y)
    boards = (smooth(-0.4, 0.4, y - board_top) * smooth(0.4, -0.4, y - edge) * built_x)[..., None]
    shot = shot * (1 - boards) + ply * 0.8 * boards
    keep = np.maximum(smooth(-0.5, 0.5, y - edge) * built_x, smooth(-0.5, 0.5, y - FLOOR))
    keep = np.where(y < edge - 1, 0, keep)
    shot = shot * (1 - keep[..., None]) + whole * keep[..., None]
    lens = camera.vignette(WIDTH, HEIGHT, 0.4)

    def finish(p):
        return camera.blur(camera.down(p.astype(F), SAMPLES), 0.5)

    matte = camera.rounded(np.clip(finish(keep[..., None])[..., 0], 0, 1), 9)
    alpha = np.clip(finish((cover * (y < FLOOR))[..., None]), 0, 1)
    extension = finish(whole * (cover * (y < FLOOR))[..., None])
    camera.write(folder, "set.exr", camera.rgb(camera.record(camera.sensor(finish(shot) * lens, 3, 1, 0.6))))
    camera.write(folder, "set_matte.exr", {"A": matte}, "zip")
    upper = smooth(CORNICE + 40, CORNICE + 24, np.arange(HEIGHT, dtype=F) + 0.5)[:, None, None]
    premultiplied = camera.rounded(extension * lens * upper, 8)
    camera.write(folder, "extension.exr",
                 camera.rgb(premultiplied) | {"A": camera.rounded(alpha * upper, 9)[..., 0]}, "zip")
