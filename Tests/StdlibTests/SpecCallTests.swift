import Runtime
import TestSupport
import Testing

/// `given.http` and `expect.called`: what the world says in a spec.
struct SpecCallTests {
    private static let app: AppFixture = """
        allow = { "https://carrier.example" }
        handler "label" {
          on = "order.Paid",
          run = function(e)
            local url = e.data.url or "https://carrier.example/labels"
            local ok, answer = pcall(http.post, url, { order = e.key })
            if not ok then
              if type(answer) == "string" then error(answer, 0) end
              return emit("label-1", "Failed", { code = answer.code })
            end
            local left = http.get("https://carrier.example/left").json.left
            emit("label-1", "Printed", { status = answer.status, id = answer.json.id, left = left })
          end,
        }
        """

    private static let given = #"""
        given.http("POST https://carrier.example/labels", { status = 201, json = { id = 7 } })
        given.http("https://carrier.example/left",
          { body = '{"left":3}', headers = { ["Content-Type"] = "application/json" } })
        when("order-1", { "Paid", {} })
        """#

    @Test(arguments: [
        given + #"expect("label-1", { "Printed", { status = 201, id = 7, left = 3 } })"#,
        given + #"expect.called("POST https://carrier.example/labels", { order = "1" })"#,
        given + #"expect.called("POST https://carrier.example/labels", '{"order":"1"}')"#,
        given + #"expect.called("https://carrier.example/left")"#,
        #"given.http("POST https://carrier.example/labels", { error = "http-timeout" }) "#
            + #"when("order-1", { "Paid", {} }) expect("label-1", { "Failed", { code = "http-timeout" } })"#,
        #"when("order-1", { "Paid", { url = "https://other.example" } }) "#
            + #"expect("label-1", { "Failed", { code = "http-not-allowed" } })"#,
    ])
    func `a spec that gives the answers holds`(body: String) throws {
        #expect(try SpecBench.failure(Self.app, body)?.text == nil)
    }

    @Test(arguments: [
        (
            #"when("order-1", { "Paid", {} })"#,
            #"the spec gives no answer to POST https://carrier.example/labels; "#
                + #"write given.http("POST https://carrier.example/labels", { … })"#
        ),
        (
            given + #"when("order-1", { "Paid", {} })"#,
            "the spec gives no answer to POST https://carrier.example/labels"
        ),
        (given + "expect.nothing()", "expect.nothing: label-1 got Printed"),
        (
            given + #"expect.called("POST https://carrier.example/labels", { order = "2" })"#,
            #"POST https://carrier.example/labels.order is "1", it should be "2""#
        ),
        (
            given + #"expect.called("PUT https://carrier.example/labels")"#,
            "was called, and not PUT https://carrier.example/labels"
        ),
        (#"given.http("POST x y", {})"#, #"given.http needs a request such as "POST https://"#),
        (
            #"given.http("https://carrier.example", { stauts = 5 })"#,
            #"has no field stauts; did you mean "status"?"#
        ),
        (#"expect.called("https://carrier.example")"#, "expect.called needs a when before it"),
    ])
    func `a spec that doesn't hold says what was called`(body: String, summary: String) throws {
        let failure = try #require(try SpecBench.failure(Self.app, body))
        #expect(failure.summary.contains(summary), "\(failure.summary)")
        #expect(failure.file == "rules_spec.lua" || failure.file == "app.lua")
    }
}
