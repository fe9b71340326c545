"""The job as a person runs it: patch, dry run, check, selection, stale and hostile records, refusals."""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.apply import CONFIG, run
from pipeline.config import load
from pipeline.errors import LimitError, RefusedError, UsageError
from pipeline.ingest.checkout import environment
from tests.apply.trees import apply, named, only, plain, planted, recorded, rows

FILES = {
    "a.py": b"def f():\n    return 1",
    "sub dir/\xe9.py": b"\xef\xbb\xbfdef f():\r\n    return '\xc3\xa9'\r\n",
    "sub dir/c.py": b"# coding: latin-1\nclass A:\n\tx = '\xe9'\n\tdef _g(self):\n\t\treturn 1\n",
    "web/d.js": "function f() {}\n".encode("utf-16"),
}
Tell = pytest.CaptureFixture[str]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return planted(tmp_path / "tree", FILES)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    found = [
        list(rows(name, data, lambda unit: named(unit) if unit.kind != "module" else None))
        for name, data in FILES.items()
    ]
    return recorded(tmp_path / "out", found[0] + found[1], found[2] + found[3])


def held(tree: Path) -> dict[str, bytes]:
    return {path.relative_to(tree).as_posix(): path.read_bytes() for path in tree.rglob("*") if path.is_file()}


def git(tree: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", tree, *arguments], check=True, env=environment(), capture_output=True)


def committed(tree: Path) -> None:
    git(tree, "init", "-q")
    git(tree, "add", "-A")
    git(tree, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x")


def test_the_tree_is_documented_and_modes_stay(tree: Path, out: Path, capsys: Tell) -> None:
    (tree / "a.py").chmod(0o750)
    assert apply(out, tree) == 0
    assert all(held(tree)[name] != data for name, data in FILES.items())
    assert (tree / "a.py").stat().st_mode & 0o777 == 0o750
    assert "5 units in 4 files documented; 0 kept." in capsys.readouterr().out
    assert apply(out, tree) == 0
    assert "0 units in 0 files documented; 5 kept." in capsys.readouterr().out


@pytest.mark.parametrize("inside", ["", "part/of it"])
def test_a_patch_gives_what_the_job_itself_does(inside: str, tree: Path, out: Path, tmp_path: Path) -> None:
    top = tmp_path / "checkout"
    shutil.copytree(tree, top / inside, dirs_exist_ok=True)
    committed(top)
    patch = tmp_path / "it.patch"
    assert apply(out, top / inside, "--patch.path", str(patch)) == 0
    assert held(top / inside).items() >= FILES.items()
    git(top, "apply", str(patch))
    apply(out, tree)
    assert {name: data for name, data in held(top / inside).items() if ".git/" not in name} == held(tree)


def test_a_dry_run_says_what_it_would_do(tree: Path, out: Path, capsys: Tell) -> None:
    assert apply(out, tree, "--dry-run") == 0
    told = capsys.readouterr().out
    assert "a.py:1: documented: function f\n" in told
    assert "5 units in 4 files would be documented; 0 kept." in told
    assert held(tree) == FILES


def test_a_check_names_what_lacks_documentation(tree: Path, out: Path, capsys: Tell) -> None:
    arguments = ["--tree.path", str(tree), "--check", "--select.kinds", "[function, class, method]"]
    assert run(load(CONFIG, arguments)) == 1
    told = capsys.readouterr().out.splitlines()
    assert "sub dir/c.py:4: method A._g has no documentation" in told
    assert told[-1] == "5 units have no documentation."
    assert run(load(CONFIG, [*arguments, "--select.public"])) == 1
    assert "A._g" not in capsys.readouterr().out
    apply(out, tree)
    assert run(load(CONFIG, arguments)) == 0
    assert capsys.readouterr().out.endswith("Every unit has documentation.\n")


@pytest.mark.parametrize(
    ("select", "count"),
    [
        (["--select.include", "['sub*']"], 3),
        (["--select.exclude", "['*.py']"], 1),
        (["--select.kinds", "[class]"], 1),
        (["--select.public"], 4),
        (["--select.at_least.words", "7"], 5),
        (["--select.at_least.words", "8"], 0),
        (["--select.at_most.words", "6.5"], 0),
        (["--select.at_most.repetition", "1"], 0),
        (["--records.repo", "r"], 5),
        (["--records.repo", "other"], 0),
    ],
)
def test_what_is_selected(select: list[str], count: int, tree: Path, out: Path, capsys: Tell) -> None:
    apply(out, tree, *select)
    assert f"{count} units in " in capsys.readouterr().out


def test_only_files_that_git_says_have_changed(tree: Path, out: Path, capsys: Tell) -> None:
    (tree / "web/d.js").rename(tree / "later.js")
    committed(tree)
    (tree / "later.js").rename(tree / "web/d.js")
    with (tree / "a.py").open("ab") as file:
        file.write(b"\n# more\n")
    apply(out, tree, "--select.changed", "HEAD")
    assert "2 units in 2 files documented" in capsys.readouterr().out
    with pytest.raises(RefusedError, match="give a commit"):
        apply(out, tree, "--select.changed", "--output=x")


def test_a_changed_file_is_documented_where_its_code_is_the_same(tmp_path: Path, capsys: Tell) -> None:
    old = b"class A:\n    def f(self):\n        return 1\n\n    def g(self):\n        return 2\n"
    out = recorded(tmp_path / "out", list(rows("a.py", old, only("A", "A.f", "A.g"))))
    new = b"import os\r\n\r\n" + old.replace(b"return 2", b"return 3").replace(b"return 1", b"# one\n        return 1")
    tree = planted(tmp_path / "tree", {"a.py": new})
    assert apply(out, tree) == 0
    told = capsys.readouterr().out
    assert "a.py:1: stale: class A (changed)\n" in told
    assert "a.py:5: stale: method A.g (changed)\n" in told
    assert (tree / "a.py").read_bytes() == new.replace(b"    # one", b'    """Doc of A.f."""\n        # one')
    (tree / "a.py").unlink()
    assert apply(out, tree) == 0
    assert "3 stale: their code is another by now (3 gone)." in capsys.readouterr().out


def test_a_record_whose_code_was_redacted_is_found_by_its_place(tmp_path: Path) -> None:
    data = b"x = 1\ndef f():\n    return 'secret'\n"
    tree = planted(tmp_path / "tree", {"a.py": data})
    made = [row | {"code": row["code"].replace("secret", "<KEY>")} for row in rows("a.py", data, only("f"))]
    apply(recorded(tmp_path / "out", made), tree)
    assert b"Doc of f." in (tree / "a.py").read_bytes()


def test_records_of_a_file_in_several_parts_come_together(tmp_path: Path) -> None:
    data = b"def f():\n    return 1\ndef g():\n    return 2\n"
    for name, more in (("direct", []), ("patched", ["--patch.path", str(tmp_path / "patch")])):
        tree = planted(tmp_path / name, {"a.py": data})
        parts = [list(rows("a.py", data, only(unit))) for unit in ("f", "g", "f")]
        apply(recorded(tmp_path / f"out {name}", *parts), tree, *more)
    git(tmp_path / "patched", "apply", str(tmp_path / "patch"))
    made = held(tmp_path / "direct")
    assert made == held(tmp_path / "patched")
    assert made["a.py"].count(b"Doc of") == 2


@pytest.mark.parametrize(
    "path", ["/etc/a.py", "../a.py", "x/../../a.py", "out/a.py", "link.py", ".git/a.py", "x/.GIT/a.py"]
)
def test_no_path_leads_out_of_the_tree(path: str, tmp_path: Path, capsys: Tell) -> None:
    data = b"def f():\n    return 1\n"
    outside = planted(tmp_path / "outside", {"a.py": data, "tree/.git/a.py": data, "tree/x/.GIT/a.py": data})
    tree = outside / "tree"
    (tree / "out").symlink_to(outside)
    (tree / "link.py").symlink_to(outside / "a.py")
    before = held(outside)
    out = recorded(tmp_path / "out", [row | {"path": path} for row in rows("a.py", data, only("f"))])
    with pytest.raises(LimitError):
        apply(out, tree)
    assert held(outside) == before
    assert "refused: function f (outside)" in capsys.readouterr().out


def test_a_link_inside_the_tree_stays_one(tmp_path: Path) -> None:
    data = b"def f():\n    return 1\n"
    tree = planted(tmp_path / "tree", {"a.py": data})
    (tree / "link.py").symlink_to("a.py")
    apply(recorded(tmp_path / "out", list(rows("link.py", data, only("f")))), tree)
    assert (tree / "link.py").is_symlink()
    assert b"Doc of f." in (tree / "a.py").read_bytes()


def test_what_is_no_file_or_too_large_is_refused(tmp_path: Path, capsys: Tell) -> None:
    data = b"def f():\n    return 1\n"
    tree = planted(tmp_path / "tree", {"a.py": data})
    os.mkfifo(tree / "b.py")
    made = [row | {"path": name} for name in ("a.py", "b.py") for row in rows("a.py", data, only("f"))]
    with pytest.raises(LimitError):
        apply(recorded(tmp_path / "out", made), tree, "--tree.max_bytes", "10")
    told = capsys.readouterr().out
    assert "a.py:1: refused: function f (too_large)" in told
    assert "b.py:1: refused: function f (not_a_file)" in told


def test_texts_of_the_model_are_read_in_their_style(tmp_path: Path) -> None:
    data = b"def f(a):\n    return a\n"
    said = "Give it back.\n\nParameters\n----------\na : int\n    What.\n"
    tree = planted(tmp_path / "tree", {"a.py": data})
    out = recorded(tmp_path / "out", list(rows("a.py", data, lambda unit: said if unit.kind == "function" else None)))
    apply(out, tree, "--style", "google")
    assert (tree / "a.py").read_text() == (
        'def f(a):\n    """Give it back.\n\n    Args:\n        a (int): What.\n    """\n    return a\n'
    )


NUMPY = b'def g(b):\n    """G.\n\n    Parameters\n    ----------\n    b : int\n        B.\n    """\n\n\n'


@pytest.mark.parametrize("where", ["a.py", "other.py"])
def test_the_style_is_that_of_the_file_or_of_the_tree(where: str, tmp_path: Path) -> None:
    code = b"def f(a):\n    return a\n"
    item = {"name": "a", "type": "int", "text": "What."}
    files = {"a.py": (NUMPY if where == "a.py" else b"") + code, **({} if where == "a.py" else {where: NUMPY})}
    tree = planted(tmp_path / "tree", files)
    made = rows("a.py", files["a.py"], lambda unit: plain("F.", parameters=[item]) if unit.name == "f" else None)
    apply(recorded(tmp_path / "out", list(made)), tree)
    assert b"    a : int\n        What.\n" in (tree / "a.py").read_bytes()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("F.\n\n    Args:\n        b: Mine.\n    ", "F.\n\n    Args:\n        a: New a.\n        b: Mine.\n    "),
        ("F.", "F.\n\n    Args:\n        a: New a.\n        b: New b.\n    "),
        ("F.\n\n    Args:\n        b: Mine.\n        a: Mine, too.", None),  # nothing is missing
        ("F.\n\n      Args:\n    * b\n    Args::\n       b -- Mine?", None),  # would not come out as it was
    ],
)
def test_documentation_is_completed_with_what_it_lacks(old: str, new: str | None, tmp_path: Path) -> None:
    code = 'def f(a, b):\n    """{}"""\n    return a\n'
    items = [{"name": name, "type": None, "text": f"New {name}."} for name in "ab"]
    text, data = plain("New.", description="New.", parameters=items), code.format(old).encode()
    tree = planted(tmp_path / "tree", {"a.py": data})
    out = recorded(tmp_path / "out", list(rows("a.py", data, lambda unit: text if unit.kind == "function" else None)))
    for _ in range(2):
        with contextlib.suppress(LimitError):
            apply(out, tree, "--existing", "complete")
        assert (tree / "a.py").read_text() == code.format(new or old)


def test_only_good_docstrings_of_a_complete_run_are_used(tree: Path, tmp_path: Path) -> None:
    data = FILES["a.py"]
    bad = [*rows("a.py", data, only("f"), status="rejected"), *rows("a.py", data, only("f"), task="explain")]
    apply(recorded(tmp_path / "bad", bad), tree)
    assert held(tree) == FILES
    (tmp_path / "bad/manifest.json").unlink()
    with pytest.raises(RefusedError, match="holds no complete run"):
        apply(tmp_path / "bad", tree)


def test_a_broken_or_foreign_part_is_refused(out: Path, tree: Path) -> None:
    pq.write_table(pa.table({"path": ["a.py"]}), out / "records/part-0.parquet")
    with pytest.raises(RefusedError, match="has no column 'repo'"):
        apply(out, tree)
    (out / "records/part-0.parquet").write_bytes(b"PAR1")
    with pytest.raises(RefusedError, match=r"part-0.parquet cannot be read"):
        apply(out, tree)
    (out / "records/part-0.parquet").unlink()
    with pytest.raises(RefusedError, match="is gone"):
        apply(out, tree)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--style", "gogle"], "there is no style 'gogle'"),
        (["--select.at_least.wrods", "3"], "there is no such check"),
        (["--check", "--dry-run"], "leave one out"),
        (["--existing", "drop"], "existing"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(more: list[str], said: str, tree: Path, out: Path) -> None:
    with pytest.raises(UsageError, match=said):
        apply(out, tree, *more)
    with pytest.raises(UsageError, match="or --check"):
        load(CONFIG, ["--tree.path", str(tree)])


def test_without_git_a_patch_is_refused(tree: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tree))
    with pytest.raises(RefusedError, match="git makes the patch, and is not installed"):
        apply(out, tree, "--patch.path", "x")
    with pytest.raises(RefusedError, match="git is not installed"):
        apply(out, tree, "--select.changed", "HEAD")
    assert apply(out, tree) == 0


def test_the_command_line_ends_with_its_status(tree: Path, out: Path) -> None:
    one_line = planted(tree, {"a.py": b"def f(): \\\n  return 1\n"})
    made = recorded(out.parent / "more", list(rows("a.py", b"def f(): \\\n  return 1\n", only("f"))))
    command = [sys.executable, "-m", "jobs.apply", "--records.path", made, "--tree.path", one_line]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "a.py:1: refused: function f (one_line)" in done.stdout
    assert "1 units could not be documented" in done.stderr
    assert subprocess.run([*command, "--check"], capture_output=True, check=False).returncode == 1


def test_neither_ray_nor_torch_is_loaded() -> None:
    code = "import sys, jobs.apply; sys.exit(bool({'ray', 'torch', 'transformers'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_place_is_told_as_it_is(tmp_path: Path, capsys: Tell) -> None:
    planted(tmp_path, {"a.py": b"'Doc.'\n" + b"\n" * 98 + b"def f():\n    return 1\n"})
    assert run(load(CONFIG, ["--tree.path", str(tmp_path), "--check"])) == 1
    assert capsys.readouterr().out.startswith("a.py:100: function f has no documentation\n")  # and no emoji
