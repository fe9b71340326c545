import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config import Task
from pipeline.config.training import Data, Sources
from pipeline.errors import RefusedError
from pipeline.training.pairs import Pairs, gather, read

TASKS = {
    "explain": Task(instruction="Please explain the following program."),
    "docstring": Task(instruction="Write a docstring for the following {kind}."),
}
ROWS = [{"instruction": f"Do {i}.", "input": f"x = {i}", "output": f"It is {i}.", "more": i} for i in range(10)]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of installed packages: one that may be learned from, with a test of its own, and one that may not."""
    root = tmp_path_factory.mktemp("packages")
    body = 'def {0}(size):\n    """Return the {0} of the shape."""\n    return size ** 2\n'
    for name, license_id in (("shapes", "MIT"), ("secret", "GPL-3.0-only")):
        files = {f"{name}/area.py": body.format(f"{name}_area"), f"{name}/tests/test_it.py": body.format("tested")}
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        info = root / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\nLicense-Expression: {license_id}\n"
        )
        (info / "RECORD").write_text("".join(f"{path},,\n" for path in files))
    return root


def mined(packages: Path, **settings: object) -> Pairs:
    config = Sources.model_validate({"standard_library": False, "roots": [str(packages)], **settings})
    return gather(Data(sources=config, validation=0), TASKS, 0)


def test_permissive_packages_give_one_pair_per_task(packages: Path) -> None:
    found = mined(packages)
    code = "def shapes_area(size):\n    return size ** 2"
    assert {(p.instruction, p.input, p.output) for p in found.training} == {
        (
            "Please explain the following program.",
            code,
            "`shapes_area` is a function that returns the shapes_area of the shape. It takes `size`. "
            "It returns `size ** 2`.",
        ),
        ("Write a docstring for the following function.", code, "Return the shapes_area of the shape."),
    }
    assert [(s.name, s.version, s.license, count) for s, count in found.sources] == [("shapes", "1.0", "MIT", 2)]


def test_packages_can_be_left_out(packages: Path) -> None:
    with pytest.raises(RefusedError, match="no pairs"):
        mined(packages, without=["shapes"])


def test_held_out_packages_of_the_standard_library_are_only_validated_with(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_a_few(monkeypatch, ("json/", "textwrap.py"))
    config = Sources(roots=["nowhere"], held_out=["json"])
    pairs = gather(Data(sources=config, validation=0), TASKS, 0)
    assert any("class JSONDecoder" in p.input for p in pairs.validation)
    assert any("def dedent" in p.input for p in pairs.training)
    assert not {p.input for p in pairs.training} & {p.input for p in pairs.validation}
    assert not any("JSON" in p.input for p in pairs.training)


def test_a_docstring_never_stands_in_its_own_input(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_a_few(monkeypatch, ("textwrap.py", "heapq.py", "logging/"))
    pairs = gather(Data(sources=Sources(roots=["nowhere"]), validation=0.5), TASKS, 0)
    for pair in pairs.training + pairs.validation:
        if "docstring" in pair.instruction:
            assert pair.output.rstrip(".") not in " ".join(pair.input.split())


def keep_a_few(monkeypatch: pytest.MonkeyPatch, wanted: tuple[str, ...]) -> None:
    from pipeline.training import sources

    original = sources._wanted
    monkeypatch.setattr(sources, "_wanted", lambda name, path: name.startswith(wanted) and original(name, path))


def written(folder: Path) -> list[Path]:
    paths = [folder / name for name in ("pairs.json", "pairs.jsonl", "pairs.parquet")]
    paths[0].write_text(json.dumps(ROWS))
    paths[1].write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    pq.write_table(pa.Table.from_pylist(ROWS), paths[2])
    return paths


def test_json_jsonl_and_parquet_are_the_same(tmp_path: Path) -> None:
    first, *others = [read(path) for path in written(tmp_path)]
    assert [p.output for p in first] == [row["output"] for row in ROWS]
    assert all(other == first for other in others)


def test_training_and_validation_share_no_input_and_follow_the_seed(tmp_path: Path) -> None:
    data = Data(files=[str(path) for path in written(tmp_path)], validation=0.2)
    one, again, other = (gather(data, {}, seed) for seed in (0, 0, 1))
    assert len(one.training) + len(one.validation) == 30
    assert not {p.input for p in one.training} & {p.input for p in one.validation}
    assert one == again != other


@pytest.mark.parametrize(
    ("name", "text"), [("a.json", "[{]"), ("a.json", '[{"input": "x"}]'), ("a.jsonl", "{"), ("a.parquet", "no")]
)
def test_files_that_hold_no_pairs_are_refused_by_name(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(RefusedError, match=name):
        read(tmp_path / name)


def test_an_instruction_names_the_unit_where_its_task_asks_for_it(packages: Path) -> None:
    asked = {"docstring": Task(instruction="Document the {kind} {name} in {language}.")}
    config = Sources(standard_library=False, roots=[str(packages)])
    (pair,) = gather(Data(sources=config, validation=0), asked, 0).training
    assert pair.instruction == "Document the function shapes_area in Python."
