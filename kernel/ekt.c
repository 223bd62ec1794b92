// SPDX-License-Identifier: GPL-2.0
/*
 * EKT of a receiver, RFC 8870: a packet may bring the master key of its SSRC,
 * encrypted with a key that all of a conference have.
 *
 * Anybody can send such fields, so work and memory are bounded. A field that equals
 * the last one of its SSRC is not looked at. Others are decrypted at a limited rate;
 * whatever is not authentic is dropped at once. A master key is then derived in
 * process context, again at a limited rate, while its packet waits. It replaces
 * none that has proved right before a packet proves it right too. What no packet
 * has proved is forgotten.
 */

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "ekt.h"
#include "incident.h"
#include "net.h"
#include "rekey.h"
#include "session.h"
#include "stream.h"

/* Limit of fields decrypted in a second, for each direction of a session. */
#define KSRTP_EKT_OPENINGS_PER_SECOND	1000

/* Maximum number of waiting packets; and of those that only wait for order. */
#define KSRTP_EKT_PARKED	1024
#define KSRTP_EKT_ORDERED	(KSRTP_EKT_PARKED / 2)

/* Sources beyond the limit of streams: no packet has proved them yet. */
#define KSRTP_EKT_UNPROVEN	64

/* Approximate bytes of a source with its session keys, charged as stream memory. */
#define KSRTP_EKT_CHARGE	4096

/* How long a source may be without a stream, and a key unproven, in jiffies. */
#define KSRTP_EKT_GRACE		HZ
#define KSRTP_EKT_PROBATION	(10 * HZ)

static void ksrtp_ekt_found_free(struct ksrtp_ekt_found *found)
{
	if (!found)
		return;
	ksrtp_ektkey_put(found->ektkey);
	kfree_sensitive(found);
}

static struct ksrtp_ektkey *ksrtp_ekt_key(struct ksrtp_ekt *ekt, u16 spi)
{
	struct ksrtp_ektkey *ektkey;
	unsigned int i;

	for (i = 0; i < KSRTP_EKT_KEYS_MAX; i++) {
		ektkey = rcu_dereference(ekt->keys[i]);
		if (ektkey && ektkey->spi == spi)
			return ektkey;
	}
	return NULL;
}

/* Is a field worth decrypting, when its SSRC is known? */
static bool ksrtp_ekt_news(struct ksrtp_ekt *ekt,
			   const struct ksrtp_ekt_source *source,
			   const struct ksrtp_ektfield *field)
{
	const struct ksrtp_keyset *keyset = rcu_dereference(source->keyset);
	bool same, later;

	xa_lock_bh(&ekt->sources);
	same = source->spi == field->spi &&
	       source->cipher_len == field->cipher_len &&
	       !memcmp(source->cipher, field->cipher, field->cipher_len);
	/* a replayed field has an earlier epoch; the same one has the same key */
	later = !source->cipher_len || source->spi != field->spi ||
		(s16)(field->epoch - source->epoch) > 0;
	xa_unlock_bh(&ekt->sources);
	return !same && (later || (keyset && READ_ONCE(keyset->doubted)));
}

/* Find or create the source of a field. Returns NULL if there are too many. */
static struct ksrtp_ekt_source *ksrtp_ekt_source(struct ksrtp_ekt *ekt, u32 ssrc)
{
	struct ksrtp_session *session = ekt->session;
	struct ksrtp_ekt_source *source = xa_load(&ekt->sources, ssrc);

	if (source)
		return source;
	if (ekt->nsources >= READ_ONCE(session->max_streams) +
			     KSRTP_EKT_UNPROVEN ||
	    !ksrtp_net_take_memory(session->kn, KSRTP_EKT_CHARGE))
		return NULL;
	source = kzalloc(sizeof(*source), GFP_ATOMIC | __GFP_NOWARN);
	if (!source)
		goto err_charge;
	source->ssrc = ssrc;
	source->born = get_jiffies_64();
	INIT_LIST_HEAD(&source->fresh);
	if (xa_err(__xa_store(&ekt->sources, ssrc, source,
			      GFP_ATOMIC | __GFP_NOWARN)))
		goto err_source;
	ekt->nsources++;
	return source;

err_source:
	kfree(source);
err_charge:
	ksrtp_net_give_memory(session->kn, KSRTP_EKT_CHARGE);
	return NULL;
}

/* Record a master key that a packet has brought. Returns 0 or -EBUSY. */
static int ksrtp_ekt_note(struct ksrtp_ekt *ekt,
			  const struct ksrtp_ektfield *field,
			  struct ksrtp_ekt_found *found)
{
	struct ksrtp_ekt_source *source = NULL;

	xa_lock_bh(&ekt->sources);
	if (!ekt->off && ksrtp_bucket_take(&ekt->bucket, 0, jiffies))
		source = ksrtp_ekt_source(ekt, found->plain.ssrc);
	if (source) {
		swap(source->found, found);
		source->spi = field->spi;
		source->epoch = field->epoch;
		source->cipher_len = field->cipher_len;
		memcpy(source->cipher, field->cipher, field->cipher_len);
		if (list_empty(&source->fresh))
			list_add_tail(&source->fresh, &ekt->fresh);
	}
	xa_unlock_bh(&ekt->sources);
	ksrtp_ekt_found_free(found);
	return source ? 0 : -EBUSY;
}

/* Does a master key fit the suite? RFC 8870 section 4.3.2, step 6. */
static bool ksrtp_ekt_suits(const struct ksrtp_suite *suite,
			    const struct ksrtp_ektkey *ektkey,
			    const struct ksrtp_ektplain *plain)
{
	return plain->key_len == ksrtp_ektkey_told_len(ektkey, suite) &&
	       (plain->key_len == suite->key_len ||
		crypto_memneq(plain->key, plain->key + suite->key_len,
			      suite->key_len));
}

/*
 * Decrypt a field, and take the master key that it has for this SSRC. Returns 0 if
 * it was taken, -ENOENT if it is for another SSRC, -EBUSY if there were too many, or
 * a cause.
 */
static int ksrtp_ekt_open(struct ksrtp_ekt *ekt, const struct ksrtp_suite *suite,
			  struct ksrtp_ektkey *ektkey, u32 ssrc,
			  const struct ksrtp_ektfield *field)
{
	struct ksrtp_ekt_found *found;

	if (!ksrtp_allowance_spend(&ekt->openings,
				   KSRTP_EKT_OPENINGS_PER_SECOND))
		return -EBUSY;
	found = kzalloc(sizeof(*found), GFP_ATOMIC | __GFP_NOWARN);
	if (!found)
		return -EBUSY;
	if (ksrtp_ektfield_open(field, &ektkey->aes, &found->plain) ||
	    !ksrtp_ekt_suits(suite, ektkey, &found->plain)) {
		kfree_sensitive(found);
		return KSRTP_A_STATS_DROP_BAD_EKT;
	}
	/* it may be about to be replaced */
	if (found->plain.ssrc != ssrc ||
	    !refcount_inc_not_zero(&ektkey->refs)) {
		kfree_sensitive(found);
		return -ENOENT;
	}
	found->ektkey = ektkey;
	return ksrtp_ekt_note(ekt, field, found);
}

/**
 * ksrtp_ekt_take() - look at the EKTField of a received RTP packet
 * @ekt: EKT of its direction
 * @base: keyset of the direction
 * @ssrc: SSRC of the packet
 * @data: the packet
 * @len: its length in bytes
 * @field_len: set to the length of the field, which is not part of the SRTP packet
 *
 * RFC 8870 section 4.3.2. The packet is not authenticated yet: nothing that is
 * known of its SSRC changes.
 *
 * Context: under rcu_read_lock(), BH disabled.
 * Return: 0; -EINPROGRESS if the packet has to wait for session keys; or the cause
 * to drop it for.
 */
int ksrtp_ekt_take(struct ksrtp_ekt *ekt, const struct ksrtp_keyset *base,
		   u32 ssrc, const u8 *data, unsigned int len,
		   unsigned int *field_len)
{
	struct ksrtp_ekt_source *source = xa_load(&ekt->sources, ssrc);
	struct ksrtp_ektkey *ektkey;
	struct ksrtp_ektfield field;
	int err;

	if (ksrtp_ektfield_parse(data, len, &field))
		return KSRTP_A_STATS_DROP_BAD_EKT;
	*field_len = field.len;
	if (field.full) {
		ektkey = ksrtp_ekt_key(ekt, field.spi);
		if (!ektkey)
			return KSRTP_A_STATS_DROP_UNKNOWN_SPI;
		if (!source || ksrtp_ekt_news(ekt, source, &field)) {
			err = ksrtp_ekt_open(ekt, base->policy.suite, ektkey,
					     ssrc, &field);
			if (!err)
				return -EINPROGRESS;
			if (err > 0)
				return err;
			if (!source && err == -EBUSY)
				return KSRTP_A_STATS_DROP_EKT_LIMIT;
		}
	}
	/* do not overtake waiting packets */
	return source && READ_ONCE(source->waiting) &&
	       READ_ONCE(ekt->nparked) < KSRTP_EKT_ORDERED ? -EINPROGRESS : 0;
}

/**
 * ksrtp_ekt_keyset() - find the keys of an SSRC
 * @ekt: EKT of the direction
 * @ssrc: the SSRC
 *
 * Context: under rcu_read_lock().
 * Return: its keyset, or NULL if no packet has brought a key.
 */
struct ksrtp_keyset *ksrtp_ekt_keyset(struct ksrtp_ekt *ekt, u32 ssrc)
{
	struct ksrtp_ekt_source *source = xa_load(&ekt->sources, ssrc);

	return source ? rcu_dereference(source->keyset) : NULL;
}

/* Take the next source with a master key to derive from. */
static struct ksrtp_ekt_found *ksrtp_ekt_next_found(struct ksrtp_ekt *ekt)
{
	struct ksrtp_ekt_found *found = NULL;
	struct ksrtp_ekt_source *source;

	xa_lock_bh(&ekt->sources);
	source = list_first_entry_or_null(&ekt->fresh, struct ksrtp_ekt_source,
					  fresh);
	if (source) {
		list_del_init(&source->fresh);
		swap(source->found, found);
	}
	xa_unlock_bh(&ekt->sources);
	return found;
}

static struct ksrtp_keyset *
ksrtp_ekt_source_keyset(const struct ksrtp_net *kn,
			const struct ksrtp_ekt_source *source)
{
	return rcu_dereference_protected(source->keyset,
					 lockdep_is_held(&kn->lock));
}

/* Give a source other keys, or none. */
static void ksrtp_ekt_replace(struct ksrtp_net *kn,
			      struct ksrtp_ekt_source *source,
			      struct ksrtp_keyset *keyset)
{
	ksrtp_keyset_retire(rcu_replace_pointer(source->keyset, keyset,
						lockdep_is_held(&kn->lock)));
}

/*
 * Put together the master key that a packet has brought, and its salt. What the packet
 * lacks is the direction's. Returns whether they are whole.
 */
static bool ksrtp_ekt_complete(const struct ksrtp_ekt *ekt,
			       const struct ksrtp_suite *suite,
			       const struct ksrtp_ekt_found *found,
			       struct ksrtp_master_config *config)
{
	const struct ksrtp_ektkey *ektkey = found->ektkey;
	const struct ksrtp_ektplain *plain = &found->plain;
	u8 *key = config->held;
	u8 *salt = key + suite->parts * suite->key_len;

	/* the suite may have changed since */
	if (!ksrtp_ekt_suits(suite, ektkey, plain))
		return false;
	memcpy(key, plain->key, plain->key_len);
	memcpy(salt, ektkey->salt, ektkey->salt_len);
	config->key = key;
	config->salt = salt;
	if (!ksrtp_ektkey_inner(ektkey, suite))
		return true;
	memcpy(key + suite->key_len, ekt->outer.key, suite->key_len);
	memcpy(salt + suite->salt_len, ekt->outer.salt, suite->salt_len);
	return ekt->has_outer &&
	       crypto_memneq(plain->key, ekt->outer.key, suite->key_len);
}

/* Derive session keys from a master key, and give them to its source. */
static void ksrtp_ekt_learn(struct ksrtp_net *kn, struct ksrtp_ekt *ekt,
			    const struct ksrtp_ekt_found *found)
{
	struct ksrtp_direction *direction =
		ksrtp_direction(ekt->session, KSRTP_DIRECTION_RECV);
	const struct ksrtp_keyset *base = ksrtp_direction_keyset(kn, direction);
	struct ksrtp_ekt_source *source = xa_load(&ekt->sources,
						  found->plain.ssrc);
	struct ksrtp_master_config config = { .to = KSRTP_INDEX_MAX };
	struct ksrtp_keyset *keyset = NULL;
	struct ksrtp_policy policy;

	if (!source || !base || !base->policy.ekt)
		return;
	policy = base->policy;
	/* new streams of the SSRC start with it */
	policy.initial_roc = found->plain.roc;
	if (ksrtp_ekt_complete(ekt, policy.suite, found, &config))
		keyset = ksrtp_rekey_learn(kn, direction, &policy,
					   ksrtp_ekt_source_keyset(kn, source),
					   &config);
	memzero_explicit(config.held, sizeof(config.held));
	if (!keyset)
		return;
	ksrtp_ekt_replace(kn, source, keyset);
	ksrtp_incident_count(direction, KSRTP_A_STATS_EKT_FIELDS);
}

/*
 * Continue with the first waiting packet. A key that has come meanwhile is first: it may
 * be this packet's, or one behind it may have it. Returns false if nothing is left.
 */
static bool ksrtp_ekt_resume(struct ksrtp_ekt *ekt)
{
	struct ksrtp_ekt_source *source;
	struct ksrtp_ekt_parked *parked;
	bool fresh;
	u32 ssrc;

	local_bh_disable();
	xa_lock(&ekt->sources);
	fresh = !list_empty(&ekt->fresh);
	parked = fresh ? NULL :
		 list_first_entry_or_null(&ekt->parked,
					  struct ksrtp_ekt_parked, list);
	if (parked)
		list_del(&parked->list);
	xa_unlock(&ekt->sources);
	if (!parked)
		goto out;
	ssrc = parked->ssrc;
	rcu_read_lock();
	parked->resume(parked);
	rcu_read_unlock();
	xa_lock(&ekt->sources);
	WRITE_ONCE(ekt->nparked, ekt->nparked - 1);
	source = xa_load(&ekt->sources, ssrc);
	if (source && source->waiting)
		WRITE_ONCE(source->waiting, source->waiting - 1);
	xa_unlock(&ekt->sources);
out:
	local_bh_enable();
	return parked || fresh;
}

static void ksrtp_ekt_work(struct work_struct *work)
{
	struct ksrtp_ekt *ekt = container_of(work, struct ksrtp_ekt, work);
	struct ksrtp_session *session = ekt->session;
	struct ksrtp_net *kn = session->kn;
	struct ksrtp_ekt_found *found;

	do {
		while ((found = ksrtp_ekt_next_found(ekt))) {
			mutex_lock(&kn->lock);
			ksrtp_ekt_learn(kn, ekt, found);
			/* a namespace that ends has stopped it for good */
			if (kn->nsessions)
				ksrtp_net_start_gc(kn);
			mutex_unlock(&kn->lock);
			ksrtp_ekt_found_free(found);
		}
		cond_resched();
	} while (ksrtp_ekt_resume(ekt));
	/* taken by ksrtp_ekt_park() */
	ksrtp_session_put(session);
	rcu_read_lock();
	if (atomic_dec_and_test(&kn->inflight))
		wake_up(&kn->idle);
	rcu_read_unlock();
}

/**
 * ksrtp_ekt_park() - let a packet wait for the key that it, or one before it, brought
 * @ekt: EKT of the direction; the packet holds a reference to the session
 * @parked: the packet
 *
 * Context: any, does not sleep.
 * Return: false if too many packets are waiting, or nothing is known of the SSRC.
 */
bool ksrtp_ekt_park(struct ksrtp_ekt *ekt, struct ksrtp_ekt_parked *parked)
{
	struct ksrtp_session *session = ekt->session;
	struct ksrtp_ekt_source *source;
	bool ok;

	xa_lock_bh(&ekt->sources);
	source = xa_load(&ekt->sources, parked->ssrc);
	ok = source && ekt->nparked < KSRTP_EKT_PARKED;
	if (ok) {
		WRITE_ONCE(source->waiting, source->waiting + 1);
		list_add_tail(&parked->list, &ekt->parked);
		WRITE_ONCE(ekt->nparked, ekt->nparked + 1);
		refcount_inc(&session->refs);
		atomic_inc(&session->kn->inflight);
		/* already queued: that work, or the packet, holds others */
		if (!ksrtp_keys_queue(&ekt->work)) {
			refcount_dec(&session->refs);
			atomic_dec(&session->kn->inflight);
		}
	}
	xa_unlock_bh(&ekt->sources);
	return ok;
}

static void ksrtp_ekt_source_free(struct rcu_head *rcu)
{
	kfree_sensitive(container_of(rcu, struct ksrtp_ekt_source, rcu));
}

/* Forget a source. Packets may use it for a grace period. */
static void ksrtp_ekt_remove(struct ksrtp_net *kn, struct ksrtp_ekt *ekt,
			     struct ksrtp_ekt_source *source)
{
	xa_lock_bh(&ekt->sources);
	__xa_erase(&ekt->sources, source->ssrc);
	ekt->nsources--;
	list_del_init(&source->fresh);
	xa_unlock_bh(&ekt->sources);
	ksrtp_net_give_memory(kn, KSRTP_EKT_CHARGE);
	ksrtp_ekt_found_free(source->found);
	ksrtp_ekt_replace(kn, source, NULL);
	call_rcu(&source->rcu, ksrtp_ekt_source_free);
}

/* Forget all sources. */
static void ksrtp_ekt_forget(struct ksrtp_net *kn, struct ksrtp_ekt *ekt)
{
	struct ksrtp_ekt_source *source;
	unsigned long ssrc;

	xa_for_each(&ekt->sources, ssrc, source) {
		ksrtp_ekt_remove(kn, ekt, source);
		cond_resched();
	}
}

static void ksrtp_ekt_set_off(struct ksrtp_ekt *ekt, bool off)
{
	xa_lock_bh(&ekt->sources);
	ekt->off = off;
	xa_unlock_bh(&ekt->sources);
}

/* Keep the outer part of the direction's key; those that came go with another one. */
static void ksrtp_ekt_set_outer(struct ksrtp_net *kn, struct ksrtp_ekt *ekt,
				const struct ksrtp_suite *suite,
				const struct ksrtp_master_config *config)
{
	unsigned int skip = !config->outer_only;
	struct ksrtp_ekt_part outer = {};

	if (!config->key)
		return;
	if (ksrtp_suite_is_double(suite) && !config->blank) {
		memcpy(outer.key, config->key + skip * suite->key_len,
		       suite->key_len);
		memcpy(outer.salt, config->salt + skip * suite->salt_len,
		       suite->salt_len);
		if (ekt->has_outer &&
		    crypto_memneq(&outer, &ekt->outer, sizeof(outer)))
			ksrtp_ekt_forget(kn, ekt);
		ekt->has_outer = true;
	} else {
		ekt->has_outer = false;
	}
	ekt->outer = outer;
	memzero_explicit(&outer, sizeof(outer));
}

/* Install an EKT key: instead of one with its SPI, or of the oldest. */
static void ksrtp_ekt_install(struct ksrtp_net *kn, struct ksrtp_ekt *ekt,
			      struct ksrtp_ektkey *ektkey)
{
	struct ksrtp_ektkey *next = ksrtp_ektkey_get(ektkey);
	unsigned int i;

	for (i = 0; i < KSRTP_EKT_KEYS_MAX && next; i++) {
		next = rcu_replace_pointer(ekt->keys[i], next,
					   lockdep_is_held(&kn->lock));
		if (next && next->spi == ektkey->spi)
			break;
	}
	ksrtp_ektkey_put(next);
}

/**
 * ksrtp_ekt_prepare() - allocate what a receive direction needs for EKT
 * @session: its session
 * @config: requested settings of the direction
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or -ENOMEM.
 */
int ksrtp_ekt_prepare(struct ksrtp_session *session,
		      const struct ksrtp_direction_config *config)
{
	struct ksrtp_direction *direction =
		ksrtp_direction(session, KSRTP_DIRECTION_RECV);
	struct ksrtp_ekt *ekt;

	if (!config->ektkey || direction->ekt)
		return 0;
	ekt = kzalloc(sizeof(*ekt), GFP_KERNEL_ACCOUNT);
	if (!ekt)
		return -ENOMEM;
	ekt->session = session;
	ekt->off = true;
	xa_init_flags(&ekt->sources, XA_FLAGS_LOCK_BH);
	INIT_LIST_HEAD(&ekt->fresh);
	INIT_LIST_HEAD(&ekt->parked);
	INIT_WORK(&ekt->work, ksrtp_ekt_work);
	direction->ekt = ekt;
	return 0;
}

/**
 * ksrtp_ekt_apply() - apply the settings of EKT; cannot fail
 * @kn: namespace
 * @direction: the direction, whose policy is still the one before
 * @config: the settings
 *
 * Before the keyset with the new policy is installed.
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_ekt_apply(struct ksrtp_net *kn, struct ksrtp_direction *direction,
		     const struct ksrtp_direction_config *config)
{
	const struct ksrtp_policy *policy = &config->policy;
	struct ksrtp_ekt *ekt = direction->ekt;
	int i;

	if (config->ektkey) {
		ksrtp_ektkey_put(direction->ektkey);
		direction->ektkey = ksrtp_ektkey_get(config->ektkey);
	} else if (!policy->ekt) {
		ksrtp_ektkey_put(direction->ektkey);
		direction->ektkey = NULL;
	}
	if (!ekt)
		return;
	if (!policy->ekt) {
		ksrtp_ekt_wipe(kn, direction);
		return;
	}
	if (!ksrtp_policy_reads_as(&direction->policy, policy))
		ksrtp_ekt_forget(kn, ekt);
	ksrtp_ekt_set_outer(kn, ekt, policy->suite, &config->master);
	for (i = ARRAY_SIZE(config->older) - 1; i >= 0; i--)
		if (config->older[i])
			ksrtp_ekt_install(kn, ekt, config->older[i]);
	if (config->ektkey)
		ksrtp_ekt_install(kn, ekt, config->ektkey);
	xa_lock_bh(&ekt->sources);
	ekt->off = false;
	if (ekt->bucket.rate != policy->ekt_rate)
		ksrtp_bucket_init(&ekt->bucket, policy->ekt_rate,
				  policy->ekt_rate, jiffies);
	xa_unlock_bh(&ekt->sources);
}

/**
 * ksrtp_ekt_wipe() - forget EKT keys, and what came under them
 * @kn: namespace
 * @direction: the direction
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_ekt_wipe(struct ksrtp_net *kn, struct ksrtp_direction *direction)
{
	struct ksrtp_ekt *ekt = direction->ekt;
	unsigned int i;

	ksrtp_ektkey_put(direction->ektkey);
	direction->ektkey = NULL;
	if (!ekt)
		return;
	ksrtp_ekt_set_off(ekt, true);
	for (i = 0; i < KSRTP_EKT_KEYS_MAX; i++)
		ksrtp_ektkey_put(rcu_replace_pointer(ekt->keys[i], NULL,
						     lockdep_is_held(&kn->lock)));
	ksrtp_ekt_forget(kn, ekt);
	memzero_explicit(&ekt->outer, sizeof(ekt->outer));
	ekt->has_outer = false;
}

/* Which of the two keys of a source may go? Returns its index, or -1. */
static int ksrtp_ekt_surplus(const struct ksrtp_keyset *keyset)
{
	const struct ksrtp_master *newer;

	if (keyset->n < 2)
		return -1;
	if (ksrtp_master_retired(keyset->keys[0]))
		return 0;
	newer = keyset->keys[1];
	return !ksrtp_master_proven(newer) &&
	       time_after64(get_jiffies_64(), newer->born + KSRTP_EKT_PROBATION)
	       ? 1 : -1;
}

/* Remove what is no longer needed of a source. Returns true if more is to come. */
static bool ksrtp_ekt_sweep_source(struct ksrtp_net *kn, struct ksrtp_ekt *ekt,
				   struct ksrtp_ekt_source *source)
{
	struct ksrtp_keyset *keyset = ksrtp_ekt_source_keyset(kn, source), *new;
	u64 age = get_jiffies_64() - source->born;
	bool young = age < KSRTP_EKT_GRACE;
	int surplus;

	/* without keys, its first packet may be about to wait for them */
	if (!young && (keyset || age >= KSRTP_EKT_PROBATION) &&
	    !READ_ONCE(source->waiting) &&
	    !ksrtp_stream_find(ekt->session, KSRTP_DIRECTION_RECV,
			       source->ssrc)) {
		ksrtp_ekt_remove(kn, ekt, source);
		return false;
	}
	if (!keyset)
		return true;
	surplus = ksrtp_ekt_surplus(keyset);
	if (surplus < 0)
		return young || keyset->n > 1;
	new = ksrtp_keyset_create(&keyset->policy, &keyset->keys[!surplus], 1,
				  NULL, NULL);
	if (!new)
		return true;
	new->learned = true;
	ksrtp_ekt_replace(kn, source, new);
	if (surplus) {
		/* its field may come again */
		xa_lock_bh(&ekt->sources);
		source->cipher_len = 0;
		xa_unlock_bh(&ekt->sources);
	}
	return young;
}

/**
 * ksrtp_ekt_sweep() - forget keys that are replaced or unproven, or whose stream is
 *	gone
 * @kn: namespace
 * @direction: the direction
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: true if there will be more.
 */
bool ksrtp_ekt_sweep(struct ksrtp_net *kn, struct ksrtp_direction *direction)
{
	struct ksrtp_ekt_source *source;
	bool again = false;
	unsigned long ssrc;

	if (!direction->ekt)
		return false;
	xa_for_each(&direction->ekt->sources, ssrc, source) {
		again |= ksrtp_ekt_sweep_source(kn, direction->ekt, source);
		cond_resched();
	}
	return again;
}

/**
 * ksrtp_ekt_list_keys() - list the EKT keys of a receiver
 * @kn: namespace
 * @direction: the direction
 * @keys: filled in, newest first; for KSRTP_EKT_KEYS_MAX of them, without
 *	references
 *
 * Context: any, under the namespace's lock.
 * Return: their number.
 */
unsigned int ksrtp_ekt_list_keys(const struct ksrtp_net *kn,
				 const struct ksrtp_direction *direction,
				 struct ksrtp_ektkey **keys)
{
	struct ksrtp_ektkey *key;
	unsigned int i, n = 0;

	for (i = 0; direction->ekt && i < KSRTP_EKT_KEYS_MAX; i++) {
		key = rcu_dereference_protected(direction->ekt->keys[i],
						lockdep_is_held(&kn->lock));
		if (key)
			keys[n++] = key;
	}
	return n;
}
