// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "ice.h"
#include "daemon/loop.h"

/* A selected path without checks for this long, in ms, yields to any other. */
#define SILENCE 3000

/*
 * One without checks for this long, in ms, yields to a path that is not
 * nominated, too: Firefox nominates with its first checks only, and the NAT
 * before it may give it another port later. It is longer than pauses between
 * checks of consent (RFC 7675, section 5.1), with one of them lost.
 */
#define DEAFNESS 13000

/* Make random ice-chars (RFC 8839, section 5.4), 6 bits each. */
static int make_text(char *text, size_t size)
{
	static const char chars[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char bytes[ICE_PWD];
	size_t i, len = size - 1;

	if (getrandom(bytes, len, 0) != (ssize_t)len)
		return -EIO;
	for (i = 0; i < len; i++)
		text[i] = chars[bytes[i] & 63];
	text[len] = '\0';
	return 0;
}

/*
 * Make new credentials. Those in use stay valid until a check uses the new
 * ones, since the peer keeps the old path until then. An offer that was never
 * answered does not count.
 */
int ice_restart(struct ice *ice)
{
	struct ice_credentials fresh;
	int ret;

	ret = make_text(fresh.ufrag, sizeof(fresh.ufrag));
	if (!ret)
		ret = make_text(fresh.pwd, sizeof(fresh.pwd));
	if (ret)
		return ret;
	if (!*ice->before.ufrag)
		ice->before = ice->own;
	ice->own = fresh;
	return 0;
}

/* A restart is done: paths are selected anew. */
static void finish_restart(struct ice *ice)
{
	unsigned int i;

	if (!*ice->before.ufrag)
		return;
	explicit_bzero(&ice->before, sizeof(ice->before));
	for (i = 0; i < ice->remotes; i++)
		ice->remote[i].nominated = false;
}

/* Does the USERNAME, OURS:THEIRS, belong to these credentials? */
static bool is_for(const struct check *check,
		   const struct ice_credentials *credentials)
{
	size_t len = strlen(credentials->ufrag);

	return len && !strncmp(check->username, credentials->ufrag, len) &&
	       check->username[len] == ':';
}

static struct ice_remote *find(struct ice *ice, const union endpoint *endpoint)
{
	unsigned int i;

	for (i = 0; i < ice->remotes; i++)
		if (endpoint_same(&ice->remote[i].endpoint, endpoint))
			return &ice->remote[i];
	return NULL;
}

/* Only a check with the right password gets here. */
static struct ice_remote *make(struct ice *ice, const union endpoint *endpoint)
{
	struct ice_remote *remote, *oldest = NULL;

	if (ice->remotes < ICE_REMOTES) {
		remote = &ice->remote[ice->remotes++];
	} else {
		for (remote = ice->remote;
		     remote < &ice->remote[ICE_REMOTES]; remote++)
			if (remote != ice->selected &&
			    (!oldest || remote->heard < oldest->heard))
				oldest = remote;
		remote = oldest;
	}
	memset(remote, 0, sizeof(*remote));
	remote->endpoint = *endpoint;
	return remote;
}

/*
 * Does a check change the path? With several nominated paths the highest
 * priority wins. A new path of the same priority wins too: the peer moved, for
 * example behind NAT.
 */
static bool moves(const struct ice *ice, const struct ice_remote *remote,
		  bool newly, uint64_t now)
{
	const struct ice_remote *selected = ice->selected;

	if (remote == selected)
		return false;
	if (!remote->nominated)
		return selected && now - selected->heard > DEAFNESS;
	if (!selected || !selected->nominated ||
	    now - selected->heard > SILENCE)
		return true;
	return remote->priority > selected->priority ||
	       (newly && remote->priority == selected->priority);
}

/* Record a check. Returns true if the selected path changed. */
static bool note(struct ice *ice, const struct check *check,
		 const union endpoint *from)
{
	struct ice_remote *remote = find(ice, from);
	uint64_t now = loop_now();
	bool newly;

	if (!remote)
		remote = make(ice, from);
	newly = check->nominates && !remote->nominated;
	remote->priority = check->priority;
	remote->nominated |= check->nominates;
	remote->heard = now;
	if (!moves(ice, remote, newly, now))
		return false;
	ice->selected = remote;
	return true;
}

static uint32_t hash(const unsigned char *bytes, size_t len, uint32_t sum)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum = (sum ^ bytes[i]) * 16777619u;
	return sum;
}

/*
 * Was this check sent from another address before? A peer retransmits from the
 * same address, and makes a new check after it moved. Captured checks could
 * redirect media otherwise.
 */
static bool replayed(struct ice *ice, const struct check *check,
		     const union endpoint *from)
{
	uint32_t transaction, sum;
	struct ice_seen *seen;
	const void *bytes;
	size_t len;

	bytes = endpoint_bytes(from, &len);
	sum = hash(bytes, len, 2166136261u ^ endpoint_port(from));
	transaction = hash(check->transaction, CHECK_TRANSACTION, 2166136261u);
	for (seen = ice->seen; seen < &ice->seen[ICE_SEEN]; seen++)
		if (seen->transaction == transaction)
			return seen->from != sum;
	seen = &ice->seen[ice->seen_next++ % ICE_SEEN];
	seen->transaction = transaction;
	seen->from = sum;
	return false;
}

/* RFC 8489, section 9.1.3, and RFC 8445, section 7.3. */
static size_t judge(struct ice *ice, const struct check *check,
		    const union endpoint *from, unsigned char *answer,
		    bool *proven)
{
	const struct ice_credentials *credentials;

	if (!check->has_integrity || !check->username)
		return check_refuse(check, 400, "Bad Request", NULL, answer);
	if (is_for(check, &ice->own))
		credentials = &ice->own;
	else if (is_for(check, &ice->before))
		credentials = &ice->before;
	else
		credentials = NULL;
	if (!credentials || !check_is_of(check, credentials->pwd))
		return check_refuse(check, 401, "Unauthorized", NULL, answer);
	if (check->unknown)
		return check_refuse(check, 420, "Unknown Attribute",
				    credentials->pwd, answer);
	if (check->controlled)
		return check_refuse(check, 487, "Role Conflict",
				    credentials->pwd, answer);
	if (replayed(ice, check, from))
		return 0;
	if (credentials == &ice->own)
		finish_restart(ice);
	*proven = true;
	return check_accept(check, from, credentials->pwd, answer);
}

/*
 * Process a STUN datagram and write the answer, of length 0 if there is none.
 * Returns true if the selected path changed.
 */
bool ice_receive(struct ice *ice, const unsigned char *bytes, size_t len,
		 const union endpoint *from, unsigned char *answer,
		 size_t *answer_len)
{
	struct check check;
	bool proven = false, moved = false;

	*answer_len = 0;
	if (check_read(&check, bytes, len))
		return false;
	*answer_len = judge(ice, &check, from, answer, &proven);
	if (proven)
		moved = note(ice, &check, from);
	else if (*answer_len > len)
		/* the source may be forged: send nobody more than was sent */
		*answer_len = 0;
	check_end(&check);
	return moved;
}

/* Use a path that no check has nominated yet, until one is. */
void ice_use(struct ice *ice, const union endpoint *endpoint)
{
	if (!ice->selected)
		ice->selected = find(ice, endpoint) ?: make(ice, endpoint);
}

/* Did a valid check come from this address? */
bool ice_knows(const struct ice *ice, const union endpoint *endpoint)
{
	return find((struct ice *)ice, endpoint);
}

/*
 * Time of the last check on the selected path, 0 if there is none. Checks from
 * elsewhere are no consent of that address.
 */
uint64_t ice_heard(const struct ice *ice)
{
	return ice->selected ? ice->selected->heard : 0;
}
