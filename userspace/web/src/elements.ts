// SPDX-License-Identifier: GPL-2.0
/* Small parts of the page. */

export function byId<T extends HTMLElement>(id: string): T {
	const element = document.getElementById(id);

	if (!element)
		throw new Error(`the page has no #${id}`);
	return element as T;
}

export function make(tag: string, text = '', classes = ''): HTMLElement {
	const element = document.createElement(tag);

	element.textContent = text;
	if (classes)
		element.className = classes;
	return element;
}

/* A table whose first row is its head; the first cell of each row names the row. */
export function table(caption: string, head: string[], rows: (string | number)[][]): HTMLElement {
	const whole = make('table'), row = make('tr');

	whole.append(make('caption', caption));
	for (const cell of head) {
		const th = make('th', cell);

		th.setAttribute('scope', 'col');
		row.append(th);
	}
	whole.append(row);
	for (const cells of rows) {
		const line = make('tr');

		cells.forEach((cell, i) => {
			const td = make(i ? 'td' : 'th', String(cell));

			if (!i)
				td.setAttribute('scope', 'row');
			line.append(td);
		});
		whole.append(line);
	}
	return whole;
}

export function hex(number: number): string {
	return `0x${number.toString(16).padStart(8, '0')}`;
}
