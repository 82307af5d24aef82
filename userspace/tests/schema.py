#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Hold JSON that was printed against the schema, which knows all keys: a new one fails until
it is described there.

usage: schema.py SCHEMA FILE      FILE has an object a line; prints what does not agree
"""
import json
import sys

import jsonschema

# Printed only when there is a module to write to.
NEEDS_MODULE = {"freeze"}

# An object for each that failed would bury the first.
ERRORS_MAX = 20


def kinds_of(name, definition):
    kind = definition["properties"]["kind"]
    return {value: name for value in kind.get("enum", [kind.get("const")])}


def main(schema_path, printed_path):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    names = [ref["$ref"].rpartition("/")[2] for ref in schema["oneOf"]]
    by_kind = {}
    for name in names:
        by_kind.update(kinds_of(name, schema["$defs"][name]))
    validators = {name: jsonschema.Draft202012Validator(
        {"$ref": "#/$defs/" + name, "$defs": schema["$defs"]}) for name in names}
    seen, errors = set(), 0
    with open(printed_path, encoding="utf-8") as file:
        lines = sorted(set(file))
    for line in lines:
        printed = json.loads(line)
        name = by_kind.get(printed.get("kind"))
        seen.add(name)
        if not name:
            print(f"{schema_path}: no object has the kind of {line.strip()}")
            errors += 1
            continue
        for error in validators[name].iter_errors(printed):
            where = ".".join(str(part) for part in [name, *error.absolute_path])
            print(f"{schema_path}: {where}: {error.message}, in {line.strip()}\n"
                  f"(a new key or value goes to $defs/{name} there, and to JSON in its man page)")
            errors += 1
        if errors >= ERRORS_MAX:
            sys.exit("and more")
    for name in names:
        if name not in seen | NEEDS_MODULE:
            print(f"{printed_path}: no test prints an object {name}")


main(*sys.argv[1:])
