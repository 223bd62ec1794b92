/* SPDX-License-Identifier: GPL-2.0 */
/* Session keys of SRTP or of SRTCP, derived from one master key. */
#ifndef _KSRTP_KEYS_H
#define _KSRTP_KEYS_H

#include <linux/workqueue.h>

#include "transform.h"

struct ksrtp_kdf;

/**
 * struct ksrtp_keys - session keys of one protocol
 * @set: the keys
 * @suite: their suite
 * @reqsize: size of a crypto request
 * @async: transforms may complete asynchronously
 * @of_epoch: they are part of struct ksrtp_epoch, else they live as long as their
 *	master key
 */
struct ksrtp_keys {
	struct ksrtp_keys_set set;
	const struct ksrtp_suite *suite;
	unsigned int reqsize;
	bool async;
	bool of_epoch;
};

int ksrtp_keys_derive(struct ksrtp_keys *keys, const struct ksrtp_suite *suite,
		      const struct ksrtp_kdf *outer,
		      const struct ksrtp_kdf *inner, bool with_header,
		      bool rtcp, u64 epoch);
void ksrtp_keys_wipe(struct ksrtp_keys *keys);

struct ksrtp_keys *ksrtp_keys_create(const struct ksrtp_suite *suite,
				     const struct ksrtp_kdf *outer,
				     const struct ksrtp_kdf *inner,
				     bool with_header, bool rtcp);
struct ksrtp_keys *
ksrtp_keys_create_srtcp(const struct ksrtp_suite *suite,
			const struct ksrtp_derived *derived);
void ksrtp_keys_destroy(struct ksrtp_keys *keys);
const char *ksrtp_keys_cipher_driver(const struct ksrtp_keys *keys);
const char *ksrtp_keys_auth_driver(const struct ksrtp_keys *keys);

bool ksrtp_keys_queue(struct work_struct *work);
void ksrtp_keys_queue_rcu(struct rcu_work *work);
int ksrtp_keys_init(void);
void ksrtp_keys_exit(void);

#endif /* _KSRTP_KEYS_H */
