// SPDX-License-Identifier: GPL-2.0
/* Keeps all files of the site, so that it works without a network. */
declare const self: ServiceWorkerGlobalScope;
/* written by build/site.ts */
declare const BUILD: string;
declare const FILES: string[];

const cache = `mmlab-${BUILD}`;

self.addEventListener('install', (event) => {
	event.waitUntil(caches.open(cache).then((store) => store.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
	event.waitUntil((async () => {
		for (const name of await caches.keys())
			if (name !== cache && name.startsWith('mmlab-'))
				await caches.delete(name);
		await self.clients.claim();
	})());
});

self.addEventListener('fetch', (event) => {
	event.respondWith(caches.open(cache).then((store) =>
		store.match(event.request, { ignoreSearch: true })).then((found) => found ?? fetch(event.request)));
});

export {};
