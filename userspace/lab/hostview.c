// SPDX-License-Identifier: GPL-2.0
/* Looks at a lab page with the host's eyes, through two windows. */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cli/host.h"
#include "cli/json.h"
#include "hostview.h"
#include "libmmlab.h"

#define PAGE_MAX	65536

/* The entry number `index` of a file of 8-byte entries. */
static bool read_entry(const char *path, uint64_t index, uint64_t *entry)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool good;

	if (fd < 0)
		return false;
	good = pread(fd, entry, sizeof(*entry), (off_t)(index * sizeof(*entry))) ==
	       sizeof(*entry);
	close(fd);
	return good;
}

uint64_t hostview_pagemap(const volatile void *address)
{
	uint64_t entry = 0;

	if (!read_entry("/proc/self/pagemap",
			(uintptr_t)address / (uintptr_t)sysconf(_SC_PAGESIZE), &entry))
		return 0;
	return entry;
}

/* Copies as a debugger would: where a load is a SIGBUS, this fails. */
static bool copy_page(const void *window, void *buf, size_t size)
{
	struct iovec local = { buf, size }, remote = { (void *)window, size };

	return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)size;
}

static bool copy_frame(const struct session *session, const struct mmlab_translation *t,
		       void *buf, size_t size)
{
	struct mmlab_access access = { .addr = t->phys - t->offset, .len = size,
				       .buf = (uintptr_t)buf,
				       .flags = MMLAB_ACCESS_PHYS };

	return !mmlab_access_memory(session->fd, &access) && access.done == size;
}

/* Someone may be writing there: a difference counts if it is one twice. */
static void compare_bytes(const struct session *session, const struct mmlab_translation *t,
			  const void *window, size_t size, struct hostview *view)
{
	static char seen[PAGE_MAX], physical[PAGE_MAX];
	int tries;

	for (tries = 0; tries < 2 && !view->same_bytes; tries++) {
		view->bytes_known = copy_page(window, seen, size) &&
				    copy_frame(session, t, physical, size);
		if (!view->bytes_known)
			return;
		view->same_bytes = !memcmp(seen, physical, size);
	}
}

/* What kpagecount has to say: it doesn't count the entries of the vmalloc space. */
static uint32_t user_entries(const struct mmlab_translation *t)
{
	return t->region == MMLAB_REGION_USER ? t->mapcount : 0;
}

static void look_through(const struct session *session, const struct mmlab_translation *t,
			 const char *one, const char *other, struct hostview *view)
{
	size_t size = (size_t)1 << session->info.page_shift;
	char byte, path[PATH_MAX];

	if (!copy_page(one, &byte, 1) || !copy_page(other, &byte, 1)) {
		view->no_window = "a touch through a window is a SIGBUS (gone meanwhile?)";
		return;
	}
	view->pfn = hostview_pagemap(one) & HOSTVIEW_PFN;
	view->other_pfn = hostview_pagemap(other) & HOSTVIEW_PFN;
	view->pfn_known = view->pfn && view->other_pfn;
	compare_bytes(session, t, one, size, view);
	if (view->pfn_known)
		view->host_count_known =
			read_entry(host_path(path, sizeof(path), "/proc/kpagecount"),
				   view->pfn, &view->host_count);
	if (!mmlab_proc_path(path, sizeof(path), "kpagecount"))
		view->lab_count_known = read_entry(path, t->pfn, &view->lab_count);
	view->later_pfn = hostview_pagemap(one) & HOSTVIEW_PFN;
	view->agree = (!view->pfn_known || (view->pfn == view->other_pfn &&
					    view->pfn == view->later_pfn)) &&
		      (!view->bytes_known || view->same_bytes) &&
		      (!view->host_count_known || view->host_count >= 2) &&
		      (!view->lab_count_known || view->lab_count == user_entries(t));
}

void hostview_look(const struct session *session, const struct mmlab_translation *t,
		   struct hostview *view)
{
	size_t size = (size_t)1 << session->info.page_shift;
	void *one, *other;

	memset(view, 0, sizeof(*view));
	view->agree = true;
	if (t->region == MMLAB_REGION_DIRECT)
		view->no_window = "no window opens on the direct map: it is the lab kernel's";
	else if (t->region == MMLAB_REGION_USER && !(t->vma_prot & PROT_READ))
		view->no_window = "the region can't be read";
	else if (size > PAGE_MAX)
		view->no_window = "pages of this size are not looked at";
	if (view->no_window)
		return;
	one = mmap(NULL, size, PROT_READ, MAP_SHARED, session->fd, (off_t)(t->lva - t->offset));
	other = mmap(NULL, size, PROT_READ, MAP_SHARED, session->fd,
		     (off_t)(t->lva - t->offset));
	if (one == MAP_FAILED || other == MAP_FAILED)
		view->no_window = "the lab lets this process open no window there";
	else
		look_through(session, t, one, other, view);
	if (one != MAP_FAILED)
		munmap(one, size);
	if (other != MAP_FAILED)
		munmap(other, size);
}

void hostview_print(const struct mmlab_translation *t, const struct hostview *view)
{
	printf("\nThe host's view of that page\n");
	if (view->no_window) {
		printf("    none: %s\n", view->no_window);
		return;
	}
	if (!view->pfn_known)
		printf("    host frame: only root may know it\n");
	else if (view->pfn == view->other_pfn && view->pfn == view->later_pfn)
		printf("    host frame 0x%" PRIx64 ", in two windows and for as long as this looked\n",
		       view->pfn);
	else
		printf("    host frame 0x%" PRIx64 ", in another window 0x%" PRIx64 ", later 0x%"
		       PRIx64 "\n", view->pfn, view->other_pfn, view->later_pfn);
	if (view->host_count_known)
		printf("    host page-table entries that map it: %" PRIu64
		       ", two of them these windows\n", view->host_count);
	if (view->lab_count_known)
		printf("    /proc/mmlab/kpagecount: %" PRIu64 ", the walk: %u%s\n", view->lab_count,
		       t->mapcount, t->region == MMLAB_REGION_USER ? "" :
		       " (of the kernel's part, which kpagecount leaves out)");
	if (view->bytes_known)
		printf("    all bytes at physical 0x%08" PRIx64 " %s the window's\n",
		       (uint64_t)t->phys - t->offset, view->same_bytes ? "are" : "are NOT");
	printf("    lab and host %s\n", view->agree ? "agree" : "do NOT agree");
}

void hostview_print_json(const struct hostview *view)
{
	json_object_begin("host");
	json_bool("window", !view->no_window);
	if (view->no_window)
		json_string("why_not", view->no_window);
	if (view->pfn_known) {
		json_number("pfn", view->pfn);
		json_number("other_pfn", view->other_pfn);
		json_number("later_pfn", view->later_pfn);
	}
	if (view->host_count_known)
		json_number("kpagecount", view->host_count);
	if (view->lab_count_known)
		json_number("lab_kpagecount", view->lab_count);
	if (view->bytes_known)
		json_bool("same_bytes", view->same_bytes);
	json_bool("agree", view->agree);
	json_object_end();
}
