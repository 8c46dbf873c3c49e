import CLua

/// What a VM is given to run: chunks of the host's own, modules and files of an app.
extension LuaVM {
    /// Gives scripts a module to `require`.
    ///
    /// Nothing else can be required: the VM reads no files. A second module of one name takes the place of
    /// the first. Errors show no line of a module of the `library`: they speak of the script that called it.
    public func addModule(_ name: String, source: [UInt8], file: String, library: Bool = false) {
        sources.add(source, file: file, privileged: library)
        let status = source.withUnsafeBufferPointer {
            clua_add_module(vm, name, $0.baseAddress, $0.count, file)
        }
        precondition(status == LuaStatus.ok, "there is no memory for the module \(name)")
    }

    /// Runs a chunk that gets the `host` table as its argument (`local host = ...`) and returns functions by
    /// name.
    ///
    /// - Throws: as `run`, and `script-error` when it returns something else.
    public func loadPrivileged(
        _ source: [UInt8],
        file: String
    ) throws(LuaError) -> [String: LuaFunction] {
        sources.add(source, file: file, privileged: true)
        let status = source.withUnsafeBufferPointer {
            clua_load_privileged(vm, $0.baseAddress, $0.count, file)
        }
        return try functions(after: status, of: file)
    }

    /// The same of a chunk that was compiled before.
    public func loadPrivileged(_ chunk: LuaChunk) throws(LuaError) -> [String: LuaFunction] {
        sources.add(chunk.source, file: chunk.file, privileged: true)
        let status = chunk.code.withUnsafeBufferPointer {
            clua_load_precompiled(vm, $0.baseAddress, $0.count, chunk.file)
        }
        return try functions(after: status, of: chunk.file)
    }

    /// What a privileged chunk returned.
    private func functions(after status: Int32, of file: String) throws(LuaError) -> [String: LuaFunction] {
        try check(status, file: file)
        var results = results()
        var functions: [String: LuaFunction] = [:]
        while let name = results.next()?.text, case .integer(let reference)? = results.next() {
            functions[name] = LuaFunction(reference: Int32(reference), owner: owner)
        }
        return functions
    }

    /// Makes a text known that a privileged chunk gives to `host.compile`, so that errors can show its lines.
    public func addSource(_ source: [UInt8], file: String) {
        sources.add(source, file: file)
    }

    /// Runs an app's chunk in the sandboxed environment that all the app's files share.
    ///
    /// - Throws: `script-syntax`, `script-error`, or the code of a limit.
    public func run(_ source: [UInt8], file: String) throws(LuaError) {
        sources.add(source, file: file)
        let status = source.withUnsafeBufferPointer { clua_run(vm, $0.baseAddress, $0.count, file) }
        try check(status, file: file)
    }

    /// What a chunk compiles to, without what comments, layout and names of locals change.
    ///
    /// Nothing of it is run. Equal bytes do the same, save that errors name other lines.
    ///
    /// - Throws: `script-syntax` for a text that isn't Lua.
    public func code(of source: [UInt8], file: String) throws(LuaError) -> [UInt8] {
        sources.add(source, file: file)
        let status = source.withUnsafeBufferPointer { clua_chunk_code(vm, $0.baseAddress, $0.count, file) }
        return try code(after: status, of: file)
    }

    /// Compiles a chunk of the host's own, for all VMs of this process; nothing of it is run.
    ///
    /// - Throws: `script-syntax` for a text that isn't Lua.
    public func precompile(_ source: [UInt8], file: String) throws(LuaError) -> LuaChunk {
        let status = source.withUnsafeBufferPointer { clua_precompile(vm, $0.baseAddress, $0.count, file) }
        return LuaChunk(file: file, source: source, code: try code(after: status, of: file))
    }

    private func code(after status: Int32, of file: String) throws(LuaError) -> [UInt8] {
        try check(status, file: file)
        var results = results()
        guard case .string(let code)? = results.next() else {
            preconditionFailure("the code of a chunk is a string")
        }
        return Array(code)
    }

    /// From now on, writing a global that doesn't exist yet is an error that names it.
    public func lockGlobals() {
        let status = clua_lock_globals(vm)
        precondition(status == LuaStatus.ok, "there is no memory to lock the globals")
    }
}
