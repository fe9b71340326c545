"""Go: what real files and hard ones consist of."""

import re
from pathlib import Path

import pytest

from tests.languages import checks
from tests.languages.units import units

FILES = checks.real("go")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files(path: Path) -> None:
    checks.as_listed(path, "Go")
    text = path.read_text(encoding="utf-8")
    assert len(units(text, "Go")) == len(re.findall(r"^(?:func|type) ", text, re.MULTILINE))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_any_block_may_be_left_out(path: Path) -> None:
    checks.may_be_left_out(path.read_text(encoding="utf-8")[:5000].rpartition("\n}\n")[0] + "\n}\n", "Go")


HARD = """package shapes

// Types in a group.
type (
	// Point is one.
	Point struct{ x, y int }
	Walker[T any, K ~int | ~string] interface {
		// Walk walks.
		Walk(ctx context.Context, steps ...T) (done bool, err error)
		fmt.Stringer
		Stop()
	}
	Alias = Point
	Handler func(w Writer, r *Request)
)

/* Stack is generic. */
type Stack[T any] struct {
	items []T
}

// Push pushes.
//
//go:noinline
func (s *Stack[T]) Push(a, b T, rest ...[]T) (n int, err error) {
	defer func() { recover() }()
	visit := func(x int) (string, error) { return "", nil }
	return
}

// Not the documentation.

func (Stack[T]) Unnamed(int, string) {}

//nolint:unused
func Map[K comparable, V any](
	m map[K]V, // the map
	f func(K) V,
) map[K]V

func outer() {
	type local struct{ a int }
	f := func() int { return 1 }
	_ = f
}
"""


def test_hard_cases() -> None:
    assert checks.listing(HARD, "Go") == [
        "class shapes.Point 5-6 () documented",
        "class shapes.Walker 7-12 ()",
        "method shapes.Walker.Walk 8-9 (ctx: context.Context, ...steps: T) -> (done bool, err error) documented",
        "method shapes.Walker.Stop 11-11 ()",
        "class shapes.Handler 14-14 ()",
        "class shapes.Stack 17-20 () documented",
        "method shapes.Stack.Push 22-29 (a: T, b: T, ...rest: []T) -> (n int, err error) gives documented",
        "method shapes.Stack.Unnamed 33-33 ()",
        "function shapes.Map 36-39 (m: map[K]V, f: func(K) V) -> map[K]V",
        "function shapes.outer 41-45 ()",
        "class shapes.outer.local 42-42 ()",
    ]


def test_signatures_are_one_line_without_comments() -> None:
    signatures = {unit.name: unit.signature for unit in units(HARD, "Go")}
    assert signatures["shapes.Map"] == "func Map[K comparable, V any](m map[K]V, f func(K) V,) map[K]V"
    assert signatures["shapes.Walker"] == "Walker[T any, K ~int | ~string] interface"
    assert signatures["shapes.Stack"] == "type Stack[T any] struct"


def test_windows_lines_are_the_same_units() -> None:
    assert checks.listing(HARD.replace("\n", "\r\n"), "Go") == checks.listing(HARD, "Go")


def test_of_a_broken_file_whole_units_are_kept() -> None:
    assert checks.listing("package p\nfunc a() {}\nfunc b( {\nfunc c() {}\n", "Go")[0] == "function p.a 2-2 ()"


def test_linear_time() -> None:
    checks.takes_linear_time(lambda n: "package p\n" + "// F.\nfunc f(a, b int) int { return a }\n" * n, "Go")
    checks.takes_linear_time(lambda n: "package p\ntype (\n" + "T struct{}\n" * n + ")\n", "Go")


@pytest.mark.parametrize(
    "text",
    [
        "package p\nfunc f(" + "a, " * 20_000 + "z int) {}\n",
        "package p\nfunc f() {" * 1000,
        "package p\n" + "//go:x\n" * 20_000 + "func f() {}\n",
    ],
    ids=["parameters", "open", "directives"],
)
def test_hostile_files_end_soon(text: str) -> None:
    checks.ends_soon(text, "Go")
