-- A file that isn't Lua.
local orders = { "a", "b"
for i = 1, 2 do print(orders[i]) end
