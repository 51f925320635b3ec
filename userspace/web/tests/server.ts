// SPDX-License-Identifier: GPL-2.0
/* The plainest static server: files, types, nothing else. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript',
	'.css': 'text/css', '.json': 'application/json' };

export async function serve(folder: string): Promise<{ address: string; server: Server }> {
	const server = createServer((request, answer) => {
		const path = normalize(decodeURIComponent(new URL(request.url!, 'http://x').pathname));
		const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);

		try {
			const content = readFileSync(file);

			answer.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
				'content-length': content.length });
			answer.end(content);
		} catch {
			answer.writeHead(404).end();
		}
	});

	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}
