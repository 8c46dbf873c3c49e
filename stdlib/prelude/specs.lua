-- Specs: what happened, what comes, what is expected. Loaded only into sessions that run specs.
--
-- Each spec runs in a session of its own, so nothing here has to be taken back. The words are in the files
-- behind this one: `spec_events.lua` (given), `spec_steps.lua`, `spec_flow.lua` (when), `expectations.lua`.

local host = ...
local env, json, flow = host.env, host.json, host.flow

local specs = {}

local option_names = { once = true }


local function check_options(options)
  if type(options) ~= "table" then error("spec takes options such as { once = \"why\" }", 3) end
  for name in pairs(options) do
    if not option_names[name] then
      error("spec has no option " .. tostring(name) .. "; there is once", 3)
    end
  end
  local once = options.once
  if once ~= nil and (type(once) ~= "string" or once == "") then
    error("spec needs the option once to say why its steps can't be delivered twice", 3)
  end
end


--- @word spec(name, options, run)
--- Declares a spec: its name is a sentence, its function says what is given, what comes and what is expected.
--- `spec("an order is placed once", function() … end)`. It runs under two hash seeds, and once more with each
--- step delivered twice, as a crash can do; with `{ once = "why" }` it doesn't.
function env.spec(name, options, run)
  if type(name) ~= "string" or name == "" then error("spec needs a name, a sentence", 2) end
  if run == nil then options, run = {}, options end
  if type(run) ~= "function" then error("spec needs a function: spec(\"name\", function() … end)", 2) end
  check_options(options)
  local file, line = host.where(2)
  for _, other in ipairs(specs) do
    if other.name == name and other.file == file then
      error("spec " .. string.format("%q", name) .. " is declared twice", 2)
    end
  end
  specs[#specs + 1] = { name = name, run = run, file = file, line = line, once = options.once }
end


local function list_specs()
  local all = json.array({})
  for index, each in ipairs(specs) do
    all[index] = { name = each.name, file = each.file, line = each.line, once = each.once }
  end
  return all
end


-- Runs a spec; whether any step ran.
local function run_spec(index, is_doubled)
  host.rest()
  if is_doubled then flow.deliver_twice() end
  specs[index].run()
  flow.check_refusals()
  return (flow.told())
end


-- What the second deliveries of a spec asked for.
local function second_deliveries()
  local _, second = flow.told()
  return second
end


return { list_specs = list_specs, run_spec = run_spec, second_deliveries = second_deliveries }
