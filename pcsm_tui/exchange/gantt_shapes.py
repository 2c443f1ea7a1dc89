"""The shapes of a Gantt chart, as SVG elements with plain attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pcsm_tui.domain.plan import LinkType
from pcsm_tui.exchange.svg_text import xml_text

INK, MUTED, PAPER, BAND, GRID, LINE = "#1f2933", "#5f6c7b", "#ffffff", "#f1f4f8", "#e4e9ef", "#b8c2cd"
TASK, TASK_FILL = "#2b5f94", "#c9dcf0"
CRITICAL, CRITICAL_FILL = "#a61b1b", "#f9d9d4"
BASELINE, TODAY, STATUS, DEADLINE = "#a3adb8", "#b45f06", "#6b3fa0", "#0b6e4f"

BAR, DIAMOND = 12, 7
"""The height of a bar, and from the middle of a diamond to its corners."""
_BRACKET = 5
_HATCH = 5
_STUB = 6
"""So far an arrow keeps straight where it leaves a bar, and a little more where it comes to one."""


class Box(NamedTuple):
    """The place of a bar, bracket or diamond."""

    left: float
    right: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """Half its height."""
        return (self.top + self.bottom) / 2


def shape(tag: str, text: str | None = None, /, **attributes: str | float) -> str:
    """Return an element; `_` in the name of an attribute stands for `-`, as in `stroke_width`."""
    written = "".join(f' {key.strip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items())
    return f"<{tag}{written}/>" if text is None else f"<{tag}{written}>{xml_text(text)}</{tag}>"


def _value(value: str | float) -> str:
    return xml_text(value) if isinstance(value, str) else number(value)


def number(value: float) -> str:
    """Return a number as it is written in a picture: at most two decimals, no needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def line(points: str, colour: str, **attributes: str | float) -> str:
    """Return an unfilled line along the commands of a path."""
    return shape("path", d=points, fill="none", stroke=colour, **attributes)


def words(x: float, y: float, text: str, bold: bool = False, **attributes: str | float) -> str:
    """Return a line of text that stands on `y`."""
    if bold:
        attributes["font_weight"] = "bold"
    return shape("text", text, x=x, y=y, **attributes)


def bar(box: Box, critical: bool, done: float) -> Iterator[str]:
    """Yield a task: filled up to the share that is done, thick and hatched when critical."""
    colour, fill = (CRITICAL, CRITICAL_FILL) if critical else (TASK, TASK_FILL)
    width, height, split = box.right - box.left, box.bottom - box.top, box.left + (box.right - box.left) * done
    yield shape("rect", x=box.left, y=box.top, width=width, height=height, fill=fill)
    if critical and (hatching := _hatching(split, box.right, box.top, height)):
        yield line(hatching, colour, stroke_width=0.9)
    if done:
        yield shape("rect", x=box.left, y=box.top, width=split - box.left, height=height, fill=colour)
    edge = 2 if critical else 1
    yield shape(
        "rect", x=box.left + edge / 2, y=box.top + edge / 2, width=max(width - edge, 0.5), height=height - edge,
        rx=1, fill="none", stroke=colour, stroke_width=edge,
    )  # fmt: skip


def _hatching(left: float, right: float, top: float, height: float) -> str:
    """Return slanted lines that keep within a box. Drawn one by one: office programs do not know patterns."""
    count = int((right - left - height) // _HATCH) + 1
    starts = (left + _HATCH * step for step in range(max(count, 0)))
    return "".join(f"M{number(x)} {number(top + height)}l{height} -{height}" for x in starts)


def bracket(box: Box, done: float, critical: tuple[float, float] | None = None) -> Iterator[str]:
    """Yield a work stream: a bracket over its tasks, dark up to the share that is done; behind that the part
    `critical`, from one place to another, is hatched.
    """
    left, right, top = box.left, box.right, box.top + 1
    tip = min(5.0, (right - left) / 2)
    points = (
        f"M{number(left)} {number(top)}H{number(right)}V{number(top + _BRACKET + 5)}l-{number(tip)} -5"
        f"H{number(left + tip)}l-{number(tip)} 5z"
    )
    yield shape("path", d=points, fill=MUTED)
    split = left + (right - left) * done
    if critical is not None and critical[1] > max(critical[0], split):
        yield from _critical_part(max(critical[0], split), critical[1], top)
    if done:
        yield shape("rect", x=left, y=top, width=split - left, height=_BRACKET, fill=INK)


def _critical_part(left: float, right: float, top: float) -> Iterator[str]:
    """Yield a part of a bracket, hatched and outlined like a critical bar."""
    place: dict[str, float] = {"x": left, "y": top, "width": right - left, "height": _BRACKET}
    yield shape("rect", **place, fill=CRITICAL_FILL, stroke=CRITICAL, stroke_width=1.2, class_="critical")
    if hatching := _hatching(left, right, top, _BRACKET):
        yield line(hatching, CRITICAL, stroke_width=0.9)


def milestone(box: Box, critical: bool, done: bool) -> str:
    """Return a diamond: filled when done, with a thick outline when critical."""
    colour, fill = (CRITICAL, CRITICAL_FILL) if critical else (TASK, TASK_FILL)
    edge = 2.2 if critical else 1.2
    points = diamond((box.left + box.right) / 2, box.middle, DIAMOND - edge / 2)
    return shape("path", d=points, fill=colour if done else fill, stroke=colour, stroke_width=edge)


def diamond(x: float, y: float, reach: float) -> str:
    """Return the path of a diamond around a point."""
    arm = number(reach)
    return f"M{number(x)} {number(y - reach)}l{arm} {arm} -{arm} {arm} -{arm} -{arm}z"


def deadline(x: float, middle: float, late: bool) -> str:
    """Return a mark that points down on the deadline: filled when it will be missed."""
    fill, edge = (CRITICAL, PAPER) if late else (PAPER, DEADLINE)
    points = f"M{number(x)} {number(middle + 5)}l-5.5 -9.5h11z"
    return shape("path", d=points, fill=fill, stroke=edge, stroke_width=1.2, class_="deadline")


def float_tail(left: float, right: float, middle: float) -> str:
    """Return the line from a bar to its late finish, with an end."""
    points = f"M{number(left)} {number(middle)}H{number(right)}m0 -3.5v7"
    return line(points, TASK, stroke_dasharray="2 1.5", class_="float")


def arrow(before: Box, after: Box, link: LinkType, row: float) -> tuple[str, str]:
    """Return the path of a link's line and that of its arrow head, from the predecessor's box to the successor's.

    It leaves and comes in at the ends that the link names, in right angles. Where a start lies a little after a
    finish, it drops straight onto the bar. `row` is the height of a row.
    """
    out = 1 if link[0] == "F" else -1
    into = 1 if link[1] == "S" else -1
    x1, x2 = before.right if out > 0 else before.left, after.left if into > 0 else after.right
    down = 1 if after.middle > before.middle else -1
    landing = x2 + into * min(DIAMOND, (after.right - after.left) / 2)
    if link in ("FS", "SF") and 0 <= (landing - x1) * out <= 2 * DIAMOND:
        edge = after.top if down > 0 else after.bottom
        head = f"M{number(landing)} {number(edge)}l-3 {-5 * down}h6z"
        return f"M{number(x1)} {number(before.middle)}H{number(landing)}V{number(edge - 4 * down)}", head
    leave, enter = x1 + out * _STUB, x2 - into * (_STUB + 3)
    if out != into:
        leave = enter = max(leave, enter) if out > 0 else min(leave, enter)
    points = f"M{number(x1)} {number(before.middle)}H{number(leave)}"
    if (enter - leave) * out < 0:
        points += f"V{number(after.middle - down * row / 2)}H{number(enter)}"
    points += f"V{number(after.middle)}H{number(x2 - into * 4)}"
    return points, f"M{number(x2)} {number(after.middle)}l{-5 * into} -3v6z"
