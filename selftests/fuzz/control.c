// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: requests at ksrtpd's control socket, the calls that they make, and
 * those that are read from files of state. Each line gets one line in return, in
 * JSON, and no memory is lost. The kernel's part is replaced: sessions, and what
 * others have left there.
 *
 * An input is lines as they are sent; or, after a bracket, a file of state; or, after
 * anything else, requests with zeroes in between: a byte for command and call, and the
 * description.
 */
#include <stdbool.h>

/* the client that the target is, which nobody else can make */
#include "daemon/control.c"

#include "agent/call.h"
#include "agent/calls.h"
#include "agent/commands.h"
#include "agent/former.h"
#include "agent/media.h"
#include "agent/medium.h"
#include "agent/reserve.h"
#include "agent/state.h"

#define CHECK(condition)						\
	do {								\
		if (!(condition))					\
			abort();					\
	} while (0)

int media_require(const struct port_range *range, struct complaint *c)
{
	return 0;
}

int media_add(const union endpoint *local, const union endpoint *remote,
	      struct dtls *dtls, const struct relays *relays, unsigned int *id,
	      struct complaint *c)
{
	*id = 1;
	return 0;
}

int media_move(unsigned int id, const union endpoint *local,
	       const union endpoint *remote, struct complaint *c)
{
	return 0;
}

int media_call(const char *local, const char *remote, const char *old_local,
	       const char *old_remote, uint32_t *ids, struct complaint *c)
{
	ids[0] = 1;
	return 0;
}

void media_del(unsigned int id)
{
}

int media_sweep(const struct settings *settings, const unsigned int *owners,
		struct complaint *c)
{
	return 0;
}

bool media_exists(unsigned int id, const union endpoint *local)
{
	return true;
}

int media_relay(unsigned int id, const struct relays *relays,
		struct complaint *c)
{
	return 0;
}

int former_forget(struct complaint *c)
{
	return 0;
}

int reserve_port(int *fd, const union endpoint *local, struct complaint *c)
{
	*fd = -1;
	return 0;
}

void reserve_end(int fd)
{
}

int state_begin(const char *directory, struct complaint *c)
{
	return 0;
}

/* What is saved has to be JSON, whatever names are in it. */
int state_save(unsigned int number, json_t *call, struct complaint *c)
{
	char *dump = json_dumps(call, JSON_COMPACT);

	CHECK(dump);
	free(dump);
	return 0;
}

void state_forget(unsigned int number)
{
}

/* The last one that wants calls is the one that restores them. */
static void (*restore_call)(unsigned int number, const json_t *call);

int state_load(void (*call)(unsigned int number, const json_t *call),
	       struct complaint *c)
{
	restore_call = call;
	return 0;
}

static struct settings settings;
static struct certificate certificate;
static struct dtls_method method;
static int peer = -1;

static void begin(void)
{
	struct complaint c = { 0 };
	int pair[2];

	endpoint_read(&settings.side[0].public, "127.0.0.1", 0);
	settings.side[0].advertised = settings.side[0].public;
	settings.side[0].application = settings.side[0].public;
	endpoint_read(&settings.side[1].application, "::1", 0);
	settings.public_ports = (struct port_range){ 20000, 20031 };
	settings.application_ports = (struct port_range){ 24000, 24031 };
	settings.profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
	obey = commands_obey;
	request_max = COMMANDS_REQUEST_MAX;
	CHECK(!loop_begin() && !certificate_make(&certificate, &c) &&
	      !dtls_method_make(&method, &certificate,
				"SRTP_AEAD_AES_128_GCM", &c) &&
	      !calls_begin(&settings, &certificate, &method, control_tell,
			   &c));
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
	peer = pair[0];
	clients = calloc(1, sizeof(*clients));
	CHECK(clients);
	clients->watch = (struct watch){ .fd = pair[1],
					 .ready = client_ready };
	clients->before = &clients;
	clients_n = 1;
	CHECK(!loop_watch(&clients->watch, EPOLLIN));
}

/* Read what is answered, but for events; returns the number of lines. */
static unsigned int read_answers(void)
{
	static char lines[1 << 20];
	size_t len = 0;
	ssize_t n;
	unsigned int count = 0;
	char *at, *end;

	while (true) {
		n = recv(peer, lines + len, sizeof(lines) - len, 0);
		if (n <= 0 && !clients->out_len)
			break;
		if (n > 0)
			len += n;
		CHECK(flush(clients) && len < sizeof(lines));
	}
	for (at = lines; at < lines + len; at = end + 1) {
		json_t *answer;

		end = memchr(at, '\n', lines + len - at);
		CHECK(end);
		answer = json_loadb(at, end - at, 0, NULL);
		CHECK(answer);
		if (!json_object_get(answer, "event")) {
			CHECK(json_object_get(answer, "result"));
			count++;
		}
		json_decref(answer);
	}
	return count;
}

/* Send lines of @n requests. */
static void ask(const char *bytes, size_t len, unsigned int n)
{
	unsigned int answers = 0;
	ssize_t sent;

	while (len) {
		sent = send(peer, bytes, len < 8192 ? len : 8192, 0);
		CHECK(sent > 0);
		bytes += sent;
		len -= sent;
		client_ready(&clients->watch, EPOLLIN);
		CHECK(clients);
		answers += read_answers();
	}
	CHECK(answers == n);
}

/* Lines as they are. */
static void ask_lines(const unsigned char *data, size_t len)
{
	unsigned int n = 1;
	char *bytes = malloc(len + 1);
	size_t i;

	CHECK(bytes);
	memcpy(bytes, data, len);
	bytes[len] = '\n';
	for (i = 0; i < len; i++)
		n += data[i] == '\n';
	ask(bytes, len + 1, n);
	free(bytes);
}

static void ask_request(json_t *request)
{
	char *line = request ? json_dumps(request, JSON_COMPACT) : NULL;
	size_t len;

	json_decref(request);
	/* no JSON comes of what is no UTF-8 */
	if (!line)
		return;
	len = strlen(line);
	line[len] = '\n';
	ask(line, len + 1, 1);
	free(line);
}

static void ask_requests(const unsigned char *data, size_t len)
{
	static const char *const commands[] = {
		"offer", "answer", "offer", "answer", "query", "listen",
		"delete", "other",
	};
	const unsigned char *end;
	size_t part;

	for (; len; data += part, len -= part) {
		end = memchr(data, 0, len);
		part = end ? end - data : len;
		if (part)
			ask_request(json_pack("{ss ss ss# ss* sb sb}", "command",
					      commands[*data & 7], "call",
					      *data & 8 ? "a" : "b", "sdp",
					      data + 1, part - 1, "public",
					      *data & 64 ? (*data & 128 ?
							    "dtls" : "sdes") :
							   NULL,
					      "feedback", *data & 16, "bundle",
					      *data & 32));
		part += !!end;
	}
}

static void read_file(const unsigned char *data, size_t len)
{
	json_t *object = json_loadb((const char *)data, len,
				    JSON_DISABLE_EOF_CHECK, NULL);

	if (object)
		restore_call(1, object);
	json_decref(object);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	struct complaint c = { 0 };
	json_t *calls, *one;
	size_t i;

	if (peer < 0)
		begin();
	if (len && *data == '{')
		ask_lines(data, len);
	else if (len && *data == '[')
		read_file(data + 1, len - 1);
	else
		ask_requests(data, len);
	clients->listens = false;
	calls = call_query(NULL, &c);
	json_array_foreach(calls, i, one)
		CHECK(!call_delete(json_string_value(json_object_get(one, "call")),
				   &c));
	json_decref(calls);
	return 0;
}
