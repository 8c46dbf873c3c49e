/* What is kept of a failed call: message, value, and the levels of the stack at the moment of the error.
 *
 * The handler runs before the stack unwinds and without the memory limit. A kill captures its levels when it
 * is decided, even inside the allocator: lua_getstack and lua_getinfo with "Slnt" allocate nothing. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_SHOWN 80 /* bytes of a function's name that are kept: a field may have any name */
#define MESSAGE_MAX 4096  /* bytes of a message that are kept: an error is read by a person */

static void keep(clua_buffer *buffer, const char *bytes, size_t length) {
    buffer->length = 0;
    clua_buffer_try_append(buffer, bytes, length); /* short of memory the text is left out, the kind stays */
}

void clua_failure_reset(clua_vm *vm, int kind) {
    vm->failure_kind = kind;
    vm->failure_message.length = 0;
    vm->failure_frames.length = 0;
    vm->failure_value.length = 0;
}

/* The name that the calling code knows a function by; "" for none, and after a tail call. */
static const char *name_of(const lua_Debug *level) {
    return *level->namewhat != 0 && strcmp(level->namewhat, "hook") != 0 ? level->name : "";
}

/* Appends source, line, name and line of definition (0: main chunk) of each Lua level; C levels have no line
 * to look at. */
static void capture(lua_State *L, clua_buffer *out) {
    lua_Debug level;
    int kept = 0;
    for (int i = 0; kept < CLUA_FRAMES_MAX && lua_getstack(L, i, &level); i++) {
        lua_getinfo(L, "Sln", &level);
        if (*level.what == 'C' || level.currentline < 0) continue;
        const char *source = *level.source == '@' ? level.source + 1 : level.source, *name = name_of(&level);
        clua_pack_text(out, source, strlen(source));
        clua_pack_integer(out, level.currentline);
        clua_pack_text(out, name, strnlen(name, NAME_MAX_SHOWN));
        clua_pack_integer(out, *level.what == 'm' ? 0 : level.linedefined);
        kept++;
    }
}

void clua_failure_capture(clua_vm *vm, lua_State *L) {
    vm->failure_frames.length = 0;
    capture(L, &vm->failure_frames);
}

static int encode_value(lua_State *L) {
    clua_buffer *out = &clua_of(L)->failure_value;
    out->length = 0;
    clua_json_encode(L, 1, out);
    return 0;
}

/* A raised table: its JSON, and the text among its fields that says most. No metamethods: no script code runs
 * here. */
static void describe_table(lua_State *L, clua_vm *vm, int index) {
    vm->failure_value.limit = vm->limits.output_bytes;
    lua_pushcfunction(L, encode_value);
    lua_pushvalue(L, index);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        vm->failure_value.length = 0;
        lua_pop(L, 1);
    }
    static const char *const fields[] = {"message", "text", "code"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        lua_pushstring(L, fields[i]);
        if (lua_rawget(L, index) == LUA_TSTRING) {
            size_t length;
            const char *text = lua_tolstring(L, -1, &length);
            keep(&vm->failure_message, text, length < MESSAGE_MAX ? length : MESSAGE_MAX);
            lua_pop(L, 1);
            return;
        }
        lua_pop(L, 1);
    }
    static const char plain[] = "the script raised a table";
    keep(&vm->failure_message, plain, sizeof plain - 1);
}

static void describe_error(lua_State *L, clua_vm *vm) {
    size_t length;
    switch (lua_type(L, 1)) {
    case LUA_TSTRING: {
        const char *text = lua_tolstring(L, 1, &length);
        keep(&vm->failure_message, text, length < MESSAGE_MAX ? length : MESSAGE_MAX);
        break;
    }
    case LUA_TNUMBER: {
        lua_pushvalue(L, 1);
        const char *text = lua_tolstring(L, -1, &length);
        keep(&vm->failure_message, text, length);
        lua_pop(L, 1);
        break;
    }
    case LUA_TTABLE: describe_table(L, vm, 1); break;
    default: {
        char text[64];
        int count = snprintf(text, sizeof text, "the script raised a %s value", luaL_typename(L, 1));
        keep(&vm->failure_message, text, (size_t)count);
    }
    }
}

static int kind_of_error(lua_State *L, clua_vm *vm) {
    if (vm->converting) return CLUA_CONVERSION;
    const char *text = lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : NULL;
    return text != NULL && text == vm->syntax_message ? CLUA_SYNTAX : CLUA_RUNTIME;
}

/* The message handler of every call from Swift. A kill was captured when it was decided; the errors that it
 * causes add nothing. */
int clua_on_error(lua_State *L) {
    clua_vm *vm = clua_of(L);
    if (clua_is_kill(L, LUA_ERRRUN)) return 1;
    const void *rethrown = vm->rethrown;
    vm->rethrown = NULL;
    if (rethrown != NULL && rethrown == lua_topointer(L, 1)) return 1;
    int enforce = vm->enforce;
    vm->enforce = 0;
    clua_failure_reset(vm, kind_of_error(L, vm));
    clua_failure_capture(vm, L);
    describe_error(L, vm);
    vm->described = lua_topointer(L, 1);
    vm->enforce = enforce; /* __close may run script code after us */
    return 1;
}

/* Turns the status of the protected call into ours. The error value is on top; the handler has not run for
 * errors of memory, nor when it failed itself (C stack overflow). */
int clua_failure_finish(clua_vm *vm, int status) {
    lua_State *L = vm->L;
    if (clua_is_kill(L, status)) return vm->killed;
    if (status == LUA_ERRERR) {
        static const char text[] = "stack overflow while an error was handled";
        clua_failure_reset(vm, CLUA_RUNTIME);
        keep(&vm->failure_message, text, sizeof text - 1);
    }
    return vm->failure_kind;
}

clua_failure clua_last_failure(const clua_vm *vm) {
    const clua_buffer *text = &vm->failure_message, *frames = &vm->failure_frames;
    const clua_buffer *value = &vm->failure_value;
    return (clua_failure){
        .message = text->bytes,
        .message_length = text->length,
        .frames = frames->bytes,
        .frames_length = frames->length,
        .value = value->length > 0 ? value->bytes : NULL,
        .value_length = value->length,
    };
}

/* host.traceback(): "file:line in name" for each Lua level above the caller, one a line. */
int clua_traceback(lua_State *L) {
    lua_Debug level;
    clua_text text;
    clua_text_init(&text, L);
    for (int i = 1, kept = 0; kept < CLUA_FRAMES_MAX && lua_getstack(L, i, &level); i++) {
        lua_getinfo(L, "Sln", &level);
        if (*level.what == 'C' || level.currentline < 0) continue;
        const char *name = *level.what == 'm' ? "main chunk" : name_of(&level);
        const char *end = kept > 0 ? "\n" : "", *in = *name != 0 ? " in " : "";
        lua_pushfstring(L, "%s%s:%d%s%s", end, level.short_src, level.currentline, in, name);
        size_t length;
        const char *line = lua_tolstring(L, -1, &length);
        clua_text_append(&text, line, length);
        lua_pop(L, 1);
        kept++;
    }
    clua_text_push(&text);
    return 1;
}

/* host.place(function): "file:line: " of its definition, to begin an error that speaks of it. */
int clua_place(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_Debug definition;
    lua_getinfo(L, ">S", &definition);
    lua_pushfstring(L, "%s:%d: ", definition.short_src, definition.linedefined);
    return 1;
}

/* host.where(level): file and line of the caller's caller and so on (level 1: the function that called
 * where), or nothing. */
int clua_where(lua_State *L) {
    lua_Debug level;
    lua_Integer wanted = luaL_optinteger(L, 1, 1);
    if (wanted < 0 || wanted > 1000 || !lua_getstack(L, (int)wanted, &level)) return 0;
    lua_getinfo(L, "Sl", &level);
    if (level.currentline < 0) return 0;
    lua_pushstring(L, *level.source == '@' ? level.source + 1 : level.source);
    lua_pushinteger(L, level.currentline);
    return 2;
}
