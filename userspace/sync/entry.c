// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/ksrtp.h>

#include "attributes.h"
#include "entry.h"
#include "keys.h"
#include "lib/attrs.h"
#include "rule.h"

/* Numbers are in the host's byte order, as in what comes from the kernel. */
#define ORDER 0x0102

/* Flags of a stream. */
#define HAS_SEQ 1
#define HAS_SRTCP 2

struct session_head {
	uint16_t order, config, keys;
	char dev[16];
	uint32_t start, block;
};

struct census_body {
	uint16_t order, pad[3];
	struct tally sessions, rules, attached;
};

struct rule_head {
	uint16_t order, config, pad[2];
	char dev[16];
};

struct stream_head {
	uint16_t order, flags, seq, replay[KINDS], pad;
	uint32_t roc, srtcp, pad2;
	uint64_t limit[KINDS];
};

/* Names are written and read with each record, so not by way of formats. */
static char *put_hex(char *at, uint64_t value, unsigned int digits)
{
	while (digits--)
		*at++ = "0123456789abcdef"[value >> 4 * digits & 0xf];
	*at = '\0';
	return at;
}

/* Read so many digits, as put_hex() writes them; NULL if they are others. */
static const char *get_hex(const char *at, unsigned int digits, uint64_t *value)
{
	for (*value = 0; digits--; at++) {
		if (*at >= '0' && *at <= '9')
			*value = *value << 4 | (*at - '0');
		else if (*at >= 'a' && *at <= 'f')
			*value = *value << 4 | (*at - 'a' + 10);
		else
			return NULL;
	}
	return at;
}

static char *put_name(char *name, char kind, uint64_t uid)
{
	*name++ = kind;
	*name++ = '/';
	return put_hex(name, uid, 16);
}

void entry_name_session(const struct session *session, char *name)
{
	put_name(name, 's', session->uid);
}

void entry_name_rule(uint64_t uid, char *name)
{
	put_name(name, 'r', uid);
}

void entry_name_stream(const struct stream *stream, char *name)
{
	name = put_name(name, 't', stream->session->uid);
	*name++ = '/';
	*name++ = '0' + stream->direction;
	*name++ = '/';
	put_hex(name, stream->ssrc, 8);
}

/* Read a record's name; false if it is none of ours. */
bool entry_read_name(const char *text, struct entry_name *name)
{
	uint64_t ssrc;
	char kind;

	*name = (struct entry_name){ 0 };
	if (!strcmp(text, ENTRY_CENSUS)) {
		name->is_census = true;
		return true;
	}
	kind = *text++;
	if ((kind != 's' && kind != 'r' && kind != 't') || *text++ != '/')
		return false;
	text = get_hex(text, 16, &name->uid);
	if (!text)
		return false;
	name->is_rule = kind == 'r';
	name->is_stream = kind == 't';
	if (!name->is_stream)
		return !*text;
	if (text[0] != '/' || (text[1] != '0' + KSRTP_DIRECTION_SEND &&
			       text[1] != '0' + KSRTP_DIRECTION_RECV) ||
	    text[2] != '/')
		return false;
	name->direction = text[1] - '0';
	text = get_hex(text + 3, 8, &ssrc);
	name->ssrc = ssrc;
	return text && !*text;
}

size_t entry_of_census(const struct census *census, unsigned char *bytes)
{
	const struct census_body body = {
		.order = ORDER, .sessions = census->sessions,
		.rules = census->rules, .attached = census->attached,
	};

	memcpy(bytes, &body, sizeof(body));
	return sizeof(body);
}

size_t entry_of_rule(const struct rule *rule, unsigned char *bytes)
{
	struct rule_head head = { .order = ORDER, .config = rule->config.len };

	memcpy(head.dev, rule->dev, sizeof(head.dev));
	memcpy(bytes, &head, sizeof(head));
	if (rule->config.len)
		memcpy(bytes + sizeof(head), rule->config.data,
		       rule->config.len);
	return sizeof(head) + rule->config.len;
}

/* Returns the length; 0 if it would be longer than ENTRY_MAX. */
size_t entry_of_session(const struct session *session, unsigned char *bytes)
{
	struct session_head head = {
		.order = ORDER, .config = session->config.len,
		.keys = session->keys.len, .start = session->start,
		.block = session->block,
	};
	size_t len = sizeof(head) + session->config.len + session->keys.len;

	if (len > ENTRY_MAX)
		return 0;
	memcpy(head.dev, session->dev, sizeof(head.dev));
	memcpy(bytes, &head, sizeof(head));
	memcpy(bytes + sizeof(head), session->config.data, session->config.len);
	if (session->keys.len)
		memcpy(bytes + sizeof(head) + session->config.len,
		       session->keys.data, session->keys.len);
	return len;
}

size_t entry_of_stream(const struct stream *stream, unsigned char *bytes)
{
	struct stream_head head = {
		.order = ORDER, .seq = stream->seq, .roc = stream->roc,
		.flags = (stream->has_seq ? HAS_SEQ : 0) |
			 (stream->has_srtcp ? HAS_SRTCP : 0),
		.srtcp = stream->srtcp,
		.limit = { stream->limit[RTP], stream->limit[RTCP] },
	};
	size_t len = sizeof(head);
	int i;

	for (i = 0; i < KINDS; i++) {
		head.replay[i] = stream->replay[i].len;
		if (stream->replay[i].len)
			memcpy(bytes + len, stream->replay[i].data,
			       stream->replay[i].len);
		len += stream->replay[i].len;
	}
	memcpy(bytes, &head, sizeof(head));
	return len;
}

/* Take over a record; false if it is not understood, and nothing is changed. */
bool entry_to_census(struct census *census, const unsigned char *bytes,
		     size_t len)
{
	struct census_body body;

	if (len != sizeof(body))
		return false;
	memcpy(&body, bytes, sizeof(body));
	if (body.order != ORDER)
		return false;
	census->sessions = body.sessions;
	census->rules = body.rules;
	census->attached = body.attached;
	return true;
}

bool entry_to_rule(struct rule *rule, const unsigned char *bytes, size_t len)
{
	struct rule_head head;

	if (len < sizeof(head))
		return false;
	memcpy(&head, bytes, sizeof(head));
	bytes += sizeof(head);
	/* its name tells what it has to say */
	if (head.order != ORDER || len != sizeof(head) + head.config ||
	    !memchr(head.dev, '\0', sizeof(head.dev)) ||
	    !attributes_fill(&require_set, bytes, head.config) ||
	    rule_digest(head.dev, bytes, head.config) != rule->uid ||
	    !bytes_set(&rule->config, bytes, head.config))
		return false;
	memcpy(rule->dev, head.dev, sizeof(head.dev));
	rule->is_known = true;
	return true;
}

bool entry_to_session(struct session *session, const unsigned char *bytes,
		      size_t len)
{
	struct session as = { 0 };
	struct session_head head;
	bool good;

	if (len < sizeof(head))
		return false;
	memcpy(&head, bytes, sizeof(head));
	if (head.order != ORDER ||
	    len != sizeof(head) + head.config + head.keys ||
	    !memchr(head.dev, '\0', sizeof(head.dev)))
		return false;
	good = bytes_set(&as.config, bytes + sizeof(head), head.config) &&
	       bytes_set(&as.keys, bytes + sizeof(head) + head.config,
			 head.keys) &&
	       attributes_fill(&session_set, as.config.data, as.config.len) &&
	       keys_are_sound(&as);
	if (!good) {
		bytes_free(&as.config);
		bytes_free(&as.keys);
		return false;
	}
	bytes_free(&session->config);
	bytes_free(&session->keys);
	session->config = as.config;
	session->keys = as.keys;
	memcpy(session->dev, head.dev, sizeof(head.dev));
	session->start = head.start;
	session->block = head.block;
	attributes_digest(session);
	return true;
}

bool entry_to_stream(struct stream *stream, const unsigned char *bytes,
		     size_t len)
{
	struct stream_head head;

	if (len < sizeof(head))
		return false;
	memcpy(&head, bytes, sizeof(head));
	if (head.order != ORDER ||
	    len != sizeof(head) + head.replay[RTP] + head.replay[RTCP])
		return false;
	if (!bytes_set(&stream->replay[RTP], bytes + sizeof(head),
		       head.replay[RTP]) ||
	    !bytes_set(&stream->replay[RTCP],
		       bytes + sizeof(head) + head.replay[RTP],
		       head.replay[RTCP]))
		return false;
	stream->roc = head.roc;
	stream->seq = head.seq;
	stream->srtcp = head.srtcp;
	stream->has_seq = head.flags & HAS_SEQ;
	stream->has_srtcp = head.flags & HAS_SRTCP;
	memcpy(stream->limit, head.limit, sizeof(head.limit));
	return true;
}
