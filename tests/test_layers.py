"""Imports point one way: jobs → stages → words and configuration; the heavy libraries stay where they belong."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STAGES = {"read", "extract", "prompt", "replica", "record", "write"}
TORCH = ("pipeline/engine/", "pipeline/training/", "pipeline/benchmark/", "jobs/")
TRANSFORMERS = (*TORCH, "pipeline/tokenizer.py")
RAY = ("jobs/", "pipeline/source.py", "pipeline/replica.py", "pipeline/write.py")
MODULES = sorted(path for package in ("jobs", "pipeline") for path in (ROOT / package).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Dotted names of everything that a module imports, at its top or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def uses(path: Path, library: str) -> bool:
    return any(name == library or name.startswith(library + ".") for name in imports(path))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_its_layer_may(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    if not name.startswith("jobs/"):
        assert not uses(path, "jobs"), "the library knows no job"
    for library, homes in (("torch", TORCH), ("transformers", TRANSFORMERS), ("ray", RAY)):
        assert name.startswith(homes) or not uses(path, library), f"{library} does not belong in {name}"
    if path.parent.name == "pipeline" and path.stem in STAGES:
        others = {f"pipeline.{stage}" for stage in STAGES - {path.stem}}
        assert not imports(path) & others, "a stage does not import another"
    if name.startswith("pipeline/engine/"):
        allowed = ("pipeline.engine", "pipeline.errors")
        own = {i for i in imports(path) if i.startswith("pipeline")}
        assert all(i == "pipeline" or i.startswith(allowed) for i in own), f"the engine knows nothing of {own}"


def test_there_is_no_circle_of_imports() -> None:
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in MODULES}
    edges = {name: {other for other in imports(path) if other in names} for name, path in names.items()}
    done: set[str] = set()
    while ready := {name for name in edges.keys() - done if edges[name] <= done}:
        done |= ready
    assert edges.keys() - done == set()


def test_the_driver_waits_for_no_heavy_library() -> None:
    code = (
        "import sys, jobs.document, jobs.cluster, pipeline.replica; print({'torch', 'transformers'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout == b"set()\n"
