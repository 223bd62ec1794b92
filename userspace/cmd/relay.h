/* SPDX-License-Identifier: GPL-2.0 */
/* Relays of a session on the command line. */
#ifndef KSRTP_RELAY_H
#define KSRTP_RELAY_H

#include <stdbool.h>

#include <jansson.h>

#include "flow.h"
#include "lib/relay.h"
#include "util/args.h"

/* The relay whose words are being read. */
struct relay_words {
	struct relay *relay;		/* NULL: none */
	bool has_local_rtcp, has_remote_rtcp, has_types, has_ssrcs, none;
	struct flow flow;
};

bool relay_parse(struct relay_words *words, struct relays *relays,
		 struct args *args);
void relay_end(struct relay_words *words);
void relay_print(const json_t *session);

#endif
