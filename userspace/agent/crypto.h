/* SPDX-License-Identifier: GPL-2.0 */
/* Crypto lines of a medium (SDES, RFC 4568): ours, and the peer's. */
#ifndef KSRTPD_CRYPTO_H
#define KSRTPD_CRYPTO_H

struct complaint;
struct sdp_media;

/* Lines have keys. NULL: there are none, or they are not known since a restart. */
struct crypto {
	char *ours, *theirs;		/* in use */
	char *said;			/* ours of the last description, with line ends */
	char *chosen;			/* the peer's that those answer */
};

void crypto_begin(const char *profiles);
int crypto_offer(struct crypto *crypto, struct complaint *complaint);
int crypto_answer(struct crypto *crypto, const struct sdp_media *media,
		  struct complaint *complaint);
void crypto_agree(struct crypto *crypto, const struct sdp_media *answer);
char *crypto_unknown(struct complaint *complaint);
void crypto_forget(struct crypto *crypto);

#endif
