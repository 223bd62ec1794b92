// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "endpoint.h"

/* Parse an address. Returns false if it is not one. */
bool endpoint_read(union endpoint *endpoint, const char *address,
		   uint16_t port)
{
	unsigned char bytes[16];
	unsigned int family = strchr(address, ':') ? AF_INET6 : AF_INET;

	if (inet_pton(family, address, bytes) != 1)
		return false;
	endpoint_make(endpoint, family, bytes, port);
	return true;
}

/* Set address and port; @address is in network byte order. */
void endpoint_make(union endpoint *endpoint, unsigned int family,
		   const void *address, uint16_t port)
{
	memset(endpoint, 0, sizeof(*endpoint));
	endpoint->any.sa_family = family;
	if (family == AF_INET) {
		memcpy(&endpoint->in4.sin_addr, address, 4);
		endpoint->in4.sin_port = htons(port);
	} else {
		memcpy(&endpoint->in6.sin6_addr, address, 16);
		endpoint->in6.sin6_port = htons(port);
	}
}

socklen_t endpoint_len(const union endpoint *endpoint)
{
	return endpoint->any.sa_family == AF_INET ? sizeof(endpoint->in4) :
						    sizeof(endpoint->in6);
}

uint16_t endpoint_port(const union endpoint *endpoint)
{
	return ntohs(endpoint->any.sa_family == AF_INET ?
		     endpoint->in4.sin_port : endpoint->in6.sin6_port);
}

void endpoint_set_port(union endpoint *endpoint, uint16_t port)
{
	if (endpoint->any.sa_family == AF_INET)
		endpoint->in4.sin_port = htons(port);
	else
		endpoint->in6.sin6_port = htons(port);
}

/* The address in network byte order. */
const void *endpoint_bytes(const union endpoint *endpoint, size_t *len)
{
	if (endpoint->any.sa_family == AF_INET) {
		*len = 4;
		return &endpoint->in4.sin_addr;
	}
	*len = 16;
	return &endpoint->in6.sin6_addr;
}

/* Is it the unspecified address, as of a peer on hold? */
bool endpoint_is_zero(const union endpoint *endpoint)
{
	static const unsigned char zero[16];
	size_t len;
	const void *bytes = endpoint_bytes(endpoint, &len);

	return !memcmp(bytes, zero, len);
}

bool endpoint_same(const union endpoint *endpoint,
		   const union endpoint *other)
{
	const void *bytes, *others;
	size_t len, other_len;

	if (endpoint->any.sa_family != other->any.sa_family)
		return false;
	bytes = endpoint_bytes(endpoint, &len);
	others = endpoint_bytes(other, &other_len);
	return endpoint_port(endpoint) == endpoint_port(other) &&
	       !memcmp(bytes, others, len);
}

/* Write the address without the port to @text, of size ENDPOINT_TEXT. */
const char *endpoint_address(const union endpoint *endpoint, char *text)
{
	size_t len;
	const void *bytes = endpoint_bytes(endpoint, &len);

	if (!inet_ntop(endpoint->any.sa_family, bytes, text, ENDPOINT_TEXT))
		strcpy(text, "none");
	return text;
}

/* Write address and port to @text, of size ENDPOINT_TEXT. */
const char *endpoint_text(const union endpoint *endpoint, char *text)
{
	char address[ENDPOINT_TEXT];

	endpoint_address(endpoint, address);
	snprintf(text, ENDPOINT_TEXT,
		 endpoint->any.sa_family == AF_INET ? "%.47s:%u" : "[%.47s]:%u",
		 address, endpoint_port(endpoint));
	return text;
}
