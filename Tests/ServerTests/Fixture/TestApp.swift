import EventLog
import Runtime

/// A small app with one of everything that the API shows.
enum TestApp {
    static let source = """
        aggregate "order" {
          initial = { status = "new" },
          commands = {
            place = function(order, args)
              if order.status ~= "new" then reject("already-placed", "the order was placed before") end
              emit("OrderPlaced", { total = args.total })
            end,
            explode = function() error("boom") end,
          },
          events = {
            OrderPlaced = function(order, e) order.status, order.total = "placed", e.data.total end,
          },
        }

        handler "fragile" {
          on = "order.OrderPlaced",
          retry = { attempts = 1, first = "1ms" },
          run = function(e) if e.data.total == 13 then error("unlucky") end end,
        }

        projection "totals" {
          on = "order.OrderPlaced",
          tables = { totals = [[ id text primary key, total integer ]] },
          run = function(e, db) db.exec("insert into totals values (?, ?)", e.key, e.data.total) end,
        }

        query "total" {
          params = { order = "string" },
          run = function(db, p) return db.row("select total from totals where id = ?", p.order) end,
        }

        event "jar.Filled" { version = 2, fields = { lines = { { price = "integer" } }, note = "string?" } }
        upcast("jar.Filled", 1, function(data) return { lines = { { price = data.price } } } end)
        """

    /// A host that runs it, and writes nothing to the terminal.
    ///
    /// Without the scripts in the log, a test's own events begin at position 1.
    static func start(over log: any EventLog, recordsScripts: Bool = false) async throws -> Host {
        var options = HostOptions(logger: TestServer.quiet)
        options.recordsScripts = recordsScripts
        let scripts = try ScriptSet(name: "shop", files: ["app.lua": Array(source.utf8)])
        return try await Host.start(
            scripts,
            log: log,
            readModelFolder: nil,
            options: options
        )
    }
}
