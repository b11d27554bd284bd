using System.Diagnostics;
using System.Globalization;
using Errand.Commands;

namespace Errand.Bench;

/// <summary>What it costs to run a command as a durable, supervised job.</summary>
internal static class CommandBench
{
    private const string Name = "commands";
    private const int AtOnce = 8;
    private const int PickUps = 300;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);
    private static readonly JobSpec True = new("command", JobData.Parse("""{"argv":["/bin/true"]}"""));

    public static async Task RunAsync()
    {
        await using var host = await BenchStore.Sqlite.StartCommandsAsync(AtOnce);
        await RateAsync(() => RunOneAsync(host), Round);
        await PrintRateAsync(host);
        await PrintPickUpAsync(host);
        await PrintOutputAsync(host);
        await PrintIdleAsync();
    }

    // In turns, so that both meet the same machine.
    private static async Task PrintRateAsync(BenchHost host)
    {
        List<double> bare = [], supervised = [], used = [];
        for (int round = 0; round < 3; round++)
        {
            bare.Add(await RateAsync(SpawnOneAsync, Round));
            var before = Environment.CpuUsage.TotalTime;
            supervised.Add(await RateAsync(() => RunOneAsync(host), Round));
            used.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds / (supervised[^1] * Round.TotalSeconds));
        }
        double floor = Median(bare), rate = Median(supervised);
        new Figure(Name, $"/bin/true as durable jobs, {AtOnce} at once, beside bare posix_spawn", rate, "jobs/s") { Reference = floor }
            .RatioAtLeast(0.35).Print();
        new Figure(Name, "processor time of the server for one of them", Median(used), "ms").Print();
        if (await TaskSpoolerAsync() is { } spooler)
            new Figure(Name, "the same beside task-spooler with 2 slots", rate, "jobs/s") { Reference = spooler }.RatioAtLeast(1).Print();
    }

    private static async Task PrintPickUpAsync(BenchHost host)
    {
        string folder = Directory.CreateTempSubdirectory("errand-bench-").FullName;
        string fifo = Path.Combine(folder, "begun");
        using (var made = Process.Start("mkfifo", fifo)) await made.WaitForExitAsync();
        await using var begun = new FileStream(fifo, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0);
        var spec = new JobSpec("command", JobData.Parse($$"""{"argv":["/bin/sh","-c","echo >{{fifo}}"]}"""));
        List<double> milliseconds = [];
        byte[] line = new byte[1];
        for (int round = 0; round < PickUps + 20; round++)
        {
            long submittedAt = Stopwatch.GetTimestamp();
            var job = await host.Client.SubmitAsync(spec);
            await begun.ReadExactlyAsync(line);
            if (round >= 20) milliseconds.Add(Stopwatch.GetElapsedTime(submittedAt).TotalMilliseconds);
            await host.Client.WaitAsync(job.Id);
        }
        milliseconds.Sort();
        new Figure(Name, "submit to the command's first line p50", milliseconds[PickUps / 2], "ms").AtMost(4).Print();
        new Figure(Name, "submit to the command's first line p99", milliseconds[PickUps * 99 / 100], "ms").Print();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task PrintOutputAsync(BenchHost host)
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("errand-bench-").FullName, "output");
        const string line = "seq 100000000";
        long length = 0;
        List<double> bare = [], written = [], flushed = [], ended = [];
        for (int round = 0; round < 3; round++)
        {
            long startedAt = Stopwatch.GetTimestamp();
            using (var shell = Process.Start("/bin/sh", ["-c", $"{{ {line}; }} >>{file}"])) await shell.WaitForExitAsync();
            length = new FileInfo(file).Length;
            bare.Add(RateSince(startedAt));
            using (var sync = Process.Start("sync", [file])) await sync.WaitForExitAsync();
            flushed.Add(RateSince(startedAt));
            File.Delete(file);
            startedAt = Stopwatch.GetTimestamp();
            var job = await host.Client.SubmitAsync(Command.Line(line).ToSpec());
            var end = await host.Client.WaitAsync(job.Id);
            ended.Add(RateSince(startedAt));
            if (end.Job.Outcome?.Output?.Bytes != length) throw new InvalidOperationException($"The output is not whole: {end.Job.Outcome}");
            written.Add(length / end.Job.CommandResult()!.WallTime!.Value.TotalSeconds / 1e6);
        }
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        new Figure(Name, "0.9 GB of output, written by a command, beside a shell that writes it into a file", Median(written), "MB/s")
        {
            Reference = Median(bare),
        }.RatioAtLeast(0.9).Print();
        new Figure(Name, "the same to the end of the job, with its checksum and on the disk, beside the shell and sync", Median(ended), "MB/s")
        {
            Reference = Median(flushed),
        }.Print();

        double RateSince(long startedAt) => length / Stopwatch.GetElapsedTime(startedAt).TotalSeconds / 1e6;
    }

    private static async Task PrintIdleAsync()
    {
        const int Idle = 1000;
        await using var host = await BenchStore.Sqlite.StartCommandsAsync(Idle);
        await RunOneAsync(host);
        long before = ServerMemory();
        List<JobId> ids = [];
        for (int i = 0; i < Idle; i++) ids.Add((await host.Client.SubmitAsync(Command.Program("sleep", "600").ToSpec())).Id);
        long outside = 0;
        foreach (var supervisor in Process.GetProcessesByName("errand-superv")) outside += PrivateMemory(supervisor.Id);
        foreach (var command in Process.GetProcessesByName("sleep")) outside += PrivateMemory(command.Id);
        new Figure(Name, $"memory outside the server for each of {Idle:N0} commands that wait (PSS)", outside / (double)Idle / 1e6, "MB").AtMost(2).Print();
        new Figure(Name, "memory of the server for each of them", (ServerMemory() - before) / (double)Idle / 1e3, "kB").Print();
        foreach (var id in ids) await host.Client.KillAsync(id, "bench");
        foreach (var id in ids) await host.Client.WaitAsync(id);
    }

    private static long ServerMemory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return PrivateMemory(Environment.ProcessId);
    }

    // What it would give back, with its share of what it shares.
    private static long PrivateMemory(int process)
    {
        try
        {
            string line = File.ReadLines($"/proc/{process}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException) { return 0; }
    }

    private static async Task RunOneAsync(BenchHost host)
    {
        var job = await host.Client.SubmitAsync(True);
        var end = await host.Client.WaitAsync(job.Id);
        if (end.Job.State != JobState.Completed) throw new InvalidOperationException($"/bin/true ended as {end.Job.Outcome}");
    }

    private static Task SpawnOneAsync()
    {
        int process = ChildProcess.Start(new("/bin/true", ["true"], []) { Folder = "/", Output = "/dev/null", Error = "/dev/null" });
        using var descriptor = ProcessDescriptor.Open(process)!;
        descriptor.Await();
        return Task.CompletedTask;
    }

    private static async Task<double> RateAsync(Func<Task> work, TimeSpan time)
    {
        long startedAt = Stopwatch.GetTimestamp();
        int done = 0;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Factory.StartNew(async () =>
        {
            while (Stopwatch.GetElapsedTime(startedAt) < time)
            {
                await work();
                Interlocked.Increment(ref done);
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
        return done / Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
    }

    /// <summary>The rate of task-spooler, which has a client for each command and keeps nothing durably; none where it is not installed.</summary>
    private static async Task<double?> TaskSpoolerAsync()
    {
        const int Commands = 500;
        string script = $"""
            command -v tsp >/dev/null || exit 9
            tsp -S 2 >/dev/null; i=0
            while [ $i -lt {Commands} ]; do tsp -n /bin/true >/dev/null; i=$((i+1)); done
            until [ "$(tsp -l | grep -c finished)" -ge {Commands} ]; do sleep 0.02; done; tsp -K
            """;
        string folder = Directory.CreateTempSubdirectory("errand-bench-").FullName;
        var start = new ProcessStartInfo("/bin/sh", ["-c", script]) { UseShellExecute = false };
        start.Environment["TS_SOCKET"] = Path.Combine(folder, "socket");
        start.Environment["TS_MAXFINISHED"] = (Commands * 2).ToString(CultureInfo.InvariantCulture);
        long startedAt = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
        return process.ExitCode == 0 ? Commands / Stopwatch.GetElapsedTime(startedAt).TotalSeconds : null;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
