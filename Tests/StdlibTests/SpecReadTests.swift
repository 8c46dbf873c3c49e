import Runtime
import TestSupport
import Testing

/// `read` and `abort` in specs: as the host runs them.
@Suite struct SpecReadTests {
    private let app: AppFixture = """
        aggregate "seat" { commands = { take = function(seat, args)
          if #read { types = { "Taken" }, tags = { "room:1" } } >= 2 then reject("full") end
          local n = #read { category = "seat", last = 1 }
          emit("Taken", { n = n }, { tags = { "room:1", "seat:" .. args.seat } })
        end } }
        event "seat.Taken" { version = 2 }
        upcast("seat.Taken", 1, function(data) data.old = true return data end)

        handler "marked" { on = "guest.*", tags = { "vip" }, run = function() emit("bell-1", "Rung") end }
        handler "greet" { on = "guest.Came", run = function(e)
          local before = read { stream = "greeting-1" }
          if e.data.known then
            emit("greeting-1", "Forgotten")
            send("seat", "9", "take", { seat = 9 })
            abort("known already")
          end
          if e.data.twice then command("seat", "7", "take", { seat = 7 }) read { tags = { "room:1" } } end
          local newest = before[#before]
          emit("greeting-1", "Greeted", { before = #before, newest = newest and newest.type })
        end }
        """

    @Test(arguments: [
        #"when("seat-1", "take", { seat = 1 }) expect("seat-1", { "Taken", { n = 0 } })"#,
        #"given("seat-1", { "Taken", tags = { "room:1" } }) "#
            + #"when("seat-2", "take", { seat = 2 }) expect("seat-2", { "Taken", { n = 1 } })"#,
        #"given("seat-1", { "Taken", tags = { "room:1" } }) "#
            + #"given("seat-2", { "Taken", tags = { "room:1" } }) "#
            + #"when("seat-3", "take", { seat = 3 }) expect.refused("full")"#,
        #"when("guest-1", { "Came" }) expect("greeting-1", { "Greeted", { before = 0 } }) "#
            + #"when("guest-1", { "Came" }) "#
            + #"expect("greeting-1", { "Greeted", { before = 1, newest = "Greeted" } })"#,
        #"when("guest-1", { "Left", tags = { "vip", "old" } }) expect("bell-1", { "Rung" })"#,
        #"when("guest-1", { "Came", tags = { "old" } }) expect("bell-1")"#,
        #"when("guest-1", { "Came", { known = true } }) expect.aborted("known already") expect.nothing()"#,
        #"when("guest-1", { "Came", { known = true } }) expect.aborted() expect("greeting-1") "#
            + #"when("guest-1", { "Came" }) expect("greeting-1", { "Greeted", { before = 0 } })"#,
    ])
    func `a spec sees what the host would do`(body: String) throws {
        #expect(try SpecBench.failure(app, body)?.text == nil)
    }

    @Test(arguments: [
        (#"when("guest-1", { "Came" }) expect.aborted()"#, "expect.aborted: nothing was aborted"),
        (
            #"when("guest-1", { "Came", { known = true } }) expect.aborted("other")"#,
            #"expect.aborted: it was aborted with "known already", and not with "other""#
        ),
        (
            #"when("guest-1", { "Came", { twice = true } })"#,
            "read would have to give Taken in seat-7, which this step asked for before it"
        ),
        (#"when("guest-1", { "Came", { known = true } }) expect.sent("seat-9", "take")"#, "nothing was sent"),
    ])
    func `a spec that tells something else says what is different`(body: String, text: String) throws {
        let failure = try #require(try SpecBench.failure(app, body))
        #expect(failure.text.contains(text))
    }
}
