/* SPDX-License-Identifier: GPL-2.0 */
/* What records of sessions and streams have in them, and their names. */
#ifndef KSRTP_SYNC_ENTRY_H
#define KSRTP_SYNC_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "group.h"

#define ENTRY_NAME 64
/* Of the record that tells how many others there are. */
#define ENTRY_CENSUS "census"
#define ENTRY_MAX (RECORD_MAX - RECORD_HEAD - RECORD_TAG)

struct entry_name {
	uint64_t uid;
	bool is_stream, is_census, is_rule;
	uint8_t direction;
	uint32_t ssrc;
};

void entry_name_session(const struct session *session, char *name);
void entry_name_rule(uint64_t uid, char *name);
void entry_name_stream(const struct stream *stream, char *name);
bool entry_read_name(const char *text, struct entry_name *name);
size_t entry_of_census(const struct census *census, unsigned char *bytes);
size_t entry_of_rule(const struct rule *rule, unsigned char *bytes);
size_t entry_of_session(const struct session *session, unsigned char *bytes);
size_t entry_of_stream(const struct stream *stream, unsigned char *bytes);
bool entry_to_census(struct census *census, const unsigned char *bytes,
		     size_t len);
bool entry_to_rule(struct rule *rule, const unsigned char *bytes, size_t len);
bool entry_to_session(struct session *session, const unsigned char *bytes,
		      size_t len);
bool entry_to_stream(struct stream *stream, const unsigned char *bytes,
		     size_t len);

#endif
