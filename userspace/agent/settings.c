// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "settings.h"
#include "util/args.h"
#include "util/config.h"
#include "util/fail.h"

/* AES-GCM first, since it is faster; a tag of 4 bytes last. */
#define PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_32"

/* Index of a family's settings. */
unsigned int settings_family(const union endpoint *endpoint)
{
	return endpoint->any.sa_family == AF_INET6;
}

static void read_address(struct args *args, const char *word,
			 union endpoint *into)
{
	const char *text = args_value(args, word);

	if (!endpoint_read(into, text, 0) || endpoint_is_zero(into))
		usage("%s: '%s' is not an address of a host", word, text);
}

/* Ports are used in pairs, so the first one is even. */
static void read_ports(struct args *args, const char *word,
		       struct port_range *range)
{
	*range = ports_parse(args_value(args, word), word);
	if (range->first < 1024)
		usage("%s: %u is not within 1024..65535", word, range->first);
	if (range->first % 2)
		usage("%s: %u is odd; RTP's port is even", word, range->first);
	if (range->last == range->first)
		usage("%s: no two ports from %u on", word, range->first);
}

static bool read_word(struct args *args, void *settings)
{
	struct settings *s = settings;
	const struct {
		const char *word;
		const char **into;
	} texts[] = {
		{ "control", &s->control }, { "state", &s->state },
		{ "certificate", &s->certificate }, { "private-key", &s->key },
		{ "profiles", &s->profiles }, { "user", &s->user },
	};
	union endpoint address;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (args_take(args, texts[i].word)) {
			*texts[i].into = args_value(args, texts[i].word);
			return true;
		}
	if (args_take(args, "public")) {
		read_address(args, "public", &address);
		s->side[settings_family(&address)].public = address;
	} else if (args_take(args, "advertise")) {
		read_address(args, "advertise", &address);
		s->side[settings_family(&address)].advertised = address;
	} else if (args_take(args, "application")) {
		read_address(args, "application", &address);
		s->side[settings_family(&address)].application = address;
	} else if (args_take(args, "public-ports")) {
		read_ports(args, "public-ports", &s->public_ports);
	} else if (args_take(args, "application-ports")) {
		read_ports(args, "application-ports", &s->application_ports);
	} else {
		return false;
	}
	return true;
}

/* Fill in defaults. */
static void complete(struct settings *s)
{
	static const char *const loopback[] = { "127.0.0.1", "::1" };
	unsigned int i;

	for (i = 0; i < SETTINGS_FAMILIES; i++) {
		if (!s->side[i].application.any.sa_family)
			endpoint_read(&s->side[i].application, loopback[i], 0);
		if (!s->side[i].advertised.any.sa_family)
			s->side[i].advertised = s->side[i].public;
		else if (!s->side[i].public.any.sa_family)
			usage("advertise: needs public, the address that it stands for");
	}
	if (!s->side[0].public.any.sa_family &&
	    !s->side[1].public.any.sa_family)
		usage("needs public, an address of this host that peers reach");
	if (!s->certificate != !s->key)
		usage("certificate and private-key go together");
	if (!s->public_ports.first)
		s->public_ports = (struct port_range){ 20000, 23999 };
	if (!s->application_ports.first)
		s->application_ports = (struct port_range){ 24000, 27999 };
	if (s->public_ports.first <= s->application_ports.last &&
	    s->application_ports.first <= s->public_ports.last)
		usage("public-ports and application-ports overlap");
	s->control = s->control ?: "/run/ksrtp/ksrtpd.sock";
	s->state = s->state ?: "/var/lib/ksrtp/calls";
	s->profiles = s->profiles ?: PROFILES;
}

void settings_read(struct settings *settings, struct args *args)
{
	config_settings(args, read_word, settings);
	complete(settings);
}
