"""Rust: what real files and hard ones consist of."""

import re
from pathlib import Path

import pytest

from tests.languages import checks
from tests.languages.units import units

FILES = checks.real("rust")
ITEM = re.compile(r"^\s*(?:pub(?:\(\w+\))? )?(?:unsafe )?(?:fn|struct|enum|trait|union|macro_rules!) ", re.MULTILINE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files(path: Path) -> None:
    checks.as_listed(path, "Rust")
    text = path.read_text(encoding="utf-8")
    assert len(units(text, "Rust")) == len(ITEM.findall(text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_any_block_may_be_left_out(path: Path) -> None:
    checks.may_be_left_out(path.read_text(encoding="utf-8"), "Rust")


HARD = """//! The module.

/// A point.
/// In two dimensions.
#[derive(Debug, Clone)]
// not for you
pub struct Point<T: Copy = i32> where T: Sized { x: T, y: T }
pub struct Pair(i32, String);
struct Unit;

/** Shapes. */
pub enum Shape { Round { r: f64 }, Flat }
union Bits { i: u32, f: f32 }

pub trait Draw: Sized {
    const N: usize;
    /// Draw it.
    fn draw(&self, to: &mut dyn Write) -> io::Result<()>;
    fn twice(&mut self, (a, b): (i32, i32)) {}
}

impl<T> fmt::Display for shapes::Point<T> where T: fmt::Display {
    /// Format.
    #[inline]
    pub(crate) async unsafe fn fmt<'a>(
        self: Box<Self>, // the box
        mut c: &'a mut T,
        _: i32,
    ) -> Result<(), E> {
        let f = |x: i32| -> i32 { return x; };
        Ok(())
    }
}

impl<'a, T> Draw for &'a [T] { fn h() {} }

mod inner {
    fn outer() {
        fn deeper() -> ! { panic!() }
    }
}

extern "C" {
    fn printf(format: *const c_char, ...) -> c_int;
}

/// Sum up.
#[macro_export]
macro_rules! sum { ($($x:expr),*) => { 0 $(+ $x)* } }

//// Four slashes are no documentation.
pub const fn k<const N: usize>(x: [u8; N]) -> impl Fn(i32) -> i32 { x }
"""


def test_hard_cases() -> None:
    assert checks.listing(HARD, "Rust") == [
        "class Point 3-7 () documented",
        "class Pair 8-8 ()",
        "class Unit 9-9 ()",
        "class Shape 11-12 () documented",
        "class Bits 13-13 ()",
        "class Draw 15-20 ()",
        "method Draw::draw 17-18 (&self, to: &mut dyn Write) -> io::Result<()> documented",
        "method Draw::twice 19-19 (&mut self, (a, b): (i32, i32))",
        "method shapes::Point::fmt 23-32 (self: Box<Self>, c: &'a mut T) -> Result<(), E> gives documented",
        "method &'a [T]::h 35-35 ()",
        "function inner::outer 38-40 ()",
        "function inner::outer::deeper 39-39 () -> !",
        "function printf 44-44 (format: *const c_char) -> c_int",
        "function sum 47-49 () documented",
        "function k 52-52 (x: [u8; N]) -> impl Fn(i32) -> i32 gives",
    ]


def test_signatures_are_one_line_without_comments() -> None:
    signatures = {unit.name: unit.signature for unit in units(HARD, "Rust")}
    fmt = "pub(crate) async unsafe fn fmt<'a>(self: Box<Self>, mut c: &'a mut T, _: i32,) -> Result<(), E>"
    assert signatures["shapes::Point::fmt"] == fmt
    assert signatures["Pair"] == "pub struct Pair(i32, String)"
    assert signatures["Point"] == "pub struct Point<T: Copy = i32> where T: Sized"
    assert signatures["Draw::draw"] == "fn draw(&self, to: &mut dyn Write) -> io::Result<()>"
    assert signatures["sum"] == "macro_rules! sum"


def test_an_attribute_belongs_to_its_item() -> None:
    point = units(HARD, "Rust")[0]
    assert point.code.startswith("/// A point.\n/// In two dimensions.\n#[derive(Debug, Clone)]\n// not for you\npub")
    assert point.doc is not None
    assert point.code[slice(*point.doc)] == "/// A point.\n/// In two dimensions."


def test_windows_lines_are_the_same_units() -> None:
    assert checks.listing(HARD.replace("\n", "\r\n"), "Rust") == checks.listing(HARD, "Rust")


def test_of_a_broken_file_whole_units_are_kept() -> None:
    assert checks.listing("fn a() {}\nfn b( {\n", "Rust")[0] == "function a 1-1 ()"


def test_linear_time() -> None:
    checks.takes_linear_time(lambda n: "/// F.\n#[a]\nfn f(a: i32, b: i32) -> i32 { return a; }\n" * n, "Rust")


@pytest.mark.parametrize(
    "text",
    [
        "fn f(" + "a: A, " * 20_000 + ") {}\n",
        "mod m {" * 2000,
        "#[a]\n" * 20_000 + "fn f() {}\n",
        "/// a\n" * 20_000 + "fn f() {}\n",
        "impl A<" * 5000 + ">" * 5000 + " {}",
    ],
    ids=["parameters", "open", "attributes", "documentation", "generics"],
)
def test_hostile_files_end_soon(text: str) -> None:
    checks.ends_soon(text, "Rust")
