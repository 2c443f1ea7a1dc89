"""Files that lie beside an engagement are open to whom the engagement is open."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

_ACCESS_LIST = "system.posix_acl_access"


def share(descriptor: int, path: Path, mode: int) -> None:
    """Give an open file this mode, and the owner, group and access list of the file at `path`, if there is one.

    Raises `OSError` when the group or the access list cannot be given, since others would lose the file; the owner
    only an administrator can give.
    """
    own = os.fstat(descriptor)
    try:
        other = path.stat()
    except FileNotFoundError:
        other = own
    if own.st_uid != other.st_uid and os.geteuid() == 0:
        os.fchown(descriptor, other.st_uid, -1)
    if own.st_gid != other.st_gid:
        os.fchown(descriptor, -1, other.st_gid)
    if stat.S_IMODE(own.st_mode) != mode:
        os.fchmod(descriptor, mode)
    access = _access_list(path)
    if access and sys.platform == "linux":
        os.setxattr(descriptor, _ACCESS_LIST, access)


def _access_list(path: Path) -> bytes:
    if sys.platform != "linux":
        return b""
    try:
        return os.getxattr(path, _ACCESS_LIST)
    except OSError:  # no file, no list, or a file system without lists
        return b""
