#!/usr/bin/env python3
"""Checks a receipt of the tracker on your own computer, without the tracker.

It needs Python 3.9 or newer and one package: pip install cryptography

    python check_receipt.py receipt.json --key KEY
    python check_receipt.py receipt.json --key keys.json --proof proof.json --show
    python check_receipt.py receipt.json --key KEY --proof proof.json --checkpoint checkpoint.json

KEY is the public key as it is printed on the receipt, or a file of keys (keys.json). Take it from
where you trust it: an earlier receipt, a letter, the page of keys as you saved it. The proof is
downloaded from the page of the submission, by the State's own people.

Exit status: 0 everything holds; 1 something does not; 2 a file cannot be read as what it should be.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GENESIS = "0" * 64


class Unreadable(Exception):
    """A file is not what it should be."""


class Broken(Exception):
    """Something does not hold."""


def canonical(value: Any) -> bytes:
    """The one byte form of a JSON value."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def tagged_hash(tag: str, value: Any) -> str:
    """SHA-256 over the tag, a zero byte and the canonical form."""
    return hashlib.sha256(tag.encode() + b"\0" + canonical(value)).hexdigest()


def from_base64(text: str) -> bytes:
    """URL-safe base64 without padding."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def no_fractions(text: str) -> NoReturn:
    """Statements hold whole numbers only."""
    raise Unreadable(f"it holds the fraction {text}")


def read(path: str | Path, kind: str) -> Any:
    """A JSON file that says it is of this kind."""
    try:
        value = json.loads(Path(path).read_text("utf-8"), parse_float=no_fractions)
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is no JSON; take the JSON file, not the PDF") from None
    except (OSError, ValueError, Unreadable) as error:
        raise Unreadable(f"{path} cannot be read: {error}") from None
    if kind and (not isinstance(value, dict) or value.get("format") != kind):
        raise Unreadable(f"{path} is no {kind}")
    return value


def public_keys(given: str) -> dict[str, bytes]:
    """Keys by name, from the text of one key or from a file of keys."""
    texts = [given]
    if Path(given).is_file():
        file = read(given, "")
        texts = [row["public_key"] for row in file["keys"]]
    return {hashlib.sha256(from_base64(text)).hexdigest()[:32]: from_base64(text) for text in texts}


def check_signature(tag: str, statement: Any, keys: dict[str, bytes], what: str) -> None:
    """The statement was signed, as it stands, with one of the keys."""
    key = keys.get(statement.get("key_id"))
    if key is None:
        raise Broken(f"{what}: it names the key {statement.get('key_id')}, which was not given")
    unsigned = {name: value for name, value in statement.items() if name != "signature"}
    try:
        message = tag.encode() + b"\0" + canonical(unsigned)
        Ed25519PublicKey.from_public_bytes(key).verify(from_base64(statement["signature"]), message)
    except (InvalidSignature, ValueError):
        raise Broken(f"{what}: the signature does not fit; it was altered or forged") from None
    print(f"ok  {what}: signed with the key {statement['key_id']}")


def check_chain(proof: Any, receipt: Any) -> None:
    """Every link follows the one before and hashes to what it says; the receipt's is there."""
    previous = GENESIS
    for position, link in enumerate(proof["links"], start=1):
        names = ("seq", "kind", "at", "actor", "facts", "digests", "prev_hash")
        hashed = {"report": receipt["report"], **{name: link[name] for name in names}}
        if link["seq"] != position or link["prev_hash"] != previous:
            raise Broken(f"link {position}: it does not follow the one before")
        if tagged_hash("tracker/chain-entry/1", hashed) != link["hash"]:
            raise Broken(f"link {position}: it was altered")
        check_texts(link)
        previous = link["hash"]
    seq = receipt["chain"]["seq"]
    if len(proof["links"]) < seq:
        raise Broken(f"the history ends before link {seq}, which the receipt names")
    if proof["links"][seq - 1]["hash"] != receipt["chain"]["hash"]:
        raise Broken(f"link {seq}: it is not the one that the receipt names")
    print(f"ok  history: {len(proof['links'])} links, whole; the receipt holds {seq} of them")


def check_texts(link: Any) -> None:
    """Every text fits its digest; a text that was struck out leaves its digest alone."""
    if set(link["texts"]) != set(link["digests"]):
        raise Broken(f"link {link['seq']}: a text is missing or was added")
    for name, text in link["texts"].items():
        if text["value"] is None:
            print(f"    link {link['seq']}: the text “{name}” was struck out since")
        elif tagged_hash("tracker/text/1", [text["salt"], text["value"]]) != link["digests"][name]:
            raise Broken(f"link {link['seq']}, text “{name}”: it was altered")


def check_content(proof: Any, receipt: Any) -> list[Any]:
    """What was submitted is what the receipt's content hash is over, copied from these links."""
    content = proof["content"]
    if tagged_hash("tracker/submission-content/1", content) != receipt["content_hash"]:
        raise Broken("what was submitted: it is not what the content hash is over")
    until = proof["links"][: receipt["chain"]["seq"]]
    links = {link["hash"]: link for link in until}
    copies = content["responses"] + content.get("items", []) + content.get("files", [])
    for copy in copies:
        facts = links.get(copy["revision"], {"facts": {}})["facts"]
        if (facts.get("subject"), facts.get("version")) != (copy["key"], copy["version"]):
            raise Broken(f"{copy['key']}: it is a copy of no link of this history")
    last = until[-1]
    made = {"number": receipt["number"], "content_hash": receipt["content_hash"]}
    if last["kind"] != "step-submit" or any(last["facts"][name] != made[name] for name in made):
        raise Broken(f"link {last['seq']}: it is not this submission")
    figures = len(content["figures"])
    print(f"ok  what was submitted: {len(copies)} answers, items and files, {figures} figures")
    return [links[copy["revision"]] for copy in copies]


def check_checkpoint(checkpoint: Any, proof: Any, keys: dict[str, bytes], path: Path) -> None:
    """The checkpoint lists one link of this history, and which."""
    check_signature("tracker/checkpoint/1", checkpoint, keys, str(path))
    heads = set(checkpoint["heads"])
    for link in proof["links"]:
        head = {"report": proof["report"], "seq": link["seq"], "hash": link["hash"]}
        if tagged_hash("tracker/chain-head/1", head) in heads:
            print(f"ok  {path}: lists link {link['seq']} of this history")
            return
    first, last = proof["links"][0], proof["links"][-1]
    if first["at"] <= checkpoint["made_at"] < last["at"]:
        raise Broken(f"{path}: it lists no link of this history, though it was open then")
    when = "before it was opened" if checkpoint["made_at"] < first["at"] else "after this proof"
    print(f"    {path}: says nothing of this history; it was made {when}")


def show(links: list[Any]) -> None:
    """What was submitted, in words."""
    for link in links:
        print(f"\n{link['facts']['subject']}")
        told = {name: value for name, value in link["facts"].items() if value not in (None, "")}
        for name in sorted(set(told) - {"subject", "version"}):
            print(f"  {name}: {json.dumps(told[name], ensure_ascii=False)}")
        for name, text in sorted(link["texts"].items()):
            print(f"  {name}: {text['value'] if text['value'] is not None else '(struck out)'}")


def check(arguments: argparse.Namespace) -> None:
    """Everything that was asked for; ``Broken`` at the first thing that does not hold."""
    receipt = read(arguments.receipt, "tracker-receipt/2")
    keys = public_keys(arguments.key)
    check_signature("tracker/receipt/2", receipt, keys, str(arguments.receipt))
    print(
        f"    {receipt['state']}, cycle {receipt['cycle']}, submission {receipt['number']}, "
        f"submitted {receipt['submitted_at']}"
    )
    if not arguments.proof:
        print("    Without a proof the signature alone was checked.")
        return
    proof = read(arguments.proof, "tracker-proof/1")
    if proof["report"] != receipt["report"]:
        raise Broken(f"{arguments.proof}: it is of another report than the receipt")
    check_chain(proof, receipt)
    submitted = check_content(proof, receipt)
    for path in arguments.checkpoint:
        check_checkpoint(read(path, "tracker-checkpoint/1"), proof, keys, path)
    if arguments.show:
        show(submitted)


def with_values(given: list[str]) -> list[str]:
    """A key may begin with a hyphen, which the parser would take for the name of an option."""
    if "--key" not in given[:-1]:
        return given
    at = given.index("--key")
    return [*given[:at], f"--key={given[at + 1]}", *given[at + 2 :]]


def main() -> int:
    """Parse, check, say."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    parser = argparse.ArgumentParser(description="Checks a receipt of the tracker.")
    parser.add_argument("receipt", type=Path, help="the receipt, a JSON file")
    parser.add_argument("--key", required=True, help="public key, or a file of keys")
    parser.add_argument("--proof", type=Path, help="the proof of the submission, a JSON file")
    parser.add_argument(
        "--checkpoint", type=Path, action="append", default=[], help="a checkpoint; needs --proof"
    )
    parser.add_argument("--show", action="store_true", help="print what was submitted")
    arguments = parser.parse_args(with_values(sys.argv[1:]))
    if (arguments.checkpoint or arguments.show) and not arguments.proof:
        parser.error("--checkpoint and --show need --proof")
    try:
        check(arguments)
    except Broken as error:
        print(f"NOT OK  {error}", file=sys.stderr)
        return 1
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 2
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        print(f"A file does not have the form that it should: {error!r}", file=sys.stderr)
        return 2
    print("Everything that was checked holds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
