-- A prompt: lines of a person, run in the environment of scripts, and what they come to. Loaded behind the
-- prelude where somebody explores a log, and nowhere else. The words of a prompt stand in `repl_*.lua`.

local host = ...
local env, json = host.env, host.json

-- Nesting that is shown of what JSON can't hold; a cycle ends here too.
local SHOWN_DEPTH = 4


-- A value for people, when JSON can't hold it.
local function describe(value, depth)
  if type(value) == "string" then return string.format("%q", value) end
  if type(value) ~= "table" then return tostring(value) end
  if depth == 0 then return "{…}" end
  local parts = {}
  for key, inner in pairs(value) do
    local name = type(key) == "string" and key or "[" .. describe(key, depth - 1) .. "]"
    parts[#parts + 1] = name .. " = " .. describe(inner, depth - 1)
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end


-- As an expression first; what can only be that, and isn't over, goes on in the next line.
local function compile(text, name)
  local ok, chunk = host.attempt(host.compile, "return " .. text, name)
  if ok then return chunk end
  if type(chunk) == "string" and chunk:find("near <eof>$") then host.rethrow(chunk) end
  return host.compile(text, name)
end


-- Runs a line. Gives, for each of its results, "json" and JSON, or "text" and a text.
local function evaluate(text, name, time, seed_a, seed_b)
  host.begin_step("console", time, seed_a, seed_b)
  local results = table.pack(compile(text, name)())
  if results.n > 0 then env._ = results[1] end
  local shown = {}
  for index = 1, results.n do
    local value = results[index]
    local ok, encoded = host.attempt(json.encode, value)
    if value == nil then ok, encoded = true, "null" end
    shown[2 * index - 1] = ok and "json" or "text"
    shown[2 * index] = ok and encoded or describe(value, SHOWN_DEPTH)
  end
  return table.unpack(shown, 1, 2 * results.n)
end


-- Refuses an option that a word hasn't got, or one of another kind; raises where the word is used.
function host.check_options_of(word, options, known)
  if options == nil then return {} end
  if type(options) ~= "table" then error(word .. " takes its options as a table: { last = 5 }", 3) end
  local checked = {}
  for name, value in pairs(options) do
    local kinds = known[name]
    if not kinds then
      error(word .. " has no option " .. tostring(name) .. "; " .. host.suggest_key(name, known), 3)
    end
    local kind = math.type(value) == "integer" and "integer" or type(value)
    if not kinds:find(kind, 1, true) then
      error(word .. " needs " .. name .. " to be a " .. kinds .. ", it is a " .. kind, 3)
    end
    if kind == "integer" and value < 0 then error(word .. " needs " .. name .. " to be 0 or more", 3) end
    checked[name] = value
  end
  return checked
end


-- A text or a list of texts, as a list.
function host.list_of(value) return value and json.array(type(value) == "table" and value or { value }) end


-- `log` and `print` write to the screen: there is no host's log here.
local function printer(...)
  local parts = {}
  for index = 1, select("#", ...) do parts[index] = tostring((select(index, ...))) end
  host.repl_show({ text = table.concat(parts, " ") })
end

env.print = printer
for _, level in ipairs { "debug", "info", "warning", "error" } do env.log[level] = printer end


--- Explains a word: `help("tail")`; without a name, lists the words of the prompt.
function env.help(name)
  if name ~= nil and type(name) ~= "string" then error("help takes a word's name: help(\"tail\")", 2) end
  return host.repl_help({ name = name })
end


return { evaluate = evaluate }
