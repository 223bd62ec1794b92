// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "text.h"
#include "lib/base64.h"
#include "lib/complaint.h"

#define BLANKS " \t"

/**
 * mikey_text_of_attribute() - find the message in an attribute a=key-mgmt:
 * @value: value of the attribute, "mikey AQEF..."
 *
 * RFC 4567 section 3.1.
 *
 * Return: the message in base64, possibly empty; NULL for another protocol
 */
const char *mikey_text_of_attribute(const char *value)
{
	static const char name[] = "mikey";
	size_t len = strlen(name);

	if (strncasecmp(value, name, len) ||
	    (value[len] && !strchr(BLANKS, value[len])))
		return NULL;
	return value + len + strspn(value + len, BLANKS);
}

/* A parameter of the header, "name=value" or "name=\"value\"". */
struct parameter {
	struct bytes name, value;
	bool ends;		/* last one of its protocol */
};

static struct bytes cut_at(const char **at, const char *stops)
{
	size_t len = strcspn(*at, stops);
	struct bytes bytes = { (const unsigned char *)*at, len };

	*at += len;
	return bytes;
}

static int read_parameter(const char **at, struct parameter *parameter,
			  struct complaint *c)
{
	*at += strspn(*at, BLANKS);
	parameter->name = cut_at(at, "=;, \t\"");
	*at += strspn(*at, BLANKS);
	if (*(*at)++ != '=')
		return wrong(c, "KeyMgmt: a parameter has no value");
	*at += strspn(*at, BLANKS);
	if (**at == '"') {
		++*at;
		parameter->value = cut_at(at, "\"");
		if (*(*at)++ != '"')
			return wrong(c, "KeyMgmt: a value has no closing quote");
	} else {
		parameter->value = cut_at(at, ";, \t");
	}
	*at += strspn(*at, BLANKS);
	if (**at && **at != ';' && **at != ',')
		return wrong(c, "KeyMgmt: unexpected text after a value");
	parameter->ends = **at != ';';
	if (**at)
		++*at;
	/* a trailing semicolon is allowed */
	*at += strspn(*at, BLANKS);
	parameter->ends |= !**at;
	return 0;
}

static bool is_word(struct bytes bytes, const char *word)
{
	return bytes.len == strlen(word) &&
	       !strncasecmp((const char *)bytes.at, word, bytes.len);
}

/* 'prot=mikey;uri="rtsp://...";data="AQEF..."', alone or in a list. */
static int find_in_header(const char *at, struct bytes *found,
			  struct complaint *c)
{
	struct parameter parameter = { .ends = false };
	bool mikey = false;
	struct bytes data = { NULL, 0 };
	int ret;

	while (*at) {
		ret = read_parameter(&at, &parameter, c);
		if (ret)
			return ret;
		if (is_word(parameter.name, "prot"))
			mikey = is_word(parameter.value, "mikey");
		else if (is_word(parameter.name, "data"))
			data = parameter.value;
		if (!parameter.ends)
			continue;
		if (mikey && data.at) {
			*found = data;
			return 0;
		}
		mikey = false;
		data.at = NULL;
	}
	return wrong(c, "KeyMgmt: no prot=mikey with data");
}

/**
 * mikey_text_find() - find a message in text
 * @text: base64; a line a=key-mgmt:mikey; or RTSP's header KeyMgmt: or its value
 * @found: receives the base64
 * @complaint: receives the error
 *
 * RFC 4567 sections 3.1 and 3.2.
 *
 * Return: 0, or -EINVAL
 */
int mikey_text_find(const char *text, struct bytes *found,
		    struct complaint *complaint)
{
	static const char attribute[] = "a=key-mgmt:", header[] = "KeyMgmt:";
	const char *at = text + strspn(text, BLANKS);

	if (!strncmp(at, attribute, strlen(attribute))) {
		at = mikey_text_of_attribute(at + strlen(attribute));
		if (!at)
			return wrong(complaint, "a=key-mgmt: protocol is not mikey");
	} else if (!strncasecmp(at, header, strlen(header))) {
		return find_in_header(at + strlen(header), found, complaint);
	} else if (!strncasecmp(at, "prot", 4) && strchr(at, ';')) {
		return find_in_header(at, found, complaint);
	}
	*found = cut_at(&at, " \t\r\n");
	if (at[strspn(at, " \t\r\n")])
		return wrong(complaint, "unexpected text after the message");
	return 0;
}

/**
 * mikey_text_decode() - decode base64
 * @text: the base64
 * @bytes: receives up to MIKEY_SIZE bytes
 * @len: receives the length
 * @complaint: receives the error
 *
 * Return: 0, -EINVAL, or -ENOMEM
 */
int mikey_text_decode(struct bytes text, unsigned char *bytes, size_t *len,
		      struct complaint *complaint)
{
	char *copy = strndup((const char *)text.at, text.len);
	int n;

	if (!copy)
		return complain(complaint, ENOMEM, "%s", strerror(ENOMEM));
	n = base64_decode(copy, bytes, MIKEY_SIZE);
	explicit_bzero(copy, text.len);
	free(copy);
	if (n < 0)
		return wrong(complaint, "message is not base64");
	if (!n)
		return wrong(complaint, "message is empty");
	if (n > MIKEY_SIZE)
		return wrong(complaint, "message is longer than %d bytes",
			     MIKEY_SIZE);
	*len = n;
	return 0;
}

/**
 * mikey_text_encode() - encode as base64
 * @bytes: up to MIKEY_SIZE bytes
 * @text: receives the base64 and a NUL
 */
void mikey_text_encode(struct bytes bytes, char *text)
{
	EVP_EncodeBlock((unsigned char *)text, bytes.at, bytes.len);
}

/**
 * mikey_text_header() - make the value of RTSP's KeyMgmt:
 * @data: the message in base64
 * @uri: URI that the message is for, or NULL
 * @header: receives the value, without "KeyMgmt:"
 * @size: size of @header
 * @complaint: receives the error
 *
 * RFC 4567 section 3.2.
 *
 * Return: 0, -EINVAL for an invalid URI, or -EMSGSIZE
 */
int mikey_text_header(const char *data, const char *uri, char *header,
		      size_t size, struct complaint *complaint)
{
	const unsigned char *at;
	int len;

	for (at = (const unsigned char *)(uri ? uri : ""); *at; at++)
		if (*at <= ' ' || *at == '"' || *at >= 127)
			return wrong(complaint, "URI: character %td is not allowed",
				     at - (const unsigned char *)uri + 1);
	len = snprintf(header, size, "prot=mikey;uri=\"%s\";data=\"%s\"",
		       uri ? uri : "", data);
	if (len < 0 || (size_t)len >= size)
		return complain(complaint, EMSGSIZE,
				"header has %d characters; the buffer holds %zu",
				len, size ? size - 1 : 0);
	return 0;
}
