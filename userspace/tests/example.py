#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Hold examples/records.py, which reads records by the contract alone, against what
`routeprobe report -j` says of the same recording, which the program SAMPLE makes.

usage: example.py PROGRAM SAMPLE EXAMPLE      prints what differs
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ERRORS = {"ok": 0, "ENETUNREACH": -101}


def printed(*command):
    text = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout
    return [json.loads(line) for line in text.splitlines()]


def as_record(decision):
    record = {key: decision[key]
              for key in ("kind", "time_ns", "duration_ns", "cpu", "comm", "pid")
              if key in decision}
    return {**record, "netns": decision["netns"]["inode"], "dst": decision["flow"]["dst"],
            "err": ERRORS[decision["verdict"]]}


def main(program, sample, example):
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        trace = str(Path(directory) / "trace")
        subprocess.run([sample, trace], check=True)
        records = sorted(printed(example, trace), key=lambda record: record["time_ns"])
        decisions = [as_record(decision) for decision in printed(program, "report", "-j", trace)
                     if decision["kind"] in ("output", "input")]
    if not records or records != decisions:
        print(f"{example} prints {records}, report -j has {decisions}")


main(*sys.argv[1:])
