// SPDX-License-Identifier: GPL-2.0
/*
 * Seal keys. A host seals its master keys with one, AES-256-GCM, and a host that
 * has the same one opens them. So whoever carries state from one host to the
 * other never has a master key.
 */

#include <linux/crypto.h>
#include <linux/err.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <crypto/aead.h>
#include <linux/ksrtp.h>

#include "compat.h"
#include "net.h"
#include "seal.h"

/**
 * ksrtp_seal_find() - find a seal key
 * @kn: its namespace
 * @id: its id
 *
 * Context: process, under the namespace's lock.
 * Return: the seal key, or NULL.
 */
struct ksrtp_seal *ksrtp_seal_find(struct ksrtp_net *kn, u32 id)
{
	return xa_load(&kn->seals, id);
}

static void ksrtp_seal_free(struct ksrtp_seal *seal)
{
	aead_request_free(seal->req);
	crypto_free_aead(seal->aead);
	kfree_sensitive(seal);
}

/* Set up the cipher of a seal key. Returns 0 or a negative errno. */
static int ksrtp_seal_setup(struct ksrtp_seal *seal)
{
	struct crypto_aead *aead = crypto_alloc_aead("gcm(aes)", 0, 0);
	int err;

	if (IS_ERR(aead))
		return PTR_ERR(aead);
	seal->aead = aead;
	err = crypto_aead_setkey(aead, seal->key, sizeof(seal->key)) ?:
	      crypto_aead_setauthsize(aead, KSRTP_SEAL_TAG_LEN);
	if (err)
		return err;
	seal->req = aead_request_alloc(aead, GFP_KERNEL_ACCOUNT);
	return seal->req ? 0 : -ENOMEM;
}

static struct ksrtp_seal *ksrtp_seal_create(u32 id, const u8 *key,
					    struct netlink_ext_ack *extack)
{
	struct ksrtp_seal *seal = kzalloc(sizeof(*seal), GFP_KERNEL_ACCOUNT);
	int err;

	if (!seal)
		return ERR_PTR(-ENOMEM);
	seal->id = id;
	memcpy(seal->key, key, sizeof(seal->key));
	err = ksrtp_seal_setup(seal);
	if (err) {
		ksrtp_seal_free(seal);
		if (err != -ENOENT)
			return ERR_PTR(err);
		NL_SET_ERR_MSG(extack, "key: this kernel lacks AES-GCM");
		return ERR_PTR(-EOPNOTSUPP);
	}
	return seal;
}

/**
 * ksrtp_seal_set() - set a seal key
 * @kn: the namespace
 * @id: its id
 * @key: the key, of KSRTP_SEAL_KEY_LENGTH bytes
 * @extack: where to explain a refusal
 *
 * The same key may be set again, as by a daemon that has started again.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: the seal key; -EEXIST if another one has this id, -ENOSPC,
 * -EOPNOTSUPP, -ENOMEM or an errno of the crypto API as an ERR_PTR().
 */
struct ksrtp_seal *ksrtp_seal_set(struct ksrtp_net *kn, u32 id, const u8 *key,
				  struct netlink_ext_ack *extack)
{
	struct ksrtp_seal *seal = ksrtp_seal_find(kn, id);
	int err;

	if (seal) {
		if (!crypto_memneq(seal->key, key, sizeof(seal->key)))
			return seal;
		NL_SET_ERR_MSG(extack, "key: another seal key has this id");
		return ERR_PTR(-EEXIST);
	}
	if (kn->nseals >= KSRTP_SEALS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "id: the namespace has as many seal keys as it may");
		return ERR_PTR(-ENOSPC);
	}
	seal = ksrtp_seal_create(id, key, extack);
	if (IS_ERR(seal))
		return seal;
	err = xa_insert(&kn->seals, id, seal, GFP_KERNEL_ACCOUNT);
	if (err) {
		ksrtp_seal_free(seal);
		return ERR_PTR(err);
	}
	kn->nseals++;
	return seal;
}

/**
 * ksrtp_seal_delete() - wipe a seal key
 * @kn: its namespace
 * @seal: the seal key; if it was current, none is
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_seal_delete(struct ksrtp_net *kn, struct ksrtp_seal *seal)
{
	if (kn->seal == seal)
		kn->seal = NULL;
	xa_erase(&kn->seals, seal->id);
	kn->nseals--;
	ksrtp_seal_free(seal);
}

/**
 * ksrtp_seal_delete_all() - wipe the seal keys of a namespace that exits
 * @kn: the namespace
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_seal_delete_all(struct ksrtp_net *kn)
{
	struct ksrtp_seal *seal;
	unsigned long id;

	xa_for_each(&kn->seals, id, seal)
		ksrtp_seal_delete(kn, seal);
}

/* Encrypt or decrypt @seal->text; @len includes a tag to check. */
static int ksrtp_seal_crypt(struct ksrtp_seal *seal, unsigned int assoc_len,
			    unsigned int len, int (*crypt)(struct aead_request *))
{
	struct aead_request *req = seal->req;
	DECLARE_CRYPTO_WAIT(wait);
	struct scatterlist sg;

	if (assoc_len + len + KSRTP_SEAL_TAG_LEN > sizeof(seal->text))
		return -EMSGSIZE;
	sg_init_one(&sg, seal->text, sizeof(seal->text));
	aead_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG |
				  CRYPTO_TFM_REQ_MAY_SLEEP, crypto_req_done,
				  &wait);
	aead_request_set_ad(req, assoc_len);
	aead_request_set_crypt(req, &sg, &sg, len, seal->nonce);
	return crypto_wait_req(crypt(req), &wait);
}

/**
 * ksrtp_seal_encrypt() - encrypt with a seal key
 * @seal: the seal key; its text has associated data and plaintext. A random nonce
 *	and the ciphertext with its tag take their place
 * @assoc_len: length of the associated data, in bytes
 * @len: length of the plaintext, in bytes
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0, -EKEYEXPIRED if the key has sealed too often, or an errno of the crypto
 * API.
 */
int ksrtp_seal_encrypt(struct ksrtp_seal *seal, unsigned int assoc_len,
		       unsigned int len)
{
	if (ksrtp_seal_spent(seal))
		return -EKEYEXPIRED;
	seal->sealed++;
	get_random_bytes(seal->nonce, sizeof(seal->nonce));
	return ksrtp_seal_crypt(seal, assoc_len, len, crypto_aead_encrypt);
}

/**
 * ksrtp_seal_decrypt() - check and decrypt with a seal key
 * @seal: the seal key; its text has associated data and ciphertext with tag, its
 *	nonce is that of them. The plaintext takes the place of the ciphertext
 * @assoc_len: length of the associated data, in bytes
 * @len: length of ciphertext and tag, in bytes
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0, -EBADMSG, or another errno of the crypto API.
 */
int ksrtp_seal_decrypt(struct ksrtp_seal *seal, unsigned int assoc_len,
		       unsigned int len)
{
	int err = ksrtp_seal_crypt(seal, assoc_len, len, crypto_aead_decrypt);

	if (err)
		seal->refused++;
	else
		seal->opened++;
	return err;
}

/**
 * ksrtp_seal_wipe() - wipe a seal key's text
 * @seal: the seal key
 *
 * Context: any, under the namespace's lock.
 */
void ksrtp_seal_wipe(struct ksrtp_seal *seal)
{
	memzero_explicit(seal->text, sizeof(seal->text));
}
