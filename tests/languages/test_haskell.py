"""Haskell: what real files and hard ones consist of."""

import re
from pathlib import Path

import pytest

from tests.languages import checks
from tests.languages.units import units

FILES = checks.real("haskell")
SIGNED = re.compile(r"^(?:([a-z]\w*'?)\s+::|(?:data|newtype|type|class(?: .*=>)?) (\w+))", re.M)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files(path: Path) -> None:
    checks.as_listed(path, "Haskell")
    code = re.sub(r"^ *--.*", "", path.read_text(encoding="utf-8"), flags=re.M)
    found = [unit.name for unit in units(code, "Haskell") if unit.kind != "method" and "." not in unit.name]
    assert found == [a or b for a, b in SIGNED.findall(code)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_any_block_may_be_left_out(path: Path) -> None:
    checks.may_be_left_out(path.read_text(encoding="utf-8"), "Haskell")


HARD = """{-# LANGUAGE GADTs #-}
-- | The module.
module Shapes (area) where

import Data.List

-- | Computes.
-- All of it.
area :: forall a. (Show a) => Int -> [a] -> Maybe Int -> IO ()
{-# INLINE area #-}
area 0 _ Nothing = throwIO (Bad "x")
-- between the equations
area n (x:xs) m
  | n > 1 = go n
  | otherwise = throw Worse
  where
    go :: Int -> IO ()
    go 0 = pure ()
    go k = let twice y = y + y in go (twice k)

infixl 5 <+>
-- | Operator.
(<+>) :: Int -> Int -> Int
a <+> b = a + b
x `plus` y = x
(f .: g) a b = f (g a b)
pointFree :: Int -> Int
pointFree = (+ 1)

{-| A type. -}
data Shape a where
  Circle :: Double -> Shape Double
newtype Wrap f a = Wrap { unwrap :: f a } deriving (Show)
data a :*: b = a :*: b
type Name = String
type family Elem c

-- | A class.
class (Eq a) => Container f a where
  type Key f
  -- | Empty.
  empty :: f a
  insert, delete :: a -> f a -> f a
  size :: f a -> Int
  size _ = 0
  default render :: Show a => f a -> String
instance Show a => Container [] (Maybe a) where
  empty = []
  Just a == b = True
foreign import ccall "sin" c_sin :: Double -> Double
pattern Two :: a -> a -> [a]
pattern Two x y = [x, y]
a, b :: Int
a = 1
"""


def test_hard_cases() -> None:
    assert checks.listing(HARD, "Haskell") == [
        "function area 7-19 (n: Int, (x:xs): [a], m: Maybe Int) -> IO () gives raises Bad raises Worse documented",
        "function area.go 17-19 (k) gives",
        "function area.go.twice 19-19 (y) gives",
        "function <+> 22-24 (a: Int, b: Int) -> Int gives documented",
        "function plus 25-25 (x, y) gives",
        "function .: 26-26 (f, g, a, b) gives",
        "function pointFree 27-28 () -> Int gives",
        "class Shape 30-32 () documented",
        "class Wrap 33-33 ()",
        "class :*: 34-34 ()",
        "class Name 35-35 ()",
        "class Elem 36-36 ()",
        "class Container 38-46 () documented",
        "class Container.Key 40-40 ()",
        "method Container.empty 41-42 () -> f a documented",
        "method Container.insert 43-43 () -> f a",
        "method Container.size 44-45 (_: f a) -> Int gives",
        "method Container.render 46-46 () -> String",
        "method Container.[] (Maybe a).empty 48-48 () gives",
        "method Container.[] (Maybe a).== 49-49 (Just a, b) gives",
        "function c_sin 50-50 () -> Double",
        "function Two 51-52 () -> [a]",
        "function a 53-54 () gives",
    ]


def test_signatures_are_the_types() -> None:
    signatures = {unit.name: unit.signature for unit in units(HARD, "Haskell")}
    assert signatures["area"] == "area :: forall a. (Show a) => Int -> [a] -> Maybe Int -> IO ()"
    assert signatures["plus"] == "x `plus` y"
    assert signatures["Container"] == "class (Eq a) => Container f a"
    assert signatures["Shape"] == "data Shape a"


def test_windows_lines_are_the_same_units() -> None:
    names = [unit.name for unit in units(HARD, "Haskell")]
    assert [unit.name for unit in units(HARD.replace("\n", "\r\n"), "Haskell")] == names


def test_of_a_broken_file_whole_units_are_kept() -> None:
    assert "function a 1-1 (x) gives" in checks.listing("a x = x\nb = (\nc x = x\n", "Haskell")


def test_linear_time() -> None:
    def functions(count: int) -> str:
        return "".join(f"-- | F.\nf{i} :: Int -> Int\nf{i} 0 = 1\nf{i} x = x\n" for i in range(count))

    checks.takes_linear_time(functions, "Haskell")


def test_the_clauses_of_a_function_take_linear_time() -> None:
    def clauses(count: int) -> str:
        return "f :: Int -> Int\n" + "f 0 = 1\n" * count

    once, twice = (checks.seconds(clauses(count), "Haskell", 1) for count in (4000, 8000))
    assert twice < 3 * once or checks.seconds(clauses(8000), "Haskell", 1) < 3 * once


@pytest.mark.parametrize(
    "text",
    [
        "f = " + "(" * 20_000,
        "f :: " + "Int -> " * 20_000 + "Int\nf x = x\n",
        "f x = case x of\n  _ -> " + "case x of _ -> " * 1000 + "x\n" + " \n" * 20_000 + "g x = x\n",
        "-- |\n" * 50_000,
        "f = do " * 2000,
    ],
    ids=["parentheses", "arrows", "white space", "comments", "dos"],
)
def test_hostile_files_end_soon(text: str) -> None:
    checks.ends_soon(text, "Haskell")
