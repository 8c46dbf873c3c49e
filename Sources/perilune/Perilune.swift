import ArgumentParser

/// The command line: `perilune run` hosts an app, the other commands talk to a running host over HTTP.
@main
struct Perilune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perilune",
        abstract: "Runs event handlers, aggregates and projections written in Lua, over one durable log.",
        discussion: """
            Start an app with `perilune run scripts/examples/orders`, then talk to it from another terminal: \
            `perilune command stock pear restock '{"quantity":10}'`.

            Exit codes: 0 fine; 1 failed; 2 refused by the app's rules, or a condition did not hold, or what \
            was compared differs; 64 the command line is wrong; 69 the host can't be reached.
            """,
        version: Versions.perilune,
        subcommands: [
            InitCommand.self, RunCommand.self, CommandCommand.self, AppendCommand.self, QueryCommand.self,
            StateCommand.self, ReplCommand.self, EvalCommand.self,
            PublishCommand.self, HistoryCommand.self, RollbackCommand.self,
            EventsCommand.self, TailCommand.self, CaptureCommand.self, ProcessorsCommand.self,
            ParkedCommand.self,
            RetryCommand.self, SkipCommand.self, BackupCommand.self, RestoreCommand.self,
            WhyCommand.self, DiffCommand.self,
            VerifyCommand.self, DoctorCommand.self, TestCommand.self, WordsCommand.self, BenchCommand.self,
            LogProbeCommand.self,
        ]
    )

    /// The library knows near names of options alone.
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if let misspelt = MisspeltCommand(arguments, of: Self.self) {
            Console.standardError.line(misspelt.text)
            exit(withError: ExitCode.validationFailure)
        }
        await main(arguments)
    }
}
