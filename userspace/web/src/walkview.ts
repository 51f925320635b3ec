// SPDX-License-Identifier: GPL-2.0
/* The way through the page tables of a lab process to an address that the reader chose. */
import { byId, hex, make } from './elements.js';
import { PRESENT, type Process, type Snapshot, walk } from './snapshot.js';
import { say } from './words.js';

export class WalkView {
	private readonly process = byId<HTMLSelectElement>('walk-process');
	private readonly address = byId<HTMLInputElement>('walk-address');
	private readonly steps = byId('walk-steps');
	private snapshot: Snapshot | null = null;

	constructor() {
		this.process.addEventListener('change', () => this.draw());
		this.address.addEventListener('input', () => this.draw());
	}

	show(s: Snapshot): void {
		this.snapshot = s;
		const chosen = this.process.value;
		const names = s.processes.map((p) => p.pid === s.observer ? `${p.pid} (${say('watcher')})` : `${p.pid} ${p.name}`);

		if (names.join() !== this.process.dataset.names) {
			this.process.dataset.names = names.join();
			this.process.replaceChildren(...s.processes.map((p, i) => {
				const option = make('option', names[i]) as HTMLOptionElement;

				option.value = String(p.pid);
				return option;
			}));
			this.process.value = s.processes.some((p) => String(p.pid) === chosen) ? chosen :
				String((s.processes.find((p) => p.pid !== s.observer) ?? s.processes[0])?.pid ?? '');
		}
		this.draw();
	}

	/* The first page that an entry maps to the frame becomes the address. */
	choose(frame: number): void {
		for (const p of this.snapshot?.processes ?? [])
			for (const [page, pages, first, flags] of p.entries) {
				const offset = pages < 0 ? first - frame : frame - first;

				if (flags & PRESENT && offset >= 0 && offset < Math.abs(pages)) {
					this.process.value = String(p.pid);
					this.address.value = hex((page + offset) * 4096);
					this.draw();
					return;
				}
			}
	}

	private draw(): void {
		const p = this.snapshot?.processes.find((each) => String(each.pid) === this.process.value);
		const address = Number(this.address.value);

		this.address.ariaInvalid = String(!(address >= 0 && address < 2 ** 32));
		if (!p || this.address.ariaInvalid === 'true') {
			this.steps.replaceChildren();
			return;
		}
		const steps = this.words(p, address);

		if (steps.join() !== this.steps.dataset.text) {
			this.steps.dataset.text = steps.join();
			this.steps.replaceChildren(...steps.map((step) => make('li', step)));
		}
	}

	private words(p: Process, address: number): string[] {
		const w = walk(this.snapshot!, p, address);
		const steps = [`${say('directory')}: ${say('frame')} ${w.directory ?? '–'}, [${w.slot}]`];

		if (w.direct)
			steps.push(say('direct'));
		else
			steps.push(`${say('table')}: ${w.table === null ? '–' : `${say('frame')} ${w.table}, [${w.index}]`}`);
		if (!w.entry)
			steps.push(say('noEntry'));
		else if (w.entry.flags & PRESENT)
			steps.push(`${say('frame')} ${w.entry.frame}, ${say('byte')} 0x${w.offset.toString(16)}`);
		else
			steps.push(`${say('swapped')} ${w.entry.frame}`);
		return steps;
	}
}
