/* SPDX-License-Identifier: GPL-2.0 */
/* Seal keys: what hosts share to hand master keys to each other. */
#ifndef _KSRTP_SEAL_H
#define _KSRTP_SEAL_H

#include <linux/bits.h>
#include <linux/types.h>
#include <linux/ksrtp.h>

struct aead_request;
struct crypto_aead;
struct ksrtp_net;
struct netlink_ext_ack;

#define KSRTP_SEAL_NONCE_LEN	12
#define KSRTP_SEAL_TAG_LEN	16

/* Room for associated data, plaintext and tag. */
#define KSRTP_SEAL_ROOM		576

/**
 * struct ksrtp_seal - a seal key
 * @id: its id, the same on all hosts that have it
 * @aead: AES-256-GCM, keyed
 * @req: request for it
 * @sealed: how often it has sealed
 * @opened: how often it has opened
 * @refused: how often what named it did not open
 * @key: the key, to tell it from another one
 * @nonce: nonce of the text in @text
 * @text: associated data, followed by plaintext, or ciphertext and tag
 *
 * All under the namespace's lock.
 */
struct ksrtp_seal {
	u32 id;
	struct crypto_aead *aead;
	struct aead_request *req;
	u64 sealed;
	u64 opened;
	u64 refused;
	u8 key[KSRTP_SEAL_KEY_LENGTH];
	u8 nonce[KSRTP_SEAL_NONCE_LEN];
	u8 text[KSRTP_SEAL_ROOM];
};

struct ksrtp_seal *ksrtp_seal_find(struct ksrtp_net *kn, u32 id);
struct ksrtp_seal *ksrtp_seal_set(struct ksrtp_net *kn, u32 id, const u8 *key,
				  struct netlink_ext_ack *extack);
void ksrtp_seal_delete(struct ksrtp_net *kn, struct ksrtp_seal *seal);
void ksrtp_seal_delete_all(struct ksrtp_net *kn);
int ksrtp_seal_encrypt(struct ksrtp_seal *seal, unsigned int assoc_len,
		       unsigned int len);
int ksrtp_seal_decrypt(struct ksrtp_seal *seal, unsigned int assoc_len,
		       unsigned int len);
void ksrtp_seal_wipe(struct ksrtp_seal *seal);

/* Nonces are random: beyond this two might be equal, NIST SP 800-38D s. 8.3. */
#define KSRTP_SEAL_USES_MAX	BIT_ULL(32)

/* Has it sealed as often as it may? */
static inline bool ksrtp_seal_spent(const struct ksrtp_seal *seal)
{
	return seal->sealed >= KSRTP_SEAL_USES_MAX;
}

#endif /* _KSRTP_SEAL_H */
