/// What C may include: its own headers, the C standard library, and the one system library its target is for.
struct IncludeRule: FileRule {
    static let libraries: [String: [String]] = [
        "CLua": ["lua.h", "lauxlib.h", "lualib.h"],
        "CChecksum": ["xxhash.h"],
        "CEdit": ["histedit.h", "locale.h", "sys/stat.h"],
        "CHeap": ["malloc.h"],
        // Compares with stock Lua.
        "LuaFuzz": ["lua.h", "lauxlib.h", "lualib.h"],
    ]

    private static let standard: Set<String> = [
        "assert.h", "ctype.h", "errno.h", "float.h", "inttypes.h", "limits.h", "math.h", "setjmp.h",
        "stdalign.h",
        "stdarg.h", "stdatomic.h", "stdbool.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "string.h",
        "time.h",
        // Instructions of the processor, for checksums and for scanning bytes.
        "immintrin.h", "nmmintrin.h", "emmintrin.h", "cpuid.h", "arm_acle.h", "arm_neon.h", "sys/auxv.h",
        "asm/hwcap.h",
    ]

    private let directive = Pattern(#"^\s*#\s*include\s*<([^>]+)>"#)

    func breaches(in file: SourceFile) -> [Breach] {
        guard file.kind == .c || file.kind == .h, let target = file.target else { return [] }
        let libraries = Self.libraries[target] ?? []
        return file.codeLines.enumerated().flatMap { index, line in
            directive.captures(in: line).compactMap { header in
                let name = header.replacing("lua5.4/", with: "")
                guard !Self.standard.contains(header), !libraries.contains(name) else { return nil }
                return Breach(
                    path: file.path,
                    line: index + 1,
                    advice: "\(target) may not include <\(header)>; the system's libraries have one home each"
                )
            }
        }
    }
}
