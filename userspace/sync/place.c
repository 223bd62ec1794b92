// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include <openssl/err.h>

#include "lib/complaint.h"
#include "place.h"
#include "util/secret.h"

#define PORT "6379"

static int read_path(struct place *place, const char *path, struct complaint *c)
{
	struct sockaddr_un *address = (struct sockaddr_un *)&place->address;

	if (strlen(path) >= sizeof(address->sun_path))
		return wrong(c, "store: '%s' is too long", place->text);
	address->sun_family = AF_UNIX;
	strcpy(address->sun_path, path);
	place->len = sizeof(*address);
	return 0;
}

/* HOST:PORT, [HOST]:PORT or HOST. Names are looked up now, and not again. */
static int read_host(struct place *place, const char *text,
		     struct complaint *c)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	const char *port = PORT;
	char *colon;
	size_t len;
	int ret;

	snprintf(place->host, sizeof(place->host), "%s", text);
	if (strlen(text) >= sizeof(place->host) || !*text)
		return wrong(c, "store: '%s' names no host", place->text);
	colon = strrchr(place->host, ':');
	if (*place->host == '[') {
		len = strcspn(place->host, "]");
		if (place->host[len] != ']')
			return wrong(c, "store: '%s': no ']'", place->text);
		if (place->host[len + 1] == ':')
			port = text + len + 2;
		memmove(place->host, place->host + 1, len - 1);
		place->host[len - 1] = '\0';
	} else if (colon && strchr(place->host, ':') == colon) {
		*colon = '\0';
		port = text + (colon + 1 - place->host);
	}
	ret = getaddrinfo(place->host, port, &hints, &found);
	if (ret)
		return wrong(c, "store: '%s': %s", place->text,
			     gai_strerror(ret));
	memcpy(&place->address, found->ai_addr, found->ai_addrlen);
	place->len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

static int read_place(struct place *place, const char *text,
		      struct complaint *c)
{
	static const char unix_scheme[] = "unix:", plain[] = "redis://",
			  tls[] = "rediss://";

	place->text = text;
	if (!strncmp(text, unix_scheme, strlen(unix_scheme)))
		return read_path(place, text + strlen(unix_scheme), c);
	if (!strncmp(text, tls, strlen(tls))) {
		place->tls = true;
		return read_host(place, text + strlen(tls), c);
	}
	if (!strncmp(text, plain, strlen(plain)))
		return read_host(place, text + strlen(plain), c);
	return wrong(c, "store: '%s' begins with none of redis://, rediss://, unix:",
		     text);
}

static int prepare_tls(struct places *places, const char *ca,
		       struct complaint *c)
{
	places->tls = SSL_CTX_new(TLS_client_method());
	if (!places->tls)
		return complain(c, ENOMEM, "TLS: %s", strerror(ENOMEM));
	SSL_CTX_set_min_proto_version(places->tls, TLS1_2_VERSION);
	SSL_CTX_set_verify(places->tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(places->tls, SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	if (ca ? SSL_CTX_load_verify_locations(places->tls, ca, NULL) :
		 SSL_CTX_set_default_verify_paths(places->tls))
		return 0;
	ERR_clear_error();
	return wrong(c, "store-ca-file: %s: no certificates in it",
		     ca ?: "(default)");
}

static int read_password(struct places *places, const char *file,
			 struct complaint *c)
{
	FILE *in = fopen(file, "re");

	if (!in)
		return complain(c, errno, "store-password-file: %s: %s", file,
				strerror(errno));
	secret_warn(fileno(in), file);
	setvbuf(in, NULL, _IONBF, 0);
	if (!fgets(places->password, sizeof(places->password), in))
		*places->password = '\0';
	fclose(in);
	places->password[strcspn(places->password, "\r\n")] = '\0';
	return *places->password ? 0 :
	       wrong(c, "store-password-file: %s: empty", file);
}

/**
 * places_read() - understand where the store is
 * @places: result
 * @settings: what was configured
 * @c: complaint
 *
 * Return: 0, or a negative errno
 */
int places_read(struct places *places, const struct settings *settings,
		struct complaint *c)
{
	bool tls = false;
	int ret = 0;

	for (; places->n < settings->stores_n && !ret; places->n++) {
		struct place *place = &places->place[places->n];

		ret = read_place(place, settings->stores[places->n], c);
		tls |= place->tls;
	}
	places->user = settings->store_user;
	if (!ret && tls)
		ret = prepare_tls(places, settings->store_ca, c);
	if (!ret && settings->store_password)
		ret = read_password(places, settings->store_password, c);
	return ret;
}
