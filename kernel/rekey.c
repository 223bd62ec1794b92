// SPDX-License-Identifier: GPL-2.0
/*
 * Rekeying. A keyset is never changed, only replaced as a whole, so a packet
 * sees either all of the old or all of the new. Rollover counters and replay
 * state belong to streams and stay (RFC 3711 section 3.3.1), unless they are to
 * restart: then no packet may take an index with an earlier key, and earlier
 * keys may not be installed again.
 */

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/netlink.h>

#include "compat.h"
#include "ledger.h"
#include "net.h"
#include "rekey.h"
#include "stream.h"

/**
 * struct ksrtp_former_key - a key that received packets may still use
 * @master: the key
 * @keyset: its keyset, for the policy
 */
struct ksrtp_former_key {
	struct ksrtp_master *master;
	const struct ksrtp_keyset *keyset;
};

/**
 * struct ksrtp_key_list - the new keys of a direction
 * @keys: those under the new policy, oldest first
 * @n: number of keys
 * @active: the one to send with if keys have identifiers, or NULL
 * @former: keys that differ in policy or identifier, oldest first, grouped by
 *	keyset
 * @nformer: number of former keys
 */
struct ksrtp_key_list {
	struct ksrtp_master *keys[KSRTP_KEYS_MAX];
	unsigned int n;
	struct ksrtp_master *active;
	struct ksrtp_former_key former[KSRTP_KEYS_MAX];
	unsigned int nformer;
};

static void ksrtp_key_list_drop_former(struct ksrtp_key_list *list,
				       unsigned int at)
{
	list->nformer--;
	memmove(&list->former[at], &list->former[at + 1],
		(list->nformer - at) * sizeof(*list->former));
}

/* List the live keys of a direction. */
static void ksrtp_key_list(struct ksrtp_net *kn,
			   struct ksrtp_direction *direction,
			   struct ksrtp_key_list *list)
{
	const struct ksrtp_keyset *keyset = ksrtp_direction_keyset(kn, direction);
	const struct ksrtp_keyset *at = NULL;
	unsigned int i;

	list->n = 0;
	list->active = NULL;
	list->nformer = 0;
	while (keyset && (at = ksrtp_keyset_after(keyset, at))) {
		for (i = 0; i < at->n; i++) {
			if (ksrtp_master_retired(at->keys[i]))
				continue;
			if (at == keyset)
				list->keys[list->n++] = at->keys[i];
			else
				list->former[list->nformer++] =
					(struct ksrtp_former_key){
						.master = at->keys[i],
						.keyset = at,
					};
		}
	}
	if (keyset && keyset->active >= 0)
		list->active = keyset->keys[keyset->active];
}

static int ksrtp_key_list_append(struct ksrtp_key_list *list,
				 struct ksrtp_master *master,
				 struct netlink_ext_ack *extack)
{
	/* evict the oldest, which is the least likely to be used */
	if (list->n + list->nformer == KSRTP_KEYS_MAX && list->nformer)
		ksrtp_key_list_drop_former(list, 0);
	if (list->n == KSRTP_KEYS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "master-key: the direction has as many keys as it may");
		return -ENOSPC;
	}
	list->keys[list->n++] = master;
	return 0;
}

static bool ksrtp_key_is(const struct ksrtp_master *master,
			 const struct ksrtp_key_name *name)
{
	if (master->mki_len != name->mki_len || master->blank)
		return false;
	if (name->mki_len)
		return !memcmp(master->mki, name->mki, name->mki_len);
	return master->from == name->from;
}

static struct ksrtp_master *
ksrtp_key_list_find(const struct ksrtp_key_list *list,
		    const struct ksrtp_key_name *name)
{
	unsigned int i;

	for (i = 0; i < list->n; i++)
		if (ksrtp_key_is(list->keys[i], name))
			return list->keys[i];
	return NULL;
}

/* Explain an error of the crypto API to the administrator. */
static int ksrtp_rekey_refused(int err, struct netlink_ext_ack *extack)
{
	if (err == -ENOENT) {
		NL_SET_ERR_MSG(extack,
			       "suite: this kernel lacks an algorithm it needs");
		return -EOPNOTSUPP;
	}
	NL_SET_ERR_MSG(extack, "suite: the crypto API failed to take the keys");
	return err;
}

/* Has any session used this key, or a part of it, in this direction? */
static bool ksrtp_master_was_used(const struct ksrtp_master *master,
				  const struct ksrtp_direction *direction)
{
	const struct ksrtp_entry *entry;
	unsigned int i;

	for (i = 0; i < KSRTP_MASTER_PARTS_MAX; i++) {
		entry = master->entries[i];
		if (entry && (direction->id == KSRTP_DIRECTION_SEND ?
			      READ_ONCE(entry->sent) : entry->received))
			return true;
	}
	return false;
}

/* Is a key, or a part of one, that of an installed key? */
static bool ksrtp_key_list_has(const struct ksrtp_key_list *list,
			       const struct ksrtp_entry *entry)
{
	unsigned int i, part;

	for (i = 0; i < list->n; i++)
		for (part = 0; part < KSRTP_MASTER_PARTS_MAX; part++)
			if (list->keys[i]->entries[part] == entry)
				return true;
	return false;
}

/*
 * Refuse keys, of @n parts in all, if a part that is not installed was used in
 * another session, deleted ones included: this one does not know the indexes or the
 * replay lists of that.
 */
static int ksrtp_rekey_unused(struct ksrtp_net *kn,
			      const struct ksrtp_direction *direction,
			      const struct ksrtp_key_list *installed,
			      const struct ksrtp_suite *suite,
			      const u8 *keys, unsigned int n,
			      struct netlink_ext_ack *extack)
{
	bool recv = direction->id == KSRTP_DIRECTION_RECV;
	const struct ksrtp_entry *entry;

	for (; n; n--, keys += suite->key_len) {
		entry = ksrtp_ledger_find(&kn->ledger, keys, suite->key_len);
		if (!entry || entry->user[recv] == direction->user ||
		    !READ_ONCE(*(recv ? &entry->heard : &entry->sent)) ||
		    ksrtp_key_list_has(installed, entry))
			continue;
		ksrtp_extack_msg(extack, recv ?
				 "unused-key: the key has received before" :
				 "unused-key: the key has sent before");
		return -EKEYREJECTED;
	}
	return 0;
}

/* Of how many parts is a master key? */
static unsigned int ksrtp_rekey_parts(const struct ksrtp_master_config *config,
				      const struct ksrtp_suite *suite)
{
	return config->outer_only ? 1 : suite->parts;
}

/* Refuse the master keys of a request if one was used in another session. */
static int ksrtp_rekey_all_unused(struct ksrtp_net *kn,
				  const struct ksrtp_direction *direction,
				  const struct ksrtp_key_list *installed,
				  const struct ksrtp_direction_config *config,
				  struct netlink_ext_ack *extack)
{
	const struct ksrtp_master_config *master = &config->master;
	const struct ksrtp_suite *suite = config->policy.suite;
	int err = 0;

	if (master->key)
		err = ksrtp_rekey_unused(kn, direction, installed, suite,
					 master->key,
					 ksrtp_rekey_parts(master, suite),
					 extack);
	if (!err && config->further)
		err = ksrtp_rekey_unused(kn, direction, installed, suite,
					 config->further,
					 config->n_further * suite->parts,
					 extack);
	return err;
}

/* Find or create the ledger entries of a key. */
static int ksrtp_rekey_enter(struct ksrtp_net *kn, struct ksrtp_master *master,
			     const struct ksrtp_master_config *config)
{
	unsigned int len = master->suite->key_len;
	unsigned int parts = ksrtp_rekey_parts(config, master->suite);
	unsigned int i;

	for (i = 0; i < parts; i++) {
		master->entries[i] = ksrtp_ledger_enter(&kn->ledger,
							config->key + i * len,
							len);
		if (!master->entries[i])
			return -ENOMEM;
	}
	return 0;
}

/* Find the installed key that is the same, regardless of salts. */
static const struct ksrtp_master *
ksrtp_key_list_twin(const struct ksrtp_key_list *list,
		    const struct ksrtp_master *master)
{
	unsigned int i;

	for (i = 0; i < list->n; i++)
		if (!memcmp(list->keys[i]->entries, master->entries,
			    sizeof(master->entries)))
			return list->keys[i];
	return NULL;
}

/*
 * Number a new key. If it is the same as an installed one it gets that one's
 * number, since all that was done under that one counts for it.
 */
static void ksrtp_rekey_number(struct ksrtp_direction *direction,
			       const struct ksrtp_key_list *before,
			       const struct ksrtp_master_config *config,
			       struct ksrtp_master *master)
{
	const struct ksrtp_master *twin = ksrtp_key_list_twin(before, master);

	if (twin) {
		master->number = twin->number;
		master->known = twin->known;
		master->born = twin->born;
		return;
	}
	master->number = ++direction->keys_seen;
	master->known = config->used[0] || config->used[1] ||
			ksrtp_master_was_used(master, direction);
	/* streams of any age may have used it, in either direction */
	if (master->known && direction->keyed)
		master->born = 0;
}

/* Does a key return to a receiver that no longer knows what came under it? */
static bool ksrtp_rekey_unsafe(const struct ksrtp_direction *direction,
			       const struct ksrtp_key_list *before,
			       const struct ksrtp_master *master)
{
	return direction->id == KSRTP_DIRECTION_RECV && direction->fresh_only &&
	       master->known && !ksrtp_key_list_twin(before, master);
}

/* Has a packet needed session keys of SRTCP? */
static bool ksrtp_rekey_has_srtcp(const struct ksrtp_key_list *before)
{
	unsigned int i;

	for (i = 0; i < before->n; i++)
		if (READ_ONCE(before->keys[i]->keys[true]))
			return true;
	return false;
}

static struct ksrtp_master *
ksrtp_rekey_master(struct ksrtp_net *kn, struct ksrtp_direction *direction,
		   const struct ksrtp_policy *policy,
		   const struct ksrtp_key_list *before,
		   const struct ksrtp_master_config *config,
		   struct netlink_ext_ack *extack)
{
	struct ksrtp_master *master = ksrtp_master_create(policy, config,
							  kn->nseals, kn->quota);

	if (IS_ERR(master))
		return ERR_PTR(ksrtp_rekey_refused(PTR_ERR(master), extack));
	if (ksrtp_rekey_enter(kn, master, config)) {
		ksrtp_master_put(master);
		return ERR_PTR(-ENOMEM);
	}
	ksrtp_rekey_number(direction, before, config, master);
	if (ksrtp_rekey_unsafe(direction, before, master)) {
		NL_SET_ERR_MSG(extack,
			       "master-key: was there before, and too many streams were forgotten since");
		ksrtp_master_put(master);
		return ERR_PTR(-EKEYREJECTED);
	}
	/* then the next one need not wait */
	if (ksrtp_rekey_has_srtcp(before))
		ksrtp_master_complete(master);
	return master;
}

/* Would restarting counters with a key reuse indexes? Returns why, or NULL. */
static const char *ksrtp_rekey_repeats(const struct ksrtp_key_list *before,
				       const struct ksrtp_key_list *left,
				       const struct ksrtp_master *master)
{
	if (left->n)
		return "counters: cannot restart while a key of before remains";
	if (ksrtp_key_list_twin(before, master))
		return "counters: cannot restart under the same key";
	if (master->known)
		return "counters: cannot restart under a key that has sent before";
	return NULL;
}

/*
 * Decide what happens to a sender's counters at a new key. @before lists the
 * keys so far, @left those that stay beside it. If @asked to, counters restart
 * where they may. Returns 1 if counters restart, 0 if they continue, or a
 * negative errno.
 */
static int ksrtp_rekey_counters(struct ksrtp_direction *direction,
				enum ksrtp_counters counters, bool asked,
				const struct ksrtp_key_list *before,
				const struct ksrtp_key_list *left,
				const struct ksrtp_master *master,
				struct netlink_ext_ack *extack)
{
	const struct ksrtp_direction *other = direction + 1;
	const char *repeats;

	/* nothing was sent yet */
	if (direction->id != KSRTP_DIRECTION_SEND || !direction->keyed)
		return 0;
	repeats = ksrtp_rekey_repeats(before, left, master);
	if (asked)
		counters = repeats ? KSRTP_COUNTERS_CONTINUE :
				     KSRTP_COUNTERS_RESTART;
	if (counters == KSRTP_COUNTERS_RESTART && repeats) {
		ksrtp_extack_msg(extack, repeats);
		return left->n ? -EBUSY : -EKEYREJECTED;
	}
	if (counters == KSRTP_COUNTERS_RESTART ||
	    (counters == KSRTP_COUNTERS_PEER && !repeats &&
	     READ_ONCE(other->manner) == KSRTP_COUNTERS_RESTART))
		return 1;
	if (!master->known || ksrtp_key_list_twin(before, master))
		return 0;
	/* stop following the peer; or see that packets have already done so */
	xchg(&direction->undecided, false);
	if (READ_ONCE(direction->fresh_only)) {
		NL_SET_ERR_MSG(extack,
			       "master-key: has sent before, and counters went back since");
		return -EKEYREJECTED;
	}
	return 0;
}

/* Why does a change of policy need a new key? NULL if it does not. */
static const char *ksrtp_rekey_needed(const struct ksrtp_policy *old,
				      const struct ksrtp_policy *new)
{
	if (old->suite != new->suite)
		return "suite: takes a new key beside it";
	if (old->key_derivation_rate != new->key_derivation_rate)
		return "key-derivation-rate: takes a new key beside it";
	if (old->kdf_aes_256 != new->kdf_aes_256)
		return "kdf-aes-256: takes a new key beside it";
	if (!old->has_extensions && new->has_extensions)
		return "encrypted-extensions: takes a new key beside it";
	return NULL;
}

/* Is an identifier unique, and as long as those of the other keys? */
static int ksrtp_rekey_check_mki(const struct ksrtp_key_list *list,
				 const struct ksrtp_master_config *config,
				 struct netlink_ext_ack *extack)
{
	const struct ksrtp_key_name name = {
		.mki = config->mki,
		.mki_len = config->mki_len,
	};

	if (list->n && list->keys[0]->mki_len != config->mki_len) {
		NL_SET_ERR_MSG(extack,
			       "mki: not as long as those of the direction's other keys");
		return -EINVAL;
	}
	if (config->mki_len && ksrtp_key_list_find(list, &name)) {
		NL_SET_ERR_MSG(extack, "mki: the direction has a key of it");
		return -EEXIST;
	}
	return 0;
}

/*
 * Turn keys into former ones if they cannot coexist with the requested settings
 * but are still accepted for a while. The send direction needs no former keys.
 */
static void ksrtp_rekey_part(struct ksrtp_key_list *list,
			     const struct ksrtp_keyset *keyset,
			     const struct ksrtp_direction_config *config,
			     bool recv)
{
	bool alike = ksrtp_policy_reads_as(&keyset->policy, &config->policy);
	const struct ksrtp_key_name name = {
		.mki = config->master.mki,
		.mki_len = config->master.mki_len,
	};
	struct ksrtp_master *master;
	unsigned int i, n = 0;
	bool brief;

	for (i = 0; i < list->n; i++) {
		master = list->keys[i];
		brief = config->overlap || master->retiring;
		if ((alike || !brief) &&
		    (!config->master.key ||
		     (keyset->mki_len == name.mki_len &&
		      (!name.mki_len || !ksrtp_key_is(master, &name)))))
			list->keys[n++] = master;
		else if (recv && brief)
			list->former[list->nformer++] =
				(struct ksrtp_former_key){
					.master = master,
					.keyset = keyset,
				};
	}
	list->n = n;
}

/*
 * Retire the keys that a new one replaces: at once, or after the overlap, or
 * when their own overlap ends.
 */
static void ksrtp_rekey_give_way(struct ksrtp_key_list *list,
				 const struct ksrtp_keyset *keyset,
				 const struct ksrtp_direction_config *config,
				 bool recv, bool needed)
{
	u8 mki_len = config->master.mki_len;

	if (!keyset)
		return;
	if (!config->overlap &&
	    (!mki_len || needed || config->restart ||
	     keyset->mki_len != mki_len)) {
		list->n = 0;
		list->nformer = 0;
		return;
	}
	ksrtp_rekey_part(list, keyset, config, recv);
	if (config->overlap && list->n == KSRTP_KEYS_MAX)
		memmove(list->keys, list->keys + 1,
			--list->n * sizeof(*list->keys));
}

/* Does a direction have a key left after a change of policy alone? */
static bool ksrtp_rekey_lasts(const struct ksrtp_key_list *list)
{
	unsigned int i;

	for (i = 0; i < list->n; i++)
		if (!list->keys[i]->retiring)
			return true;
	return false;
}

/* Rebuild the keysets of former keys, linked by @before. */
static int ksrtp_rekey_before(const struct ksrtp_key_list *list,
			      struct ksrtp_keyset **before)
{
	struct ksrtp_master *keys[KSRTP_KEYS_MAX];
	const struct ksrtp_keyset *of;
	struct ksrtp_keyset *keyset;
	unsigned int i, n;

	*before = NULL;
	for (i = 0; i < list->nformer; i += n) {
		of = list->former[i].keyset;
		for (n = 0; i + n < list->nformer &&
		     list->former[i + n].keyset == of; n++)
			keys[n] = list->former[i + n].master;
		keyset = ksrtp_keyset_create(&of->policy, keys, n, NULL,
					     *before);
		if (!keyset) {
			ksrtp_keyset_free(*before);
			return -ENOMEM;
		}
		*before = keyset;
	}
	return 0;
}

static struct ksrtp_keyset *
ksrtp_rekey_keyset(const struct ksrtp_direction *direction,
		   const struct ksrtp_policy *policy,
		   const struct ksrtp_key_list *list)
{
	struct ksrtp_keyset *keyset, *before;

	if (!list->n)
		return NULL;
	if (ksrtp_rekey_before(list, &before))
		return ERR_PTR(-ENOMEM);
	keyset = ksrtp_keyset_create(policy, list->keys, list->n,
				     list->active, before);
	if (!keyset) {
		ksrtp_keyset_free(before);
		return ERR_PTR(-ENOMEM);
	}
	keyset->anew = direction->anew;
	return keyset;
}

/**
 * ksrtp_rekey_prepare() - prepare a requested change of a direction's keys
 * @kn: namespace
 * @direction: the direction; not changed
 * @config: the request
 * @rekey: filled in, for ksrtp_rekey_commit() or ksrtp_rekey_abandon()
 * @extack: where to explain a refusal
 *
 * A key without an identifier replaces all others, at once or with an overlap.
 * A key with an identifier becomes the active one and replaces the key with the
 * same identifier; others stay, unless an overlap is given or their identifiers
 * have another length. During an overlap, received packets are accepted under
 * the replaced keys, with the policy that these had.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_rekey_prepare(struct ksrtp_net *kn, struct ksrtp_direction *direction,
			const struct ksrtp_direction_config *config,
			struct ksrtp_rekey *rekey,
			struct netlink_ext_ack *extack)
{
	bool recv = direction->id == KSRTP_DIRECTION_RECV;
	const struct ksrtp_policy *policy = &config->policy;
	const struct ksrtp_keyset *old;
	struct ksrtp_key_list list, before;
	struct ksrtp_master *master = NULL;
	const char *needed;
	int err = 0;

	memset(rekey, 0, sizeof(*rekey));
	ksrtp_key_list(kn, direction, &list);
	before = list;
	if (config->given && config->unused_key)
		err = ksrtp_rekey_all_unused(kn, direction, &before, config,
					     extack);
	if (err)
		return err;
	if (!config->given || (!list.n && !config->master.key))
		return 0;

	needed = list.n ? ksrtp_rekey_needed(&direction->policy, policy) : NULL;
	if (needed && !config->master.key) {
		ksrtp_extack_msg(extack, needed);
		return -EINVAL;
	}
	old = ksrtp_direction_keyset(kn, direction);
	if (!config->master.key && ksrtp_rekey_lasts(&list))
		ksrtp_rekey_part(&list, old, config, recv);
	if (config->master.key) {
		ksrtp_rekey_give_way(&list, old, config, recv, needed);
		err = ksrtp_rekey_check_mki(&list, &config->master, extack);
		if (err)
			return err;
		master = ksrtp_rekey_master(kn, direction, policy, &before,
					    &config->master, extack);
		if (IS_ERR(master))
			return PTR_ERR(master);
		rekey->new_key = !ksrtp_key_list_twin(&before, master);
		rekey->restart = ksrtp_rekey_counters(direction,
						      policy->counters,
						      config->restart, &before,
						      &list, master, extack);
		err = min(rekey->restart, 0);
		if (!err)
			err = ksrtp_key_list_append(&list, master, extack);
		if (err)
			goto out;
		list.active = master;
		rekey->retire = config->overlap;
		rekey->overlap = config->overlap;
	}
	rekey->keyset = ksrtp_rekey_keyset(direction, policy, &list);
	err = PTR_ERR_OR_ZERO(rekey->keyset);
	if (err)
		rekey->keyset = NULL;
	else if (rekey->restart > 0)
		rekey->keyset->anew = rekey->keyset->serial;
	rekey->changes = !err;
out:
	/* the keyset has its own reference */
	if (master)
		ksrtp_master_put(master);
	return err;
}

/* Update the prefetch hints. */
static void ksrtp_rekey_warm(struct ksrtp_direction *direction,
			     const struct ksrtp_keyset *keyset)
{
	struct ksrtp_warm *warm = &direction->warm;
	const struct ksrtp_master *master;

	master = keyset->keys[keyset->active >= 0 ? keyset->active :
			       keyset->n - 1];
	WRITE_ONCE(warm->master, master);
	WRITE_ONCE(warm->cipher, master->keys[0]->set.main.ctr);
	WRITE_ONCE(direction->aead, ksrtp_suite_is_aead(master->suite));
}

/* Record in the ledger how a key may be used. */
static void ksrtp_rekey_note_key(const struct ksrtp_direction *direction,
				 const struct ksrtp_master *master)
{
	bool recv = direction->id == KSRTP_DIRECTION_RECV;
	bool used = atomic64_read(&master->lifetime[0].used) ||
		    atomic64_read(&master->lifetime[1].used);
	struct ksrtp_entry *entry;
	unsigned int i;

	for (i = 0; i < KSRTP_MASTER_PARTS_MAX; i++) {
		entry = master->entries[i];
		if (!entry)
			continue;
		entry->user[recv] = entry->user[recv] &&
				    entry->user[recv] != direction->user ?
					    KSRTP_USERS_SEVERAL :
					    direction->user;
		entry->received |= recv;
		if (used)
			WRITE_ONCE(*(recv ? &entry->heard : &entry->sent),
				   true);
	}
}

static void ksrtp_rekey_note(struct ksrtp_direction *direction,
			     const struct ksrtp_keyset *keyset)
{
	unsigned int i;

	if (!direction->user)
		direction->user = keyset->serial;
	for (i = 0; i < keyset->n; i++)
		ksrtp_rekey_note_key(direction, keyset->keys[i]);
}

/* Is a new key in use, whose counters may still follow the peer's? */
static bool ksrtp_rekey_undecided(const struct ksrtp_direction *direction,
				  const struct ksrtp_keyset *keyset)
{
	u64 speaker = ksrtp_keyset_speaker(keyset);
	unsigned int i;

	if (!direction->keyed || keyset->anew != direction->anew ||
	    keyset->policy.counters != KSRTP_COUNTERS_PEER)
		return false;
	/* a key that was used before may have sent anything */
	for (i = 0; i < keyset->n; i++)
		if (keyset->keys[i]->number == speaker)
			return !keyset->keys[i]->known;
	return false;
}

/* A keyset was installed: update the state of the send direction's counters. */
static void ksrtp_rekey_turn(struct ksrtp_direction *direction,
			     const struct ksrtp_keyset *keyset)
{
	struct ksrtp_session *session = container_of(direction,
						     struct ksrtp_session,
						     direction[0]);
	u64 speaker = ksrtp_keyset_speaker(keyset);

	if (speaker > session->spoken) {
		session->spoken = speaker;
		WRITE_ONCE(direction->undecided,
			   ksrtp_rekey_undecided(direction, keyset));
	}
	if (keyset->anew == direction->anew)
		return;
	WRITE_ONCE(direction->fresh_only, true);
	ksrtp_stream_begin_anew(session, keyset);
}

static void ksrtp_rekey_replace(struct ksrtp_net *kn,
				struct ksrtp_direction *direction,
				struct ksrtp_keyset *keyset)
{
	if (keyset) {
		ksrtp_rekey_warm(direction, keyset);
		ksrtp_rekey_note(direction, keyset);
	}
	kn->removals++;
	ksrtp_keyset_retire(rcu_replace_pointer(direction->keyset, keyset,
						lockdep_is_held(&kn->lock)));
	if (keyset && direction->id == KSRTP_DIRECTION_SEND)
		ksrtp_rekey_turn(direction, keyset);
	if (keyset)
		direction->keyed = true;
}

/**
 * ksrtp_rekey_commit() - carry out a prepared change; cannot fail
 * @kn: namespace
 * @direction: the direction
 * @rekey: as filled in by ksrtp_rekey_prepare()
 *
 * Context: process, under the namespace's lock.
 */
void ksrtp_rekey_commit(struct ksrtp_net *kn, struct ksrtp_direction *direction,
			struct ksrtp_rekey *rekey)
{
	const struct ksrtp_keyset *old = ksrtp_direction_keyset(kn, direction);
	unsigned int i;

	if (!rekey->changes)
		return;
	/* keysets in @before have their time limit already */
	for (i = 0; rekey->retire && old && i < old->n; i++)
		if (!old->keys[i]->retiring)
			ksrtp_master_retire(old->keys[i], rekey->overlap);
	ksrtp_rekey_replace(kn, direction, rekey->keyset);
}

/**
 * ksrtp_rekey_abandon() - discard a prepared change
 * @rekey: as filled in by ksrtp_rekey_prepare()
 *
 * Context: process.
 */
void ksrtp_rekey_abandon(struct ksrtp_rekey *rekey)
{
	ksrtp_keyset_retire(rekey->keyset);
}

/**
 * ksrtp_rekey_wipe() - remove all keys
 * @kn: namespace
 * @direction: the direction
 *
 * Context: process, under the namespace's lock.
 */
void ksrtp_rekey_wipe(struct ksrtp_net *kn, struct ksrtp_direction *direction)
{
	ksrtp_rekey_replace(kn, direction, NULL);
}

/* Make a retiring key a former one, if a new key has the same identifier. */
static void ksrtp_rekey_part_namesake(struct ksrtp_key_list *list,
				      const struct ksrtp_keyset *keyset,
				      const struct ksrtp_master_config *config)
{
	const struct ksrtp_key_name name = {
		.mki = config->mki,
		.mki_len = config->mki_len,
	};
	struct ksrtp_master *master;
	unsigned int i, n = 0;

	master = name.mki_len ? ksrtp_key_list_find(list, &name) : NULL;
	if (!master || !master->retiring)
		return;
	for (i = 0; i < list->n; i++)
		if (list->keys[i] != master)
			list->keys[n++] = list->keys[i];
	list->n = n;
	list->former[list->nformer++] = (struct ksrtp_former_key){
		.master = master,
		.keyset = keyset,
	};
}

/* Would two keys without identifiers be for the same packets? */
static bool ksrtp_rekey_overlaps(const struct ksrtp_key_list *list,
				 const struct ksrtp_master_config *config)
{
	unsigned int i;

	if (config->mki_len)
		return false;
	for (i = 0; i < list->n; i++)
		if (config->from <= list->keys[i]->to &&
		    list->keys[i]->from <= config->to)
			return true;
	return false;
}

/**
 * ksrtp_rekey_add() - add a key beside the existing ones
 * @kn: namespace
 * @direction: the direction; has a suite
 * @config: the key
 * @unused: refuse it if another session has used it
 * @extack: where to explain a refusal
 *
 * The first key with an identifier becomes the active one. A key may have the
 * identifier of a retiring one, which is still accepted.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_rekey_add(struct ksrtp_net *kn, struct ksrtp_direction *direction,
		    const struct ksrtp_master_config *config, bool unused,
		    struct netlink_ext_ack *extack)
{
	const struct ksrtp_policy *policy = &direction->policy;
	struct ksrtp_key_list list, before;
	struct ksrtp_keyset *keyset;
	struct ksrtp_master *master;
	int err = 0, restart;

	ksrtp_key_list(kn, direction, &list);
	before = list;
	if (unused)
		err = ksrtp_rekey_unused(kn, direction, &before, policy->suite,
					 config->key,
					 ksrtp_rekey_parts(config,
							   policy->suite),
					 extack);
	if (err)
		return err;
	if (direction->id == KSRTP_DIRECTION_RECV)
		ksrtp_rekey_part_namesake(&list,
					  ksrtp_direction_keyset(kn, direction),
					  config);
	err = ksrtp_rekey_check_mki(&list, config, extack);
	if (err)
		return err;
	if (ksrtp_rekey_overlaps(&list, config)) {
		NL_SET_ERR_MSG(extack,
			       "from: overlaps the indexes of another key of the direction");
		return -EINVAL;
	}
	master = ksrtp_rekey_master(kn, direction, policy, &before, config,
				    extack);
	if (IS_ERR(master))
		return PTR_ERR(master);
	/* beside other keys it only must be allowed; counters continue */
	restart = ksrtp_rekey_counters(direction, list.n ?
				       KSRTP_COUNTERS_CONTINUE :
				       policy->counters, false, &before, &list,
				       master, extack);
	err = min(restart, 0);
	if (!list.n)
		list.active = master;
	if (!err)
		err = ksrtp_key_list_append(&list, master, extack);
	if (!err) {
		keyset = ksrtp_rekey_keyset(direction, policy, &list);
		err = PTR_ERR_OR_ZERO(keyset);
	}
	if (!err) {
		if (restart)
			keyset->anew = keyset->serial;
		ksrtp_rekey_replace(kn, direction, keyset);
	}
	ksrtp_master_put(master);
	return err;
}

/**
 * ksrtp_rekey_find() - find a key of a direction
 * @kn: namespace
 * @direction: the direction
 * @name: identification of the key
 * @keyset: set to its keyset
 * @extack: where to explain a refusal
 *
 * If several keys match, finds the one in the latest keyset, and there the
 * oldest.
 *
 * Context: any, under the namespace's lock.
 * Return: its index in the keyset, or -ENOENT.
 */
int ksrtp_rekey_find(struct ksrtp_net *kn, struct ksrtp_direction *direction,
		     const struct ksrtp_key_name *name,
		     const struct ksrtp_keyset **keyset,
		     struct netlink_ext_ack *extack)
{
	int i;

	for (*keyset = ksrtp_direction_keyset(kn, direction); *keyset;
	     *keyset = (*keyset)->before)
		for (i = 0; i < (*keyset)->n; i++)
			if (ksrtp_key_is((*keyset)->keys[i], name))
				return i;
	NL_SET_ERR_MSG(extack, "no such key");
	return -ENOENT;
}

/**
 * ksrtp_rekey_use() - choose the key to send with
 * @kn: namespace
 * @direction: the direction
 * @name: its identifier
 * @extack: where to explain a refusal
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0, -ENOENT, -EBUSY or -ENOMEM.
 */
int ksrtp_rekey_use(struct ksrtp_net *kn, struct ksrtp_direction *direction,
		    const struct ksrtp_key_name *name,
		    struct netlink_ext_ack *extack)
{
	struct ksrtp_keyset *keyset;
	struct ksrtp_key_list list;

	ksrtp_key_list(kn, direction, &list);
	list.active = ksrtp_key_list_find(&list, name);
	if (!list.active) {
		NL_SET_ERR_MSG(extack, "mki: no key of it");
		return -ENOENT;
	}
	if (list.active->retiring) {
		NL_SET_ERR_MSG(extack, "mki: the key is about to go");
		return -EBUSY;
	}
	keyset = ksrtp_rekey_keyset(direction, &direction->policy, &list);
	if (IS_ERR(keyset))
		return PTR_ERR(keyset);
	ksrtp_rekey_replace(kn, direction, keyset);
	return 0;
}

/**
 * ksrtp_rekey_learn() - make a keyset with a master key that came with a packet
 * @kn: namespace
 * @direction: the direction
 * @policy: its policy, for this SSRC
 * @old: keyset of the SSRC so far, or NULL
 * @config: the key
 *
 * Of @old, the newest key that a packet has proved right stays beside it.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: the keyset, or NULL if it cannot be used.
 */
struct ksrtp_keyset *
ksrtp_rekey_learn(struct ksrtp_net *kn, struct ksrtp_direction *direction,
		  const struct ksrtp_policy *policy,
		  const struct ksrtp_keyset *old,
		  const struct ksrtp_master_config *config)
{
	struct ksrtp_key_list before = {}, list = {};
	struct ksrtp_master *master;
	struct ksrtp_keyset *keyset;
	unsigned int i;

	for (i = 0; old && i < old->n; i++)
		before.keys[before.n++] = old->keys[i];
	master = ksrtp_rekey_master(kn, direction, policy, &before, config,
				    NULL);
	if (IS_ERR(master))
		return NULL;
	if (ksrtp_key_list_twin(&before, master)) {
		list = before;
	} else {
		for (i = before.n; i-- > 0 && !list.n;)
			if (ksrtp_master_proven(before.keys[i]) &&
			    !ksrtp_master_retired(before.keys[i]))
				list.keys[list.n++] = before.keys[i];
		list.keys[list.n++] = master;
		ksrtp_rekey_note_key(direction, master);
	}
	keyset = ksrtp_keyset_create(policy, list.keys, list.n, NULL, NULL);
	if (keyset)
		keyset->learned = true;
	ksrtp_master_put(master);
	return keyset;
}

/* Replace a direction's keys by the same list without one key. */
static int ksrtp_rekey_without(struct ksrtp_net *kn,
			       struct ksrtp_direction *direction,
			       struct ksrtp_key_list *list,
			       const struct ksrtp_master *master)
{
	struct ksrtp_keyset *keyset;
	unsigned int i, n = 0;

	for (i = 0; i < list->n; i++)
		if (list->keys[i] != master)
			list->keys[n++] = list->keys[i];
	list->n = n;
	for (i = list->nformer; i-- > 0;)
		if (list->former[i].master == master)
			ksrtp_key_list_drop_former(list, i);
	keyset = ksrtp_rekey_keyset(direction, &direction->policy, list);
	if (IS_ERR(keyset))
		return PTR_ERR(keyset);
	ksrtp_rekey_replace(kn, direction, keyset);
	return 0;
}

/**
 * ksrtp_rekey_remove() - remove a key
 * @kn: namespace
 * @direction: the direction
 * @name: identification of the key
 * @extack: where to explain a refusal
 *
 * Without its last key the direction is pending.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0, -ENOENT or -ENOMEM.
 */
int ksrtp_rekey_remove(struct ksrtp_net *kn, struct ksrtp_direction *direction,
		       const struct ksrtp_key_name *name,
		       struct netlink_ext_ack *extack)
{
	const struct ksrtp_keyset *keyset;
	struct ksrtp_key_list list;
	int at;

	at = ksrtp_rekey_find(kn, direction, name, &keyset, extack);
	if (at < 0)
		return at;
	ksrtp_key_list(kn, direction, &list);
	return ksrtp_rekey_without(kn, direction, &list, keyset->keys[at]);
}

/**
 * ksrtp_rekey_sweep() - wipe keys whose overlap is over
 * @kn: namespace
 * @direction: the direction
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: true if there are keys whose time is still to come.
 */
bool ksrtp_rekey_sweep(struct ksrtp_net *kn, struct ksrtp_direction *direction)
{
	const struct ksrtp_keyset *keyset = ksrtp_direction_keyset(kn, direction);
	struct ksrtp_key_list list;
	bool again = false;
	unsigned int i;

	ksrtp_key_list(kn, direction, &list);
	/* no longer accepted in any case; if memory is short, try again later */
	if (list.n + list.nformer < ksrtp_keyset_count(keyset))
		again = ksrtp_rekey_without(kn, direction, &list, NULL);
	for (i = 0; i < list.n; i++)
		again |= list.keys[i]->retiring;
	return again || list.nformer;
}
