"""A path, and the first bytes where the path does not tell, in; the language as The Stack names it out.

The names, and which endings belong to them, are those of GitHub's Linguist, from which The Stack has them;
an ending that several languages share goes to the likelier one, unless the text says otherwise.
"""

import difflib
import io
import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from identify.identify import parse_shebang

from pipeline.errors import UsageError

ENDINGS = {
    "Ada": "adb ads",
    "Assembly": "asm nasm s",
    "Awk": "awk",
    "Batchfile": "bat cmd",
    "C": "c h",
    "C#": "cs csx",
    "C++": "cc cpp cxx c++ hh hpp hxx h++ inl ipp tpp",
    "CMake": "cmake",
    "CSS": "css",
    "Clojure": "clj cljc cljs",
    "CoffeeScript": "coffee",
    "Common Lisp": "lisp cl lsp",
    "Crystal": "cr",
    "Cuda": "cu cuh",
    "Cython": "pyx pxd pxi",
    "D": "d",
    "Dart": "dart",
    "Elixir": "ex exs",
    "Elm": "elm",
    "Emacs Lisp": "el",
    "Erlang": "erl hrl",
    "F#": "fs fsi fsx",
    "Fortran": "f f77 f90 f95 f03 f08 for",
    "GLSL": "glsl vert frag",
    "Go": "go",
    "GraphQL": "graphql gql",
    "Groovy": "groovy gradle",
    "HCL": "hcl tf tfvars",
    "HTML": "html htm xhtml",
    "Haskell": "hs",
    "INI": "ini cfg",
    "JSON": "json",
    "Java": "java",
    "JavaScript": "js mjs cjs jsx",
    "Julia": "jl",
    "Jupyter Notebook": "ipynb",
    "Kotlin": "kt kts",
    "LLVM": "ll",
    "Less": "less",
    "Lua": "lua",
    "MATLAB": "m",
    "Makefile": "mk mak",
    "Markdown": "md markdown",
    "Meson": "",
    "Nim": "nim",
    "Nix": "nix",
    "OCaml": "ml mli",
    "Objective-C": "",
    "Objective-C++": "mm",
    "PHP": "php phtml",
    "Pascal": "pas pp dpr",
    "Perl": "pl pm",
    "PowerShell": "ps1 psm1 psd1",
    "Prolog": "pro",
    "Protocol Buffer": "proto",
    "Python": "py pyi pyw",
    "R": "r",
    "Racket": "rkt",
    "Ruby": "rb rake gemspec",
    "Rust": "rs",
    "SCSS": "scss",
    "SQL": "sql",
    "Sass": "sass",
    "Scala": "scala sc",
    "Scheme": "scm ss",
    "Shell": "sh bash zsh ksh bats",
    "Smalltalk": "st",
    "Solidity": "sol",
    "Standard ML": "sml sig",
    "Starlark": "bzl star",
    "Svelte": "svelte",
    "Swift": "swift",
    "SystemVerilog": "sv svh",
    "TOML": "toml",
    "TSX": "tsx",
    "Tcl": "tcl",
    "TeX": "tex sty",
    "Thrift": "thrift",
    "TypeScript": "ts mts cts",
    "VHDL": "vhd vhdl",
    "Verilog": "v",
    "Vim Script": "vim",
    "Visual Basic .NET": "vb",
    "Vue": "vue",
    "WebAssembly": "wat wast",
    "XML": "xml xsd xsl xslt",
    "YAML": "yaml yml",
    "Yacc": "y yy",
    "Zig": "zig",
    "reStructuredText": "rst",
}
FILE_NAMES = {
    "BUILD": "Starlark",
    "BUILD.bazel": "Starlark",
    "CMakeLists.txt": "CMake",
    "Dockerfile": "Dockerfile",
    "Containerfile": "Dockerfile",
    "Gemfile": "Ruby",
    "GNUmakefile": "Makefile",
    "Jenkinsfile": "Groovy",
    "Makefile": "Makefile",
    "Rakefile": "Ruby",
    "SConscript": "Python",
    "SConstruct": "Python",
    "WORKSPACE": "Starlark",
    "makefile": "Makefile",
    "meson.build": "Meson",
    "wscript": "Python",
}
INTERPRETERS = {
    "awk": "Awk",
    "bash": "Shell",
    "dash": "Shell",
    "ksh": "Shell",
    "lua": "Lua",
    "node": "JavaScript",
    "perl": "Perl",
    "php": "PHP",
    "pwsh": "PowerShell",
    "python": "Python",
    "ruby": "Ruby",
    "sh": "Shell",
    "tclsh": "Tcl",
    "zsh": "Shell",
}
SHARED = {
    "h": (
        "C++",
        re.compile(r"^\s*(?:class\s+\w+|namespace\b|template\s*<|using\s+\w|(?:public|private):)", re.M),
    ),
    "m": (
        "Objective-C",
        re.compile(r"^\s*(?:@(?:interface|implementation|protocol|import)\b|#import\b)", re.M),
    ),
    "pl": ("Prolog", re.compile(r"^[^#\n]*:-", re.M)),
}
BY_ENDING = {ending: language for language, endings in ENDINGS.items() for ending in endings.split()}
LANGUAGES = frozenset(ENDINGS) | frozenset(FILE_NAMES.values())


def check(names: Iterable[str]) -> None:
    """Raise UsageError for a name that no language has."""
    for name in names:
        if name not in LANGUAGES:
            near = difflib.get_close_matches(name.title(), LANGUAGES, n=1, cutoff=0.0)
            raise UsageError(f"filters.languages: there is no language {name!r}. Did you mean {near[0]}?")


def extension(path: str) -> str | None:
    """What stands after the last dot of the file's name, in lower case; null where nothing does."""
    return PurePosixPath(path).suffix[1:].lower() or None


def by_path(path: str) -> str | None:
    """The language that the path alone tells."""
    return FILE_NAMES.get(PurePosixPath(path).name) or BY_ENDING.get(extension(path) or "")


def by_shebang(head: bytes) -> str | None:
    """The language of the interpreter that the first line names."""
    command = parse_shebang(io.BytesIO(head))
    program = PurePosixPath(command[0]).name if command else ""
    return INTERPRETERS.get(program.rstrip("0123456789."))


def by_text(path: str, language: str, text: str) -> str:
    """The language, or the other one that its ending may stand for, if the text shows the other's marks."""
    other, marks = SHARED.get(extension(path) or "", (language, None))
    return other if marks and marks.search(text) else language
