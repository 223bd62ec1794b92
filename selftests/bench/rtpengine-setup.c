// SPDX-License-Identifier: GPL-2.0
/*
 * rtpengine-setup SUITE KEY: tells rtpengine's kernel module of one call, RTP on
 * the inner side and SRTP on the outer; KEY is master key and salt in hex.
 * Prints "ready", and undoes it at the end of standard input.
 */

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "program.h"

#define atomic64 long	/* as the header wants it from its includer */
#include "xt_RTPENGINE.h"

#define SHARED	65536

static const struct {
	const char *name;
	enum rtpengine_cipher cipher;
	enum rtpengine_hmac hmac;
	unsigned int key_len, salt_len, tag_len;
} suites[] = {
	{ "AES_CM_128_HMAC_SHA1_80", REC_AES_CM_128, REH_HMAC_SHA1, 16, 14, 10 },
	{ "AES_256_CM_HMAC_SHA1_80", REC_AES_CM_256, REH_HMAC_SHA1, 32, 14, 10 },
	{ "AEAD_AES_128_GCM", REC_AEAD_AES_GCM_128, REH_NULL, 16, 12, 0 },
	{ "AEAD_AES_256_GCM", REC_AEAD_AES_GCM_256, REH_NULL, 32, 12, 0 },
};

static const struct rtpengine_srtp plain = {
	.cipher = REC_NULL, .hmac = REH_NULL
};

static int control;
static unsigned char *shared, *end;

static void table(const char *command)
{
	int fd = open("/proc/rtpengine/control", O_WRONLY);

	if (fd < 0 || write(fd, command, strlen(command)) < 0)
		die(command);
	close(fd);
}

static void order(const void *message, size_t len, const char *what)
{
	if (write(control, message, len) != (ssize_t)len)
		die(what);
}

/* Memory that the module counts in. */
static void *count(size_t size)
{
	void *at = end;

	end += (size + 63) & ~63;
	if (end > shared + SHARED)
		exit(1);
	return at;
}

static struct re_address address(const char *ip, int port)
{
	struct re_address address = { .family = AF_INET, .port = port };

	inet_pton(AF_INET, ip, &address.u.ipv4);
	return address;
}

static void init(void)
{
	static const size_t sizes[__REMG_LAST] = {
		[REMG_INIT] = sizeof(struct rtpengine_command_init),
		[REMG_ADD_TARGET] = sizeof(struct rtpengine_command_add_target),
		[REMG_DEL_TARGET] = sizeof(struct rtpengine_command_del_target),
		[REMG_ADD_DESTINATION] =
			sizeof(struct rtpengine_command_destination),
		[REMG_ADD_CALL] = sizeof(struct rtpengine_command_add_call),
		[REMG_DEL_CALL] = sizeof(struct rtpengine_command_del_call),
		[REMG_ADD_STREAM] = sizeof(struct rtpengine_command_add_stream),
		[REMG_DEL_STREAM] = sizeof(struct rtpengine_command_del_stream),
		[REMG_PACKET] = sizeof(struct rtpengine_command_packet),
		[REMG_INIT_PLAY_STREAMS] =
			sizeof(struct rtpengine_command_init_play_streams),
		[REMG_GET_PACKET_STREAM] =
			sizeof(struct rtpengine_command_get_packet_stream),
		[REMG_PLAY_STREAM_PACKET] =
			sizeof(struct rtpengine_command_play_stream_packet),
		[REMG_PLAY_STREAM] =
			sizeof(struct rtpengine_command_play_stream),
		[REMG_STOP_STREAM] =
			sizeof(struct rtpengine_command_stop_stream),
		[REMG_FREE_PACKET_STREAM] =
			sizeof(struct rtpengine_command_free_packet_stream),
	};
	struct rtpengine_command_init message = {
		.cmd = REMG_INIT,
		.init.last_cmd = __REMG_LAST,
		.init.rtpe_stats = count(4096),
	};

	memcpy(message.init.msg_size, sizes, sizeof(sizes));
	order(&message, sizeof(message), "init");
}

/* What comes to a port of ours goes on to somewhere else. */
static void leg(int port, const struct rtpengine_srtp *in,
		int from_port, const char *to, int to_port,
		const struct rtpengine_srtp *out)
{
	struct rtpengine_command_add_target target = {
		.cmd = REMG_ADD_TARGET,
		.target = {
			.local = address("10.128.0.1", port),
			.src_mismatch = MSM_IGNORE,
			.num_destinations = 1,
			.decrypt = *in,
			.iface_stats = count(sizeof(struct interface_stats_block)),
			.stats = count(sizeof(struct stream_stats)),
			.rtp = 1,
		},
	};
	struct rtpengine_command_destination destination = {
		.cmd = REMG_ADD_DESTINATION,
		.destination = {
			.local = target.target.local,
			.output = {
				.src_addr = address("10.128.0.1", from_port),
				.dst_addr = address(to, to_port),
				.encrypt = *out,
				.iface_stats = target.target.iface_stats,
				.stats = count(sizeof(struct stream_stats)),
			},
		},
	};

	order(&target, sizeof(target), "target");
	order(&destination, sizeof(destination), "destination");
}

int main(int argc, char **argv)
{
	struct rtpengine_srtp srtp = { 0 };
	unsigned int suite, i, byte;

	if (argc != 3)
		return 2;
	for (suite = 0; strcmp(suites[suite].name, argv[1]); suite++)
		if (suite + 1 == sizeof(suites) / sizeof(*suites))
			return 2;
	srtp.cipher = suites[suite].cipher;
	srtp.hmac = suites[suite].hmac;
	srtp.master_key_len = suites[suite].key_len;
	srtp.master_salt_len = suites[suite].salt_len;
	srtp.session_key_len = suites[suite].key_len;
	srtp.session_salt_len = suites[suite].salt_len;
	srtp.rtp_auth_tag_len = suites[suite].tag_len;
	srtp.rtcp_auth_tag_len = suites[suite].tag_len;
	for (i = 0; i < srtp.master_key_len + srtp.master_salt_len; i++) {
		if (sscanf(argv[2] + 2 * i, "%2x", &byte) != 1)
			return 2;
		if (i < srtp.master_key_len)
			srtp.master_key[i] = byte;
		else
			srtp.master_salt[i - srtp.master_key_len] = byte;
	}

	table("add 0\n");
	control = open("/proc/rtpengine/0/control", O_RDWR);
	if (control < 0)
		die("control");
	shared = mmap(NULL, SHARED, PROT_READ | PROT_WRITE, MAP_SHARED, control,
		      0);
	if (shared == MAP_FAILED)
		die("mmap");
	memset(shared, 0, SHARED);
	end = shared;
	init();
	leg(7000, &plain, 7002, "10.255.255.254", 6000, &srtp);
	leg(7002, &srtp, 7000, "10.0.0.1", 5004, &plain);
	printf("ready\n");
	fflush(stdout);
	while (getchar() != EOF)
		;
	munmap(shared, SHARED);
	close(control);
	table("del 0\n");
	return 0;
}
