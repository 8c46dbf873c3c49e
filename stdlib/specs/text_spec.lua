local text = require "text"

spec("trimming leaves what is inside", function()
  expect.equal(text.trim(""), "")
  expect.equal(text.trim(" \t\r\n "), "")
  expect.equal(text.trim("a"), "a")
  expect.equal(text.trim("\n a  b\t"), "a  b")
end)

spec("splitting and joining are each other's reverse", function()
  for _, whole in ipairs { "", ",", "a", "a,", ",a", "a,,b", ".*,%" } do
    expect.equal(text.join(text.split(whole, ","), ","), whole)
  end
  expect.equal(text.split("a.b%c", "."), { "a", "b%c" })
  expect.equal(json.encode(text.split("", ",")), '[""]')
end)

spec("lines end in any of the usual ways", function()
  expect.equal(json.encode(text.lines("")), "[]")
  expect.equal(text.lines("a\n\nb"), { "a", "", "b" })
  expect.equal(text.lines("a\r\n"), { "a" })
end)

spec("beginnings and endings are plain text", function()
  expect.equal({ text.starts("a.b", "a."), text.starts("axb", "a."), text.starts("a", "ab") },
    { true, false, false })
  expect.equal({ text.ends("a.b", ".b"), text.ends("b", "ab"), text.ends("a", "") }, { true, false, true })
end)

spec("padding and cutting count characters, not bytes", function()
  expect.equal(text.pad("é", 3), "é  ")
  expect.equal(text.pad("long", 2), "long")
  expect.equal(text.cut("ééééé", 3), "éé…")
  expect.equal(text.cut("abc", 3), "abc")
  expect.equal(text.cut("abc", 1), "…")
  expect.blame(function() local _ = text.pad("\xFF", 3) end, "text.pad needs a text of valid UTF-8")
end)

spec("a template takes texts, numbers and booleans, and braces", function()
  expect.equal(text.fill("{{{n}} {ok}", { n = 1, ok = false }), "{1} false")
  expect.equal(text.fill("", {}), "")
  expect.blame(function() local _ = text.fill("a {b", { b = 1 }) end, "needs a {name} at byte 3")
  expect.blame(function() local _ = text.fill("{b}", { b = {} }) end, "can't fill in b, it is a table")
end)

spec("a slug has only what any address takes", function()
  expect.equal(text.slug("--A  b_C!"), "a-b-c")
  expect.equal(text.slug("…"), "")
end)

spec("what is no text is refused on the caller's line", function()
  expect.blame(function() local _ = text.trim(nil) end, "text.trim needs a text, it got a nil")
  expect.blame(function() local _ = text.split("a", "") end, "text.split needs a separator that isn't empty")
  expect.blame(function() local _ = text.join({ {} }, "") end, "element 1 is a table")
  expect.blame(function() local _ = text.pad("a", 3, "up") end, 'text.pad fills "left" or "right"')
  expect.blame(function() local _ = text.cut("a", 0) end, "text.cut needs a width of at least 1")
end)
