"""Licences are found where they stand, and never guessed."""

import sysconfig
from pathlib import Path

import pytest
from identify.vendor.licenses import LICENSES

from pipeline.ingest.license_metadata import metadata_ids
from pipeline.ingest.license_text import license_ids, spdx_ids
from tests.ingest.trees import MIT, ingest, plant

STDLIB = Path(sysconfig.get_path("stdlib"))


@pytest.mark.parametrize(("name", "text"), LICENSES, ids=[name for name, _ in LICENSES])
def test_every_known_text_is_recognised(name: str, text: str) -> None:
    assert license_ids(text) == spdx_ids(name) != []


def test_a_text_is_recognised_with_another_holder_and_layout() -> None:
    assert license_ids(MIT) == ["MIT"]
    assert license_ids(MIT.replace("\n", "\r\n").replace("MIT License", "# License")) == ["MIT"]


def test_a_rider_makes_it_another_licence() -> None:
    assert license_ids(MIT + "\nThe Software shall be used for Good, not Evil.\n") == []


@pytest.mark.parametrize("text", ["", "All rights reserved.", "See https://example.com/license", MIT[: len(MIT) // 2]])
def test_what_is_no_licence_text_gives_nothing(text: str) -> None:
    assert license_ids(text) == []


def test_tags_and_expressions() -> None:
    assert license_ids("// SPDX-License-Identifier: MIT OR Apache-2.0 */") == ["Apache-2.0", "MIT"]
    assert spdx_ids("GPL-2.0-or-later WITH Classpath-exception-2.0") == [
        "GPL-2.0-or-later WITH Classpath-exception-2.0"
    ]
    assert spdx_ids("BSD") == spdx_ids("LicenseRef-Proprietary") == spdx_ids("MIT License") == spdx_ids("") == []


@pytest.mark.parametrize(
    ("name", "text", "ids"),
    [
        ("pyproject.toml", '[project]\nlicense = "BSD-3-Clause"', ["BSD-3-Clause"]),
        ("pyproject.toml", '[project]\nlicense = {text = "MIT"}', ["MIT"]),
        ("pyproject.toml", '[project]\nclassifiers = ["License :: OSI Approved :: MIT License"]', ["MIT"]),
        ("pyproject.toml", '[tool.poetry]\nlicense = "MIT"', ["MIT"]),
        ("pyproject.toml", "[project", []),
        ("pyproject.toml", "project = 3", []),
        ("setup.cfg", "[metadata]\nlicense = MIT", ["MIT"]),
        ("setup.cfg", "[metadata]\nlicense = BSD\nclassifiers =\n  License :: OSI Approved :: BSD License", []),
        ("package.json", '{"license": "(MIT OR Apache-2.0)"}', ["Apache-2.0", "MIT"]),
        ("package.json", '{"license": {"type": "ISC"}}', ["ISC"]),
        ("package.json", "[1]", []),
        ("Cargo.toml", '[package]\nlicense = "MIT/Apache-2.0"', ["Apache-2.0", "MIT"]),
        ("METADATA", "Name: x\nLicense-Expression: Apache-2.0\n\nbody", ["Apache-2.0"]),
        ("PKG-INFO", "Name: x\nLicense: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n", ["MIT"]),
    ],
)
def test_package_metadata(name: str, text: str, ids: list[str]) -> None:
    assert metadata_ids(name, text) == ids


def test_the_nearest_folder_that_says_anything_speaks(tmp_path: Path) -> None:
    files = {
        "LICENSE": MIT,
        "a.py": "x = 1\n",
        "sub/deep/b.py": "x = 1\n",
        "sub/pyproject.toml": '[project]\nname = "sub"\nlicense = "ISC"',
        "odd/LICENSE": "Ask my lawyer.",
        "odd/c.py": "x = 1\n",
        "license.py": "x = 1\n",
    }
    found, _ = ingest(plant(tmp_path / "p", files))
    licenses = {path: row["max_stars_repo_licenses"] for path, row in found.items() if path.endswith(".py")}
    assert licenses["sub/deep/b.py"] == ["ISC"]
    assert {licenses[path] == ["MIT"] for path in ("a.py", "license.py")} == {True}


def test_two_licence_files_are_two_licences(tmp_path: Path) -> None:
    apache = dict(LICENSES)["Apache-2.0"]
    found, _ = ingest(plant(tmp_path, {"LICENSE-MIT": MIT, "LICENSE-APACHE": apache, "a.rs": "fn main() {}\n"}))
    assert found["a.rs"]["max_stars_repo_licenses"] == ["Apache-2.0", "MIT"]


def test_without_a_licence_the_list_is_empty(tmp_path: Path) -> None:
    found, tally = ingest(plant(tmp_path / "p", {"a.py": "x = 1\n"}))
    assert found["a.py"]["max_stars_repo_licenses"] == []
    assert tally.licenses == {"unknown": 1}


def test_part_of_the_standard_library_is_under_pythons_licence() -> None:
    if not (STDLIB / "LICENSE.txt").exists():
        pytest.skip("this interpreter came without its licence")
    found, _ = ingest(STDLIB / "json")
    assert {tuple(row["max_stars_repo_licenses"]) for row in found.values()} == {("PSF-2.0",)}


def test_an_installed_package_has_the_licence_of_its_distribution_not_of_the_project_around(tmp_path: Path) -> None:
    site = "venv/lib/python3/site-packages"
    files = {
        "LICENSE": dict(LICENSES)["Apache-2.0"],
        "pyproject.toml": "",
        f"{site}/one/core/a.py": "x = 1\n",
        f"{site}/one-1.0.dist-info/METADATA": "Name: one\nLicense-Expression: MIT\n",
        f"{site}/one-1.0.dist-info/RECORD": "one/core/a.py,,\none-1.0.dist-info/METADATA,,\n",
        f"{site}/two/b.py": "x = 1\n",
    }
    plant(tmp_path, files)
    for name, ids in (("one", ["MIT"]), ("two", [])):
        found, _ = ingest(tmp_path / site / name)
        assert [row["max_stars_repo_licenses"] for row in found.values()] == [ids]
