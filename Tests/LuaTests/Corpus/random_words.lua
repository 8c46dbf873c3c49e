-- Numbers and identities drawn by the host: the same for the same seed, whatever happened before.
function run(round)
  local drawn, dice = {}, {}
  for i = 1, 20 do drawn[i] = random(1000) end
  for _ = 1, 600 do
    local n = random(6)
    dice[n] = (dice[n] or 0) + 1
  end
  print(table.concat(drawn, " "), random(), random(0), random(-5, 5))
  print(uuid(), uuid())
  reseed(round, 7)
  local a = uuid()
  reseed(round, 7)
  print(a, a == uuid(), pcall(random, 2, 1), pcall(random, "x"))
  local shuffled = {}
  for i = 1, 30 do table.insert(shuffled, random(#shuffled + 1), i) end
  return dice, table.concat(shuffled, ","), random(math.mininteger, math.maxinteger)
end
