// SPDX-License-Identifier: GPL-2.0
/* Galois/counter mode, RFC 7714; with ARIA RFC 8269. */

#include "cipher.h"
#include "transform.h"

static int ksrtp_gcm_protect(struct ksrtp_work *work)
{
	return ksrtp_aead_protect(work, ksrtp_aead_done);
}

static int ksrtp_gcm_unprotect(struct ksrtp_work *work)
{
	return ksrtp_aead_unprotect(work, ksrtp_aead_done);
}

const struct ksrtp_transform ksrtp_transform_gcm = {
	.srtcp_index_last = true,
	.destructive = true,
	.setup = ksrtp_aead_setup,
	.teardown = ksrtp_aead_teardown,
	.reqsize = ksrtp_aead_reqsize,
	.async = ksrtp_aead_async,
	.protect = ksrtp_gcm_protect,
	.unprotect = ksrtp_gcm_unprotect,
	.cipher_driver = ksrtp_aead_driver,
};
