/* SPDX-License-Identifier: GPL-2.0 */
/* Quotas: resources of a network namespace, or of all those of one user. */
#ifndef _KSRTP_QUOTA_H
#define _KSRTP_QUOTA_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct net;
struct user_namespace;

/**
 * struct ksrtp_quota - resources charged against the module parameters' limits
 * @list: link in the list of shared quotas
 * @users: number of namespaces that use it, and of objects that outlive them
 * @owner: creator of these namespaces
 * @top: their outermost user namespace, if the host's root created it
 * @sessions: number of their sessions
 * @keys: number of keys in their ledgers
 * @stream_memory: memory of their streams and of session keys by epoch, in
 *	bytes
 */
struct ksrtp_quota {
	struct list_head list;
	unsigned int users;
	kuid_t owner;
	const struct user_namespace *top;
	atomic_t sessions;
	atomic_t keys;
	atomic_long_t stream_memory;
};

extern uint ksrtp_sessions_max;
extern ulong ksrtp_stream_memory_max;

int ksrtp_quota_get(struct net *net, struct ksrtp_quota **quota);
void ksrtp_quota_hold(struct ksrtp_quota *quota);
void ksrtp_quota_put(struct ksrtp_quota *quota);

/* Charge one session, or reuse the charge of the one it replaces. */
static inline bool ksrtp_quota_take_session(struct ksrtp_quota *quota,
					    bool instead)
{
	if ((unsigned int)atomic_inc_return(&quota->sessions) <=
	    READ_ONCE(ksrtp_sessions_max) || instead)
		return true;
	atomic_dec(&quota->sessions);
	return false;
}

static inline void ksrtp_quota_give_session(struct ksrtp_quota *quota)
{
	atomic_dec(&quota->sessions);
}

/* Charge a remembered key; false if there are more than @most. */
static inline bool ksrtp_quota_take_key(struct ksrtp_quota *quota,
					unsigned int most)
{
	return (unsigned int)atomic_inc_return(&quota->keys) <= most;
}

static inline void ksrtp_quota_give_key(struct ksrtp_quota *quota)
{
	atomic_dec(&quota->keys);
}

/* Charge memory; false if over quota. */
static inline bool ksrtp_quota_take_memory(struct ksrtp_quota *quota,
					   size_t size)
{
	if ((unsigned long)atomic_long_add_return(size, &quota->stream_memory)
	    <= READ_ONCE(ksrtp_stream_memory_max))
		return true;
	atomic_long_sub(size, &quota->stream_memory);
	return false;
}

static inline void ksrtp_quota_give_memory(struct ksrtp_quota *quota,
					   size_t size)
{
	atomic_long_sub(size, &quota->stream_memory);
}

#endif /* _KSRTP_QUOTA_H */
