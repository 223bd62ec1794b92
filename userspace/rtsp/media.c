// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "flow.h"
#include "group.h"
#include "lib/agreed_mikey.h"
#include "lib/complaint.h"
#include "lib/description.h"
#include "media.h"
#include "presentation.h"
#include "roster.h"
#include "util/text.h"

/* Room for both descriptions of a call: keys, and lines for 32 sections. */
#define CALL_SIZE	(KSRTP_MIKEY_TEXT_MAX + 8192)

/* Crypto sessions of a camera that are looked at. */
#define SOURCES_MAX	8

/*
 * A camera may have one key for all streams and clients, and another dialogue may
 * have had it already.
 */
static int accept_used_keys(const struct media *media)
{
	struct ksrtp_session *settings = ksrtp_session_new();
	int ret;

	if (!settings)
		return -ENOMEM;
	ret = ksrtp_direction_set(settings, KSRTP_DIRECTION_RECV,
				  KSRTP_A_DIRECTION_UNUSED_KEY, 0);
	if (!ret && media->rules->one_key)
		ret = ksrtp_direction_set(settings, KSRTP_DIRECTION_SEND,
					  KSRTP_A_DIRECTION_UNUSED_KEY, 0);
	if (!ret)
		ret = ksrtp_call_settings(media->handle, settings);
	ksrtp_session_free(settings);
	return ret;
}

/* Certificates are those of the rules. */
static void end_mikey(struct media *media)
{
	if (media->mikey)
		media->mikey->rsa = (struct mikey_rsa){ 0 };
	ksrtp_mikey_free(media->mikey);
	media->mikey = NULL;
}

/*
 * Begin with what the camera's messages are read with. Streams may share a message,
 * and a client may set one up again, so no list of messages is kept. That one is
 * fresh is proven by TLS, or by its time.
 */
static int begin_mikey(struct media *media)
{
	const struct media_rules *rules = media->rules;
	struct mikey_sent sent = { 0 };
	int ret;

	if (media->mikey)
		sent = media->mikey->sent;
	end_mikey(media);
	media->mikey = ksrtp_mikey_new();
	ret = ksrtp_mikey_psk(media->mikey, rules->psk, rules->psk_len);
	if (!ret)
		ret = ksrtp_mikey_set(media->mikey, KSRTP_MIKEY_CLOCK,
				      rules->clock_skew);
	if (!ret)
		ret = ksrtp_mikey_set(media->mikey, KSRTP_MIKEY_RAW_TGK,
				      rules->raw_tgk);
	if (!ret) {
		media->mikey->rsa = rules->rsa;
		/* what we have sent to the camera is read here, too */
		media->mikey->sent = sent;
		ret = ksrtp_call_mikey(media->handle, media->mikey);
	}
	explicit_bzero(&sent, sizeof(sent));
	return ret;
}

static int opened(struct media *media, struct complaint *c)
{
	int ret = 0;

	if (!media->handle) {
		ret = ksrtp_open(&media->handle);
		if (!ret)
			ret = accept_used_keys(media);
	}
	if (!ret)
		ret = begin_mikey(media);
	if (ret)
		complain(c, -ret, "kernel: %s", ksrtp_error(media->handle));
	return ret;
}

/*
 * A key of our own for the suite of a camera, since it sends with its key. Of a
 * group, the camera knows it already.
 */
static int make_key(struct ksrtp_session *ours, const struct suite *suite,
		    const struct group_stream *stream, struct complaint *c)
{
	struct key key = {
		.key_len = suite->key_len, .salt_len = suite->salt_len,
	};

	if (!(stream && group_key(stream, suite->id, &key)) &&
	    RAND_bytes(key.material, key.key_len + key.salt_len) != 1)
		return complain(c, EIO, "no random bytes");
	description_suite(ours, KSRTP_DIRECTION_SEND, suite);
	description_key(ours, KSRTP_DIRECTION_SEND, &key);
	explicit_bzero(&key, sizeof(key));
	return 0;
}

/*
 * The SSRC of a client's RTCP is not known when keys are told. FFmpeg's is the
 * camera's plus 1; a receiver that knows none must do with 0.
 */
static size_t guess_sources(const struct ksrtp_mikey *mikey, const char *text,
			    struct ksrtp_mikey_cs *cs)
{
	struct bytes bytes = { (const unsigned char *)text, strlen(text) };
	struct complaint unheard = { 0 };
	struct mikey *taken;
	size_t n = 0, i;

	if (!mikey_take(&taken, mikey, bytes, &unheard))
		for (i = 0; i < taken->message.n_cs && n < SOURCES_MAX; i++)
			cs[n++].ssrc = taken->message.cs[i].ssrc + 1;
	mikey_free(taken);
	cs[n++].ssrc = 0;
	return n;
}

/* A message with a key of our own, for what the client sends. */
static int offer_mikey(struct media *media, const struct sdp_media *section,
		       const struct group_stream *stream, char *text,
		       size_t size, struct complaint *c)
{
	struct ksrtp_mikey_cs cs[SOURCES_MAX + 1] = { 0 };
	struct ksrtp_session *theirs = ksrtp_session_new();
	struct ksrtp_session *ours = ksrtp_session_new();
	const struct suite *suite;
	int ret;

	ret = ksrtp_direction_mikey(theirs, KSRTP_DIRECTION_RECV, media->mikey,
				    section->mikey.text, 1);
	if (ret) {
		wrong(c, "a=key-mgmt: %s", ksrtp_session_error(theirs));
	} else {
		suite = &theirs->sdes[KSRTP_DIRECTION_RECV].suite;
		ret = ours ? make_key(ours, suite, stream, c) : -ENOMEM;
	}
	if (!ret) {
		ret = ksrtp_mikey_offer(media->mikey, ours,
					KSRTP_DIRECTION_SEND, cs,
					guess_sources(media->mikey,
						      section->mikey.text, cs),
					strstr(suite->name, "_SHA1_32") ?
					KSRTP_MIKEY_TAG_AS_KEY : 0, text, size);
		if (ret)
			complain(c, -ret, "%s", ksrtp_mikey_error(media->mikey));
	}
	/* wipes the keys as well */
	ksrtp_session_free(theirs);
	ksrtp_session_free(ours);
	return ret;
}

/*
 * A camera cannot be told a key to go with its crypto line. What the client sends
 * is protected with a key that nobody else has.
 */
static int offer_sdes(const struct sdp_media *section, char *text, size_t size,
		      struct complaint *c)
{
	unsigned char random[KSRTP_MASTER_KEY_MAX + KSRTP_MASTER_SALT_MAX];
	char key[2 * sizeof(random)];
	struct text out = { .at = text, .end = text + size };
	const char *line = section->crypto[0].text, *rest;
	struct sdes sdes = { 0 };
	char *copy = strdup(line);
	int ret;

	ret = copy ? sdes_read(&sdes, copy, c) : -ENOMEM;
	free(copy);
	if (ret)
		return ret;
	if (RAND_bytes(random, sizeof(random)) != 1)
		return complain(c, EIO, "no random bytes");
	EVP_EncodeBlock((unsigned char *)key, random,
			sdes.suite.key_len + sdes.suite.salt_len);
	/* parameters behind the keys are for both sides */
	rest = strchr(line, ' ');
	rest = rest ? strchr(rest + 1, ' ') : NULL;
	rest = rest ? strchr(rest + 1, ' ') : NULL;
	text_put(&out, "a=crypto:%u %s inline:%s%s", sdes.tag, sdes.suite.name,
		 key, rest ? rest : "");
	explicit_bzero(&sdes, sizeof(sdes));
	return out.full ? wrong(c, "a=crypto: too long") : 0;
}

/* Texts have keys. */
static void forget(char **text)
{
	if (*text)
		explicit_bzero(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

/**
 * media_offer() - make keys for what a client sends
 * @media: its streams
 * @sdp: the camera's description
 * @n: section of the stream
 * @multicast: the client will hear a group
 * @url: the camera's URL of the stream
 * @header: receives the value of KeyMgmt:, MEDIA_HEADER_MAX bytes; empty if the
 *	camera does not use MIKEY, or takes no key
 * @complaint: receives the error
 *
 * Return: 0, or a negative errno
 */
int media_offer(struct media *media, const struct sdp *sdp, unsigned int n,
		bool multicast, const char *url, char *header,
		struct complaint *complaint)
{
	const struct group_stream stream = { media->rules, n };
	const struct sdp_media *section = &sdp->media[n];
	char text[MEDIA_HEADER_MAX] = "";
	int ret;

	*header = '\0';
	forget(&media->stream[n].ours);
	ret = opened(media, complaint);
	if (ret)
		return ret;
	if (section->mikey.text && *section->mikey.text)
		ret = media->rules->one_key ? 0 :
		      offer_mikey(media, section, multicast ? &stream : NULL,
				  text, sizeof(text), complaint);
	else if (media->rules->one_key)
		ret = wrong(complaint, "stream %u: one-key goes with a=key-mgmt:mikey",
			    n + 1);
	else if (section->cryptos)
		ret = offer_sdes(section, text, sizeof(text), complaint);
	else
		ret = wrong(complaint, "stream %u: neither a=key-mgmt:mikey nor a=crypto",
			    n + 1);
	if (!ret && *text && section->mikey.text)
		ret = ksrtp_mikey_header(media->mikey, text, url, header,
					 MEDIA_HEADER_MAX);
	if (!ret) {
		media->stream[n].ours = strdup(text);
		ret = media->stream[n].ours ? 0 : -ENOMEM;
	}
	explicit_bzero(text, sizeof(text));
	return ret;
}

/* A section of a call's description; its other sections are refused ones. */
static void put_section(struct text *out, const struct sdp_media *section,
			bool is_this, const uint16_t *port)
{
	text_put(out, "m=video %u %s 0\n", is_this ? port[0] : 0,
		 section->protocol);
	if (is_this)
		text_put(out, "a=rtcp:%u\n", port[1]);
}

static void put_session(struct text *out, int family, const char *address)
{
	text_put(out, "v=0\no=- 0 0 IN IP4 0.0.0.0\ns=-\nc=IN IP%c %s\nt=0 0\n",
		 family == AF_INET ? '4' : '6', address);
}

static bool describe_local(struct text *out, const struct media *media,
			   const struct sdp *sdp, unsigned int n,
			   const struct flow *flow)
{
	unsigned int i;

	put_session(out, flow->family, flow->local);
	for (i = 0; i < sdp->n; i++) {
		put_section(out, &sdp->media[i], i == n, flow->local_port);
		/* without a message of ours, the camera's is for both */
		if (i == n && *media->stream[n].ours)
			text_put(out, sdp->media[n].mikey.text ?
				 "a=key-mgmt:mikey %s\n" : "%s\n",
				 media->stream[n].ours);
	}
	return !out->full;
}

/* Crypto sessions of a common message belong to sections in their order. */
static bool describe_remote(struct text *out, const struct sdp *sdp,
			    unsigned int n, const struct flow *flow)
{
	const struct sdp_media *section = &sdp->media[n];
	unsigned int i;

	put_session(out, flow->family, flow->remote);
	if (section->mikey.text && section->mikey.common)
		text_put(out, "a=key-mgmt:mikey %s\n", section->mikey.text);
	for (i = 0; i < sdp->n; i++) {
		put_section(out, &sdp->media[i], i == n, flow->remote_port);
		if (i != n && !sdp->media[i].mikey.common &&
		    section->mikey.common)
			text_put(out, "a=key-mgmt:mikey\n");
		if (i != n || section->mikey.common)
			continue;
		text_put(out, section->mikey.text ? "a=key-mgmt:mikey %s\n" :
			 "%s\n", section->mikey.text ? section->mikey.text :
			 section->crypto[0].text);
	}
	return !out->full;
}

static void del_own(struct media *media, unsigned int n)
{
	if (media->stream[n].up)
		ksrtp_call_del(media->handle, media->stream[n].local,
			       media->stream[n].remote);
	media->stream[n].up = false;
	forget(&media->stream[n].local);
	forget(&media->stream[n].remote);
}

static void leave(struct media *media, unsigned int n)
{
	if (media->stream[n].group)
		group_leave(media->stream[n].group, media->member);
	media->stream[n].group = NULL;
}

static void del(struct media *media, unsigned int n)
{
	del_own(media, n);
	leave(media, n);
	media->stream[n].leaves = false;
	memset(media->place->ids[n], 0, sizeof(media->place->ids[n]));
}

/* A stream that is set up anew changes its session, so that nothing gets by. */
static int put(struct media *media, unsigned int n, const char *local,
	       const char *remote)
{
	if (media->stream[n].up)
		return ksrtp_call_change(media->handle, local, remote,
					 media->stream[n].local,
					 media->stream[n].remote,
					 KSRTP_CALL_OWNED);
	return ksrtp_call_add(media->handle, local, remote, KSRTP_CALL_OWNED);
}

/* A description of a call has one session, that of this stream. */
static void note_id(struct media *media, unsigned int n, const char *local,
		    const char *remote)
{
	uint32_t ids[SDP_MEDIA_MAX] = { 0 };
	size_t count = SDP_MEDIA_MAX;

	if (!ksrtp_call_sessions(media->handle, local, remote, ids, &count))
		media->place->ids[n][GROUP_RECV] = ids[n];
}

static int keep(struct media *media, unsigned int n, const char *local,
		const char *remote)
{
	forget(&media->stream[n].local);
	forget(&media->stream[n].remote);
	leave(media, n);
	media->stream[n].up = true;
	media->stream[n].leaves = false;
	media->place->ids[n][GROUP_SEND] = 0;
	note_id(media, n, local, remote);
	media->stream[n].local = strdup(local);
	media->stream[n].remote = strdup(remote);
	if (media->stream[n].local && media->stream[n].remote)
		return 0;
	ksrtp_call_del(media->handle, local, remote);
	media->stream[n].up = false;
	media->place->ids[n][GROUP_RECV] = 0;
	return -ENOMEM;
}

/**
 * media_add() - create the session of a stream, or change it
 * @media: streams of the client
 * @sdp: the camera's description
 * @n: section of the stream, for which media_offer() has made keys
 * @flow: addresses and ports
 * @complaint: receives the error
 *
 * Return: 0, -EEXIST if another session has the flow, or a negative errno
 */
int media_add(struct media *media, const struct sdp *sdp, unsigned int n,
	      const struct flow *flow, struct complaint *complaint)
{
	static char local[CALL_SIZE], remote[CALL_SIZE];
	struct text ours = { .at = local, .end = local + sizeof(local) };
	struct text theirs = { .at = remote, .end = remote + sizeof(remote) };
	int ret;

	if (!media->stream[n].ours)
		return wrong(complaint, "stream %u: no keys", n + 1);
	if (!describe_local(&ours, media, sdp, n, flow) ||
	    !describe_remote(&theirs, sdp, n, flow)) {
		ret = wrong(complaint, "stream %u: keys are too long", n + 1);
	} else {
		ret = begin_mikey(media);
		if (!ret && !media->stream[n].up)
			flow_set_name(flow, media->place->making);
		if (!ret)
			ret = put(media, n, local, remote);
		if (!ret)
			ret = keep(media, n, local, remote);
		media->place->making->family = 0;
		if (ret)
			complain(complaint, -ret, "stream %u: %s", n + 1,
				 ksrtp_error(media->handle));
	}
	explicit_bzero(local, sizeof(local));
	explicit_bzero(remote, sizeof(remote));
	return ret;
}

/* Keys of a camera's message, or those of a message of ours. */
static int take_keys(struct ksrtp_session *session, unsigned int direction,
		     struct media *media, const char *text, unsigned int cs,
		     struct complaint *c)
{
	int ret = strncmp(text, "a=crypto:", strlen("a=crypto:")) ?
		  ksrtp_direction_mikey(session, direction, media->mikey, text,
					cs) :
		  ksrtp_direction_sdes(session, direction, text, 0);

	return ret ? complain(c, -ret, "%s", ksrtp_session_error(session)) : 0;
}

/* Which crypto session of a camera's message is a section's? */
static int find_cs(const struct media *media, const struct sdp *sdp,
		   const struct sdp_media *section, struct complaint *c)
{
	const char *text = section->mikey.text;
	struct mikey *taken;
	int ret;

	if (!text)
		return 0;
	ret = mikey_take(&taken, media->mikey, (struct bytes) {
				 (const unsigned char *)text, strlen(text),
			 }, c);
	if (!ret)
		ret = agreed_mikey_find(&taken->message, sdp, section, c);
	mikey_free(taken);
	return ret;
}

static int describe_group(struct media *media, const struct sdp *sdp,
			  unsigned int n, struct ksrtp_session **sessions,
			  struct complaint *c)
{
	const struct sdp_media *section = &sdp->media[n];
	const char *theirs = section->mikey.text ?: section->crypto[0].text;
	const char *ours = media->stream[n].ours;
	int cs = find_cs(media, sdp, section, c), ret;

	if (cs < 0)
		return cs;
	ret = take_keys(sessions[GROUP_RECV], KSRTP_DIRECTION_RECV, media,
			theirs, cs, c);
	if (!ret)
		ret = take_keys(sessions[GROUP_SEND], KSRTP_DIRECTION_SEND,
				media, *ours ? ours : theirs, *ours ? 1 : cs,
				c);
	/* it is that of the camera's other clients */
	ksrtp_direction_set(sessions[GROUP_RECV], KSRTP_DIRECTION_RECV,
			    KSRTP_A_DIRECTION_UNUSED_KEY, 0);
	if (!*ours)
		ksrtp_direction_set(sessions[GROUP_SEND], KSRTP_DIRECTION_SEND,
				    KSRTP_A_DIRECTION_UNUSED_KEY, 0);
	return ret;
}

/* Flows are noted first, since we may be killed before there are ids. */
static int join(struct media *media, unsigned int n, const struct flow *flow,
		struct ksrtp_session **sessions, struct complaint *c)
{
	const struct group_stream stream = { media->rules, n };
	struct flow flows[GROUP_SESSIONS];
	struct group *joined;
	unsigned int i;
	int ret;

	group_flows(flow, flows);
	for (i = 0; i < GROUP_SESSIONS; i++)
		flow_set_name(&flows[i], &media->place->making[i]);
	ret = group_join(&stream, media->member, flow, sessions, &joined,
			 media->place->ids[n], c);
	memset(media->place->making, 0, sizeof(media->place->making));
	if (ret)
		return ret;
	del_own(media, n);
	if (media->stream[n].group != joined)
		leave(media, n);
	media->stream[n].group = joined;
	media->stream[n].leaves = false;
	return 0;
}

/**
 * media_join() - have the sessions of a stream that comes by multicast
 * @media: streams of the client
 * @sdp: the camera's description
 * @n: section of the stream, for which media_offer() has made keys
 * @flow: local is the group, remote the source, if the camera has named it
 * @complaint: receives the error
 *
 * Clients of a group share its sessions.
 *
 * Return: 0, or a negative errno
 */
int media_join(struct media *media, const struct sdp *sdp, unsigned int n,
	       const struct flow *flow, struct complaint *complaint)
{
	struct ksrtp_session *sessions[GROUP_SESSIONS] = {
		ksrtp_session_new(), ksrtp_session_new(),
	};
	int ret = begin_mikey(media);

	if (!media->stream[n].ours)
		ret = wrong(complaint, "stream %u: no keys", n + 1);
	if (!ret && (!sessions[GROUP_RECV] || !sessions[GROUP_SEND]))
		ret = complain(complaint, ENOMEM, "%s", strerror(ENOMEM));
	if (!ret)
		ret = describe_group(media, sdp, n, sessions, complaint);
	if (!ret)
		ret = join(media, n, flow, sessions, complaint);
	/* wipes the keys as well */
	ksrtp_session_free(sessions[GROUP_RECV]);
	ksrtp_session_free(sessions[GROUP_SEND]);
	return ret;
}

/**
 * media_leave() - let a session end soon
 * @media: streams of the client
 * @n: section of the stream
 * @until: when it is deleted; clients send a last RTCP, which must be protected
 */
void media_leave(struct media *media, unsigned int n, uint64_t until)
{
	if ((!media->stream[n].up && !media->stream[n].group) ||
	    media->stream[n].leaves)
		return;
	media->stream[n].leaves = true;
	media->stream[n].until = until;
}

/**
 * media_expire() - delete the sessions whose time has come
 * @media: streams of the client
 * @now: the time
 *
 * Return: when the next one's time comes, or 0
 */
uint64_t media_expire(struct media *media, uint64_t now)
{
	uint64_t next = 0;
	unsigned int i;

	for (i = 0; i < SDP_MEDIA_MAX; i++) {
		if (!media->stream[i].leaves)
			continue;
		if (media->stream[i].until <= now)
			del(media, i);
		else if (!next || media->stream[i].until < next)
			next = media->stream[i].until;
	}
	return next;
}

/**
 * media_end() - delete all sessions
 * @media: streams of the client
 */
void media_end(struct media *media)
{
	unsigned int i;

	for (i = 0; i < SDP_MEDIA_MAX; i++) {
		del(media, i);
		forget(&media->stream[i].ours);
	}
	ksrtp_close(media->handle);
	end_mikey(media);
	media->handle = NULL;
}
