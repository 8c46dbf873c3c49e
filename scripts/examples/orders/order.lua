-- order-<id>: placed, then reserved and paid in either order, or cancelled. Amounts are integer cents.

local function total_of(lines)
  local total = 0
  for _, line in ipairs(lines) do total = total + line.quantity * line.price end
  return total
end


-- What is recorded of an order. The first orders were recorded without their total.
event "order.OrderPlaced" {
  version = 2,
  fields = {
    customer = "string", total = "integer",
    lines = { { sku = "string", quantity = "integer", price = "integer" } },
  },
}
event "order.OrderReserved" { fields = { total = "integer" } }
event "order.OrderPaid" { fields = { amount = "integer" } }
event "order.OrderCancelled" { fields = { reason = "string?", paid = "integer" } }

upcast("order.OrderPlaced", 1, function(data)
  data.total = total_of(data.lines)
  return data
end)


local function check(lines)
  if type(lines) ~= "table" or #lines == 0 then reject("no-lines", "an order needs at least one line") end
  for index, line in ipairs(lines) do
    local where = "line " .. index
    if type(line.sku) ~= "string" or line.sku == "" then reject("bad-line", where .. " needs a sku") end
    if math.type(line.quantity) ~= "integer" or line.quantity < 1 then
      reject("bad-line", where .. " needs a quantity of at least 1")
    end
    if math.type(line.price) ~= "integer" or line.price < 0 then
      reject("bad-line", where .. " needs a price in cents")
    end
  end
end


aggregate "order" {
  initial = { status = "new", paid = 0 },

  commands = {
    place = function(order, args)
      if order.status ~= "new" then reject("already-placed", "the order was placed before") end
      if type(args.customer) ~= "string" then reject("no-customer", "an order needs a customer") end
      check(args.lines)
      emit("OrderPlaced", { customer = args.customer, lines = args.lines, total = total_of(args.lines) })
    end,

    confirm = function(order)
      if order.status == "cancelled" then reject("cancelled", "the order was cancelled") end
      emit("OrderReserved", { total = order.total })
    end,

    pay = function(order, args)
      if order.status == "new" then reject("unknown-order", "there is no such order") end
      if order.status == "cancelled" then reject("cancelled", "the order was cancelled") end
      if order.paid > 0 then reject("already-paid", "the order was paid before") end
      if args.amount ~= order.total then
        reject("wrong-amount", "the order costs " .. order.total .. ", not " .. tostring(args.amount))
      end
      emit("OrderPaid", { amount = args.amount })
    end,

    cancel = function(order, args)
      if order.status == "new" then reject("unknown-order", "there is no such order") end
      if order.status == "cancelled" then return end
      emit("OrderCancelled", { reason = args.reason, paid = order.paid })
    end,
  },

  events = {
    OrderPlaced = function(order, e)
      order.status, order.total, order.customer = "placed", e.data.total, e.data.customer
    end,
    OrderReserved = function(order) order.status = order.paid > 0 and "paid" or "reserved" end,
    OrderPaid = function(order, e) order.status, order.paid = "paid", e.data.amount end,
    OrderCancelled = function(order) order.status = "cancelled" end,
  },
}
