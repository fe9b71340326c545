"""An interface in, the documentation out that its style asks for: every item there, and no text.

Python's follow `pydoclint` with its default settings, the other languages' their own conventions.
"""

import re

from pipeline.schema import Documentation, Interface, Item, Kind, Parameter
from pipeline.styles import annotations
from pipeline.styles.style import Style
from pipeline.styles.table import STYLES

RECEIVER = re.compile(r"(?:&\s*(?:'\w+\s+)?)?(?:mut\s+)?self|cls|mcs|mcls|metacls")
# Types of functions that give nothing back, as their languages spell them.
NOTHING = re.compile(
    r"|void|Void|Unit|unit|undefined|never|Never|Nothing|None|nil|Nil|NoReturn|\(\)|!|(?:Promise|Task|Future)<(?:void|never)>"
    r"|Task|ValueTask|IO \(\)|std::monostate"
)


def skeleton(interface: Interface, kind: Kind, style: str) -> Documentation:
    """The documentation whose texts are to be filled in, with each item that the style wants for this interface.

    A class has its constructor's interface: parameters and exceptions, no values. Raises KeyError for no such style.
    """
    the, callable_ = STYLES[style], kind in ("function", "method")
    if kind == "module" or not the.entries:
        return Documentation("")
    returns, yields = _values(interface, style) if callable_ else (None, None)
    return Documentation(
        summary="",
        parameters=tuple(_item(parameter, the) for parameter in _named(interface, kind, the.python)),
        returns=returns,
        yields=yields,
        raises=tuple(Item(name) for name in dict.fromkeys(interface.raises)),
    )


def _named(interface: Interface, kind: Kind, first: bool) -> tuple[Parameter, ...]:
    """The parameters that are documented: no receiver, no separator, none whose name is nothing but underscores.

    `first` says that a receiver is known by its place: the first parameter, unless the method is static.
    """
    parameters = interface.parameters
    if kind != "function" and parameters and not parameters[0].rest:
        known = not interface.static if first else RECEIVER.fullmatch(parameters[0].name)
        parameters = parameters[1:] if known else parameters
    return tuple(parameter for parameter in parameters if parameter.name.strip("*&/_ "))


def _item(parameter: Parameter, style: Style) -> Item:
    type_ = (annotations.shown(parameter.type) if style.python else parameter.type) if style.types else None
    name = parameter.name
    if parameter.rest and style.rest == "name" and not name.startswith(parameter.rest):
        name = parameter.rest + name
    if parameter.rest and style.rest == "type":
        type_ = f"...{type_ or '*'}".replace("......", "...")
    return Item(name, type_)


def _values(interface: Interface, style: str) -> tuple[Item | None, Item | None]:
    """What is returned and yielded, if the style has sections for it."""
    the = STYLES[style]
    if the.python:
        return annotations.values(interface)
    due = interface.gives if interface.returns is None else not NOTHING.fullmatch(interface.returns)
    value = Item(type=interface.returns if the.types else None)
    if interface.yields:
        return (None, value) if the.yields else (value, None)
    return (value if due else None), None
