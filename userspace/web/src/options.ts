// SPDX-License-Identifier: GPL-2.0
/* The emulated computer. A saved state fits these devices and sizes only. */

export const TERMINAL = 0;
export const SNAPSHOTS = 1;
export const CHANNEL = 2;
export const KERNEL_LOG = 3;

export const hardware = {
	memory_size: 128 << 20,
	vga_memory_size: 1 << 20,
	uart1: true,
	uart2: true,
	uart3: true,
	disable_keyboard: true,
	disable_mouse: true,
	disable_speaker: true,
};

/* Free pages are zeros, so that a saved state is small. */
export const cmdline = 'console=ttyS3 rdinit=/init lab=page tsc=reliable mitigations=off ' +
	'random.trust_cpu=on init_on_free=1 quiet';
