-- An e-commerce order system: orders reserve stock, payments settle orders, and what belongs together becomes
-- true together. One file for each thing; this one is the story.

require "order"
require "stock"
require "payment"
require "summary"


-- Reserve every line, or none: all of it is one step, so all of it is one commit.
handler "reserve-stock" {
  on = "order.OrderPlaced",
  run = function(e)
    local reserved = {}
    for _, line in ipairs(e.data.lines) do
      local ok, refusal = command("stock", line.sku, "reserve", { order = e.key, quantity = line.quantity })
      if not ok then
        for _, sku in ipairs(reserved) do command("stock", sku, "release", { order = e.key }) end
        command("order", e.key, "cancel", { reason = refusal.text })
        return
      end
      reserved[#reserved + 1] = line.sku
    end
    command("order", e.key, "confirm", {})
  end,
}


-- A payment settles its order; one that the order doesn't want is sent back.
handler "settle-order" {
  on = "payment.PaymentReceived",
  run = function(e)
    local ok, refusal = command("order", e.key, "pay", { amount = e.data.amount })
    if not ok then
      send("payment", e.key, "refund", { amount = e.data.amount, reason = refusal.text })
    end
  end,
}


-- An order that was paid before it turned out that it can't be had.
handler "refund-cancelled" {
  on = "order.OrderCancelled",
  where = function(e) return e.data.paid > 0 end,
  run = function(e)
    send("payment", e.key, "refund", { amount = e.data.paid, reason = e.data.reason })
  end,
}
