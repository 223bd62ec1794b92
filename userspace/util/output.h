/* SPDX-License-Identifier: GPL-2.0 */
/* Results as text or JSON. */
#ifndef KSRTP_OUTPUT_H
#define KSRTP_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>

/* Maximum size of an address with its port. */
#define OUTPUT_ENDPOINT 64

extern bool output_is_json;
extern bool output_pretty;
extern bool output_stats;
extern bool output_brief;
extern bool output_top;

void output_check(bool batch);
const char *output_string(const json_t *object, const char *key);
long long output_number(const json_t *object, const char *key);
const char *output_local(const json_t *session, char *text);
const char *output_remote(const json_t *session, char *text);
const char *output_dev(const json_t *object, char *name);
bool output_direction_is(const json_t *session, const char *key,
			 const char *value);
void output_dress(json_t *object);
void output_list(json_t *list, void (*print)(json_t *object));
void output_line(json_t *object);

#endif
