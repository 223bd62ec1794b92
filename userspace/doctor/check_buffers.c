// SPDX-License-Identifier: GPL-2.0
/* Packets lost for lack of room in queues and buffers. */
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "util/lines.h"

/* A loss of one in this many packets is a problem. */
#define LOSS_ONE_OF 10000
#define BACKLOG_LEAST 1000
#define BUFFER_ENOUGH 4194304

static enum finding_level level(long long lost, long long all)
{
	return lost * LOSS_ONE_OF > all ? FINDING_PROBLEM : FINDING_NOTE;
}

/* A value of the lines "Udp:" of /proc/net/snmp: one of names, one of values. */
static long long udp_counter(const char *wanted)
{
	FILE *in = fopen("/proc/net/snmp", "re");
	char names[1024], values[1024];
	char *name, *value, *names_rest, *values_rest;
	long long number = 0;

	while (in && fgets(names, sizeof(names), in)) {
		if (strncmp(names, "Udp:", 4) ||
		    !fgets(values, sizeof(values), in))
			continue;
		names_rest = names;
		values_rest = values;
		while ((name = strsep(&names_rest, " \n")) &&
		       (value = strsep(&values_rest, " \n")))
			if (!strcmp(name, wanted))
				sscanf(value, "%lld", &number);
		break;
	}
	if (in)
		fclose(in);
	return number;
}

/* A value of /proc/net/snmp6. */
static long long udp6_counter(const char *wanted)
{
	FILE *in = fopen("/proc/net/snmp6", "re");
	long long number = 0, value;
	char line[256], name[64];

	while (in && fgets(line, sizeof(line), in))
		if (sscanf(line, "%63s %lld", name, &value) == 2 &&
		    !strcmp(name, wanted))
			number = value;
	if (in)
		fclose(in);
	return number;
}

static void check_sockets(void)
{
	long long lost = udp_counter("RcvbufErrors") +
			 udp6_counter("Udp6RcvbufErrors");
	long long all = udp_counter("InDatagrams") +
			udp6_counter("Udp6InDatagrams") + lost;
	long long size = number_of("/proc/sys/net/core/rmem_default", 0);

	if (lost)
		finding(level(lost, all), "buffers",
			"%lld of %lld datagrams found the buffer of their socket full\napplications are too slow for bursts, and the buffers small (net.core.rmem_default %lld)\nsysctl -w net.core.rmem_max=%d net.core.rmem_default=%d, and restart them",
			lost, all, size, BUFFER_ENOUGH, BUFFER_ENOUGH);
	else
		finding(FINDING_OK, "buffers",
			"no datagram found the buffer of its socket full");
}

/* Packets processed and dropped; one line for each CPU, in hex. */
static void read_softnet(long long *all, long long *lost)
{
	FILE *in = fopen("/proc/net/softnet_stat", "re");
	unsigned int processed, dropped;
	char line[512];

	*all = *lost = 0;
	while (in && fgets(line, sizeof(line), in)) {
		if (sscanf(line, "%x %x", &processed, &dropped) != 2)
			continue;
		*all += processed;
		*lost += dropped;
	}
	if (in)
		fclose(in);
}

static void check_backlog(void)
{
	long long backlog = number_of("/proc/sys/net/core/netdev_max_backlog",
				      BACKLOG_LEAST);
	long long all, lost;

	read_softnet(&all, &lost);
	if (lost)
		finding(level(lost, all), "backlog",
			"%lld of %lld packets found the queue of their processor full\nnet.core.netdev_max_backlog is %lld\nsysctl -w net.core.netdev_max_backlog=%lld; spread the load (ethtool -L, RPS)",
			lost, all, backlog, 4 * backlog);
	else if (backlog < BACKLOG_LEAST)
		finding(FINDING_PROBLEM, "backlog",
			"net.core.netdev_max_backlog is %lld\nbursts of packets do not fit the queue of a processor\nsysctl -w net.core.netdev_max_backlog=%d",
			backlog, BACKLOG_LEAST);
	else
		finding(FINDING_OK, "backlog",
			"no packet found the queue of its processor full");
}

void check_buffers(void)
{
	check_sockets();
	check_backlog();
}
