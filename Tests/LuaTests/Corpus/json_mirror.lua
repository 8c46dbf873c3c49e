-- JSON in and out: kinds of number, empty lists and objects, null, escapes, members in any order.
local texts = {
  [[{"z":1,"a":{"y":[],"x":{}},"m":[1,1.0,-0.0,1e2,0.1,123456789012345678]}]],
  [[{"b":null,"a":[null,1,null],"":"empty","é":"€😀","tab":"\t\u0000\/"}]],
  "[9223372036854775807,-9223372036854775808,5e-324,1.7976931348623157e308,4.35]",
  [[{"k1":1,"k2":2,"k1":3,"k10":10,"k9":9,"K1":0}]],
  '"a text alone"', "true", "null", "12.50",
}

function run(round)
  local out = {}
  for i, text in ipairs(texts) do
    local value = json.decode(text)
    out[i] = json.encode(value)
    if type(value) == "table" then
      for k, v in pairs(value) do print(i, k, type(v), type(v) == "table" and #v or v) end
      emit("mirror-" .. i, value)
    end
  end
  local wrong_texts = { "{", "[1,]", '{"a":1,}', "01", '"\\ud800"', "1e999", "nul", '["' .. "\xff" .. '"]' }
  for _, wrong in ipairs(wrong_texts) do
    print(select(2, pcall(json.decode, wrong)))
  end
  local wrong_values = {
    { 1, x = 2 }, { [true] = 1 }, { f = print }, { 0 / 0 }, { "\xfe" }, { [2] = 1 },
    { 1, x = 2, y = 3, [true] = 4, [0.5] = 5, [9] = 6 },
    { [7] = 1, [5.5] = 2, [false] = 3, [{}] = 4, [print] = 5 },
    { [{}] = 1, [print] = 2, a = 3 }, { 1, print, x = 1 },
    { 1, 2, nil, 4, nil, 6 }, { nil, nil, 3 }, json.array { x = 1, y = 2 },
  }
  for _, wrong in ipairs(wrong_values) do
    print(select(2, pcall(json.encode, wrong)))
  end
  local answer = ask { round = round, list = json.array {}, map = {} }
  return out, json.encode(answer), json.encode(ask(json.null))
end
