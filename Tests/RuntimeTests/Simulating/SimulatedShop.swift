import EventLog
import TestSupport

@testable import Runtime

/// What the suites of recomputing share: an app in which one decision leads to others, its log, and what it
/// must come to by any of its rules, worked out without a script.
struct SimulatedShop {
    /// Above this an order has five off.
    var discountAbove = 50

    /// From this on, after the discount, an order takes two pieces, else one.
    var largeFrom = 40

    /// Minutes until an order is closed.
    var closesAfter = 15

    /// Pieces that there are.
    static let pieces = 12

    var app: AppFixture {
        """
        aggregate "order" {
          initial = { status = "new", total = 0 },
          commands = {
            place = function(order, args)
              if order.status ~= "new" then reject("already-placed", "it was placed before") end
              local total = args.total
              if total > \(discountAbove) then total = total - 5 end
              emit("OrderPlaced", { total = total, at = now(), dice = random(1000000) })
            end,
            close = function(order)
              if order.status ~= "placed" then reject("not-placed", "it is " .. order.status) end
              emit("OrderClosed", { total = order.total })
            end,
            cancel = function(order)
              if order.status ~= "placed" then reject("not-placed", "it is " .. order.status) end
              emit("OrderCancelled", {})
            end,
          },
          events = {
            OrderPlaced = function(order, e) order.status, order.total = "placed", e.data.total end,
            OrderClosed = function(order) order.status = "closed" end,
            OrderCancelled = function(order) order.status = "cancelled" end,
          },
        }
        aggregate "stock" {
          initial = { left = \(Self.pieces) },
          commands = {
            reserve = function(stock, args)
              if stock.left < args.pieces then reject("sold-out", "nothing is left") end
              emit("Reserved", { left = stock.left - args.pieces, by = args.order })
            end,
          },
          events = { Reserved = function(stock, e) stock.left = e.data.left end },
        }
        handler "reserve" {
          on = "order.OrderPlaced",
          run = function(e)
            local pieces = e.data.total >= \(largeFrom) and 2 or 1
            local ok = command("stock", "pear", "reserve", { pieces = pieces, order = e.key })
            if not ok then return send("order", e.key, "cancel") end
            emit("note-" .. e.key, "Noted", { pieces = pieces, dice = random(1000000), id = uuid() })
            send("order", e.key, "close", {}, { after = "\(closesAfter)m" })
          end,
        }

        handler "thank" {
          on = "order.OrderClosed",
          run = function(e) emit("mail-" .. e.key, "Thanked", { total = e.data.total, at = now() }) end,
        }

        projection "closed" {
          on = "order.OrderClosed",
          tables = { closed = [[ id text primary key, total integer not null ]] },
          run = function(e, db) db.exec("insert into closed values (?, ?)", e.key, e.data.total) end,
        }
        """
    }

    /// What each of the orders comes to, in their order.
    struct Outcome: Equatable {
        var total: Int
        var pieces: Int
        /// Whether there were pieces for it.
        var isReserved: Bool
        /// Pieces that are left behind it.
        var left: Int
        /// Whether it was closed by the end of the log.
        var isClosed: Bool
    }

    /// Orders that are placed five minutes one after the other; the log ends so many minutes behind the last.
    func outcomes(of totals: [Int], minutesBehind: Int = 0) -> [Outcome] {
        var left = Self.pieces
        return totals.enumerated().map { number, asked in
            let total = asked > discountAbove ? asked - 5 : asked
            let pieces = total >= largeFrom ? 2 : 1
            let isReserved = left >= pieces
            if isReserved { left -= pieces }
            let age = (totals.count - 1 - number) * 5 + minutesBehind
            return Outcome(
                total: total,
                pieces: pieces,
                isReserved: isReserved,
                left: left,
                isClosed: isReserved && age >= closesAfter
            )
        }
    }

    static let start: LogTime = 1_750_000_000_000_000

    private static let minute: Int64 = 60_000_000

    /// Lets a host live through orders, five minutes one after the other; each finds the host at rest.
    func history(of totals: [Int], minutesBehind: Int = 0) async throws -> MemoryLog {
        let clock = ManualClock(now: Self.start)
        let log = MemoryLog(clock: { clock.now })
        try await withHost(app, log: log, clock: clock) { fixture in
            for (number, total) in totals.enumerated() {
                if number > 0 { try await pass(5, fixture) }
                let command = "order-\(number) place"
                _ = try await fixture.execute(command, #"{"total":\#(total)}"#, key: "order \(number)")
                try await fixture.untilIdle()
            }
            try await pass(minutesBehind, fixture)
            // What the stretch ends with.
            try await fixture.append("day-1 DayEnded")
        }
        return log
    }

    /// Minute by minute, so that each timer fires at its time.
    private func pass(_ minutes: Int, _ fixture: HostFixture) async throws {
        for _ in 0..<minutes {
            let due = try waiting(in: fixture.log, at: fixture.clock.now + Self.minute)
            let fired = try count("TimerFired", in: fixture.log)
            fixture.clock.advance(by: Self.minute)
            try await Condition.wait(for: "the timers", details: { "\(due) due" }) {
                try count("TimerFired", in: fixture.log) == fired + due
            }
            try await fixture.untilIdle()
        }
    }

    private func waiting(in log: any EventLog, at time: LogTime) throws -> Int {
        let set = try log.read(ReadRequest(.query(EventQuery(types: ["TimerSet"])))).events
        let due = try set.filter {
            (try JSONValue(parsing: $0.data)["at"]?.integer ?? .max) * 1_000 <= time
        }
        return due.count - (try count("TimerFired", in: log))
    }

    private func count(_ type: String, in log: any EventLog) throws -> Int {
        try log.read(ReadRequest(.query(EventQuery(types: [type])))).events.count
    }
}
