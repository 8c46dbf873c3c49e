-- An order's life: commands decide on folded state, refusals are values.
local handlers = {}

function handlers.OrderPlaced(order, e)
  order.status, order.total, order.lines = "placed", 0, {}
  for _, line in ipairs(e.lines) do
    order.lines[line.sku] = (order.lines[line.sku] or 0) + line.quantity
    order.total = order.total + line.price * line.quantity
  end
end
function handlers.OrderShipped(order) order.status = "shipped" end
function handlers.OrderCancelled(order, e) order.status, order.reason = "cancelled", e.reason end

local function decide(order, command, args)
  if command == "place" then
    if order.status then return nil, { code = "already-placed", text = "order is " .. order.status } end
    return "OrderPlaced", args
  elseif command == "ship" then
    if order.status ~= "placed" then return nil, { code = "not-placed", status = order.status } end
    return "OrderShipped", { carrier = args.carrier, parcels = #args.parcels }
  elseif order.status == "shipped" then
    return nil, { code = "too-late" }
  end
  return "OrderCancelled", { reason = args.reason or "none" }
end

function run(round)
  local order, refused = {}, {}
  local commands = {
    { "ship", { carrier = "dhl", parcels = {} } },
    { "place", { customer = "ada", lines = {
      { sku = "bolt", quantity = 3, price = 125 }, { sku = "nut", quantity = 10, price = 5 },
      { sku = "bolt", quantity = 2, price = 110 } } } },
    { "place", {} },
    round == 1 and { "ship", { carrier = "ups", parcels = { 1, 2 } } } or { "cancel", {} },
    { "cancel", { reason = "changed my mind" } },
  }
  for number, command in ipairs(commands) do
    local kind, data = decide(order, table.unpack(command))
    if kind then
      handlers[kind](order, data)
      emit("order-42", { type = kind, data = data, number = number })
    else
      refused[#refused + 1] = data
    end
  end
  for sku, quantity in pairs(order.lines) do print("reserve", sku, quantity) end
  return order, refused, order.total / 100
end
