/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between the kernels that the module builds for. features.sh looks into
 * the kernel's headers and defines KSRTP_HAS_*; versions in comments are Linux's own.
 */
#ifndef _KSRTP_COMPAT_H
#define _KSRTP_COMPAT_H

#include <linux/crypto.h>
#include <linux/err.h>
#include <linux/skbuff.h>
#include <crypto/aes.h>
#include <crypto/hash.h>
#include <net/genetlink.h>

/* Moved by 6.12; hex2bin() is for the tests. */
#ifdef KSRTP_HAS_UNALIGNED_H
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif
#ifdef KSRTP_HAS_HEX_H
#include <linux/hex.h>
#endif

/* crypto_memneq() moved out of algapi.h in 6.5. */
#ifdef KSRTP_HAS_CRYPTO_UTILS_H
#include <crypto/utils.h>
#else
#include <crypto/algapi.h>
#endif

/* Since 6.17 a per-CPU workqueue must be asked for explicitly. */
#ifdef KSRTP_HAS_WQ_PERCPU
#define KSRTP_WQ_PERCPU	WQ_PERCPU
#else
#define KSRTP_WQ_PERCPU	0
#endif

/* Before 6.11, nobody else runs on a CPU that has BH disabled, with PREEMPT_RT either. */
#ifndef KSRTP_HAS_LOCK_NESTED_BH
#define local_lock_nested_bh(lock)	do { } while (0)
#define local_unlock_nested_bh(lock)	do { } while (0)
#endif

/* A received packet bypasses the hooks of its device; renamed in 6.6. */
static inline void ksrtp_skip_ingress(struct sk_buff *skb)
{
#if defined(CONFIG_NET_XGRESS) || \
	(!defined(KSRTP_HAS_NET_XGRESS) && defined(CONFIG_NET_CLS_ACT))
	skb->tc_skip_classify = 1;
#endif
}

/* skb_gso_segment() moved out of netdevice.h in 6.5. */
#ifdef KSRTP_HAS_GSO_H
#include <net/gso.h>
#else
#include <linux/netdevice.h>
#endif

/* Since 6.3 a crypto completion gets its data instead of the request. */
#ifdef KSRTP_HAS_COMPLETION_DATA
typedef void *ksrtp_completion_arg;
#define ksrtp_completion_data(arg)	(arg)
#else
typedef struct crypto_async_request *ksrtp_completion_arg;
#define ksrtp_completion_data(arg)	((arg)->data)
#endif

/* Before 6.2 there is no NL_SET_ERR_MSG_FMT(), and NL_SET_ERR_MSG() copies. */
static inline void ksrtp_extack_msg(struct netlink_ext_ack *extack,
				    const char *msg)
{
	if (extack)
		extack->_msg = msg;
}

/*
 * Added after 6.12. Linux 7.3's version enforces the limit but does not report
 * it in policy dumps (CTRL_CMD_GETPOLICY).
 */
#undef NLA_POLICY_MAX_LEN
#define NLA_POLICY_MAX_LEN(_len)	{ .type = NLA_BINARY, .len = (_len) }

/* Before 6.2 the macro does not accept a const range. */
#ifndef KSRTP_HAS_CONST_RANGE
#undef NLA_POLICY_FULL_RANGE
#define NLA_POLICY_FULL_RANGE(tp, _range) {				\
	.type = NLA_ENSURE_UINT_OR_BINARY_TYPE(tp),			\
	.validation_type = NLA_VALIDATE_RANGE_PTR,			\
	.range = (struct netlink_range_validation *)(_range),		\
}
#endif

/*
 * Split operations were added in 6.2. Before that, one entry describes both do
 * and dump; ours take the same attributes.
 */
#ifdef KSRTP_HAS_SPLIT_OPS
static inline int ksrtp_register_family(struct genl_family *family,
					const struct genl_split_ops *split,
					unsigned int n)
{
	family->split_ops = split;
	family->n_split_ops = n;
	return genl_register_family(family);
}
#else
struct genl_split_ops {
	int (*pre_doit)(const struct genl_split_ops *ops, struct sk_buff *skb,
			struct genl_info *info);
	int (*doit)(struct sk_buff *skb, struct genl_info *info);
	void (*post_doit)(const struct genl_split_ops *ops, struct sk_buff *skb,
			  struct genl_info *info);
	int (*start)(struct netlink_callback *cb);
	int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
	int (*done)(struct netlink_callback *cb);
	const struct nla_policy *policy;
	unsigned int maxattr;
	u8 cmd;
	u8 flags;
};

extern const struct genl_split_ops ksrtp_nl_ops[];

static inline int ksrtp_pre_doit(const struct genl_ops *ops,
				 struct sk_buff *skb, struct genl_info *info)
{
	const struct genl_split_ops *split = &ksrtp_nl_ops[ops->internal_flags];

	return split->pre_doit ? split->pre_doit(split, skb, info) : 0;
}

static inline void ksrtp_post_doit(const struct genl_ops *ops,
				   struct sk_buff *skb, struct genl_info *info)
{
	const struct genl_split_ops *split = &ksrtp_nl_ops[ops->internal_flags];

	if (split->post_doit)
		split->post_doit(split, skb, info);
}

static inline int ksrtp_register_family(struct genl_family *family,
					const struct genl_split_ops *split,
					unsigned int n)
{
	static struct genl_ops joined[32];
	struct genl_ops *ops = joined;
	unsigned int i;

	for (i = 0; i < n; i++) {
		/* the dump follows the do of its command */
		if (i && split[i].cmd != split[i - 1].cmd)
			ops++;
		if (WARN_ON(ops == joined + ARRAY_SIZE(joined)))
			return -E2BIG;
		ops->cmd = split[i].cmd;
		ops->flags = split[i].flags &
			     ~(GENL_CMD_CAP_DO | GENL_CMD_CAP_DUMP);
		ops->policy = split[i].policy;
		ops->maxattr = split[i].maxattr;
		if (split[i].doit) {
			ops->doit = split[i].doit;
			ops->internal_flags = i;
		} else {
			ops->start = split[i].start;
			ops->dumpit = split[i].dumpit;
			ops->done = split[i].done;
		}
	}
	family->ops = joined;
	family->n_ops = ops - joined + 1;
	family->pre_doit = ksrtp_pre_doit;
	family->post_doit = ksrtp_post_doit;
	return genl_register_family(family);
}
#endif

/* Attributes of a dump request. */
static inline struct nlattr **ksrtp_dump_attrs(struct netlink_callback *cb)
{
#ifdef KSRTP_HAS_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/*
 * Flag of a multicast group that requires CAP_NET_ADMIN. Kernels without 6.8's
 * flag, which went to stable too, use the older one.
 */
#ifdef GENL_MCAST_CAP_NET_ADMIN
#define KSRTP_MCGRP_FLAGS	GENL_MCAST_CAP_NET_ADMIN
#else
#define KSRTP_MCGRP_FLAGS	GENL_UNS_ADMIN_PERM
#endif

/*
 * HMAC-SHA1. Since 6.17 the kernel has it as a library: no driver, and the key
 * is stored inline.
 */
#ifndef KSRTP_HAS_HMAC_SHA1_LIB
struct ksrtp_hmac {
	struct crypto_shash *shash;
};

static inline int ksrtp_hmac_setup(struct ksrtp_hmac *hmac, const u8 *key,
				   unsigned int len)
{
	struct crypto_shash *shash = crypto_alloc_shash("hmac(sha1)", 0, 0);

	if (IS_ERR(shash))
		return PTR_ERR(shash);
	hmac->shash = shash;
	return crypto_shash_setkey(shash, key, len);
}

static inline void ksrtp_hmac_teardown(struct ksrtp_hmac *hmac)
{
	crypto_free_shash(hmac->shash);
}

static inline const char *ksrtp_hmac_driver(const struct ksrtp_hmac *hmac)
{
	return crypto_shash_driver_name(hmac->shash);
}

/* Digest of @data followed by @tail. */
static inline int ksrtp_hmac_digest(const struct ksrtp_hmac *hmac,
				    const u8 *data, unsigned int len,
				    u8 *digest)
{
	SHASH_DESC_ON_STACK(desc, hmac->shash);
	int err;

	desc->tfm = hmac->shash;
	err = crypto_shash_digest(desc, data, len, digest);
	shash_desc_zero(desc);
	return err;
}
#else
#include <crypto/sha1.h>

struct ksrtp_hmac {
	struct hmac_sha1_key key;
};

static inline int ksrtp_hmac_setup(struct ksrtp_hmac *hmac, const u8 *key,
				   unsigned int len)
{
	hmac_sha1_preparekey(&hmac->key, key, len);
	return 0;
}

static inline void ksrtp_hmac_teardown(struct ksrtp_hmac *hmac)
{
	memzero_explicit(hmac, sizeof(*hmac));
}

static inline const char *ksrtp_hmac_driver(const struct ksrtp_hmac *hmac)
{
	return "hmac-sha1-lib";
}

static inline int ksrtp_hmac_digest(const struct ksrtp_hmac *hmac,
				    const u8 *data, unsigned int len,
				    u8 *digest)
{
	hmac_sha1(&hmac->key, data, len, digest);
	return 0;
}
#endif

/*
 * Single blocks of AES, in any context. Since 7.0 the library has a key of its own
 * type for both directions, and the architecture's instructions.
 */
struct ksrtp_aes {
#ifdef KSRTP_HAS_AES_LIB_KEY
	struct aes_key key;
#else
	struct crypto_aes_ctx key;
#endif
};

static inline int ksrtp_aes_setup(struct ksrtp_aes *aes, const u8 *key,
				  unsigned int len)
{
#ifdef KSRTP_HAS_AES_LIB_KEY
	return aes_preparekey(&aes->key, key, len);
#else
	return aes_expandkey(&aes->key, key, len);
#endif
}

static inline void ksrtp_aes_encrypt(const struct ksrtp_aes *aes, u8 *out,
				     const u8 *in)
{
	aes_encrypt(&aes->key, out, in);
}

static inline void ksrtp_aes_decrypt(const struct ksrtp_aes *aes, u8 *out,
				     const u8 *in)
{
	aes_decrypt(&aes->key, out, in);
}

/*
 * What a short packet needs of a keyed cipher, on x86, by fives. Of counter mode: cache
 * lines with round keys; and behind room for those of decryption, how long the key is. Of
 * GCM: lines with its AES key and powers of the hash key. Before 7.0 that has keys for
 * decryption.
 */
#define KSRTP_CTR_LINES		5
#define KSRTP_CTR_KEY_LEN_AT	(8 * L1_CACHE_BYTES)
#ifdef KSRTP_HAS_AES_LIB_KEY
#define KSRTP_AEAD_LINES	10
#else
#define KSRTP_AEAD_LINES	15
#endif

/* Socket flags: bits of one word since 6.6, those of IPv6 since 6.7. */
#ifdef KSRTP_HAS_RECVERR_FLAG
#define ksrtp_sk_recverr(sk)	inet_test_bit(RECVERR, sk)
#define ksrtp_sk_nodefrag(sk)	inet_test_bit(NODEFRAG, sk)
#else
#define ksrtp_sk_recverr(sk)	(inet_sk(sk)->recverr)
#define ksrtp_sk_nodefrag(sk)	(inet_sk(sk)->nodefrag)
#endif
#ifdef KSRTP_HAS_RECVERR6_FLAG
#define ksrtp_sk_recverr6(sk)	inet6_test_bit(RECVERR6, sk)
#define ksrtp_sk_dontfrag(sk)	inet6_test_bit(DONTFRAG, sk)
#else
#define ksrtp_sk_recverr6(sk)	(inet6_sk(sk)->recverr)
#define ksrtp_sk_dontfrag(sk)	(inet6_sk(sk)->dontfrag)
#endif

/* What a route for a packet depends on beside addresses: a DSCP since 6.13. */
#ifdef KSRTP_HAS_ROUTE_DSCP
#define KSRTP_ROUTE_TOS(iph)	inet_dsfield_to_dscp((iph)->tos)
#else
#define KSRTP_ROUTE_TOS(iph)	((iph)->tos)
#endif

/* Without UDP-Lite there is one socket table; namespaces may have their own since 6.2. */
#ifndef KSRTP_HAS_UDPLITE_H
#define KSRTP_UDP_TABLE(net)
#elif defined(KSRTP_HAS_UDP_TABLE_OF_NET)
#define KSRTP_UDP_TABLE(net)	(net)->ipv4.udp_table,
#else
#define KSRTP_UDP_TABLE(net)	&udp_table,
#endif

#endif /* _KSRTP_COMPAT_H */
