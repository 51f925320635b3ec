// SPDX-License-Identifier: GPL-2.0
/*
 * Boots the lab's computer in v86, without a browser, until it has a prompt, and saves that
 * state: state.ts GUEST STATE. GUEST has kernel and initrd.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { V86 } from 'v86';
import { CHANNEL, KERNEL_LOG, SNAPSHOTS, TERMINAL, cmdline, hardware } from '../src/options.js';

const BIOS = '/usr/share/seabios/bios.bin';
/* of this program's CPU time: how fast a busy machine gives it says nothing */
const SECONDS = 300;

const [guest, out] = process.argv.slice(2);
const v86 = dirname(createRequire(import.meta.url).resolve('v86'));
const text: Record<number, string> = { [TERMINAL]: '', [SNAPSHOTS]: '', [CHANNEL]: '', [KERNEL_LOG]: '' };

function seconds(): number {
	const { user, system } = process.cpuUsage();

	return (user + system) / 1e6;
}

function image(path: string): { buffer: ArrayBuffer } {
	const bytes = readFileSync(path);

	return { buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer };
}

function stop(why: string): never {
	console.error(`state: error: ${why} after ${seconds()} s of CPU time`);
	for (const [port, words] of Object.entries(text))
		console.error(`-- the last words on ttyS${port}:\n${words.slice(-2000)}`);
	process.exit(1);
}

const emulator = new V86({
	...hardware,
	wasm_path: join(v86, 'v86.wasm'),
	bios: image(BIOS),
	bzimage: image(join(guest, 'kernel')),
	initrd: image(join(guest, 'initrd')),
	cmdline,
	autostart: true,
});

/* until a port has said that; what it said before is taken away */
async function expect(port: number, what: RegExp): Promise<string> {
	for (;;) {
		const found = what.exec(text[port]);

		if (found) {
			text[port] = text[port].slice(found.index + found[0].length);
			return found[0];
		}
		if (seconds() > SECONDS)
			stop(`no ${what} on ttyS${port}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

async function run(command: string): Promise<void> {
	emulator.serial_send_bytes(CHANNEL, new TextEncoder().encode(`${command}\n`));
	const answer = await expect(CHANNEL, /^[^]*?\0\d+\n/);

	if (!answer.endsWith('\0' + '0\n'))
		stop(`'${command}' failed: ${answer}`);
}

for (const port of [TERMINAL, SNAPSHOTS, CHANNEL, KERNEL_LOG])
	emulator.add_listener(`serial${port as 0}-output-byte`, (byte) => {
		text[port] += String.fromCharCode(byte);
	});

await expect(TERMINAL, /\x1b\]133;D;0\x07.*# /);
console.error(`state: the prompt is there after ${seconds()} s of CPU time`);
await expect(SNAPSHOTS, /\n\{"mmlab_snapshot":1.*\}\n/);
await run('test "$(tail -n 1 /proc/mmlab/check)" = ok');
await run('mmlab draw frames > /dev/null; mmlab --help > /dev/null; base64 < /dev/null');
/* what the kernel was unpacked from lies in pages that nothing has cleared yet */
await run('head -c "$(awk \'$1 == "MemFree:" { print $2 - 2500 }\' /proc/meminfo)k" /dev/zero > /tmp/fill; rm /tmp/fill');
/* as new: the page's own lab process is number 1, the next one number 2 */
await run('look off; mmlab unload; mmlab load > /dev/null; look on');
await run('sync; echo 3 > /proc/sys/vm/drop_caches; echo 1 > /proc/sys/vm/compact_memory; sleep 0.5');
/* a snapshot again, so that no half of one is saved */
await expect(SNAPSHOTS, /\n\{"mmlab_snapshot":1.*\}\n/);
await emulator.stop();
const state = await emulator.save_state();

writeFileSync(out, Buffer.from(state));
console.error(`state: ${state.byteLength} bytes, saved after ${seconds()} s of CPU time`);
process.exit(0);
