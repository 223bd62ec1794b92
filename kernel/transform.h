/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transforms: from a packet in plain to the same packet protected, and back.
 * They know session keys, a packet index and bytes in memory, nothing else.
 */
#ifndef _KSRTP_TRANSFORM_H
#define _KSRTP_TRANSFORM_H

#include <linux/scatterlist.h>
#include <linux/types.h>
#include <crypto/aead.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>

#include "suite.h"

#define KSRTP_SALT_MAX		14
#define KSRTP_AUTH_KEY_MAX	20
#define KSRTP_IV_LEN		16

/**
 * struct ksrtp_session_keys - session keys of SRTP or of SRTCP
 * @ctr: cipher, keyed; for suites with a cipher
 * @aead: AEAD, keyed; for suites with an AEAD
 * @auth: authentication, keyed; NULL with AEAD
 * @salt: session salt
 * @tag_len: length of the authentication tag, in bytes
 */
struct ksrtp_session_keys {
	union {
		struct crypto_skcipher *ctr;
		struct crypto_aead *aead;
	};
	struct crypto_shash *auth;
	u8 salt[KSRTP_SALT_MAX];
	u8 tag_len;
};

/**
 * struct ksrtp_derived - output of the key derivation, to be wiped after use
 * @key: session encryption key
 * @auth: session authentication key
 * @salt: session salt
 */
struct ksrtp_derived {
	u8 key[KSRTP_MASTER_KEY_MAX];
	u8 auth[KSRTP_AUTH_KEY_MAX];
	u8 salt[KSRTP_SALT_MAX];
};

/**
 * struct ksrtp_work - one packet on its way through a transform, in place
 * @data: first byte of the RTP or RTCP header; writable, and followed by room
 *	for ksrtp_keys_overhead() bytes when protecting
 * @len: length in bytes; of the plain packet before protect and after
 *	unprotect, of the protected packet otherwise
 * @clear_len: length of the header that stays in clear, in bytes
 * @index: packet index (48 bits), or SRTCP index (31 bits)
 * @ssrc: SSRC of the packet
 * @rtcp: the packet is SRTCP
 * @protect: direction, for completions
 * @keys: session keys, live until completion
 * @done: called once with the outcome if, and only if, the transform returned
 *	-EINPROGRESS; softirq or process context
 * @iv: initialization vector
 * @sg: scatterlist over @data
 * @request: the crypto API's request, ksrtp_session_keys_reqsize() bytes
 */
struct ksrtp_work {
	u8 *data;
	unsigned int len;
	unsigned int clear_len;
	u64 index;
	u32 ssrc;
	bool rtcp;
	bool protect;
	const struct ksrtp_session_keys *keys;
	void (*done)(struct ksrtp_work *work, int err);
	u8 iv[KSRTP_IV_LEN];
	struct scatterlist sg[3];
	u8 request[] CRYPTO_MINALIGN_ATTR;
};

/**
 * struct ksrtp_transform - how a family of suites protects packets
 * @srtcp_index_last: the SRTCP index follows the tag, instead of preceding it
 * @setup: key the crypto API for SRTP or SRTCP; may sleep
 * @teardown: undo @setup, also a partial one; may sleep
 * @reqsize: size of the crypto request at the end of struct ksrtp_work
 * @async: the crypto driver may answer -EINPROGRESS
 * @protect: make plain protected; any context
 * @unprotect: check and make protected plain; any context
 * @cipher_driver: name of the driver behind cipher or AEAD
 *
 * @protect and @unprotect return 0, a negative errno with the packet's bytes
 * undefined (-EBADMSG: authentication failed), or -EINPROGRESS.
 */
struct ksrtp_transform {
	bool srtcp_index_last;
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
extern const struct ksrtp_transform ksrtp_transform_gcm;

#endif /* _KSRTP_TRANSFORM_H */
