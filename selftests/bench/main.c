// SPDX-License-Identifier: GPL-2.0
/*
 * Drives packets through the hooks of netfilter, and so through ksrtp, and
 * measures how long that takes. For benchmarks; not part of the module.
 *
 * Write "SESSIONS PAYLOAD AEAD KEY_LEN ROUNDS BATCHES THREADS SHARED" to
 * /proc/ksrtp_bench, and read the outcome there: for each of what is measured
 * the minimum and the median of the rounds, in ps per packet.
 */

#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/sort.h>
#include <linux/vmalloc.h>

#include "floor.h"
#include "packets.h"

#define BENCH_ROUNDS_MAX	100
#define BENCH_THREADS_MAX	16

enum bench_what {
	BENCH_PROTECT,
	BENCH_UNPROTECT,
	BENCH_FLOOR_PROTECT,
	BENCH_FLOOR_UNPROTECT,
	BENCH_WHATS
};

static const char *const bench_names[BENCH_WHATS] = {
	"protect", "unprotect", "floor-protect", "floor-unprotect",
};

struct bench_order {
	unsigned int sessions, payload, aead, key_len, rounds, batches;
	unsigned int threads, shared;
};

/* One thread's work. */
struct bench_run {
	const struct bench_order *order;
	unsigned int thread;
	struct bench_packets packets;
	struct bench_floor floor;
	u64 ps[BENCH_WHATS][BENCH_ROUNDS_MAX];
	u64 dropped;
	int err;
	struct completion *start;
	struct completion done;
};

static DEFINE_MUTEX(bench_lock);
static u64 bench_min[BENCH_WHATS], bench_median[BENCH_WHATS];
static u64 bench_dropped;

static int bench_okfn(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	/* only of a packet that was taken, and comes back later */
	kfree_skb(skb);
	return 0;
}

static void bench_hook(struct bench_run *run, unsigned int hook, u64 *ns)
{
	struct bench_packets *packets = &run->packets;
	struct net_device *in = NULL, *out = NULL;
	unsigned int i;
	u64 start;

	if (hook == NF_INET_PRE_ROUTING)
		in = packets->dev;
	else
		out = packets->dev;
	local_bh_disable();
	start = ktime_get_ns();
	for (i = 0; i < BENCH_BATCH; i++) {
		if (!packets->skb[i])
			continue;
		if (nf_hook(NFPROTO_IPV4, hook, &init_net, NULL,
			    packets->skb[i], in, out, bench_okfn) == 1)
			continue;
		packets->skb[i] = NULL;
		run->dropped++;
	}
	*ns += ktime_get_ns() - start;
	local_bh_enable();
}

static int bench_floor(struct bench_run *run, bool protect, u64 *ns)
{
	struct bench_packets *packets = &run->packets;
	unsigned int len = 12 + packets->payload, i;
	int err = 0;
	u64 start;

	local_bh_disable();
	start = ktime_get_ns();
	for (i = 0; i < BENCH_BATCH && !err; i++) {
		u8 *rtp = packets->skb[i]->data + BENCH_RTP;

		err = protect ? bench_floor_protect(&run->floor, rtp, len) :
				bench_floor_unprotect(&run->floor, rtp, len);
	}
	*ns += ktime_get_ns() - start;
	local_bh_enable();
	return err;
}

static int bench_batch(struct bench_run *run, u64 *ns)
{
	struct bench_packets *packets = &run->packets;
	int err;

	err = bench_packets_make(packets);
	if (err)
		return err;
	bench_hook(run, NF_INET_POST_ROUTING, &ns[BENCH_PROTECT]);
	bench_packets_turn(packets);
	bench_hook(run, NF_INET_PRE_ROUTING, &ns[BENCH_UNPROTECT]);
	err = bench_packets_check(packets);
	if (err)
		return err;
	bench_packets_free(packets);

	err = bench_packets_make(packets);
	if (!err)
		err = bench_floor(run, true, &ns[BENCH_FLOOR_PROTECT]);
	if (!err)
		err = bench_floor(run, false, &ns[BENCH_FLOOR_UNPROTECT]);
	bench_packets_free(packets);
	return err;
}

static int bench_thread(void *data)
{
	struct bench_run *run = data;
	const struct bench_order *order = run->order;
	unsigned int round, batch, what;
	u64 ns[BENCH_WHATS];

	wait_for_completion(run->start);
	for (round = 0; round < order->rounds && !run->err; round++) {
		memset(ns, 0, sizeof(ns));
		for (batch = 0; batch < order->batches && !run->err; batch++) {
			run->err = bench_batch(run, ns);
			cond_resched();
		}
		for (what = 0; what < BENCH_WHATS; what++)
			run->ps[what][round] = ns[what] * 1000 /
					       (order->batches * BENCH_BATCH);
	}
	complete(&run->done);
	return 0;
}

static int bench_compare(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Of several threads, each takes its share: together they are that much faster. */
static void bench_sum_up(struct bench_run *runs, const struct bench_order *order)
{
	u64 rate[BENCH_ROUNDS_MAX];
	unsigned int what, round, i;

	for (what = 0; what < BENCH_WHATS; what++) {
		for (round = 0; round < order->rounds; round++) {
			rate[round] = 0;
			for (i = 0; i < order->threads; i++)
				rate[round] += 1000000000000ULL /
					(runs[i].ps[what][round] ?: 1);
			rate[round] = 1000000000000ULL / (rate[round] ?: 1);
		}
		sort(rate, order->rounds, sizeof(u64), bench_compare, NULL);
		bench_min[what] = rate[0];
		bench_median[what] = rate[order->rounds / 2];
	}
}

static int bench_prepare(struct bench_run *run, const struct bench_order *order,
			 struct completion *start, unsigned int thread)
{
	static u32 streams;
	int err;

	run->order = order;
	run->thread = thread;
	run->start = start;
	init_completion(&run->done);
	/* always new streams, of own sessions or of all the same */
	err = bench_packets_init(&run->packets, order->sessions, order->payload,
				 ++streams << 17);
	if (err)
		return err;
	if (!order->shared)
		run->packets.first = thread * order->sessions;
	return bench_floor_init(&run->floor, order->aead, order->key_len);
}

static int bench_execute(const struct bench_order *order)
{
	DECLARE_COMPLETION_ONSTACK(start);
	struct task_struct *task;
	struct bench_run *runs;
	unsigned int i, ready;
	int err = 0;

	runs = vzalloc(array_size(order->threads, sizeof(*runs)));
	if (!runs)
		return -ENOMEM;
	for (ready = 0; ready < order->threads && !err; ready++) {
		err = bench_prepare(&runs[ready], order, &start, ready);
		if (err)
			break;
		task = kthread_create_on_cpu(bench_thread, &runs[ready], ready,
					     "ksrtp_bench/%u");
		if (IS_ERR(task)) {
			err = PTR_ERR(task);
			break;
		}
		wake_up_process(task);
	}
	complete_all(&start);
	bench_dropped = 0;
	for (i = 0; i < ready; i++) {
		wait_for_completion(&runs[i].done);
		err = err ?: runs[i].err;
		bench_dropped += runs[i].dropped;
	}
	if (!err)
		bench_sum_up(runs, order);
	for (i = 0; i < ready; i++) {
		bench_packets_exit(&runs[i].packets);
		bench_floor_exit(&runs[i].floor);
	}
	vfree(runs);
	return err;
}

static ssize_t bench_write(struct file *file, const char __user *data,
			   size_t len, loff_t *pos)
{
	struct bench_order order;
	char text[128] = "";
	int err;

	if (len >= sizeof(text) || copy_from_user(text, data, len))
		return -EINVAL;
	if (sscanf(text, "%u %u %u %u %u %u %u %u", &order.sessions,
		   &order.payload, &order.aead, &order.key_len, &order.rounds,
		   &order.batches, &order.threads, &order.shared) != 8 ||
	    !order.sessions || !order.rounds || !order.batches ||
	    !order.threads || order.payload > 1400 ||
	    order.rounds > BENCH_ROUNDS_MAX ||
	    order.threads > min_t(u32, BENCH_THREADS_MAX, num_online_cpus()))
		return -EINVAL;
	mutex_lock(&bench_lock);
	err = bench_execute(&order);
	mutex_unlock(&bench_lock);
	return err ?: len;
}

static int bench_show(struct seq_file *seq, void *unused)
{
	unsigned int what;

	mutex_lock(&bench_lock);
	for (what = 0; what < BENCH_WHATS; what++)
		seq_printf(seq, "%s %llu %llu\n", bench_names[what],
			   bench_min[what], bench_median[what]);
	seq_printf(seq, "dropped %llu\n", bench_dropped);
	mutex_unlock(&bench_lock);
	return 0;
}

static int bench_open(struct inode *inode, struct file *file)
{
	return single_open(file, bench_show, NULL);
}

static const struct proc_ops bench_ops = {
	.proc_open = bench_open,
	.proc_read = seq_read,
	.proc_write = bench_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init bench_init(void)
{
	return proc_create("ksrtp_bench", 0600, NULL, &bench_ops) ? 0 : -ENOMEM;
}

static void __exit bench_exit(void)
{
	remove_proc_entry("ksrtp_bench", NULL);
}

module_init(bench_init);
module_exit(bench_exit);

MODULE_DESCRIPTION("Benchmark of ksrtp");
MODULE_AUTHOR("The ksrtp authors");
MODULE_LICENSE("GPL");
