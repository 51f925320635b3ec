// SPDX-License-Identifier: GPL-2.0
/* The page's own commands, one after the other, on a port of their own. */
import type { Machine } from './machine.js';
import { CHANNEL, SNAPSHOTS } from './options.js';

export interface Answer {
	output: Uint8Array;
	status: number;
}

/* Bytes of a part of a file. In base64, a command with 2400 of them did not arrive whole. */
const PART = 600;
/* The machine's pulse is what it says on the snapshots' port: ten lines a second at most. A
   command that is silent for so many is interrupted, and given up after as many again. */
const PATIENCE = 100;
const INTERRUPT = '\x03';

export class Channel {
	private last: Promise<unknown> = Promise.resolve();
	private bytes: number[] = [];
	private waiting: ((answer: Answer) => void) | null = null;
	private silent = 0;

	constructor(private readonly machine: Machine) {
		machine.onByte(CHANNEL, (byte) => this.take(byte));
		machine.onByte(SNAPSHOTS, (byte) => {
			if (byte === 10 && this.waiting)
				this.pulse();
		});
	}

	/* Every command that waits is forgotten: the machine is another one now. */
	reset(): void {
		this.bytes = [];
		this.end({ output: new Uint8Array(), status: -1 });
	}

	run(command: string): Promise<Answer> {
		const answer = this.last.then(() => new Promise<Answer>((resolve) => {
			this.waiting = resolve;
			this.silent = 0;
			this.machine.send(CHANNEL, `${command}\n`);
		}));

		this.last = answer;
		return answer;
	}

	async text(command: string): Promise<string> {
		return new TextDecoder().decode((await this.run(command)).output);
	}

	async upload(path: string, content: Uint8Array): Promise<boolean> {
		let { status } = await this.run(`: > ${quote(path)}`);

		for (let at = 0; at < content.length && !status; at += PART) {
			const part = btoa(String.fromCharCode(...content.subarray(at, at + PART)));

			({ status } = await this.run(`echo ${part} | base64 -d >> ${quote(path)}`));
		}
		return !status;
	}

	async download(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
		const { output, status } = await this.run(`base64 ${quote(path)}`);

		if (status)
			return null;
		return Uint8Array.from(atob(new TextDecoder().decode(output).replace(/\s/g, '')),
			(c) => c.charCodeAt(0));
	}

	private pulse(): void {
		this.silent++;
		if (this.silent === PATIENCE)
			this.machine.send(CHANNEL, INTERRUPT);
		else if (this.silent === 2 * PATIENCE)
			this.reset();
	}

	private end(answer: Answer): void {
		const waiting = this.waiting;

		this.waiting = null;
		waiting?.(answer);
	}

	private take(byte: number): void {
		this.silent = 0;
		this.bytes.push(byte);
		if (byte !== 10)
			return;
		const end = this.bytes.lastIndexOf(0);

		if (end < 0)
			return;
		const status = Number(String.fromCharCode(...this.bytes.slice(end + 1)));
		const output = Uint8Array.from(this.bytes.slice(0, end));

		this.bytes = [];
		this.end({ output, status });
	}
}

export function quote(word: string): string {
	return `'${word.replaceAll("'", "'\\''")}'`;
}
