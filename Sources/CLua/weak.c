/* No table is weak. A weak table would show when garbage is collected, which no history decides, and this
 * version of Lua can be crashed with one.
 *
 * setmetatable refuses a metatable with __mode, but a script could add the field afterwards. Lua looks for it
 * in one place of the collector, with luaT_gettm, which lies in another object file of the static archive: so
 * the linker's --wrap=luaT_gettm puts our function in between. */
#include "internal.h"

#define TM_MODE 3 /* the place of __mode among the events of ltm.h, Lua 5.4 */

const void *__wrap_luaT_gettm(void *metatable, int event, void *name);
const void *__real_luaT_gettm(void *metatable, int event, void *name);

const void *__wrap_luaT_gettm(void *metatable, int event, void *name) {
    if (event == TM_MODE) return NULL;
    return __real_luaT_gettm(metatable, event, name);
}
