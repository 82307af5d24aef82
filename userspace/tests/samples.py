#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Run the samples of the README and the man pages again, and of tests/expected, whose files are
one block each: in a block of text, what stands between two lines that begin with "# " is what
the first of them prints.  Commands read the recording "trace", which the program SAMPLE makes.

usage: samples.py PROGRAM SAMPLE PAGE...      prints what differs
"""
import difflib
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path


def blocks(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".txt":
        return [text]
    if path.suffix == ".md":
        return re.findall(r"^```\n(.*?)^```$", text, re.M | re.S)
    return [re.sub(r"\\(.)", lambda escape: {"e": "\\", "&": ""}.get(escape[1], escape[1]),
                   block)
            for block in re.findall(r"^\.EX\n(.*?)^\.EE$", text, re.M | re.S)]


def samples(block):
    """Each command of a block that is followed by what it printed, and that."""
    command, said = None, []
    for line in [*block.splitlines(), "# "]:
        if not line.startswith("# "):
            said.append(line)
            continue
        if command and command.startswith("routeprobe ") and said:
            yield command, said
        command, said = line[2:], []


def main(program, sample, *pages):
    program, count = str(Path(program).resolve()), 0
    environment = {**os.environ, "TZ": "UTC"}
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        subprocess.run([Path(sample).resolve(), "trace"], cwd=directory, check=True)
        for page in pages:
            for block in blocks(Path(page)):
                for command, said in samples(block):
                    count += 1
                    now = subprocess.run([program, *shlex.split(command)[1:]],
                                         cwd=directory, env=environment, check=False, text=True,
                                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                    print(*difflib.unified_diff(said, now.stdout.splitlines(),
                                                f"{page}: # {command}", "printed now",
                                                lineterm="", n=0), sep="\n", end="")
    if not count:
        print("no page has a sample")


main(*sys.argv[1:])
