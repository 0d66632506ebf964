"""Integer-hash noise: the same on every machine, no state, no random generator."""
import numpy as np

F = np.float32


def hashed(*keys, seed=0):
    """A float in 0..1 for each tuple of integers."""
    h = np.uint32((seed * 2654435761 + 0x9E3779B9) & 0xFFFFFFFF)
    with np.errstate(over="ignore"):
        for k in keys:
            h = h ^ (np.asarray(k).astype(np.int64).astype(np.uint32) * np.uint32(0x85EBCA6B))
            h = (h ^ (h >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
            h = (h ^ (h >> np.uint32(12))) * np.uint32(0x297A2D39)
            h = h ^ (h >> np.uint32(15))
    return (h >> np.uint32(8)).astype(F) * F(1 / 16777216)


def value(x, y, seed=0):
    """Smooth noise in -1..1 with one feature per unit."""
    x, y = np.asarray(x, F), np.asarray(y, F)
    ix, iy = np.floor(x).astype(np.int32), np.floor(y).astype(np.int32)
    fx, fy = x - ix, y - iy
    fx = fx * fx * fx * (fx * (fx * 6 - 15) + 10)
    fy = fy * fy * fy * (fy * (fy * 6 - 15) + 10)
    a, b = hashed(ix, iy, seed=seed), hashed(ix + 1, iy, seed=seed)
    c, d = hashed(ix, iy + 1, seed=seed), hashed(ix + 1, iy + 1, seed=seed)
    return ((a + (b - a) * fx) * (1 - fy) + (c + (d - c) * fx) * fy) * 2 - 1


def fbm(x, y, octaves=5, seed=0, gain=0.5, lacunarity=2.03):
    """Fractional Brownian motion, about -1..1."""
    x, y = np.asarray(x, F), np.asarray(y, F)
    total, amplitude, norm = 0, 1.0, 0.0
    for octave in range(octaves):
        total = total + F(amplitude) * value(x, y, seed + octave * 17)
        norm += amplitude
        amplitude *= gain
        x, y = (F(0.8) * x - F(0.6) * y) * F(lacunarity), (F(0.6) * x + F(0.8) * y) * F(lacunarity)
    return total / F(norm)


def ridged(x, y, octaves=5, seed=0):
    """Sharp crests, 0..1: creases, veins, mountain ridges."""
    x, y = np.asarray(x, F), np.asarray(y, F)
    total, amplitude, norm = 0, 1.0, 0.0
    for octave in range(octaves):
        total = total + F(amplitude) * (1 - np.abs(value(x, y, seed + octave * 31)))
        norm += amplitude
        amplitude *= 0.5
        x, y = (F(0.8) * x - F(0.6) * y) * F(2.1), (F(0.6) * x + F(0.8) * y) * F(2.1)
    return total / F(norm)


def smooth(low, high, x):
    """Hermite step from 0 at `low` to 1 at `high`."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def grid(width, height, samples, x0=0.0, y0=0.0):
    """Pixel coordinates of sample centres, `samples` per pixel each way."""
    x = (np.arange(width * samples, dtype=F) + F(0.5)) / F(samples) + F(x0)
    y = (np.arange(height * samples, dtype=F) + F(0.5)) / F(samples) + F(y0)
    return np.meshgrid(x, y)
