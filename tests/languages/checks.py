"""What holds for every language, to be called by the tests of each."""

import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from pipeline.languages import find
from pipeline.prompt import without
from pipeline.schema import Block
from pipeline.syntax import parse
from tests.languages.units import line, units

REAL = Path(__file__).parent / "real"


def listing(text: str, language: str) -> list[str]:
    """The units of a text, a line each."""
    return [line(unit) for unit in units(text, language)]


def real(folder: str) -> list[Path]:
    """The real files of a language."""
    return sorted(path for path in (REAL / folder).iterdir() if path.suffix not in (".units", ".md"))


def as_listed(path: Path, language: str) -> None:
    """A real file has the units that are listed beside it."""
    listed = path.with_name(f"{path.name}.units").read_text(encoding="utf-8").splitlines()
    assert listing(path.read_text(encoding="utf-8"), language) == listed


def may_be_left_out(text: str, language: str) -> None:
    """Each block of each unit may be left out, and all of them at once: what is left still parses."""
    entry = find(language)
    assert entry is not None
    assert not broken(text, language)
    for unit in units(text, language):
        code = text.encode()
        start = unit.start_byte
        blocks = [Block(block.start + start, block.end + start, block.depth) for block in unit.blocks]
        for some in [*([block] for block in blocks), blocks]:
            assert not broken(left := without(code, some, entry.elision), language), left


def broken(text: str, language: str) -> bool:
    """Whether a text does not parse."""
    entry = find(language)
    assert entry is not None
    tree = parse(text.encode(), entry)
    return tree is None or tree.root_node.has_error


def takes_linear_time(make: Callable[[int], str], language: str, count: int = 2000) -> None:
    """A file of twice as many definitions takes less than thrice as long, none is missed; a busy machine may err."""
    for last in (False, False, True):
        once, twice = seconds(make(count), language, count), seconds(make(2 * count), language, 2 * count)
        if twice < 3 * once:
            return
        assert not last, (once, twice)


def seconds(text: str, language: str, count: int) -> float:
    """The processor time that it takes to find so many units in a text."""
    gc.disable()  # the collector's share grows faster than the text
    began = time.process_time()
    found = units(text, language)
    took = time.process_time() - began
    gc.enable()
    assert len(found) == count
    return took


def ends_soon(text: str, language: str) -> None:
    """A hostile file is done with in a few seconds."""
    began = time.process_time()
    units(text, language)
    assert time.process_time() - began < 10


def takes_linear_work(text: str, language: str) -> None:
    """A text repeated twice as often takes about twice as many calls, of which the parser makes one for each step."""
    units(text, language)
    once, twice = calls(text * 4, language), calls(text * 8, language)
    assert twice < 2.1 * once, (once, twice)


def calls(text: str, language: str) -> int:
    """How often functions are called, Python's and C's, while the units of a text are found."""
    count = 0

    def called(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(called)
    units(text, language)
    sys.setprofile(None)
    return count
