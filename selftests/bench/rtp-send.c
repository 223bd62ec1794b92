// SPDX-License-Identifier: GPL-2.0
/*
 * A program that sends RTP of 160 bytes as fast as it can, 16 packets with a system
 * call: each on its own, or as a super-packet (UDP_SEGMENT); as it is, or protected
 * by libsrtp.
 *
 * usage: rtp-send sendmmsg|UDP_SEGMENT plain|own COUNT ADDRESS PORT
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <srtp2/srtp.h>
#include <string.h>
#include <sys/socket.h>

#include "program.h"

#define AT_ONCE	16
#define LEN	(12 + 160)
#define TAG_LEN	10

static srtp_t session(void)
{
	unsigned char key[30];
	srtp_policy_t policy;
	unsigned int i;
	srtp_t made;

	for (i = 0; i < sizeof(key); i++)
		key[i] = i;
	memset(&policy, 0, sizeof(policy));
	srtp_crypto_policy_set_rtp_default(&policy.rtp);
	srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
	policy.ssrc.type = ssrc_any_outbound;
	policy.key = key;
	if (srtp_init() || srtp_create(&made, &policy))
		exit(1);
	return made;
}

static int to(const char *address, const char *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	at.sin_port = htons(atoi(port));
	inet_pton(AF_INET, address, &at.sin_addr);
	if (connect(fd, (void *)&at, sizeof(at)))
		die("connect");
	return fd;
}

/* Packets one behind the other. Returns their size. */
static int fill(unsigned char *data, srtp_t srtp)
{
	static unsigned short seq;
	int i, len = LEN;

	for (i = 0; i < AT_ONCE; i++, data += len) {
		len = LEN;
		memset(data, 0, len);
		data[0] = 0x80;
		data[2] = ++seq >> 8;
		data[3] = seq;
		data[11] = 1;
		if (srtp && srtp_protect(srtp, data, &len))
			exit(1);
	}
	return len;
}

int main(int argc, char **argv)
{
	/* libsrtp may write more than it adds */
	static unsigned char data[AT_ONCE * (LEN + TAG_LEN) + SRTP_MAX_TRAILER_LEN];
	struct mmsghdr messages[AT_ONCE] = { 0 };
	struct iovec iov[AT_ONCE];
	srtp_t srtp = NULL;
	int fd, count, len, super, i;

	if (argc != 6) {
		fprintf(stderr,
			"usage: %s sendmmsg|UDP_SEGMENT plain|own COUNT ADDRESS PORT\n",
			argv[0]);
		return 2;
	}
	super = !strcmp(argv[1], "UDP_SEGMENT");
	if (!strcmp(argv[2], "own"))
		srtp = session();
	fd = to(argv[4], argv[5]);
	len = fill(data, srtp);
	if (super && setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &len, sizeof(len)))
		die("UDP_SEGMENT");
	for (i = 0; i < AT_ONCE; i++) {
		iov[i] = (struct iovec){ data + i * len, len };
		messages[i].msg_hdr.msg_iov = &iov[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	for (count = atoi(argv[3]); count > 0; count -= AT_ONCE) {
		fill(data, srtp);
		if (super ? send(fd, data, AT_ONCE * len, 0) != AT_ONCE * len :
			    sendmmsg(fd, messages, AT_ONCE, 0) != AT_ONCE)
			die("send");
	}
	return 0;
}
