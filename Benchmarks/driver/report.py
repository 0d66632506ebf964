"""Results in words: lines as they come, and JSON."""
import json


def number(value):
    """Three digits that count."""
    if value is None:
        return "-"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def verdict(result):
    if "pass" not in result:
        return ""
    return "pass" if result["pass"] else "MISS"


HEADER = (f"{'case':<20} {'ours ms':>8} {'peer ms':>8} {'ratio':>6} {'quartiles':>13} "
          f"{'target':>6} {'':4} {'cpu':>6} {'GB/s':>5} {'x floor':>7} {'MB':>5} {'peer':>5} "
          f"{'others':>6}  peer")


def line(name, result):
    spread = result.get("spread")
    return (
        f"{name:<20} {number(result['ours_ms']):>8} {number(result.get('peer_ms')):>8} "
        f"{number(result.get('ratio')):>6} "
        f"{'-'.join(map(number, spread)) if spread else '-':>13} "
        f"{number(result['target']):>6} {verdict(result):4} {number(result.get('cpu_ratio')):>6} "
        f"{number(result.get('ours_gbs')):>5} {number(result.get('over_floor')):>7} "
        f"{result['ours_mb']:>5.0f} {number(result.get('peer_mb')):>5} "
        f"{result['others']:>6.0%}  {result.get('peer_error') or result['peer']}")


def verification(name, result):
    agree = {True: "agree", False: "DIFFER", None: "differ by design"}[result.get("agree")]
    text = (f"{name:<20} max {result['max']:.2e}, 99.9 % under {result['p999']:.2e}, mean "
            f"{result['mean']:.2e} of values up to {number(result['peak'])}: {agree}")
    if "ours_bytes" in result:
        text += f"; file {result['ours_bytes'] / 1e6:.1f} MB, peer's {result['peer_bytes'] / 1e6:.1f}"
    return text


def summary(results):
    judged = [result for result in results.values() if "pass" in result]
    missed = [name for name, result in results.items() if result.get("pass") is False]
    silent = [name for name, result in results.items() if "peer_error" in result]
    text = f"{len(judged) - len(missed)} of {len(judged)} targets met"
    if missed:
        text += "; missed: " + ", ".join(missed)
    if silent:
        text += "; without peer: " + ", ".join(silent)
    return text


def dump(results):
    return json.dumps(results, indent=2)
