/* The way from the outermost table to a value inside it, as errors show it: lines[2].price. */
#include "internal.h"

#define SHOWN_KEY_BYTES 40 /* of a key, in an error */

/* Pushes the path as text, "" at the top, and returns it. */
const char *clua_path_push(lua_State *L, const clua_path *path) {
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    for (int i = 1; i <= path->depth && i <= CLUA_JSON_DEPTH_MAX; i++) {
        const clua_path_step *step = &path->steps[i];
        if (step->key == NULL) {
            char number[CLUA_NUMBER_TEXT];
            luaL_addchar(&text, '[');
            luaL_addlstring(&text, number, clua_format_integer(step->element, number));
            luaL_addchar(&text, ']');
        } else {
            if (i > 1) luaL_addchar(&text, '.');
            size_t shown = step->length < SHOWN_KEY_BYTES ? step->length : SHOWN_KEY_BYTES;
            luaL_addlstring(&text, step->key, shown);
        }
    }
    luaL_pushresult(&text);
    return lua_tostring(L, -1);
}
