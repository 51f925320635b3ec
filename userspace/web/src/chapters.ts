// SPDX-License-Identifier: GPL-2.0
/* The article's chapters; each command in them can be run in the terminal. */
import type { Channel } from './channel.js';
import { byId, make } from './elements.js';
import type { LabTerminal } from './terminal.js';
import { say } from './words.js';

/* A chapter shows what its commands print on a lab that was just loaded: so it is here. */
const FRESH = 'look off; for p in /proc/mmlab/[0-9]*; do [ ! -e "$p" ] || mmlab proc kill "${p##*/}"; done;' +
	' mmlab unload; mmlab load';

export class Chapters {
	private readonly choice = byId<HTMLSelectElement>('chapter');
	private readonly place = byId('chapter-text');

	constructor(private readonly channel: Channel, private readonly terminal: LabTerminal,
		private readonly tell: (words: string) => void) {
		this.choice.addEventListener('change', () => void this.open(this.choice.value));
	}

	async open(name: string): Promise<void> {
		this.choice.value = name;
		this.place.hidden = !name;
		if (!name)
			return;
		const answer = await fetch(`chapters/${name}.html`);
		const page = new DOMParser().parseFromString(await answer.text(), 'text/html');

		this.place.replaceChildren(...page.body.childNodes);
		this.place.scrollTop = 0;
		this.buttons();
		this.place.dataset.chapter = name;
	}

	/* also after the language has changed */
	buttons(): void {
		this.place.querySelectorAll('button').forEach((button) => button.remove());
		for (const block of this.place.querySelectorAll<HTMLElement>('pre[data-command]')) {
			const button = make('button', say('run')), command = block.dataset.command!;

			button.setAttribute('aria-label', say('runLong', command));
			button.title = say('runLong', '');
			button.addEventListener('click', () => void this.run(command));
			block.before(button);
		}
	}

	async run(command: string): Promise<number | null> {
		if (!this.terminal.idle) {
			this.tell(say('busy'));
			return null;
		}
		this.terminal.idle = false;
		const { status } = await this.channel.run(FRESH);

		if (status)
			this.tell(say('busy'));
		const end = status ? null : await this.terminal.run(command);

		this.terminal.idle = true;
		await this.channel.run('look on');
		this.terminal.focus();
		return end;
	}
}
