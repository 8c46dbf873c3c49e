-- A file that fails while it loads, behind a module that isn't there.
local found, why = pcall(require, "pricing")
print(found, why)
local settings = { rates = { de = 0.19, fr = 0.2 } }
for country, rate in pairs(settings.rates) do print(country, rate) end
local total = settings.rate.de + 1
