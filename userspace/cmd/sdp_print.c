// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <linux/ksrtp.h>

#include "sdp_print.h"
#include "lib/hex.h"
#include "lib/rollover.h"

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

static void print_key(const struct sdes_key *key)
{
	char mki[2 * KSRTP_MKI_MAX + 1];

	hex_encode(key->mki, key->mki_len, mki);
	printf(" insecure-key ...%s%s", *mki ? " mki " : "", mki);
	if (key->interval)
		printf(" from %llu to %llu", (unsigned long long)key->from,
		       (unsigned long long)key->to);
}

/* Settings from MIKEY, with placeholders for keys. */
static void print_mikey(const struct sdes *sdes)
{
	printf(" suite %s", sdes->suite.name);
	if (!sdes->media.key[0].interval)
		print_key(&sdes->media.key[0]);
	if (sdes->key_derivation_rate)
		printf(" kdr %u", sdes->key_derivation_rate);
	if (sdes->unencrypted_srtp)
		printf(" unencrypted-srtp on");
	if (sdes->unencrypted_srtcp)
		printf(" unencrypted-srtcp on");
	if (sdes->unauthenticated_srtp)
		printf(" unauthenticated-srtp on");
	if (sdes->rcc_mode)
		printf(" rcc-mode %u rcc-rate %u", sdes->rcc_mode,
		       sdes->rcc_rate);
}

static void print_direction(const struct step *step, bool send, bool unused,
			    bool restarts, const struct sdp_words *words)
{
	const struct leg *leg = step->leg;
	const struct sdes *sdes = send ? &leg->send_sdes : &leg->recv_sdes;
	bool keyed = send ? step->send : step->recv;
	uint32_t ssrc, roc;
	unsigned int i;

	for (i = 0; !keyed && i < words->n; i++)
		if (!words->word[i].goes_with_key)
			break;
	if (!keyed && i == words->n)
		return;
	printf(" %s", send ? "send" : "recv");
	if (keyed && leg->mikey)
		print_mikey(sdes);
	else if (keyed)
		print_crypto((send ? leg->send : leg->recv)->text);
	/* keys with intervals are added later */
	if (keyed && !sdes->media.key[0].interval)
		printf("%s%s", unused ? " unused-key" : "",
		       restarts ? " restart-counters" : "");
	for (i = 0; rollover_of(step, send ? KSRTP_DIRECTION_SEND :
					     KSRTP_DIRECTION_RECV,
				i, &ssrc, &roc); i++)
		if (!ssrc && roc)
			printf(" initial-roc %u", roc);
	print_words(words, keyed);
}

/* The id of a session is unknown until it is created. */
static void print_session(const struct step *step, bool send)
{
	if (step->what == PLAN_ADD)
		printf(" session ...");
	else
		printf(" session %u", step->id);
	printf(" %s", send ? "send" : "recv");
}

/* With MIKEY, further keys and rollover counters follow the session. */
static void print_rest(const struct step *step, bool send, bool unused)
{
	const struct leg *leg = step->leg;
	const struct sdes_keys *keys = send ? &leg->send_sdes.media :
					      &leg->recv_sdes.media;
	uint32_t ssrc, roc;
	unsigned int i;

	if (!leg->mikey || step->what == PLAN_DEL || step->parks ||
	    !(send ? step->send : step->recv))
		return;
	for (i = keys->key[0].interval ? 0 : 1; i < keys->n; i++) {
		printf("ksrtp key add");
		print_session(step, send);
		print_key(&keys->key[i]);
		puts(unused ? " unused-key" : "");
	}
	for (i = 0; rollover_of(step, send ? KSRTP_DIRECTION_SEND :
					     KSRTP_DIRECTION_RECV,
				i, &ssrc, &roc); i++) {
		if (!ssrc || !roc)
			continue;
		printf("ksrtp stream set");
		print_session(step, send);
		printf(" ssrc 0x%08x roc %u\n", ssrc, roc);
	}
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
		print_direction(step, true, plan_unsent(plan, step),
				step->restarts, &said->send);
		print_direction(step, false, plan_unheard(plan, step), false,
				&said->recv);
		if (plan_overlap(plan, step) && !said->overlap)
			printf(" overlap %u", PLAN_OVERLAP);
	}
	putchar('\n');
	print_rest(step, true, plan_unsent(plan, step));
	print_rest(step, false, plan_unheard(plan, step));
}

void sdp_print(const struct plan *plan, const struct sdp_said *said)
{
	const struct step *step;

	for (step = plan_next(plan, NULL); step; step = plan_next(plan, step))
		print_step(plan, step, said);
}
