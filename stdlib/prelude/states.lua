-- The live states of aggregates, and their snapshots: what is kept so that a stream needn't be folded again.
--
-- Invariant: nothing here decides anything. A state that was let go, or a snapshot that can't be used, costs
-- a fold. `aggregates.lua` says which states are folds of what is committed, and saves no others.

local host = ...
local json = host.json

-- States are kept live in two halves; when the younger one holds so many bytes, the older one is let go.
-- Together a quarter of what a VM may hold; a miss costs a fold, never a wrong answer.
local HALF_BYTES_MAX = 32 << 20

-- What a state takes in the VM, about: so much for its entry, and so much for each byte of its frozen form.
local ENTRY_BYTES, FROZEN_BYTE = 512, 4

-- Bytes of a frozen state, beyond which there is no snapshot: writing it would hold up the keys behind it.
local FROZEN_BYTES_MAX = 4 << 20

-- Events after which a state is measured, or saved as a snapshot, again; or an eighth of all that it has
-- seen, so that a state which grows and grows costs each event the same.
local MEASURED_EVERY, SAVED_EVERY, SHARE = 64, 256, 8

local young, old, young_bytes = {}, {}, 0


local function keep(stream, entry)
  young_bytes = young_bytes + entry.bytes
  if young_bytes > HALF_BYTES_MAX then young, old, young_bytes = {}, young, entry.bytes end
  young[stream] = entry
end


local function lookup(stream)
  local entry = young[stream]
  if entry then return entry end
  entry = old[stream]
  if entry then keep(stream, entry) end
  return entry
end


local function drop(stream)
  local entry = young[stream]
  if entry then young_bytes = young_bytes - entry.bytes end
  young[stream], old[stream] = nil, nil
end


-- A state has taken in so many more bytes of JSON: what it holds is guessed by them until it is measured.
local function grow(stream, entry, bytes)
  entry.bytes = entry.bytes + FROZEN_BYTE * bytes
  if young[stream] == entry then young_bytes = young_bytes + FROZEN_BYTE * bytes end
end


local function forget_all() young, old, young_bytes = {}, {}, 0 end


-- A state to fold on from: the stream's snapshot, when there is one of this code and up to that position, or
-- the state that it begins with.
local function beginning(body, stream, position)
  local entry = { revision = -1, saved = -1, measured = -1, bytes = ENTRY_BYTES }
  local found, revision, frozen, newest = host.attempt(host.load_snapshot, stream)
  if found and revision and newest <= position then
    found, entry.state = host.attempt(host.thaw, frozen)
    if found then entry.revision, entry.saved = revision, revision end
  end
  if not found then
    host.log("warning", "the snapshot of " .. stream .. " can't be used, the stream is folded anew")
  end
  if entry.revision < 0 then entry.state = json.decode(body.blank) end
  return entry
end


-- Sees from time to time how large a state has become, and saves it. Only one that is the fold of what is
-- committed comes here.
local function measure(entry, stream)
  local revision = entry.revision
  if revision < entry.measured then return end
  local frozen, size = host.freeze(entry.state, FROZEN_BYTES_MAX)
  local bytes = ENTRY_BYTES + FROZEN_BYTE * size
  if young[stream] == entry then young_bytes = young_bytes + bytes - entry.bytes end
  entry.bytes = bytes
  entry.measured = revision + math.max(MEASURED_EVERY, revision // SHARE)
  if frozen and revision - entry.saved >= math.max(SAVED_EVERY, revision // SHARE) then
    host.save_snapshot(stream, revision, frozen)
    entry.saved = revision
  end
end


host.states = {
  keep = keep, lookup = lookup, drop = drop, grow = grow, forget_all = forget_all,
  beginning = beginning, measure = measure,
}

return {}
