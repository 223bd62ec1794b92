// SPDX-License-Identifier: GPL-2.0
/* Life of an EKT key: expanded, shared by senders and receivers, wiped. */

#include <linux/slab.h>
#include <linux/string.h>

#include "ektkey.h"

/**
 * ksrtp_ektkey_create() - create an EKT key
 * @spi: its number
 * @key: the key
 * @key_len: its length in bytes, 16 or 32
 * @salt: master salt of the keys that come under it, or of their inner part
 * @salt_len: its length in bytes
 *
 * Context: process, sleeps.
 * Return: the EKT key with one reference, or NULL if memory is short.
 */
struct ksrtp_ektkey *ksrtp_ektkey_create(u16 spi, const u8 *key,
					 unsigned int key_len, const u8 *salt,
					 unsigned int salt_len)
{
	struct ksrtp_ektkey *ektkey = kzalloc(sizeof(*ektkey),
					      GFP_KERNEL_ACCOUNT);

	if (!ektkey)
		return NULL;
	if (ksrtp_aes_setup(&ektkey->aes, key, key_len)) {
		kfree_sensitive(ektkey);
		return NULL;
	}
	ektkey->spi = spi;
	ektkey->cipher = key_len == 16 ? KSRTP_EKT_AESKW128 :
					 KSRTP_EKT_AESKW256;
	memcpy(ektkey->key, key, key_len);
	ektkey->key_len = key_len;
	memcpy(ektkey->salt, salt, salt_len);
	ektkey->salt_len = salt_len;
	refcount_set(&ektkey->refs, 1);
	return ektkey;
}

static void ksrtp_ektkey_free(struct rcu_head *rcu)
{
	kfree_sensitive(container_of(rcu, struct ksrtp_ektkey, rcu));
}

/**
 * ksrtp_ektkey_put() - drop a reference to an EKT key
 * @ektkey: the EKT key, or NULL; packets may use it for a grace period
 *
 * Context: any.
 */
void ksrtp_ektkey_put(struct ksrtp_ektkey *ektkey)
{
	if (ektkey && refcount_dec_and_test(&ektkey->refs))
		call_rcu(&ektkey->rcu, ksrtp_ektkey_free);
}
