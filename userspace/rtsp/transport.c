// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/complaint.h"
#include "lib/decimal.h"
#include "transport.h"
#include "util/text.h"

/* "RTP/SAVPF/UDP"; without the last part it is UDP. */
static int read_specifier(struct transport *transport, char *text,
			  struct complaint *c)
{
	const char *protocol = strsep(&text, "/");
	const char *profile = text ? strsep(&text, "/") : "";
	const char *lower = text ? text : "UDP";

	transport->secure = !strncasecmp(profile, "S", 1);
	profile += transport->secure;
	transport->feedback = !strcasecmp(profile, "AVPF");
	if (strcasecmp(protocol, "RTP") ||
	    (strcasecmp(profile, "AVP") && !transport->feedback))
		return wrong(c, "Transport: not RTP/AVP, AVPF, SAVP or SAVPF");
	transport->interleaved = !strcasecmp(lower, "TCP");
	if (strcasecmp(lower, "UDP") && !transport->interleaved)
		return wrong(c, "Transport: neither UDP nor TCP");
	return 0;
}

/* "5000-5001", or "5000", whose neighbour is meant. */
static int read_ports(uint16_t *ports, char *text, struct complaint *c)
{
	const char *first = strsep(&text, "-");
	uint64_t number[2];
	int ret;

	if (ports[0])
		return wrong(c, "Transport: ports are given twice");
	if (!decimal_is(first) || (text && !decimal_is(text)))
		return wrong(c, "Transport: a port is not a number");
	ret = decimal_range(first, "Transport: port", 1, 65534, &number[0], c);
	number[1] = number[0] + 1;
	if (!ret && text)
		ret = decimal_range(text, "Transport: port", 1, 65535,
				    &number[1], c);
	if (ret)
		return ret;
	if (number[0] == number[1])
		return wrong(c, "Transport: RTP and RTCP have one port");
	ports[0] = number[0];
	ports[1] = number[1];
	return 0;
}

static int read_address(char *address, const char *text, struct complaint *c)
{
	size_t len;

	/* some quote it */
	if (*text == '"')
		text++;
	len = strcspn(text, "\"");
	if (len >= TRANSPORT_ADDRESS)
		return wrong(c, "Transport: an address is too long");
	memcpy(address, text, len);
	address[len] = '\0';
	return 0;
}

/* Value of a parameter, or NULL if it is another. */
static char *value_of(char *text, const char *name)
{
	size_t len = strlen(name);

	return !strncasecmp(text, name, len) && text[len] == '=' ?
		text + len + 1 : NULL;
}

static int read_parameter(struct transport *t, char *text, struct text *rest,
			  struct complaint *c)
{
	const struct {
		const char *name;
		uint16_t *ports;
		char *address;
	} known[] = {
		{ "client_port", t->client_port, NULL },
		{ "server_port", t->server_port, NULL },
		{ "port", t->port, NULL },
		{ "source", NULL, t->source },
		{ "destination", NULL, t->destination },
	};
	char *value;
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++) {
		value = value_of(text, known[i].name);
		if (value && known[i].ports)
			return read_ports(known[i].ports, value, c);
		if (value)
			return read_address(known[i].address, value, c);
	}
	if (!strcasecmp(text, "multicast"))
		t->multicast = true;
	else if (strcasecmp(text, "unicast") && *text)
		text_put(rest, ";%s", text);
	return 0;
}

/**
 * transport_read() - read the first transport of a list
 * @transport: receives it
 * @list: the list, which is advanced, on an error too
 * @complaint: receives the error
 *
 * Return: 0, or -EINVAL
 */
int transport_read(struct transport *transport, const char **list,
		   struct complaint *complaint)
{
	struct text rest = {
		.at = transport->rest,
		.end = transport->rest + sizeof(transport->rest),
	};
	size_t len = strcspn(*list, ",");
	char copy[TRANSPORT_MAX], *at = copy, *text;
	int ret;

	memset(transport, 0, sizeof(*transport));
	memcpy(copy, *list, len < sizeof(copy) ? len : 0);
	copy[len < sizeof(copy) ? len : 0] = '\0';
	*list += len + ((*list)[len] == ',');
	if (len >= sizeof(copy))
		return wrong(complaint, "Transport: longer than %d bytes",
			     TRANSPORT_MAX - 1);
	at += strspn(at, " \t");
	text = strsep(&at, ";");
	text[strcspn(text, " \t")] = '\0';
	ret = read_specifier(transport, text, complaint);
	while (!ret && (text = strsep(&at, ";"))) {
		text += strspn(text, " \t");
		ret = read_parameter(transport, text, &rest, complaint);
	}
	return ret;
}

static void put_ports(struct text *text, const char *name,
		      const uint16_t *ports)
{
	if (ports[0])
		text_put(text, ";%s=%u-%u", name, ports[0], ports[1]);
}

/**
 * transport_write() - write a transport
 * @transport: the transport
 * @text: receives it
 * @size: size of @text
 *
 * Return: false if it does not fit
 */
bool transport_write(const struct transport *transport, char *text,
		     size_t size)
{
	const struct transport *t = transport;
	struct text out = { .at = text, .end = text + size };

	*text = '\0';
	text_put(&out, "RTP/%sAVP%s%s;%s", t->secure ? "S" : "",
		 t->feedback ? "F" : "", t->interleaved ? "/TCP" : "",
		 t->multicast ? "multicast" : "unicast");
	if (*t->destination)
		text_put(&out, ";destination=%s", t->destination);
	if (*t->source)
		text_put(&out, ";source=%s", t->source);
	put_ports(&out, "client_port", t->client_port);
	put_ports(&out, "server_port", t->server_port);
	put_ports(&out, "port", t->port);
	text_put(&out, "%s", t->rest);
	return !out.full;
}
