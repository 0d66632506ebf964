"""Files of other programs: `bipack import` beside what independent readers found in them."""
import json
import os
import subprocess

from .. import places
from ..figure import Case, Figure

FOLDER = os.path.join(places.PLATES, "interchange")
# Six digits of half a width, and of half a height.
FEW_DIGITS = ("ref_Syntheyes.txt",)


def values(path, *options):
    """The values that come of a file; none where it is refused."""
    done = subprocess.run([places.BIPACK, "import", os.path.join(FOLDER, path), "--as", "values", *options],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return json.loads(done.stdout)["values"] if done.returncode == 0 else {}


def tracks(path, *options):
    """Keys (frame, x, y) of each track of a file, by name."""
    return {name: [(frame, *place) for frame, place in value["position"]["keys"]]
            for name, value in values(path, *options).items()
            if isinstance(value, dict) and "position" in value}


def truth():
    """A parabola from the top left to the top right, its mirror, and one point."""
    frames = [frame for frame in range(1, 22) if frame not in (11, 12)]
    way = [(frame, 96 * (frame - 1), 1080 * (1 - ((frame - 11) / 10) ** 2)) for frame in frames]
    return [way, [(frame, 1920 - x, 1080 - y) for frame, x, y in way], [(1, 970, 530)]]


def same_three_tracks(bench):
    """The largest difference in pixels, of formats with all digits and of those with few."""
    worst = {True: 0.0, False: 0.0}
    for name in sorted(os.listdir(os.path.join(FOLDER, "same_three_tracks"))):
        found = list(tracks(f"same_three_tracks/{name}", "--width", "1920", "--height", "1080").values())
        if [[key[0] for key in keys] for keys in found] != [[key[0] for key in keys] for keys in truth()]:
            return [Figure("pixels", None, None, 0.01), Figure("few", None, None, 0.05)]
        far = max(abs(a - b) for keys, right in zip(found, truth())
                  for key, place in zip(keys, right) for a, b in zip(key, place))
        worst[name in FEW_DIGITS] = max(worst[name in FEW_DIGITS], far)
    return [Figure("pixels", worst[False], None, 0.01), Figure("few", worst[True], None, 0.05)]


def expected(bench):
    """How many files come out with another number of tracks or keys, or another length."""
    with open(os.path.join(FOLDER, "expected.json"), encoding="utf-8") as file:
        files = {path: what for path, what in json.load(file).items() if what.get("tracks")}
    wrong = 0
    for path, what in files.items():
        found = list(tracks(path, "--width", "1920", "--height", "1080").values())
        counts = [track["n"] for track in what["tracks"]]
        lengths = [track["last"][0] - track["first"][0] for track in what["tracks"]]
        if path == "pftrack/apft.2dt":  # keys out of order, and two frames twice in one track
            counts[1] -= 2
            lengths = [keys[-1][0] - keys[0][0] for keys in found]
        if [len(keys) for keys in found] != counts or [keys[-1][0] - keys[0][0] for keys in found] != lengths:
            wrong += 1
            print(f"  {path}: {[len(keys) for keys in found]} keys, not {counts}")
    return [Figure("wrong", wrong, None, 0, note=f"of {len(files)} files")]


CASES = [
    Case("import-same", "the same three tracks in fourteen formats", "report", ("pixels", "few"),
         same_three_tracks, ("interchange",)),
    Case("import-expected", "real exports of fifteen programs", "report", ("wrong",), expected,
         ("interchange",)),
]


def draw_sheets(bench, folder, names):
    """There is nothing to be seen."""
