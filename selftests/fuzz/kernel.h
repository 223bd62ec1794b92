/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel, as far as the packet path asks for it, in user space: included
 * before each of its files, whose own #include lines find empty headers. One
 * thread, so locks do nothing and what RCU frees is freed at once.
 */
#ifndef _FUZZ_KERNEL_H
#define _FUZZ_KERNEL_H

/* SHA-1 whose state can be kept, which the newer interface does not have */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <arpa/inet.h>
#include <asm/types.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int16_t s16;
typedef int8_t s8;
typedef int64_t s64;
typedef unsigned long ulong;
typedef unsigned int uint;
typedef unsigned int gfp_t;
typedef unsigned int nf_hookfn(void);
#ifndef __be32
typedef u16 __be16;
typedef u32 __be32;
#endif

#define __rcu
#define __force
#define __init
#define __percpu
#define __read_mostly
#define __must_check
#define __uninitialized
#define noinline
#undef __always_inline
#define __always_inline
#define INDIRECT_CALL_2(call, first, second, ...) (call)(__VA_ARGS__)
#define in_softirq()	true
#define __aligned(n)		__attribute__((aligned(n)))
#define ____cacheline_aligned
#define likely(x)	(x)
#define unlikely(x)	(x)
#define U16_MAX		0xffffU
#define U32_MAX		0xffffffffU
#define U64_MAX		(~0ULL)
#define BITS_PER_LONG	64
#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))
#define BITS_TO_LONGS(n) (((n) + 63) / 64)
#define BIT_WORD(n)	((n) / BITS_PER_LONG)
#define BIT_MASK(n)	(1UL << ((n) % BITS_PER_LONG))
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define DIV_ROUND_UP(a, b) (((a) + (b) - 1) / (b))
#define round_up(x, y)	((((x) - 1) | ((y) - 1)) + 1)
#define container_of(p, type, member) \
	((type *)((char *)(p) - offsetof(type, member)))
#define struct_size(p, member, n) \
	(sizeof(*(p)) + sizeof((p)->member[0]) * (n))
#define max(a, b)	((a) > (b) ? (a) : (b))
#define min(a, b)	((a) < (b) ? (a) : (b))
#define max_t(type, a, b) max((type)(a), (type)(b))
#define min_t(type, a, b) min((type)(a), (type)(b))
#define READ_ONCE(x)	(x)
#define WRITE_ONCE(x, v) ((x) = (v))
#define smp_load_acquire(p) (*(p))
#define smp_store_release(p, v) (*(p) = (v))
#define IS_ENABLED(x)	0
#define static_assert(e) _Static_assert(e, #e)
#define CRYPTO_MINALIGN_ATTR __attribute__((aligned(8)))
/* what features.sh finds in the headers of Linux 7.3 */
#define KSRTP_HAS_UNALIGNED_H
#define KSRTP_HAS_HEX_H
#define KSRTP_HAS_CRYPTO_UTILS_H
#define KSRTP_HAS_GSO_H
#define KSRTP_HAS_COMPLETION_DATA
#define KSRTP_HAS_NET_XGRESS
#define KSRTP_HAS_WQ_PERCPU
#define KSRTP_HAS_SPLIT_OPS
#define KSRTP_HAS_LOCK_NESTED_BH
#define KSRTP_HAS_CONST_RANGE
#define KSRTP_HAS_INFO_DUMP
#define KSRTP_HAS_HMAC_SHA1_LIB
#define KSRTP_HAS_AES_LIB_KEY
#define KSRTP_HAS_RECVERR_FLAG
#define KSRTP_HAS_RECVERR6_FLAG
#define KSRTP_HAS_UDP_TABLE_OF_NET
#define EXPORT_SYMBOL_GPL(name)

/* errors in pointers */
#define IS_ERR(p)	((unsigned long)(p) >= (unsigned long)-4095)
#define PTR_ERR(p)	((long)(p))
#define ERR_PTR(e)	((void *)(long)(e))
static inline int PTR_ERR_OR_ZERO(const void *p)
{
	return IS_ERR(p) ? PTR_ERR(p) : 0;
}

/* memory */
#define GFP_KERNEL	0
#define GFP_ATOMIC	0
#define GFP_KERNEL_ACCOUNT 0
#define __GFP_NOWARN	0
#define kmalloc(n, gfp)	malloc(n)
#define kzalloc(n, gfp)	calloc(1, n)
#define kfree(p)	free(p)
#define kfree_sensitive(p) free(p)
#define kfree_rcu(p, member) free(p)
struct kmem_cache { size_t size; };
static inline struct kmem_cache *kmem_cache_create(const char *name, size_t size,
						   size_t align, int flags,
						   void *constructor)
{
	struct kmem_cache *cache = malloc(sizeof(*cache));

	cache->size = size;
	return cache;
}
#define kmem_cache_zalloc(cache, gfp) calloc(1, (cache)->size)
#define kmem_cache_destroy(cache) free(cache)
#define L1_CACHE_BYTES	64
#define ALIGN(n, to)	(((n) + (to) - 1) / (to) * (to))
#define call_rcu(head, function) (function)(head)
#define memzero_explicit(p, n) memset(p, 0, n)
static inline void *kmemdup(const void *p, size_t n, gfp_t gfp)
{
	void *copy = malloc(n ?: 1);

	return memcpy(copy, p, n);
}

/* bytes and bits */
#define FUZZ_UNALIGNED(bits)						\
static inline u##bits get_unaligned_be##bits(const void *p)		\
{									\
	u##bits v;							\
									\
	memcpy(&v, p, sizeof(v));					\
	return __builtin_bswap##bits(v);				\
}									\
static inline void put_unaligned_be##bits(u##bits v, void *p)		\
{									\
	v = __builtin_bswap##bits(v);					\
	memcpy(p, &v, sizeof(v));					\
}
FUZZ_UNALIGNED(16)
FUZZ_UNALIGNED(32)
FUZZ_UNALIGNED(64)
#define cpu_to_be32(v)	htonl(v)
#define crypto_memneq(a, b, n) (memcmp(a, b, n) != 0)
#define fls64(x)	((x) ? 64 - __builtin_clzll(x) : 0)
#define ilog2(x)	(63 - __builtin_clzll(x))
#define div_u64(a, b)	((a) / (b))
#define div_u64_rem(a, b, rest) (*(rest) = (a) % (b), (a) / (b))
static inline size_t roundup_pow_of_two(size_t n)
{
	return n <= 1 ? 1 : 1UL << (64 - __builtin_clzl(n - 1));
}
static inline bool test_bit(unsigned int n, const unsigned long *map)
{
	return map[n / 64] >> n % 64 & 1;
}
static inline void __set_bit(unsigned int n, unsigned long *map)
{
	map[n / 64] |= 1UL << n % 64;
}
static inline bool test_and_set_bit(unsigned int n, unsigned long *map)
{
	bool was = test_bit(n, map);

	__set_bit(n, map);
	return was;
}
#define skb_network_offset(skb) ((void)(skb), 0)

static inline void bitmap_clear(unsigned long *map, unsigned int at,
				unsigned int n)
{
	while (n--) {
		map[at / 64] &= ~(1UL << at % 64);
		at++;
	}
}
#define bitmap_equal(a, b, n) (!memcmp(a, b, BITS_TO_LONGS(n) * sizeof(long)))
#define bitmap_zero(map, n) memset(map, 0, BITS_TO_LONGS(n) * sizeof(long))
#define bitmap_fill(map, n) memset(map, 0xff, BITS_TO_LONGS(n) * sizeof(long))

/* counters, locks, time */
typedef struct { int v; } atomic_t;
typedef struct { s64 v; } atomic64_t;
typedef struct { long v; } atomic_long_t;
typedef atomic_t refcount_t;
typedef struct { u32 val; } kuid_t;
typedef struct { int unused; } spinlock_t;
struct mutex { int unused; };
typedef struct { int unused; } wait_queue_head_t;
#define atomic_read(a)		((a)->v)
#define atomic_set(a, n)	((a)->v = (n))
#define atomic_inc(a)		((a)->v++)
#define atomic_dec(a)		((a)->v--)
#define atomic_inc_return(a)	(++(a)->v)
#define atomic_dec_and_test(a)	(--(a)->v == 0)
#define atomic_xchg(a, n)	__atomic_exchange_n(&(a)->v, n, __ATOMIC_RELAXED)
#define ATOMIC64_INIT(n)	{ (n) }
#define atomic64_read(a)	((u64)(a)->v)
#define atomic64_set(a, n)	((a)->v = (n))
#define atomic64_inc(a)		((a)->v++)
#define atomic64_dec(a)		((a)->v--)
#define atomic64_inc_return(a)	((u64)++(a)->v)
#define atomic64_xchg(a, n)	({ u64 old = (a)->v; (a)->v = (n); old; })
#define atomic_long_add(n, a)	((a)->v += (n))
#define atomic_long_sub(n, a)	((a)->v -= (n))
#define atomic_long_add_return(n, a) ((a)->v += (n))
#define refcount_set(r, n)	((r)->v = (n))
#define refcount_inc(r)		((r)->v++)
#define refcount_inc_not_zero(r) ((r)->v ? ++(r)->v : 0)
#define refcount_dec_and_test(r) (--(r)->v == 0)
#define cmpxchg(p, old, new) \
	({ typeof(*(p)) was = *(p); if (was == (old)) *(p) = (new); was; })
#define xchg(p, new)		({ typeof(*(p)) was = *(p); *(p) = (new); was; })
#define spin_lock_init(l)	((void)(l))
#define spin_lock(l)		((void)(l))
#define spin_unlock(l)		((void)(l))
#define spin_lock_bh(l)		((void)(l))
#define spin_unlock_bh(l)	((void)(l))
#define lockdep_assert_held(l)	((void)(l))
#define local_bh_disable()	((void)0)
#define local_bh_enable()	((void)0)
#define preempt_disable_nested() ((void)0)
#define preempt_enable_nested()	((void)0)
#define cond_resched()		((void)0)
#define wake_up(w)		((void)(w))
#define rcu_read_lock()		((void)0)
#define rcu_read_unlock()	((void)0)
#define rcu_dereference_protected(p, c) (p)
#define rcu_dereference(p)	(p)
#define rcu_dereference_raw(p)	(p)
#define rcu_access_pointer(p)	(p)
#define rcu_assign_pointer(p, v) ((p) = (v))
#define RCU_INIT_POINTER(p, v)	((p) = (v))
#define DEFINE_PER_CPU(type, name) type name
#define per_cpu(name, cpu)	(name)
#define __this_cpu_read(name)	(name)
#define __this_cpu_write(name, v) ((name) = (v))
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < 1; (cpu)++)
#define HZ			100
#define jiffies			1000UL
#define get_jiffies_64()	((u64)jiffies)
#define MAX_JIFFY_OFFSET	(LONG_MAX / 2)
#define msecs_to_jiffies(ms)	((ms) / 10)
#define time_before(a, b)	((long)((a) - (b)) < 0)
#define time_before(a, b)	((long)((a) - (b)) < 0)
#define time_after_eq(a, b)	((long)((a) - (b)) >= 0)
#define ktime_get_seconds()	1
#define ktime_get_boottime_ns()	1
struct rcu_head { int unused; };
struct work_struct { void (*function)(struct work_struct *work); };
#define DECLARE_WORK(name, f)	struct work_struct name = { f }
struct rcu_work {
	void (*function)(struct work_struct *work);
	struct work_struct work;
};
struct delayed_work { int unused; };
#define schedule_delayed_work(work, delay) ((void)(work))
#define net_generic(net, id) ((void)(net), (void *)NULL)
#define jhash_2words(a, b, seed) ((a) ^ (b) ^ (seed))
#define jhash_3words(a, b, c, seed) ((a) ^ (b) ^ (c) ^ (seed))
struct workqueue_struct { int unused; };
struct xarray { int unused; };
#define INIT_RCU_WORK(w, f)	((w)->function = (f))
#define to_rcu_work(w)		container_of(w, struct rcu_work, work)
#define queue_rcu_work(wq, w)	((w)->function(&(w)->work))
#define queue_work(wq, w)	((w)->function(w), true)
#define alloc_workqueue(...)	((struct workqueue_struct *)1)
#define flush_workqueue(wq)	((void)(wq))
#define destroy_workqueue(wq)	((void)(wq))
#define rcu_barrier()		((void)0)
#define WQ_PERCPU		0

/* lists */
struct llist_node { struct llist_node *next; };
struct llist_head { struct llist_node *first; };
#define LLIST_HEAD(name)	struct llist_head name
static inline bool llist_add(struct llist_node *new, struct llist_head *head)
{
	new->next = head->first;
	head->first = new;
	return !new->next;
}
static inline struct llist_node *llist_del_all(struct llist_head *head)
{
	struct llist_node *first = head->first;

	head->first = NULL;
	return first;
}
/* @after is what follows, as an entry; here the link does */
#define llist_for_each_entry_safe(pos, after, node, member)		\
	for (struct llist_node *at = (node), *behind; at &&		\
	     ((pos) = container_of(at, typeof(*(pos)), member),		\
	      behind = at->next, true); at = behind)
struct list_head { struct list_head *next, *prev; };
static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head;
	head->prev = head;
}
static inline void list_add_tail(struct list_head *new, struct list_head *head)
{
	new->prev = head->prev;
	new->next = head;
	head->prev->next = new;
	head->prev = new;
}
static inline void list_del(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
}
#define list_add_tail_rcu	list_add_tail
#define list_del_rcu		list_del
#define list_for_each_entry_safe(p, n, head, member)			\
	for (p = container_of((head)->next, typeof(*p), member),	\
	     n = container_of(p->member.next, typeof(*p), member);	\
	     &p->member != (head);					\
	     p = n, n = container_of(n->member.next, typeof(*n), member))
#define list_first_or_null_rcu(head, type, member)			\
	list_next_or_null_rcu(head, head, type, member)
#define list_next_or_null_rcu(head, ptr, type, member)			\
	((ptr)->next == (head) ? NULL :					\
	 container_of((ptr)->next, type, member))

/* a hash table with one bucket */
/* nothing is relayed */
#define DECLARE_STATIC_KEY_FALSE(name)	extern const bool name
#define static_branch_unlikely(key)	(*(key))

struct rhash_head { struct rhash_head *next; };
struct rhashtable { struct rhash_head *first; };
struct rhashtable_compare_arg { const void *key; };
struct rhashtable_params {
	size_t head_offset, key_offset, key_len;
	bool automatic_shrinking;
};
static inline void *rhashtable_lookup_fast(struct rhashtable *table,
					   const void *key,
					   const struct rhashtable_params p)
{
	struct rhash_head *at;
	char *object;

	for (at = table->first; at; at = at->next) {
		object = (char *)at - p.head_offset;
		if (!memcmp(object + p.key_offset, key, p.key_len))
			return object;
	}
	return NULL;
}
static inline void *
rhashtable_lookup_get_insert_fast(struct rhashtable *table,
				  struct rhash_head *node,
				  const struct rhashtable_params p)
{
	void *old = rhashtable_lookup_fast(table, (char *)node -
					   p.head_offset + p.key_offset, p);

	if (old)
		return old;
	node->next = table->first;
	table->first = node;
	return NULL;
}
static inline int rhashtable_remove_fast(struct rhashtable *table,
					 struct rhash_head *node,
					 const struct rhashtable_params p)
{
	struct rhash_head **at = &table->first;

	while (*at && *at != node)
		at = &(*at)->next;
	if (!*at)
		return -ENOENT;
	*at = node->next;
	return 0;
}

/* packets and what surrounds them, which the fuzzers do without */
struct sock { struct { int v; } sk_refcnt; };
struct sk_buff {
	u8 *data;
	struct sock *sk;
	void (*destructor)(struct sk_buff *skb);
	u16 csum_offset;
	u8 ip_summed;
};
#define CHECKSUM_UNNECESSARY	1
#define CHECKSUM_PARTIAL	3
#define skb_checksum_start_offset(skb) 0
#define skb_sk_is_prefetched(skb) false
#define sk_is_refcounted(sk)	true
#define sock_edemux		NULL
struct udphdr { u16 source, dest, len, check; };
struct net { int unused; };
struct net_device { int unused; };
struct netlink_ext_ack { const char *_msg; };
struct netlink_callback;
struct nlattr;
struct nf_hook_ops { int unused; };
struct nf_hook_state { int unused; };
struct nf_queue_entry {
	struct sk_buff *skb;
	struct nf_hook_state state;
};
#define nf_queue_entry_get_refs(e) true
#define nf_queue_entry_free(e)	free(e)
#define skb_dst(skb)		NULL
#define skb_dst_force(skb)	true
#define skb_header_pointer(skb, at, n, buf) ((skb)->data + (at))
typedef struct { u64 key[2]; } siphash_key_t;
#define net_get_random_once(p, n) ((void)(p))
#define siphash(p, n, key)	((u64)(n))
#define siphash_2u64(a, b, key)	((a) ^ (b))
#define TP_PROTO(args...)	args
#define TRACE_EVENT(name, proto, ...) \
	static inline void trace_##name(proto) {}
#define DECLARE_EVENT_CLASS(name, ...)
#define DEFINE_EVENT(class, name, proto, ...) \
	static inline void trace_##name(proto) {}
struct genl_split_ops;
struct genl_family {
	const struct genl_split_ops *split_ops;
	unsigned int n_split_ops;
};
#define genl_register_family(f)	0
struct genl_info { struct nlattr **attrs; };
static inline struct genl_info *genl_info_dump(struct netlink_callback *cb)
{
	return NULL;
}

/* crypto, by OpenSSL: see crypto.c */
struct scatterlist {
	u8 *at;
	unsigned int len;
	bool last;
};
static inline void sg_init_table(struct scatterlist *sg, unsigned int n)
{
	memset(sg, 0, n * sizeof(*sg));
}
static inline void sg_mark_end(struct scatterlist *sg)
{
	sg->last = true;
}
static inline void sg_set_buf(struct scatterlist *sg, void *p, unsigned int n)
{
	sg->at = p;
	sg->len = n;
}
static inline void sg_init_one(struct scatterlist *sg, void *p, unsigned int n)
{
	sg_set_buf(sg, p, n);
	sg_mark_end(sg);
}
struct crypto_alg { u32 cra_flags; };
struct fuzz_tfm {
	EVP_CIPHER_CTX *context;
	const EVP_CIPHER *(*cipher)(unsigned int key_len);
	u8 key[32];
	unsigned int key_len;
};
struct crypto_skcipher { struct fuzz_tfm tfm; };
struct crypto_sync_skcipher { struct crypto_skcipher base; };
struct crypto_aead { struct fuzz_tfm tfm; };
struct skcipher_alg { struct crypto_alg base; };
struct aead_alg { struct crypto_alg base; };
typedef void (*crypto_completion_t)(void *arg, int err);
struct crypto_wait { int unused; };
struct fuzz_request {
	struct fuzz_tfm *tfm;
	struct scatterlist *sg;
	unsigned int len, assoc_len;
	u8 *iv;
};
struct skcipher_request { struct fuzz_request r; };
struct aead_request { struct fuzz_request r; };
#define CRYPTO_ALG_ASYNC	0x80
#define CRYPTO_TFM_REQ_MAY_BACKLOG 0
#define CRYPTO_TFM_REQ_MAY_SLEEP 0
int fuzz_cipher(struct fuzz_request *r);
int fuzz_aead(struct fuzz_request *r, bool encrypt);
void *fuzz_alloc(const char *name);
int fuzz_setkey(struct fuzz_tfm *tfm, const u8 *key, unsigned int len);
void fuzz_free(struct fuzz_tfm *tfm);
static const struct crypto_alg fuzz_alg;
static const struct skcipher_alg fuzz_skcipher_alg;
static const struct aead_alg fuzz_aead_alg;
#define crypto_alloc_skcipher(name, a, b) \
	((struct crypto_skcipher *)fuzz_alloc(name))
#define crypto_alloc_sync_skcipher(name, a, b) \
	((struct crypto_sync_skcipher *)fuzz_alloc(name))
#define crypto_alloc_aead(name, a, b) ((struct crypto_aead *)fuzz_alloc(name))
#define crypto_skcipher_setkey(t, key, n) fuzz_setkey(&(t)->tfm, key, n)
#define crypto_sync_skcipher_setkey(t, key, n) \
	fuzz_setkey(&(t)->base.tfm, key, n)
#define crypto_aead_setkey(t, key, n) fuzz_setkey(&(t)->tfm, key, n)
#define crypto_aead_setauthsize(t, n) 0
#define crypto_free_skcipher(t)	fuzz_free((struct fuzz_tfm *)(t))
#define crypto_free_sync_skcipher(t) fuzz_free((struct fuzz_tfm *)(t))
#define crypto_free_aead(t)	fuzz_free((struct fuzz_tfm *)(t))
#define crypto_skcipher_reqsize(t) 0
#define crypto_aead_reqsize(t)	0
/* of GCM; there is no CCM here */
#define crypto_aead_ivsize(t)	((void)(t), 12)
#define crypto_skcipher_alg(t)	((void)(t), &fuzz_skcipher_alg)
#define crypto_aead_alg(t)	((void)(t), &fuzz_aead_alg)
#define crypto_skcipher_tfm(t)	(&(t)->tfm)
#define crypto_aead_tfm(t)	(&(t)->tfm)
#define crypto_tfm_alg_driver_name(t) ((void)(t), "openssl")
#define SYNC_SKCIPHER_REQUEST_ON_STACK(name, t) \
	struct skcipher_request name##_space, *name = &name##_space
static inline struct skcipher_request *
skcipher_request_alloc(struct crypto_skcipher *tfm, gfp_t gfp)
{
	struct skcipher_request *req = calloc(1, sizeof(*req));

	req->r.tfm = &tfm->tfm;
	return req;
}
#define skcipher_request_free(req) free(req)
#define skcipher_request_zero(req) memset(req, 0, sizeof(*(req)))
#define skcipher_request_set_tfm(req, t) ((req)->r.tfm = &(t)->tfm)
#define skcipher_request_set_sync_tfm(req, t) ((req)->r.tfm = &(t)->base.tfm)
#define skcipher_request_set_callback(req, flags, done, arg) \
	((void)(done), (void)(arg))
#define skcipher_request_set_crypt(req, from, to, n, v) \
	((req)->r.sg = (from), (req)->r.len = (n), (req)->r.iv = (v))
#define crypto_skcipher_encrypt(req) fuzz_cipher(&(req)->r)
#define aead_request_set_tfm(req, t) ((req)->r.tfm = &(t)->tfm)
#define aead_request_set_callback(req, flags, done, arg) \
	((void)(done), (void)(arg))
#define aead_request_set_ad(req, n) ((req)->r.assoc_len = (n))
#define aead_request_set_crypt(req, from, to, n, v) \
	((req)->r.sg = (from), (req)->r.len = (n), (req)->r.iv = (v))
#define crypto_aead_encrypt(req) fuzz_aead(&(req)->r, true)
#define crypto_aead_decrypt(req) fuzz_aead(&(req)->r, false)
#define DECLARE_CRYPTO_WAIT(w)	struct crypto_wait w
#define crypto_req_done		NULL
#define crypto_wait_req(err, w)	((void)(w), (err))

struct aes_key { EVP_CIPHER_CTX *way[2]; };
int aes_preparekey(struct aes_key *key, const u8 *raw, size_t n);
void aes_encrypt(const struct aes_key *key, u8 *out, const u8 *in);
void aes_decrypt(const struct aes_key *key, u8 *out, const u8 *in);

struct hmac_sha1_key { SHA_CTX inner, outer; };
void hmac_sha1_preparekey(struct hmac_sha1_key *key, const u8 *raw, size_t n);
void hmac_sha1(const struct hmac_sha1_key *key, const u8 *data, size_t n,
	       u8 *digest);

#endif /* _FUZZ_KERNEL_H */
