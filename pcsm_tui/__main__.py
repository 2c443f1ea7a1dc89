"""`pcsm` and `python -m pcsm_tui`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return the exit code."""
    if sys.argv[1:] == ["--version"]:
        from pcsm_tui import __version__

        print(f"pcsm {__version__}")  # noqa: T201  before anything of the commands is imported
        return 0
    try:
        from pcsm_tui.cli.opening import open_at_once

        if (code := open_at_once(sys.argv[1:])) is not None:
            return code
        from pcsm_tui.cli.program import program

        program()
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
