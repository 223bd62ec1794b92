// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "bytes.h"
#include "complaint.h"

/**
 * reader_of() - begin to read
 * @bytes: what is read
 * @base: its offset in the message that errors are about, in bytes
 *
 * Return: a reader at the first byte
 */
struct reader reader_of(struct bytes bytes, size_t base)
{
	return (struct reader) {
		.begin = bytes.at, .at = bytes.at, .end = bytes.at + bytes.len,
		.base = base,
	};
}

/**
 * reader_offset() - where in the message a reader is
 * @reader: the reader
 *
 * Return: the offset in bytes
 */
size_t reader_offset(const struct reader *reader)
{
	return reader->base + (reader->at - reader->begin);
}

/**
 * reader_left() - how much there is still to read
 * @reader: the reader
 *
 * Return: bytes
 */
size_t reader_left(const struct reader *reader)
{
	return reader->end - reader->at;
}

/**
 * reader_bytes() - take bytes
 * @reader: the reader, which goes on behind them
 * @len: how many
 * @bytes: takes them
 * @what: the field's name, for the error
 * @complaint: takes the error
 *
 * Return: 0, or -EINVAL where fewer are left
 */
int reader_bytes(struct reader *reader, size_t len, struct bytes *bytes,
		 const char *what, struct complaint *complaint)
{
	if (len > reader_left(reader))
		return wrong(complaint,
			     "%s: %zu bytes at byte %zu, where %zu are left",
			     what, len, reader_offset(reader),
			     reader_left(reader));
	*bytes = (struct bytes) { reader->at, len };
	reader->at += len;
	return 0;
}

/**
 * reader_number() - take a number in network byte order
 * @reader: the reader, which goes on behind it
 * @width: 1 to 4 bytes
 * @value: takes it
 * @what: the field's name, for the error
 * @complaint: takes the error
 *
 * Return: 0, or -EINVAL where fewer bytes are left
 */
int reader_number(struct reader *reader, unsigned int width, uint32_t *value,
		  const char *what, struct complaint *complaint)
{
	struct bytes bytes;
	int ret = reader_bytes(reader, width, &bytes, what, complaint);

	if (!ret)
		*value = bytes_number(bytes);
	return ret;
}

/**
 * reader_counted() - take bytes behind a field that says how many they are
 * @reader: the reader, which goes on behind them
 * @width: that of the length, 1 to 4 bytes
 * @bytes: takes them
 * @what: the field's name, for the error
 * @complaint: takes the error
 *
 * Return: 0, or -EINVAL where fewer are left
 */
int reader_counted(struct reader *reader, unsigned int width,
		   struct bytes *bytes, const char *what,
		   struct complaint *complaint)
{
	uint32_t len = 0;
	int ret = reader_number(reader, width, &len, what, complaint);

	return ret ? ret : reader_bytes(reader, len, bytes, what, complaint);
}

/**
 * bytes_number() - bytes as a number in network byte order
 * @bytes: the last 8 of them count
 *
 * Return: the number, 0 of no bytes
 */
uint64_t bytes_number(struct bytes bytes)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < bytes.len; i++)
		value = value << 8 | bytes.at[i];
	return value;
}

/**
 * bytes_same() - compare; not for what an attacker may guess
 * @bytes: some bytes
 * @other: others
 *
 * Return: true where both are the same
 */
bool bytes_same(struct bytes bytes, struct bytes other)
{
	return bytes.len == other.len &&
	       (!bytes.len || !memcmp(bytes.at, other.at, bytes.len));
}

/**
 * writer_room() - make room in a message
 * @writer: the message
 * @len: how many bytes
 *
 * Return: the first of them, or NULL where there is no room
 */
unsigned char *writer_room(struct writer *writer, size_t len)
{
	unsigned char *room = writer->begin + writer->len;

	if (writer->full || len > writer->size - writer->len) {
		writer->full = true;
		return NULL;
	}
	writer->len += len;
	return room;
}

/**
 * writer_number() - add a number in network byte order
 * @writer: the message
 * @width: 1 to 8 bytes
 * @value: the number
 */
void writer_number(struct writer *writer, unsigned int width, uint64_t value)
{
	unsigned char *room = writer_room(writer, width);

	while (room && width--) {
		room[width] = value;
		value >>= 8;
	}
}

/**
 * writer_bytes() - add bytes
 * @writer: the message
 * @bytes: the bytes
 */
void writer_bytes(struct writer *writer, struct bytes bytes)
{
	unsigned char *room = writer_room(writer, bytes.len);

	if (room && bytes.len)
		memcpy(room, bytes.at, bytes.len);
}

/**
 * writer_counted() - add bytes behind their number
 * @writer: the message
 * @width: that of the number, 1 to 4 bytes
 * @bytes: the bytes
 */
void writer_counted(struct writer *writer, unsigned int width,
		    struct bytes bytes)
{
	writer_number(writer, width, bytes.len);
	writer_bytes(writer, bytes);
}
