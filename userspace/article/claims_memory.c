// SPDX-License-Identifier: GPL-2.0
/* Claims that the lab answers: frames, kmalloc, vmalloc and the kernel's part. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "claims.h"
#include "lab/labfile.h"
#include "lab/layout.h"
#include "lab/window.h"
#include "libmmlab.h"

#define PAGE	4096U

void lab_mem_map(struct claim_answer *answer, struct session *session)
{
	size_t length = 0;
	char *counts = labfile_read("kpagecount", &length);

	if (!counts) {
		claim_not_run(answer, "/proc/mmlab/kpagecount: %s", strerror(errno));
		return;
	}
	free(counts);
	claim_decide(answer, length == session->info.nr_frames * sizeof(uint64_t),
		     "kpagecount has %zu entries in a row, the arena %u frames",
		     length / sizeof(uint64_t), session->info.nr_frames);
}

void lab_buddy_limit(struct claim_answer *answer, struct session *session)
{
	struct mmlab_block block = { .zone = MMLAB_ZONE_NORMAL };
	unsigned int order, largest = 0;
	int error = 0;

	for (order = 0; order < 16; order++) {
		block.order = order;
		block.reserved = 0;
		error = mmlab_alloc_block(session->fd, &block);
		if (error)
			break;
		largest = order;
		block.order = order;
		mmlab_free_block(session->fd, &block);
	}
	if (error != -EINVAL)
		claim_not_run(answer, "no block of order %u: %s", order, strerror(-error));
	else
		claim_decide(answer, 1U << largest <= 512,
			     "a block of %u pages was given, one of %u refused: %s", 1U << largest,
			     1U << order, strerror(-error));
}

void lab_powers_of_two(struct claim_answer *answer, struct session *session)
{
	struct mmlab_block block = { .order = 2, .zone = MMLAB_ZONE_NORMAL };
	uint64_t before = 0, after = 0;
	char *text = labfile_read("meminfo", NULL);
	bool good = text && labfile_value(text, "Blocks", &before);
	int error = mmlab_alloc_block(session->fd, &block);

	free(text);
	text = labfile_read("meminfo", NULL);
	good = good && text && labfile_value(text, "Blocks", &after);
	free(text);
	if (!good || error)
		claim_not_run(answer, "a block of order 2, or meminfo: %s", strerror(-error));
	else
		claim_decide(answer, after - before == 16,
			     "three pages need order 2, which takes %" PRIu64 " kB",
			     after - before);
}

static bool kmalloc(struct claim_answer *answer, struct session *session,
		    struct mmlab_object *object, uint32_t size, uint32_t flags)
{
	int error;

	*object = (struct mmlab_object){ .size = size, .flags = flags };
	error = mmlab_alloc_object(session->fd, object);
	if (error)
		claim_not_run(answer, "kmalloc(%u): %s", size, strerror(-error));
	return !error;
}

void lab_kmalloc_limit(struct claim_answer *answer, struct session *session)
{
	struct mmlab_object object = { .size = 131073 };
	int error = mmlab_alloc_object(session->fd, &object);

	claim_decide(answer, error, "kmalloc(131073) gives %u bytes", error ? 0 : object.usable);
}

void lab_kmalloc_least(struct claim_answer *answer, struct session *session)
{
	struct mmlab_object object;

	if (kmalloc(answer, session, &object, 1, 0))
		claim_decide(answer, object.usable == 32, "kmalloc(1) gives %u bytes",
			     object.usable);
}

void lab_dma_caches(struct claim_answer *answer, struct session *session)
{
	struct mmlab_object object;
	uint64_t phys;

	if (!kmalloc(answer, session, &object, 100, MMLAB_CACHE_DMA))
		return;
	if (!layout_virt_to_phys(session, object.lva, &phys))
		claim_not_run(answer, "0x%08x is not in the direct map", object.lva);
	else
		claim_decide(answer, phys >> session->info.page_shift <
			     session->info.zone_end[MMLAB_ZONE_DMA],
			     "kmalloc(100, DMA) lies at physical 0x%08" PRIx64 ", zone %s", phys,
			     session_zone_of(session, phys >> session->info.page_shift));
}

void lab_slab_packs(struct claim_answer *answer, struct session *session)
{
	struct mmlab_cache_stat stat = { .name = "vm_area_struct" };
	int error = mmlab_stat_cache(session->fd, &stat);

	if (error)
		claim_not_run(answer, "the cache vm_area_struct: %s", strerror(-error));
	else
		claim_decide(answer, stat.nr_objects > 1U << stat.order,
			     "vm_area_struct: %u objects of %u bytes in %u page%s", stat.nr_objects,
			     stat.size, 1U << stat.order, stat.order ? "s" : "");
}

static bool vmalloc(struct claim_answer *answer, struct session *session,
		    struct mmlab_area *area, uint32_t size, uint32_t flags)
{
	int error;

	*area = (struct mmlab_area){ .size = size, .flags = flags };
	error = mmlab_alloc_area(session->fd, area);
	if (error)
		claim_not_run(answer, "vmalloc(%u): %s", size, strerror(-error));
	return !error;
}

void lab_scattered(struct claim_answer *answer, struct session *session)
{
	struct layout_frames frames;
	struct mmlab_area area;

	if (!vmalloc(answer, session, &area, 16 * PAGE, MMLAB_VM_SCATTER))
		return;
	if (layout_frames(session, area.lva, area.size, &frames))
		claim_not_run(answer, "translating 0x%08x", area.lva);
	else
		claim_decide(answer, frames.nr_frames == 16 && frames.nr_stretches > 1,
			     "%u pages in a row at 0x%08x: %u frames in %u stretches", 16, area.lva,
			     frames.nr_frames, frames.nr_stretches);
}

void lab_vmalloc_lazy(struct claim_answer *answer, struct session *session)
{
	struct window_touch touch = { .length = 1 };
	struct mmlab_area eager, lazy, after;
	int error;

	if (!vmalloc(answer, session, &eager, 4 * PAGE, 0) ||
	    !vmalloc(answer, session, &lazy, 4 * PAGE, MMLAB_VM_LAZY))
		return;
	after = (struct mmlab_area){ .lva = lazy.lva };
	touch.start = lazy.lva;
	error = window_touch(session->fd, &touch);
	if (!error)
		error = mmlab_stat_area(session->fd, &after);
	if (error)
		claim_not_run(answer, "a touch of 0x%08x: %s", lazy.lva, strerror(-error));
	else
		claim_decide(answer, !lazy.nr_mapped && after.nr_mapped == 1,
			     "4 pages: %u at once; of a lazy area %u, and %u after a touch",
			     eager.nr_mapped, lazy.nr_mapped, after.nr_mapped);
}

void lab_gaps(struct claim_answer *answer, struct session *session)
{
	struct mmlab_area one, next;
	struct window_touch touch;
	int error;

	if (!vmalloc(answer, session, &one, PAGE, 0) || !vmalloc(answer, session, &next, PAGE, 0))
		return;
	touch = (struct window_touch){ .start = one.lva, .length = 2 * PAGE };
	error = window_touch(session->fd, &touch);
	if (error)
		claim_not_run(answer, "a window on 0x%08x: %s", one.lva, strerror(-error));
	else
		claim_decide(answer, touch.bus_error && touch.bus_lva == one.lva + one.size &&
			     next.lva - touch.bus_lva == PAGE,
			     "areas at 0x%08x and 0x%08x; a touch of 0x%08x %s", one.lva, next.lva,
			     one.lva + one.size, touch.bus_error ? "is a SIGBUS" : "works");
}

void lab_hole(struct claim_answer *answer, struct session *session)
{
	const struct mmlab_info *info = &session->info;

	claim_decide(answer, info->vmalloc_start - info->high_memory == 8U << 20,
		     "0x%08x to 0x%08x, that is %u MiB", info->high_memory, info->vmalloc_start,
		     (info->vmalloc_start - info->high_memory) >> 20);
}

void lab_reserved_end(struct claim_answer *answer, struct session *session)
{
	uint32_t end = session->info.vmalloc_end;
	struct mmlab_translation t = { .lva = end };
	int error = mmlab_translate(session->fd, &t);

	if (error)
		claim_not_run(answer, "translating: %s", strerror(-error));
	else
		claim_decide(answer, 0U - end == 128U << 10 && t.region == MMLAB_REGION_HOLE,
			     "the vmalloc region ends at 0x%08x; %u KiB are left, and nothing there",
			     end, (0U - end) >> 10);
}

void lab_virt_to_phys(struct claim_answer *answer, struct session *session)
{
	uint32_t base = session->info.page_offset;
	struct mmlab_translation direct = { .lva = base + 0x123456 }, far;
	struct mmlab_area area;
	int error;

	if (!vmalloc(answer, session, &area, 4 * PAGE, MMLAB_VM_SCATTER))
		return;
	far = (struct mmlab_translation){ .lva = area.lva };
	error = mmlab_translate(session->fd, &direct);
	if (!error)
		error = mmlab_translate(session->fd, &far);
	if (error)
		claim_not_run(answer, "translating: %s", strerror(-error));
	else
		claim_decide(answer, direct.phys == direct.lva - base && far.phys != far.lva - base,
			     "0x%08x is at 0x%08" PRIx64 ", but 0x%08x at 0x%08" PRIx64, direct.lva,
			     (uint64_t)direct.phys, far.lva, (uint64_t)far.phys);
}

void lab_user_mapping(struct claim_answer *answer, struct session *session)
{
	static const char text[] = "hello from the lab kernel";
	struct mmlab_area area;
	char *window;

	if (!vmalloc(answer, session, &area, 4 * PAGE, MMLAB_VM_SCATTER | MMLAB_VM_USER))
		return;
	window = mmap(NULL, area.size, PROT_READ, MAP_SHARED, session->fd, (off_t)area.lva);
	if (window == MAP_FAILED ||
	    pwrite(session->fd, text, sizeof(text), area.lva + 3 * PAGE) != sizeof(text))
		claim_decide(answer, false, "a window on 0x%08x: %s", area.lva, strerror(errno));
	else
		claim_decide(answer, !strcmp(window + 3 * PAGE, text),
			     "written at 0x%08x, read through a window: \"%.30s\"",
			     area.lva + 3 * PAGE, window + 3 * PAGE);
	if (window != MAP_FAILED)
		munmap(window, area.size);
}
