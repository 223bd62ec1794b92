/* SPDX-License-Identifier: GPL-2.0 */
/* Where the store is: addresses, and how to be let in. */
#ifndef KSRTP_SYNC_PLACE_H
#define KSRTP_SYNC_PLACE_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "settings.h"

struct complaint;

struct place {
	char text[160];			/* as written */
	struct sockaddr_storage address;
	socklen_t len;
	bool tls;
	char host[128];			/* that the certificate has to be of */
};

struct places {
	struct place place[SETTINGS_STORES];
	unsigned int n;
	SSL_CTX *tls;
	const char *user;
	char password[256];
};

int places_read(struct places *places, const struct settings *settings,
		struct complaint *complaint);
int places_read_sentinels(struct places *places,
			  const struct settings *settings,
			  struct complaint *complaint);
bool place_told(struct place *place, bool tls, const char *address,
		const char *port);

#endif
