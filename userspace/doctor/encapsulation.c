// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>

#include <linux/ioam6_iptunnel.h>
#include <linux/lwtunnel.h>
#include <linux/seg6_iptunnel.h>
#include <linux/seg6_local.h>

#include "encapsulation.h"

/* Names of ip-route(8). */
static const char *const seg6_modes[] = {
	[SEG6_IPTUN_MODE_INLINE] = "inline",
	[SEG6_IPTUN_MODE_ENCAP] = "encap",
	[SEG6_IPTUN_MODE_L2ENCAP] = "l2encap",
	[SEG6_IPTUN_MODE_ENCAP_RED] = "encap.red",
	[SEG6_IPTUN_MODE_L2ENCAP_RED] = "l2encap.red",
};

static const char *const ioam6_modes[] = {
	[IOAM6_IPTUNNEL_MODE_INLINE] = "inline",
	[IOAM6_IPTUNNEL_MODE_ENCAP] = "encap",
	[IOAM6_IPTUNNEL_MODE_AUTO] = "auto",
};

static const char *const actions[] = {
	[SEG6_LOCAL_ACTION_END] = "End",
	[SEG6_LOCAL_ACTION_END_X] = "End.X",
	[SEG6_LOCAL_ACTION_END_T] = "End.T",
	[SEG6_LOCAL_ACTION_END_DX2] = "End.DX2",
	[SEG6_LOCAL_ACTION_END_DX6] = "End.DX6",
	[SEG6_LOCAL_ACTION_END_DX4] = "End.DX4",
	[SEG6_LOCAL_ACTION_END_DT6] = "End.DT6",
	[SEG6_LOCAL_ACTION_END_DT4] = "End.DT4",
	[SEG6_LOCAL_ACTION_END_B6] = "End.B6",
	[SEG6_LOCAL_ACTION_END_B6_ENCAP] = "End.B6.Encaps",
	[SEG6_LOCAL_ACTION_END_BM] = "End.BM",
	[SEG6_LOCAL_ACTION_END_S] = "End.S",
	[SEG6_LOCAL_ACTION_END_AS] = "End.AS",
	[SEG6_LOCAL_ACTION_END_AM] = "End.AM",
	[SEG6_LOCAL_ACTION_END_BPF] = "End.BPF",
	[SEG6_LOCAL_ACTION_END_DT46] = "End.DT46",
};

#define WORD(words, number) \
	word(words, sizeof(words) / sizeof(*(words)), number)

/* Name of a number, which only newer kernels may know. */
static const char *word(const char *const *words, size_t count, uint32_t number)
{
	return number < count && words[number] ? words[number] : "unknown";
}

/* Payload of a nested attribute, if it has at least this many bytes. */
static const void *payload_of(const struct nlattr *nest, uint16_t type,
			      size_t least)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == type &&
		    mnl_attr_get_payload_len(attr) >= least)
			return mnl_attr_get_payload(attr);
	return NULL;
}

struct encapsulated encapsulation_read(const struct nlattr *type,
				       const struct nlattr *nest)
{
	struct encapsulated found = { .kind = ENCAPSULATION_NONE };
	const void *payload;
	uint32_t number = 0;

	if (!type || !nest)
		return found;
	switch (mnl_attr_get_u16(type)) {
	case LWTUNNEL_ENCAP_SEG6:
		payload = payload_of(nest, SEG6_IPTUNNEL_SRH, sizeof(int));
		found.kind = ENCAPSULATION_SEG6;
		if (payload)
			memcpy(&number, payload, sizeof(number));
		found.mode = WORD(seg6_modes, number);
		break;
	case LWTUNNEL_ENCAP_IOAM6:
		payload = payload_of(nest, IOAM6_IPTUNNEL_MODE, 1);
		found.kind = ENCAPSULATION_IOAM6;
		if (payload)
			number = *(const uint8_t *)payload;
		found.mode = WORD(ioam6_modes, number);
		break;
	case LWTUNNEL_ENCAP_SEG6_LOCAL:
		payload = payload_of(nest, SEG6_LOCAL_ACTION, sizeof(number));
		if (payload)
			memcpy(&number, payload, sizeof(number));
		found.kind = ENCAPSULATION_SEG6_LOCAL;
		found.mode = WORD(actions, number);
		return found;
	default:
		return found;
	}
	/* headers inserted into the packet itself are seen afterwards */
	if (!strcmp(found.mode, "inline"))
		found.kind = ENCAPSULATION_NONE;
	return found;
}
