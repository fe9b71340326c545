"""A package's metadata file in, SPDX ids out; nothing where it names no licence in words that SPDX knows."""

import configparser
import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from email.parser import HeaderParser
from typing import Any

from pipeline.ingest.license_text import license_ids, spdx_ids

PREFIX = "License :: OSI Approved :: "
# Only classifiers that mean one licence: "BSD License" or "Apache Software License" could be several.
CLASSIFIERS = {
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "zlib/libpng License": "Zlib",
}


def metadata_ids(name: str, text: str) -> list[str]:
    """The sorted SPDX ids that the metadata file of that name declares."""
    try:
        return READERS[name](text)
    except (ValueError, configparser.Error):
        return []


def _pyproject(text: str) -> list[str]:
    tree = tomllib.loads(text)
    project, poetry = _table(tree, "project"), _table(_table(tree, "tool"), "poetry")
    return (
        _declared(project.get("license"))
        or _declared(poetry.get("license"))
        or _classified(project.get("classifiers"))
        or _classified(poetry.get("classifiers"))
    )


def _setup_cfg(text: str) -> list[str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    metadata = parser["metadata"] if parser.has_section("metadata") else {}
    return _declared(metadata.get("license")) or _classified(metadata.get("classifiers", "").splitlines())


def _package_json(text: str) -> list[str]:
    return _declared(_mapping(json.loads(text)).get("license"))


def _cargo(text: str) -> list[str]:
    # Cargo long wrote "MIT/Apache-2.0" for a choice.
    return _declared(str(_table(tomllib.loads(text), "package").get("license", "")).replace("/", " OR "))


def _core_metadata(text: str) -> list[str]:
    head = HeaderParser().parsestr(text)
    declared = _declared(head.get("License-Expression")) or _declared(head.get("License"))
    return declared or _classified(head.get_all("Classifier"))


READERS: dict[str, Callable[[str], list[str]]] = {
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
    "package.json": _package_json,
    "Cargo.toml": _cargo,
    "METADATA": _core_metadata,
    "PKG-INFO": _core_metadata,
}


def _declared(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return _declared(value.get("text") or value.get("type"))
    if not isinstance(value, str) or not value.strip():
        return []
    return license_ids(value) if "\n" in value.strip() else spdx_ids(value.strip())


def _classified(lines: Iterable[Any] | None) -> list[str]:
    names = (str(line).strip().removeprefix(PREFIX) for line in lines or ())
    return sorted({CLASSIFIERS[name] for name in names if name in CLASSIFIERS})


def _table(tree: Any, name: str) -> Mapping[str, Any]:
    return _mapping(_mapping(tree).get(name))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
