"""A stack of YAML files and dotted overrides in, one validated, frozen configuration out.

Files are laid over one another in order; a file's `include:` lists files (relative to it) that lie below it, and
`${here}` in a string is the directory of the file that says it. Whatever does not fit is refused with the key, the
value, and what is allowed. Knows nothing of what the keys mean.
"""

import difflib
import functools
import json
import re
import types
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from pipeline.errors import UsageError

Tree = dict[str, Any]

BOOLEANS = ("true", "false")
COMMAND_LINE_ONLY = "command_line_only"  # marks a field whose value a person must type


class Section(BaseModel):
    """One part of a configuration: typed, frozen, closed to keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, protected_namespaces=(), allow_inf_nan=False)


C = TypeVar("C", bound=Section)


def load(kind: type[C], arguments: Sequence[str]) -> C:
    """The configuration that the command line `CONF… [--key.subkey value …]` describes.

    Raises UsageError for an unreadable file, an unknown key, a wrong type or a contradictory setting.
    """
    switches = {key for key, field in keys(kind) if field.annotation is bool}
    paths, overrides = split_arguments(arguments, switches)
    files: Tree = functools.reduce(overlay, map(read, paths), {})
    _refuse_in_files(kind, files)
    return validate(kind, functools.reduce(overlay, (nested(key, value) for key, value in overrides), files))


def _refuse_in_files(kind: type[Section], files: Tree) -> None:
    for key, field in keys(kind):
        extra = field.json_schema_extra
        if isinstance(extra, dict) and COMMAND_LINE_ONLY in extra:
            value = _at(files, key.split("."))
            if value not in (None, field.default):
                raise UsageError(
                    f"{key}: {value!r} stands in a file, and files come from others; take it out, and if you mean it "
                    f"give --{key} {str(value).lower()} on the command line."
                )


def _at(tree: Any, path: Sequence[str]) -> Any:
    for name in path:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def split_arguments(
    arguments: Sequence[str], switches: Collection[str] = ()
) -> tuple[list[Path], list[tuple[str, Any]]]:
    """Paths of YAML files, and overrides as (dotted key, value); `--key=value` and `--key value` are the same.

    `switches` are keys that `--key` alone sets to true; in these, `-` is the same as `_`.
    """
    paths: list[Path] = []
    overrides: list[tuple[str, Any]] = []
    rest = deque(arguments)
    while rest:
        argument = rest.popleft()
        if not argument.startswith("--"):
            paths.append(Path(argument))
            continue
        key, equals, text = argument[2:].partition("=")
        key = switch if (switch := key.replace("-", "_")) in switches else key
        alone = key in switches and not (rest and rest[0] in BOOLEANS)
        value = text if equals else "true" if alone else rest.popleft() if rest else None
        if value is None:
            raise UsageError(f"--{key} has no value: write --{key} VALUE.")
        overrides.append((key, parse_value(key, value)))
    return paths, overrides


def parse_value(key: str, text: str) -> Any:
    """An override's value, read as YAML: `3` is a number, `[a, b]` a list, `null` nothing.

    `2e-5` is a number, too: to YAML 1.1 it is not, for want of a point.
    """
    if re.fullmatch(r"[+-]?\d+[eE][+-]?\d+", text):
        return float(text)
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UsageError(f"--{key}: {text!r} is not a YAML value ({_problem(error)}); quote it.") from error


def read(path: Path) -> Tree:
    """One YAML file over all that it includes."""
    return _read(path, ())


def _read(path: Path, above: tuple[Path, ...]) -> Tree:
    if path.resolve() in above:
        raise UsageError(f"{path} includes itself; take the circle out of the include lists.")
    own = _mapping(path)
    tree: Tree = {}
    for name in _names(path, own.pop("include", [])):
        tree = overlay(tree, _read(path.parent / name, (*above, path.resolve())))
    return overlay(tree, _located(own, str(path.parent.resolve())))


def _names(path: Path, include: Any) -> list[str]:
    if not isinstance(include, list) or not all(isinstance(name, str) for name in include):
        raise UsageError(f"{path}: include is {include!r}; it must be a list of paths of YAML files.")
    return include


def _mapping(path: Path) -> Tree:
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"There is no configuration file {path}; give the path of a YAML file.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The configuration file {path} cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        raise UsageError(f"{path} is not valid YAML: {_problem(error)}.") from error
    if not isinstance(tree, Mapping | types.NoneType):
        raise UsageError(f"{path} holds a {type(tree).__name__}; a configuration is a mapping of keys to values.")
    _refuse_circles(path, tree)
    return dict(tree or {})


def _refuse_circles(path: Path, tree: Any) -> None:
    try:
        json.dumps(tree, default=str)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} holds an alias of something inside itself; write it out.") from error


def _problem(error: yaml.YAMLError) -> str:
    return " ".join(str(error).split())


def _located(value: Any, here: str) -> Any:
    if isinstance(value, dict):
        return {key: _located(inner, here) for key, inner in value.items()}
    if isinstance(value, list):
        return [_located(inner, here) for inner in value]
    return value.replace("${here}", here) if isinstance(value, str) else value


def nested(key: str, value: Any) -> Tree:
    """`a.b.c` and a value as the tree that holds just that."""
    head, dot, rest = key.partition(".")
    return {head: nested(rest, value) if dot else value}


def overlay(below: Tree, above: Tree) -> Tree:
    """`above` laid over `below`: mappings merge key by key, everything else is replaced."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = overlay(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def validate(kind: type[C], tree: Tree) -> C:
    """The tree as a configuration of that kind; UsageError with a sentence for each key that does not fit."""
    try:
        return kind.model_validate(tree)
    except ValidationError as error:
        raise UsageError("\n".join(_sentence(kind, detail) for detail in error.errors())) from error


def _sentence(kind: type[Section], detail: ErrorDetails) -> str:
    key = ".".join(str(part) for part in detail["loc"])
    value = detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            return f"{key}: there is no such key.{_nearest(kind, key)}"
        case "missing":
            inside = [name for name, field in keys(kind) if name.startswith(f"{key}.") and field.is_required()]
            return f"{key}: this key is needed; give it in a YAML file or as --{(inside or [key])[0]} VALUE."
        case "value_error":
            return str(detail["ctx"]["error"])
        case _:
            return f"{key}: {value!r} does not fit: {detail['msg'].removeprefix('Value error, ')}."


def _nearest(kind: type[Section], key: str) -> str:
    paths = [name.split(".") for name, _ in keys(kind)]
    depth = key.count(".") + 1
    known = list(dict.fromkeys(".".join(path[:depth]) for path in paths if len(path) >= depth))
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f" Did you mean {near[0]}?" if near else f" Allowed: {', '.join(known)}."


def keys(kind: type[Section], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every dotted key of a configuration with its field; a key under a free name shows as `tasks.NAME.…`."""
    for name, field in kind.model_fields.items():
        inner, path = _section_of(field.annotation), f"{prefix}{name}"
        if inner is None:
            yield path, field
        else:
            yield from keys(inner, f"{path}.NAME." if get_origin(field.annotation) is dict else f"{path}.")


def _section_of(annotation: Any) -> type[Section] | None:
    options = [annotation, *get_args(annotation)]
    return next((o for o in options if isinstance(o, type) and issubclass(o, Section)), None)


def describe(kind: type[Section]) -> str:
    """A help text: each key with its meaning and default."""
    return "\n".join(f"  --{key}{_default(field)}\n      {field.description or ''}" for key, field in keys(kind))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "  (needed)"
    text = yaml.safe_dump(_plain(field), default_flow_style=True, width=1000).strip()
    return f"  [{text.removesuffix('...').strip()}]"


def _plain(field: FieldInfo) -> Any:
    value = field.get_default(call_default_factory=True)
    return list(value) if isinstance(value, tuple) else value


def dump(config: Section) -> str:
    """The whole configuration as YAML: read again, it gives the same configuration."""
    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
