using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Errand.Commands;

/// <summary>Starts CLIs as children of this process.</summary>
internal sealed class ChildProcesses(WorkScheduler scheduler) : IAgentProcesses
{
    public async Task<AgentExit> RunAsync(CommandInput command, IAgentListener listener, JobContext job)
    {
        if (command.Cwd is { } cwd && !Directory.Exists(cwd))
            throw NotStarted($"The folder '{cwd}' does not exist, so '{command.Program}' was not started. Give a cwd that exists.");
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            WorkingDirectory = command.Cwd ?? "",
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in command.Env ?? new Dictionary<string, string>()) start.Environment[name] = value;
        Process process;
        try { process = Process.Start(start)!; }
        catch (Win32Exception e)
        {
            throw NotStarted($"'{command.Program}' could not be started: {e.Message}. See that it is installed where the server looks (its PATH).");
        }
        using (process)
        {
            var child = new Child(process, job, scheduler);
            listener.Started(child);
            if (command.Stdin is { } stdin) child.Write(Encoding.UTF8.GetBytes(stdin));
            if (!listener.KeepsInputOpen) child.CloseInput();
            var read = Task.WhenAll(
                ReadAsync(process.StandardOutput.BaseStream, OutputStream.Out), ReadAsync(process.StandardError.BaseStream, OutputStream.Err));
            using (job.CancellationToken.UnsafeRegister(static child => ((Child)child!).Stop(), child))
                await process.WaitForExitAsync(CancellationToken.None);
            child.KillRest();
            await Task.WhenAny(read, Task.Delay(TimeSpan.FromSeconds(1), job.Time));
            return new(process.ExitCode, CommandSignals.NameOf(process.ExitCode));
        }

        async Task ReadAsync(Stream from, OutputStream stream)
        {
            byte[] buffer = new byte[64 * 1024];
            while (await from.ReadAsync(buffer) is > 0 and var length)
            {
                job.Output.Write(stream, buffer.AsSpan(0, length));
                listener.Wrote(stream, buffer.AsSpan(0, length));
            }
        }
    }

    public Task<AgentExit> ResumeAsync(CommandInput command, IAgentListener listener, JobContext job) =>
        throw NotStarted("The process is gone.");

    private static JobErrorException NotStarted(string message) => new(new JobError(JobErrorCodes.StartFailed, message, Retryable: false));

    private sealed class Child(Process process, JobContext job, WorkScheduler scheduler) : IAgentProcess
    {
        private readonly ProcessTree _tree = ProcessTree.Of(process);
        private Task _written = Task.CompletedTask;
        private int _stopped;

        public void Write(ReadOnlyMemory<byte> bytes) => _written = NextAsync(_written, async () => await process.StandardInput.BaseStream.WriteAsync(bytes));

        public void CloseInput() => _written = NextAsync(_written, () =>
        {
            process.StandardInput.Close();
            return Task.CompletedTask;
        });

        public void Stop()
        {
            if (Interlocked.Exchange(ref _stopped, 1) == 0) scheduler.Queue(() => _ = StopAsync());
        }

        public void KillRest() => _tree.Signal(CommandSignals.Kill);

        private async Task StopAsync()
        {
            long startedAt = job.Time.GetTimestamp();
            while (!process.HasExited)
            {
                var elapsed = job.Time.GetElapsedTime(startedAt);
                _tree.Signal(job.StopReason == StopReason.Killed || elapsed.TotalSeconds >= 5 ? 9 : elapsed.TotalSeconds >= 1 ? 15 : 2);
                await Task.Delay(TimeSpan.FromMilliseconds(500), job.Time);
            }
        }

        private static async Task NextAsync(Task before, Func<Task> next)
        {
            await before;
            try { await next(); }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                // It no longer reads.
            }
        }
    }
}
