"""The platform a library runs on, as wheels name it."""

import re
from pathlib import Path


def of(library: Path, python: str) -> str:
    """The platform tag; `python` is the platform as `sysconfig` names it.

    On Linux with glibc: `manylinux_2_X`, where 2.X is the newest version of glibc of which the library uses a function,
    or the one that first loads a library with packed relocations.
    The library needs nothing beside glibc and libgcc, which that tag allows. Elsewhere: the platform of this Python.
    """
    platform = re.sub(r"[^0-9a-zA-Z_]", "_", python)
    if not platform.startswith("linux_"):
        return platform
    content = library.read_bytes()
    versions = [int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", content)]
    if b"GLIBC_ABI_DT_RELR" in content:
        versions.append(36)
    if not versions:
        return platform
    # Wheels know no older one than 2.5.
    return f"manylinux_2_{max(*versions, 5)}_{platform.removeprefix('linux_')}"
