// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that wait: for session keys that are being derived, or for
 * asynchronous crypto drivers. Then they continue in their direction's code,
 * and through the hooks after ours.
 */

#include <linux/rcupdate.h>

#include "epochs.h"
#include "incident.h"
#include "net.h"
#include "relay.h"
#include "srtcp.h"
#include "transit.h"
#include "udp.h"
#include "verdict.h"
#include "wait.h"

/*
 * Let a packet wait for the session keys of SRTCP. They are made once for each master
 * key, so a received packet need not pay for them. Returns as ksrtp_wait_hold().
 */
static noinline int ksrtp_wait_srtcp(struct ksrtp_packet *packet)
{
	struct ksrtp_parked *parked = &packet->parked;
	int cause;

	parked->master = ksrtp_packet_master(packet);
	cause = ksrtp_packet_hold(packet);
	if (!cause && ksrtp_srtcp_park(&packet->session->kn->srtcp, parked))
		return -EINPROGRESS;
	return cause ?: KSRTP_A_STATS_DROP_NO_MEMORY;
}

/* Let a packet wait for its session keys. Returns as ksrtp_wait_hold(). */
static int ksrtp_wait_park(struct ksrtp_packet *packet)
{
	struct ksrtp_epochs *epochs = ksrtp_packet_master(packet)->epochs;
	struct ksrtp_parked *parked = &packet->parked;
	int cause;

	if (!epochs)
		return ksrtp_wait_srtcp(packet);
	parked->rtcp = packet->work.rtcp;
	parked->index = packet->work.index;
	parked->paid = KSRTP_EPOCHS_NONE;
	/* sent packets have a known index, and must not be lost for this */
	if (packet->id == KSRTP_DIRECTION_RECV &&
	    !ksrtp_epochs_afford(epochs, parked,
				 ksrtp_packet_last(packet))) {
		packet->unaffordable = true;
		return -EBADMSG;
	}
	cause = ksrtp_packet_hold(packet);
	if (!cause && ksrtp_epochs_park(epochs, parked))
		return -EINPROGRESS;
	ksrtp_epochs_refund(epochs, parked);
	return cause ?: KSRTP_A_STATS_DROP_NO_MEMORY;
}

/**
 * ksrtp_wait_hold() - let a packet wait for session keys, or hold its own
 * @packet: the packet, prepared
 * @keys: its session keys, or NULL if they are not derived yet
 *
 * What a packet needs is referenced if it waits, or if a driver may complete
 * asynchronously.
 *
 * Context: under rcu_read_lock(), BH disabled.
 * Return: 0; -EINPROGRESS if it waits; -EBADMSG if a received packet has to be
 * tried with other keys; or the cause to drop it for.
 */
int ksrtp_wait_hold(struct ksrtp_packet *packet, struct ksrtp_keys *keys)
{
	int err;

	if (keys && keys->async) {
		err = ksrtp_packet_hold(packet);
		if (err)
			return err;
	}
	if (keys && ksrtp_packet_set_keys(packet, keys))
		return 0;
	return packet->resumed ? KSRTP_A_STATS_DROP_NO_MEMORY :
				 ksrtp_wait_park(packet);
}

/* What was received may be relayed. Returns 0 or the cause to drop it for. */
static int ksrtp_wait_relay(struct ksrtp_packet *packet)
{
	if (!static_branch_unlikely(&ksrtp_relay_wanted) ||
	    packet->id == KSRTP_DIRECTION_SEND)
		return 0;
	return ksrtp_transit_receive(packet->skb, packet->state,
				     packet->session, packet->work.rtcp,
				     packet->udp);
}

/* A packet that was taken is finished. */
static void ksrtp_wait_end(struct ksrtp_packet *packet, int cause)
{
	struct sk_buff *skb = packet->skb;

	/* its lease may be over meanwhile */
	if (!cause && !ksrtp_packet_leased(packet->session))
		cause = KSRTP_A_STATS_DROP_NO_LEASE;
	if (!cause) {
		ksrtp_udp_resize(skb, packet->udp, packet->work.len);
		cause = ksrtp_wait_relay(packet);
	}
	if (cause)
		ksrtp_verdict_drop(skb, packet->session, packet->id, cause);
	else
		ksrtp_verdict_resume(skb, packet->state);
	ksrtp_packet_free(packet);
}

/* A crypto driver has completed asynchronously. */
static void ksrtp_wait_done(struct ksrtp_work *work, int err)
{
	struct ksrtp_packet *packet = container_of(work, struct ksrtp_packet,
						   work);

	local_bh_disable();
	rcu_read_lock();
	packet->stream = NULL;
	err = packet->ops->done(packet, err);
	if (err != -EINPROGRESS)
		ksrtp_wait_end(packet, err);
	rcu_read_unlock();
	local_bh_enable();
}

/* Update the index: earlier packets may have started the stream meanwhile. */
static int ksrtp_wait_renew(struct ksrtp_parked *parked)
{
	struct ksrtp_packet *packet = container_of(parked, struct ksrtp_packet,
						   parked);
	int cause = 0;

	packet->stream = NULL;
	if (packet->ops->renew) {
		cause = packet->ops->renew(packet);
		parked->index = packet->work.index;
	}
	return cause;
}

/* Session keys were derived, or the derivation has failed. */
static void ksrtp_wait_resume(struct ksrtp_parked *parked, int err)
{
	struct ksrtp_packet *packet = container_of(parked, struct ksrtp_packet,
						   parked);

	if (parked->derived)
		ksrtp_incident_count(ksrtp_direction(packet->session,
						     packet->id),
				     KSRTP_A_STATS_EPOCHS_DERIVED);
	packet->resumed = true;
	packet->stream = NULL;
	if (err && packet->ops->retry) {
		packet->resumed = false;
		err = packet->ops->retry(packet, err);
	}
	if (!err)
		err = packet->ops->run(packet);
	if (err != -EINPROGRESS)
		ksrtp_wait_end(packet, err);
}

/* The master key of the packet's SSRC is derived, or was refused. */
static void ksrtp_wait_learned(struct ksrtp_ekt_parked *parked)
{
	struct ksrtp_packet *packet = container_of(parked, struct ksrtp_packet,
						   ekt);
	int err = packet->ops->learned(packet);

	if (err != -EINPROGRESS)
		ksrtp_wait_end(packet, err);
}

/**
 * ksrtp_wait_learn() - let a packet wait for the master key of its SSRC
 * @packet: the packet, prepared; its SSRC is in @packet->ekt
 * @ekt: EKT of its direction
 *
 * Context: under rcu_read_lock(), BH disabled.
 * Return: -EINPROGRESS if it waits, or the cause to drop it for.
 */
int ksrtp_wait_learn(struct ksrtp_packet *packet, struct ksrtp_ekt *ekt)
{
	int cause = ksrtp_packet_hold(packet);

	if (cause)
		return cause;
	packet->ekt.resume = ksrtp_wait_learned;
	return ksrtp_ekt_park(ekt, &packet->ekt) ?
	       -EINPROGRESS : KSRTP_A_STATS_DROP_EKT_LIMIT;
}

/**
 * ksrtp_wait_prepare() - set how a packet continues after it has waited
 * @packet: the packet
 * @ops: callbacks of its direction
 *
 * Context: any.
 */
void ksrtp_wait_prepare(struct ksrtp_packet *packet,
			const struct ksrtp_packet_ops *ops)
{
	packet->ops = ops;
	packet->parked.renew = ksrtp_wait_renew;
	packet->parked.resume = ksrtp_wait_resume;
	packet->work.done = ksrtp_wait_done;
}
