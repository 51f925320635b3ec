// SPDX-License-Identifier: GPL-2.0
/*
 * The page's own commands, with a machine that this program is: channel.ts. A line for each
 * case, and at last "N passed, N failed, 0 skipped".
 */
import { Channel, type Answer } from '../src/channel.js';
import type { Machine } from '../src/machine.js';
import { CHANNEL, SNAPSHOTS } from '../src/options.js';

let passed = 0, failed = 0;

class FakeMachine {
	private readonly listeners = new Map<number, (byte: number) => void>();
	sent = '';

	onByte(port: number, listener: (byte: number) => void): void {
		this.listeners.set(port, listener);
	}

	send(_port: number, text: string): void {
		this.sent += text;
	}

	says(port: number, text: string): void {
		for (const byte of new TextEncoder().encode(text))
			this.listeners.get(port)!(byte);
	}

	lives(lines: number): void {
		this.says(SNAPSHOTS, 'off\n'.repeat(lines));
	}
}

async function test(name: string, body: (machine: FakeMachine, channel: Channel) => Promise<boolean>): Promise<void> {
	const machine = new FakeMachine();
	const good = await body(machine, new Channel(machine as unknown as Machine));

	console.log(`${good ? 'ok' : 'not ok'} - channel: ${name}`);
	if (good)
		passed++;
	else
		failed++;
}

/* What waits for a promise goes on; null: the command has no answer yet. */
async function soon(answer: Promise<Answer>): Promise<Answer | null> {
	return Promise.race([answer, new Promise<null>((resolve) => setTimeout(() => resolve(null), 20))]);
}

await test('a command gets its output and its status', async (machine, channel) => {
	const answer = channel.run('ls');

	await soon(answer);
	machine.says(CHANNEL, 'a\nb\n\0' + '3\n');
	const { output, status } = await answer;

	return machine.sent === 'ls\n' && new TextDecoder().decode(output) === 'a\nb\n' && status === 3;
});
await test('one that is silent is interrupted, and answers', async (machine, channel) => {
	const answer = channel.run('cat /dev/ttyS1');

	await soon(answer);
	machine.lives(99);
	const early = machine.sent.includes('\x03');

	machine.lives(1);
	const late = machine.sent.endsWith('\x03');

	machine.says(CHANNEL, '\0' + '130\n');
	return !early && late && (await answer).status === 130;
});
await test('one that no interrupt ends is given up, and the next one begins', async (machine, channel) => {
	const first = channel.run('never'), second = channel.run('next');

	await soon(first);
	machine.lives(200);
	const given = await soon(first);

	await soon(second);
	machine.says(CHANNEL, '\0' + '0\n');
	return given?.status === -1 && machine.sent === 'never\n\x03next\n' && (await soon(second))?.status === 0;
});
await test('one that says something goes on', async (machine, channel) => {
	const answer = channel.run('long');

	await soon(answer);
	for (let i = 0; i < 5; i++) {
		machine.lives(99);
		machine.says(CHANNEL, '.');
	}
	return machine.sent === 'long\n' && await soon(answer) === null;
});
await test('a machine that waits for no command is left alone', async (machine, channel) => {
	machine.lives(500);
	const answer = channel.run('ls');

	await soon(answer);
	machine.lives(99);
	return machine.sent === 'ls\n';
});
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed ? 1 : 0);
