import Foundation

/// A Redis stream with a consumer group, worked off inside the server by a function in Lua.
///
/// A function is atomic, and so is what it leaves in the append-only file: results and acknowledgements.
struct RedisPipeline: PipelinePeer {
    private let peer: RedisPeer

    let name = "redis"
    let remarks =
        "a function in Lua inside the server, \(batch) entries a call, the fastest that was tried: "
        + "XREADGROUP, cjson, XADD to one stream, XACK; appendfsync always; all data is kept in memory, and "
        + "a function that fails doesn't roll back"

    /// Entries a call: a flush for each 100 of them was slower.
    private static let batch = 1_000

    /// Entries that are there beforehand for each second, more than it works off.
    private static let filledASecond = 200_000

    /// Entries that are filled in by one call, so that a call ends soon.
    private static let filledAtOnce = 20_000

    private static let functions = """
        #!lua name=bench
        redis.register_function("fill", function(keys, args)
          for _ = 1, tonumber(args[1]) do
            redis.call("XADD", keys[1], "*", "type", args[2], "data", args[3])
          end
          return redis.call("XLEN", keys[1])
        end)
        redis.register_function("work", function(keys, args)
          local read = redis.call(
            "XREADGROUP", "GROUP", "count", "one", "COUNT", args[1], "STREAMS", keys[1], ">")
          if not read then return 0 end
          local done = {}
          for place, entry in ipairs(read[1][2]) do
            local d = cjson.decode(entry[2][4])
            local result = { order = d.order, customer = d.customer, total = d.amount * d.quantity }
            redis.call("XADD", keys[2], "*", "type", "OrderCounted", "data", cjson.encode(result))
            done[place] = entry[1]
          end
          redis.call("XACK", keys[1], "count", unpack(done))
          return #done
        end)
        """

    /// The peer, when its server is there.
    static func installed() -> RedisPipeline? {
        RedisPeer.installed().map(RedisPipeline.init)
    }

    private init(_ peer: RedisPeer) {
        self.peer = peer
    }

    func run(in folder: String, seconds: Int, leftovers: Leftovers) async throws -> PipelineReport {
        try await peer.serving(from: folder, leftovers: leftovers) { port in
            let redis = try RedisConnection(port: port)
            try redis.call(["FUNCTION", "LOAD", Self.functions])
            try redis.call(["XGROUP", "CREATE", "in", "count", "0", "MKSTREAM"])
            let data = String(decoding: AppendCase.data, as: UTF8.self)
            let fill = ["FCALL", "fill", "1", "in", "\(Self.filledAtOnce)", AppendCase.type, data]
            while try redis.number(fill) < Self.filledASecond * seconds {}
            return try work(redis, seconds: seconds)
        }
    }

    private func work(_ redis: RedisConnection, seconds: Int) throws -> PipelineReport {
        let clock = ContinuousClock()
        let start = clock.now
        var events = 0
        repeat {
            let done = try redis.number(["FCALL", "work", "2", "in", "out", "\(Self.batch)"])
            guard done > 0 else { break }
            events += done
        } while start.duration(to: clock.now) < .seconds(seconds)
        return PipelineReport(events: events, seconds: Rounds.seconds(start.duration(to: clock.now)))
    }
}
