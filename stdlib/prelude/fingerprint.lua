-- What a definition is made of, as a number: its code and all that the code can reach, without what comments,
-- empty lines and names of locals change. A projection whose number is unchanged keeps its rows, and an
-- aggregate whose folding has the same number its snapshots; of the others the number tells what an edit has
-- changed.
--
-- Invariant: two definitions of one number make the same rows and states. The other way round is no promise:
-- where it can't tell, it says so, and the host goes by the hash of all scripts. What the host itself does is
-- not in it; FORMAT is to be changed with that.

local host = ...
local env, inside, mix = host.env, host.inside, host.mix

local FORMAT = "1"
local BEGIN = -3750763034362895579      -- where FNV-1a begins

-- Values that are still looked at, of all projections together: far more than code has that is written by
-- hand, and few enough that loading an app doesn't get slower by it.
local left = 100000

-- The functions that every script gets from the host -> their names; only these are taken by name.
local known = {}

for name, value in pairs(env) do
  if type(value) == "function" then known[value] = name end
  if host.is_table(value) then
    for inner, member in pairs(value) do
      if type(member) == "function" then known[member] = name .. "." .. inner end
    end
  end
end


local function give_up() error("can't tell", 0) end


local walk


-- A function is its code, its upvalues, and the globals that its code may name: every text among its
-- constants that is the name of one. Which module a `require` in it will load can't be told.
local function walk_function(state, value)
  local code, names, upvalues = inside(value)
  if not code then give_up() end
  state.hash = mix(state.hash, "f" .. #code .. ":" .. code)
  for index = 1, upvalues.n do
    local upvalue = upvalues[index]
    if rawequal(upvalue, env) then
      for _, name in ipairs(names) do
        local global = env[name]
        if known[global] == "require" then give_up() end
        if global ~= nil then walk(state, name) walk(state, global) end
      end
    else
      walk(state, upvalue)
    end
  end
end


local function walk_table(state, value)
  local members, metatable = inside(value)
  state.hash = mix(state.hash, "t")
  for key, member in pairs(members) do walk(state, key) walk(state, member) end
  state.hash = mix(state.hash, "e")
  walk(state, metatable)
end


function walk(state, value)
  local kind = type(value)
  left = left - 1
  if left < 0 then give_up() end
  if kind == "string" then
    state.hash = mix(state.hash, "s" .. #value .. ":" .. value)
  elseif kind == "number" then
    local format = math.type(value) == "integer" and "i%d;" or "d%.17g;"
    state.hash = mix(state.hash, string.format(format, value))
  elseif kind ~= "function" and kind ~= "table" then
    state.hash = mix(state.hash, kind .. tostring(value) .. ";")
  elseif known[value] then
    state.hash = mix(state.hash, "k" .. known[value] .. ";")
  elseif state.seen[value] then
    state.hash = mix(state.hash, "r" .. state.seen[value] .. ";")
  elseif rawequal(value, env) then
    give_up()
  else
    state.count = state.count + 1
    state.seen[value] = state.count
    local look = kind == "table" and walk_table or walk_function
    look(state, value)
  end
end


-- The number of a definition as text, nil where it can't be told.
local function fingerprint(parts)
  local state = { hash = mix(BEGIN, FORMAT), count = 0, seen = {} }
  local told = host.pcall(walk, state, parts)
  return told and string.format("%016x", state.hash) or nil
end


-- The number of a projection: of what its rows depend on.
function host.fingerprint(body)
  return fingerprint {
    on = body.on, fields = body.fields, where = body.where, run = body.run,
    upcasters = host.upcasters(body.on),
  }
end


-- The number of how an aggregate's state is folded: an edit of its commands leaves it as it is.
function host.fold_fingerprint(name, body)
  return fingerprint {
    initial = body.initial, events = body.events, upcasters = host.upcasters { name .. ".*" },
  }
end


-- The number of every definition, by its kind and name; "" where it can't be told. Behind those of the
-- projections, since these must not take what they need of the work that is allowed.
function host.fingerprints(defined)
  local numbers = {}
  for kind, bodies in pairs(defined) do
    for name, body in pairs(bodies) do
      -- The host's own handlers are no part of the app, and a schedule is a handler of its ticks as well.
      local is_made = kind == "handler" and (name:sub(1, 1) == "$" or defined.schedule[name])
      if not is_made then
        local parts = {}
        for field, value in pairs(body) do
          if field ~= "index" then parts[field] = value end
        end
        numbers[kind .. " " .. name] = fingerprint(parts) or ""
      end
    end
  end
  return numbers
end


return {}
