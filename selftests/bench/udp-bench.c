// SPDX-License-Identifier: GPL-2.0
/*
 * What the stack takes for a UDP packet, seen by an application. Prints the
 * minimum of rounds, in ns per packet.
 *
 * usage: udp-bench loop ROUNDS		send and receive over loopback
 *        udp-bench send ROUNDS		send RTP of 1200 bytes, one by one
 *        udp-bench super ROUNDS	send them 16 at a time (UDP_SEGMENT)
 */

#include <arpa/inet.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "program.h"

#define PACKETS		16384
#define SEGMENTS	16
#define HEADER		12
#define LEN		(HEADER + 1200)

static int open_socket(const char *local, int local_port, const char *remote,
		       int remote_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 8 << 20;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	at.sin_port = htons(local_port);
	inet_pton(AF_INET, local, &at.sin_addr);
	if (bind(fd, (void *)&at, sizeof(at)))
		die("bind");
	at.sin_port = htons(remote_port);
	inet_pton(AF_INET, remote, &at.sin_addr);
	if (connect(fd, (void *)&at, sizeof(at)))
		die("connect");
	return fd;
}

static double loop(int fd)
{
	static char data[LEN];
	double start = now();
	int i;

	for (i = 0; i < PACKETS; i++) {
		if (send(fd, data, 172, 0) != 172)
			die("send");
		if (recv(fd, data, sizeof(data), 0) != 172)
			die("recv");
	}
	return now() - start;
}

static double output(int fd, int at_once)
{
	static char data[SEGMENTS * LEN];
	static unsigned short seq;
	double start = now();
	int i, k;

	for (i = 0; i < PACKETS; i += at_once) {
		for (k = 0; k < at_once; k++) {
			char *p = data + k * LEN;

			p[0] = 0x80;
			p[2] = ++seq >> 8;
			p[3] = seq;
			p[11] = 1;
		}
		if (send(fd, data, at_once * LEN, 0) != at_once * LEN)
			die("send");
	}
	return now() - start;
}

int main(int argc, char **argv)
{
	double best = 1e18, took;
	int fd, rounds, size = LEN;

	if (argc != 3) {
		fprintf(stderr, "usage: %s loop|send|super ROUNDS\n", argv[0]);
		return 2;
	}
	if (!strcmp(argv[1], "loop")) {
		fd = open_socket("127.0.0.1", 40000, "127.0.0.1", 40000);
	} else {
		fd = open_socket("10.0.0.1", 5004, "10.255.255.254", 6000);
		if (!strcmp(argv[1], "super") &&
		    setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size,
			       sizeof(size)))
			die("UDP_SEGMENT");
	}
	for (rounds = atoi(argv[2]); rounds; rounds--) {
		if (!strcmp(argv[1], "loop"))
			took = loop(fd);
		else
			took = output(fd, strcmp(argv[1], "super") ?
				      1 : SEGMENTS);
		if (took < best)
			best = took;
	}
	printf("%.1f\n", best / PACKETS);
	return 0;
}
