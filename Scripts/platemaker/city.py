"""city.####: a pan over a town at dusk, crossed by a telephone wire close to the camera.

Hills, three depths of town and the sky turn past at different rates (the camera also moves), the
wires at a fourth: no single motion undoes them all. `city_clean` is the same recording without wires,
with the same noise, so the two are equal wherever `city_wire` (the wires' coverage) is 0.
"""
import numpy as np

from . import camera, sky
from .noise import F, fbm, grid, hashed, ridged, smooth, value

WIDTH, HEIGHT, FRAMES = 512, 288, range(1001, 1011)
SAMPLES, INSTANTS, SHUTTER = 2, 6, 0.5
UNIT = F(324 / HEIGHT)  # the town is laid out for a frame 324 high
ROOM = 140  # how much wider than the frame a layer is painted
HAZE = np.array([0.40, 0.27, 0.22], F)
WARM = np.array([1.0, 0.62, 0.27], F)


def air(color, distance):
    """Light scattered in on the way: far things go warm and pale."""
    k = np.exp(-0.72 * np.asarray(distance, F))[..., None]
    return color * k + HAZE * (1 - k)


def painted_sky():
    """The upper sky of sky.exr's weather, seen with a longer lens."""
    p = sky.picture(WIDTH + ROOM, HEIGHT, 470, 250, seed=11, sun=False)
    y = np.arange(HEIGHT, dtype=F)[:, None, None] * UNIT
    after = np.array([0.62, 0.30, 0.13], F) * np.exp(-(((y - 205) / 70) ** 2))
    return p * np.array([0.46, 0.42, 0.48], F) + after * 0.8


def hills(x, y):
    """Two ridges with woods; colour and coverage."""
    out = np.zeros((*x.shape, 3), F)
    cover = np.zeros(x.shape, F)
    for k, (base, rise, far) in enumerate([(176, 30, 1.7), (190, 20, 1.1)]):
        line = base - rise * (ridged(x / 210 + k * 9, np.zeros_like(x) + k, 5, 300 + k) - 0.45) * 2
        line = line - 3.0 * fbm(x / 9, np.zeros_like(x), 4, 310 + k)
        a = smooth(-0.5, 0.5, y - line)
        wood = 0.55 + 0.6 * fbm(x / 7, y / 5, 4, 320 + k)
        slope = 0.75 + 0.5 * fbm(x / 40, y / 22, 3, 330 + k)
        color = np.array([0.075, 0.085, 0.062], F) * (wood * slope)[..., None]
        color = air(color, far + 0.012 * (200 - y))
        out = out * (1 - a[..., None]) + color * a[..., None]
        cover = cover + a * (1 - cover)
    return out, cover


def houses(x, y, layer):
    """One depth of town: blocks with roofs, window grids, lit rooms; colour and coverage."""
    pitch, ground, height, far, size = [
        (22, 212, 34, 1.05, 2.9), (38, 248, 62, 0.55, 4.6), (66, 300, 92, 0.22, 7.6)][layer]
    out = np.zeros((*x.shape, 3), F)
    cover = np.zeros(x.shape, F)
    # Each block may cover its neighbours; the lower, nearer ones are drawn last.
    for depth in (2, 1, 0):
        cell = np.floor(x / pitch + depth * 0.37)
        r = [hashed(cell, depth * 10 + layer, k, seed=400) for k in range(10)]
        centre = (cell + 0.5 - depth * 0.37) * pitch
        half = pitch * (0.34 + 0.26 * r[0])
        tall = height * (0.35 + 0.75 * r[1] ** 1.7) * (1.0 + 0.26 * depth)
        tall = np.where((layer == 1) & (r[9] > 0.87), tall * 1.65, tall)
        top = ground + 4 * depth - tall
        dx = x - centre
        kind = np.floor(r[2] * 3)
        roof = np.where(kind == 0, np.clip(half - np.abs(dx), 0, None) * 0.55,
                        np.where(kind == 1, 0, np.where(np.abs(dx - half * (r[3] - 0.5)) < half * 0.34,
                                                       pitch * 0.13, 0)))
        edge = np.minimum(half - np.abs(dx), y - (top - roof))
        a = smooth(-0.25, 0.25, edge)
        # A face toward the light and a side away from it.
        corner = centre + half * (0.25 + 0.5 * r[4])
        side = smooth(-0.3, 0.3, x - corner)
        tint = np.stack([0.30 + 0.16 * r[5], 0.24 + 0.12 * r[5] + 0.02 * r[6], 0.20 + 0.10 * r[6]], -1)
        wear = 0.85 + 0.20 * fbm(x / (size * 3), y / (size * 4), 4, 410 + layer) + \
            0.10 * value(x / size * 3, y * 0.2, 415)
        shade = (0.62 - 0.36 * side) * (0.80 + 0.35 * smooth(tall, 0, y - top)) * wear
        tile = 0.75 + 0.15 * np.sin(y / size * 14) + 0.25 * value(x / size * 2.4, y / size * 3, 416)
        on_roof = smooth(0.3, -0.3, y - top)
        roofing = np.array([0.185, 0.095, 0.068], F) * (tile * (1.15 - 0.5 * (dx > 0)))[..., None]
        color = tint * shade[..., None] * 0.78
        gutter = np.exp(-np.abs(y - top - 0.6) / (0.16 * size)) * 0.45
        color = color * (1 - gutter[..., None])
        color = color * (1 - on_roof[..., None]) + roofing * on_roof[..., None]
        # Windows.
        wide, high = size * (0.85 + 0.4 * r[7]), size * (1.25 + 0.3 * r[8])
        u, v = (x - centre + half) / wide, (y - top - size * 0.5) / high
        iu, iv = np.floor(u), np.floor(v)
        fu, fv = u - iu, v - iv
        pane = smooth(0.22, 0.30, fu) * smooth(0.78, 0.70, fu) * smooth(0.20, 0.27, fv) * smooth(
            0.80, 0.73, fv)
        pane = pane * (v > 0) * (y < ground + 30) * (np.abs(dx) < half - size * 0.2) * (1 - on_roof)
        lamp = hashed(iu, iv, cell, layer * 3 + depth, seed=420)
        glow = np.where(lamp > 0.80, 0.35 + 4.2 * ((lamp - 0.80) / 0.20) ** 3, 0)
        curtain = 0.65 + 0.35 * smooth(0.3, 0.6, np.abs(fu - 0.5) + 0.2 * hashed(iu, iv, 7)) + \
            0.2 * (fv - 0.5)
        tone = np.where((hashed(iu, iv, cell, 5) > 0.78)[..., None], np.array([0.78, 0.86, 1.0], F), WARM)
        mirror = np.array([0.17, 0.19, 0.24], F) * (0.45 + 0.8 * (1 - fv))[..., None]
        sun = ((hashed(iu, iv, cell, 9) > 0.965) & (side < 0.5))[..., None] * np.array([5.5, 3.1, 1.3], F)
        window = mirror + (glow * curtain)[..., None] * tone + sun
        color = color * (1 - pane[..., None]) + window * pane[..., None]
        sill = smooth(0.78, 0.81, fv) * smooth(0.88, 0.85, fv) * (np.abs(fu - 0.5) < 0.34) * (v > 0)
        color = color * (1 + 0.35 * (sill * (1 - on_roof))[..., None])
        color = air(color, np.full(x.shape, far + 0.10 * depth) - 0.0018 * (y - ground))
        # Chimneys and masts.
        stack = (np.abs(dx - half * (r[6] * 1.2 - 0.6)) < size * 0.22) & (y > top - roof - size * 1.2) & \
            (y < top)
        pole = (np.abs(dx - half * (r[3] - 0.5)) < 0.30) & (y > top - roof - size * 3.2) & (y < top) & \
            (r[5] > 0.6)
        extra = (stack | pole).astype(F)
        dark = air(np.array([0.14, 0.10, 0.09], F) * np.ones((*x.shape, 1), F), np.full(x.shape, far))
        color = np.where((extra > a)[..., None], dark, color)
        a = np.maximum(a, extra)
        out = out * (1 - a[..., None]) + color * a[..., None]
        cover = cover + a * (1 - cover)
    # Trees and lamps along the street at its feet.
    crown = ground + 6 - size * (1.1 + 1.5 * fbm(x / (size * 2.2), np.zeros_like(x), 4, 430 + layer))
    crown = crown - size * 0.5 * value(x / 1.9, y / 1.9, 440)
    a = smooth(-0.6, 0.6, y - crown)
    leaf = np.array([0.030, 0.036, 0.022], F) * (0.7 + 0.7 * fbm(x / 3.1, y / 2.6, 4, 450))[..., None]
    leaf = air(leaf, np.full(x.shape, far))
    out = out * (1 - a[..., None]) + leaf * a[..., None]
    cover = cover + a * (1 - cover)
    cell = np.floor(x / (pitch * 0.8))
    lx = (cell + 0.3 + 0.4 * hashed(cell, layer, seed=460)) * pitch * 0.8
    d = np.hypot(x - lx, y - (ground + 1 + 3 * hashed(cell, layer, seed=461)))
    bulb = (8.5 * np.exp(-((d / (size * 0.13 + 0.35)) ** 2)) + 0.28 * np.exp(-d / (size * 0.6)))[..., None]
    out = out + bulb * np.array([1.0, 0.70, 0.34], F) * cover[..., None]
    return out, cover


def paint():
    """The layers, back to front: (parallax, premultiplied colour + coverage)."""
    s = SAMPLES
    layers = []
    backdrop = painted_sky()
    x, y = [UNIT * k for k in grid(WIDTH + ROOM, HEIGHT, s)]
    backdrop = np.repeat(np.repeat(backdrop, s, 0), s, 1)
    layers.append((0.80, np.concatenate([backdrop, np.ones((*x.shape, 1), F)], -1)))
    for rate, draw in ((0.84, hills), (0.90, lambda x, y: houses(x, y, 0)),
                       (1.0, lambda x, y: houses(x + 71, y, 1)), (1.22, lambda x, y: houses(x + 230, y, 2))):
        color, cover = draw(x, y)
        layers.append((rate, np.concatenate([color, cover[..., None]], -1)))
    return [(rate, layer.astype(F)) for rate, layer in layers]


def shifted(layer, dx, dy):
    """The frame's window of a layer, `dx` and `dy` samples on, bilinear."""
    w, h = WIDTH * SAMPLES, HEIGHT * SAMPLES
    ix, iy = int(np.floor(dx)), int(np.floor(dy))
    fx, fy = F(dx - ix), F(dy - iy)
    rows = np.clip(np.arange(h + 1) + iy, 0, layer.shape[0] - 1)
    part = layer[rows, ix:ix + w + 1]
    part = part[:, :-1] * (1 - fx) + part[:, 1:] * fx
    return part[:-1] * (1 - fy) + part[1:] * fy


def wires(shift_x, shift_y):
    """Two cables in front: colour and coverage on the sample grid; exact area to first order."""
    x, y = [UNIT * k for k in grid(WIDTH, HEIGHT, SAMPLES)]
    color, cover = np.zeros((*x.shape, 3), F), np.zeros((*x.shape, 1), F)
    for slope, level, sag, centre, width in ((-0.150, 156, 46, 390, 1.15), (0.052, 83, 34, 180, 0.62)):
        u = x + shift_x - centre
        line = level + slope * u - sag * (np.cosh(u / 520) - 1) + shift_y
        steep = np.sqrt(1 + slope * slope)
        d = (y - line) / steep
        soft = 0.55
        a = np.clip((width + soft - np.abs(d)) / (2 * soft), 0, 1)
        a = (a * a * (3 - 2 * a))[..., None]
        round_ = np.clip(d / width, -1, 1)
        twist = 0.85 + 0.15 * np.sin(u * 1.7 + d * 2)
        lit = 0.030 + 0.30 * np.clip(-round_ - 0.25, 0, 1) ** 2 * twist
        c = lit[..., None] * np.array([0.80, 0.72, 0.74], F)
        color = color * (1 - a) + c * a
        cover = cover + a * (1 - cover)
    return color, cover


def make(folder, frames=FRAMES):
    print("city")
    layers = paint()
    lens = camera.vignette(WIDTH, HEIGHT, 0.5)
    for frame in frames:
        clean, plate, matte = 0, 0, 0
        for instant in range(INSTANTS):
            t = frame - FRAMES[0] + (instant + 0.5) / INSTANTS * SHUTTER
            pan = 6.4 * t + 1.1 * np.sin(t * 0.55)
            tilt = 0.8 * np.sin(t * 0.71 + 1) + 0.35 * np.sin(t * 1.9)
            picture = np.zeros((HEIGHT * SAMPLES, WIDTH * SAMPLES, 3), F)
            for rate, layer in layers:
                part = shifted(layer, pan * rate * SAMPLES, tilt * SAMPLES)
                picture = picture * (1 - part[..., 3:]) + part[..., :3]
            color, cover = wires(pan * 2.1, -tilt * 1.2)
            clean = clean + camera.down(picture, SAMPLES)
            plate = plate + camera.down(picture * (1 - cover) + color, SAMPLES)
            matte = matte + camera.down(cover, SAMPLES)
        shot = [camera.blur(part / INSTANTS, 0.45) for part in (clean, plate, matte)]
        # Bright lamps bloom a little in the lens.
        shot[:2] = [p + 0.035 * camera.blur(np.maximum(p - 1, 0), 5) for p in shot[:2]]
        matte = camera.rounded(np.clip(shot[2], 0, 1), 10)
        matte = np.where(matte < 1 / 512, F(0), matte)
        shot[1] = np.where(matte > 0, shot[1], shot[0])
        # One noise for both: they differ only where the wire is.
        noise = camera.sensor(shot[0] * lens, 2, frame, 0.8) - shot[0] * lens
        without = camera.record(shot[0] * lens + noise)
        with_wire = camera.record(np.where(matte > 0, shot[1] * lens + noise, shot[0] * lens + noise))
        camera.write(folder, f"city.{frame}.exr", camera.rgb(with_wire))
        camera.write(folder, f"city_clean.{frame}.exr", camera.rgb(without))
        camera.write(folder, f"city_wire.{frame}.exr", {"A": matte[..., 0]}, "zip")
