// SPDX-License-Identifier: GPL-2.0
/* Life of session keys: derived in process context, used in any, wiped. */

#include <linux/err.h>
#include <linux/slab.h>

#include "cipher.h"
#include "compat.h"
#include "kdf.h"
#include "keys.h"

/* Frees keys; a workqueue of our own, so that module unload can flush it. */
static struct workqueue_struct *ksrtp_keys_wq;

/**
 * ksrtp_keys_destroy() - wipe and free session keys
 * @keys: the keys, or NULL; nobody else can find or use them
 *
 * Context: process, sleeps.
 */
void ksrtp_keys_destroy(struct ksrtp_keys *keys)
{
	const struct ksrtp_transform *transform;
	struct ksrtp_keys_set *set;

	if (!keys)
		return;
	transform = keys->suite->transform;
	set = &keys->set;

	transform->teardown(&set->main);
	if (set->inner) {
		transform->teardown(set->inner);
		kfree_sensitive(set->inner);
	}
	crypto_free_sync_skcipher(set->header);
	kfree_sensitive(keys);
}

static void ksrtp_keys_free_work(struct work_struct *work)
{
	ksrtp_keys_destroy(container_of(to_rcu_work(work), struct ksrtp_keys,
					free_work));
}

static int ksrtp_keys_setup(struct ksrtp_session_keys *session_keys,
			    const struct ksrtp_suite *suite,
			    const struct ksrtp_kdf *kdf, bool rtcp, u64 epoch)
{
	struct ksrtp_derived *derived = kzalloc(sizeof(*derived), GFP_KERNEL);
	int err;

	if (!derived)
		return -ENOMEM;
	err = ksrtp_kdf_derive(kdf, suite, rtcp, epoch, derived);
	if (!err)
		err = suite->transform->setup(session_keys, suite, derived);
	kfree_sensitive(derived);
	return err;
}

static int ksrtp_keys_setup_inner(struct ksrtp_keys_set *set,
				  const struct ksrtp_suite *suite,
				  const struct ksrtp_kdf *kdf, u64 epoch)
{
	set->inner = kzalloc(sizeof(*set->inner), GFP_KERNEL_ACCOUNT);
	if (!set->inner)
		return -ENOMEM;
	return ksrtp_keys_setup(set->inner, suite, kdf, false, epoch);
}

static int ksrtp_keys_setup_header(struct ksrtp_keys_set *set,
				   const struct ksrtp_suite *suite,
				   const struct ksrtp_kdf *kdf, u64 epoch)
{
	struct ksrtp_derived *derived = kzalloc(sizeof(*derived), GFP_KERNEL);
	int err;

	if (!derived)
		return -ENOMEM;
	err = ksrtp_kdf_derive_header(kdf, suite, epoch, derived);
	if (!err) {
		memcpy(set->header_salt, derived->salt,
		       sizeof(set->header_salt));
		err = ksrtp_ctr_header_setup(suite, derived, &set->header);
	}
	kfree_sensitive(derived);
	return err;
}

static struct ksrtp_keys *ksrtp_keys_alloc(const struct ksrtp_suite *suite,
					   bool rtcp, u64 epoch)
{
	struct ksrtp_keys *keys = kzalloc(sizeof(*keys), GFP_KERNEL_ACCOUNT);

	if (!keys)
		return NULL;
	keys->suite = suite;
	keys->epoch = epoch;
	keys->rtcp = rtcp;
	refcount_set(&keys->refs, 1);
	INIT_RCU_WORK(&keys->free_work, ksrtp_keys_free_work);
	return keys;
}

/* Finish keys whose set is complete, or free them after an error. */
static struct ksrtp_keys *ksrtp_keys_finish(struct ksrtp_keys *keys, int err)
{
	const struct ksrtp_transform *transform = keys->suite->transform;

	if (err) {
		ksrtp_keys_destroy(keys);
		return ERR_PTR(err);
	}
	keys->async = transform->async(&keys->set.main);
	keys->reqsize = transform->reqsize(&keys->set.main);
	if (keys->set.inner) {
		keys->async |= transform->async(keys->set.inner);
		keys->reqsize = max(keys->reqsize,
				    transform->reqsize(keys->set.inner));
	}
	return keys;
}

/**
 * ksrtp_keys_create() - derive session keys from a master key
 * @suite: suite to use them with
 * @outer: the master key; with two AEADs its part for the outer one
 * @inner: its part for the inner AEAD, or NULL
 * @with_header: also derive the keys of header extensions
 * @rtcp: of SRTCP
 * @epoch: packet index divided by the key derivation rate, or 0
 *
 * Context: process, sleeps.
 * Return: the keys with one reference, or an ERR_PTR(): -ENOENT if the kernel
 * lacks an algorithm, -ENOMEM, or another errno of the crypto API.
 */
struct ksrtp_keys *ksrtp_keys_create(const struct ksrtp_suite *suite,
				     const struct ksrtp_kdf *outer,
				     const struct ksrtp_kdf *inner,
				     bool with_header, bool rtcp, u64 epoch)
{
	struct ksrtp_keys *keys = ksrtp_keys_alloc(suite, rtcp, epoch);
	int err;

	if (!keys)
		return ERR_PTR(-ENOMEM);
	err = ksrtp_keys_setup(&keys->set.main, suite, outer, rtcp, epoch);
	if (!err && inner && !rtcp)
		err = ksrtp_keys_setup_inner(&keys->set, suite, inner, epoch);
	if (!err && with_header && !rtcp)
		err = ksrtp_keys_setup_header(&keys->set, suite, outer, epoch);
	return ksrtp_keys_finish(keys, err);
}

/**
 * ksrtp_keys_create_srtcp() - make session keys of SRTCP
 * @suite: suite to use them with
 * @derived: what was derived for them
 *
 * Context: process, sleeps.
 * Return: as ksrtp_keys_create().
 */
struct ksrtp_keys *
ksrtp_keys_create_srtcp(const struct ksrtp_suite *suite,
			const struct ksrtp_derived *derived)
{
	struct ksrtp_keys *keys = ksrtp_keys_alloc(suite, true, 0);

	if (!keys)
		return ERR_PTR(-ENOMEM);
	return ksrtp_keys_finish(keys, suite->transform->setup(&keys->set.main,
							       suite, derived));
}

/**
 * ksrtp_keys_put() - drop a reference to session keys
 * @keys: the keys, or NULL
 *
 * The last reference frees them after a grace period.
 *
 * Context: any.
 */
void ksrtp_keys_put(struct ksrtp_keys *keys)
{
	if (keys && refcount_dec_and_test(&keys->refs))
		ksrtp_keys_queue_rcu(&keys->free_work);
}

/**
 * ksrtp_keys_cipher_driver() - name of the implementation that encrypts
 * @keys: the keys
 *
 * Context: any; the name lives as long as the keys.
 * Return: the crypto API's driver name.
 */
const char *ksrtp_keys_cipher_driver(const struct ksrtp_keys *keys)
{
	return keys->suite->transform->cipher_driver(&keys->set.main);
}

/**
 * ksrtp_keys_auth_driver() - name of the implementation that authenticates
 * @keys: the keys
 *
 * Context: any; the name lives as long as the keys.
 * Return: the crypto API's driver name, or NULL if the cipher does it.
 */
const char *ksrtp_keys_auth_driver(const struct ksrtp_keys *keys)
{
	return ksrtp_suite_is_aead(keys->suite) ?
	       NULL : ksrtp_mac_driver(&keys->set.main);
}

/**
 * ksrtp_keys_queue() - queue work that derives or frees keys
 * @work: the work
 *
 * Context: any.
 * Return: false if it was already queued.
 */
bool ksrtp_keys_queue(struct work_struct *work)
{
	return queue_work(ksrtp_keys_wq, work);
}

/**
 * ksrtp_keys_queue_rcu() - queue work that frees keys, after a grace period
 * @work: the work
 *
 * Context: any.
 */
void ksrtp_keys_queue_rcu(struct rcu_work *work)
{
	queue_rcu_work(ksrtp_keys_wq, work);
}

/**
 * ksrtp_keys_init() - create the workqueue
 *
 * Context: process, sleeps.
 * Return: 0 or -ENOMEM.
 */
int __init ksrtp_keys_init(void)
{
	/*
	 * Packets that waited for keys resume in this work. On another CPU than
	 * their sender's, later packets might overtake them. But derivation
	 * takes long, and that CPU has other work to do: CPU-intensive.
	 */
	ksrtp_keys_wq = alloc_workqueue("ksrtp", KSRTP_WQ_PERCPU |
					WQ_CPU_INTENSIVE, 0);
	return ksrtp_keys_wq ? 0 : -ENOMEM;
}

/**
 * ksrtp_keys_exit() - wait until all released keys are freed
 *
 * Context: process, sleeps.
 */
void ksrtp_keys_exit(void)
{
	int round;

	/*
	 * Work is queued by RCU callbacks, and by other work: derivation also
	 * evicts old keys.
	 */
	for (round = 0; round < 2; round++) {
		rcu_barrier();
		flush_workqueue(ksrtp_keys_wq);
	}
	rcu_barrier();
	destroy_workqueue(ksrtp_keys_wq);
}
