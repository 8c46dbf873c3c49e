--- Work on lists, none of which changes the list that it is given.
--- A list that comes back is one as JSON, also when it is empty. Functions get an element and its place,
--- counted from 1.

local array = json.array
local list = {}

local function kind_of(value) return value == json.null and "null" or type(value) end

-- Guards stand one level below the function that they guard: level 3 is the line that called it. `need` is
-- "function" when there must be one, "optional" when there may.
local function check(name, items, need, f)
  if type(items) ~= "table" then error(name .. " needs a list, it got a " .. kind_of(items), 3) end
  if rawlen(items) == 0 and next(items) ~= nil then
    error(name .. " needs a list, it got a table with names; list.values makes a list of one", 3)
  end
  if need and type(f) ~= "function" and not (need == "optional" and f == nil) then
    error(name .. " needs a function, it got a " .. kind_of(f), 3)
  end
end

-- What elements are compared by: numbers or texts, not both, and never NaN, which has no place in an order.
local function keys_to_compare(name, items, f)
  local keys = {}
  for place = 1, #items do
    local key = items[place]
    if f then key = f(key, place) end
    local kind = type(key)
    if kind ~= "number" and kind ~= "string" or key ~= key or place > 1 and kind ~= type(keys[1]) then
      local got = key ~= key and "NaN" or kind_of(key)
      error(name .. " compares numbers, or texts; element " .. place .. " gave a " .. got, 3)
    end
    keys[place] = key
  end
  return keys
end

--- What `f` makes of each element; `json.null` where it makes nil, so that no hole is left.
--- Example:
--- > list.map({ 1, 2, 3 }, function(n) return n * 10 end)
--- { 10, 20, 30 }
function list.map(items, f)
  check("list.map", items, "function", f)
  local result = {}
  for place = 1, #items do
    local value = f(items[place], place)
    if value == nil then value = json.null end
    result[place] = value
  end
  return array(result)
end

--- The elements that `f` is true for.
--- Example:
--- > list.filter({ 1, 2, 3, 4 }, function(n) return n % 2 == 0 end)
--- { 2, 4 }
function list.filter(items, f)
  check("list.filter", items, "function", f)
  local result = {}
  for place = 1, #items do
    if f(items[place], place) then result[#result + 1] = items[place] end
  end
  return array(result)
end

--- Folds a list into one value: `f(value, element, place)` gives the next value, beginning with `initial`.
--- Example:
--- > list.reduce({ 1, 2, 3 }, function(text, n) return text .. n end, "")
--- "123"
function list.reduce(items, f, initial)
  check("list.reduce", items, "function", f)
  local value = initial
  for place = 1, #items do value = f(value, items[place], place) end
  return value
end

local function first_place(items, f)
  for place = 1, #items do
    if f(items[place], place) then return place end
  end
  return nil
end

--- The first element that `f` is true for, and its place; nil when there is none.
--- Example:
--- > list.find({ 5, 8, 9 }, function(n) return n > 6 end)
--- 8
function list.find(items, f)
  check("list.find", items, "function", f)
  local place = first_place(items, f)
  if place then return items[place], place end
  return nil
end

--- Whether a list holds a value; a table is equal to itself alone.
--- Example:
--- > list.contains({ "card", "cash" }, "cash")
--- true
function list.contains(items, value)
  check("list.contains", items)
  return first_place(items, function(element) return element == value end) ~= nil
end

--- Whether `f` is true for at least one element.
--- Example:
--- > list.any({ 1, 5 }, function(n) return n > 4 end)
--- true
function list.any(items, f)
  check("list.any", items, "function", f)
  return first_place(items, f) ~= nil
end

--- Whether `f` is true for every element, as it is for the empty list.
--- Example:
--- > list.all({ 1, 5 }, function(n) return n > 4 end)
--- false
function list.all(items, f)
  check("list.all", items, "function", f)
  return first_place(items, function(element, place) return not f(element, place) end) == nil
end

--- The elements in lists by what `f` gives for each, a text or a number; each in the order of the whole.
--- Example:
--- > list.group_by({ "fig", "kiwi", "plum" }, function(name) return "n" .. #name end)
--- { n3 = { "fig" }, n4 = { "kiwi", "plum" } }
function list.group_by(items, f)
  check("list.group_by", items, "function", f)
  local groups = {}
  for place = 1, #items do
    local key = f(items[place], place)
    if type(key) ~= "string" and math.type(key) ~= "integer" then
      error("list.group_by needs a text or an integer; element " .. place .. " gave a " .. kind_of(key), 2)
    end
    local group = groups[key] or array({})
    group[#group + 1] = items[place]
    groups[key] = group
  end
  return groups
end

--- In ascending order of what `f` gives, or of the elements; equal ones keep their order.
--- `"descending"` turns the order round. Numbers, or texts by their bytes.
--- Example:
--- > list.sort_by({ "pear", "fig", "kiwi" }, function(name) return #name end)
--- { "fig", "pear", "kiwi" }
--- > list.sort_by({ 2, 3, 1 }, nil, "descending")
--- { 3, 2, 1 }
function list.sort_by(items, f, direction)
  check("list.sort_by", items, "optional", f)
  if direction ~= nil and direction ~= "ascending" and direction ~= "descending" then
    error("list.sort_by goes \"ascending\" or \"descending\", not " .. tostring(direction), 2)
  end
  local keys, places, result = keys_to_compare("list.sort_by", items, f), {}, {}
  for place = 1, #items do places[place] = place end
  local less = function(a, b) return keys[a] < keys[b] end
  if direction == "descending" then less = function(a, b) return keys[a] > keys[b] end end
  table.sort(places, less)        -- the host's sort is stable
  for place = 1, #places do result[place] = items[places[place]] end
  return array(result)
end

--- Each value once, at its first place; with `f`, the first element for each value of `f`.
--- Example:
--- > list.unique({ 3, 1, 3, 2, 1 })
--- { 3, 1, 2 }
function list.unique(items, f)
  check("list.unique", items, "optional", f)
  local result, seen = {}, {}
  for place = 1, #items do
    local key = items[place]
    if f then key = f(key, place) end
    if key == nil or key ~= key then error("list.unique can't compare element " .. place, 2) end
    if not seen[key] then result[#result + 1] = items[place] end
    seen[key] = true
  end
  return array(result)
end

--- The sum of the elements, or of what `f` gives for each; integers that don't fit are an error.
--- Example:
--- > list.sum({ { price = 3 }, { price = 4 } }, function(line) return line.price end)
--- 7
function list.sum(items, f)
  check("list.sum", items, "optional", f)
  local sum = 0
  for place = 1, #items do
    local value = items[place]
    if f then value = f(value, place) end
    if type(value) ~= "number" then
      error("list.sum adds numbers; element " .. place .. " gave a " .. kind_of(value), 2)
    end
    local total = sum + value
    if math.type(total) == "integer" and (value >= 0) ~= (total >= sum) then
      error("list.sum is more than an integer can hold, at element " .. place, 2)
    end
    sum = total
  end
  return sum
end

--- The element that is least by `f`, or by itself; the first among equals, nil for the empty list.
--- Example:
--- > list.min({ 4, 2, 9 })
--- 2
function list.min(items, f)
  check("list.min", items, "optional", f)
  local keys, best = keys_to_compare("list.min", items, f), 1
  for place = 2, #keys do
    if keys[place] < keys[best] then best = place end
  end
  return items[best]
end

--- The element that is greatest by `f`, or by itself; the first among equals, nil for the empty list.
--- Example:
--- > list.max({ "fig", "banana" }, function(name) return #name end)
--- "banana"
function list.max(items, f)
  check("list.max", items, "optional", f)
  local keys, best = keys_to_compare("list.max", items, f), 1
  for place = 2, #keys do
    if keys[place] > keys[best] then best = place end
  end
  return items[best]
end

--- The elements of lists in a list, in their place, one level deep.
--- Example:
--- > list.flatten({ { 1, 2 }, {}, { 3, { 4 } } })
--- { 1, 2, 3, { 4 } }
function list.flatten(lists)
  check("list.flatten", lists)
  local result = {}
  for place = 1, #lists do
    check("list.flatten", lists[place])
    for inner = 1, #lists[place] do result[#result + 1] = lists[place][inner] end
  end
  return array(result)
end

--- Pairs of elements at the same place, as many as the shorter list has.
--- Example:
--- > list.zip({ "a", "b" }, { 1, 2, 3 })
--- { { "a", 1 }, { "b", 2 } }
function list.zip(items, others)
  check("list.zip", items)
  check("list.zip", others)
  local result = {}
  for place = 1, math.min(#items, #others) do result[place] = array({ items[place], others[place] }) end
  return array(result)
end

--- From place `first` to place `last`, or to the end; negative places count from the end.
--- Example:
--- > list.slice({ "a", "b", "c", "d" }, 2, -2)
--- { "b", "c" }
function list.slice(items, first, last)
  check("list.slice", items)
  last = last or -1
  if math.type(first) ~= "integer" or math.type(last) ~= "integer" then
    error("list.slice needs integers, it got " .. tostring(first) .. " and " .. tostring(last), 2)
  end
  if first < 0 then first = #items + first + 1 end
  if last < 0 then last = #items + last + 1 end
  return array(table.move(items, math.max(first, 1), math.min(last, #items), 1, {}))
end

--- The elements from the last to the first.
--- Example:
--- > list.reverse({ 1, 2, 3 })
--- { 3, 2, 1 }
function list.reverse(items)
  check("list.reverse", items)
  local result = {}
  for place = #items, 1, -1 do result[#result + 1] = items[place] end
  return array(result)
end

--- The values of a table, in the order of their names.
--- Example:
--- > list.values({ b = 1, a = 2 })
--- { 2, 1 }
function list.values(fields)
  if type(fields) ~= "table" then error("list.values needs a table, it got a " .. kind_of(fields), 2) end
  local result = {}
  for _, value in pairs(fields) do result[#result + 1] = value end
  return array(result)
end

return list
