// SPDX-License-Identifier: GPL-2.0
/*
 * Measures packet by packet how long it takes to refuse them, by what is wrong
 * with them. Whether the times differ is for user space to say.
 *
 * Write "PAYLOAD TAG_LEN BATCHES" to /proc/ksrtp_bench_tags, and read there pairs
 * of native 32-bit words: a class (enum bench_class), and ticks of the processor.
 * The first pair is how many ticks there were in how many ns.
 */

#include <linux/err.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/proc_fs.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "measure.h"
#include "tags.h"

#define BENCH_TAG_MAX		16
#define BENCH_BATCHES_MAX	10000

/**
 * enum bench_class - what is wrong with a packet
 * @BENCH_FIRST: the first byte of its tag
 * @BENCH_FIRST_AGAIN: the same: two classes that cannot differ
 * @BENCH_LAST: the last byte
 * @BENCH_WHOLE: all of them
 * @BENCH_LEAK_FIRST: the first one, and there follows what a leak would be: a
 *	comparison that ends at the first byte that differs
 * @BENCH_LEAK_LAST: likewise, the last byte
 * @BENCH_REPLAY: its sequence number, which is an old one
 * @BENCH_CLASSES: how many there are
 */
enum bench_class {
	BENCH_FIRST,
	BENCH_FIRST_AGAIN,
	BENCH_LAST,
	BENCH_WHOLE,
	BENCH_LEAK_FIRST,
	BENCH_LEAK_LAST,
	BENCH_REPLAY,
	BENCH_CLASSES
};

struct bench_sample {
	u32 class;
	u32 ticks;
};

/**
 * struct bench_tags - one order
 * @meter: where packets come from
 * @tag_len: length of their tags in bytes
 * @class: of each packet of a batch
 * @right: the tag that each should have
 * @wrong: the one that it has
 * @leaked: how many of those were alike, which keeps the leak from being left out
 */
struct bench_tags {
	struct bench_meter meter;
	unsigned int tag_len;
	u32 class[BENCH_BATCH];
	u8 right[BENCH_BATCH][BENCH_TAG_MAX];
	u8 wrong[BENCH_BATCH][BENCH_TAG_MAX];
	unsigned int leaked;
};

/* Guards what was found last, and that there is one order at a time. */
static DEFINE_MUTEX(bench_tags_lock);
static struct bench_sample *bench_samples;
static size_t bench_samples_len;

/* The clock of a user-mode kernel is too coarse for a packet. */
static u64 bench_ticks(void)
{
	u32 low, high;

	asm volatile("lfence\n\trdtsc\n\tlfence"
		     : "=a" (low), "=d" (high) : : "memory");
	return (u64)high << 32 | low;
}

static noinline bool bench_leak(const u8 *a, const u8 *b, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

/* Give each packet of a batch a class but the first one, which is accepted. */
static void bench_tags_spoil(struct bench_tags *tags)
{
	struct sk_buff **skb = tags->meter.packets.skb;
	unsigned int len = tags->tag_len, i, k;
	u8 *tag;

	for (i = 1; i < BENCH_BATCH; i++) {
		tags->class[i] = get_random_u32_below(BENCH_CLASSES);
		tag = skb_tail_pointer(skb[i]) - len;
		memcpy(tags->right[i], tag, len);
		switch (tags->class[i]) {
		case BENCH_FIRST:
		case BENCH_FIRST_AGAIN:
		case BENCH_LEAK_FIRST:
			tag[0] ^= get_random_u32_inclusive(1, 255);
			break;
		case BENCH_LAST:
		case BENCH_LEAK_LAST:
			tag[len - 1] ^= get_random_u32_inclusive(1, 255);
			break;
		case BENCH_WHOLE:
			for (k = 0; k < len; k++)
				tag[k] ^= get_random_u32_inclusive(1, 255);
			break;
		case BENCH_REPLAY:
			memcpy(skb[i]->data, skb[0]->data, skb[i]->len);
			break;
		}
		memcpy(tags->wrong[i], tag, len);
	}
}

static int bench_tags_okfn(struct net *net, struct sock *sk,
			   struct sk_buff *skb)
{
	kfree_skb(skb);
	return 0;
}

/* Whether the packet was accepted, and how long that took. */
static bool bench_tags_receive(struct bench_tags *tags, unsigned int i,
			       u64 *ticks)
{
	struct bench_packets *packets = &tags->meter.packets;
	u32 class = tags->class[i];
	u64 start;
	int ret;

	start = bench_ticks();
	ret = nf_hook(NFPROTO_IPV4, NF_INET_PRE_ROUTING, packets->net, NULL,
		      packets->skb[i], packets->outer, NULL, bench_tags_okfn);
	if (class == BENCH_LEAK_FIRST || class == BENCH_LEAK_LAST)
		tags->leaked += bench_leak(tags->right[i], tags->wrong[i],
					   tags->tag_len);
	*ticks = bench_ticks() - start;
	if (ret == 1)
		return true;
	packets->skb[i] = NULL;
	return false;
}

static int bench_tags_batch(struct bench_tags *tags,
			    struct bench_sample *samples)
{
	struct bench_packets *packets = &tags->meter.packets;
	u64 unmeasured = 0, ticks;
	unsigned int i;
	int err;

	err = bench_packets_make(packets, BENCH_RTP_OURS);
	if (err)
		goto out;
	bench_hook(&tags->meter, NF_INET_POST_ROUTING, &unmeasured);
	if (tags->meter.dropped) {
		err = -EBADMSG;
		goto out;
	}
	bench_packets_turn(packets);
	bench_tags_spoil(tags);

	local_bh_disable();
	tags->class[0] = BENCH_CLASSES;
	if (!bench_tags_receive(tags, 0, &unmeasured))
		err = -EBADMSG;
	for (i = 1; i < BENCH_BATCH; i++) {
		if (bench_tags_receive(tags, i, &ticks))
			err = -EBADMSG;
		*samples++ = (struct bench_sample){
			.class = tags->class[i],
			.ticks = min_t(u64, ticks, U32_MAX),
		};
	}
	local_bh_enable();
out:
	bench_packets_free(packets);
	return err;
}

/* Measure all batches, and how long a tick is. */
static int bench_tags_run(struct bench_tags *tags, unsigned int batches)
{
	u64 ns = ktime_get_ns(), ticks = bench_ticks();
	struct bench_sample *samples = bench_samples + 1;
	unsigned int batch;
	int err;

	err = bench_warm(&tags->meter);
	for (batch = 0; batch < batches && !err; batch++) {
		err = bench_tags_batch(tags, samples);
		samples += BENCH_BATCH - 1;
		cond_resched();
	}
	ticks = bench_ticks() - ticks;
	ns = ktime_get_ns() - ns;
	/* both as small as 32 bits need it */
	while (ticks > U32_MAX || ns > U32_MAX) {
		ticks >>= 1;
		ns >>= 1;
	}
	bench_samples->class = ticks;
	bench_samples->ticks = ns;
	return err;
}

static int bench_tags_execute(unsigned int payload, unsigned int tag_len,
			      unsigned int batches)
{
	size_t count = 1 + batches * (BENCH_BATCH - 1);
	static u32 streams = 1 << 11;
	struct bench_tags *tags;
	int err;

	vfree(bench_samples);
	bench_samples_len = 0;
	bench_samples = vzalloc(array_size(count, sizeof(*bench_samples)));
	tags = kvzalloc(sizeof(*tags), GFP_KERNEL);
	if (!bench_samples || !tags) {
		err = -ENOMEM;
		goto out;
	}
	tags->tag_len = tag_len;
	err = bench_packets_init(&tags->meter.packets, 1, payload,
				 ++streams << 20);
	if (err)
		goto out;
	err = bench_tags_run(tags, batches);
	bench_packets_exit(&tags->meter.packets);
	if (!err)
		bench_samples_len = count * sizeof(*bench_samples);
out:
	kvfree(tags);
	return err;
}

static ssize_t bench_tags_write(struct file *file, const char __user *data,
				size_t len, loff_t *pos)
{
	unsigned int payload, tag_len, batches;
	char text[64] = "";
	int err;

	if (len >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, data, len))
		return -EFAULT;
	if (sscanf(text, "%u %u %u", &payload, &tag_len, &batches) != 3 ||
	    payload > 1400 || !tag_len || tag_len > BENCH_TAG_MAX || !batches ||
	    batches > BENCH_BATCHES_MAX)
		return -EINVAL;
	mutex_lock(&bench_tags_lock);
	err = bench_tags_execute(payload, tag_len, batches);
	mutex_unlock(&bench_tags_lock);
	return err ?: len;
}

static ssize_t bench_tags_read(struct file *file, char __user *data, size_t len,
			       loff_t *pos)
{
	ssize_t ret;

	mutex_lock(&bench_tags_lock);
	ret = simple_read_from_buffer(data, len, pos, bench_samples,
				      bench_samples_len);
	mutex_unlock(&bench_tags_lock);
	return ret;
}

static const struct proc_ops bench_tags_ops = {
	.proc_read = bench_tags_read,
	.proc_write = bench_tags_write,
	.proc_lseek = default_llseek,
};

/**
 * bench_tags_init() - let it be asked for
 *
 * Return: 0 or a negative errno.
 */
int bench_tags_init(void)
{
	return proc_create("ksrtp_bench_tags", 0600, NULL, &bench_tags_ops) ?
	       0 : -ENOMEM;
}

/** bench_tags_exit() - undo bench_tags_init() */
void bench_tags_exit(void)
{
	remove_proc_entry("ksrtp_bench_tags", NULL);
	vfree(bench_samples);
}
