-- goto, nested breaks, repeat with locals, numeric edges, shadowing.
function run(round)
  local out = {}
  for i = 1, 20 do
    if i % 3 == 0 then goto continue end
    for j = 1, 20 do
      if j > i then break end
      if (i * j) % 7 == 0 then goto continue end
      out[#out + 1] = i * 100 + j
    end
    ::continue::
  end
  print(table.concat(out, " "))
  local n, steps = 27 * round, 0
  ::again::
  if n ~= 1 then
    n, steps = n % 2 == 0 and n // 2 or 3 * n + 1, steps + 1
    goto again
  end
  local i = 0
  repeat local done = i >= 5 i = i + 1 until done
  while true do i = i + 1 if i > 100 then break end end
  do local i <const> = 7 print(i) end
  local x <const>, y = 1, 2
  print(x, y, steps, i, n)
  return steps, (function() goto out do return "skipped" end ::out:: return "reached" end)()
end
