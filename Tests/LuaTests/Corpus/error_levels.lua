-- An error with a traceback through methods, callbacks, tail calls and a sort, uncaught.
local shop = { lines = { { sku = "a", price = 3 }, { sku = "b" } } }

local function price_of(line)
  return line.price * 2
end

function shop:total()
  local sum = 0
  for _, line in ipairs(self.lines) do sum = sum + price_of(line) end
  return sum
end

local function tail(order) return order:total() end

function run(round)
  emit("before", { round = round })
  print(where(1), traceback())
  print(pcall(tail, shop))
  print(xpcall(tail, function(e) return e .. "|" .. traceback() end, shop))
  table.sort({ 2, 1 }, function() tail(shop) end)
end
