# SPDX-License-Identifier: GPL-2.0
"""Calls functions of libksrtp as its standard input says, a line of JSON each:
[function, argument, ...]; tells what they return, and what was wrong.

Arguments: "handle" and "session", numbers, text, {"hex": bytes}, and out-arguments
as {"ids": how many}, or {"room": bytes}, which is not told, or {"text": bytes}, which
is; {"bytes": how many} tells what has come; {"list": numbers} is an array of them and
their count in pairs. All others are text.
"""

import ctypes
import json
import os
import socket
import sys

LIBRARY = ctypes.CDLL(sys.argv[1])
for name in ('ksrtp_session_new', 'ksrtp_request_new', 'ksrtp_mikey_new'):
    getattr(LIBRARY, name).restype = ctypes.c_void_p
for name in ('ksrtp_error', 'ksrtp_session_error', 'ksrtp_version',
             'ksrtp_mikey_error'):
    getattr(LIBRARY, name).restype = ctypes.c_char_p
# their last argument is 64 bits wide
WIDE = {'ksrtp_direction_set', 'ksrtp_request_set'}


class Reply(ctypes.Structure):
    _fields_ = [('attrs', ctypes.c_void_p), ('set', ctypes.c_void_p),
                ('len', ctypes.c_size_t)]


FUNCTION = ctypes.CFUNCTYPE(None, ctypes.POINTER(Reply), ctypes.c_void_p)
objects = {'handle': ctypes.c_void_p()}


def number(reply, attr):
    value = ctypes.c_uint64()
    error = LIBRARY.ksrtp_reply_number(reply, attr, ctypes.byref(value))
    return error or value.value


def text(reply, attr):
    at, size = ctypes.c_void_p(), ctypes.c_size_t()
    error = LIBRARY.ksrtp_reply_bytes(reply, attr, ctypes.byref(at),
                                      ctypes.byref(size))
    return error or ctypes.string_at(at, size.value).hex()


def ask(function, wanted):
    """Carry out the request; tell of each answer what is wanted."""
    told = []

    def hear(reply, _):
        inner = Reply()
        for how, *path in wanted:
            at, error = reply, 0
            for attr in path[:-1]:
                error = error or LIBRARY.ksrtp_reply_nested(
                    at, attr, ctypes.byref(inner))
                at = ctypes.byref(inner)
            told.append(error or {'number': number, 'bytes': text}[how](
                at, path[-1]))

    callback = FUNCTION(hear)
    error = getattr(LIBRARY, function)(objects['handle'], objects.get('request'),
                                       callback, None)
    return [error, told]


def call(function, *words):
    if function == 'ksrtp_open':
        return LIBRARY.ksrtp_open(ctypes.byref(objects['handle']))
    if function in ('ksrtp_session_new', 'ksrtp_request_new',
                    'ksrtp_mikey_new'):
        made = getattr(LIBRARY, function)(*words)
        objects[function.split('_')[1]] = ctypes.c_void_p(made)
        return bool(made)
    if function in ('ksrtp_do', 'ksrtp_dump'):
        return ask(function, words)
    # how much room there is for what comes
    if function == 'ksrtp_room':
        with socket.socket(fileno=os.dup(
                LIBRARY.ksrtp_fd(objects['handle']))) as sock:
            return sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    arguments, out, size = [], None, None
    for word in words:
        if isinstance(word, dict) and 'ids' in word:
            out = (ctypes.c_uint32 * word['ids'])()
            arguments.append(out)
            if 'count' in word:
                size = ctypes.c_size_t(word['count'])
                arguments.append(ctypes.byref(size))
        elif isinstance(word, dict) and 'text' in word:
            out = ctypes.create_string_buffer(word['text'])
            arguments += [out, ctypes.c_size_t(word['text'])]
        elif isinstance(word, dict) and 'bytes' in word:
            out = (ctypes.c_ubyte * word['bytes'])()
            size = ctypes.c_size_t(word['bytes'])
            arguments += [out, ctypes.byref(size)]
        elif isinstance(word, dict) and 'list' in word:
            arguments += [(ctypes.c_uint32 * len(word['list']))(*word['list']),
                          ctypes.c_size_t(len(word['list']) // 2)]
        elif isinstance(word, dict) and 'room' in word:
            arguments += [ctypes.create_string_buffer(word['room']),
                          ctypes.c_size_t(word['room'])]
        elif isinstance(word, dict):
            data = bytes.fromhex(word['hex'])
            arguments += [data, ctypes.c_size_t(len(data))]
        elif isinstance(word, str):
            arguments.append(objects.get(word, word.encode()))
        else:
            arguments.append(word)
    if function in WIDE:
        arguments[-1] = ctypes.c_uint64(arguments[-1])
    result = getattr(LIBRARY, function)(*arguments)
    if isinstance(result, bytes):
        return result.decode()
    if out is None:
        return result
    if isinstance(out, ctypes.Array) and out._type_ is ctypes.c_char:
        return [result, out.value.decode()]
    if isinstance(out, ctypes.Array) and out._type_ is ctypes.c_ubyte:
        return [result, bytes(out)[:size.value].hex()]
    return [result, list(out)] + ([size.value] if size else [])


for line in sys.stdin:
    print(json.dumps(call(*json.loads(line))), flush=True)
