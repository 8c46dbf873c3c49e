/* The only door between Swift and the Lua interpreter.
 *
 * Swift never sees a lua_State. Values cross as *packed values*, one tagged little-endian encoding:
 *
 *   0 nil | 1 false | 2 true | 3 integer (i64) | 4 float (f64) | 5 string (u32 length, bytes)
 *   6 JSON (u32 length, bytes): decoded going in; how tables come out, canonical
 *   7 object (u32 count, count x (u32 length, key bytes, value)), going in only: a plain table
 *   8 list (u32 count, values), going in only: a table with the JSON array mark
 *   9 shaped object (u32 shape, its first values, u32 length, its other values), going in only
 *   10 JSON (u32 shape, u32 length, bytes), going in only: of an object only the members that the shape names
 *   11 UUID (16 bytes), going in only: a string, its text form
 *
 * Everything that can raise a Lua error runs in C inside a protected call, so no longjmp ever crosses a Swift
 * frame. A VM is used by one thread at a time. Pointers handed out stay valid until the next call into the
 * same VM. */
#ifndef CLUA_H
#define CLUA_H

#include <stddef.h>
#include <stdint.h>

typedef struct clua_vm clua_vm;

/* A call that waits for an answer of the host; see clua_start. */
typedef struct clua_thread clua_thread;

enum clua_tag {
    CLUA_TAG_NIL, CLUA_TAG_FALSE, CLUA_TAG_TRUE, CLUA_TAG_INTEGER, CLUA_TAG_FLOAT, CLUA_TAG_STRING,
    CLUA_TAG_JSON, CLUA_TAG_OBJECT, CLUA_TAG_LIST,
    CLUA_TAG_SHAPED, CLUA_TAG_FIELDS, CLUA_TAG_UUID
};

/* What became of a call. All above CLUA_CONVERSION are kills, which no script can catch. */
enum clua_status {
    CLUA_OK, CLUA_SUSPENDED, CLUA_SYNTAX, CLUA_RUNTIME, CLUA_CONVERSION,
    CLUA_MEMORY, CLUA_INSTRUCTIONS, CLUA_TIME, CLUA_OUTPUT, CLUA_RECORDS, CLUA_ABORTED, CLUA_INTERRUPTED
};

/* What a host function answers; its results, text or value were handed over by clua_host_answer. */
enum clua_host_status {
    CLUA_HOST_RESULTS,     /* any number of packed results */
    CLUA_HOST_ERROR,       /* one packed text, raised with the position of the calling line */
    CLUA_HOST_ERROR_VALUE, /* one packed value, raised as it is */
    CLUA_HOST_ABORT        /* packed code and text: a kill */
};

typedef struct clua_limits {
    uint64_t instructions;
    uint64_t memory_bytes;
    uint64_t output_bytes;
    uint64_t records;
    uint64_t milliseconds;
    uint32_t counted; /* instructions that are counted at once, 2 to CLUA_HOOK_INTERVAL; 0: as many */
} clua_limits;

/* Called for each host function; must not unwind. `arguments` are packed values, valid until it returns or
 * calls in. */
typedef int32_t (*clua_host_callback)(void *context, int32_t function, const uint8_t *arguments,
                                      size_t length);

/* Levels of the stack that a failure keeps: what fits a screen. */
#define CLUA_FRAMES_MAX 32

/* A failed call in parts; texts are not terminated. `frames` is packed: source, line, name, line of
 * definition. */
typedef struct clua_failure {
    const uint8_t *message;
    size_t message_length;
    const uint8_t *frames;
    size_t frames_length;
    const uint8_t *value; /* canonical JSON of a raised table, or NULL */
    size_t value_length;
} clua_failure;

/* Which Lua this is: "Lua 5.4.4". */
const char *clua_release(void);

/* A new VM whose hash seed is `seed`, or NULL when memory is short. */
clua_vm *clua_new(uint32_t seed, clua_limits limits, clua_host_callback callback, void *context);
void clua_close(clua_vm *vm);

/* Makes field `name` of the privileged `host` table call host function number `function`. */
int32_t clua_register(clua_vm *vm, const char *name, int32_t function);
/* Declares the members of a kind of object: `texts` are packed, first what an error about an unknown member
 * begins with ("an event has no field"), then the names. Of the members `ready` are there from the beginning,
 * the others when one of them is asked for. Returns the shape's number, or -1 when memory is short. */
int32_t clua_declare_shape(clua_vm *vm, int32_t ready, const uint8_t *texts, size_t length);
/* What `require "name"` finds; a second call under one name replaces the first if it wasn't loaded yet. */
int32_t clua_add_module(clua_vm *vm, const char *name, const uint8_t *source, size_t length,
                        const char *file);

/* Runs a chunk with the `host` table as argument; clua_results are then name, function reference, and so
 * on. */
int32_t clua_load_privileged(clua_vm *vm, const uint8_t *source, size_t length, const char *file);
/* clua_results is then the bytecode of a chunk, which no other process can use. */
int32_t clua_precompile(clua_vm *vm, const uint8_t *source, size_t length, const char *file);
/* As clua_load_privileged, of what clua_precompile made. Never of bytes from elsewhere: Lua doesn't check
 * them. */
int32_t clua_load_precompiled(clua_vm *vm, const uint8_t *code, size_t length, const char *file);
/* Runs a chunk in the sandboxed environment that all script chunks of the VM share. */
int32_t clua_run(clua_vm *vm, const uint8_t *source, size_t length, const char *file);
/* clua_results is then what a chunk compiles to, without what comments and layout change; nothing is run. */
int32_t clua_chunk_code(clua_vm *vm, const uint8_t *source, size_t length, const char *file);
/* From now on a script that writes a global that doesn't exist yet gets an error. */
int32_t clua_lock_globals(clua_vm *vm);
/* Calls a function by its reference; clua_results are then its results. */
int32_t clua_call(clua_vm *vm, int32_t function, const uint8_t *arguments, size_t length);

/* As clua_call, but the function may wait: host.suspend(...) ends this call with CLUA_SUSPENDED, clua_results
 * are the values that it was given, and `*waiting` is what to go on with. Only from outside: not from a host
 * function. */
int32_t clua_start(clua_vm *vm, int32_t function, const uint8_t *arguments, size_t length,
                   clua_thread **waiting);
/* Goes on where a call waits; host.suspend answers as a host function would. The call has what is left of
 * its budgets, and the clock anew. `*waiting` is set to NULL unless it waits again. */
int32_t clua_resume(clua_vm *vm, clua_thread **waiting, int32_t how, const uint8_t *answer, size_t length);
/* Gives up a call that waits; none of its code runs any more. */
void clua_drop(clua_vm *vm, clua_thread *waiting);

/* clua_results are then the names of the scripts' globals, and "table.field" for the fields of those that are
 * tables; in no order. */
int32_t clua_names(clua_vm *vm);

const uint8_t *clua_results(const clua_vm *vm, size_t *length);
clua_failure clua_last_failure(const clua_vm *vm);
/* Inside a host callback: hands over what its status speaks of (copied). False when memory is short. */
int32_t clua_host_answer(clua_vm *vm, const uint8_t *bytes, size_t length);

/* Recorded so far: for each record a u32 length and its packed values. */
const uint8_t *clua_records(const clua_vm *vm, size_t *length);
void clua_records_truncate(clua_vm *vm, size_t length);

/* Calls of the VM look at `*flag`, and are killed when it isn't 0; NULL: none does. The flag must outlive the
 * VM, and is written by clua_raise_flag alone, from any thread. */
void clua_watch_flag(clua_vm *vm, const int32_t *flag);
void clua_raise_flag(int32_t *flag, int32_t value);
int32_t clua_read_flag(const int32_t *flag);

uint64_t clua_instructions_used(const clua_vm *vm);
uint64_t clua_memory_used(const clua_vm *vm);
/* Bytes that the pool of small blocks holds, free ones included. */
uint64_t clua_memory_held(const clua_vm *vm);
int32_t clua_call_depth(const clua_vm *vm);

/* Fills `order` with the raw traversal order of 100 fixed keys: equal for equal seeds, if seeding works. */
#define CLUA_SEED_PROBE_KEYS 100
int32_t clua_probe_seed(clua_vm *vm, uint8_t order[CLUA_SEED_PROBE_KEYS]);

#endif
