-- What the order system promises, a rule at a time.

local lines = { { sku = "tea", quantity = 2, price = 250 } }
local placed = { "OrderPlaced", { customer = "ada", lines = lines, total = 500 } }


spec("an order costs what its lines cost", function()
  when("order-1", "place", { customer = "ada", lines = lines })
  expect("order-1", placed)
  expect.state("order-1", { status = "placed", total = 500 })
end)


spec("an order is placed once", function()
  given("order-1", placed)
  when("order-1", "place", { customer = "bob", lines = lines })
  expect.refused("already-placed")
  expect("order-1")
end)


spec("an order that was recorded without its total costs what its lines cost", function()
  given("order-1", { "OrderPlaced", { customer = "ada", lines = lines }, schema = 1 })
  when("order-1", "pay", { amount = 500 })
  expect("order-1", { "OrderPaid", { amount = 500 } })
end)


spec("a placed order reserves its lines and is confirmed", function()
  given("stock-tea", { "StockAdded", { quantity = 5 } })
  when("order-1", placed)
  expect("stock-tea", { "StockReserved", { order = "1", quantity = 2 } })
  expect("order-1", { "OrderReserved", { total = 500 } })
  expect.state("stock-tea", { available = 3, held = { ["1"] = 2 } })
end)


spec("an order that can't be filled is cancelled, and gives back what it reserved", function()
  given("stock-tea", { "StockAdded", { quantity = 5 } })
  local both = { lines[1], { sku = "cup", quantity = 1, price = 900 } }
  when("order-1", { "OrderPlaced", { customer = "ada", lines = both, total = 1400 } })
  expect.refused("out-of-stock")
  expect("stock-tea", { "StockReserved" }, { "StockReleased", { order = "1", quantity = 2 } })
  expect("order-1", { "OrderCancelled", { reason = "only 0 left, 1 wanted", paid = 0 } })
  expect.state("stock-tea", { available = 5, held = {} })
end)


spec("the right amount pays an order", function()
  given("order-1", placed, { "OrderReserved", { total = 500 } })
  when("payment-1", { "PaymentReceived", { amount = 500 } })
  expect("order-1", { "OrderPaid", { amount = 500 } })
  expect.state("order-1", { status = "paid", paid = 500 })
end)


spec("a wrong amount goes back", function()
  given("order-1", placed)
  when("payment-1", { "PaymentReceived", { amount = 499 } })
  expect.refused("wrong-amount")
  expect.sent("payment-1", "refund", { amount = 499, reason = "the order costs 500, not 499" })
  expect("order-1")
end)


spec("an order that is cancelled after it was paid is paid back", function()
  given("order-1", placed, { "OrderPaid", { amount = 500 } })
  when("order-1", { "OrderCancelled", { reason = "changed my mind", paid = 500 } })
  expect.sent("payment-1", "refund", { amount = 500, reason = "changed my mind" })
end)


spec("no more goes back than came in", function()
  given("payment-1", { "PaymentReceived", { amount = 500 } }, { "PaymentRefunded", { amount = 500 } })
  when("payment-1", "refund", { amount = 1 })
  expect.refused("nothing-to-refund")
end)


spec("an order that is placed and paid is paid in every table", function()
  given("stock-tea", { "StockAdded", { quantity = 5 } })
  when("order-1", "place", { customer = "ada", lines = lines })
  when.settled()
  expect("order-1", placed, { "OrderReserved", { total = 500 } })
  expect.query("order-summary", { order = "1" },
    { order = "1", customer = "ada", status = "reserved", total = 500 })
  expect.rows("stock_levels", { sku = "tea", available = 3, reserved = 2 })

  when("payment-1", "receive", { amount = 500 })
  when.settled()
  expect("order-1", { "OrderPaid", { amount = 500 } })
  expect.query("orders-by-status", {}, { { status = "paid", orders = 1, total = 500 } })
  expect.query("sales-by-customer", { customer = "ada" }, { customer = "ada", orders = 1, total = 500 })
end)


spec("money for an order that was cancelled meanwhile goes back, and the stock is as it was", function()
  given.fixture("fixtures/paid-too-late.json")
  when("payment-7", "receive", { amount = 1800 })
  when.settled()
  expect.refused("cancelled")
  expect("payment-7", { "PaymentReceived" },
    { "PaymentRefunded", { amount = 1800, reason = "the order was cancelled" } })
  expect.query("order-summary", { order = "7" },
    { order = "7", customer = "customer-1", status = "cancelled", total = 1800 })
  expect.query("stock-level", { sku = "cup" }, { sku = "cup", available = 1, reserved = 0 })
end)
