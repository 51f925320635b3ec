// SPDX-License-Identifier: GPL-2.0
/* The terminal, and whether its shell waits for a command. */
import { FitAddon } from '@xterm/addon-fit';
import { Terminal, type ITheme } from '@xterm/xterm';
import type { Machine } from './machine.js';
import { TERMINAL } from './options.js';

const LIGHT: ITheme = { background: '#ffffff', foreground: '#1a1a1a', cursor: '#1a1a1a',
	cursorAccent: '#ffffff', selectionBackground: '#b3d4fc', green: '#006b2e', cyan: '#005f73',
	yellow: '#7a5a00', brightYellow: '#7a5a00', white: '#595959', brightWhite: '#1a1a1a',
	brightGreen: '#006b2e', brightCyan: '#005f73' };
const DARK: ITheme = { background: '#121212', foreground: '#eeeeee', cursor: '#eeeeee',
	cursorAccent: '#121212', selectionBackground: '#3b5070' };

export class LabTerminal {
	private readonly terminal = new Terminal({ fontSize: 14, scrollback: 5000, screenReaderMode: true,
		fontFamily: "'DejaVu Sans Mono', 'Noto Sans Mono', Menlo, Consolas, monospace" });
	private readonly fit = new FitAddon();
	private readonly ends: ((status: number) => void)[] = [];
	private readonly listeners: ((status: number) => void)[] = [];
	idle = false;
	/* the last status that the shell told */
	status = 0;

	constructor(private readonly machine: Machine, place: HTMLElement,
		private readonly resized: (rows: number, columns: number) => void) {
		const dark = matchMedia('(prefers-color-scheme: dark)');
		const colours = (): void => {
			this.terminal.options.theme = dark.matches ? DARK : LIGHT;
		};

		colours();
		dark.addEventListener('change', colours);
		this.terminal.loadAddon(this.fit);
		this.terminal.open(place);
		/* Tab goes on to the next part of the page after Escape, as the page says */
		this.terminal.attachCustomKeyEventHandler((event) => this.key(event));
		this.terminal.parser.registerOscHandler(133, (data) => this.mark(data));
		this.terminal.onData((data) => this.type(data));
		this.terminal.onResize(({ rows, cols }) => resized(rows, cols));
		this.listen();
		new ResizeObserver(() => this.fit.fit()).observe(place);
		this.fit.fit();
	}

	/* after a restore, the shell there knows another size and has printed its prompt */
	restarted(words: string): void {
		this.idle = false;
		this.ends.length = 0;
		this.terminal.reset();
		if (words)
			this.terminal.writeln(words);
		this.resized(this.terminal.rows, this.terminal.cols);
		this.machine.send(TERMINAL, '\r');
	}

	/* called with the status of each command that ended */
	onPrompt(listener: (status: number) => void): void {
		this.listeners.push(listener);
	}

	focus(): void {
		this.terminal.focus();
	}

	/* Types a command line. Return: its exit status */
	run(command: string): Promise<number> {
		const end = new Promise<number>((resolve) => this.ends.push(resolve));

		this.type(`${command}\r`);
		return end;
	}

	private escaped = false;

	private key(event: KeyboardEvent): boolean {
		const leave = event.key === 'Tab' && this.escaped;

		if (event.type === 'keydown' && event.key !== 'Shift')
			this.escaped = event.key === 'Escape';
		return !leave;
	}

	private type(data: string): void {
		if (/[\r\n]/.test(data))
			this.idle = false;
		this.machine.send(TERMINAL, data);
	}

	private mark(data: string): boolean {
		const status = Number(data.split(';')[1] ?? 0);

		this.idle = true;
		this.status = status;
		this.ends.shift()?.(status);
		for (const listener of this.listeners)
			listener(status);
		return true;
	}

	/* many bytes at once are one write */
	private listen(): void {
		let bytes: number[] = [];

		this.machine.onByte(TERMINAL, (byte) => {
			if (!bytes.length)
				setTimeout(() => {
					this.terminal.write(Uint8Array.from(bytes));
					bytes = [];
				});
			bytes.push(byte);
		});
	}
}
