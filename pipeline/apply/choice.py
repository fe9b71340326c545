"""Which files and units are asked for.

In: the configuration, and the files that git says have changed, where that matters. Out: yes or no, of a path before
it is read, and of a unit with its record.
"""

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from typing import Any

from pipeline.apply.source import Source
from pipeline.apply.visibility import public
from pipeline.config.apply import Select
from pipeline.errors import UsageError
from pipeline.schema import CHECKS, Unit


class Choice:
    """What `select` asks for. UsageError if it names a check that there is not, or one without a number."""

    def __init__(self, select: Select, changed: Collection[str] | None = None) -> None:
        self._select, self._changed = select, changed
        known = [field.name for field in CHECKS]
        for key, limits in (("at_least", select.at_least), ("at_most", select.at_most)):
            for name in limits:
                if name not in known:
                    raise UsageError(f"select.{key}.{name}: there is no such check. Allowed: {', '.join(known)}.")

    def takes_file(self, path: str) -> bool:
        """Whether any unit of a file can be asked for."""
        if self._changed is not None and path not in self._changed:
            return False
        return _any(path, self._select.include) and not _any(path, self._select.exclude)

    def takes(self, unit: Unit, row: Mapping[str, Any], source: Source) -> bool:
        """Whether a unit is asked for, with what its record's checks say."""
        return self.takes_unit(unit, source) and self._good(row.get("checks") or {})

    def takes_unit(self, unit: Unit, source: Source) -> bool:
        """Whether a unit is asked for, whatever its record."""
        if unit.kind not in self._select.kinds:
            return False
        return not self._select.public or public(unit, source.language.name)

    def _good(self, checks: Mapping[str, Any]) -> bool:
        """Whether no threshold is missed; a check without a result misses it."""
        least, most = self._select.at_least, self._select.at_most
        values = {name: checks.get(name) for name in (*least, *most)}
        return all(value is not None for value in values.values()) and (
            all(float(values[name]) >= limit for name, limit in least.items())  # type: ignore[arg-type]
            and all(float(values[name]) <= limit for name, limit in most.items())  # type: ignore[arg-type]
        )


def _any(path: str, globs: Collection[str]) -> bool:
    return any(fnmatchcase(path, glob) for glob in globs)
