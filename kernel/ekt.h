/* SPDX-License-Identifier: GPL-2.0 */
/* EKT of a receiver: master keys that come with packets, RFC 8870. */
#ifndef _KSRTP_EKT_H
#define _KSRTP_EKT_H

#include <linux/list.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "bucket.h"
#include "ektfield.h"
#include "ektkey.h"
#include "ratelimit.h"

struct ksrtp_direction;
struct ksrtp_direction_config;
struct ksrtp_keyset;
struct ksrtp_net;
struct ksrtp_session;

/**
 * struct ksrtp_ekt_parked - a packet that waits for the master key of its SSRC
 * @list: link in the list of waiting packets
 * @ssrc: its SSRC
 * @resume: continues processing; process context, BH disabled, under
 *	rcu_read_lock()
 */
struct ksrtp_ekt_parked {
	struct list_head list;
	u32 ssrc;
	void (*resume)(struct ksrtp_ekt_parked *parked);
};

/**
 * struct ksrtp_ekt_found - a master key that a packet has brought
 * @plain: the key, with SSRC and rollover counter
 * @ektkey: the EKT key that it came under; referenced
 */
struct ksrtp_ekt_found {
	struct ksrtp_ektplain plain;
	struct ksrtp_ektkey *ektkey;
};

/**
 * struct ksrtp_ekt_source - what is known of an SSRC
 * @ssrc: the SSRC
 * @keyset: its keys: the newest that has proved right, and one that came after
 *	it; NULL until the first is derived; read under RCU
 * @born: time of its creation, in jiffies
 * @spi: SPI of the last field that was taken
 * @epoch: epoch of that
 * @cipher_len: length of @cipher in bytes; 0 for none
 * @cipher: ciphertext of that
 * @found: master key to derive session keys from, or NULL
 * @fresh: link in the list of sources that have @found
 * @waiting: number of packets that wait
 * @rcu: frees it
 */
struct ksrtp_ekt_source {
	u32 ssrc;
	struct ksrtp_keyset __rcu *keyset;
	u64 born;
	u16 spi;
	u16 epoch;
	u8 cipher_len;
	u8 cipher[KSRTP_KWP_MAX];
	struct ksrtp_ekt_found *found;
	struct list_head fresh;
	unsigned int waiting;
	struct rcu_head rcu;
};

/**
 * struct ksrtp_ekt_part - one part of a master key that has two, RFC 8723
 * @key: the key
 * @salt: its salt
 */
struct ksrtp_ekt_part {
	u8 key[KSRTP_MASTER_KEY_MAX / 2];
	u8 salt[KSRTP_MASTER_SALT_MAX / 2];
};

/**
 * struct ksrtp_ekt - EKT of a receive direction
 * @session: its session
 * @keys: EKT keys, newest first; changed under the namespace's lock, read under
 *	RCU
 * @outer: of a master key with two parts, the outer one of the direction, and its
 *	salt: packets may bring the inner one alone; under the namespace's lock
 * @has_outer: there is one
 * @sources: sources by SSRC; its lock protects all members below, and those of
 *	sources; sources are removed under the namespace's lock as well
 * @off: no sources may be added
 * @nsources: number of sources
 * @fresh: sources with a master key to derive from
 * @parked: waiting packets, in order
 * @nparked: their number; read without the lock
 * @bucket: tokens for master keys
 * @openings: limit of fields to decrypt; atomic
 * @work: derives keys and resumes packets
 */
struct ksrtp_ekt {
	struct ksrtp_session *session;
	struct ksrtp_ektkey __rcu *keys[KSRTP_EKT_KEYS_MAX];
	struct ksrtp_ekt_part outer;
	bool has_outer;
	struct xarray sources;
	bool off;
	unsigned int nsources;
	struct list_head fresh;
	struct list_head parked;
	unsigned int nparked;
	struct ksrtp_bucket bucket;
	struct ksrtp_allowance openings;
	struct work_struct work;
};

int ksrtp_ekt_prepare(struct ksrtp_session *session,
		      const struct ksrtp_direction_config *config);
void ksrtp_ekt_apply(struct ksrtp_net *kn, struct ksrtp_direction *direction,
		     const struct ksrtp_direction_config *config);
void ksrtp_ekt_wipe(struct ksrtp_net *kn, struct ksrtp_direction *direction);
bool ksrtp_ekt_sweep(struct ksrtp_net *kn, struct ksrtp_direction *direction);
unsigned int ksrtp_ekt_list_keys(const struct ksrtp_net *kn,
				 const struct ksrtp_direction *direction,
				 struct ksrtp_ektkey **keys);
int ksrtp_ekt_take(struct ksrtp_ekt *ekt, const struct ksrtp_keyset *base,
		   u32 ssrc, const u8 *data, unsigned int len,
		   unsigned int *field_len);
bool ksrtp_ekt_park(struct ksrtp_ekt *ekt, struct ksrtp_ekt_parked *parked);
struct ksrtp_keyset *ksrtp_ekt_keyset(struct ksrtp_ekt *ekt, u32 ssrc);

#endif /* _KSRTP_EKT_H */
