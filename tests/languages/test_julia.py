"""Julia: what real files and hard ones consist of."""

import re
from pathlib import Path

import pytest

from tests.languages import checks
from tests.languages.units import units

FILES = checks.real("julia")
FUNCTION = re.compile(r"^ *(?:function|macro) \w+|^\w+\([^()]*\) = |^ *rhs!\(", re.M)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files(path: Path) -> None:
    checks.as_listed(path, "Julia")
    text = path.read_text(encoding="utf-8")
    broken = text.count("function pipe_std_outputs")
    found = [unit for unit in units(text, "Julia") if unit.kind == "function"]
    assert len(found) == len(FUNCTION.findall(text)) - broken


@pytest.mark.parametrize("path", FILES[:1], ids=lambda path: path.name)
def test_any_block_may_be_left_out(path: Path) -> None:
    checks.may_be_left_out(path.read_text(encoding="utf-8"), "Julia")


HARD = '''"""
The module.
"""
module Shapes

"""
    area(x)

Computes.
"""
@inline function area(x::Int, y=2, (a, b)=(1, 2), args...; k::Int=3, kw...)::Int where {T<:Real}
    x > 1 || throw(ArgumentError("x"))
    try
        helper()
    catch e
        throw(e)
    end
    inner(z) = z
    map(xs) do z
        return z
    end
    return x
end

"short"
# between
half(x::T) where {T} = x / 2
Base.show(io::IO, ::Type{T}) where T = print(io)
Base.:(==)(a::A, b::A) = true
(f::Poly)(x) = f.c
+(a::A, b::A) = A(1)
function empty end
function (x, y) end
square = x -> x^2
const cube = function (x) x^3 end
macro twice(ex) esc(ex) end

"A type."
struct A{T} <: B
    x::T
    A(x) = new(x)
    A{T}(x, y) where T = new{T}(x)
end
mutable struct M end
abstract type B{T} <: C end
primitive type P 8 end
Base.@kwdef struct K
    a::Int = 1
end
a[1] = f(2)
x.y = 3
end
'''


def test_hard_cases() -> None:
    assert checks.listing(HARD, "Julia") == [
        "module Shapes 1-52 () documented",
        "function Shapes.area 6-23 (x: Int, y = 2, (a, b) = (1, 2), ...args, k: Int = 3, ...kw) -> Int gives "
        "raises ArgumentError documented",
        "function Shapes.area.inner 18-18 (z) gives",
        "function Shapes.half 25-27 (x: T) gives documented",
        "function Shapes.Base.show 28-28 (io: IO, ::Type{T}: Type{T}) gives",
        "function Shapes.Base.:(==) 29-29 (a: A, b: A) gives",
        "function Shapes.(f::Poly) 30-30 (x) gives",
        "function Shapes.+ 31-31 (a: A, b: A) gives",
        "function Shapes.empty 32-32 ()",
        "function Shapes.square 34-34 (x) gives",
        "function Shapes.cube 35-35 (x)",
        "function Shapes.twice 36-36 (ex)",
        "class Shapes.A 38-43 () documented",
        "method Shapes.A.A 41-41 (x) gives",
        "method Shapes.A.A{T} 42-42 (x, y) gives",
        "class Shapes.M 44-44 ()",
        "class Shapes.B 45-45 ()",
        "class Shapes.P 46-46 ()",
        "class Shapes.K 47-49 ()",
    ]


def test_bodies_are_blocks_though_no_nodes() -> None:
    module = units(HARD, "Julia")[0]
    blocks = [module.code[block.start : block.end] for block in module.blocks if block.depth == 1]
    assert blocks[0].startswith("x > 1 ||")
    assert blocks[0].endswith("return x")
    checks.may_be_left_out(HARD, "Julia")


def test_windows_lines_are_the_same_units() -> None:
    assert checks.listing(HARD.replace("\n", "\r\n"), "Julia") == checks.listing(HARD, "Julia")


def test_of_a_broken_file_whole_units_are_kept() -> None:
    assert "function a 1-1 (x) gives" in checks.listing("a(x) = x\nfunction b(\nc(x) = x\n", "Julia")


def test_linear_time() -> None:
    checks.takes_linear_time(lambda n: '"F."\nfunction f(a, b::Int)\n    a\nend\n' * n, "Julia")
    checks.takes_linear_time(lambda n: "f(a, b) = a\n" * n, "Julia")


@pytest.mark.parametrize(
    "text",
    [
        "f(" + "a, " * 20_000 + "z) = 1\n",
        "begin " * 3000,
        "begin\n" * 1000 + "\n" * 50_000 + "end\n" * 1000,
        "# a\n" * 50_000,
        '"a"\n' * 20_000,
        ('"a"' + "#= =#" * 200 + "\n") * 200,
    ],
    ids=["parameters", "open", "white space", "comments", "strings", "strings and comments"],
)
def test_hostile_files_end_soon(text: str) -> None:
    checks.ends_soon(text, "Julia")
