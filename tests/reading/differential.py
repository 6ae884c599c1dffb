#!/usr/bin/python3
"""Counts, times, names and texts of the reader against an independent one (expat) over mutated documents.

usage: differential.py COUNTS_PROGRAM FOLDER... [--mutants N]

What both accept must have equal counts and say the same; what expat refuses, the reader must refuse too or have forgiven with the
warning schema/junit.md states. The reader may refuse more (its limits, foreign roots, DTDs); how often it does is printed,
and the documents as they are must be read alike. The seed is fixed: the same tree always tries the same documents."""

import argparse
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import xml.parsers.expat
import zlib

SEED = 20261123
BYTES_MAX = 200_000  # of a document that is mutated; larger ones add time, not shapes
CONTAINERS = {"testsuites", "testsuite", "testrun"}
RESULTS = {"error": 3, "failure": 2, "skipped": 1, "disabled": 1, "ignored": 1}
OUTPUT = {"system-out", "system-err"}
PLAIN_TIME = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
THOUSANDS_TIME = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?")
COMMA_TIME = re.compile(r"[0-9]+,[0-9]+")
TIME_MAX = 1e100
BLANKS = str.maketrans("", "", " \t\r\n")
NAMES = {0: "passed", 1: "skipped", 2: "failed", 3: "errored"}
SPLICES = [b"<", b">", b"&", b'"', b"]]>", b"<![CDATA[", b"<!--", b"-->", b"&#0;", b"&amp;", b"&#x41;", b"</testcase>",
           b"<testcase name='m'/>", b"<testcase name='m'>", b"<failure/>", b"<error/>", b"<skipped/>", b"</testsuite>",
           b"<properties><property name='m' value='1'/></properties>", b"<testsuite>", b"\x00", b"\xff", b"\x01",
           b"<system-out>", b"</system-out>", b" name='m'", b" status='notrun'", b"<?x y?>", b"<x:y/>", b"\xc3\xa9"]


def seconds_of(text):
    """Seconds of a case, or None when the text is not a time."""
    text = text.strip(" \t\n\r\f\v")
    if THOUSANDS_TIME.fullmatch(text):
        text = text.replace(",", "")
    elif COMMA_TIME.fullmatch(text):
        text = text.replace(",", ".")
    if not PLAIN_TIME.fullmatch(text):
        return None
    value = float(text)
    return value if 0 <= value <= TIME_MAX else None


HOST_BYTES_MAX = 100  # of a label


class Counter:
    """The rules of schema/junit.md, a second time."""

    def __init__(self):
        self.stack = []  # what each open element is: container, case, properties of one, property, output of a case, or else
        self.counts = dict.fromkeys(("cases", "passed", "failed", "errored", "skipped", "notrun", "properties"), 0)
        self.seconds = 0.0
        self.suites = [""]  # names of the open containers, joined
        self.worst = 0
        self.notrun = False
        self.case_texts = []  # of each case: suite, class, name; of each of its properties: name, value; output
        self.hosts = [""]  # of the open containers
        self.names = []  # of each case: where its name is in case_texts, its suite, class and name, its host
        self.suite_texts = []  # of each property of a suite or the root: name, value
        self.collected = {}  # by what is open

    def start(self, name, attributes):
        local = name.rsplit(":", 1)[-1]
        above = self.stack[-1] if self.stack else "container"
        if above == "container" and local in CONTAINERS:
            self.stack.append("container")
            own = attributes.get("name", "") if local == "testsuite" else ""
            self.suites.append(" / ".join(part for part in (self.suites[-1], own) if part))
            self.hosts.append(attributes.get("hostname", "") or self.hosts[-1])
        elif above == "container" and local == "testcase":
            self.start_case(attributes)
        elif above in ("container", "case") and local == "properties":
            self.stack.append("properties")
        elif above == "properties" and local == "property":
            self.counts["properties"] += 1
            self.stack.append("property")
            self.collected["property"] = ""
            self.property = attributes
        elif above == "case" and local in OUTPUT:
            self.stack.append(local)
        else:
            self.worst = max(self.worst, RESULTS.get(local, 0)) if above == "case" else self.worst
            inside = above.rsplit(" ", 1)[-1]
            self.stack.append("in " + inside if inside in self.collected else "else")
            self.text("<" + name + "".join(f' {key}="{value}"' for key, value in attributes.items()) + ">")

    def start_case(self, attributes):
        self.counts["cases"] += 1
        self.worst, self.notrun = 0, attributes.get("status") == "notrun"
        self.stack.append("case")
        self.seconds += seconds_of(attributes.get("time", "")) or 0
        key = (self.suites[-1], attributes.get("classname") or attributes.get("class", ""), attributes.get("name", ""))
        self.case_texts += key
        self.names.append((len(self.case_texts) - 1, key, self.hosts[-1]))
        self.collected |= {"system-out": "", "system-err": ""}

    def text(self, text):
        """White space is left out, because a reader may drop it between elements."""
        inside = self.stack[-1].rsplit(" ", 1)[-1] if self.stack else ""
        if inside in self.collected:
            self.collected[inside] += text.translate(BLANKS)

    def end(self, name):
        ended = self.stack.pop()
        if ended.startswith("in "):
            self.text(f"</{name}>")
        elif ended == "container":
            self.suites.pop()
            self.hosts.pop()
        elif ended == "property" and self.property.get("name"):
            texts = self.case_texts if "case" in self.stack else self.suite_texts
            texts += [self.property["name"], self.property.get("value", self.collected["property"]).translate(BLANKS)]
        elif ended == "case":
            status = "notrun" if self.notrun and self.worst == 0 else NAMES[self.worst]
            self.counts[status] += 1
            self.case_texts.append(self.collected["system-out"] + self.collected["system-err"])

    def label_hosts(self):
        """Equal cases of suites with different hosts get their host as a label."""
        hosts = {}
        for _, key, host in self.names:
            hosts.setdefault(key, set()).add(host)
        for place, key, host in self.names:
            if host and len(hosts[key]) > 1:
                shown = host.encode()[:HOST_BYTES_MAX].decode(errors="ignore")
                self.case_texts[place] = f"{key[2]}[{shown}]"

    def said(self):
        """What the reader is asked for."""
        self.label_hosts()
        digest = {"case_texts": crc_of(self.case_texts), "suite_texts": crc_of(self.suite_texts)}
        return {**self.counts, "time_seconds": self.seconds, **digest}


def crc_of(texts):
    return zlib.crc32("".join(text + "\n" for text in texts).encode())


# NameStartChar of XML 1.0, fifth edition, beyond ASCII, without U+FEFF, which is the byte order mark here.
FIFTH_EDITION_NAME = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
                                "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd]")


def count(document):
    """What is said, or None where expat refuses."""
    counter = Counter()
    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = counter.start, counter.end
    parser.CharacterDataHandler = counter.text
    try:
        parser.Parse(document, True)
    except (xml.parsers.expat.ExpatError, LookupError, ValueError):
        return None
    return counter.said()


def count_by_fifth_edition(document):
    """expat knows the names of XML 1.0's fourth edition. The fifth allows nearly every character in them, and so does the
    reader: with those spelled in ASCII expat must find the same."""
    order = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(document[:2], "utf-8")
    try:
        return count(FIFTH_EDITION_NAME.sub("x", document.decode(order)).encode(order))
    except UnicodeDecodeError:
        return None


TOKEN = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>|[^<]+|<", re.DOTALL)
QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")


def count_with_escapes(document):
    """What expat says when '<' in the values of attributes and ']]>' in text, which the reader accepts, are escaped."""
    def escaped(token):
        part = token[0]
        if part.startswith((b"<!", b"<?")):
            return part
        if part.startswith(b"<"):
            return QUOTED.sub(lambda quoted: quoted[0].replace(b"<", b"&lt;"), part)
        return part.replace(b"]]>", b"]]&gt;")
    if document[:2] in (b"\xff\xfe", b"\xfe\xff"):
        document = document.decode("utf-16", "replace").encode()
    document = TOKEN.sub(escaped, document)
    return count(document) or count_by_fifth_edition(document)


def are_counts(seen, expected):
    """Equal but for names and texts."""
    return expected is not None and all(seen[name] == expected[name] for name in seen if not name.endswith("_texts"))


def mutate(rng, document, others):
    document = bytearray(document)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = rng.randrange(len(document) + 1)
        kind = rng.randrange(6)
        if kind == 0:
            document[at:at] = rng.choice(SPLICES)
        elif kind == 1:
            del document[at:at + rng.choice((1, 2, 10, 100))]
        elif kind == 2 and at < len(document):
            document[at] ^= 1 << rng.randrange(8)
        elif kind == 3:
            del document[at:]
        elif kind == 4:  # a piece of this document again, at a tag
            begin = document.find(b"<", at)
            end = document.find(b">", begin + rng.choice((1, 50, 500)))
            document[at:at] = document[begin:end + 1] if 0 <= begin < end else b""
        else:
            other = rng.choice(others)
            begin = rng.randrange(len(other) + 1)
            document[at:at] = other[begin:begin + rng.choice((5, 50, 300))]
    return bytes(document)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--mutants", type=int, default=20_000)
    arguments = parser.parse_args()
    files = sorted(path for folder in arguments.folders if folder.is_dir() for path in folder.rglob("*.xml"))
    originals = [text for text in (path.read_bytes() for path in files) if 0 < len(text) <= BYTES_MAX]
    assert originals, "no documents to mutate"
    rng = random.Random(SEED)
    tally = {"equal": 0, "both refuse": 0, "forgiven": 0, "only the reader refuses": 0}
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        batch = 500
        for first in range(0, len(originals) + arguments.mutants, batch):
            documents = []
            for i in range(first, min(first + batch, len(originals) + arguments.mutants)):
                documents.append(originals[i] if i < len(originals) else mutate(rng, rng.choice(originals), originals))
            paths = [pathlib.Path(folder) / str(i) for i in range(len(documents))]
            for path, document in zip(paths, documents):
                path.write_bytes(document)
            answer = subprocess.run([arguments.program], input="".join(f"{path}\n" for path in paths), text=True,
                                    capture_output=True, check=True)
            lines = [json.loads(line) for line in answer.stdout.splitlines()]
            assert len(lines) == len(documents)
            for document, seen in zip(documents, lines):
                expected = count(document)
                if seen["refused"]:
                    tally["only the reader refuses" if expected else "both refuse"] += 1
                elif not expected and seen["forgiven"]:
                    tally["forgiven"] += 1
                elif seen["counts"] == expected or (not expected and (are_counts(seen["counts"], count_by_fifth_edition(document))
                                                                          or are_counts(seen["counts"], count_with_escapes(document)))):
                    tally["equal"] += 1
                else:
                    bad.append((expected, seen, document))
    print(f"{len(originals)} documents and {arguments.mutants} mutants: " + ", ".join(f"{n} {what}" for what, n in tally.items()))
    for expected, seen, document in bad[:5]:
        print(f"expat {expected}\nreader {seen}\n{document[:3000]!r}\n")
    if bad:
        print(f"{len(bad)} differ")
    # A reader that refuses everything would never differ.
    return 1 if bad or tally["equal"] < (len(originals) + arguments.mutants) // 20 else 0


if __name__ == "__main__":
    sys.exit(main())
