// SPDX-License-Identifier: GPL-2.0
/*
 * Keys of the kernel's key service, security/keys/core.rst. No program can read
 * keys of type logon back.
 */

#include <linux/err.h>
#include <linux/key.h>
#include <linux/string.h>
#include <keys/user-type.h>

#include "netlink/netlink.h"

#ifdef CONFIG_KEYS

static int ksrtp_keyservice_copy(const struct key *key, u8 *material,
				 unsigned int size)
{
	const struct user_key_payload *payload;
	int err;

	if (key->type != &key_type_logon && key->type != &key_type_user)
		return -EPROTOTYPE;
	err = key_read_state(key);
	if (err != KEY_IS_POSITIVE)
		return err < 0 ? err : -ENOKEY;
	/* it may be revoked or updated at any time */
	rcu_read_lock();
	payload = user_key_payload_rcu(key);
	if (!payload)
		err = -EKEYREVOKED;
	else if (payload->datalen > size)
		err = -EMSGSIZE;
	else
		err = payload->datalen;
	if (err > 0)
		memcpy(material, payload->data, err);
	rcu_read_unlock();
	return err;
}

/**
 * ksrtp_keyservice_read() - read a key of the kernel's key service
 * @serial: its serial number, 1..INT_MAX
 * @material: filled in; the caller wipes it
 * @size: size of @material in bytes
 *
 * The requester needs search permission for the key, as always when the kernel
 * uses a key on behalf of a process; read permission is something else. Does
 * not wait for a key that is still under construction.
 *
 * Context: process context of the requester. May sleep.
 * Return: length in bytes, or a negative errno, explained by
 *	ksrtp_keyservice_error().
 */
int ksrtp_keyservice_read(u32 serial, u8 *material, unsigned int size)
{
	key_ref_t ref = lookup_user_key(serial, KEY_LOOKUP_PARTIAL,
					KEY_NEED_SEARCH);
	int ret;

	if (IS_ERR(ref))
		return PTR_ERR(ref);
	ret = ksrtp_keyservice_copy(key_ref_to_ptr(ref), material, size);
	key_ref_put(ref);
	return ret;
}

#else /* CONFIG_KEYS */

int ksrtp_keyservice_read(u32 serial, u8 *material, unsigned int size)
{
	return -EOPNOTSUPP;
}

#endif /* CONFIG_KEYS */

/**
 * ksrtp_keyservice_error() - explain why a key could not be read
 * @err: return value of ksrtp_keyservice_read()
 *
 * Context: any.
 * Return: a message with the name of the attribute.
 */
const char *ksrtp_keyservice_error(int err)
{
	switch (err) {
	case -EPROTOTYPE:
		return "key-serial: neither of type logon nor of type user";
	case -EMSGSIZE:
		return "key-serial: longer than any key and salt";
	case -EACCES:
		return "key-serial: whoever asks may not search for the key";
	case -EKEYREVOKED:
		return "key-serial: the key was revoked";
	case -EKEYEXPIRED:
		return "key-serial: the key has expired";
	case -EOPNOTSUPP:
		return "key-serial: this kernel has no key service";
	case -ENOKEY:
		return "key-serial: no such key";
	default:
		return "key-serial: the key cannot be read";
	}
}
