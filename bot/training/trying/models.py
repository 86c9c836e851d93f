"""Models that trainers try: which archives may be loaded, and what of them is in memory."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from bot.assistant.explain import Explainer
from bot.assistant.understanding import Understanding
from bot.errors import ModelMissing, NoSuchModel
from bot.training.registry import is_trusted, read_registry, verified_model

#: what serves and what it is compared with; each takes some 150 MB
_KEPT = 2


@dataclass(frozen=True)
class Opened:
    """The language part of a model, and why it understands what it does."""

    file: str
    understanding: Understanding
    explainer: Explainer


class TriedModels:
    """Opens models by name and keeps the newest. Its calls block, and belong into one thread."""

    def __init__(self, folder: Path, fixed: Path | None) -> None:
        """Args:
        folder: of the registry.
        fixed: an archive that serves whatever the registry says.
        """
        self._folder, self._fixed = folder, fixed
        self._opened: OrderedDict[tuple[str, int, int], Opened] = OrderedDict()

    def serving(self) -> str:
        """The name of what serves.

        Raises:
            ModelMissing: nothing does.
        """
        name = self._fixed.name if self._fixed is not None else read_registry(self._folder).serving
        if not name:
            raise ModelMissing()
        return name

    def archive(self, file: str | None) -> Path:
        """The archive of that name, or of what serves, when it may be loaded.

        Raises:
            NoSuchModel: there is none of that name.
            ModelNotTrusted: it is cut short, changed or not signed.
        """
        wanted = file or self.serving()
        if self._fixed is not None and wanted == self._fixed.name:
            return self._fixed
        record = read_registry(self._folder).records.get(wanted)
        if record is None:
            raise NoSuchModel()
        # a digest that was taken of the same file counts; a file that is gone or changed is told by the other call
        return self._folder / wanted if is_trusted(self._folder, record) else verified_model(self._folder, wanted)

    def opened(self, file: str | None) -> Opened:
        """The model, from memory if it was used lately; else loaded, which takes seconds.

        Raises:
            NoSuchModel, ModelNotTrusted: as `archive`.
        """
        archive = self.archive(file)
        shape = archive.stat()
        key = (archive.name, shape.st_mtime_ns, shape.st_size)
        if key not in self._opened:
            while len(self._opened) >= _KEPT:
                self._opened.popitem(last=False)
            understanding, explainer = Understanding.from_archive(archive), Explainer.from_archive(archive)
            self._opened[key] = Opened(archive.name, understanding, explainer)
        self._opened.move_to_end(key)
        return self._opened[key]

    def forget(self) -> None:
        """Give the memory back."""
        self._opened.clear()
