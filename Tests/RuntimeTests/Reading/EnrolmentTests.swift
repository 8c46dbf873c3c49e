import EventLog
import Runtime
import TestSupport
import Testing

/// The example that dynamic consistency boundaries are known by: courses with a capacity, busy students.
///
/// Neither rule is about one stream; both hold whoever enrols, on whichever worker, by whichever way.
@Suite(.unlessItHangs) struct EnrolmentTests {
    private let app: AppFixture = """
        local function enrol(course, student, emit_it)
          local taken = #read { types = { "StudentEnrolled" }, tags = { "course:" .. course } }
          local mine = #read { types = { "StudentEnrolled" }, tags = { "student:" .. student } }
          if taken >= 30 then return "course-full" end
          if mine >= 2 then return "student-busy" end
          emit_it({ course = course }, { tags = { "course:" .. course, "student:" .. student } })
        end

        aggregate "student" { commands = { enrol = function(student, args)
          local refusal = enrol(args.course, args.student, function(data, options)
            emit("StudentEnrolled", data, options)
          end)
          if refusal then reject(refusal) end
        end } }

        handler "by-form" { on = "form.Received", run = function(e)
          enrol(e.data.course, e.data.student, function(data, options)
            emit("enrolment-" .. e.key, "StudentEnrolled", data, options)
          end)
        end }

        handler "by-command" { on = "letter.Received", run = function(e)
          command("student", e.data.student, "enrol", { course = e.data.course, student = e.data.student })
        end }
        """

    @Test func `a thousand enrolments at once fill every course, and none beyond`() async throws {
        let log = MemoryLog()
        try await withHost(app, log: log) { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<8 {
                    group.addTask {
                        for number in 0..<125 {
                            let (course, student) = ((number * 7 + caller) % 5, (number + 17 * caller) % 200)
                            let data = #"{"course":"\#(course)","student":"\#(student)"}"#
                            switch number % 3 {
                            case 0: try await fixture.append("form-\(caller)x\(number) Received \(data)")
                            case 1: try await fixture.append("letter-\(caller)x\(number) Received \(data)")
                            default: _ = try await fixture.execute("student-\(student) enrol", data)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await fixture.untilIdle()
            #expect(try await fixture.host.parked().isEmpty)
        }
        let enrolled = try log.read(ReadRequest(.query(EventQuery(types: ["StudentEnrolled"])))).events
        let tags = Dictionary(grouping: enrolled.flatMap(\.tags), by: \.self).mapValues(\.count)
        let courses = (0..<5).map { tags["course:\($0)"] ?? 0 }
        let busiest = tags.filter { $0.key.hasPrefix("student:") }.values.max()
        // Enough asked for each course, so it is full; one more would be a decision on what was no longer so.
        #expect(courses == [30, 30, 30, 30, 30])
        #expect(try #require(busiest) <= 2)
        #expect(enrolled.count == 150)
    }
}
