"""OCaml: what real files and hard ones consist of."""

import re
from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.schema import File, Origin
from tests.languages import checks
from tests.languages.units import line, units

FILES = checks.real("ocaml")
TOP = re.compile(r"^(?:(?:let(?: rec)?|and|val|type(?: '\w+)?) +(?:\w+))", re.M)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files(path: Path) -> None:
    checks.as_listed(path, "OCaml")
    text = re.sub(r"\{\[.*?\]\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    text = re.sub(r"\(\*.*?\*\)", "", text, flags=re.S)
    assert len([unit for unit in units(text, "OCaml") if "." not in unit.name]) == len(TOP.findall(text))


@pytest.mark.parametrize("path", FILES[:2], ids=lambda path: path.name)
def test_any_block_may_be_left_out(path: Path) -> None:
    checks.may_be_left_out(path.read_text(encoding="utf-8"), "OCaml")


HARD = """(** The module. *)

open List

(** Doc of f. *)
let rec f x (y : int) ?(z = 1) ~w ~lab:q ?opt : string =
  try g x with Not_found | Failure _ as e -> raise e
(** Doc of g. *)
and g = function A -> raise (Foo 1) | B -> raise_notrace Exit
let h : int -> string -> unit = fun a b -> ()
let[@inline] poly : type a. a t -> a = function A -> 1
let value = 1
let (+.) a b = a
let%lwt w (module M : S) (A | B) { x; y } _ () = let loop i = i in loop x

module M = struct
  (** Inner. *)
  let k x = fun y -> y
end
module F (X : S) : T = struct let z () = () end
module type S = sig
  (** Val. *)
  val v : int -> (int, string) t
  type t
end
module Alias = List
type t = A | B of int
and 'a u = { x : int }
exception E of int
class c x = object (self)
  method m y : int = y
  method private virtual n : int -> string
end
external ext : int -> int = "c_ext"
let () = let local a = a in local 1
"""


def test_hard_cases() -> None:
    assert checks.listing(HARD, "OCaml") == [
        "function f 5-7 (x, y: int, z = 1, w, lab, opt) -> string gives documented",
        "function g 8-9 () gives raises Foo raises Exit documented",
        "function h 10-10 (a: int, b: string) -> unit gives",
        "function poly 11-11 () -> a gives",
        "function (+.) 13-13 (a, b) gives",
        "function w 14-14 ((module M : S), (A | B), { x; y }, _) gives",
        "function w.loop 14-14 (i) gives",
        "module M 16-19 ()",
        "function M.k 17-18 (x) gives documented",
        "module F 20-20 ()",
        "function F.z 20-20 () gives",
        "class S 21-25 ()",
        "method S.v 22-23 () -> (int, string) t documented",
        "class S.t 24-24 ()",
        "class t 27-27 ()",
        "class u 28-28 ()",
        "class E 29-29 ()",
        "class c 30-33 (x)",
        "method c.m 31-31 (y) -> int gives",
        "method c.n 32-32 () -> string",
        "function ext 34-34 () -> int",
        "function local 35-35 (a) gives",
    ]


INTERFACE = """(** The module. *)

val f : ?opt:int -> lab:string -> 'a list -> (unit -> unit)
(** Behind f. *)

(** Before g. *)
val g : int

val h : int
(** Between: before the next, as nothing parts them. *)
val i : int

module M : sig
  val x : int
  (** Behind x. *)
end
type t
(** Behind t. *)
"""


def test_an_interface_is_documented_before_or_behind() -> None:
    file = File(Origin("s", 0, path="a/b.mli", language="OCaml"), INTERFACE)
    assert [line(unit) for unit in extract(file)[1:]] == [
        "function f 3-4 (opt: int, lab: string) -> (unit -> unit) documented",
        "function g 6-7 () documented",
        "function h 9-9 ()",
        "function i 10-11 () documented",
        "module M 13-16 ()",
        "function M.x 14-15 () documented",
        "class t 17-18 () documented",
    ]


def test_windows_lines_are_the_same_units() -> None:
    assert checks.listing(HARD.replace("\n", "\r\n"), "OCaml") == checks.listing(HARD, "OCaml")


def test_of_a_broken_file_whole_units_are_kept() -> None:
    assert "function a 1-1 (x) gives" in checks.listing("let a x = x\nlet b = (\n\nlet c x = x\n", "OCaml")


def test_linear_time() -> None:
    checks.takes_linear_time(lambda n: "(** F. *)\nlet f a (b : int) = a + b\n" * n, "OCaml")
    checks.takes_linear_time(lambda n: "let rec f x = x\n" + "and f x = x\n" * (n - 1), "OCaml")


@pytest.mark.parametrize(
    "text",
    [
        "let f = " + "(" * 20_000,
        "val f : " + "int -> " * 20_000 + "int",
        "let f x = " + "let g y = " * 2000 + "y",
        "(** a *)\n" * 50_000,
        "let f x = match x with " + "| A -> match x with " * 2000,
    ],
    ids=["parentheses", "arrows", "lets", "comments", "matches"],
)
def test_hostile_files_end_soon(text: str) -> None:
    checks.ends_soon(text, "OCaml")
