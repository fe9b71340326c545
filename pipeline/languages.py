"""The languages whose files are taken apart: one table entry each, and one query in `queries/`.

In goes a language's name or a path, out comes its entry, or its grammar and query. A further language is an entry and
a query with these captures, and no code:

    @definition.function  @definition.method  @definition.class    a unit, with its @name and its @body, if it has one
    @scope.class  @scope.module     no unit, but its @name qualifies those inside it, as a class or a namespace does
    @head                   with a definition: where its signature begins, if not where it does itself
    @tail                   with a definition: where its signature ends, if not with its body or itself
    @qualifier              with a definition: a name that goes before its own, such as a receiver's type
    @whole  @part           the unit @part reaches as far as @whole: its decorators, its `export`
    @documented  @doc       the documentation in the body or module @documented (where it stands in the body)
    @note                   a comment, or what else may document the unit that follows (where it stands before)
    @lead                   what belongs to the unit that follows: an attribute, a type signature
    @block                  a part that may be replaced by `elision`; each @body is one, too
    @of                     the function of which this match says something:
      @parameter              the name of a parameter, with its @type, @default and the mark of a @rest
      @returns                the declared type of what it returns
    @gives  @yields         a value that the innermost function returns or yields
    @raise                  what raises an exception, with the name that is @raised, or @bound by its handler
    @handler                what handles an exception that is @caught, @bound to a name
    @closure                a function that is no unit: what it returns is not its surroundings'

Captures that begin with `_` are for predicates. A @name of several nodes reaches from the first to the last; a
definition with several names is known by the first in the text. What several matches say of one parameter is put
together. A function right inside a class is a method, whatever it was captured as. Knows nothing of files, rows or
units.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Literal

import tree_sitter

QUERIES = Path(__file__).parent / "queries"


@dataclass(frozen=True, slots=True)
class Language:
    """What the pipeline knows of a language: plain data."""

    name: str  # as The Stack has it
    aliases: tuple[str, ...]
    extensions: tuple[str, ...]
    grammar: str  # the grammar's package
    query: str  # a file in queries/
    elision: str  # stands for a block left out
    comment: str  # opens a comment that ends with its line
    doc: Literal["body", "before"]  # documentation stands first in the body, or before the unit
    docs: str = ""  # a pattern that a note before a unit begins with where it documents the unit
    base: str = ""  # another file in queries/, which the query goes on from
    symbol: str = "language"  # the function of the grammar's package that gives the grammar
    head_end: str = ""  # what ends a unit's head, before its body
    separator: str = "."  # in a qualified name
    scope: str = ""  # what a qualified name says of standing inside a function
    index: str = ""  # the file that stands for its directory, without extension


LANGUAGES = (
    Language(
        name="Python",
        aliases=("python3", "py"),
        extensions=(".py", ".pyi", ".pyw"),
        grammar="tree_sitter_python",
        query="python.scm",
        elision="...",
        comment="#",
        doc="body",
        head_end=":",
        scope="<locals>",
        index="__init__",
    ),
    Language(
        name="JavaScript",
        aliases=("js", "node", "jsx"),
        extensions=(".js", ".mjs", ".cjs", ".jsx", ".es6"),
        grammar="tree_sitter_javascript",
        query="javascript.scm",
        base="ecmascript.scm",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        docs=r"/\*\*(?!/)",
        head_end="=>",
        index="index",
    ),
    Language(
        name="TypeScript",
        aliases=("ts",),
        extensions=(".ts", ".mts", ".cts"),
        grammar="tree_sitter_typescript",
        query="typescript.scm",
        base="ecmascript.scm",
        symbol="language_typescript",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        docs=r"/\*\*(?!/)",
        head_end="=>",
        index="index",
    ),
    Language(
        name="TSX",
        aliases=("typescriptreact",),
        extensions=(".tsx",),
        grammar="tree_sitter_typescript",
        query="typescript.scm",
        base="ecmascript.scm",
        symbol="language_tsx",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        docs=r"/\*\*(?!/)",
        head_end="=>",
        index="index",
    ),
    Language(
        name="Java",
        aliases=(),
        extensions=(".java",),
        grammar="tree_sitter_java",
        query="java.scm",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        docs=r"/\*\*(?!/)",
    ),
    Language(
        name="C#",
        aliases=("csharp", "c-sharp", "cs"),
        extensions=(".cs", ".csx"),
        grammar="tree_sitter_c_sharp",
        query="csharp.scm",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        docs=r"///(?!/)|/\*\*(?!/)",
    ),
    Language(
        name="Kotlin",
        aliases=("kt",),
        extensions=(".kt", ".kts"),
        grammar="tree_sitter_kotlin",
        query="kotlin.scm",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        docs=r"/\*\*(?!/)",
    ),
    Language(
        name="Swift",
        aliases=(),
        extensions=(".swift",),
        grammar="tree_sitter_swift",
        query="swift.scm",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        docs=r"///(?!/)|/\*\*(?!/)",
    ),
    Language(
        name="Scala",
        aliases=(),
        extensions=(".scala", ".sc", ".sbt"),
        grammar="tree_sitter_scala",
        query="scala.scm",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        docs=r"/\*\*(?!/)",
        head_end="=",
        index="package",
    ),
)

BY_NAME = {name.casefold(): entry for entry in LANGUAGES for name in (entry.name, *entry.aliases)}
BY_EXTENSION = {extension: entry for entry in LANGUAGES for extension in entry.extensions}


def language_of(path: str | None, declared: str | None) -> str | None:
    """The file's language, as the table spells it: the declared one, else that of the path's extension, else None.

    A declared language that is not in the table is returned as it is: it is known, though not taken apart.
    """
    if declared and declared.strip():
        entry = find(declared)
        return entry.name if entry else declared.strip()
    entry = BY_EXTENSION.get(PurePosixPath(path or "").suffix.casefold())
    return entry.name if entry else None


def find(name: str | None) -> Language | None:
    """The entry of a language by its name or an alias, whatever the case; None where the table has none."""
    return BY_NAME.get((name or "").strip().casefold())


@cache
def grammar(language: Language) -> tree_sitter.Language:
    """The language's grammar, from its wheel. Raises ImportError where that is not installed."""
    return tree_sitter.Language(getattr(import_module(language.grammar), language.symbol)())


@cache
def query(language: Language) -> tree_sitter.Query:
    """The language's query, compiled. Raises tree_sitter.QueryError where it does not fit the grammar."""
    files = [QUERIES / name for name in (language.base, language.query) if name]
    return tree_sitter.Query(grammar(language), "\n".join(file.read_text(encoding="utf-8") for file in files))
