// SPDX-License-Identifier: GPL-2.0
/* Sealed keys in requests and messages. */

#include <linux/err.h>
#include <linux/string.h>

#include "compat.h"
#include "net.h"
#include "netlink/netlink.h"
#include "sealed.h"

/**
 * ksrtp_request_seal() - find the seal key to seal with, if a request asks to
 * @kn: namespace
 * @attr: the attribute that asks, or NULL
 * @extack: where to explain a refusal
 *
 * Context: process, under the namespace's lock.
 * Return: the seal key; NULL without @attr; -ENOKEY or -EKEYEXPIRED as an
 * ERR_PTR().
 */
struct ksrtp_seal *ksrtp_request_seal(const struct ksrtp_net *kn,
				      const struct nlattr *attr,
				      struct netlink_ext_ack *extack)
{
	if (!attr)
		return NULL;
	if (!kn->seal) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "seal: no seal key is current");
		return ERR_PTR(-ENOKEY);
	}
	if (ksrtp_seal_spent(kn->seal)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "seal: the current seal key has sealed as often as it may");
		return ERR_PTR(-EKEYEXPIRED);
	}
	return kn->seal;
}

/**
 * ksrtp_put_sealed() - add sealed keys to a message
 * @msg: the message
 * @attr: attribute to add
 * @seal: seal key to use
 * @use: what the keys are for
 * @kind: what they are
 * @plain: the keys
 * @len: their length in bytes
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0, -EMSGSIZE, or another negative errno of ksrtp_sealed_write().
 */
int ksrtp_put_sealed(struct sk_buff *msg, int attr, struct ksrtp_seal *seal,
		     const struct ksrtp_sealed_for *use,
		     enum ksrtp_sealed_kind kind, const u8 *plain,
		     unsigned int len)
{
	struct nlattr *nla = nla_reserve(msg, attr,
					 len + KSRTP_SEALED_OVERHEAD);

	if (!nla)
		return -EMSGSIZE;
	return ksrtp_sealed_write(seal, use, kind, plain, len, nla_data(nla));
}

/* Explain why keys did not open. */
static const char *ksrtp_sealed_error(enum ksrtp_sealed_kind kind, int err)
{
	bool ekt = kind == KSRTP_SEALED_EKT;

	switch (err) {
	case -EINVAL:
		return ekt ? "ekt-sealed: no sealed EKT keys" :
			     "sealed: no sealed master key";
	case -ENOKEY:
		return ekt ? "ekt-sealed: there is no such seal key here" :
			     "sealed: there is no such seal key here";
	case -EBADMSG:
		return ekt ? "ekt-sealed: changed, or of another flow, direction or protection" :
			     "sealed: changed, or of another flow, direction, mki or protection";
	default:
		return ekt ? "ekt-sealed: the crypto API failed to open it" :
			     "sealed: the crypto API failed to open it";
	}
}

/**
 * ksrtp_request_sealed() - open sealed keys of a request
 * @attr: the attribute
 * @use: what they are to be for
 * @kind: what they are to be
 * @plain: filled in; the caller wipes it
 * @size: size of @plain in bytes
 * @extack: where to explain a refusal
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: length in bytes, or a negative errno of ksrtp_sealed_read().
 */
int ksrtp_request_sealed(const struct nlattr *attr,
			 const struct ksrtp_sealed_for *use,
			 enum ksrtp_sealed_kind kind, u8 *plain,
			 unsigned int size, struct netlink_ext_ack *extack)
{
	int len;

	if (!use->policy->suite) {
		NL_SET_BAD_ATTR(extack, attr);
		ksrtp_extack_msg(extack, kind == KSRTP_SEALED_EKT ?
				 "ekt-sealed: given without suite" :
				 "sealed: given without suite");
		return -EINVAL;
	}
	len = ksrtp_sealed_read(use, kind, nla_data(attr), nla_len(attr), plain,
				size);
	if (len < 0) {
		NL_SET_BAD_ATTR(extack, attr);
		ksrtp_extack_msg(extack, ksrtp_sealed_error(kind, len));
	}
	return len;
}
