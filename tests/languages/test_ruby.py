"""Ruby: what real files and hard ones consist of."""

import re
from pathlib import Path

import pytest

from tests.languages import checks
from tests.languages.units import units

FILES = checks.real("ruby")
ITEM = re.compile(r"^\s*(?:def [\w.]+|class [A-Z]|module [A-Z])", re.MULTILINE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files(path: Path) -> None:
    checks.as_listed(path, "Ruby")
    text = path.read_text(encoding="utf-8")
    assert len(units(text, "Ruby")) == len(ITEM.findall(text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_any_block_may_be_left_out(path: Path) -> None:
    checks.may_be_left_out(path.read_text(encoding="utf-8"), "Ruby")


HARD = """# frozen_string_literal: true

# Shapes.
#
# In two dimensions.
module A::B
  class Foo < Bar
    attr_reader :x

    # Make one.
    def initialize(a, b = 1, *rest, k:, k2: { a: 2 }, **opts, &blk)
      @a = a
    end

    # Its secret.
    private def hidden = 42

    def self.make(x); return x; end

    class << self
      # Another way.
      # rubocop:disable Metrics/AbcSize
      def other((a, b), ...); raise Oops, "x"; end
    end

    def ==(other) a end
    def [](i) = @a[i]
    def name=(v) @v = v end
    def ready? = true

    def call(
      a, # the first
      b: nil
    )
      yield a
      raise ArgumentError.new("x") unless a
      begin
        x
      rescue Foo, Bar::Baz => e
        raise e
      rescue KeyError
        raise
      end
      l = ->(z) { raise Inner; return z }
      foo { |y| return y }
      raise Errors::NotFound
    rescue Z
      fail "x"
    end
  end

=begin
A block of text.
=end
  S = Struct.new(:a) do
    def m; end
  end
end

def top arg
  puts arg
end
def obj.sing; end
# Not for this one.

def empty
end
"""


def test_hard_cases() -> None:
    assert checks.listing(HARD, "Ruby") == [
        "class A::B 3-58 () documented",
        "class A::B::Foo 7-50 ()",
        "method A::B::Foo#initialize 10-13 (a, b = 1, *rest, k, k2 = { a: 2 }, **opts, &blk) documented",
        "method A::B::Foo#hidden 15-16 () gives documented",
        "method A::B::Foo.make 18-18 (x) gives",
        "method A::B::Foo.other 21-23 ((a, b)) raises Oops documented",
        "method A::B::Foo#== 26-26 (other) gives",
        "method A::B::Foo#[] 27-27 (i) gives",
        "method A::B::Foo#name= 28-28 (v)",
        "method A::B::Foo#ready? 29-29 () gives",
        "method A::B::Foo#call 31-49 (a, b = nil) gives yields raises ArgumentError raises Foo raises Bar::Baz"
        " raises KeyError raises Errors::NotFound",
        "class A::B::S 52-57 () documented",
        "method A::B::S#m 56-56 ()",
        "function top 60-62 (arg)",
        "function obj.sing 63-63 ()",
        "function empty 66-67 ()",
    ]


def test_signatures_are_one_line_without_comments() -> None:
    signatures = {unit.name: unit.signature for unit in units(HARD, "Ruby")}
    assert signatures["A::B::Foo#call"] == "def call(a, b: nil)"
    assert signatures["A::B::Foo.make"] == "def self.make(x)"
    assert signatures["A::B::Foo#hidden"] == "def hidden"
    assert signatures["A::B::S"] == "S = Struct.new(:a)"
    assert signatures["empty"] == "def empty"


def test_what_stands_around_a_method_is_part_of_it() -> None:
    hidden = units(HARD, "Ruby")[3]
    assert hidden.code == "# Its secret.\n    private def hidden = 42"


def test_windows_lines_are_the_same_units() -> None:
    assert checks.listing(HARD.replace("\n", "\r\n"), "Ruby") == checks.listing(HARD, "Ruby")


def test_of_a_broken_file_whole_units_are_kept() -> None:
    assert checks.listing("def a; end\ndef b(\n", "Ruby")[0] == "function a 1-1 ()"


def test_linear_time() -> None:
    text = "# F.\ndef f(a, b = 1)\n  raise E if a\n  a\nend\n"
    checks.takes_linear_time(lambda n: text * n, "Ruby")


@pytest.mark.parametrize(
    "text",
    [
        "def f(" + "a, " * 20_000 + "z)\nend\n",
        "class A\n" * 2000,
        "# a\n" * 20_000 + "def f; end\n",
        "def f\n" + "a if b\n" * 20_000 + "end\n",
        "x = <<A + <<B\n" * 2000,
    ],
    ids=["parameters", "open", "documentation", "statements", "heredocs"],
)
def test_hostile_files_end_soon(text: str) -> None:
    checks.ends_soon(text, "Ruby")
