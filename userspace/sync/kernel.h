/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel: requests that are carried out, events, and leases. */
#ifndef KSRTP_SYNC_KERNEL_H
#define KSRTP_SYNC_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/queue.h"

struct cluster;
struct complaint;

struct kernel_listener {
	void (*event)(int cmd, const struct nlattr *attrs, unsigned int len);
	void (*lost)(void);		/* events were, so all is to be read */
	void (*gone)(void);		/* the module was unloaded */
	void (*back)(void);
};

uint64_t kernel_now(void);
int kernel_begin(const struct kernel_listener *listener,
		 struct complaint *complaint);
int kernel_seal(const struct cluster *cluster, struct complaint *complaint);
bool kernel_is_there(void);
void kernel_catch_up(void);
const char *kernel_error(void);
struct nlmsghdr *kernel_request(int cmd, const struct attr_set *set);
int kernel_do(channel_reply reply, void *data);
void kernel_queue(queue_done done, void *data);
void kernel_commit(void);
int kernel_dump(channel_reply reply, void *data);
int kernel_lease_set(uint32_t id, uint64_t until);
int kernel_lease_get(uint32_t id, uint64_t *until);

#endif
