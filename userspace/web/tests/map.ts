// SPDX-License-Identifier: GPL-2.0
/*
 * The page's frame map as text: map.ts RECORD. For each snapshot a line of the letters of its
 * cells, and a line of JSON with the frames by use.
 */
import { readFileSync } from 'node:fs';
import { cells, countUses, frameUses } from '../src/cells.js';
import { parse } from '../src/snapshot.js';

for (const line of readFileSync(process.argv[2], 'utf8').trim().split('\n')) {
	const s = parse(line);

	if (!s)
		throw new Error('a line that is no snapshot');
	const uses = frameUses(s);

	console.log(cells(uses).map(({ letter }) => letter).join(''));
	console.log(JSON.stringify(countUses(uses)));
}
