/* SPDX-License-Identifier: GPL-2.0 */
/* Rekeying: replacing a direction's keyset. */
#ifndef _KSRTP_REKEY_H
#define _KSRTP_REKEY_H

#include "session.h"

/**
 * struct ksrtp_rekey - a prepared change of a direction's keyset
 * @changes: there is something to do
 * @keyset: new keyset, or NULL for none
 * @retire: retire the current keys
 * @overlap: time until they are retired, in ms
 * @restart: counters restart, if positive
 * @new_key: there is a new key
 */
struct ksrtp_rekey {
	bool changes;
	struct ksrtp_keyset *keyset;
	bool retire;
	u32 overlap;
	int restart;
	bool new_key;
};

/**
 * struct ksrtp_key_name - identification of a key in its direction
 * @mki: its identifier
 * @mki_len: its length in bytes, 0 if it has none
 * @from: without an identifier, the first packet index that it is for
 */
struct ksrtp_key_name {
	const u8 *mki;
	u8 mki_len;
	u64 from;
};

int ksrtp_rekey_prepare(struct ksrtp_net *kn, struct ksrtp_direction *direction,
			const struct ksrtp_direction_config *config,
			struct ksrtp_rekey *rekey,
			struct netlink_ext_ack *extack);
void ksrtp_rekey_commit(struct ksrtp_net *kn, struct ksrtp_direction *direction,
			struct ksrtp_rekey *rekey);
void ksrtp_rekey_abandon(struct ksrtp_rekey *rekey);
void ksrtp_rekey_wipe(struct ksrtp_net *kn, struct ksrtp_direction *direction);
int ksrtp_rekey_add(struct ksrtp_net *kn, struct ksrtp_direction *direction,
		    const struct ksrtp_master_config *config, bool unused,
		    struct netlink_ext_ack *extack);
int ksrtp_rekey_find(struct ksrtp_net *kn, struct ksrtp_direction *direction,
		     const struct ksrtp_key_name *name,
		     const struct ksrtp_keyset **keyset,
		     struct netlink_ext_ack *extack);
int ksrtp_rekey_use(struct ksrtp_net *kn, struct ksrtp_direction *direction,
		    const struct ksrtp_key_name *name,
		    struct netlink_ext_ack *extack);
struct ksrtp_keyset *
ksrtp_rekey_learn(struct ksrtp_net *kn, struct ksrtp_direction *direction,
		  const struct ksrtp_policy *policy,
		  const struct ksrtp_keyset *old,
		  const struct ksrtp_master_config *config);
int ksrtp_rekey_remove(struct ksrtp_net *kn, struct ksrtp_direction *direction,
		       const struct ksrtp_key_name *name,
		       struct netlink_ext_ack *extack);
bool ksrtp_rekey_sweep(struct ksrtp_net *kn, struct ksrtp_direction *direction);

#endif /* _KSRTP_REKEY_H */
