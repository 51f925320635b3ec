# SPDX-License-Identifier: GPL-2.0
"""The kernel proper out of a bzImage: it boots in QEMU without its own unpacking."""
import lzma
import struct
import subprocess
import zlib

from tell import Stop


def _zstd(data):
    # the payload ends with its size, which is no part of the frame
    try:
        done = subprocess.run(['zstd', '-dcq'], input=data, capture_output=True)
    except FileNotFoundError:
        raise Stop('this kernel is packed by zstd; install the package zstd') from None
    return done.stdout


UNPACK = {
    b'\xfd7zXZ': lambda data: lzma.LZMADecompressor().decompress(data),
    b'\x1f\x8b': lambda data: zlib.decompressobj(31).decompress(data),
    b'\x28\xb5\x2f\xfd': _zstd,
}


def extract(image):
    """The bytes of vmlinux; the boot protocol's header says where they are."""
    with open(image, 'rb') as file:
        data = file.read()
    if data[0x202:0x206] != b'HdrS':
        raise Stop(f'{image} is no bzImage')
    setup_sectors = data[0x1f1] or 4
    offset, length = struct.unpack_from('<II', data, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    payload = data[start:start + length]
    for magic, unpack in UNPACK.items():
        if payload.startswith(magic):
            kernel = unpack(payload)
            if kernel.startswith(b'\x7fELF'):
                return kernel
    raise Stop(f'{image}: its kernel is packed in a way that is not known here')
