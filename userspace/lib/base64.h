/* SPDX-License-Identifier: GPL-2.0 */
/* Base64 encoding, RFC 4648 section 4. */
#ifndef KSRTP_BASE64_H
#define KSRTP_BASE64_H

#include <stddef.h>

int base64_decode(const char *text, unsigned char *bytes, size_t size);

#endif
