/* What the files that read JSON share: json_decode.c its structure, json_scalar.c strings and numbers.
 *
 * What is read while `skipping` is checked like everything else, and pushed nowhere. A key that the shape
 * doesn't name begins it. */
#ifndef CLUA_JSON_READER_H
#define CLUA_JSON_READER_H

#include "internal.h"

typedef struct clua_json_reader {
    lua_State *L;
    clua_vm *vm;
    const uint8_t *start, *p, *end;
    int depth;
    int keys;                /* stack index of the list of keys */
    int skipping;            /* within a member that nobody wants */
    const clua_shape *shape; /* the members that are wanted of the outermost object; NULL: all */
} clua_json_reader;

void clua_json_refuse(clua_json_reader *r, const char *what);
void clua_json_read_string(clua_json_reader *r, int is_key);
void clua_json_read_number(clua_json_reader *r);

#endif
