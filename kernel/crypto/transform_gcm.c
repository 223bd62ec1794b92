// SPDX-License-Identifier: GPL-2.0
/*
 * Galois/counter mode, RFC 7714; with ARIA RFC 8269, with SEED RFC 5669. CCM of
 * RFC 5669 is laid out alike.
 */

#include "cipher.h"
#include "transform.h"

/**
 * ksrtp_gcm_protect() - protect a packet, in Galois/counter mode
 * @work: the packet
 *
 * Context: any, BH disabled.
 * Return: as struct ksrtp_transform says.
 */
__always_inline int ksrtp_gcm_protect(struct ksrtp_work *work)
{
	return ksrtp_aead_protect(work, ksrtp_aead_done);
}

/**
 * ksrtp_gcm_unprotect() - unprotect a packet, in Galois/counter mode
 * @work: the packet
 *
 * Context: any, BH disabled.
 * Return: as struct ksrtp_transform says.
 */
__always_inline int ksrtp_gcm_unprotect(struct ksrtp_work *work)
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
