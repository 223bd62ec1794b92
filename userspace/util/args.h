/* SPDX-License-Identifier: GPL-2.0 */
/* Words of a command, taken one by one. */
#ifndef KSRTP_ARGS_H
#define KSRTP_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The remaining words of a command, ended by NULL. */
struct args {
	char **word;
};

bool args_take(struct args *args, const char *word);
bool args_next(const struct args *args, const char *word);
char *args_value(struct args *args, const char *keyword);
bool args_text(struct args *args, const char *keyword, const char **text);
uint32_t args_number(struct args *args, const char *keyword, uint32_t min,
		     uint32_t max);
uint64_t args_count(struct args *args, const char *keyword, uint64_t min,
		    uint64_t max);
size_t args_hex(struct args *args, const char *keyword, unsigned char *bytes,
		size_t size);
void args_once(bool *seen, const char *keyword);
void args_end(struct args *args);
bool number_read(const char *text, uint64_t *value);
uint32_t parse_number(const char *text, const char *what, uint32_t min,
		      uint32_t max);

#endif
