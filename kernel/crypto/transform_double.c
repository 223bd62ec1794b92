// SPDX-License-Identifier: GPL-2.0
/*
 * Two AEADs, one inside the other, RFC 8723: the inner one end to end, the
 * outer one hop by hop. A middle box only has the outer key, and lets the
 * application behind it change payload type, sequence number and marker bit.
 */

#include <linux/string.h>

#include "cipher.h"
#include "compat.h"
#include "ohb.h"
#include "transform.h"

/*
 * Set up a request of the inner AEAD. Its associated data is the header without
 * the extension, RFC 8723 section 5.1 step 3.
 */
static struct aead_request *
ksrtp_double_request(struct ksrtp_work *work, unsigned int from,
		     unsigned int end, crypto_completion_t done)
{
	unsigned int header_len = ksrtp_rtp_csrcs_end(work->data);
	struct aead_request *req = (void *)work->request;

	sg_init_table(work->sg, 2);
	sg_set_buf(&work->sg[0], work->inner_header, header_len);
	sg_set_buf(&work->sg[1], work->data + from, end - from);
	ksrtp_aead_iv(work->keys->inner->salt, work->ssrc, work->inner_index,
		      work->iv);
	aead_request_set_tfm(req, work->keys->inner->aead);
	aead_request_set_callback(req, 0, done, work);
	aead_request_set_ad(req, header_len);
	return req;
}

static void ksrtp_double_inner_header(struct ksrtp_work *work)
{
	memcpy(work->inner_header, work->data, ksrtp_rtp_csrcs_end(work->data));
	work->inner_header[0] &= ~KSRTP_RTP_X_BIT;
}

/* After the inner AEAD: append an empty original header block, apply the outer. */
static int ksrtp_double_protect_outer(struct ksrtp_work *work)
{
	work->data[work->len++] = 0;
	return ksrtp_aead_protect(work, ksrtp_aead_done);
}

static void ksrtp_double_inner_sealed(ksrtp_completion_arg arg, int err)
{
	struct ksrtp_work *work = ksrtp_completion_data(arg);

	if (err == -EINPROGRESS)
		return;
	if (!err)
		err = ksrtp_double_protect_outer(work);
	if (err != -EINPROGRESS)
		work->done(work, err);
}

static int ksrtp_double_protect(struct ksrtp_work *work)
{
	unsigned int from = work->clear_len;
	unsigned int len = work->len - from;
	struct aead_request *req;
	int err;

	if (work->rtcp || work->outer_only)
		return ksrtp_aead_protect(work, ksrtp_aead_done);

	ksrtp_double_inner_header(work);
	work->len += work->trailer.tag_len;
	req = ksrtp_double_request(work, from, work->len,
				   ksrtp_double_inner_sealed);
	aead_request_set_crypt(req, work->sg, work->sg, len, work->iv);
	err = crypto_aead_encrypt(req);
	return err ?: ksrtp_double_protect_outer(work);
}

/* For a middle box: include all header fields in the original header block. */
static int ksrtp_double_complete(struct ksrtp_work *work)
{
	unsigned int len = work->len - work->clear_len;
	struct ksrtp_ohb ohb;

	if (!ksrtp_ohb_parse(work->data + work->clear_len, len, &ohb))
		return -EBADMSG;
	work->len -= ohb.len;
	ksrtp_ohb_complete(&ohb, work->data);
	work->len += ksrtp_ohb_write(&ohb, work->data + work->len);
	return 0;
}

/* Packet index of the inner AEAD: the one with @seq that is nearest to @expected. */
static u64 ksrtp_double_nearest(u64 expected, u16 seq)
{
	s64 index = expected + (s16)(seq - (u16)expected);

	return index < 0 ? index + (1LL << 16) : index;
}

/* After the outer AEAD: remove the block, and decrypt the inner AEAD. */
static int ksrtp_double_open_inner(struct ksrtp_work *work)
{
	unsigned int from = work->clear_len;
	struct aead_request *req;
	struct ksrtp_ohb ohb;

	if (work->rtcp)
		return 0;
	/* a retransmission or FEC packet has no inner encryption of its own */
	if (test_bit(work->data[1] & 0x7f, work->policy->repair_types))
		return 0;
	if (work->outer_only)
		return ksrtp_double_complete(work);

	if (!ksrtp_ohb_parse(work->data + from, work->len - from, &ohb) ||
	    work->len - from < ohb.len + work->trailer.tag_len)
		return -EBADMSG;
	work->len -= ohb.len;
	ksrtp_double_inner_header(work);
	ksrtp_ohb_apply(&ohb, work->inner_header);
	/* keep payload type and sequence number of the last hop, restore the rest */
	if (ohb.has_marker)
		work->data[1] = (work->data[1] & 0x7f) |
				(work->inner_header[1] & 0x80);
	work->inner_index =
		ksrtp_double_nearest(work->inner_index,
				     ksrtp_rtp_seq(work->inner_header));

	req = ksrtp_double_request(work, from, work->len, ksrtp_aead_done);
	aead_request_set_crypt(req, work->sg, work->sg, work->len - from,
			       work->iv);
	work->len -= work->trailer.tag_len;
	return crypto_aead_decrypt(req);
}

static void ksrtp_double_outer_opened(ksrtp_completion_arg arg, int err)
{
	struct ksrtp_work *work = ksrtp_completion_data(arg);

	if (err == -EINPROGRESS)
		return;
	if (!err)
		err = ksrtp_double_open_inner(work);
	if (err != -EINPROGRESS)
		work->done(work, err);
}

static int ksrtp_double_unprotect(struct ksrtp_work *work)
{
	int err = ksrtp_aead_unprotect(work, ksrtp_double_outer_opened);

	return err ?: ksrtp_double_open_inner(work);
}

const struct ksrtp_transform ksrtp_transform_double = {
	.srtcp_index_last = true,
	.destructive = true,
	.setup = ksrtp_aead_setup,
	.teardown = ksrtp_aead_teardown,
	.reqsize = ksrtp_aead_reqsize,
	.async = ksrtp_aead_async,
	.protect = ksrtp_double_protect,
	.unprotect = ksrtp_double_unprotect,
	.cipher_driver = ksrtp_aead_driver,
};
