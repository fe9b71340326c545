"""The verbs that docstrings begin with, and their third person: `Return the name` in, `returns the name` out."""

import re

SUBJECT = re.compile(r"^(This|The) (function|method|class|module|decorator) (?=\w+s )|^Class that ")
SECOND_VERB = re.compile(r"^(and|or|and then|then) (\w+)")
KNOWN = """
accept access acquire add adjust advance align allocate allow analyze append apply assert assign attach
attempt begin bind block break build cache calculate call cancel cast change check choose clean clear
clone close collect combine compare compile complete compose compress compute concatenate configure
confirm connect construct consume contain control convert copy count create cut deactivate decide declare
decode decompress decorate define delete deliver derive describe deserialize destroy detach detect
determine disable discard dispatch display divide do download draw drop dump emit enable encode encrypt
end enforce ensure enter enumerate escape establish estimate evaluate examine execute exit expand export
expose extend extract fetch fill filter finalize find finish fit fix flatten flush fold follow force fork
format forward free freeze generate get give group guess handle hash help hide hold identify ignore
implement import include increment index indicate infer inform inherit initialise initialize insert
inspect install instantiate interpret invert invoke issue iterate join jump keep kill launch let limit
link list listen load locate lock log look loop make manage map mark mask match measure merge mimic modify
monitor move multiply name normalize notify obtain offer open order output override pack pad parse pass
patch peek perform pick place plot pop populate post predict prepare prepend preserve pretty-print prevent
print process produce prompt propagate protect provide publish pull push put query queue quote raise
randomize read rebuild receive recompute record recover recursively reduce refresh register reject release
reload remove rename render reorder repeat replace report represent request require reserve reset reshape
resize resolve restore restrict resume retrieve retry return reverse rewind rewrite roll rotate round run
sample save scale scan schedule search seek select send separate serialize serve set setup shift show
shuffle shut shutdown signal simplify simulate skip sleep slice solve sort specify split spawn stack start
stop store strip submit subtract suggest sum support suppress swap switch synchronize take tear tell
terminate test throw toggle tokenize trace track train transform translate transpose traverse trigger trim
truncate try turn undo uninstall unlock unpack unregister unset unwrap update upgrade upload use validate
verify view visit wait walk warn wrap write yield zero
"""
VERBS = frozenset(KNOWN.split())


def third_person(summary: str) -> str | None:
    """`Return the name` as `returns the name`; None where the summary does not begin with a verb that is known."""
    first, _, rest = SUBJECT.sub("", summary).partition(" ")
    word, rest = first.lower(), SECOND_VERB.sub(_second, rest)
    if word.removesuffix("s") in VERBS and word.endswith("s") and word not in VERBS:
        return f"{word} {rest}"
    if word.endswith("es") and word.removesuffix("es") in VERBS:
        return f"{word} {rest}"
    return f"{inflected(word)} {rest}" if word in VERBS else None


def _second(match: re.Match[str]) -> str:
    return f"{match[1]} {inflected(match[2]) if match[2] in VERBS else match[2]}"


def inflected(verb: str) -> str:
    """A verb's third person singular."""
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}s"
