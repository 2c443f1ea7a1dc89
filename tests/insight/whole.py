"""Engagements of the whole framework, made of few rows."""

from __future__ import annotations

from functools import cache
from typing import Any

from pcsm_tui.domain.declarations import Framework
from pcsm_tui.domain.editing import set_values
from pcsm_tui.domain.engagement import Engagement, Row
from pcsm_tui.framework.reading import build_framework, declared_framework
from tests.support import STAMP, empty_document, made


@cache
def whole_framework() -> Framework:
    """Return the framework as it is shipped."""
    return build_framework(declared_framework())


def new_engagement() -> Engagement:
    """Return an engagement in which nothing has been entered."""
    return Engagement(empty_document(), whole_framework())


def changed(seen: Engagement, row: Row, **values: Any) -> Engagement:
    """Return the engagement with fields of a row set."""
    return made(seen, set_values(seen, seen.row(row.tool.id, row.uid), values, STAMP))


def filled(seen: Engagement, form: str, **values: Any) -> Engagement:
    """Return the engagement with fields of a form set."""
    return changed(seen, seen.form(form), **values)
