// SPDX-License-Identifier: GPL-2.0
/* The page: loads the machine, and joins it with the terminal and the pictures. */
import { Channel } from './channel.js';
import { Chapters } from './chapters.js';
import { Counters } from './counters.js';
import { byId } from './elements.js';
import { FrameMap } from './framemap.js';
import { showLists } from './lists.js';
import { Machine } from './machine.js';
import { SNAPSHOTS } from './options.js';
import { type Snapshot, parse } from './snapshot.js';
import { forget, keep, kept } from './storage.js';
import { LabTerminal } from './terminal.js';
import { WalkView } from './walkview.js';
import { language, say, translate, type Language } from './words.js';

/* written by build/site.ts */
interface Site {
	build: string;
	state: string;
	wasm: string;
	bytes: number;
}

const KEEP_AFTER_MS = 1500;
const notice = byId('notice');

function tell(words: string): void {
	notice.textContent = words;
}

async function load(site: Site): Promise<Machine> {
	const bar = byId<HTMLProgressElement>('progress');

	bar.max = site.bytes;
	const machine = await Machine.load(site.state, site.wasm, site.bytes, (bytes) => {
		bar.value = bytes;
		byId('progress-text').textContent = `${Math.round(Math.min(1, bytes / site.bytes) * 100)} %`;
	});

	byId('loading').hidden = true;
	return machine;
}

/* What the machine says of itself, line by line. */
function watch(machine: Machine, show: (s: Snapshot | null) => void): void {
	const decoder = new TextDecoder();
	let bytes: number[] = [];

	machine.onByte(SNAPSHOTS, (byte) => {
		if (byte !== 10) {
			bytes.push(byte);
			return;
		}
		const line = decoder.decode(Uint8Array.from(bytes)), s = parse(line);

		bytes = [];
		if (s)
			show(s);
		else if (line.startsWith('no module'))
			show(null);
	});
}

function save(name: string, content: Uint8Array<ArrayBuffer>): void {
	const link = document.createElement('a');

	link.href = URL.createObjectURL(new Blob([content]));
	link.download = name.split('/').pop()!;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function joinFiles(channel: Channel): void {
	const file = byId<HTMLInputElement>('upload'), name = byId<HTMLInputElement>('download-name');

	file.addEventListener('change', async () => {
		for (const each of file.files ?? []) {
			const done = await channel.upload(`/root/${each.name}`, new Uint8Array(await each.arrayBuffer()));

			tell(done ? `/root/${each.name}` : say('failed') + each.name);
		}
		file.value = '';
	});
	byId('download').addEventListener('submit', async (event) => {
		event.preventDefault();
		const content = await channel.download(name.value);

		if (content)
			save(name.value, content);
		else
			tell(say('failed') + name.value);
	});
}

function joinFigure(channel: Channel): void {
	const image = byId<HTMLImageElement>('figure-image'), choice = byId<HTMLSelectElement>('figure');

	byId('figure-form').addEventListener('submit', async (event) => {
		event.preventDefault();
		const { output, status } = await channel.run(`mmlab draw ${choice.value} --svg --lang ${language()}`);

		if (status) {
			tell(new TextDecoder().decode(output));
			return;
		}
		URL.revokeObjectURL(image.src);
		image.src = URL.createObjectURL(new Blob([output as Uint8Array<ArrayBuffer>], { type: 'image/svg+xml' }));
		image.alt = choice.selectedOptions[0].text;
		image.hidden = false;
	});
}

/* Keeps the state a moment after the last command ended. */
function joinStorage(machine: Machine, terminal: LabTerminal, build: string): void {
	let timer = 0;

	terminal.onPrompt(() => {
		clearTimeout(timer);
		timer = window.setTimeout(async () => {
			if (terminal.idle) {
				await keep(build, await machine.state());
				document.body.dataset.kept = String(Date.now());
			}
		}, KEEP_AFTER_MS);
	});
}

function joinPictures(machine: Machine): (s: Snapshot | null) => void {
	const walk = new WalkView(), map = new FrameMap((frame) => walk.choose(frame)), counters = new Counters();
	let last: Snapshot | null = null;
	const show = (s: Snapshot | null): void => {
		byId('no-lab').hidden = s !== null;
		if (!s)
			return;
		last = s;
		map.show(s);
		walk.show(s);
		showLists(s);
		counters.show(s);
	};

	watch(machine, show);
	return () => show(last);
}

async function main(): Promise<void> {
	translate(document);
	const site = await (await fetch('site.json')).json() as Site;
	const machine = await load(site);
	const channel = new Channel(machine);
	const terminal = new LabTerminal(machine, byId('terminal'), (rows, columns) =>
		void channel.run(`stty -F /dev/ttyS0 rows ${rows} cols ${columns}`));
	const chapters = new Chapters(channel, terminal, tell);
	const again = joinPictures(machine);
	const start = async (state: ArrayBuffer | null): Promise<void> => {
		channel.reset();
		await machine.start(state);
		void channel.run(`date -u -s @${Math.floor(Date.now() / 1000)} > /dev/null; look on`);
		terminal.restarted(state ? say('kept') : '');
		terminal.focus();
	};

	byId('reset').addEventListener('click', async () => {
		await forget();
		await start(null);
	});
	byId('language').addEventListener('change', (event) => {
		translate(document, (event.target as HTMLSelectElement).value as Language);
		chapters.buttons();
		again(null);
	});
	byId<HTMLSelectElement>('language').value = language();
	joinFiles(channel);
	joinFigure(channel);
	joinStorage(machine, terminal, site.build);
	/* what tests of the page look at */
	terminal.onPrompt(() => {
		document.body.dataset.startMs ??= String(Math.round(performance.now() - loaded));
		document.body.dataset.prompts = String(Number(document.body.dataset.prompts ?? 0) + 1);
		document.body.dataset.status = String(terminal.status);
	});
	const loaded = performance.now();

	await start(await kept(site.build).catch(() => null));
	tell(say('ready'));
	await navigator.serviceWorker?.register('worker.js').catch(() => null);
}

main().catch((error) => {
	byId('loading').hidden = true;
	tell(say('failed') + String(error));
});
