/* SPDX-License-Identifier: GPL-2.0 */
/* Session keys of SRTP or of SRTCP, derived from one master key. */
#ifndef _KSRTP_KEYS_H
#define _KSRTP_KEYS_H

#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "transform.h"

struct ksrtp_kdf;

/**
 * struct ksrtp_keys - session keys of one protocol
 * @set: the keys
 * @suite: their suite
 * @epoch: packet index divided by the key derivation rate, or 0
 * @rtcp: they are for SRTCP
 * @async: transforms may complete asynchronously
 * @reqsize: size of a crypto request
 * @recent: link in the cache that holds them, if any
 * @touched: an authentic packet has used them since the last eviction
 * @owed: a packet has paid for them, and none has proved authentic yet
 * @refs: references: one of their owner, others of packets in flight
 * @free_work: frees them, after a grace period and in process context
 */
struct ksrtp_keys {
	struct ksrtp_keys_set set;
	const struct ksrtp_suite *suite;
	u64 epoch;
	bool rtcp;
	bool async;
	unsigned int reqsize;
	struct list_head recent;
	bool touched;
	bool owed;
	refcount_t refs;
	struct rcu_work free_work;
};

struct ksrtp_keys *ksrtp_keys_create(const struct ksrtp_suite *suite,
				     const struct ksrtp_kdf *outer,
				     const struct ksrtp_kdf *inner,
				     bool with_header, bool rtcp, u64 epoch);
struct ksrtp_keys *
ksrtp_keys_create_srtcp(const struct ksrtp_suite *suite,
			const struct ksrtp_derived *derived);
void ksrtp_keys_put(struct ksrtp_keys *keys);
void ksrtp_keys_destroy(struct ksrtp_keys *keys);
const char *ksrtp_keys_cipher_driver(const struct ksrtp_keys *keys);
const char *ksrtp_keys_auth_driver(const struct ksrtp_keys *keys);

bool ksrtp_keys_queue(struct work_struct *work);
void ksrtp_keys_queue_rcu(struct rcu_work *work);
int ksrtp_keys_init(void);
void ksrtp_keys_exit(void);

#endif /* _KSRTP_KEYS_H */
