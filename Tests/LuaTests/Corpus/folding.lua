-- Balances folded from a stream; state kept in tables whose history of insertions differs by account.
function run(round)
  local accounts, names = {}, { "ada", "bob", "eve", "mallory", "trent", "zoe" }
  for i = 1, 200 do
    local name = names[(i * i + round) % #names + 1]
    local account = accounts[name] or { balance = 0, moves = {} }
    accounts[name] = account
    local amount = (i * 37) % 101 - 50
    if account.balance + amount < 0 then
      account.refused = (account.refused or 0) + 1
    else
      account.balance = account.balance + amount
      account.moves[#account.moves + 1] = amount
    end
    if i % 50 == 0 then accounts[names[i / 50]] = nil end
  end
  local total = 0
  for name, account in pairs(accounts) do
    total = total + account.balance
    emit("account-" .. name, { balance = account.balance, refused = account.refused, moves = #account.moves })
  end
  return accounts, total
end
