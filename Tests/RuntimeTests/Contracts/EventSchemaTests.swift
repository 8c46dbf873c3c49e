import Testing

@testable import Runtime

/// Which version an event's meta names.
@Suite struct EventSchemaTests {
    @Test(arguments: [
        ("", 1), ("{}", 1), (#"{"schema":2}"#, 2), (#"{"rule":"x","schema":12}"#, 12), (#"{"schema":2 }"#, 2),
        (#"{ "schema" : 2, "z" : 1 }"#, 2), (#"{"a":{"schema":2}}"#, 1), (#"{"a":{"schema":2},"b":1}"#, 1),
        (#"{"a":{"schema":2},"schema":3}"#, 3), (#"{"a":"\"schema\":2}"}"#, 1), (#"{"a,\"schema":2}"#, 1),
        (#"{"a\\\"schema\":5":2}"#, 1), (#"{"schema":-2}"#, 1), (#"{"schema":0}"#, 1),
        (#"{"schema":2.0}"#, 1),
        (#"{"schema":"2"}"#, 1), (#"{"schema":null}"#, 1), (#"{"schema":4000000000}"#, 4_000_000_000),
        (#"{"schema":2"#, 1), ("2}", 1), ("}", 1), (#":2}"#, 1), (#""schema":2}"#, 1), ("[2]", 1),
        (#"{"xschema":2}"#, 1), (#"{"schema":1,"schema":2}"#, 2),
    ])
    func `only a member of the outermost object names it`(meta: String, version: Int) {
        #expect(Array(meta.utf8).withUnsafeBytes(EventSchemas.version) == version)
    }
}
