/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to the kernel's family "ksrtp", and its events. */
#ifndef KSRTP_GENL_H
#define KSRTP_GENL_H

#include <stdbool.h>

#include "lib/queue.h"

bool genl_available(void);
struct ksrtp *genl_handle(void);
void genl_must(int ret);
bool genl_not_permitted(void);
struct nlmsghdr *genl_request(int cmd, const struct attr_set *set);
bool genl_found_it_there(void);
void genl_try(struct nlmsghdr *request);
void genl_queue(struct nlmsghdr *request, queue_done done, void *data);
void genl_commit(void);
const char *genl_error(void);
void genl_listen(void (*event)(int cmd, const struct nlattr *attrs,
			       unsigned int len));

#endif
