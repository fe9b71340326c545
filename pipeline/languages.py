"""The languages whose files are taken apart: one table entry each, and one query in `queries/`.

In goes a language's name or a path, out comes its entry, or its grammar and query. A further language is an entry, a
query with these captures and a line in `paths.tsv`, and no code:

    @definition.function  @definition.method  @definition.class    a unit, with its @name and its @body, if it has one
    @scope.class  @scope.module     no unit, but its @name qualifies those inside it, as a class or a namespace does;
                            without a @name those inside are qualified by what it stands in
    @head                   with a definition: where its signature begins, if not where it does itself
    @tail                   with a definition: where its signature ends, if not with its body or itself
    @prototype              with a definition: it only declares, and is no unit inside a function
    @declarator             with a definition that is also @of: a part that other matches may name for @of, instead
    @arity                  with a definition: its parameters, whose number tells clauses from overloads
    @qualifier              with a definition: a name that goes before its own, such as a receiver's type
    @whole  @part           the unit @part reaches as far as @whole: its decorators, its `export`
    @documented  @doc       the documentation in the body or module @documented (where it stands in the body)
    @documented  @place     what it would stand before there, if there were any
    @note                   a comment, or what else may document the unit that follows (where it stands before)
    @remark                 a comment that documents the unit right before it, if nothing before the unit does
    @lead                   what belongs to the unit that follows: an attribute, a type signature
    @import                 a statement that makes names known from elsewhere; several nodes are its parts
    @block                  a part that may be replaced by `elision`; each @body is one, too
    @open  @close           what stands between the two is a block, or the body of what is defined, where it is no node
    @of                     the function of which this match says something:
      @parameter              the name of a parameter, with its @type, @default and the mark of a @rest; the type may
                              be around name and default, and is then the rest of it
      @static                 what says that this method has no receiver
      @returns                the declared type of what it returns; several are its parts
      @curried                its type, where that is one of nodes that each take their first child and give their last
    @gives  @yields         a value that the innermost function returns or yields
    @raise                  what raises an exception, with the name that is @raised, or @bound by its handler
    @handler                what handles an exception that is @caught, @bound to a name
    @skipped                an error that takes nothing from what it stands in
    @closure                a function that is no unit: what it returns is not its surroundings'

Captures that begin with `_` are for predicates. A @name of several nodes reaches from the first to the last; a
definition with several names is known by the first in the text. What several matches say of one parameter is put
together. A function right inside a class is a method, whatever it was captured as. Knows nothing of files, rows or
units.
"""

from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Literal

import tree_sitter

QUERIES = Path(__file__).parent / "queries"
PATHS = Path(__file__).parent / "paths.tsv"  # of all languages, those in the table below among them


@dataclass(frozen=True, slots=True)
class Language:
    """What the pipeline knows of a language: plain data."""

    name: str  # as The Stack has it
    aliases: tuple[str, ...]
    grammar: str  # the grammar's package
    query: str  # a file in queries/
    elision: str  # stands for a block left out
    comment: str  # opens a comment that ends with its line, or with `comment_end` where that is said
    doc: Literal["body", "before"]  # documentation stands first in the body, or before the unit
    comment_end: str = ""
    docs: str = ""  # a pattern that a note before a unit begins with where it documents the unit
    no_docs: str = ""  # stands where documentation would, and says that there is to be none
    symbol: str = "language"  # the function of the grammar's package that gives the grammar
    dialects: tuple[tuple[str, str], ...] = ()  # extensions whose files another symbol's grammar reads
    opening: str = ""  # what a part of a file needs in front of it to be read as code
    head_end: str = ""  # what ends a unit's head, before its body
    separator: str = "."  # in a qualified name
    scope: str = ""  # what a qualified name says of standing inside a function
    unseen: str = ""  # a pattern of macros, which the parser is not to see; its group `lead` belongs to what follows
    wary: str = ""  # a pattern of what makes the parser take the square of memory, where thousands stand without an end
    base: str = ""  # another file in queries/, which the query goes on from
    joints: tuple[tuple[str, str], ...] = ()  # separators after scopes of a node type, or else before such definitions
    apart: bool = False  # documentation has a syntax of its own, and may stand blank lines before its unit
    clauses: bool = False  # definitions of one name and arity, one behind the other, are one unit
    runs: bool = False  # lines of comment, one right below the other, are one, and document from one that does on
    index: str = ""  # the file that stands for its directory, without extension


# Any comment documents what it stands before, but for what speaks to tools, and names of sections.
C_DOCS = (
    r"/\*(?!\s*(?:static|virtual|\**\s*@[{}])\s*\*/|(?:[^\w*]|\*(?!/))*\*/|\**[ \t]*[-=*]{2}[^\n]*\*/)"
    r"|//(?!\s*(?:static|virtual|NOLINT\S*|clang-format .*|[!/]?\s*@[{}])\s*?[\r\n]|[-=*/]{2})"
)

# Macros, by their usual names: in front of, inside or behind a declaration, and on lines of their own; in no directive.
C_MACROS = (
    r"\b(?=[A-Z_])(?:(?P<lead>(?<!if )(?<!def )(?<!define )(?<!&& )(?<!\|\| )_*(?:[A-Z][A-Z0-9_]*)?"
    r"(?:API|EXPORT|PUBLIC|HIDDEN|INLINE|NOEXCEPT|NORETURN|CONSTEXPR|RESTRICT|NODISCARD|UNUSED|DEPRECATED|STATIC|CALL"
    r"|DECL)_?\b(?=[ \t]+[A-Za-z_~:{]|[ \t]*\r?\n[ \t]*[A-Za-z_~:{]|;))"
    r"|(?:(?<=\n)|(?<=\n\t)|(?<=\n  )|(?<=\n    ))\w{0,60}(?:BEGIN|END|NAMESPACE|DECLS|Q_OBJECT|Q_GADGET)\w{0,60}"
    r"(?:\([\w:, ]*\))?[ \t]*;?[ \t]*(?=\r?\n))"
)

LANGUAGES = (
    Language(
        name="Python",
        aliases=("python3", "py"),
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
        grammar="tree_sitter_javascript",
        query="javascript.scm",
        base="ecmascript.scm",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        apart=True,
        docs=r"/\*\*(?!/)",
        head_end="=>",
        index="index",
    ),
    Language(
        name="TypeScript",
        aliases=("ts",),
        grammar="tree_sitter_typescript",
        query="typescript.scm",
        base="ecmascript.scm",
        symbol="language_typescript",
        elision="{ /* ... */ }",
        comment="//",
        wary=r"<[^<>;{}]*,",
        doc="before",
        apart=True,
        docs=r"/\*\*(?!/)",
        head_end="=>",
        index="index",
    ),
    Language(
        name="TSX",
        aliases=("typescriptreact",),
        grammar="tree_sitter_typescript",
        query="typescript.scm",
        base="ecmascript.scm",
        symbol="language_tsx",
        elision="{ /* ... */ }",
        comment="//",
        wary=r"<[^<>;{}]*,",
        doc="before",
        apart=True,
        docs=r"/\*\*(?!/)",
        head_end="=>",
        index="index",
    ),
    Language(
        name="Java",
        aliases=(),
        grammar="tree_sitter_java",
        query="java.scm",
        elision="{ /* ... */ }",
        comment="//",
        wary="<|=>|->",
        doc="before",
        apart=True,
        docs=r"/\*\*(?!/)",
    ),
    Language(
        name="Go",
        aliases=("golang",),
        grammar="tree_sitter_go",
        query="go.scm",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        docs=r"/\*|//(?!\s*(?:[a-z]+:[a-z]|nolint|#nosec|\+build|line |export |-{3}|={3}))",
    ),
    Language(
        name="Rust",
        aliases=("rs",),
        grammar="tree_sitter_rust",
        query="rust.scm",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        docs=r"///(?!/)|/\*\*(?![*/])",
        head_end=";",
        separator="::",
        index="mod",
    ),
    Language(
        name="C",
        aliases=(),
        grammar="tree_sitter_c",
        query="c.scm",
        base="c_family.scm",
        elision="{ /* ... */ }",
        comment="//",
        wary=r"=\s*[%|/<>^]",
        doc="before",
        docs=C_DOCS,
        unseen=C_MACROS,
        head_end=";",
        separator="::",
    ),
    Language(
        name="C++",
        aliases=("cpp", "cxx", "c plus plus"),
        grammar="tree_sitter_cpp",
        query="cpp.scm",
        base="c_family.scm",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        docs=C_DOCS,
        unseen=C_MACROS,
        head_end=";",
        separator="::",
    ),
    Language(
        name="C#",
        aliases=("csharp", "c-sharp", "cs"),
        grammar="tree_sitter_c_sharp",
        query="csharp.scm",
        elision="{ /* ... */ }",
        comment="//",
        wary="<|=>|->",
        doc="before",
        apart=True,
        docs=r"///(?!/)|/\*\*(?!/)",
    ),
    Language(
        name="Ruby",
        aliases=("rb", "jruby", "rake"),
        grammar="tree_sitter_ruby",
        query="ruby.scm",
        elision="\n# ...\n",
        comment="#",
        doc="before",
        docs=r"=begin|#(?!!|[-=#]{3}|\s*(?:rubocop|frozen_string_literal|encoding|coding|warn_indent|-\*-|:\w+:\s*$))",
        head_end=";",
        separator="::",
        joints=(("singleton_class", "."), ("method", "#"), ("singleton_method", ".")),
    ),
    Language(
        name="PHP",
        aliases=("php5", "php7", "php8"),
        grammar="tree_sitter_php",
        query="php.scm",
        symbol="language_php",
        opening="<?php ",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        docs=r"/\*\*(?!/)",
        head_end=";",
        separator="\\",
        joints=(("method_declaration", "::"),),
    ),
    Language(
        name="Kotlin",
        aliases=("kt",),
        grammar="tree_sitter_kotlin",
        query="kotlin.scm",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        apart=True,
        docs=r"/\*\*(?!/)",
    ),
    Language(
        name="Swift",
        aliases=(),
        grammar="tree_sitter_swift",
        query="swift.scm",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        apart=True,
        docs=r"///(?!/)|/\*\*(?!/)",
    ),
    Language(
        name="Scala",
        aliases=(),
        grammar="tree_sitter_scala",
        query="scala.scm",
        elision="{ /* ... */ }",
        comment="//",
        doc="before",
        apart=True,
        docs=r"/\*\*(?!/)",
        head_end="=",
        index="package",
    ),
    Language(
        name="Haskell",
        aliases=("hs",),
        grammar="tree_sitter_haskell",
        query="haskell.scm",
        opening="--\n",  # from the first line on, code may not be indented
        elision="undefined",
        comment="--",
        doc="before",
        docs=r"--+ *\||\{- *\|",
        clauses=True,
        runs=True,
    ),
    Language(
        name="OCaml",
        aliases=("ml",),
        grammar="tree_sitter_ocaml",
        symbol="language_ocaml",
        dialects=((".mli", "language_ocaml_interface"), (".eliomi", "language_ocaml_interface")),
        query="ocaml.scm",
        elision="(assert false (* ... *))",
        comment="(*",
        comment_end=" *)",
        doc="before",
        docs=r"\(\*\*(?![*)])",
        head_end="=",
    ),
    Language(
        name="Lua",
        aliases=(),
        grammar="tree_sitter_lua",
        query="lua.scm",
        elision="--[[ ... ]]",
        comment="--",
        doc="before",
        docs="--",
        index="init",
    ),
    Language(
        name="Julia",
        aliases=("jl",),
        grammar="tree_sitter_julia",
        query="julia.scm",
        elision="begin #= ... =# end",
        comment="#",
        doc="before",
        docs=r'\w*"',
        head_end="->",
    ),
    Language(
        name="Shell",
        aliases=("bash", "sh", "zsh", "ksh", "shell-script"),
        grammar="tree_sitter_bash",
        query="shell.scm",
        elision="{ ...; }",
        comment="#",
        wary=r"\|",
        doc="before",
        docs=r"#(?!!)",
    ),
    Language(
        name="Elixir",
        aliases=(),
        grammar="tree_sitter_elixir",
        query="elixir.scm",
        no_docs="@doc false",
        elision="do ... end",
        comment="#",
        doc="before",
        docs=r"@doc\b",
        head_end=",",
        clauses=True,
    ),
)

BY_NAME = {name.casefold(): entry for entry in LANGUAGES for name in (entry.name, *entry.aliases)}


@cache
def by_path() -> dict[str, str]:
    """The name of a language by each extension, in lower case, and each file name, with a slash before it."""
    found = dict[str, str]()
    for line in PATHS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, extensions, *files = line.split("\t")
            keys = (*extensions.split(), *(f"/{file}" for file in "".join(files).split()))
            found |= dict.fromkeys(keys, name)
    return found


def language_of(path: str | None, declared: str | None) -> str | None:
    """The file's language, as the table spells it: the declared one, else that of the path's name, else None.

    A language that is not in the table is returned as it is: it is known, though not taken apart.
    """
    if declared and declared.strip():
        entry = find(declared)
        return entry.name if entry else declared.strip()
    file = PurePosixPath(path or "")
    suffixes = [suffix.casefold() for suffix in file.suffixes[-3:]]
    keys = (f"/{file.name}", *("".join(suffixes[i:]) for i in range(len(suffixes))))
    return next((by_path()[key] for key in keys if key in by_path()), None)


def find(name: str | None) -> Language | None:
    """The entry of a language by its name or an alias, whatever the case; None where the table has none."""
    return BY_NAME.get((name or "").strip().casefold())


def dialect(language: Language, path: str | None) -> Language:
    """The entry for a file of the language at a path: it may have a grammar of its own."""
    if not language.dialects:
        return language
    symbol = dict(language.dialects).get(PurePosixPath(path or "").suffix.casefold())
    return replace(language, symbol=symbol) if symbol else language


@cache
def grammar(language: Language) -> tree_sitter.Language:
    """The language's grammar, from its wheel. Raises ImportError where that is not installed."""
    return tree_sitter.Language(getattr(import_module(language.grammar), language.symbol)())


@cache
def query(language: Language) -> tree_sitter.Query:
    """The language's query, compiled. Raises tree_sitter.QueryError where it does not fit the grammar."""
    files = [QUERIES / name for name in (language.base, language.query) if name]
    return tree_sitter.Query(grammar(language), "\n".join(file.read_text(encoding="utf-8") for file in files))
