"""Documentation as source text, in the styles of twenty languages, and back.

    Interface ─skeleton─▶ Documentation ─written─▶ comment or docstring ─parsed─▶ Documentation
                                      a file's comments ─detected─▶ style

`LANGUAGES` names the styles of each language, its default first; `STYLES` are their markups (`sections`, `numpy`,
`fields`, `tags`, `headings`, `swift`, `xml`) in their comments (`form`, `quoted`). No text, whatever it holds, can end
its comment or string, or pass for a section.
"""

from pipeline.styles.reading import detected, parsed, understood
from pipeline.styles.skeleton import skeleton
from pipeline.styles.table import LANGUAGES, STYLES
from pipeline.styles.writing import WIDTH, phrased, place, written

__all__ = [
    "LANGUAGES",
    "STYLES",
    "WIDTH",
    "detected",
    "parsed",
    "phrased",
    "place",
    "skeleton",
    "understood",
    "written",
]
