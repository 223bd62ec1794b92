// SPDX-License-Identifier: GPL-2.0
/* ksrtp rtsp: clients that speak plain RTP play cameras that speak SRTP. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "lib/complaint.h"
#include "mikey_words.h"
#include "rtsp/relay.h"
#include "util/config.h"
#include "util/fail.h"
#include "util/secret.h"

static const char rtsp_help[] =
	"Usage: ksrtp rtsp relay [ config FILE ] [ listen ADDR:PORT ] [ user NAME ]\n"
	"                        [ state FILE ] CAMERA [ CAMERA ]...\n"
	"\n"
	"CAMERA := camera NAME URL [ trust FILE ] [ pin sha256:HEX ]\n"
	"          [ { psk-file { FILE | - } | psk-ring { SERIAL | user:DESCRIPTION } |\n"
	"              insecure-psk TEXT | psk TEXT } ]\n"
	"          [ own-key FILE own-cert FILE peer-cert FILE ]\n"
	"          [ clock-skew { SECONDS | none } ] [ raw-tgk ] [ one-key ]\n"
	"\n"
	"A relay, in the foreground: clients of this host that speak plain RTP play\n"
	"rtsp://127.0.0.1:8554/NAME, and media cross the wire as SRTP. URL is the\n"
	"camera's, rtsps://HOST/PATH or rtsp://HOST/PATH. Of its certificate, trust has\n"
	"the CAs (those of the system otherwise), and pin the fingerprint. psk and the\n"
	"words behind it are for MIKEY, as those of sdp; psk is for a file. one-key is for\n"
	"cameras that take no key: RTCP of clients has the camera's. state keeps, over\n"
	"a restart, which sessions are the relay's. config has the same words, on lines.\n";

#define LISTEN "127.0.0.1:8554"

static struct camera cameras[RELAY_CAMERAS];
static struct relay relay = { .cameras = cameras };
static bool listens;

static void read_listen(const char *text)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&relay.listen;
	struct sockaddr_in *in = (struct sockaddr_in *)&relay.listen;
	char url[URL_MAX];
	struct url place;

	snprintf(url, sizeof(url), "rtsp://%s", text);
	if (!url_read(&place, url) || *place.path)
		usage("listen: '%s' is not ADDRESS:PORT", text);
	if (inet_pton(AF_INET, place.host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(place.port);
	} else if (inet_pton(AF_INET6, place.host, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(place.port);
	} else {
		usage("listen: '%s' is not an address", place.host);
	}
}

static void read_camera(struct args *args)
{
	struct camera *camera = &cameras[relay.n];
	const char *url;
	size_t i;

	if (relay.n == RELAY_CAMERAS)
		usage("camera: more than %d", RELAY_CAMERAS);
	camera->name = args_value(args, "camera");
	if (!url_name_is_valid(camera->name))
		usage("camera: '%s' is not a name of letters, digits and ._-",
		      camera->name);
	for (i = 0; i < relay.n; i++)
		if (!strcmp(cameras[i].name, camera->name))
			usage("camera: %s is given twice", camera->name);
	/* it may have a password, and is not repeated */
	url = args_value(args, "camera");
	if (strchr(url, '@'))
		usage("camera: %s: a URL with a user; the client has its name and password",
		      camera->name);
	if (!url_read(&camera->url, url))
		usage("camera: %s: not a URL rtsps://HOST/PATH or rtsp://HOST/PATH",
		      camera->name);
	relay.n++;
}

/* The camera that a word belongs to. */
static struct camera *camera_of(const char *word)
{
	if (!relay.n)
		usage("%s: belongs to a camera, which comes first", word);
	return &cameras[relay.n - 1];
}

static bool read_trust(struct args *args)
{
	const char *word = *args->word, *text;
	struct camera *camera;

	if (!args_next(args, "trust") && !args_next(args, "pin"))
		return false;
	camera = camera_of(word);
	if (!camera->url.secure)
		usage("%s: %s is not reached by rtsps:", word, camera->name);
	if (args_text(args, "trust", &camera->trust.file))
		return true;
	args_take(args, "pin");
	args_once(&camera->trust.pinned, "pin");
	text = args_value(args, "pin");
	if (!trust_read_pin(&camera->trust, text))
		usage("pin: '%s' is not sha256: and 64 digits in hex", text);
	return true;
}

/* Words that say how a camera tells its keys. */
static bool read_rules(struct args *args)
{
	static const char *const names[] = {
		"psk-file", "psk-ring", "insecure-psk", "psk", "clock-skew",
		"raw-tgk", "one-key", "own-key", "own-cert", "peer-cert",
	};
	struct camera *camera = NULL;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (args_next(args, names[i]))
			camera = camera_of(names[i]);
	if (!camera)
		return false;
	if (args_text(args, "own-key", &camera->own_key) ||
	    args_text(args, "own-cert", &camera->own_cert) ||
	    args_text(args, "peer-cert", &camera->peer_cert))
		return true;
	if (args_take(args, "one-key"))
		args_once(&camera->rules.one_key, "one-key");
	else if (args_take(args, "raw-tgk"))
		args_once(&camera->rules.raw_tgk, "raw-tgk");
	else if (!mikey_words_clock(args, &camera->has_clock,
				    &camera->rules.clock_skew))
		mikey_words_psk(args, &camera->has_psk, camera->rules.psk,
				&camera->rules.psk_len);
	return true;
}

/* Read the files of a camera whose messages are signed. */
static void read_rsa(struct camera *camera)
{
	static struct mikey_words words;

	if (!camera->own_key && !camera->own_cert && !camera->peer_cert)
		return;
	if (!camera->own_key || !camera->own_cert || !camera->peer_cert)
		usage("camera: %s: own-key, own-cert and peer-cert go together",
		      camera->name);
	if (camera->has_psk)
		usage("camera: %s: either psk or own-key", camera->name);
	words = (struct mikey_words){
		.own_key = camera->own_key, .own_cert = camera->own_cert,
		.trust = camera->peer_cert, .peer = camera->peer_cert,
	};
	mikey_words_read(&words);
	camera->rules.rsa = words.with.rsa;
}

/* A message with a MAC or a signature has a time, which is checked. */
static void complete_rules(void)
{
	size_t i;

	for (i = 0; i < relay.n; i++) {
		read_rsa(&cameras[i]);
		if ((cameras[i].has_psk || cameras[i].own_key) &&
		    !cameras[i].has_clock)
			cameras[i].rules.clock_skew = MIKEY_SKEW;
	}
}

static void read_words(struct args *args, void *unused)
{
	(void)unused;
	while (*args->word) {
		if (args_text(args, "user", &relay.user) ||
		    args_text(args, "state", &relay.state) ||
		    read_trust(args) || read_rules(args))
			continue;
		if (args_take(args, "camera")) {
			read_camera(args);
		} else if (args_take(args, "listen")) {
			args_once(&listens, "listen");
			read_listen(args_value(args, "listen"));
		} else {
			args_end(args);
		}
	}
}

/* "psk TEXT" is for a file, which others need not see. */
static void read_file(const char *file)
{
	secret_words_private = true;
	config_read(file, read_words, NULL);
	secret_words_private = false;
}

static void rtsp_relay(struct args *args)
{
	struct complaint complaint = { 0 };
	char text[512];

	if (fail_file)
		usage("rtsp relay: not in a batch, since it does not end");
	if (args_take(args, "config"))
		read_file(args_value(args, "config"));
	read_words(args, NULL);
	if (!relay.n)
		usage("rtsp relay: needs a camera");
	complete_rules();
	if (!listens)
		read_listen(LISTEN);
	if (!relay_run(&relay, &complaint))
		return;
	complaint_tell(&complaint, text, sizeof(text));
	fail(KSRTP_REFUSED, "rtsp: %s", text);
}

void rtsp_command(struct args *args)
{
	if (args_take(args, "relay")) {
		rtsp_relay(args);
	} else if (args_take(args, "help")) {
		args_end(args);
		fputs(rtsp_help, stdout);
	} else {
		if (!*args->word)
			usage("rtsp: command missing");
		usage("rtsp: unknown command '%s'", *args->word);
	}
}
