--- Work on texts. They are bytes of UTF-8; where characters are counted, they are Unicode's code points.

local text = {}

-- One level below the function that it guards: level 3 is the line that called it.
local function check(name, value, what)
  if type(value) ~= "string" then
    error(name .. " needs " .. (what or "a text") .. ", it got a " .. type(value), 3)
  end
end

--- Without the white space at both ends.
--- Example:
--- > text.trim("  two words \n")
--- "two words"
function text.trim(value)
  check("text.trim", value)
  local first = value:find("%S")
  if not first then return "" end
  local last = #value
  while value:find("^%s", last) do last = last - 1 end
  return value:sub(first, last)
end

--- The pieces between the places where `separator` stands; it is plain text, not a pattern.
--- Example:
--- > text.split("a,b,,c", ",")
--- { "a", "b", "", "c" }
function text.split(value, separator)
  check("text.split", value)
  check("text.split", separator, "a separator")
  if separator == "" then error("text.split needs a separator that isn't empty", 2) end
  local result, from = {}, 1
  while true do
    local first, last = value:find(separator, from, true)
    if not first then break end
    result[#result + 1] = value:sub(from, first - 1)
    from = last + 1
  end
  result[#result + 1] = value:sub(from)
  return json.array(result)
end

--- The lines without their ends, `\n` or `\r\n`; an end of line at the very end begins no further line.
--- Example:
--- > text.lines("one\r\ntwo\n")
--- { "one", "two" }
function text.lines(value)
  check("text.lines", value)
  local result = {}
  for line in value:gmatch("[^\n]*\n?") do
    if line ~= "" then result[#result + 1] = (line:gsub("\r?\n$", "")) end
  end
  return json.array(result)
end

--- The elements of a list, texts and numbers, with `separator` between them.
--- Example:
--- > text.join({ "tea", 2, "cups" }, " ")
--- "tea 2 cups"
function text.join(items, separator)
  separator = separator or ""
  if type(items) ~= "table" then error("text.join needs a list, it got a " .. type(items), 2) end
  check("text.join", separator, "a separator")
  for place = 1, #items do
    local kind = type(items[place])
    if kind ~= "string" and kind ~= "number" then
      error("text.join takes texts and numbers; element " .. place .. " is a " .. kind, 2)
    end
  end
  return table.concat(items, separator)
end

--- Whether `value` begins with `start`.
--- Example:
--- > text.starts("order-42", "order-")
--- true
function text.starts(value, start)
  check("text.starts", value)
  check("text.starts", start, "a beginning")
  return value:sub(1, #start) == start
end

--- Whether `value` ends with `ending`.
--- Example:
--- > text.ends("invoice.pdf", ".pdf")
--- true
function text.ends(value, ending)
  check("text.ends", value)
  check("text.ends", ending, "an ending")
  return #ending <= #value and value:sub(#value - #ending + 1) == ending
end

--- At least `width` characters wide.
--- What `fill` says (a space) goes before the text where `side` is "left", else behind it.
--- Example:
--- > text.pad("7", 3, "left", "0")
--- "007"
--- > text.pad("tea", 5)
--- "tea  "
function text.pad(value, width, side, fill)
  check("text.pad", value)
  side, fill = side or "right", fill or " "
  local length = utf8.len(value)
  if not length then error("text.pad needs a text of valid UTF-8", 2) end
  if math.type(width) ~= "integer" then error("text.pad needs a width, an integer", 2) end
  if side ~= "left" and side ~= "right" then error("text.pad fills \"left\" or \"right\"", 2) end
  if type(fill) ~= "string" or utf8.len(fill) ~= 1 then error("text.pad fills with one character", 2) end
  local padding = fill:rep(width - length)
  return side == "left" and padding .. value or value .. padding
end

--- At most `width` characters; where some are left out, the last that stays is "…".
--- Example:
--- > text.cut("a long story", 7)
--- "a long…"
function text.cut(value, width)
  check("text.cut", value)
  local length = utf8.len(value)
  if not length then error("text.cut needs a text of valid UTF-8", 2) end
  if math.type(width) ~= "integer" or width < 1 then error("text.cut needs a width of at least 1", 2) end
  if length <= width then return value end
  return value:sub(1, utf8.offset(value, width) - 1) .. "…"
end

--- The template with each `{name}` replaced by that field; `{{` stands for a brace.
--- A field that is absent is an error. Texts, numbers and booleans can be filled in.
--- Example:
--- > text.fill("{n} x {sku}", { n = 2, sku = "tea" })
--- "2 x tea"
--- > text.fill("{name}", {})
--- error: text.fill has no field name
function text.fill(template, fields)
  check("text.fill", template, "a template")
  if type(fields) ~= "table" then error("text.fill needs fields, it got a " .. type(fields), 2) end
  local result, from = {}, 1
  while true do
    local open = template:find("{", from, true)
    if not open then break end
    result[#result + 1] = template:sub(from, open - 1)
    local name = template:match("^{([%w_]+)}", open)
    if template:sub(open + 1, open + 1) == "{" then
      result[#result + 1] = "{"
      from = open + 2
    elseif name then
      local value = fields[name]
      local kind = type(value)
      if value == nil then error("text.fill has no field " .. name, 2) end
      if kind ~= "string" and kind ~= "number" and kind ~= "boolean" then
        error("text.fill can't fill in " .. name .. ", it is a " .. kind, 2)
      end
      result[#result + 1] = tostring(value)
      from = open + #name + 2
    else
      error("text.fill needs a {name} at byte " .. open .. "; write {{ for a brace", 2)
    end
  end
  result[#result + 1] = template:sub(from)
  return table.concat(result)
end

--- Small letters, digits and single hyphens, for keys and addresses; any other character parts two words.
--- Example:
--- > text.slug(" Green Tea, 100 g ")
--- "green-tea-100-g"
function text.slug(value)
  check("text.slug", value)
  local words = {}
  for word in value:lower():gmatch("[a-z0-9]+") do words[#words + 1] = word end
  return table.concat(words, "-")
end

return text
