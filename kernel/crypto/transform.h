/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transforms protect and unprotect single packets. They only know session keys,
 * a policy, a packet index and bytes in memory.
 */
#ifndef _KSRTP_TRANSFORM_H
#define _KSRTP_TRANSFORM_H

#include <linux/scatterlist.h>
#include <linux/types.h>
#include <crypto/aead.h>
#include <crypto/skcipher.h>

#include "compat.h"
#include "policy.h"
#include "suite.h"
#include "wire.h"

#define KSRTP_SALT_MAX		14
#define KSRTP_SESSION_KEY_MAX	32
#define KSRTP_AUTH_KEY_MAX	20
#define KSRTP_IV_LEN		16

/* Packets have room for crypto API requests of at least this size. */
#define KSRTP_REQUEST_ROOM	512U

/**
 * struct ksrtp_session_keys - one set of session keys
 * @ctr: cipher, keyed; for suites in counter mode
 * @f8: cipher, keyed; for f8
 * @aead: AEAD, keyed; for suites with an AEAD
 * @salt: session salt, padded with zeros
 * @hmac: authentication, keyed; unset with an AEAD; what RTP mostly reads ends here,
 *	in one cache line
 * @f8_mask: mask cipher, keyed; for f8
 */
struct ksrtp_session_keys {
	union {
		struct crypto_skcipher *ctr;
		struct crypto_sync_skcipher *f8;
		struct crypto_aead *aead;
	};
	u8 salt[KSRTP_SALT_MAX];
	struct ksrtp_hmac hmac;
	struct crypto_sync_skcipher *f8_mask;
};

/**
 * struct ksrtp_keys_set - session keys that a transform uses
 * @main: session keys; with two AEADs those of the outer one
 * @inner: session keys of the inner AEAD; NULL without one
 * @header: cipher for header extensions, keyed; NULL for none
 * @header_salt: its salt, padded with zeros
 */
struct ksrtp_keys_set {
	struct ksrtp_session_keys main;
	struct ksrtp_session_keys *inner;
	struct crypto_sync_skcipher *header;
	u8 header_salt[KSRTP_SALT_MAX];
};

/**
 * struct ksrtp_derived - output of the key derivation, to be wiped after use
 * @key: session encryption key
 * @auth: session authentication key
 * @salt: session salt, padded with zeros
 */
struct ksrtp_derived {
	u8 key[KSRTP_SESSION_KEY_MAX];
	u8 auth[KSRTP_AUTH_KEY_MAX];
	u8 salt[KSRTP_SALT_MAX];
};

/**
 * struct ksrtp_work - a packet being transformed in place
 * @data: first byte of the RTP or RTCP header; writable, followed by room for
 *	the bytes that protection adds
 * @len: length in bytes; of the plain packet before protect and after
 *	unprotect, else of the protected packet
 * @clear_len: length of the clear part at the start, in bytes
 * @hole: offset of four more clear bytes behind @clear_len; 0 for none
 * @index: packet index (48 bits), or SRTCP index (31 bits)
 * @inner_index: packet index of the inner AEAD
 * @ssrc: SSRC of the packet
 * @rtcp: the packet is SRTCP
 * @outer_only: it has no inner AEAD
 * @protect: direction, for completions
 * @trailer: layout of the trailer
 * @policy: how to protect, valid until completion
 * @mki: master key identifier to append, valid until completion
 * @keys: session keys, valid until completion
 * @done: called once with the result if, and only if, the transform returned
 *	-EINPROGRESS; softirq or process context
 * @iv: initialization vector
 * @inner_header: associated data of the inner AEAD
 * @sg: scatterlist over @data
 * @request: crypto API request
 */
struct ksrtp_work {
	u8 *data;
	unsigned int len;
	unsigned int clear_len;
	unsigned int hole;
	u64 index;
	u64 inner_index;
	u32 ssrc;
	bool rtcp;
	bool outer_only;
	bool protect;
	struct ksrtp_trailer trailer;
	const struct ksrtp_policy *policy;
	const u8 *mki;
	const struct ksrtp_keys_set *keys;
	void (*done)(struct ksrtp_work *work, int err);
	u8 iv[KSRTP_IV_LEN];
	u8 inner_header[KSRTP_RTP_CSRCS_END_MAX];
	struct scatterlist sg[5];
	u8 request[] CRYPTO_MINALIGN_ATTR;
};

/**
 * struct ksrtp_transform - how a family of suites protects packets
 * @srtcp_index_last: the SRTCP index follows the tag instead of preceding it
 * @destructive: a packet that fails authentication is modified
 * @setup: key the crypto API for one set of session keys; may sleep
 * @teardown: undo @setup, complete or partial; may sleep
 * @reqsize: size of the crypto request at the end of struct ksrtp_work
 * @async: the crypto driver may return -EINPROGRESS
 * @protect: turn a plain packet into a protected one; any context
 * @unprotect: authenticate a protected packet and make it plain; any context
 * @cipher_driver: name of the driver of the cipher or AEAD
 *
 * @protect and @unprotect return 0, a negative errno with the packet's bytes
 * undefined (-EBADMSG: authentication failed), or -EINPROGRESS.
 */
struct ksrtp_transform {
	bool srtcp_index_last;
	bool destructive;
	int (*setup)(struct ksrtp_session_keys *keys,
		     const struct ksrtp_suite *suite,
		     const struct ksrtp_derived *derived);
	void (*teardown)(struct ksrtp_session_keys *keys);
	unsigned int (*reqsize)(const struct ksrtp_session_keys *keys);
	bool (*async)(const struct ksrtp_session_keys *keys);
	int (*protect)(struct ksrtp_work *work);
	int (*unprotect)(struct ksrtp_work *work);
	const char *(*cipher_driver)(const struct ksrtp_session_keys *keys);
};

extern const struct ksrtp_transform ksrtp_transform_cm;
extern const struct ksrtp_transform ksrtp_transform_f8;
extern const struct ksrtp_transform ksrtp_transform_gcm;
extern const struct ksrtp_transform ksrtp_transform_double;

/* The common ones, to be called directly: an indirect call is costly. */
int ksrtp_cm_protect(struct ksrtp_work *work);
int ksrtp_cm_unprotect(struct ksrtp_work *work);
int ksrtp_cm_protect_plain(struct ksrtp_work *work);
int ksrtp_cm_unprotect_plain(struct ksrtp_work *work);
int ksrtp_gcm_protect(struct ksrtp_work *work);
int ksrtp_gcm_unprotect(struct ksrtp_work *work);

/* Does the policy leave the payload in clear? */
static inline bool ksrtp_work_clear(const struct ksrtp_work *work)
{
	return ksrtp_policy_clear(work->policy, work->rtcp);
}

#endif /* _KSRTP_TRANSFORM_H */
