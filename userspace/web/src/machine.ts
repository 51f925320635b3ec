// SPDX-License-Identifier: GPL-2.0
/* The computer: v86 with its four serial ports, started from a saved state. */
import { V86 } from 'v86';
import { hardware } from './options.js';

const encoder = new TextEncoder();

export class Machine {
	private constructor(private readonly emulator: V86, private readonly fresh: ArrayBuffer) {}

	/* progress: bytes that have come, of how many */
	static async load(state: string, wasm: string, total: number, progress: (bytes: number) => void): Promise<Machine> {
		let bytes = 0;
		const count = (n: number): void => progress(bytes += n);
		const [fresh, packed] = await Promise.all([fetchWhole(state, count), fetchWhole(wasm, count)]);
		const code = new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip')));
		const module = await WebAssembly.compile(await code.arrayBuffer());
		const emulator = new V86({
			...hardware,
			wasm_fn: async (imports: WebAssembly.Imports) =>
				(await WebAssembly.instantiate(module, imports)).exports,
			autostart: false,
		});

		progress(total);
		await new Promise<void>((resolve) => emulator.add_listener('emulator-ready', () => resolve()));
		return new Machine(emulator, fresh);
	}

	onByte(port: 0 | 1 | 2 | 3, listener: (byte: number) => void): void {
		this.emulator.add_listener(`serial${port}-output-byte`, listener);
	}

	send(port: number, text: string): void {
		this.emulator.serial_send_bytes(port, encoder.encode(text));
	}

	/* v86 changes the buffer that it unpacks, or keeps it: it gets a copy. */
	async start(state: ArrayBuffer | null): Promise<void> {
		await this.emulator.stop();
		await this.emulator.restore_state((state ?? this.fresh).slice(0));
		await this.emulator.run();
	}

	async state(): Promise<ArrayBuffer> {
		return this.emulator.save_state();
	}
}

async function fetchWhole(url: string, count: (bytes: number) => void): Promise<ArrayBuffer> {
	const answer = await fetch(url);

	if (!answer.ok || !answer.body)
		throw new Error(`${url}: ${answer.status} ${answer.statusText}`);
	const counted = answer.body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
		transform(chunk, controller) {
			count(chunk.byteLength);
			controller.enqueue(chunk);
		},
	}));
	return new Response(counted).arrayBuffer();
}
