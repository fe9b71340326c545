from email.message import Message
from importlib.metadata import Distribution
from types import SimpleNamespace
from typing import cast

import pytest

from pipeline.training.licenses import permissive


def stated(*fields: tuple[str, str]) -> str | None:
    metadata = Message()
    for name, value in fields:
        metadata.add_header(name, value)
    return permissive(cast(Distribution, SimpleNamespace(metadata=metadata)))


@pytest.mark.parametrize(
    ("fields", "license_id"),
    [
        ([("License-Expression", "MIT")], "MIT"),
        ([("License-Expression", "Apache-2.0 OR BSD-2-Clause")], "Apache-2.0 OR BSD-2-Clause"),
        ([("License-Expression", "GPL-3.0-only OR MIT")], "GPL-3.0-only OR MIT"),
        ([("License-Expression", "BSD-3-Clause AND MIT")], "BSD-3-Clause AND MIT"),
        ([("License", "Apache 2.0")], "Apache-2.0"),
        ([("License", "?"), ("Classifier", "License :: OSI Approved :: MIT License")], "MIT"),
    ],
)
def test_permissive_licences_are_told_as_spdx(fields: list[tuple[str, str]], license_id: str) -> None:
    assert stated(*fields) == license_id


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("License", "UNKNOWN")],
        [("License", "Proprietary")],
        [("License", "MPL-2.0 AND MIT")],
        [("License-Expression", "GPL-3.0-or-later")],
        [("License-Expression", "MIT AND LGPL-2.1-only")],
        [("License-Expression", "MIT AND (GPL-2.0-only OR LGPL-2.1-only)")],
        [("License-Expression", "my own licence")],
        [("Classifier", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)")],
        [
            ("Classifier", "License :: OSI Approved :: MIT License"),
            ("Classifier", "License :: OSI Approved :: GNU Affero General Public License v3"),
        ],
    ],
)
def test_what_is_not_clearly_permissive_is_left_alone(fields: list[tuple[str, str]]) -> None:
    assert stated(*fields) is None
