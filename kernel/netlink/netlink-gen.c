// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ksrtp.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/ksrtp.h>

/* Integer value ranges */
static const struct netlink_range_validation ksrtp_a_session_max_streams_range = {
	.min	= 1ULL,
	.max	= KSRTP_STREAMS_MAX,
};

static const struct netlink_range_validation ksrtp_a_session_stream_timeout_range = {
	.max	= 31536000ULL,
};

static const struct netlink_range_validation ksrtp_a_session_linger_range = {
	.min	= 1ULL,
	.max	= KSRTP_OVERLAP_MAX,
};

static const struct netlink_range_validation ksrtp_a_direction_replay_window_range = {
	.min	= KSRTP_REPLAY_WINDOW_MIN,
	.max	= KSRTP_REPLAY_WINDOW_MAX,
};

static const struct netlink_range_validation ksrtp_a_direction_rtp_lifetime_range = {
	.min	= 1ULL,
	.max	= 281474976710656ULL,
};

static const struct netlink_range_validation ksrtp_a_direction_rtcp_lifetime_range = {
	.min	= 1ULL,
	.max	= 2147483648ULL,
};

static const struct netlink_range_validation ksrtp_a_direction_overlap_range = {
	.min	= 1ULL,
	.max	= KSRTP_OVERLAP_MAX,
};

static const struct netlink_range_validation ksrtp_a_direction_key_derivation_rate_range = {
	.max	= KSRTP_KEY_DERIVATION_RATE_MAX,
};

static const struct netlink_range_validation ksrtp_a_direction_rcc_rate_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation ksrtp_a_direction_key_serial_range = {
	.min	= 1ULL,
	.max	= 2147483647ULL,
};

static const struct netlink_range_validation ksrtp_a_direction_repeat_range = {
	.max	= KSRTP_REPEAT_MAX,
};

static const struct netlink_range_validation ksrtp_a_direction_ekt_spi_range = {
	.max	= 65535ULL,
};

static const struct netlink_range_validation ksrtp_a_direction_ekt_key_serial_range = {
	.min	= 1ULL,
	.max	= 2147483647ULL,
};

static const struct netlink_range_validation ksrtp_a_direction_ekt_interval_range = {
	.min	= 1ULL,
	.max	= KSRTP_EKT_INTERVAL_MAX,
};

static const struct netlink_range_validation ksrtp_a_direction_srtcp_block_range = {
	.max	= 2147483647ULL,
};

static const struct netlink_range_validation ksrtp_a_direction_srtcp_start_range = {
	.min	= 1ULL,
	.max	= 2147483647ULL,
};

static const struct netlink_range_validation ksrtp_a_direction_rtp_packets_range = {
	.max	= 281474976710656ULL,
};

static const struct netlink_range_validation ksrtp_a_direction_rtcp_packets_range = {
	.max	= 2147483648ULL,
};

static const struct netlink_range_validation ksrtp_a_stream_srtcp_index_range = {
	.max	= 2147483647ULL,
};

static const struct netlink_range_validation ksrtp_a_stream_rtp_used_from_range = {
	.max	= KSRTP_INDEX_MAX,
};

static const struct netlink_range_validation ksrtp_a_stream_rtp_used_to_range = {
	.min	= 1ULL,
	.max	= KSRTP_INDEX_MAX,
};

static const struct netlink_range_validation ksrtp_a_stream_srtcp_used_from_range = {
	.max	= 2147483647ULL,
};

static const struct netlink_range_validation ksrtp_a_stream_srtcp_used_to_range = {
	.min	= 1ULL,
	.max	= 2147483647ULL,
};

static const struct netlink_range_validation ksrtp_a_stream_rtp_limit_range = {
	.max	= 281474976710656ULL,
};

static const struct netlink_range_validation ksrtp_a_stream_srtcp_limit_range = {
	.max	= 2147483648ULL,
};

static const struct netlink_range_validation ksrtp_a_key_from_range = {
	.max	= KSRTP_INDEX_MAX,
};

static const struct netlink_range_validation ksrtp_a_key_to_range = {
	.max	= KSRTP_INDEX_MAX,
};

static const struct netlink_range_validation ksrtp_a_key_rtp_lifetime_range = {
	.min	= 1ULL,
	.max	= 281474976710656ULL,
};

static const struct netlink_range_validation ksrtp_a_key_rtcp_lifetime_range = {
	.min	= 1ULL,
	.max	= 2147483648ULL,
};

static const struct netlink_range_validation ksrtp_a_key_rtp_packets_range = {
	.max	= 281474976710656ULL,
};

static const struct netlink_range_validation ksrtp_a_key_rtcp_packets_range = {
	.max	= 2147483648ULL,
};

static const struct netlink_range_validation ksrtp_a_key_key_serial_range = {
	.min	= 1ULL,
	.max	= 2147483647ULL,
};

static const struct netlink_range_validation ksrtp_a_lease_duration_range = {
	.max	= KSRTP_LEASE_MAX,
};

static const struct netlink_range_validation ksrtp_a_seal_key_serial_range = {
	.min	= 1ULL,
	.max	= 2147483647ULL,
};

/* Common nested types */
const struct nla_policy ksrtp_direction_nl_policy[KSRTP_A_DIRECTION_FURTHER_KEYS + 1] = {
	[KSRTP_A_DIRECTION_SUITE] = NLA_POLICY_RANGE(NLA_U32, 1, 24),
	[KSRTP_A_DIRECTION_MASTER_KEY] = NLA_POLICY_MAX_LEN(KSRTP_MASTER_KEY_MAX),
	[KSRTP_A_DIRECTION_MASTER_SALT] = NLA_POLICY_MAX_LEN(KSRTP_MASTER_SALT_MAX),
	[KSRTP_A_DIRECTION_REPLAY_WINDOW] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_replay_window_range),
	[KSRTP_A_DIRECTION_STATE] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[KSRTP_A_DIRECTION_CIPHER_DRIVER] = { .type = NLA_NUL_STRING, },
	[KSRTP_A_DIRECTION_AUTH_DRIVER] = { .type = NLA_NUL_STRING, },
	[KSRTP_A_DIRECTION_STATS] = NLA_POLICY_NESTED(ksrtp_stats_nl_policy),
	[KSRTP_A_DIRECTION_MKI] = NLA_POLICY_MAX_LEN(KSRTP_MKI_MAX),
	[KSRTP_A_DIRECTION_RTP_LIFETIME] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_direction_rtp_lifetime_range),
	[KSRTP_A_DIRECTION_RTCP_LIFETIME] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_direction_rtcp_lifetime_range),
	[KSRTP_A_DIRECTION_SOFT_LIMIT] = NLA_POLICY_RANGE(NLA_U32, 1, 100),
	[KSRTP_A_DIRECTION_OVERLAP] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_overlap_range),
	[KSRTP_A_DIRECTION_KEY_DERIVATION_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_key_derivation_rate_range),
	[KSRTP_A_DIRECTION_UNENCRYPTED_SRTP] = NLA_POLICY_MAX(NLA_U8, 1),
	[KSRTP_A_DIRECTION_UNENCRYPTED_SRTCP] = NLA_POLICY_MAX(NLA_U8, 1),
	[KSRTP_A_DIRECTION_UNAUTHENTICATED_SRTP] = NLA_POLICY_MAX(NLA_U8, 1),
	[KSRTP_A_DIRECTION_ENCRYPTED_EXTENSIONS] = NLA_POLICY_MAX_LEN(255),
	[KSRTP_A_DIRECTION_CRYPTEX] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[KSRTP_A_DIRECTION_RCC_MODE] = NLA_POLICY_RANGE(NLA_U32, 1, 4),
	[KSRTP_A_DIRECTION_RCC_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_rcc_rate_range),
	[KSRTP_A_DIRECTION_INITIAL_ROC] = { .type = NLA_U32, },
	[KSRTP_A_DIRECTION_ROC_SEARCH] = NLA_POLICY_MAX(NLA_U32, KSRTP_ROC_SEARCH_MAX),
	[KSRTP_A_DIRECTION_REPAIR_TYPES] = NLA_POLICY_MAX_LEN(128),
	[KSRTP_A_DIRECTION_KEY_SERIAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_key_serial_range),
	[KSRTP_A_DIRECTION_KEYS] = { .type = NLA_U32, },
	[KSRTP_A_DIRECTION_COUNTERS] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[KSRTP_A_DIRECTION_UNUSED_KEY] = { .type = NLA_FLAG, },
	[KSRTP_A_DIRECTION_REPEAT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_repeat_range),
	[KSRTP_A_DIRECTION_RESTART_COUNTERS] = { .type = NLA_FLAG, },
	[KSRTP_A_DIRECTION_SHORT_SRTCP_TAG] = NLA_POLICY_MAX(NLA_U8, 1),
	[KSRTP_A_DIRECTION_KDF_AES_256] = NLA_POLICY_MAX(NLA_U8, 1),
	[KSRTP_A_DIRECTION_EKT_SPI] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_ekt_spi_range),
	[KSRTP_A_DIRECTION_EKT_KEY] = NLA_POLICY_MAX_LEN(KSRTP_EKT_KEY_MAX),
	[KSRTP_A_DIRECTION_EKT_KEY_SERIAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_ekt_key_serial_range),
	[KSRTP_A_DIRECTION_EKT_CIPHER] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[KSRTP_A_DIRECTION_EKT_KEYS] = { .type = NLA_U32, },
	[KSRTP_A_DIRECTION_EKT_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_ekt_interval_range),
	[KSRTP_A_DIRECTION_EKT_RATE] = NLA_POLICY_RANGE(NLA_U32, 1, KSRTP_EKT_RATE_MAX),
	[KSRTP_A_DIRECTION_EKT_OFF] = { .type = NLA_FLAG, },
	[KSRTP_A_DIRECTION_RTP_BLOCK] = { .type = NLA_U32, },
	[KSRTP_A_DIRECTION_SRTCP_BLOCK] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_srtcp_block_range),
	[KSRTP_A_DIRECTION_SRTCP_START] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_srtcp_start_range),
	[KSRTP_A_DIRECTION_REPORT] = { .type = NLA_U32, },
	[KSRTP_A_DIRECTION_SEALED] = NLA_POLICY_MAX_LEN(KSRTP_SEALED_MAX),
	[KSRTP_A_DIRECTION_RTP_PACKETS] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_direction_rtp_packets_range),
	[KSRTP_A_DIRECTION_RTCP_PACKETS] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_direction_rtcp_packets_range),
	[KSRTP_A_DIRECTION_EKT_SEALED] = NLA_POLICY_MAX_LEN(KSRTP_EKT_SEALED_MAX),
	[KSRTP_A_DIRECTION_FURTHER_KEYS] = NLA_POLICY_MAX_LEN(KSRTP_FURTHER_KEYS_MAX),
};

const struct nla_policy ksrtp_direction_request_nl_policy[KSRTP_A_DIRECTION_FURTHER_KEYS + 1] = {
	[KSRTP_A_DIRECTION_SUITE] = NLA_POLICY_RANGE(NLA_U32, 1, 24),
	[KSRTP_A_DIRECTION_MASTER_KEY] = NLA_POLICY_MAX_LEN(KSRTP_MASTER_KEY_MAX),
	[KSRTP_A_DIRECTION_MASTER_SALT] = NLA_POLICY_MAX_LEN(KSRTP_MASTER_SALT_MAX),
	[KSRTP_A_DIRECTION_REPLAY_WINDOW] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_replay_window_range),
	[KSRTP_A_DIRECTION_MKI] = NLA_POLICY_MAX_LEN(KSRTP_MKI_MAX),
	[KSRTP_A_DIRECTION_RTP_LIFETIME] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_direction_rtp_lifetime_range),
	[KSRTP_A_DIRECTION_RTCP_LIFETIME] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_direction_rtcp_lifetime_range),
	[KSRTP_A_DIRECTION_SOFT_LIMIT] = NLA_POLICY_RANGE(NLA_U32, 1, 100),
	[KSRTP_A_DIRECTION_OVERLAP] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_overlap_range),
	[KSRTP_A_DIRECTION_KEY_DERIVATION_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_key_derivation_rate_range),
	[KSRTP_A_DIRECTION_UNENCRYPTED_SRTP] = NLA_POLICY_MAX(NLA_U8, 1),
	[KSRTP_A_DIRECTION_UNENCRYPTED_SRTCP] = NLA_POLICY_MAX(NLA_U8, 1),
	[KSRTP_A_DIRECTION_UNAUTHENTICATED_SRTP] = NLA_POLICY_MAX(NLA_U8, 1),
	[KSRTP_A_DIRECTION_ENCRYPTED_EXTENSIONS] = NLA_POLICY_MAX_LEN(255),
	[KSRTP_A_DIRECTION_CRYPTEX] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[KSRTP_A_DIRECTION_RCC_MODE] = NLA_POLICY_RANGE(NLA_U32, 1, 4),
	[KSRTP_A_DIRECTION_RCC_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_rcc_rate_range),
	[KSRTP_A_DIRECTION_INITIAL_ROC] = { .type = NLA_U32, },
	[KSRTP_A_DIRECTION_ROC_SEARCH] = NLA_POLICY_MAX(NLA_U32, KSRTP_ROC_SEARCH_MAX),
	[KSRTP_A_DIRECTION_REPAIR_TYPES] = NLA_POLICY_MAX_LEN(128),
	[KSRTP_A_DIRECTION_KEY_SERIAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_key_serial_range),
	[KSRTP_A_DIRECTION_COUNTERS] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[KSRTP_A_DIRECTION_UNUSED_KEY] = { .type = NLA_FLAG, },
	[KSRTP_A_DIRECTION_REPEAT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_repeat_range),
	[KSRTP_A_DIRECTION_RESTART_COUNTERS] = { .type = NLA_FLAG, },
	[KSRTP_A_DIRECTION_SHORT_SRTCP_TAG] = NLA_POLICY_MAX(NLA_U8, 1),
	[KSRTP_A_DIRECTION_KDF_AES_256] = NLA_POLICY_MAX(NLA_U8, 1),
	[KSRTP_A_DIRECTION_EKT_SPI] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_ekt_spi_range),
	[KSRTP_A_DIRECTION_EKT_KEY] = NLA_POLICY_MAX_LEN(KSRTP_EKT_KEY_MAX),
	[KSRTP_A_DIRECTION_EKT_KEY_SERIAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_ekt_key_serial_range),
	[KSRTP_A_DIRECTION_EKT_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_ekt_interval_range),
	[KSRTP_A_DIRECTION_EKT_RATE] = NLA_POLICY_RANGE(NLA_U32, 1, KSRTP_EKT_RATE_MAX),
	[KSRTP_A_DIRECTION_EKT_OFF] = { .type = NLA_FLAG, },
	[KSRTP_A_DIRECTION_RTP_BLOCK] = { .type = NLA_U32, },
	[KSRTP_A_DIRECTION_SRTCP_BLOCK] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_srtcp_block_range),
	[KSRTP_A_DIRECTION_SRTCP_START] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_direction_srtcp_start_range),
	[KSRTP_A_DIRECTION_REPORT] = { .type = NLA_U32, },
	[KSRTP_A_DIRECTION_SEALED] = NLA_POLICY_MAX_LEN(KSRTP_SEALED_MAX),
	[KSRTP_A_DIRECTION_RTP_PACKETS] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_direction_rtp_packets_range),
	[KSRTP_A_DIRECTION_RTCP_PACKETS] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_direction_rtcp_packets_range),
	[KSRTP_A_DIRECTION_EKT_SEALED] = NLA_POLICY_MAX_LEN(KSRTP_EKT_SEALED_MAX),
	[KSRTP_A_DIRECTION_FURTHER_KEYS] = NLA_POLICY_MAX_LEN(KSRTP_FURTHER_KEYS_MAX),
};

const struct nla_policy ksrtp_flow_nl_policy[KSRTP_A_FLOW_SSRC + 1] = {
	[KSRTP_A_FLOW_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_FLOW_FAMILY] = { .type = NLA_U16, },
	[KSRTP_A_FLOW_LOCAL_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_FLOW_REMOTE_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_FLOW_LOCAL_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_FLOW_REMOTE_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_FLOW_LOCAL_RTCP_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_FLOW_REMOTE_RTCP_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_FLOW_RTCP_MUX] = { .type = NLA_FLAG, },
	[KSRTP_A_FLOW_SSRC] = { .type = NLA_U32, },
};

const struct nla_policy ksrtp_relay_nl_policy[KSRTP_A_RELAY_SSRCS + 1] = {
	[KSRTP_A_RELAY_LOCAL_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_RELAY_LOCAL_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_RELAY_REMOTE_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_RELAY_REMOTE_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_RELAY_LOCAL_RTCP_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_RELAY_REMOTE_RTCP_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_RELAY_RTCP_MUX] = { .type = NLA_FLAG, },
	[KSRTP_A_RELAY_TYPES] = NLA_POLICY_MAX_LEN(128),
	[KSRTP_A_RELAY_SSRCS] = NLA_POLICY_MAX_LEN(64),
};

const struct nla_policy ksrtp_relays_nl_policy[KSRTP_A_RELAYS_RELAY + 1] = {
	[KSRTP_A_RELAYS_RELAY] = NLA_POLICY_NESTED(ksrtp_relay_nl_policy),
};

const struct nla_policy ksrtp_stats_nl_policy[KSRTP_A_STATS_DROP_NO_RELAY + 1] = {
	[KSRTP_A_STATS_RTP_PACKETS] = { .type = NLA_U64, },
	[KSRTP_A_STATS_RTP_BYTES] = { .type = NLA_U64, },
	[KSRTP_A_STATS_RTCP_PACKETS] = { .type = NLA_U64, },
	[KSRTP_A_STATS_RTCP_BYTES] = { .type = NLA_U64, },
	[KSRTP_A_STATS_PASSED] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_NO_KEY] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_BAD_VERSION] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_SHORT] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_BAD_RTP] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_BAD_RTCP] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_BAD_CHECKSUM] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_PLAINTEXT] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_BAD_TAG] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_UNENCRYPTED] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_REPLAYED] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_TOO_OLD] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_INDEX_REUSE] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_INDEX_EXHAUSTED] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_STREAM_LIMIT] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_TOO_BIG] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_FRAGMENT] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_NO_MEMORY] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_CRYPTO_ERROR] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_UNKNOWN_MKI] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_KEY_EXPIRED] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_CRYPTEX] = { .type = NLA_U64, },
	[KSRTP_A_STATS_ROC_SEARCHES] = { .type = NLA_U64, },
	[KSRTP_A_STATS_ROC_FOUND] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_EPOCH_LIMIT] = { .type = NLA_U64, },
	[KSRTP_A_STATS_EPOCHS_DERIVED] = { .type = NLA_U64, },
	[KSRTP_A_STATS_COUNTERS_RESTARTED] = { .type = NLA_U64, },
	[KSRTP_A_STATS_REPEATS] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_TAG_LENGTH] = { .type = NLA_U64, },
	[KSRTP_A_STATS_EKT_FIELDS] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_BAD_EKT] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_UNKNOWN_SPI] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_EKT_LIMIT] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_NO_LEASE] = { .type = NLA_U64, },
	[KSRTP_A_STATS_DROP_NO_RELAY] = { .type = NLA_U64, },
};

/* KSRTP_CMD_SESSION_NEW - do */
static const struct nla_policy ksrtp_session_new_nl_policy[KSRTP_A_SESSION_RELAYS + 1] = {
	[KSRTP_A_SESSION_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_SESSION_FAMILY] = { .type = NLA_U16, },
	[KSRTP_A_SESSION_LOCAL_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_SESSION_REMOTE_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_SESSION_LOCAL_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_REMOTE_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_LOCAL_RTCP_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_REMOTE_RTCP_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_RTCP_MUX] = { .type = NLA_FLAG, },
	[KSRTP_A_SESSION_MAX_STREAMS] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_session_max_streams_range),
	[KSRTP_A_SESSION_SEND] = NLA_POLICY_NESTED(ksrtp_direction_nl_policy),
	[KSRTP_A_SESSION_RECV] = NLA_POLICY_NESTED(ksrtp_direction_nl_policy),
	[KSRTP_A_SESSION_SSRC] = { .type = NLA_U32, },
	[KSRTP_A_SESSION_STREAM_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_session_stream_timeout_range),
	[KSRTP_A_SESSION_OWNED] = { .type = NLA_FLAG, },
	[KSRTP_A_SESSION_REPLACE] = { .type = NLA_FLAG, },
	[KSRTP_A_SESSION_PARKED] = { .type = NLA_FLAG, },
	[KSRTP_A_SESSION_LEASE] = { .type = NLA_U32, },
	[KSRTP_A_SESSION_RELAYS] = NLA_POLICY_NESTED(ksrtp_relays_nl_policy),
};

/* KSRTP_CMD_SESSION_SET - do */
static const struct nla_policy ksrtp_session_set_nl_policy[KSRTP_A_SESSION_RELAYS + 1] = {
	[KSRTP_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_SESSION_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_SESSION_FAMILY] = { .type = NLA_U16, },
	[KSRTP_A_SESSION_LOCAL_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_SESSION_REMOTE_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_SESSION_LOCAL_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_REMOTE_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_MAX_STREAMS] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_session_max_streams_range),
	[KSRTP_A_SESSION_SEND] = NLA_POLICY_NESTED(ksrtp_direction_request_nl_policy),
	[KSRTP_A_SESSION_RECV] = NLA_POLICY_NESTED(ksrtp_direction_request_nl_policy),
	[KSRTP_A_SESSION_SSRC] = { .type = NLA_U32, },
	[KSRTP_A_SESSION_STREAM_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_session_stream_timeout_range),
	[KSRTP_A_SESSION_MOVE] = NLA_POLICY_NESTED(ksrtp_flow_nl_policy),
	[KSRTP_A_SESSION_LINGER] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_session_linger_range),
	[KSRTP_A_SESSION_PARKED] = { .type = NLA_FLAG, },
	[KSRTP_A_SESSION_LEASE] = { .type = NLA_U32, },
	[KSRTP_A_SESSION_RELAYS] = NLA_POLICY_NESTED(ksrtp_relays_nl_policy),
};

/* KSRTP_CMD_SESSION_DEL - do */
static const struct nla_policy ksrtp_session_del_nl_policy[KSRTP_A_SESSION_SSRC + 1] = {
	[KSRTP_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_SESSION_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_SESSION_FAMILY] = { .type = NLA_U16, },
	[KSRTP_A_SESSION_LOCAL_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_SESSION_REMOTE_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_SESSION_LOCAL_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_REMOTE_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_SSRC] = { .type = NLA_U32, },
};

/* KSRTP_CMD_SESSION_GET - do */
static const struct nla_policy ksrtp_session_get_do_nl_policy[KSRTP_A_SESSION_SEAL + 1] = {
	[KSRTP_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_SESSION_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_SESSION_FAMILY] = { .type = NLA_U16, },
	[KSRTP_A_SESSION_LOCAL_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_SESSION_REMOTE_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_SESSION_LOCAL_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_REMOTE_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_SSRC] = { .type = NLA_U32, },
	[KSRTP_A_SESSION_SEAL] = { .type = NLA_FLAG, },
};

/* KSRTP_CMD_SESSION_GET - dump */
static const struct nla_policy ksrtp_session_get_dump_nl_policy[KSRTP_A_SESSION_SEAL + 1] = {
	[KSRTP_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_SESSION_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_SESSION_FAMILY] = { .type = NLA_U16, },
	[KSRTP_A_SESSION_LOCAL_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_SESSION_REMOTE_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_SESSION_LOCAL_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_REMOTE_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_SSRC] = { .type = NLA_U32, },
	[KSRTP_A_SESSION_SEAL] = { .type = NLA_FLAG, },
};

/* KSRTP_CMD_SESSION_FLUSH - do */
static const struct nla_policy ksrtp_session_flush_nl_policy[KSRTP_A_SESSION_SSRC + 1] = {
	[KSRTP_A_SESSION_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_SESSION_FAMILY] = { .type = NLA_U16, },
	[KSRTP_A_SESSION_LOCAL_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_SESSION_REMOTE_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KSRTP_A_SESSION_LOCAL_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_REMOTE_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_SESSION_SSRC] = { .type = NLA_U32, },
};

/* KSRTP_CMD_STREAM_GET - do */
static const struct nla_policy ksrtp_stream_get_do_nl_policy[KSRTP_A_STREAM_SSRC + 1] = {
	[KSRTP_A_STREAM_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_STREAM_DIRECTION] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[KSRTP_A_STREAM_SSRC] = { .type = NLA_U32, },
};

/* KSRTP_CMD_STREAM_GET - dump */
static const struct nla_policy ksrtp_stream_get_dump_nl_policy[KSRTP_A_STREAM_SSRC + 1] = {
	[KSRTP_A_STREAM_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_STREAM_DIRECTION] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[KSRTP_A_STREAM_SSRC] = { .type = NLA_U32, },
};

/* KSRTP_CMD_STREAM_SET - do */
static const struct nla_policy ksrtp_stream_set_nl_policy[KSRTP_A_STREAM_SRTCP_LIMIT + 1] = {
	[KSRTP_A_STREAM_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_STREAM_DIRECTION] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[KSRTP_A_STREAM_SSRC] = { .type = NLA_U32, },
	[KSRTP_A_STREAM_ROC] = { .type = NLA_U32, },
	[KSRTP_A_STREAM_SEQ] = { .type = NLA_U16, },
	[KSRTP_A_STREAM_SRTCP_INDEX] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_stream_srtcp_index_range),
	[KSRTP_A_STREAM_RTP_REPLAY] = NLA_POLICY_MAX_LEN(4096),
	[KSRTP_A_STREAM_RTCP_REPLAY] = NLA_POLICY_MAX_LEN(4096),
	[KSRTP_A_STREAM_RTP_USED_FROM] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_stream_rtp_used_from_range),
	[KSRTP_A_STREAM_RTP_USED_TO] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_stream_rtp_used_to_range),
	[KSRTP_A_STREAM_SRTCP_USED_FROM] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_stream_srtcp_used_from_range),
	[KSRTP_A_STREAM_SRTCP_USED_TO] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_stream_srtcp_used_to_range),
	[KSRTP_A_STREAM_RTP_LIMIT] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_stream_rtp_limit_range),
	[KSRTP_A_STREAM_SRTCP_LIMIT] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_stream_srtcp_limit_range),
};

/* KSRTP_CMD_SUITE_GET - do */
static const struct nla_policy ksrtp_suite_get_do_nl_policy[KSRTP_A_SUITE_ID + 1] = {
	[KSRTP_A_SUITE_ID] = NLA_POLICY_RANGE(NLA_U32, 1, 24),
};

/* KSRTP_CMD_SUITE_GET - dump */
static const struct nla_policy ksrtp_suite_get_dump_nl_policy[KSRTP_A_SUITE_ID + 1] = {
	[KSRTP_A_SUITE_ID] = NLA_POLICY_RANGE(NLA_U32, 1, 24),
};

/* KSRTP_CMD_KEY_NEW - do */
static const struct nla_policy ksrtp_key_new_nl_policy[KSRTP_A_KEY_UNUSED_KEY + 1] = {
	[KSRTP_A_KEY_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_KEY_DIRECTION] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[KSRTP_A_KEY_MKI] = NLA_POLICY_MAX_LEN(KSRTP_MKI_MAX),
	[KSRTP_A_KEY_MASTER_KEY] = NLA_POLICY_MAX_LEN(KSRTP_MASTER_KEY_MAX),
	[KSRTP_A_KEY_MASTER_SALT] = NLA_POLICY_MAX_LEN(KSRTP_MASTER_SALT_MAX),
	[KSRTP_A_KEY_FROM] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_key_from_range),
	[KSRTP_A_KEY_TO] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_key_to_range),
	[KSRTP_A_KEY_RTP_LIFETIME] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_key_rtp_lifetime_range),
	[KSRTP_A_KEY_RTCP_LIFETIME] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_key_rtcp_lifetime_range),
	[KSRTP_A_KEY_SOFT_LIMIT] = NLA_POLICY_RANGE(NLA_U32, 1, 100),
	[KSRTP_A_KEY_RTP_PACKETS] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_key_rtp_packets_range),
	[KSRTP_A_KEY_RTCP_PACKETS] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_key_rtcp_packets_range),
	[KSRTP_A_KEY_KEY_SERIAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_key_key_serial_range),
	[KSRTP_A_KEY_SEALED] = NLA_POLICY_MAX_LEN(KSRTP_SEALED_MAX),
	[KSRTP_A_KEY_UNUSED_KEY] = { .type = NLA_FLAG, },
};

/* KSRTP_CMD_KEY_USE - do */
static const struct nla_policy ksrtp_key_use_nl_policy[KSRTP_A_KEY_MKI + 1] = {
	[KSRTP_A_KEY_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_KEY_DIRECTION] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[KSRTP_A_KEY_MKI] = NLA_POLICY_MAX_LEN(KSRTP_MKI_MAX),
};

/* KSRTP_CMD_KEY_DEL - do */
static const struct nla_policy ksrtp_key_del_nl_policy[KSRTP_A_KEY_FROM + 1] = {
	[KSRTP_A_KEY_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_KEY_DIRECTION] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[KSRTP_A_KEY_MKI] = NLA_POLICY_MAX_LEN(KSRTP_MKI_MAX),
	[KSRTP_A_KEY_FROM] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_key_from_range),
};

/* KSRTP_CMD_KEY_GET - do */
static const struct nla_policy ksrtp_key_get_do_nl_policy[KSRTP_A_KEY_SEAL + 1] = {
	[KSRTP_A_KEY_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_KEY_DIRECTION] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[KSRTP_A_KEY_MKI] = NLA_POLICY_MAX_LEN(KSRTP_MKI_MAX),
	[KSRTP_A_KEY_FROM] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_key_from_range),
	[KSRTP_A_KEY_SEAL] = { .type = NLA_FLAG, },
};

/* KSRTP_CMD_KEY_GET - dump */
static const struct nla_policy ksrtp_key_get_dump_nl_policy[KSRTP_A_KEY_SEAL + 1] = {
	[KSRTP_A_KEY_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_KEY_DIRECTION] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[KSRTP_A_KEY_MKI] = NLA_POLICY_MAX_LEN(KSRTP_MKI_MAX),
	[KSRTP_A_KEY_FROM] = NLA_POLICY_FULL_RANGE(NLA_U64, &ksrtp_a_key_from_range),
	[KSRTP_A_KEY_SEAL] = { .type = NLA_FLAG, },
};

/* KSRTP_CMD_REQUIRE_NEW - do */
static const struct nla_policy ksrtp_require_new_nl_policy[KSRTP_A_REQUIRE_LEASE + 1] = {
	[KSRTP_A_REQUIRE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_REQUIRE_FAMILY] = { .type = NLA_U16, },
	[KSRTP_A_REQUIRE_FIRST_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_REQUIRE_LAST_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[KSRTP_A_REQUIRE_EXCEPT_REMOTE_PORTS] = NLA_POLICY_MAX_LEN(64),
	[KSRTP_A_REQUIRE_JUDGE] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[KSRTP_A_REQUIRE_LEASE] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KSRTP_CMD_REQUIRE_DEL - do */
static const struct nla_policy ksrtp_require_del_nl_policy[KSRTP_A_REQUIRE_ID + 1] = {
	[KSRTP_A_REQUIRE_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KSRTP_CMD_ATTACH_NEW - do */
static const struct nla_policy ksrtp_attach_new_nl_policy[KSRTP_A_ATTACH_IFINDEX + 1] = {
	[KSRTP_A_ATTACH_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KSRTP_CMD_ATTACH_DEL - do */
static const struct nla_policy ksrtp_attach_del_nl_policy[KSRTP_A_ATTACH_IFINDEX + 1] = {
	[KSRTP_A_ATTACH_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KSRTP_CMD_LEASE_SET - do */
static const struct nla_policy ksrtp_lease_set_nl_policy[KSRTP_A_LEASE_DURATION + 1] = {
	[KSRTP_A_LEASE_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_LEASE_UNTIL] = { .type = NLA_U64, },
	[KSRTP_A_LEASE_DURATION] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_lease_duration_range),
};

/* KSRTP_CMD_LEASE_DEL - do */
static const struct nla_policy ksrtp_lease_del_nl_policy[KSRTP_A_LEASE_ID + 1] = {
	[KSRTP_A_LEASE_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KSRTP_CMD_LEASE_GET - do */
static const struct nla_policy ksrtp_lease_get_do_nl_policy[KSRTP_A_LEASE_ID + 1] = {
	[KSRTP_A_LEASE_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KSRTP_CMD_LEASE_GET - dump */
static const struct nla_policy ksrtp_lease_get_dump_nl_policy[KSRTP_A_LEASE_ID + 1] = {
	[KSRTP_A_LEASE_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KSRTP_CMD_SEAL_SET - do */
static const struct nla_policy ksrtp_seal_set_nl_policy[KSRTP_A_SEAL_CURRENT + 1] = {
	[KSRTP_A_SEAL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KSRTP_A_SEAL_KEY] = NLA_POLICY_MAX_LEN(KSRTP_SEAL_KEY_LENGTH),
	[KSRTP_A_SEAL_KEY_SERIAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &ksrtp_a_seal_key_serial_range),
	[KSRTP_A_SEAL_CURRENT] = { .type = NLA_FLAG, },
};

/* KSRTP_CMD_SEAL_DEL - do */
static const struct nla_policy ksrtp_seal_del_nl_policy[KSRTP_A_SEAL_ID + 1] = {
	[KSRTP_A_SEAL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KSRTP_CMD_SEAL_GET - do */
static const struct nla_policy ksrtp_seal_get_do_nl_policy[KSRTP_A_SEAL_ID + 1] = {
	[KSRTP_A_SEAL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KSRTP_CMD_SEAL_GET - dump */
static const struct nla_policy ksrtp_seal_get_dump_nl_policy[KSRTP_A_SEAL_ID + 1] = {
	[KSRTP_A_SEAL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* Ops table for ksrtp */
const struct genl_split_ops ksrtp_nl_ops[31] = {
	{
		.cmd		= KSRTP_CMD_SESSION_NEW,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_session_new_doit,
		.post_doit	= ksrtp_nl_post_doit_wipe,
		.policy		= ksrtp_session_new_nl_policy,
		.maxattr	= KSRTP_A_SESSION_RELAYS,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_SESSION_SET,
		.pre_doit	= ksrtp_nl_session_pre_doit,
		.doit		= ksrtp_nl_session_set_doit,
		.post_doit	= ksrtp_nl_post_doit_wipe,
		.policy		= ksrtp_session_set_nl_policy,
		.maxattr	= KSRTP_A_SESSION_RELAYS,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_SESSION_DEL,
		.pre_doit	= ksrtp_nl_session_pre_doit,
		.doit		= ksrtp_nl_session_del_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_session_del_nl_policy,
		.maxattr	= KSRTP_A_SESSION_SSRC,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_SESSION_GET,
		.pre_doit	= ksrtp_nl_session_pre_doit,
		.doit		= ksrtp_nl_session_get_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_session_get_do_nl_policy,
		.maxattr	= KSRTP_A_SESSION_SEAL,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_SESSION_GET,
		.start		= ksrtp_nl_session_get_start,
		.dumpit		= ksrtp_nl_session_get_dumpit,
		.policy		= ksrtp_session_get_dump_nl_policy,
		.maxattr	= KSRTP_A_SESSION_SEAL,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KSRTP_CMD_SESSION_FLUSH,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_session_flush_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_session_flush_nl_policy,
		.maxattr	= KSRTP_A_SESSION_SSRC,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_STREAM_GET,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_stream_get_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_stream_get_do_nl_policy,
		.maxattr	= KSRTP_A_STREAM_SSRC,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_STREAM_GET,
		.start		= ksrtp_nl_stream_get_start,
		.dumpit		= ksrtp_nl_stream_get_dumpit,
		.policy		= ksrtp_stream_get_dump_nl_policy,
		.maxattr	= KSRTP_A_STREAM_SSRC,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KSRTP_CMD_STREAM_SET,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_stream_set_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_stream_set_nl_policy,
		.maxattr	= KSRTP_A_STREAM_SRTCP_LIMIT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_SUITE_GET,
		.doit		= ksrtp_nl_suite_get_doit,
		.policy		= ksrtp_suite_get_do_nl_policy,
		.maxattr	= KSRTP_A_SUITE_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_SUITE_GET,
		.dumpit		= ksrtp_nl_suite_get_dumpit,
		.policy		= ksrtp_suite_get_dump_nl_policy,
		.maxattr	= KSRTP_A_SUITE_ID,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KSRTP_CMD_KEY_NEW,
		.pre_doit	= ksrtp_nl_key_pre_doit,
		.doit		= ksrtp_nl_key_new_doit,
		.post_doit	= ksrtp_nl_post_doit_wipe,
		.policy		= ksrtp_key_new_nl_policy,
		.maxattr	= KSRTP_A_KEY_UNUSED_KEY,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_KEY_USE,
		.pre_doit	= ksrtp_nl_key_pre_doit,
		.doit		= ksrtp_nl_key_use_doit,
		.post_doit	= ksrtp_nl_post_doit_wipe,
		.policy		= ksrtp_key_use_nl_policy,
		.maxattr	= KSRTP_A_KEY_MKI,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_KEY_DEL,
		.pre_doit	= ksrtp_nl_key_pre_doit,
		.doit		= ksrtp_nl_key_del_doit,
		.post_doit	= ksrtp_nl_post_doit_wipe,
		.policy		= ksrtp_key_del_nl_policy,
		.maxattr	= KSRTP_A_KEY_FROM,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_KEY_GET,
		.pre_doit	= ksrtp_nl_key_pre_doit,
		.doit		= ksrtp_nl_key_get_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_key_get_do_nl_policy,
		.maxattr	= KSRTP_A_KEY_SEAL,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_KEY_GET,
		.dumpit		= ksrtp_nl_key_get_dumpit,
		.policy		= ksrtp_key_get_dump_nl_policy,
		.maxattr	= KSRTP_A_KEY_SEAL,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KSRTP_CMD_REQUIRE_NEW,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_require_new_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_require_new_nl_policy,
		.maxattr	= KSRTP_A_REQUIRE_LEASE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_REQUIRE_DEL,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_require_del_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_require_del_nl_policy,
		.maxattr	= KSRTP_A_REQUIRE_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KSRTP_CMD_REQUIRE_GET,
		.dumpit	= ksrtp_nl_require_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KSRTP_CMD_STAT_GET,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_stat_get_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_ATTACH_NEW,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_attach_new_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_attach_new_nl_policy,
		.maxattr	= KSRTP_A_ATTACH_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_ATTACH_DEL,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_attach_del_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_attach_del_nl_policy,
		.maxattr	= KSRTP_A_ATTACH_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KSRTP_CMD_ATTACH_GET,
		.dumpit	= ksrtp_nl_attach_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KSRTP_CMD_LEASE_SET,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_lease_set_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_lease_set_nl_policy,
		.maxattr	= KSRTP_A_LEASE_DURATION,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_LEASE_DEL,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_lease_del_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_lease_del_nl_policy,
		.maxattr	= KSRTP_A_LEASE_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_LEASE_GET,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_lease_get_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_lease_get_do_nl_policy,
		.maxattr	= KSRTP_A_LEASE_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_LEASE_GET,
		.dumpit		= ksrtp_nl_lease_get_dumpit,
		.policy		= ksrtp_lease_get_dump_nl_policy,
		.maxattr	= KSRTP_A_LEASE_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KSRTP_CMD_SEAL_SET,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_seal_set_doit,
		.post_doit	= ksrtp_nl_post_doit_wipe,
		.policy		= ksrtp_seal_set_nl_policy,
		.maxattr	= KSRTP_A_SEAL_CURRENT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_SEAL_DEL,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_seal_del_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_seal_del_nl_policy,
		.maxattr	= KSRTP_A_SEAL_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_SEAL_GET,
		.pre_doit	= ksrtp_nl_pre_doit,
		.doit		= ksrtp_nl_seal_get_doit,
		.post_doit	= ksrtp_nl_post_doit,
		.policy		= ksrtp_seal_get_do_nl_policy,
		.maxattr	= KSRTP_A_SEAL_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSRTP_CMD_SEAL_GET,
		.dumpit		= ksrtp_nl_seal_get_dumpit,
		.policy		= ksrtp_seal_get_dump_nl_policy,
		.maxattr	= KSRTP_A_SEAL_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
};

static const struct genl_multicast_group ksrtp_nl_mcgrps[] = {
	[KSRTP_NLGRP_EVENTS] = { "events", },
};
