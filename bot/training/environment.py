"""What processes that train or try models get of this one's environment."""

from __future__ import annotations

import os

_NAMES = frozenset({"HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ"})
#: of the language, the interpreter, and the libraries that compute
_PREFIXES = ("LC_", "PYTHON", "CUDA_", "MALLOC_", "MKL_", "OMP_", "OPENBLAS_", "TF_")


def bare_environment() -> dict[str, str]:
    """What programs need to run; no setting and no secret of the service or of whoever started it."""
    return {name: value for name, value in os.environ.items() if name in _NAMES or name.startswith(_PREFIXES)}
