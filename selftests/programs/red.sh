#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every mutation below breaks the program on purpose; the tests must go red for
# each. Works on a copy. Usage: red.sh [WORD] (or make red); with WORD only
# rows that contain it
set -u
top=$(unset CDPATH; cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/mmlab-red.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# FILE TEST SED-EXPRESSION
mutations()
{
	cat <<-'END'
	view/snapshot_events.c view s/state\[0\] != '0'/1/
	view/snapshot_events.c view s/return host_exists(path)/return true/
	view/snapshot_events.c view s/free(s->event\[0\]);/return;/
	view/snapshot_take.c view s/start != \*next)/0)/
	view/snapshot_take.c view s/strncmp(text, FRAMES_HEADING/strncmp(text, ""/
	view/snapshot_take.c view s/!(i \& ((1U << kind->order) - 1))/1/
	view/snapshot_tables.c view s/words\[SNAPSHOT_KERNEL_SLOT\] >> 12 != kernel_pde >> 12/0/
	view/snapshot_tables.c view s/next->page != run->page + run->nr/0/
	view/snapshot_json.c view s/code\[length - 1\] = (char)('a' + number % 26)/code[length - 1] = (char)('a' + number % 25)/
	view/snapshot_read.c view s/nr > s->nr_frames - next/0/
	view/snapshot_read.c view s/kind >= s->nr_kinds/0/
	view/snapshot_read.c view s/version->valuedouble > SNAPSHOT_VERSION/0/
	view/snapshot_read.c view s/strlen(found) >= size/0/
	view/snapshot.c view s/a->owner == b->owner/1/
	view/cmd_snapshot.c view s/O_WRONLY | O_APPEND/O_WRONLY | O_TRUNC/
	draw/draw.c view s/count\[\*use\] < nr ? (char)/1 ? (char)/
	draw/scene_text.c view s/!strcmp(pairs\[i\].one, one)/0/
	draw/scene_svg.c view s/fputs("&lt;", out)/fputs("<", out)/
	draw/fig_walk.c view s/p->table\[i\].slot != w->slot/0/
	draw/cmd_draw.c view s/o->ascii = !locale_is_utf8()/o->ascii = false/
	draw/words.c view s/d->chinese \&\& i </0 \&\& i </
	draw/words.c view s/!\*chinese \&\& strcmp/0 \&\& strcmp/
	draw/words.c play s/!\*chinese \&\& strcmp/0 \&\& strcmp/
	draw/fig_pressure.c view s/labswap_area(run->flags) == area/1/
	draw/fig_pressure.c view s/nr_named += users\[slot\] != 0;//
	draw/fig_pressure.c view s/^\t\t\t\tusers\[first + p->run\[k\].nr\]--;/\t\t\t\t;/
	view/snapshot_read.c view s/"size_kb", most_kb)/"size_kb", INT64_MAX)/
	course/phrase.c course s/text = _(text);//
	course/phrase.c course s/ \&\& phrase)/)/
	commands/info/info_binary.c files s/{ KPF_WRITEBACK, "WRITEBACK" },//
	course/judge.c course s/got = \*answers ? \*answers++ : "";/got = answers[0] ? answers[0] : "";/
	course/judge.c course s/!strcasecmp(a, b)/!strcmp(a, b)/
	course/judge.c course s/^\t\tmove_session();//
	course/judge.c course s/v->done = v->right \&\&.*/v->done = v->right;/
	course/judge.c course s/if (e->kind != EXERCISE_WRITE)/if (v->right)/
	course/judge.c course s/^\tguard(pid, old);$//
	course/judge.c course s/^\traise(signal);/\t(void)signal;/
	course/judge.c course s/if (now() - r->heard >= silence())/if (0)/
	course/judge.c course s/fcntl(fd, F_SETFL, O_NONBLOCK);/;/
	course/judge.c course s/^\t\treturn;$/\t\t;/
	course/judge.c course s/(!r->has_end || !r->v->nr_steps)/0/
	course/judge.c course s/(!r->has_end || !r->v->nr_steps)/!r->v->nr_steps/
	course/judge.c course s/(!r->has_end || !r->v->nr_steps)/!r->has_end/
	course/judge.c course s/if (v->nr_steps == JUDGE_MAX_STEPS)/if (v->nr_steps == JUDGE_MAX_STEPS) return NULL; if (0)/
	course/judge.c course s/if (++r->nr_lines > MAX_LINES)/if (0)/
	course/judge.c course s/ended ? PIPE_BYTES : 1)/ended ? SIZE_MAX : 1)/
	course/judge.c course s/} else if (r->used < sizeof(r->line) - 1) {/} else if (r->used < sizeof(r->line) - 1 || ((r->used = 0))) {/
	course/judge.c course s/cli_parse_number(text, e->points, \&points)/((points = strtoul(text, NULL, 10)), 1)/
	course/judge.c course s/words \&\& !needs_grader(e)/words/
	course/cmd_course.c course s/if (!status \&\& seed)/if (0)/
	course/cmd_course.c course s/if (c->vm \&\& /if (0 \&\& /
	course/cmd_course.c course s/v.right ? CLI_OK/v.done ? CLI_OK/
	course/cmd_course.c course s/!v.blocked \&\& !c->json \&\&/!v.blocked \&\&/
	course/checks/14-lowest.sh course s/0x%x/0x7%x/
	course/checks/14-lowest.sh course s/-le/-lt/
	course/checks/14-lowest.sh course s/B + 1 + C + 1/B + C + 1/
	course/show.c course s/argv\[n++\] = word;/;/
	top/screen.c top s/^\tleave();$//
	top/screen.c top s/^\tcatch_signals();//
	top/screen.c top s/(!no_color || !\*no_color) \&\&//
	top/screen.c top s/letter == '.' \&\& t->utf8/letter == '.'/
	top/screen.c top s/if (rows < MIN_H || columns < MIN_W) {/if (0) {/
	top/screen.c top s/t->zoom_start = t->cursor \/ CELLS \* CELLS;/t->zoom_start = t->cursor;/
	top/where.c top s/run->down ? run->pfn - (run->nr - 1) : run->pfn/run->pfn + 1/
	top/pane.c top s/reverse ? -key(s, i, sort)/0 ? -key(s, i, sort)/
	top/source.c top s/else if (step < 0 \&\& at > 1)/else if (0)/
	top/cmd_top.c top s/if (nr \&\& source->record \&\& source->at == source->nr)/if (nr)/
	cli/json.c files s/'"' || \*s == '\\\\'/'"'/
	cli/json.c files s/"\\\\ufffd"/"\\xff"/
	cli/pager.c usage s/count_lines(text) >= size.ws_row/1/
	cli/pager.c usage s/!strcmp(term, "dumb")/0/
	cli/pager.c usage s/if (!\*command || /if (/
	cli/pager.c usage s/sigaction(SIGPIPE, \&ignore, /sigaction(SIGPIPE, NULL, /
	cli/pager.c usage s/FILE \*pager = popen/FILE *pager = signal(SIGPIPE, SIG_IGN) == SIG_ERR ? NULL : popen/
	cli/pager.c usage s/WEXITSTATUS(status) != CLI_NOT_RUN/1/
	cli/pager.c usage s/WEXITSTATUS(status) != CLI_NOT_FOUND/1/
	cli/pager.c usage s/popen(command, "w")/NULL/
	cli/json.c usage s/^\t\tputchar(',');/\t\t;/
	cli/cli.c usage s/number > max >> shift/0/
	cli/cli.c usage s/if (\*end || /if (/
	cli/cli.c usage s/end != digits + length/0/
	article/drivermap.c article s/length \&\& !text\[length\]/1/
	cli/cli.c usage s/return CLI_NO_LAB/return CLI_FAILED/
	cli/cli.c usage s/error == EACCES || error == EPERM ? CLI_DENIED : CLI_FAILED/CLI_FAILED/
	cli/mmlab.c usage s/return CLI_FAILED/return CLI_OK/
	cli/mmlab.c device s/^\topen_standard_files();$//
	cli/cli.c usage s/unsetenv("POSIXLY_CORRECT");//
	cli/complete.c complete s/strncmp(word, typed, strlen(typed))/0/
	cli/complete.c complete s/\*at != '-' \&\& //
	cli/complete.c complete s/^\tif (line.option.value)$/\tif (0)/
	cli/complete.c complete s/^\t\ti++;$/\t\t;/
	cli/complete.c complete s/^\tif (!line->operands)$/\tif (1)/
	cli/complete.c complete s/rest = end + 1/rest = end/
	commands/memory/cmd_block.c complete s/"  --hold SECONDS keep/"  hold SECONDS keep/
	cli/complete.c complete s/puts(line->operands ? "files" : "programs")/puts("files")/
	cli/modfile.c doctor s/damage = "is empty";/damage = NULL;/
	cli/modfile.c doctor s/!has_symbols(file, \&head)/0/
	doctor/doctor_kernel.c doctor s/strstr(version, "icrosoft")/0/
	doctor/doctor_installed.c doctor s/strcmp(running, file)) {/0) {/
	commands/module/cmd_module.c doctor s/status = join_parameters(cmd, path, argv + optind, changed, sizeof(changed));/status = 0;/
	commands/module/cmd_module.c doctor s/count = print_triggers()/count = 0/
	commands/module/cmd_module.c doctor s/tracers_scan(TRACER_PERF, print_tracer, .count)/(void)0/
	commands/module/cmd_module.c doctor s/tracers_scan(TRACER_BPF, print_program, .count)/(void)0/
	commands/module/cmd_module.c doctor s/holder->pid == 1)/0)/
	doctor/doctor_kernel.c doctor s/is_wsl() || is_container()/is_container()/
	doctor/doctor_kernel.c doctor s/is_wsl() || is_container()/is_wsl()/
	doctor/doctor_kernel.c doctor s/this kernel%s came from/this kernel%.0s came from/
	doctor/doctor_installed.c doctor s|, "/var/lib/shim-signed/mok/MOK.der"||
	doctor/doctor_installed.c doctor s/\*source \&\& !strcmp(source, copies.running)/1/
	doctor/doctor_installed.c doctor s/strcmp(path, copies.first)/1/
	doctor/doctor_installed.c doctor s,/build/Makefile",",
	doctor/doctor_installed.c doctor s/strncmp(kernel, module, 3)/0/
	doctor/doctor_installed.c doctor s/(error \&\& !tells)/0/
	doctor/doctor_installed.c doctor s/dkms->built |= host_exists(path)/;/
	doctor/doctor_installed.c doctor s/has_variable("MokNew")/0/
	doctor/doctor_kernel.c doctor s/!host_exists(path) \&\& patient->loaded != 1/0/
	cli/modfile.c doctor s/head->e_shoff + n/head->e_shoff + 0 * n/
	doctor/doctor_kernel.c doctor s/"\/run\/.containerenv"/"\/none"/
	lab/labfile.c files s/line\[length\] == ' ')/line[length] == '#')/
	lab/labfile.c files s/size \*= 2) + 1/size *= 2) - READ_BYTES/
	commands/module/cmd_whole.c files s/verdict->ok = !strcmp(verdict->line, "ok")/verdict->ok = strstr(*text, "ok")/
	commands/module/cmd_whole.c files s/verdict.ok ? CLI_OK : CLI_FAILED/CLI_OK/
	commands/module/cmd_whole.c device s/verdict->device.broken)/0)/
	commands/module/cmd_status.c files s/if (!cells \&\& /if (0 \&\& /
	commands/module/cmd_status.c files s/\*= page_kb()/*= 1/
	commands/info/info_binary.c files s/counts\[bit\] += word >> bit \& 1/counts[bit] += word >> bit/
	commands/info/cmd_info.c files s/isdigit((unsigned char)\*value)/0/
	cli/session.c device s/fcntl(session->fd, F_SETFD, 0)/0/
	cli/session.c device s/error == ENOENT ? CLI_NOT_FOUND : CLI_NOT_RUN/CLI_FAILED/
	cli/session.c device s/session->info.api_version == MMLAB_API_VERSION/1/
	lab/window.c device s/(position \/ page_size + 1) \* page_size/position + page_size/
	lab/window.c device s/touch->start + (uint32_t)(position - skip)/touch->start/
	lab/window.c device s/action.sa_handler = on_bus_error/action.sa_handler = SIG_DFL/
	commands/memory/cmd_block.c device s/cli_parse_number(slash + 1,/cli_parse_number("0",/
	cli/session.c device s/if (session->inherited) {/if (0) {/
	commands/memory/cmd_address.c device s/t->step != MMLAB_STEP_NO_TABLE)/0)/
	commands/memory/cmd_memory.c device s/case -EIO:/case -ENOENT:/
	lab/labcache.c slab s/toupper((unsigned char)\*letters)/*letters/
	lab/labcache.c slab s/if (error == -ENOENT)$/if (0)/
	lab/labcache.c usage s/i < LABCACHE_NAME_BYTES/1/
	commands/slab/cmd_cache.c usage s/ || number \& (number - 1)//
	commands/slab/cmd_cache.c slab s/error == -EBUSY/error == -EAGAIN/
	commands/slab/cmd_object.c slab s/status = CLI_FAILED;$/;/
	commands/slab/cmd_object.c slab s/want.object.flags = MMLAB_CACHE_DMA/;/
	lab/slabinfo.c files s/ \&\& (line\[end\] == '\\n' || !line\[end\])//
	commands/slab/cmd_slab.c files s/return x < y ? 1 : -1/return x < y ? -1 : 1/
	commands/slab/cmd_slab.c files s/row->num_slabs \* row->pagesperslab/row->num_slabs/
	commands/slab/slab_detail.c slab s/n \* (stat->size - rounded)/n * stat->size/
	commands/slab/slab_detail.c slab s/slab_bytes - stat->bitmap_offset/stat->bitmap_offset/
	commands/slab/slab_detail.c slab s/ - stat->nr_depot;/;/
	commands/slab/slab_detail.c slab s/map->used\[i \/ 64\] >> (i % 64)/map->used[i \/ 64] >> (i % 32)/
	commands/slab/cmd_inject.c slab s/t->failed |= !good/t->failed = false/
	commands/slab/cmd_inject.c slab s/more == t->kind->reports,/1,/
	commands/slab/cmd_inject.c slab s/!strncmp(t->check_after, "BROKEN:", 7)/true/
	commands/slab/cmd_inject.c slab s/found == !!t->kind->words/true/
	commands/slab/cmd_inject.c slab s/error == -EUCLEAN/true/
	commands/slab/cmd_inject.c slab s/error == -EBUSY/true/
	commands/slab/cmd_inject.c slab s/stat.nr_active == NR_LEAKED/true/
	commands/slab/klog.c slab s/lseek(fd, 0, SEEK_END) < 0/0/
	commands/fragmentation/frag_internal.c slab s/>= 50/>= 500/
	commands/fragmentation/frag_scene.c slab s/return had == expected/return true/
	commands/fragmentation/frag_vmalloc.c slab s/price->frames.nr_stretches == stretches/1/
	commands/fragmentation/frag_vmalloc.c slab s/price.had = alloc_area/price.had = !alloc_area/
	commands/swap/cmd_mkswap.c device s/(bytes + page - 1)/bytes/
	commands/swap/cmd_mkswap.c device s/ | O_EXCL//
	commands/swap/cmd_mkswap.c device s/O_CLOEXEC, 0600/O_CLOEXEC, 0644/
	commands/swap/cmd_mkswap.c device s/unlink(path);/;/
	commands/swap/cmd_swap.c device s/path ? file_cure(error) : cure_of(error)/cure_of(error)/
	commands/swap/cmd_swap.c device s/{ .prio = swap->prio }/{ .prio = 0 }/
	commands/swap/cmd_swap.c device s/swap->nr_pages = area.nr_pages;/;/
	commands/swap/cmd_swap.c device s/number ? 0 : find_area(session.fd, argv.optind., &type)/0/
	commands/swap/cmd_swap.c usage s/optind < argc && .bytes/0/
	commands/swap/cmd_swap.c device s/(bytes + page - 1)/bytes/
	commands/swap/cmd_swap.c device s/swap.prio = (__s32)number;/;/;s/swap->prio = (__s32)number;/;/
	commands/swap/cmd_swap.c device s/swap.type = (__u32)type;/;/
	commands/swap/cmd_swap.c device s/memcpy(policy.name, argv/(void)(argv/
	commands/swap/cmd_swap.c usage s/MMLAB_NR_SWAP_AREAS - 1, &type/MMLAB_NR_SWAP_AREAS, \&type/
	commands/swap/cmd_swap.c usage s/strlen(argv.optind.) >= sizeof/strlen(argv[optind]) > sizeof/
	commands/vmalloc/cmd_vmalloc.c vmalloc s/option == 's' ? MMLAB_VM_SCATTER/option == 's' ? 0/
	commands/vmalloc/cmd_vmalloc.c vmalloc s/option == 'l' ? MMLAB_VM_LAZY/option == 'l' ? 0/
	commands/vmalloc/cmd_vmalloc.c usage s/ || number \& (number - 1)//
	commands/vmalloc/cmd_vmalloc.c vmalloc s/status = CLI_FAILED;$/;/
	commands/vmalloc/cmd_vmalloc.c vmalloc s/if (!labarea_at(session, lva, \&area))/if (1)/
	commands/vmalloc/cmd_vm.c vmalloc s/sum.mapped += rows/sum.mapped = rows/
	commands/vmalloc/cmd_vm.c vmalloc s/ + (1ULL << session->info.page_shift);/;/
	lab/labarea.c vmalloc s/return area->lva + area->size;/return area->lva + area->size + 1;/
	lab/labarea.c vmalloc s/if (lva >= labarea_guard(\&area))/if (0)/
	lab/labarea.c vmalloc s/row->area.lva == start \&\&/1 \&\&/
	lab/labarea.c vmalloc s/(!own_only || row->area.owner == session->info.lab_pid)/1/
	lab/labarea.c vmalloc s/labfile_read("maps", NULL)/NULL/
	lab/labarea.c vmalloc s/end = strstr(line + at, " pages=");/end = NULL;/
	lab/labarea.c vmalloc s/bytes < page_size)/0)/
	lab/labarea.c vmalloc s/bytes - page_size;/bytes;/
	lab/labarea.c vmalloc s/sscanf(end, " pages=.*/;/
	commands/memory/cmd_memory.c vmalloc s/access->addr + access->done/access->addr/
	commands/memory/cmd_memory.c vmalloc s/if (!phys \&\& error/if (error/
	commands/memory/cmd_address.c vmalloc s/t->lva < labarea_guard(\&area))/1)/
	lab/layout.c vmalloc s/ || lva >= session->info.high_memory)/)/
	lab/layout.c vmalloc s/lva < info->vmalloc_start ? "hole"/0 ? "hole"/
	lab/layout.c vmalloc s/if (lva >= info->page_offset)/if (1)/
	lab/layout.c vmalloc s/t.pfn + 1ULL/t.pfn + 2ULL/
	lab/layout.c vmalloc s/if (at <= lva)/if (1)/
	commands/vmalloc/cmd_regions.c vmalloc s/last - first + 1 \&\&/last - first + 1 ||/
	commands/vmalloc/cmd_regions.c vmalloc s/piece->frames.nr_frames == last - first + 1/1/
	commands/vmalloc/cmd_regions.c vmalloc s/piece->subtracted == piece->frames.first_phys \&\&/1 \&\&/
	commands/vmalloc/cmd_eager_lazy.c vmalloc s/return takes->after_mmap == at_once \&\&/return/
	commands/vmalloc/cmd_eager_lazy.c vmalloc s/ \&\& takes->after_one == (at_once ? at_once : 1)//
	commands/vmalloc/cmd_eager_lazy.c vmalloc s/n += entry >> 63/n++/
	commands/vmalloc/cmd_eager_lazy.c vmalloc s/good \&= as_told/good |= as_told/
	commands/vmalloc/cmd_eager_lazy.c vmalloc s/touch(memory, e->page_size, from, to);/touch(memory, e->page_size, from, from);/
	bench/bench_record.c bench s/x < y ? -1 : x > y/0/
	bench/bench_record.c bench s/costs\[nr \/ 2 - 1\] + costs\[nr \/ 2\]) \/ 2/costs[nr \/ 2 - 1] + costs[nr \/ 2])/
	bench/bench_record.c bench s/ + result->samples\[i\].put\[clock\]//
	bench/bench_record.c bench s/ || !s.allocs || / || /
	bench/bench_record.c bench s/ || s.thread >= threads//
	bench/bench_record.c bench s/record->results\[i\].threads == threads \&\&/1 \&\&/
	bench/bench_record.c bench s/record->results\[i\].side == side \&\&/1 \&\&/
	bench/bench_print.c bench s/line->median\[BENCH_LAB\] \/ line->median\[BENCH_HOST\]/line->median[BENCH_HOST] \/ line->median[BENCH_LAB]/
	bench/bench_print.c bench s/line->ratio <= line->goal ?/line->ratio >= line->goal ?/
	bench/bench_print.c bench s/clock == BENCH_NS ? TIME_ALLOWANCE : 1/1/
	bench/bench_print.c bench s/s->min < value ? s->min : value/s->max/
	bench/bench_print.c bench s/(double)s->put\[clock\] \/ s->allocs, j/(double)s->get[clock] \/ s->allocs, j/
	bench/bench_rows.c bench s/{ "page-repeat", 9, 1000, 20,/{ "page-repeat", 9, 1000, 120,/
	bench/bench_rows.c bench s/has_arg >= 0 \&\& //
	bench/cmd_bench.c bench s/plan->json + plan->raw + !!plan->csv > 1/0/
	article/drivermap.c article s/page <= DRIVERMAP_PAGES/1/
	article/drivermap.c article s/ | (writable ? PROT_WRITE : 0)//
	article/drivermap.c article s/error == ENOENT || //
	article/mapnopage-read.c article s/(page - 1)/page/
	article/mapnopage-write.c article s/(page - 1)/0/
	article/mapnopage-write.c article s/>= map.page_size/> map.page_size/
	commands/info/info_slab.c files s/if (!row->num_slabs)/if (0)/
	cli/holders.c device s/holder->descriptors++/(void)0/
	doctor/doctor_kernel.c doctor s/strcmp(release, patient->release)/0/
	doctor/doctor_kernel.c doctor s/minor < OLDEST_MINOR/0/
	doctor/doctor_kernel.c doctor s/value\[4\] == 1/value[4] == 2/
	doctor/doctor_kernel.c doctor s/strcmp(level, "none")/0/
	doctor/doctor_kernel.c doctor s/enforce\[0\] == 'Y'/0/
	doctor/doctor_device.c doctor s/error == -ENOTTY/0/
	doctor/doctor_device.c doctor s/!S_ISCHR(status.st_mode)/0/
	doctor/cmd_doctor.c doctor s/return blocks ? CLI_FAILED : CLI_OK/return CLI_OK/
	cli/modfile.c doctor s/strlen(p->wanted) == length \&\& //
	commands/module/cmd_module.c doctor s/if (host_module_loaded() == 1)/if (0)/
	lab/mapsfile.c article s/address >= regions\[i\].start/address > regions[i].end/
	lab/hostview.c device s/view->lab_count == t->mapcount/true/
	lab/hostview.c device s/ || view->same_bytes)/ || true)/
	lab/hostview.c device s/t->region == MMLAB_REGION_DIRECT/0/
	commands/memory/cmd_address.c device s/	if (view.agree)/	if (true)/
	lab/tracer.c trace s/rmdir(tracer->instance)/(void)0/
	commands/memory/cmd_trace.c trace s/life->data == life->new_pte >> 12/true/
	commands/memory/cmd_trace.c trace s/t->table_pfn == life->table/true/
	commands/memory/cmd_trace.c trace s/if (life->seen < NR_SEEN)/if (false)/
	commands/memory/cmd_trace.c trace s/life->old_pte >> 12 == life->data \&\& life->gone/true/
	commands/memory/cmd_trace.c trace s/(event, "order") + split)/(event, "order"))/
	commands/play/cmd_record.c trace s/owner != r->owner || //
	commands/play/cmd_record.c trace s/ || result)/)/
	commands/play/cmd_record.c trace s/written - kept : 0/0 : 0/
	cli/keeper.c process s/umask(0177)/umask(0)/
	cli/keeper.c process s/ \&\& !(status.st_mode \& 022)//
	cli/keeper.c process s/error == -ECONNREFUSED/false/
	cli/keeper.c process s/\t\t\tunlink(path);/\t\t\t;/
	cli/session.c process s/\*argc -= words/*argc -= 1/
	lab/labproc.c process s/resident \* page_size/resident/
	commands/process/cmd_vma.c process s/lva < regions\[i\].end/lva <= regions[i].end/
	commands/process/cmd_vma.c process s/lva >= found->start/true/
	commands/process/cmd_proc.c process s/before.brk, \&after.brk/0, \&after.brk/
	lab/program.c process s/segment->p_filesz > segment->p_memsz/false/
	lab/program.c process s/segment->p_vaddr \/ PAGE <= (loads->highest - 1) \/ PAGE/false/
	lab/program.c process s/loads->nr == PROGRAM_SEGMENTS/false/
	lab/program.c process s/ > HIGHEST - PROGRAM_BASE/ > UINT64_MAX - 1/
	lab/program.c process s/error ? error : mmlab_mprotect(fd, \&rights)/error/
	lab/program.c process s/segment->offset + done/done/
	lab/program.c process s/shift = PROGRAM_BASE - base/shift = 0/
	article/claims.c article s/ || wish.counts\[1\]\[CLAIM_NOT_RUN\]//
	article/claims_host.c article s/grown == heap + 4/grown == heap + 8/
	article/claims_host.c article s/order\[0\] == order\[3\]/order[0] == order[5]/
	article/claims_host.c article s/regions\[i\].start < regions\[i - 1\].end/regions[i].start > regions[i - 1].end/
	article/claims_host.c article s/end == (uintptr_t)base + 3 \* size/end == (uintptr_t)base + 2 * size/
	article/claims_host.c article s/\t\tp\[i \* size\] = 1;/\t\tp[0] = 1;/
	article/segments.c article s/sbrk(0) + HEAP_STEP/sbrk(0) + 2 * HEAP_STEP/
	article/segments.c article s/^\tnote_deeper_stack();/\tplaces[STACK_CALLEE].address = (uintptr_t)\&local;/
	article/brk-demo.c article s/present\[i\] \& 1/1/
	article/brk-demo.c article s/sbrk(-(intptr_t)(7 \* page_size + 1))/(void)0/
	article/ten-copies.c article s/ | ADDR_NO_RANDOMIZE) == -1/) == -1/
	article/ten-copies.c article s/nr += j == i/nr++/
	article/ten-copies.c article s/me.found = data/me.found = 0/
	END
}

mkdir -p "$work/module" "$work/selftests" "$work/objects" "$work/Documentation"
cp "$top/Documentation/snapshot.schema.json" "$work/Documentation/"
cp -r "$top/module/uapi" "$work/module/"
cp -r "$top/userspace" "$work/"
cp -r "$top/selftests/programs" "$work/selftests/"
make -s -C "$work/userspace" OBJDIR="$work/objects" all "$work/objects/tests/fake_lab.so" || exit 1
export MMLAB="$work/objects/mmlab" FAKE_LAB="$work/objects/tests/fake_lab.so"
export ARTICLE="$work/objects/article"

mutations | grep -e "${1-}" > "$work/list"
while read -r file test expression; do
	cp "$top/userspace/$file" "$work/userspace/$file"
	sed -i "$expression" "$work/userspace/$file"
	if cmp -s "$top/userspace/$file" "$work/userspace/$file"; then
		why="it changes nothing"
	elif ! make -s -C "$work/userspace" OBJDIR="$work/objects" all > /dev/null 2>&1; then
		why="it does not compile"
	elif sh "$work/selftests/programs/run.sh" "$work/selftests/programs/$test.test" > "$work/log" 2>&1; then
		why="the tests stay green"
	else
		why=
	fi
	if [ -z "$why" ]; then
		passed=$((passed + 1))
		echo "ok $((passed + failed)) - $test goes red by $file $expression"
	else
		failed=$((failed + 1))
		echo "not ok $((passed + failed)) - $file $expression: $why"
	fi
	cp "$top/userspace/$file" "$work/userspace/$file"
done < "$work/list"
echo "1..$((passed + failed))"
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
