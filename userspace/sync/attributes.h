/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's answers about sessions, as attributes of requests. */
#ifndef KSRTP_SYNC_ATTRIBUTES_H
#define KSRTP_SYNC_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "group.h"

struct attr_set;
struct nlattr;
struct nlmsghdr;

uint32_t attributes_number(const struct nlattr *attrs, unsigned int len,
			   unsigned int type, uint32_t otherwise);
bool attributes_of_session(struct session *session, const struct nlattr *attrs,
			   unsigned int len);
void attributes_digest(struct session *session);
uint64_t attributes_place(const struct session *session);
uint64_t attributes_content(const struct session *session);
bool attributes_have_ekt(const struct session *session);
bool attributes_of_stream(struct stream *stream, const struct nlattr *attrs,
			  unsigned int len);
bool attributes_have(const struct session *session, uint8_t direction,
		     const struct nlattr **attrs, unsigned int *len);
void attributes_put_flow(const struct session *session, struct nlmsghdr *nlh);
bool attributes_fill(const struct attr_set *set, const unsigned char *data,
		     size_t len);

#endif
