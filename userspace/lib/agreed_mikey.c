// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <strings.h>
#include <time.h>

#include "agreed_mikey.h"
#include "complaint.h"

/* Secrets of the call. By default there are none. */
static const struct ksrtp_mikey *with(const struct call *call)
{
	static const struct ksrtp_mikey none = {
		.clock = { .skew = MIKEY_SKEW },
	};

	return call->mikey ? call->mikey : &none;
}

/* Read a side's message. It is NULL if there is none, or if it is empty. */
static int take(const struct call *call, const struct sdp *sdp,
		const struct sdp_media *media, struct mikey **mikey,
		struct complaint *c)
{
	const char *text = media->mikey.text;
	int ret;

	*mikey = NULL;
	if (!text || !*text)
		return 0;
	sdp_at(sdp, media->mikey.line, c);
	ret = mikey_take(mikey, with(call), (struct bytes) {
				 (const unsigned char *)text, strlen(text),
			 }, c);
	return ret;
}

/**
 * struct part - crypto sessions of a section, in a message that may have several
 * @own: CS ID of what the message's sender sends
 * @other: CS ID of what it receives; 0: none
 * @alone: the message is for this section only
 *
 * Sections follow each other in the message, with one or two crypto sessions each.
 */
struct part {
	unsigned int own, other;
	bool alone;
};

static int find_part(const struct mikey_message *message, const struct sdp *sdp,
		     const struct sdp_media *media, struct part *part,
		     struct complaint *c)
{
	unsigned int n = mikey_cs_count(message), sections = 0, before = 0;
	const struct sdp_media *at;

	for (at = sdp->media; at < &sdp->media[sdp->n]; at++) {
		if (at != media && (!media->mikey.common || !at->mikey.common ||
				    !strcasestr(at->protocol, "RTP")))
			continue;
		sections++;
		before += at < media;
	}
	part->alone = sections == 1;
	if (n == 1)
		*part = (struct part) { 1, 1, part->alone };
	else if (n == 2 * sections)
		*part = (struct part) { 2 * before + 1, 2 * before + 2,
					part->alone };
	else if (n == sections)
		*part = (struct part) { before + 1, before + 1, part->alone };
	else if (sections == 1)
		*part = (struct part) { 1, 0, part->alone };
	else
		return wrong(c, "a=key-mgmt: %u crypto sessions for %u media sections; each section needs one or two",
			     n, sections);
	return 0;
}

/**
 * agreed_mikey_find() - find what the sender of a message sends in a section
 * @message: the message
 * @sdp: the sender's description
 * @media: its section
 * @complaint: receives the error
 *
 * Return: CS ID of the crypto session, or a negative errno
 */
int agreed_mikey_find(const struct mikey_message *message,
		      const struct sdp *sdp, const struct sdp_media *media,
		      struct complaint *complaint)
{
	struct part part;
	int ret = find_part(message, sdp, media, &part, complaint);

	return ret ? ret : (int)part.own;
}

static int add_rollover(struct rollovers *rollovers,
			const struct mikey_message *message, unsigned int cs_id,
			struct complaint *c)
{
	const struct mikey_cs *cs = &message->cs[cs_id - 1];
	unsigned int i;

	if (!message->n_cs)
		return 0;
	for (i = 0; i < rollovers->n; i++)
		if (rollovers->at[i].ssrc == cs->ssrc)
			return 0;
	if (rollovers->n == ROLLOVERS_MAX)
		return wrong(c, "a=key-mgmt: more than %d crypto sessions for a media section",
			     ROLLOVERS_MAX);
	rollovers->at[rollovers->n].ssrc = cs->ssrc;
	rollovers->at[rollovers->n++].roc = cs->roc;
	return 0;
}

/* Read keys, settings and rollover counters of a direction. */
static int read_cs(const struct call *call, const struct mikey *mikey,
		   unsigned int cs_id, struct sdes *sdes,
		   struct rollovers *rollovers, struct complaint *c)
{
	size_t here = complaint_enter(c, " mikey");
	int ret = mikey_cs_read(&mikey->message, &mikey->opened, cs_id,
				with(call)->raw_tgk, sdes, c);

	if (ret)
		return ret;
	complaint_leave(c, here);
	return add_rollover(rollovers, &mikey->message, cs_id, c);
}

/* Further crypto sessions are SSRCs of the same sender, with the same keys. */
static int read_others(const struct call *call, const struct mikey *mikey,
		       const struct sdes *sdes, struct rollovers *rollovers,
		       struct complaint *c)
{
	unsigned int n = mikey_cs_count(&mikey->message), cs_id;
	struct rollovers others = { 0 };
	struct sdes other;
	int ret = 0;

	for (cs_id = 2; !ret && cs_id <= n; cs_id++) {
		ret = read_cs(call, mikey, cs_id, &other, &others, c);
		if (ret)
			break;
		if (sdes_same(sdes, &other))
			ret = add_rollover(rollovers, &mikey->message, cs_id,
					   c);
		/* the second of two may be for the other direction */
		else if (n != 2)
			ret = wrong(c, "a=key-mgmt: crypto sessions of a media section have different keys");
	}
	explicit_bzero(&other, sizeof(other));
	return ret;
}

/* A side sends with the keys of its own message. */
static int take_own(const struct call *call, const struct sdp *sdp,
		    const struct sdp_media *media, const struct mikey *mikey,
		    struct sdes *sdes, struct rollovers *rollovers,
		    struct complaint *c)
{
	struct part part;
	int ret;

	sdp_at(sdp, media->mikey.line, c);
	ret = find_part(&mikey->message, sdp, media, &part, c);
	if (!ret)
		ret = read_cs(call, mikey, part.own, sdes, rollovers, c);
	if (!ret && part.alone)
		ret = read_others(call, mikey, sdes, rollovers, c);
	return ret;
}

/* One message with the keys of both directions. */
struct both {
	const struct sdp *sdp;
	const struct sdp_media *media;
	const struct mikey *mikey;
	bool ours;		/* the offer is */
};

static int take_both(const struct call *call, struct leg *leg,
		     const struct both *both, struct complaint *c)
{
	struct part part;
	int ret;

	sdp_at(both->sdp, both->media->mikey.line, c);
	ret = find_part(&both->mikey->message, both->sdp, both->media, &part,
			c);
	if (!ret && !part.other)
		ret = wrong(c, "a=key-mgmt: %u crypto sessions; without a message of the other side, one or two are needed",
			    mikey_cs_count(&both->mikey->message));
	if (!ret)
		ret = read_cs(call, both->mikey,
			      both->ours ? part.own : part.other,
			      &leg->send_sdes, &leg->send_rollovers, c);
	if (!ret)
		ret = read_cs(call, both->mikey,
			      both->ours ? part.other : part.own,
			      &leg->recv_sdes, &leg->recv_rollovers, c);
	return ret;
}

static int check_answer(const struct call *call, struct mikey *answer,
			struct mikey *offer, struct complaint *c)
{
	if (answer)
		return mikey_verify(answer, offer, with(call), c);
	if (offer->message.wants_answer || mikey_is_exchange(&offer->message))
		return wrong(c, "a=key-mgmt: message requests an answer, and the other side has none");
	return 0;
}

static bool is_offer(const struct mikey *mikey)
{
	return mikey && !mikey_is_answer(&mikey->message);
}

static int agree(const struct call *call, struct leg *leg,
		 const struct sdp_media *local, const struct sdp_media *remote,
		 struct mikey *ours, struct mikey *theirs,
		 struct complaint *c)
{
	struct mikey *offer, *answer;
	struct both both = { &call->local, local, ours, true };
	int ret;

	if (!is_offer(ours) && !is_offer(theirs))
		return wrong(c, "a=key-mgmt: no side has a message with keys");
	if (is_offer(ours) && is_offer(theirs)) {
		if (mikey_is_exchange(&ours->message) ||
		    mikey_is_exchange(&theirs->message))
			return wrong(c, "a=key-mgmt: %s, and the other side has no answer to it",
				     mikey_type_name(mikey_is_exchange(&ours->message) ?
						     ours->message.type :
						     theirs->message.type));
		ret = take_own(call, &call->local, local, ours, &leg->send_sdes,
			       &leg->send_rollovers, c);
		if (!ret)
			ret = take_own(call, &call->remote, remote, theirs,
				       &leg->recv_sdes, &leg->recv_rollovers,
				       c);
		if (!ret && sdes_share(&leg->send_sdes, &leg->recv_sdes))
			ret = wrong(c, "a=key-mgmt: both sides have the same key; they must differ");
		return ret;
	}
	if (is_offer(theirs))
		both = (struct both) { &call->remote, remote, theirs, false };
	offer = both.ours ? ours : theirs;
	answer = both.ours ? theirs : ours;
	ret = check_answer(call, answer, offer, c);
	if (!ret && answer)
		both.mikey = mikey_keyed(answer, offer);
	return ret ? ret : take_both(call, leg, &both, c);
}

/**
 * agreed_mikey() - read the messages of a section
 * @call: the call
 * @leg: receives keys, settings and rollover counters
 * @local: the section in the local description
 * @remote: the section in the remote description
 * @complaint: receives the error
 *
 * If both sides have a message with keys, each sends with its own keys. If one side
 * has, its message has the keys of both directions (RFC 3830). The other side may
 * have a verification, or nothing, as clients of cameras.
 *
 * Return: 0, or a negative errno
 */
int agreed_mikey(const struct call *call, struct leg *leg,
		 const struct sdp_media *local, const struct sdp_media *remote,
		 struct complaint *complaint)
{
	struct mikey *ours, *theirs = NULL;
	int ret;

	ret = take(call, &call->local, local, &ours, complaint);
	if (!ret)
		ret = take(call, &call->remote, remote, &theirs, complaint);
	if (!ret)
		ret = agree(call, leg, local, remote, ours, theirs, complaint);
	leg->mikey = !ret;
	mikey_free(ours);
	mikey_free(theirs);
	return ret;
}

/* The other side's answer to an offer, verified; or NULL. */
static struct mikey *take_answer(const struct call *call, const struct sdp *sdp,
				 const struct sdp_media *media,
				 struct mikey *offer)
{
	const struct sdp *other = sdp == &call->local ? &call->remote :
							&call->local;
	struct complaint unheard = { 0 };
	size_t n = media - sdp->media;
	struct mikey *answer;

	if (n >= other->n ||
	    take(call, other, &other->media[n], &answer, &unheard) || !answer)
		return NULL;
	if (!mikey_verify(answer, offer, with(call), &unheard))
		return answer;
	mikey_free(answer);
	return NULL;
}

/**
 * agreed_mikey_has() - does the message of a section have a key?
 * @call: the call
 * @sdp: one side's description
 * @media: its section
 * @wanted: the keys
 *
 * Return: true if the message can be read and has one of @wanted
 */
bool agreed_mikey_has(const struct call *call, const struct sdp *sdp,
		      const struct sdp_media *media, const struct sdes *wanted)
{
	struct complaint unheard = { 0 };
	struct mikey *mikey = NULL, *answer = NULL;
	const struct mikey *keyed;
	unsigned int cs_id;
	struct sdes sdes;
	bool has;
	int ret;

	ret = take(call, sdp, media, &mikey, &unheard);
	has = ret == -ENOMEM;
	if (!mikey || !is_offer(mikey)) {
		mikey_free(mikey);
		return has;
	}
	keyed = mikey;
	if (mikey_is_exchange(&mikey->message)) {
		answer = take_answer(call, sdp, media, mikey);
		keyed = answer ? mikey_keyed(answer, mikey) : NULL;
	}
	for (cs_id = 1; !has && keyed &&
	     cs_id <= mikey_cs_count(&keyed->message); cs_id++)
		has = !mikey_cs_read(&keyed->message, &keyed->opened, cs_id,
				     with(call)->raw_tgk, &sdes, &unheard) &&
		      sdes_share(&sdes, wanted);
	explicit_bzero(&sdes, sizeof(sdes));
	mikey_free(mikey);
	mikey_free(answer);
	return has;
}

/* Did the previous description have this message? */
static bool was_there(const struct call *old, const char *text)
{
	unsigned int i;

	for (i = 0; old && i < old->n; i++)
		if (old->remote.media[i].mikey.text &&
		    !strcmp(old->remote.media[i].mikey.text, text))
			return true;
	return false;
}

/**
 * agreed_mikey_check_new() - check that the peer's messages are fresh
 * @call: the call
 * @old: the previous call, or NULL; its messages are not checked again
 * @complaint: receives the error
 *
 * RFC 3830 section 5.4.
 *
 * Return: 0, or a negative errno
 */
int agreed_mikey_check_new(const struct call *call, const struct call *old,
			   struct complaint *complaint)
{
	const struct sdp_media *media;
	struct mikey *mikey;
	unsigned int i;
	size_t here;
	int ret = 0;

	for (i = 0; !ret && i < call->n; i++) {
		media = &call->remote.media[i];
		if (!call->leg[i].mikey || !media->mikey.text ||
		    was_there(old, media->mikey.text))
			continue;
		ret = take(call, &call->remote, media, &mikey, complaint);
		here = complaint_enter(complaint, " mikey");
		/* an answer is as fresh as the offer that it is bound to */
		if (!ret && is_offer(mikey))
			ret = mikey_clock_check(&with(call)->clock,
						&mikey->message, time(NULL),
						complaint);
		if (!ret)
			complaint_leave(complaint, here);
		mikey_free(mikey);
	}
	if (!ret)
		complaint->file = NULL;
	return ret;
}

/**
 * agreed_mikey_note() - add the peer's messages to the replay cache
 * @call: the call, whose sessions were created
 * @mikey: has the cache, or NULL
 */
void agreed_mikey_note(const struct call *call, struct ksrtp_mikey *mikey)
{
	struct complaint unheard = { 0 };
	struct mikey *taken;
	unsigned int i;

	for (i = 0; mikey && i < call->n; i++) {
		if (!call->leg[i].mikey ||
		    take(call, &call->remote, &call->remote.media[i], &taken,
			 &unheard) || !taken)
			continue;
		if (is_offer(taken))
			mikey_clock_note(&mikey->clock, &taken->message,
					 time(NULL));
		mikey_free(taken);
	}
}
