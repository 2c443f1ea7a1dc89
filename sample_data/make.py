"""Make the sample engagements: `python sample_data/make.py [OUT_DIR] [--today DATE]`.

The same bytes every time. What they hold stands in `content/`, a folder of TOML files for each engagement; most of the
large one is generated from word lists. `--today` writes copies moved to the week of that day.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pcsm_tui.domain.engagement import Document
from pcsm_tui.framework.reading import build_framework, declared_framework
from pcsm_tui.store.canonical import to_bytes
from pcsm_tui.workspace.demo import copy_samples
from pcsm_tui.workspace.listing import SUFFIX
from sample_data.making import meridian
from sample_data.making.building import Content, build, read_content

HERE = Path(__file__).resolve().parent
CONTENT = HERE / "content"


def samples() -> Iterator[tuple[str, Document]]:
    """Yield every sample: the stem of its file and its document."""
    framework = build_framework(declared_framework())
    for folder in sorted(path for path in CONTENT.iterdir() if path.is_dir()):
        content: Content = read_content(folder)
        if folder.name == meridian.STEM:
            content = meridian.with_generated(content)
        yield folder.name, build(folder.name, content, framework)


def main(arguments: list[str] | None = None) -> None:
    """Write the samples into a folder, this one unless another is named."""
    parser = argparse.ArgumentParser(description="Make the sample engagements.")
    parser.add_argument("folder", nargs="?", type=Path, default=HERE, help="where to write them")
    parser.add_argument("--today", type=date.fromisoformat, help="move all dates to the week of this day")
    options = parser.parse_args(arguments)
    if options.today:
        copy_samples(HERE, options.folder, build_framework(declared_framework()), options.today)
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    for stem, document in samples():
        (options.folder / f"{stem}{SUFFIX}").write_bytes(to_bytes(document))


if __name__ == "__main__":
    main()
