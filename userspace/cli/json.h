/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A writer of JSON on stdout. The key is NULL for an element of an array and
 * for the outermost value. Strings of any bytes give valid JSON: bytes that are not UTF-8
 * become U+FFFD.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stdint.h>

void json_object_begin(const char *key);
void json_object_end(void);
void json_array_begin(const char *key);
void json_array_end(void);
void json_string(const char *key, const char *value);	/* NULL is null */
void json_number(const char *key, uint64_t value);
void json_decimal(const char *key, double value, int digits);
void json_bool(const char *key, bool value);

#endif /* JSON_H */
