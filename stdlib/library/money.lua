--- Amounts of money, `{ amount = 1250, currency = "EUR" }`: integers of the currency's smallest unit.
--- What doesn't fit is an error, two currencies in one sum are an error, and nothing is ever a fraction.

local money = {}

-- ISO 4217: digits behind the point, where they aren't two.
local EXPONENTS = {
  BIF = 0, CLP = 0, DJF = 0, GNF = 0, ISK = 0, JPY = 0, KMF = 0, KRW = 0, PYG = 0, RWF = 0, UGX = 0, UYI = 0,
  VND = 0, VUV = 0, XAF = 0, XOF = 0, XPF = 0,
  BHD = 3, IQD = 3, JOD = 3, KWD = 3, LYD = 3, OMR = 3, TND = 3,
  CLF = 4, UYW = 4,
}

-- Digits of a decimal factor: its denominator is an integer.
local DIGITS_MAX = 18

local function is_currency(value) return type(value) == "string" and value:find("^%u%u%u$") ~= nil end

-- The least integer has no positive counterpart: it is left out, so that each amount has its negative.
local function is_amount(value) return math.type(value) == "integer" and value ~= math.mininteger end

-- Guards stand one level below the function that they guard: level 3 is the line that called it.
local function check(name, value)
  if type(value) ~= "table" or not is_amount(value.amount) or not is_currency(value.currency) then
    error(name .. " needs money such as { amount = 1250, currency = \"EUR\" }", 3)
  end
end

local function check_pair(name, a, b)
  if a.currency ~= b.currency then
    error(name .. " has one currency at a time, it got " .. a.currency .. " and " .. b.currency, 3)
  end
end

local function plus(name, a, b)
  if b > 0 and a > math.maxinteger - b or b < 0 and a < -math.maxinteger - b then
    error(name .. " gives more than an amount can hold", 3)
  end
  return a + b
end

local function times(name, a, b)
  if a ~= 0 and math.abs(b) > math.maxinteger // math.abs(a) then
    error(name .. " gives more than an amount can hold", 3)
  end
  return a * b
end

--- Digits of the currency behind the point.
--- Example:
--- > money.exponent("JPY")
--- 0
function money.exponent(currency)
  if not is_currency(currency) then error("money.exponent needs a currency such as EUR", 2) end
  return EXPONENTS[currency] or 2
end

--- Money of an amount in the smallest unit.
--- Example:
--- > money.of(1250, "EUR")
--- { amount = 1250, currency = "EUR" }
function money.of(amount, currency)
  if not is_amount(amount) then error("money.of needs an integer amount, it got " .. tostring(amount), 2) end
  if not is_currency(currency) then error("money.of needs a currency such as EUR", 2) end
  return { amount = amount, currency = currency }
end

--- Reads `12.50 EUR`, with no more digits behind the point than the currency has.
--- Example:
--- > money.parse("-12.5 EUR")
--- { amount = -1250, currency = "EUR" }
--- > money.parse("1.5 JPY")
--- error: money.parse knows JPY with 0 digits behind the point
function money.parse(text)
  if type(text) ~= "string" then error("money.parse needs a text, it got a " .. type(text), 2) end
  local sign, whole, fraction, currency = text:match("^(%-?)(%d+)(%.?%d*) (%u%u%u)$")
  if not sign or fraction == "." or fraction ~= "" and fraction:byte() ~= 46 then
    error("money.parse needs a text such as 12.50 EUR, it got " .. text, 2)
  end
  local exponent, digits = EXPONENTS[currency] or 2, fraction:sub(2)
  if #digits > exponent then
    error("money.parse knows " .. currency .. " with " .. exponent .. " digits behind the point", 2)
  end
  local amount = math.tointeger(whole .. digits .. ("0"):rep(exponent - #digits))
  if not amount then error("money.parse gives more than an amount can hold", 2) end
  return { amount = sign == "-" and -amount or amount, currency = currency }
end

--- The amount with its point, and the currency.
--- Example:
--- > money.format(money.of(-5, "EUR"))
--- "-0.05 EUR"
function money.format(value)
  check("money.format", value)
  local exponent, sign = EXPONENTS[value.currency] or 2, value.amount < 0 and "-" or ""
  local digits = string.format("%0" .. exponent + 1 .. "d", math.abs(value.amount))
  local point = exponent > 0 and "." or ""
  return sign .. digits:sub(1, #digits - exponent) .. point .. digits:sub(#digits - exponent + 1) .. " "
    .. value.currency
end

--- The sum of two amounts of one currency.
--- Example:
--- > money.format(money.add(money.of(1250, "EUR"), money.of(50, "EUR")))
--- "13.00 EUR"
--- > money.add(money.of(1, "EUR"), money.of(1, "USD"))
--- error: money.add has one currency at a time, it got EUR and USD
function money.add(a, b)
  check("money.add", a)
  check("money.add", b)
  check_pair("money.add", a, b)
  return { amount = plus("money.add", a.amount, b.amount), currency = a.currency }
end

--- What is left of `a` without `b`, of one currency.
--- Example:
--- > money.subtract(money.of(100, "EUR"), money.of(150, "EUR")).amount
--- -50
function money.subtract(a, b)
  check("money.subtract", a)
  check("money.subtract", b)
  check_pair("money.subtract", a, b)
  return { amount = plus("money.subtract", a.amount, -b.amount), currency = a.currency }
end

--- Less than 0, 0 or more than 0, as `a` is less than, equal to or more than `b`.
--- Example:
--- > money.compare(money.of(1, "EUR"), money.of(2, "EUR")) < 0
--- true
function money.compare(a, b)
  check("money.compare", a)
  check("money.compare", b)
  check_pair("money.compare", a, b)
  return a.amount < b.amount and -1 or a.amount > b.amount and 1 or 0
end

-- n / d for d > 0. Floor division leaves a remainder of the sign of d: the quotient is the lower neighbour.
local ROUND = {
  ["down"] = function(n, quotient, rest) return n < 0 and rest > 0 and quotient + 1 or quotient end,
  ["half-up"] = function(n, quotient, rest, d)
    local up = rest > d - rest or rest == d - rest and n > 0
    return up and quotient + 1 or quotient
  end,
  ["half-even"] = function(_, quotient, rest, d)
    local up = rest > d - rest or rest == d - rest and quotient % 2 == 1
    return up and quotient + 1 or quotient
  end,
}

-- Numerator and denominator of an integer, a text such as "0.19", or { 1, 3 }; nil for anything else.
local function ratio_of(factor)
  if is_amount(factor) then return factor, 1 end
  if type(factor) == "string" then
    local whole, fraction = (factor:find("%.") and factor or factor .. ".0"):match("^(%-?%d+)%.(%d+)$")
    local n = whole and math.tointeger(whole .. fraction)
    if n and is_amount(n) and #fraction <= DIGITS_MAX then
      return n, math.tointeger("1" .. ("0"):rep(#fraction))
    end
  elseif type(factor) == "table" and is_amount(factor[1]) and is_amount(factor[2]) and factor[2] > 0 then
    return factor[1], factor[2]
  end
  return nil
end

--- An amount times an integer, a decimal text or a ratio `{ n, d }`, rounded in a way that is named.
--- `"half-even"`, `"half-up"` (a half goes away from zero) or `"down"` (towards zero); an integer needs none.
--- Example:
--- > money.multiply(money.of(1250, "EUR"), "0.19", "half-even").amount
--- 238
--- > money.multiply(money.of(100, "EUR"), { 1, 3 }, "down").amount
--- 33
function money.multiply(value, factor, rounding)
  check("money.multiply", value)
  local n, d = ratio_of(factor)
  if not n then
    error("money.multiply needs an integer, a text such as \"0.19\" or a ratio { n, d }, it got "
      .. tostring(factor), 2)
  end
  local product = times("money.multiply", value.amount, n)
  local round = ROUND[rounding]
  if not round and (rounding ~= nil or math.type(factor) ~= "integer") then
    error("money.multiply rounds \"half-even\", \"half-up\" or \"down\", not " .. tostring(rounding), 2)
  end
  if d > 1 then product = round(product, product // d, product % d, d) end
  return { amount = product, currency = value.currency }
end

--- An amount in parts by integer weights, without a cent lost.
--- What rounding down leaves over goes, a unit each, to the largest remainders, the first among equals.
--- Example:
--- > require("list").map(money.allocate(money.of(100, "EUR"), { 1, 1, 1 }), function(m) return m.amount end)
--- { 34, 33, 33 }
function money.allocate(value, weights)
  check("money.allocate", value)
  local total = 0
  if type(weights) ~= "table" then error("money.allocate needs a list of weights", 2) end
  for place = 1, #weights do
    if not is_amount(weights[place]) or weights[place] < 0 then
      error("money.allocate needs weights that are integers and not negative, at " .. place, 2)
    end
    total = plus("money.allocate", total, weights[place])
  end
  if total == 0 then error("money.allocate needs a weight above 0", 2) end
  local whole, sign = math.abs(value.amount), value.amount < 0 and -1 or 1
  local parts, places, rests, left = {}, {}, {}, whole
  for place = 1, #weights do
    local product = times("money.allocate", whole, weights[place])
    parts[place], rests[place], places[place] = product // total, product % total, place
    left = left - parts[place]
  end
  table.sort(places, function(a, b) return rests[a] > rests[b] end)     -- the host's sort is stable
  for place = 1, left do parts[places[place]] = parts[places[place]] + 1 end
  for place = 1, #parts do parts[place] = { amount = sign * parts[place], currency = value.currency } end
  return json.array(parts)
end

return money
