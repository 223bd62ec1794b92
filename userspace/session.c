// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "fail.h"
#include "flow.h"
#include "genl.h"
#include "key.h"
#include "output.h"
#include "session.h"

bool session_words_private;

static const char session_help[] =
	"Usage: ksrtp session add FLOW [ RTCP ] [ max-streams N ]\n"
	"                         [ send DIRECTION ] [ recv DIRECTION ]\n"
	"       ksrtp session set { id N | FLOW } [ max-streams N ]\n"
	"                         [ send DIRECTION ] [ recv DIRECTION ]\n"
	"       ksrtp session del { id N | FLOW }\n"
	"       ksrtp session show [ id N | FLOW ]\n"
	"       ksrtp session flush [ FLOW ]\n"
	"\n"
	"FLOW := [ local ADDR[:PORT] ] [ remote ADDR[:PORT] ] [ dev IFNAME ]\n"
	"        [ family { inet | inet6 } ]\n"
	"ADDR := { IPV4 | IPV6 | [IPV6] | any }\n"
	"RTCP := { rtcp-mux | [ local-rtcp-port N ] [ remote-rtcp-port N ] }\n"
	"DIRECTION := [ suite SUITE ] [ KEY ] [ replay-window N ]\n"
	"KEY := { key-file { FILE | - } | insecure-key TEXT | key TEXT }\n"
	"       master key and salt as hex, base64 or inline:base64;\n"
	"       key only in a batch, which others cannot see\n";

struct direction {
	bool given;
	bool has_suite;
	bool has_window;
	struct suite suite;
	struct key_text key;
	uint32_t window;
};

struct session {
	struct flow flow;
	bool has_id, has_max_streams, mux;
	bool has_local_rtcp_port, has_remote_rtcp_port;
	uint32_t id, max_streams;
	uint16_t local_rtcp_port, remote_rtcp_port;
	struct direction send, recv;
};

/* Here, so that it can be wiped whatever way the program ends. */
static struct session session;

/* Which parts of a session a command takes. */
enum { TAKES_ID = 1, TAKES_RTCP = 2, TAKES_POLICY = 4 };

static void key_once(struct direction *direction)
{
	if (direction->key.given)
		usage("key: given twice");
}

/* Take a part of a direction, if there is one. */
static bool direction_parse(struct direction *direction, struct args *args)
{
	char *word;

	if (args_take(args, "suite")) {
		args_once(&direction->has_suite, "suite");
		direction->suite = suite_by_name(args_value(args, "suite"));
	} else if (args_take(args, "key-file")) {
		key_once(direction);
		key_read_file(&direction->key, args_value(args, "key-file"));
	} else if (args_take(args, "insecure-key")) {
		key_once(direction);
		word = args_value(args, "insecure-key");
		key_read_word(&direction->key, word);
		explicit_bzero(word, strlen(word));
	} else if (args_take(args, "key")) {
		key_once(direction);
		word = args_value(args, "key");
		if (!session_words_private) {
			explicit_bzero(word, strlen(word));
			usage("key: others can see a command line; use key-file, or insecure-key if that does not matter");
		}
		key_read_word(&direction->key, word);
	} else if (args_take(args, "replay-window")) {
		args_once(&direction->has_window, "replay-window");
		direction->window = args_number(args, "replay-window",
						KSRTP_REPLAY_WINDOW_MIN,
						KSRTP_REPLAY_WINDOW_MAX);
	} else {
		return false;
	}
	return true;
}

static bool rtcp_parse(struct args *args)
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
	} else {
		return false;
	}
	return true;
}

static void session_parse(struct args *args, int takes)
{
	struct direction *direction = NULL;

	explicit_bzero(&session, sizeof(session));
	while (*args->word) {
		if (flow_parse(&session.flow, args))
			continue;
		if (takes & TAKES_ID && args_take(args, "id")) {
			args_once(&session.has_id, "id");
			session.id = args_number(args, "id", 1, UINT32_MAX);
			continue;
		}
		if (takes & TAKES_RTCP && rtcp_parse(args))
			continue;
		if (!(takes & TAKES_POLICY))
			args_end(args);
		if (args_take(args, "max-streams")) {
			args_once(&session.has_max_streams, "max-streams");
			session.max_streams = args_number(args, "max-streams",
							  1, KSRTP_STREAMS_MAX);
		} else if (args_take(args, "send")) {
			args_once(&session.send.given, "send");
			direction = &session.send;
		} else if (args_take(args, "recv")) {
			args_once(&session.recv.given, "recv");
			direction = &session.recv;
		} else if (!direction || !direction_parse(direction, args)) {
			args_end(args);
		}
	}
	if (session.has_id && flow_given(&session.flow))
		usage("id: names the session; a flow beside it makes no sense");
}

static void direction_put(const struct direction *direction,
			  struct nlmsghdr *nlh, uint16_t attr, const char *name)
{
	unsigned char material[KEY_MATERIAL_MAX];
	struct nlattr *nest;

	if (!direction->given)
		return;
	if (direction->key.given && !direction->has_suite)
		usage("%s: a key needs its suite beside it", name);
	nest = mnl_attr_nest_start(nlh, attr);
	if (direction->has_suite)
		mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_SUITE,
				 direction->suite.id);
	if (direction->key.given) {
		key_decode(&direction->key, &direction->suite, material);
		mnl_attr_put(nlh, KSRTP_A_DIRECTION_MASTER_KEY,
			     direction->suite.key_len, material);
		mnl_attr_put(nlh, KSRTP_A_DIRECTION_MASTER_SALT,
			     direction->suite.salt_len,
			     material + direction->suite.key_len);
		explicit_bzero(material, sizeof(material));
	}
	if (direction->has_window)
		mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_REPLAY_WINDOW,
				 direction->window);
	mnl_attr_nest_end(nlh, nest);
}

static struct nlmsghdr *session_request(int cmd)
{
	struct nlmsghdr *nlh;

	/* answers hold numbers of suites; ask for names before they come */
	suite_name(0);
	nlh = genl_request(cmd, &session_set);
	if (session.has_id)
		mnl_attr_put_u32(nlh, KSRTP_A_SESSION_ID, session.id);
	flow_put(&session.flow, nlh);
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
	direction_put(&session.send, nlh, KSRTP_A_SESSION_SEND, "send");
	direction_put(&session.recv, nlh, KSRTP_A_SESSION_RECV, "recv");
	explicit_bzero(&session.send.key, sizeof(session.send.key));
	explicit_bzero(&session.recv.key, sizeof(session.recv.key));
	return nlh;
}

static const char *string(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static long long number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void endpoint_print(json_t *object, const char *what,
			   const char *address_key, const char *port_key)
{
	const char *address = string(object, address_key);
	long long port = number(object, port_key);

	if (!address && !port)
		return;
	if (address && port && strchr(address, ':'))
		printf(" %s [%s]:%lld", what, address, port);
	else if (port)
		printf(" %s %s:%lld", what, address ? address : "any", port);
	else
		printf(" %s %s", what, address);
}

static void direction_print(json_t *session_object, const char *name)
{
	json_t *object = json_object_get(session_object, name);
	const char *suite, *cipher, *auth, *key;
	json_t *value;

	if (!object)
		return;
	suite = string(object, "suite");
	cipher = string(object, "cipher-driver");
	auth = string(object, "auth-driver");
	printf("    %s %s%s%s replay-window %lld", name, suite ? suite : "",
	       suite ? " " : "", string(object, "state"),
	       number(object, "replay-window"));
	if (cipher)
		printf(" cipher %s", cipher);
	if (auth)
		printf(" auth %s", auth);
	putchar('\n');
	if (!output_stats)
		return;
	json_object_foreach(json_object_get(object, "stats"), key, value)
		printf("        %-22s %lld\n", key,
		       (long long)json_integer_value(value));
}

/* A session's interface by its name. */
static const char *dev_name(const json_t *object, char *name)
{
	long long ifindex = number(object, "ifindex");

	if (!if_indextoname(ifindex, name))
		snprintf(name, IF_NAMESIZE, "if%lld", ifindex);
	return name;
}

void session_print(json_t *object)
{
	char dev[IF_NAMESIZE];

	printf("%lld:", number(object, "id"));
	endpoint_print(object, "local", "local-address", "local-port");
	endpoint_print(object, "remote", "remote-address", "remote-port");
	if (number(object, "ifindex"))
		printf(" dev %s", dev_name(object, dev));
	if (!string(object, "local-address") &&
	    !string(object, "remote-address") && string(object, "family"))
		printf(" family %s", string(object, "family"));
	if (json_object_get(object, "rtcp-mux"))
		printf(" rtcp-mux");
	if (number(object, "local-rtcp-port"))
		printf(" local-rtcp-port %lld",
		       number(object, "local-rtcp-port"));
	if (number(object, "remote-rtcp-port"))
		printf(" remote-rtcp-port %lld",
		       number(object, "remote-rtcp-port"));
	printf(" streams %lld/%lld\n", number(object, "streams"),
	       number(object, "max-streams"));
	direction_print(object, "send");
	direction_print(object, "recv");
}

/* Make a kernel's answer what the user asked to see. */
static void session_dress(json_t *object)
{
	static const char *const names[] = { "send", "recv" };
	char dev[IF_NAMESIZE];
	unsigned int i;

	if (number(object, "ifindex"))
		json_object_set_new(object, "dev",
				    json_string(dev_name(object, dev)));
	for (i = 0; i < 2 && !output_stats; i++)
		json_object_del(json_object_get(object, names[i]), "stats");
}

static void session_show(struct args *args)
{
	json_t *list, *object;
	size_t i;

	session_parse(args, TAKES_ID);
	if (session.has_id) {
		list = json_array();
		json_array_append_new(list, genl_do(
			session_request(KSRTP_CMD_SESSION_GET)));
	} else {
		list = genl_dump(session_request(KSRTP_CMD_SESSION_GET));
	}
	json_array_foreach(list, i, object)
		session_dress(object);
	output_list(list, session_print);
	json_decref(list);
}

static void session_add(struct args *args)
{
	json_t *list = json_array();
	json_t *object;

	session_parse(args, TAKES_RTCP | TAKES_POLICY);
	object = genl_do(session_request(KSRTP_CMD_SESSION_NEW));
	/* like ip, silent on success; programs want to know the id */
	if (output_is_json) {
		session_dress(object);
		json_array_append(list, object);
		output_list(list, session_print);
	}
	json_decref(object);
	json_decref(list);
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
		session_do(args, KSRTP_CMD_SESSION_SET, TAKES_ID | TAKES_POLICY);
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
