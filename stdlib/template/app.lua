-- A counter, as a first app. `perilune run .` hosts it, `perilune test .` runs its specs.

aggregate "counter" {
  initial = { value = 0 },
  commands = {
    add = function(counter, args)
      local amount = args.amount or 1
      if counter.value + amount > 100 then reject("too-much", "a counter ends at 100") end
      emit("Added", { amount = amount })
    end,
  },
  events = {
    Added = function(counter, e) counter.value = counter.value + e.data.amount end,
  },
}


-- What an event must look like: checked wherever one is emitted or appended.
event "counter.Added" { fields = { amount = "integer" } }


-- Each event once, whatever crashes.
handler "congratulate" {
  on = "counter.Added",
  where = function(e) return e.data.amount >= 10 end,
  run = function(e) emit("news-" .. e.key, "Congratulated", { amount = e.data.amount }) end,
}


projection "totals" {
  on = "counter.Added",
  tables = { totals = "counter text primary key, value integer not null" },
  run = function(e, db)
    db.exec("insert into totals values (?1, ?2) on conflict do update set value = value + ?2",
      e.key, e.data.amount)
  end,
}

query "totals" { run = function(db) return db.rows("select * from totals order by counter") end }
