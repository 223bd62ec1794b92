/* SPDX-License-Identifier: GPL-2.0 */
/* Hexadecimal encoding. */
#ifndef KSRTP_HEX_H
#define KSRTP_HEX_H

#include <stddef.h>

int hex_decode(const char *text, unsigned char *bytes, size_t size);
void hex_encode(const unsigned char *bytes, size_t len, char *text);

#endif
