-- Steps that are run again. Loaded only into sessions that do nothing else.
--
-- What such a step decides is often not what is recorded, and then its states are taken back. In a host that
-- is rare, and a state is let go and folded anew; here it is kept as it was before, so that a long stream is
-- folded once and not for each of its commands.
--
-- Invariant: a frozen state is the fold of a committed prefix of its stream, so it may take the place of any
-- later state that is dropped.

local host = ...
local states = host.states

-- A state that may take so many bytes is frozen before every change; a larger one, once it was taken back.
local SMALL_BYTES = 32 << 10

-- A larger frozen state isn't kept: folding its stream again costs time, this would cost memory.
local FROZEN_BYTES_MAX = 4 << 20

local grow, drop, lookup = states.grow, states.drop, states.lookup
local taken_back = {}       -- streams whose state was


-- Called before each event that a step adds to a state.
function states.grow(stream, entry, bytes)
  if entry.frozen_for ~= entry.batch then
    entry.frozen_for, entry.frozen = entry.batch, nil
    if entry.bytes <= SMALL_BYTES or taken_back[stream] then
      entry.frozen, entry.frozen_revision = host.freeze(entry.state, FROZEN_BYTES_MAX), entry.revision
    end
  end
  grow(stream, entry, bytes)
end


function states.drop(stream)
  local entry = lookup(stream)
  if not entry then return end
  taken_back[stream] = true
  if not entry.frozen then return drop(stream) end
  entry.state, entry.revision, entry.batch = host.thaw(entry.frozen), entry.frozen_revision, nil
end


-- The live state of an aggregate, folded up to where the log ends now: state and revision.
local function state_now(aggregate, key)
  host.begin_step("load")
  host.begin_touch()
  local body = host.defined.aggregate[aggregate]
  local entry = host.aggregates.open(body, aggregate .. "-" .. key, key)
  return entry.state, entry.revision
end


local read = host.read
local pages                 -- how many may be read now, while `warm` does; nil at other times

function host.read(stream, revision)
  if pages == 0 then return nil end
  if pages then pages = pages - 1 end
  return read(stream, revision)
end


-- Folds one page more of a long stream: a host had its state live, or a snapshot of it, and a step's budget
-- isn't made for all of its events. The revision that the state has come to, which is that of a committed
-- prefix; nil when a fold fails.
local function warm(aggregate, key)
  pages = 1
  local folded, _, revision = host.attempt(state_now, aggregate, key)
  pages = nil
  if folded then return revision end
  drop(aggregate .. "-" .. key)         -- half changed; the step behind it fails there too, and says where
  return nil
end


local undo_step = host.aggregates.undo_step

local function undo(out_of_memory)
  pages = nil                           -- a kill in `warm` let nothing come behind it
  return undo_step(out_of_memory)
end


return { state_now = state_now, warm = warm, undo_step = undo }
