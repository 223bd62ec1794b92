/* SPDX-License-Identifier: GPL-2.0 */
/* Keys: what one master key gives one direction of a session to work with. */
#ifndef _KSRTP_KEYS_H
#define _KSRTP_KEYS_H

#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "transform.h"

/**
 * struct ksrtp_keys - session keys derived from one master key
 * @suite: suite they belong to
 * @rtp: session keys of SRTP
 * @rtcp: session keys of SRTCP
 * @async: packets may complete after the transform has returned
 * @reqsize: size of a crypto request, the larger of SRTP's and SRTCP's
 * @refs: references; one is the session's, others are packets' in flight
 * @free_work: frees them, after a grace period and where one may sleep
 */
struct ksrtp_keys {
	const struct ksrtp_suite *suite;
	struct ksrtp_session_keys rtp;
	struct ksrtp_session_keys rtcp;
	bool async;
	unsigned int reqsize;
	refcount_t refs;
	struct rcu_work free_work;
};

struct ksrtp_keys *ksrtp_keys_create(const struct ksrtp_suite *suite,
				     const u8 *master_key,
				     const u8 *master_salt);
void ksrtp_keys_put(struct ksrtp_keys *keys);
unsigned int ksrtp_keys_overhead(const struct ksrtp_keys *keys, bool rtcp);
const char *ksrtp_keys_cipher_driver(const struct ksrtp_keys *keys);
const char *ksrtp_keys_auth_driver(const struct ksrtp_keys *keys);

int ksrtp_keys_init(void);
void ksrtp_keys_exit(void);

#endif /* _KSRTP_KEYS_H */
