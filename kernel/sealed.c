// SPDX-License-Identifier: GPL-2.0
/*
 * Format of sealed keys: version, kind, the seal key's id, nonce, ciphertext, tag.
 * The tag also covers what the key is for. So who carries sealed keys cannot give
 * one to another session, direction or suite, nor turn off encryption under it.
 */

#include <linux/bitmap.h>
#include <linux/if.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "compat.h"
#include "ektkey.h"
#include "flow.h"
#include "net.h"
#include "policy.h"
#include "sealed.h"

#define KSRTP_SEALED_VERSION	1

/* Settings that are on or off; bits of one byte. */
#define KSRTP_SEALED_UNENCRYPTED_SRTP		BIT(0)
#define KSRTP_SEALED_UNENCRYPTED_SRTCP		BIT(1)
#define KSRTP_SEALED_UNAUTHENTICATED_SRTP	BIT(2)
#define KSRTP_SEALED_SHORT_SRTCP_TAG		BIT(3)
#define KSRTP_SEALED_KDF_AES_256		BIT(4)

#define KSRTP_SEALED_FLOW_LEN	(2 + 16 + 16 + 2 + 2 + 1 + 4 + 1 + IFNAMSIZ)
#define KSRTP_SEALED_POLICY_LEN	(4 + 4 + 1 + 1 + 1 + 2 + 256 / 8 + 128 / 8)

/* SPI, lengths of key and salt. */
#define KSRTP_SEALED_EKT_HEADER_LEN	(2 + 1 + 1)

static_assert(KSRTP_SEALED_OVERHEAD + KSRTP_MASTER_KEY_MAX +
	      KSRTP_MASTER_SALT_MAX == KSRTP_SEALED_MAX);
static_assert(KSRTP_SEALED_OVERHEAD + 2 + KSRTP_EKT_KEYS_MAX *
	      (KSRTP_SEALED_EKT_HEADER_LEN + KSRTP_EKT_KEY_MAX) ==
	      KSRTP_EKT_SEALED_MAX);
static_assert(KSRTP_SEALED_CLEAR_LEN + 1 + KSRTP_SEALED_FLOW_LEN +
	      KSRTP_SEALED_POLICY_LEN + 1 + KSRTP_MKI_MAX +
	      KSRTP_SEALED_PLAIN_MAX + KSRTP_SEAL_TAG_LEN <= KSRTP_SEAL_ROOM);

static u8 *ksrtp_sealed_u8(u8 *at, u8 value)
{
	*at = value;
	return at + 1;
}

static u8 *ksrtp_sealed_u16(u8 *at, u16 value)
{
	put_unaligned_be16(value, at);
	return at + 2;
}

static u8 *ksrtp_sealed_u32(u8 *at, u32 value)
{
	put_unaligned_be32(value, at);
	return at + 4;
}

static u8 *ksrtp_sealed_bytes(u8 *at, const void *bytes, unsigned int len)
{
	memcpy(at, bytes, len);
	return at + len;
}

/* Bit n of the set is bit n % 8 of byte n / 8 on all machines. */
static u8 *ksrtp_sealed_set(u8 *at, const unsigned long *set, unsigned int size)
{
	unsigned int i;

	memset(at, 0, size / 8);
	for_each_set_bit(i, set, size)
		at[i / 8] |= 1 << i % 8;
	return at + size / 8;
}

/* Interfaces have other numbers on other hosts, so their names count. */
static u8 *ksrtp_sealed_device(u8 *at, struct net *net, u32 ifindex)
{
	struct net_device *dev;

	at = ksrtp_sealed_u8(at, ifindex != 0);
	memset(at, 0, IFNAMSIZ);
	if (ifindex) {
		rcu_read_lock();
		dev = dev_get_by_index_rcu(net, ifindex);
		if (dev)
			strscpy(at, dev->name, IFNAMSIZ);
		rcu_read_unlock();
	}
	return at + IFNAMSIZ;
}

static u8 *ksrtp_sealed_flow(u8 *at, struct net *net,
			     const struct ksrtp_flow *flow)
{
	at = ksrtp_sealed_u16(at, flow->family);
	at = ksrtp_sealed_bytes(at, &flow->local, sizeof(flow->local));
	at = ksrtp_sealed_bytes(at, &flow->remote, sizeof(flow->remote));
	at = ksrtp_sealed_bytes(at, &flow->local_port,
				sizeof(flow->local_port));
	at = ksrtp_sealed_bytes(at, &flow->remote_port,
				sizeof(flow->remote_port));
	at = ksrtp_sealed_u8(at, flow->has_ssrc);
	at = ksrtp_sealed_u32(at, flow->ssrc);
	return ksrtp_sealed_device(at, net, flow->ifindex);
}

/* Settings that decide what is secret and what is authentic. */
static u8 *ksrtp_sealed_policy(u8 *at, const struct ksrtp_policy *policy)
{
	u8 flags = 0;

	if (policy->unencrypted_srtp)
		flags |= KSRTP_SEALED_UNENCRYPTED_SRTP;
	if (policy->unencrypted_srtcp)
		flags |= KSRTP_SEALED_UNENCRYPTED_SRTCP;
	if (policy->unauthenticated_srtp)
		flags |= KSRTP_SEALED_UNAUTHENTICATED_SRTP;
	if (policy->short_srtcp_tag)
		flags |= KSRTP_SEALED_SHORT_SRTCP_TAG;
	if (policy->kdf_aes_256)
		flags |= KSRTP_SEALED_KDF_AES_256;
	at = ksrtp_sealed_u32(at, policy->suite->id);
	at = ksrtp_sealed_u32(at, policy->key_derivation_rate);
	at = ksrtp_sealed_u8(at, flags);
	at = ksrtp_sealed_u8(at, policy->cryptex);
	at = ksrtp_sealed_u8(at, policy->rcc_mode);
	at = ksrtp_sealed_u16(at, policy->rcc_rate);
	at = ksrtp_sealed_set(at, policy->extensions, 256);
	return ksrtp_sealed_set(at, policy->repair_types, 128);
}

/* Write the associated data. Returns its length in bytes. */
static unsigned int ksrtp_sealed_bind(struct ksrtp_seal *seal,
				      const struct ksrtp_sealed_for *use,
				      enum ksrtp_sealed_kind kind)
{
	u8 *at = seal->text;

	at = ksrtp_sealed_u8(at, KSRTP_SEALED_VERSION);
	at = ksrtp_sealed_u8(at, kind);
	at = ksrtp_sealed_u32(at, seal->id);
	at = ksrtp_sealed_u8(at, use->direction);
	at = ksrtp_sealed_flow(at, use->kn->net, use->flow);
	at = ksrtp_sealed_policy(at, use->policy);
	at = ksrtp_sealed_u8(at, use->mki_len);
	at = ksrtp_sealed_bytes(at, use->mki, use->mki_len);
	return at - seal->text;
}

/**
 * ksrtp_sealed_write() - seal keys
 * @seal: seal key to use
 * @use: what they are for
 * @kind: what they are
 * @plain: the keys
 * @len: their length in bytes, at most KSRTP_SEALED_PLAIN_MAX
 * @out: filled in, with KSRTP_SEALED_OVERHEAD bytes more
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0, or a negative errno of ksrtp_seal_encrypt().
 */
int ksrtp_sealed_write(struct ksrtp_seal *seal,
		       const struct ksrtp_sealed_for *use,
		       enum ksrtp_sealed_kind kind, const u8 *plain,
		       unsigned int len, u8 *out)
{
	unsigned int assoc_len = ksrtp_sealed_bind(seal, use, kind);
	int err;

	memcpy(seal->text + assoc_len, plain, len);
	err = ksrtp_seal_encrypt(seal, assoc_len, len);
	if (!err) {
		out = ksrtp_sealed_bytes(out, seal->text,
					 KSRTP_SEALED_CLEAR_LEN);
		out = ksrtp_sealed_bytes(out, seal->nonce, sizeof(seal->nonce));
		memcpy(out, seal->text + assoc_len, len + KSRTP_SEAL_TAG_LEN);
	}
	ksrtp_seal_wipe(seal);
	return err;
}

/**
 * ksrtp_sealed_read() - open sealed keys
 * @use: what they are to be for
 * @kind: what they are to be
 * @data: the sealed keys
 * @len: length of @data in bytes
 * @plain: filled in; the caller wipes it
 * @size: size of @plain in bytes
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: length in bytes; -EINVAL if this is no such format, -ENOKEY without the
 * seal key, -EBADMSG if it is forged or for something else, or an errno of the
 * crypto API.
 */
int ksrtp_sealed_read(const struct ksrtp_sealed_for *use,
		      enum ksrtp_sealed_kind kind, const u8 *data,
		      unsigned int len, u8 *plain, unsigned int size)
{
	unsigned int assoc_len;
	struct ksrtp_seal *seal;
	int err;

	if (len <= KSRTP_SEALED_OVERHEAD || len - KSRTP_SEALED_OVERHEAD > size ||
	    data[0] != KSRTP_SEALED_VERSION || data[1] != kind)
		return -EINVAL;
	seal = ksrtp_seal_find(use->kn, get_unaligned_be32(data + 2));
	if (!seal)
		return -ENOKEY;
	assoc_len = ksrtp_sealed_bind(seal, use, kind);
	memcpy(seal->nonce, data + KSRTP_SEALED_CLEAR_LEN, sizeof(seal->nonce));
	len -= KSRTP_SEALED_HEADER_LEN;
	memcpy(seal->text + assoc_len, data + KSRTP_SEALED_HEADER_LEN, len);
	err = ksrtp_seal_decrypt(seal, assoc_len, len);
	len -= KSRTP_SEAL_TAG_LEN;
	if (!err)
		memcpy(plain, seal->text + assoc_len, len);
	ksrtp_seal_wipe(seal);
	return err ?: len;
}

/**
 * ksrtp_sealed_pack_ekt() - put EKT keys together
 * @ekt: the keys
 * @plain: filled in, at most KSRTP_SEALED_PLAIN_MAX bytes; the caller wipes it
 *
 * Context: any.
 * Return: length in bytes.
 */
unsigned int ksrtp_sealed_pack_ekt(const struct ksrtp_sealed_ekt *ekt, u8 *plain)
{
	u8 *at = ksrtp_sealed_u16(plain, ekt->epoch);
	const struct ksrtp_ektkey *key;
	unsigned int i;

	for (i = 0; i < ekt->n; i++) {
		key = ekt->keys[i];
		at = ksrtp_sealed_u16(at, key->spi);
		at = ksrtp_sealed_u8(at, key->key_len);
		at = ksrtp_sealed_u8(at, key->salt_len);
		at = ksrtp_sealed_bytes(at, key->key, key->key_len);
		at = ksrtp_sealed_bytes(at, key->salt, key->salt_len);
	}
	return at - plain;
}

/* Take the EKT key at @plain. Returns how long it is there, or a negative errno. */
static int ksrtp_sealed_take_ekt(const u8 *plain, unsigned int len,
				 struct ksrtp_ektkey **ektkey)
{
	const u8 *key = plain + KSRTP_SEALED_EKT_HEADER_LEN;
	unsigned int key_len, salt_len, need;

	if (len < KSRTP_SEALED_EKT_HEADER_LEN)
		return -EINVAL;
	key_len = plain[2];
	salt_len = plain[3];
	need = KSRTP_SEALED_EKT_HEADER_LEN + key_len + salt_len;
	if ((key_len != 16 && key_len != 32) ||
	    salt_len > KSRTP_MASTER_SALT_MAX || len < need)
		return -EINVAL;
	*ektkey = ksrtp_ektkey_create(get_unaligned_be16(plain), key, key_len,
				      key + key_len, salt_len);
	return *ektkey ? need : -ENOMEM;
}

/**
 * ksrtp_sealed_unpack_ekt() - create EKT keys that were put together
 * @plain: as written by ksrtp_sealed_pack_ekt()
 * @len: length of @plain in bytes
 * @ekt: filled in, also after an error; the caller drops the references
 *
 * Context: process, sleeps.
 * Return: 0, -EINVAL, or -ENOMEM.
 */
int ksrtp_sealed_unpack_ekt(const u8 *plain, unsigned int len,
			    struct ksrtp_sealed_ekt *ekt)
{
	unsigned int at = 2;
	int taken;

	memset(ekt, 0, sizeof(*ekt));
	if (len <= at)
		return -EINVAL;
	ekt->epoch = get_unaligned_be16(plain);
	while (at < len) {
		if (ekt->n == KSRTP_EKT_KEYS_MAX)
			return -EINVAL;
		taken = ksrtp_sealed_take_ekt(plain + at, len - at,
					      &ekt->keys[ekt->n]);
		if (taken < 0)
			return taken;
		at += taken;
		ekt->n++;
	}
	return 0;
}
