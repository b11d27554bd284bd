using System.Diagnostics;

namespace Errand;

/// <summary>One run of a command: it gets a text on its standard input, and what it says is the output of the job.</summary>
internal static class CommandRun
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <summary>Runs a command to its end; when it is told to stop, it is killed with all that it has started.</summary>
    /// <returns>Its exit code.</returns>
    public static async Task<int> ToEndAsync(
        IReadOnlyList<string> command, Dictionary<string, string> environment, byte[] input, JobContext job, CancellationToken stop)
    {
        using var process = new Process { StartInfo = StartOf(command, environment) };
        process.Start();
        try
        {
            var said = Task.WhenAll(
                CopyAsync(process.StandardOutput.BaseStream, OutputStream.Out, job, stop),
                CopyAsync(process.StandardError.BaseStream, OutputStream.Err, job, stop));
            await GiveAsync(process, input, stop);
            await process.WaitForExitAsync(stop);
            // What it has left behind may hold its output open for ever.
            await Task.WhenAny(said, Task.Delay(LastWords, job.Time, stop));
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            throw;
        }
    }

    private static ProcessStartInfo StartOf(IReadOnlyList<string> command, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, CreateNoWindow = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }

    private static async Task GiveAsync(Process process, byte[] input, CancellationToken stop)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, stop);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not read what it is given, which is its own affair.
        }
    }

    private static async Task CopyAsync(Stream from, OutputStream to, JobContext job, CancellationToken stop)
    {
        var buffer = new byte[4096];
        try
        {
            while (await from.ReadAsync(buffer, stop) is > 0 and var count) job.Output.Write(to, buffer.AsSpan(0, count));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It is gone, and with it what else it had to say.
        }
    }

    private static void Kill(Process process)
    {
        try { process.Kill(entireProcessTree: true); }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It has ended meanwhile, which is what was wanted.
        }
    }
}
