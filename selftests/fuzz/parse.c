// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: everything that looks at bytes before any key does. What is
 * found of a packet lies within it, and what is changed can be changed back.
 */
#include "kernel.h"

#include "dns.h"
#include "crypto/cipher.h"
#include "crypto/ohb.h"
#include "crypto/transform.h"
#include "ektfield.h"

#define CHECK(condition)						\
	do {								\
		if (!(condition))					\
			abort();					\
	} while (0)

static void check_header(const u8 *data, unsigned int len)
{
	int header = ksrtp_rtp_header_len(data, len);

	if (header < 0)
		return;
	CHECK(header >= KSRTP_RTP_HEADER_LEN && header <= len);
	CHECK(ksrtp_rtp_csrcs_end(data) <= header);
	CHECK(ksrtp_rtp_csrcs_end(data) <= KSRTP_RTP_CSRCS_END_MAX);
	/* cut anywhere within its header, it is none */
	CHECK(ksrtp_rtp_header_len(data, header - 1) < 0);
}

/* A compound packet ends where its last packet does, and nowhere else. */
static void check_rtcp(const u8 *data, unsigned int len)
{
	unsigned int at = 0;

	if (!ksrtp_rtcp_well_formed(data, len))
		return;
	CHECK(len % 4 == 0);
	while (at < len)
		at += 4 * (get_unaligned_be16(data + at + 2) + 1);
	CHECK(at == len);
	CHECK(!ksrtp_rtcp_well_formed(data, len - 1));
}

/* What is told by more is told by less, too; a query ends in one place only. */
static void check_sight(const u8 *data, unsigned int len)
{
	struct ksrtp_sight sight = { .data = data, .len = len, .last = -1 };
	bool query;

	if (!len)
		return;
	sight.there = min_t(unsigned int, len, KSRTP_RTP_FIXED_MAX);
	if (ksrtp_sight_media(&sight, KSRTP_JUDGE_PROFILE))
		CHECK(ksrtp_sight_media(&sight, KSRTP_JUDGE_HEADER));
	sight.last = data[len - 1];
	if (ksrtp_sight_media(&sight, KSRTP_JUDGE_PROFILE))
		CHECK(ksrtp_sight_media(&sight, KSRTP_JUDGE_HEADER));
	if (ksrtp_sight_media(&sight, KSRTP_JUDGE_HEADER))
		CHECK(ksrtp_sight_media(&sight, KSRTP_JUDGE_VERSION));
	else if (data[0] >> 6 == 2)
		CHECK(!ksrtp_rtcp_well_formed(data, len));
	query = ksrtp_dns_query(data, min_t(unsigned int, len,
					    KSRTP_DNS_QUERY_MAX), len);
	CHECK(!query || !ksrtp_dns_answer(data, len));
	CHECK(!query || !ksrtp_dns_query(data, len - 1, len - 1));
}

static void check_ohb(const u8 *data, unsigned int len)
{
	u8 header[KSRTP_RTP_HEADER_LEN] = { 0x80 }, was[sizeof(header)];
	struct ksrtp_ohb ohb, again;
	u8 written[KSRTP_OHB_MAX];

	if (!ksrtp_ohb_parse(data, len, &ohb))
		return;
	CHECK(ohb.len <= len && ohb.len <= KSRTP_OHB_MAX);
	CHECK(ksrtp_ohb_write(&ohb, written) == ohb.len);
	CHECK(!memcmp(written, data + len - ohb.len, ohb.len));

	/* a middle box completes it, and reduces it to what has changed */
	memcpy(header + 1, data, min(len, 3U));
	memcpy(was, header, sizeof(was));
	ksrtp_ohb_apply(&ohb, was);
	ksrtp_ohb_complete(&ohb, header);
	ksrtp_ohb_reduce(&ohb, header);
	CHECK(ksrtp_ohb_parse(written, ksrtp_ohb_write(&ohb, written), &again));
	ksrtp_ohb_apply(&again, header);
	CHECK(!memcmp(header, was, sizeof(was)));
}

static void check_cryptex(const u8 *data, unsigned int len)
{
	unsigned int growth;
	struct ksrtp_work *work;
	u8 *copy;

	if (ksrtp_rtp_header_len(data, len) < 0 || ksrtp_cryptex_applied(data))
		return;
	growth = ksrtp_cryptex_growth(data);
	copy = malloc(len + growth);
	memcpy(copy, data, len);
	work = calloc(1, sizeof(*work));
	work->data = copy;
	work->len = len;
	work->clear_len = ksrtp_rtp_header_len(data, len);
	if (!ksrtp_cryptex_apply(work) && ksrtp_cryptex_applied(copy)) {
		CHECK(work->len == len + growth);
		CHECK(work->clear_len <= work->len);
		CHECK(!work->hole || work->hole + 4 <= work->len);
		ksrtp_cryptex_undo(work);
		if (!growth)
			CHECK(!memcmp(copy, data, len));
	}
	free(work);
	free(copy);
}

/* A field lies within the packet; what is written is found again. */
static void check_ektfield(const u8 *data, unsigned int len)
{
	static const u8 key[16] = "an EKT key, 128";
	u8 written[KSRTP_EKT_FULL_LEN(64)];
	struct ksrtp_ektplain plain = {}, again = {};
	static struct ksrtp_aes aes;
	static bool keyed;
	struct ksrtp_ektfield field;
	int n;

	if (!keyed)
		CHECK(!ksrtp_aes_setup(&aes, key, sizeof(key)));
	keyed = true;
	if (!ksrtp_ektfield_parse(data, len, &field)) {
		CHECK(field.len >= 1 && field.len <= len);
		CHECK(!field.full || field.cipher == data + len - field.len);
		CHECK(!field.full ||
		      field.cipher_len + KSRTP_EKT_TRAILER_LEN == field.len);
		/* nobody has encrypted it with the key */
		CHECK(!field.full || ksrtp_ektfield_open(&field, &aes, &again));
	}
	if (!len)
		return;
	plain.key_len = 1 + *data % sizeof(plain.key);
	memcpy(plain.key, data, min_t(unsigned int, len, plain.key_len));
	plain.ssrc = len;
	plain.roc = ~len;
	n = ksrtp_ektfield_write(written, &aes, len, *data, &plain);
	CHECK(n == (int)KSRTP_EKT_FULL_LEN(plain.key_len));
	CHECK(!ksrtp_ektfield_parse(written, n, &field) && field.full);
	CHECK(!ksrtp_ektfield_open(&field, &aes, &again));
	CHECK(!memcmp(&plain, &again, sizeof(plain)));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	enum ksrtp_flow_kind kind;

	for (kind = KSRTP_FLOW_RTP; kind <= KSRTP_FLOW_MUX; kind++)
		ksrtp_wire_classify(data, len, kind);
	check_header(data, len);
	check_rtcp(data, len);
	check_sight(data, len);
	check_ohb(data, len);
	check_cryptex(data, len);
	check_ektfield(data, len);
	ksrtp_looks_plain(data, min_t(size_t, len, KSRTP_SAMPLE_LEN));
	return 0;
}
