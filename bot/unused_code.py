"""Gives back the memory of machine code that was loaded and is not used.

Rasa imports TensorFlow, none of our components runs it, and its pages stay resident. Code is read from its file again
should it run after all, so giving it back is safe at any time.
"""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

_MADV_DONTNEED = 4
_MAPS = Path("/proc/self/maps")
_CODE = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) r-xp \S+ \S+ \S+ +(/.*)$", re.MULTILINE)


def give_back(package: str) -> int:
    """Give back the code of a package's shared libraries; returns the bytes that were mapped, 0 where that is unknown.

    Args:
        package: name of the package's folder, such as `tensorflow`.
    """
    if not _MAPS.is_file():
        return 0
    libc, mapped = ctypes.CDLL(None), 0
    for begin, end, path in _CODE.findall(_MAPS.read_text()):
        if f"/{package}/" in path:
            start, size = int(begin, 16), int(end, 16) - int(begin, 16)
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(size), _MADV_DONTNEED)
            mapped += size
    return mapped
