// SPDX-License-Identifier: GPL-2.0
/* The page as a reader sees it: what tests do with it. */
import type { Page } from 'playwright-core';

export class Lab {
	constructor(readonly page: Page) {}

	async prompts(): Promise<number> {
		return Number(await this.page.evaluate(() => document.body.dataset.prompts ?? '0'));
	}

	/* Asks again and again, from here: the page's policy forbids to wait in the page. */
	async until(what: string, good: () => Promise<boolean>, seconds = 120): Promise<void> {
		for (let tries = 0; !await good(); tries++) {
			if (tries > seconds * 20)
				throw new Error(`never came: ${what}; the terminal:\n${await this.screen()}\n` +
					await this.page.locator('#notice').innerText());
			await this.page.waitForTimeout(50);
		}
	}

	async ready(): Promise<void> {
		await this.until('a prompt', async () => await this.prompts() > 0);
		await this.until('a map', async () => Object.keys(await this.uses()).length > 0);
	}

	/* Types a command, waits for its end, gives its exit status. */
	async type(command: string): Promise<number> {
		const before = await this.prompts();

		await this.page.locator('#terminal textarea').focus();
		await this.page.keyboard.type(command);
		await this.page.keyboard.press('Enter');
		await this.ended(before);
		return Number(await this.page.evaluate(() => document.body.dataset.status));
	}

	async ended(before: number): Promise<void> {
		await this.until('the end of the command', async () => await this.prompts() > before);
	}

	/* What the terminal shows. */
	async screen(): Promise<string> {
		return this.page.evaluate(() => [...document.querySelectorAll('#terminal .xterm-accessibility-tree > div')]
			.map((row) => (row.textContent ?? '').replaceAll('\u00a0', ' ').trimEnd()).join('\n'));
	}

	/* Waits until the screen has it. */
	async shows(what: RegExp): Promise<string> {
		for (let tries = 0; tries < 100; tries++) {
			const found = what.exec(await this.screen());

			if (found)
				return found[0];
			await this.page.waitForTimeout(100);
		}
		throw new Error(`the terminal never showed ${what}:\n${await this.screen()}`);
	}

	/* Frames by use, as the legend of the map says. */
	async uses(): Promise<Record<string, number>> {
		return this.page.evaluate(() => Object.fromEntries([...document.querySelectorAll<HTMLElement>('#legend li')]
			.map((item) => [item.dataset.use!, Number(item.querySelector('b')!.textContent)])));
	}

	/* Waits until the map has so many frames of a use; the number that it has at last. */
	async waitUse(use: string, count: number): Promise<number> {
		for (let tries = 0; tries < 100; tries++) {
			if (((await this.uses())[use] ?? 0) === count)
				return count;
			await this.page.waitForTimeout(100);
		}
		return (await this.uses())[use] ?? 0;
	}
}
