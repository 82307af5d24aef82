#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Hold the man pages against what the program says of itself: each command has a page with
its synopsis and its options, each filter word is explained, and so is each key of JSON.

usage: manual.py PROGRAM DIRECTORY SCHEMA PRINTED      prints what differs
"""
import json
import re
import subprocess
import sys
from pathlib import Path

SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COLUMNS", "JSON", "EXIT STATUS",
            "EXAMPLES", "SEE ALSO"]

# Where an object is explained that is not named as its command is; report has what
# several of them have in common.
PAGES = {"decision": "report", "moved": "why", "end": "report", "summary": "diff",
         "stack": "stacks", "graph": "stacks", "probe": "status", "effects": "whatif"}


def plain(text):
    """A line of roff, or of help, without macro, fonts, quotes and blanks."""
    text = re.sub(r"^\.[A-Z]{1,2}( |$)", "", text)
    return re.sub(r'\\f.|["\s]', "", text).replace("\\-", "-")


class Page:
    def __init__(self, path):
        self.lines = path.read_text().splitlines()
        if self.lines[0].startswith(".so "):
            self.lines = (path.parent / Path(self.lines[0][4:]).name).read_text().splitlines()
        self.titles = [line[4:].strip('"') for line in self.lines if line.startswith(".SH ")]

    def section(self, title):
        start = next((i for i, line in enumerate(self.lines) if line == ".SH " + title), None)
        if start is None:
            return []
        rest = self.lines[start + 1:]
        return rest[:next((i for i, line in enumerate(rest) if line.startswith(".SH ")), None)]

    def tags(self, title):
        lines = self.section(title)
        return [plain(tag) for tp, tag in zip(lines, lines[1:]) if tp == ".TP"]

    def synopses(self):
        text = "\n".join(plain(line) if not line.startswith((".SY", ".YS")) else line
                         for line in self.section("SYNOPSIS"))
        return [re.sub(r"\s", "", one) for one in re.split(r"\.SY|\.YS", text) if one.strip()]


class Help:
    def __init__(self, program, *words):
        text = subprocess.run([program, "help", *words], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        self.synopses = re.findall(r"^  (routeprobe .*)", text, re.M)
        self.options = [line.strip() for line in re.findall(r"^ +-.*", text, re.M)]
        self.words = re.findall(r"^  (\w+)", text.partition("Filter words")[2], re.M)


def lacking(options, tags):
    """The options of a help text that have no tag among these."""
    return [option for option in options if not any(plain(option).startswith(tag) for tag in tags)]


def check_command(program, path, name):
    said = Help(program, name)
    page = Page(path)
    tags = page.tags("OPTIONS")
    if plain(said.synopses[0]) not in page.synopses():
        print(f"{path}: SYNOPSIS is not that of help: {said.synopses[0]}")
    for option in lacking(said.options, tags):
        print(f"{path}: OPTIONS lacks a .TP for: {option}")
    for tag in tags:
        if not any(plain(option).startswith(tag) for option in said.options):
            print(f"{path}: OPTIONS has {tag}, which `routeprobe help {name}` lacks")
    if [title for title in page.titles if title in SECTIONS] != SECTIONS:
        print(f"{path}: not the sections {', '.join(SECTIONS)}, in this order")


def check_title(path):
    first = path.read_text().partition("\n.TH ")[2]
    name = path.stem.upper().replace("-", "\\-")
    if first and not re.match(re.escape(name) + r" \d \d{4}-\d\d-\d\d routeprobe \"", first):
        print(f"{path}: .TH is not of the form .TH {name} {path.suffix[1:]} DATE routeprobe "
              '"..."; pages do not repeat the version')


def keys_of(printed):
    """All keys in an object, or in a list of them."""
    if isinstance(printed, dict):
        return set(printed).union(*map(keys_of, printed.values()))
    return set().union(*map(keys_of, printed)) if isinstance(printed, list) else set()


def check_keys(directory, schema, printed):
    """The pages explain the keys that are printed, and none that the schema lacks."""
    pages = {path.stem.partition("-")[2]: Page(path) for path in directory.glob("*.8")}
    words = {name: set(re.findall(r"\w+", "\n".join(page.section("JSON")).replace("\\-", "-")))
             for name, page in pages.items()}
    anywhere = set().union(*words.values())
    objects = {ref["$ref"].rpartition("/")[2] for ref in schema["oneOf"]}
    known = set()
    for name, definition in schema["$defs"].items():
        page = PAGES.get(name, name)
        there = words.get(page, set()) | words["report"] if name in objects else anywhere
        for key in definition.get("properties", {}):
            known.add(key)
            if key in printed and key not in there:
                print(f"{directory}/routeprobe-{page}.8: JSON does not explain "
                      f"{key} of {name}")
    for name, page in pages.items():
        for key in (key for tag in page.tags("JSON") for key in tag.split(",")):
            if key not in known:
                print(f"{directory}/routeprobe-{name}.8: JSON has {key}, the schema has not")


def main(program, directory, schema, printed):
    overview = Page(directory / "routeprobe.8")
    said = Help(program)
    names = [synopsis.split()[1] for synopsis in said.synopses]
    names.remove("help")
    of_commands = []
    for name in names:
        path = directory / f"routeprobe-{name}.8"
        of_commands += Help(program, name).options
        if not path.exists():
            print(f"{path}: there is no page of this command")
            continue
        check_command(program, path, name)
        if not any(f"routeprobe-{name}" in tag for tag in overview.tags("COMMANDS")):
            print(f"{directory}/routeprobe.8: COMMANDS lacks {name}")
    for option in lacking([option for option in said.options if option not in of_commands],
                          overview.tags("OPTIONS")):
        print(f"{directory}/routeprobe.8: OPTIONS lacks {option}")
    for word in said.words:
        if not any(line.startswith(".B") and re.search(rf"\b{word}\b", line)
                   for line in overview.section("FILTERS")):
            print(f"{directory}/routeprobe.8: FILTERS does not explain {word}")
    check_keys(directory, schema, keys_of([json.loads(line) for line in printed]))
    for path in sorted(directory.iterdir()):
        check_title(path)
        if path.match("routeprobe-*.8") and path.stem.partition("-")[2] not in names:
            print(f"{path}: there is no such command")


main(sys.argv[1], Path(sys.argv[2]), json.loads(Path(sys.argv[3]).read_text(encoding="utf-8")),
     set(Path(sys.argv[4]).read_text(encoding="utf-8").splitlines()))
