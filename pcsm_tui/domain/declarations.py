"""What a framework is made of: stages, phases, activities, and tools declared by their fields.

These are declarations, not an engagement's data. They are read from TOML by `pcsm_tui.framework`; everything else
(tables, forms, checks, commands, exports) is derived from them.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from pcsm_tui.errors import UsageError, nearest

FieldType = Literal[
    "text", "note", "choice", "yes_no", "date", "number", "percent", "money", "duration", "score", "person", "ref",
    "refs", "links", "hours", "tags", "link", "computed",
]  # fmt: skip
REFERRING = ("ref", "refs", "links")
"""Types of fields that refer to rows of other tools, which `to` names."""
ToolKind = Literal["register", "form", "checklist", "matrix", "document"]
Audience = Literal["customer", "internal", "personal"]
Light = Literal["", "red", "amber", "green"]
RowSource = Literal["phases", "activities", "criteria"]

RESERVED_FIELDS = frozenset({"uid", "at", "by", "order"})
"""What every record carries for the file's own sake; no field may be called so."""

EVERYWHERE = 0
"""The phase number of tools that belong to the engagement as a whole."""


class Declaration(BaseModel):
    """Base of all declarations: immutable, and unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Choice(Declaration):
    """One choice of a choice field: `id` is what files hold, `name` is what is shown (a playbook may rename it)."""

    id: str
    name: str
    done: bool = False
    """A row whose tick field has this choice counts as done."""
    days: int | None = None
    per_year: int | None = None
    """Of a frequency: the days from one measurement to the next, and how many it costs in 250 working days."""


class Band(Declaration):
    """A range of a computed total: totals up to and including `up_to` are called `label`."""

    up_to: int
    label: str
    advice: str = ""
    light: Light = ""
    """What the band means to the program, whatever it is called."""


class Computed(Declaration):
    """How a computed field gets its value; exactly one of the ways is given."""

    sum: tuple[str, ...] = ()
    """Add these fields of the same row."""
    weighted: tuple[str, ...] = ()
    """Average these fields by their declared weights, leaving out empty ones."""
    band_of: str = ""
    """Name the band in which this field of the same row lies."""
    advice: bool = False
    """With `band_of`: give the band's advice instead of its label."""
    bands: tuple[Band, ...] = ()
    """For `band_of`, or for the light that stands beside a weighted average; percentages in whole percent."""
    rule: str = ""
    """A named rule of `domain.computed`."""
    enters: str = ""
    """The field of the same row that a value goes to which somebody types in this one."""
    along: dict[str, Any] = {}
    """With `enters`: what other fields of the row get when a value is entered so; they are emptied with it."""

    @model_validator(mode="after")
    def _one_way(self) -> Computed:
        if sum(map(bool, (self.sum, self.weighted, self.band_of, self.rule))) != 1:
            raise ValueError("a computed field takes exactly one of sum, weighted, band_of, rule")
        if self.band_of and not self.bands:
            raise ValueError("band_of needs bands")
        if self.weighted and not all(band.light for band in self.bands):
            raise ValueError("a band of a weighted average needs a light: red, amber or green")
        return self


class Field(Declaration):
    """One field (column) of a tool."""

    id: str
    name: str
    type: FieldType = "text"
    help: str = ""
    section: str = ""
    """In a form, the heading under which the field stands."""
    choices: tuple[Choice, ...] = ()
    min: int | None = None
    max: int | None = None
    decimals: int = 0
    """For a number: digits after the point; the stored whole number is scaled by ten to this power."""
    unit: str = ""
    """Shown after a number; for a duration, the unit of a bare number (m, h, d, w)."""
    to: tuple[str, ...] = ()
    """For ref, refs and links: the ids of the tools whose rows may be referred to."""
    time: bool = False
    """A date may carry a time of day: 2026-11-30T10:30."""
    elapsed: bool = False
    """A duration may be elapsed time, nights and weekends included: {"elapsed": minutes}."""
    default: Any = None
    default_from: str = ""
    """In a form: the field of the engagement form whose value stands here until another is entered."""
    required: bool = False
    """Counts in a row's completeness; nothing is ever refused for being empty."""
    internal: bool = False
    """Left out of everything that goes to the customer."""
    reusable: bool = True
    """Goes along where the rows of its tool are taken over into another engagement."""
    progress: bool = False
    """Says how far a row has come: a copy of the row starts without it."""
    framework_phase: bool = False
    """A number that is the number of one of the framework's phases."""
    weight: int = 1
    width: int | None = None
    computed: Computed | None = None

    _to = field_validator("to", mode="before")(_as_tuple)

    @field_validator("choices", mode="before")
    @classmethod
    def _choices(cls, value: object) -> object:
        return list(map(_named, value)) if isinstance(value, (list, tuple)) else value

    @model_validator(mode="after")
    def _fits_type(self) -> Field:
        if self.type == "choice" and not self.choices:
            raise ValueError("a choice field needs choices")
        if self.type in REFERRING and not self.to:
            raise ValueError("a reference needs 'to', the tools it may point to")
        if (self.type == "computed") != (self.computed is not None):
            raise ValueError("a field of type computed, and no other, has 'computed'")
        if self.type == "score" and (self.min is None or self.max is None):
            raise ValueError("a score needs min and max")
        if (self.time and self.type != "date") or (self.elapsed and self.type != "duration"):
            raise ValueError("time belongs to dates, elapsed to durations")
        if self.framework_phase and self.type != "number":
            raise ValueError("the number of a phase is of type number")
        return self

    def choice(self, value: object) -> Choice | None:
        """Return the choice that a stored value stands for, or None."""
        return next((choice for choice in self.choices if choice.id == value), None)


def _named(item: object) -> object:
    if isinstance(item, str):
        return {"id": item, "name": item}
    return {"name": item["id"], **item} if isinstance(item, dict) and "id" in item else item


class Evidence(Declaration):
    """What in the engagement answers a question: rows of a tool, and the fields that each must have."""

    tool: str
    filled: tuple[str, ...] = ()
    done: bool = False
    """Every row must also be done."""
    at_least: int = 1
    """So many rows there must be; default rows count only once they are filled."""

    _filled = field_validator("filled", mode="before")(_as_tuple)


class DefaultRow(Declaration):
    """A row that a tool starts with; it enters the file when it is first changed."""

    key: str
    help: str = ""
    values: dict[str, Any] = {}
    evidence: tuple[Evidence, ...] = ()


class Tool(Declaration):
    """A register, form, checklist, matrix or document, declared once."""

    id: str
    name: str
    phase: int = EVERYWHERE
    kind: ToolKind
    audience: Audience = "customer"
    summary: str
    """One line: what it is for."""
    help: str = ""
    """How to use it well."""
    row_name: str = "row"
    """What one row is called, in the singular: risk, barrier, question."""
    reusable: bool = False
    """Its rows are method that another engagement can use, not what happened in this one."""
    title: str = ""
    """The field that names a row; the first field unless given."""
    fields: tuple[Field, ...]
    rows: tuple[DefaultRow, ...] = ()
    rows_from: RowSource | None = None
    """Default rows made of the framework's own phases, activities or move-on criteria."""
    rows_for: str = ""
    """Default rows stand once for every row of this tool."""
    rows_for_field: str = ""
    """The reference field that says for which."""
    outline: str = ""
    """The reference to rows of the same tool, by which these form a tree: the field that names a row's parent."""
    group_by: str = ""
    """The field by whose value rows stand in groups."""
    sort: str = ""
    """The field by which the table is sorted at first; a leading - for descending."""
    rule: str = ""
    """The rule that its rows keep, by its name in `domain.rules`."""
    tick: str = ""
    """The yes_no or choice field that x turns on and off and that says that a row is done."""
    due: str = ""
    """The date field by which a row is to be done."""
    start: str = ""
    """The date field on which a row is to begin."""
    notice_days: int = 7
    """How many days before it is due a row that is not done appears in Today."""
    stale_days: int = 0
    """For dated readings: after how many days the latest is too old to rely on; 0 for never."""
    done_on: str = ""
    """The date field that is filled in when the row is ticked."""
    done_by: tuple[str, ...] = ()
    """Fields that say as well as the tick that a row is done: a date that is there, a percentage of 100."""
    owner: str = ""
    """The field that says who does it."""

    @model_validator(mode="after")
    def _consistent(self) -> Tool:
        names = [field.id for field in self.fields]
        if reserved := sorted(RESERVED_FIELDS & set(names)):
            raise ValueError(f"{reserved[0]} is kept for the file itself; name the field otherwise")
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"field {twice[0]} is declared twice")
        for role in ("title", "group_by", "outline", "tick", "due", "start", "done_on", "owner", "rows_for_field"):
            name = getattr(self, role)
            if name and name not in names:
                raise ValueError(f"{role} names {name!r}, which is not a field. {nearest(name, names)}")
        for name in self.done_by:
            if name not in names:
                raise ValueError(f"done_by names {name!r}, which is not a field. {nearest(name, names)}")
        if self.reusable and (self.single or self.audience == "personal"):
            raise ValueError("forms, documents and what is personal stay with their engagement: reusable must be false")
        if self.sort and self.sort.lstrip("-") not in names:
            raise ValueError(f"sort names {self.sort!r}, which is not a field. {nearest(self.sort, names)}")
        for row in self.rows:
            for name in row.values:
                if name not in names:
                    raise ValueError(f"row {row.key} has {name!r}, which is not a field. {nearest(name, names)}")
        return self

    @cached_property
    def _by_id(self) -> dict[str, Field]:
        return {field.id: field for field in self.fields}

    @property
    def title_field(self) -> Field:
        """The field that names a row."""
        return self._by_id[self.title] if self.title else self.fields[0]

    @property
    def single(self) -> bool:
        """True when the tool holds exactly one record."""
        return self.kind in ("form", "document")

    def has(self, field_id: str) -> bool:
        """Return whether the tool declares a field of this id."""
        return field_id in self._by_id

    def field(self, field_id: str) -> Field:
        """Return the field of this id; raise `UsageError` naming the nearest one."""
        try:
            return self._by_id[field_id]
        except KeyError:
            raise UsageError(f"{self.id} has no field {field_id!r}.", nearest(field_id, self._by_id)) from None


class Criterion(Declaration):
    """One thing that should be so before moving on from a phase."""

    id: str
    text: str
    evidence: tuple[Evidence, ...] = ()


class Activity(Declaration):
    """One activity of a phase."""

    id: str
    name: str
    guidance: str
    good: str = ""
    """What it looks like when done well."""
    tools: tuple[str, ...] = ()


class Quality(Declaration):
    """One of the six qualities that the work calls for."""

    id: str
    name: str
    text: str


class Stage(Declaration):
    """One of the three stages."""

    id: str
    name: str
    text: str


class Phase(Declaration):
    """One of the seven phases."""

    number: int
    id: str
    name: str
    stage: str
    purpose: str
    why: str
    qualities: tuple[str, ...] = ()
    """The ids of the qualities that the phase stresses."""
    outputs: tuple[str, ...]
    activities: tuple[Activity, ...]
    criteria: tuple[Criterion, ...]

    def activity_key(self, activity: Activity) -> str:
        """Return the key of an activity's row, unique in the framework and stable for ever."""
        return f"{self.number}/{activity.id}"

    def criterion_key(self, criterion: Criterion) -> str:
        """Return the key of a move-on criterion's row, unique in the framework and stable for ever."""
        return f"{self.number}/{criterion.id}"


class Framework(Declaration):
    """The whole framework, with a team's playbook already laid over it."""

    name: str
    version: str
    playbook: str = ""
    """The name of the playbook that was laid over it, if any."""
    playbook_hash: str = ""
    stages: tuple[Stage, ...]
    qualities: tuple[Quality, ...]
    phases: tuple[Phase, ...]
    tools: tuple[Tool, ...]

    @cached_property
    def _tools(self) -> dict[str, Tool]:
        return {tool.id: tool for tool in self.tools}

    @cached_property
    def _phases(self) -> dict[int, Phase]:
        return {phase.number: phase for phase in self.phases}

    @cached_property
    def activities(self) -> dict[str, tuple[Phase, Activity]]:
        """Every activity with its phase, by its key, in order."""
        return {phase.activity_key(item): (phase, item) for phase in self.phases for item in phase.activities}

    @cached_property
    def criteria(self) -> dict[str, tuple[Phase, Criterion]]:
        """Every move-on criterion with its phase, by its key, in order."""
        return {phase.criterion_key(item): (phase, item) for phase in self.phases for item in phase.criteria}

    def has_tool(self, tool_id: str) -> bool:
        """Return whether a tool of this id is declared."""
        return tool_id in self._tools

    def tool(self, tool_id: str) -> Tool:
        """Return the tool of this id; raise `UsageError` naming the nearest one."""
        try:
            return self._tools[tool_id]
        except KeyError:
            raise UsageError(f"There is no tool {tool_id!r}.", nearest(tool_id, self._tools)) from None

    def phase(self, number: int) -> Phase:
        """Return the phase of this number; raise `UsageError` unless it is one of the framework's."""
        try:
            return self._phases[number]
        except KeyError:
            raise UsageError(f"There is no phase {number}.", f"Valid: {', '.join(map(str, self._phases))}.") from None

    def tools_of(self, phase: int) -> tuple[Tool, ...]:
        """Return the tools of a phase, in order; `EVERYWHERE` for those of the whole engagement."""
        return tuple(tool for tool in self.tools if tool.phase == phase)
