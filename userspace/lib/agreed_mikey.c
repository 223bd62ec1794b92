// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <strings.h>
#include <time.h>

#include "agreed_mikey.h"
#include "complaint.h"

/* Who says nothing has no secrets. */
static const struct ksrtp_mikey *with(const struct call *call)
{
	static const struct ksrtp_mikey none = {
		.clock = { .skew = MIKEY_SKEW },
	};

	return call->mikey ? call->mikey : &none;
}

/* A side's message; NULL where it has none, or an empty one. */
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

/*
 * Crypto sessions of a section in a message that is for several, in their order:
 * one for each, or two, of which the first is sent by who has made the message.
 */
struct part {
	unsigned int own, other;
	bool several;		/* the message is of this section alone */
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
	part->several = sections == 1;
	if (n == 1)
		*part = (struct part) { 1, 1, part->several };
	else if (n == 2 * sections)
		*part = (struct part) { 2 * before + 1, 2 * before + 2,
					part->several };
	else if (n == sections)
		*part = (struct part) { before + 1, before + 1, part->several };
	else if (sections == 1)
		*part = (struct part) { 1, 0, part->several };
	else
		return wrong(c, "a=key-mgmt: %u crypto sessions for %u media sections; each has one, or one for each side",
			     n, sections);
	return 0;
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
		return wrong(c, "a=key-mgmt: more than %d crypto sessions of one media section",
			     ROLLOVERS_MAX);
	rollovers->at[rollovers->n].ssrc = cs->ssrc;
	rollovers->at[rollovers->n++].roc = cs->roc;
	return 0;
}

/* Keys, settings and rollover counters of a direction. */
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

/* Other SSRCs of the same sender, under the same keys. */
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
		/* the second of two may be meant for the way back */
		else if (n != 2)
			ret = wrong(c, "a=key-mgmt: crypto sessions of one media section have different keys");
	}
	explicit_bzero(&other, sizeof(other));
	return ret;
}

/* Each side has a message of its own, and sends by it. */
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
	if (!ret && part.several)
		ret = read_others(call, mikey, sdes, rollovers, c);
	return ret;
}

/* One message has the keys of both. */
struct both {
	const struct sdp *sdp;
	const struct sdp_media *media;
	const struct mikey *mikey;
	bool ours;
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
		ret = wrong(c, "a=key-mgmt: %u crypto sessions, and no message of the other side; there is one, or one for each",
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

static int check_answer(const struct call *call, const struct mikey *answer,
			const struct mikey *offer, struct complaint *c)
{
	if (answer)
		return mikey_verify(answer, offer, with(call), c);
	if (offer->message.wants_answer)
		return wrong(c, "a=key-mgmt: wants an answer, and the other side has none");
	return 0;
}

static bool is_offer(const struct mikey *mikey)
{
	return mikey && !mikey_is_answer(&mikey->message);
}

static int agree(const struct call *call, struct leg *leg,
		 const struct sdp_media *local, const struct sdp_media *remote,
		 const struct mikey *ours, const struct mikey *theirs,
		 struct complaint *c)
{
	struct both both = { &call->local, local, ours, true };
	int ret;

	if (!is_offer(ours) && !is_offer(theirs))
		return wrong(c, "a=key-mgmt: neither side has a message with keys");
	if (is_offer(ours) && is_offer(theirs)) {
		ret = take_own(call, &call->local, local, ours, &leg->send_sdes,
			       &leg->send_rollovers, c);
		if (!ret)
			ret = take_own(call, &call->remote, remote, theirs,
				       &leg->recv_sdes, &leg->recv_rollovers,
				       c);
		if (!ret && sdes_share(&leg->send_sdes, &leg->recv_sdes))
			ret = wrong(c, "a=key-mgmt: both sides have the same key; each has to choose its own");
		return ret;
	}
	if (is_offer(theirs))
		both = (struct both) { &call->remote, remote, theirs, false };
	ret = check_answer(call, both.ours ? theirs : ours, both.mikey, c);
	return ret ? ret : take_both(call, leg, &both, c);
}

/**
 * agreed_mikey() - read the messages of a section, of both sides or of one
 * @call: the call
 * @leg: takes keys, settings and rollover counters
 * @local: the section as this side has it
 * @remote: the section as the peer has it
 * @complaint: takes the error
 *
 * Where both sides have a message with keys, each sends by its own. Where only one
 * has, which the other may have answered, it has the keys of both: as RFC 3830 has
 * it, or as a camera's whose client has said nothing.
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

/**
 * agreed_mikey_has() - is a key in a section's message?
 * @call: the call
 * @sdp: one side's description
 * @media: its section
 * @wanted: the keys
 *
 * Return: true where one of @wanted is in it, as far as it can be read
 */
bool agreed_mikey_has(const struct call *call, const struct sdp *sdp,
		      const struct sdp_media *media, const struct sdes *wanted)
{
	struct complaint unheard = { 0 };
	struct mikey *mikey = NULL;
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
	for (cs_id = 1; !has && cs_id <= mikey_cs_count(&mikey->message);
	     cs_id++)
		has = !mikey_cs_read(&mikey->message, &mikey->opened, cs_id,
				     with(call)->raw_tgk, &sdes, &unheard) &&
		      sdes_share(&sdes, wanted);
	explicit_bzero(&sdes, sizeof(sdes));
	mikey_free(mikey);
	return has;
}

/* Had the peer this very message before? */
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
 * agreed_mikey_check_new() - are the peer's messages new, whose keys are to be taken?
 * @call: the call
 * @old: the call as it was, whose messages are none to be taken; or NULL
 * @complaint: takes the error
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
		if (!ret && mikey)
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
 * agreed_mikey_note() - remember that the peer's messages were taken
 * @call: the call
 * @mikey: takes them, or NULL
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
		mikey_clock_note(&mikey->clock, &taken->message, time(NULL));
		mikey_free(taken);
	}
}
