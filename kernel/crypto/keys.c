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
 * ksrtp_keys_wipe() - wipe session keys that are part of something else
 * @keys: the keys, which ksrtp_keys_derive() has made; nobody else can use them
 *
 * Context: process, sleeps.
 */
void ksrtp_keys_wipe(struct ksrtp_keys *keys)
{
	const struct ksrtp_transform *transform = keys->suite->transform;
	struct ksrtp_keys_set *set = &keys->set;

	transform->teardown(&set->main);
	if (set->inner) {
		transform->teardown(set->inner);
		kfree_sensitive(set->inner);
	}
	crypto_free_sync_skcipher(set->header);
	memzero_explicit(keys, sizeof(*keys));
}

/**
 * ksrtp_keys_destroy() - wipe and free session keys
 * @keys: the keys, or NULL; nobody else can find or use them
 *
 * Context: process, sleeps.
 */
void ksrtp_keys_destroy(struct ksrtp_keys *keys)
{
	if (!keys)
		return;
	ksrtp_keys_wipe(keys);
	kfree(keys);
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

/* Finish keys whose set is complete, or wipe them after an error, which is returned. */
static int ksrtp_keys_finish(struct ksrtp_keys *keys, int err)
{
	const struct ksrtp_transform *transform = keys->suite->transform;

	if (err) {
		ksrtp_keys_wipe(keys);
		return err;
	}
	keys->async = transform->async(&keys->set.main);
	keys->reqsize = transform->reqsize(&keys->set.main);
	if (keys->set.inner) {
		keys->async |= transform->async(keys->set.inner);
		keys->reqsize = max(keys->reqsize,
				    transform->reqsize(keys->set.inner));
	}
	return 0;
}

/**
 * ksrtp_keys_derive() - derive session keys from a master key
 * @keys: filled in; zero until then, and after an error
 * @suite: suite to use them with
 * @outer: the master key; with two AEADs its part for the outer one
 * @inner: its part for the inner AEAD, or NULL
 * @with_header: also derive the keys of header extensions
 * @rtcp: of SRTCP
 * @epoch: packet index divided by the key derivation rate, or 0
 *
 * Context: process, sleeps.
 * Return: 0, -ENOENT if the kernel lacks an algorithm, -ENOMEM, or another negative
 * errno of the crypto API.
 */
int ksrtp_keys_derive(struct ksrtp_keys *keys, const struct ksrtp_suite *suite,
		      const struct ksrtp_kdf *outer,
		      const struct ksrtp_kdf *inner, bool with_header,
		      bool rtcp, u64 epoch)
{
	int err;

	keys->suite = suite;
	err = ksrtp_keys_setup(&keys->set.main, suite, outer, rtcp, epoch);
	if (!err && inner && !rtcp)
		err = ksrtp_keys_setup_inner(&keys->set, suite, inner, epoch);
	if (!err && with_header && !rtcp)
		err = ksrtp_keys_setup_header(&keys->set, suite, outer, epoch);
	return ksrtp_keys_finish(keys, err);
}

/* Keys that were allocated and made, or with this error not. As ksrtp_keys_create(). */
static struct ksrtp_keys *ksrtp_keys_made(struct ksrtp_keys *keys, int err)
{
	if (!err)
		return keys;
	kfree(keys);
	return ERR_PTR(err);
}

/**
 * ksrtp_keys_create() - derive session keys from a master key
 * @suite: suite to use them with
 * @outer: the master key; with two AEADs its part for the outer one
 * @inner: its part for the inner AEAD, or NULL
 * @with_header: also derive the keys of header extensions
 * @rtcp: of SRTCP
 *
 * Context: process, sleeps.
 * Return: the keys, or an ERR_PTR() of what ksrtp_keys_derive() returns.
 */
struct ksrtp_keys *ksrtp_keys_create(const struct ksrtp_suite *suite,
				     const struct ksrtp_kdf *outer,
				     const struct ksrtp_kdf *inner,
				     bool with_header, bool rtcp)
{
	struct ksrtp_keys *keys = kzalloc(sizeof(*keys), GFP_KERNEL_ACCOUNT);

	if (!keys)
		return ERR_PTR(-ENOMEM);
	return ksrtp_keys_made(keys, ksrtp_keys_derive(keys, suite, outer, inner,
						       with_header, rtcp, 0));
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
	struct ksrtp_keys *keys = kzalloc(sizeof(*keys), GFP_KERNEL_ACCOUNT);
	int err;

	if (!keys)
		return ERR_PTR(-ENOMEM);
	keys->suite = suite;
	err = suite->transform->setup(&keys->set.main, suite, derived);
	return ksrtp_keys_made(keys, ksrtp_keys_finish(keys, err));
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
