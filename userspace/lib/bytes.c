// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "bytes.h"
#include "complaint.h"

/**
 * reader_of() - begin to read
 * @bytes: the bytes
 * @base: their offset in the whole message, for errors
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
 * reader_offset() - offset of a reader in the message
 * @reader: the reader
 *
 * Return: the offset in bytes
 */
size_t reader_offset(const struct reader *reader)
{
	return reader->base + (reader->at - reader->begin);
}

/**
 * reader_left() - number of bytes left
 * @reader: the reader
 *
 * Return: the number
 */
size_t reader_left(const struct reader *reader)
{
	return reader->end - reader->at;
}

/**
 * reader_bytes() - read bytes
 * @reader: the reader
 * @len: number of bytes
 * @bytes: receives them
 * @what: the field's name, for the error
 * @complaint: receives the error
 *
 * Return: 0, or -EINVAL if fewer are left
 */
int reader_bytes(struct reader *reader, size_t len, struct bytes *bytes,
		 const char *what, struct complaint *complaint)
{
	if (len > reader_left(reader))
		return wrong(complaint,
			     "%s: %zu bytes at byte %zu, but %zu are left",
			     what, len, reader_offset(reader),
			     reader_left(reader));
	*bytes = (struct bytes) { reader->at, len };
	reader->at += len;
	return 0;
}

/**
 * reader_number() - read a number in network byte order
 * @reader: the reader
 * @width: 1 to 4 bytes
 * @value: receives the number
 * @what: the field's name, for the error
 * @complaint: receives the error
 *
 * Return: 0, or -EINVAL if fewer bytes are left
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
 * reader_counted() - read a length and as many bytes
 * @reader: the reader
 * @width: width of the length, 1 to 4 bytes
 * @bytes: receives the bytes
 * @what: the field's name, for the error
 * @complaint: receives the error
 *
 * Return: 0, or -EINVAL if fewer are left
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
 * bytes_number() - convert bytes in network byte order to a number
 * @bytes: the bytes; only the last 8 are used
 *
 * Return: the number, 0 without bytes
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
 * bytes_same() - compare bytes that are not secret
 * @bytes: some bytes
 * @other: other bytes
 *
 * Return: true if they are equal
 */
bool bytes_same(struct bytes bytes, struct bytes other)
{
	return bytes.len == other.len &&
	       (!bytes.len || !memcmp(bytes.at, other.at, bytes.len));
}

/**
 * writer_room() - reserve bytes
 * @writer: the message
 * @len: number of bytes
 *
 * Return: the first byte, or NULL if the buffer is full
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
 * writer_number() - append a number in network byte order
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
 * writer_bytes() - append bytes
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
 * writer_counted() - append a length and bytes
 * @writer: the message
 * @width: width of the length, 1 to 4 bytes
 * @bytes: the bytes
 */
void writer_counted(struct writer *writer, unsigned int width,
		    struct bytes bytes)
{
	writer_number(writer, width, bytes.len);
	writer_bytes(writer, bytes);
}
