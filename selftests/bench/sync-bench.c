// SPDX-License-Identifier: GPL-2.0
/*
 * Calls through a gateway, for ksrtp-sync: RTP from many addresses, and a peer that
 * sends it back as it came.
 *
 * usage: sync-bench calls SESSIONS RATE STEP SECONDS FIRST
 *        sync-bench echo
 *
 * RATE packets a second in all, from one session after the other. Sequence numbers of a
 * stream rise by STEP from packet to packet, so that few packets stand for many; they go
 * on after FIRST packets in all. Prints how many were sent, and how many came back.
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "program.h"

/* as session-bench has them */
#define LOCAL		0x0a000001
#define LOCAL_PORT	5004
#define REMOTE		"10.255.255.254"
#define REMOTE_PORT	6000
#define SSRC		0x5000000
#define BATCH		64
#define SIZE		256
#define RTP		12
#define PAYLOAD		160
/* Time between two bursts, in ns. */
#define TICK		10e6

struct batch {
	struct mmsghdr message[BATCH];
	struct iovec at[BATCH];
	struct sockaddr_in peer[BATCH];
	unsigned char bytes[BATCH][SIZE];
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control[BATCH];
};

static struct batch batch;

static int open_socket(unsigned int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 8 << 20;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (void *)&at, sizeof(at)))
		die("bind");
	return fd;
}

static void prepare(unsigned int i, size_t len)
{
	struct msghdr *head = &batch.message[i].msg_hdr;

	batch.at[i] = (struct iovec){ batch.bytes[i], len };
	*head = (struct msghdr){
		.msg_name = &batch.peer[i],
		.msg_namelen = sizeof(batch.peer[i]),
		.msg_iov = &batch.at[i], .msg_iovlen = 1,
	};
}

static int receive(int fd, int flags)
{
	unsigned int i;

	for (i = 0; i < BATCH; i++)
		prepare(i, SIZE);
	return recvmmsg(fd, batch.message, BATCH, flags, NULL);
}

static void send_all(int fd, unsigned int n)
{
	unsigned int done = 0;
	int sent;

	while (done < n) {
		sent = sendmmsg(fd, batch.message + done, n - done, 0);
		if (sent < 0)
			die("sendmmsg");
		done += sent;
	}
}

static void echo(void)
{
	int fd = open_socket(REMOTE_PORT), n, i;

	for (;;) {
		n = receive(fd, MSG_WAITFORONE);
		for (i = 0; i < n; i++)
			batch.at[i].iov_len = batch.message[i].msg_len;
		send_all(fd, n > 0 ? n : 0);
	}
}

/* A packet of a session, from its own address. */
static void put_packet(unsigned int i, uint32_t session, uint16_t seq)
{
	struct msghdr *head = &batch.message[i].msg_hdr;
	unsigned char *rtp = batch.bytes[i];
	struct in_pktinfo *info;

	memset(rtp, 0, RTP + PAYLOAD);
	rtp[0] = 0x80;
	rtp[2] = seq >> 8;
	rtp[3] = seq;
	session += SSRC;
	memcpy(rtp + 8, &session, sizeof(session));
	prepare(i, RTP + PAYLOAD);
	batch.peer[i] = (struct sockaddr_in){ .sin_family = AF_INET,
					      .sin_port = htons(REMOTE_PORT) };
	inet_pton(AF_INET, REMOTE, &batch.peer[i].sin_addr);
	head->msg_control = &batch.control[i];
	head->msg_controllen = sizeof(batch.control[i].space);
	batch.control[i].head = (struct cmsghdr){
		.cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO,
		.cmsg_len = CMSG_LEN(sizeof(*info)),
	};
	info = (void *)CMSG_DATA(&batch.control[i].head);
	*info = (struct in_pktinfo){
		.ipi_spec_dst.s_addr = htonl(LOCAL + session - SSRC),
	};
}

static unsigned long drain(int fd)
{
	unsigned long n = 0;
	int got;

	while ((got = receive(fd, MSG_DONTWAIT)) > 0)
		n += got;
	return n;
}

static void calls(unsigned int sessions, unsigned int rate, unsigned int step,
		  double seconds, unsigned long first)
{
	int fd = open_socket(LOCAL_PORT);
	unsigned long sent = 0, back = 0, due;
	double start = now(), at;
	unsigned int i;

	do {
		at = now();
		due = (at - start) / 1e9 * rate;
		while (sent < due) {
			for (i = 0; i < BATCH && sent < due; i++, sent++)
				put_packet(i, (first + sent) % sessions,
					   ((first + sent) / sessions + 1) *
					   step);
			send_all(fd, i);
		}
		back += drain(fd);
		at += TICK - now();
		if (at > 0)
			usleep(at / 1e3);
	} while (now() - start < seconds * 1e9);
	usleep(200000);
	printf("%lu %lu\n", sent, back + drain(fd));
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "echo"))
		echo();
	if (argc != 7 || strcmp(argv[1], "calls"))
		return 2;
	calls(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]), atof(argv[5]),
	      atol(argv[6]));
	return 0;
}
