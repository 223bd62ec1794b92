// SPDX-License-Identifier: GPL-2.0
/* ksrtp sdp: the sessions of a call, from its offer and answer. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "direction.h"
#include "flow.h"
#include "mikey_words.h"
#include "sdp_print.h"
#include "lib/agreed_mikey.h"
#include "lib/complaint.h"
#include "lib/description.h"
#include "lib/plan.h"
#include "util/fail.h"
#include "util/genl.h"
#include "util/secret.h"

static const char sdp_help[] =
	"Usage: ksrtp sdp [ add ] local FILE remote FILE [ ADDRESSES ] [ SETTINGS ]\n"
	"                     [ MIKEY ] [ dry-run ]\n"
	"       ksrtp sdp set local FILE remote FILE\n"
	"                     [ old-local FILE ] [ old-remote FILE ]\n"
	"                     [ ADDRESSES ] [ SETTINGS ] [ linger MS ] [ MIKEY ]\n"
	"                     [ dry-run ]\n"
	"       ksrtp sdp del local FILE remote FILE [ ADDRESSES ] [ dev IFNAME ]\n"
	"                     [ MIKEY ] [ dry-run ]\n"
	"\n"
	"ADDRESSES := [ local-address [ADDR=]{ ADDR | any } ]...\n"
	"             [ remote-address [ADDR=]{ ADDR | any } ]...\n"
	"SETTINGS := [ dev IFNAME ] [ owned ] [ max-streams N ]\n"
	"            [ stream-timeout SECONDS ] [ send DIRECTION ] [ recv DIRECTION ]\n"
	"DIRECTION := [ replay-window N ] [ soft-limit PERCENT ] [ overlap MS ]\n"
	"             [ encrypted-extensions LIST ] [ cryptex { off | on | accept } ]\n"
	"             [ rcc-mode { off | 1 | 2 | 3 } ] [ rcc-rate N ]\n"
	"             [ initial-roc N ] [ roc-search N ] [ repair-types LIST ]\n"
	"             [ counters { continue | restart | peer } ] [ repeat N ]\n"
	"             [ used-key ] [ short-srtcp-tag { on | off } ]\n"
	"             [ kdf-aes-256 { on | off } ]\n"
	"MIKEY := [ { psk-file { FILE | - } | psk-ring { SERIAL | user:DESCRIPTION } |\n"
	"             insecure-psk TEXT | psk TEXT } ]\n"
	"         [ own-key FILE own-cert FILE ] [ trust FILE ] [ exchange FILE ]\n"
	"         [ clock-skew { SECONDS | none } ] [ raw-tgk ]\n"
	"\n"
	"Sessions of a call, by the SDP that this side has sent, and that it has\n"
	"got; either may be the offer. set is for a new offer and answer, or another\n"
	"answer to an offer, and takes those before as the old ones; what has stayed\n"
	"may be left out.\n"
	"ADDRESSES are those that packets have on this host, where SDP has others:\n"
	"behind address translation, or with several addresses. Before = stands\n"
	"the one of SDP that it is for; without it, each is meant.\n"
	"SETTINGS are for all sessions of the call, as ksrtp session has them.\n"
	"MIKEY is for messages a=key-mgmt:mikey: a pre-shared key in hex or base64,\n"
	"or own key, own certificate and trusted certificates in PEM. exchange has the\n"
	"secret of this side's message, from ksrtp mikey. clock-skew is how far the\n"
	"peer's clock may differ; raw-tgk uses a TGK as TEK.\n"
	"dry-run prints the commands of ksrtp session, without keys.\n";

/* Descriptions contain keys. Static, so that they can be wiped. */
static struct call call, old;

static struct plan plan;

/* Secrets for MIKEY. The replay cache lasts for a batch. */
static struct mikey_words mikey;

static struct files {
	const char *local, *remote, *old_local, *old_remote;
	struct translations translations;
	bool dry;
} files;

/* Settings in addition to SDP, as text and parsed. */
static struct sdp_said said;
static struct ksrtp_session settings;
static struct direction send_words, recv_words;

#define TIMEOUT_MAX (365 * 86400)

/* Settings of a session, and the commands that accept them. */
static const struct setting {
	const char *name;
	unsigned int attr;
	uint32_t min, max;
	bool only_set;
} session_words[] = {
	{ "max-streams", KSRTP_A_SESSION_MAX_STREAMS, 1, KSRTP_STREAMS_MAX,
	  false },
	{ "stream-timeout", KSRTP_A_SESSION_STREAM_TIMEOUT, 0, TIMEOUT_MAX,
	  false },
	{ "linger", KSRTP_A_SESSION_LINGER, 1, KSRTP_OVERLAP_MAX, true },
};

/* Settings of a direction. */
static const struct {
	const char *name;
	bool goes_with_key;
} direction_words[] = {
	{ "replay-window", false }, { "soft-limit", true }, { "overlap", true },
	{ "encrypted-extensions", false }, { "cryptex", false },
	{ "rcc-mode", false }, { "rcc-rate", false }, { "initial-roc", false },
	{ "roc-search", false }, { "repair-types", false }, { "counters", false },
	{ "repeat", false }, { "short-srtcp-tag", false },
	{ "kdf-aes-256", false },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Fail if the library did, with the place in a file or the kernel's message. */
static void must(int ret, const struct complaint *complaint)
{
	if (!ret)
		return;
	if (complaint->file) {
		fail_file = complaint->file;
		fail_line = complaint->line;
	}
	place_enter("%s", complaint->place + (*complaint->place == ' '));
	fail(ret == -EINVAL && !complaint->refused ? KSRTP_USAGE : KSRTP_REFUSED,
	     "%s", complaint->text);
}

static bool take_address(struct args *args, const char *word,
			 struct translation *translation)
{
	struct complaint complaint = { 0 };

	if (!args_take(args, word))
		return false;
	complaint_enter(&complaint, "%s", word);
	must(translation_add(translation, args_value(args, word), &complaint),
	     &complaint);
	return true;
}

/* Store a word and a copy of its value, before that is parsed. */
static void note(struct sdp_words *words, const struct args *args,
		 const char *name, bool goes_with_key)
{
	/* one given twice is refused by the parser */
	if (words->n == COUNT(words->word))
		return;
	words->word[words->n].name = name;
	snprintf(words->word[words->n].value,
		 sizeof(words->word[words->n].value), "%s",
		 args->word[1] ? args->word[1] : "");
	words->word[words->n++].goes_with_key = goes_with_key;
}

static bool take_session_word(struct args *args, bool is_set)
{
	const struct setting *word;
	struct value *value;

	for (word = session_words; word < &session_words[COUNT(session_words)];
	     word++) {
		if ((word->only_set && !is_set) || !args_next(args, word->name))
			continue;
		/* this one is not a setting of a session, but of moves */
		if (!word->only_set)
			note(&said.session, args, word->name, false);
		args_take(args, word->name);
		value = &settings.values[word->attr];
		args_once(&value->given, word->name);
		value->number = args_number(args, word->name, word->min,
					    word->max);
		said.max_streams |= word->attr == KSRTP_A_SESSION_MAX_STREAMS;
		return true;
	}
	return false;
}

static bool take_used_key(struct args *args, struct direction *direction)
{
	struct value *value =
		&direction->values[KSRTP_A_DIRECTION_UNUSED_KEY];

	if (!args_take(args, "used-key"))
		return false;
	args_once(&value->given, "used-key");
	if (direction == &send_words)
		usage("used-key: is for recv");
	return true;
}

static bool take_direction_word(struct args *args, struct direction *direction)
{
	bool send = direction == &send_words;
	size_t i;

	if (take_used_key(args, direction))
		return true;
	for (i = 0; i < COUNT(direction_words); i++) {
		if (!args_next(args, direction_words[i].name))
			continue;
		note(send ? &said.send : &said.recv, args,
		     direction_words[i].name, direction_words[i].goes_with_key);
		direction_parse(direction, args);
		if (!strcmp(direction_words[i].name, "overlap") && send)
			usage("overlap: is for recv");
		said.overlap |= !strcmp(direction_words[i].name, "overlap");
		return true;
	}
	return false;
}

static bool take_dev(struct args *args)
{
	struct flow flow = { 0 };

	if (!args_next(args, "dev"))
		return false;
	flow.has_dev = said.dev;
	flow_parse_link(&flow, args);
	said.dev = args->word[-1];
	value_number(&settings.values[KSRTP_A_SESSION_IFINDEX], flow.ifindex);
	return true;
}

/* Take a setting, or the name of the direction of the following ones. */
static bool take_setting(struct args *args, struct direction **direction,
			 bool is_set)
{
	static struct direction *const directions[] = {
		&send_words, &recv_words,
	};
	size_t i;

	if (take_session_word(args, is_set))
		return true;
	if (args_take(args, "owned")) {
		args_once(&plan.owned, "owned");
		return true;
	}
	for (i = 0; i < COUNT(directions); i++)
		if (args_take(args, directions[i]->name)) {
			*direction = directions[i];
			args_once(&(*direction)->values[0].given,
				  (*direction)->name);
			return true;
		}
	return *direction && take_direction_word(args, *direction);
}

static void files_parse(struct args *args, const char *command, bool has_old,
			bool has_settings)
{
	struct direction *direction = NULL;

	memset(&files, 0, sizeof(files));
	memset(&said, 0, sizeof(said));
	memset(&settings, 0, sizeof(settings));
	memset(&send_words, 0, sizeof(send_words));
	memset(&recv_words, 0, sizeof(recv_words));
	direction_begin(&send_words, KSRTP_DIRECTION_SEND, &settings);
	direction_begin(&recv_words, KSRTP_DIRECTION_RECV, &settings);
	plan.settings = &settings;
	mikey_words_begin(&mikey);
	while (*args->word) {
		if (args_text(args, "local", &files.local) ||
		    args_text(args, "remote", &files.remote) ||
		    take_address(args, "local-address",
				 &files.translations.local) ||
		    take_address(args, "remote-address",
				 &files.translations.remote) ||
		    take_dev(args) || mikey_words_take(&mikey, args) ||
		    (has_settings && take_setting(args, &direction, has_old)))
			continue;
		if (has_old && (args_text(args, "old-local", &files.old_local) ||
				args_text(args, "old-remote",
					  &files.old_remote)))
			continue;
		if (!args_take(args, "dry-run"))
			args_end(args);
		args_once(&files.dry, "dry-run");
	}
	mikey_words_read(&mikey);
	if (!files.local || !files.remote)
		usage("sdp %s: needs local and remote", command);
	if (has_old && !files.old_local && !files.old_remote)
		usage("sdp %s: needs old-local or old-remote", command);
	/* a description that is not given is unchanged */
	if (!files.old_local)
		files.old_local = files.local;
	if (!files.old_remote)
		files.old_remote = files.remote;
}

/* Unbuffered, since nobody would wipe the buffer. */
static void read_text(struct sdp *sdp, const char *file)
{
	size_t len = 0;
	ssize_t n;
	int fd;

	sdp->file = file;
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		usage("sdp: %s: %s", file, strerror(errno));
	secret_warn(fd, file);
	do {
		n = read(fd, sdp->text + len, sizeof(sdp->text) - len);
		if (n < 0)
			usage("sdp: %s: %s", file, strerror(errno));
		len += n;
		if (len == sizeof(sdp->text))
			usage("sdp: %s: longer than %d bytes", file,
			      SDP_SIZE - 1);
	} while (n);
	close(fd);
	sdp->text[len] = '\0';
	if (!len)
		usage("sdp: %s: empty", file);
	if (strlen(sdp->text) != len)
		usage("sdp: %s: not text", file);
}

static void read_call(struct call *into, const char *local, const char *remote)
{
	struct complaint complaint = { 0 };

	explicit_bzero(into, sizeof(*into));
	into->translations = &files.translations;
	into->mikey = &mikey.with;
	read_text(&into->local, local);
	read_text(&into->remote, remote);
	must(call_read(into, &complaint), &complaint);
}

/* Carry out the plan. If the call @takes messages, cache them. */
static void finish(bool takes)
{
	struct complaint complaint = { 0 };

	if (files.dry) {
		sdp_print(&plan, &said);
	} else {
		fail_whole_begin(NULL);
		must(plan_carry_out(&plan, genl_handle(), &complaint),
		     &complaint);
		fail_whole_end();
		if (takes)
			agreed_mikey_note(&call, &mikey.with);
	}
	mikey_words_end(&mikey);
	explicit_bzero(&call, sizeof(call));
	explicit_bzero(&old, sizeof(old));
	memset(&plan, 0, sizeof(plan));
}

static void sdp_add(struct args *args)
{
	struct complaint complaint = { 0 };

	files_parse(args, "add", false, true);
	read_call(&call, files.local, files.remote);
	must(agreed_mikey_check_new(&call, NULL, &complaint), &complaint);
	plan_add_call(&plan, &call);
	if (!plan.n)
		warn("%s has no media section that needs a session", files.local);
	finish(true);
}

static void sdp_set(struct args *args)
{
	struct complaint complaint = { 0 };

	files_parse(args, "set", true, true);
	read_call(&call, files.local, files.remote);
	read_call(&old, files.old_local, files.old_remote);
	must(agreed_mikey_check_new(&call, &old, &complaint), &complaint);
	must(plan_change_call(&plan, genl_handle(), &call, &old, &complaint),
	     &complaint);
	finish(true);
}

static void sdp_del(struct args *args)
{
	struct complaint complaint = { 0 };

	files_parse(args, "del", false, false);
	read_call(&call, files.local, files.remote);
	must(plan_del_call(&plan, genl_handle(), &call, &complaint),
	     &complaint);
	finish(false);
}

/* Does it start with arguments of add, but without that word? */
static bool is_add(const struct args *args)
{
	static const char *const first[] = {
		"local", "remote", "local-address", "remote-address", "dry-run",
		"dev", "owned", "max-streams", "stream-timeout", "send", "recv",
		"psk-file", "psk-ring", "insecure-psk", "psk", "clock-skew",
		"raw-tgk", "own-key", "own-cert", "trust", "exchange",
	};
	size_t i;

	for (i = 0; i < COUNT(first); i++)
		if (args_next(args, first[i]))
			return true;
	return false;
}

void sdp_command(struct args *args)
{
	if (args_take(args, "help"))
		fputs(sdp_help, stdout);
	else if (args_take(args, "add") || is_add(args))
		sdp_add(args);
	else if (args_take(args, "set"))
		sdp_set(args);
	else if (args_take(args, "del"))
		sdp_del(args);
	else if (!*args->word)
		usage("sdp: command missing");
	else
		usage("sdp: unknown command '%s'", *args->word);
}
