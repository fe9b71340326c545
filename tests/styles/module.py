"""Functions of every shape that pydoclint looks at, without docstrings; and their interfaces."""

import ast
from collections.abc import Iterator

from pipeline.schema import Interface, Kind, Parameter

SOURCE = '''
import abc, contextlib, json
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator
from typing import Annotated, Any, AsyncGenerator, Literal, NoReturn, overload

def plain(a: int, b: "str" = "x", *args: Any, c: dict[str,int] | None = None, **kw: Callable[[int], str]) -> set[int]:
    return set()

def separated(a: int, /, b: int, *, c: Literal["x", 'y'] = "x") -> Literal["x", "y"]:
    return c

def ignored(_: int, __: str, *_args: int) -> None:
    return None

def nothing() -> None:
    print()

def never(code: int) -> NoReturn:
    raise SystemExit(code)

def forward(node: "Node") -> "Node":
    return node

def long(
    first: dict[
        str, int
    ],
    second: tuple[int, ...] = (),
) -> tuple[
    int, str
]:
    return 1, "a"

def outer(x: int) -> Callable[[int], int]:
    def inner(y: int) -> int:
        if y < 0:
            raise KeyError(y)
        return x + y
    return inner

def generator(n: int) -> Iterator[int]:
    for i in range(n):
        yield i

def stops(n: int) -> Iterator["Node"]:
    if n < 0:
        return
    yield n

def sends(n: int) -> Generator[tuple[int, str], None, bool]:
    yield n, "a"
    return True

def abbreviated() -> Generator[int]:
    yield from range(3)

async def ticks(n: int) -> AsyncIterator[dict[str, int]]:
    yield {}

async def agen() -> AsyncGenerator[int, None]:
    yield 1

def hands_on(rows: Iterable[int]) -> Iterator[int]:
    return iter(rows)

@contextlib.contextmanager
def managed(path: str) -> Iterator[None]:
    yield

@contextlib.contextmanager
def opened(path: str) -> Iterator[int]:
    try:
        yield 1
    finally:
        print(path)

def raises(x: int) -> int:
    assert x
    try:
        x = int(x)
    except ValueError:
        raise
    except (KeyError, json.JSONDecodeError) as error:
        raise error
    except OSError as error:
        raise json.decoder.JSONDecodeError("a", "b", 0) from error
    if x:
        raise ValueError("x")
    raise RuntimeError

class Shape(abc.ABC):
    def __init__(self, width: int, *, height: int = 0) -> None:
        if width < 0:
            raise ValueError(width)
        self.width = width

    @property
    def area(self) -> int:
        return 0

    @classmethod
    def make(cls, size: int) -> "Shape":
        return cls(size)

    @staticmethod
    def unit(scale: float) -> float:
        return scale

    @abc.abstractmethod
    def draw(self, canvas: Any) -> None:
        raise NotImplementedError

    @abc.abstractmethod
    def parts(self) -> Iterator[int]:
        raise NotImplementedError

    @overload
    def at(self, i: int) -> int: ...
    @overload
    def at(self, i: slice) -> list[int]: ...
    def at(self, i: Any) -> Any:
        return i

    async def __aenter__(self) -> "Shape":
        return self
'''  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST, inside: Kind | None = None) -> Iterator[tuple[Function | ast.ClassDef, Kind, Interface]]:
    """Every definition with its kind and interface; a class has its constructor's, which has none itself."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            constructors = [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"]
            yield node, "class", interface(constructors[0]) if constructors else Interface()
            yield from functions(node, "class")
        elif isinstance(node, Function):
            if node.name != "__init__":
                yield node, "method" if inside == "class" else "function", interface(node)
            yield from functions(node)


def interface(node: Function) -> Interface:
    args, own = node.args, list(_own(node))
    ordered = [*args.posonlyargs, *args.args, *args.kwonlyargs, *filter(None, (args.vararg, args.kwarg))]
    ordered.sort(key=lambda arg: (arg.lineno, arg.col_offset))
    rests = {args.vararg: "*", args.kwarg: "**"}
    return Interface(
        tuple(Parameter(arg.arg, _text(arg.annotation), None, rests.get(arg, "")) for arg in ordered),
        _text(node.returns),
        any(isinstance(part, ast.Return) and part.value is not None for part in own),
        any(isinstance(part, ast.Yield | ast.YieldFrom) for part in own),
        tuple(dict.fromkeys(_raised(node, []))),
        any(isinstance(part, ast.Name) and part.id == "staticmethod" for part in node.decorator_list),
    )


def _text(node: ast.expr | None) -> str | None:
    return " ".join((ast.get_source_segment(SOURCE, node) or "").split()) if node else None


def _own(node: ast.AST) -> Iterator[ast.AST]:
    for part in ast.iter_child_nodes(node):
        yield part
        if not isinstance(part, Function | ast.Lambda):
            yield from _own(part)


def _raised(node: ast.AST, caught: list[str], name: str | None = None) -> Iterator[str]:
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.ExceptHandler):
            kinds = part.type.elts if isinstance(part.type, ast.Tuple) else [part.type] if part.type else []
            yield from _raised(part, [ast.unparse(kind) for kind in kinds], part.name)
        elif isinstance(part, ast.Raise):
            raised = part.exc.func if isinstance(part.exc, ast.Call) else part.exc
            yield from caught if raised is None or ast.unparse(raised) == name else [ast.unparse(raised)]
        elif not isinstance(part, Function | ast.Lambda):
            yield from _raised(part, caught, name)
