"""The values in an element of MS Project's XML; what does not fit is refused by file, element, line and name."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

from pcsm_tui.domain.quantities import LARGEST, minor_digits
from pcsm_tui.domain.values import Value
from pcsm_tui.errors import FileRefused, ValueRefused
from pcsm_tui.exchange.mspdi.elements import Element
from pcsm_tui.exchange.mspdi.units import is_elapsed, known_format, read_minutes, read_moment
from pcsm_tui.schedule.calendar import Calendar

_NUMBER = re.compile(r"[+-]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][+-]?\d{1,2})?", re.ASCII)
_DAY, _MONTH = 480, 20
_HUNDRED = 100


class Fields:
    """An element with its place in the file: `plan.xml, line 12, Task UID 7`."""

    def __init__(self, element: Element, place: str, file_name: str) -> None:
        self.element = element
        self.place = place
        self._file_name = file_name

    def refused(self, name: str, what: str, hint: str = "") -> FileRefused:
        """Return the refusal of one of the values."""
        return FileRefused(f"{self._file_name}, line {self.element.line}, {self.place}: {name} {what}", hint)

    def text(self, name: str) -> str:
        """Return a text on one line."""
        return re.sub(r"\r\n|\r|\n", " ", self.element.text(name))

    def flag(self, name: str) -> bool:
        """Return whether a part says yes; no when it is missing."""
        text = self.element.text(name)
        if text not in ("", "0", "1", "true", "false"):
            raise self.refused(name, f"is {text[:40]!r}, not a yes or no.", "Write 1 or 0.")
        return text in ("1", "true")

    def number(self, name: str) -> Decimal | None:
        """Return a number; None when there is none. No number of a plan is larger than `LARGEST`."""
        text = self.element.text(name)
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise self.refused(name, f"is {text[:40]!r}, not a number.")
        found = Decimal(text)
        if abs(found) > LARGEST:
            raise self.refused(name, f"is {text[:40]}, which is too large.", f"The limit is {LARGEST:,}.")
        return found

    def whole(self, name: str) -> int | None:
        """Return a whole number; None when there is none."""
        found = self.number(name)
        if found is not None and found != found.to_integral_value():
            raise self.refused(name, f"is {self.element.text(name)[:40]!r}, not a whole number.")
        return None if found is None else int(found)

    def percent(self, name: str) -> int:
        """Return a percentage in tenths; 0 when there is none."""
        found = self.number(name) or Decimal(0)
        if not 0 <= found <= _HUNDRED:
            raise self.refused(name, f"is {self.element.text(name)[:40]}, which is out of range.", "Write 0 to 100.")
        return int(round(found * 10))

    def moment(self, name: str) -> datetime | None:
        """Return a date with its time of day; None when there is none."""
        try:
            return read_moment(self.element.text(name))
        except ValueRefused as refused:
            raise self.refused(name, f"cannot be read: {refused.message}", refused.hint) from None

    def money(self, name: str, currency: str) -> Value:
        """Return an amount that is written in hundredths; None when it is nothing."""
        found = self.number(name)
        if not found:
            return None
        amount = int(round(found * 10 ** minor_digits(currency) / _HUNDRED))
        if abs(amount) > LARGEST:
            raise self.refused(name, f"is {self.element.text(name)[:40]}, which is too large.")
        return {"amount": amount, "currency": currency}


class DurationFields(Fields):
    """Fields with durations, in a file that counts `day` minutes a day and `month` minutes a month."""

    def __init__(
        self, element: Element, place: str, file_name: str, day: int = _DAY, month: int = _DAY * _MONTH
    ) -> None:
        super().__init__(element, place, file_name)
        self._day, self._month = day, month

    @property
    def elapsed(self) -> bool:
        """Whether the durations are elapsed time."""
        return is_elapsed(self.format("DurationFormat"))

    def format(self, name: str) -> int:
        """Return a format of durations; days when it is not said."""
        try:
            return known_format(self.element.text(name))
        except ValueRefused as refused:
            raise self.refused(name, f"cannot be read: {refused.message}", refused.hint) from None

    def minutes(self, name: str) -> int | None:
        """Return the minutes of a duration, rounded to whole ones; None when there is none."""
        text = self.element.text(name)
        if not text:
            return None
        elapsed = self.elapsed
        try:
            found = read_minutes(text, 1440 if elapsed else self._day, 43200 if elapsed else self._month)
        except ValueRefused as refused:
            raise self.refused(name, f"cannot be read: {refused.message}", refused.hint) from None
        if found > LARGEST:
            raise self.refused(name, f"is {text[:40]!r}, which is too long.")
        return int(round(found))


def as_start(moment: datetime, calendar: Calendar) -> str:
    """Return when something starts as a field holds it: the day alone where work that day would begin then anyway."""
    periods, minute = calendar.periods(moment.date()), _minute(moment)
    if not periods or minute <= periods[0][0]:
        return moment.date().isoformat()
    return moment.isoformat(timespec="minutes")


def as_finish(moment: datetime, calendar: Calendar) -> str:
    """Return when something ends as a field holds it: the day alone where no work is left on it.

    Midnight stands for the day, as programs write it that know no times, unless the day before is worked to its end.
    """
    day, minute = moment.date(), _minute(moment)
    if minute == 0:
        before = calendar.periods(day - timedelta(days=1))
        return (day - timedelta(days=1) if before and before[-1][1] == 1440 else day).isoformat()
    periods = calendar.periods(day)
    if not periods or minute >= periods[-1][1]:
        return day.isoformat()
    return moment.isoformat(timespec="minutes")


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute
