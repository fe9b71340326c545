"""A checkout is what its HEAD says, in git's own ids, whatever lies in the work tree."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import RefusedError
from pipeline.ingest import open_source
from pipeline.ingest.checkout import repo_name
from pipeline.ingest.rows import blob_id
from tests.ingest.trees import MIT, git, ingest, plant, repository

FILES: dict[str, bytes | str] = {
    "LICENSE": MIT,
    "pkg/a.py": "x = 1\n",
    "pkg/ä b.py": "# coding: latin-1\nname = 'é'\n".encode("latin-1"),
    "pkg.py": "y = 2\r\n",
    "run": "#!/usr/bin/env python3\nprint(1)\n",
}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary())
def test_blob_ids_are_those_of_git(data: bytes) -> None:
    command = ["git", "hash-object", "--stdin", "--no-filters"]
    assert blob_id(data) == subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode().strip()


def test_rows_are_the_files_at_head(tmp_path: Path) -> None:
    root = repository(tmp_path / "demo", FILES)
    git(root, "remote", "add", "origin", "https://user:secret@example.com/owner/demo.git")
    found, _ = ingest(root)
    assert list(found) == ["pkg.py", "pkg/a.py", "pkg/ä b.py", "run"]
    for path, row in found.items():
        assert row["hexsha"] == git(root, "rev-parse", f"HEAD:{path}")
        assert row["max_stars_repo_head_hexsha"] == git(root, "rev-parse", "HEAD")
        assert row["max_stars_repo_name"] == "owner/demo"
        assert row["max_stars_repo_licenses"] == ["MIT"]
    assert found["pkg.py"]["content"] == "y = 2\r\n"
    assert found["pkg/ä b.py"]["content"].endswith("'é'\n")
    assert found["run"]["ext"] is None


def test_the_work_tree_is_not_read_but_spoken_of(tmp_path: Path) -> None:
    root = repository(tmp_path / "demo", FILES)
    assert open_source(root).notes == []
    plant(root, {"pkg/a.py": "changed = True\n", "new.py": "z = 3\n"})
    (root / "pkg.py").unlink()
    assert "3 paths that differ from HEAD" in open_source(root).notes[0]
    found, _ = ingest(root)
    assert (found["pkg/a.py"]["content"], "new.py" in found, "pkg.py" in found) == ("x = 1\n", False, True)


def test_nothing_that_the_repository_configures_is_run(tmp_path: Path) -> None:
    root = repository(tmp_path / "demo", FILES | {".gitattributes": "*.py filter=evil diff=evil\n"})
    touch = f"touch '{tmp_path / 'ran'}'"
    hook = plant(root / ".git" / "hooks", {"post-index-change": f"#!/bin/sh\n{touch}\n"}) / "post-index-change"
    hook.chmod(0o755)
    for key in (
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "core.fsmonitor",
        "diff.evil.textconv",
    ):
        git(root, "config", key, touch)
    plant(root, {"pkg/a.py": "changed = True\n"})
    assert ingest(root)[0]
    assert open_source(root).notes
    assert not (tmp_path / "ran").exists()


def test_submodules_are_left_out_and_never_entered(tmp_path: Path) -> None:
    other = repository(tmp_path / "other", {"secret.py": "x = 1\n"})
    root = repository(
        tmp_path / "demo", {"a.py": "y = 2\n", ".gitmodules": f'[submodule "o"]\n\tpath = o\n\turl = {other}\n'}
    )
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{git(other, 'rev-parse', 'HEAD')},o")
    git(root, "commit", "-m", "submodule")
    found, tally = ingest(root)
    assert "a.py" in found
    assert not [path for path in found if "secret" in path]
    assert tally.left_out["submodule"] == 1


def test_links_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "link.py").symlink_to("/etc/passwd")
    _, tally = ingest(repository(tmp_path / "demo", {"a.py": "x = 1\n"}))
    assert tally.left_out == {"symlink": 1}


def test_a_bare_repository_is_read_alike(tmp_path: Path) -> None:
    root = repository(tmp_path / "demo", FILES)
    git(tmp_path, "clone", "-q", "--bare", str(root), str(tmp_path / "bare.git"))
    assert ingest(tmp_path / "bare.git")[0].keys() == ingest(root)[0].keys()
    assert open_source(tmp_path / "bare.git").repo == "bare"


def test_without_a_commit_it_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(RefusedError, match="cannot be read as a git checkout: it has no commit yet"):
        open_source(tmp_path)


def test_a_missing_object_is_refused_with_the_remedy(tmp_path: Path) -> None:
    root = repository(tmp_path / "demo", FILES)
    blob = git(root, "rev-parse", "HEAD:pkg/a.py")
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(RefusedError, match=f"object {blob}; complete the clone with `git fetch --refetch`"):
        ingest(root)


def test_a_missing_folder_is_refused_not_passed_over(tmp_path: Path) -> None:
    root = repository(tmp_path / "demo", FILES)
    tree = git(root, "rev-parse", "HEAD:pkg")
    (root / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(RefusedError, match="object of a folder"):
        ingest(root)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://token@example.com/group/sub/repo.git", "group/sub/repo"),
        ("git@example.com:owner/repo.git", "owner/repo"),
        ("ssh://git@example.com:22/owner/repo/", "owner/repo"),
        ("../elsewhere", None),
        ("file:///srv/repo.git", None),
        ("", None),
    ],
)
def test_the_repository_is_named_after_its_remote_without_secrets(url: str, name: str | None) -> None:
    assert repo_name(url) == name


def test_the_empty_blob() -> None:
    assert blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
