extension PythonPipeline {
    /// An application of `eventsourcing` that follows another one, tracking what it has processed.
    static let eventsourcing = PythonPipeline(
        name: "eventsourcing",
        remarks:
            "a ProcessApplication in Python over SQLite files (WAL, synchronous=FULL), which commits each "
            + "event with its tracking by itself; sections of 100",
        script: eventsourcingScript,
        filledASecond: 4_000
    )

    private static let eventsourcingScript = """
        import json, sys, time
        from uuid import uuid4
        from eventsourcing.application import Application
        from eventsourcing.domain import DomainEvent
        from eventsourcing.system import ProcessApplication

        folder, seconds, count, data = sys.argv[1:]
        seconds, count, data = float(seconds), int(count), json.loads(data)
        section, saved_at_once = 100, 1000

        class OrderPlaced(DomainEvent):
            data: dict

        class OrderCounted(DomainEvent):
            order: str
            customer: str
            total: int

        class Orders(Application):
            name = "Orders"
            log_section_size = section

        class Counts(ProcessApplication):
            name = "Counts"
            pull_section_size = section

            def policy(self, event, processing):
                d = event.data
                processing.collect_events(OrderCounted(
                    originator_id=uuid4(), originator_version=1, timestamp=OrderCounted.create_timestamp(),
                    order=d["order"], customer=d["customer"], total=d["amount"] * d["quantity"]))

        def environment(name):
            return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": f"{folder}/{name}.db"}

        def placed():
            return OrderPlaced(originator_id=uuid4(), originator_version=1,
                               timestamp=OrderPlaced.create_timestamp(), data=data)

        orders, counts = Orders(environment("orders")), Counts(environment("counts"))
        counts.follow("Orders", orders.notification_log)
        for first in range(0, count, saved_at_once):
            orders.save(*[placed() for _ in range(min(saved_at_once, count - first))])
        done, start = 0, time.perf_counter()
        while done < count and time.perf_counter() - start < seconds:
            counts.pull_and_process("Orders", start=done, stop=done + section)
            done = counts.recorder.max_tracking_id("Orders")
        elapsed = time.perf_counter() - start
        if counts.recorder.max_notification_id() != done: sys.exit("an event has no result")
        print(json.dumps({"events": done, "seconds": elapsed}))
        """
}
