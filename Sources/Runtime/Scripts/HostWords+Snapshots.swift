import EventLog
import Logging
import Lua
import ReadModels

/// Snapshots of aggregates: a fold that would be long begins where another one ended.
///
/// A snapshot is used only when it was made by the same folding (`FoldCodes`), and when the log has the very
/// event that it ends with; else the stream is folded. So nothing depends on it but time.
extension HostWords {
    /// Events that a stream has at least before anybody looks for its snapshot: `aggregates.lua` saves none
    /// before.
    private static let eventsMin: Revision = 256

    func registerSnapshots(in vm: LuaVM) {
        vm.register("load_snapshot") { [unowned self] arguments, results in
            let stream = try StreamName(arguments.text())
            guard let snapshots, let code = folds?.code(of: stream.category),
                let newest = try log.revision(of: stream), newest + 1 >= Self.eventsMin,
                let snapshot = try snapshots.snapshot(of: stream.text, code: code),
                let last = try event(snapshot.revision, of: stream),
                last.position == snapshot.position, last.time == snapshot.time
            else { return results.null() }
            results.integer(Int64(snapshot.revision))
            results.string(bytes: snapshot.state)
            results.integer(Int64(snapshot.position))
        }
        vm.register("save_snapshot") { [unowned self] arguments, _ in
            let stream = try StreamName(arguments.text())
            guard let snapshots, let code = folds?.code(of: stream.category),
                case .integer(let revision)? = arguments.next(),
                case .string(let state)? = arguments.next(),
                let last = try event(Revision(revision), of: stream)
            else { return }
            let snapshot = Snapshot(
                stream: stream.text,
                code: code,
                revision: last.revision,
                position: last.position,
                time: last.time,
                state: Array(state)
            )
            do {
                try snapshots.save(snapshot)
            } catch {
                // The next start folds more; the step that happened to come here is none the worse.
                logger.warning("no snapshot of \(stream) was saved: \(error)")
            }
        }
    }

    private func event(_ revision: Revision, of stream: StreamName) throws -> RecordedEvent? {
        let page = ReadRequest(.stream(stream), limit: 1, revision: revision)
        return try log.read(page).events.first { $0.revision == revision }
    }
}
