import TestSupport

/// The apps that more than one suite uses.
enum Apps {
    /// One aggregate with a limit; commands that refuse, fail, or do nothing.
    static let counter: AppFixture = """
        aggregate "counter" {
          initial = { value = 0 },
          commands = {
            add = function(counter, args)
              local amount = args.amount or 1
              if counter.value + amount > (args.limit or 1000000) then
                reject("over-the-limit", "the counter is at " .. counter.value)
              end
              emit("Added", { amount = amount })
            end,
            nothing = function() end,
            fail = function() error("broken on purpose") end,
          },
          events = {
            Added = function(counter, e) counter.value = counter.value + e.data.amount end,
          },
        }
        """

    /// A handler that fails for as long as an event's data says `bad`, and one that never does.
    ///
    /// The first wait is 100 ms, then 200 ms; the third failure parks.
    static let flaky: AppFixture = """
        handler "flaky" {
          on = "order.Placed",
          retry = { attempts = 3, first = "100ms", factor = 2, max = "1s" },
          run = function(e)
            if e.data.bad then error("order " .. e.key .. " is bad") end
            emit("done-" .. e.key, "Done", { n = e.data.n })
          end,
        }

        handler "steady" {
          on = "order.Placed",
          run = function(e) emit("seen-" .. e.key, "Seen", { n = e.data.n }) end,
        }
        """
}

extension AppFixture {
    /// The app with more Lua behind it.
    static func + (app: AppFixture, text: String) -> AppFixture {
        var files = app.files
        files["app.lua", default: ""] += "\n" + text
        return AppFixture(files: files)
    }
}
