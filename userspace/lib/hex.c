// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <string.h>

#include "hex.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return tolower((unsigned char)c) - 'a' + 10;
}

/* Returns the number of bytes, at most @size of which are stored, or -1. */
int hex_decode(const char *text, unsigned char *bytes, size_t size)
{
	size_t len = strlen(text);
	size_t i;

	if (len % 2 || strspn(text, "0123456789abcdefABCDEF") != len)
		return -1;
	for (i = 0; i < len / 2 && i < size; i++)
		bytes[i] = digit(text[2 * i]) << 4 | digit(text[2 * i + 1]);
	return len / 2;
}

/* Write @len bytes to @text, which has room for twice as many characters and one. */
void hex_encode(const unsigned char *bytes, size_t len, char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (; len--; bytes++) {
		*text++ = digits[*bytes >> 4];
		*text++ = digits[*bytes & 15];
	}
	*text = '\0';
}
