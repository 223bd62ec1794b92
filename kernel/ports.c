// SPDX-License-Identifier: GPL-2.0
/* Local UDP ports, counted as flows come and go. */

#include <linux/mm.h>

#include "ports.h"

/**
 * ksrtp_ports_create() - create an empty set of ports
 *
 * Context: process, sleeps.
 * Return: the set, or NULL if memory is short.
 */
struct ksrtp_ports *ksrtp_ports_create(void)
{
	return kvzalloc(sizeof(struct ksrtp_ports), GFP_KERNEL_ACCOUNT);
}

/**
 * ksrtp_ports_destroy() - free a set of ports
 * @ports: the set, or NULL; packets no longer use it
 *
 * Context: process, sleeps.
 */
void ksrtp_ports_destroy(struct ksrtp_ports *ports)
{
	kvfree(ports);
}

/**
 * ksrtp_ports_add() - add a flow's port
 * @ports: the set
 * @port: the flow's local port, 0 for any
 *
 * Context: any, under the namespace's lock.
 */
void ksrtp_ports_add(struct ksrtp_ports *ports, __be16 port)
{
	u16 n = (__force u16)port;

	if (!port)
		ports->wildcards++;
	else if (!ports->count[n]++)
		set_bit(n, ports->used);
}

/**
 * ksrtp_ports_remove() - undo ksrtp_ports_add()
 * @ports: the set
 * @port: the flow's local port, 0 for any
 *
 * Context: any, under the namespace's lock.
 */
void ksrtp_ports_remove(struct ksrtp_ports *ports, __be16 port)
{
	u16 n = (__force u16)port;

	if (!port)
		ports->wildcards--;
	else if (!--ports->count[n])
		clear_bit(n, ports->used);
}
