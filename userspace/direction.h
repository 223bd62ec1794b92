/* SPDX-License-Identifier: GPL-2.0 */
/* One direction of a session: its suite, its keys, its settings. */
#ifndef KSRTP_DIRECTION_H
#define KSRTP_DIRECTION_H

#include <jansson.h>
#include <linux/ksrtp.h>

#include "args.h"
#include "key.h"
#include "lifetime.h"
#include "list.h"
#include "sdes.h"
#include "suite.h"

struct nlmsghdr;

/* A setting that is one number, or a word for one. */
struct value {
	bool given;
	uint64_t number;
};

struct direction {
	const char *name;
	bool given;
	bool has_suite;
	bool has_mki;
	bool fec;
	struct suite suite;
	struct key_text text;
	struct sdes sdes;
	struct key key;
	unsigned char mki[KSRTP_MKI_MAX];
	size_t mki_len;
	struct value values[KSRTP_A_DIRECTION_MAX + 1];
	struct list extensions;
	struct list repairs;
};

bool direction_parse(struct direction *direction, struct args *args);
const struct sdes_keys *direction_sdes_keys(const struct direction *direction);
void direction_resolve(struct direction *direction);
void direction_put(const struct direction *direction, struct nlmsghdr *nlh,
		   uint16_t attr);
void direction_print(json_t *session, const char *name);

#endif
