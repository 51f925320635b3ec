// SPDX-License-Identifier: GPL-2.0
/*
 * Builds the site: site.ts GUEST DOCUMENTS SITE. GUEST has state.zst and release, DOCUMENTS
 * is the folder Documentation of the tree.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { chapters, type Chapter } from './chapters.js';
import { legal } from './legal.js';

const [guest, documents, site] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const FIGURES = ['frames', 'buddy', 'layout', 'path', 'areas', 'mapping', 'slab', 'lists', 'swap'];

/* A file's name has its hash, so that a browser never mixes two builds. */
function put(name: string, content: string | Uint8Array): string {
	const hash = createHash('sha256').update(content).digest('hex').slice(0, 10);
	const named = name.replace('.', `-${hash}.`);

	writeFileSync(join(site, named), content);
	return named;
}

function page(found: Chapter[]): string {
	const html = readFileSync('src/index.html', 'utf8');
	const options = found.map((c) => `<option value="${c.name}" lang="en">${c.title}</option>`);

	return html.replace('<!-- chapters -->', options.join(''))
		.replace('<!-- figures -->', FIGURES.map((name) => `<option>${name}</option>`).join(''))
		.replace('<!-- legal -->', legal(readFileSync(join(guest, 'release'), 'utf8').trim()));
}

function files(folder = ''): string[] {
	return readdirSync(join(site, folder), { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory() ? files(`${folder}${entry.name}/`) : [`${folder}${entry.name}`]);
}

const bundle = { bundle: true, minify: true, format: 'esm' as const, target: 'es2022', legalComments: 'none' as const,
	logLevel: 'warning' as const };

rmSync(site, { recursive: true, force: true });
mkdirSync(join(site, 'chapters'), { recursive: true });
await build({ ...bundle, entryPoints: ['src/main.ts', 'src/main.css'], outdir: site,
	external: ['node:*', 'crypto', 'fs', 'perf_hooks'] });

const found = chapters(join(documents, 'article'));

for (const chapter of found)
	writeFileSync(join(site, 'chapters', `${chapter.name}.html`), chapter.html);
writeFileSync(join(site, 'index.html'), page(found));
for (const name of ['v86', '@xterm/xterm', '@xterm/addon-fit'])
	copyFileSync(join(dirname(require.resolve(`${name}/package.json`)), 'LICENSE'),
		join(site, `LICENSE-${name.replace(/.*\//, '')}`));
copyFileSync(join(documents, '../LICENSE'), join(site, 'LICENSE'));

const state = put('state.zst', readFileSync(join(guest, 'state.zst')));
const wasm = put('v86.wasm.gz', gzipSync(readFileSync(join(dirname(require.resolve('v86')), 'v86.wasm')), { level: 9 }));
const bytes = statSync(join(site, state)).size + statSync(join(site, wasm)).size;
const hash = createHash('sha256');

for (const name of files())
	hash.update(name).update(readFileSync(join(site, name)));
const id = hash.digest('hex').slice(0, 16);

writeFileSync(join(site, 'site.json'), JSON.stringify({ build: id, state, wasm, bytes }));
await build({ ...bundle, entryPoints: ['src/worker.ts'], outfile: join(site, 'worker.js'),
	define: { BUILD: JSON.stringify(id), FILES: JSON.stringify(['./', ...files()]) } });

for (const name of files().sort())
	console.log(String(statSync(join(site, name)).size).padStart(10), name);
