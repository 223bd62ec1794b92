/* SPDX-License-Identifier: GPL-2.0 */
/* An address and a port. */
#ifndef KSRTPD_ENDPOINT_H
#define KSRTPD_ENDPOINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* Room for "[address]:port". */
#define ENDPOINT_TEXT 64

/* Family 0 means that there is none. */
union endpoint {
	struct sockaddr any;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
};

bool endpoint_read(union endpoint *endpoint, const char *address,
		   uint16_t port);
void endpoint_make(union endpoint *endpoint, unsigned int family,
		   const void *address, uint16_t port);
socklen_t endpoint_len(const union endpoint *endpoint);
uint16_t endpoint_port(const union endpoint *endpoint);
void endpoint_set_port(union endpoint *endpoint, uint16_t port);
const void *endpoint_bytes(const union endpoint *endpoint, size_t *len);
bool endpoint_is_zero(const union endpoint *endpoint);
bool endpoint_same(const union endpoint *endpoint,
		   const union endpoint *other);
const char *endpoint_address(const union endpoint *endpoint, char *text);
const char *endpoint_text(const union endpoint *endpoint, char *text);

#endif
