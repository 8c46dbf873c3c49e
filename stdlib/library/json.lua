--- The global `json`, and more to do with data: a path into it, its text for people, comparing and merging.

local null, array = json.null, json.array
local data = { encode = json.encode, decode = json.decode, null = null, array = array }

-- As deep as JSON may be nested here: what goes round in a circle is an error, and no endless recursion.
-- Each level of the data is one of the stack, so the depth leads to the line that called the function.
local DEPTH_MAX = 64

local function is_list(value)
  return type(value) == "table" and (rawlen(value) > 0 or next(value) == nil and getmetatable(value) == false)
end

local function check_depth(name, depth)
  if depth > DEPTH_MAX then error(name .. " got data nested more than 64 levels deep", depth + 3) end
end

local function same(name, a, b, depth)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  check_depth(name, depth)
  if is_list(a) ~= is_list(b) then return false end
  for key, value in pairs(a) do
    if b[key] == nil or not same(name, value, b[key], depth + 1) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

local function copy(name, value, depth)
  if type(value) ~= "table" then return value end
  check_depth(name, depth)
  local result = {}
  for key, element in pairs(value) do result[key] = copy(name, element, depth + 1) end
  return is_list(value) and array(result) or result
end

--- Whether a table is a list: it has elements, or it is empty and comes from `json.array` or `[]`.
--- Example:
--- > { json.is_list({ 1 }), json.is_list({ a = 1 }), json.is_list(json.decode("[]")) }
--- { true, false, true }
function data.is_list(value) return is_list(value) end

--- The text of a value over several lines, its names in order.
--- Example:
--- > json.pretty({ b = { 1, 2 }, a = "x" })
--- "{\n  \"a\": \"x\",\n  \"b\": [\n    1,\n    2\n  ]\n}"
function data.pretty(value)
  local is_json, problem = pcall(json.encode, value)
  if not is_json then error("json.pretty: " .. problem, 2) end
  local function text(part, indent)
    if type(part) ~= "table" or next(part) == nil then return json.encode(part) end
    local inner, lines = indent .. "  ", {}
    for key, element in pairs(part) do
      local name = is_list(part) and "" or json.encode(key) .. ": "
      lines[#lines + 1] = inner .. name .. text(element, inner)
    end
    local body = "\n" .. table.concat(lines, ",\n") .. "\n" .. indent
    return is_list(part) and "[" .. body .. "]" or "{" .. body .. "}"
  end
  return text(value, "")
end

--- What stands at a path of names and places, which count from 1; nil when something on the way isn't there.
--- Example:
--- > json.get({ lines = { { sku = "tea" } } }, "lines[1].sku")
--- "tea"
--- > json.get({}, "lines[1].sku")
--- nil
function data.get(value, path)
  if type(path) ~= "string" then error("json.get needs a path, it got a " .. type(path), 2) end
  local from = 1
  while from <= #path do
    local name, after = path:match("^%.?([^%.%[%]]+)()", from)
    local place, behind = path:match("^%[(%d+)%]()", from)
    if not name and not place or name and (path:byte(from) == 46) == (from == 1) then
      error("json.get needs a path such as \"lines[1].sku\", it got " .. path, 2)
    end
    if type(value) ~= "table" then return nil end
    value = value[name or math.tointeger(place)]
    from = after or behind
  end
  return value
end

--- Whether two values are the same data, all the way down.
--- Example:
--- > json.equal({ a = { 1, 2 } }, { a = { 1, 2 } })
--- true
function data.equal(a, b)
  local equal = same("json.equal", a, b, 1)
  return equal
end

-- RFC 7396, section 2.
local function merged(target, patch, depth)
  if type(patch) ~= "table" or is_list(patch) then return copy("json.merge", patch, depth) end
  check_depth("json.merge", depth)
  local result = {}
  if type(target) == "table" and not is_list(target) then
    for key, value in pairs(target) do
      if patch[key] == nil then result[key] = copy("json.merge", value, depth + 1) end
    end
  end
  for key, value in pairs(patch) do
    local old = type(target) == "table" and target[key] or nil
    if value ~= null then result[key] = merged(old, value, depth + 1) end
  end
  return result
end

--- A value with a merge patch of RFC 7396 applied: names in the patch win, `json.null` removes.
--- Lists are replaced as a whole.
--- Example:
--- > json.merge({ a = 1, b = { c = 2, d = 3 } }, { a = json.null, b = { c = 5 } })
--- { b = { c = 5, d = 3 } }
function data.merge(target, patch)
  local result = merged(target, patch, 1)
  return result
end

local function changes(from, to, depth)
  check_depth("json.diff", depth)
  local patch = {}
  for key, value in pairs(to) do
    local old = from[key]
    local inside = type(old) == "table" and type(value) == "table" and not is_list(old) and not is_list(value)
    if old == nil or not same("json.diff", old, value, depth + 1) then
      patch[key] = inside and changes(old, value, depth + 1) or copy("json.diff", value, depth + 1)
    end
  end
  for key in pairs(from) do
    if to[key] == nil then patch[key] = null end
  end
  return patch
end

--- The merge patch that makes `to` of `from`; empty when they are the same data.
--- Example:
--- > json.diff({ a = 1, b = { c = 2 }, x = 1 }, { a = 1, b = { c = 3 } })
--- { b = { c = 3 }, x = json.null }
function data.diff(from, to)
  if type(from) ~= "table" or type(to) ~= "table" or is_list(from) or is_list(to) then
    error("json.diff needs two tables with names", 2)
  end
  local patch = changes(from, to, 1)
  return patch
end

return data
