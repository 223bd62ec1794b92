// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "agreement.h"
#include "brief.h"
#include "choice.h"
#include "direction.h"
#include "fail.h"
#include "flow.h"
#include "genl.h"
#include "output.h"
#include "session.h"
#include "spare.h"
#include "top.h"

static const char session_help[] =
	"Usage: ksrtp session add FLOW [ RTCP ] [ owned ] [ STREAMS ] [ AGREED ]\n"
	"                         [ send DIRECTION ] [ recv DIRECTION ]\n"
	"       ksrtp session set { id N | FLOW } [ STREAMS ] [ AGREED ]\n"
	"                         [ send DIRECTION ] [ recv DIRECTION ]\n"
	"       ksrtp session del { id N | FLOW }\n"
	"       ksrtp session show [ id N | FLOW ] [ CHOICE ]\n"
	"       ksrtp session flush [ FLOW ]\n"
	"\n"
	"CHOICE := [ suite SUITE ] [ owned ] [ orphaned ] [ pending ] [ dropping ]\n"
	"        [ sort { id | local | remote | streams | sent | received |\n"
	"                 packets | dropped } ] [ reverse ] [ first N ]\n"
	"        and with -t, which shows them again and again,\n"
	"        [ interval SECONDS ] [ count N ]\n"
	"FLOW := [ local ADDR[:PORT] ] [ remote ADDR[:PORT] ] [ dev IFNAME ]\n"
	"        [ family { inet | inet6 } ] [ ssrc X ]\n"
	"ADDR := { IPV4 | IPV6 | [IPV6] | any }\n"
	"RTCP := { rtcp-mux | [ local-rtcp-port N ] [ remote-rtcp-port N ] }\n"
	"STREAMS := [ max-streams N ] [ stream-timeout SECONDS ]\n"
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
	"KEY := { key-file { FILE | - } | key-ring { SERIAL | user:DESCRIPTION } |\n"
	"         insecure-key TEXT | key TEXT }\n"
	"       master key and salt as hex, base64 or inline:base64;\n"
	"       key only in a batch, which others cannot see\n"
	"SDES := { sdes-file { FILE | - } | sdes-ring { SERIAL | user:DESCRIPTION } |\n"
	"          insecure-sdes LINE | sdes LINE } [ fec ]\n"
	"        [ soft-limit PERCENT ] [ overlap MS ]\n"
	"        a line a=crypto:... of SDP, RFC 4568; fec for its FEC_KEY;\n"
	"        sdes only in a batch\n"
	"OF-KEY := [ mki HEX ] [ LIFETIME ] [ soft-limit PERCENT ]\n"
	"          [ overlap MS ]\n"
	"LIFETIME := { lifetime N | [ rtp-lifetime N ] [ rtcp-lifetime N ] }\n"
	"SWITCH := { on | off }\n"
	"LIST := { none | N[-N][,...] }\n"
	"Numbers of a direction may be written as powers: 2^20.\n"
	"\n"
	"An owned session loses its keys, and drops all, once the batch that\n"
	"made it ends; for programs that keep ksrtp -b - running.\n";

struct session {
	struct flow flow;
	bool has_id, has_max_streams, has_timeout, mux, owned;
	bool has_local_rtcp_port, has_remote_rtcp_port;
	uint32_t id, max_streams, timeout;
	uint16_t local_rtcp_port, remote_rtcp_port;
	struct agreement agreement;
	struct direction send, recv;
};

/* Here, so that it can be wiped whatever way the program ends. */
static struct session session;

/* Which parts of a session a command takes. */
enum { TAKES_ID = 1, TAKES_BIRTH = 2, TAKES_POLICY = 4, TAKES_CHOICE = 8 };

/* What is shown of them. */
static struct choice choice;

#define TIMEOUT_MAX (365 * 86400)

/* Take what a session is made with and keeps, if it is there. */
static bool birth_parse(struct args *args)
{
	if (args_take(args, "rtcp-mux")) {
		args_once(&session.mux, "rtcp-mux");
	} else if (args_take(args, "local-rtcp-port")) {
		args_once(&session.has_local_rtcp_port, "local-rtcp-port");
		session.local_rtcp_port = args_number(args, "local-rtcp-port",
						      1, 65535);
	} else if (args_take(args, "remote-rtcp-port")) {
		args_once(&session.has_remote_rtcp_port, "remote-rtcp-port");
		session.remote_rtcp_port = args_number(args, "remote-rtcp-port",
						       1, 65535);
	} else if (args_take(args, "owned")) {
		args_once(&session.owned, "owned");
	} else {
		return false;
	}
	return true;
}

static void session_parse(struct args *args, int takes)
{
	struct direction *direction = NULL;

	explicit_bzero(&session, sizeof(session));
	session.send.name = "send";
	session.recv.name = "recv";
	while (*args->word) {
		if (flow_parse(&session.flow, args))
			continue;
		if (takes & TAKES_ID && args_take(args, "id")) {
			args_once(&session.has_id, "id");
			session.id = args_number(args, "id", 1, UINT32_MAX);
			continue;
		}
		if (takes & TAKES_BIRTH && birth_parse(args))
			continue;
		if (takes & TAKES_CHOICE && (choice_parse(&choice, args) ||
					     top_parse(args)))
			continue;
		if (!(takes & TAKES_POLICY))
			args_end(args);
		if (args_take(args, "max-streams")) {
			args_once(&session.has_max_streams, "max-streams");
			session.max_streams = args_number(args, "max-streams",
							  1, KSRTP_STREAMS_MAX);
		} else if (args_take(args, "stream-timeout")) {
			args_once(&session.has_timeout, "stream-timeout");
			session.timeout = args_number(args, "stream-timeout",
						      0, TIMEOUT_MAX);
		} else if (args_take(args, "send")) {
			args_once(&session.send.given, "send");
			direction = &session.send;
		} else if (args_take(args, "recv")) {
			args_once(&session.recv.given, "recv");
			direction = &session.recv;
		} else if (agreement_parse(&session.agreement, args)) {
			direction = NULL;
		} else if (direction ? !direction_parse(direction, args) :
			   !agreement_parse_part(&session.agreement, args)) {
			args_end(args);
		}
	}
	if (session.has_id && flow_given(&session.flow))
		usage("id: names the session; a flow beside it makes no sense");
	agreement_resolve(&session.agreement, takes & TAKES_BIRTH, session.mux,
			  &session.send, &session.recv);
	direction_resolve(&session.send);
	direction_resolve(&session.recv);
	if (session.send.sdes.given && session.recv.sdes.given)
		sdes_agree(&session.send.sdes, &session.recv.sdes);
}

/* A request that names the session. */
static struct nlmsghdr *session_name(int cmd)
{
	struct nlmsghdr *nlh;

	/* answers hold numbers of suites; ask for names before they come */
	suite_name(0);
	nlh = genl_request(cmd, &session_set);
	if (session.has_id)
		mnl_attr_put_u32(nlh, KSRTP_A_SESSION_ID, session.id);
	flow_put(&session.flow, nlh);
	return nlh;
}

static struct nlmsghdr *session_request(int cmd)
{
	struct nlmsghdr *nlh = session_name(cmd);

	if (session.has_local_rtcp_port)
		mnl_attr_put_u16(nlh, KSRTP_A_SESSION_LOCAL_RTCP_PORT,
				 htons(session.local_rtcp_port));
	if (session.has_remote_rtcp_port)
		mnl_attr_put_u16(nlh, KSRTP_A_SESSION_REMOTE_RTCP_PORT,
				 htons(session.remote_rtcp_port));
	if (session.mux)
		mnl_attr_put(nlh, KSRTP_A_SESSION_RTCP_MUX, 0, NULL);
	if (session.has_max_streams)
		mnl_attr_put_u32(nlh, KSRTP_A_SESSION_MAX_STREAMS,
				 session.max_streams);
	if (session.has_timeout)
		mnl_attr_put_u32(nlh, KSRTP_A_SESSION_STREAM_TIMEOUT,
				 session.timeout);
	if (session.owned)
		mnl_attr_put(nlh, KSRTP_A_SESSION_OWNED, 0, NULL);
	direction_put(&session.send, nlh, KSRTP_A_SESSION_SEND);
	direction_put(&session.recv, nlh, KSRTP_A_SESSION_RECV);
	return nlh;
}

static bool has_spares(void)
{
	return spare_there(&session.send) || spare_there(&session.recv);
}

static void add_spares(uint32_t id)
{
	spare_add(&session.send, id);
	spare_add(&session.recv, id);
}

/* No key is needed any longer. */
static void wipe(void)
{
	explicit_bzero(&session.send, sizeof(session.send));
	explicit_bzero(&session.recv, sizeof(session.recv));
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
	if (json_object_get(object, "owned"))
		printf(" owned");
	if (json_object_get(object, "orphaned"))
		printf(" orphaned");
	putchar('\n');
	direction_print(object, "send");
	direction_print(object, "recv");
}

/* Make a kernel's answer what the user asked to see. */
static void session_dress(json_t *object)
{
	static const char *const names[] = { "send", "recv" };
	unsigned int i;

	output_dress(object);
	for (i = 0; i < 2 && !output_stats; i++)
		json_object_del(json_object_get(object, names[i]), "stats");
}

/* The sessions that were asked for, as the kernel tells of them. */
static json_t *session_list(void)
{
	struct nlmsghdr *nlh = session_request(KSRTP_CMD_SESSION_GET);
	json_t *list;

	if (!session.has_id)
		return genl_dump(nlh);
	list = json_array();
	json_array_append_new(list, genl_do(nlh));
	return list;
}

static void session_show(struct args *args)
{
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
}

static json_t *get(uint32_t id)
{
	struct nlmsghdr *nlh = genl_request(KSRTP_CMD_SESSION_GET,
					    &session_set);

	mnl_attr_put_u32(nlh, KSRTP_A_SESSION_ID, id);
	return genl_do(nlh);
}

static uint32_t made;

/* What is to be undone of a larger whole. */
static void (*undo_whole)(void);

/* Delete a session that cannot stay. */
void session_unmake(uint32_t id)
{
	struct nlmsghdr *nlh = genl_request(KSRTP_CMD_SESSION_DEL,
					    &session_set);

	mnl_attr_put_u32(nlh, KSRTP_A_SESSION_ID, id);
	genl_try(nlh);
}

/* Half a session is none. */
static void undo_add(void)
{
	session_unmake(made);
	if (undo_whole)
		undo_whole();
}

/* Make a session of words; returns what the kernel says of it. */
json_t *session_make(struct args *args)
{
	json_t *object;

	session_parse(args, TAKES_BIRTH | TAKES_POLICY);
	object = genl_do(session_request(KSRTP_CMD_SESSION_NEW));
	if (has_spares()) {
		made = output_number(object, "id");
		undo_whole = fail_undo;
		fail_undo = undo_add;
		add_spares(made);
		fail_undo = undo_whole;
		json_decref(object);
		object = get(made);
	}
	wipe();
	return object;
}

static void session_add(struct args *args)
{
	json_t *object = session_make(args);
	json_t *list = json_array();

	/* like ip, silent on success; programs want to know the id */
	if (output_is_json) {
		session_dress(object);
		json_array_append(list, object);
		output_list(list, session_print);
	}
	json_decref(object);
	json_decref(list);
}

/* Change a session as words say. */
void session_change(struct args *args)
{
	json_t *object = NULL;
	uint32_t id;

	session_parse(args, TAKES_ID | TAKES_POLICY);
	if (has_spares()) {
		object = genl_do(session_name(KSRTP_CMD_SESSION_GET));
		id = output_number(object, "id");
		spare_check(&session.send, id, object);
		spare_check(&session.recv, id, object);
	}
	json_decref(genl_do(session_request(KSRTP_CMD_SESSION_SET)));
	if (object)
		add_spares(id);
	json_decref(object);
	wipe();
}

static void session_do(struct args *args, int cmd, int takes)
{
	session_parse(args, takes);
	json_decref(genl_do(session_request(cmd)));
}

void session_command(struct args *args)
{
	if (args_take(args, "help"))
		fputs(session_help, stdout);
	else if (args_take(args, "add"))
		session_add(args);
	else if (args_take(args, "set"))
		session_change(args);
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
