import Foundation
import ReadModels
import Testing

/// Where a store keeps its files; every sentence about read models holds for both.
enum Place: CaseIterable, CustomTestStringConvertible {
    case folder
    case nowhere

    var testDescription: String { self == .folder ? "in a folder" : "kept nowhere" }
}

/// A store in a folder of its own.
///
/// A test closes it with `defer`, so that it lives as long as what came out of it.
final class Fixture: Sendable {
    let store: ReadModelStore
    let folder: String

    init(_ place: Place = .folder, limits: ReadModelLimits = ReadModelLimits()) throws {
        folder =
            FileManager.default.temporaryDirectory.appending(path: "read-models-\(UUID().uuidString)").path
        store = try ReadModelStore(folder: place == .folder ? folder : nil, limits: limits)
    }

    /// Closes the store and removes its folder.
    func close() {
        store.close()
        // The folder of a store that is kept nowhere was never made.
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The names of the files in the folder.
    var files: Set<String> {
        get throws { Set(try FileManager.default.contentsOfDirectory(atPath: folder)) }
    }

    func openBalances(version: String = "1") throws -> ReadModel {
        try store.open(.balances(version: version)).newest
    }

    func rows(_ sql: String, _ parameters: [SQLValue] = []) throws -> [[SQLValue]] {
        try store.read { try $0.rows(sql, parameters).map(\.values) }
    }
}

extension ReadModelDeclaration {
    static func balances(version: String = "1") -> ReadModelDeclaration {
        ReadModelDeclaration(
            name: "balances",
            tables: [.init(name: "balances", columns: "account text primary key, balance integer not null")],
            version: version
        )
    }

    static func one(_ name: String, table: String, columns: String = "x") -> ReadModelDeclaration {
        ReadModelDeclaration(name: name, tables: [.init(name: table, columns: columns)], version: "1")
    }
}

extension ReadModelWriter {
    func deposit(_ amount: Int64, to account: String) throws {
        let changed = try execute(
            """
            insert into balances values (?, ?)
            on conflict(account) do update set balance = balance + excluded.balance
            """,
            [.text(account), .integer(amount)]
        )
        #expect(changed == 1)
    }
}

/// What a failing step throws.
struct Failure: Error, Equatable {}

/// The error that the body throws, which must be one of ours.
func failure(_ body: () throws -> Void) -> ReadModelError? {
    do {
        try body()
        Issue.record("nothing was thrown")
    } catch let error as ReadModelError {
        return error
    } catch {
        Issue.record(error)
    }
    return nil
}
