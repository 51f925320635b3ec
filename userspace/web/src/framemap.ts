// SPDX-License-Identifier: GPL-2.0
/* The arena, a cell for some frames, in the colours of `mmlab draw`; the same as numbers. */
import { COLUMNS, LETTERS, ROWS, cells, countUses, frameUses, perCell } from './cells.js';
import { byId, make } from './elements.js';
import { USES, type Snapshot, type Use, decodeMap } from './snapshot.js';
import { say, type Word } from './words.js';

const SIZE = 10;

export class FrameMap {
	private readonly canvas = byId<HTMLCanvasElement>('map');
	private readonly number = byId<HTMLInputElement>('frame');
	private readonly detail = byId('frame-detail');
	private readonly legend = byId('legend');
	private snapshot: Snapshot | null = null;
	private kinds: Uint16Array = new Uint16Array();
	private uses: Use[] = [];

	constructor(private readonly chosen: (frame: number) => void) {
		this.canvas.width = COLUMNS * SIZE;
		this.canvas.height = ROWS * SIZE;
		this.canvas.addEventListener('click', (event) => this.click(event));
		this.number.addEventListener('input', () => {
			this.describe();
			this.draw();
			this.chosen(this.number.valueAsNumber);
		});
		matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
	}

	show(s: Snapshot): void {
		this.snapshot = s;
		this.kinds = decodeMap(s);
		this.uses = frameUses(s);
		this.number.max = String(s.machine.frames - 1);
		byId('frame-of').textContent = say('frameOf', s.machine.frames);
		this.draw();
		this.describe();
		this.count();
	}

	private draw(): void {
		const context = this.canvas.getContext('2d');
		const style = getComputedStyle(this.canvas);
		const each = perCell(this.uses.length);

		if (!context || !this.snapshot?.frames)
			return;
		context.clearRect(0, 0, this.canvas.width, this.canvas.height);
		for (const [cell, { use, letter, whole }] of cells(this.uses).entries()) {
			const x = cell % COLUMNS * SIZE, y = Math.floor(cell / COLUMNS) * SIZE;

			context.fillStyle = style.getPropertyValue(`--use-${use}`);
			context.globalAlpha = whole ? 1 : 0.72;
			context.fillRect(x, y, SIZE - 1, SIZE - 1);
			context.globalAlpha = 1;
			if (use === 'free')
				continue;
			context.fillStyle = style.getPropertyValue(use === 'bad' ? '--on-bad' : '--on-use');
			context.font = '8px monospace';
			context.textAlign = 'center';
			context.fillText(letter, x + 4.5, y + 7.5);
		}
		const cursor = Math.floor((this.number.valueAsNumber || 0) / each);

		context.strokeStyle = style.getPropertyValue('--text');
		context.lineWidth = 2;
		context.strokeRect(cursor % COLUMNS * SIZE, Math.floor(cursor / COLUMNS) * SIZE, SIZE - 1, SIZE - 1);
	}

	private click(event: MouseEvent): void {
		const box = this.canvas.getBoundingClientRect();
		const column = Math.floor((event.clientX - box.left) / box.width * COLUMNS);
		const row = Math.floor((event.clientY - box.top) / box.height * ROWS);
		const each = perCell(this.uses.length), first = (row * COLUMNS + column) * each;
		let frame = first;

		/* a frame that has a use rather than a free one */
		for (let i = 0; i < each; i++)
			if (this.snapshot?.frames && this.uses[first + i] !== 'free') {
				frame = first + i;
				break;
			}
		this.number.value = String(frame);
		this.number.dispatchEvent(new Event('input'));
	}

	/* What the chosen frame is, who has it, which entries map it. */
	private describe(): void {
		const frame = this.number.valueAsNumber || 0, s = this.snapshot;
		const kind = s?.frames?.kinds[this.kinds[frame]];

		if (!s || !kind)
			return;
		const parts = [say(`use_${kind.use}` as Word)];

		if (kind.order !== undefined)
			parts.push(`${say('order')} ${kind.order}`);
		if (kind.use === 'slab')
			parts.push(`${say('cache')} ${s.caches.find((c) => c.id === kind.owner)?.name ?? '?'}`);
		else if (kind.owner)
			parts.push(`${say('process')} ${kind.owner}`);
		if (kind.entries)
			parts.push(`${say('entries')} ${kind.entries}`);
		if (kind.list)
			parts.push(kind.list);
		for (const p of s.processes)
			for (const [page, pages, first] of p.entries) {
				const offset = pages < 0 ? first - frame : frame - first;

				if (kind.use === 'user' && offset >= 0 && offset < Math.abs(pages))
					parts.push(`0x${((page + offset) * 4096).toString(16)} (${say('process')} ${p.pid})`);
			}
		this.detail.textContent = parts.join(' · ');
	}

	/* Frames by use, counted in the map. */
	private count(): void {
		if (!this.snapshot?.frames)
			return;
		const uses = countUses(this.uses);
		const shown = USES.filter((use) => uses[use] || use === 'free');
		const label = say('mapLabel', shown.map((use) => `${say(`use_${use}` as Word)} ${uses[use]}`).join(', '));

		this.canvas.setAttribute('aria-label', label);
		this.legend.replaceChildren(...shown.map((use) => {
			const item = make('li'), sign = make('span', LETTERS[use], 'sign');

			sign.style.setProperty('--sign', `var(--use-${use})`);
			sign.ariaHidden = 'true';
			if (use === 'bad')
				sign.style.color = 'var(--on-bad)';
			item.append(sign, ` ${say(`use_${use}` as Word)} `, make('b', String(uses[use])));
			item.dataset.use = use;
			return item;
		}));
	}
}
