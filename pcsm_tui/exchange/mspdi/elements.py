"""The elements of an XML file of MS Project, as far as they are needed, each with its line.

A document type is refused, and with it every entity of its own: a few lines of them can stand for gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from pcsm_tui.errors import FileRefused, cut
from pcsm_tui.exchange.imported import Progress, refuse_many

NAMESPACE = "http://schemas.microsoft.com/project"
_DEEPEST = 64
_MOST = 1_000_000
"""The elements with parts that are held: a plan of a hundred thousand tasks has fewer."""
_SMALLEST_CHUNK = 1 << 18
_MOST_CHUNKS = 50
"""The parser begins a comment or an attribute anew with every chunk: more of them would take minutes over a long one."""
_NOT_NEEDED = {
    "ExtendedAttribute", "ExtendedAttributes", "OutlineCode", "OutlineCodes", "WBSMasks", "TimephasedData", "Rates",
    "AvailabilityPeriods", "Views", "Filters", "Groups", "Tables", "Maps", "Reports", "Drawings", "DataLinks",
    "VBAProjects", "Project",
}  # fmt: skip
"""What holds much and says nothing of a schedule; `Project` is one inserted within a task."""


class Element:
    """An element that has others: texts of those that hold text only, by name, and those that have parts themselves."""

    __slots__ = ("line", "name", "parts", "texts")

    def __init__(self, name: str, line: int) -> None:
        self.name = name
        self.line = line
        self.texts: dict[str, str] = {}
        self.parts: list[Element] = []

    def text(self, name: str) -> str:
        """Return the text of a part, without white space around it; empty when there is none."""
        return self.texts.get(name, "").strip()

    def all(self, name: str) -> Iterator[Element]:
        """Yield the parts of this name."""
        return (part for part in self.parts if part.name == name)

    def within(self, *names: str) -> Iterator[Element]:
        """Yield the parts found along a path of names: `within("Tasks", "Task")`."""
        found: list[Element] = [self]
        for name in names:
            found = [part for parent in found for part in parent.all(name)]
        return iter(found)


def parse_project(data: bytes, name: str, progress: Progress | None = None) -> Element:
    """Return the Project element of a file; `name` is the file's, for what is told.

    Raises `FileRefused` with line and column for what is no well-formed XML, and for what is no file of MS Project.
    """
    builder, chunk = _Builder(name), max(_SMALLEST_CHUNK, len(data) // _MOST_CHUNKS)
    try:
        for begin in range(0, len(data), chunk):
            builder.parser.Parse(data[begin : begin + chunk], False)
            if progress is not None:
                progress(min(begin + chunk, len(data)), len(data))
        builder.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise FileRefused(
            f"{name}, line {error.lineno}, column {error.offset + 1}: this is no well-formed XML"
            f" ({expat.ErrorString(error.code)}).",
            "Save the plan from MS Project again, as XML.",
        ) from None
    except (LookupError, ValueError) as error:
        raise FileRefused(
            f"{name}, line {builder.parser.CurrentLineNumber}: its encoding cannot be read ({cut(str(error))}).",
            "Save it as UTF-8.",
        ) from None
    assert builder.root is not None, "well-formed XML has a root element"
    return builder.root


class _Builder:
    """Takes the events of the parser. An element that turns out to hold text only becomes a text of its parent."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[Element] = []
        self._text: list[str] = []
        self._skipping = 0
        self._held = 0
        self._tasks = 0
        self.root: Element | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype

    def _refuse_doctype(self, *declared: object) -> None:
        raise FileRefused(
            f"{self._name}, line {self.parser.CurrentLineNumber}: it has a document type (DOCTYPE), which files of"
            " MS Project do not have.",
            "Save the plan from MS Project again, as XML.",
        )

    def _start(self, full_name: str, attributes: dict[str, str]) -> None:
        namespace, _, name = full_name.rpartition(" ")
        line = self.parser.CurrentLineNumber
        if not self._open:
            self._check_root(namespace, name, line)
        if len(self._open) + self._skipping >= _DEEPEST:
            raise FileRefused(
                f"{self._name}, line {line}: elements lie in each other more than {_DEEPEST} deep.",
                "A file of MS Project does not.",
            )
        if self._skipping or (self._open and (name in _NOT_NEEDED or namespace != NAMESPACE)):
            self._skipping += 1
            return
        self._text.clear()
        self._open.append(Element(name, line))

    def _check_root(self, namespace: str, name: str, line: int) -> None:
        if name != "Project" or namespace != NAMESPACE:
            shown = f"{cut(name)!r}" + (f" of {cut(namespace)!r}" if namespace else " without a namespace")
            raise FileRefused(
                f"{self._name}, line {line}: this is no file of MS Project: it begins with {shown}.",
                f'It has to begin with <Project xmlns="{NAMESPACE}">.',
            )

    def _end(self, full_name: str) -> None:
        if self._skipping:
            self._skipping -= 1
            self._text.clear()
            return
        element = self._open.pop()
        if not self._open:
            self.root = element
            return
        if not (element.parts or element.texts):
            self._open[-1].texts.setdefault(element.name, "".join(self._text))
        if element.parts or element.texts or element.name in _CONTAINERS:
            self._hold(element)
        self._text.clear()

    def _hold(self, element: Element) -> None:
        self._held += 1
        self._tasks += element.name == "Task"
        refuse_many(self._tasks, "tasks", f"{self._name}, line {element.line}")
        if self._held > _MOST:
            raise FileRefused(
                f"{self._name}, line {element.line}: there are more than {_MOST:,} tasks, links and the like.",
                "Divide the plan.",
            )
        self._open[-1].parts.append(element)


_CONTAINERS = {"Task", "Calendar", "Resource", "Assignment", "PredecessorLink"}
"""Elements that count even when they are empty."""
