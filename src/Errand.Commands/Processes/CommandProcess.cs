using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Errand.Commands;

/// <summary>One running command: its streams into the job's output, and its stop in steps.</summary>
internal sealed class CommandProcess : IDisposable
{
    private static readonly TimeSpan TerminateAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KillAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    // For what is still in the pipes. A process that the command left behind may keep them open for ever.
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(500);

    private readonly Process _process;
    private readonly JobContext _job;
    private readonly ProcessKey _key;
    private readonly ProcessTree _tree;

    private CommandProcess(Process process, JobContext job)
    {
        _process = process;
        _job = job;
        _key = OperatingSystem.IsLinux() ? ProcessKey.Of(process.Id) ?? default : new(process.Id, 0);
        var mark = ProcessMark.Of(job.Id, job.Attempt);
        _tree = ProcessTree.Of(_key, OperatingSystem.IsLinux() && mark.Set(process.Id) ? mark : default);
    }

    public CapturedText Stdout { get; } = new();

    public CapturedText Stderr { get; } = new();

    /// <summary>Starts a command, or says why that was not possible.</summary>
    /// <exception cref="JobErrorException">It could not be started.</exception>
    public static CommandProcess Start(CommandInput input, JobContext job)
    {
        if (input.Cwd is { } cwd && !Directory.Exists(cwd))
            throw NotStarted($"The folder '{cwd}' does not exist, so '{input.Program}' was not started. Give a cwd that exists.");
        var start = new ProcessStartInfo(input.Program, input.Arguments)
        {
            WorkingDirectory = input.Cwd ?? "",
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in input.Env ?? new Dictionary<string, string>()) start.Environment[name] = value;
        try { return new(Process.Start(start)!, job); }
        catch (Win32Exception e)
        {
            throw NotStarted(
                $"'{input.Program}' could not be started: {new Win32Exception(e.NativeErrorCode).Message}. " +
                "See that it is installed where the server looks (its PATH), and may be executed.");
        }
    }

    /// <summary>Feeds it, reads what it writes, and waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> RunAsync(string? stdin)
    {
        var fed = FeedAsync(stdin);
        var read = Task.WhenAll(
            ReadAsync(_process.StandardOutput.BaseStream, OutputStream.Out, Stdout),
            ReadAsync(_process.StandardError.BaseStream, OutputStream.Err, Stderr));
        using (_job.CancellationToken.UnsafeRegister(static process => _ = ((CommandProcess)process!).StopAsync(), this))
            await _process.WaitForExitAsync(CancellationToken.None);
        // What a cancelled command has left ends with it.
        if (_job.CancellationToken.IsCancellationRequested) Signal(CommandSignals.Kill);
        await Task.WhenAny(Task.WhenAll(fed, read), Task.Delay(DrainTime, _job.Time));
        return _process.ExitCode;
    }

    public void Dispose()
    {
        // The runtime leaves streams open that somebody has asked for; a read that waits for a process that was left behind ends by this.
        _process.StandardOutput.Dispose();
        _process.StandardError.Dispose();
        _process.Dispose();
    }

    /// <summary>An interrupt, as from a terminal; after a second a request to terminate; after five the kill.</summary>
    private async Task StopAsync()
    {
        long startedAt = _job.Time.GetTimestamp();
        int sent = 0;
        while (!_process.HasExited)
        {
            int due = DueAfter(_job.Time.GetElapsedTime(startedAt));
            if (due != sent) Signal(sent = due);
            if (due == CommandSignals.Kill) return;
            // Looks often, because a cancel may become a kill, and no token tells of that.
            await Task.Delay(Look, _job.Time);
        }
    }

    private void Signal(int signal)
    {
        _tree.Signal(signal);
        if (OperatingSystem.IsLinux()) _key.Signal(signal);
    }

    private int DueAfter(TimeSpan elapsed) =>
        _job.StopReason == StopReason.Killed || elapsed >= KillAfter ? CommandSignals.Kill
        : elapsed >= TerminateAfter ? CommandSignals.Terminate
        : CommandSignals.Interrupt;

    private async Task FeedAsync(string? stdin)
    {
        try
        {
            if (stdin is not null) await _process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(stdin));
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not want to read all of it.
        }
    }

    private async Task ReadAsync(Stream from, OutputStream stream, CapturedText captured)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer) is > 0 and var length)
            {
                _job.Output.Write(stream, buffer.AsSpan(0, length));
                lock (captured) captured.Append(buffer.AsSpan(0, length));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The pipe was let go of after the command's end.
        }
    }

    private static JobErrorException NotStarted(string message) => new(new JobError(JobErrorCodes.StartFailed, message, Retryable: false));
}
