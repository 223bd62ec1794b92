# SPDX-License-Identifier: GPL-2.0
"""Programs of eBPF, given as instructions: no compiler, no ELF."""

import ctypes
import os
import platform
import socket
import struct
import sys

from genl import attr, nest

SYS_BPF = {'x86_64': 321, 'aarch64': 280, 'i686': 357, 'armv7l': 386,
           's390x': 351}.get(platform.machine(), -1)
PROG_LOAD, SCHED_CLS, XDP = 5, 3, 6
CALL, EXIT, LOAD_WORD, IF_NOT, SET = 0x85, 0x95, 0x61, 0x55, 0xb7
REDIRECT_NEIGH, REDIRECT_PEER = 152, 155

RTM_SETLINK, IFLA_XDP, IFLA_XDP_FD, IFLA_XDP_FLAGS, SKB_MODE = 19, 43, 1, 3, 2
RTM_NEWTFILTER, TCA_KIND, TCA_OPTIONS = 44, 1, 2
TCA_BPF_FD, TCA_BPF_NAME, TCA_BPF_FLAGS, ACT_DIRECT = 6, 7, 8, 1
CLSACT_INGRESS = 0xfffffff2
NLM_F_REQUEST_ACK, NLM_F_CREATE = 5, 0x400


def instruction(code, target=0, source=0, offset=0, value=0):
    registers = (target | source << 4 if sys.byteorder == 'little' else
                 target << 4 | source)
    return struct.pack('=BBhi', code, registers, offset, value)


def load(kind, *instructions):
    """The program's file descriptor; OSError where the kernel has no bpf()."""
    text = ctypes.create_string_buffer(b''.join(instructions))
    license_ = ctypes.create_string_buffer(b'GPL')
    attributes = ctypes.create_string_buffer(struct.pack(
        '=IIQQ', kind, len(instructions), ctypes.addressof(text),
        ctypes.addressof(license_)), 128)
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.syscall(SYS_BPF, PROG_LOAD, attributes, len(attributes))
    if fd < 0:
        raise OSError(ctypes.get_errno(), 'bpf')
    return fd


def load_pass():
    """One of XDP that lets all pass."""
    return load(XDP, instruction(SET, value=2), instruction(EXIT))


def load_redirect(helper, ifindex):
    """
    One of traffic control that hands packets of IPv4 to a device: to a neighbour there
    (REDIRECT_NEIGH), or to the other end of a veth pair (REDIRECT_PEER), as network
    plugins of Kubernetes do.
    """
    ipv4 = socket.htons(0x0800)
    return load(SCHED_CLS,
                # the protocol, of struct __sk_buff
                instruction(LOAD_WORD, 2, 1, 16),
                instruction(SET),
                instruction(IF_NOT, 2, offset=5, value=ipv4),
                instruction(SET, 1, value=ifindex),
                instruction(SET, 2),
                instruction(SET, 3),
                instruction(SET, 4),
                instruction(CALL, value=helper),
                instruction(EXIT))


def ask(host, kind, flags, body):
    """Have a host's kernel change something; body(ifindex of a name) is the message."""
    with host.enter():
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        message = body(socket.if_nametoindex)
    with sock:
        sock.send(struct.pack('=IHHII', 16 + len(message), kind,
                              NLM_F_REQUEST_ACK | flags, 1, 0) + message)
        code = struct.unpack_from('=i', sock.recv(4096), 16)[0]
    if code:
        raise OSError(-code, os.strerror(-code))


def attach_xdp(host, device, fd):
    """Put a program of XDP at a host's device, in generic mode; -1 takes it away."""
    ask(host, RTM_SETLINK, 0, lambda index: struct.pack(
        '=BxHiII', 0, 0, index(device), 0, 0) + nest(
            IFLA_XDP, attr(IFLA_XDP_FD, struct.pack('=i', fd)),
            attr(IFLA_XDP_FLAGS, SKB_MODE)))


def attach_ingress(host, device, fd):
    """Put a program at what a host's device receives, which has to have clsact."""
    every = socket.htons(3)
    ask(host, RTM_NEWTFILTER, NLM_F_CREATE, lambda index: struct.pack(
        '=BxxxiIII', 0, index(device), 0, CLSACT_INGRESS, 1 << 16 | every) +
        attr(TCA_KIND, b'bpf\0') + nest(
            TCA_OPTIONS, attr(TCA_BPF_FD, fd), attr(TCA_BPF_NAME, b'redirect\0'),
            attr(TCA_BPF_FLAGS, ACT_DIRECT)))
