-- Group, count, rank: order comes from keys and never from the table's past.
function run(round)
  local text = [[the quick brown fox jumps over the lazy dog while the other dog sleeps and the fox
    runs on over the hill to the river where the quick river runs]]
  local counts, by_length, by_letter = {}, {}, {}
  for word in text:gmatch("%a+") do
    counts[word] = (counts[word] or 0) + round
    by_length[#word] = by_length[#word] or {}
    by_length[#word][word] = true
    local letter = word:sub(1, 1)
    by_letter[letter] = (by_letter[letter] or "") .. word:sub(-1)
  end
  local ranked = {}
  for word, count in pairs(counts) do ranked[#ranked + 1] = { word = word, count = count } end
  table.sort(ranked, function(a, b) return a.count > b.count end)
  for length, words in pairs(by_length) do
    local list = {}
    for word in pairs(words) do list[#list + 1] = word end
    print(length, table.concat(list, ","))
  end
  counts.the, counts.zebra = nil, 1
  local first, count = next(counts)
  return ranked, by_letter, first, count, counts
end
