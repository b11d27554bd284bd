using System.CommandLine;
using System.CommandLine.Help;

namespace Errand.Cli;

/// <summary>The command line: finds the command, runs it, and says what went wrong.</summary>
internal sealed class ErrandCli(CliEdges edges)
{
    public async Task<int> RunAsync(string[] args)
    {
        var parsed = BuildRoot().Parse(args);
        var command = parsed.CommandResult.Command as CliCommand;
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await edges.Error.WriteLineAsync($"errand: {error.Message}");
            await edges.Error.WriteLineAsync($"Try 'errand {(command is null ? "" : $"{command.Name} ")}--help'.");
            return command?.FailureCode ?? ExitCodes.Usage;
        }
        try
        {
            // Who is interrupted decides alone what that means.
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (CliException e)
        {
            await edges.Error.WriteLineAsync($"errand: {e.Message}");
            return command?.FailureCode ?? e.ExitCode;
        }
    }

    // Not a RootCommand, which is named after the file that runs.
    private Command BuildRoot() =>
        new("errand", "Runs commands in the background, keeps them, and lets you and your agents follow them.")
        {
            new HelpOption(),
            new VersionOption(),
            GlobalOptions.Data,
            GlobalOptions.Json,
            new UpCommand(edges),
            new DownCommand(edges),
            new StatusCommand(edges),
            new RunCommand(edges),
            new SubmitCommand(edges),
            new ListCommand(edges),
            new ShowCommand(edges),
            new WaitCommand(edges),
            new LogsCommand(edges),
            new CancelCommand(edges),
        };
}
