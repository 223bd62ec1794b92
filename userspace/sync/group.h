/* SPDX-License-Identifier: GPL-2.0 */
/* A lease group: its sessions and streams, and what is known of its lease. */
#ifndef KSRTP_SYNC_GROUP_H
#define KSRTP_SYNC_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/loop.h"
#include "record.h"
#include "settings.h"

struct group;
struct link;

struct bytes {
	unsigned char *data;
	size_t len;
};

/* RTP and RTCP */
enum { RTP, RTCP, KINDS };

struct stream {
	struct stream *next, *next_dirty;
	struct session *session;
	uint32_t ssrc;
	uint8_t direction;
	bool dirty, is_new;		/* no record has come of it */
	bool has_seq, has_srtcp;
	uint32_t roc, srtcp;
	uint16_t seq;
	/* first index that is not granted, by the record; 0 for no limit */
	uint64_t limit[KINDS];
	uint64_t kernel_limit[KINDS];
	/* first index that is not used up in the kernel, which takes none back */
	uint64_t first[KINDS];
	struct bytes replay[KINDS];
	struct version version;
	uint64_t base;			/* epoch that the kernel's state is for */
};

/* What sessions are found by: the kernel's id, and their name on all hosts */
enum { BY_ID, BY_UID, WAYS };

struct session {
	struct session *next, **before, *next_dirty, *next_by[WAYS];
	struct group *group;
	uint64_t uid;			/* the same on all hosts */
	uint32_t id;			/* the kernel's; 0 if it has none */
	bool dirty, seen, refused;
	bool stored;			/* its record is counted in the census */
	bool due;			/* about to be made in the kernel */
	unsigned char echoes;		/* events to come of what we have set */
	char dev[16];			/* its interface */
	bool is_gone;			/* that is, and the kernel does not know its name */
	struct bytes config, keys;	/* attributes of a request */
	uint32_t start, block;		/* of SRTCP indexes of new streams */
	uint64_t flow;			/* a digest of it */
	bool stale;			/* the kernel's session has changed since */
	struct bytes former;		/* keys, while they are read anew */
	struct version version;
	uint64_t base;
	struct stream *streams;
};

/* A rule ("ksrtp require") of the host at work. */
struct rule {
	struct rule *next;
	uint64_t uid;			/* a digest of what it says */
	char dev[16];			/* its interface, or none */
	struct bytes config;		/* attributes of a request */
	bool is_known;			/* what it says */
	bool dirty, seen;
	bool absent;			/* not in force: it has a device that is not here */
	bool refused;			/* not in force: the kernel does not take it */
	struct version version;
};

/* A record that is to be deleted, or that was written. */
struct grave {
	struct grave *next;
	uint64_t uid;
	bool is_stream, is_rule;
	uint8_t direction;
	uint32_t ssrc;
};

/* How many there are of something, and the sum of their digests. */
struct tally {
	uint64_t n, sum;
};

/* Sessions and rules that have records, and the devices that the host has attached. */
struct census {
	struct tally sessions, rules, attached;
	struct version version;
};

enum role {
	ROLE_FOLLOWS,			/* another host is at work, or none */
	ROLE_TAKES,			/* has the lease, and prepares */
	ROLE_WORKS,
};

struct group {
	const struct settings *settings;
	uint32_t id;
	struct book book;
	enum role role;
	/* the lease */
	uint64_t epoch;			/* ours, if we have one */
	uint64_t epoch_known;		/* the greatest of any */
	uint64_t counter;
	char seen[256];			/* the lease in the store */
	char holder[96];
	uint64_t seen_at;		/* since when it has been like that; ns */
	uint64_t seen_lease;		/* for how long it is given; ns */
	bool seen_any, seen_released, seen_own, looks;
	uint64_t until;			/* end of the kernel's lease; ns */
	bool asked, rests;
	uint64_t wished_at;		/* when it was asked for last; ns, or 0 */
	bool chosen;			/* asked, and not told to release it since */
	uint64_t told_at;		/* when that was said last, by whom said it */
	bool gives;			/* silent, and writes what is left to write */
	bool decided, keeps;		/* whether the kernel's state counts */
	/* of a dead host: as many packets of a stream may have come unreported */
	uint32_t unreported;
	bool has_strangers;		/* sessions were made here by others */
	unsigned int renewals;		/* under way */
	struct timer lease_timer;
	/* sessions */
	struct session *sessions;
	struct session *cursor;		/* next one to have its turn; or NULL */
	struct session **by[WAYS];	/* chains of each bucket */
	unsigned int buckets;		/* a power of 2, or 0 */
	unsigned int sessions_n, streams_n;
	struct session *dirty_sessions;
	struct stream *dirty_streams;
	struct rule *rules;
	bool rules_due;			/* they have changed, and the kernel's have not */
	struct grave *graves;		/* records that are to be deleted */
	unsigned int dirty_n;
	/* the store's records; as the host at work has counted them, and as we have */
	struct census told, counted;
	bool recounts;			/* the census is to be written */
	unsigned int missing;		/* sessions whose records are gone, unsaid */
	bool scans, scans_again, scan_lost, scanned;
	void (*scan_done)(struct group *group);
	bool marked;			/* all that was written before we took it came */
	uint64_t mark;			/* epoch of the last taking that was told of */
	uint64_t change;		/* number of the last change that came */
	unsigned long long faults[FAULTS];
	unsigned long long written, applied, refused, gaps, scans_n, takeovers,
		      fenced, unsealed;
	char alarm[160];
};

struct group *groups_find(struct group *groups, unsigned int n, uint32_t id);
struct session *group_find(const struct group *group, uint32_t id);
struct session *group_find_uid(const struct group *group, uint64_t uid);
struct session *group_add(struct group *group, uint64_t uid);
void session_set_id(struct session *session, uint32_t id);
void session_free(struct session *session);
void group_clear(struct group *group);
struct stream *session_stream(struct session *session, uint8_t direction,
			      uint32_t ssrc, bool make);
void session_drop_stream(struct session *session, struct stream *stream);
void session_bury(struct session *session);
void stream_bury(struct stream *stream);
void group_bury(struct group *group, const struct grave *like);
void session_count(struct session *session, bool stored);
void session_mark(struct session *session);
void stream_mark(struct stream *stream);
bool bytes_set(struct bytes *bytes, const void *data, size_t len);
void bytes_free(struct bytes *bytes);
void group_alarm(struct group *group, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
