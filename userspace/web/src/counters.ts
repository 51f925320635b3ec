// SPDX-License-Identifier: GPL-2.0
/* Counters over time: a line each, of how much it grew between two snapshots. */
import { byId, make } from './elements.js';
import type { Snapshot } from './snapshot.js';

const SHOWN = ['pgfault', 'pgalloc_normal', 'pgfree', 'pswpin', 'pswpout'];
const POINTS = 120, WIDTH = 240, HEIGHT = 32;
const SVG = 'http://www.w3.org/2000/svg';

function line(values: number[]): SVGElement {
	const svg = document.createElementNS(SVG, 'svg'), path = document.createElementNS(SVG, 'polyline');
	const top = Math.max(1, ...values);

	svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
	svg.setAttribute('preserveAspectRatio', 'none');
	svg.setAttribute('aria-hidden', 'true');
	path.setAttribute('points', values.map((value, i) =>
		`${i * WIDTH / POINTS},${HEIGHT - 1 - value / top * (HEIGHT - 2)}`).join(' '));
	svg.append(path);
	return svg;
}

export class Counters {
	private readonly grown = new Map<string, number[]>();
	private before: Snapshot | null = null;

	show(s: Snapshot): void {
		const rows = SHOWN.filter((name) => name in s.counters).map((name) => {
			const values = this.grown.get(name) ?? [];
			const value = s.counters[name], last = this.before?.counters[name] ?? value;
			const row = make('div', '', 'counter');

			values.push(Math.max(0, value - last));
			this.grown.set(name, values.slice(-POINTS));
			row.append(make('span', name), line(values), make('b', String(value)));
			return row;
		});

		this.before = s;
		byId('counters').replaceChildren(...rows);
	}
}
