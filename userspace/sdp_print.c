// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <linux/ksrtp.h>

#include "sdp_print.h"

static void print_end(const char *word, const struct end *end)
{
	char address[INET6_ADDRSTRLEN] = "any";

	if (!end->given)
		return;
	if (end->address_len)
		inet_ntop(end->address_len == 4 ? AF_INET : AF_INET6,
			  end->address, address, sizeof(address));
	printf(end->address_len == 16 ? " %s [%s]:%u" : " %s %s:%u", word,
	       address, end->port);
}

/* A crypto line between quotes, without its keys. */
static void print_crypto(const char *direction, const char *text)
{
	static const char method[] = "inline:";

	printf(" %s sdes '", direction);
	while (*text) {
		if (strncasecmp(text, method, strlen(method))) {
			putchar(*text++);
			continue;
		}
		printf("%s...", method);
		text += strlen(method);
		text += strcspn(text, "|; \t");
	}
	putchar('\'');
}

static void print_birth(const struct leg *leg)
{
	print_end("local", &leg->flow.local);
	print_end("remote", &leg->flow.remote);
	if (!leg->flow.local.address_len && !leg->flow.remote.address_len)
		printf(" family %s", leg->family == AF_INET ? "inet" :
							      "inet6");
	if (leg->mux)
		printf(" rtcp-mux");
	if (leg->local_rtcp_port)
		printf(" local-rtcp-port %u", leg->local_rtcp_port);
	if (leg->remote_rtcp_port)
		printf(" remote-rtcp-port %u", leg->remote_rtcp_port);
	if (leg->sources > KSRTP_STREAMS_DEFAULT)
		printf(" max-streams %u", leg->sources);
}

static void print_step(const struct step *step)
{
	static const char *const commands[] = {
		[PLAN_ADD] = "add", [PLAN_SET] = "set", [PLAN_DEL] = "del",
	};

	printf("ksrtp session %s", commands[step->what]);
	if (step->what == PLAN_ADD)
		print_birth(step->leg);
	else
		printf(" id %u", step->id);
	if (step->send)
		print_crypto("send", step->leg->send->text);
	if (step->recv)
		print_crypto("recv", step->leg->recv->text);
	if (plan_overlaps(step))
		printf(" overlap %u", PLAN_OVERLAP);
	putchar('\n');
}

void sdp_print(const struct plan *plan)
{
	const struct step *step;

	for (step = plan_next(plan, NULL); step; step = plan_next(plan, step))
		print_step(step);
}
