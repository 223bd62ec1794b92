/* SPDX-License-Identifier: GPL-2.0 */
/* Sealed keys: what one host hands to another. */
#ifndef _KSRTP_SEALED_H
#define _KSRTP_SEALED_H

#include <linux/types.h>
#include <linux/ksrtp.h>

#include "seal.h"

struct ksrtp_ektkey;
struct ksrtp_flow;
struct ksrtp_net;
struct ksrtp_policy;

/* Version, kind and seal key's id, which are authenticated; nonce. */
#define KSRTP_SEALED_CLEAR_LEN	(1 + 1 + 4)
#define KSRTP_SEALED_HEADER_LEN	(KSRTP_SEALED_CLEAR_LEN + KSRTP_SEAL_NONCE_LEN)
#define KSRTP_SEALED_OVERHEAD	(KSRTP_SEALED_HEADER_LEN + KSRTP_SEAL_TAG_LEN)

/* Longest plaintext. */
#define KSRTP_SEALED_PLAIN_MAX	(KSRTP_EKT_SEALED_MAX - KSRTP_SEALED_OVERHEAD)

/**
 * enum ksrtp_sealed_kind - what is sealed; part of the format
 * @KSRTP_SEALED_MASTER: a master key, followed by its master salt
 * @KSRTP_SEALED_EKT: EKT keys, as ksrtp_sealed_pack_ekt() writes them
 */
enum ksrtp_sealed_kind {
	KSRTP_SEALED_MASTER = 1,
	KSRTP_SEALED_EKT,
};

/**
 * struct ksrtp_sealed_for - what a sealed key is for, and opens for alone
 * @kn: namespace
 * @flow: flow of its session
 * @direction: its direction
 * @policy: how that protects, with a suite
 * @mki: its identifier
 * @mki_len: length of @mki in bytes, 0 for none
 */
struct ksrtp_sealed_for {
	struct ksrtp_net *kn;
	const struct ksrtp_flow *flow;
	enum ksrtp_direction_id direction;
	const struct ksrtp_policy *policy;
	const u8 *mki;
	u8 mki_len;
};

/**
 * struct ksrtp_sealed_ekt - EKT keys of a direction
 * @epoch: how many master keys a sender has told before under the newest one
 * @n: number of keys
 * @keys: the keys, newest first
 */
struct ksrtp_sealed_ekt {
	u16 epoch;
	unsigned int n;
	struct ksrtp_ektkey *keys[KSRTP_EKT_KEYS_MAX];
};

int ksrtp_sealed_write(struct ksrtp_seal *seal,
		       const struct ksrtp_sealed_for *use,
		       enum ksrtp_sealed_kind kind, const u8 *plain,
		       unsigned int len, u8 *out);
int ksrtp_sealed_read(const struct ksrtp_sealed_for *use,
		      enum ksrtp_sealed_kind kind, const u8 *data,
		      unsigned int len, u8 *plain, unsigned int size);
unsigned int ksrtp_sealed_pack_ekt(const struct ksrtp_sealed_ekt *ekt,
				   u8 *plain);
int ksrtp_sealed_unpack_ekt(const u8 *plain, unsigned int len,
			    struct ksrtp_sealed_ekt *ekt);

#endif /* _KSRTP_SEALED_H */
