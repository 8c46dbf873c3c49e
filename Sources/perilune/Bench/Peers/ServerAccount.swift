import Foundation

/// Whom a server runs as that refuses to run as root.
struct ServerAccount {
    private let prefix: [String]
    private let owner: (user: uid_t, group: gid_t)?

    /// Accounts that a machine may have for it.
    private static let names = ["postgres", "nobody"]

    /// Ourselves; when we are root, an account without rights.
    static func unprivileged() throws -> ServerAccount {
        guard geteuid() == 0 else { return ServerAccount(prefix: [], owner: nil) }
        guard let setpriv = InstalledProgram.path("setpriv") else {
            throw BenchError("it refuses to run as root, and setpriv (util-linux) is not installed")
        }
        for name in names {
            guard let account = getpwnam(name)?.pointee else { continue }
            return ServerAccount(
                // It replaces itself by the program, so that the process that we started is the server.
                prefix: [
                    setpriv, "--reuid=\(account.pw_uid)", "--regid=\(account.pw_gid)", "--clear-groups", "--",
                ],
                owner: (account.pw_uid, account.pw_gid)
            )
        }
        throw BenchError("it refuses to run as root, and there is no user \(names.joined(separator: " or "))")
    }

    /// A command, run as this account.
    func command(_ command: [String]) -> [String] { prefix + command }

    /// Gives a folder to it.
    func own(_ folder: String) throws {
        guard let owner, chown(folder, owner.user, owner.group) != 0 else { return }
        throw BenchError("\(folder) can't be given away: \(String(cString: strerror(errno)))")
    }
}
