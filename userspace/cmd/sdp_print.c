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

/* Print a crypto line in quotes, without its keys. */
static void print_crypto(const char *text)
{
	static const char method[] = "inline:";

	printf(" sdes '");
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

static void print_place(const struct place *place)
{
	print_end("local", &place->local);
	print_end("remote", &place->remote);
	if (!place->local.address_len && !place->remote.address_len)
		printf(" family %s", place->family == AF_INET ? "inet" :
								"inet6");
	if (place->mux)
		printf(" rtcp-mux");
	if (place->local_rtcp_port)
		printf(" local-rtcp-port %u", place->local_rtcp_port);
	if (place->remote_rtcp_port)
		printf(" remote-rtcp-port %u", place->remote_rtcp_port);
}

/* Print settings in addition to SDP as they were given. */
static void print_words(const struct sdp_words *words, bool has_key)
{
	unsigned int i;

	for (i = 0; i < words->n; i++)
		if (has_key || !words->word[i].goes_with_key)
			printf(" %s %s", words->word[i].name,
			       words->word[i].value);
}

static void print_direction(const char *name, const struct sdp_crypto *crypto,
			    bool unused, bool restarts,
			    const struct sdp_words *words)
{
	unsigned int i;

	for (i = 0; !crypto && i < words->n; i++)
		if (!words->word[i].goes_with_key)
			break;
	if (!crypto && i == words->n)
		return;
	printf(" %s", name);
	if (crypto)
		print_crypto(crypto->text);
	printf("%s%s", unused ? " unused-key" : "",
	       restarts ? " restart-counters" : "");
	print_words(words, crypto);
}

static void print_step(const struct plan *plan, const struct step *step,
		       const struct sdp_said *said)
{
	static const char *const commands[] = {
		[PLAN_ADD] = "add", [PLAN_SET] = "set", [PLAN_DEL] = "del",
	};
	const struct leg *leg = step->leg;

	printf("ksrtp session %s", commands[step->what]);
	if (step->what != PLAN_ADD)
		printf(" id %u", step->id);
	if (step->moves)
		printf(" move");
	if (step->moves || step->what == PLAN_ADD) {
		print_place(&step->place);
		if (said->dev)
			printf(" dev %s", said->dev);
	}
	if (plan_linger(plan, step))
		printf(" linger %llu",
		       (unsigned long long)plan_linger(plan, step));
	if (step->parks)
		printf(" parked");
	if (step->what == PLAN_ADD && plan->owned)
		printf(" owned");
	if (step->what == PLAN_ADD && leg->sources > KSRTP_STREAMS_DEFAULT &&
	    !said->max_streams)
		printf(" max-streams %u", leg->sources);
	if (step->what != PLAN_DEL && !step->parks) {
		print_words(&said->session, true);
		print_direction("send", step->send ? leg->send : NULL,
				step->new_send, step->restarts, &said->send);
		print_direction("recv", step->recv ? leg->recv : NULL,
				plan_unheard(plan, step), false, &said->recv);
		if (plan_overlap(plan, step) && !said->overlap)
			printf(" overlap %u", PLAN_OVERLAP);
	}
	putchar('\n');
}

void sdp_print(const struct plan *plan, const struct sdp_said *said)
{
	const struct step *step;

	for (step = plan_next(plan, NULL); step; step = plan_next(plan, step))
		print_step(plan, step, said);
}
