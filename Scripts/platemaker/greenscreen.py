"""greenscreen.####: a woman seen from behind waves to somebody, before a badly hung green screen.

The parts are modelled in three dimensions and lit once (`Body`, `Arm`), then moved like a puppet;
hair and scarf are simulated anew at every instant. A frame is the mean of `INSTANTS` instants of an
open shutter, each with 3x3 samples per pixel, so that alpha is real coverage in space and time:

    plate = record(sensor((fg + (1 - alpha) * clean) * vignette))

with `fg` premultiplied. The truths hold `fg * vignette`, `alpha` and `clean * vignette`, so the same
sum holds for the files, up to noise and ten-bit rounding.
"""
import numpy as np

from . import camera
from .noise import F, fbm, grid, hashed, ridged, smooth, value

WIDTH, HEIGHT, FRAMES = 640, 360, range(1001, 1011)
SAMPLES, INSTANTS, SHUTTER = 3, 14, 0.5
W, H = WIDTH * SAMPLES, HEIGHT * SAMPLES

SUN = np.array([-0.62, -0.42, -0.66], F)  # toward the light: left, up, beyond
SUN_COLOR = np.array([2.6, 1.75, 0.98], F)
SKY_COLOR = np.array([0.30, 0.36, 0.46], F)
FILL = np.array([0.45, -0.35, 0.82], F)
FILL_COLOR = np.array([0.62, 0.55, 0.50], F)
SCREEN_COLOR = np.array([0.055, 0.33, 0.075], F)


# ---------------------------------------------------------------- distance fields, in pixels
def ellipsoid(p, c, r):
    q = (p - np.array(c, F)) / np.array(r, F)
    k0 = np.sqrt((q * q).sum(-1))
    k1 = np.sqrt(((q / np.array(r, F)) ** 2).sum(-1))
    return k0 * (k0 - 1) / np.maximum(k1, 1e-6)


def cone(p, a, b, ra, rb):
    """A limb from `a` to `b` whose radius goes from `ra` to `rb`."""
    a, b = np.array(a, F), np.array(b, F)
    ab = b - a
    t = np.clip(((p - a) @ ab) / F(ab @ ab), 0, 1)
    d = p - a - t[..., None] * ab
    return np.sqrt((d * d).sum(-1)) - (ra + (rb - ra) * t)


def join(a, b, k):
    """Smooth union over `k` pixels."""
    h = np.clip(0.5 + 0.5 * (b - a) / k, 0, 1)
    return b + (a - b) * h - k * h * (1 - h)


def march(field, x, y, steps=44):
    """Orthographic rays along -z; the depth of the surface and whether it was hit."""
    z = np.full(x.shape, 150, F)
    hit = np.zeros(x.shape, bool)
    todo = np.arange(x.size)
    xf, yf, zf, hf = x.ravel(), y.ravel(), z.ravel(), hit.ravel()
    for _ in range(steps):
        d = field(np.stack([xf[todo], yf[todo], zf[todo]], -1))
        zf[todo] -= d * F(0.9)
        done = d < 0.05
        hf[todo[done]] = True
        todo = todo[~done & (zf[todo] > -150)]
        if todo.size == 0:
            break
    return zf.reshape(x.shape), hf.reshape(x.shape)


def normals(field, x, y, z):
    p = np.stack([x, y, z], -1)
    e = F(0.6)
    n = [field(p + e * axis) - field(p - e * axis) for axis in np.eye(3, dtype=F)]
    n = np.stack(n, -1)
    return n / np.maximum(np.linalg.norm(n, axis=-1, keepdims=True), 1e-6)


def unit(v):
    return v / np.linalg.norm(v)


def light(n, albedo, rough, specular, wrap=0.0, occlusion=1.0):
    """Sun behind, fill before, sky above, and the green of the screen from beyond.

    Returns the light as it falls in front of the screen, and the part of it that is spill.
    """
    def lobe(direction, color):
        direction = unit(direction)
        nl = n @ direction
        diffuse = np.clip((nl + wrap) / (1 + wrap), 0, 1)[..., None] * color * albedo
        half = unit(direction + np.array([0, 0, 1], F))
        nh = np.clip(n @ half, 0, 1)
        fresnel = specular + (1 - specular) * (1 - np.clip(n[..., 2], 0, 1)) ** 5
        power = 2 / rough**2
        shine = (power + 8) / 25 * nh**power * np.clip(nl, 0, 1) * fresnel
        return diffuse, shine[..., None] * color

    diffuse, shine = lobe(SUN, SUN_COLOR * 1.25)
    more, gleam = lobe(FILL, FILL_COLOR)
    ambient = (0.55 - 0.45 * n[..., 1])[..., None] * SKY_COLOR * albedo
    edge = np.clip(1 - n[..., 2], 0, 1)
    kick = (edge**3)[..., None] * np.clip(0.35 - 0.65 * n[..., 0] - 0.4 * n[..., 1], 0, 1)[..., None]
    color = (diffuse + more + ambient) * np.asarray(occlusion)[..., None] + shine + gleam
    color = color + kick * SUN_COLOR * (0.25 * albedo + 0.10)
    spill = (edge**2.2)[..., None] * SCREEN_COLOR * (0.55 * albedo + 0.035)
    return (color + spill).astype(F), spill.astype(F)


# ---------------------------------------------------------------- the parts
class Element:
    """A lit part of the puppet, at 3 samples per pixel, with the same room around as the frame."""

    SCALE, PAD = 3, 24

    def __init__(self, field, paint):
        x, y = grid(WIDTH + 2 * self.PAD, HEIGHT + 2 * self.PAD, self.SCALE, -self.PAD, -self.PAD)
        z, hit = march(field, x, y)
        n = normals(field, x, y, z)
        color, spill = paint(np.stack([x, y, z], -1), n, field)
        a = hit.astype(F)[..., None]
        self.layers = np.concatenate([color * a, spill * a, a], -1).astype(F)

    def posed(self, angle=0.0, pivot=(0.0, 0.0), move=(0.0, 0.0), jitter=(0.0, 0.0)):
        """The part turned by `angle` about `pivot` and moved; 7 layers on the sampled frame."""
        x, y = grid(WIDTH, HEIGHT, SAMPLES)
        x, y = x + jitter[0] - pivot[0] - move[0], y + jitter[1] - pivot[1] - move[1]
        c, s = F(np.cos(angle)), F(np.sin(angle))
        u, v = c * x + s * y + pivot[0], c * y - s * x + pivot[1]
        u = (u + self.PAD) * self.SCALE - F(0.5)
        v = (v + self.PAD) * self.SCALE - F(0.5)
        h, w, n = self.layers.shape
        inside = (u >= 0) & (u < w - 2) & (v >= 0) & (v < h - 2)
        i = np.where(inside, np.floor(v), 0).astype(np.int32) * w + np.where(
            inside, np.floor(u), 0).astype(np.int32)
        where = np.flatnonzero((self.layers[..., -1].reshape(-1)[i.ravel()] > 0) |
                               (self.layers[..., -1].reshape(-1)[i.ravel() + w + 1] > 0))
        fu = (u - np.floor(u)).ravel()[where][:, None]
        fv = (v - np.floor(v)).ravel()[where][:, None]
        i = i.ravel()[where]
        flat = self.layers.reshape(-1, n)
        picked = (flat[i] * (1 - fu) + flat[i + 1] * fu) * (1 - fv) + (
            flat[i + w] * (1 - fu) + flat[i + w + 1] * fu) * fv
        return where, picked


def cloth(p, n, strength, scale, seed):
    """Wrinkles and weave as a change of the normal."""
    x, y = p[..., 0], p[..., 1]
    e = F(0.5)

    def height(x, y):
        folds = fbm(x / scale + 0.6 * fbm(x / 31, y / 31, 2, seed + 5), y / (scale * 0.8), 3, seed)
        weave = 0.035 * np.sin((x + y) * 2.4) * np.sin((x - y) * 1.1)
        return strength * (folds * scale * 0.22 + 0.22 * value(x / 1.7, y / 1.7, seed + 9)) + weave

    h = height(x, y)
    bump = np.stack([h - height(x + e, y), h - height(x, y + e), np.zeros_like(h)], -1) / e
    m = n + bump
    return m / np.linalg.norm(m, axis=-1, keepdims=True)


def body():
    """Head, neck, shoulders, jacket, and the upper arm that is raised."""
    def jacket(p):
        d = ellipsoid(p, (292, 336, 0), (98, 128, 52))
        d = join(d, cone(p, (218, 257, -2), (366, 257, -2), 31, 31), 26)
        d = join(d, cone(p, (291, 212, -2), (214, 252, -2), 25, 26), 22)
        d = join(d, cone(p, (291, 212, -2), (370, 252, -2), 25, 26), 22)
        d = join(d, cone(p, (205, 262, -4), (178, 400, -8), 33, 27), 10)
        d = join(d, cone(p, (374, 262, -4), (455, 296, 8), 32, 25), 14)
        return d

    def collar(p):
        return cone(p, (262, 214, 4), (322, 213, 4), 23, 23)

    def neck(p):
        return cone(p, (291, 150, 0), (291, 215, -4), 24, 27)

    def head(p):
        return ellipsoid(p, (291, 126, 0), (41, 53, 48))

    def field(p):
        d = join(jacket(p), collar(p), 4)
        return np.minimum(d, np.minimum(head(p), neck(p)))

    def paint(p, n, field):
        x, y = p[..., 0], p[..., 1]
        skin = np.minimum(head(p), neck(p)) < np.minimum(jacket(p), collar(p))
        m = np.where(skin[..., None], n, cloth(p, n, 1.0, 26, 40))
        # Seams: yoke, two panels, sleeves; a groove beside two rows of stitches.
        yoke = y - (272 + 0.0012 * (x - 292) ** 2)
        left = x - (252 - 0.10 * (y - 272))
        right = x - (332 + 0.10 * (y - 272))
        sleeve_l = x - (212 - 0.22 * (y - 235) + 0.004 * (y - 262) ** 2)
        sleeve_r = x - (371 + 0.22 * (y - 235) - 0.004 * (y - 262) ** 2)
        seams = [(yoke, y, x), (np.where(y > 272, left, 99), x, y), (np.where(y > 272, right, 99), x, y),
                 (np.where(y > 226, sleeve_l, 99), x, y), (np.where(y > 226, sleeve_r, 99), x, y)]
        wash = np.clip(0.5 + 0.5 * fbm(x / 60, y / 60, 4, 71), 0, 1)
        worn = 0.75 + 0.5 * wash + 0.18 * value(x / 0.9, y / 3.2, 73) + 0.10 * value(x / 1.1, y / 1.1, 74)
        denim = np.array([0.060, 0.098, 0.190], F) * worn[..., None]
        groove = np.ones_like(x)
        for d, _, along in seams:
            groove = groove * (1 - 0.55 * np.exp(-(d / 0.9) ** 2))
            fade = np.exp(-(d / 4.0) ** 2) * (0.25 + 0.3 * value(along / 3, d / 2, 77))
            denim = denim + fade[..., None] * np.array([0.035, 0.05, 0.075], F)
            for offset in (2.2, 4.0):
                stitch = np.exp(-((d - offset) / 0.45) ** 2) * (np.sin(along * 2.6) > -0.35)
                denim = denim * (1 - 0.7 * stitch[..., None]) + 0.7 * stitch[..., None] * np.array(
                    [0.42, 0.23, 0.08], F)
        tone = np.array([0.46, 0.27, 0.19], F) * (1 + 0.10 * fbm(x / 9, y / 9, 4, 12))[..., None]
        albedo = np.where(skin[..., None], tone, denim)
        # Under the hair and in the folds it is dark.
        under = smooth(315, 200, y) * np.exp(-((x - 288) / 62) ** 2)
        occlusion = groove * (1 - 0.6 * under) * (0.80 + 0.35 * fbm(x / 24, y / 24, 3, 44))
        return light(m, albedo, 0.55, 0.03, 0.15, np.clip(occlusion, 0.1, 1.1))

    return Element(field, paint)


ELBOW = (457.0, 297.0)


def arm():
    """Rolled sleeve, forearm, watch and open hand, upright; turned about the elbow."""
    ex, ey = ELBOW

    def sleeve(p):
        d = cone(p, (ex, ey, 8), (ex + 1, ey - 44, 12), 26, 23)
        return join(d, cone(p, (ex - 21, ey - 45, 12), (ex + 22, ey - 47, 12), 5, 5), 3)

    def watch(p):
        strap = np.maximum(cone(p, (ex + 3, ey - 104, 14), (ex + 3, ey - 111, 14), 15.2, 14.9),
                           np.abs(p[..., 1] - (ey - 107.5)) - 3.6)
        return np.minimum(strap, ellipsoid(p, (ex + 3, ey - 107.5, 28), (7.6, 7.6, 3.4)))

    def hand(p):
        p = p * np.array([-1, 1, 1], F) + np.array([2 * (ex + 3), 0, 0], F)  # the thumb is inside
        x, y = ex + 3, ey - 124
        d = ellipsoid(p, (x, y - 24, 15), (19, 25, 9.5))
        d = join(d, cone(p, (x, y, 14), (x, y - 12, 15), 13.5, 14), 8)
        fingers = [((-13, -40), (-24, -69), 5.4, 4.2), ((-5, -46), (-9, -82), 5.7, 4.4),
                   ((4, -46), (6, -84), 5.7, 4.4), ((13, -41), (20, -75), 5.3, 4.0)]
        for (ax, ay), (bx, by), ra, rb in fingers:
            d = join(d, cone(p, (x + ax, y + ay, 16), (x + bx, y + by, 19), ra, rb), 3.2)
        thumb = cone(p, (x + 12, y - 14, 16), (x + 30, y - 34, 22), 7.5, 5.6)
        thumb = join(thumb, cone(p, (x + 30, y - 34, 22), (x + 37, y - 52, 24), 5.6, 4.4), 3)
        return join(d, thumb, 6)

    def forearm(p):
        d = cone(p, (ex + 1, ey - 40, 12), (ex + 3, ey - 124, 14), 21, 13)
        return join(d, ellipsoid(p, (ex - 3, ey - 62, 13), (20, 34, 18)), 10)

    def field(p):
        skin = join(forearm(p), hand(p), 7)
        return np.minimum(np.minimum(skin, sleeve(p)), watch(p))

    def paint(p, n, field):
        x, y = p[..., 0], p[..., 1]
        skin_d = join(forearm(p), hand(p), 7)
        is_watch = (watch(p) < np.minimum(skin_d, sleeve(p)))[..., None]
        is_sleeve = (sleeve(p) < np.minimum(skin_d, watch(p)))[..., None]
        pores = 0.22 * value(x / 1.3, y / 1.3, 3) + 0.3 * fbm(x / 4, y / 7, 3, 5)
        # Knuckles and tendons.
        kx, ky = (ex + 3) - x, y - (ey - 124)
        tendons = np.exp(-((np.abs(kx * 1.0 + ky * 0.06) % 8.6) - 4.3) ** 2 / 3) * smooth(-8, -34, ky) * \
            smooth(-52, -40, ky)
        e = F(0.5)
        bump_x = 0.10 * value((x + e) / 1.5, y / 1.5, 6) - 0.10 * value((x - e) / 1.5, y / 1.5, 6)
        bump_y = 0.10 * value(x / 1.5, (y + e) / 1.5, 6) - 0.10 * value(x / 1.5, (y - e) / 1.5, 6)
        m = n - np.stack([bump_x, bump_y, np.zeros_like(x)], -1)
        m = m / np.linalg.norm(m, axis=-1, keepdims=True)
        tone = np.array([0.50, 0.29, 0.205], F) * (1 + 0.10 * pores + 0.08 * tendons)[..., None]
        blush = smooth(-60, -84, ky) + 0.6 * np.exp(-((ky + 43) / 5) ** 2) * (np.abs(kx) < 20)
        tone = tone * (1 - blush[..., None] * np.array([0.0, 0.16, 0.15], F))
        freckle = smooth(0.62, 0.80, value(x / 2.1, y / 2.3, 15)) * smooth(-10, 20, ky)
        tone = tone * (1 - freckle[..., None] * np.array([0.2, 0.3, 0.33], F))
        weave = np.array([0.075, 0.118, 0.215], F) * (0.9 + 0.25 * value(x / 1.0, y / 2.8, 8))[..., None]
        hem = np.abs(y - (ey - 46)) - 5
        stitch = np.exp(-((np.abs(hem + 1.6)) / 0.5) ** 2) * (np.sin(x * 2.6) > -0.35)
        weave = weave * (1 - 0.7 * stitch[..., None]) + 0.7 * stitch[..., None] * np.array(
            [0.42, 0.23, 0.08], F)
        color, spill = light(m, tone, 0.34, 0.045, 0.35, 0.92 + 0.1 * fbm(x / 18, y / 18, 2, 9))
        jc, js = light(cloth(p, n, 1.0, 15, 61), weave, 0.55, 0.03, 0.15,
                       np.clip(0.9 + 0.3 * fbm(x / 12, y / 12, 3, 62), 0.2, 1.1))
        steel = np.array([0.30, 0.29, 0.28], F) * (0.75 + 0.25 * np.sign(np.sin(x * 1.6)))[..., None]
        wc, ws = light(n, steel * 0.35, 0.16, 0.55)
        sx, sy = x - (ex - 2.0), y - (ey - 111.0)
        wc = wc + (np.exp(-(sx**2 / 3 + sy**2 / 3)) * 14)[..., None] * np.array([1, 0.86, 0.62], F)
        color = np.where(is_watch, wc, np.where(is_sleeve, jc, color))
        spill = np.where(is_watch, ws, np.where(is_sleeve, js, spill))
        return color, spill

    return Element(field, paint)


def scarf(t, jitter):
    """Optical depth, colour and spill of gauze flowing from the neck, as mass on the sample grid.

    A cloth holds its mass: where it folds away from the eye there is more of it per pixel, so it is
    denser there, and two folds over each other multiply. alpha = 1 - exp(-mass per sample).
    """
    nu, nv = 1300, 330
    u, v = np.meshgrid((np.arange(nu, dtype=F) + F(0.5)) / nu, (np.arange(nv, dtype=F) + F(0.5)) / nv)
    s = v - F(0.5)
    ph = F(t * 0.62)

    def surface(u, s):
        free = u**1.25
        a = np.sin(u * 7.2 - ph * 2.1 + s * 1.1) * 13 * free
        b = np.sin(u * 15.5 - ph * 3.3 + s * 3.4 + 1.0) * 5.5 * free
        pleat = np.sin(s * 21 + 2.4 * np.sin(u * 4 - ph) + u * 3) * (1 - 0.55 * u)
        width = 30 + 58 * smooth(0, 0.7, u) * (0.85 + 0.15 * np.sin(ph + u * 5))
        x = 266 - 232 * u + 9 * np.sin(u * 9 - ph * 2.6 + s * 4) * free + pleat * 2.2 * (0.4 + u)
        y = 222 - 46 * u + 30 * u * u + a + b + s * width * (1 + 0.10 * pleat) + pleat * 3.1
        z = 18 * np.sin(u * 8.4 - ph * 2.4 + s * 5) * free + pleat * 4.5 + 9 * np.sin(s * 9 + u * 12 - ph)
        return np.stack([x, y, z], -1)

    p = surface(u, s)
    e = F(0.004)
    n = np.cross(surface(u + e, s) - p, surface(u, s + e) - p)
    n = n / np.maximum(np.linalg.norm(n, axis=-1, keepdims=True), 1e-9)
    n = n * np.sign(n[..., 2:3] + 1e-6)
    fringe = (u < 0.955) | ((np.sin(v * 330) > 0.1) & (u < 0.955 + 0.045 * hashed(np.floor(v * 52), 3)))
    weave = 0.72 + 0.28 * np.sin(u * 760) * np.sin(v * 250)
    border = 1 + 1.1 * (np.abs(s) > 0.465) + 0.8 * ((u > 0.925) & (u < 0.942))
    thick = 0.58 * weave * border * (1 + 1.2 * smooth(0.16, 0.0, u)) * fringe
    # Area of cloth per grid point, in samples, before projection: arc lengths of the grid.
    area = (236 * SAMPLES / nu) * (62 * SAMPLES / nv)
    stripe = smooth(0.82, 0.9, np.sin(u * 40)) * (u > 0.45)
    albedo = (np.array([0.50, 0.085, 0.070], F) * (1 - 0.65 * stripe[..., None]) +
              np.array([0.55, 0.30, 0.10], F) * 0.65 * stripe[..., None])
    color, spill = light(n, albedo, 0.5, 0.03, 0.6)
    through = np.clip(-(n @ unit(SUN)), 0, 1)[..., None]  # the sun seen through the cloth
    color = color + through * SUN_COLOR * albedo * np.array([0.42, 0.30, 0.30], F)
    ix = np.floor((p[..., 0] - jitter[0]) * SAMPLES).astype(np.int32)
    iy = np.floor((p[..., 1] - jitter[1]) * SAMPLES).astype(np.int32)
    ok = (ix >= 0) & (ix < W) & (iy >= 0) & (iy < H)
    index = (iy * W + ix)[ok]
    mass = (thick * area)[ok]
    total = np.bincount(index, mass, W * H)
    where = np.flatnonzero(total)
    parts = [np.bincount(index, mass * c[ok], W * H)[where] for c in
             (*np.moveaxis(color, -1, 0), *np.moveaxis(spill, -1, 0))]
    total = total[where]
    alpha = (1 - np.exp(-total)).astype(F)
    layers = np.stack([part / total * alpha for part in parts] + [alpha], -1).astype(F)
    return where, layers


class Hair:
    """Strands from the crown, in locks, hanging and blown to the left."""

    STRANDS, STRAYS, POINTS = 8000, 520, 270

    def __init__(self):
        n = self.STRANDS + self.STRAYS
        i = np.arange(n)
        r = [hashed(i, k, seed=900) for k in range(12)]
        self.stray = i >= self.STRANDS
        self.lock = np.floor(r[0] * 150)
        h = [hashed(self.lock, k, seed=901) for k in range(8)]
        a = (self.lock / 150 * 2 - 1) * 1.04 + (r[1] - 0.5) * 0.10
        self.ridge = 1 - np.abs(2 * r[1] - 1) ** 2
        self.azimuth = np.clip(a, -1.05, 1.05)
        self.layer = r[2] ** 0.7 * np.where(self.stray, 1.12, 1.0)
        self.length = (72 + 46 * h[0] + 26 * (r[3] - 0.5)) * np.where(self.stray, 1.15, 1.0)
        self.wind = (0.12 + 0.80 * smooth(0.1, -1.0, a) ** 1.3) * (0.55 + 0.9 * h[1]) * (0.92 + 0.16 * r[4])
        self.wind = self.wind * np.where(self.stray, 0.75 + 1.1 * r[5], 1.0)
        self.curl = (1.6 + 3.4 * h[2]) * np.where(self.stray, 1.6, 1.0)
        self.phase = h[3] * 6.28 + (r[6] - 0.5) * 0.5
        self.turns = 1.1 + 1.5 * h[4] + np.where(self.stray, 1.2 * r[8], 0)
        self.spread = (r[7] - 0.5) * np.where(self.stray, 12, 4.0)
        self.start = 0.10 + 0.55 * r[9] ** 2
        self.tint = 0.45 + 0.95 * h[5] + 0.35 * (r[10] - 0.5)
        self.lift = np.where(self.stray, r[11] * 9, 0)
        self.order = np.argsort(self.layer + 0.15 * h[6], kind="stable")

    def instant(self, t, move, jitter):
        k = (np.arange(self.POINTS, dtype=F) + F(0.5)) / self.POINTS
        o = self.order

        def column(name):
            return getattr(self, name)[o].astype(F)[:, None]

        a = column("azimuth") * F(np.pi / 2)
        grow = 1.05 + 0.12 * column("layer") + column("lift") / 60
        scalp = F(0.42)  # the part of a strand that lies on the head
        phi = (column("start") + (F(1.78) - column("start")) * np.clip(k / scalp, 0, 1))
        on = np.clip(k / scalp, 0, 1)
        rx, ry = 43 * grow, 55 * grow
        x0 = 291 + rx * np.sin(a) * np.sin(phi) * (1 - 0.05 * on * on)
        y0 = 126 - ry * np.cos(phi)
        depth = np.cos(a) * np.sin(phi)
        hang = np.clip((k - scalp) / (1 - scalp), 0, 1) * np.ones_like(a)
        gust = (1 + 0.20 * np.sin(F(t * 0.75) + column("phase") * 0.5 + hang * 2.2) +
                0.10 * np.sin(F(t * 1.7) + column("phase") - hang * 3.0))
        blow = column("wind") * hang**1.45 * gust
        length = column("length")
        wave = np.sin(column("turns") * 6.28 * hang + column("phase") + F(t * 0.35)) * column("curl")
        x = x0 - blow * length * 0.95 + wave * hang * (1.25 - 0.2 * hang) + column("spread") * hang
        y = y0 + hang * length * (1 - 0.42 * np.clip(blow, 0, 1.2)) + wave * 0.35 * hang + \
            0.4 * column("spread") * hang
        x, y = x + move[0], y + move[1]
        tx, ty = np.gradient(x, axis=1), np.gradient(y, axis=1)
        norm = np.maximum(np.hypot(tx, ty), 1e-5)
        tx, ty = tx / norm, ty / norm
        # Kajiya and Kay 1989: light on a thin cylinder depends on the tangent.
        def shine(direction, power):
            half = unit(unit(direction) + np.array([0, 0, 1], F))
            th = tx * half[0] + ty * half[1]
            return np.maximum(1 - th * th, 0) ** (power / 2)

        layer = column("layer")
        base = np.array([0.082, 0.036, 0.017], F)
        dark = (0.10 + 0.90 * layer**2) * (0.62 + 0.38 * depth)
        # Locks are rounded: bright along their middle, dark between.
        dark = dark * (0.45 + 0.55 * column("ridge"))
        tint = column("tint")
        side = np.clip((291 - x) / 70, -1, 1.2)
        ambient = (0.50 + 0.10 * side) * dark * tint
        tl = tx * unit(SUN)[0] + ty * unit(SUN)[1]
        lit = np.sqrt(np.maximum(1 - tl * tl, 0)) * np.clip(0.25 + 0.75 * side, 0, 1) * dark * tint
        gloss = shine(FILL, 90) * dark * 0.15 * tint + shine(np.array([-0.5, -0.75, 0.35], F), 160) * dark * 0.26 * tint
        # At the rim and in thin locks the sun comes through.
        silhouette = smooth(0.62, 1.04, np.abs(column("azimuth"))) * np.ones_like(x)
        crown = smooth(92, 66, y) * (hang == 0)
        thin = np.maximum(np.maximum(silhouette * 0.55, crown * 0.8), hang * np.clip(blow * 1.1, 0, 1)) * \
            layer
        thin = np.where(self.stray[o][:, None], np.maximum(thin, 0.8 * hang + 0.25), thin)
        rim = thin * np.clip(0.55 + 0.45 * side, 0.15, 1)
        spill = (0.020 + 0.05 * thin)[..., None] * SCREEN_COLOR * (0.4 + 0.6 * layer)[..., None]
        warm = np.array([1.0, 0.62, 0.32], F)
        color = ((ambient + 1.2 * lit)[..., None] * base * np.array([1.5, 1.5, 1.6], F) +
                 gloss[..., None] * np.array([0.85, 0.70, 0.55], F) +
                 (rim * (0.4 + 0.6 * tint))[..., None] * warm * 0.42 +
                 (rim**4 * shine(SUN, 60))[..., None] * SUN_COLOR * 0.55) + spill
        ix = np.floor((x - jitter[0]) * SAMPLES).astype(np.int32)
        iy = np.floor((y - jitter[1]) * SAMPLES).astype(np.int32)
        ok = (ix >= 0) & (ix < W) & (iy >= 0) & (iy < H)
        # A stray is thinner than a sample: drop some of its points.
        some = hashed(np.arange(x.shape[0])[:, None], np.arange(self.POINTS)[None, :], seed=77)
        ok &= ~self.stray[o][:, None] | (some < 0.85)
        index = (iy * W + ix)[ok]
        values = np.concatenate([color, spill, np.ones((*x.shape, 1), F)], -1)[ok].astype(F)
        last = np.full(W * H, -1, np.int64)
        last[index] = np.arange(index.size)  # the nearest strand, drawn last, stays
        where = np.flatnonzero(last >= 0)
        return where, values[last[where]]


def barrette(move, jitter):
    """A brass hair slide that catches the sun."""
    x, y = grid(WIDTH, HEIGHT, SAMPLES)
    x, y = x + jitter[0] - move[0] - 289, y + jitter[1] - move[1] - 142
    d = np.abs(y - 0.006 * x * x + 0.10 * x) - 3.4
    d = np.maximum(d, np.abs(x) - 19)
    where = np.flatnonzero(d < 0)
    x, y = x.ravel()[where], y.ravel()[where]
    v = (y - 0.006 * x * x + 0.10 * x) / 3.4
    n = np.stack([x / 60, v * 0.75, np.ones_like(v)], -1)
    n = n / np.linalg.norm(n, axis=-1, keepdims=True)
    engraved = 0.8 + 0.2 * np.sign(np.sin(x * 1.9 + 1.4 * np.sin(v * 3)))
    color, spill = light(n, np.array([0.32, 0.20, 0.07], F) * engraved[:, None], 0.2, 0.5)
    glint = 9 * np.exp(-((x + 9) ** 2 / 6 + (v + 0.45) ** 2 / 0.05)) + \
        5 * np.exp(-((x - 7) ** 2 / 2 + (v + 0.5) ** 2 / 0.05))
    color = color + glint[:, None] * np.array([1.0, 0.78, 0.42], F)
    return where, np.concatenate([color, spill, np.ones((x.size, 1), F)], -1).astype(F)


# ---------------------------------------------------------------- the screen
def screen():
    """A cloth on a pole: hot in the middle left, folds falling, creases from its box, tape crosses."""
    x, y = grid(WIDTH, HEIGHT, 2)
    warp = 22 * fbm(x / 170, y / 300, 3, 210)
    folds = 0
    for k, (period, depth) in enumerate([(96, 5.0), (41, 1.6), (19, 0.5)]):
        phase = (x + warp * (1 + 0.4 * k) + 14 * np.sin(y / (130 - 20 * k) + k * 2)) / period * 6.2832
        fade = np.clip(0.62 + 0.55 * fbm(x / 140 + k * 5, y / 140, 2, 220 + k), 0.1, 1.2)
        folds = folds + depth * fade * (np.sin(phase) + 0.35 * np.sin(2 * phase + 1))
    crease = 0
    for at, way in ((214, x), (431, x), (118, y), (247, y)):
        line = way - at + 2.5 * fbm(x / 50, y / 50, 2, 230 + at)
        crease = crease + 1.3 * np.exp(-np.abs(line) / 2.4) * (
            0.55 + 0.45 * fbm(x / 44, y / 44, 2, 231 + at))
    crumple = 2.6 * (ridged(x / 74 + 0.5 * fbm(x / 60, y / 60, 2, 241), y / 62, 4, 240) - 0.62)
    height = folds + crease + crumple + 0.05 * value(x / 0.9, y / 0.9, 250)
    gy, gx = np.gradient(height, 0.5)
    shade = 1 - 0.62 * gx / np.sqrt(1 + gx * gx) * 0.9 - 0.42 * gy / np.sqrt(1 + gy * gy)
    lamp = 0.55 + 0.75 * np.exp(-(((x - 225) / 300) ** 2 + ((y - 120) / 210) ** 2)) - \
        0.16 * smooth(420, 640, x) - 0.10 * smooth(250, 360, y)
    color = SCREEN_COLOR * (lamp * np.clip(shade, 0.25, 1.6))[..., None]
    color = color * np.stack([1 + 0.05 * fbm(x / 90, y / 90, 3, 260)] +
                             [np.ones_like(x), 1 + 0.07 * fbm(x / 120, y / 120, 3, 261)], -1)
    color = color + (0.010 * lamp * np.clip(1 - np.abs(gx), 0, 1))[..., None]  # sheen
    for cx, cy in ((92, 62), (560, 70), (118, 300), (574, 268), (420, 60)):
        dx, dy = np.abs(x - cx), np.abs(y - cy)
        cross = smooth(0.6, 0.0, np.maximum(np.minimum(dx, dy) - 1.3, np.maximum(dx, dy) - 6.5))
        tape = np.array([0.11, 0.46, 0.16], F) * lamp[..., None]
        color = color * (1 - cross[..., None]) + tape * cross[..., None]
    return camera.blur(camera.down(color.astype(F), 2), 0.8)


def over(buffer, where, layers):
    buffer[where] = buffer[where] * (1 - layers[:, -1:]) + layers


def shoot(parts, frame):
    """Foreground with spill, spill alone, and alpha: the mean over the open shutter."""
    the_body, the_arm, hair = parts
    total = np.zeros((HEIGHT, WIDTH, 7), F)
    for instant in range(INSTANTS):
        t = frame - FRAMES[0] + (instant + 0.5) / INSTANTS * SHUTTER
        jitter = (float(hashed(instant, 1)) - 0.5) / SAMPLES, (float(hashed(instant, 2)) - 0.5) / SAMPLES
        sway = 1.6 * np.sin(t * 0.42 + 0.5), 0.7 * np.sin(t * 0.84)
        wave = np.radians(5 + 21 * np.sin(t * 2 * np.pi / 9.5 + 0.35))
        buffer = np.zeros((H * W, 7), F)
        over(buffer, *the_body.posed(move=sway, jitter=jitter))
        over(buffer, *the_arm.posed(angle=wave, pivot=ELBOW, move=sway, jitter=jitter))
        over(buffer, *scarf(t, jitter))
        over(buffer, *hair.instant(t, sway, jitter))
        over(buffer, *barrette(sway, jitter))
        total += camera.down(buffer.reshape(H, W, 7), SAMPLES)
    return camera.blur(total / INSTANTS, 0.42)


def make(folder, frames=FRAMES):
    print("greenscreen")
    lens = camera.vignette(WIDTH, HEIGHT, 0.35)
    clean = camera.rounded(screen() * lens, 10, 1 / 4096)
    camera.write(folder, "greenscreen_clean.exr", camera.rgb(clean))
    parts = body(), arm(), Hair()
    for frame in frames:
        layers = shoot(parts, frame)
        alpha = camera.rounded(np.clip(layers[..., 6:7], 0, 1), 10, 1 / 512)
        fg = camera.rounded(layers[..., 0:3] * lens, 8)
        plate = camera.sensor(fg + (1 - alpha) * clean, 1, frame)
        camera.write(folder, f"greenscreen.{frame}.exr", camera.rgb(camera.record(plate)))
        spill = camera.rounded(layers[..., 3:6] * lens, 6, 1 / 1024)
        truth = camera.rgb(fg) | {"A": alpha[..., 0]}
        truth |= {f"spill.{c}": plane for c, plane in camera.rgb(spill).items()}
        camera.write(folder, f"greenscreen_fg.{frame}.exr", truth, "piz")
