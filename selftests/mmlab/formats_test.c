// SPDX-License-Identifier: GPL-2.0
/*
 * The parsers that judge /proc/mmlab, tried on good and on broken texts. Needs no
 * module: a parser that lets a broken copy pass would make the other tests blind.
 */
#define _GNU_SOURCE
#include "harness.h"

#include "formats.h"
#include "guard.h"
#include "spoil.h"

/* Parts of rows; the last one is an index that says "it would not fail". */
#define DMA	"Node 0, zone      DMA "
#define NORMAL	"Node 0, zone   Normal "
#define SIX	"     1      0      1      0      2      1"
#define FOUR	"      1      0      1      1"
#define DIRECT	"c0000000-c4000000 rw-s 00000000 00:00 0"
#define NOT5	"-1.000 -1.000 -1.000 -1.000 -1.000"

static const char buddyinfo[] =
DMA SIX FOUR "      3\x20\n"
NORMAL "   216     55    189    101     84     38     37     27      5      3 123456\x20\n";

static const char meminfo[] =
"MemTotal:          65532 kB\n"
"MemFree:           60000 kB\n"
"SwapTotal:             0 kB\n";

static const char vmstat[] =
"nr_free_pages 15000\n"
"pgfault 0\n";

static const char maps[] =
"00000000-00001000 rw-s 00000000 00:00 0\x20\n"
DIRECT "                                  [direct map]\n"
"c4800000-fffe0000 ---p c4800000 00:00 0                                  [vmalloc]\n";

#define SLAB_HEAD SLAB_VERSION "\n" SLAB_OBJECTS SLAB_TUNABLES SLAB_DATA "\n"
#define SLAB_TAIL " : tunables    0    0    0 : slabdata     10     10      0\n"
#define SLAB_IDLE " : tunables   64   32    2 : slabdata      0      0    128\n"

static const char slabinfo[] =
SLAB_HEAD
"vm_area_struct       126    390    104   39    1" SLAB_TAIL
"kmalloc-8              0      0      8  512    1" SLAB_IDLE;

static const char extfrag[] =
DMA NOT5 " " NOT5 " -1.000\x20\n"
NORMAL NOT5 " -1.000  0.908  0.954  0.977  0.989  1.000\x20\n";

static const char unusable[] =
DMA "0.000 0.000 0.000 0.000 0.000 0.002 0.011 0.021 0.041 0.079 0.157\x20\n";

static const char check[] =
"free:              15000\n"
"frames: ok, 16384 checked\n"
"ok\n";

static const char zoneinfo[] =
"Node 0, zone      DMA\n"
"  per-node stats\n"
"      nr_anon_pages 3\n"
"      nr_slab_unreclaimable 0\n"
"  pages free     3840\n"
"        boost    0\n"
"        min      66\n"
"        low      82\n"
"        high     98\n"
"        spanned  4096\n"
"        present  4096\n"
"        managed  4095\n"
"        cma      0\n"
"        protection: (0, 1827)\n"
"      nr_free_pages 3840\n"
"      nr_mlock     0\n"
"  pagesets\n"
"    cpu: 0\n"
"              count: 12\n"
"              high:  186\n"
"              batch: 31\n"
"    cpu: 1\n"
"              count: 0\n"
"              high:  186\n"
"              batch: 31\n"
"  node_unreclaimable:  0\n"
"  start_pfn:           0\n"
"Node 0, zone   Normal\n"
"  pages free     1\n"
"        min      1\n"
"        low      1\n"
"        high     1\n"
"        spanned  12288\n"
"        present  12288\n"
"        managed  12288\n"
"        protection: (0, 0)\n"
"      nr_free_pages 1\n"
"  pagesets\n"
"    cpu: 0\n"
"              count: 0\n"
"              high:  0\n"
"              batch: 1\n"
"  start_pfn:           4096\n";

TEST(good_texts_pass)
{
	struct buddyinfo b;
	struct zoneinfo z;
	struct table t;
	struct maps m;
	struct index x;
	struct slabinfo s;

	ASSERT_FINE(parse_slabinfo(slabinfo, &s));
	EXPECT_EQ(2, s.nr_rows);
	EXPECT_STREQ("vm_area_struct", s.row[0].name);
	EXPECT_EQ(126, s.row[0].active_objs);
	EXPECT_EQ(512, s.row[1].objperslab);
	ASSERT_FINE(parse_buddyinfo(buddyinfo, &b));
	EXPECT_EQ(2, b.nr_zones);
	EXPECT_STREQ("Normal", b.zone[1].name);
	EXPECT_EQ(55, b.zone[1].nr_free[1]);
	EXPECT_EQ(123456, b.zone[1].nr_free[10]);
	ASSERT_FINE(parse_meminfo(meminfo, &t));
	EXPECT_EQ(65532, table_value(&t, "MemTotal", NULL));
	ASSERT_FINE(parse_vmstat(vmstat, &t));
	EXPECT_EQ(15000, table_value(&t, "nr_free_pages", NULL));
	ASSERT_FINE(parse_maps(maps, &m));
	EXPECT_EQ(3, m.nr_rows);
	EXPECT_STREQ("", m.row[0].path);
	EXPECT_EQ(0xc4000000, m.row[1].end);
	EXPECT_STREQ("[vmalloc]", m.row[2].path);
	ASSERT_FINE(parse_extfrag(extfrag, &x));
	EXPECT_EQ(-1000, x.zone[1].value[0]);
	EXPECT_EQ(989, x.zone[1].value[9]);
	ASSERT_FINE(parse_unusable(unusable, &x));
	EXPECT_EQ(157, x.zone[0].value[10]);
	ASSERT_FINE(parse_check(check));
	ASSERT_FINE(parse_zoneinfo(zoneinfo, &z));
	EXPECT_EQ(2, z.nr_zones);
	EXPECT_EQ(3840, z.zone[0].free);
	EXPECT_EQ(3840, z.zone[0].nr_free_pages);
	EXPECT_EQ(2, z.zone[0].nr_cpus);
	EXPECT_EQ(12, z.zone[0].count[0]);
	EXPECT_EQ(31, z.zone[0].pcp_batch[1]);
	EXPECT_EQ(4096, z.zone[1].start_pfn);
	EXPECT_EQ(12288, z.zone[1].managed);
}

/* The host's own files must pass, or the parsers are stricter than the kernel. */
TEST(host_files_pass)
{
	static char text[65536];
	struct buddyinfo b;
	struct table t;
	struct index x;
	struct maps m;
	struct slabinfo s;
	char *end;

	ASSERT_LT(0, read_whole("/proc/meminfo", text, sizeof(text)));
	/* from here on there are names too long for their column */
	end = strstr(text, "HardwareCorrupted") ?: strstr(text, "HugePages_Total");
	if (end)	/* not every kernel has them */
		*end = '\0';
	ASSERT_FINE(parse_meminfo(text, &t));
	if (read_whole("/proc/slabinfo", text, sizeof(text)) > 0) {
		/* of the many, as many as fit */
		text[8000] = '\0';
		strrchr(text, '\n')[1] = '\0';
		ASSERT_FINE(parse_slabinfo(text, &s));
	}
	/* a host of 32 bits has its names further to the left */
	if (sizeof(long) == 8) {
		ASSERT_LT(0, read_whole("/proc/self/maps", text, sizeof(text)));
		ASSERT_FINE(parse_maps(text, &m));
	}
	if (read_whole("/proc/buddyinfo", text, sizeof(text)) > 0 &&
	    !strstr(text, "Node 1,") && !strstr(text, "Movable") &&
	    !strstr(text, "DMA32")) {
		ASSERT_FINE(parse_buddyinfo(text, &b));
	}
	if (read_whole("/sys/kernel/debug/extfrag/extfrag_index", text,
		       sizeof(text)) > 0 && !strstr(text, "DMA32")) {
		ASSERT_FINE(parse_extfrag(text, &x));
	}
}

TEST(empty_texts_fail)
{
	size_t i;

	for (i = 0; i < nr_text_files; i++) {
		EXPECT_NE(NULL, text_files[i].parse(""));
		EXPECT_NE(NULL, text_files[i].parse("\n"));
		EXPECT_NE(NULL, text_files[i].parse("ok"));
	}
}

TEST(spoilt_texts_fail)
{
	static const char * const texts[] = { buddyinfo, check, extfrag, maps,
					      meminfo, slabinfo, unusable,
					      vmstat, zoneinfo };
	size_t i;

	ASSERT_EQ(nr_text_files, ARRAY_SIZE(texts));
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *missed = spoil_all(text_files[i].parse, texts[i]);

		EXPECT_TRUE(!missed)
			TH_LOG("%s: %s", text_files[i].name, missed);
	}
}

/* Each row breaks what some consumer of the format relies on. */
static const struct {
	const char *file, *text;
} broken[] = {
	{ "buddyinfo",
	  DMA SIX FOUR "      3\n" },
	{ "buddyinfo",
	  DMA SIX FOUR "\x20\n" },
	{ "buddyinfo",
	  DMA SIX FOUR "      3      4\x20\n" },
	{ "buddyinfo",
	  "Node 0, zone DMA " SIX FOUR "      3\x20\n" },
	{ "buddyinfo",
	  DMA SIX "     -1      0      1      1      3\x20\n" },
	{ "meminfo",
	  "MemTotal:          65532 kB\n\nMemFree:           60000 kB\n" },
	{ "meminfo",
	  "MemTotal:          65532 kb\n" },
	{ "meminfo",
	  "MemTotal:          65532\n" },
	{ "meminfo",
	  "MemTotal:            -32 kB\n" },
	{ "meminfo",
	  "MemFree:           60000 kB\nMemFree:           60000 kB\n" },
	{ "vmstat",
	  "nr_free_pages  15000\n" },
	{ "vmstat",
	  "nr_free_pages 15000 1\n" },
	{ "vmstat",
	  "nr_free_pages -1\n" },
	{ "vmstat",
	  "nr_free_pages 0x10\n" },
	{ "vmstat",
	  "nr_free_pages\n" },
	{ "maps",
	  "C0000000-c4000000 rw-s 00000000 00:00 0\x20\n" },
	{ "maps",
	  "0xc0000000-c4000000 rw-s 00000000 00:00 0\x20\n" },
	{ "maps",
	  DIRECT "\n" },
	{ "maps",
	  "c0000000-c0000000 rw-s 00000000 00:00 0\x20\n" },
	{ "maps",
	  "c0000000-c4000000 rwzs 00000000 00:00 0\x20\n" },
	{ "maps",
	  "c0000000-c4000000 rw-s 8000000000000000 00:00 0\x20\n" },
	{ "maps",
	  DIRECT "                                 [direct map]\n" },
	{ "maps",
	  DIRECT "\x20\nc3000000-c5000000 rw-s 00000000 00:00 0\x20\n" },
	{ "maps",
	  DIRECT "\x20\nb0000000-b5000000 rw-s 00000000 00:00 0\x20\n" },
	{ "extfrag_index",
	  DMA NOT5 " " NOT5 " 0.908\x20\n" },
	{ "extfrag_index",
	  DMA NOT5 " " NOT5 "  0.98\x20\n" },
	{ "unusable_index",
	  DMA "0.000 0.000 0.000 0.000 0.000 0.002 0.011 0.021 0.041 0.079  0.157\x20\n" },
	{ "check",
	  "frames: ok\nBROKEN: a rule\n" },
	{ "check",
	  "frames: ok\nok\nmore\n" },
	{ "check",
	  "frames\nok\n" },
	{ "check",
	  "ok\n" },
	{ "slabinfo", SLAB_HEAD },
	{ "slabinfo",
	  SLAB_HEAD "vm area              126    390    104   39    1" SLAB_TAIL },
	{ "slabinfo",
	  SLAB_HEAD "vm_area              391    390    104   39    1" SLAB_TAIL },
	{ "slabinfo",
	  SLAB_HEAD "vm_area              126    389    104   39    1" SLAB_TAIL },
	{ "slabinfo",
	  SLAB_HEAD "vm_area              126    390    104   39    0" SLAB_TAIL },
	{ "slabinfo",
	  SLAB_HEAD "vm_area              126    390    104   39" SLAB_TAIL },
	{ "slabinfo",
	  SLAB_HEAD "vm_area              126    390    104   39    1" SLAB_TAIL
	  "vm_area              126    390    104   39    1" SLAB_TAIL },
	{ "zoneinfo",
	  "Node 0, zone      DMA\n" },
	{ "zoneinfo",
	  "Node 0, zone      DMA\n  pages free     1\n        min      1\n        low      1\n" },
};

TEST(broken_rows_fail)
{
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(broken); i++) {
		for (k = 0; k < nr_text_files; k++)
			if (!strcmp(text_files[k].name, broken[i].file))
				break;
		ASSERT_LT(k, nr_text_files);
		EXPECT_NE(NULL, text_files[k].parse(broken[i].text))
			TH_LOG("row %zu passed: %s", i, broken[i].text);
	}
}

/* Every line of zoneinfo but the optional ones is needed. */
TEST(zoneinfo_without_a_line)
{
	static const char * const optional[] = { "boost", "cma", "nr_mlock",
						 "node_unreclaimable",
						 "nr_anon", "nr_slab" };
	const char *line, *end;
	char text[4096];

	for (line = zoneinfo; *line; line = end + 1) {
		bool may_lack = false;
		struct zoneinfo z;
		size_t i;

		end = strchr(line, '\n');
		for (i = 0; i < ARRAY_SIZE(optional); i++) {
			const char *at = strstr(line, optional[i]);

			may_lack |= at && at < end;
		}
		memcpy(text, zoneinfo, line - zoneinfo);
		strcpy(text + (line - zoneinfo), end + 1);
		if (may_lack || !strncmp(line, "  per-node", 10))
			continue;
		EXPECT_NE(NULL, parse_zoneinfo(text, &z))
			TH_LOG("without '%.*s'", (int)(end - line), line);
	}
}

TEST(log_lines)
{
	EXPECT_TRUE(is_complaint("4,1,2,-;WARNING: CPU: 1 PID: 5 at mm/page.c"));
	EXPECT_TRUE(is_complaint("0,1,2,-;BUG: Bad page state in process x"));
	EXPECT_TRUE(is_complaint("0,1,2,-;Out of memory: Killed process 7"));
	EXPECT_TRUE(is_complaint("0,1,2,-;list_add corruption. next->prev"));
	EXPECT_TRUE(is_complaint("3,1,2,-;BUG: KCSAN: data-race in f [mmlab] / g"));
	EXPECT_FALSE(is_complaint("3,1,2,-;BUG: KCSAN: data-race in f / g"));
	EXPECT_FALSE(is_complaint("6,1,2,-;mmlab: 64 MiB, 16384 frames"));
	EXPECT_FALSE(is_complaint("6,1,2,-;mmlab: loading out-of-tree module taints kernel."));
}

TEST_HARNESS_MAIN
