/* What the files of CLua share. Nothing here is seen by Swift.
 *
 * Invariants:
 * - All state lives in the clua_vm; there are no globals, so VMs can't touch each other.
 * - `enforce` is 1 only while script code runs. Then the allocator holds the memory limit; host work never
 *   fails by it.
 * - Once `killed` is set, it stays until the outermost call ends, and every way back into script code raises
 *   again. */
#ifndef CLUA_INTERNAL_H
#define CLUA_INTERNAL_H

#include "CLua.h"

#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>

#if LUA_VERSION_NUM != 504
#error "CLua is written for Lua 5.4: seed.c and sandbox.c rest on its internals"
#endif

#define CLUA_HOOK_INTERVAL 1000 /* instructions between two looks at the budget: more isn't cheaper */
#define CLUA_JSON_DEPTH_MAX 64  /* nesting of JSON in both directions; a cycle ends here too */
#define CLUA_KEYS 256           /* remembered names of members: a few scripts' worth of event types */
#define CLUA_KEY_BYTES_MAX 40   /* Lua interns strings up to this length */
#define CLUA_SHAPES_MAX 65536   /* one for each processor with declared fields, and a few of the host */
#define CLUA_POOL_CLASSES 33    /* classes of 16 bytes up to 512; class 0 is unused */
#define CLUA_CLASS_BYTES 16
#define CLUA_CHUNK_BYTES 65536
#define CLUA_CHUNK_HEADER 16 /* keeps blocks aligned to 16 */
#define CLUA_POOL_LIMITS 2   /* times the memory limit that the pool may hold, free blocks included */

typedef struct clua_buffer {
    uint8_t *bytes;
    size_t length;
    size_t capacity;
    size_t limit; /* growing beyond it is a CLUA_OUTPUT kill */
} clua_buffer;

typedef struct clua_free_block {
    struct clua_free_block *next;
} clua_free_block;

typedef struct clua_chunk {
    struct clua_chunk *next;
    size_t free_bytes; /* while chunks are given back */
} clua_chunk;

typedef struct clua_pool {
    clua_free_block *free[CLUA_POOL_CLASSES];
    uint8_t *fresh; /* the unused rest of the newest chunk */
    size_t fresh_bytes;
    clua_chunk *chunks;
    size_t held; /* bytes of the chunks */
} clua_pool;

typedef struct clua_key {
    const char *text;
    size_t length; /* 0: empty */
} clua_key;

/* The names of an object's members; see shape.c. */
typedef struct clua_shape {
    int ready; /* members that are there from the beginning; the others stay packed */
    int count;
    int names_ref; /* a list of the names, which is also a map from name to place; [0] begins errors */
    int meta_ref;
    struct {
        const char *text; /* held by the list */
        size_t length;
    } names[];
} clua_shape;

struct clua_vm {
    lua_State *L; /* the Lua thread that runs: the main one, or that of a call that may wait */
    clua_limits limits;
    clua_host_callback callback;
    void *context;

    clua_pool pool;
    size_t used;
    size_t blocks;
    int enforce;
    void *refused_block; /* the request that was refused last, to tell Lua's second try (after a full */
    size_t refused_size; /* collection) from its first; size 0: the last growth was granted */

    int depth; /* calls from Swift that are running, nested ones included */
    int killed;
    int interval; /* instructions between two hook calls now */
    uint64_t spent;
    uint64_t unchecked; /* charged by C functions since the last look at the budget */
    size_t uncharged;   /* bytes that Lua's core compared since they were charged last */
    uint64_t deadline;  /* monotonic milliseconds; 0: not set yet */
    uint64_t recorded;
    const int32_t *flag; /* of another thread that may end what runs; NULL: none */

    clua_thread *threads; /* calls that wait */
    clua_thread *spare;   /* a Lua thread whose call ended, for the next one */
    int outcome;          /* of the call that runs in a thread */
    int answered;         /* how the host answers the call that goes on */

    clua_buffer records;
    clua_buffer exchange; /* packed values on their way to Swift */
    clua_buffer inbox;    /* a host function's answer */
    clua_buffer scratch;  /* json.encode; never in use while script code runs */
    clua_buffer unescaped; /* a string of JSON with escapes, while it is read */
    clua_buffer failure_message;
    clua_buffer failure_frames;
    clua_buffer failure_value;
    const char *syntax_message; /* the string of the last failed load: tells it from a runtime error */
    int converting;             /* packing or unpacking for the host: a failure is CLUA_CONVERSION */
    int failure_kind;
    const void *described; /* the error value that was described last; compared, never followed */
    const void *rethrown; /* the error value that is raised again as it was caught: its levels are known */

    int env_ref; /* registry references */
    int privileged_ref;
    int host_ref;
    int array_ref;
    int modules_ref;
    int loaded_ref;
    int loading_ref;
    int loading; /* length of the list at loading_ref */
    int keys_ref;
    const void *array_mark;
    clua_key keys[CLUA_KEYS];
    uint8_t members[CLUA_JSON_DEPTH_MAX + 1]; /* of the last object of JSON at each depth */
    clua_shape **shapes;
    int shape_count;
    uint64_t random[4];
};

static inline clua_vm *clua_of(lua_State *L) { return *(clua_vm **)lua_getextraspace(L); }

/* alloc.c */
void *clua_allocate(void *context, void *block, size_t old_size, size_t size);
void clua_pool_free(clua_pool *pool);

/* reclaim.c */
void clua_pool_reclaim(clua_pool *pool);

/* protected.c */
typedef struct clua_call_request {
    int32_t function;
    const uint8_t *arguments;
    size_t length;
} clua_call_request;
void clua_recover(clua_vm *vm, int outcome);
int clua_protected(clua_vm *vm, lua_CFunction body, void *request);
int clua_call_body(lua_State *L);

/* threads.c */
int clua_suspend(lua_State *L);
void clua_threads_free(clua_vm *vm);

/* seed.c */
void clua_seed_next(unsigned int seed);

/* budget.c */
void clua_budget_begin(clua_vm *vm);
void clua_charge(lua_State *L, uint64_t units);
void clua_charge_bytes(clua_vm *vm, size_t bytes);
void clua_charge_running(size_t bytes);
clua_vm *clua_set_running(clua_vm *vm);
void clua_look_soon(clua_vm *vm);
void clua_kill(clua_vm *vm, int kind);
int clua_raise_kill(lua_State *L);
int clua_is_kill(lua_State *L, int status);

/* buffer.c */
int clua_buffer_try_append(clua_buffer *buffer, const void *bytes, size_t count);
uint8_t *clua_buffer_grow(lua_State *L, clua_buffer *buffer, size_t count);
void clua_buffer_free(clua_buffer *buffer);

static inline uint8_t *clua_buffer_reserve(lua_State *L, clua_buffer *buffer, size_t count) {
    if (buffer->capacity - buffer->length >= count && buffer->length + count <= buffer->limit)
        return buffer->bytes + buffer->length;
    return clua_buffer_grow(L, buffer, count);
}
static inline void clua_buffer_append(lua_State *L, clua_buffer *buffer, const void *bytes, size_t count) {
    uint8_t *place = clua_buffer_reserve(L, buffer, count);
    __builtin_memcpy(place, bytes, count);
    buffer->length += count;
}
static inline void clua_buffer_byte(lua_State *L, clua_buffer *buffer, uint8_t byte) {
    *clua_buffer_reserve(L, buffer, 1) = byte;
    buffer->length += 1;
}

/* text.c: a growing text under the script's memory limit */
#define CLUA_TEXT_LOCAL 512
typedef struct clua_text {
    lua_State *L;
    char *bytes;
    size_t length;
    size_t capacity;
    int slot; /* stack place of the userdata that holds the bytes once `local` is full */
    char local[CLUA_TEXT_LOCAL];
} clua_text;
void clua_text_init(clua_text *text, lua_State *L);
void clua_text_reserve(clua_text *text, size_t count);
void clua_text_append(clua_text *text, const char *bytes, size_t count);
void clua_text_push(clua_text *text);
void clua_collect_if_short(lua_State *L, size_t bytes);

/* utf8.c */
const uint8_t *clua_skip_plain(const uint8_t *p, const uint8_t *end);
size_t clua_utf8_sequence(const uint8_t *p, const uint8_t *end);
size_t clua_utf8_encode(uint32_t scalar, uint8_t *out);

/* number.c */
size_t clua_format_integer(int64_t value, char *out);
size_t clua_format_float(double value, char *out);
#define CLUA_NUMBER_TEXT 32 /* the longest number text: 17 digits, sign, point, exponent, ".0" */

/* packed.c */
int clua_unpack_all(lua_State *L, const uint8_t *bytes, size_t length);
void clua_pack(lua_State *L, int index, clua_buffer *out);
void clua_pack_text(clua_buffer *out, const char *text, size_t length);
void clua_pack_integer(clua_buffer *out, int64_t value);

/* keys.c */
int clua_equal_names(const char *a, const char *b, size_t length);
void clua_push_key_list(lua_State *L);
void clua_push_key(lua_State *L, int list, const char *text, size_t length);

/* shape.c */
const clua_shape *clua_shape_at(lua_State *L, uint32_t number);
int clua_shape_has(const clua_shape *shape, const char *text, size_t length);
void clua_shape_finish(lua_State *L, const clua_shape *shape, const uint8_t *rest, size_t length);
void clua_shape_unfold(lua_State *L, int index);
void clua_shapes_free(clua_vm *vm);
int clua_set_shape(lua_State *L);

/* path.c: by depth, from 1; a step deeper than JSON may be nested is not kept */
typedef struct clua_path_step {
    const char *key; /* NULL for an element of a list */
    size_t length;
    lua_Integer element;
} clua_path_step;
typedef struct clua_path {
    int depth;
    clua_path_step steps[CLUA_JSON_DEPTH_MAX + 1];
} clua_path;
const char *clua_path_push(lua_State *L, const clua_path *path);

/* json_decode.c, json_encode.c, json.c */
void clua_json_decode(lua_State *L, const uint8_t *bytes, size_t length, const clua_shape *shape);
void clua_json_encode(lua_State *L, int index, clua_buffer *out);
void clua_mark_array(lua_State *L);
int clua_has_array_mark(lua_State *L, int index);
void clua_push_json_library(lua_State *L);

/* failure.c */
int clua_on_error(lua_State *L);
void clua_failure_reset(clua_vm *vm, int kind);
void clua_failure_capture(clua_vm *vm, lua_State *L);
int clua_failure_finish(clua_vm *vm, int status);
int clua_traceback(lua_State *L);
int clua_place(lua_State *L);
int clua_where(lua_State *L);

/* sandbox.c and the libraries that it is made of */
int clua_build_sandbox(lua_State *L);
int clua_lock_newindex(lua_State *L);
void clua_push_tostring(lua_State *L, int index);
int clua_pcall(lua_State *L);
int clua_attempt(lua_State *L);
int clua_rethrow(lua_State *L);

/* digest.c, fingerprint.c, frozen.c, kinds.c */
int clua_digest(lua_State *L);
int clua_inside(lua_State *L);
int clua_mix(lua_State *L);
int clua_freeze(lua_State *L);
int clua_thaw(lua_State *L);
int clua_misfit(lua_State *L);

/* ranges.c: both take the copy of a library on top, and the stock one below it */
void clua_add_string_ranges(lua_State *L);
void clua_add_utf8_ranges(lua_State *L);

extern const luaL_Reg clua_base_functions[];
void clua_add_string_functions(lua_State *L);
extern const luaL_Reg clua_table_functions[];
int clua_sort(lua_State *L);
int clua_pairs(lua_State *L);
int clua_next(lua_State *L);

/* match.c */
#define CLUA_CAPTURES_MAX 32 /* as in stock Lua */
typedef struct clua_match {
    lua_State *L;
    const char *source, *source_end, *pattern_end;
    int depth;
    size_t steps; /* since the budget was charged last */
    int captures;
    struct {
        const char *start;
        ptrdiff_t length;
    } capture[CLUA_CAPTURES_MAX];
} clua_match;
void clua_match_pay(clua_match *m, size_t steps);
const char *clua_match_at(clua_match *m, const char *s, const char *p);
int clua_match_push_captures(clua_match *m, const char *s, const char *e, int whole_if_none);
void clua_match_push_capture(clua_match *m, int index, const char *s, const char *e);

/* modules.c */
int clua_require(lua_State *L);
void clua_loading_reset(lua_State *L, int length);
int clua_load_text(lua_State *L, const char *source, size_t length, const char *file);
int clua_load_code(lua_State *L, const char *code, size_t length, const char *file);
int clua_compile(lua_State *L);

/* random.c */
int clua_random(lua_State *L);
int clua_reseed(lua_State *L);

/* trampoline.c */
void clua_push_host(lua_State *L);
int clua_host_call(lua_State *L);
int clua_take_answer(lua_State *L, int status, int enforce);
int clua_record(lua_State *L);

#endif
