import Foundation
import Runtime

/// An app of 500 lines in a folder, which is edited again and again: each edit is a number in its rule.
struct EditedApp {
    let folder: String

    private static let lines = 500

    /// Every fourth edit can't be loaded.
    static func isBroken(_ edit: Int) -> Bool { edit % 4 == 0 && edit > 0 }

    /// Writes an edit as an editor does: another file, renamed.
    func save(_ edit: Int) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(Self.text(edit).utf8).write(
            to: URL(fileURLWithPath: folder + "/app.lua"),
            options: .atomic
        )
    }

    private static func text(_ edit: Int) -> String {
        let rule = """
            local edit = \(edit)\(isBroken(edit) ? " = " : "")
            handler "count" { on = "in.OrderPlaced", run = function(e)
            if edit < 0 then return end
            \(SampleEvents.handler)
            end }

            """
        var text = rule
        var count = rule.split(separator: "\n").count
        var number = 0
        while count < lines {
            number += 1
            text += """
                aggregate "kind\(number)" {
                  initial = { total = 0, seen = {} },
                  commands = {
                    add = function(kind, args)
                      if args.amount <= 0 then reject("bad-amount", "an amount is needed") end
                      emit("Added", { amount = args.amount })
                    end,
                  },
                  events = { Added = function(kind, e) kind.total = kind.total + e.data.amount end },
                }

                """
            count += 10
        }
        return text
    }
}
