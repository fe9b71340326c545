"""A documented unit and the summary of its docstring in, an explanation in English out.

The facts (parameters, calls, loops, exceptions, results) come from the syntax tree, so that they are true and made
of names that stand in the code; the purpose comes from whoever wrote the docstring. Knows nothing of tasks or tokens.
"""

import ast
from collections.abc import Iterable, Iterator

from pipeline.training.units import FUNCTIONS, Documented, Example
from pipeline.training.verbs import third_person

BUILTIN_NOISE = frozenset(
    (
        "len",
        "str",
        "int",
        "isinstance",
        "super",
        "print",
        "repr",
        "type",
        "getattr",
        "hasattr",
        "list",
        "dict",
        "tuple",
        "set",
    )
)
MOST_NAMED = 4
MOST_CHARACTERS = 40  # an expression longer than this is not quoted


def explain(example: Example, summary: str) -> str:
    """What the unit is and does: its purpose first, then what its syntax tree shows."""
    facts = [fact for fact in _facts(example.node) if fact]
    return " ".join([_opening(example, summary), *facts])


def _opening(example: Example, summary: str) -> str:
    subject, purpose = _noun(example), third_person(summary)
    if example.kind == "module":
        return f"This module {purpose}." if purpose else f"This is a module. {summary}."
    if purpose:
        return f"`{example.name}` is {subject} that {purpose}."
    return f"`{example.name}` is {subject}. {summary}."


def _noun(example: Example) -> str:
    node = example.node
    if isinstance(node, ast.ClassDef):
        bases = [ast.unparse(base) for base in node.bases]
        return f"a class derived from {listed(bases)}" if bases else "a class"
    if not isinstance(node, FUNCTIONS):
        return "a module"
    decorators = {ast.unparse(decorator).split("(")[0].split(".")[-1] for decorator in node.decorator_list}
    special = decorators & {"property", "classmethod", "staticmethod"}
    if special:
        word = special.pop()
        return {"property": "a property", "classmethod": "a class method", "staticmethod": "a static method"}[word]
    noun = "method" if _receiver(node) else "function"
    return f"an asynchronous {noun}" if isinstance(node, ast.AsyncFunctionDef) else f"a {noun}"


def _facts(node: Documented) -> Iterator[str]:
    if isinstance(node, FUNCTIONS):
        yield _takes(node)
        yield _does(node)
        yield _gives(node)
        return
    defined = [n.name for n in node.body if isinstance(n, FUNCTIONS) and n.name != "__init__"]
    classes = [n.name for n in node.body if isinstance(n, ast.ClassDef)]
    init = next((n for n in node.body if isinstance(n, FUNCTIONS) and n.name == "__init__"), None)
    yield f"It is created with {listed(parameters(init))}." if init and parameters(init) else ""
    yield f"It defines {_counted('class', 'classes', classes)}." if classes else ""
    word = "method" if isinstance(node, ast.ClassDef) else "function"
    yield f"It has {_counted(word, f'{word}s', defined)}." if defined else ""


def _counted(one: str, many: str, names: list[str]) -> str:
    return f"the {one if len(names) == 1 else many} {listed(names)}"


def listed(names: Iterable[str]) -> str:
    """Names in backquotes, as English lists them; beyond four, only that there are others."""
    quoted = [f"`{name}`" for name in dict.fromkeys(names)]
    if len(quoted) > MOST_NAMED:
        quoted = [*quoted[:MOST_NAMED], "others"]
    return " and ".join(part for part in (", ".join(quoted[:-1]), quoted[-1]) if part)


def _receiver(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    first = (node.args.posonlyargs + node.args.args)[:1]
    return bool(first) and first[0].arg in ("self", "cls")


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The names that a caller passes: no self or cls, with the stars."""
    args = node.args
    names = [a.arg for a in (args.posonlyargs + args.args)[_receiver(node) :]]
    names += [f"*{args.vararg.arg}"] if args.vararg else []
    names += [a.arg for a in args.kwonlyargs]
    return names + ([f"**{args.kwarg.arg}"] if args.kwarg else [])


def _takes(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    names = parameters(node)
    return f"It takes {listed(names)}." if names else ""


def _does(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """One sentence of what happens in the body, in the order of kinds: loops, calls, exceptions."""
    body = [inner for statement in node.body for inner in ast.walk(statement)]
    deeds = [
        _deed("loops over", (_short(n.iter) for n in body if isinstance(n, ast.For | ast.AsyncFor)), 1),
        _deed("calls", (_called(n) for n in body if isinstance(n, ast.Call)), 3),
        _deed("handles", (_short(n.type) for n in body if isinstance(n, ast.ExceptHandler)), 2),
        _deed("raises", (_raised(n) for n in body if isinstance(n, ast.Raise)), 2),
    ]
    done = [deed for deed in deeds if deed]
    return f"It {' and '.join(p for p in (', '.join(done[:-1]), done[-1]) if p)}." if done else ""


def _deed(verb: str, things: Iterable[str], most: int) -> str:
    named = [thing for thing in dict.fromkeys(things) if thing][:most]
    return f"{verb} {listed(named)}" if named else ""


def _called(call: ast.Call) -> str:
    name = _short(call.func)
    return "" if name in BUILTIN_NOISE or "(" in name or _exception(name) else name


def _raised(statement: ast.Raise) -> str:
    error = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
    return _short(error) if isinstance(error, ast.Name | ast.Attribute) else ""


def _exception(name: str) -> bool:
    return name.endswith(("Error", "Exception", "Warning"))


def _short(node: ast.expr | None) -> str:
    text = ast.unparse(node) if node is not None else ""
    return text if len(text) <= MOST_CHARACTERS and "\n" not in text and "`" not in text else ""


def _gives(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    own = list(_own(node))
    yielded = [n for n in own if isinstance(n, ast.Yield | ast.YieldFrom)]
    if yielded:
        value = _short(yielded[-1].value)
        return f"It yields `{value}`." if value else "It yields values one by one."
    values = [n.value for n in own if isinstance(n, ast.Return) and n.value is not None]
    if not values:
        return "It returns nothing."
    return f"It returns {_result(values)}."


def _result(values: list[ast.expr]) -> str:
    shown = list(dict.fromkeys(_short(value) for value in values))
    if len(shown) <= 2 and all(shown):
        return " or ".join(f"`{text}`" for text in shown)
    if shown[-1]:
        return f"`{shown[-1]}` at its end"
    last = _called(values[-1]) if isinstance(values[-1], ast.Call) else ""
    return f"what `{last}` returns" if last else "the result"


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """What is in a function, in the order of the text, without the functions inside it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            yield child
            yield from _own(child)
