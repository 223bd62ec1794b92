// SPDX-License-Identifier: GPL-2.0
/*
 * call LOCAL-PORT REMOTE-ADDRESS REMOTE-PORT: protect a call for as long as this
 * runs, as a SIP server would do for each of its own.
 *
 * Standard input has two lines, what to send with and what to receive with: key
 * and salt of AES_CM_128_HMAC_SHA1_80, 30 bytes in hex. The call ends with it,
 * and counters are printed. Other events than the call's end are told meanwhile.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libksrtp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define KEY	16
#define SALT	14

static void must(int ret, const struct ksrtp *handle)
{
	if (!ret)
		return;
	fprintf(stderr, "call: %s\n", ksrtp_error(handle));
	exit(1);
}

static void take_key(struct ksrtp_session *session,
		     enum ksrtp_direction_id direction)
{
	unsigned char key[KEY + SALT];
	char line[128] = "";
	size_t i;

	/* not by stdio, whose buffer would keep them */
	for (i = 0; i < sizeof(line) - 1 && read(0, line + i, 1) == 1; i++)
		if (line[i] == '\n')
			break;
	for (i = 0; i < sizeof(key); i++)
		if (sscanf(line + 2 * i, "%2hhx", &key[i]) != 1) {
			fputs("call: a key is 60 digits\n", stderr);
			exit(1);
		}
	ksrtp_direction_set(session, direction, KSRTP_A_DIRECTION_SUITE,
			    KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	ksrtp_direction_set_bytes(session, direction,
				  KSRTP_A_DIRECTION_MASTER_KEY, key, KEY);
	ksrtp_direction_set_bytes(session, direction,
				  KSRTP_A_DIRECTION_MASTER_SALT, key + KEY,
				  SALT);
	explicit_bzero(line, sizeof(line));
	explicit_bzero(key, sizeof(key));
}

static void print_counters(struct ksrtp *handle, uint32_t id,
			   enum ksrtp_direction_id direction, const char *name)
{
	uint64_t counters[KSRTP_A_STATS_MAX + 1];

	must(ksrtp_session_counters(handle, id, direction, counters,
				    KSRTP_A_STATS_MAX + 1), handle);
	printf("%s: %llu packets, %llu forged\n", name,
	       (unsigned long long)counters[KSRTP_A_STATS_RTP_PACKETS],
	       (unsigned long long)counters[KSRTP_A_STATS_DROP_BAD_TAG]);
}

static void tell(struct ksrtp *listener, uint32_t id)
{
	struct ksrtp_event event;
	int ret = ksrtp_event_read(listener, &event, sizeof(event));

	/* more came than we have read: what is missed is no reason to hang up */
	if (ret == -ENOBUFS) {
		puts("events were lost");
		fflush(stdout);
		return;
	}
	must(ret, listener);
	if (event.session != id)
		return;
	if (event.what == KSRTP_CMD_STREAM_NEW_NTF)
		printf("a stream, 0x%08x\n", event.ssrc);
	else if (event.what == KSRTP_CMD_ALERT_NTF)
		printf("alert %u, %llu packets\n", event.alert,
		       (unsigned long long)event.count);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct sockaddr_in local = { .sin_family = AF_INET };
	struct sockaddr_in remote = { .sin_family = AF_INET };
	struct ksrtp *handle, *listener;
	struct ksrtp_session *session;
	struct pollfd fds[2];
	uint32_t id;

	/* keys are here for a moment: leave no core, and let nobody look */
	prctl(PR_SET_DUMPABLE, 0);
	if (argc != 4 || inet_pton(AF_INET, argv[2], &remote.sin_addr) != 1) {
		fputs("call: LOCAL-PORT REMOTE-ADDRESS REMOTE-PORT\n", stderr);
		return 2;
	}
	local.sin_port = htons(atoi(argv[1]));
	remote.sin_port = htons(atoi(argv[3]));

	must(ksrtp_open(&handle), handle);
	must(ksrtp_open(&listener), listener);
	must(ksrtp_listen(listener), listener);

	session = ksrtp_session_new();
	if (!session)
		return 1;
	ksrtp_session_set_local(session, (struct sockaddr *)&local,
				sizeof(local));
	ksrtp_session_set_remote(session, (struct sockaddr *)&remote,
				 sizeof(remote));
	/* it loses its keys, and drops all, if this program ends too early */
	ksrtp_session_set(session, KSRTP_A_SESSION_OWNED, 1);
	take_key(session, KSRTP_DIRECTION_SEND);
	take_key(session, KSRTP_DIRECTION_RECV);
	must(ksrtp_session_add(handle, session, &id), handle);
	/* wipes the keys as well */
	ksrtp_session_free(session);
	printf("session %u\n", id);
	fflush(stdout);

	fds[0] = (struct pollfd){ .fd = ksrtp_fd(listener), .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = 0, .events = POLLIN };
	while (poll(fds, 2, -1) > 0 && !fds[1].revents)
		if (fds[0].revents)
			tell(listener, id);

	print_counters(handle, id, KSRTP_DIRECTION_SEND, "sent");
	print_counters(handle, id, KSRTP_DIRECTION_RECV, "received");
	must(ksrtp_session_del(handle, id), handle);
	ksrtp_close(listener);
	ksrtp_close(handle);
	return 0;
}
