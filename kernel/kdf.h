/* SPDX-License-Identifier: GPL-2.0 */
/* Key derivation, RFC 3711 section 4.3. */
#ifndef _KSRTP_KDF_H
#define _KSRTP_KDF_H

#include <linux/types.h>

#include "suite.h"

/* Labels of RFC 3711 section 4.3.1 and 4.3.2; SRTCP's are SRTP's plus three. */
enum ksrtp_kdf_label {
	KSRTP_KDF_SRTP = 0,
	KSRTP_KDF_SRTCP = 3,
};

struct ksrtp_derived;

int ksrtp_kdf_derive(const struct ksrtp_suite *suite, const u8 *master_key,
		     const u8 *master_salt, enum ksrtp_kdf_label label,
		     struct ksrtp_derived *derived);

#endif /* _KSRTP_KDF_H */
