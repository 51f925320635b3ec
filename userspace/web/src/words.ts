// SPDX-License-Identifier: GPL-2.0
/* The words of the page. Terms in Chinese are those of the kernel's zh_CN documents. */

const words = {
	address: ['Address', '地址'],
	areas: ['vmalloc areas', 'vmalloc 区域'],
	busy: ['A program is running in the terminal. End it first (Ctrl-C).', '终端里还有程序在运行，请先结束它（Ctrl-C）。'],
	byte: ['byte', '字节'],
	cache: ['cache', '缓存'],
	caches: ['Slab caches', 'slab 缓存'],
	chapter: ['Chapter', '章节'],
	chapterNone: ['no chapter', '不看章节'],
	counters: ['Counters', '计数器'],
	direct: ['direct map: the kernel\'s tables map all frames here', '直接映射：内核页表在此映射全部页框'],
	directory: ['directory', '页目录'],
	download: ['Download', '下载'],
	downloadName: ['File in the lab', '实验机中的文件'],
	draw: ['Draw', '绘制'],
	entries: ['entries', '页表项'],
	failed: ['This did not work: ', '失败：'],
	figure: ['Figure', '图'],
	files: ['Files', '文件'],
	frame: ['Frame', '页框'],
	frameOf: ['of {0}', '共 {0} 个'],
	frames: ['Frames', '页框'],
	free: ['free blocks by order', '各阶空闲块'],
	full: ['full', '满'],
	kept: ['The lab as you left it. Reset makes it new.', '实验机保持上次的状态。按“重置”可恢复初始状态。'],
	language: ['Language', '语言'],
	legal: ['Licences and sources', '许可证与源代码'],
	loading: ['Loading the lab', '正在载入实验机'],
	map: ['Frame map', '页框图'],
	mapLabel: ['Frame map: {0}', '页框图：{0}'],
	name: ['name', '名称'],
	noBench: ['The CPU is emulated: times measured here mean nothing.', 'CPU 是模拟的：在这里测得的时间没有意义。'],
	noEntry: ['no frame: a touch is a page fault', '没有页框：访问会引起缺页'],
	noLab: ['The module is not loaded: mmlab load', '模块未加载：mmlab load'],
	noProcess: ['There is no lab process but the one that looks. Try: mmlab run', '除观察者外没有实验进程。试试：mmlab run'],
	objects: ['objects', '对象'],
	order: ['order', '阶'],
	owner: ['owner', '所有者'],
	partial: ['partial', '部分'],
	process: ['Lab process', '实验进程'],
	ready: ['The lab is ready.', '实验机已就绪。'],
	reset: ['Reset', '重置'],
	resetLong: ['Make the lab new; files in it are lost', '恢复初始状态，其中的文件会丢失'],
	regions: ['Processes and regions', '进程与区域'],
	rights: ['rights', '权限'],
	run: ['Run', '运行'],
	runLong: ['Run on a lab machine that is just loaded: {0}', '在刚加载的实验机上运行：{0}'],
	swap: ['Swap areas', '交换区'],
	swapped: ['swapped out, slot', '已换出，槽'],
	table: ['page table', '页表'],
	tabHint: ['In the terminal, Escape and then Tab leaves it.', '在终端中，按 Esc 再按 Tab 可离开。'],
	terminal: ['Terminal', '终端'],
	title: ['mmlab: a small memory manager in a browser tab', 'mmlab：浏览器里的小型内存管理器'],
	upload: ['Upload', '上传'],
	use: ['use', '用途'],
	used: ['used', '已用'],
	walk: ['Page-table walk', '查页表'],
	watcher: ['looks', '观察者'],
	zone: ['zone', '内存域'],
	use_free: ['free', '空闲'],
	use_percpu: ['per-CPU', '每 CPU'],
	use_user: ['user', '用户'],
	use_pgtable: ['page tables', '页表'],
	use_slab: ['slab', 'slab'],
	use_vmalloc: ['vmalloc', 'vmalloc'],
	use_block: ['blocks', '块'],
	use_quarantine: ['quarantine', '隔离'],
	use_bad: ['bad', '坏页'],
	use_reserved: ['reserved', '保留'],
	use_unknown: ['unknown', '未知'],
} as const;

export type Word = keyof typeof words;
export type Language = 'en' | 'zh';

let current: Language = navigator.language.startsWith('zh') ? 'zh' : 'en';

export function language(): Language {
	return current;
}

/* The word in the page's language; {0} is the first argument. */
export function say(word: Word, ...values: (string | number)[]): string {
	return words[word][current === 'zh' ? 1 : 0].replace(/\{(\d)\}/g, (_, n) => String(values[Number(n)]));
}

/* Elements say by data-word what text they have, by data-label what their label is. */
export function translate(root: ParentNode, wanted: Language = current): void {
	current = wanted;
	document.documentElement.lang = current;
	for (const element of root.querySelectorAll<HTMLElement>('[data-word]'))
		element.textContent = say(element.dataset.word as Word);
	for (const element of root.querySelectorAll<HTMLElement>('[data-label]'))
		element.setAttribute('aria-label', say(element.dataset.label as Word));
	for (const element of root.querySelectorAll<HTMLElement>('[data-title]'))
		element.title = say(element.dataset.title as Word);
}
