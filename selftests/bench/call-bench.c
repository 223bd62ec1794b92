// SPDX-License-Identifier: GPL-2.0
/*
 * call-bench SOCKET PID CERTIFICATE KEY CALLS: browsers and their signalling for
 * ksrtpd, which has that control socket and that number, and uses that certificate.
 * Prints what ksrtpd takes, in ns of its processor time: for a bare handshake, by a
 * server that does nothing else; for a call; for a check of consent; its memory for each
 * call, in bytes. Then, in ns a datagram, what floods take that come to its ports: checks
 * with another password, first flights of DTLS of strangers, those of a peer whose call is
 * up; and the memory that all of them have left behind.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "agent/dtls.h"
#include "lib/complaint.h"

#define PROFILE "SRTP_AEAD_AES_128_GCM"
#define ROUNDS 5
#define USERNAME 128
#define PASSWORD 64
#define CHECK 512

/*
 * Checks that are measured, at least; and their pace: 10000 calls, each one every 5 s
 * (RFC 7675).
 */
#define CHECKS 5000
#define CHECK_EVERY 500000

struct browser {
	int fd;
	char username[USERNAME], password[PASSWORD];
};

static struct dtls_method method;
static struct certificate certificate;
static struct fingerprints theirs;
static struct browser *browsers;
static FILE *control;

static void die(const char *what)
{
	fprintf(stderr, "call-bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Processor time of another process. */
static unsigned long long time_of(pid_t pid)
{
	struct timespec time;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &time))
		die("clock");
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

static long memory_of(pid_t pid)
{
	char name[64], line[128];
	long kib = -1;
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%d/status", pid);
	file = fopen(name, "r");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "RssAnon: %ld", &kib) == 1)
			break;
	if (kib < 0)
		die(name);
	fclose(file);
	return 1024 * kib;
}

static void send_by(void *of, const unsigned char *bytes, size_t len)
{
	const struct browser *browser = of;

	if (send(browser->fd, bytes, len, 0) < 0)
		die("send");
}

static ssize_t receive(int fd, unsigned char *bytes, size_t size, int ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	if (poll(&wait, 1, ms) != 1)
		return -1;
	return recv(fd, bytes, size, 0);
}

/* A handshake from this side, with nothing said at its end. */
static void shake_hands(struct browser *browser)
{
	struct dtls dtls = {
		.fingerprints = &theirs, .send = send_by, .of = browser,
	};
	unsigned char bytes[4096];
	ssize_t len;

	if (dtls_begin(&dtls, &method, true))
		die("dtls_begin");
	dtls_go(&dtls);
	while (dtls.state == DTLS_GOING) {
		len = receive(browser->fd, bytes, sizeof(bytes), 2000);
		if (len < 0)
			dtls_expired(&dtls);
		else if (bytes[0] >= 20)
			dtls_receive(&dtls, bytes, len);
	}
	if (dtls.state != DTLS_UP) {
		fprintf(stderr, "call-bench: %s\n", dtls.error);
		exit(1);
	}
	SSL_free(dtls.ssl);
}

static int open_to(unsigned int port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		die("connect");
	return fd;
}

/* Where the bare server answers, and to whom. */
struct server {
	int fd;
	struct sockaddr_in peer;
};

static void send_back(void *of, const unsigned char *bytes, size_t len)
{
	const struct server *server = of;

	sendto(server->fd, bytes, len, 0, (const struct sockaddr *)&server->peer,
	       sizeof(server->peer));
}

/* Handshakes of whoever comes, one at a time. */
static void serve(int fd, const struct certificate *ours,
		  const struct fingerprints *peers)
{
	struct server server = { .fd = fd };
	struct dtls dtls = {
		.fingerprints = peers, .send = send_back, .of = &server,
	};
	struct complaint complaint = { 0 };
	struct dtls_method bare;
	unsigned char bytes[4096];
	struct sockaddr_in from;
	socklen_t from_len;
	ssize_t len;

	if (dtls_method_make(&bare, ours, PROFILE, &complaint))
		exit(1);
	while (true) {
		from_len = sizeof(from);
		len = recvfrom(fd, bytes, sizeof(bytes), 0,
			       (struct sockaddr *)&from, &from_len);
		if (len <= 0)
			continue;
		if (from.sin_port != server.peer.sin_port || !dtls.ssl) {
			SSL_free(dtls.ssl);
			server.peer = from;
			if (dtls_begin(&dtls, &bare, false))
				exit(1);
		}
		if (dtls_receive(&dtls, bytes, len) == DTLS_UP)
			dtls_release(&dtls);
	}
}

static pid_t start_server(const struct certificate *ours,
			  const struct fingerprints *peers, unsigned int *port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	pid_t pid;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) ||
	    getsockname(fd, (struct sockaddr *)&address, &len))
		die("bind");
	*port = ntohs(address.sin_port);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		serve(fd, ours, peers);
	close(fd);
	return pid;
}

static unsigned long long measure_bare(pid_t pid, unsigned int port, int n)
{
	unsigned long long before = time_of(pid);
	struct browser browser;
	int i, last = -1;

	/* the server tells peers by their ports: two in turn have two */
	for (i = 0; i < n; i++) {
		browser.fd = open_to(port);
		if (last >= 0)
			close(last);
		last = browser.fd;
		shake_hands(&browser);
	}
	close(last);
	return (time_of(pid) - before) / n;
}

/* A request; its answer, until the next one. */
static char *ask(const char *request)
{
	static char *line;
	static size_t size;

	fprintf(control, "%s\n", request);
	fflush(control);
	if (getline(&line, &size, control) < 0 ||
	    !strstr(line, "\"result\":\"ok\"")) {
		fprintf(stderr, "call-bench: %s", line ?: "no answer\n");
		exit(1);
	}
	return line;
}

/* What follows a word, up to the end of its line in JSON. */
static void find(const char *answer, const char *word, char *text, size_t size)
{
	const char *at = strstr(answer, word);

	if (!at)
		die(word);
	at += strlen(word);
	snprintf(text, size, "%.*s", (int)strcspn(at, "\\\" "), at);
}

static unsigned int check_sum(const unsigned char *bytes, size_t len)
{
	unsigned int sum = ~0u, bit;

	while (len--)
		for (sum ^= *bytes++, bit = 8; bit; bit--)
			sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
	return ~sum ^ 0x5354554e;
}

static unsigned char *put(unsigned char *at, unsigned int kind,
			  const void *value, size_t len)
{
	*at++ = kind >> 8;
	*at++ = kind;
	*at++ = len >> 8;
	*at++ = len;
	memcpy(at, value, len);
	memset(at + len, 0, -len & 3);
	return at + len + (-len & 3);
}

static void set_length(unsigned char *request, size_t len)
{
	request[2] = (len - 20) >> 8;
	request[3] = len - 20;
}

/* A connectivity check that nominates; its length. */
static size_t make_check(const struct browser *browser, const char *password,
			 unsigned char *request)
{
	static const unsigned char head[] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	unsigned char digest[20], *at = request + 20;
	unsigned int sum;

	memcpy(request, head, sizeof(head));
	RAND_bytes(request + 8, 12);
	at = put(at, 0x0006, browser->username, strlen(browser->username));
	at = put(at, 0x0024, "\x6e\x7f\x1e\xff", 4);
	at = put(at, 0x802a, "\0\0\0\0\0\0\0", 8);
	at = put(at, 0x0025, "", 0);
	set_length(request, at + 24 - request);
	HMAC(EVP_sha1(), password, strlen(password), request, at - request,
	     digest, NULL);
	at = put(at, 0x0008, digest, sizeof(digest));
	set_length(request, at + 8 - request);
	sum = htonl(check_sum(request, at - request));
	return put(at, 0x8028, &sum, sizeof(sum)) - request;
}

/* One, and its answer. */
static void check(const struct browser *browser)
{
	unsigned char request[CHECK], answer[512];
	size_t len = make_check(browser, browser->password, request);

	do {
		if (send(browser->fd, request, len, 0) < 0)
			die("send");
	} while (receive(browser->fd, answer, sizeof(answer), 2000) < 20 ||
		 answer[0] != 1 || answer[1] != 1);
}

/* Datagrams of a flood; of them so many, as ksrtpd's queue has room for. */
#define FLOOD 20000
#define FLOOD_AT_ONCE 100

/* Of a flight; or, without one, of checks with another password. */
static unsigned long long flood(pid_t agent, const struct browser *known,
				const struct browser *from,
				const unsigned char *flight, size_t len)
{
	unsigned long long before = time_of(agent);
	unsigned char forged[CHECK], answer[4096];
	int i;

	for (i = 1; i <= FLOOD; i++) {
		if (!flight)
			len = make_check(from, "another password", forged);
		if (send(from->fd, flight ?: forged, len, 0) < 0)
			die("send");
		if (i % FLOOD_AT_ONCE)
			continue;
		check(known);
		while (receive(from->fd, answer, sizeof(answer), 0) > 0)
			;
	}
	return (time_of(agent) - before) / FLOOD;
}

/* The first flight of a handshake, kept instead of sent. */
struct flight {
	unsigned char bytes[2048];
	size_t len;
};

static void keep_flight(void *of, const unsigned char *bytes, size_t len)
{
	struct flight *flight = of;

	memcpy(flight->bytes, bytes, len);
	flight->len = len;
}

static void measure_floods(pid_t agent, int n)
{
	struct browser known = browsers[n - 1], stranger = known;
	struct flight hello = { .len = 0 };
	struct dtls dtls = {
		.fingerprints = &theirs, .send = keep_flight, .of = &hello,
	};
	struct sockaddr_in to;
	socklen_t len = sizeof(to);
	long memory = memory_of(agent);

	if (getpeername(known.fd, (struct sockaddr *)&to, &len))
		die("getpeername");
	stranger.fd = open_to(ntohs(to.sin_port));
	if (dtls_begin(&dtls, &method, true))
		die("dtls_begin");
	dtls_go(&dtls);
	SSL_free(dtls.ssl);
	printf("forged-check %llu\n", flood(agent, &known, &stranger, NULL, 0));
	printf("foreign-hello %llu\n", flood(agent, &known, &stranger,
					     hello.bytes, hello.len));
	printf("known-hello %llu\n", flood(agent, &known, &known,
					   hello.bytes, hello.len));
	printf("flood-memory %ld\n", memory_of(agent) - memory);
	close(stranger.fd);
}

/* Of all together, so that consent does not end meanwhile. */
static void check_all(int n)
{
	unsigned char request[CHECK], answer[512];
	struct browser *browser;

	for (browser = browsers; browser < browsers + n; browser++)
		send_by(browser, request,
			make_check(browser, browser->password, request));
	for (browser = browsers; browser < browsers + n; browser++)
		if (receive(browser->fd, answer, sizeof(answer), 2000) < 0)
			check(browser);
}

/*
 * Checks of established calls, at the pace of 10000 of them; answers are not waited for,
 * but nearly all have to come.
 */
static unsigned long long measure_checks(pid_t pid, int n)
{
	unsigned long long before = time_of(pid);
	unsigned char request[CHECK], answer[512];
	struct timespec at;
	struct browser *browser;
	int i, answers = 0;

	clock_gettime(CLOCK_MONOTONIC, &at);
	for (i = 0; i < n + CHECKS; i++) {
		browser = &browsers[i % n];
		answers += recv(browser->fd, answer, sizeof(answer), MSG_DONTWAIT) > 0;
		send_by(browser, request,
			make_check(browser, browser->password, request));
		at.tv_nsec += CHECK_EVERY;
		at.tv_sec += at.tv_nsec / 1000000000;
		at.tv_nsec %= 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
	}
	before = (time_of(pid) - before) / i;
	for (i = 0; i < n; i++)
		answers += receive(browsers[i].fd, answer, sizeof(answer), 2000) > 0;
	if (answers < (n + CHECKS) / 10 * 9)
		die("checks without an answer");
	return before;
}

static void make_call(int number)
{
	struct browser *browser = &browsers[number];
	char request[4096], theirs_ufrag[USERNAME / 2], port[16], *answer;

	snprintf(request, sizeof(request),
		 "{\"command\":\"offer\",\"call\":\"%d\",\"sdp\":\"v=0\\r\\n"
		 "o=- 1 1 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\n"
		 "m=audio 9 UDP/TLS/RTP/SAVPF 111\\r\\nc=IN IP4 0.0.0.0\\r\\n"
		 "a=mid:0\\r\\na=ice-ufrag:peer\\r\\n"
		 "a=ice-pwd:pppppppppppppppppppppp\\r\\na=setup:active\\r\\n"
		 "a=fingerprint:%s\\r\\na=rtcp-mux\\r\\n"
		 "a=rtpmap:111 opus/48000/2\\r\\n\"}", number,
		 certificate.fingerprint);
	ask(request);
	snprintf(request, sizeof(request),
		 "{\"command\":\"answer\",\"call\":\"%d\",\"sdp\":\"v=0\\r\\n"
		 "o=- 1 1 IN IP4 127.0.0.1\\r\\ns=-\\r\\n"
		 "c=IN IP4 127.0.0.1\\r\\nt=0 0\\r\\n"
		 "m=audio 5004 RTP/AVP 111\\r\\n"
		 "a=rtpmap:111 opus/48000/2\\r\\n\"}", number);
	answer = ask(request);
	find(answer, "a=ice-ufrag:", theirs_ufrag, sizeof(theirs_ufrag));
	find(answer, "a=ice-pwd:", browser->password,
	     sizeof(browser->password));
	find(answer, "m=audio ", port, sizeof(port));
	snprintf(browser->username, sizeof(browser->username), "%s:peer",
		 theirs_ufrag);
	browser->fd = open_to(atoi(port));
	check(browser);
	shake_hands(browser);
}

/* ksrtpd begins media after its last flight; the answer to this comes after that. */
static unsigned long long measure_calls(pid_t pid, int first, int n)
{
	unsigned long long before = time_of(pid);
	char request[128];
	int i;

	for (i = first; i < first + n; i++)
		make_call(i);
	snprintf(request, sizeof(request),
		 "{\"command\":\"query\",\"call\":\"%d\"}", i - 1);
	if (!strstr(ask(request), "\"state\":\"up\""))
		die("the call is not up");
	return (time_of(pid) - before) / n;
}

static void connect_control(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
		die(path);
	control = fdopen(fd, "r+");
}

static void raise_limit(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void must(int ret, const struct complaint *complaint)
{
	if (!ret)
		return;
	fprintf(stderr, "call-bench: %s\n", complaint->text);
	exit(1);
}

int main(int argc, char **argv)
{
	struct fingerprints ours = { 0 };
	struct complaint complaint = { 0 };
	struct certificate server = { 0 };
	unsigned long long bare = ~0ULL, call = ~0ULL, took;
	pid_t agent, child;
	unsigned int port;
	int n, round;
	long memory;

	if (argc != 6)
		return 2;
	agent = atoi(argv[2]);
	n = (atoi(argv[5]) + ROUNDS - 1) / ROUNDS * ROUNDS;
	raise_limit();
	must(certificate_read(&server, argv[3], argv[4], &complaint),
	     &complaint);
	must(certificate_make(&certificate, &complaint), &complaint);
	must(dtls_method_make(&method, &certificate, PROFILE, &complaint),
	     &complaint);
	fingerprints_add(&theirs, server.fingerprint);
	fingerprints_add(&ours, certificate.fingerprint);
	browsers = calloc(n, sizeof(*browsers));
	child = start_server(&server, &ours, &port);
	connect_control(argv[1]);
	memory = memory_of(agent);
	/* each for itself does for the first time what it does once */
	measure_bare(child, port, 1);
	for (round = 0; round < ROUNDS; round++) {
		took = measure_bare(child, port, n / ROUNDS);
		bare = took < bare ? took : bare;
		took = measure_calls(agent, round * (n / ROUNDS), n / ROUNDS);
		call = took < call ? took : call;
		check_all((round + 1) * (n / ROUNDS));
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	took = measure_checks(agent, n);
	printf("bare %llu\ncall %llu\ncheck %llu\nmemory %ld\n", bare, call, took,
	       (memory_of(agent) - memory) / n);
	measure_floods(agent, n);
	return 0;
}
