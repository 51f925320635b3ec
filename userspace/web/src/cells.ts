// SPDX-License-Identifier: GPL-2.0
/* What the frame map shows in each of its cells. */
import { USES, type Snapshot, type Use, decodeMap } from './snapshot.js';

export const COLUMNS = 64, ROWS = 16;
export const LETTERS: Record<Use, string> = { free: '.', percpu: 'C', user: 'U', pgtable: 'P', slab: 'S',
	vmalloc: 'V', block: 'B', quarantine: 'Q', bad: 'X', reserved: 'R', unknown: '?' };

export interface Cell {
	use: Use;	/* of most frames that are not free */
	letter: string;	/* a small one if not all frames are of that use */
	whole: boolean;
}

function cell(uses: Use[]): Cell {
	const counts = new Map<Use, number>();
	let best: Use = 'free';

	for (const use of uses)
		counts.set(use, (counts.get(use) ?? 0) + 1);
	/* in the order of `mmlab draw`: of two uses that have as many frames it is the same one */
	for (const use of USES)
		if (use !== 'free' && counts.has(use) && (best === 'free' || counts.get(use)! > counts.get(best)!))
			best = use;
	const whole = counts.size === 1;

	return { use: best, letter: whole ? LETTERS[best] : LETTERS[best].toLowerCase(), whole };
}

/* The use of each frame. */
export function frameUses(s: Snapshot): Use[] {
	return Array.from(decodeMap(s), (kind) => s.frames?.kinds[kind]?.use ?? 'unknown');
}

/* How many frames a cell has, so that the arena fits. */
export function perCell(frames: number): number {
	return Math.ceil(frames / (COLUMNS * ROWS));
}

export function cells(uses: Use[]): Cell[] {
	const each = perCell(uses.length);

	return Array.from({ length: Math.ceil(uses.length / each) }, (_, i) => cell(uses.slice(i * each, (i + 1) * each)));
}

/* Frames by use. */
export function countUses(uses: Use[]): Record<Use, number> {
	const counts = Object.fromEntries(USES.map((use) => [use, 0])) as Record<Use, number>;

	for (const use of uses)
		counts[use]++;
	return counts;
}
