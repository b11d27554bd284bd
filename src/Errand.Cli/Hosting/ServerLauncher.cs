using System.Diagnostics;

namespace Errand.Cli;

/// <summary>Starts a server in the background where none is up.</summary>
internal static class ServerLauncher
{
    private const int LinesOfLog = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The connection to the folder's server, which is started if there is none.</summary>
    public static async Task<ServerConnection> ConnectAsync(DataFolder folder, CliEdges edges, CancellationToken cancellationToken)
    {
        if (await ServerConnection.TryOpenAsync(folder, cancellationToken) is { } server) return server;
        // Whatever port is free: who starts a server by the way cannot know what else is on the machine.
        server = await StartAsync(folder, "http://127.0.0.1:0", ServerHost.Sqlite, edges, cancellationToken, orJoin: true);
        await edges.Error.WriteLineAsync($"Started a server at {server.Address.Url}; 'errand down' ends it.");
        return server;
    }

    /// <summary>Starts a server in the background, and answers when it is ready. Another one that was faster will do if that is said.</summary>
    public static async Task<ServerConnection> StartAsync(
        DataFolder folder, string urls, string store, CliEdges edges, CancellationToken cancellationToken, bool orJoin = false)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!,
            ["up", "--data", folder.FullPath, UpCommand.UrlsName, urls, UpCommand.StoreName, store, UpCommand.DetachedName])
        {
            // All of them: the runtime of the new process keeps copies of what it was born with, and whoever waits for the end of our own would wait
            // for the server's.
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        if (line?.StartsWith("ready ", StringComparison.Ordinal) == true) return await ServerConnection.OpenAsync(folder, cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (orJoin && process.ExitCode == ExitCodes.Refused && await JoinAsync(folder, edges, cancellationToken) is { } other) return other;
        throw new CliException(process.ExitCode, $"The server did not start. The end of {folder.Log}:\n{LastWords(folder)}");
    }

    // Somebody else is starting one at this very moment, and has the lock but not yet an address.
    private static async Task<ServerConnection?> JoinAsync(DataFolder folder, CliEdges edges, CancellationToken cancellationToken)
    {
        for (long startedAt = edges.Time.GetTimestamp(); edges.Time.GetElapsedTime(startedAt) < Patience;)
        {
            if (await ServerConnection.TryOpenAsync(folder, cancellationToken) is { } server) return server;
            await Task.Delay(Pause, edges.Time, cancellationToken);
        }
        return null;
    }

    private static string LastWords(DataFolder folder) =>
        File.Exists(folder.Log) ? string.Join('\n', File.ReadLines(folder.Log).TakeLast(LinesOfLog)) : "(it wrote nothing)";
}
