#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Print the decisions of a recording, from its records: records.py DIR"""
import ipaddress
import json
import struct
import sys
from pathlib import Path

# struct rp_record of include/uapi/routeprobe.h up to its flow, and the flow's beginning
HEAD = struct.Struct("=QQQIIIHH16siIBBBBBBH")
FLOW = struct.Struct("=16s16sIIIII4s2s2sBBBB")
WORDS, SLOTS, PACKED_TIMES, PACKED_WORDS = 32, 64, 1 << 6, 1 << 7
KINDS = {6: "output", 8: "input"}  # of enum rp_kind
HAS_FLOW, CONTEXT_TASK, AF_INET6 = 1 << 0, 0, 10


def unpacked(data):
    """The records of a file packedN: each has the words in which it differs from the
    last of its slot; a seq that is not there is one more than the last of the file."""
    slots = [[0] * WORDS for _ in range(SLOTS)]
    at, seq, time_ns = 0, 0, 0
    while at < len(data):
        first = data[at]
        words = slots[first % SLOTS]
        times = struct.Struct("=QQ" if first & PACKED_TIMES else "=iI")
        step_ns, duration_ns = times.unpack_from(data, at + 1)
        at += 1 + times.size
        time_ns = step_ns if first & PACKED_TIMES else time_ns + step_ns
        words[:3] = seq + 1, time_ns, duration_ns
        if first & PACKED_WORDS:
            mask, = struct.unpack_from("=I", data, at)
            at += 4
            for word in (i for i in range(WORDS) if mask >> i & 1):
                words[word], = struct.unpack_from("=Q", data, at)
                at += 8
        seq = words[0]
        yield struct.pack("=32Q", *words)


def decision(record):
    (_, time_ns, duration_ns, _, tgid, netns, _, cpu, comm, err, _, _, family, kind,
     context, _, _, has) = HEAD.unpack_from(record)
    if kind not in KINDS:
        return None
    shown = {"kind": KINDS[kind], "time_ns": time_ns, "duration_ns": duration_ns, "cpu": cpu,
             "netns": netns, "err": err}
    if context == CONTEXT_TASK:
        shown["comm"] = comm.partition(b"\0")[0].decode("ascii", "replace")
        shown["pid"] = tgid
    if has & HAS_FLOW:
        dst = FLOW.unpack_from(record, HEAD.size)[0]
        shown["dst"] = str(ipaddress.ip_address(dst if family == AF_INET6 else dst[:4]))
    return shown


for file in sorted(Path(sys.argv[1]).glob("packed*")):
    for shown in map(decision, unpacked(file.read_bytes())):
        if shown:
            print(json.dumps(shown))
