/* SPDX-License-Identifier: GPL-2.0 */
/* EKT keys: EKT parameter sets, RFC 8870 section 4.1. */
#ifndef _KSRTP_EKTKEY_H
#define _KSRTP_EKTKEY_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/ksrtp.h>

#include "compat.h"
#include "crypto/suite.h"

/**
 * struct ksrtp_ektkey - an EKT key
 * @aes: the key, expanded
 * @spi: its number
 * @cipher: enum ksrtp_ekt_cipher
 * @salt_len: length of @salt in bytes
 * @key_len: length of @key in bytes, 16 or 32
 * @key: the key, to seal it
 * @salt: master salt of all master keys that come under it, or of their inner part
 * @refs: references
 * @rcu: frees it
 *
 * Never changes.
 */
struct ksrtp_ektkey {
	struct ksrtp_aes aes;
	u16 spi;
	u8 cipher;
	u8 salt_len;
	u8 key_len;
	u8 key[32];
	u8 salt[KSRTP_MASTER_SALT_MAX];
	refcount_t refs;
	struct rcu_head rcu;
};

/*
 * How long a sender that is silent keeps the master key that it has replaced, in ms:
 * it sends with it until the next one was told, and for a while after that.
 */
#define KSRTP_EKT_KEPT 2000

struct ksrtp_ektkey *ksrtp_ektkey_create(u16 spi, const u8 *key,
					 unsigned int key_len, const u8 *salt,
					 unsigned int salt_len);
void ksrtp_ektkey_put(struct ksrtp_ektkey *ektkey);

/**
 * ksrtp_ektkey_told_len() - length of the master keys that come under an EKT key
 * @ektkey: the EKT key
 * @suite: suite of the direction
 *
 * RFC 8870 section 4.3.2, step 6: of a master key with two parts, the inner one may
 * come alone. It does if the EKT key has the salt of the inner part alone.
 *
 * Context: any.
 * Return: the length in bytes; 0 if the EKT key was given for another suite.
 */
static inline unsigned int
ksrtp_ektkey_told_len(const struct ksrtp_ektkey *ektkey,
		      const struct ksrtp_suite *suite)
{
	unsigned int parts = ektkey->salt_len / suite->salt_len;

	return ektkey->salt_len % suite->salt_len || parts > suite->parts ?
	       0 : parts * suite->key_len;
}

/* Does only the inner part of master keys come under an EKT key? */
static inline bool ksrtp_ektkey_inner(const struct ksrtp_ektkey *ektkey,
				      const struct ksrtp_suite *suite)
{
	return ksrtp_ektkey_told_len(ektkey, suite) <
	       suite->parts * suite->key_len;
}

static inline struct ksrtp_ektkey *ksrtp_ektkey_get(struct ksrtp_ektkey *ektkey)
{
	refcount_inc(&ektkey->refs);
	return ektkey;
}

#endif /* _KSRTP_EKTKEY_H */
