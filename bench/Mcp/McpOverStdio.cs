using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Errand.Bench.Mcp;

/// <summary>MCP over standard input and output on a durable file, beside the same lines through <c>cat</c>.</summary>
internal static class McpOverStdio
{
    private const int InFlight = 32;
    private const int Warm = 20_000;
    private const int Times = 20_000;

    public static async Task RunAsync()
    {
        double floor;
        using (var cat = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true, RedirectStandardOutput = true })!)
        {
            var pipe = new LinePipe(cat);
            floor = await pipe.RunAsync(Warm, Times, InFlight, async id => await pipe.SendAsync(id, Requests.Call(id, "plain")));
        }
        new Figure("mcp stdio, 32 in flight", "cat, a second", floor, "1/s").Print();
        using var server = new ServerProcess(BenchServer.StdioRole);
        var line = new LinePipe(server.Process);
        double ends = await line.RunAsync(Warm, Times, InFlight, async id =>
        {
            string created = await line.SendAsync(id, Requests.Call(id, "task"));
            string task = Requests.Find(Encoding.UTF8.GetBytes(created), "\"taskId\":\""u8) ?? throw new InvalidOperationException(created);
            long poll = id + 1;
            while (!(await line.SendAsync(poll, Requests.Get(poll, task))).Contains("\"status\":\"completed\"", StringComparison.Ordinal)) poll++;
        });
        new Figure("mcp stdio, 32 in flight", "task end to end, a second", ends, "1/s") { Reference = floor }.RatioAtLeast(0.06).Print();
    }

    /// <summary>Lines to a process and lines back, told apart by their ids.</summary>
    private sealed class LinePipe
    {
        private const long IdStep = 1_000_000;
        private readonly ConcurrentDictionary<long, TaskCompletionSource<string>> _waiting = new();
        private readonly SemaphoreSlim _turn = new(1, 1);
        private readonly StreamWriter _to;
        private long _last;

        public LinePipe(Process process)
        {
            _to = new(process.StandardInput.BaseStream, new UTF8Encoding(false)) { AutoFlush = true };
            _ = ReadAsync(process.StandardOutput);
        }

        public async Task<string> SendAsync(long id, string request)
        {
            var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting[id] = answer;
            await _turn.WaitAsync();
            try { await _to.WriteAsync(request + "\n"); }
            finally { _turn.Release(); }
            return await answer.Task;
        }

        public async Task<double> RunAsync(int warm, int times, int inFlight, Func<long, Task> one)
        {
            await RunAsync(warm, inFlight, one);
            long startedAt = Stopwatch.GetTimestamp();
            await RunAsync(times, inFlight, one);
            return times / Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        }

        private Task RunAsync(int times, int inFlight, Func<long, Task> one)
        {
            int begun = 0;
            return Task.WhenAll(Enumerable.Range(0, inFlight).Select(async _ =>
            {
                while (Interlocked.Increment(ref begun) <= times) await one(Interlocked.Add(ref _last, IdStep));
            }));
        }

        private async Task ReadAsync(StreamReader from)
        {
            while (await from.ReadLineAsync() is { } line)
            {
                int at = line.IndexOf("\"id\":", StringComparison.Ordinal) + 5, end = at;
                while (end < line.Length && char.IsAsciiDigit(line[end])) end++;
                if (end == at) continue;
                long id = long.Parse(line.AsSpan(at, end - at), System.Globalization.CultureInfo.InvariantCulture);
                if (_waiting.TryRemove(id, out var waiting)) waiting.TrySetResult(line);
            }
        }
    }
}
