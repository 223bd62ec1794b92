// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/ksrtp.h>

#include "attrs.h"
#include "suite.h"

#define SET(array) { .attrs = array, .max = sizeof(array) / sizeof(*array) - 1 }

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
};
static const struct attr_set stats_set = SET(stats_attrs);

static const struct attr direction_attrs[] = {
	[KSRTP_A_DIRECTION_SUITE] = { "suite", ATTR_SUITE },
	[KSRTP_A_DIRECTION_MASTER_KEY] = { "master-key", ATTR_BINARY },
	[KSRTP_A_DIRECTION_MASTER_SALT] = { "master-salt", ATTR_BINARY },
	[KSRTP_A_DIRECTION_REPLAY_WINDOW] = { "replay-window", ATTR_U32 },
	[KSRTP_A_DIRECTION_STATE] = { "state", ATTR_STATE },
	[KSRTP_A_DIRECTION_CIPHER_DRIVER] = { "cipher-driver", ATTR_STRING },
	[KSRTP_A_DIRECTION_AUTH_DRIVER] = { "auth-driver", ATTR_STRING },
	[KSRTP_A_DIRECTION_STATS] = { "stats", ATTR_NEST, &stats_set },
};
static const struct attr_set direction_set = SET(direction_attrs);

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
	[KSRTP_A_SESSION_SEND] = { "send", ATTR_NEST, &direction_set },
	[KSRTP_A_SESSION_RECV] = { "recv", ATTR_NEST, &direction_set },
	[KSRTP_A_SESSION_STREAMS] = { "streams", ATTR_U32 },
};
const struct attr_set session_set = SET(session_attrs);

static const struct attr stream_attrs[] = {
	[KSRTP_A_STREAM_SESSION_ID] = { "session-id", ATTR_U32 },
	[KSRTP_A_STREAM_DIRECTION] = { "direction", ATTR_DIRECTION },
	[KSRTP_A_STREAM_SSRC] = { "ssrc", ATTR_SSRC },
	[KSRTP_A_STREAM_ROC] = { "roc", ATTR_U32 },
	[KSRTP_A_STREAM_SEQ] = { "seq", ATTR_U16 },
	[KSRTP_A_STREAM_SRTCP_INDEX] = { "srtcp-index", ATTR_U32 },
	[KSRTP_A_STREAM_RTP_REPLAY] = { "rtp-replay", ATTR_BINARY },
	[KSRTP_A_STREAM_RTCP_REPLAY] = { "rtcp-replay", ATTR_BINARY },
	[KSRTP_A_STREAM_REPLAY_WINDOW] = { "replay-window", ATTR_U32 },
	[KSRTP_A_STREAM_RTP_PACKETS] = { "rtp-packets", ATTR_U64 },
	[KSRTP_A_STREAM_RTP_BYTES] = { "rtp-bytes", ATTR_U64 },
	[KSRTP_A_STREAM_RTCP_PACKETS] = { "rtcp-packets", ATTR_U64 },
	[KSRTP_A_STREAM_RTCP_BYTES] = { "rtcp-bytes", ATTR_U64 },
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
};
const struct attr_set suite_set = SET(suite_attrs);

const struct attr *attrs_get(const struct attr_set *set, unsigned int type)
{
	if (!set || type > set->max || !set->attrs[type].name)
		return NULL;
	return &set->attrs[type];
}

static json_t *hex_json(const unsigned char *data, unsigned int len)
{
	char *hex = malloc(2 * len + 1);
	json_t *json;
	unsigned int i;

	if (!hex)
		return NULL;
	*hex = '\0';
	for (i = 0; i < len; i++)
		sprintf(hex + 2 * i, "%02x", data[i]);
	json = json_string(hex);
	free(hex);
	return json;
}

static json_t *address_json(const struct nlattr *nla)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(mnl_attr_get_payload_len(nla) == 4 ? AF_INET : AF_INET6,
		  mnl_attr_get_payload(nla), text, sizeof(text));
	return json_string(text);
}

static json_t *attr_json(const struct attr *attr, const struct nlattr *nla)
{
	char text[16];

	switch (attr->type) {
	case ATTR_U16:
		return json_integer(mnl_attr_get_u16(nla));
	case ATTR_U32:
		return json_integer(mnl_attr_get_u32(nla));
	case ATTR_U64:
		return json_integer(mnl_attr_get_u64(nla));
	case ATTR_PORT:
		return json_integer(ntohs(mnl_attr_get_u16(nla)));
	case ATTR_FLAG:
		return json_true();
	case ATTR_STRING:
		return json_string(mnl_attr_get_str(nla));
	case ATTR_BINARY:
		return hex_json(mnl_attr_get_payload(nla),
				mnl_attr_get_payload_len(nla));
	case ATTR_ADDRESS:
		return address_json(nla);
	case ATTR_SSRC:
		snprintf(text, sizeof(text), "0x%08x", mnl_attr_get_u32(nla));
		return json_string(text);
	case ATTR_FAMILY:
		return json_string(mnl_attr_get_u16(nla) == AF_INET ? "inet" :
								      "inet6");
	case ATTR_SUITE:
		return json_string(suite_name(mnl_attr_get_u32(nla)));
	case ATTR_DIRECTION:
		return json_string(mnl_attr_get_u32(nla) ==
				   KSRTP_DIRECTION_SEND ? "send" : "recv");
	case ATTR_STATE:
		return json_string(mnl_attr_get_u32(nla) ==
				   KSRTP_STATE_KEYED ? "keyed" : "pending");
	case ATTR_NEST:
		return attrs_json(attr->nested, mnl_attr_get_payload(nla),
				  mnl_attr_get_payload_len(nla));
	case ATTR_NONE:
		break;
	}
	return NULL;
}

/* Turn attributes of a message into an object. */
json_t *attrs_json(const struct attr_set *set, const struct nlattr *first,
		   unsigned int len)
{
	json_t *object = json_object();
	const struct nlattr *attr;
	const struct attr *known;

	mnl_attr_for_each_payload(first, len) {
		known = attrs_get(set, mnl_attr_get_type(attr));
		if (known)
			json_object_set_new(object, known->name,
					    attr_json(known, attr));
	}
	return object;
}

/* Name the attribute at an address in a request, as in "send.master-key". */
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
