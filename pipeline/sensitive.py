"""Where secrets and personal data stand in a text.

In: a text. Out: places, each with its kind: key, password, email or ip_address. Tokens and names of secrets are those
of detect-secrets, none of which is ever tried over a network. In the 12 MB of Python's standard library it finds 170
e-mail addresses, nearly all of authors, six numbers that look like IP addresses, and one password, of an example.
Every pattern takes time in proportion to the text's length, whatever stands in it.
"""

import functools
import ipaddress
import re
from collections.abc import Iterable, Iterator
from re import Pattern

from detect_secrets.filters import heuristic
from detect_secrets.plugins import (
    aws,
    azure_storage_key,
    basic_auth,
    discord,
    github_token,
    gitlab_token,
    mailchimp,
    pypi_token,
    sendgrid,
    slack,
    square_oauth,
    stripe,
    telegram_token,
    twilio,
)
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.keyword import DENYLIST

from pipeline.config.document import Redact

KEY, PASSWORD, EMAIL, IP = "key", "password", "email", "ip_address"
Place = tuple[int, int, str]  # start, end [characters], kind

# Left out of detect-secrets: high entropy and Artifactory (ordinary code is full of them), detectors of unquoted
# assignments (they take most of the time), and JWT, npm and OpenAI, whose patterns take the square of a hostile line's
# length; OTHER_TOKENS has forms of these.
DETECTORS: tuple[type[RegexBasedDetector], ...] = (
    aws.AWSKeyDetector,
    azure_storage_key.AzureStorageKeyDetector,
    discord.DiscordBotTokenDetector,
    github_token.GitHubTokenDetector,
    gitlab_token.GitLabTokenDetector,
    mailchimp.MailchimpDetector,
    pypi_token.PypiTokenDetector,
    sendgrid.SendGridDetector,
    slack.SlackDetector,
    square_oauth.SquareOAuthDetector,
    stripe.StripeDetector,
    telegram_token.TelegramBotTokenDetector,
    twilio.TwilioKeyDetector,
)
OTHER_TOKENS = (
    r"eyJ(?<![\w-]eyJ)[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*",  # JSON web token
    r"github_pat_\w{22,255}",
    r"npm_[A-Za-z0-9]{36}",
    r"hf_[A-Za-z0-9]{34}",
    r"AIza[\w-]{35}",  # Google
    r"sk-(?:ant|proj|svcacct)-[\w-]{20,255}",  # Anthropic, OpenAI
    r"sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}",
)
WORD = re.compile(r"[\w-]*")
PASSWORD_IN_URL = basic_auth.BasicAuthDetector.denylist[0]

# A quoted value without spaces that is given to a name which ends as names of secrets do.
NAMES = "|".join((*DENYLIST, "access_?key", "(?:access|auth|api|bearer|refresh)_?token"))
GIVEN = re.compile(r"""[=:(>][ \t]{0,8}@?[bru]?(["'`])([^\s"'`]{4,200})\1""")
NAMED = re.compile(
    rf"(?:{NAMES})[\"'\]]{{0,2}}[ \t]{{0,8}}(?::[ \t]?[\w.\[\]|]{{1,20}}[ \t]?)?[:=!]{{0,2}}\Z", re.IGNORECASE
)
NAME = 64  # characters before a value in which its name stands
CONFIGURED = re.compile(
    rf"^[^\S\n]*(?:export[ ]|ENV[ ]|-[ ])?[\w.-]{{0,40}}(?:{NAMES})[ ]?[=:][ ]?([^\s\"'`$<{{(]{{6,200}})[^\S\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
WORDS = re.compile(r"[A-Za-z]+(?:[_.:/ -]+[A-Za-z]+)*|[\W_]*", re.ASCII)
# A single word that stands where a password would, and says what goes there.
TYPES = frozenset(
    ("string", "text", "none", "null", "true", "false", "required", "optional", "hidden", "varchar", "bytes")
)
MENTIONS = re.compile(rf"{NAMES}|pass|token|example|your|change", re.IGNORECASE)

BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d")
END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY|Private-MAC:|-----BEGIN ")
LONGEST_KEY = 20_000
RUN = re.compile(r"\\[nr]|[A-Za-z0-9+/=]{40,}")  # a break in a string literal is none of the key
PIECE = re.compile(r"\\[nr]|[A-Za-z0-9+/=]{16,}|(?:(?<=[\s\"'`>])|(?<=\\[nr]))[A-Za-z0-9+/]+={0,2}(?=[\"'`\r\n\\<])")

DOMAINS = "com|org|net|edu|gov|mil|int|info|io|dev|app|biz|name|xyz|online|site|email|cloud|tech|[a-z]{2}"
HOST = re.compile(rf"@((?:[A-Za-z0-9-]{{1,63}}\.){{1,8}}(?i:{DOMAINS}))(?![\w-])", re.ASCII)
USER = re.compile(r"[\w.%+-]+\Z")
LONGEST_USER = 64
NOBODY = re.compile(r"git|hg|svn|no-?reply|\.+", re.IGNORECASE)
RESERVED = re.compile(r"(?:.*\.)?example\.(?:com|org|net|edu)", re.IGNORECASE)  # RFC 2606
IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)", re.ASCII)
IPV6 = re.compile(r"[23][0-9a-fA-F]{3}:(?:[0-9a-fA-F]{0,4}:){1,6}[0-9a-fA-F]{0,4}(?![\w:])")
SMALL = 32  # version numbers and object identifiers have smaller parts only; of all addresses 0.02 % do


def found(text: str, config: Redact, settings: bool = False) -> list[Place]:
    """Where secrets and personal data stand, in order, none within another; `settings`: values may lack quotes."""
    places = [*(secrets(text, settings) if config.secrets else ()), *(personal(text) if config.personal else ())]
    apart: list[Place] = []
    for start, end, kind in sorted(places, key=lambda place: (place[0], -place[1])):
        if apart and start < apart[-1][1]:
            first, last, before = apart.pop()
            start, end, kind = first, max(last, end), before
        apart.append((start, end, kind))
    return apart


def secrets(text: str, settings: bool = False) -> Iterator[Place]:
    """Private keys, tokens of known forms, passwords in addresses, and values given to names of secrets."""
    yield from private_keys(text)
    for pattern, group in tokens():
        yield from words(pattern, group, text)
    yield from ((*m.span(1), PASSWORD) for m in PASSWORD_IN_URL.finditer(text) if likely(m[1]))
    for match in GIVEN.finditer(text):
        if NAMED.search(text, max(0, match.start() - NAME), match.start()) and likely(match[2], match[0][0] == "("):
            yield *match.span(2), PASSWORD
    if settings:
        yield from ((*m.span(1), PASSWORD) for m in CONFIGURED.finditer(text) if likely(m[1]))


@functools.cache
def tokens() -> tuple[tuple[Pattern[str], int], ...]:
    """The patterns of tokens, each with the group that is the token; 0 is all of it, and stands apart."""
    theirs: list[Pattern[str]] = [pattern for detector in DETECTORS for pattern in detector().denylist]
    by_name = [(pattern, 1) for pattern in theirs if pattern.pattern.startswith("aws")]
    by_form = [(pattern, 0) for pattern in theirs if not pattern.pattern.startswith("aws")]
    return (*by_name, *by_form, (re.compile("|".join(OTHER_TOKENS)), 0))


def words(pattern: Pattern[str], group: int, text: str) -> Iterator[Place]:
    """The pattern's tokens, each to the end of its word: one of an unusual length goes whole."""
    at = 0
    while match := pattern.search(text, at):
        at = match.end(group)
        if group or apart(text, match.start()):
            rest = WORD.match(text, at)
            at = rest.end() if rest else at
            yield match.start(group), at, KEY


def apart(text: str, at: int, joining: str = "") -> bool:
    """Whether a word begins there, also after a line break or tab that a string literal spells out."""
    if at == 0 or text[max(0, at - 2) : at] in ("\\n", "\\r", "\\t"):
        return True
    before = text[at - 1]
    return not (before.isascii() and before.isalnum()) and before not in joining


def likely(value: str, called: bool = False) -> bool:
    """Whether a value is a secret, and not a template, a sequence, a type, or words; `called`: words may look it up."""
    if heuristic.is_templated_secret(value) or heuristic.is_prefixed_with_dollar_sign(value):
        return False
    if heuristic.is_sequential_string(value) or heuristic.is_not_alphanumeric_string(value) or value[0] == "%":
        return False
    return WORDS.fullmatch(value) is None or not (called or value.lower() in TYPES or MENTIONS.search(value))


def private_keys(text: str) -> Iterator[Place]:
    """The lines of private keys, whole or cut off; what marks their beginning and end stays."""
    at = 0
    while begin := BEGIN.search(text, at):
        at = begin.end()
        end = END.search(text, at, at + LONGEST_KEY)
        stop = end.start() if end else min(at + LONGEST_KEY, len(text))
        if pieces := list(_pieces(RUN, text, at, stop)):
            whole = end is not None and not end[0].startswith("-----BEGIN")
            yield from _pieces(PIECE, text, at, stop) if whole else pieces
        at = stop


def _pieces(pattern: Pattern[str], text: str, start: int, stop: int) -> Iterable[Place]:
    return ((*piece.span(), KEY) for piece in pattern.finditer(text, start, stop) if not piece[0].startswith("\\"))


def personal(text: str) -> Iterator[Place]:
    """E-mail addresses of people, and public addresses of machines."""
    for host in HOST.finditer(text):
        user = USER.search(text, max(0, host.start() - LONGEST_USER), host.start())
        if user and not NOBODY.fullmatch(user[0]) and not RESERVED.fullmatch(host[1]):
            yield user.start(), host.end(), EMAIL
    for pattern in (IPV4, IPV6):
        for match in pattern.finditer(text):
            if apart(text, match.start(), "_.-:") and public(match[0]):
                yield *match.span(), IP


def public(text: str) -> bool:
    """Whether a text is the address of a machine that anybody can reach."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return address.is_global and not address.is_multicast and (address.version == 6 or max(address.packed) >= SMALL)
