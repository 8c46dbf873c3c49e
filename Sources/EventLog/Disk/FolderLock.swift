#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One process per folder: a lock on the file `LOCK`, held for as long as this value lives.
///
/// The system lets go of it when the process ends, however it ends; the file itself stays. It says who holds
/// it: `pid 4711`.
final class FolderLock: Sendable {
    /// The file's name in the folder.
    static let fileName = "LOCK"

    private let file: any File

    /// - Throws: `EventLogError.locked` with the holder when another process (or log) has the folder.
    init(folder: String, _ files: any FileSystem) throws(EventLogError) {
        file = try files.open(folder + "/" + Self.fileName, .openOrCreate)
        guard try file.lock() else {
            throw .locked(folder: folder, holder: Self.holder(try file.read(64, at: 0)))
        }
        let line = Array("pid \(getpid())\n".utf8)
        do throws(EventLogError) {
            try file.truncate(to: 0)
            try file.write(line[...], at: 0)
        } catch .diskFull {
            // The lock is held all the same; only the name of its holder has no room.
            return
        }
    }

    /// Lets another process have the folder.
    ///
    /// Done again, it changes nothing.
    func release() {
        file.unlock()
    }

    /// Who has a folder at this moment, without taking it or changing anything in it; nil when nobody has.
    ///
    /// To find out, the lock is taken and given back at once: whoever asks for it in just that moment is told
    /// that somebody has it.
    static func holder(of folder: String, _ files: any FileSystem) throws(EventLogError) -> String? {
        let path = folder + "/" + fileName
        guard files.exists(path) else { return nil }
        let file = try files.open(path, .read)
        guard try file.lock() else { return holder(try file.read(64, at: 0)) }
        file.unlock()
        return nil
    }

    private static func holder(_ bytes: [UInt8]) -> String {
        let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        // Between taking the lock and writing the line there is a moment without a name.
        return line.isEmpty ? "another process" : line
    }
}
