"""What a job measures: cases, and the figures they come to."""
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Figure:
    """One number beside a peer's and beside what it must reach."""
    metric: str
    ours: float | None = None  # None: could not be rendered
    peer: float | None = None
    target: float | None = None  # None: only shown
    least: bool = False  # whether the target is the least allowed, not the most
    note: str = ""

    @property
    def passed(self):
        if self.ours is None:
            return False
        if self.target is None:
            return True
        return self.ours >= self.target if self.least else self.ours <= self.target

    def json(self):
        return {"metric": self.metric, "ours": self.ours, "peer": self.peer,
                "target": self.target, "pass": self.passed}


@dataclass(frozen=True)
class Case:
    """Something rendered and scored. Its figures are called `name.metric`."""
    name: str
    title: str
    half: str  # `tune`: constants may be chosen on it; `report`: they may not; `both`
    metrics: tuple[str, ...]
    measure: Callable  # of a `Bench`, gives a figure for each metric
    needs: tuple[str, ...] = ()  # folders of the shared plates
