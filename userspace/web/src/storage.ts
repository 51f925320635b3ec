// SPDX-License-Identifier: GPL-2.0
/* What the browser keeps: the machine's state (IndexedDB). */

const DATABASE = 'mmlab', STORE = 'state', KEY = 'machine';

/* A state fits the page that it was saved by only, so each names that page's build. */
interface Kept {
	build: string;
	state: ArrayBuffer;
}

function ask<T>(mode: IDBTransactionMode, request: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		const open = indexedDB.open(DATABASE, 1);

		open.onupgradeneeded = () => open.result.createObjectStore(STORE);
		open.onerror = () => reject(open.error);
		open.onsuccess = () => {
			const transaction = open.result.transaction(STORE, mode);
			const asked = request(transaction.objectStore(STORE));

			transaction.oncomplete = () => {
				open.result.close();
				resolve(asked.result);
			};
			transaction.onerror = transaction.onabort = () => {
				open.result.close();
				reject(transaction.error);
			};
		};
	});
}

export async function keep(build: string, state: ArrayBuffer): Promise<void> {
	await ask('readwrite', (store) => store.put({ build, state } satisfies Kept, KEY));
}

export async function kept(build: string): Promise<ArrayBuffer | null> {
	const found = await ask<Kept | undefined>('readonly', (store) => store.get(KEY));

	return found?.build === build ? found.state : null;
}

export async function forget(): Promise<void> {
	await ask('readwrite', (store) => store.delete(KEY));
}
