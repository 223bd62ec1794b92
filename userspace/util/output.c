// SPDX-License-Identifier: GPL-2.0
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "output.h"

bool output_is_json;
bool output_pretty;
bool output_stats;
bool output_brief;
bool output_top;

/* Refuse output options that exclude each other. */
void output_check(bool batch)
{
	if (output_brief && (output_is_json || output_top))
		usage("-B: cannot be combined with -j, -p or -t");
	if (output_top && (output_is_json || batch))
		usage("-t: cannot be combined with -j, -p or -b");
}

const char *output_string(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

long long output_number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static const char *endpoint(const json_t *session, const char *address_key,
			    const char *port_key, char *text)
{
	const char *address = output_string(session, address_key);
	long long port = output_number(session, port_key);

	if (!address && !port)
		return "";
	if (!port)
		return address;
	snprintf(text, OUTPUT_ENDPOINT,
		 address && strchr(address, ':') ? "[%s]:%lld" : "%s:%lld",
		 address ? address : "any", port);
	return text;
}

/* A session's local endpoint, "" if it is any; text provides the buffer. */
const char *output_local(const json_t *session, char *text)
{
	return endpoint(session, "local-address", "local-port", text);
}

const char *output_remote(const json_t *session, char *text)
{
	return endpoint(session, "remote-address", "remote-port", text);
}

/* Name of an object's interface. */
const char *output_dev(const json_t *object, char *name)
{
	long long ifindex = output_number(object, "ifindex");

	if (!if_indextoname(ifindex, name))
		snprintf(name, IF_NAMESIZE, "if%lld", ifindex);
	return name;
}

/* Has a member of either direction this value? */
bool output_direction_is(const json_t *session, const char *key,
			 const char *value)
{
	static const char *const names[] = { "send", "recv" };
	const char *is;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		is = output_string(json_object_get(session, names[i]), key);
		if (is && !strcmp(is, value))
			return true;
	}
	return false;
}

/* Add the interface's name to the kernel's answer. */
void output_dress(json_t *object)
{
	char name[IF_NAMESIZE];

	if (output_number(object, "ifindex"))
		json_object_set_new(object, "dev",
				    json_string(output_dev(object, name)));
}

/* Print a list: one array as JSON, or each object as text. */
void output_list(json_t *list, void (*print)(json_t *object))
{
	json_t *object;
	size_t i;

	if (output_is_json) {
		json_dumpf(list, stdout, output_pretty ? JSON_INDENT(4) : 0);
		putchar('\n');
		return;
	}
	json_array_foreach(list, i, object)
		print(object);
}

/* Print one object as a line of JSON, and flush it. */
void output_line(json_t *object)
{
	json_dumpf(object, stdout, output_pretty ? JSON_INDENT(4) : 0);
	putchar('\n');
	fflush(stdout);
}
