# SPDX-License-Identifier: GPL-2.0
"""The kernel that everything is tested on, of Debian 12, whatever this machine runs:
what is shown in the documents is the same everywhere. And what else tests take out of
Debian 12: busybox, kselftest, an exporter."""
import os
import subprocess

import vmlinux
from archive import Archive
from tell import MEGA, Stop, say

SUITE = 'bookworm'
RECIPE = 3	# raise it when what is unpacked below changes
SPACE = {'demo': 350 * MEGA, 'check': 250 * MEGA}
TESTS = 'tools/testing/selftests'
PICKED = (f'{TESTS}/lib.mk', f'{TESTS}/run_kselftest.sh', f'{TESTS}/kselftest.h',
          f'{TESTS}/kselftest_harness.h', f'{TESTS}/kselftest', 'scripts/checkpatch.pl',
          'scripts/spelling.txt', 'scripts/const_structs.checkpatch')
# the VM has no such hardware; block devices, virtio and 9p stay
TRIM = ('*/kernel/sound', '*/kernel/net/[!9]*', '*/kernel/drivers/[!bv]*',
        '*/kernel/drivers/bluetooth', '*/kernel/drivers/video', '*/kernel/drivers/vhost',
        './usr/share/doc')
VALUES = {
    'demo': ('KERNELRELEASE', 'KDIR', 'VMLINUX', 'MODULES', 'BUSYBOX'),
    'check': ('KSRC', 'KSELFTEST', 'KERNEL_SOURCE', 'NODE_EXPORTER'),
}


class Reference:
    def __init__(self, cache):
        self.cache = cache
        self.archive = Archive(cache, SUITE, SUITE)

    # ---- what is there

    def index(self, verb):
        """What a set-up for VERB has left: {name: value}, or {} if some is gone."""
        found = dict(line.split('=', 1) for line in
                     self.cache.read(f'index-{RECIPE}-{verb}').splitlines())
        whole = all(os.path.exists(self.cache / name) for name in
                    found.get('entries', '').split())
        return found if whole else {}

    def complete(self, verbs):
        return all(self.index(verb) for verb in verbs)

    def values(self):
        demo, check = self.index('demo'), self.index('check')
        found = {'CACHE': self.cache.path}
        if demo:
            root, release = self.cache / demo['kernel'], demo['release']
            found.update(
                KERNELRELEASE=release,
                KDIR=f'{root}/usr/src/linux-headers-{release}',
                VMLINUX=f'{root}/vmlinux',
                MODULES=f'{root}/lib/modules/{release}',
                BUSYBOX=f'{self.cache / demo["guest"]}/bin/busybox')
        if check:
            source = self.cache / check['source']
            found.update(
                KSRC=source, KSELFTEST=f'{source}/{TESTS}',
                KERNEL_SOURCE=self.cache / check['source_deb'],
                NODE_EXPORTER=f'{self.cache / check["exporter"]}'
                              '/usr/bin/prometheus-node-exporter')
        return found

    # ---- and how it gets there

    def fill(self, verbs, newer=False):
        self.cache.remove_parts()
        todo = [verb for verb in verbs if newer or not self.index(verb)]
        self.cache.need_space(sum(SPACE[verb] for verb in todo))
        if newer:
            self.archive.update()
        try:
            self._fill(todo)
        except (Stop, KeyError):	# no lists yet, or old ones
            if newer:
                raise
            self.archive.update()
            self._fill(todo)

    def _fill(self, verbs):
        for verb in verbs:
            {'demo': self._fill_demo, 'check': self._fill_check}[verb]()

    def _index(self, verb, entries, **values):
        lines = [f'entries={" ".join(entries)}', *(f'{name}={value}' for name, value
                                                   in values.items())]
        self.cache.write(f'index-{RECIPE}-{verb}', '\n'.join(lines) + '\n')

    def _fill_demo(self):
        archive = self.archive
        depends = archive.show('linux-headers-amd64')['linux-headers-amd64']
        headers = archive.depends('linux-headers-amd64', 'linux-headers-', depends)
        release = headers.removeprefix('linux-headers-')
        fields = archive.show(headers)[headers]
        names = [f'linux-image-{release}', headers,
                 archive.depends(headers, 'linux-headers-', fields),
                 archive.depends(headers, 'linux-kbuild-', fields)]
        found = archive.show(*names, 'busybox-static')
        kernel_debs = [found[name] for name in names]
        busybox = found['busybox-static']
        archive.download([*kernel_debs, busybox])
        kernel = f'kernel-{RECIPE}-{found[headers]["Version"]}'
        guest = f'busybox-{_plain(busybox["Version"])}'
        self.cache.make(guest, lambda root: archive.unpack(busybox, root, TRIM))
        self.cache.make(kernel, lambda root: self._unpack_kernel(root, release, kernel_debs))
        self._index('demo', [kernel, guest], kernel=kernel, guest=guest, release=release)
        say(f'Linux {found[headers]["Version"]} is in {self.cache.path}')

    def _unpack_kernel(self, root, release, debs):
        for fields in debs:
            say(f'unpacking {fields["Package"]}')
            self.archive.unpack(fields, root, TRIM)
        adapt_headers(f'{root}/usr/src/linux-headers-{release}')
        image = f'{root}/boot/vmlinuz-{release}'
        with open(f'{root}/vmlinux', 'wb') as file:
            file.write(vmlinux.extract(image))
        os.remove(image)

    def _fill_check(self):
        archive = self.archive
        release = self.index('demo')['release']
        name = f'linux-source-{".".join(release.split(".")[:2])}'
        found = archive.show(name, 'prometheus-node-exporter')
        source_deb, exporter_deb = found[name], found['prometheus-node-exporter']
        archive.download([source_deb, exporter_deb])
        source = f'source-{RECIPE}-{source_deb["Version"]}'
        exporter = f'exporter-{_plain(exporter_deb["Version"])}'
        self.cache.make(exporter, lambda root: archive.unpack(exporter_deb, root, TRIM))
        self.cache.make(source, lambda root: self._unpack_source(root, source_deb))
        deb = f'debs/{archive.file_of(source_deb)}'
        self._index('check', [source, exporter, deb], source=source, exporter=exporter,
                    source_deb=deb)

    def _unpack_source(self, root, fields):
        """Only the few files that are used, of a tree of 1.3 GB."""
        package = fields['Package']
        say(f'picking kselftest and checkpatch out of {package} (up to a minute)')
        deb = os.path.join(self.archive.debs, self.archive.file_of(fields))
        commands = (['dpkg-deb', '--fsys-tarfile', deb],
                    ['tar', '-xO', f'./usr/src/{package}.tar.xz'],
                    ['xz', '-dc', '-T0'],
                    ['tar', '-x', '--no-same-owner', '-C', root, '--strip-components=1',
                     *(f'{package}/{name}' for name in PICKED)])
        before, running = None, []
        for command in commands:
            process = subprocess.Popen(  # pylint: disable=consider-using-with
                command, stdin=before, stdout=None if command is commands[-1]
                else subprocess.PIPE)
            if before:
                before.close()
            before = process.stdout
            running.append(process)
        if any([process.wait() for process in running]):
            raise Stop(f'{deb} could not be unpacked')


def adapt_headers(headers):
    """The headers' Makefile names its other half by an absolute path below /usr, here
    they lie side by side. And they name their own compiler: another one of these days
    does as well."""
    here = '$(dir $(lastword $(MAKEFILE_LIST)))'
    rewrite(f'{headers}/Makefile', lambda text: text.replace('/usr/src/', f'{here}../'))
    rewrite(f'{headers}/.kernelvariables', lambda text: text.replace(
        '$(CROSS_COMPILE)gcc-12',
        '$(CROSS_COMPILE)$(if $(shell command -v $(CROSS_COMPILE)gcc-12),gcc-12,gcc)'))


def rewrite(path, change):
    """Puts CHANGE(text) for the text of a file, which need not be there."""
    text = ''
    if os.path.exists(path):
        with open(path, encoding='utf-8') as file:
            text = file.read()
    with open(path, 'w', encoding='utf-8') as file:
        file.write(change(text))


def _plain(version):
    return version.replace(':', '-')
