/* SPDX-License-Identifier: GPL-2.0 */
/* EKT keys: EKT parameter sets, RFC 8870 section 4.1. */
#ifndef _KSRTP_EKTKEY_H
#define _KSRTP_EKTKEY_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/ksrtp.h>

#include "compat.h"

/**
 * struct ksrtp_ektkey - an EKT key
 * @aes: the key, expanded
 * @spi: its number
 * @cipher: enum ksrtp_ekt_cipher
 * @salt_len: length of @salt in bytes
 * @salt: master salt of all master keys that come under it
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
	u8 salt[KSRTP_MASTER_SALT_MAX];
	refcount_t refs;
	struct rcu_head rcu;
};

struct ksrtp_ektkey *ksrtp_ektkey_create(u16 spi, const u8 *key,
					 unsigned int key_len, const u8 *salt,
					 unsigned int salt_len);
void ksrtp_ektkey_put(struct ksrtp_ektkey *ektkey);

static inline struct ksrtp_ektkey *ksrtp_ektkey_get(struct ksrtp_ektkey *ektkey)
{
	refcount_inc(&ektkey->refs);
	return ektkey;
}

#endif /* _KSRTP_EKTKEY_H */
