// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the wire format: classes, headers, compound RTCP, plaintext, and what
 * may be RTP.
 */

#include <linux/random.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "dns.h"
#include "tests.h"
#include "wire.h"

/* A page behind which there is nothing: reading past the end is fatal. */
static int wire_init(struct kunit *test)
{
	test->priv = vzalloc(PAGE_SIZE);
	return test->priv ? 0 : -ENOMEM;
}

static void wire_exit(struct kunit *test)
{
	vfree(test->priv);
}

/* A copy of a packet that ends where the page ends. */
static const u8 *at_end(struct kunit *test, const u8 *data, unsigned int len)
{
	u8 *copy = test->priv + PAGE_SIZE - len;

	return memcpy(copy, data, len);
}

/* RFC 7983 section 7, as a table; MUX's second byte is not looked at here. */
static enum ksrtp_wire_class first_byte_class(unsigned int byte,
					      enum ksrtp_wire_class media)
{
	static const struct {
		unsigned int first, last;
	} other[] = { { 0, 3 }, { 16, 19 }, { 20, 63 }, { 64, 79 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(other); i++)
		if (byte >= other[i].first && byte <= other[i].last)
			return KSRTP_WIRE_OTHER;
	return byte >= 128 && byte <= 191 ? media : KSRTP_WIRE_BAD;
}

static void classify_first_byte(struct kunit *test)
{
	unsigned int byte, len;

	for (byte = 0; byte < 256; byte++) {
		u8 data[2] = { byte, 0 };

		for (len = 1; len <= 2; len++) {
			KUNIT_EXPECT_EQ_MSG(test,
					    ksrtp_wire_classify(data, len, KSRTP_FLOW_RTP),
				first_byte_class(byte, KSRTP_WIRE_RTP),
				"byte %u, length %u", byte, len);
			KUNIT_EXPECT_EQ_MSG(test,
					    ksrtp_wire_classify(data, len, KSRTP_FLOW_RTCP),
				first_byte_class(byte, KSRTP_WIRE_RTCP),
				"byte %u, length %u", byte, len);
			KUNIT_EXPECT_EQ_MSG(test,
					    ksrtp_wire_classify(data, len, KSRTP_FLOW_MUX),
				first_byte_class(byte, KSRTP_WIRE_RTP),
				"byte %u, length %u", byte, len);
		}
	}
}

/* RFC 5761 section 4: RTCP is what has packet types 192 to 223. */
static void classify_second_byte(struct kunit *test)
{
	unsigned int first, second;

	for (first = 0; first < 256; first++) {
		for (second = 0; second < 256; second++) {
			u8 data[2] = { first, second };
			bool rtcp = second >= 192 && second <= 223;

			KUNIT_EXPECT_EQ_MSG(test,
					    ksrtp_wire_classify(data, 999, KSRTP_FLOW_MUX),
				first_byte_class(first,
						 rtcp ? KSRTP_WIRE_RTCP :
							KSRTP_WIRE_RTP),
				"bytes %u %u", first, second);
			/* a flow of one kind does not care */
			KUNIT_EXPECT_EQ(test,
					ksrtp_wire_classify(data, 999, KSRTP_FLOW_RTP),
				first_byte_class(first, KSRTP_WIRE_RTP));
			KUNIT_EXPECT_EQ(test,
					ksrtp_wire_classify(data, 999, KSRTP_FLOW_RTCP),
				first_byte_class(first, KSRTP_WIRE_RTCP));
		}
	}
}

static void classify_empty(struct kunit *test)
{
	static const u8 data[2] = { 0x80, 200 };

	KUNIT_EXPECT_EQ(test, ksrtp_wire_classify(data, 0, KSRTP_FLOW_RTP),
			KSRTP_WIRE_OTHER);
	KUNIT_EXPECT_EQ(test, ksrtp_wire_classify(data, 0, KSRTP_FLOW_RTCP),
			KSRTP_WIRE_OTHER);
	KUNIT_EXPECT_EQ(test, ksrtp_wire_classify(data, 0, KSRTP_FLOW_MUX),
			KSRTP_WIRE_OTHER);
	KUNIT_EXPECT_EQ(test, ksrtp_wire_classify(NULL, 0, KSRTP_FLOW_MUX),
			KSRTP_WIRE_OTHER);
	/* the second byte of a packet of one byte is not there */
	KUNIT_EXPECT_EQ(test, ksrtp_wire_classify(at_end(test, data, 1), 1,
						  KSRTP_FLOW_MUX),
			KSRTP_WIRE_RTP);
}

/*
 * An RTP header with @csrcs CSRCs and, unless negative, an extension of @words,
 * at every length.
 */
static void check_header(struct kunit *test, u8 *data, unsigned int room,
			 unsigned int csrcs, int words)
{
	unsigned int header = 12 + 4 * csrcs + (words < 0 ? 0 : 4 + 4 * words);
	unsigned int len;

	memset(data, 0xa5, room);
	data[0] = 0x80 | (words < 0 ? 0 : 0x10) | csrcs;
	if (words >= 0)
		put_unaligned_be16(words, data + 12 + 4 * csrcs + 2);
	for (len = 0; len < min(room, header + 5); len++)
		KUNIT_EXPECT_EQ_MSG(test,
				    ksrtp_rtp_header_len(at_end(test, data,
								len), len),
				    len < header ? -EBADMSG : (int)header,
				    "%u CSRCs, extension %d, len %u",
				    csrcs, words, len);
}

static void rtp_header_len(struct kunit *test)
{
	static const int extensions[] = { -1, 0, 1, 2, 5, 255, 256, 65535 };
	const unsigned int room = 12 + 4 * 15 + 4 + 4 * 5 + 8;
	unsigned int csrcs, i;
	u8 *data;

	data = kunit_kzalloc(test, room, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, data);
	for (csrcs = 0; csrcs < 16; csrcs++)
		for (i = 0; i < ARRAY_SIZE(extensions); i++)
			check_header(test, data, room, csrcs, extensions[i]);
}

/* The longest header there is: it exceeds any datagram. */
static void rtp_header_len_most(struct kunit *test)
{
	const unsigned int most = 12 + 4 * 15 + 4 + 4 * 65535;
	u8 *data;

	data = kunit_kzalloc(test, most, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, data);
	data[0] = 0x9f;
	put_unaligned_be16(65535, data + 12 + 4 * 15 + 2);
	KUNIT_EXPECT_EQ(test, ksrtp_rtp_header_len(data, most), (int)most);
	KUNIT_EXPECT_EQ(test, ksrtp_rtp_header_len(data, most - 1), -EBADMSG);
	KUNIT_EXPECT_EQ(test, ksrtp_rtp_header_len(data, 65507), -EBADMSG);
}

static void header_members(struct kunit *test)
{
	u8 data[13];

	ksrtp_unhex(test, "0080600102abcdef03deadbeef", data, sizeof(data));
	/* nothing is aligned in an Ethernet frame */
	KUNIT_EXPECT_EQ(test, ksrtp_rtp_seq(data + 1), 0x0102);
	KUNIT_EXPECT_EQ(test, ksrtp_rtp_ssrc(data + 1), 0xdeadbeefU);
	KUNIT_EXPECT_EQ(test, ksrtp_rtcp_ssrc(data + 1), 0xabcdef03U);
}

static const struct {
	const char *what;
	const char *hex;
	bool good;
} rtcp_cases[] = {
	{ "empty", "", false },
	{ "seven bytes", "80c90001000000", false },
	{ "RR", "80c9000101020304", true },
	{ "SR", "80c80006010203040000000000000000000000000000000000000000",
	  true },
	{ "RR and SDES", "80c900010102030481ca00020102030401000000", true },
	{ "reduced size feedback", "81ce00020102030405060708", true },
	{ "first type 192", "80c0000101020304", true },
	{ "first type 223", "80df000101020304", true },
	{ "first type 191", "80bf000101020304", false },
	{ "first type 224", "80e0000101020304", false },
	{ "second type 191", "80c900010102030480bf000101020304", false },
	{ "second type 224", "80c900010102030480e0000101020304", false },
	{ "version 0", "00c9000101020304", false },
	{ "version 1", "40c9000101020304", false },
	{ "version 3", "c0c9000101020304", false },
	{ "second version 1", "80c900010102030440ca000101020304", false },
	{ "second version 3", "80c9000101020304c0ca000101020304", false },
	{ "first without SSRC", "80c9000080c90000", false },
	{ "second without SSRC", "80c900010102030480cb0000", true },
	{ "length beyond the end", "80c9000201020304", false },
	{ "length before the end", "80c900010102030405060708", false },
	{ "greatest length", "80c9ffff01020304", false },
	{ "second beyond the end", "80c900010102030481ca000201020304", false },
	{ "second cut to 1", "80c900010102030481", false },
	{ "second cut to 2", "80c900010102030481ca", false },
	{ "second cut to 3", "80c900010102030481ca00", false },
	{ "padding in the only", "a0c900020102030400000004", true },
	{ "padding in the last", "80c9000101020304a1ca00020102030400000004",
	  true },
	{ "padding in the first", "a0c90002010203040000000481ca000101020304",
	  false },
	{ "padding in the middle",
	  "80c9000101020304a0c900010102030481ca000101020304", false },
};

static void rtcp_well_formed(struct kunit *test)
{
	unsigned int i, len;
	u8 data[32];

	for (i = 0; i < ARRAY_SIZE(rtcp_cases); i++) {
		len = ksrtp_unhex(test, rtcp_cases[i].hex, data, sizeof(data));
		KUNIT_EXPECT_EQ_MSG(test,
				    ksrtp_rtcp_well_formed(at_end(test, data,
								  len), len),
				    rtcp_cases[i].good, "%s",
				    rtcp_cases[i].what);
	}
}

/* A compound packet is only good when cut between its packets. */
static void rtcp_truncated(struct kunit *test)
{
	unsigned int full, len;
	u8 data[64];

	full = ksrtp_unhex(test, "81c8000601020304000000000000000000000000"
			   "0000000000000000"
			   "81ca00020102030401000000"
			   "80cb0000", data, sizeof(data));
	for (len = 0; len <= full; len++)
		KUNIT_EXPECT_EQ_MSG(test,
				    ksrtp_rtcp_well_formed(at_end(test, data,
								  len), len),
				    len == 28 || len == 40 || len == 44,
				    "length %u", len);
}

/* Any value of any header's byte, against the rule. */
static void rtcp_first_header(struct kunit *test)
{
	unsigned int byte;
	u8 data[8];

	for (byte = 0; byte < 256; byte++) {
		ksrtp_unhex(test, "80c9000101020304", data, sizeof(data));
		data[0] = byte;
		KUNIT_EXPECT_EQ_MSG(test, ksrtp_rtcp_well_formed(data, 8),
				    byte >= 128 && byte <= 191,
				    "first byte %u", byte);
		data[0] = 0x80;
		data[1] = byte;
		KUNIT_EXPECT_EQ_MSG(test, ksrtp_rtcp_well_formed(data, 8),
				    byte >= 192 && byte <= 223,
				    "second byte %u", byte);
		data[1] = 201;
		data[3] = byte;
		KUNIT_EXPECT_EQ_MSG(test, ksrtp_rtcp_well_formed(data, 8),
				    byte == 1, "length %u", byte);
	}
}

/* Compounds, and the source that each is about first; 0 for none. */
static const struct {
	const char *what, *hex;
	u32 ssrc;
} about_cases[] = {
	{ "a sender without report blocks",
	  "80c80006010203040000000000000000000000000000000000000000", 0 },
	{ "a sender with one",
	  "81c8000c0102030400000000000000000000000000000000000000000a0b0c0d"
	  "0000000000000000000000000000000000000000", 0x0a0b0c0d },
	{ "a receiver with one",
	  "81c90007010203040a0b0c0d0000000000000000000000000000000000000000",
	  0x0a0b0c0d },
	{ "a receiver without, and a picture loss",
	  "80c900010102030481ce0002010203040a0b0c0e", 0x0a0b0c0e },
	{ "feedback of the transport", "8fcd0002010203040a0b0c0f", 0x0a0b0c0f },
	{ "feedback about no source, then about one",
	  "8fce0002010203040000000081ce0002010203040a0b0c10", 0x0a0b0c10 },
	{ "a description and a farewell",
	  "81ca0002010203040100000081cb000101020304", 0 },
	{ "a block that is cut off", "81c90007010203040a0b0c", 0 },
	{ "a length beyond the end", "80c9ffff01020304", 0 },
	{ "a header that is cut off", "81ce0002", 0 },
};

static void rtcp_about(struct kunit *test)
{
	unsigned int i, len;
	u8 data[64];
	u32 ssrc;

	for (i = 0; i < ARRAY_SIZE(about_cases); i++) {
		len = ksrtp_unhex(test, about_cases[i].hex, data, sizeof(data));
		if (!ksrtp_rtcp_about(at_end(test, data, len), len, &ssrc))
			ssrc = 0;
		KUNIT_EXPECT_EQ_MSG(test, ssrc, about_cases[i].ssrc, "%s",
				    about_cases[i].what);
	}
}

static bool sees(struct kunit *test, const u8 *data, unsigned int len,
		 enum ksrtp_judge judge)
{
	/* no more is looked at than is promised to be there */
	unsigned int there = min_t(unsigned int, len, KSRTP_RTP_FIXED_MAX);
	struct ksrtp_sight sight = {
		.data = at_end(test, data, there),
		.there = there,
		.len = len,
		.last = len ? data[len - 1] : -1,
	};

	return len && ksrtp_sight_media(&sight, judge);
}

/* Every first and second byte, at every length that a header may have. */
static void sight_header(struct kunit *test)
{
	static const unsigned int lens[] = { 8, 11, 12, 16, 71, 72, 76, 200 };
	unsigned int first, second, i, len;
	u8 data[200] = {};

	for (first = 0; first < 256; first++) {
		for (second = 0; second < 256; second++) {
			unsigned int header = 12 + 4 * (first & 15) +
					      (first & 16 ? 4 : 0);
			unsigned int type = second & 127;
			bool rtp = type < 72 || type > 76;
			bool rtcp = second >= 192 && second <= 223;

			data[0] = first;
			data[1] = second;
			for (i = 0; i < ARRAY_SIZE(lens); i++) {
				len = lens[i];
				KUNIT_EXPECT_EQ_MSG(test,
						    sees(test, data, len,
							 KSRTP_JUDGE_HEADER),
					first >> 6 == 2 &&
					((rtp && header <= len) || rtcp),
					"%u %u, length %u", first, second, len);
				KUNIT_EXPECT_EQ(test,
						sees(test, data, len,
						     KSRTP_JUDGE_VERSION),
					first >> 6 == 2);
			}
		}
	}
}

static void sight_extension(struct kunit *test)
{
	u8 data[60] = { 0x90 };
	unsigned int words;

	for (words = 0; words < 65536; words += words < 16 ? 1 : 4111) {
		put_unaligned_be16(words, data + 14);
		KUNIT_EXPECT_EQ_MSG(test, sees(test, data, sizeof(data),
					       KSRTP_JUDGE_HEADER),
				    words <= 11, "%u words", words);
	}
}

static void sight_rtcp(struct kunit *test)
{
	u8 data[40] = { 0x80, 200 };
	unsigned int words;

	/* as RTP it has a reserved type: its length decides */
	for (words = 0; words < 65536; words += words < 16 ? 1 : 4111) {
		put_unaligned_be16(words, data + 2);
		KUNIT_EXPECT_EQ_MSG(test, sees(test, data, sizeof(data),
					       KSRTP_JUDGE_HEADER),
				    words <= 9, "%u words", words);
	}
}

static void sight_profile(struct kunit *test)
{
	u8 data[40] = { 0x80 };
	unsigned int byte;

	for (byte = 0; byte < 256; byte++) {
		data[1] = byte;
		/* a length of 65536 words fits no RTCP */
		put_unaligned_be16(65535, data + 2);
		KUNIT_EXPECT_EQ_MSG(test, sees(test, data, sizeof(data),
					       KSRTP_JUDGE_PROFILE),
				    (byte & 127) < 64 || (byte & 127) > 95,
				    "second byte %u", byte);
	}
	data[0] = 0xa0;
	data[1] = 0;
	for (byte = 0; byte < 256; byte++) {
		data[sizeof(data) - 1] = byte;
		KUNIT_EXPECT_EQ_MSG(test, sees(test, data, sizeof(data),
					       KSRTP_JUDGE_PROFILE),
				    byte >= 1 && byte <= sizeof(data) - 12,
				    "padding %u", byte);
		KUNIT_EXPECT_TRUE(test, sees(test, data, sizeof(data),
					     KSRTP_JUDGE_HEADER));
	}
}

static const struct {
	const char *what;
	const char *hex;
	bool query;
} dns_cases[] = {
	{ "A of example.org",
	  "800101000001000000000000076578616d706c65036f726700000100"
	  "01", true },
	{ "A of a.b",
	  "800101000001000000000000016101620000010001", true },
	{ "of the root",
	  "8001000000010000000000000000020001", true },
	{ "with OPT",
	  "80010130000100000000000101610000010001000029040000000000"
	  "0000", true },
	{ "with OPT of 4 bytes",
	  "80010130000100000000000101610000010001000029040000000000"
	  "0004000a0000", true },
	{ "with half of OPT",
	  "8001013000010000000000010161000001000100002904000000", false },
	{ "answer",
	  "80018180000100000000000001610000010001", false },
	{ "truncated",
	  "80010300000100000000000001610000010001", false },
	{ "refused",
	  "80010005000100000000000001610000010001", false },
	{ "a byte more",
	  "8001010000010000000000000161000001000100", false },
	{ "a byte less",
	  "800101000001000000000000016100000100", false },
	{ "no name",
	  "800101000001000000000000", false },
	{ "class 2",
	  "80010100000100000000000001610000010002", false },
	{ "compressed",
	  "800101000001000000000000c00c00010001", false },
	{ "no end of the name",
	  "8001010000010000000000003f", false },
};

static void dns_query(struct kunit *test)
{
	unsigned int i, len;
	u8 data[64];

	for (i = 0; i < ARRAY_SIZE(dns_cases); i++) {
		len = ksrtp_unhex(test, dns_cases[i].hex, data, sizeof(data));
		KUNIT_EXPECT_EQ_MSG(test,
				    ksrtp_dns_query(at_end(test, data, len),
						    len, len),
				    dns_cases[i].query, "%s",
				    dns_cases[i].what);
	}
}

/* The longest name there is, cut anywhere. */
static void dns_query_cut(struct kunit *test)
{
	const unsigned int name = KSRTP_DNS_NAME_MAX;
	const unsigned int full = KSRTP_DNS_HEADER_LEN + name +
				  KSRTP_DNS_QUESTION_LEN;
	unsigned int i, len;
	u8 *data;

	data = kunit_kzalloc(test, full, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, data);
	data[5] = 1;
	memset(data + 12, 1, name - 1);
	for (i = 0; i < name - 1; i += 64)
		data[12 + i] = min(63U, name - 2 - i);
	data[full - 1] = 1;
	for (len = 0; len <= full; len++)
		KUNIT_EXPECT_EQ_MSG(test,
				    ksrtp_dns_query(at_end(test, data, len),
						    len, len),
				    len == full, "length %u", len);
}

static void plain_looks_plain(struct kunit *test)
{
	static const char text[] = "It is a truth universally acknowledged, "
				   "that a single man in possession";
	u8 sample[KSRTP_SAMPLE_LEN];
	unsigned int i;

	memset(sample, 0, sizeof(sample));
	KUNIT_EXPECT_TRUE(test, ksrtp_looks_plain(sample, sizeof(sample)));
	memset(sample, 0xff, sizeof(sample));	/* silence in PCMU */
	KUNIT_EXPECT_TRUE(test, ksrtp_looks_plain(sample, sizeof(sample)));
	memset(sample, 0xd5, sizeof(sample));	/* silence in PCMA */
	KUNIT_EXPECT_TRUE(test, ksrtp_looks_plain(sample, sizeof(sample)));
	static_assert(sizeof(text) > KSRTP_SAMPLE_LEN);
	KUNIT_EXPECT_TRUE(test, ksrtp_looks_plain(text, sizeof(sample)));

	/* all values equally often: nothing to be seen */
	for (i = 0; i < sizeof(sample); i++)
		sample[i] = 0x10 * (i % 16) + i / 4 % 16;
	KUNIT_EXPECT_FALSE(test, ksrtp_looks_plain(sample, sizeof(sample)));
}

/* Too few bytes say nothing, whatever they are. */
static void short_never_looks_plain(struct kunit *test)
{
	static const u8 zeros[KSRTP_SAMPLE_LEN];
	unsigned int len;

	for (len = 0; len <= KSRTP_SAMPLE_LEN; len++)
		KUNIT_EXPECT_EQ_MSG(test, ksrtp_looks_plain(zeros, len),
				    len >= 40, "length %u", len);
}

static void random_never_looks_plain(struct kunit *test)
{
	u8 sample[KSRTP_SAMPLE_LEN];
	unsigned int i, len;

	for (i = 0; i < 1000; i++) {
		get_random_bytes(sample, sizeof(sample));
		len = i % 2 ? sizeof(sample) : 40;
		KUNIT_EXPECT_FALSE_MSG(test, ksrtp_looks_plain(sample, len),
				       "%*phN", (int)len, sample);
	}
}

static struct kunit_case wire_cases[] = {
	KUNIT_CASE(classify_first_byte),
	KUNIT_CASE(classify_second_byte),
	KUNIT_CASE(classify_empty),
	KUNIT_CASE(rtp_header_len),
	KUNIT_CASE(rtp_header_len_most),
	KUNIT_CASE(header_members),
	KUNIT_CASE(rtcp_well_formed),
	KUNIT_CASE(rtcp_truncated),
	KUNIT_CASE(rtcp_first_header),
	KUNIT_CASE(rtcp_about),
	KUNIT_CASE(sight_header),
	KUNIT_CASE(sight_extension),
	KUNIT_CASE(sight_rtcp),
	KUNIT_CASE(sight_profile),
	KUNIT_CASE(dns_query),
	KUNIT_CASE(dns_query_cut),
	KUNIT_CASE(plain_looks_plain),
	KUNIT_CASE(short_never_looks_plain),
	KUNIT_CASE(random_never_looks_plain),
	{}
};

struct kunit_suite ksrtp_wire_tests = {
	.name = "ksrtp-wire",
	.init = wire_init,
	.exit = wire_exit,
	.test_cases = wire_cases,
};
