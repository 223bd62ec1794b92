// SPDX-License-Identifier: GPL-2.0
/* Life of a master key: creation, counting, retirement, wiping. */

#include <linux/align.h>
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "ledger.h"
#include "master.h"
#include "policy.h"

/* What most master keys take, in whole cache lines. */
#define KSRTP_MASTER_SIZE \
	ALIGN(offsetof(struct ksrtp_master, mki), L1_CACHE_BYTES)

static struct kmem_cache *ksrtp_master_cache;

/**
 * ksrtp_master_init() - create the cache that master keys are allocated from
 *
 * Context: process, sleeps.
 * Return: 0 or -ENOMEM.
 */
int __init ksrtp_master_init(void)
{
	ksrtp_master_cache = kmem_cache_create("ksrtp_master",
					       KSRTP_MASTER_SIZE,
					       L1_CACHE_BYTES, 0, NULL);
	return ksrtp_master_cache ? 0 : -ENOMEM;
}

/**
 * ksrtp_master_exit() - destroy the cache
 *
 * Context: process, sleeps; all master keys are freed.
 */
void ksrtp_master_exit(void)
{
	kmem_cache_destroy(ksrtp_master_cache);
}

/* Zeroed memory of a master key with @len bytes behind it, for kfree_sensitive(). */
static struct ksrtp_master *ksrtp_master_alloc(unsigned int len)
{
	struct ksrtp_master *master;

	if (len <= KSRTP_MASTER_SIZE - offsetof(struct ksrtp_master, mki))
		return kmem_cache_zalloc(ksrtp_master_cache,
					 GFP_KERNEL_ACCOUNT);
	return kzalloc(struct_size(master, mki, len), GFP_KERNEL_ACCOUNT);
}

static void ksrtp_master_destroy(struct ksrtp_master *master)
{
	ksrtp_epochs_destroy(master->epochs);
	if (master->keys[0])
		ksrtp_keys_wipe(master->keys[0]);
	ksrtp_keys_destroy(master->keys[1]);
	ksrtp_entry_put(master->entries[0]);
	ksrtp_entry_put(master->entries[1]);
	if (master->announcement)
		ksrtp_ektkey_put(master->announcement->ektkey);
	kfree_sensitive(master->announcement);
	kfree_sensitive(master);
}

static void ksrtp_lifetime_init(struct ksrtp_lifetime *lifetime, u64 wanted,
				u64 most, u64 used, u32 soft_limit)
{
	lifetime->hard = wanted ?: most;
	/* rounded up: warn before the last packet at the latest */
	lifetime->soft = div_u64(lifetime->hard * soft_limit + 99, 100);
	atomic64_set(&lifetime->used, used);
}

/*
 * Are session keys of SRTCP made when the first packet needs them? Not where each is
 * derived by epoch, or where a packet is also tried with a tag of another length.
 */
static bool ksrtp_master_defers(const struct ksrtp_master *master)
{
	return !master->epochs && !master->suite->rtcp_tag_varies;
}

/* Derive the first session keys, and set up the derivation of the others. */
static int ksrtp_master_derive(struct ksrtp_master *master,
			       const struct ksrtp_policy *policy,
			       const struct ksrtp_master_config *config,
			       struct ksrtp_kdf *outer, struct ksrtp_kdf *inner)
{
	const struct ksrtp_suite *suite = policy->suite;
	const u8 *salt = config->salt;
	const u8 *key = config->key;
	struct ksrtp_keys *keys;
	int err;

	if (ksrtp_suite_is_double(suite) && !config->outer_only) {
		err = ksrtp_kdf_setup(inner, suite, key, salt, false);
		if (err)
			return err;
		key += suite->key_len;
		salt += suite->salt_len;
	} else {
		inner = NULL;
	}
	err = ksrtp_kdf_setup(outer, suite, key, salt, policy->kdf_aes_256);
	if (err)
		return err;
	err = ksrtp_keys_derive(&master->srtp, suite, outer, inner,
				policy->has_extensions, false, 0);
	if (err)
		return err;
	master->keys[false] = &master->srtp;
	if (ksrtp_master_defers(master))
		return ksrtp_kdf_derive(outer, suite, true, 0, &master->srtcp);
	keys = ksrtp_keys_create(suite, outer, inner, policy->has_extensions,
				 true);
	if (IS_ERR(keys))
		return PTR_ERR(keys);
	master->keys[true] = keys;
	return 0;
}

/* Keep a master key, to tell it to peers with EKT. */
static int ksrtp_master_keep(struct ksrtp_master *master,
			     const struct ksrtp_master_config *config)
{
	struct ksrtp_announcement *announcement;

	if (!config->ektkey)
		return 0;
	announcement = kzalloc(sizeof(*announcement), GFP_KERNEL_ACCOUNT);
	if (!announcement)
		return -ENOMEM;
	announcement->ektkey = ksrtp_ektkey_get(config->ektkey);
	announcement->epoch = config->ekt_epoch;
	announcement->key_len = ksrtp_ektkey_told_len(config->ektkey,
						      master->suite);
	memcpy(announcement->key, config->key, announcement->key_len);
	master->announcement = announcement;
	return 0;
}

/**
 * ksrtp_master_create() - create a master key
 * @policy: policy of its direction
 * @config: its parameters
 * @keep: keep master key and salt, for whoever may have them sealed
 * @quota: charged for the memory of session keys by epoch
 *
 * Otherwise the master key itself is kept only with a key derivation rate, or an
 * EKT key.
 *
 * Context: process, sleeps.
 * Return: the key with one reference, or an ERR_PTR(): -ENOENT if the kernel
 * lacks an algorithm, -ENOMEM, or another errno of the crypto API.
 */
struct ksrtp_master *
ksrtp_master_create(const struct ksrtp_policy *policy,
		    const struct ksrtp_master_config *config, bool keep,
		    struct ksrtp_quota *quota)
{
	const struct ksrtp_suite *suite = policy->suite;
	unsigned int parts = config->outer_only ? 1 : suite->parts;
	unsigned int key_len = keep ? parts * suite->key_len : 0;
	unsigned int salt_len = keep ? parts * suite->salt_len : 0;
	struct ksrtp_kdf kdf[2] = {};
	struct ksrtp_master *master;
	int err = 0;

	master = ksrtp_master_alloc(config->mki_len + key_len + salt_len);
	if (!master)
		return ERR_PTR(-ENOMEM);
	refcount_set(&master->refs, 1);
	master->born = get_jiffies_64();
	master->suite = suite;
	master->outer_only = config->outer_only;
	master->blank = config->blank;
	memcpy(master->mki, config->mki, config->mki_len);
	master->mki_len = config->mki_len;
	memcpy(master->mki + config->mki_len, config->key, key_len);
	memcpy(master->mki + config->mki_len + key_len, config->salt, salt_len);
	master->material_len = key_len + salt_len;
	master->from = config->from;
	master->to = config->to;
	master->soft_limit = config->soft_limit ?: KSRTP_SOFT_LIMIT_DEFAULT;
	ksrtp_lifetime_init(&master->lifetime[0], config->lifetime[0],
			    KSRTP_RTP_LIFETIME_MAX, config->used[0],
			    master->soft_limit);
	ksrtp_lifetime_init(&master->lifetime[1], config->lifetime[1],
			    KSRTP_RTCP_LIFETIME_MAX, config->used[1],
			    master->soft_limit);

	if (policy->key_derivation_rate) {
		master->epochs =
			ksrtp_epochs_create(master, policy->key_derivation_rate,
					    policy->has_extensions, quota);
		err = master->epochs ?
		      ksrtp_master_derive(master, policy, config,
					  &master->epochs->outer,
					  &master->epochs->inner) : -ENOMEM;
	} else {
		err = ksrtp_master_derive(master, policy, config, &kdf[0],
					  &kdf[1]);
		ksrtp_kdf_teardown(&kdf[0]);
		ksrtp_kdf_teardown(&kdf[1]);
	}
	if (!err)
		err = ksrtp_master_keep(master, config);
	if (err) {
		ksrtp_master_destroy(master);
		return ERR_PTR(err);
	}
	return master;
}

/**
 * ksrtp_master_complete() - make the session keys of SRTCP
 * @master: the key; without a key derivation rate
 *
 * If memory is short there are still none, and the next packet asks again.
 *
 * Context: process, sleeps; not concurrently for the same key.
 */
void ksrtp_master_complete(struct ksrtp_master *master)
{
	struct ksrtp_keys *keys;

	if (master->keys[true])
		return;
	keys = ksrtp_keys_create_srtcp(master->suite, &master->srtcp);
	if (IS_ERR(keys))
		return;
	/* another driver may have come since packets got room for requests */
	if (keys->reqsize > max(master->keys[false]->reqsize,
				KSRTP_REQUEST_ROOM)) {
		ksrtp_keys_destroy(keys);
		return;
	}
	memzero_explicit(&master->srtcp, sizeof(master->srtcp));
	/* pairs with the dependency in ksrtp_master_keys() */
	smp_store_release(&master->keys[true], keys);
}

/**
 * ksrtp_master_put() - drop a reference to a master key
 * @master: the key; packets can no longer find it through the holder
 *
 * Context: process, sleeps.
 */
void ksrtp_master_put(struct ksrtp_master *master)
{
	if (refcount_dec_and_test(&master->refs))
		ksrtp_master_destroy(master);
}

/**
 * ksrtp_master_reach() - a packet reaches a limit of a key's lifetime
 * @master: the key
 * @rtcp: the packet is RTCP
 * @n: its number among the packets of the key, already counted
 *
 * RFC 3711 section 9.2, over all streams.
 *
 * Context: any.
 * Return: whether the key may be used, and whether to report it.
 */
enum ksrtp_spend ksrtp_master_reach(struct ksrtp_master *master, bool rtcp,
				    u64 n)
{
	struct ksrtp_lifetime *lifetime = &master->lifetime[rtcp];

	if (n > lifetime->hard) {
		/* keep the counter at the limit, however many packets come */
		atomic64_dec(&lifetime->used);
		return test_and_set_bit(rtcp, &master->expired) ?
		       KSRTP_SPEND_EXPIRED : KSRTP_SPEND_EXPIRE;
	}
	if (!test_bit(rtcp, &master->warned) &&
	    !test_and_set_bit(rtcp, &master->warned))
		return KSRTP_SPEND_WARN;
	return KSRTP_SPEND_OK;
}

/**
 * ksrtp_master_heard() - note that a packet was received under a key
 * @master: the key
 *
 * Context: any.
 */
void ksrtp_master_heard(const struct ksrtp_master *master)
{
	unsigned int i;

	for (i = 0; i < KSRTP_MASTER_PARTS_MAX; i++)
		if (master->entries[i])
			WRITE_ONCE(master->entries[i]->heard, true);
}

/**
 * ksrtp_master_retire() - limit the time that a key is accepted
 * @master: the key
 * @ms: how long it is still accepted, in milliseconds
 *
 * Context: any, under the namespace's lock.
 */
void ksrtp_master_retire(struct ksrtp_master *master, unsigned int ms)
{
	WRITE_ONCE(master->retire_at, jiffies + msecs_to_jiffies(ms));
	/* pairs with the acquire in ksrtp_master_retired() */
	smp_store_release(&master->retiring, true);
}

