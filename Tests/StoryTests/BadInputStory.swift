import Testing

extension Stories {
    /// Whatever is sent over HTTP, the answer is a problem document that a program and a person can use, the
    /// host goes on, and nothing is written.
    struct BadInputStory {
        /// A request that can't be granted, and what is said about it.
        struct Case: Sendable, CustomStringConvertible {
            let what: String
            let request: HTTPRequest
            let status: Int
            let code: String

            init(_ what: String, _ request: HTTPRequest, _ status: Int, _ code: String) {
                self.what = what
                self.request = request
                self.status = status
                self.code = code
            }

            var description: String { what }
        }

        @Test func `every bad request gets a problem document and writes nothing`() async throws {
            try await HostProcess.with { host in
                let client = APIClient(host)
                try await client.append("Noted", to: "note-1")
                let before = try await client.lastPosition()
                for bad in Self.bodies + Self.names + Self.routes + Self.parameters + Self.headers {
                    try await check(bad, on: HTTPClient(port: host.port))
                }
                #expect(try await client.lastPosition() == before, "nothing was written")
                try await client.append("Noted", to: "note-1")
                #expect(try await client.lastPosition() == before + 1, "and the host goes on")
            }
        }

        @Test func `a connection serves good requests after bad ones`() async throws {
            try await HostProcess.with { host in
                let connection = HTTPClient(port: host.port)
                for bad in [Self.bodies[0], Self.names[0], Self.routes[0], Self.parameters[0]] {
                    try await check(bad, on: connection)
                    #expect(try await connection.send(.get("/healthz")).status == 200)
                }
            }
        }

        @Test func `bytes that are no HTTP close their connection, and no other`() async throws {
            try await HostProcess.with { host in
                let client = APIClient(host)
                let before = try await client.lastPosition()
                for garbage in [
                    "\u{0}\u{1}\u{2}\r\n\r\n", "POST /streams/a\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
                ] {
                    let connection = HTTPClient(port: host.port)
                    do {
                        let response = try await connection.send(raw: Array(garbage.utf8))
                        #expect((400..<600).contains(response.status), "\(response)")
                    } catch is ConnectionFailure {
                        // A server may hang up on what isn't its language.
                    }
                }
                #expect(try await client.lastPosition() == before)
            }
        }

        private func check(_ bad: Case, on connection: HTTPClient) async throws {
            let response = try await connection.send(bad.request)
            #expect(response.status == bad.status, "\(bad): \(response)")
            #expect(response.headers["content-type"] == "application/problem+json", "\(bad): \(response)")
            let problem = try response.json(ProblemAnswer.self)
            #expect(problem.status == response.status, "\(bad)")
            #expect(problem.code == bad.code, "\(bad): \(response)")
            #expect(
                !problem.title.isEmpty && !problem.detail.isEmpty && !problem.hint.isEmpty,
                "\(bad): \(response)"
            )
        }
    }
}
