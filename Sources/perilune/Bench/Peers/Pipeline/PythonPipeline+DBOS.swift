extension PythonPipeline {
    /// A workflow of `dbos` for each event, with one transaction that appends the result.
    static let dbos = PythonPipeline(
        name: "dbos",
        remarks: "a workflow in Python for each event, enqueued beforehand, up to 32 at once, with one "
            + "transaction of a data source; system and results in SQLite files (WAL, synchronous=FULL)",
        script: dbosScript,
        filledASecond: 500
    )

    /// Its time begins with the first result, since new queues are found only now and then.
    ///
    /// Ends by `os._exit`: the workflows that are still queued are nobody's loss.
    private static let dbosScript = """
        import json, os, sqlite3, sys, time
        import sqlalchemy as sa
        from dbos import DBOS, DBOSClient, SQLAlchemyDatasource

        folder, seconds, count, data = sys.argv[1:]
        seconds, count, data = float(seconds), int(count), json.loads(data)
        system, results = f"{folder}/system.db", f"{folder}/results.db"
        for path in (system, results):
            connection = sqlite3.connect(path)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.close()

        DBOS(config={"name": "bench", "system_database_url": f"sqlite:///{system}",
                     "application_version": "1", "log_level": "ERROR"})
        source = SQLAlchemyDatasource.create(f"sqlite:///{results}")
        with source.engine.begin() as connection:
            table = "CREATE TABLE counted (number INTEGER PRIMARY KEY, data TEXT NOT NULL)"
            connection.execute(sa.text(table))
        insert = sa.text("INSERT INTO counted (data) VALUES (:data)")

        @source.transaction()
        def append(d):
            result = {"order": d["order"], "customer": d["customer"], "total": d["amount"] * d["quantity"]}
            source.sql_session().execute(insert, {"data": json.dumps(result)})

        @DBOS.workflow()
        def count_order(d):
            append(d)

        def done():
            with source.engine.connect() as connection:
                return connection.execute(sa.text("SELECT count(*) FROM counted")).scalar()

        DBOS.launch()
        client = DBOSClient(system_database_url=f"sqlite:///{system}")
        options = {"queue_name": "orders", "workflow_name": "count_order", "app_version": "1"}
        with sa.create_engine(f"sqlite:///{system}").begin() as connection:
            for _ in range(count):
                client.enqueue_in_transaction(connection, options, data)
        DBOS.register_queue("orders", worker_concurrency=32, polling_interval_sec=0.05)
        given_up = time.perf_counter() + 30
        while (before := done()) == 0:
            if time.perf_counter() > given_up: sys.exit("no workflow has ended in 30 seconds")
            time.sleep(0.02)
        start = time.perf_counter()
        while time.perf_counter() - start < seconds and done() < count:
            time.sleep(0.02)
        events, elapsed = done() - before, time.perf_counter() - start
        print(json.dumps({"events": events, "seconds": elapsed}), flush=True)
        os._exit(0)
        """
}
