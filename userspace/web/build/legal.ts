// SPDX-License-Identifier: GPL-2.0
/* What the page ships of others: versions, licences, and where the sources are. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

function version(name: string): string {
	return (require(`${name}/package.json`) as { version: string }).version;
}

export function legal(release: string): string {
	const rows = [
		['mmlab', 'GPL-2.0', '<a href="LICENSE">LICENSE</a>; the tree that has userspace/web'],
		[`Linux ${release}`, 'GPL-2.0', 'Debian 12, source package linux; unchanged'],
		['busybox', 'GPL-2.0', 'Debian 12, source package busybox; unchanged'],
		['GNU C library, libkmod', 'LGPL-2.1', 'Debian 12, source packages glibc and kmod; unchanged'],
		['cJSON, ncurses', 'MIT', 'Debian 12, source packages cjson and ncurses'],
		['OpenSSL, Zstandard, XZ Utils', 'Apache-2.0, BSD-3-Clause, public domain', 'Debian 12, source packages openssl, libzstd and xz-utils'],
		[`v86 ${version('v86')}`, 'BSD-2-Clause', '<a href="LICENSE-v86">LICENSE-v86</a>; npm package v86'],
		[`xterm.js ${version('@xterm/xterm')}, its addon fit ${version('@xterm/addon-fit')}`, 'MIT', '<a href="LICENSE-xterm">LICENSE-xterm</a>; npm packages @xterm/xterm and @xterm/addon-fit'],
	];

	return '<table lang="en"><tr><th scope="col">part</th><th scope="col">licence</th><th scope="col">source</th></tr>' +
		rows.map(([part, licence, source]) => `<tr><th scope="row">${part}</th><td>${licence}</td><td>${source}</td></tr>`).join('') +
		'</table>';
}
