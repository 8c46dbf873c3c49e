import Lua

/// What names a script set: the names of its files, and what they compile to.
///
/// So an edit of comments, layout or names of locals gives the same name: such a set does the same, and
/// nothing has to be exchanged for it.
enum ScriptHash {
    /// 16 hexadecimal digits.
    ///
    /// A text that isn't Lua counts as it stands: it can't be loaded, and so never goes live.
    ///
    /// - Throws: `RuntimeError.script` when there is no memory for a VM.
    static func of(_ files: [String: [UInt8]]) throws(RuntimeError) -> String {
        let vm: LuaVM
        do {
            vm = try LuaVM(seed: 0)
        } catch {
            throw .script(ScriptFailure(error, context: "hashing the scripts"))
        }
        var hash = StableHash()
        for (file, text) in files.sorted(by: { $0.key < $1.key }) {
            let code = (try? vm.code(of: text, file: file)) ?? text  // told when it is loaded
            hash.add(file.utf8)
            hash.add(UInt64(code.count))
            hash.add(code)
        }
        return hash.digits
    }

    /// Names one text, for ever: where the log keeps it.
    static func of(text: [UInt8]) -> String {
        var hash = StableHash()
        hash.add(text)
        return hash.digits
    }
}

extension StableHash {
    /// The value as 16 hexadecimal digits.
    var digits: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
