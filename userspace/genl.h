/* SPDX-License-Identifier: GPL-2.0 */
/* Talking to the kernel's family "ksrtp". */
#ifndef KSRTP_GENL_H
#define KSRTP_GENL_H

#include <jansson.h>
#include <stdbool.h>

#include "attrs_json.h"

struct ksrtp;

bool genl_available(void);
struct ksrtp *genl_handle(void);
void genl_must(int ret);
bool genl_not_permitted(void);
struct nlmsghdr *genl_request(int cmd, const struct attr_set *set);
json_t *genl_do(struct nlmsghdr *request);
json_t *genl_ask(struct nlmsghdr *request);
bool genl_found_it_there(void);
void genl_try(struct nlmsghdr *request);
json_t *genl_dump(struct nlmsghdr *request);
json_t *genl_dump_about(struct nlmsghdr *request);
void genl_listen(void (*event)(int cmd, const struct nlattr *attrs,
			       unsigned int len));

#endif
