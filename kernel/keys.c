// SPDX-License-Identifier: GPL-2.0
/* Life of session keys: derived where one may sleep, used anywhere, wiped. */

#include <linux/err.h>
#include <linux/slab.h>

#include "kdf.h"
#include "keys.h"
#include "wire.h"

/* Frees keys; a workqueue of our own, so that unloading can wait for it. */
static struct workqueue_struct *ksrtp_keys_wq;

static void ksrtp_keys_free(struct ksrtp_keys *keys)
{
	keys->suite->transform->teardown(&keys->rtp);
	keys->suite->transform->teardown(&keys->rtcp);
	kfree_sensitive(keys);
}

static void ksrtp_keys_free_work(struct work_struct *work)
{
	ksrtp_keys_free(container_of(to_rcu_work(work), struct ksrtp_keys,
				     free_work));
}

static int ksrtp_keys_setup(struct ksrtp_session_keys *session_keys,
			    const struct ksrtp_suite *suite,
			    const u8 *master_key, const u8 *master_salt,
			    enum ksrtp_kdf_label label, u8 tag_len)
{
	struct ksrtp_derived *derived;
	int err;

	derived = kzalloc(sizeof(*derived), GFP_KERNEL);
	if (!derived)
		return -ENOMEM;
	session_keys->tag_len = tag_len;
	err = ksrtp_kdf_derive(suite, master_key, master_salt, label, derived);
	if (!err)
		err = suite->transform->setup(session_keys, suite, derived);
	kfree_sensitive(derived);
	return err;
}

/**
 * ksrtp_keys_create() - make session keys from a master key
 * @suite: suite to use them with
 * @master_key: master key of @suite->key_len bytes
 * @master_salt: master salt of @suite->salt_len bytes
 *
 * Context: process, sleeps.
 * Return: the keys with one reference, or an ERR_PTR(): -ENOENT if the kernel
 * lacks an algorithm, -ENOMEM, or another errno of the crypto API.
 */
struct ksrtp_keys *ksrtp_keys_create(const struct ksrtp_suite *suite,
				     const u8 *master_key,
				     const u8 *master_salt)
{
	const struct ksrtp_transform *transform = suite->transform;
	struct ksrtp_keys *keys;
	int err;

	keys = kzalloc(sizeof(*keys), GFP_KERNEL_ACCOUNT);
	if (!keys)
		return ERR_PTR(-ENOMEM);
	keys->suite = suite;
	refcount_set(&keys->refs, 1);
	INIT_RCU_WORK(&keys->free_work, ksrtp_keys_free_work);

	err = ksrtp_keys_setup(&keys->rtp, suite, master_key, master_salt,
			       KSRTP_KDF_SRTP, suite->rtp_tag_len);
	if (!err)
		err = ksrtp_keys_setup(&keys->rtcp, suite, master_key,
				       master_salt, KSRTP_KDF_SRTCP,
				       suite->rtcp_tag_len);
	if (err) {
		ksrtp_keys_free(keys);
		return ERR_PTR(err);
	}
	keys->async = transform->async(&keys->rtp) ||
		      transform->async(&keys->rtcp);
	keys->reqsize = max(transform->reqsize(&keys->rtp),
			    transform->reqsize(&keys->rtcp));
	return keys;
}

/**
 * ksrtp_keys_put() - drop a reference to session keys
 * @keys: the keys, or NULL
 *
 * The last one wipes and frees them, once no RCU reader can see them.
 *
 * Context: any.
 */
void ksrtp_keys_put(struct ksrtp_keys *keys)
{
	if (keys && refcount_dec_and_test(&keys->refs))
		queue_rcu_work(ksrtp_keys_wq, &keys->free_work);
}

/**
 * ksrtp_keys_overhead() - how much longer protection makes a packet
 * @keys: the keys
 * @rtcp: of SRTCP, instead of SRTP
 *
 * Context: any.
 * Return: length of tag and SRTCP index, in bytes (RFC 3711 sections 3.1 and
 * 3.4).
 */
unsigned int ksrtp_keys_overhead(const struct ksrtp_keys *keys, bool rtcp)
{
	if (rtcp)
		return keys->rtcp.tag_len + KSRTP_SRTCP_INDEX_LEN;
	return keys->rtp.tag_len;
}

/**
 * ksrtp_keys_cipher_driver() - which implementation encrypts
 * @keys: the keys
 *
 * Context: any; the name lives as long as the keys.
 * Return: the crypto API's driver name.
 */
const char *ksrtp_keys_cipher_driver(const struct ksrtp_keys *keys)
{
	return keys->suite->transform->cipher_driver(&keys->rtp);
}

/**
 * ksrtp_keys_auth_driver() - which implementation authenticates
 * @keys: the keys
 *
 * Context: any; the name lives as long as the keys.
 * Return: the crypto API's driver name, or NULL if the cipher does it.
 */
const char *ksrtp_keys_auth_driver(const struct ksrtp_keys *keys)
{
	if (!keys->rtp.auth)
		return NULL;
	return crypto_shash_driver_name(keys->rtp.auth);
}

/**
 * ksrtp_keys_init() - get ready to free keys
 *
 * Context: process, sleeps.
 * Return: 0 or -ENOMEM.
 */
int __init ksrtp_keys_init(void)
{
	ksrtp_keys_wq = alloc_workqueue("ksrtp", WQ_UNBOUND, 0);
	return ksrtp_keys_wq ? 0 : -ENOMEM;
}

/**
 * ksrtp_keys_exit() - wait until all keys that were put are freed
 *
 * Context: process, sleeps.
 */
void ksrtp_keys_exit(void)
{
	/* queue_rcu_work() queues from an RCU callback */
	rcu_barrier();
	destroy_workqueue(ksrtp_keys_wq);
}
