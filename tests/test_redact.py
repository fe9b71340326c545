"""Secrets and personal data go, whatever they stand in; ordinary code, its lines and its places stay."""

import base64
import email
import http
import json
import logging
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config.document import Redact
from pipeline.extract import extract
from pipeline.redact import redacted, text_without, withheld
from pipeline.schema import File, Origin
from pipeline.sensitive import found

ALL = Redact()
AWS = "AKIA" + "IOSFODNN7EXAMPLE"
GITHUB = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2lnbmF0dXJlLW9mLWphbmU"
BODY = base64.b64encode(random.Random(5).randbytes(400)).decode()
LINES = [BODY[i : i + 64] for i in range(0, len(BODY), 64)]
PEM = "\n".join(("-----BEGIN RSA PRIVATE KEY-----", *LINES, "-----END RSA PRIVATE KEY-----"))


def clean(text: str, **config: bool) -> str:
    return text_without(text, Redact(**config))[0]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f'KEY = "{AWS}"', 'KEY = "<KEY>"'),
        (f'text = "one\\n{AWS}\\n"', 'text = "one\\n<KEY>\\n"'),
        (f"# {GITHUB}, not to be lost", "# <KEY>, not to be lost"),
        (f'"Authorization": "Bearer {JWT}"', '"Authorization": "Bearer <KEY>"'),
        ('aws_secret_key = "' + "wJalrXUtnFEMI/K7MDENG/" + 'bPxRfiCYEXAMPLEKEY"', 'aws_secret_key = "<KEY>"'),
        ('url = "postgres://jane:hunter2@db:5432/x"', 'url = "postgres://jane:<PASSWORD>@db:5432/x"'),
        ('password = "hunter2"', 'password = "<PASSWORD>"'),
        ("db['password'] = 'swordfish'", "db['password'] = '<PASSWORD>'"),
        ('{"api_key": "0a1b2c3d4e"}', '{"api_key": "<PASSWORD>"}'),
        ('connect(user="jane", passwd="s3cret!")', 'connect(user="jane", passwd="<PASSWORD>")'),
        ('client.setPassword("s3cret!");', 'client.setPassword("<PASSWORD>");'),
        ('secret: str = "s3cret!"', 'secret: str = "<PASSWORD>"'),
        ('if (pwd === "s3cret!") {', 'if (pwd === "<PASSWORD>") {'),
        ('auth_token := "abcd1234efgh"', 'auth_token := "<PASSWORD>"'),
        ("Jane Doe <jane.doe@corp.co.uk>", "Jane Doe <<EMAIL>>"),
        ("jürgen@beispiel.de wrote it.", "<EMAIL> wrote it."),
        ("host = '93.184.216.34'", "host = '<IP_ADDRESS>'"),
        ("http://93.184.216.34:80/", "http://<IP_ADDRESS>:80/"),
        ("[2606:2800:220:1:248:1893:25c8:1946]", "[<IP_ADDRESS>]"),
    ],
)
def test_what_is_secret_or_personal_is_replaced_by_what_it_is(text: str, left: str) -> None:
    assert clean(text) == left


@pytest.mark.parametrize(
    "text",
    [
        'password = "password"',
        'password = getpass("Password: ")',
        'password = os.environ["DB_PASSWORD"]',
        'secret = "${SECRET}"',
        'token = "<TOKEN>"',
        'form = {"password": "string"}',
        'client.get_secret("database")',
        'PASSWORD_FIELD = "user_password"',
        'password = "your-password-here"',
        'api_key = ""',
        "weights@self.matrix and x@y.T and @app.route",
        "git@github.com:someone/something.git",
        "someone@example.com, other@mail.example.org",
        "127.0.0.1 10.1.2.3 192.168.1.77 192.0.2.200 0.0.0.0 255.255.255.255 224.0.0.251",
        'version = "1.12.3.4"; oid = "2.5.29.17"; long = "1.3.6.1.4.1.311.60"',
        "2001:db8::1 fe80::1 std::vector at 12:30:45",
        'if line.startswith("-----BEGIN PRIVATE KEY-----") and not line.endswith("-----END PRIVATE KEY-----"):',
        "url = 'https://host:8080/path@2x.png'",
        "sha1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'",
    ],
)
def test_ordinary_code_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("package", [json, email, http, logging])
def test_the_standard_library_has_no_secrets_and_only_its_authors_addresses(package: ModuleType) -> None:
    for path in Path(package.__path__[0]).glob("**/*.py"):
        assert {kind for _, _, kind in found(path.read_text(), ALL)} <= {"email"}, path


@pytest.mark.parametrize(
    "text",
    [
        PEM,
        f'KEY = """{PEM}\n"""',
        json.dumps({"key": PEM + "\n"}),
        "(" + "\n".join(f'  "{line}\\n"' for line in PEM.split("\n")) + ")",
        PEM.replace("\n", "\r\n"),
        PEM[: len(PEM) // 2],
        f"{PEM[:300]}\n{PEM}",
    ],
    ids=["bare", "literal", "escaped", "pieces", "crlf", "cut off", "begun twice"],
)
def test_of_a_private_key_only_the_marks_stay(text: str) -> None:
    left = clean(text)
    assert not [line for line in LINES if line[:20] in left or (line in text and line[-8:] in left)]
    assert "-----BEGIN RSA PRIVATE KEY-----" in left
    assert left.count("\n") == text.count("\n")


def test_either_half_can_be_switched_off() -> None:
    text = f"{AWS} jane@corp.com"
    assert clean(text, secrets=False) == f"{AWS} <EMAIL>"
    assert clean(text, personal=False) == "<KEY> jane@corp.com"
    assert clean(text, secrets=False, personal=False) == text


def test_settings_may_lack_quotes() -> None:
    text = "user: jane\ndb_password: hunter2!\nexport API_KEY=0a1b2c3d4e\npassword: ${PASSWORD}\n"
    left = "user: jane\ndb_password: <PASSWORD>\nexport API_KEY=<PASSWORD>\npassword: ${PASSWORD}\n"
    assert redacted(File(Origin("s", 0, language="YAML"), text), ALL).file.content == left
    assert redacted(File(Origin("s", 0, language="Python"), text), ALL).file.content == text


SOURCE = f'''# ä{AWS} jane@corp.com
def connect(key="{GITHUB}"):
    """Ask jane@corp.com, ü."""
    return "postgres://jane:hunter2@db/x"  # ß

def between():
    return 0

def after():
    return 1  # {AWS}
'''


def test_units_keep_their_bytes_and_lines_in_the_original() -> None:
    file = File(Origin("s", 0, repo="https://jane:hunter2@host/repo", path="a.py", language="Python"), SOURCE)
    made = redacted(file, ALL)
    found = {unit.name: made.placed(unit) for unit in extract(made.file)}
    data = SOURCE.encode()
    for unit in found.values():
        original = data[unit.start_byte : unit.end_byte].decode()
        assert clean(original) == unit.code
        assert original.count("\n") == unit.code.count("\n")
    assert found["a"].end_byte == len(data)
    assert found["connect"].signature == 'def connect(key="<KEY>")'
    assert found["connect"].redacted == ("key", "email", "password")
    assert (found["between"].redacted, found["between"].start_line) == ((), 6)
    assert found["after"].redacted == ("key",)
    assert Counter(found["a"].redacted) == {"key": 3, "email": 2, "password": 1}
    assert found["a"].origin.repo == "https://jane:<PASSWORD>@host/repo"
    start, end = found["connect"].doc or (0, 0)
    assert found["connect"].code.encode()[start:end].decode() == '"""Ask <EMAIL>, ü."""'


VALUES = (AWS, GITHUB, JWT, LINES[0], "jane@corp.com", "93.184.216.34", "p4ss", "hunter2")
PARTS = st.sampled_from([*VALUES[:3], PEM, *VALUES[4:6], "://u:p4ss@h", 'pwd = "hunter2"', *' \n"éx='])


@given(st.lists(PARTS, max_size=12).map(" ".join))
def test_nothing_is_left_to_find_and_every_place_is_mapped_back(text: str) -> None:
    made = redacted(File(Origin("s", 0), text), ALL)
    new, old = made.file.content, text.encode()
    assert new.count("\n") == text.count("\n")
    at, rebuilt = 0, b""
    for edit in made.edits:
        rebuilt += new.encode()[at : edit.start] + old[edit.old_start : edit.old_end]
        at = edit.end
    assert rebuilt + new.encode()[at:] == old
    assert not [value for value in VALUES if value in new]


def hostile() -> Iterator[str]:
    """Long lines of beginnings: a pattern that looks far ahead of each takes the square of their number."""
    yield from ("sk-", "eyJ", "eyJa.", "//", "`", '"', "'", "password", 'password="', "a@a.", "@a.a", "1.", "2222:")
    yield from ("-----BEGIN PRIVATE KEY-----", "xoxb-1-", "aws_key'", "://a:", "= ", "ignore ", "glpat-", "Aa1/", " ")


@pytest.mark.parametrize("piece", hostile())
def test_a_hostile_line_costs_no_more_than_its_length(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.perf_counter()
    found(text, ALL, settings=True)
    assert time.perf_counter() - started < 5


def test_a_file_that_cannot_be_redacted_shows_nothing() -> None:
    (unit,) = extract(withheld(File(Origin("s", 0, path="a.py", language="Python"), SOURCE)).file)
    assert (unit.code, unit.problem) == ("", "redaction_failed")
