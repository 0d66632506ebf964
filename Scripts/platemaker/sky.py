"""sky.exr: a low sun under broken cloud, 1280x720, from deep blue to a sun above 100."""
import numpy as np

from . import camera
from .noise import F, fbm, grid, ridged, smooth

WIDTH, HEIGHT = 1280, 720
HORIZON = 560.0
SUN = (300.0, 420.0)


def clear(x, y):
    """The cloudless sky: zenith blue, a warm horizon, and the glow about the sun."""
    h = np.clip((HORIZON - y) / HORIZON, -0.4, 1)
    up = np.clip(h, 0, 1)
    zenith = np.array([0.055, 0.135, 0.34], F)
    middle = np.array([0.26, 0.36, 0.50], F)
    low = np.array([0.95, 0.56, 0.30], F)
    t = smooth(0.0, 0.75, up)[..., None]
    color = middle * (1 - t) + zenith * t
    band = np.exp(-up * 6.5)[..., None]
    color = color * (1 - band * 0.9) + low * band
    d = np.hypot(x - SUN[0], (y - SUN[1]) * 1.08)
    glow = 1.5 * np.exp(-d / 60) + 0.55 * np.exp(-d / 210) + 0.16 * np.exp(-d / 560)
    color = color + glow[..., None] * np.array([1.0, 0.60, 0.26], F)
    # Below the horizon there is haze.
    return color * (1 - 0.35 * smooth(0.0, -0.3, h))[..., None]


def density(x, y, seed):
    """Cumulus flattening toward the horizon by perspective, with a few long streaks above."""
    depth = 1 / (0.10 + np.clip((HORIZON - y) / HORIZON, 0, 1))
    u, v = (x - 640) * depth / 430 + 5, depth * 2.1
    wx = u + 0.55 * fbm(u * 1.1 + 7, v * 1.1, 4, seed + 50)
    wy = v + 0.55 * fbm(u * 1.1, v * 1.1 + 9, 4, seed + 60)
    body = fbm(wx * 0.85, wy * 1.05, 7, seed)
    puff = ridged(wx * 2.6, wy * 2.6, 5, seed + 80) - 0.5
    coverage = 0.02 + 0.20 * fbm(x / 520 + 3, y / 260, 2, seed + 90)
    cumulus = smooth(-0.03, 0.34, body + 0.24 * puff + coverage)
    streak = fbm(u * 0.5 + 0.30 * wx, v * 3.2 + 0.4 * wy, 6, seed + 100)
    cirrus = 0.42 * smooth(0.02, 0.50, streak) * smooth(0.25, 0.75, (HORIZON - y) / HORIZON)
    return np.clip(cumulus, 0, 1), cirrus


def picture(width=WIDTH, height=HEIGHT, x0=0.0, y0=0.0, seed=4, samples=1, sun=True):
    """Scene-linear sky for a window of the 1280x720 picture."""
    x, y = grid(width, height, samples, x0, y0)
    color = clear(x, y)
    cumulus, cirrus = density(x, y, seed)
    if sun:  # a cloud before it dims it, by much more than it dims the sky
        d = np.hypot(x - SUN[0], y - SUN[1])
        disc = smooth(8.6, 7.2, d) * 420 * np.exp(-0.9 * cumulus) + 12 * np.exp(-d / 11)
        color = color + disc[..., None] * np.array([1.0, 0.74, 0.42], F)
    # Light reaches a cloud through what lies between it and the sun.
    dx, dy = SUN[0] - x, SUN[1] - y
    length = np.maximum(np.hypot(dx, dy), 1)
    thick = 0
    for step in (7, 16, 30, 52):
        thick = thick + density(x + dx / length * step, y + dy / length * step, seed)[0] * 0.26
    through = np.exp(-2.2 * thick)
    near = np.exp(-length / 230)
    forward = 0.6 + 3.6 * near
    tint = np.stack([np.full_like(near, 1.0), 0.72 - 0.12 * near, 0.50 - 0.22 * near], -1)
    lit = tint * (forward * (0.10 + 0.90 * through))[..., None]
    base = np.array([0.15, 0.16, 0.22], F) * (0.8 + 0.5 * (HORIZON - y) / HORIZON)[..., None]
    rim = (cumulus * (1 - cumulus) * 4)[..., None] * (0.25 + 1.6 * near)[..., None] * tint
    haze = np.exp(-np.clip((HORIZON - y) / HORIZON, 0, 1) * 7)[..., None]
    cloud = base + lit * 0.62 + rim * 0.42
    cloud = cloud * (1 - 0.75 * haze) + color * 0.75 * haze
    a = np.maximum(cumulus * 0.97, cirrus)[..., None]
    a = a * (1 - 0.5 * haze)
    a = a * smooth(-0.02, 0.05, (HORIZON - y) / HORIZON)[..., None]
    color = color * (1 - a) + cloud * a
    return camera.down(color.astype(F), samples) if samples > 1 else color.astype(F)


def make(folder):
    print("sky")
    p = camera.blur(picture(), 0.5)
    camera.write(folder, "sky.exr", camera.rgb(camera.record(camera.sensor(p, 4, 1, 0.25))))
