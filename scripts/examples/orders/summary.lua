-- Read models: one row an order, one row a SKU; and the questions that can be asked of them.

projection "order-summary" {
  on = "order.*",
  tables = {
    orders = [[ id text primary key, customer text not null, status text not null, total integer not null ]],
  },
  run = function(e, db)
    if e.type == "OrderPlaced" then
      db.exec("insert into orders values (?, ?, 'placed', ?)", e.key, e.data.customer, e.data.total)
    elseif e.type == "OrderReserved" then
      db.exec("update orders set status = 'reserved' where id = ? and status = 'placed'", e.key)
    elseif e.type == "OrderPaid" then
      db.exec("update orders set status = 'paid' where id = ?", e.key)
    elseif e.type == "OrderCancelled" then
      db.exec("update orders set status = 'cancelled' where id = ?", e.key)
    end
  end,
}


projection "stock-levels" {
  on = { "stock.StockAdded", "stock.StockReserved", "stock.StockReleased" },
  tables = {
    stock_levels = [[ sku text primary key, available integer not null, reserved integer not null ]],
  },
  run = function(e, db)
    local available = e.type == "StockReserved" and -e.data.quantity or e.data.quantity
    local reserved = e.type == "StockAdded" and 0 or -available
    db.exec([[insert into stock_levels values (?1, ?2, ?3)
              on conflict (sku) do update set available = available + ?2, reserved = reserved + ?3]],
            e.key, available, reserved)
  end,
}


query "order-summary" {
  params = { order = "string" },
  run = function(db, p)
    return db.row([[select id as "order", customer, status, total from orders where id = ?]], p.order)
  end,
}

query "orders-by-status" {
  run = function(db)
    return db.rows([[select status, count(*) as orders, sum(total) as total from orders
                     group by status order by status]])
  end,
}

query "sales-by-customer" {
  params = { customer = "string" },
  run = function(db, p)
    return db.row([[select customer, count(*) as orders, sum(total) as total from orders
                    where customer = ? and status = 'paid' group by customer]], p.customer)
  end,
}

query "stock-level" {
  params = { sku = "string" },
  run = function(db, p) return db.row("select * from stock_levels where sku = ?", p.sku) end,
}
