/* SPDX-License-Identifier: GPL-2.0 */
/* Key derivation, RFC 3711 section 4.3. */
#ifndef _KSRTP_KDF_H
#define _KSRTP_KDF_H

#include <linux/types.h>
#include <crypto/skcipher.h>

#include "suite.h"

#define KSRTP_KDF_SALT_LEN	14
#define KSRTP_KDF_AES_192_LEN	24
#define KSRTP_KDF_AES_256_LEN	32

/* Labels of RFC 3711 sections 4.3.1 and 4.3.2 and of RFC 6904 section 3. */
enum ksrtp_kdf_label {
	KSRTP_KDF_SRTP_KEY,
	KSRTP_KDF_SRTP_AUTH,
	KSRTP_KDF_SRTP_SALT,
	KSRTP_KDF_SRTCP_KEY,
	KSRTP_KDF_SRTCP_AUTH,
	KSRTP_KDF_SRTCP_SALT,
	KSRTP_KDF_HEADER_KEY,
	KSRTP_KDF_HEADER_SALT,
};

/**
 * struct ksrtp_kdf - a master key, prepared for derivation
 * @prf: pseudorandom function, keyed with the master key
 * @salt: master salt, padded with zeros
 */
struct ksrtp_kdf {
	struct crypto_skcipher *prf;
	u8 salt[KSRTP_KDF_SALT_LEN];
};

struct ksrtp_derived;

int ksrtp_kdf_setup(struct ksrtp_kdf *kdf, const struct ksrtp_suite *suite,
		    const u8 *master_key, const u8 *master_salt,
		    bool aes_256);
void ksrtp_kdf_teardown(struct ksrtp_kdf *kdf);
int ksrtp_kdf_derive(const struct ksrtp_kdf *kdf,
		     const struct ksrtp_suite *suite, bool rtcp, u64 epoch,
		     struct ksrtp_derived *derived);
int ksrtp_kdf_derive_header(const struct ksrtp_kdf *kdf,
			    const struct ksrtp_suite *suite, u64 epoch,
			    struct ksrtp_derived *derived);

#endif /* _KSRTP_KDF_H */
