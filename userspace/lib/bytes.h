/* SPDX-License-Identifier: GPL-2.0 */
/* Fields of a binary message, read within its bounds and written into room. */
#ifndef LIBKSRTP_BYTES_H
#define LIBKSRTP_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct complaint;

/**
 * struct bytes - bytes of somebody else's
 * @at: the first of them
 * @len: how many there are
 */
struct bytes {
	const unsigned char *at;
	size_t len;
};

/**
 * struct reader - what is left to read
 * @begin: the first byte
 * @at: the next one
 * @end: behind the last one
 * @base: offset of @begin in the message that errors are about
 */
struct reader {
	const unsigned char *begin, *at, *end;
	size_t base;
};

/**
 * struct writer - room for a message
 * @begin: the first byte
 * @len: how many are written
 * @size: how many there is room for
 * @full: something had no room; the message is none
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
