"""Archives give what their directory gives, and nothing of what they have no business with."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config.ingest import Archive
from pipeline.errors import RefusedError
from pipeline.ingest import open_source
from pipeline.ingest.source import unsafe
from tests.ingest.trees import MIT, git, ingest, plant, repository

CODE = b"x = 1\n"
FILES: dict[str, bytes | str] = {"LICENSE": MIT, "a.py": CODE, "pkg/b.py": "y = 2\n", "pkg/c.bin": b"\0"}
EVIL = ["../up.py", "/etc/evil.py", "a/../../b.py", "C:/x.py", "a\\..\\b.py"]


def tar(path: Path, members: list[tuple[str, bytes]], links: dict[str, str] | None = None) -> Path:
    with tarfile.open(path, f"w:{path.suffix[1:].replace('tgz', 'gz').replace('tar', '')}") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = (tarfile.LNKTYPE if "hard" in name else tarfile.SYMTYPE), target
            archive.addfile(info)
    return path


def zipped(path: Path, members: list[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"])
def test_an_archive_gives_the_rows_of_its_directory(tmp_path: Path, suffix: str) -> None:
    expected, _ = ingest(plant(tmp_path / "demo", FILES))
    members = [(f"demo-1.0/{name}", c if isinstance(c, bytes) else c.encode()) for name, c in FILES.items()]
    make = zipped if suffix == ".zip" else tar
    found, tally = ingest(make(tmp_path / f"demo{suffix}", members))
    assert found == expected
    assert found["a.py"]["max_stars_repo_name"] == "demo"
    assert tally.left_out == {"binary": 1, "unknown_language": 1}


@pytest.mark.parametrize("make", [zipped, tar])
def test_names_that_point_elsewhere_are_left_out(tmp_path: Path, make: type) -> None:
    path = tmp_path / ("a.zip" if make is zipped else "a.tar.gz")
    found, tally = ingest(make(path, [(name, CODE) for name in [*EVIL, "good.py"]]))
    assert list(found) == ["good.py"]
    assert tally.left_out == {"unsafe_path": len(EVIL)}


def test_a_name_with_a_nul_is_left_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("evilQ.py", CODE), ("good.py", CODE)])
    path.write_bytes(path.read_bytes().replace(b"evilQ.py", b"evil\0.py"))
    assert ingest(path)[1].left_out == {"unsafe_path": 1}


@given(st.text(max_size=30))
def test_a_safe_name_stays_below_its_root(name: str) -> None:
    root = Path("/root/of/all")
    if not unsafe(name):
        assert Path(root, name).is_relative_to(root)
        assert ".." not in Path(name).parts
        assert name.encode()


def test_links_and_doubles_are_left_out(tmp_path: Path) -> None:
    links = {"soft.py": "/etc/passwd", "hard.py": "a.py"}
    path = tar(tmp_path / "a.tar", [("a.py", b"old = 1\n"), ("a.py", b"new = 1\n")], links)
    found, tally = ingest(path)
    assert found["a.py"]["content"] == "new = 1\n"
    assert tally.left_out == {"symlink": 2, "duplicate": 1}


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices_and_pipes_are_left_out(tmp_path: Path, kind: bytes) -> None:
    path = tar(tmp_path / "a.tar", [("good.py", CODE)])
    with tarfile.open(path, "a") as archive:
        info = tarfile.TarInfo("device.py")
        info.type = kind
        archive.addfile(info)
    found, tally = ingest(path)
    assert (list(found), tally.left_out) == (["good.py"], {"special": 1})


def test_zip_links_are_left_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("good.py", CODE)])
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("link.py")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    assert ingest(path)[1].left_out == {"symlink": 1}


@pytest.mark.parametrize("suffix", [".zip", ".tar.gz"])
def test_bombs_are_refused(tmp_path: Path, suffix: str) -> None:
    zeros = [(f"{i}.py", bytes(23 * 2**20)) for i in range(3)]
    path = zipped(tmp_path / "b.zip", zeros) if suffix == ".zip" else tar(tmp_path / "b.tar.gz", zeros)
    with pytest.raises(RefusedError, match="unpacks to more than 200 times its size"):
        open_source(path)
    with pytest.raises(RefusedError, match="more than 2 members"):
        open_source(path, limits=Archive(max_members=2, max_ratio=1e9))
    assert ingest(path, Archive(max_ratio=1e9))[1].left_out == {"too_large": 3}


def test_a_damaged_member_takes_no_neighbour_down(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.py", "damaged = 1\n")
        archive.writestr("b.py", CODE)
    path.write_bytes(path.read_bytes().replace(b"damaged = 1", b"damaged = 2"))
    found, tally = ingest(path)
    assert (list(found), tally.left_out) == (["b.py"], {"unreadable": 1})


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tar.xz", "a.tar"])
def test_what_is_no_archive_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"this is no archive" * 100)
    with pytest.raises(RefusedError, match="cannot be read as an archive"):
        open_source(tmp_path / name)


def test_half_an_archive_is_refused(tmp_path: Path) -> None:
    noise = bytes(range(256)) * 400
    path = tar(tmp_path / "a.tar.gz", [("a.py", CODE), ("b.bin", noise)])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(RefusedError, match="get a whole copy"):
        open_source(path)


@pytest.mark.parametrize("suffix", ["zip", "tar.gz"])
def test_what_git_archives_keeps_its_commit(tmp_path: Path, suffix: str) -> None:
    root = repository(tmp_path / "demo", {"a.py": CODE})
    git(root, "archive", "--prefix=demo-main/", "-o", str(tmp_path / f"x.{suffix}"), "HEAD")
    found, _ = ingest(tmp_path / f"x.{suffix}")
    assert found["a.py"]["max_stars_repo_head_hexsha"] == git(root, "rev-parse", "HEAD")


def test_nothing_or_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"there is no .*missing"):
        open_source(tmp_path / "missing")
    (tmp_path / "a.rar").write_bytes(b"Rar!")
    with pytest.raises(RefusedError, match=r"a\.rar is no directory and no archive of a known kind"):
        open_source(tmp_path / "a.rar")
