"""The styles by name, and which of them each language uses, its default first. Plain data."""

import re

from pipeline.schema import KINDS
from pipeline.styles import fields, form, headings, sections, swift, tags
from pipeline.styles.escape import NEVER
from pipeline.styles.inline import Inline, delimited, entities, markdown, ticked_html
from pipeline.styles.markup import Markup
from pipeline.styles.numpy import GUARD as UNDERLINED
from pipeline.styles.numpy import Numpy
from pipeline.styles.style import Style
from pipeline.styles.xml import Xml

PLAIN = markdown()
# A renderer would take these for HTML. https://spec.commonmark.org/0.31.2/#raw-html
MARKDOWN = markdown(re.compile(r"((?<!\\))(\\*)(<(?=[A-Za-z/!?]))"))
# https://tsdoc.org/pages/spec/overview/
TSDOC = markdown(re.compile(r"((?<!\\))(\\*)([{}<>@])"))
# https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html#escaping-mechanism
REST = delimited(r"\\|`|(?<!\w)[*|](?=\S)|_(?=\W|$)", "``", "``")
EPYTEXT = delimited(r"\\|(?<=[A-Z])\{|@(?=\w)", "C{", "}", r"[\\{}]")
DOXYGEN = delimited(r"[\\@<>]", "`", "`")
OCAML = delimited(r"[{}\[\]@]", "[", "]", r"[{}\[\]@]")
HADDOCK = delimited(r"[\\@<`]|(?<![\w/:])/(?=\w)", "@", "@", r"[\\@<`]|/")


def _python(markup: Markup, inline: Inline, guard: re.Pattern[str] = NEVER, colon: bool = True) -> Style:
    return Style(
        markup, form.PYTHON, inline, guard, python=True, types=True, colon=colon, yields=True, rest="name", body=KINDS
    )


STYLES: dict[str, Style] = {
    "google": _python(sections.GOOGLE, PLAIN, sections.GUARD, colon=False),
    "numpy": _python(Numpy(), PLAIN, UNDERLINED),
    "rest": _python(fields.REST, REST, fields.REST_GUARD),
    "epytext": _python(fields.EPYTEXT, EPYTEXT),
    "jsdoc": Style(
        tags.JSDOC,
        form.BLOCK,
        MARKDOWN,
        tags.AT,
        types=True,
        yields=True,
        rest="type",
        optional=True,
        module_head="@file",
    ),
    "tsdoc": Style(tags.TSDOC, form.BLOCK, TSDOC, in_code=False, module_tail="@packageDocumentation"),
    "javadoc": Style(tags.JAVADOC, form.HTML_BLOCK, entities("<code>", "</code>", braced=True), paragraph="<p>"),
    "kdoc": Style(tags.JAVADOC, form.NESTED_BLOCK, MARKDOWN, tags.AT),
    "scaladoc": Style(tags.JAVADOC, form.NESTED_HTML_BLOCK, ticked_html(), tags.AT),
    "doxygen": Style(tags.DOXYGEN, form.C_BLOCK, DOXYGEN, module_head="@file"),
    "doxygen-lines": Style(tags.DOXYGEN, form.C_SLASHES, DOXYGEN, module_head="@file"),
    "yard": Style(tags.YARD, form.HASHES, MARKDOWN, tags.AT, types=True),
    "phpdoc": Style(tags.PHPDOC, form.BLOCK, MARKDOWN, tags.AT, types=True, rest="name"),
    "ocamldoc": Style(tags.OCAMLDOC, form.OCAML_BLOCK, OCAML),
    "luals": Style(tags.LUALS, form.DASHES, MARKDOWN, tags.AT, types=True),
    "rustdoc": Style(
        headings.RUSTDOC, form.SLASHES, MARKDOWN, headings.HASH, in_code=False, module_form=form.INNER_SLASHES
    ),
    "julia": Style(headings.JULIA, form.JULIA, MARKDOWN, headings.HASH, in_code=False, types=True),
    "exdoc": Style(headings.EXDOC, form.ELIXIR, MARKDOWN, headings.HASH, in_code=False, body=("class", "module")),
    "godoc": Style(headings.GODOC, form.GO_SLASHES, PLAIN, headings.HASH, entries=False),
    "haddock": Style(headings.HADDOCK, form.BARS, HADDOCK, headings.EQUALS),
    "swift": Style(swift.Swift(), form.SLASHES, MARKDOWN, swift.GUARD),
    "csharp": Style(Xml(), form.SLASHES, entities("<c>", "</c>")),
    "shell": Style(sections.SHELL, form.HASHES, PLAIN, sections.GUARD),
}

LANGUAGES: dict[str, tuple[str, ...]] = {
    "Python": ("google", "numpy", "rest", "epytext"),
    "JavaScript": ("jsdoc",),
    "TypeScript": ("tsdoc", "jsdoc"),
    "TSX": ("tsdoc", "jsdoc"),
    "Java": ("javadoc",),
    "Go": ("godoc",),
    "Rust": ("rustdoc",),
    "C": ("doxygen", "doxygen-lines"),
    "C++": ("doxygen", "doxygen-lines"),
    "C#": ("csharp",),
    "Ruby": ("yard",),
    "PHP": ("phpdoc",),
    "Kotlin": ("kdoc",),
    "Swift": ("swift",),
    "Scala": ("scaladoc",),
    "Haskell": ("haddock",),
    "OCaml": ("ocamldoc",),
    "Lua": ("luals",),
    "Julia": ("julia",),
    "Shell": ("shell",),
    "Elixir": ("exdoc",),
}
