// SPDX-License-Identifier: GPL-2.0
/* The article's chapters as HTML; a block that shows a command's output carries it. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Marked } from 'marked';

export interface Chapter {
	name: string;
	title: string;
	html: string;
}

function escape(text: string): string {
	return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);
}

/* Chapters lead to each other and to documents that the site has not: they stay words. */
const marked = new Marked({
	renderer: {
		code({ text }) {
			const command = /^\$ (.*)$/m.exec(text);

			return `<pre tabindex="0"${command ? ` data-command="${escape(command[1])}"` : ''}><code>${escape(text)}</code></pre>\n`;
		},
		link({ tokens }) {
			return this.parser.parseInline(tokens);
		},
		image({ text }) {
			return escape(text);
		},
	},
});

export function chapters(folder: string): Chapter[] {
	return readdirSync(folder).filter((file) => file.endsWith('.md')).sort().map((file) => {
		const text = readFileSync(join(folder, file), 'utf8');
		const title = /^# (.*)$/m.exec(text)?.[1] ?? file;

		return { name: file.replace('.md', ''), title: escape(title),
			html: marked.parse(text.replace(/^<!--.*-->$/gm, '')) as string };
	});
}
