/* SPDX-License-Identifier: GPL-2.0 */
/* Configuration, from the command line or a file. */
#ifndef KSRTPD_SETTINGS_H
#define KSRTPD_SETTINGS_H

#include "endpoint.h"
#include "util/ports.h"

struct args;

/* IPv4, IPv6 */
#define SETTINGS_FAMILIES 2

struct settings {
	struct {
		union endpoint public;		/* family 0: not used */
		union endpoint advertised;	/* what SDP says instead */
		union endpoint application;
	} side[SETTINGS_FAMILIES];
	struct port_range public_ports, application_ports;
	const char *control, *state;
	const char *certificate, *key;		/* NULL: made at the start */
	const char *profiles;			/* OpenSSL's names */
	const char *user;			/* NULL: stay who we are */
};

void settings_read(struct settings *settings, struct args *args);
unsigned int settings_family(const union endpoint *endpoint);

#endif
