# SPDX-License-Identifier: GPL-2.0
"""Checks lines of JSON against Documentation/snapshot.schema.json, by the part of JSON
Schema that it uses; a word that this does not know is an error. Then what no schema says:
that the numbers of a snapshot agree with each other."""
import json
import re
import sys

TYPES = {'object': dict, 'array': list, 'string': str, 'boolean': bool, 'null': type(None)}
KNOWN = {'$schema', 'title', 'description', 'type', 'additionalProperties', 'required',
         'properties', 'const', 'enum', 'minimum', 'maximum', 'pattern', 'items', 'minItems',
         'maxItems', '$ref', '$defs'}


def has_type(value, name):
    if name in ('integer', 'number'):
        kinds = (int,) if name == 'integer' else (int, float)
        return isinstance(value, kinds) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def check_object(value, schema, root, where):
    properties = schema.get('properties', {})
    more = schema.get('additionalProperties', True)
    for key in schema.get('required', []):
        if key not in value:
            yield f'{where}: {key} is missing'
    for key, member in value.items():
        if key in properties:
            yield from check(member, properties[key], root, f'{where}.{key}')
        elif more is False:
            yield f'{where}: {key} is not in the schema'
        elif more is not True:
            yield from check(member, more, root, f'{where}.{key}')


def check(value, schema, root, where):
    """The faults of a value, as texts."""
    if set(schema) - KNOWN:
        yield f'{where}: the schema has {set(schema) - KNOWN}'
    if '$ref' in schema:
        yield from check(value, root['$defs'][schema['$ref'].split('/')[-1]], root, where)
    types = schema.get('type', [])
    types = [types] if isinstance(types, str) else types
    if types and not any(has_type(value, name) for name in types):
        yield f'{where}: {value!r} is no {types}'
        return
    if 'const' in schema and value != schema['const']:
        yield f'{where}: {value!r} is not {schema["const"]!r}'
    if 'enum' in schema and value not in schema['enum']:
        yield f'{where}: {value!r} is none of {schema["enum"]}'
    if has_type(value, 'number') and (value < schema.get('minimum', value) or
                                      value > schema.get('maximum', value)):
        yield f'{where}: {value} is out of range'
    if 'pattern' in schema and not re.match(schema['pattern'], value):
        yield f'{where}: {value[:40]!r} does not fit {schema["pattern"]}'
    if isinstance(value, dict):
        yield from check_object(value, schema, root, where)
    if isinstance(value, list):
        if not schema.get('minItems', 0) <= len(value) <= schema.get('maxItems', len(value)):
            yield f'{where}: {len(value)} members'
        for i, member in enumerate(value):
            yield from check(member, schema.get('items', {}), root, f'{where}[{i}]')


def number_of(code):
    """A kind's code as its number in the list of kinds."""
    number = 0
    for letter in code[:-1]:
        number = number * 26 + ord(letter) - ord('A') + 1
    return number * 26 + ord(code[-1]) - ord('a')


def unfold(frames):
    """The kind of each frame."""
    kinds = []
    for code, nr in re.findall('([A-Z]*[a-z])([0-9]*)', frames['map']):
        kinds += [frames['kinds'][number_of(code)]] * int(nr or 1)
    return kinds


def agree(snapshot):
    """What does not fit together, as texts."""
    frames = snapshot['frames']
    if frames is None:
        return
    kinds = unfold(frames)
    if len(kinds) != snapshot['machine']['frames']:
        yield f'the map has {len(kinds)} frames'
    for kind in frames['kinds']:
        if sum(k is kind for k in kinds) != kind['frames']:
            yield f'{kind} is not what the map has'
    for use, nr in frames['uses'].items():
        if sum(k['use'] == use for k in kinds) != nr:
            yield f'the map has not {nr} frames of use {use}'
    for zone in snapshot['zones'] if frames['exact'] else []:
        if sum(nr << order for order, nr in enumerate(zone['blocks'])) != zone['free']:
            yield f'the blocks of zone {zone["name"]} are not its free frames'
    for process in snapshot['processes'] if snapshot['steady'] else []:
        for page, pages, pfn, flags in process['entries']:
            step = -1 if pages < 0 else 1
            for i in range(abs(pages) if flags & 1 else 0):
                if kinds[pfn + step * i]['use'] != 'user':
                    yield f'page {page + i} of process {process["pid"]} maps no user frame'


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        schema = json.load(file)
    with open(sys.argv[2], encoding='utf-8') as file:
        lines = file.readlines()
    faults = [] if lines else ['there is no snapshot']
    for line in lines:
        snapshot = json.loads(line)
        faults += list(check(snapshot, schema, schema, 'snapshot'))
        if not faults:
            faults += list(agree(snapshot))
        if len(line) > 65536:
            faults.append(f'{len(line)} bytes are more than 64 KiB')
    for fault in faults[:20]:
        print(fault)
    return bool(faults)


if __name__ == '__main__':
    sys.exit(main())
