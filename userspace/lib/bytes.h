/* SPDX-License-Identifier: GPL-2.0 */
/* Read fields of a binary message within bounds, and write them into a buffer. */
#ifndef LIBKSRTP_BYTES_H
#define LIBKSRTP_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct complaint;

/**
 * struct bytes - borrowed bytes
 * @at: the first byte
 * @len: number of bytes
 */
struct bytes {
	const unsigned char *at;
	size_t len;
};

/**
 * struct reader - position in a message
 * @begin: the first byte
 * @at: the next byte to read
 * @end: end of the bytes
 * @base: offset of @begin in the whole message, for errors
 */
struct reader {
	const unsigned char *begin, *at, *end;
	size_t base;
};

/**
 * struct writer - buffer for a message
 * @begin: the first byte
 * @len: number of bytes written
 * @size: size of the buffer
 * @full: the buffer was too small; the message is invalid
 */
struct writer {
	unsigned char *begin;
	size_t len, size;
	bool full;
};

struct reader reader_of(struct bytes bytes, size_t base);
size_t reader_offset(const struct reader *reader);
size_t reader_left(const struct reader *reader);
int reader_number(struct reader *reader, unsigned int width, uint32_t *value,
		  const char *what, struct complaint *complaint);
int reader_bytes(struct reader *reader, size_t len, struct bytes *bytes,
		 const char *what, struct complaint *complaint);
int reader_counted(struct reader *reader, unsigned int width,
		   struct bytes *bytes, const char *what,
		   struct complaint *complaint);
uint64_t bytes_number(struct bytes bytes);
bool bytes_same(struct bytes bytes, struct bytes other);
void writer_number(struct writer *writer, unsigned int width, uint64_t value);
void writer_bytes(struct writer *writer, struct bytes bytes);
void writer_counted(struct writer *writer, unsigned int width,
		    struct bytes bytes);
unsigned char *writer_room(struct writer *writer, size_t len);

#endif
