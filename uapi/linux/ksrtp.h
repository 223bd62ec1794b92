/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Generic netlink family "ksrtp": SRTP and SRTCP (RFC 3711 and its family)
 * applied by the kernel to the UDP flows that sessions name.
 *
 * Documentation/netlink/specs/ksrtp.yaml is the contract; this header, the
 * kernel's policies and the specification agree by test.
 */
#ifndef _UAPI_LINUX_KSRTP_H
#define _UAPI_LINUX_KSRTP_H

#define KSRTP_FAMILY_NAME	"ksrtp"
#define KSRTP_FAMILY_VERSION	1
#define KSRTP_MCGRP_EVENTS	"events"

/* Largest master key and master salt of any suite, in bytes. */
#define KSRTP_MASTER_KEY_MAX	64
#define KSRTP_MASTER_SALT_MAX	24

/* Master key identifier, in bytes, and live master keys of one direction. */
#define KSRTP_MKI_MAX		128
#define KSRTP_KEYS_MAX		16

/* Largest packet index of RTP (48 bits). */
#define KSRTP_INDEX_MAX		0xffffffffffffULL

/* Largest key derivation rate, 2^24; the rate is a power of two, or 0. */
#define KSRTP_KEY_DERIVATION_RATE_MAX	16777216

/* How long an old key may stay valid beside a new one, in ms. */
#define KSRTP_OVERLAP_MAX	600000

/* Share of a key's lifetime after which it is soon to be replaced, in %. */
#define KSRTP_SOFT_LIMIT_DEFAULT	90

/* Rollover counters that may be tried beside the expected one. */
#define KSRTP_ROC_SEARCH_MAX	64

/* Replay window, in packets. */
#define KSRTP_REPLAY_WINDOW_MIN		64
#define KSRTP_REPLAY_WINDOW_MAX		32768
#define KSRTP_REPLAY_WINDOW_DEFAULT	128

/* Streams (SSRCs) one session may hold, both directions together. */
#define KSRTP_STREAMS_DEFAULT	64
#define KSRTP_STREAMS_MAX	65536

/* Ranges of remote ports that a rule may except. */
#define KSRTP_EXCEPTS_MAX	16

/* Suites, named as IANA's registries of SDES and DTLS-SRTP name them. */
enum ksrtp_suite_id {
	KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80 = 1,
	KSRTP_SUITE_AES_CM_128_HMAC_SHA1_32,
	KSRTP_SUITE_AES_256_CM_HMAC_SHA1_80,
	KSRTP_SUITE_AES_256_CM_HMAC_SHA1_32,
	KSRTP_SUITE_AEAD_AES_128_GCM,
	KSRTP_SUITE_AEAD_AES_256_GCM,
	KSRTP_SUITE_AES_192_CM_HMAC_SHA1_80,
	KSRTP_SUITE_AES_192_CM_HMAC_SHA1_32,
	KSRTP_SUITE_NULL_HMAC_SHA1_80,
	KSRTP_SUITE_NULL_HMAC_SHA1_32,
	KSRTP_SUITE_F8_128_HMAC_SHA1_80,
	KSRTP_SUITE_ARIA_128_CTR_HMAC_SHA1_80,
	KSRTP_SUITE_ARIA_128_CTR_HMAC_SHA1_32,
	KSRTP_SUITE_ARIA_256_CTR_HMAC_SHA1_80,
	KSRTP_SUITE_ARIA_256_CTR_HMAC_SHA1_32,
	KSRTP_SUITE_AEAD_ARIA_128_GCM,
	KSRTP_SUITE_AEAD_ARIA_256_GCM,
	KSRTP_SUITE_DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM,
	KSRTP_SUITE_DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM,

	/* private: */
	__KSRTP_SUITE_LAST,
	KSRTP_SUITE_MAX = __KSRTP_SUITE_LAST - 1
};

enum ksrtp_direction_id {
	KSRTP_DIRECTION_SEND = 1,
	KSRTP_DIRECTION_RECV,

	/* private: */
	__KSRTP_DIRECTION_LAST,
	KSRTP_DIRECTION_MAX = __KSRTP_DIRECTION_LAST - 1
};

/* A pending direction has no keys: it drops all its RTP and RTCP. */
enum ksrtp_state {
	KSRTP_STATE_PENDING = 1,
	KSRTP_STATE_KEYED,

	/* private: */
	__KSRTP_STATE_LAST,
	KSRTP_STATE_MAX = __KSRTP_STATE_LAST - 1
};

/*
 * A master key. On receive all but expired ones are accepted; a sender uses the
 * active one. A retiring key is accepted until its overlap ends; an expired one
 * has reached its lifetime and drops all it is asked for.
 */
enum ksrtp_key_state {
	KSRTP_KEY_STANDBY = 1,
	KSRTP_KEY_ACTIVE,
	KSRTP_KEY_RETIRING,
	KSRTP_KEY_EXPIRED,

	/* private: */
	__KSRTP_KEY_LAST,
	KSRTP_KEY_MAX = __KSRTP_KEY_LAST - 1
};

/*
 * Cryptex, RFC 9335. ON: applied on send, required on receive. ACCEPT, only on
 * receive: both forms are taken.
 */
enum ksrtp_cryptex {
	KSRTP_CRYPTEX_OFF = 1,
	KSRTP_CRYPTEX_ON,
	KSRTP_CRYPTEX_ACCEPT,

	/* private: */
	__KSRTP_CRYPTEX_LAST,
	KSRTP_CRYPTEX_MAX = __KSRTP_CRYPTEX_LAST - 1
};

/* Carrying the rollover counter in tags, RFC 4771. */
enum ksrtp_rcc_mode {
	KSRTP_RCC_OFF = 1,
	KSRTP_RCC_M1,		/* tags only with a counter in them */
	KSRTP_RCC_M2,		/* all packets have tags */
	KSRTP_RCC_M3,		/* no packet is authenticated */

	/* private: */
	__KSRTP_RCC_LAST,
	KSRTP_RCC_MAX = __KSRTP_RCC_LAST - 1
};

/*
 * What becomes of a sender's counters (rollover counter, SRTCP index) at a new
 * master key. CONTINUE: they go on, RFC 3711. RESTART: they begin anew. PEER: as
 * the peer was heard to do.
 */
enum ksrtp_counters {
	KSRTP_COUNTERS_CONTINUE = 1,
	KSRTP_COUNTERS_RESTART,
	KSRTP_COUNTERS_PEER,

	/* private: */
	__KSRTP_COUNTERS_LAST,
	KSRTP_COUNTERS_MAX = __KSRTP_COUNTERS_LAST - 1
};

/* What an alert is about. */
enum ksrtp_alert {
	KSRTP_ALERT_KEY_SOFT_LIMIT = 1,	/* a key should soon be replaced */
	KSRTP_ALERT_KEY_HARD_LIMIT,	/* a key is used up, its packets drop */
	KSRTP_ALERT_AUTH_FAILURES,	/* a burst of them, rate-limited */
	KSRTP_ALERT_REPLAYS,		/* a burst of them, rate-limited */
	KSRTP_ALERT_SSRC_COLLISION,	/* one SSRC in both directions */
	KSRTP_ALERT_STREAM_LIMIT,	/* max-streams reached, rate-limited */
	KSRTP_ALERT_REQUIRE,		/* a require rule dropped, rate-limited */
	KSRTP_ALERT_COUNTERS_RESTARTED,	/* a peer's, with a new key */

	/* private: */
	__KSRTP_ALERT_LAST,
	KSRTP_ALERT_MAX = __KSRTP_ALERT_LAST - 1
};

/* What a rule takes for RTP and RTCP. */
enum ksrtp_judge {
	KSRTP_JUDGE_VERSION = 1,	/* what is of RTP's version, as all RTP */
	KSRTP_JUDGE_HEADER,		/* by its header, so that no RTP is missed */
	KSRTP_JUDGE_PROFILE,		/* and by RTP/AVP and RFC 5761, if plain */

	/* private: */
	__KSRTP_JUDGE_LAST,
	KSRTP_JUDGE_MAX = __KSRTP_JUDGE_LAST - 1
};

/*
 * A session. Its flow is the family, addresses, ports and interface; each of
 * these is a wildcard when absent.
 */
enum ksrtp_session_attr {
	KSRTP_A_SESSION_ID = 1,			/* u32, given by the kernel */
	KSRTP_A_SESSION_IFINDEX,		/* u32 */
	KSRTP_A_SESSION_FAMILY,			/* u16, AF_INET or AF_INET6 */
	KSRTP_A_SESSION_LOCAL_ADDRESS,		/* 4 or 16 bytes */
	KSRTP_A_SESSION_REMOTE_ADDRESS,		/* 4 or 16 bytes */
	KSRTP_A_SESSION_LOCAL_PORT,		/* u16, big endian */
	KSRTP_A_SESSION_REMOTE_PORT,		/* u16, big endian */
	KSRTP_A_SESSION_LOCAL_RTCP_PORT,	/* u16, big endian */
	KSRTP_A_SESSION_REMOTE_RTCP_PORT,	/* u16, big endian */
	KSRTP_A_SESSION_RTCP_MUX,		/* flag, RFC 5761 */
	KSRTP_A_SESSION_MAX_STREAMS,		/* u32 */
	KSRTP_A_SESSION_SEND,			/* nest, ksrtp_direction_attr */
	KSRTP_A_SESSION_RECV,			/* nest, ksrtp_direction_attr */
	KSRTP_A_SESSION_STREAMS,		/* u32, read only */
	KSRTP_A_SESSION_SSRC,			/* u32, part of the flow */
	KSRTP_A_SESSION_STREAM_TIMEOUT,		/* u32, s; 0: streams stay */
	KSRTP_A_SESSION_OWNED,			/* flag, closes with its socket */
	KSRTP_A_SESSION_ORPHANED,		/* flag, read only: it has closed */

	/* private: */
	__KSRTP_A_SESSION_LAST,
	KSRTP_A_SESSION_MAX = __KSRTP_A_SESSION_LAST - 1
};

/* One direction of a session. */
enum ksrtp_direction_attr {
	KSRTP_A_DIRECTION_SUITE = 1,		/* u32, ksrtp_suite_id */
	KSRTP_A_DIRECTION_MASTER_KEY,		/* binary, never read back */
	KSRTP_A_DIRECTION_MASTER_SALT,		/* binary, never read back */
	KSRTP_A_DIRECTION_REPLAY_WINDOW,	/* u32 */
	KSRTP_A_DIRECTION_STATE,		/* u32, ksrtp_state, read only */
	KSRTP_A_DIRECTION_CIPHER_DRIVER,	/* string, read only */
	KSRTP_A_DIRECTION_AUTH_DRIVER,		/* string, read only */
	KSRTP_A_DIRECTION_STATS,		/* nest, ksrtp_stats_attr, read only */
	KSRTP_A_DIRECTION_MKI,			/* binary, of the master key */
	KSRTP_A_DIRECTION_RTP_LIFETIME,		/* u64, packets, of that key */
	KSRTP_A_DIRECTION_RTCP_LIFETIME,	/* u64, packets, of that key */
	KSRTP_A_DIRECTION_SOFT_LIMIT,		/* u32, % of the lifetimes */
	KSRTP_A_DIRECTION_OVERLAP,		/* u32, ms the old key stays */
	KSRTP_A_DIRECTION_KEY_DERIVATION_RATE,	/* u32, 0 or a power of two */
	KSRTP_A_DIRECTION_UNENCRYPTED_SRTP,	/* u8, 0 or 1, RFC 4568 */
	KSRTP_A_DIRECTION_UNENCRYPTED_SRTCP,	/* u8, 0 or 1, RFC 4568 */
	KSRTP_A_DIRECTION_UNAUTHENTICATED_SRTP,	/* u8, 0 or 1, RFC 4568 */
	KSRTP_A_DIRECTION_ENCRYPTED_EXTENSIONS,	/* binary, an id a byte, RFC 6904 */
	KSRTP_A_DIRECTION_CRYPTEX,		/* u32, ksrtp_cryptex */
	KSRTP_A_DIRECTION_RCC_MODE,		/* u32, ksrtp_rcc_mode */
	KSRTP_A_DIRECTION_RCC_RATE,		/* u32, 1..65535, RFC 4771's R */
	KSRTP_A_DIRECTION_INITIAL_ROC,		/* u32, of new streams */
	KSRTP_A_DIRECTION_ROC_SEARCH,		/* u32, counters to try; receive */
	KSRTP_A_DIRECTION_REPAIR_TYPES,		/* binary, a payload type a byte, RFC 8723 */
	KSRTP_A_DIRECTION_KEY_SERIAL,		/* u32, instead of key and salt, keyrings(7) */
	KSRTP_A_DIRECTION_KEYS,			/* u32, read only: live master keys */
	KSRTP_A_DIRECTION_PAD,
	KSRTP_A_DIRECTION_COUNTERS,		/* u32, ksrtp_counters; send */
	KSRTP_A_DIRECTION_UNUSED_KEY,		/* flag: refuse a key that has sent */

	/* private: */
	__KSRTP_A_DIRECTION_LAST,
	KSRTP_A_DIRECTION_MAX = __KSRTP_A_DIRECTION_LAST - 1
};

/* Counters of one direction of a session, each a u64. */
enum ksrtp_stats_attr {
	KSRTP_A_STATS_PAD = 1,
	KSRTP_A_STATS_RTP_PACKETS,
	KSRTP_A_STATS_RTP_BYTES,		/* of UDP payload, plain side */
	KSRTP_A_STATS_RTCP_PACKETS,
	KSRTP_A_STATS_RTCP_BYTES,		/* of UDP payload, plain side */
	KSRTP_A_STATS_PASSED,			/* STUN, DTLS, TURN, ZRTP, empty */
	KSRTP_A_STATS_DROP_NO_KEY,		/* the direction is pending */
	KSRTP_A_STATS_DROP_BAD_VERSION,		/* first byte unknown to RFC 7983 */
	KSRTP_A_STATS_DROP_SHORT,		/* cannot hold header, index and tag */
	KSRTP_A_STATS_DROP_BAD_RTP,		/* CSRCs or extension past the end */
	KSRTP_A_STATS_DROP_BAD_RTCP,		/* compound packet does not parse */
	KSRTP_A_STATS_DROP_BAD_CHECKSUM,	/* UDP checksum wrong before protect */
	KSRTP_A_STATS_DROP_PLAINTEXT,		/* bad tag, recognisably plaintext */
	KSRTP_A_STATS_DROP_BAD_TAG,		/* authentication failed */
	KSRTP_A_STATS_DROP_UNENCRYPTED,		/* SRTCP E bit 0 */
	KSRTP_A_STATS_DROP_REPLAYED,		/* index received before */
	KSRTP_A_STATS_DROP_TOO_OLD,		/* index below the replay window */
	KSRTP_A_STATS_DROP_INDEX_REUSE,		/* index sent before */
	KSRTP_A_STATS_DROP_INDEX_EXHAUSTED,	/* 2^48 RTP or 2^31 RTCP packets */
	KSRTP_A_STATS_DROP_STREAM_LIMIT,	/* max-streams reached */
	KSRTP_A_STATS_DROP_TOO_BIG,		/* past the MTU, may not fragment */
	KSRTP_A_STATS_DROP_FRAGMENT,		/* an IP fragment, not reassembled */
	KSRTP_A_STATS_DROP_NO_MEMORY,
	KSRTP_A_STATS_DROP_CRYPTO_ERROR,	/* the crypto API failed */
	KSRTP_A_STATS_DROP_UNKNOWN_MKI,		/* no key of that identifier */
	KSRTP_A_STATS_DROP_KEY_EXPIRED,		/* the key's lifetime is over */
	KSRTP_A_STATS_DROP_CRYPTEX,		/* header in clear against the policy */
	KSRTP_A_STATS_ROC_SEARCHES,		/* counters tried beside the expected */
	KSRTP_A_STATS_ROC_FOUND,		/* of these, the right ones */
	KSRTP_A_STATS_DROP_EPOCH_LIMIT,		/* too many keys derived in vain */
	KSRTP_A_STATS_EPOCHS_DERIVED,		/* epochs that a packet waited for */
	KSRTP_A_STATS_COUNTERS_RESTARTED,	/* streams begun anew with a key */

	/* private: */
	__KSRTP_A_STATS_LAST,
	KSRTP_A_STATS_MAX = __KSRTP_A_STATS_LAST - 1
};

/* State of one SSRC in one direction of a session. */
enum ksrtp_stream_attr {
	KSRTP_A_STREAM_PAD = 1,
	KSRTP_A_STREAM_SESSION_ID,		/* u32 */
	KSRTP_A_STREAM_DIRECTION,		/* u32, ksrtp_direction_id */
	KSRTP_A_STREAM_SSRC,			/* u32 */
	KSRTP_A_STREAM_ROC,			/* u32, of the highest packet index */
	KSRTP_A_STREAM_SEQ,			/* u16, of the highest packet index */
	KSRTP_A_STREAM_SRTCP_INDEX,		/* u32, highest, 31 bits */
	/*
	 * Replay state, binary: bit n (byte n / 8, least significant bit
	 * first) is set if the packet n below the highest index was seen.
	 */
	KSRTP_A_STREAM_RTP_REPLAY,
	KSRTP_A_STREAM_RTCP_REPLAY,
	KSRTP_A_STREAM_REPLAY_WINDOW,		/* u32, read only */
	KSRTP_A_STREAM_RTP_PACKETS,		/* u64, read only */
	KSRTP_A_STREAM_RTP_BYTES,		/* u64, read only */
	KSRTP_A_STREAM_RTCP_PACKETS,		/* u64, read only */
	KSRTP_A_STREAM_RTCP_BYTES,		/* u64, read only */
	KSRTP_A_STREAM_IDLE,			/* u64, ms, read only */
	KSRTP_A_STREAM_DROP_BAD_TAG,		/* u64, read only */
	KSRTP_A_STREAM_DROP_REPLAYED,		/* u64, read only */
	KSRTP_A_STREAM_DROP_TOO_OLD,		/* u64, read only */
	KSRTP_A_STREAM_DROP_INDEX_REUSE,	/* u64, read only */
	/*
	 * Indexes used under the key before the counters began anew, which are
	 * not to be used again.
	 */
	KSRTP_A_STREAM_RTP_USED_FROM,		/* u64 */
	KSRTP_A_STREAM_RTP_USED_TO,		/* u64 */
	KSRTP_A_STREAM_SRTCP_USED_FROM,		/* u32 */
	KSRTP_A_STREAM_SRTCP_USED_TO,		/* u32 */

	/* private: */
	__KSRTP_A_STREAM_LAST,
	KSRTP_A_STREAM_MAX = __KSRTP_A_STREAM_LAST - 1
};

/*
 * A suite. Its drivers are told of one that is asked for alone, and absent if
 * this kernel cannot run it.
 */
enum ksrtp_suite_attr {
	KSRTP_A_SUITE_ID = 1,			/* u32, ksrtp_suite_id */
	KSRTP_A_SUITE_NAME,			/* string */
	KSRTP_A_SUITE_KEY_LENGTH,		/* u32, bytes */
	KSRTP_A_SUITE_SALT_LENGTH,		/* u32, bytes */
	KSRTP_A_SUITE_RTP_TAG_LENGTH,		/* u32, bytes */
	KSRTP_A_SUITE_RTCP_TAG_LENGTH,		/* u32, bytes */
	KSRTP_A_SUITE_DTLS_PROFILE,		/* u16, absent if IANA has none */
	KSRTP_A_SUITE_CIPHER_DRIVER,		/* string */
	KSRTP_A_SUITE_AUTH_DRIVER,		/* string, absent with AEAD */
	KSRTP_A_SUITE_DTLS_NAME,		/* string, absent if IANA has none */

	/* private: */
	__KSRTP_A_SUITE_LAST,
	KSRTP_A_SUITE_MAX = __KSRTP_A_SUITE_LAST - 1
};

/*
 * A master key of one direction. It is named by its identifier or, where the
 * direction uses none, by the first index it is for.
 */
enum ksrtp_key_attr {
	KSRTP_A_KEY_PAD = 1,
	KSRTP_A_KEY_SESSION_ID,			/* u32 */
	KSRTP_A_KEY_DIRECTION,			/* u32, ksrtp_direction_id */
	KSRTP_A_KEY_MKI,			/* binary, 1..128 bytes */
	KSRTP_A_KEY_MASTER_KEY,			/* binary, never read back */
	KSRTP_A_KEY_MASTER_SALT,		/* binary, never read back */
	KSRTP_A_KEY_FROM,			/* u64, first index of RTP */
	KSRTP_A_KEY_TO,				/* u64, last index of RTP */
	KSRTP_A_KEY_RTP_LIFETIME,		/* u64, packets */
	KSRTP_A_KEY_RTCP_LIFETIME,		/* u64, packets */
	KSRTP_A_KEY_SOFT_LIMIT,			/* u32, % of the lifetimes */
	KSRTP_A_KEY_RTP_PACKETS,		/* u64, of the lifetime used */
	KSRTP_A_KEY_RTCP_PACKETS,		/* u64, of the lifetime used */
	KSRTP_A_KEY_KEY_SERIAL,			/* u32, instead of key and salt, keyrings(7) */
	KSRTP_A_KEY_STATE,			/* u32, ksrtp_key_state, read only */
	KSRTP_A_KEY_OVERLAP,			/* u32, ms left, read only */
	KSRTP_A_KEY_OUTER_ONLY,			/* flag, read only, RFC 8723 */
	KSRTP_A_KEY_SUITE,			/* u32, ksrtp_suite_id, read only, if former */

	/* private: */
	__KSRTP_A_KEY_LAST,
	KSRTP_A_KEY_MAX = __KSRTP_A_KEY_LAST - 1
};

/*
 * A rule: RTP and RTCP of these local ports and this interface, both absent for
 * any, needs a session with keys; without one it is dropped.
 */
enum ksrtp_require_attr {
	KSRTP_A_REQUIRE_PAD = 1,
	KSRTP_A_REQUIRE_ID,			/* u32, given by the kernel */
	KSRTP_A_REQUIRE_IFINDEX,		/* u32 */
	KSRTP_A_REQUIRE_FAMILY,			/* u16, AF_INET or AF_INET6 */
	KSRTP_A_REQUIRE_FIRST_PORT,		/* u16, big endian */
	KSRTP_A_REQUIRE_LAST_PORT,		/* u16, big endian */
	KSRTP_A_REQUIRE_SEND_DROPS,		/* u64, read only */
	KSRTP_A_REQUIRE_RECV_DROPS,		/* u64, read only */
	KSRTP_A_REQUIRE_EXCEPT_REMOTE_PORTS,	/* binary, pairs of big endian u16 */
	KSRTP_A_REQUIRE_JUDGE,			/* u32, ksrtp_judge */

	/* private: */
	__KSRTP_A_REQUIRE_LAST,
	KSRTP_A_REQUIRE_MAX = __KSRTP_A_REQUIRE_LAST - 1
};

/* A network namespace as a whole, sessions deleted since included. */
enum ksrtp_stat_attr {
	KSRTP_A_STAT_PAD = 1,
	KSRTP_A_STAT_SESSIONS,			/* u32 */
	KSRTP_A_STAT_STREAMS,			/* u32 */
	KSRTP_A_STAT_STREAM_MEMORY,		/* u64, bytes */
	KSRTP_A_STAT_REQUIRES,			/* u32, rules */
	KSRTP_A_STAT_REQUIRE_DROPS,		/* u64 */
	KSRTP_A_STAT_SEND,			/* nest, ksrtp_stats_attr */
	KSRTP_A_STAT_RECV,			/* nest, ksrtp_stats_attr */

	/* private: */
	__KSRTP_A_STAT_LAST,
	KSRTP_A_STAT_MAX = __KSRTP_A_STAT_LAST - 1
};

/* Something that wants attention. */
enum ksrtp_alert_attr {
	KSRTP_A_ALERT_PAD = 1,
	KSRTP_A_ALERT_TYPE,			/* u32, ksrtp_alert */
	KSRTP_A_ALERT_SESSION_ID,		/* u32 */
	KSRTP_A_ALERT_DIRECTION,		/* u32, ksrtp_direction_id */
	KSRTP_A_ALERT_SSRC,			/* u32 */
	KSRTP_A_ALERT_MKI,			/* binary */
	KSRTP_A_ALERT_RTCP,			/* flag, RTCP's lifetime */
	KSRTP_A_ALERT_COUNT,			/* u64, packets since the last */
	KSRTP_A_ALERT_REQUIRE_ID,		/* u32 */

	/* private: */
	__KSRTP_A_ALERT_LAST,
	KSRTP_A_ALERT_MAX = __KSRTP_A_ALERT_LAST - 1
};

enum ksrtp_cmd {
	KSRTP_CMD_SESSION_NEW = 1,	/* do: session, reply: session */
	KSRTP_CMD_SESSION_SET,		/* do: session */
	KSRTP_CMD_SESSION_DEL,		/* do: session */
	KSRTP_CMD_SESSION_GET,		/* do: session; dump, filtered */
	KSRTP_CMD_SESSION_FLUSH,	/* do: session as a filter */
	KSRTP_CMD_STREAM_GET,		/* do: stream; dump, filtered */
	KSRTP_CMD_STREAM_SET,		/* do: stream */
	KSRTP_CMD_SUITE_GET,		/* do: suite, with drivers; dump, without */
	KSRTP_CMD_SESSION_NEW_NTF,	/* event: session */
	KSRTP_CMD_SESSION_SET_NTF,	/* event: session */
	KSRTP_CMD_SESSION_DEL_NTF,	/* event: session */
	KSRTP_CMD_STREAM_NEW_NTF,	/* event: stream, first packet of an SSRC */
	KSRTP_CMD_STREAM_DEL_NTF,	/* event: stream, idle for too long */
	KSRTP_CMD_KEY_NEW,		/* do: key, beside those there are */
	KSRTP_CMD_KEY_USE,		/* do: key, to send with from now on */
	KSRTP_CMD_KEY_DEL,		/* do: key */
	KSRTP_CMD_KEY_GET,		/* do: key; dump, filtered */
	KSRTP_CMD_REQUIRE_NEW,		/* do: require, reply: require */
	KSRTP_CMD_REQUIRE_DEL,		/* do: require */
	KSRTP_CMD_REQUIRE_GET,		/* dump: require */
	KSRTP_CMD_STAT_GET,		/* do: stat */
	KSRTP_CMD_ALERT_NTF,		/* event: alert */

	/* private: */
	__KSRTP_CMD_LAST,
	KSRTP_CMD_MAX = __KSRTP_CMD_LAST - 1
};

#endif /* _UAPI_LINUX_KSRTP_H */
