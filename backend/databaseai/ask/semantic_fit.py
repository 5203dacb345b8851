"""The semantic model held against each reading of the catalog, every expression through the gate."""

import asyncio
import logging
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from databaseai.ask import guardrail
from databaseai.catalog.semantic.file import read_semantic_model
from databaseai.catalog.semantic.fitting import Gate, fit
from databaseai.catalog.semantic.model import SemanticModel
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import SemanticModelInvalid
from databaseai.settings import ExecutionLimits

log = logging.getLogger(__name__)

KEPT = 32
"""Fitted models: one for each login's catalog, as many as are usual."""
Stamp = tuple[int, int]
"""Of a file: when it was changed, in nanoseconds, and its bytes."""


def gate(limits: ExecutionLimits) -> Gate:
    """What each expression of a semantic model passes: the guardrail of every other statement."""
    return lambda statement, catalog: guardrail.check(statement, catalog, limits).tables


class SemanticFit:
    """One file for all catalogs of a data source; an edit is in force from the next reading on.

    A file that became unreadable leaves the one before in force. What no longer fits a catalog is left out
    and logged, once.
    """

    def __init__(self, path: Path, limits: ExecutionLimits) -> None:
        """Read the file.

        Raises:
            SemanticModelInvalid: It cannot be read. DBAI019.
        """
        self._path = path
        self._gate = gate(limits)
        self._stamp = stamp(path)
        self._source = read_semantic_model(path)
        self._one_at_a_time = Lock()
        self._fitted: OrderedDict[tuple[str, tuple[str, ...]], SemanticModel] = OrderedDict()

    async def __call__(self, catalog: Catalog) -> Catalog:
        """The catalog with all that fits it; in a thread: 2 ms for each metric."""
        return await asyncio.to_thread(self._applied, catalog)

    def _applied(self, catalog: Catalog) -> Catalog:
        with self._one_at_a_time:
            return self._model(catalog).apply(catalog)

    def _model(self, catalog: Catalog) -> SemanticModel:
        self._reread()
        key = (catalog.fingerprint, catalog.search_path)
        if (model := self._fitted.get(key)) is None:
            model = self._fitted[key] = fit(self._source, catalog, self._gate)
            # counted here, in the thread: a first question need not wait until the words are sorted
            log.info("semantic model: %d first words of names", len(model.by_first_word))
            for each in model.misfits:
                log.warning("semantic model, line %d: %s is left out: %s", each.line, each.where, each.why)
        self._fitted.move_to_end(key)
        if len(self._fitted) > KEPT:
            self._fitted.popitem(last=False)
        return model

    def _reread(self) -> None:
        """Take an edited file, if it can be read."""
        if (now := stamp(self._path)) == self._stamp:
            return
        self._stamp = now
        try:
            self._source = read_semantic_model(self._path)
        except SemanticModelInvalid as error:
            log.warning("the semantic model before stays in force: %s", error)
            return
        self._fitted.clear()


def stamp(path: Path) -> Stamp | None:
    """Changes when the file does; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
