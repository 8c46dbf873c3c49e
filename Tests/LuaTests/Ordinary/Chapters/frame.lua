-- What the chapters share: `show` writes values alike in every Lua, `case` notes what an expression gives.
-- Only what is the same everywhere is shown: no addresses, and NaN without its sign.
local lines = {}
local chapter = ""

local function show(v)
  if math.type(v) == "float" then
    if v ~= v then return "nan" end
    return string.format("%.17g", v) .. (v == math.floor(v) and v - v == 0 and "!" or "")
  end
  if type(v) == "string" then return string.format("%q", v) end
  if type(v) == "number" or type(v) == "boolean" or v == nil then return tostring(v) end
  return type(v)
end

function begin(name) chapter = name end

function note(name, ...)
  local shown = {}
  for i = 1, select("#", ...) do shown[i] = show((select(i, ...))) end
  local text = chapter .. ": " .. name .. " -> " .. table.concat(shown, ", ")
  text = text:gsub("math%.atan2", "math.atan") -- Debian's build has both names for one function
  lines[#lines + 1] = (text:gsub("\n", "\\n"):gsub("\r", "\\r"):gsub("\0", "\\0"))
end

function case(name, f, ...) note(name, pcall(f, ...)) end

function run() return table.concat(lines, "\n") end

ints = { 0, 1, -1, 2, 3, -3, 10, 63, 64, math.maxinteger, math.mininteger, math.maxinteger - 1 }
floats = {
  0.0, -0.0, 0.5, -0.5, 1.0, 1.5, -7.25, 2.0 ^ 53, 2.0 ^ 53 + 2, 2.0 ^ 63, -2.0 ^ 63, 1e308, -1e308, 1e-310,
  1 / 0, -1 / 0, 0 / 0,
}
texts = {
  "", "0", "10", " 7 ", "0x10", "-0x1p4", "1e2", "1.", ".5", "5e", "x", "1 2", "0x", "inf", "nan", "10\0",
    "1_0", "-", "1e",
  "9223372036854775807", "9223372036854775808", "-9223372036854775808", "0xffffffffffffffff",
    "0x1ffffffffffffffff",
}
places = { math.mininteger, -10, -3, -2, -1, 0, 1, 2, 3, 4, 10, math.maxinteger }
