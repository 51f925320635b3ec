// SPDX-License-Identifier: GPL-2.0
/*
 * The site in a browser: web.ts SITE PICTURES [CASES]. A line for each case, and at last
 * "N passed, N failed, 0 skipped". Pictures of the page go to the folder PICTURES. CASES: only those
 * whose name begins with that.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { Lab } from './lab.js';
import { serve } from './server.js';

const [site, pictures, only] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const profile = mkdtempSync(join(tmpdir(), 'mmlab-web-'));
const { address, server } = await serve(site);
const complaints: string[] = [];
let passed = 0, failed = 0;

mkdirSync(pictures, { recursive: true });

async function test(name: string, body: () => Promise<void>): Promise<void> {
	if (only && !name.startsWith(only))
		return;
	try {
		await body();
		console.log(`ok - ${name}`);
		passed++;
	} catch (error) {
		console.log(`not ok - ${name}\n# ${String(error).replaceAll('\n', '\n# ')}`);
		failed++;
	}
}

function same(what: string, found: unknown, wanted: unknown): void {
	if (found !== wanted)
		throw new Error(`${what}: ${String(wanted)} is wanted, not ${String(found)}`);
}

async function open(): Promise<{ context: BrowserContext; lab: Lab }> {
	const context = await chromium.launchPersistentContext(profile, {
		executablePath: '/usr/bin/chromium', headless: true, locale: 'en-GB',
		viewport: { width: 1280, height: 900 },
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
			'--disable-background-networking', '--disable-component-update', '--disable-sync'],
	});
	const page = context.pages()[0] ?? await context.newPage();

	page.on('console', (message) => {
		if (['error', 'warning'].includes(message.type()))
			complaints.push(`${message.type()}: ${message.text()}`);
	});
	page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
	context.on('request', (request) => {
		if (!request.url().startsWith(address) && !/^(blob|data):/.test(request.url()))
			complaints.push(`request to ${request.url()}`);
	});
	context.on('response', (response) => {
		if (response.status() >= 400)
			complaints.push(`${response.status()} of ${response.url()}`);
	});
	return { context, lab: new Lab(page) };
}

async function serious(lab: Lab): Promise<void> {
	/* by the debugger, since the page's policy lets no script in */
	await lab.page.evaluate(axe);
	const found = await lab.page.evaluate(async () => {
		const axe = (window as unknown as { axe: { run(): Promise<{ violations:
			{ id: string; impact: string; nodes: { html: string }[] }[] }> } }).axe;

		return (await axe.run()).violations.map((v) => `${v.id} (${v.impact}): ${v.nodes[0].html}`);
	});

	same('violations that axe finds', found.join('\n'), '');
}

async function picture(lab: Lab, name: string, width: number, height: number): Promise<void> {
	await lab.page.setViewportSize({ width, height });
	await lab.page.waitForTimeout(600);
	await lab.page.screenshot({ path: join(pictures, `${name}-${width}.png`), fullPage: width < 600 });
	const wide = await lab.page.evaluate(() => document.documentElement.scrollWidth);

	same(`the width of the page at ${width}`, wide <= width, true);
}

const { context, lab } = await open();
const start = Date.now();

await lab.page.goto(address);
await lab.ready();
const ready = Date.now();

await test('boot: from the state to a prompt', async () => {
	await lab.shows(/mmlab:~#/);
	console.log(`# the prompt is there ${ready - start} ms after the page was asked for`);
});
await test('boot: it says how long that took', async () => {
	const ms = await lab.page.evaluate(() => Number(document.body.dataset.startMs));

	console.log(`# ${ms} ms`);
	same('a time', ms > 0, true);
});
await test('map: it is the machine that was just loaded', async () => {
	const uses = await lab.uses();

	same('all frames', Object.values(uses).reduce((a, b) => a + b), 16384);
	same('reserved frames', uses.reserved, 1);
});
await test('map: a command\'s output and the map agree to the frame', async () => {
	const before = await lab.uses();

	same('status', await lab.type('mmlab run'), 0);
	same('status', await lab.type('mmlab touch 0x10000000 1M --write 65'), 0);
	await lab.shows(/wrote to 256 pages/);
	await lab.shows(/frames of user memory: +0 before, 256 after/);
	same('frames of user memory', await lab.waitUse('user', (before.user ?? 0) + 256), (before.user ?? 0) + 256);
	const uses = await lab.uses();

	same('all frames', Object.values(uses).reduce((a, b) => a + b), 16384);
});
await test('map: the walk of an address names the frame that the command names', async () => {
	await lab.page.locator('#walk-process').selectOption('2');
	await lab.page.locator('#walk-address').fill('0x10001abc');
	const steps = await lab.page.locator('#walk-steps').innerText();
	const frame = /frame (\d+), byte 0xabc$/i.exec(steps.trim());

	await lab.type('clear; mmlab page find 0x10001abc');
	same('the frame', frame?.[1], /frame (\d+)/.exec(await lab.shows(/frame \d+[^]*#/))![1]);
});
await test('map: the number of a frame tells what it is', async () => {
	await lab.page.locator('#frame').fill('0');
	same('frame 0', await lab.page.locator('#frame-detail').innerText(), 'reserved');
});
await test('map: the end of a process takes its frames off the map', async () => {
	same('status', await lab.type('exit'), 0);
	same('frames of user memory', await lab.waitUse('user', 0), 0);
});
await test('module: unload and load go on, and the page says that there is none', async () => {
	same('status', await lab.type('mmlab unload'), 0);
	await lab.page.locator('#no-lab').waitFor({ state: 'visible' });
	same('status', await lab.type('mmlab load'), 0);
	await lab.page.locator('#no-lab').waitFor({ state: 'hidden' });
});
await test('files: one goes up and comes down the same', async () => {
	const content = Buffer.from(Array.from({ length: 9000 }, (_, i) => i * 7 % 256));

	await lab.page.locator('summary', { hasText: 'Files' }).click();
	await lab.page.locator('#upload').setInputFiles({ name: 'it\'s.bin', mimeType: 'application/octet-stream', buffer: content });
	await lab.page.locator('#notice', { hasText: '/root/it\'s.bin' }).waitFor();
	await lab.page.locator('#download-name').fill('/root/it\'s.bin');
	const [download] = await Promise.all([lab.page.waitForEvent('download'),
		lab.page.locator('#download button').click()]);

	same('the bytes', readFileSync(await download.path()).equals(content), true);
});
await test('files: a file that never ends is given up, and the next one comes', async () => {
	const notice = lab.page.locator('#notice');

	/* without snapshots the machine says ten lines a second, and waits less long */
	same('status', await lab.type('look off'), 0);
	await lab.page.locator('#download-name').fill('/dev/ttyS1');
	await lab.page.locator('#download button').click();
	await lab.until('the end of the download', async () => /This did not work/.test(await notice.innerText()));
	await lab.page.locator('#download-name').fill('/proc/mmlab/buddyinfo');
	const [download] = await Promise.all([lab.page.waitForEvent('download'),
		lab.page.locator('#download button').click()]);

	same('it has lines of zones', readFileSync(await download.path(), 'utf8').includes('zone'), true);
	same('status', await lab.type('look on'), 0);
});
await test('figure: it is drawn by the machine', async () => {
	await lab.page.locator('summary', { hasText: 'Figure' }).click();
	await lab.page.locator('#figure-form button').click();
	await lab.page.locator('#figure-image').waitFor({ state: 'visible' });
	same('it is a picture', await lab.page.evaluate(async () => {
		const image = document.querySelector<HTMLImageElement>('#figure-image')!;

		await image.decode();
		return image.naturalWidth > 100;
	}), true);
});
await test('tab: a picture of it', async () => {
	const walk = lab.page.locator('#walk-process');

	for (const command of ['mmlab run', 'clear', 'mmlab touch 0x10000000 8M --write 65',
		'mmlab vmalloc 3M --scatter', 'mmlab kmalloc 4000 --count 400'])
		same(command, await lab.type(command), 0);
	same('frames of user memory', await lab.waitUse('user', 2048), 2048);
	await walk.selectOption(await walk.locator('option').last().getAttribute('value'));
	await lab.page.locator('#walk-address').fill('0x10003abc');
	await picture(lab, 'tab', 1280, 900);
	same('status', await lab.type('exit'), 0);
	same('frames of user memory', await lab.waitUse('user', 0), 0);
});
await test('looks: axe finds nothing', () => serious(lab));
for (const language of ['en', 'zh'])
	for (const [width, height] of [[360, 740], [1280, 900], [2560, 1440]])
		await test(`looks: it fits ${width} pixels in ${language}`, async () => {
			await lab.page.locator('#language').selectOption(language);
			await picture(lab, language, width, height);
		});
await test('looks: axe finds nothing in Chinese', () => serious(lab));
await lab.page.locator('#language').selectOption('en');
await lab.page.setViewportSize({ width: 1280, height: 900 });
await test('kept: a reload keeps the state', async () => {
	same('status', await lab.type('echo it was here > /root/kept'), 0);
	const at = Date.now();

	await lab.until('a kept state', async () => await lab.page.evaluate(() =>
		Number(document.body.dataset.kept ?? 0)) > at);
	await lab.page.reload();
	await lab.ready();
	await lab.shows(/as you left it/);
	await lab.type('cat /root/kept');
	await lab.shows(/it was here/);
});
await test('kept: without a network it works', async () => {
	await lab.page.evaluate(async () => {
		await navigator.serviceWorker.ready;
	});
	await context.setOffline(true);
	await lab.page.reload();
	await lab.ready();
	await lab.type('cat /root/kept');
	await lab.shows(/it was here/);
	await context.setOffline(false);
});
await test('kept: reset makes the lab new', async () => {
	const before = await lab.prompts();

	await lab.page.locator('#reset').click();
	await lab.ended(before);
	same('status', await lab.type('test ! -e /root/kept'), 0);
});

const chapters = await lab.page.locator('#chapter option').evaluateAll((options) =>
	options.map((option) => (option as HTMLOptionElement).value).filter(Boolean));

/* a machine that starts again loses it */
await lab.type('touch /run/same-machine');
for (const chapter of only && !'chapter'.startsWith(only) ? [] : chapters) {
	await lab.page.locator('#chapter').selectOption(chapter);
	await lab.page.locator(`#chapter-text[data-chapter="${chapter}"]`).waitFor();
	const buttons = lab.page.locator('#chapter-text button');

	for (let i = 0; i < await buttons.count(); i++)
		await test(`chapter ${chapter}: command ${i + 1} runs`, async () => {
			await lab.type('clear');
			const before = await lab.prompts();

			await buttons.nth(i).click();
			await lab.ended(before);
			same('the machine goes on', await lab.type('test -e /run/same-machine'), 0);
			same('it was found', /not found|No such file|unknown command/.exec(await lab.screen())?.[0], undefined);
		});
}
await test('looks: axe finds nothing with a chapter', () => serious(lab));
await test('looks: a chapter', () => picture(lab, 'chapter', 1280, 900));
await test('the console is clean, and no other host was asked', async () => {
	same('complaints', complaints.join('\n'), '');
});
await context.close();
server.close();
rmSync(profile, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed ? 1 : 0);
