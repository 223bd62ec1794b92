// SPDX-License-Identifier: GPL-2.0
/* ksrtp mikey: show and make MIKEY messages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "direction.h"
#include "mikey_json.h"
#include "mikey_words.h"
#include "lib/complaint.h"
#include "lib/libksrtp.h"
#include "util/fail.h"
#include "util/output.h"
#include "util/secret.h"

static const char mikey_help[] =
	"Usage: ksrtp mikey show MESSAGE [ MIKEY ]\n"
	"       ksrtp mikey make { suite SUITE KEY [ mki HEX ] [ SETTINGS ] | SDES |\n"
	"                          suite SUITE { dh { 5 | 2 | 1 } | rsa-r } [ SETTINGS ] }\n"
	"                        [ ssrc X [ roc N ] ]... [ salt ] [ verify ]\n"
	"                        [ tag-as-key ] [ uri URI ] [ MIKEY ]\n"
	"       ksrtp mikey answer MESSAGE [ report ] [ uri URI ] [ MIKEY ]\n"
	"\n"
	"MESSAGE := { mikey-file { FILE | - } | mikey-ring { SERIAL | user:DESCRIPTION } |\n"
	"             insecure-mikey TEXT | mikey TEXT }\n"
	"MIKEY := [ { psk-file { FILE | - } | psk-ring { SERIAL | user:DESCRIPTION } |\n"
	"             insecure-psk TEXT | psk TEXT } ]\n"
	"         [ own-key FILE own-cert FILE ] [ trust FILE ] [ peer-cert FILE ]\n"
	"         [ own-id TEXT ] [ peer-id TEXT ] [ exchange FILE ]\n"
	"         [ clock-skew { SECONDS | none } ] [ raw-tgk ]\n"
	"KEY := { key-file { FILE | - } | key-ring RING | insecure-key TEXT | key TEXT }\n"
	"SDES := { sdes-file { FILE | - } | sdes-ring RING | insecure-sdes LINE |\n"
	"          sdes LINE }\n"
	"SETTINGS := [ kdr N ] [ unencrypted-srtp SWITCH ] [ unencrypted-srtcp SWITCH ]\n"
	"            [ unauthenticated-srtp SWITCH ] [ rcc-mode { off | 1 | 2 | 3 } ]\n"
	"            [ rcc-rate N ]\n"
	"\n"
	"A message is base64, a line a=key-mgmt:mikey of SDP, or RTSP's KeyMgmt:.\n"
	"show prints the contents of a message without its keys. make prints a line\n"
	"a=key-mgmt:, or with uri a header KeyMgmt:. It contains the keys in the clear\n"
	"unless a pre-shared key or the peer's certificate is given. With dh both sides\n"
	"make the keys (Diffie-Hellman in an Oakley group), with rsa-r the peer does;\n"
	"its answer is needed for them. answer prints the answer to a message. Both\n"
	"write the secret of the message to the new file exchange, for ksrtp sdp.\n"
	"With report, an error message is printed if the message is refused.\n";

#define SOURCES_MAX 32

static const struct secret_kind message_kind = SECRET_KIND("message", "mikey");

/* Static, so that they are wiped however the program ends. */
static struct mikey_words words = { .makes = true };
static struct ksrtp_session session;
static struct direction send_words;
static char message[MIKEY_TEXT_SIZE + 4096], text[MIKEY_TEXT_SIZE],
	    header[MIKEY_TEXT_SIZE + 4096];
static bool has_message, reports;
static const char *uri;

static void begin(void)
{
	mikey_words_begin(&words);
	explicit_bzero(&session, sizeof(session));
	explicit_bzero(&send_words, sizeof(send_words));
	direction_begin(&send_words, KSRTP_DIRECTION_SEND, &session);
	has_message = false;
	reports = false;
	uri = NULL;
}

static void end(void)
{
	mikey_words_end(&words);
	explicit_bzero(&session, sizeof(session));
	explicit_bzero(message, sizeof(message));
	explicit_bzero(text, sizeof(text));
	explicit_bzero(header, sizeof(header));
}

static void must(int ret)
{
	if (ret)
		usage("%s", words.with.error);
}

static void take_message(struct args *args, const char *command, bool has_uri)
{
	begin();
	while (*args->word) {
		if (has_uri && args_take(args, "report"))
			args_once(&reports, "report");
		else if (!secret_parse(&message_kind, args, &has_message,
				       message, sizeof(message), NULL) &&
			 !mikey_words_take(&words, args) &&
			 !(has_uri && args_text(args, "uri", &uri)))
			args_end(args);
	}
	/* an answer has a secret, what is shown has been given one */
	words.saves = has_uri;
	mikey_words_read(&words);
	if (!has_message)
		usage("mikey %s: needs a message", command);
}

static void mikey_show(struct args *args)
{
	struct complaint complaint = { 0 };
	char refused[512];
	json_t *list;
	int ret;

	take_message(args, "show", false);
	list = json_array();
	ret = mikey_json(message, &words.with, list, &complaint);
	if (json_array_size(list))
		output_list(list, mikey_print);
	json_decref(list);
	end();
	complaint_tell(&complaint, refused, sizeof(refused));
	if (ret)
		usage("%s", refused);
}

/* Print a line of SDP, or RTSP's header. */
static void print_text(void)
{
	if (!*text)
		return;
	if (!uri) {
		printf("a=key-mgmt:mikey %s\n", text);
		return;
	}
	must(ksrtp_mikey_header(&words.with, text, uri, header,
				sizeof(header)));
	printf("KeyMgmt: %s\n", header);
}

/* Words of a direction that a message can express. */
static bool take_direction_word(struct args *args)
{
	static const char *const known[] = {
		"suite", "key-file", "key-ring", "insecure-key", "key", "mki",
		"sdes-file", "sdes-ring", "insecure-sdes", "sdes", "kdr",
		"unencrypted-srtp", "unencrypted-srtcp", "unauthenticated-srtp",
		"rcc-mode", "rcc-rate",
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (args_next(args, known[i]))
			return direction_parse(&send_words, args);
	return false;
}

struct make {
	struct ksrtp_mikey_cs cs[SOURCES_MAX];
	size_t n;
	bool has_roc, salt, verify, tag_as_key, dh, rsa_r;
};

static bool take_mode(struct make *make, struct args *args)
{
	if (args_take(args, "dh")) {
		args_once(&make->dh, "dh");
		switch (args_number(args, "dh", 1, 5)) {
		case 5:
			words.with.group = MIKEY_OAKLEY_5;
			break;
		case 2:
			words.with.group = MIKEY_OAKLEY_2;
			break;
		case 1:
			words.with.group = MIKEY_OAKLEY_1;
			break;
		default:
			usage("dh: group is none of 5, 2 and 1");
		}
	} else if (args_take(args, "rsa-r")) {
		args_once(&make->rsa_r, "rsa-r");
	} else {
		return false;
	}
	return true;
}

/* The keys of an exchange are of nobody beforehand. */
static void check_mode(const struct make *make)
{
	const char *mode = make->dh ? "dh" : "rsa-r";

	if (!make->dh && !make->rsa_r)
		return;
	if (make->dh && make->rsa_r)
		usage("mikey make: either dh or rsa-r");
	if (send_words.text.given || session.sdes[send_words.id].given ||
	    send_words.values[KSRTP_A_DIRECTION_MKI].given)
		usage("%s: takes a suite, and no key or mki", mode);
	if (make->salt)
		usage("%s: salt is for keys", mode);
	if (make->dh && !words.exchange)
		usage("dh: needs exchange, a file for the secret of the message");
}

static bool take_source(struct make *make, struct args *args)
{
	if (args_take(args, "ssrc")) {
		if (make->n == SOURCES_MAX)
			usage("ssrc: more than %d", SOURCES_MAX);
		make->cs[make->n++].ssrc = args_number(args, "ssrc", 0,
						       UINT32_MAX);
		make->has_roc = false;
	} else if (args_take(args, "roc")) {
		args_once(&make->has_roc, "roc");
		make->n += !make->n;
		make->cs[make->n - 1].roc = args_number(args, "roc", 0,
							UINT32_MAX);
	} else {
		return false;
	}
	return true;
}

static void mikey_make_message(struct args *args)
{
	struct make make = { .n = 0 };

	begin();
	while (*args->word) {
		if (take_source(&make, args) || take_mode(&make, args) ||
		    take_direction_word(args) ||
		    mikey_words_take(&words, args) || args_text(args, "uri", &uri))
			continue;
		if (args_take(args, "salt"))
			args_once(&make.salt, "salt");
		else if (args_take(args, "verify"))
			args_once(&make.verify, "verify");
		else if (args_take(args, "tag-as-key"))
			args_once(&make.tag_as_key, "tag-as-key");
		else
			args_end(args);
	}
	words.saves = true;
	mikey_words_read(&words);
	if (!direction_has_keys(&send_words))
		usage("mikey make: needs suite and key, or a crypto line");
	check_mode(&make);
	direction_resolve(&send_words);
	must(ksrtp_mikey_offer(&words.with, &session, KSRTP_DIRECTION_SEND,
			       make.cs, make.n ? make.n : 1,
			       (make.salt ? KSRTP_MIKEY_SALT : 0) |
			       (make.verify ? KSRTP_MIKEY_VERIFY : 0) |
			       (make.tag_as_key ? KSRTP_MIKEY_TAG_AS_KEY : 0) |
			       (make.dh ? KSRTP_MIKEY_DH : 0) |
			       (make.rsa_r ? KSRTP_MIKEY_RSA_R : 0),
			       text, sizeof(text)));
	if (words.exchange)
		mikey_words_save(&words);
	print_text();
	end();
}

/* The sender is told why a message is refused, and so is the user. */
static void check_message(void)
{
	char reason[sizeof(words.with.error)];

	if (!ksrtp_mikey_refuse(&words.with, message, text, sizeof(text)))
		return;
	strcpy(reason, words.with.error);
	print_text();
	fflush(stdout);
	usage("%s", reason);
}

static void mikey_answer(struct args *args)
{
	take_message(args, "answer", true);
	if (reports)
		check_message();
	must(ksrtp_mikey_answer(&words.with, message, text, sizeof(text)));
	mikey_words_save(&words);
	print_text();
	end();
}

void mikey_command(struct args *args)
{
	if (args_take(args, "help"))
		fputs(mikey_help, stdout);
	else if (args_take(args, "show"))
		mikey_show(args);
	else if (args_take(args, "make"))
		mikey_make_message(args);
	else if (args_take(args, "answer"))
		mikey_answer(args);
	else if (!*args->word)
		usage("mikey: command missing");
	else
		usage("mikey: unknown command '%s'", *args->word);
}
