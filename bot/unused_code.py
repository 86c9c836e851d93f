"""Gives back the memory of machine code that was loaded and is not used.

Rasa imports TensorFlow, none of our components runs it, and its pages stay resident: code, constants, tables for
exceptions. Where nothing was ever written they are as they are in the file, and are read from there again should they
be needed after all, so giving them back is safe at any time.
"""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

_MADV_DONTNEED = 4
_MAPS = Path("/proc/self/smaps")
#: mapped from a file and not writable; then what the system counts of it
_READ_ONLY = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ \S+ +(/.*)\n((?:\w+:.*\n)+)", re.MULTILINE)
#: no page was changed, such as by the loader, which writes addresses into some before it protects them
_AS_IN_THE_FILE = re.compile(r"^Anonymous: +0 kB$", re.MULTILINE)


def give_back(package: str) -> int:
    """Give back the code of a package's shared libraries; returns the bytes that were mapped, 0 where that is unknown.

    Args:
        package: name of the package's folder, such as `tensorflow`.
    """
    if not _MAPS.is_file():
        return 0
    libc, mapped = ctypes.CDLL(None), 0
    for begin, end, path, counted in _READ_ONLY.findall(_MAPS.read_text()):
        if f"/{package}/" in path and _AS_IN_THE_FILE.search(counted):
            start, size = int(begin, 16), int(end, 16) - int(begin, 16)
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(size), _MADV_DONTNEED)
            mapped += size
    return mapped
