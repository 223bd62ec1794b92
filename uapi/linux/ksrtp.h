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
#define KSRTP_MASTER_KEY_MAX	32
#define KSRTP_MASTER_SALT_MAX	14

/* Replay window, in packets. */
#define KSRTP_REPLAY_WINDOW_MIN		64
#define KSRTP_REPLAY_WINDOW_MAX		32768
#define KSRTP_REPLAY_WINDOW_DEFAULT	128

/* Streams (SSRCs) one session may hold, both directions together. */
#define KSRTP_STREAMS_DEFAULT	64
#define KSRTP_STREAMS_MAX	65536

/* Suites, named as IANA's registries of SDES and DTLS-SRTP name them. */
enum ksrtp_suite_id {
	KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80 = 1,
	KSRTP_SUITE_AES_CM_128_HMAC_SHA1_32,
	KSRTP_SUITE_AES_256_CM_HMAC_SHA1_80,
	KSRTP_SUITE_AES_256_CM_HMAC_SHA1_32,
	KSRTP_SUITE_AEAD_AES_128_GCM,
	KSRTP_SUITE_AEAD_AES_256_GCM,

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

	/* private: */
	__KSRTP_A_STREAM_LAST,
	KSRTP_A_STREAM_MAX = __KSRTP_A_STREAM_LAST - 1
};

/* A suite as this kernel can run it; drivers are absent if it cannot. */
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

	/* private: */
	__KSRTP_A_SUITE_LAST,
	KSRTP_A_SUITE_MAX = __KSRTP_A_SUITE_LAST - 1
};

enum ksrtp_cmd {
	KSRTP_CMD_SESSION_NEW = 1,	/* do: session, reply: session */
	KSRTP_CMD_SESSION_SET,		/* do: session */
	KSRTP_CMD_SESSION_DEL,		/* do: session */
	KSRTP_CMD_SESSION_GET,		/* do: session; dump, filtered */
	KSRTP_CMD_SESSION_FLUSH,	/* do: session as a filter */
	KSRTP_CMD_STREAM_GET,		/* do: stream; dump, filtered */
	KSRTP_CMD_STREAM_SET,		/* do: stream */
	KSRTP_CMD_SUITE_GET,		/* dump: suite */
	KSRTP_CMD_SESSION_NEW_NTF,	/* event: session */
	KSRTP_CMD_SESSION_SET_NTF,	/* event: session */
	KSRTP_CMD_SESSION_DEL_NTF,	/* event: session */
	KSRTP_CMD_STREAM_NEW_NTF,	/* event: stream, first packet of an SSRC */

	/* private: */
	__KSRTP_CMD_LAST,
	KSRTP_CMD_MAX = __KSRTP_CMD_LAST - 1
};

#endif /* _UAPI_LINUX_KSRTP_H */
