// SPDX-License-Identifier: GPL-2.0
/* Looks vmalloc areas up, names them, lists them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labarea.h"
#include "labfile.h"
#include "libmmlab.h"

bool labarea_at(const struct session *session, uint32_t lva, struct mmlab_area *area)
{
	*area = (struct mmlab_area){ .lva = lva };
	return !mmlab_stat_area(session->fd, area);
}

uint32_t labarea_guard(const struct mmlab_area *area)
{
	return area->lva + area->size;
}

uint32_t labarea_pages(const struct session *session, const struct mmlab_area *area)
{
	return area->size >> session->info.page_shift;
}

const char *labarea_name(const struct session *session, const struct mmlab_area *area,
			 char buf[LABAREA_NAME_BYTES])
{
	uint32_t pages = labarea_pages(session, area);
	char owner[32] = "the lab kernel";

	if (area->owner)
		snprintf(owner, sizeof(owner), "lab process %u", area->owner);
	snprintf(buf, LABAREA_NAME_BYTES, "area 0x%08x-0x%08x (vmalloc, %u page%s) of %s",
		 area->lva, labarea_guard(area), pages, pages == 1 ? "" : "s", owner);
	return buf;
}

const char *labarea_flag_words(uint32_t flags, char buf[64])
{
	static const struct { uint32_t bit; const char *word; } words[] = {
		{ MMLAB_VM_SCATTER, "scattered" }, { MMLAB_VM_USER, "user" },
		{ MMLAB_VM_READONLY, "read-only" }, { MMLAB_VM_HOST, "host" },
	};
	size_t i;

	strcpy(buf, flags & MMLAB_VM_LAZY ? "lazy" : "eager");
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!(flags & words[i].bit))
			continue;
		strcat(buf, " ");
		strcat(buf, words[i].word);
	}
	return buf;
}

bool labarea_explain(const struct session *session, uint32_t lva,
		     char buf[LABAREA_REASON_BYTES])
{
	char name[LABAREA_NAME_BYTES];
	struct mmlab_area area;

	if (!labarea_at(session, lva, &area))
		return false;
	labarea_name(session, &area, name);
	if (lva >= labarea_guard(&area))
		snprintf(buf, LABAREA_REASON_BYTES,
			 "0x%08x is the guard page after the %s; nothing is ever mapped there",
			 lva, name);
	else if (area.owner != session->info.lab_pid && !(area.flags & MMLAB_VM_USER))
		snprintf(buf, LABAREA_REASON_BYTES,
			 "0x%08x lies in the %s, which was not made for other lab processes (mmlab vmalloc --user)",
			 lva, name);
	else if (area.owner != session->info.lab_pid && area.flags & MMLAB_VM_READONLY)
		snprintf(buf, LABAREA_REASON_BYTES,
			 "0x%08x lies in the %s, to which only its owner writes",
			 lva, name);
	else
		snprintf(buf, LABAREA_REASON_BYTES, "0x%08x lies in the %s: the arena has no frame left for it",
			 lva, name);
	return true;
}

/*
 * A row of vmallocinfo: 0xSTART-0xEND BYTES CALLER [pages=N] vmalloc …,
 * where the caller may have blanks and may be missing; BYTES has the guard page.
 */
static bool parse_info_row(const struct session *session, const char *line,
			   struct labarea_row *row)
{
	uint32_t page_size = 1U << session->info.page_shift, bytes;
	const char *caller, *end;
	int at = 0;

	if (sscanf(line, "0x%" SCNx32 "-0x%*x %" SCNu32 "%n", &row->area.lva, &bytes, &at) != 2 ||
	    !at || bytes < page_size)
		return false;
	row->area.size = bytes - page_size;
	caller = line + at + strspn(line + at, " ");
	end = strstr(line + at, " pages=");
	if (end)
		sscanf(end, " pages=%" SCNu32, &row->area.nr_mapped);
	else
		end = strstr(line + at, " vmalloc");
	if (end && end > caller)
		snprintf(row->caller, sizeof(row->caller), "%.*s", (int)(end - caller),
			 caller);
	return true;
}

/* A row of maps: START-END PERMS OFFSET DEVICE INODE [vmalloc] */
static bool parse_maps_row(const char *line, struct labarea_row *row)
{
	return strstr(line, " [vmalloc]") &&
	       sscanf(line, "%" SCNx32 "-", &row->area.lva) == 1;
}

/* Is it still there, and one of those that are asked for? Asks the device. */
static bool complete_row(const struct session *session, bool own_only,
			 struct labarea_row *row)
{
	uint32_t start = row->area.lva;

	return labarea_at(session, start, &row->area) && row->area.lva == start &&
	       (!own_only || row->area.owner == session->info.lab_pid);
}

/* Return: how many of the file's rows there are */
static long parse_rows(const struct session *session, char *text, bool own_only,
		       struct labarea_row *rows)
{
	char *line, *rest = NULL;
	long n = 0;

	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		struct labarea_row *row = &rows[n];

		*row = (struct labarea_row){ 0 };
		if (own_only ? parse_maps_row(line, row) : parse_info_row(session, line, row))
			n += complete_row(session, own_only, row);
	}
	return n;
}

long labarea_list(const struct session *session, struct labarea_row **rows,
		  bool *own_only)
{
	char *text = labfile_read("vmallocinfo", NULL);
	size_t lines = 1;
	const char *c;
	long n;

	*rows = NULL;
	*own_only = !text && (errno == EACCES || errno == EPERM);
	if (*own_only)
		text = labfile_read("maps", NULL);
	if (!text)
		return -errno;
	for (c = text; *c; c++)
		lines += *c == '\n';
	*rows = calloc(lines, sizeof(**rows));
	n = *rows ? parse_rows(session, text, *own_only, *rows) : -ENOMEM;
	free(text);
	return n;
}
