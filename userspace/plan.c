// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <linux/ksrtp.h>

#include "fail.h"
#include "output.h"
#include "plan.h"
#include "secret.h"
#include "session.h"

#define WORDS_MAX 24
/* how long what was sent with an old key may still be on its way, in ms */
#define OVERLAP "5000"

/* A step: words of a session command, with secrets among them. */
static struct step {
	enum { ADD, SET, DEL } what;
	unsigned int line;
	uint32_t id;
	const struct leg *leg;
	bool send, recv;
} steps[2 * SDP_MEDIA_MAX];

static unsigned int steps_n;

/* Sessions that were made, to be deleted should another be refused. */
static uint32_t made[SDP_MEDIA_MAX];
static unsigned int made_n;

void plan_add(const struct leg *leg)
{
	steps[steps_n++] = (struct step) {
		.what = ADD, .line = leg->line, .leg = leg,
		.send = true, .recv = true,
	};
}

void plan_set(const struct leg *leg, uint32_t id, bool send, bool recv)
{
	steps[steps_n++] = (struct step) {
		.what = SET, .line = leg->line, .leg = leg, .id = id,
		.send = send, .recv = recv,
	};
}

void plan_del(uint32_t id)
{
	steps[steps_n++] = (struct step) { .what = DEL, .id = id };
}

/* The words of a step; numbers and addresses are written where they stay. */
struct sentence {
	char *word[WORDS_MAX];
	unsigned int n;
	char local[64], remote[64], number[4][16];
	unsigned int numbers;
	char crypto[2][SDP_SIZE];
	unsigned int cryptos;
};

static void say(struct sentence *sentence, const char *word)
{
	sentence->word[sentence->n++] = (char *)word;
}

static void say_number(struct sentence *sentence, const char *word,
		       uint32_t number)
{
	char *text = sentence->number[sentence->numbers++];

	snprintf(text, sizeof(sentence->number[0]), "%u", number);
	say(sentence, word);
	say(sentence, text);
}

static void say_end(struct sentence *sentence, const char *word,
		    const struct endpoint *end, char *text)
{
	char address[INET6_ADDRSTRLEN] = "any";

	if (!end->given)
		return;
	if (end->address_len)
		inet_ntop(end->address_len == 4 ? AF_INET : AF_INET6,
			  end->address, address, sizeof(address));
	snprintf(text, sizeof(sentence->local),
		 end->address_len == 16 ? "[%s]:%u" : "%s:%u", address,
		 end->port);
	say(sentence, word);
	say(sentence, text);
}

static void say_crypto(struct sentence *sentence, const char *direction,
		       const struct sdp_crypto *crypto)
{
	char *text = sentence->crypto[sentence->cryptos++];

	strcpy(text, crypto->text);
	say(sentence, direction);
	say(sentence, "sdes");
	say(sentence, text);
}

/* Do the keys have identifiers, so that old ones stay beside new ones? */
static bool has_mki(const char *text)
{
	const char *bar = strchr(text, '|');

	return bar && memchr(bar, ':', strcspn(bar, " \t"));
}

static void put(struct sentence *sentence, const struct step *step)
{
	const struct leg *leg = step->leg;

	sentence->n = 0;
	sentence->numbers = 0;
	sentence->cryptos = 0;
	if (step->what == ADD) {
		say_end(sentence, "local", &leg->flow.local, sentence->local);
		say_end(sentence, "remote", &leg->flow.remote,
			sentence->remote);
		if (leg->mux)
			say(sentence, "rtcp-mux");
		if (leg->local_rtcp_port)
			say_number(sentence, "local-rtcp-port",
				   leg->local_rtcp_port);
		if (leg->remote_rtcp_port)
			say_number(sentence, "remote-rtcp-port",
				   leg->remote_rtcp_port);
		if (leg->sources > KSRTP_STREAMS_DEFAULT)
			say_number(sentence, "max-streams", leg->sources);
	} else {
		say_number(sentence, "id", step->id);
	}
	if (step->send)
		say_crypto(sentence, "send", leg->send);
	if (step->recv)
		say_crypto(sentence, "recv", leg->recv);
	if (step->what == SET && step->recv && !has_mki(leg->recv->text)) {
		say(sentence, "overlap");
		say(sentence, OVERLAP);
	}
	sentence->word[sentence->n] = NULL;
}

/* Between quotes, if it is a crypto line, and without its keys. */
static void print_word(const char *word)
{
	static const char method[] = "inline:";
	bool quoted = strchr(word, ' ');

	printf(quoted ? " '" : " ");
	while (*word) {
		if (strncasecmp(word, method, strlen(method))) {
			putchar(*word++);
			continue;
		}
		printf("%s...", method);
		word += strlen(method);
		word += strcspn(word, "|; \t");
	}
	if (quoted)
		putchar('\'');
}

static struct sentence sentence;

/* Print what would be done, without keys. */
void plan_print(void)
{
	static const char *const commands[] = { "add", "set", "del" };
	unsigned int i, j;

	for (i = 0; i < steps_n; i++) {
		put(&sentence, &steps[i]);
		printf("ksrtp session %s", commands[steps[i].what]);
		for (j = 0; j < sentence.n; j++)
			print_word(sentence.word[j]);
		putchar('\n');
	}
	explicit_bzero(&sentence, sizeof(sentence));
	steps_n = 0;
}

static void undo(void)
{
	while (made_n)
		session_unmake(made[--made_n]);
}

static void carry_out(const struct step *step)
{
	struct args args = { .word = sentence.word };
	json_t *object;

	put(&sentence, step);
	switch (step->what) {
	case ADD:
		object = session_make(&args);
		made[made_n++] = output_number(object, "id");
		json_decref(object);
		break;
	case SET:
		session_change(&args);
		break;
	case DEL:
		session_unmake(step->id);
		break;
	}
}

/*
 * Sessions are made first, since that is what the kernel may refuse and we can
 * take back; and deleted last, so that nothing is open in between.
 */
void plan_carry_out(const char *file)
{
	bool private = secret_words_private;
	const char *outer_file = fail_file;
	unsigned int outer_line = fail_line, what, i;

	secret_words_private = true;
	fail_whole_begin(undo);
	for (what = ADD; what <= DEL; what++) {
		for (i = 0; i < steps_n; i++) {
			if (steps[i].what != what)
				continue;
			fail_file = file;
			fail_line = steps[i].line;
			carry_out(&steps[i]);
		}
	}
	fail_file = outer_file;
	fail_line = outer_line;
	secret_words_private = private;
	explicit_bzero(&sentence, sizeof(sentence));
	steps_n = 0;
	made_n = 0;
	fail_whole_end();
}
