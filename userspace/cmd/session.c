// SPDX-License-Identifier: GPL-2.0
/* ksrtp session: create, change, show and delete sessions. */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "agreed.h"
#include "commands.h"
#include "direction.h"
#include "flow.h"
#include "relay.h"
#include "show.h"
#include "lib/libksrtp.h"
#include "util/fail.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"
#include "util/suites.h"

static const char session_help[] =
	"Usage: ksrtp session add FLOW [ RTCP ] [ owned ] [ parked ] [ STREAMS ]\n"
	"                         [ RELAYS ] [ AGREED ] [ send DIRECTION ]\n"
	"                         [ recv DIRECTION ]\n"
	"       ksrtp session replace FLOW [ RTCP ] [ owned ] [ STREAMS ] [ RELAYS ]\n"
	"                         [ AGREED ] [ send DIRECTION ] [ recv DIRECTION ]\n"
	"       ksrtp session set { id N | FLOW } [ move FLOW [ RTCP ] [ linger MS ] ]\n"
	"                         [ parked ] [ STREAMS ] [ RELAYS ] [ AGREED ]\n"
	"                         [ send DIRECTION ] [ recv DIRECTION ]\n"
	"       ksrtp session del { id N | FLOW }\n"
	"       ksrtp session show [ id N | FLOW ] [ CHOICE ]\n"
	"       ksrtp session flush [ FLOW ]\n"
	"\n"
	"CHOICE := [ suite SUITE ] [ owned ] [ orphaned ] [ pending ] [ dropping ]\n"
	"        [ sort { id | local | remote | streams | sent | received |\n"
	"                 packets | dropped } ] [ reverse ] [ first N ]\n"
	"        [ brief | top ]\n"
	"        as -B and -t do; with -t or top, which show them again and again,\n"
	"        [ interval SECONDS ] [ count N ]\n"
	"FLOW := [ local ADDR[:PORT] ] [ remote ADDR[:PORT] ] [ dev IFNAME ]\n"
	"        [ family { inet | inet6 } ] [ ssrc X ]\n"
	"ADDR := { IPV4 | IPV6 | [IPV6] | any }\n"
	"RTCP := { rtcp-mux | [ local-rtcp-port N ] [ remote-rtcp-port N ] }\n"
	"STREAMS := [ max-streams N ] [ stream-timeout SECONDS ] [ lease ID ]\n"
	"RELAYS := { no-relay | relay RELAY [ relay RELAY ]... }\n"
	"RELAY := [ local ADDR:PORT [ remote ADDR:PORT ] [ RTCP ] ]\n"
	"        [ types LIST ] [ ssrcs X[,X]... ]\n"
	"        local is where an application sends to, remote where it receives;\n"
	"        types and ssrcs tell its media from those of other relays\n"
	"AGREED := { dtls { client | server } profile PROFILE KEY [ mki HEX ] |\n"
	"            zrtp { initiator | responder } cipher { AES1 | AES2 | AES3 }\n"
	"            auth-tag { HS32 | HS80 } KEY }\n"
	"        PROFILE of DTLS-SRTP by name or number; KEY is what its exporter\n"
	"        gives, or srtpkeyi, srtpsalti, srtpkeyr and srtpsaltr of ZRTP\n"
	"DIRECTION := [ { suite SUITE [ KEY [ OF-KEY ] ] | SDES } ]\n"
	"        [ replay-window N ]\n"
	"        [ kdr N ] [ unencrypted-srtp SWITCH ]\n"
	"        [ unencrypted-srtcp SWITCH ] [ unauthenticated-srtp SWITCH ]\n"
	"        [ encrypted-extensions LIST ] [ cryptex { off | on | accept } ]\n"
	"        [ rcc-mode { off | 1 | 2 | 3 } ] [ rcc-rate N ]\n"
	"        [ initial-roc N ] [ roc-search N ] [ repair-types LIST ]\n"
	"        [ counters { continue | restart | peer } ]\n"
	"        [ repeat N ] [ short-srtcp-tag SWITCH ] [ kdf-aes-256 SWITCH ]\n"
	"        [ EKT ] [ BLOCKS ] [ report N ]\n"
	"KEY := { key-file { FILE | - } | key-ring RING | insecure-key TEXT |\n"
	"         key TEXT }\n"
	"       master key and salt as hex, base64 or inline:base64;\n"
	"       key only in a batch, which others cannot see\n"
	"RING := { SERIAL | user:DESCRIPTION | logon:DESCRIPTION }\n"
	"EKT := { [ ekt-spi N EKT-KEY ] [ ekt-interval N ] [ ekt-rate N ] |\n"
	"         ekt-off }\n"
	"EKT-KEY := { ekt-key-file { FILE | - } | ekt-key-ring RING |\n"
	"             insecure-ekt-key TEXT | ekt-key TEXT }\n"
	"       EKT key and master salt, RFC 8870, as hex or base64\n"
	"BLOCKS := [ rtp-block N ] [ srtcp-block N ] [ srtcp-start N ]\n"
	"SDES := { sdes-file { FILE | - } | sdes-ring { SERIAL | user:DESCRIPTION } |\n"
	"          insecure-sdes LINE | sdes LINE } [ fec ]\n"
	"        [ soft-limit PERCENT ] [ overlap MS ] [ unused-key ]\n"
	"        [ restart-counters ]\n"
	"        a line a=crypto:... of SDP, RFC 4568; fec for its FEC_KEY;\n"
	"        sdes only in a batch\n"
	"OF-KEY := [ mki HEX ] [ LIFETIME ] [ soft-limit PERCENT ]\n"
	"          [ overlap MS ] [ unused-key ] [ restart-counters ]\n"
	"LIFETIME := { lifetime N | [ rtp-lifetime N ] [ rtcp-lifetime N ] }\n"
	"SWITCH := { on | off }\n"
	"LIST := { none | N[-N][,...] }\n"
	"Numbers of a direction may be written as powers: 2^20.\n"
	"\n"
	"replace makes a session as add does, in the place of that of the same\n"
	"flow if there is one. What follows move is where a session is to be\n"
	"found from now on; with linger it is found where it was, too, for so long.\n"
	"One that is parked is found by no packet until it moves.\n"
	"\n"
	"An owned session loses its keys, and drops all, once the batch that\n"
	"made it ends; for programs that keep ksrtp -b - running.\n";

/* Static, so that they can be wiped however the program ends. */
static struct ksrtp_session session;
static struct direction send_words, recv_words;
static struct agreed agreed;

/* Flow that identifies the session, and the flow it moves to. */
static struct flow flow, move;

static struct relay_words relay_words;

/* Arguments that a command accepts. */
enum {
	TAKES_ID = 1, TAKES_BIRTH = 2, TAKES_POLICY = 4, TAKES_CHOICE = 8,
	TAKES_MOVE = 16,
};

/* Selection of sessions to show. */
static struct choice choice;

#define TIMEOUT_MAX (365 * 86400)

/* Keywords with a number, or flags. */
static const struct word {
	const char *word;
	int takes;
	unsigned int attr;
	bool is_flag;
	uint32_t min, max;
} words[] = {
	{ "id", TAKES_ID, KSRTP_A_SESSION_ID, false, 1, UINT32_MAX },
	{ "rtcp-mux", TAKES_BIRTH, KSRTP_A_SESSION_RTCP_MUX, true, 0, 0 },
	{ "local-rtcp-port", TAKES_BIRTH, KSRTP_A_SESSION_LOCAL_RTCP_PORT,
	  false, 1, 65535 },
	{ "remote-rtcp-port", TAKES_BIRTH, KSRTP_A_SESSION_REMOTE_RTCP_PORT,
	  false, 1, 65535 },
	{ "parked", TAKES_BIRTH | TAKES_MOVE, KSRTP_A_SESSION_PARKED, true,
	  0, 0 },
	{ "linger", TAKES_MOVE, KSRTP_A_SESSION_LINGER,
	  false, 1, KSRTP_OVERLAP_MAX },
	{ "owned", TAKES_BIRTH, KSRTP_A_SESSION_OWNED, true, 0, 0 },
	{ "max-streams", TAKES_POLICY, KSRTP_A_SESSION_MAX_STREAMS,
	  false, 1, KSRTP_STREAMS_MAX },
	{ "stream-timeout", TAKES_POLICY, KSRTP_A_SESSION_STREAM_TIMEOUT,
	  false, 0, TIMEOUT_MAX },
	{ "lease", TAKES_POLICY, KSRTP_A_SESSION_LEASE,
	  false, 0, UINT32_MAX },
};

#define WORDS (sizeof(words) / sizeof(*words))

/* RTCP's ports, for a session that moves. */
static const struct word move_words[] = {
	{ "rtcp-mux", TAKES_MOVE, .attr = KSRTP_A_FLOW_RTCP_MUX,
	  .is_flag = true },
	{ "local-rtcp-port", TAKES_MOVE, .attr = KSRTP_A_FLOW_LOCAL_RTCP_PORT,
	  .min = 1, .max = 65535 },
	{ "remote-rtcp-port", TAKES_MOVE, .attr = KSRTP_A_FLOW_REMOTE_RTCP_PORT,
	  .min = 1, .max = 65535 },
};

#define MOVE_WORDS (sizeof(move_words) / sizeof(*move_words))

static bool word_take(const struct word *word, size_t n, struct value *values,
		      struct args *args, int takes)
{
	const struct word *end = word + n;
	struct value *value;

	while (word < end && (!(takes & word->takes) ||
			      !args_take(args, word->word)))
		word++;
	if (word == end)
		return false;
	value = &values[word->attr];
	args_once(&value->given, word->word);
	value->number = word->is_flag ? 1 : args_number(args, word->word,
							word->min, word->max);
	return true;
}

/* Flow arguments behind "move" are those of the new flow. */
static bool move_parse(bool *moves, struct args *args, int takes)
{
	if (takes & TAKES_MOVE && args_take(args, "move")) {
		args_once(moves, "move");
		relay_end(&relay_words);
		return true;
	}
	if (!*moves)
		return flow_parse(&flow, args);
	return flow_parse(&move, args) ||
	       word_take(move_words, MOVE_WORDS, session.move, args, takes);
}

/* A direction is given if it is named, even without arguments. */
static bool direction_take(struct direction *direction, struct args *args)
{
	if (!args_take(args, direction->name))
		return false;
	args_once(&direction->values[0].given, direction->name);
	return true;
}

/* Formats of show may also be given behind it. */
static bool form_take(struct args *args)
{
	if (args_take(args, "brief"))
		output_brief = true;
	else if (args_take(args, "top"))
		output_top = true;
	else
		return false;
	output_check(fail_file);
	return true;
}

static void session_parse(struct args *args, int takes)
{
	struct direction *direction = NULL;
	bool moves = false;

	explicit_bzero(&session, sizeof(session));
	explicit_bzero(&agreed, sizeof(agreed));
	explicit_bzero(&send_words, sizeof(send_words));
	explicit_bzero(&recv_words, sizeof(recv_words));
	memset(&flow, 0, sizeof(flow));
	memset(&move, 0, sizeof(move));
	memset(&relay_words, 0, sizeof(relay_words));
	direction_begin(&send_words, KSRTP_DIRECTION_SEND, &session);
	direction_begin(&recv_words, KSRTP_DIRECTION_RECV, &session);
	while (*args->word) {
		if (takes & TAKES_POLICY &&
		    relay_parse(&relay_words, &session.relays, args))
			continue;
		if (move_parse(&moves, args, takes) ||
		    word_take(words, WORDS, session.values, args, takes))
			continue;
		if (takes & TAKES_CHOICE && (form_take(args) ||
					     choice_parse(&choice, args) ||
					     top_parse(args)))
			continue;
		if (!(takes & TAKES_POLICY))
			args_end(args);
		if (direction_take(&send_words, args))
			direction = &send_words;
		else if (direction_take(&recv_words, args))
			direction = &recv_words;
		else if (agreed_parse(&agreed, args))
			direction = NULL;
		else if (direction ? !direction_parse(direction, args) :
				     !agreed_parse_part(&agreed, args))
			args_end(args);
	}
	relay_end(&relay_words);
	if (session.values[KSRTP_A_SESSION_ID].given && flow_given(&flow))
		usage("id: cannot be combined with a flow");
	if (moves && !flow_given(&move))
		usage("move: needs the new flow");
	if (!moves && session.values[KSRTP_A_SESSION_LINGER].given)
		usage("linger: goes with move");
	flow_describe(&flow, &session);
	flow_describe_move(&move, &session);
}

/* Convert what was given to keys. */
static void resolve(void)
{
	const struct sdes *sdes = session.sdes;
	struct complaint complaint = { 0 };

	agreed_resolve(&agreed, &send_words, &recv_words);
	direction_resolve(&send_words);
	direction_resolve(&recv_words);
	if (sdes[KSRTP_DIRECTION_SEND].given &&
	    sdes[KSRTP_DIRECTION_RECV].given &&
	    sdes_agree(&sdes[KSRTP_DIRECTION_SEND], &sdes[KSRTP_DIRECTION_RECV],
		       &complaint))
		usage("sdes: %s", complaint.text);
}

static struct nlmsghdr *session_request(int cmd)
{
	struct nlmsghdr *nlh;

	/* answers contain suite numbers; read their names beforehand */
	suites_read();
	nlh = genl_request(cmd, &session_set);
	description_put(&session, nlh);
	return nlh;
}

/* Wipe the keys after use. */
static void wipe(void)
{
	explicit_bzero(&session, sizeof(session));
	explicit_bzero(&send_words, sizeof(send_words));
	explicit_bzero(&recv_words, sizeof(recv_words));
}

void session_print(json_t *object)
{
	char dev[IF_NAMESIZE], text[OUTPUT_ENDPOINT];

	printf("%lld:", output_number(object, "id"));
	if (*output_local(object, text))
		printf(" local %s", output_local(object, text));
	if (*output_remote(object, text))
		printf(" remote %s", output_remote(object, text));
	if (output_number(object, "ifindex"))
		printf(" dev %s", output_dev(object, dev));
	if (!output_string(object, "local-address") &&
	    !output_string(object, "remote-address") && output_string(object, "family"))
		printf(" family %s", output_string(object, "family"));
	if (output_string(object, "ssrc"))
		printf(" ssrc %s", output_string(object, "ssrc"));
	if (json_object_get(object, "rtcp-mux"))
		printf(" rtcp-mux");
	if (output_number(object, "local-rtcp-port"))
		printf(" local-rtcp-port %lld",
		       output_number(object, "local-rtcp-port"));
	if (output_number(object, "remote-rtcp-port"))
		printf(" remote-rtcp-port %lld",
		       output_number(object, "remote-rtcp-port"));
	printf(" streams %lld/%lld", output_number(object, "streams"),
	       output_number(object, "max-streams"));
	if (output_number(object, "stream-timeout"))
		printf(" stream-timeout %lld",
		       output_number(object, "stream-timeout"));
	if (output_number(object, "lease"))
		printf(" lease %lld", output_number(object, "lease"));
	if (json_object_get(object, "owned"))
		printf(" owned");
	if (json_object_get(object, "orphaned"))
		printf(" orphaned");
	if (json_object_get(object, "parked"))
		printf(" parked");
	if (output_number(object, "linger"))
		printf(" linger %lld", output_number(object, "linger"));
	putchar('\n');
	relay_print(object);
	direction_print(object, "send");
	direction_print(object, "recv");
}

/* Convert the kernel's answer to what is shown. */
static void session_dress(json_t *object)
{
	static const char *const names[] = { "send", "recv" };
	unsigned int i;

	output_dress(object);
	for (i = 0; i < 2 && !output_stats; i++)
		json_object_del(json_object_get(object, names[i]), "stats");
}

/* The requested sessions, as reported by the kernel. */
static json_t *session_list(void)
{
	struct nlmsghdr *nlh = session_request(KSRTP_CMD_SESSION_GET);
	json_t *list;

	if (!session.values[KSRTP_A_SESSION_ID].given)
		return genl_json_dump(nlh);
	list = json_array();
	json_array_append_new(list, genl_json_do(nlh));
	return list;
}

static void session_show(struct args *args)
{
	/* the next line of a batch has its own format */
	bool brief = output_brief;
	struct choice_row *rows;
	json_t *list, *chosen;
	size_t i, n;

	memset(&choice, 0, sizeof(choice));
	session_parse(args, TAKES_ID | TAKES_CHOICE);
	if (output_top) {
		top_run(session_list, &choice);
		return;
	}
	list = session_list();
	rows = choice_rows(list, &n);
	n = choice_make(&choice, rows, n);
	if (output_brief) {
		brief_print(rows, n, false);
	} else {
		chosen = json_array();
		for (i = 0; i < n; i++) {
			session_dress(rows[i].session);
			json_array_append(chosen, rows[i].session);
		}
		output_list(chosen, session_print);
		json_decref(chosen);
	}
	free(rows);
	json_decref(list);
	output_brief = brief;
}

/* A session that was created, to be shown. */
static json_t *get(uint32_t id)
{
	struct nlmsghdr *nlh;

	suites_read();
	nlh = genl_request(KSRTP_CMD_SESSION_GET, &session_set);
	mnl_attr_put_u32(nlh, KSRTP_A_SESSION_ID, id);
	return genl_json_do(nlh);
}

static void session_make(struct args *args, bool replaces)
{
	struct complaint complaint = { 0 };
	json_t *object, *list;
	uint32_t id;

	session_parse(args, TAKES_BIRTH | TAKES_POLICY);
	if (replaces)
		value_number(&session.values[KSRTP_A_SESSION_REPLACE], 1);
	resolve();
	if (description_check(&session, &complaint))
		usage("%s", complaint.text);
	genl_must(ksrtp_session_add(genl_handle(), &session, &id));
	wipe();
	/* like ip, silent on success; programs need the id */
	if (!output_is_json)
		return;
	list = json_array();
	object = get(id);
	session_dress(object);
	json_array_append_new(list, object);
	output_list(list, session_print);
	json_decref(list);
}

static void session_alter(struct args *args)
{
	session_parse(args, TAKES_ID | TAKES_POLICY | TAKES_MOVE);
	resolve();
	genl_must(ksrtp_session_change(genl_handle(), &session));
	wipe();
}

static void session_do(struct args *args, int cmd, int takes)
{
	session_parse(args, takes);
	json_decref(genl_json_do(session_request(cmd)));
}

void session_command(struct args *args)
{
	if (args_take(args, "help"))
		fputs(session_help, stdout);
	else if (args_take(args, "add"))
		session_make(args, false);
	else if (args_take(args, "replace"))
		session_make(args, true);
	else if (args_take(args, "set"))
		session_alter(args);
	else if (args_take(args, "del"))
		session_do(args, KSRTP_CMD_SESSION_DEL, TAKES_ID);
	else if (args_take(args, "flush"))
		session_do(args, KSRTP_CMD_SESSION_FLUSH, 0);
	else if (args_take(args, "show") || args_take(args, "list") ||
		 !*args->word)
		session_show(args);
	else
		usage("session: unknown command '%s'", *args->word);
}
