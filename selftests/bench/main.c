// SPDX-License-Identifier: GPL-2.0
/*
 * Drives packets through the hooks of netfilter, and so through ksrtp, and
 * measures how long that takes. For benchmarks; not part of the module.
 *
 * Write "MODE SESSIONS PAYLOAD AEAD KEY_LEN ROUNDS BATCHES THREADS SHARED" to
 * /proc/ksrtp_bench, and read the outcome there: for each of what is measured
 * the minimum and the median of the rounds, in ps per packet.
 */

#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/sort.h>
#include <linux/vmalloc.h>

#include "measure.h"
#include "tags.h"

#define BENCH_ROUNDS_MAX	100
#define BENCH_THREADS_MAX	16
#define BENCH_SESSIONS_MAX	1000000
#define BENCH_PS_PER_SECOND	1000000000000ULL

/**
 * struct bench_order - what user space asks for
 * @mode: what to measure
 * @sessions: of a thread; it takes them in random order
 * @payload: length of RTP payloads in bytes
 * @aead: whether the suite has an AEAD
 * @key_len: length of its session keys in bytes
 * @rounds: how often to measure
 * @batches: of a round
 * @threads: how many, each on a processor of its own
 * @shared: whether threads have the same sessions
 */
struct bench_order {
	const struct bench_mode *mode;
	unsigned int sessions, payload, aead, key_len, rounds, batches;
	unsigned int threads, shared;
};

/**
 * struct bench_run - one thread's work
 * @order: what to do
 * @meter: its means
 * @ps: what it has found, per packet, by round
 * @err: 0 or a negative errno
 * @start: when to begin
 * @done: when it has ended
 */
struct bench_run {
	const struct bench_order *order;
	struct bench_meter meter;
	u64 ps[BENCH_WHATS][BENCH_ROUNDS_MAX];
	int err;
	struct completion *start;
	struct completion done;
};

/* Guards what was found last, and that there is one order at a time. */
static DEFINE_MUTEX(bench_lock);
static u64 bench_min[BENCH_WHATS], bench_median[BENCH_WHATS];
static u64 bench_dropped;

static int bench_thread(void *data)
{
	struct bench_run *run = data;
	const struct bench_order *order = run->order;
	struct bench_meter *meter = &run->meter;
	unsigned int round, batch, what;

	wait_for_completion(run->start);
	run->err = bench_warm(meter);
	for (round = 0; round < order->rounds && !run->err; round++) {
		memset(meter->ns, 0, sizeof(meter->ns));
		for (batch = 0; batch < order->batches && !run->err; batch++) {
			run->err = order->mode->batch(meter);
			cond_resched();
		}
		for (what = 0; what < BENCH_WHATS; what++)
			run->ps[what][round] = meter->ns[what] * 1000 /
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
	unsigned int what, round, i;
	u64 rate, *ps;

	for (what = 0; what < BENCH_WHATS; what++) {
		ps = runs[0].ps[what];
		for (round = 0; round < order->rounds; round++) {
			if (!ps[round])
				continue;
			rate = 0;
			for (i = 0; i < order->threads; i++)
				rate += BENCH_PS_PER_SECOND /
					(runs[i].ps[what][round] ?: 1);
			ps[round] = BENCH_PS_PER_SECOND / (rate ?: 1);
		}
		sort(ps, order->rounds, sizeof(u64), bench_compare, NULL);
		bench_min[what] = ps[0];
		bench_median[what] = ps[order->rounds / 2];
	}
}

static void bench_finish(struct bench_run *run)
{
	bench_packets_exit(&run->meter.packets);
	bench_floor_exit(&run->meter.floor);
}

static int bench_prepare(struct bench_run *run, const struct bench_order *order,
			 struct completion *start, unsigned int thread)
{
	static u32 streams;
	int err;

	run->order = order;
	run->start = start;
	init_completion(&run->done);
	/* always new streams, of own sessions or of all the same */
	err = bench_packets_init(&run->meter.packets, order->sessions,
				 order->payload, ++streams << 20);
	if (err)
		return err;
	if (!order->shared)
		run->meter.packets.first = thread * order->sessions;
	err = bench_floor_init(&run->meter.floor, order->aead, order->key_len,
			       order->mode->cold ? order->sessions : 1);
	if (err)
		bench_finish(run);
	return err;
}

static int bench_spawn(struct bench_run *run, unsigned int thread)
{
	struct task_struct *task;

	task = kthread_create_on_cpu(bench_thread, run, thread,
				     "ksrtp_bench/%u");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wake_up_process(task);
	return 0;
}

static int bench_run_all(const struct bench_order *order)
{
	DECLARE_COMPLETION_ONSTACK(start);
	unsigned int i, ready = 0;
	struct bench_run *runs;
	int err = 0;

	runs = vzalloc(array_size(order->threads, sizeof(*runs)));
	if (!runs)
		return -ENOMEM;
	while (ready < order->threads && !err) {
		err = bench_prepare(&runs[ready], order, &start, ready);
		if (err)
			break;
		err = bench_spawn(&runs[ready], ready);
		if (err)
			bench_finish(&runs[ready]);
		else
			ready++;
	}
	complete_all(&start);
	bench_dropped = 0;
	for (i = 0; i < ready; i++) {
		wait_for_completion(&runs[i].done);
		err = err ?: runs[i].err;
		bench_dropped += runs[i].meter.dropped;
	}
	if (!err)
		bench_sum_up(runs, order);
	for (i = 0; i < ready; i++)
		bench_finish(&runs[i]);
	vfree(runs);
	return err;
}

static int bench_execute(const struct bench_order *order)
{
	struct net *net = current->nsproxy->net_ns;
	int err;

	if (!order->mode->idle)
		return bench_run_all(order);
	err = bench_idle_begin(net);
	if (err)
		return err;
	err = bench_run_all(order);
	bench_idle_end(net);
	return err;
}

static int bench_parse(const char *text, struct bench_order *order)
{
	char mode[16];

	if (sscanf(text, "%15s %u %u %u %u %u %u %u %u", mode, &order->sessions,
		   &order->payload, &order->aead, &order->key_len,
		   &order->rounds, &order->batches, &order->threads,
		   &order->shared) != 9)
		return -EINVAL;
	order->mode = bench_mode_find(mode);
	if (!order->mode || !order->sessions || !order->rounds ||
	    !order->batches || !order->threads || order->payload > 1400 ||
	    order->sessions > BENCH_SESSIONS_MAX ||
	    order->rounds > BENCH_ROUNDS_MAX ||
	    order->threads > min_t(u32, BENCH_THREADS_MAX, num_online_cpus()))
		return -EINVAL;
	return 0;
}

static ssize_t bench_write(struct file *file, const char __user *data,
			   size_t len, loff_t *pos)
{
	struct bench_order order;
	char text[128] = "";
	int err;

	if (len >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, data, len))
		return -EFAULT;
	err = bench_parse(text, &order);
	if (err)
		return err;
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
		if (bench_min[what])
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
	int err = bench_tags_init();

	if (!err && !proc_create("ksrtp_bench", 0600, NULL, &bench_ops)) {
		bench_tags_exit();
		err = -ENOMEM;
	}
	return err;
}

static void __exit bench_exit(void)
{
	remove_proc_entry("ksrtp_bench", NULL);
	bench_tags_exit();
}

module_init(bench_init);
module_exit(bench_exit);

MODULE_DESCRIPTION("Benchmark of ksrtp");
MODULE_AUTHOR("The ksrtp authors");
MODULE_LICENSE("GPL");
