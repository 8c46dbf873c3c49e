local money = require "money"
local list = require "list"

local function eur(amount) return money.of(amount, "EUR") end

local function amounts(parts) return list.map(parts, function(part) return part.amount end) end

spec("money is read back as it is written, whatever the currency's exponent", function()
  for text, amount in pairs {
    ["0.00 EUR"] = 0, ["-0.05 EUR"] = -5, ["12.50 EUR"] = 1250, ["7 JPY"] = 7, ["1.234 KWD"] = 1234,
    ["0.0001 CLF"] = 1, ["92233720368547758.07 EUR"] = math.maxinteger,
  } do
    local value = money.parse(text)
    expect.equal(value.amount, amount)
    expect.equal(money.format(value), text)
  end
end)

spec("currencies with another number of digits than two are those of ISO 4217", function()
  local others = {
    BIF = 0, CLP = 0, DJF = 0, GNF = 0, ISK = 0, JPY = 0, KMF = 0, KRW = 0, PYG = 0, RWF = 0, UGX = 0,
    UYI = 0, VND = 0, VUV = 0, XAF = 0, XOF = 0, XPF = 0, BHD = 3, IQD = 3, JOD = 3, KWD = 3, LYD = 3,
    OMR = 3, TND = 3, CLF = 4, UYW = 4, EUR = 2, USD = 2, GBP = 2, CHF = 2, HUF = 2,
  }
  for currency, digits in pairs(others) do
    expect.equal({ currency, money.exponent(currency) }, { currency, digits })
  end
  for _, currency in ipairs { "eur", "EURO", "EU", "", 5 } do
    expect.blame(function() local _ = money.exponent(currency) end, "money.exponent needs a currency")
    expect.blame(function() local _ = money.of(1, currency) end, "money.of needs a currency")
  end
end)

spec("amounts are compared by what they are", function()
  local function order(a, b) return money.compare(eur(a), eur(b)) end
  expect.equal({ order(1, 2), order(2, 1), order(2, 2), order(-1, 1) }, { -1, 1, 0, -1 })
end)

spec("what is no money is refused on the caller's line", function()
  for _, text in ipairs {
    "", "5", "EUR 5", "5 eur", "1,5 EUR", "1. EUR", ".5 EUR", "1.2.3 EUR", "+1 EUR", "1e3 EUR",
  } do
    expect.blame(function() local _ = money.parse(text) end, "money.parse needs a text such as")
  end
  expect.blame(function() local _ = money.parse("1.005 EUR") end, "money.parse knows EUR with 2 digits")
  expect.blame(function() local _ = money.parse("92233720368547758.08 EUR") end,
    "more than an amount can hold")
  expect.blame(function() local _ = money.of(1.5, "EUR") end, "money.of needs an integer amount, it got 1.5")
  expect.blame(function() local _ = money.of(math.mininteger, "EUR") end, "money.of needs an integer amount")
  for _, value in ipairs {
    5, { amount = 5 }, { amount = 5, currency = "eur" }, { amount = 0.5, currency = "EUR" },
  } do
    expect.blame(function() local _ = money.add(eur(1), value) end, "money.add needs money such as")
    expect.blame(function() local _ = money.format(value) end, "money.format needs money such as")
  end
  expect.blame(function() local _ = money.parse(5) end, "money.parse needs a text, it got a number")
end)

spec("two currencies never meet", function()
  local usd = money.of(1, "USD")
  for _, name in ipairs { "add", "subtract", "compare" } do
    expect.blame(function() local _ = money[name](eur(1), usd) end,
      "one currency at a time, it got EUR and USD")
  end
end)

spec("what doesn't fit is an error, and never wraps around", function()
  local most = eur(math.maxinteger)
  expect.blame(function() local _ = money.add(most, eur(1)) end, "more than an amount can hold")
  expect.blame(function() local _ = money.subtract(eur(-2), most) end, "more than an amount can hold")
  expect.blame(function() local _ = money.multiply(most, 2) end, "more than an amount can hold")
  expect.blame(function() local _ = money.multiply(eur(-2), math.maxinteger) end,
    "more than an amount can hold")
  expect.blame(function() local _ = money.allocate(most, { 1, 2 }) end, "more than an amount can hold")
  expect.equal(money.subtract(eur(-1), eur(math.maxinteger - 1)).amount, -math.maxinteger)
  expect.equal(money.add(eur(math.maxinteger - 1), eur(1)).amount, math.maxinteger)
  expect.equal(money.add(most, eur(0)), most)
  expect.equal(money.multiply(most, -1).amount, -math.maxinteger)
  expect.equal(money.multiply(eur(0), math.maxinteger).amount, 0)
end)

spec("each way to round does what it says on both sides of zero", function()
  local function halves(rounding)
    return list.map({ -3, -1, 1, 3 }, function(n) return money.multiply(eur(n), "0.5", rounding).amount end)
  end
  for _, rounding in ipairs { "down", "half-up", "half-even" } do
    for _, n in ipairs { -4, -2, 0, 2 } do
      expect.equal(money.multiply(eur(n), { 1, 2 }, rounding).amount, n // 2)
    end
  end
  expect.equal(halves("down"), { -1, 0, 0, 1 })
  expect.equal(halves("half-up"), { -2, -1, 1, 2 })
  expect.equal(halves("half-even"), { -2, 0, 0, 2 })
  local function thirds(rounding)
    return list.map({ -5, -4, 4, 5 }, function(n)
      return money.multiply(eur(n), { 1, 3 }, rounding).amount
    end)
  end
  expect.equal(thirds("down"), { -1, -1, 1, 1 })
  expect.equal(thirds("half-up"), { -2, -1, 1, 2 })
  expect.equal(thirds("half-even"), { -2, -1, 1, 2 })
end)

spec("a factor is an integer, a decimal text or a ratio, and a way to round", function()
  expect.equal(money.multiply(eur(250), 3).amount, 750)
  expect.equal(money.multiply(eur(250), "-1.25", "down").amount, -312)
  expect.equal(money.multiply(eur(250), "2", "down").amount, 500)
  expect.equal(money.multiply(eur(7), { 3, 1 }, "down").amount, 21)
  expect.equal(money.multiply(eur(9), "0.000000000000000001", "half-up").amount, 0)
  for _, factor in ipairs {
    0.5, "x", "1.", ".5", "1e2", { 1, 0 }, { 1, -2 }, { 0.5, 1 }, "0.1234567890123456789",
  } do
    expect.blame(function() local _ = money.multiply(eur(1), factor, "down") end,
      "money.multiply needs an integer")
  end
  expect.blame(function() local _ = money.multiply(eur(1), "0.5") end, "money.multiply rounds")
  expect.blame(function() local _ = money.multiply(eur(1), 2, "up") end, "money.multiply rounds")
end)

spec("what is allocated adds up to the whole, whatever the weights", function()
  for amount = -25, 25 do
    for _, weights in ipairs { { 1 }, { 1, 1, 1 }, { 0, 1 }, { 3, 7, 11 }, { 5, 0, 5, 1, 2 } } do
      local parts = money.allocate(eur(amount), weights)
      expect.equal(list.sum(parts, function(part) return part.amount end), amount)
      expect.equal(#parts, #weights)
    end
  end
end)

spec("the largest remainders get what is left over, the first among equals", function()
  expect.equal(amounts(money.allocate(eur(100), { 1, 1, 1 })), { 34, 33, 33 })
  expect.equal(amounts(money.allocate(eur(-100), { 1, 1, 1 })), { -34, -33, -33 })
  expect.equal(amounts(money.allocate(eur(5), { 3, 7 })), { 2, 3 })
  expect.equal(amounts(money.allocate(eur(1), { 0, 1, 1 })), { 0, 1, 0 })
  expect.equal(amounts(money.allocate(eur(0), { 1, 1 })), { 0, 0 })
  expect.blame(function() local _ = money.allocate(eur(1)) end, "money.allocate needs a list of weights")
  expect.blame(function() local _ = money.allocate(eur(1), {}) end, "money.allocate needs a weight above 0")
  expect.blame(function() local _ = money.allocate(eur(1), { 1, -1 }) end, "integers and not negative, at 2")
end)
