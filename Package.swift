// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is built with: Swift 6 mode, and no warning survives.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let strictC: [CSetting] = [
    .define("_GNU_SOURCE"),
    .treatAllWarnings(as: .error),
]

/// Functions of Lua's own core that CLua stands before.
let luaWraps = [
    "luaS_hash", "luaT_gettm", "luaH_getn", "luaS_eqlngstr", "luaO_str2num", "luaO_tostring", "strcoll",
]

let package = Package(
    name: "perilune",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "perilune", targets: ["perilune"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(
            name: "CLua",
            cSettings: strictC,
            linkerSettings: [
                .linkedLibrary(":liblua5.4.a"),
                .linkedLibrary("m"),
                .linkedLibrary("dl"),
                // The host chooses each VM's hash seed (Sources/CLua/seed.c); no table is weak (weak.c); a
                // length hangs on what a table holds alone (border.c); what one instruction does to a long
                // text is paid for, and NaN has one text (core.c).
                .unsafeFlags(luaWraps.flatMap { ["-Xlinker", "--wrap=" + $0] }),
            ]
        ),
        .target(name: "Lua", dependencies: ["CLua"], swiftSettings: strict),
        .target(name: "CChecksum", cSettings: strictC),
        .target(name: "CEdit", cSettings: strictC, linkerSettings: [.linkedLibrary("edit")]),
        .target(
            name: "EventLog",
            dependencies: ["CChecksum", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict
        ),
        .target(
            name: "ReadModels",
            dependencies: [.product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict
        ),
        .target(
            name: "Stdlib",
            path: "stdlib",
            exclude: ["specs"],
            resources: [.embedInCode("prelude"), .embedInCode("library"), .embedInCode("template")],
            swiftSettings: strict
        ),
        .target(
            name: "Runtime",
            dependencies: [
                "Lua", "EventLog", "ReadModels", "Stdlib",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Server",
            dependencies: [
                "Runtime", "EventLog",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "perilune",
            dependencies: [
                "Server", "Runtime", "EventLog", "ReadModels", "Lua", "CEdit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "TestSupport",
            dependencies: ["EventLog", "Runtime", .product(name: "Logging", package: "swift-log")],
            path: "Tests/Support",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "EndlessWriter",
            dependencies: ["EventLog", .product(name: "Logging", package: "swift-log")],
            path: "Tests/EndlessWriter",
            swiftSettings: strict
        ),
        .target(name: "AllocationCount", path: "Tests/AllocationCount", cSettings: strictC),
        .executableTarget(
            name: "AllocationProbe",
            dependencies: ["AllocationCount", "EventLog", .product(name: "Logging", package: "swift-log")],
            path: "Tests/AllocationProbe",
            swiftSettings: strict
        ),
        .target(name: "CHeap", path: "Tests/CHeap", cSettings: strictC),
        .executableTarget(
            name: "LuaProbe",
            dependencies: ["Lua", "CHeap"],
            path: "Tests/LuaProbe",
            swiftSettings: strict
        ),
        .testTarget(
            name: "LuaTests",
            dependencies: ["Lua", "LuaProbe"],
            // Scripts that the tests read; the stock interpreter reads those of Ordinary too.
            exclude: ["Corpus", "Ordinary/Chapters"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EventLogTests",
            dependencies: [
                "EventLog", "EndlessWriter", "TestSupport", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "ReadModelsTests", dependencies: ["ReadModels"], swiftSettings: strict),
        .testTarget(
            name: "RuntimeTests",
            dependencies: [
                "Runtime", "EventLog", "TestSupport", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Server", "Runtime", "EventLog", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "StdlibTests",
            dependencies: [
                "Runtime", "Lua", "Stdlib", "TestSupport", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PeriluneTests",
            dependencies: [
                "perilune", "Server", "Runtime", "EventLog", "TestSupport",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "HouseTests", swiftSettings: strict),
        .testTarget(name: "StoryTests", dependencies: ["perilune", "TestSupport"], swiftSettings: strict),
    ]
)
