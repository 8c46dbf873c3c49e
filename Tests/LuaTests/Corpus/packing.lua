-- Bytes: pack and unpack, UTF-8, characters that aren't text.
function run(round)
  local form = "<i1 I2 i4 i8 f d z s2 x !4 i4"
  local packed = string.pack(form, -1, 65535, -70000, math.mininteger, 0.5, 1 / 3, "zero", "two", 9)
  print(#packed, packed:byte(1, -1))
  print(string.unpack("<i1 I2 i4 i8 f d z s2", packed))
  print(string.packsize("<i4i8d"), pcall(string.unpack, "<i4", "ab"), pcall(string.pack, "i17", 1))
  print(string.pack(">I4", 0x01020304):byte(1, -1))
  local text = "aé€😀"
  print(utf8.len(text), utf8.char(97, 233, 8364, 128512) == text)
  print(utf8.offset(text, 3), utf8.codepoint(text, 1, -1))
  for place, code in utf8.codes(text) do print(place, code) end
  print(utf8.len("\xff"), pcall(utf8.codepoint, "\xff"), pcall(utf8.char, -1), utf8.len(""))
  for c in text:gmatch(utf8.charpattern) do print(c, #c) end
  print("\x00\xff\u{7FF}\065\z
         joined", "a\
b")
  return packed, "\xff\xfe" .. round, text
end
