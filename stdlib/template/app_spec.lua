-- What the app promises, a rule at a time: `perilune test .`

spec("a counter counts", function()
  when("counter-a", "add", { amount = 5 })
  expect("counter-a", { "Added", { amount = 5 } })
  expect.state("counter-a", { value = 5 })
end)


spec("a counter ends at 100", function()
  given("counter-a", { "Added", { amount = 98 } })
  when("counter-a", "add", { amount = 3 })
  expect.refused("too-much")
  expect("counter-a")
end)


spec("a large step is news", function()
  when("counter-a", { "Added", { amount = 10 } })
  expect("news-a", { "Congratulated", { amount = 10 } })
end)


spec("a small step is none", function()
  when("counter-a", { "Added", { amount = 9 } })
  expect.nothing()
end)


spec("the totals are those of all counters", function()
  given("counter-a", { "Added", { amount = 5 } }, { "Added", { amount = 2 } })
  when("counter-b", "add", { amount = 1 })
  expect.query("totals", {}, { { counter = "a", value = 7 }, { counter = "b", value = 1 } })
end)
