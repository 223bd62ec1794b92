// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "fail.h"
#include "genl.h"
#include "hex.h"
#include "output.h"
#include "spare.h"

bool spare_there(const struct direction *direction)
{
	return direction_sdes_keys(direction)->n > 1;
}

static struct nlmsghdr *request(int cmd, const struct direction *direction,
				uint32_t id)
{
	struct nlmsghdr *nlh = genl_request(cmd, &key_set);

	mnl_attr_put_u32(nlh, KSRTP_A_KEY_SESSION_ID, id);
	mnl_attr_put_u32(nlh, KSRTP_A_KEY_DIRECTION,
			 !strcmp(direction->name, "send") ?
			 KSRTP_DIRECTION_SEND : KSRTP_DIRECTION_RECV);
	return nlh;
}

/* Will a new key replace all that the direction has? */
static bool replaces(const struct direction *direction, json_t *object)
{
	const char *suite = output_string(object, "suite");

	return !suite || strcmp(suite, direction->suite.name) ||
	       output_number(object, "key-derivation-rate") !=
	       direction->sdes.key_derivation_rate ||
	       (direction->extensions.len &&
		!json_object_get(object, "encrypted-extensions"));
}

static bool has_mki(const struct sdes_key *key, json_t *object)
{
	const char *text = output_string(object, "mki");
	unsigned char mki[KSRTP_MKI_MAX];

	return text && hex_decode(text, mki, sizeof(mki)) == (int)key->mki_len &&
	       !memcmp(mki, key->mki, key->mki_len);
}

/*
 * A session is changed with the first key, and the others are added: make sure
 * beforehand that the direction, as @session has it, will have them.
 */
void spare_check(const struct direction *direction, uint32_t id,
		 json_t *session)
{
	const struct sdes_keys *keys = direction_sdes_keys(direction);
	json_t *list, *object;
	unsigned int i;
	size_t j;

	if (!spare_there(direction) ||
	    replaces(direction, json_object_get(session, direction->name)))
		return;
	list = genl_dump(request(KSRTP_CMD_KEY_GET, direction, id));
	json_array_foreach(list, j, object)
		for (i = 0; i < keys->n; i++)
			if (has_mki(&keys->key[i], object))
				fail(KSRTP_REFUSED,
				     "%s sdes key %u: the direction has a key of this MKI",
				     direction->name, i + 1);
	if (json_array_size(list) + keys->n > KSRTP_KEYS_MAX)
		fail(KSRTP_REFUSED,
		     "%s sdes: with %u more keys the direction would have more than %d",
		     direction->name, keys->n, KSRTP_KEYS_MAX);
	json_decref(list);
}

/* Add them to a session that has the first. */
void spare_add(const struct direction *direction, uint32_t id)
{
	const struct value *limit =
		&direction->values[KSRTP_A_DIRECTION_SOFT_LIMIT];
	const struct sdes_keys *keys = direction_sdes_keys(direction);
	const struct sdes_key *key;
	struct nlmsghdr *nlh;

	for (key = &keys->key[1]; key < &keys->key[keys->n]; key++) {
		nlh = request(KSRTP_CMD_KEY_NEW, direction, id);
		mnl_attr_put(nlh, KSRTP_A_KEY_MKI, key->mki_len, key->mki);
		key_put(&key->key, nlh, KSRTP_A_KEY_MASTER_KEY,
			KSRTP_A_KEY_MASTER_SALT);
		if (key->lifetime) {
			mnl_attr_put_u64(nlh, KSRTP_A_KEY_RTP_LIFETIME,
					 key->lifetime);
			mnl_attr_put_u64(nlh, KSRTP_A_KEY_RTCP_LIFETIME,
					 lifetime_rtcp(key->lifetime));
		}
		if (limit->given)
			mnl_attr_put_u32(nlh, KSRTP_A_KEY_SOFT_LIMIT,
					 limit->number);
		json_decref(genl_do(nlh));
	}
}
