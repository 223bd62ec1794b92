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
PROG_LOAD, PROG_ATTACH, PROG_DETACH = 5, 8, 9
SCHED_CLS, XDP, CGROUP_SOCK_ADDR = 3, 6, 18
CALL, EXIT, SET, SET32, COPY, ADD = 0x85, 0x95, 0xb7, 0xb4, 0xbf, 0x07
LOAD_WORD, LOAD_HALF, STORE_WORD, STORE_NUMBER = 0x61, 0x69, 0x63, 0x62
# of the frame, into register 0, in the host's byte order
FRAME_WORD, FRAME_HALF, FRAME_BYTE = 0x20, 0x28, 0x30
IF_NOT, IF_NOT32, IF_ABOVE = 0x55, 0x56, 0x2d
REDIRECT_NEIGH, REDIRECT_PEER = 152, 155
REDIRECT, STORE_BYTES, L3_CSUM_REPLACE, L4_CSUM_REPLACE = 23, 9, 10, 11
# where a program of a control group is attached
CONNECT4, SENDMSG4, RECVMSG4 = 10, 14, 19

RTM_SETLINK, IFLA_XDP, IFLA_XDP_FD, IFLA_XDP_FLAGS, SKB_MODE = 19, 43, 1, 3, 2
RTM_NEWTFILTER, TCA_KIND, TCA_OPTIONS = 44, 1, 2
TCA_BPF_FD, TCA_BPF_NAME, TCA_BPF_FLAGS, ACT_DIRECT = 6, 7, 8, 1
INGRESS, EGRESS = 0xfffffff2, 0xfffffff3
NLM_F_REQUEST_ACK, NLM_F_CREATE = 5, 0x400


def instruction(code, target=0, source=0, offset=0, value=0):
    registers = (target | source << 4 if sys.byteorder == 'little' else
                 target << 4 | source)
    return struct.pack('=BBhi', code, registers, offset, value)


def word(address):
    """An address of IPv4 as the kernel has it, in a number with a sign."""
    return struct.unpack('=i', socket.inet_aton(address))[0]


def bpf(command, attributes):
    """The system call; OSError where it fails, or the kernel has none."""
    attributes = ctypes.create_string_buffer(attributes, 128)
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.syscall(SYS_BPF, command, attributes, len(attributes))
    if done < 0:
        raise OSError(ctypes.get_errno(), 'bpf: ' + os.strerror(ctypes.get_errno()))
    return done


def load(kind, *instructions, place=0):
    """
    The program's file descriptor; OSError where the kernel has no bpf(). A place is
    where programs of its kind are attached, if it makes a difference to them.
    """
    text = ctypes.create_string_buffer(b''.join(instructions))
    license_ = ctypes.create_string_buffer(b'GPL')
    return bpf(PROG_LOAD, struct.pack(
        '=IIQQ44xI', kind, len(instructions), ctypes.addressof(text),
        ctypes.addressof(license_), place))


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


def load_xdp_redirect(ifindex):
    """One of XDP that hands packets of IPv4 to a device."""
    return load(XDP,
                # data and its end, of struct xdp_md
                instruction(LOAD_WORD, 2, 1, 0),
                instruction(LOAD_WORD, 3, 1, 4),
                instruction(SET, 0, value=2),
                instruction(COPY, 4, 2),
                instruction(ADD, 4, value=14),
                instruction(IF_ABOVE, 4, 3, offset=5),
                instruction(LOAD_HALF, 5, 2, 12),
                instruction(IF_NOT, 5, offset=3, value=socket.htons(0x0800)),
                instruction(SET, 1, value=ifindex),
                instruction(SET, 2),
                instruction(CALL, value=REDIRECT),
                instruction(EXIT))


SOURCE, DESTINATION = 26, 30


def load_translate(where, old, new):
    """
    One of traffic control that puts another address (SOURCE, DESTINATION) into UDP of
    IPv4, with its checksums, as network plugins masquerade.
    """
    host_order = struct.unpack('>i', socket.inet_aton(old))[0]
    return load(SCHED_CLS,
                instruction(COPY, 6, 1),
                instruction(FRAME_HALF, value=12),
                instruction(IF_NOT, 0, offset=24, value=0x0800),
                instruction(FRAME_BYTE, value=23),
                instruction(IF_NOT, 0, offset=22, value=17),
                instruction(FRAME_WORD, value=where),
                instruction(IF_NOT32, 0, offset=20, value=host_order),
                instruction(COPY, 1, 6),
                instruction(SET, 2, value=24),
                instruction(SET32, 3, value=word(old)),
                instruction(SET32, 4, value=word(new)),
                instruction(SET, 5, value=4),
                instruction(CALL, value=L3_CSUM_REPLACE),
                instruction(COPY, 1, 6),
                instruction(SET, 2, value=40),
                instruction(SET32, 3, value=word(old)),
                instruction(SET32, 4, value=word(new)),
                # of the pseudo header too, and none stays none
                instruction(SET, 5, value=0x10 | 0x20 | 4),
                instruction(CALL, value=L4_CSUM_REPLACE),
                instruction(STORE_NUMBER, 10, offset=-4, value=word(new)),
                instruction(COPY, 1, 6),
                instruction(SET, 2, value=where),
                instruction(COPY, 3, 10),
                instruction(ADD, 3, value=-4),
                instruction(SET, 4, value=4),
                instruction(SET, 5),
                instruction(CALL, value=STORE_BYTES),
                instruction(SET),
                instruction(EXIT))


def load_service(place, old, new):
    """
    One of control groups that puts another address of IPv4 in the place of the one
    that a socket connects to, sends to, or has received from.
    """
    return load(CGROUP_SOCK_ADDR,
                # user_ip4, of struct bpf_sock_addr
                instruction(LOAD_WORD, 2, 1, 4),
                instruction(IF_NOT32, 2, offset=2, value=word(old)),
                instruction(SET32, 2, value=word(new)),
                instruction(STORE_WORD, 1, 2, 4),
                instruction(SET, value=1),
                instruction(EXIT), place=place)


def attach_group(group, fd, place):
    """Put a program at a control group, which is an open folder."""
    bpf(PROG_ATTACH, struct.pack('=IIII', group, fd, place, 0))


def detach_group(group, fd, place):
    bpf(PROG_DETACH, struct.pack('=IIII', group, fd, place, 0))


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


def attach(host, device, fd, parent=INGRESS):
    """
    Put a program at what a host's device receives, or at what leaves there (EGRESS).
    The device has to have clsact.
    """
    every = socket.htons(3)
    ask(host, RTM_NEWTFILTER, NLM_F_CREATE, lambda index: struct.pack(
        '=BxxxiIII', 0, index(device), 0, parent, 1 << 16 | every) +
        attr(TCA_KIND, b'bpf\0') + nest(
            TCA_OPTIONS, attr(TCA_BPF_FD, fd), attr(TCA_BPF_NAME, b'test\0'),
            attr(TCA_BPF_FLAGS, ACT_DIRECT)))
