/* SPDX-License-Identifier: GPL-2.0 */
/* MIKEY messages as text, in SDP and RTSP's KeyMgmt:, RFC 4567. */
#ifndef LIBKSRTP_MIKEY_TEXT_H
#define LIBKSRTP_MIKEY_TEXT_H

#include <stddef.h>

#include "lib/bytes.h"

/* Maximum length of a message, and of its base64. */
#define MIKEY_SIZE		16384
#define MIKEY_TEXT_SIZE		(4 * ((MIKEY_SIZE + 2) / 3) + 1)

struct complaint;

const char *mikey_text_of_attribute(const char *value);
int mikey_text_find(const char *text, struct bytes *found,
		    struct complaint *complaint);
int mikey_text_decode(struct bytes text, unsigned char *bytes, size_t *len,
		      struct complaint *complaint);
void mikey_text_encode(struct bytes bytes, char *text);
int mikey_text_header(const char *data, const char *uri, char *header,
		      size_t size, struct complaint *complaint);

#endif
