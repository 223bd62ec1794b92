/* SPDX-License-Identifier: GPL-2.0 */
/* One direction of a session: its suite, its keys, its settings. */
#ifndef KSRTP_DIRECTION_H
#define KSRTP_DIRECTION_H

#include <jansson.h>
#include <linux/ksrtp.h>

#include "key_text.h"
#include "lib/description.h"
#include "lib/registry.h"
#include "util/args.h"

struct direction {
	const char *name;
	enum ksrtp_direction_id id;
	/* the description that it is a part of, and its values there */
	struct ksrtp_session *session;
	struct value *values;
	struct suite suite;
	struct key_text text;
	struct key_text ekt;
};

void direction_begin(struct direction *direction,
		     enum ksrtp_direction_id id, struct ksrtp_session *session);
bool direction_parse(struct direction *direction, struct args *args);
bool direction_has_keys(const struct direction *direction);
void direction_resolve(struct direction *direction);
void direction_print(json_t *session, const char *name);

bool crypto_line_parse(struct sdes *sdes, struct args *args,
		       const char *direction);

#endif
