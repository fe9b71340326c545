"""What is secret or personal in the source is nowhere in the output of the real job, nor in what it prints."""

import base64
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.jobs.test_document import arguments, rows, start

KEY_LINES = [base64.b64encode(random.Random(line).randbytes(48)).decode() for line in range(12)]
CANARIES = {
    "access key": "AKIA" + "CANARY7Q5Z3X9WVT",
    "password in a URL": "c4nary-in-a-url",
    "password": "c4nary-passw0rd",
    "credential": "c4nary-of-the-environment",
    "e-mail": "canary.person@nowhere-corp.com",
    **{f"line {i} of the private key": line for i, line in enumerate(KEY_LINES)},
}
SOURCE = f'''"""Ask {CANARIES["e-mail"]}."""
ACCESS = "{CANARIES["access key"]}"
URL = "https://robot:{CANARIES["password in a URL"]}@example.com/"
PRIVATE = """-----BEGIN PRIVATE KEY-----
{chr(10).join(KEY_LINES)}
-----END PRIVATE KEY-----"""


def connect(password="{CANARIES["password"]}"):
    # {CANARIES["e-mail"]} knows why.
    return open(URL, ACCESS, password)
'''


def test_no_canary_is_anywhere_in_the_output_or_in_the_log(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARIES["credential"])
    monkeypatch.setenv("HF_TOKEN", CANARIES["credential"])
    shards, out, log = tmp_path / "shards", tmp_path / "out", tmp_path / "log"
    shards.mkdir()
    table = {
        "content": [SOURCE, SOURCE.replace("def connect(", "def connect(:")],
        "lang": ["Python", "Python"],
        "max_stars_repo_path": ["whole.py", "broken.py"],
        "max_stars_repo_name": [f"https://robot:{CANARIES['password in a URL']}@example.com/repo"] * 2,
    }
    pq.write_table(pa.table(table), shards / "shard.parquet")
    assert start(arguments(model, shards, out), log).wait() == 0
    texts = {path: path.read_bytes().decode(errors="replace") for path in out.rglob("*") if path.is_file()}
    texts |= {path / "rows": repr(pq.read_table(path).to_pylist()) for path in texts if path.suffix == ".parquet"}
    texts[log] = log.read_text()
    assert len(texts) > 10
    assert not [(name, path) for name, value in CANARIES.items() for path, text in texts.items() if value in text]
    found = rows(out)
    (connect, _) = (row for row in found if row["name"] == "connect")
    assert connect["signature"] == 'def connect(password="<PASSWORD>")'
    assert connect["redacted"] == ["password", "email"]
    assert connect["code"] == SOURCE.encode()[connect["start_byte"] : connect["end_byte"]].decode().replace(
        CANARIES["password"], "<PASSWORD>"
    ).replace(CANARIES["e-mail"], "<EMAIL>")
    counted = json.loads((out / "manifest.json").read_text())["tally"]["redacted"]
    assert counted == {kind: sum(row["redacted"].count(kind) for row in found) for kind in counted}
    assert counted.keys() == {"key", "password", "email"}
