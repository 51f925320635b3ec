# SPDX-License-Identifier: GPL-2.0
"""scripts/setup: the machine has what mmlab's verbs need, and values say where."""
import argparse
import sys

from cache import Cache
from host import Host
from needs import MACHINES
from reference import SPACE, VALUES, Reference
from tell import Stop, megabytes, run_main, say

TEXT = '''\
Without an option: installs, downloads and unpacks what is missing, and says so first.
The host's own tools come by apt-get install (the only step that wants root); Debian 12's
kernel, headers and guest programs lie in a cache, where they disturb nothing. When
everything is there, it is quick and needs no network.'''
VERBS = {'demo': ('demo',), 'check': ('demo', 'check'), 'web': ('demo', 'web'),
         'bundle': ('demo', 'bundle'),
         'check-web': ('demo', 'check', 'web', 'bundle', 'check-web')}
# those that have files in the cache; the others are packages of this machine alone
FILES = ('demo', 'check')


def arguments():
    parser = argparse.ArgumentParser(
        prog='scripts/setup', description=TEXT, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog='MMLAB_DEBIAN names an archive of Debian, where apt has none.\n'
               'MMLAB_CACHE names the cache (default ~/.cache/mmlab). A cache that is '
               'complete\nneed not be writable: several users can share one.')
    parser.add_argument('--for', dest='verb', choices=VERBS, default='demo',
                        help='for the demo (default), for the test lanes, for make web, make bundle, or '
                             'make check-web')
    parser.add_argument('--machine', choices=('x86_64', *MACHINES), default='x86_64',
                        help='also the compiler and QEMU of this machine (see scripts/kernel)')
    action = parser.add_mutually_exclusive_group()
    action.add_argument('--check', action='store_true',
                        help='install nothing; exit 1 and say what is missing')
    action.add_argument('--update', action='store_true',
                        help='look for newer Debian packages and take them')
    action.add_argument('--print', metavar='NAME',
                        help='print one value (implies the set-up)')
    action.add_argument('--list', action='store_true',
                        help='print all values: CACHE, KERNELRELEASE, KDIR, VMLINUX, MODULES, '
                             'BUSYBOX; and for lanes KSRC (kernel sources: checkpatch), '
                             'KSELFTEST, KERNEL_SOURCE (the package), NODE_EXPORTER')
    return parser.parse_args()


class Setup:
    def __init__(self, verbs, machine):
        self.verbs = [verb for verb in verbs if verb in FILES]
        self.host_verbs = (*verbs, machine)
        self.cache = Cache()
        self.host = Host()
        self.reference = Reference(self.cache)

    def ready(self):
        return not self.host.lacks(self.host_verbs) and self.reference.complete(self.verbs)

    def run(self, newer=False):
        self.host.refuse_unfit()
        missing = self.host.lacks(self.host_verbs)
        todo = [verb for verb in self.verbs if newer or not self.reference.index(verb)]
        if todo:
            self.cache.prepare(f'what "{todo[0]}" needs')
            space = sum(SPACE[verb] for verb in todo)
            self.cache.need_space(space)
            say(f'{self.cache.path} will take up to {megabytes(space)} of Debian\'s packages')
        self.host.install(missing)
        if todo:
            with self.cache.lock('lock', 'another set-up'):
                self.reference.fill(self.verbs, newer)

    def tell_missing(self):
        missing = self.host.lacks(self.host_verbs)
        if missing:
            say('missing on this machine: ' + ' '.join(
                need.packages[self.host.family or 'debian'][0]
                if (self.host.family or 'debian') in need.packages else need.look_for[0]
                for need in missing))
        for verb in self.verbs:
            if not self.reference.index(verb):
                say(f'the cache {self.cache.path} lacks what "{verb}" needs')


def main():
    wanted = arguments()
    verbs = VERBS[wanted.verb]
    if wanted.print == 'CACHE':
        print(Cache().path)
        return 0
    if wanted.print in VALUES['check']:
        verbs = VERBS['check']
    elif wanted.print and wanted.print not in VALUES['demo']:
        raise Stop(f'no value is called {wanted.print}; see scripts/setup --list')
    setup = Setup(verbs, wanted.machine)
    if wanted.check:
        if setup.ready():
            return 0
        setup.tell_missing()
        say('cure: run scripts/setup' +
            (f' --for {wanted.verb}' if wanted.verb != 'demo' else ''))
        return 1
    if wanted.print:
        # the host's tools were looked at by the set-up that filled the cache
        if not setup.reference.complete(setup.verbs):
            setup.run()
        print(setup.reference.values()[wanted.print])
        return 0
    if wanted.update or not setup.ready():
        setup.run(wanted.update)
    if wanted.list:
        for name, value in setup.reference.values().items():
            print(f'{name}={value}')
    return 0


if __name__ == '__main__':
    sys.exit(run_main('setup', main))
