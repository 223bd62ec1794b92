// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "attrs.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define SET(array) { .attrs = array, .max = COUNT(array) - 1 }
#define WORDS(array) { .word = array, .max = COUNT(array) - 1 }
#define REPORTED .reported = true

static const char *const direction_names[] = {
	[KSRTP_DIRECTION_SEND] = "send",
	[KSRTP_DIRECTION_RECV] = "recv",
};
static const struct words direction_words = WORDS(direction_names);

static const char *const state_names[] = {
	[KSRTP_STATE_PENDING] = "pending",
	[KSRTP_STATE_KEYED] = "keyed",
};
static const struct words state_words = WORDS(state_names);

static const char *const key_state_names[] = {
	[KSRTP_KEY_STANDBY] = "standby",
	[KSRTP_KEY_ACTIVE] = "active",
	[KSRTP_KEY_RETIRING] = "retiring",
	[KSRTP_KEY_EXPIRED] = "expired",
};
static const struct words key_state_words = WORDS(key_state_names);

static const char *const cryptex_names[] = {
	[KSRTP_CRYPTEX_OFF] = "off",
	[KSRTP_CRYPTEX_ON] = "on",
	[KSRTP_CRYPTEX_ACCEPT] = "accept",
};
static const struct words cryptex_words = WORDS(cryptex_names);

static const char *const rcc_names[] = {
	[KSRTP_RCC_OFF] = "off",
	[KSRTP_RCC_M1] = "1",
	[KSRTP_RCC_M2] = "2",
	[KSRTP_RCC_M3] = "3",
};
static const struct words rcc_words = WORDS(rcc_names);

static const char *const counters_names[] = {
	[KSRTP_COUNTERS_CONTINUE] = "continue",
	[KSRTP_COUNTERS_RESTART] = "restart",
	[KSRTP_COUNTERS_PEER] = "peer",
};
static const struct words counters_words = WORDS(counters_names);

static const char *const ekt_names[] = {
	[KSRTP_EKT_AESKW128] = "AESKW128",
	[KSRTP_EKT_AESKW256] = "AESKW256",
};
static const struct words ekt_words = WORDS(ekt_names);

static const char *const alert_names[] = {
	[KSRTP_ALERT_KEY_SOFT_LIMIT] = "key-soft-limit",
	[KSRTP_ALERT_KEY_HARD_LIMIT] = "key-hard-limit",
	[KSRTP_ALERT_AUTH_FAILURES] = "auth-failures",
	[KSRTP_ALERT_REPLAYS] = "replays",
	[KSRTP_ALERT_SSRC_COLLISION] = "ssrc-collision",
	[KSRTP_ALERT_STREAM_LIMIT] = "stream-limit",
	[KSRTP_ALERT_REQUIRE] = "require",
	[KSRTP_ALERT_COUNTERS_RESTARTED] = "counters-restarted",
	[KSRTP_ALERT_HARDWARE_OFFLOAD] = "hardware-offload",
	[KSRTP_ALERT_LEASE_EXPIRED] = "lease-expired",
};
static const struct words alert_words = WORDS(alert_names);

static const char *const judge_names[] = {
	[KSRTP_JUDGE_VERSION] = "version",
	[KSRTP_JUDGE_HEADER] = "header",
	[KSRTP_JUDGE_PROFILE] = "profile",
};
const struct words judge_words = WORDS(judge_names);

static const struct attr stats_attrs[] = {
	[KSRTP_A_STATS_RTP_PACKETS] = { "rtp-packets", ATTR_U64 },
	[KSRTP_A_STATS_RTP_BYTES] = { "rtp-bytes", ATTR_U64 },
	[KSRTP_A_STATS_RTCP_PACKETS] = { "rtcp-packets", ATTR_U64 },
	[KSRTP_A_STATS_RTCP_BYTES] = { "rtcp-bytes", ATTR_U64 },
	[KSRTP_A_STATS_PASSED] = { "passed", ATTR_U64 },
	[KSRTP_A_STATS_DROP_NO_KEY] = { "drop-no-key", ATTR_U64 },
	[KSRTP_A_STATS_DROP_BAD_VERSION] = { "drop-bad-version", ATTR_U64 },
	[KSRTP_A_STATS_DROP_SHORT] = { "drop-short", ATTR_U64 },
	[KSRTP_A_STATS_DROP_BAD_RTP] = { "drop-bad-rtp", ATTR_U64 },
	[KSRTP_A_STATS_DROP_BAD_RTCP] = { "drop-bad-rtcp", ATTR_U64 },
	[KSRTP_A_STATS_DROP_BAD_CHECKSUM] = { "drop-bad-checksum", ATTR_U64 },
	[KSRTP_A_STATS_DROP_PLAINTEXT] = { "drop-plaintext", ATTR_U64 },
	[KSRTP_A_STATS_DROP_BAD_TAG] = { "drop-bad-tag", ATTR_U64 },
	[KSRTP_A_STATS_DROP_UNENCRYPTED] = { "drop-unencrypted", ATTR_U64 },
	[KSRTP_A_STATS_DROP_REPLAYED] = { "drop-replayed", ATTR_U64 },
	[KSRTP_A_STATS_DROP_TOO_OLD] = { "drop-too-old", ATTR_U64 },
	[KSRTP_A_STATS_DROP_INDEX_REUSE] = { "drop-index-reuse", ATTR_U64 },
	[KSRTP_A_STATS_DROP_INDEX_EXHAUSTED] = {
		"drop-index-exhausted", ATTR_U64 },
	[KSRTP_A_STATS_DROP_STREAM_LIMIT] = { "drop-stream-limit", ATTR_U64 },
	[KSRTP_A_STATS_DROP_TOO_BIG] = { "drop-too-big", ATTR_U64 },
	[KSRTP_A_STATS_DROP_FRAGMENT] = { "drop-fragment", ATTR_U64 },
	[KSRTP_A_STATS_DROP_NO_MEMORY] = { "drop-no-memory", ATTR_U64 },
	[KSRTP_A_STATS_DROP_CRYPTO_ERROR] = { "drop-crypto-error", ATTR_U64 },
	[KSRTP_A_STATS_DROP_UNKNOWN_MKI] = { "drop-unknown-mki", ATTR_U64 },
	[KSRTP_A_STATS_DROP_KEY_EXPIRED] = { "drop-key-expired", ATTR_U64 },
	[KSRTP_A_STATS_DROP_CRYPTEX] = { "drop-cryptex", ATTR_U64 },
	[KSRTP_A_STATS_ROC_SEARCHES] = { "roc-searches", ATTR_U64 },
	[KSRTP_A_STATS_ROC_FOUND] = { "roc-found", ATTR_U64 },
	[KSRTP_A_STATS_DROP_EPOCH_LIMIT] = { "drop-epoch-limit", ATTR_U64 },
	[KSRTP_A_STATS_EPOCHS_DERIVED] = { "epochs-derived", ATTR_U64 },
	[KSRTP_A_STATS_COUNTERS_RESTARTED] = { "counters-restarted", ATTR_U64 },
	[KSRTP_A_STATS_REPEATS] = { "repeats", ATTR_U64 },
	[KSRTP_A_STATS_DROP_TAG_LENGTH] = { "drop-tag-length", ATTR_U64 },
	[KSRTP_A_STATS_EKT_FIELDS] = { "ekt-fields", ATTR_U64 },
	[KSRTP_A_STATS_DROP_BAD_EKT] = { "drop-bad-ekt", ATTR_U64 },
	[KSRTP_A_STATS_DROP_UNKNOWN_SPI] = { "drop-unknown-spi", ATTR_U64 },
	[KSRTP_A_STATS_DROP_EKT_LIMIT] = { "drop-ekt-limit", ATTR_U64 },
	[KSRTP_A_STATS_DROP_NO_LEASE] = { "drop-no-lease", ATTR_U64 },
	[KSRTP_A_STATS_DROP_NO_RELAY] = { "drop-no-relay", ATTR_U64 },
};
static const struct attr_set stats_set = SET(stats_attrs);

static const struct attr direction_attrs[] = {
	[KSRTP_A_DIRECTION_SUITE] = { "suite", ATTR_SUITE },
	[KSRTP_A_DIRECTION_MASTER_KEY] = { "master-key", ATTR_BINARY },
	[KSRTP_A_DIRECTION_MASTER_SALT] = { "master-salt", ATTR_BINARY },
	[KSRTP_A_DIRECTION_REPLAY_WINDOW] = { "replay-window", ATTR_U32 },
	[KSRTP_A_DIRECTION_STATE] = {
		"state", ATTR_WORD, REPORTED, .words = &state_words },
	[KSRTP_A_DIRECTION_CIPHER_DRIVER] = {
		"cipher-driver", ATTR_STRING, REPORTED },
	[KSRTP_A_DIRECTION_AUTH_DRIVER] = {
		"auth-driver", ATTR_STRING, REPORTED },
	[KSRTP_A_DIRECTION_STATS] = {
		"stats", ATTR_NEST, REPORTED, &stats_set },
	[KSRTP_A_DIRECTION_MKI] = { "mki", ATTR_BINARY },
	[KSRTP_A_DIRECTION_RTP_LIFETIME] = { "rtp-lifetime", ATTR_U64 },
	[KSRTP_A_DIRECTION_RTCP_LIFETIME] = { "rtcp-lifetime", ATTR_U64 },
	[KSRTP_A_DIRECTION_SOFT_LIMIT] = { "soft-limit", ATTR_U32 },
	[KSRTP_A_DIRECTION_OVERLAP] = { "overlap", ATTR_U32 },
	[KSRTP_A_DIRECTION_KEY_DERIVATION_RATE] = {
		"key-derivation-rate", ATTR_U32 },
	[KSRTP_A_DIRECTION_UNENCRYPTED_SRTP] = {
		"unencrypted-srtp", ATTR_BOOL },
	[KSRTP_A_DIRECTION_UNENCRYPTED_SRTCP] = {
		"unencrypted-srtcp", ATTR_BOOL },
	[KSRTP_A_DIRECTION_UNAUTHENTICATED_SRTP] = {
		"unauthenticated-srtp", ATTR_BOOL },
	[KSRTP_A_DIRECTION_ENCRYPTED_EXTENSIONS] = {
		"encrypted-extensions", ATTR_LIST },
	[KSRTP_A_DIRECTION_CRYPTEX] = {
		"cryptex", ATTR_WORD, .words = &cryptex_words },
	[KSRTP_A_DIRECTION_RCC_MODE] = {
		"rcc-mode", ATTR_WORD, .words = &rcc_words },
	[KSRTP_A_DIRECTION_RCC_RATE] = { "rcc-rate", ATTR_U32 },
	[KSRTP_A_DIRECTION_INITIAL_ROC] = { "initial-roc", ATTR_U32 },
	[KSRTP_A_DIRECTION_ROC_SEARCH] = { "roc-search", ATTR_U32 },
	[KSRTP_A_DIRECTION_REPAIR_TYPES] = { "repair-types", ATTR_LIST },
	[KSRTP_A_DIRECTION_KEY_SERIAL] = { "key-serial", ATTR_U32 },
	[KSRTP_A_DIRECTION_KEYS] = { "keys", ATTR_U32, REPORTED },
	[KSRTP_A_DIRECTION_COUNTERS] = {
		"counters", ATTR_WORD, .words = &counters_words },
	[KSRTP_A_DIRECTION_UNUSED_KEY] = { "unused-key", ATTR_FLAG },
	[KSRTP_A_DIRECTION_REPEAT] = { "repeat", ATTR_U32 },
	[KSRTP_A_DIRECTION_RESTART_COUNTERS] = {
		"restart-counters", ATTR_FLAG },
	[KSRTP_A_DIRECTION_SHORT_SRTCP_TAG] = { "short-srtcp-tag", ATTR_BOOL },
	[KSRTP_A_DIRECTION_KDF_AES_256] = { "kdf-aes-256", ATTR_BOOL },
	[KSRTP_A_DIRECTION_EKT_SPI] = { "ekt-spi", ATTR_U32 },
	[KSRTP_A_DIRECTION_EKT_KEY] = { "ekt-key", ATTR_BINARY },
	[KSRTP_A_DIRECTION_EKT_KEY_SERIAL] = { "ekt-key-serial", ATTR_U32 },
	[KSRTP_A_DIRECTION_EKT_CIPHER] = {
		"ekt-cipher", ATTR_WORD, REPORTED, .words = &ekt_words },
	[KSRTP_A_DIRECTION_EKT_KEYS] = { "ekt-keys", ATTR_U32, REPORTED },
	[KSRTP_A_DIRECTION_EKT_INTERVAL] = { "ekt-interval", ATTR_U32 },
	[KSRTP_A_DIRECTION_EKT_RATE] = { "ekt-rate", ATTR_U32 },
	[KSRTP_A_DIRECTION_EKT_OFF] = { "ekt-off", ATTR_FLAG },
	[KSRTP_A_DIRECTION_RTP_BLOCK] = { "rtp-block", ATTR_U32 },
	[KSRTP_A_DIRECTION_SRTCP_BLOCK] = { "srtcp-block", ATTR_U32 },
	[KSRTP_A_DIRECTION_SRTCP_START] = { "srtcp-start", ATTR_U32 },
	[KSRTP_A_DIRECTION_REPORT] = { "report", ATTR_U32 },
	[KSRTP_A_DIRECTION_SEALED] = { "sealed", ATTR_BINARY },
	[KSRTP_A_DIRECTION_RTP_PACKETS] = { "rtp-packets", ATTR_U64 },
	[KSRTP_A_DIRECTION_RTCP_PACKETS] = { "rtcp-packets", ATTR_U64 },
	[KSRTP_A_DIRECTION_EKT_SEALED] = { "ekt-sealed", ATTR_BINARY },
	[KSRTP_A_DIRECTION_FURTHER_KEYS] = { "further-keys", ATTR_BINARY },
};
const struct attr_set direction_set = SET(direction_attrs);

static const struct attr flow_attrs[] = {
	[KSRTP_A_FLOW_IFINDEX] = { "ifindex", ATTR_U32 },
	[KSRTP_A_FLOW_FAMILY] = { "family", ATTR_FAMILY },
	[KSRTP_A_FLOW_LOCAL_ADDRESS] = { "local-address", ATTR_ADDRESS },
	[KSRTP_A_FLOW_REMOTE_ADDRESS] = { "remote-address", ATTR_ADDRESS },
	[KSRTP_A_FLOW_LOCAL_PORT] = { "local-port", ATTR_PORT },
	[KSRTP_A_FLOW_REMOTE_PORT] = { "remote-port", ATTR_PORT },
	[KSRTP_A_FLOW_LOCAL_RTCP_PORT] = { "local-rtcp-port", ATTR_PORT },
	[KSRTP_A_FLOW_REMOTE_RTCP_PORT] = { "remote-rtcp-port", ATTR_PORT },
	[KSRTP_A_FLOW_RTCP_MUX] = { "rtcp-mux", ATTR_FLAG },
	[KSRTP_A_FLOW_SSRC] = { "ssrc", ATTR_SSRC },
};
const struct attr_set flow_set = SET(flow_attrs);

static const struct attr relay_attrs[] = {
	[KSRTP_A_RELAY_LOCAL_ADDRESS] = { "local-address", ATTR_ADDRESS },
	[KSRTP_A_RELAY_LOCAL_PORT] = { "local-port", ATTR_PORT },
	[KSRTP_A_RELAY_REMOTE_ADDRESS] = { "remote-address", ATTR_ADDRESS },
	[KSRTP_A_RELAY_REMOTE_PORT] = { "remote-port", ATTR_PORT },
	[KSRTP_A_RELAY_LOCAL_RTCP_PORT] = { "local-rtcp-port", ATTR_PORT },
	[KSRTP_A_RELAY_REMOTE_RTCP_PORT] = { "remote-rtcp-port", ATTR_PORT },
	[KSRTP_A_RELAY_RTCP_MUX] = { "rtcp-mux", ATTR_FLAG },
	[KSRTP_A_RELAY_TYPES] = { "types", ATTR_LIST },
	[KSRTP_A_RELAY_SSRCS] = { "ssrcs", ATTR_SSRCS },
};
const struct attr_set relay_set = SET(relay_attrs);

static const struct attr session_attrs[] = {
	[KSRTP_A_SESSION_ID] = { "id", ATTR_U32 },
	[KSRTP_A_SESSION_IFINDEX] = { "ifindex", ATTR_U32 },
	[KSRTP_A_SESSION_FAMILY] = { "family", ATTR_FAMILY },
	[KSRTP_A_SESSION_LOCAL_ADDRESS] = { "local-address", ATTR_ADDRESS },
	[KSRTP_A_SESSION_REMOTE_ADDRESS] = { "remote-address", ATTR_ADDRESS },
	[KSRTP_A_SESSION_LOCAL_PORT] = { "local-port", ATTR_PORT },
	[KSRTP_A_SESSION_REMOTE_PORT] = { "remote-port", ATTR_PORT },
	[KSRTP_A_SESSION_LOCAL_RTCP_PORT] = { "local-rtcp-port", ATTR_PORT },
	[KSRTP_A_SESSION_REMOTE_RTCP_PORT] = { "remote-rtcp-port", ATTR_PORT },
	[KSRTP_A_SESSION_RTCP_MUX] = { "rtcp-mux", ATTR_FLAG },
	[KSRTP_A_SESSION_MAX_STREAMS] = { "max-streams", ATTR_U32 },
	[KSRTP_A_SESSION_SEND] = {
		"send", ATTR_NEST, .nested = &direction_set },
	[KSRTP_A_SESSION_RECV] = {
		"recv", ATTR_NEST, .nested = &direction_set },
	[KSRTP_A_SESSION_STREAMS] = { "streams", ATTR_U32, REPORTED },
	[KSRTP_A_SESSION_SSRC] = { "ssrc", ATTR_SSRC },
	[KSRTP_A_SESSION_STREAM_TIMEOUT] = { "stream-timeout", ATTR_U32 },
	[KSRTP_A_SESSION_OWNED] = { "owned", ATTR_FLAG },
	[KSRTP_A_SESSION_ORPHANED] = { "orphaned", ATTR_FLAG, REPORTED },
	[KSRTP_A_SESSION_MOVE] = { "move", ATTR_NEST, .nested = &flow_set },
	[KSRTP_A_SESSION_LINGER] = { "linger", ATTR_U32 },
	[KSRTP_A_SESSION_REPLACE] = { "replace", ATTR_FLAG },
	[KSRTP_A_SESSION_PARKED] = { "parked", ATTR_FLAG },
	[KSRTP_A_SESSION_LEASE] = { "lease", ATTR_U32 },
	[KSRTP_A_SESSION_SEAL] = { "seal", ATTR_FLAG },
	[KSRTP_A_SESSION_RELAYS] = {
		"relays", ATTR_NESTS, .nested = &relay_set },
};
const struct attr_set session_set = SET(session_attrs);

static const struct attr stream_attrs[] = {
	[KSRTP_A_STREAM_SESSION_ID] = { "session-id", ATTR_U32 },
	[KSRTP_A_STREAM_DIRECTION] = {
		"direction", ATTR_WORD, .words = &direction_words },
	[KSRTP_A_STREAM_SSRC] = { "ssrc", ATTR_SSRC },
	[KSRTP_A_STREAM_ROC] = { "roc", ATTR_U32 },
	[KSRTP_A_STREAM_SEQ] = { "seq", ATTR_U16 },
	[KSRTP_A_STREAM_SRTCP_INDEX] = { "srtcp-index", ATTR_U32 },
	[KSRTP_A_STREAM_RTP_REPLAY] = { "rtp-replay", ATTR_BINARY },
	[KSRTP_A_STREAM_RTCP_REPLAY] = { "rtcp-replay", ATTR_BINARY },
	[KSRTP_A_STREAM_REPLAY_WINDOW] = {
		"replay-window", ATTR_U32, REPORTED },
	[KSRTP_A_STREAM_RTP_PACKETS] = { "rtp-packets", ATTR_U64, REPORTED },
	[KSRTP_A_STREAM_RTP_BYTES] = { "rtp-bytes", ATTR_U64, REPORTED },
	[KSRTP_A_STREAM_RTCP_PACKETS] = { "rtcp-packets", ATTR_U64, REPORTED },
	[KSRTP_A_STREAM_RTCP_BYTES] = { "rtcp-bytes", ATTR_U64, REPORTED },
	[KSRTP_A_STREAM_IDLE] = { "idle", ATTR_U64, REPORTED },
	[KSRTP_A_STREAM_DROP_BAD_TAG] = { "drop-bad-tag", ATTR_U64, REPORTED },
	[KSRTP_A_STREAM_DROP_REPLAYED] = {
		"drop-replayed", ATTR_U64, REPORTED },
	[KSRTP_A_STREAM_DROP_TOO_OLD] = { "drop-too-old", ATTR_U64, REPORTED },
	[KSRTP_A_STREAM_DROP_INDEX_REUSE] = {
		"drop-index-reuse", ATTR_U64, REPORTED },
	[KSRTP_A_STREAM_RTP_USED_FROM] = { "rtp-used-from", ATTR_U64 },
	[KSRTP_A_STREAM_RTP_USED_TO] = { "rtp-used-to", ATTR_U64 },
	[KSRTP_A_STREAM_SRTCP_USED_FROM] = { "srtcp-used-from", ATTR_U32 },
	[KSRTP_A_STREAM_SRTCP_USED_TO] = { "srtcp-used-to", ATTR_U32 },
	[KSRTP_A_STREAM_RTP_LIMIT] = { "rtp-limit", ATTR_U64 },
	[KSRTP_A_STREAM_SRTCP_LIMIT] = { "srtcp-limit", ATTR_U64 },
};
const struct attr_set stream_set = SET(stream_attrs);

static const struct attr suite_attrs[] = {
	[KSRTP_A_SUITE_ID] = { "id", ATTR_U32 },
	[KSRTP_A_SUITE_NAME] = { "name", ATTR_STRING },
	[KSRTP_A_SUITE_KEY_LENGTH] = { "key-length", ATTR_U32 },
	[KSRTP_A_SUITE_SALT_LENGTH] = { "salt-length", ATTR_U32 },
	[KSRTP_A_SUITE_RTP_TAG_LENGTH] = { "rtp-tag-length", ATTR_U32 },
	[KSRTP_A_SUITE_RTCP_TAG_LENGTH] = { "rtcp-tag-length", ATTR_U32 },
	[KSRTP_A_SUITE_DTLS_PROFILE] = { "dtls-profile", ATTR_U16 },
	[KSRTP_A_SUITE_CIPHER_DRIVER] = { "cipher-driver", ATTR_STRING },
	[KSRTP_A_SUITE_AUTH_DRIVER] = { "auth-driver", ATTR_STRING },
	[KSRTP_A_SUITE_DTLS_NAME] = { "dtls-name", ATTR_STRING },
};
const struct attr_set suite_set = SET(suite_attrs);

static const struct attr key_attrs[] = {
	[KSRTP_A_KEY_SESSION_ID] = { "session-id", ATTR_U32 },
	[KSRTP_A_KEY_DIRECTION] = {
		"direction", ATTR_WORD, .words = &direction_words },
	[KSRTP_A_KEY_MKI] = { "mki", ATTR_BINARY },
	[KSRTP_A_KEY_MASTER_KEY] = { "master-key", ATTR_BINARY },
	[KSRTP_A_KEY_MASTER_SALT] = { "master-salt", ATTR_BINARY },
	[KSRTP_A_KEY_FROM] = { "from", ATTR_U64 },
	[KSRTP_A_KEY_TO] = { "to", ATTR_U64 },
	[KSRTP_A_KEY_RTP_LIFETIME] = { "rtp-lifetime", ATTR_U64 },
	[KSRTP_A_KEY_RTCP_LIFETIME] = { "rtcp-lifetime", ATTR_U64 },
	[KSRTP_A_KEY_SOFT_LIMIT] = { "soft-limit", ATTR_U32 },
	[KSRTP_A_KEY_RTP_PACKETS] = { "rtp-packets", ATTR_U64 },
	[KSRTP_A_KEY_RTCP_PACKETS] = { "rtcp-packets", ATTR_U64 },
	[KSRTP_A_KEY_KEY_SERIAL] = { "key-serial", ATTR_U32 },
	[KSRTP_A_KEY_STATE] = {
		"state", ATTR_WORD, REPORTED, .words = &key_state_words },
	[KSRTP_A_KEY_OVERLAP] = { "overlap", ATTR_U32, REPORTED },
	[KSRTP_A_KEY_OUTER_ONLY] = { "outer-only", ATTR_FLAG, REPORTED },
	[KSRTP_A_KEY_SUITE] = { "suite", ATTR_SUITE, REPORTED },
	[KSRTP_A_KEY_SEAL] = { "seal", ATTR_FLAG },
	[KSRTP_A_KEY_SEALED] = { "sealed", ATTR_BINARY },
	[KSRTP_A_KEY_UNUSED_KEY] = { "unused-key", ATTR_FLAG },
};
const struct attr_set key_set = SET(key_attrs);

static const struct attr require_attrs[] = {
	[KSRTP_A_REQUIRE_ID] = { "id", ATTR_U32 },
	[KSRTP_A_REQUIRE_IFINDEX] = { "ifindex", ATTR_U32 },
	[KSRTP_A_REQUIRE_FAMILY] = { "family", ATTR_FAMILY },
	[KSRTP_A_REQUIRE_FIRST_PORT] = { "first-port", ATTR_PORT },
	[KSRTP_A_REQUIRE_LAST_PORT] = { "last-port", ATTR_PORT },
	[KSRTP_A_REQUIRE_SEND_DROPS] = { "send-drops", ATTR_U64, REPORTED },
	[KSRTP_A_REQUIRE_RECV_DROPS] = { "recv-drops", ATTR_U64, REPORTED },
	[KSRTP_A_REQUIRE_EXCEPT_REMOTE_PORTS] = { "except-remote-ports",
						  ATTR_PORTS },
	[KSRTP_A_REQUIRE_JUDGE] = { "judge", ATTR_WORD,
				    .words = &judge_words },
	[KSRTP_A_REQUIRE_LEASE] = { "lease", ATTR_U32 },
};
const struct attr_set require_set = SET(require_attrs);

static const struct attr stat_attrs[] = {
	[KSRTP_A_STAT_SESSIONS] = { "sessions", ATTR_U32 },
	[KSRTP_A_STAT_STREAMS] = { "streams", ATTR_U32 },
	[KSRTP_A_STAT_STREAM_MEMORY] = { "stream-memory", ATTR_U64 },
	[KSRTP_A_STAT_REQUIRES] = { "requires", ATTR_U32 },
	[KSRTP_A_STAT_REQUIRE_DROPS] = { "require-drops", ATTR_U64 },
	[KSRTP_A_STAT_SEND] = { "send", ATTR_NEST, .nested = &stats_set },
	[KSRTP_A_STAT_RECV] = { "recv", ATTR_NEST, .nested = &stats_set },
};
const struct attr_set stat_set = SET(stat_attrs);

static const struct attr alert_attrs[] = {
	[KSRTP_A_ALERT_TYPE] = { "type", ATTR_WORD, .words = &alert_words },
	[KSRTP_A_ALERT_SESSION_ID] = { "session-id", ATTR_U32 },
	[KSRTP_A_ALERT_DIRECTION] = {
		"direction", ATTR_WORD, .words = &direction_words },
	[KSRTP_A_ALERT_SSRC] = { "ssrc", ATTR_SSRC },
	[KSRTP_A_ALERT_MKI] = { "mki", ATTR_BINARY },
	[KSRTP_A_ALERT_RTCP] = { "rtcp", ATTR_FLAG },
	[KSRTP_A_ALERT_COUNT] = { "count", ATTR_U64 },
	[KSRTP_A_ALERT_REQUIRE_ID] = { "require-id", ATTR_U32 },
	[KSRTP_A_ALERT_IFINDEX] = { "ifindex", ATTR_U32 },
	[KSRTP_A_ALERT_LEASE_ID] = { "lease-id", ATTR_U32 },
};
const struct attr_set alert_set = SET(alert_attrs);

static const struct attr attach_attrs[] = {
	[KSRTP_A_ATTACH_IFINDEX] = { "ifindex", ATTR_U32 },
	[KSRTP_A_ATTACH_HARDWARE_OFFLOAD] = { "hardware-offload", ATTR_FLAG,
					      REPORTED },
};
const struct attr_set attach_set = SET(attach_attrs);

static const struct attr lease_attrs[] = {
	[KSRTP_A_LEASE_ID] = { "id", ATTR_U32 },
	[KSRTP_A_LEASE_UNTIL] = { "until", ATTR_U64 },
	[KSRTP_A_LEASE_DURATION] = { "duration", ATTR_U32 },
	[KSRTP_A_LEASE_REMAINING] = { "remaining", ATTR_U32, REPORTED },
	[KSRTP_A_LEASE_SESSIONS] = { "sessions", ATTR_U32, REPORTED },
	[KSRTP_A_LEASE_DROPS] = { "drops", ATTR_U64, REPORTED },
	[KSRTP_A_LEASE_CLOCK] = { "clock", ATTR_U64, REPORTED },
};
const struct attr_set lease_set = SET(lease_attrs);

static const struct attr seal_attrs[] = {
	[KSRTP_A_SEAL_ID] = { "id", ATTR_U32 },
	[KSRTP_A_SEAL_KEY] = { "key", ATTR_BINARY },
	[KSRTP_A_SEAL_KEY_SERIAL] = { "key-serial", ATTR_U32 },
	[KSRTP_A_SEAL_CURRENT] = { "current", ATTR_FLAG },
	[KSRTP_A_SEAL_SEALED] = { "sealed", ATTR_U64, REPORTED },
	[KSRTP_A_SEAL_OPENED] = { "opened", ATTR_U64, REPORTED },
	[KSRTP_A_SEAL_REFUSED] = { "refused", ATTR_U64, REPORTED },
};
const struct attr_set seal_set = SET(seal_attrs);

const struct attr *attrs_get(const struct attr_set *set, unsigned int type)
{
	if (!set || type > set->max || !set->attrs[type].name)
		return NULL;
	return &set->attrs[type];
}

/* Name of a value, or NULL. */
const char *words_get(const struct words *words, uint32_t value)
{
	return value <= words->max ? words->word[value] : NULL;
}

/* Value of a name, or 0. */
uint32_t words_find(const struct words *words, const char *word)
{
	uint32_t value;

	for (value = 1; value <= words->max; value++)
		if (words->word[value] && !strcmp(word, words->word[value]))
			return value;
	return 0;
}

/* Likewise among nests of one kind, as in "[1].local-port". */
static int nests_path(const struct attr_set *set, const struct nlattr *nests,
		      const void *wanted, char *path, size_t size)
{
	const struct nlattr *nest;
	unsigned int i = 0;
	int n;

	mnl_attr_for_each_nested(nest, nests) {
		n = snprintf(path, size, "[%u]", i++);
		if (nest == wanted)
			return 1;
		if ((size_t)n + 1 >= size)
			continue;
		path[n] = '.';
		if (attrs_path(set, mnl_attr_get_payload(nest),
			       mnl_attr_get_payload_len(nest), wanted,
			       path + n + 1, size - n - 1))
			return 1;
	}
	return 0;
}

/* Path of the attribute at an address in a request, as in "send.master-key". */
int attrs_path(const struct attr_set *set, const struct nlattr *first,
	       unsigned int len, const void *wanted, char *path, size_t size)
{
	const struct nlattr *attr;
	const struct attr *known;
	int n;

	mnl_attr_for_each_payload(first, len) {
		known = attrs_get(set, mnl_attr_get_type(attr));
		if (!known)
			continue;
		n = snprintf(path, size, "%s", known->name);
		if (attr == wanted)
			return 1;
		if (known->type == ATTR_NESTS && (size_t)n < size &&
		    nests_path(known->nested, attr, wanted, path + n, size - n))
			return 1;
		if (known->type != ATTR_NEST || (size_t)n + 1 >= size)
			continue;
		path[n] = '.';
		if (attrs_path(known->nested, mnl_attr_get_payload(attr),
			       mnl_attr_get_payload_len(attr), wanted,
			       path + n + 1, size - n - 1))
			return 1;
	}
	return 0;
}
