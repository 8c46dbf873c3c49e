import Foundation

/// Clients of UmaDB: threads of Python, in two processes because of its global lock.
final class UmaDBLoad: AppendLoad {
    private let command: [String]
    private let folder: String
    private let work: AppendCase
    private var turn = 0

    init(command: [String], folder: String, work: AppendCase) {
        self.command = command
        self.folder = folder
        self.work = work
    }

    /// What the script prints.
    private struct Output: Codable {
        let events: Int
        let seconds: Double
        let cpu: Double
    }

    func run(seconds: Int) throws -> AppendReport {
        turn += 1
        let arguments = [
            "\(work.clients)", "\(work.eventsPerRequest)", "\(seconds)", "\(AppendCase.streamsPerClient)",
            "in-\(work.number)-\(turn)", AppendCase.type, String(decoding: AppendCase.data, as: UTF8.self),
        ]
        let (text, _) = try ChildProcess(command + arguments, errors: folder + "/client.err").rest()
        let output = try JSONDecoder().decode(Output.self, from: Data(text.utf8))
        return AppendReport(events: output.events, seconds: output.seconds, clientSeconds: output.cpu)
    }

    /// Threads that share a few connections: one for each of 256 clients was slower.
    static let script = """
        import json, multiprocessing, resource, sys, threading, time
        from umadb import AppendCondition, Client, Event, Query, QueryItem

        url, clients, count, seconds, streams, prefix, kind, data = sys.argv[1:]
        clients, count, seconds, streams = int(clients), int(count), float(seconds), int(streams)
        data = data.encode()
        connections_max = 8

        def cpu():
            use = resource.getrusage(resource.RUSAGE_SELF)
            return use.ru_utime + use.ru_stime

        def append(connection, client, deadline, requests):
            tags = [f"{prefix}.{client}.{number}" for number in range(streams)]
            queries = [Query(items=[QueryItem(tags=[tag])]) for tag in tags]
            after = [0] * streams
            number = 0
            while time.perf_counter() < deadline:
                place = number % streams
                events = [Event(event_type=kind, data=data, tags=[tags[place]]) for _ in range(count)]
                after[place] = connection.append(events, AppendCondition(queries[place], after[place]))
                number += 1
            requests.append(number)

        def share(mine, results):
            connections = [Client(url) for _ in mine[:connections_max]]
            requests = []
            start, used = time.perf_counter(), cpu()
            threads = [
                threading.Thread(target=append, args=(connections[place % len(connections)], client,
                                                      start + seconds, requests))
                for place, client in enumerate(mine)
            ]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            if len(requests) < len(threads): results.put(None)
            else: results.put((sum(requests) * count, time.perf_counter() - start, cpu() - used))

        if __name__ == "__main__":
            results = multiprocessing.Queue()
            processes = min(2, clients)
            shares = [list(range(number, clients, processes)) for number in range(processes)]
            children = [multiprocessing.Process(target=share, args=(mine, results)) for mine in shares]
            for child in children: child.start()
            done = [results.get() for _ in children]
            for child in children: child.join()
            if None in done: sys.exit("an append failed")
            print(json.dumps({"events": sum(d[0] for d in done), "seconds": max(d[1] for d in done),
                              "cpu": sum(d[2] for d in done)}))
        """
}
