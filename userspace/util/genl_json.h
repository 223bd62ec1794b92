/* SPDX-License-Identifier: GPL-2.0 */
/* Answers of the kernel's family "ksrtp" as JSON. */
#ifndef KSRTP_GENL_JSON_H
#define KSRTP_GENL_JSON_H

#include <jansson.h>

struct nlmsghdr;

json_t *genl_json_do(struct nlmsghdr *request);
json_t *genl_json_ask(struct nlmsghdr *request);
json_t *genl_json_dump(struct nlmsghdr *request);
json_t *genl_json_dump_about(struct nlmsghdr *request);

#endif
