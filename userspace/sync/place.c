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
#define SENTINEL_PORT "26379"

/* How places are configured. */
struct source {
	const char *word, *port;
	const char *const *texts;
	unsigned int n;
	const char *user, *password, *ca;
};

static int read_path(struct place *place, const struct source *source,
		     const char *path, struct complaint *c)
{
	struct sockaddr_un *address = (struct sockaddr_un *)&place->address;

	if (strlen(path) >= sizeof(address->sun_path))
		return wrong(c, "%s: '%s' is too long", source->word,
			     place->text);
	address->sun_family = AF_UNIX;
	strcpy(address->sun_path, path);
	place->len = sizeof(*address);
	return 0;
}

/* HOST:PORT, [HOST]:PORT or HOST. Names are looked up now, and not again. */
static int read_host(struct place *place, const struct source *source,
		     const char *text, struct complaint *c)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	const char *port = source->port;
	char *colon;
	size_t len;
	int ret;

	snprintf(place->host, sizeof(place->host), "%s", text);
	if (strlen(text) >= sizeof(place->host) || !*text)
		return wrong(c, "%s: '%s' names no host", source->word,
			     place->text);
	colon = strrchr(place->host, ':');
	if (*place->host == '[') {
		len = strcspn(place->host, "]");
		if (place->host[len] != ']')
			return wrong(c, "%s: '%s': no ']'", source->word,
				     place->text);
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
		return wrong(c, "%s: '%s': %s", source->word, place->text,
			     gai_strerror(ret));
	memcpy(&place->address, found->ai_addr, found->ai_addrlen);
	place->len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

static int read_place(struct place *place, const struct source *source,
		      const char *text, struct complaint *c)
{
	static const char unix_scheme[] = "unix:", plain[] = "redis://",
			  tls[] = "rediss://";

	snprintf(place->text, sizeof(place->text), "%s", text);
	if (!strncmp(text, unix_scheme, strlen(unix_scheme)))
		return read_path(place, source, text + strlen(unix_scheme), c);
	if (!strncmp(text, tls, strlen(tls))) {
		place->tls = true;
		return read_host(place, source, text + strlen(tls), c);
	}
	if (!strncmp(text, plain, strlen(plain)))
		return read_host(place, source, text + strlen(plain), c);
	return wrong(c, "%s: '%s' begins with none of redis://, rediss://, unix:",
		     source->word, text);
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

static int read_password(struct places *places, const struct source *source,
			 struct complaint *c)
{
	const char *file = source->password;
	FILE *in = fopen(file, "re");

	if (!in)
		return complain(c, errno, "%s-password-file: %s: %s",
				source->word, file, strerror(errno));
	secret_warn(fileno(in), file);
	setvbuf(in, NULL, _IONBF, 0);
	if (!fgets(places->password, sizeof(places->password), in))
		*places->password = '\0';
	fclose(in);
	places->password[strcspn(places->password, "\r\n")] = '\0';
	return *places->password ? 0 :
	       wrong(c, "%s-password-file: %s: empty", source->word, file);
}

static int read_source(struct places *places, const struct source *source,
		       bool tls, struct complaint *c)
{
	int ret = 0;

	for (; places->n < source->n && !ret; places->n++) {
		struct place *place = &places->place[places->n];

		ret = read_place(place, source, source->texts[places->n], c);
		tls |= place->tls;
	}
	places->user = source->user;
	if (!ret && tls)
		ret = prepare_tls(places, source->ca, c);
	if (!ret && source->password)
		ret = read_password(places, source, c);
	return ret;
}

/**
 * places_read_sentinels() - understand where Sentinel is
 * @places: result
 * @s: what was configured
 * @c: complaint
 *
 * Return: 0, or a negative errno
 */
int places_read_sentinels(struct places *places, const struct settings *s,
			  struct complaint *c)
{
	const struct source source = {
		.word = "sentinel", .port = SENTINEL_PORT,
		.texts = s->sentinels, .n = s->sentinels_n,
		.user = s->sentinel_user, .password = s->sentinel_password,
		.ca = s->store_ca,
	};

	return read_source(places, &source, false, c);
}

/**
 * places_read() - understand where the store is
 * @places: result; of no place if Sentinel is to tell it
 * @s: what was configured
 * @c: complaint
 *
 * Return: 0, or a negative errno
 */
int places_read(struct places *places, const struct settings *s,
		struct complaint *c)
{
	const struct source source = {
		.word = "store", .port = PORT, .texts = s->stores,
		.n = s->stores_n, .user = s->store_user,
		.password = s->store_password, .ca = s->store_ca,
	};

	/* where that will be is told, and that it is reached by TLS is not */
	return read_source(places, &source, s->sentinels_n, c);
}

/* A place that Sentinel tells; false if it is no numeric address. */
bool place_told(struct place *place, bool tls, const char *address,
		const char *port)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	}, *found;

	*place = (struct place){ .tls = tls };
	if (strlen(address) >= sizeof(place->host) || strlen(port) > 5 ||
	    getaddrinfo(address, port, &hints, &found))
		return false;
	memcpy(&place->address, found->ai_addr, found->ai_addrlen);
	place->len = found->ai_addrlen;
	freeaddrinfo(found);
	strcpy(place->host, address);
	snprintf(place->text, sizeof(place->text),
		 strchr(address, ':') ? "%s://[%s]:%s" : "%s://%s:%s",
		 tls ? "rediss" : "redis", address, port);
	return true;
}
