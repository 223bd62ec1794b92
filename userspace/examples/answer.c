// SPDX-License-Identifier: GPL-2.0
/*
 * answer ADDRESS PORT: answer the offer on standard input, as a SIP server would
 * that has one media stream for each call, and protect the call.
 *
 * The offer, SDP with a=crypto lines, ends with a line ".". The answer goes to
 * standard output. Its audio is at ADDRESS and PORT, with a key of our own; other
 * media are refused. The call ends with standard input.
 */
#include <libksrtp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

#define SUITE	"AES_CM_128_HMAC_SHA1_80"
#define SIZE	65536

/* What holds keys, to be wiped at the end. */
static char offer[SIZE], answer[SIZE];

static void end(int status)
{
	explicit_bzero(offer, sizeof(offer));
	explicit_bzero(answer, sizeof(answer));
	exit(status);
}

static void must(int ret, const struct ksrtp *handle)
{
	if (!ret)
		return;
	fprintf(stderr, "answer: %s\n", ksrtp_error(handle));
	end(1);
}

/* Not by stdio, whose buffer would keep the keys. */
static void read_offer(void)
{
	size_t len = 0;

	while (len + 1 < sizeof(offer) && read(0, offer + len, 1) == 1) {
		offer[++len] = '\0';
		if (len >= 3 && !strcmp(offer + len - 3, "\n.\n")) {
			offer[len - 2] = '\0';
			return;
		}
	}
	fputs("answer: no offer that ends with a line \".\"\n", stderr);
	end(1);
}

/* 30 random bytes, key and salt, as base64, which is 40 digits. */
static void make_key(char *text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char bytes[30];
	unsigned int i;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		end(1);
	for (i = 0; i < sizeof(bytes); i += 3) {
		*text++ = digits[bytes[i] >> 2];
		*text++ = digits[(bytes[i] & 3) << 4 | bytes[i + 1] >> 4];
		*text++ = digits[(bytes[i + 1] & 15) << 2 | bytes[i + 2] >> 6];
		*text++ = digits[bytes[i + 2] & 63];
	}
	*text = '\0';
	explicit_bzero(bytes, sizeof(bytes));
}

/* The tag of the section's line with our suite, which the answer repeats. */
static int find_tag(const char *section)
{
	const char *line = section, *next = strstr(section, "\nm=");
	char suite[64];
	int tag;

	while ((line = strstr(line, "\na=crypto:")) && (!next || line < next)) {
		if (sscanf(++line, "a=crypto:%d %63s", &tag, suite) == 2 &&
		    !strcmp(suite, SUITE))
			return tag;
	}
	return 0;
}

static void write_answer(const char *address, const char *port)
{
	const char *family = strchr(address, ':') ? "IP6" : "IP4";
	const char *section = offer;
	char media[32], offered[32], protocol[32], format[32];
	char *at = answer, *stop = answer + sizeof(answer);
	char key[41];
	int tag, taken = 0;

	at += snprintf(at, stop - at,
		       "v=0\r\no=- 1 1 IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\n",
		       family, address, family, address);
	while ((section = strstr(section, "\nm=")) && stop - at > 1024) {
		section++;
		if (sscanf(section, "m=%31s %31s %31s %31s", media, offered,
			   protocol, format) != 4)
			break;
		tag = find_tag(section);
		/* port 0 is what the other side has refused before */
		if (taken || strcmp(media, "audio") || !atoi(offered) ||
		    !tag) {
			at += snprintf(at, stop - at, "m=%s 0 %s %s\r\n", media,
				       protocol, format);
			continue;
		}
		make_key(key);
		at += snprintf(at, stop - at,
			       "m=audio %s %s %s\r\na=crypto:%d %s inline:%s\r\n",
			       port, protocol, format, tag, SUITE, key);
		explicit_bzero(key, sizeof(key));
		taken = 1;
	}
}

int main(int argc, char **argv)
{
	uint32_t ids[32];
	struct ksrtp *handle;
	size_t n = 32, i;
	char rest;

	/* keys are here as long as the call: leave no core */
	prctl(PR_SET_DUMPABLE, 0);
	if (argc != 3) {
		fputs("answer: ADDRESS PORT\n", stderr);
		return 2;
	}
	must(ksrtp_open(&handle), handle);
	read_offer();
	write_answer(argv[1], argv[2]);
	/*
	 * The kernel first, so that what is sent from now on is protected; and
	 * if this program ends too early, the session drops all.
	 */
	must(ksrtp_call_add(handle, answer, offer, KSRTP_CALL_OWNED), handle);
	must(ksrtp_call_sessions(handle, answer, offer, ids, &n), handle);
	if (write(1, answer, strlen(answer)) < 0)
		end(1);
	for (i = 0; i < n && i < 32; i++)
		if (ids[i])
			fprintf(stderr, "session %u\n", ids[i]);
	while (read(0, &rest, 1) == 1)
		;
	must(ksrtp_call_del(handle, answer, offer), handle);
	ksrtp_close(handle);
	end(0);
}
