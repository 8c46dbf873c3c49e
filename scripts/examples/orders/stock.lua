-- stock-<sku>: what can be sold, and what is held for which order.

aggregate "stock" {
  initial = { available = 0, held = {} },

  commands = {
    restock = function(_, args)
      if math.type(args.quantity) ~= "integer" or args.quantity < 1 then
        reject("bad-quantity", "restock needs a quantity of at least 1")
      end
      emit("StockAdded", { quantity = args.quantity })
    end,

    reserve = function(stock, args)
      if stock.available < args.quantity then
        reject("out-of-stock", "only " .. stock.available .. " left, " .. args.quantity .. " wanted")
      end
      emit("StockReserved", { order = args.order, quantity = args.quantity })
    end,

    release = function(stock, args)
      local quantity = stock.held[args.order]
      if not quantity then return end
      emit("StockReleased", { order = args.order, quantity = quantity })
    end,
  },

  events = {
    StockAdded = function(stock, e) stock.available = stock.available + e.data.quantity end,
    StockReserved = function(stock, e)
      stock.available = stock.available - e.data.quantity
      stock.held[e.data.order] = (stock.held[e.data.order] or 0) + e.data.quantity
    end,
    StockReleased = function(stock, e)
      stock.available = stock.available + e.data.quantity
      stock.held[e.data.order] = nil
    end,
  },
}
