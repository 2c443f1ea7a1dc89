"""The table that a benchmark prints."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import NamedTuple


class Figure(NamedTuple):
    """One line: what was measured, how much it was, and what it is held against with the most that is aimed at."""

    what: str
    measured: str
    compared: float | None = None
    aim: float | None = None
    unit: str = "×"

    def line(self) -> str:
        """Return the figure as a line of the table."""
        if self.compared is None:
            return f"{self.what:<50} {self.measured:>18}"
        precise = ".2f" if self.unit == "×" else ",.0f"
        ratio = f"{self.compared:{precise}} {self.unit}"
        if self.aim is None:
            return f"{self.what:<50} {self.measured:>18} {ratio:>10}"
        judged = "ok" if self.compared <= self.aim else "over"
        aim = f"{self.aim:{precise}} {self.unit}" if self.unit == "×" else f"{self.aim:,g} {self.unit}"
        return f"{self.what:<50} {self.measured:>18} {ratio:>10} {aim:>10}  {judged}"


def heading(title: str) -> str:
    """Return the heading of a table."""
    return f"\n{title}\n{'what':<50} {'measured':>18} {'compared':>10} {'aim':>10}\n{'-' * 97}"


def show(title: str, figures: Iterable[Figure]) -> None:
    """Print a table as its figures come."""
    print(heading(title), flush=True)
    for figure in figures:
        print(figure.line(), flush=True)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that so many percent of all values do not exceed."""
    return sorted(values)[max(-(-len(values) * percent // 100) - 1, 0)]


def middle(values: Sequence[float]) -> float:
    """Return the median."""
    return median(values)


def timed(acts: Sequence[Callable[[], object]], runs: int) -> list[float]:
    """Do acts in turn, so many times each, and return the median milliseconds of each.

    None pays for the garbage that the one before it left.
    """
    taken: list[list[float]] = [[] for _ in acts]
    for _ in range(runs + 1):
        for times, act in zip(taken, acts, strict=True):
            gc.collect()
            begun = time.perf_counter()
            act()
            times.append((time.perf_counter() - begun) * 1000)
    return [middle(times[1:]) for times in taken]
