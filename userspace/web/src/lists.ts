// SPDX-License-Identifier: GPL-2.0
/* Free blocks, processes with their regions, caches, areas, as tables. */
import { byId, hex, table } from './elements.js';
import type { Snapshot } from './snapshot.js';
import { say } from './words.js';

function buddy(s: Snapshot): HTMLElement[] {
	const orders = s.zones[0]?.blocks.map((_, order) => String(order)) ?? [];

	return [table(say('free'), [say('zone'), ...orders],
		s.zones.map((zone) => [zone.name, ...zone.blocks]))];
}

function regions(s: Snapshot): HTMLElement[] {
	return s.processes.map((p) => table(
		`${say('process')} ${p.pid} ${p.pid === s.observer ? `(${say('watcher')})` : p.name}`,
		[say('address'), say('rights'), say('name')],
		p.regions.map((r) => [`${hex(r.start)}–${hex(r.end)}`, r.rights, r.name])));
}

function caches(s: Snapshot): HTMLElement[] {
	const used = s.caches.filter((cache) => cache.full + cache.partial + cache.free);

	return [table(say('caches'), [say('name'), say('byte'), say('objects'), say('full'), say('partial'),
		say('use_free')], used.map((c) => [c.name, c.object_size, c.active, c.full, c.partial, c.free]))];
}

function areas(s: Snapshot): HTMLElement[] {
	return [
		table(say('areas'), [say('address'), say('byte'), say('name')],
			s.areas.map((a) => [hex(a.start), a.size, a.caller])),
		table(say('swap'), [say('name'), 'KiB', say('used')],
			s.swap.areas.map((a) => [a.name, a.size_kb, a.used_kb])),
	];
}

const PARTS: Record<string, (s: Snapshot) => HTMLElement[]> = { buddy, regions, caches, areas };

/* Only what one sees: a table is made anew when its words have changed. */
export function showLists(s: Snapshot): void {
	for (const [id, part] of Object.entries(PARTS)) {
		const place = byId(id), parts = part(s);
		const text = parts.map((element) => element.textContent).join();

		if (place.dataset.text !== text) {
			place.dataset.text = text;
			place.replaceChildren(...parts);
		}
	}
}
