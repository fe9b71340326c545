"""Units as lines of text, for listings that are compared with what is known of a file."""

from pipeline.extract import extract
from pipeline.schema import File, Origin, Parameter, Unit


def units(text: str, language: str, path: str = "pack/mod") -> list[Unit]:
    """The units of a text but for its module."""
    return extract(File(Origin("s", 0, path=path, language=language), text))[1:]


def line(unit: Unit) -> str:
    """What is known of a unit: kind, name, lines, parameters, what it gives and raises, documented or not."""
    said = unit.interface
    parameters = ", ".join(parameter(one) for one in said.parameters)
    words = [f"{unit.kind} {unit.name} {unit.start_line}-{unit.end_line} ({parameters})"]
    words += [f"-> {said.returns}"] if said.returns else []
    words += [word for word, there in (("gives", said.gives), ("yields", said.yields)) if there]
    words += [f"raises {name}" for name in said.raises]
    words += ["documented"] if unit.doc else []
    return " ".join(words)


def parameter(one: Parameter) -> str:
    """A parameter as it is known: its mark, name, type and default."""
    type_ = f": {one.type}" if one.type else ""
    default = f" = {one.default}" if one.default else ""
    return f"{one.rest}{' ' if one.rest.isalpha() else ''}{one.name}{type_}{default}"
