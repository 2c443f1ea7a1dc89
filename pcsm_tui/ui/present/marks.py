"""The marks that mean the same on every screen; a word always stands beside a colour."""

from __future__ import annotations

DONE, DOING, OPEN, LATE, DECIDE = "●", "◐", "○", "▲", "!"
ROW_MARKS = {"Done": DONE, "Not needed": "–", "In progress": DOING, "Open": OPEN, "Finished": DONE}

ASCII = str.maketrans(
    {
        "●": "x", "◐": "~", "○": "o", "▲": "^", "▼": "v", "…": ".", "·": "-", "›": ">", "─": "-", "│": "|", "»": ">",
        "–": "-", "—": "-", "↵": "<", "⏎": "/", "←": "<", "→": ">", "↑": "^", "↓": "v", "█": "#", "░": ".",
        "━": "=", "≈": "~", "◇": "*", "◆": "@", "▁": "_", "∙": ":", "▽": "^", "«": "<", "▸": ">", "▾": "v", "►": ">",
        **dict.fromkeys("┌┐└┘├┤┬┴┼╞╡╤╧╪╟╢╥╨╫╒╕╘╛╓╖╙╜", "+"),
        **dict.fromkeys("═║╔╗╚╝╠╣╦╩╬", "#"),
        "▏": "|", "•": "*", "⟨": "<", "⟩": ">", "⟪": "<", "⟫": ">", "↗": ">", "“": '"', "”": '"', "’": "'", "‹": "<",
        **{chr(code): "?" for code in range(0x2400, 0x2422)},
    }
)  # fmt: skip
"""One ASCII character for each sign that the program draws.

What tells bars apart stays apart: critical `#`, nearly critical `~`, normal `-`, done `=`, float `.`, baseline `_`,
day off `:`. A double line is critical, a single one is not, and a corner or joint of both is a plain joint.
"""


def progress_marks(done: int, doing: int, total: int, width: int = 12) -> str:
    """Return one mark for each activity, or a bar of `width` marks when there are more."""
    if total > width:
        done, doing, total = done * width // total, (1 if doing else 0), width
    doing = min(doing, total - done)
    return DONE * done + DOING * doing + OPEN * (total - done - doing)
