// SPDX-License-Identifier: GPL-2.0
/* ksrtp call: calls of browsers, which ksrtpd makes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "commands.h"
#include "lib/sdp.h"
#include "util/fail.h"
#include "util/output.h"

static const char call_help[] =
	"Usage: ksrtp call offer call ID file FILE [ public { ice | dtls | sdes } ]\n"
	"                        [ feedback ] [ bundle ] [ control SOCKET ]\n"
	"       ksrtp call answer call ID file FILE [ control SOCKET ]\n"
	"       ksrtp call del call ID [ control SOCKET ]\n"
	"       ksrtp call [ show ] [ call ID ] [ control SOCKET ]\n"
	"       ksrtp call monitor [ control SOCKET ]\n"
	"\n"
	"Calls between browsers (ICE, DTLS-SRTP) or telephones (DTLS-SRTP, SDES), the\n"
	"public side, and programs that speak plain RTP, by ksrtpd. offer takes what either side\n"
	"offers, and prints what the other one is to be offered; answer takes the answer\n"
	"to that, and prints the one for who has offered. FILE may be -. public is what a\n"
	"program's offer becomes, for a browser by default; feedback has plain RTP be\n"
	"RTP/AVPF, bundle has media share a port where the browser is.\n"
	"monitor prints what becomes of media, as JSON, one a line.\n";

#define CONTROL "/run/ksrtp/ksrtpd.sock"

static struct {
	const char *control, *id, *file, *public;
	bool feedback, bundle;
} words;

static void take_words(struct args *args, bool has_file, bool has_flags)
{
	memset(&words, 0, sizeof(words));
	while (*args->word) {
		if (args_text(args, "call", &words.id) ||
		    args_text(args, "control", &words.control) ||
		    (has_file && args_text(args, "file", &words.file)) ||
		    (has_flags && args_text(args, "public", &words.public)))
			continue;
		if (has_flags && args_take(args, "feedback"))
			args_once(&words.feedback, "feedback");
		else if (has_flags && args_take(args, "bundle"))
			args_once(&words.bundle, "bundle");
		else
			args_end(args);
	}
	words.control = words.control ?: CONTROL;
}

static void need_id(const char *command)
{
	if (!words.id)
		usage("call %s: needs call", command);
}

static FILE *reach(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FILE *stream;

	if (strlen(words.control) >= sizeof(address.sun_path))
		usage("control: '%s' is too long", words.control);
	strcpy(address.sun_path, words.control);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
		fail(KSRTP_REFUSED, "call: ksrtpd at %s: %s", words.control,
		     strerror(errno));
	stream = fdopen(fd, "r+");
	if (!stream)
		fail(KSRTP_REFUSED, "call: %s", strerror(errno));
	return stream;
}

static json_t *read_answer(FILE *stream)
{
	json_t *answer = json_loadf(stream, JSON_DISABLE_EOF_CHECK, NULL);

	if (!answer)
		fail(KSRTP_REFUSED, "call: ksrtpd has not answered");
	return answer;
}

/* The answer to a request, which is used up. */
static json_t *ask(FILE *stream, json_t *request)
{
	json_t *answer;
	const char *error;

	if (words.id)
		json_object_set_new(request, "call", json_string(words.id));
	if (json_dumpf(request, stream, JSON_COMPACT) ||
	    fputc('\n', stream) == EOF || fflush(stream))
		fail(KSRTP_REFUSED, "call: ksrtpd: %s", strerror(errno));
	json_decref(request);
	answer = read_answer(stream);
	if (strcmp(output_string(answer, "result") ?: "", "ok")) {
		error = output_string(answer, "error");
		fail(KSRTP_REFUSED, "call: %s", error ?: "ksrtpd refuses it");
	}
	return answer;
}

static json_t *request(const char *command)
{
	json_t *object = json_object();

	json_object_set_new(object, "command", json_string(command));
	return object;
}

static char *read_file(const char *name)
{
	static char text[SDP_SIZE];
	FILE *in = strcmp(name, "-") ? fopen(name, "re") : stdin;
	size_t len;

	if (!in)
		usage("call: %s: %s", name, strerror(errno));
	len = fread(text, 1, sizeof(text), in);
	if (ferror(in))
		usage("call: %s: %s", name, strerror(errno));
	if (in != stdin)
		fclose(in);
	if (len == sizeof(text))
		usage("call: %s: longer than %d bytes", name, SDP_SIZE - 1);
	text[len] = '\0';
	if (!len)
		usage("call: %s: empty", name);
	if (strlen(text) != len)
		usage("call: %s: not text", name);
	return text;
}

static void describe(struct args *args, const char *command)
{
	json_t *answer, *object = request(command);
	json_t *sdp;
	FILE *stream;

	take_words(args, true, !strcmp(command, "offer"));
	need_id(command);
	if (!words.file)
		usage("call %s: needs file", command);
	sdp = json_string(read_file(words.file));
	if (!sdp)
		usage("call: %s: not UTF-8", words.file);
	json_object_set_new(object, "sdp", sdp);
	if (words.public)
		json_object_set_new(object, "public", json_string(words.public));
	if (words.feedback)
		json_object_set_new(object, "feedback", json_true());
	if (words.bundle)
		json_object_set_new(object, "bundle", json_true());
	stream = reach();
	answer = ask(stream, object);
	if (output_is_json)
		output_line(answer);
	else
		fputs(output_string(answer, "sdp") ?: "", stdout);
	json_decref(answer);
	fclose(stream);
}

static void call_del(struct args *args)
{
	FILE *stream;

	take_words(args, false, false);
	need_id("del");
	stream = reach();
	json_decref(ask(stream, request("delete")));
	fclose(stream);
}

static void print_member(const json_t *object, const char *key)
{
	const char *text = output_string(object, key);

	if (text)
		printf(" %s %s", key, text);
	else if (output_number(object, key))
		printf(" %s %lld", key, output_number(object, key));
}

static void call_print(json_t *call)
{
	static const char *const keys[] = {
		"public", "bundle", "peer", "application-port", "application",
		"session", "profile", "why",
	};
	json_t *medium;
	size_t i, j;

	printf("%s: %s\n", output_string(call, "call"),
	       output_string(call, "public") ?: "");
	json_array_foreach(json_object_get(call, "media"), i, medium) {
		printf("    %zu %s", i, output_string(medium, "state"));
		for (j = 0; j < sizeof(keys) / sizeof(*keys); j++)
			print_member(medium, keys[j]);
		putchar('\n');
	}
}

static void call_show(struct args *args)
{
	json_t *answer;
	FILE *stream;

	take_words(args, false, false);
	stream = reach();
	answer = ask(stream, request("query"));
	output_list(json_object_get(answer, "calls"), call_print);
	json_decref(answer);
	fclose(stream);
}

static void call_monitor(struct args *args)
{
	json_t *event;
	FILE *stream;

	take_words(args, false, false);
	if (words.id)
		usage("call monitor: is of all calls");
	stream = reach();
	json_decref(ask(stream, request("listen")));
	while ((event = json_loadf(stream, JSON_DISABLE_EOF_CHECK, NULL))) {
		output_line(event);
		json_decref(event);
	}
	fail(KSRTP_REFUSED, "call: ksrtpd has gone");
}

void call_command(struct args *args)
{
	if (args_take(args, "help"))
		fputs(call_help, stdout);
	else if (args_take(args, "offer"))
		describe(args, "offer");
	else if (args_take(args, "answer"))
		describe(args, "answer");
	else if (args_take(args, "del"))
		call_del(args);
	else if (args_take(args, "monitor"))
		call_monitor(args);
	else if (args_take(args, "show") || args_take(args, "list") ||
		 !*args->word || args_next(args, "call") ||
		 args_next(args, "control"))
		call_show(args);
	else
		usage("call: unknown command '%s'", *args->word);
}
