"""Real files of the languages that have no tests of their own have the units that are listed beside them."""

from pathlib import Path

import pytest

from tests.languages import checks

LANGUAGES = {
    "csharp": "C#",
    "java": "Java",
    "javascript": "JavaScript",
    "kotlin": "Kotlin",
    "scala": "Scala",
    "swift": "Swift",
    "tsx": "TSX",
    "typescript": "TypeScript",
}


@pytest.mark.parametrize(
    ("language", "path"),
    [(language, path) for folder, language in LANGUAGES.items() for path in checks.real(folder)],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_real_files(language: str, path: Path) -> None:
    checks.as_listed(path, language)
    checks.may_be_left_out(path.read_text(encoding="utf-8"), language)
