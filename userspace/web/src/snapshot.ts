// SPDX-License-Identifier: GPL-2.0
/* The lab machine at one moment, as Documentation/snapshot.md describes it. */

export const USES = ['free', 'percpu', 'user', 'pgtable', 'slab', 'vmalloc', 'block',
	'quarantine', 'bad', 'reserved', 'unknown'] as const;
export type Use = (typeof USES)[number];

export interface Kind {
	use: Use;
	frames: number;
	order?: number;
	owner?: number;
	list?: string;
	entries?: number;
	bad?: boolean;
}

/* [page, pages, frame or slot, flags] */
export type Run = [number, number, number, number];

export interface Process {
	pid: number;
	name: string;
	regions: { start: number; end: number; rights: string; name: string }[];
	directory: number | null;
	tables: [number, number][];
	entries: Run[];
}

export interface Snapshot {
	mmlab_snapshot: number;
	time: number;
	observer: number;
	machine: { page_size: number; frames: number; page_offset: number; high_memory: number;
		vmalloc_start: number; vmalloc_end: number };
	frames: { exact: boolean; uses: Record<Use, number>; kinds: Kind[]; map: string } | null;
	zones: { name: string; start: number; end: number; blocks: number[] }[];
	caches: { name: string; id: number; object_size: number; objects: number; full: number;
		partial: number; free: number; active: number }[];
	processes: Process[];
	areas: { start: number; size: number; mapped: number; caller: string }[];
	swap: { policy: string; areas: { name: string; size_kb: number; used_kb: number }[] };
	counters: Record<string, number>;
}

export const PRESENT = 1;
const VERSION = 1;
const KERNEL_SLOT = 768;	/* of 0xc0000000 in a directory */

/* A line that is no whole snapshot, as the first one after a restore, gives null. */
export function parse(line: string): Snapshot | null {
	if (!line.startsWith('{"mmlab_snapshot":'))
		return null;
	try {
		const s = JSON.parse(line) as Snapshot;

		return s.mmlab_snapshot === VERSION ? s : null;
	} catch {
		return null;
	}
}

/* For each frame the number of its kind. */
export function decodeMap(s: Snapshot): Uint16Array {
	const kinds = new Uint16Array(s.machine.frames);
	let at = 0;

	for (const [, letters, digits] of s.frames?.map.matchAll(/([A-Z]*[a-z])(\d*)/g) ?? []) {
		let kind = 0;

		for (const letter of letters.slice(0, -1))
			kind = kind * 26 + letter.charCodeAt(0) - 64;
		kind = kind * 26 + letters.charCodeAt(letters.length - 1) - 97;
		const end = Math.min(at + (digits ? Number(digits) : 1), kinds.length);

		kinds.fill(kind, at, end);
		at = end;
	}
	return kinds;
}

export interface Entry {
	frame: number;
	flags: number;
}

/* The entry of a page among runs. */
export function entryOf(runs: Run[], page: number): Entry | null {
	for (const [first, pages, frame, flags] of runs) {
		const offset = page - first;

		if (offset >= 0 && offset < Math.abs(pages))
			return { frame: pages < 0 ? frame - offset : frame + offset, flags };
	}
	return null;
}

export interface Walk {
	slot: number;
	index: number;
	offset: number;
	directory: number | null;
	table: number | null;
	entry: Entry | null;
	direct: boolean;	/* the address is the frame's own, above page_offset */
}

export function walk(s: Snapshot, p: Process, address: number): Walk {
	const slot = Math.floor(address / 0x400000), page = Math.floor(address / 4096);
	const direct = slot >= KERNEL_SLOT && address < s.machine.high_memory;
	const table = p.tables.find(([number]) => number === slot)?.[1] ?? null;
	const entry = direct ?
		{ frame: page - s.machine.page_offset / 4096, flags: PRESENT } :
		entryOf(p.entries, page);

	return { slot, index: page & 1023, offset: address & 4095, directory: p.directory,
		table, entry, direct };
}
