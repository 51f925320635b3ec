# SPDX-License-Identifier: GPL-2.0
"""scripts/kernel: kernels beside the reference one, of other versions, flavours and
machines, from other suites of Debian."""
import argparse
import glob
import os
import re
import shutil
import stat
import subprocess
import sys
from collections import namedtuple

import setup
import vmlinux
from archive import Archive
from reference import adapt_headers, rewrite
from tell import Stop, say, run_main

RECIPE = 2	# raise it when what is kept of a kernel changes
Row = namedtuple('Row', 'name machine suite flavour word')
KERNELS = [Row(*line.split(None, 4)) for line in '''
6.1	x86_64	default		amd64		what everything else is tested on
5.10	x86_64	bullseye	amd64		Debian 11
6.12	x86_64	trixie		amd64		Debian 13
newest	x86_64	sid		amd64		Debian unstable
next	x86_64	experimental	amd64		the newest release candidate
6.1-rt	x86_64	bookworm	rt-amd64	PREEMPT_RT
i386	i386	bookworm	686-pae		32 bits, 3G/1G split
arm64	aarch64	bookworm	cloud-arm64	another architecture
arm64-16k	aarch64	trixie	arm64-16k	the same with pages of 16 KiB
riscv64	riscv64	trixie		riscv64		another architecture
'''.strip().splitlines()]
VALUES = ('RELEASE', 'KERNEL', 'KDIR', 'MODULES', 'MACHINE', 'CC', 'MAKEARGS', 'GUEST',
          'SYSROOT')
DEBIAN_ARCH = {'x86_64': 'amd64', 'aarch64': 'arm64'}
KERNEL_ARCH = {'x86_64': 'x86', 'i386': 'x86', 'aarch64': 'arm64', 'riscv64': 'riscv'}
TRIPLET = {'i386': 'i686-linux-gnu-', 'x86_64': ''}
# the tests need a handful of modules; a whole set is half a gigabyte
TRIM = ('*/kernel/sound', '*/kernel/net', '*/kernel/drivers/[!b]*',
        '*/kernel/drivers/bluetooth')
# what the tools of a newer suite's kbuild are linked with
TOOL_LIBRARIES = ('libc6', 'libelf1t64', 'zlib1g', 'libzstd1')
OLD_SUITES = ('bullseye', 'bookworm')	# their tools run on every host
# what the program mmlab is linked with, and what that is linked with
SYSROOT = ('libc6', 'libkmod-dev', 'libkmod2', 'libcjson-dev', 'libcjson1', 'libncurses-dev',
           'libncursesw6', 'libtinfo6', 'liblzma5', 'libzstd1', 'libssl3')
TOOL = '''\
#!/bin/sh
here=${{0%/*}}
lib=$here/{up}/tool-lib
exec "$lib/ld-linux-x86-64.so.2" --library-path "$lib" \\
	--argv0 "$0" "$0.elf" "$@"
'''


def prefix(machine):
    return TRIPLET.get(machine, f'{machine}-linux-gnu-')


def compiler(machine):
    """gcc 12, which every kernel here takes; else the one that is there."""
    wanted = f'{prefix(machine)}gcc-12'
    return wanted if shutil.which(wanted) else f'{prefix(machine)}gcc'


class Kernel:
    def __init__(self, row, cache):
        self.row, self.cache = row, cache
        self.arch = DEBIAN_ARCH.get(row.machine, row.machine)
        self.foreign = '' if row.machine == 'x86_64' else f':{self.arch}'
        self.archive = Archive(cache, row.name, row.suite, self.arch)
        self.entry = f'kernel-{RECIPE}-{row.name}'
        self.guest = f'guest-{RECIPE}-{row.machine}'
        self.sysroot = f'sysroot-{RECIPE}-{row.machine}'

    def complete(self):
        return self.row.suite == 'default' or (
            self.cache.has(self.entry) and (not self.foreign or self.cache.has(self.guest)))

    def fetch(self):
        self.cache.prepare(f'the kernel {self.row.name}')
        with self.cache.lock(f'kernel-{self.row.name}.lock', 'another one fetching it'):
            self.archive.update()
            self.cache.make(self.entry, self._fill)
            if self.foreign:
                self.cache.make(self.guest, self._fill_guest)

    # ---- the packages

    def _packages(self):
        """The newest release, and the packages of it. From 7.x on the image is split."""
        archive = self.archive
        image = archive.depends(f'linux-image-{self.row.flavour}{self.foreign}',
                                'linux-image-')
        if image is None:
            raise Stop(f'apt finds no linux-image-{self.row.flavour} in {self.row.suite}')
        release = image.removeprefix('linux-image-')
        headers = f'linux-headers-{release}'
        of_headers = archive.show(headers + self.foreign)[headers]
        of_image = archive.show(image + self.foreign)[image]
        own = [headers, image] + [part for part in (
            archive.depends(image, 'linux-binary-', of_image),
            archive.depends(image, 'linux-modules-', of_image)) if part]
        common = [archive.depends(headers, 'linux-headers-', of_headers),
                  archive.depends(headers, 'linux-kbuild-', of_headers)]
        found = archive.show(*(name + self.foreign for name in own),
                             *(name for name in common if name))
        return release, list(found.values())

    def _fill(self, root):
        release, packages = self._packages()
        self.archive.download(packages)
        say(f'unpacking Linux {release} ({self.arch})')
        for fields in packages:
            self.archive.unpack(fields, root, TRIM)
        for module in glob.glob(f'{root}/**/*.ko.xz', recursive=True):
            subprocess.run(['xz', '-d', module], check=True)
        if self.row.suite not in OLD_SUITES:
            self._wrap_tools(root)
        headers = f'{root}/usr/src/linux-headers-{release}'
        adapt_headers(headers)
        _drop_options(headers)
        self._image(root)
        rewrite(f'{root}/release', lambda _: release)

    def _image(self, root):
        """What QEMU boots: vmlinux where that saves the kernel's own unpacking."""
        images = [name for name in glob.glob(f'{root}/boot/vmlinu[xz]*') +
                  glob.glob(f'{root}/usr/lib/modules/*/vmlinuz*') if os.path.isfile(name)]
        if self.row.machine == 'x86_64':
            with open(f'{root}/vmlinux', 'wb') as file:
                file.write(vmlinux.extract(images[0]))
        else:
            shutil.copy(images[0], f'{root}/vmlinux')

    # ---- tools of a suite that is newer than this machine

    def _wrap_tools(self, root):
        """They are started through their own C library, kept beside them."""
        libraries = list(self.archive.show(*TOOL_LIBRARIES).values())
        self.archive.download(libraries)
        work = f'{root}/tool-root'
        os.makedirs(work)
        for fields in libraries:
            self.archive.unpack(fields, work)
        os.makedirs(f'{root}/tool-lib')
        for file in glob.glob(f'{work}/**/x86_64-linux-gnu/*.so*', recursive=True):
            shutil.copy(file, f'{root}/tool-lib/')
        loader = glob.glob(f'{work}/**/ld-linux-x86-64.so.2', recursive=True)[0]
        shutil.copy(os.path.realpath(loader) if os.path.exists(loader) else loader,
                    f'{root}/tool-lib/ld-linux-x86-64.so.2')
        shutil.rmtree(work)
        for place, _, names in os.walk(f'{root}/usr/lib'):
            for name in names if '/linux-kbuild-' in f'{place}/' else ():
                _wrap_tool(root, f'{place}/{name}')

    # ---- the guest's programs on another machine

    def _fill_guest(self, root):
        """busybox, and coreutils' timeout with its C library: the test runner's needs."""
        packages = list(self.archive.show(*(f'{name}:{self.arch}' for name in (
            'busybox-static', 'coreutils', 'libc6'))).values())
        self.archive.download(packages)
        whole = f'{root}/all'
        os.makedirs(whole)
        for fields in packages:
            self.archive.unpack(fields, whole)
        for place, _, names in os.walk(whole):
            for name in names:
                path = f'{place}/{name}'
                if path.endswith('/bin/busybox'):
                    _put(path, f'{root}/files/bin/busybox')
                elif path.endswith('/bin/timeout'):
                    _put(path, f'{root}/files/usr/bin/timeout')
                elif name == 'libc.so.6' or re.match(r'ld-linux.*\.so', name):
                    _put(path, f'{root}/files/lib/{path.rsplit("/lib/", 1)[1]}')
        shutil.rmtree(whole)

    # ---- the libraries of the program mmlab on another machine

    def fetch_sysroot(self):
        if not self.foreign:
            raise Stop(f'the kernel {self.row.name} needs no SYSROOT: it is this machine\'s')
        self.cache.prepare(f'the libraries for {self.row.machine}')
        with self.cache.lock(f'kernel-{self.row.name}.lock', 'another one fetching it'):
            self.cache.make(self.sysroot, self._fill_sysroot)

    def _fill_sysroot(self, root):
        names = [f'{name}:{self.arch}' for name in SYSROOT]
        found = self.archive.show(*names)
        if len(found) < len(names):	# no lists yet
            self.archive.update()
            found = self.archive.show(*names)
        self.archive.download(list(found.values()))
        for fields in found.values():
            self.archive.unpack(fields, root, ('./usr/share',))

    # ---- what others ask for

    def values(self, reference):
        machine = self.row.machine
        if self.row.suite == 'default':
            found = reference.values()
            found = {'RELEASE': found['KERNELRELEASE'], 'KERNEL': found['VMLINUX'],
                     'KDIR': found['KDIR'], 'MODULES': found['MODULES']}
        else:
            root = self.cache / self.entry
            release = self.cache.read(f'{self.entry}/release')
            found = {
                'RELEASE': release, 'KERNEL': f'{root}/vmlinux',
                'KDIR': f'{root}/usr/src/linux-headers-{release}',
                'MODULES': (glob.glob(f'{root}/lib/modules/{release}') or
                            glob.glob(f'{root}/usr/lib/modules/{release}'))[0],
                'GUEST': self.cache / f'{self.guest}/files',
                'SYSROOT': self.cache / self.sysroot}
        arguments = [f'CC={compiler(machine)}']
        if self.foreign:
            arguments += [f'ARCH={KERNEL_ARCH[machine]}', f'CROSS_COMPILE={prefix(machine)}']
        if self.row.suite != 'default':
            arguments.append('CONFIG_DEBUG_INFO_BTF_MODULES=')	# BTF wants pahole
        return {**found, 'MACHINE': machine, 'CC': compiler(machine),
                'MAKEARGS': ' '.join(arguments)}


def _drop_options(headers):
    """The configuration says what the kernel's own compiler can; an older one warns of
    that, or stops."""
    lines = re.compile(r'^.*CONFIG_CC_HAS_(COUNTED_BY|MIN_FUNCTION_ALIGNMENT).*\n', re.M)
    for name in ('config/auto.conf', 'generated/autoconf.h'):
        rewrite(f'{headers}/include/{name}', lambda text: lines.sub('', text))


def _wrap_tool(root, path):
    """An ELF program becomes PATH.elf, and PATH a script that starts it."""
    if os.path.islink(path) or not os.stat(path).st_mode & stat.S_IXUSR:
        return
    with open(path, 'rb') as file:
        if file.read(4) != b'\x7fELF':
            return
    if b'INTERP' not in subprocess.run(['readelf', '-lW', path], capture_output=True,
                                       check=False).stdout:
        return
    os.rename(path, f'{path}.elf')
    up = os.path.relpath(root, os.path.dirname(path))
    with open(path, 'w', encoding='utf-8') as file:
        file.write(TOOL.format(up=up))
    os.chmod(path, 0o755)


def _put(source, into):
    os.makedirs(os.path.dirname(into), exist_ok=True)
    shutil.copy(source, into)


def arguments():
    rows = '\n'.join(f'  {row.name:9} {row.machine:8} {row.word}' for row in KERNELS)
    parser = argparse.ArgumentParser(
        prog='scripts/kernel', allow_abbrev=False, epilog=f'NAME is one of:\n{rows}',
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description='Fetches and unpacks a kernel if the cache lacks it, and its machine\'s '
                    'compiler and QEMU.')
    parser.add_argument('--update', action='store_true',
                        help='take a newer one if there is one')
    parser.add_argument('--print', metavar='VALUE', choices=VALUES,
                        help='RELEASE, KERNEL (what QEMU boots), KDIR (headers), MODULES (a '
                             'directory of them), MACHINE, CC, MAKEARGS (for '
                             'scripts/build-module), GUEST (busybox and timeout), SYSROOT '
                             '(the libraries of the program mmlab; fetched when asked for)')
    parser.add_argument('--list', action='store_true', help='print the names')
    parser.add_argument('name', nargs='?', metavar='NAME',
                        choices=[row.name for row in KERNELS])
    wanted = parser.parse_args()
    if bool(wanted.name) == wanted.list:
        parser.error('one NAME, or --list')
    return wanted


def main():
    wanted = arguments()
    if wanted.list:
        print('\n'.join(row.name for row in KERNELS))
        return 0
    row = next(row for row in KERNELS if row.name == wanted.name)
    machine = setup.Setup(setup.VERBS['check'], row.machine)
    if not machine.ready():
        machine.run()
    kernel = Kernel(row, machine.cache)
    if wanted.update and row.suite != 'default':
        shutil.rmtree(kernel.cache / kernel.entry, ignore_errors=True)
    if not kernel.complete():
        kernel.fetch()
    if wanted.print == 'SYSROOT':
        kernel.fetch_sysroot()
    if wanted.print:
        value = kernel.values(machine.reference).get(wanted.print)
        if value is None:
            raise Stop(f'the kernel {row.name} has no {wanted.print}')
        print(value)
    return 0


if __name__ == '__main__':
    sys.exit(run_main('kernel', main))
