// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/complaint.h"
#include "lib/decimal.h"
#include "message.h"

#define VERSION "RTSP/1.0"

/* Length up to and including the empty line; 0 if it has not come yet. */
static size_t head_len(const char *bytes, size_t len)
{
	size_t i;

	for (i = 1; i < len; i++)
		if (bytes[i] == '\n' &&
		    (bytes[i - 1] == '\n' ||
		     (i > 1 && bytes[i - 1] == '\r' && bytes[i - 2] == '\n')))
			return i + 1;
	return 0;
}

/* Is a line of @len bytes this header? Then @value is where its value begins. */
static bool is_header(const char *line, size_t len, const char *name,
		      const char **value)
{
	size_t name_len = strlen(name);

	if (len <= name_len || strncasecmp(line, name, name_len) ||
	    line[name_len] != ':')
		return false;
	*value = line + name_len + 1;
	return true;
}

/* Read Content-Length from headers that are not yet split. */
static int body_len(const char *head, size_t len, size_t *body,
		    struct complaint *c)
{
	const char *end = head + len, *at, *line_end, *value;
	char digits[16];
	uint64_t number;
	bool seen = false;
	size_t n;
	int ret;

	*body = 0;
	for (at = head; at < end; at = line_end + 1) {
		line_end = memchr(at, '\n', end - at);
		if (!is_header(at, line_end - at, "Content-Length", &value))
			continue;
		while (value < line_end && (*value == ' ' || *value == '\t'))
			value++;
		n = line_end - value;
		while (n && isspace((unsigned char)value[n - 1]))
			n--;
		if (seen)
			return wrong(c, "Content-Length: given twice");
		if (!n || n >= sizeof(digits))
			return wrong(c, "Content-Length: not a length");
		memcpy(digits, value, n);
		digits[n] = '\0';
		if (!decimal_is(digits))
			return wrong(c, "Content-Length: not a length");
		ret = decimal_range(digits, "Content-Length", 0,
				    MESSAGE_BODY_MAX, &number, c);
		if (ret)
			return ret;
		*body = number;
		seen = true;
	}
	return 0;
}

/**
 * message_measure() - find the end of a message, or of a frame
 * @bytes: what has come of a connection; unchanged
 * @len: number of bytes
 * @size: receives the size of the first message or frame; 0 if it is not
 *	complete
 * @complaint: receives the error
 *
 * Return: 0, or -EINVAL if it is too long, or of unknown length
 */
int message_measure(const char *bytes, size_t len, size_t *size,
		    struct complaint *complaint)
{
	size_t head, body;
	int ret;

	*size = 0;
	if (len && *bytes == FRAME_MARK) {
		if (len < FRAME_HEADER)
			return 0;
		head = (unsigned char)bytes[2] << 8 | (unsigned char)bytes[3];
		if (len >= FRAME_HEADER + head)
			*size = FRAME_HEADER + head;
		return 0;
	}
	head = head_len(bytes, len < MESSAGE_HEAD_MAX ? len : MESSAGE_HEAD_MAX);
	if (!head)
		return len < MESSAGE_HEAD_MAX ? 0 :
			wrong(complaint, "headers are longer than %d bytes",
			      MESSAGE_HEAD_MAX);
	ret = body_len(bytes, head, &body, complaint);
	if (!ret && len >= head + body)
		*size = head + body;
	return ret;
}

static bool is_token(const char *text)
{
	if (!*text)
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) &&
		    !strchr("!#$%&'*+-.^_`|~", *text))
			return false;
	return true;
}

/* Cut the next line off; its end is replaced. NULL at the end. */
static char *next_line(char **rest)
{
	char *line = *rest, *end = strchr(line, '\n');

	if (!end)
		return NULL;
	*rest = end + 1;
	*end = '\0';
	if (end > line && end[-1] == '\r')
		end[-1] = '\0';
	return line;
}

static int read_response(struct message *message, char *line,
			 struct complaint *c)
{
	char *code = line + strlen(VERSION " ");
	char *reason = code + strcspn(code, " ");
	uint64_t number;

	if (*reason)
		*reason++ = '\0';
	if (!decimal_is(code) ||
	    decimal_range(code, "status", 100, 599, &number,
			  &(struct complaint){ 0 }))
		return wrong(c, "response has no status");
	message->response = true;
	message->status = number;
	message->reason = reason;
	return 0;
}

static int read_request(struct message *message, char *line,
			struct complaint *c)
{
	char *method = strsep(&line, " ");
	char *uri = line ? strsep(&line, " ") : NULL;

	if (!uri || !*uri || !line || !is_token(method))
		return wrong(c, "not a message of RTSP");
	if (strcmp(line, VERSION))
		return wrong(c, "not of version " VERSION);
	message->method = method;
	message->uri = uri;
	return 0;
}

static int read_header(struct message *message, char *line,
		       struct complaint *c)
{
	struct header *header = &message->header[message->n];
	char *value = strchr(line, ':'), *end;

	if (message->n++ == MESSAGE_HEADERS)
		return wrong(c, "more than %d headers", MESSAGE_HEADERS);
	if (!value)
		return wrong(c, "a header has no colon");
	*value++ = '\0';
	/* continued lines begin with a blank, and are obsolete */
	if (!is_token(line))
		return wrong(c, "a header has no name");
	value += strspn(value, " \t");
	for (end = value + strlen(value);
	     end > value && (end[-1] == ' ' || end[-1] == '\t'); end--)
		;
	*end = '\0';
	header->name = line;
	header->value = value;
	return 0;
}

/* Control characters could end a line for one reader and not for another. */
static bool is_text(const char *line)
{
	for (; *line; line++)
		if (iscntrl((unsigned char)*line) && *line != '\t')
			return false;
	return true;
}

static int read_lines(struct message *message, char *rest, struct complaint *c)
{
	char *line = next_line(&rest);
	int ret;

	if (!line || !is_text(line))
		return wrong(c, "not a message of RTSP");
	if (!strncmp(line, VERSION " ", strlen(VERSION " ")))
		ret = read_response(message, line, c);
	else
		ret = read_request(message, line, c);
	while (!ret && (line = next_line(&rest)) && *line) {
		if (!is_text(line))
			return wrong(c, "a header has control characters");
		ret = read_header(message, line, c);
	}
	return ret;
}

/**
 * message_read() - read a message
 * @message: receives it; its texts point into @bytes
 * @bytes: the message, which is modified
 * @size: its size, from message_measure()
 * @complaint: receives the error
 *
 * RFC 2326 sections 4 to 7.
 *
 * Return: 0, or -EINVAL
 */
int message_read(struct message *message, char *bytes, size_t size,
		 struct complaint *complaint)
{
	size_t head = head_len(bytes, size);

	memset(message, 0, sizeof(*message));
	if (!head || memchr(bytes, '\0', head))
		return wrong(complaint, "not a message of RTSP");
	message->body = bytes + head;
	message->body_len = size - head;
	/* the empty line is not needed any more; it ends the last header */
	bytes[head - 1] = '\0';
	if (bytes[head - 2] == '\r')
		bytes[head - 2] = '\0';
	return read_lines(message, bytes, complaint);
}

/**
 * message_header() - get a header
 * @message: the message
 * @name: the header's name, in any case
 *
 * Return: the value of the first one, or NULL
 */
const char *message_header(const struct message *message, const char *name)
{
	unsigned int i;

	for (i = 0; i < message->n; i++)
		if (!strcasecmp(message->header[i].name, name))
			return message->header[i].value;
	return NULL;
}

/**
 * message_is() - is it a request with this method?
 * @message: the message
 * @method: the method's name
 *
 * Return: true if it is
 */
bool message_is(const struct message *message, const char *method)
{
	return !message->response && !strcmp(message->method, method);
}
